"""mm report --notebook: any notebook with a parameters cell, and what its parameters are."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from mmlib.cli import building
from mmlib.cli.shared import say

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job

PLAIN = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")  # a value that a file name shows as it is


def describe(notebook: Path | None) -> None:
    """List a notebook's parameters, those of the monthly report where none is named."""
    from mmlib.reports.parameters import help_table
    from mmlib.reports.run import read
    from mmlib.reports.shipped import shipped

    path = notebook or shipped("notebooks/reports/monthly.ipynb")
    rows = help_table(read(path))
    if not rows:
        say.print(f"{path}: no cell tagged parameters, so there is nothing to choose.", markup=False)
        return
    table = Table("parameter", "type", "default", "meaning", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    say.print(table)


def run(asked: Any, formats: tuple[str, ...]) -> None:
    """Run a notebook and list its report; it is run each time, for nobody knows what it reads."""
    from mmlib.reports import many
    from mmlib.reports.index import contents
    from mmlib.reports.shelf import Shelf

    job = _job(asked, formats)
    with building.shown(1, quiet=asked.quiet) as progress:
        progress(job, 0.0, None)
        result = many.made(job, lambda share: progress(job, share, None), retries=asked.retries)
        progress(job, 1.0, result)
    if isinstance(result, many.Failure):
        building.end([result])
        return
    index = contents.write(asked.out, Shelf(asked.out).entries())
    for line in (*result.notices, *result.paths.values(), index):
        say.print(str(line), markup=False)


def _job(asked: Any, formats: tuple[str, ...]) -> Job:
    from mmlib.reports.jobs import Job
    from mmlib.reports.months import MONTH
    from mmlib.reports.parameters import check_parameters, from_text, parameters
    from mmlib.reports.run import read, slug

    content = read(asked.notebook)
    typed = {name: value for name, value in (("learner", asked.learner), ("month", asked.month)) if value}
    typed |= from_text(content, asked.parameter or [])
    check_parameters(content, typed)
    known, values = parameters(content), dict(typed)
    if "folder" in known and asked.folder != Path():
        values.setdefault("folder", str(asked.folder))
    if "as_of" in known and MONTH.fullmatch(str(typed.get("month"))):
        values.setdefault("as_of", _last_day(typed["month"]))
    name = asked.name or slug(" ".join([asked.notebook.stem, *_named(typed)]))
    return Job(str(asked.notebook), values, str(asked.out), name, "", "", formats, "")


def _last_day(month: str) -> str:
    """Return the last day of a month that can be looked at: its own last, or today while it runs."""
    return min(f"{month}-{monthrange(*map(int, month.split('-')))[1]}", date.today().isoformat())


def _named(values: Mapping[str, Any]) -> list[str]:
    """Return the values as words for a file name; with a mark where two of them would look the same."""
    words = [f"{name} {value}" for name, value in values.items()]
    if all(PLAIN.fullmatch(str(value)) for value in values.values()):
        return words
    return [*words, hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:6]]
