"""TypeRacer: typing races, from the race data that the site or its readers export (CSV).

One row per race. `score` is the speed in words per minute. How long a race took is not in the file: `minutes` stay
unknown. Accuracy and place go into the note, the text that was typed into the variation. Times are universal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import pandas as pd

from mmlib.sources.reading import (
    Rows,
    Sample,
    checked_zone,
    clean,
    moment_of,
    number_of,
    on_the_wall,
    short,
    table,
    text_of,
)

TITLE = "TypeRacer"
CARD = {"unit": "words per minute", "better": "higher"}
EXPECTED = "TypeRacer's race data as CSV"
ADVICE = "On TypeRacer open your profile, then Race History, and choose Download all races."

_WHEN = "date/time (utc)"
_NEEDED = ("race #", "wpm", _WHEN)


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return TypeRacer's races as a log.

    Parameters
    ----------
    path : str or Path
        The race data (CSV).
    learner : str
        Whose races they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is "typing races", `reps` 1, `score` words per minute, `variation`
        the text's number, `note` accuracy and place. `source_id` is the race's number. Races read = rows + those set
        aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such an export, or holds no race that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "race_data.csv"
    >>> _ = file.write_text(
    ...     "Race #,WPM,Accuracy,Rank,# Racers,Text ID,Date/Time (UTC)\\n1,46,0.82,3,4,241,2026-10-31 17:30:00\\n"
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["start", "score", "note"]].to_string(index=False))
                  start  score                        note
    2026-10-31 18:30:00   46.0 accuracy 82 %, place 3 of 4
    """
    file, tz = Path(path).name, checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    records, problems = table(text, file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
    rows = Rows(file, "The row may be damaged: download the races again.")
    rows.problems += problems
    for row, record in records:
        _add(rows, row, record, tz)
    return rows.log(learner=learner, source="typeracer", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like TypeRacer's race data."""
    return set(_NEEDED) <= set(sample.columns)


def _add(rows: Rows, row: int, record: Mapping[str, str], tz: str | None) -> None:
    moment, speed, race = moment_of(record[_WHEN]), number_of(record["wpm"]), clean(record["race #"])
    if moment is None:
        rows.aside(row, "Date/Time (UTC)", short(record[_WHEN]), "a date and time")
        return
    if speed is None or speed < 0:
        rows.aside(row, "WPM", short(record["wpm"]), "words per minute")
        return
    if not race:
        rows.aside(row, "Race #", "nothing", "the race's number")
        return
    text = clean(record.get("text id", ""))
    rows.add(
        row,
        race,
        skill="typing races",
        start=on_the_wall(moment if moment.tzinfo else moment.replace(tzinfo=UTC), tz),
        reps=1,
        score=speed,
        variation=f"text {text}" if text else None,
        note=_note(record),
    )


def _note(record: Mapping[str, str]) -> str | None:
    accuracy = number_of(record.get("accuracy", ""))
    place, of = clean(record.get("rank", "")), clean(record.get("# racers", ""))
    parts = [f"accuracy {100 * accuracy:.0f} %"] if accuracy is not None and 0 <= accuracy <= 1 else []
    parts += [f"place {place} of {of}"] if place and of else []
    return ", ".join(parts) or None
