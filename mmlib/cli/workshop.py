"""mm workshop and mm gather: what a teacher hands out, and what comes back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mmlib.cli.shared import say
from mmlib.errors import counted


def workshop(
    folder: Annotated[Path, typer.Argument(help="Where the copies go; made if it isn't there.")] = Path("workshop"),
    solutions: Annotated[bool, typer.Option("--solutions", help="The solved lessons too, in a sub-folder.")] = False,
) -> None:
    """Write the participants' copies of the workshop's lessons, and a zip of them to hand out."""
    from mmlib.words import listed
    from mmlib.workshop import write_workshop

    found = write_workshop(folder, solutions=solutions)
    say.print(f"{found.folder}: {counted(len(found.made), 'file')} made.", markup=False)
    if found.kept:
        say.print(f"Kept as they are, for somebody has changed them: {listed(found.kept)}.", markup=False)
    say.print(f"To hand out: {found.archive}" + (" (it holds fresh copies)" if found.kept else ""), markup=False)
    say.print(f"Next: jupyter lab {found.folder}", markup=False)


def gather(
    files: Annotated[list[Path], typer.Argument(help="Practice folders, their zips, or logs.")],
    into: Annotated[Path, typer.Option(help="The room's folder; made if it isn't there.")] = Path("room"),
) -> None:
    """Gather what participants hand in into one practice folder; exit with 1 if something could not be read."""
    from mmlib.practice import load
    from mmlib.words import listed
    from mmlib.workshop import gather as gathered

    found = gathered(files, into)
    for each in found:
        if each.problem:
            print(f"mm: {each.file}: {each.problem}", file=sys.stderr)  # noqa: T201
            continue
        rows = f"{counted(each.sessions, 'session')} of {listed(each.learners)}, {each.added:,} new."
        say.print(f"{each.file}: {rows}", markup=False)
        for notice in each.notices:
            say.print(f"  {notice}", markup=False)
    bad = [each for each in found if each.problem]
    if len(bad) < len(found):
        log = load(into).log
        say.print(
            f"{into}: {counted(log['learner'].nunique(), 'learner')}, {counted(len(log), 'session')}. "
            f'Look at them with mm.explore("{into}").',
            markup=False,
        )
    if bad:
        print(f"mm: {counted(len(bad), 'file')} of {len(found)} could not be gathered.", file=sys.stderr)  # noqa: T201
        raise typer.Exit(1)
