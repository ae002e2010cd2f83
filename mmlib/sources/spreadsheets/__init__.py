"""Any table, CSV or a spreadsheet: a diary, a form's answers, an export of a tool that has no source of its own.

One row per row of the table. A mapping, written by hand or proposed by `guessed`, says which column of the table is
which of the log. Three things are decided here:

- *Values* may have any form that the log itself takes (1h30, 31.10.2026 18:30); what is unclear is set aside.
- *Times* are those of the clock on the wall, unless they carry an offset or the mapping names their `zone`.
- *A row is known again* by the mapping's `source_id`; without one by its start and skill, so other cells may change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import Problem, SourceError
from mmlib.log.check import checked
from mmlib.log.schema import TEXT
from mmlib.sources.reading import Sample, checked_zone, clean, log_of, numbered, refused
from mmlib.sources.spreadsheets.grid import Grid, grid_of
from mmlib.sources.spreadsheets.guessing import guessed
from mmlib.sources.spreadsheets.mapping import Mapping, read_mapping, written
from mmlib.sources.spreadsheets.values import column

__all__ = ["ADVICE", "CARD", "TITLE", "Mapping", "guessed", "propose", "read", "read_mapping", "recognises", "written"]

TITLE = "Any table"
CARD: dict[str, Any] = {}
EXPECTED = "a table whose first row names its columns"
ADVICE = "Save it as CSV (UTF-8) or as .xlsx, with one row for each session."
NEEDS = "Let one be proposed with: mm import csv FILE --guess"


def read(
    path: str | Path, *, learner: str = "me", tz: str | None = None, mapping: str | Path | Mapping | None = None
) -> pd.DataFrame:
    """Return the rows of a table as a log.

    Parameters
    ----------
    path : str or Path
        CSV (separated by commas, semicolons, tabs or bars) or a spreadsheet (.xlsx, .xls, .ods).
    learner : str
        Whose sessions they are, where the mapping does not say it.
    tz : str, optional
        The learner's time zone, for times that carry an offset or whose `zone` the mapping names; the system's if
        left out.
    mapping : str, Path or Mapping
        The mapping, or the TOML file that holds it; see docs/sources.md. A table that has the log's own column names
        needs none.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start. `source_id` is the mapping's, or start and skill. Rows of the table that
        are not empty = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is no table, the mapping is bad or does not fit it, or no row can be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "diary.csv").write_text("When;What;Minutes\\n31.10.2026 18:30;Juggling;12,5\\n")
    >>> _ = (folder / "map.toml").write_text('[columns]\\nstart = "When"\\nskill = "What"\\nminutes = "Minutes"\\n')
    >>> log = read(folder / "diary.csv", mapping=folder / "map.toml")
    >>> print(log[["skill", "start", "minutes"]].to_string(index=False))
       skill               start  minutes
    Juggling 2026-10-31 18:30:00     12.5
    """
    tz = checked_zone(tz)
    chosen = mapping if isinstance(mapping, Mapping) else read_mapping(mapping) if mapping is not None else Mapping()
    grid = grid_of(path, chosen, expected=EXPECTED, advice=ADVICE)
    if mapping is None:
        chosen = _of_the_log(grid)
    return _log(grid, chosen, learner, tz)


def propose(path: str | Path) -> Mapping:
    """Return a mapping for a table, from its names and what stands in its columns; see `guessed`."""
    return guessed(grid_of(path, Mapping(), expected=EXPECTED, advice=ADVICE))


def recognises(sample: Sample) -> bool:
    """Return whether a table has the log's own names for its columns: other tables need a mapping."""
    return {"skill", "start"} <= set(sample.columns)


def _of_the_log(grid: Grid) -> Mapping:
    from mmlib.log.schema import COLUMNS

    own = {name.casefold(): name for name in grid.names}
    columns = {name: (own[name],) for name in COLUMNS if name in own}
    if not {"skill", "start"} <= set(columns):
        shown = ", ".join(f'"{name}"' for name in grid.names[:6])
        raise refused(grid.file, f"the columns {shown}", "a mapping that says which of them is which", NEEDS)
    return Mapping(columns=columns)


def _log(grid: Grid, mapping: Mapping, learner: str, tz: str | None) -> pd.DataFrame:
    mapping.fits(grid)
    rows = np.array([row for row, _ in grid.rows])
    frame = pd.DataFrame(
        {name: pd.Series(column(grid, mapping, name, tz), dtype=TEXT) for name in mapping.names}, index=range(len(rows))
    )
    frame["learner"] = frame["learner"].fillna(learner) if "learner" in frame else learner
    decimal = mapping.decimal or ("," if grid.separator == ";" else ".")
    log, found = checked(frame.astype(TEXT), file=grid.file, rows=rows, decimal=decimal)
    problems = [
        Problem(grid.file, one.row, mapping.shown(one.column), one.found, one.expected, one.advice)
        for one in {one.row: one for one in reversed(found)}.values()
    ]
    problems = sorted([*grid.problems, *problems], key=lambda one: one.row or 0)
    if log.empty:
        raise SourceError(problems) if problems else refused(grid.file, "no rows", EXPECTED, ADVICE)
    if "source_id" not in frame:
        marks = zip(log["start"].dt.strftime("%Y-%m-%dT%H:%M:%S"), log["skill"], strict=True)
        log["source_id"] = pd.Series(numbered(f"{start}/{clean(skill)}" for start, skill in marks), index=log.index)
    # The columns "learner" and "source" may come from the table, row by row.
    learners, sources = log["learner"].to_numpy(), log["source"].fillna("csv").to_numpy()
    whole = log_of({name: log[name].array for name in log}, problems, learner=learner, source="csv")
    placed = np.argsort(log["start"].to_numpy(), kind="stable")
    whole["learner"] = pd.Series(learners[placed], dtype=TEXT)
    whole["source"] = pd.Series(sources[placed], dtype=TEXT)
    if mapping.card:
        whole.attrs["cards"] = {skill: dict(mapping.card) for skill in set(whole["skill"])}
    return whole
