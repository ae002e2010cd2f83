"""Lichess: puzzles and ratings, as its API returns them.

From the puzzle activity (one JSON object on each line) one row per puzzle: one repetition, with success if it was
solved; the puzzle's number is the variation, its rating and themes the note. From the rating history (one JSON array)
one row per day and variant: `score` is the rating at the day's end. Months count from 0 there, and days have no time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import (
    Rows,
    Sample,
    checked_zone,
    clean,
    from_unix,
    json_lines,
    json_of,
    number_of,
    refused,
    short,
    text_of,
)

TITLE = "Lichess"
CARD: dict[str, Any] = {}
EXPECTED = "Lichess's puzzle activity or rating history"
ADVICE = "Download it from lichess.org/api/puzzle/activity (signed in) or lichess.org/api/user/NAME/rating-history."

_RATING = {"unit": "rating", "better": "higher"}
_THEMES = 6


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return puzzles or ratings from Lichess as a log.

    Parameters
    ----------
    path : str or Path
        The puzzle activity (NDJSON, or its objects in an array) or the rating history (JSON).
    learner : str
        Whose account it is.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out. A rating history holds days alone.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start. Puzzles: `skill` is "chess puzzles", `reps` 1, `successes` 0 or 1,
        `variation` the puzzle. Ratings: `skill` is the variant, such as "chess: Blitz", `score` the rating.
        `source_id` is made of the time and the puzzle, or of the day and the variant. Records read = rows + those
        set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is neither, or holds no record that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "activity.ndjson"
    >>> _ = file.write_text('{"date": 1792413000000, "win": true, "puzzle": {"id": "K69di", "rating": 1500}}\\n')
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "successes"]].to_string(index=False))
            skill               start  successes
    chess puzzles 2026-10-19 14:30:00          1
    """
    file, tz = Path(path).name, checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(file, "The record may be damaged: download it again.")
    if text.lstrip().startswith("["):
        found = json_of(text, file, expected=EXPECTED, advice=ADVICE)
        records = list(enumerate(found, start=1))
    else:
        records, rows.problems = json_lines(text, file, advice=rows.advice)
    known = [record for _, record in records if isinstance(record, dict)]
    if not any({"date", "puzzle"} <= set(one) or {"name", "points"} <= set(one) for one in known):
        raise refused(file, "neither puzzles nor ratings", EXPECTED, ADVICE)
    for number, record in records:
        if isinstance(record, Mapping) and "points" in record:
            _ratings(rows, number, record)
        else:
            _puzzle(rows, number, record, tz)
    return rows.log(learner=learner, source="lichess", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Lichess's."""
    puzzles = sample.text.startswith(("{", "[")) and sample.keys >= {"date", "win", "puzzle"}
    return puzzles or (
        sample.text.startswith("[") and sample.keys >= {"name", "points"} and "timeStamp" not in sample.keys
    )


def _puzzle(rows: Rows, number: int, record: Any, tz: str | None) -> None:
    puzzle = record.get("puzzle") if isinstance(record, Mapping) else None
    if not isinstance(puzzle, Mapping):
        rows.aside(number, "puzzle", short(record), "a puzzle with its date and whether it was solved")
        return
    stamp, won = number_of(record.get("date")), record.get("win")
    start = from_unix(stamp / 1000, tz) if stamp is not None else None
    name = puzzle.get("id")
    if start is None:
        rows.aside(number, "date", short(record.get("date")), "Unix milliseconds")
    elif not isinstance(won, bool):
        rows.aside(number, "win", short(won), "true or false")
    elif not isinstance(name, str) or not clean(name):
        rows.aside(number, "puzzle", short(name), "the puzzle's id")
    else:
        note = _about(puzzle)
        rows.add(number, f"{stamp:.0f}-{clean(name)}", skill="chess puzzles", start=start, reps=1, successes=int(won),
                 variation=name, note=note)  # fmt: skip


def _about(puzzle: Mapping[str, Any]) -> str | None:
    rating, themes = number_of(puzzle.get("rating")), puzzle.get("themes")
    words = [word for word in themes if isinstance(word, str)][:_THEMES] if isinstance(themes, list) else []
    parts = [f"rated {rating:.0f}"] if rating is not None else []
    return " ".join([*parts, *(f"#{clean(word)}" for word in words)]) or None


def _ratings(rows: Rows, number: int, record: Mapping[str, Any]) -> None:
    name, points = record.get("name"), record.get("points")
    if not isinstance(name, str) or not clean(name) or not isinstance(points, list):
        rows.aside(number, "points", short(points), "a variant's name and its points")
        return
    skill = f"chess: {clean(name)}"
    rows.cards[skill] = _RATING
    for point in points:
        day = _day(point)
        if day is None:
            rows.aside(number, f"points of {clean(name)}", short(point), "year, month from 0, day and rating")
        else:
            rows.add(number, f"{day:%Y-%m-%d}-{clean(name)}", skill=skill, start=day, score=number_of(point[3]))


def _day(point: Any) -> datetime | None:
    if not isinstance(point, list) or len(point) != 4 or not all(type(part) in (int, float) for part in point):
        return None
    try:
        return datetime(int(point[0]), int(point[1]) + 1, int(point[2]))
    except (ValueError, OverflowError):
        return None
