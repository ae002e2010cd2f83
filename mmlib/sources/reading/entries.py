"""Entries of time trackers as CSV: dates in the order that the file shows, one person's at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from mmlib.errors import counted
from mmlib.sources.reading.rows import Rows
from mmlib.sources.reading.words import clean, refused

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_LOCAL = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s*([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)
TOLERANCE = 1.0  # minutes by which duration and end − start may differ and still agree

Record = Mapping[str, str]
Readings = Callable[[Record], Sequence[float] | None]


def one_user(records: list[Record], file: str) -> None:
    """Refuse a report of several people: a log needs to know whose each session is."""
    users = {record.get("email") or record.get("user") for record in records} - {None, ""}
    if len(users) > 1:
        found, advice = (
            f"entries of {counted(len(users), 'user')}",
            "Filter the report by member, and import one file each.",
        )
        raise refused(file, found, "one person's entries", advice)


def day_first(records: list[Record], file: str, readings: Readings, advice: str) -> bool:
    """Return whether 03/04/2019 means the third of April in this file.

    That is seen from a day above 12, else from entries over midnight whose end less their start is their duration,
    for which `readings` gives the minutes that it may mean.

    Raises
    ------
    SourceError
        If neither settles it.
    """
    dates = [date for record in records for date in _local_dates(record)]
    pairs = {(int(first), int(second)) for first, _, second, _ in dates}
    first = any(separator == "." for _, separator, _, _ in dates) or any(a > 12 >= b for a, b in pairs)
    month_first = any(b > 12 >= a for a, b in pairs)
    if not first and not month_first:
        over_midnight = [record for record in records if record["start date"] != record.get("end date")]
        first = any(_agrees(record, readings, day_first=True) for record in over_midnight)
        month_first = any(_agrees(record, readings, day_first=False) for record in over_midnight)
    if first != month_first or all(a == b for a, b in pairs):
        return first
    found = "days first and months first" if first else f"dates such as {records[0]['start date'].strip()}"
    expected = "dates in one order everywhere" if first else "dates that show which number is the day"
    raise refused(file, found, expected, advice)


def _local_dates(record: Record) -> list[tuple[str, ...]]:
    found = (_LOCAL.fullmatch(record.get(f"{which} date", "").strip()) for which in ("start", "end"))
    return [match.groups() for match in found if match]


def _agrees(record: Record, readings: Readings, *, day_first: bool) -> bool:
    between = span(moment(record, "start", day_first), moment(record, "end", day_first))
    found = readings(record)
    return between is not None and found is not None and min(abs(between - each) for each in found) <= TOLERANCE


def span(start: datetime | None, end: datetime | None) -> float | None:
    """Return the minutes between two moments, where both are known."""
    return (end - start).total_seconds() / 60 if start and end else None


def moment(record: Record, which: str, day_first: bool) -> datetime | None:
    """Return the moment in an entry's columns "start date" and "start time", or "end date" and "end time"."""
    date, time = record.get(f"{which} date", "").strip(), _TIME.fullmatch(record.get(f"{which} time", "").strip())
    iso, local = _ISO.fullmatch(date), _LOCAL.fullmatch(date)
    if not time or not (iso or local):
        return None
    if iso:
        year, month, day = map(int, iso.groups())
    else:
        first, _, second, year = (int(part) if part.isdigit() else 0 for part in local.groups())
        day, month = (first, second) if day_first else (second, first)
    hour, minute, second, half = time.groups()
    hour = int(hour) if half is None else int(hour) % 12 + 12 * (half.lower() == "p")
    try:
        moment = datetime(year, month, day, hour, int(minute), int(second or 0))
    except ValueError:
        return None
    return moment if 1900 <= year < 2200 else None


def take(rows: Rows, row: int, record: Record, start: datetime, end: datetime | None, minutes: float) -> None:
    """Take an entry: its project is the skill, else its description; task, tags and what is left go into the note.

    Its start and end tell it from others, so it outlives a renamed project.
    """
    project, description = clean(record.get("project", "")), clean(record.get("description", ""))
    skill = project or description or "unnamed"
    tags = [f"#{clean(tag)}" for tag in record.get("tags", "").split(",") if tag.strip()]
    note = ["" if description == skill else description, clean(record.get("task", "")), *tags]
    known = f"{start.isoformat()}/{end.isoformat() if end else f'{minutes:g} min'}"
    rows.add(row, known, skill=skill, start=start, minutes=round(minutes, 6), note=" ".join(filter(None, note)))
