"""Monkeytype: typing tests, from the results that an account page exports (CSV).

One row per test. `score` is the speed in words per minute; `reps` are the characters of the test, `successes` those
typed correctly. The mode ("time 30", "words 50", "quote") is the variation. Monkeytype's time stamp is that of the end,
in Unix milliseconds: the start is that less the test's duration. A test that was bailed out of keeps its speed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from mmlib.sources.reading import (
    LAST_SECOND,
    Rows,
    Sample,
    checked_zone,
    clean,
    from_unix,
    number_of,
    short,
    table,
    text_of,
)

TITLE = "Monkeytype"
CARD = {"unit": "words per minute", "better": "higher"}
EXPECTED = "Monkeytype's results as CSV"
ADVICE = "On monkeytype.com open Account, then choose Export CSV."

_NEEDED = ("wpm", "acc", "mode", "timestamp")
_EXTRAS = {"punctuation": "punctuation", "numbers": "numbers", "lazymode": "lazy", "blindmode": "blind"}


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return Monkeytype's tests as a log.

    Parameters
    ----------
    path : str or Path
        The exported results (CSV; older exports with `|` between the columns are read too).
    learner : str
        Whose tests they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is "typing tests", followed by the language where it is not English;
        `minutes` the test's duration, `score` words per minute, `reps` and `successes` characters, `variation` the
        mode and its settings, `note` the accuracy, the tags and "bailed out". `source_id` is Monkeytype's, or the
        time stamp in exports that have none. Tests read = rows + those set aside.

    Raises
    ------
    SourceError
        If the file is not such an export, or holds no test that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "results.csv"
    >>> _ = file.write_text(
    ...     "_id,wpm,acc,charStats,mode,mode2,testDuration,timestamp\\na1,60.5,97,150;3;0;1,time,30,30,1792413030000\\n"
    ... )
    >>> print(read(file, tz="UTC")[["start", "minutes", "score", "variation"]].to_string(index=False))
                  start  minutes  score variation
    2026-10-19 12:30:00      0.5   60.5   time 30
    """
    file, tz = Path(path).name, checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    head = text.partition("\n")[0]
    if "|" in head and "," not in head:
        text = text.replace("|", "\t")
    records, problems = table(text, file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
    rows = Rows(file, "The row may be damaged: export again.")
    rows.problems += problems
    for row, record in records:
        _add(rows, row, record, tz)
    return rows.log(learner=learner, source="monkeytype", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Monkeytype's results."""
    names = {name for column in sample.columns for name in column.split("|")}
    return {*_NEEDED, "charstats"} <= names


def _add(rows: Rows, row: int, record: Mapping[str, str], tz: str | None) -> None:
    stamp, speed = number_of(record["timestamp"]), number_of(record["wpm"])
    seconds = number_of(record.get("testduration", "")) or 0.0
    if stamp is None or not 0 < stamp / 1000 < LAST_SECOND:
        rows.aside(row, "timestamp", short(record["timestamp"]), "Unix milliseconds")
        return
    if speed is None or speed < 0:
        rows.aside(row, "wpm", short(record["wpm"]), "words per minute")
        return
    if not 0 <= seconds < 86_400:
        rows.aside(row, "testDuration", short(record.get("testduration")), "seconds")
        return
    characters, correct = _characters(record.get("charstats", ""))
    rows.add(
        row,
        clean(record.get("_id", "")) or record["timestamp"].strip(),
        skill=_skill(record),
        start=from_unix(stamp / 1000 - seconds, tz),
        minutes=round(seconds / 60, 6) if seconds else None,
        reps=characters,
        successes=correct,
        score=speed,
        variation=_variation(record),
        note=_note(record),
    )


def _skill(record: Mapping[str, str]) -> str:
    language = clean(record.get("language", "")).replace("_", " ")
    return f"typing tests, {language}" if language not in ("", "english") else "typing tests"


def _characters(text: str) -> tuple[int | None, int | None]:
    """Return all characters of a test and those typed correctly, from "correct;incorrect;extra;missed"."""
    counts = re.split(r"[;,/ ]+", text.strip())
    if len(counts) < 4 or not all(re.fullmatch(r"\d{1,9}", count, re.ASCII) for count in counts[:4]):
        return None, None
    return sum(map(int, counts[:4])), int(counts[0])


def _variation(record: Mapping[str, str]) -> str | None:
    # A quote's second mode is the quote's number, which says nothing of how it was typed.
    second = record.get("mode2", "") if record["mode"] in ("time", "words") else ""
    extras = [words for name, words in _EXTRAS.items() if record.get(name, "").casefold() == "true"]
    fun = [value for name in ("funbox", "difficulty") if (value := record.get(name, "")) not in ("none", "normal", "")]
    return " ".join(filter(None, [record["mode"], second, *extras, *fun])) or None


def _note(record: Mapping[str, str]) -> str | None:
    tags = [f"#{clean(tag)}" for tag in re.split(r"[,;]", record.get("tags", "")) if tag.strip()]
    accuracy = f"accuracy {record['acc'].strip()} %" if number_of(record["acc"]) is not None else ""
    bailed = "bailed out" if record.get("bailedout", "").casefold() == "true" else ""
    return " ".join(filter(None, [accuracy, bailed, *tags])) or None
