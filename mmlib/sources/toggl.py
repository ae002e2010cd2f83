"""Toggl Track: time entries, from the detailed report as CSV, in the forms it has had since 2018.

One row per entry. The skill is the project; without one, the description. Three things are decided here:

- *Dates* such as 03/04/2019 are read in the order that the whole file shows: by a day above 12, else by entries
  over midnight. Where neither settles it, the file is refused rather than guessed at.
- *Durations* count as Toggl gives them, even where an entry's end was edited and end − start differs. Numbers
  without a unit (20, or 34:19) are minutes or hours, whichever agrees with end − start in the file.
- *Tags* go into the note as #tag. The client, what is billable and the user are left behind.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import Rows, Sample, checked_zone, refused, short, table, text_of
from mmlib.sources.reading.entries import TOLERANCE, Record, day_first, moment, one_user, span, take

TITLE = "Toggl"
CARD: dict[str, Any] = {}
EXPECTED = "Toggl's detailed report as CSV"
DATES = "In Toggl's profile set the date format to YYYY-MM-DD, and export again."
ADVICE = "In Toggl Track choose Reports, Detailed, Export, Download CSV."

_NEEDED = ("start date", "start time", "duration")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]?\d):([0-5]?\d(?:\.\d+)?)", re.ASCII)
_PAIR = re.compile(r"(\d{1,5}):([0-5]\d)(\s*min)?", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d*)?)\s*(sec|min|h)?", re.ASCII)
_IN_MINUTES = {"sec": 1 / 60, "min": 1.0, "h": 60.0}

_Readings = tuple[float, float]


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the entries of a Toggl detailed report as a log.

    Parameters
    ----------
    path : str or Path
        The report as CSV. It must hold one person's entries.
    learner : str
        Whose entries they are.
    tz : str, optional
        Without effect but for its check: Toggl exports the local times of the user's profile.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the project, else the description, `minutes` the duration,
        `note` the description where it is not the skill, the task and the tags. `source_id` is the entry's start
        and end, so it outlives renamed projects. Rows of the file = rows + those set aside
        (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such a report, holds several people's entries or no entry that can be read, or if its
        dates or durations are ambiguous.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "toggl.csv"
    >>> _ = file.write_text(
    ...     "Project,Description,Start date,Start time,End date,End time,Duration\\n"
    ...     "Ukulele,C to G,31/10/2026,18:30:00,31/10/2026,19:04:19,34:19 min\\n"
    ... )
    >>> print(read(file)[["skill", "start", "minutes", "note"]].to_string(index=False))
      skill               start   minutes   note
    Ukulele 2026-10-31 18:30:00 34.316667 C to G
    """
    file = Path(path).name
    checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    records, problems = table(text, file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
    entries = [record for _, record in records]
    one_user(entries, file)
    first = day_first(entries, file, lambda record: _readings(record["duration"]), DATES)
    unit = _unit(entries, file, first)
    rows = Rows(file, "Mend the entry in Toggl, and export again.")
    rows.problems += problems
    for row, record in records:
        _add(rows, row, record, first, unit)
    return rows.log(learner=learner, source="toggl", expected="entries; choose a longer period")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Toggl's detailed report."""
    return {*_NEEDED, "client", "project"} <= set(sample.columns) and "duration (h)" not in sample.columns


def _add(rows: Rows, row: int, record: Record, first: bool, unit: int) -> None:
    start, end = moment(record, "start", first), moment(record, "end", first)
    if start is None:
        rows.aside(row, "Start date", short(f"{record['start date']} {record['start time']}"), "a date and a time")
        return
    readings = _readings(record["duration"])
    if readings is None and record["duration"].strip():
        rows.aside(row, "Duration", short(record["duration"]), "a duration such as 00:34:19")
        return
    minutes = readings[unit] if readings else span(start, end)
    if minutes is None or minutes < 0:
        advice = "Stop the entry in Toggl, and export again."
        rows.aside(row, "Duration", "nothing", "a duration, or an end after the start", advice)
        return
    take(rows, row, record, start, end, minutes)


def _unit(records: list[Record], file: str, first: bool) -> int:
    """Return which reading of numbers without a unit agrees with end − start: 0 for minutes, 1 for hours."""
    ambiguous = []
    for record in records:
        readings = _readings(record["duration"])
        if readings and readings[0] != readings[1]:
            start, end = moment(record, "start", first), moment(record, "end", first)
            ambiguous.append((record["duration"], readings, span(start, end)))
    votes = [
        sum(span is not None and abs(readings[unit] - span) <= TOLERANCE for _, readings, span in ambiguous)
        for unit in (0, 1)
    ]
    if ambiguous and votes[0] == votes[1]:
        found, expected = f"durations such as {short(ambiguous[0][0])}", "minutes or hours, as end − start would show"
        raise refused(file, found, expected, "Export again with the duration format 00:34:19.")
    return int(votes[1] > votes[0])


def _readings(text: str) -> _Readings | None:
    """Return a duration in minutes, read once with minutes and once with hours as the unit where none is given.

    Examples
    --------
    >>> _readings("1:02:30"), _readings("34:30 min"), _readings("20")
    ((62.5, 62.5), (34.5, 34.5), (20.0, 1200.0))
    """
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(float, found.groups())
        total = 60 * hours + minutes + seconds / 60
        return total, total
    if found := _PAIR.fullmatch(text):
        first, second = float(found[1]), float(found[2])
        return (first + second / 60,) * 2 if found[3] else (first + second / 60, 60 * first + second)
    if found := _AMOUNT.fullmatch(text):
        amount = float(found[1])
        return (amount * _IN_MINUTES[found[2]],) * 2 if found[2] else (amount, 60 * amount)
    return None
