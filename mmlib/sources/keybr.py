"""keybr: typing lessons, from the data that keybr.com lets its users download (JSON).

One row per lesson. `score` is the speed in characters per minute, as keybr stores it: five of them make one of the
"words" that its pages show. `reps` are the characters of the lesson, `successes` those typed without an error. The
layout and the kind of the lesson become the variation. Three things are decided here:

- *Time stamps* are universal. Since keybr was rewritten (2021 or 2022) they are those of a lesson's end, before that
  of its start, and exports do not say which. The file decides: they are what lets fewer lessons overlap, else ends.
- *Ids* are time stamps in whole seconds, as keybr rounds them when it stores a lesson: one that was exported before
  it was stored has milliseconds, and is the same lesson.
- *The form of 2015*, with lessons in groups by layout and kind and Unix milliseconds, is read too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from mmlib.sources.reading import (
    LAST_SECOND,
    Rows,
    Sample,
    checked_zone,
    json_of,
    moment_of,
    number_of,
    on_the_wall,
    refused,
    short,
    text_of,
)

TITLE = "keybr"
CARD = {"unit": "characters per minute", "better": "higher"}
EXPECTED = "keybr's typing data"
ADVICE = "On keybr.com choose Profile, then Download data."

_FIELDS = {"timeStamp", "speed", "errors", "length"}
_NUMBERS = ("length", "time", "errors", "speed")
_LONGEST_MS = 24 * 3_600_000
_SECOND = 1000.0  # milliseconds by which lessons may overlap, as time stamps are in whole seconds


class _Lesson(NamedTuple):
    number: int
    stamp: datetime
    length: float
    time: float
    errors: float
    speed: float
    variation: str | None


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return keybr's lessons as a log.

    Parameters
    ----------
    path : str or Path
        The downloaded file (JSON).
    learner : str
        Whose lessons they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is "typing lessons", `minutes` the time typed, `score` characters
        per minute, `reps` and `successes` characters, `variation` the layout and the lesson. `source_id` is the time
        stamp in whole seconds. Lessons read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not keybr's, is cut off, or holds no lesson that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "typing-data.json"
    >>> _ = file.write_text(
    ...     '[{"timeStamp": "2026-10-31T17:30:00.000Z", "layout": "us", "length": 120, "time": 30000, "errors": 4, '
    ...     '"speed": 240}]'
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["start", "minutes", "score", "successes"]].to_string(index=False))
                  start  minutes  score  successes
    2026-10-31 18:29:30      0.5  240.0        116
    """
    file, tz = Path(path).name, checked_zone(tz)
    lessons = json_of(text_of(path, expected=EXPECTED, advice=ADVICE), file, expected=EXPECTED, advice=ADVICE)
    lessons = list(_lessons(lessons))
    if not any(isinstance(one, Mapping) and set(one) >= _FIELDS for one in lessons):
        raise refused(file, "JSON without lessons", EXPECTED, ADVICE)
    rows = Rows(file, "The record may be damaged: download the data again.")
    found = [_lesson(rows, number, lesson) for number, lesson in enumerate(lessons, start=1)]
    found = [lesson for lesson in found if lesson]
    at_the_end = _at_the_end(found)
    for lesson in found:
        _add(rows, lesson, at_the_end, tz)
    return rows.log(learner=learner, source="keybr", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like keybr's data."""
    return sample.keys >= {*_FIELDS, "time"} and bool(sample.keys & {"layout", "lessonType", "textType"})


def _lessons(value: Any) -> Iterator[Any]:
    """Yield the lessons of an export: a list of them, or in 2015 groups such as {"us:auto": {"data": […]}}."""
    if isinstance(value, list):
        yield from value
    if isinstance(value, Mapping):
        for name, group in value.items():
            layout, _, kind = name.partition(":")
            inner = group.get("data") if isinstance(group, Mapping) else None
            for lesson in inner if isinstance(inner, list) else [group]:
                yield {"layout": layout, "lessonType": kind} | lesson if isinstance(lesson, dict) else lesson


def _lesson(rows: Rows, number: int, lesson: Any) -> _Lesson | None:
    """Return what was read of a lesson, or set it aside."""
    if not isinstance(lesson, Mapping):
        rows.aside(number, "", short(lesson), "a lesson")
        return None
    stamp = _moment(lesson.get("timeStamp"))
    if stamp is None:
        rows.aside(number, "timeStamp", short(lesson.get("timeStamp")), "a time such as 2026-10-31T17:30:00.000Z")
        return None
    found = {name: number_of(lesson.get(name)) for name in _NUMBERS}
    for name, value in found.items():
        if value is None or value < 0 or (name == "time" and value > _LONGEST_MS):
            rows.aside(number, name, short(lesson.get(name)), "milliseconds" if name == "time" else "a number")
            return None
    kinds = [lesson.get(name) for name in ("layout", "lessonType", "textType")]
    variation = " ".join(kind for kind in kinds if isinstance(kind, str)) or None
    return _Lesson(number, stamp, *found.values(), variation)


def _moment(value: Any) -> datetime | None:
    """Return a time stamp in universal time: ISO 8601 with a zone, or Unix milliseconds."""
    if isinstance(value, str):
        moment = moment_of(value)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    seconds = (number_of(value) or 0.0) / 1000
    return datetime.fromtimestamp(seconds, UTC) if 86_400 < seconds < LAST_SECOND else None


def _at_the_end(lessons: Sequence[_Lesson]) -> bool:
    """Return whether lessons overlap less, or no more, if their time stamps are taken for those of their ends."""
    as_starts = as_ends = 0
    for earlier, later in pairwise(sorted(lessons, key=lambda lesson: lesson.stamp)):
        gap = (later.stamp - earlier.stamp) / timedelta(milliseconds=1) + _SECOND
        as_starts += gap < earlier.time
        as_ends += gap < later.time
    return as_ends <= as_starts


def _add(rows: Rows, lesson: _Lesson, at_the_end: bool, tz: str | None) -> None:
    start = lesson.stamp - timedelta(milliseconds=lesson.time if at_the_end else 0)
    stored = (lesson.stamp + timedelta(milliseconds=500)).replace(microsecond=0)
    rows.add(
        lesson.number,
        stored.isoformat(),
        skill="typing lessons",
        start=on_the_wall(start, tz),
        minutes=round(lesson.time / 60_000, 6),
        reps=lesson.length,
        successes=max(0.0, lesson.length - lesson.errors),
        score=lesson.speed or None,
        variation=lesson.variation,
    )
