"""mm import and mm export: from other tools into a practice folder, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mmlib.cli.shared import Folder, say
from mmlib.errors import MMError, counted

SHOWN = 5
LISTED = ("skill", "start", "minutes", "reps", "successes", "score", "note")

Into = Annotated[Path, typer.Option(help="The practice folder; made if it isn't there.", show_default="here")]
Learner = Annotated[str, typer.Option(help="Whose practice it is.")]
Zone = Annotated[
    str | None,
    typer.Option(help="Your time zone, such as Europe/Paris.", show_default="the folder's, else the system's"),
]


def import_(
    what: Annotated[
        list[str],
        typer.Argument(help="The exported file, after the name of its tool if you like.", metavar="[TOOL] FILE"),
    ],
    into: Into = Path(),
    learner: Learner = "me",
    tz: Zone = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="What in the file is what, for csv and activitywatch: a TOML file.")
    ] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Propose a mapping for a table, and import nothing.")] = False,
) -> None:
    """Import a tool's export into a practice folder; importing it again adds only what is new.

    Without TOOL the file is recognised. Tools: activitywatch, anki, chess, clockify, csv (any table), cstimer,
    datashop, duolingo, fit, gpx, habitica, icalendar, keybr, lichess, loop, monkeytype, org, reviews, strava,
    timedot, timewarrior, toggl, typeracer, xapi.
    """
    named, path = _tool_and_file(what)
    if guess:
        _propose(path, mapping, learner, tz)
        return
    from mmlib.practice import add_export

    found = add_export(into, named, path, learner=learner, tz=tz, mapping=mapping)
    recognised = "" if named else f" (recognised: {found['tool']})"
    say.print(
        f"{path.name}{recognised}: {counted(found['read'], 'record')} of {counted(found['skills'], 'skill')} read; "
        f"{found['added']:,} added to {into / 'log.csv'}, {found['known']:,} there already, "
        f"{found['set_aside']:,} set aside.",
        markup=False,
    )
    if found["set_aside"]:
        say.print(f"What was set aside, and why: {into / (path.stem + '.set-aside.csv')}", markup=False)


def _tool_and_file(what: list[str]) -> tuple[str | None, Path]:
    if len(what) > 2:
        raise MMError(f"import: found {len(what)} files, expected one. Import them one by one.")
    if len(what) == 2:
        return what[0], Path(what[1])
    from mmlib.sources import tools

    if what[0] in tools() and not Path(what[0]).exists():
        raise MMError(f"{what[0]}: found the tool, expected a file as well. Write: mm import {what[0]} FILE")
    return None, Path(what[0])


def _propose(path: Path, mapping: Path | None, learner: str, tz: str | None) -> None:
    """Show a mapping for a table and what its first rows become; save it where --map names a file that isn't there."""
    from mmlib import sources
    from mmlib.sources import spreadsheets

    proposed = spreadsheets.propose(path)
    log = spreadsheets.read(path, learner=learner, tz=tz, mapping=proposed)
    say.print(f"A mapping for {path.name}:\n", markup=False)
    say.print(spreadsheets.written(proposed), markup=False)
    say.print(f"With it the first {counted(min(SHOWN, len(log)), 'session')} of {len(log):,} would be:\n", markup=False)
    table = Table(box=None, header_style="bold")
    shown = [name for name in LISTED if log[name].notna().any()]
    for name in shown:
        table.add_column(name, justify="right" if name in ("minutes", "reps", "successes", "score") else "left")
    for _, row in log.head(SHOWN).iterrows():
        table.add_row(*("" if row[name] is None or row[name] != row[name] else _cell(row[name]) for name in shown))
    say.print(table)
    aside = sources.set_aside(log)
    if len(aside):
        first = log.attrs["set_aside"][0]
        say.print(f"\n{counted(len(aside), 'row')} would be set aside. The first: {first}", markup=False)
    save = mapping or path.with_name("map.toml")
    if mapping is not None and not mapping.exists():
        mapping.write_text(spreadsheets.written(proposed), encoding="utf-8")
        say.print(f"\nThe mapping is in {mapping}. Mend it where it is wrong, then run:", markup=False)
    else:
        say.print(
            f"\nNothing was written. Save the mapping as {save}, mend it where it is wrong, then run:", markup=False
        )
    say.print(f"  mm import csv {path} --map {save} --into my-practice", markup=False)


def _cell(value: object) -> str:
    text = (
        f"{value:%Y-%m-%d %H:%M}"
        if hasattr(value, "hour")
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return text if len(text) <= 40 else text[:39] + "…"


def export(
    form: Annotated[str, typer.Argument(help="In which form: xapi.", metavar="xapi")],
    folder: Folder = Path(),
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("statements.json"),
    learner: Annotated[str | None, typer.Option(help="Only this learner.", show_default="all")] = None,
    tz: Zone = None,
) -> None:
    """Write a log in a form that other systems read: xAPI statements."""
    if form != "xapi":
        raise MMError(f'export: found "{form}", expected xapi. Write: mm export xapi {folder}')
    from mmlib.practice import load
    from mmlib.skills import folder_zone
    from mmlib.sources.xapi_export import write

    zone = tz or folder_zone((folder if folder.is_dir() else folder.parent) / "skills.toml")
    log = load(folder, learner=learner).log
    say.print(f"{counted(write(log, out, tz=zone), 'statement')} written to {out}.", markup=False)
