"""Duolingo: experience points by day or by week, from its data export or from what its pages load.

Duolingo's own data export (a ZIP of CSV files) holds no single lessons. What it dates is the score of each week in the
leagues: one row per week, `score` the points of it. The daily summaries that Duolingo's pages load (JSON, named
"xp_summaries") hold one record per day: `score` the day's points, `reps` its lessons, `minutes` the time spent. The
calendar in a user's JSON holds one record per lesson: `score` its points. Totals without a date (`languages.csv`) are
no practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import (
    Archive,
    Rows,
    Sample,
    checked_file,
    checked_zone,
    clean,
    decoded,
    from_unix,
    json_of,
    moment_of,
    number_of,
    on_the_wall,
    refused,
    short,
    table,
    text_of,
)

TITLE = "Duolingo"
CARD = {"unit": "XP", "better": "higher"}
EXPECTED = "Duolingo's data export (ZIP), its leaderboards.csv, or its daily summaries or calendar (JSON)"
ADVICE = "On duolingo.com open Settings, Privacy, and request your data; the ZIP comes by mail."

_WEEKS = "leaderboards.csv"
_NEEDED = ("leaderboard", "timestamp", "score")


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return Duolingo's dated records as a log.

    Parameters
    ----------
    path : str or Path
        The data export (ZIP), its leaderboards.csv, the daily summaries or a user's JSON with a calendar.
    learner : str
        Whose account it is.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is "Duolingo", or "Duolingo weeks" for the leagues; `score` the
        points; `reps` and `minutes` where they are told. `source_id` is the record's kind and time. Records read = rows
        + those set aside; days and weeks without points are no practice, and no rows.

    Raises
    ------
    SourceError
        If the file is none of these, or holds no record that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "xp_summaries.json"
    >>> _ = file.write_text(
    ...     '{"summaries": [{"date": 1792368000, "gainedXp": 45, "numSessions": 3, "totalSessionTime": 600}]}'
    ... )
    >>> print(read(file, tz="UTC")[["start", "minutes", "reps", "score"]].to_string(index=False))
         start  minutes  reps  score
    2026-10-19     10.0     3   45.0
    """
    tz = checked_zone(tz)
    path = checked_file(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(path.name, "The record may be damaged: export again.")
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    if packed:
        _weeks(rows, _member(path), tz)
    else:
        text = text_of(path, expected=EXPECTED, advice=ADVICE)
        if text.lstrip().startswith(("{", "[")):
            _objects(rows, json_of(text, path.name, expected=EXPECTED, advice=ADVICE), tz)
        else:
            _weeks(rows, text, tz)
    return rows.log(learner=learner, source="duolingo", expected="days, weeks or lessons with points")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Duolingo's."""
    names = {name.rpartition("/")[2] for name in sample.members}
    objects = {"summaries", "gainedXp"} <= sample.keys or {"calendar", "improvement", "datetime"} <= sample.keys
    return {_WEEKS, "languages.csv"} <= names or set(_NEEDED) <= set(sample.columns) or objects


def _member(path: Path) -> str:
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        found = [name for name in archive.names if name.rpartition("/")[2] == _WEEKS]
        if not found:
            raise refused(path.name, f"an archive without {_WEEKS}", EXPECTED, ADVICE)
        return decoded(archive.data(found[0]), path.name, expected=EXPECTED, advice=ADVICE)


def _weeks(rows: Rows, text: str, tz: str | None) -> None:
    records, problems = table(text, rows.file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
    rows.problems += problems
    for row, record in records:
        moment, score = moment_of(record["timestamp"]), number_of(record["score"])
        if moment is None:
            rows.aside(row, "timestamp", short(record["timestamp"]), "a date and time")
        elif score is None:
            rows.aside(row, "score", short(record["score"]), "the week's points")
        elif score > 0:
            tier = clean(record.get("tier", ""))
            rows.add(row, f"week-{record['timestamp'].strip()}", skill="Duolingo weeks", start=on_the_wall(moment, tz),
                     score=score, note=f"league {tier}" if tier else None)  # fmt: skip


def _objects(rows: Rows, found: Any, tz: str | None) -> None:
    days = found.get("summaries") if isinstance(found, Mapping) else None
    lessons = found.get("calendar") if isinstance(found, Mapping) else None
    if not isinstance(days, list) and not isinstance(lessons, list):
        raise refused(rows.file, "JSON without summaries and without a calendar", EXPECTED, ADVICE)
    for number, day in enumerate(days if isinstance(days, list) else [], start=1):
        if _is_record(rows, number, day):
            _day(rows, number, day)
    for number, lesson in enumerate(lessons if isinstance(lessons, list) else [], start=1):
        if _is_record(rows, number, lesson):
            _lesson(rows, number, lesson, tz)


def _is_record(rows: Rows, number: int, record: Any) -> bool:
    if not isinstance(record, Mapping):
        rows.aside(number, "", short(record), "a record with its date and points")
    return isinstance(record, Mapping)


def _day(rows: Rows, number: int, day: Mapping[str, Any]) -> None:
    stamp, points = (
        number_of(day.get("date")),
        number_of(day.get("gainedXp")) if day.get("gainedXp") is not None else 0.0,
    )
    # A day's stamp is its midnight in universal time, wherever the learner was.
    start = from_unix(stamp, "UTC") if stamp is not None else None
    lessons, seconds = number_of(day.get("numSessions")), number_of(day.get("totalSessionTime"))
    if start is None:
        rows.aside(number, "date", short(day.get("date")), "Unix seconds")
    elif points is None:
        rows.aside(number, "gainedXp", short(day.get("gainedXp")), "the day's points")
    elif points > 0 or lessons:
        _add(rows, number, f"day-{start:%Y-%m-%d}", start, points, lessons, seconds)


def _lesson(rows: Rows, number: int, lesson: Mapping[str, Any], tz: str | None) -> None:
    stamp, points = number_of(lesson.get("datetime")), number_of(lesson.get("improvement"))
    start = from_unix(stamp / 1000, tz) if stamp is not None else None
    if start is None:
        rows.aside(number, "datetime", short(lesson.get("datetime")), "Unix milliseconds")
    elif points is None:
        rows.aside(number, "improvement", short(lesson.get("improvement")), "the lesson's points")
    else:
        _add(rows, number, f"lesson-{stamp:.0f}", start, points, 1.0, None)


def _add(
    rows: Rows, number: int, known: str, start: datetime, points: float, lessons: float | None, seconds: float | None
) -> None:
    minutes = round(seconds / 60, 6) if seconds else None
    rows.add(number, known, skill="Duolingo", start=start, minutes=minutes, reps=lessons, score=points)
