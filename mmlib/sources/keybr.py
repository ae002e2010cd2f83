"""keybr: typing lessons, from the data that keybr.com lets its users download (JSON).

One row per lesson. `score` is the speed in characters per minute, as keybr stores it: five of them make one of the
"words" that its pages show. `reps` are the characters of the lesson, `successes` those typed without an error. The
time stamp is the lesson's start, in universal time. The layout and the kind of the lesson become the variation.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import (
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
_LONGEST_MS = 24 * 3_600_000


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
        stamp. Lessons read = rows + those set aside (`mmlib.sources.set_aside`).

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
    2026-10-31 18:30:00      0.5  240.0        116
    """
    file, tz = Path(path).name, checked_zone(tz)
    lessons = json_of(text_of(path, expected=EXPECTED, advice=ADVICE), file, expected=EXPECTED, advice=ADVICE)
    if not isinstance(lessons, list) or not any(isinstance(one, dict) and set(one) >= _FIELDS for one in lessons):
        raise refused(file, "JSON without lessons", EXPECTED, ADVICE)
    rows = Rows(file, "The record may be damaged: download the data again.")
    for number, lesson in enumerate(lessons, start=1):
        _add(rows, number, lesson, tz)
    return rows.log(learner=learner, source="keybr", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like keybr's data."""
    return sample.text.startswith("[") and sample.keys >= _FIELDS


def _add(rows: Rows, number: int, lesson: Any, tz: str | None) -> None:
    if not isinstance(lesson, Mapping):
        rows.aside(number, "", short(lesson), "a lesson")
        return
    stamp = moment_of(lesson.get("timeStamp"))
    if stamp is None or stamp.tzinfo is None:
        rows.aside(number, "timeStamp", short(lesson.get("timeStamp")), "a time such as 2026-10-31T17:30:00.000Z")
        return
    found = {name: number_of(lesson.get(name)) for name in ("length", "time", "errors", "speed")}
    for name, value in found.items():
        if value is None or value < 0 or (name == "time" and value > _LONGEST_MS):
            rows.aside(number, name, short(lesson.get(name)), "milliseconds" if name == "time" else "a number")
            return
    length = found["length"]
    kinds = [lesson.get(name) for name in ("layout", "lessonType", "textType")]
    rows.add(
        number,
        str(lesson["timeStamp"]).strip(),
        skill="typing lessons",
        start=on_the_wall(stamp, tz),
        minutes=round(found["time"] / 60_000, 6),
        reps=length,
        successes=max(0.0, length - found["errors"]),
        score=found["speed"],
        variation=" ".join(kind for kind in kinds if isinstance(kind, str)) or None,
    )
