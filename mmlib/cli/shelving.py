"""mm report --status and --prune: what lies on the shelf, what is stale or missing, and what nobody wants any more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from mmlib.cli.shared import say
from mmlib.errors import counted

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job

COLOURS = {"built": "green", "stale": "yellow", "missing": "red"}


def status(jobs: Sequence[Job], out: Path, *, as_json: bool) -> None:
    """List each report's state, the newest month first, and how many there are of each."""
    from mmlib.reports.shelf import Shelf

    shelf = Shelf(out)
    found = [(job, shelf.state(job)) for job in sorted(jobs, key=lambda job: job.month, reverse=True)]
    if as_json:
        rows = [
            {
                "learner": job.learner,
                "month": job.month,
                "name": job.name,
                "state": state.kind,
                "why": state.why,
                "files": [(Path(job.out) / f"{job.name}.{kind}").as_posix() for kind in job.formats],
            }
            for job, state in found
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("month", "learner", "state", "why", box=None, header_style="bold", pad_edge=False)
    for job, state in found:
        texts = (job.month, job.learner or job.name, Text(state.kind, style=COLOURS[state.kind]), state.why)
        table.add_row(*(text if isinstance(text, Text) else Text(text) for text in texts))
    if found:
        say.print(table)
    number = Counter(state.kind for _, state in found)
    each = ", ".join(f"{number[kind]:,} {kind}" for kind in COLOURS)
    say.print(f"{counted(len(found), 'report')}: {each}.", markup=False)


def prune(jobs: Sequence[Job], out: Path, *, dry_run: bool) -> None:
    """Remove what no learner, month or cohort of the log wants any more, or only say what that would be."""
    from mmlib.reports.shelf import Shelf

    files = Shelf(out).prune(jobs, dry_run)
    for path in files:
        say.print(f"{'would remove' if dry_run else 'removed'} {path}", markup=False)
    if not files:
        say.print(f"{out}: nothing to remove.", markup=False)
