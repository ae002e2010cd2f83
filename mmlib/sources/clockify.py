"""Clockify: time entries, from the detailed report as CSV.

One row per entry. The skill is the project; without one, the description. Tags go into the note as #tag. Clockify
writes dates, times and durations as they are set there: the order of day and month is read from the whole file, and
where nothing settles it, the file is refused rather than guessed at; a duration is 00:34:19, 0:34 or, in hours, 0.57.
The client, what is billable and the user are left behind.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import Rows, Sample, checked_zone, number_of, short, table, text_of
from mmlib.sources.reading.entries import Record, day_first, moment, one_user, span, take

TITLE = "Clockify"
CARD: dict[str, Any] = {}
EXPECTED = "Clockify's detailed report as CSV"
ADVICE = "In Clockify choose Reports, Detailed, Export, Save as CSV."
DATES = "In Clockify's settings set the date format to YYYY-MM-DD, and export again."

_NEEDED = ("start date", "start time", "duration (h)")
_CLOCK = re.compile(r"(\d{1,5}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the entries of a Clockify detailed report as a log.

    Parameters
    ----------
    path : str or Path
        The report as CSV. It must hold one person's entries.
    learner : str
        Whose entries they are.
    tz : str, optional
        Without effect but for its check: Clockify exports the local times of the user's profile.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the project, else the description, `minutes` the duration,
        `note` the description where it is not the skill, the task and the tags. `source_id` is the entry's start and
        end. Entries read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such a report, holds several people's entries or none that can be read, or if the order of
        its dates is unclear.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "clockify.csv"
    >>> _ = file.write_text(
    ...     "Project,Description,Start Date,Start Time,End Date,End Time,Duration (h),Duration (decimal)\\n"
    ...     "Ukulele,C to G,31/10/2026,06:30:00 PM,31/10/2026,07:04:19 PM,00:34:19,0.57\\n"
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
    first = day_first(entries, file, _readings, DATES)
    rows = Rows(file, "Mend the entry in Clockify, and export again.")
    rows.problems += problems
    for row, record in records:
        _add(rows, row, record, first)
    return rows.log(learner=learner, source="clockify", expected="entries; choose a longer period")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Clockify's detailed report."""
    return set(_NEEDED) <= set(sample.columns)


def _add(rows: Rows, row: int, record: Record, first: bool) -> None:
    start, end = moment(record, "start", first), moment(record, "end", first)
    if start is None:
        rows.aside(row, "Start Date", short(f"{record['start date']} {record['start time']}"), "a date and a time")
        return
    minutes = _minutes(record, start, end)
    if minutes is None or minutes < 0:
        rows.aside(row, "Duration (h)", short(record["duration (h)"]), "a duration such as 00:34:19, or an end")
        return
    take(rows, row, record, start, end, minutes)


def _readings(record: Record) -> list[float] | None:
    """Return the duration in minutes, the one reading of it: none of Clockify's three forms could mean two things."""
    text = record["duration (h)"].strip()
    if found := _CLOCK.fullmatch(text):
        return [60 * int(found[1]) + int(found[2]) + int(found[3] or 0) / 60]
    hours = number_of((text or record.get("duration (decimal)", "")).replace(",", "."))
    return None if hours is None else [60 * hours]


def _minutes(record: Record, start: datetime, end: datetime | None) -> float | None:
    """Return the duration; where there is none, the time from start to end."""
    if found := _readings(record):
        return found[0]
    return None if record["duration (h)"].strip() else span(start, end)
