"""Monkeytype: typing tests, from the results that an account page exports (CSV).

One row per test. `score` is the speed in words per minute; `reps` are the characters of the test, `successes` those
typed correctly. The mode ("time 30", "words 50", "quote short") is the variation. Three things are decided here:

- *Minutes* are what Monkeytype counts as time typing: the test, and the attempts that were restarted before it, less
  the time away from the keyboard. For someone who restarts often the attempts are a third of all practice.
- *The start* is that of the first attempt: the time stamp, in Unix milliseconds, is that of the test's end.
- *Old results* have no duration. As on the account page, it is the mode's: 30 seconds, or 50 words at their speed.

A test that was bailed out of keeps its speed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from mmlib.errors import counted
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
_LONGEST = 86_400.0  # seconds
_QUOTES = {"0": "short", "1": "medium", "2": "long", "3": "thicc"}
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
        `minutes` the time typed, `score` words per minute, `reps` and `successes` characters, `variation` the mode and
        its settings, `note` the accuracy, the restarts, "bailed out" and the tags. `source_id` is Monkeytype's, or the
        time stamp in exports that have none. Tests read = rows + those set aside (`mmlib.sources.set_aside`).

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
    if stamp is None or not 0 < stamp / 1000 < LAST_SECOND:
        rows.aside(row, "timestamp", short(record["timestamp"]), "Unix milliseconds")
        return
    if speed is None or speed < 0:
        rows.aside(row, "wpm", short(record["wpm"]), "words per minute")
        return
    seconds = _seconds(rows, row, record, speed)
    if seconds is None:
        return
    test, attempts, away = seconds
    start = from_unix(stamp / 1000 - test - attempts, tz)
    if start is None:
        rows.aside(row, "timestamp", short(record["timestamp"]), "Unix milliseconds")
        return
    characters, correct = _characters(record.get("charstats", ""))
    rows.add(
        row,
        clean(record.get("_id", "")) or record["timestamp"].strip(),
        skill=_skill(record),
        start=start,
        minutes=round(max(0.0, test + attempts - away) / 60, 6) if test else None,
        reps=characters,
        successes=correct,
        score=speed,
        variation=_variation(record),
        note=_note(record),
    )


def _seconds(rows: Rows, row: int, record: Mapping[str, str], speed: float) -> list[float] | None:
    """Return the seconds of a test, of the attempts before it and of those away; or set the test aside."""
    found = []
    for name in ("testDuration", "incompleteTestSeconds", "afkDuration"):
        text = record.get(name.casefold(), "").strip()
        seconds = number_of(text) if text not in ("", "undefined", "null") else 0.0
        if seconds is None or not 0 <= seconds < _LONGEST:
            rows.aside(row, name, short(text), "seconds")
            return None
        found.append(seconds)
    return [found[0] or _mode_seconds(record, speed), *found[1:]]


def _mode_seconds(record: Mapping[str, str], speed: float) -> float:
    """Return how long a test without a duration took by its mode; 0 where that does not say it."""
    amount = number_of(record.get("mode2", "")) or 0.0
    seconds = {"time": amount, "words": 60 * amount / speed if speed else 0.0}.get(record["mode"], 0.0)
    return seconds if 0 <= seconds < _LONGEST else 0.0


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
    second = record.get("mode2", "") if record["mode"] in ("time", "words") else ""
    if record["mode"] == "quote":  # its second mode is its number, which says nothing of how it was typed
        second = _QUOTES.get(record.get("quotelength", "").strip(), "")
    extras = [words for name, words in _EXTRAS.items() if record.get(name, "").casefold() == "true"]
    fun = [value for name in ("funbox", "difficulty") if (value := record.get(name, "")) not in ("none", "normal", "")]
    return " ".join(filter(None, [record["mode"], second, *extras, *fun])) or None


def _note(record: Mapping[str, str]) -> str | None:
    accuracy = f"accuracy {record['acc'].strip()} %" if number_of(record["acc"]) is not None else ""
    restarts = record.get("restartcount", "").strip()
    restarted = counted(int(restarts), "restart") if re.fullmatch(r"0*[1-9]\d{0,5}", restarts, re.ASCII) else ""
    bailed = "bailed out" if record.get("bailedout", "").casefold() == "true" else ""
    tags = [f"#{clean(tag)}" for tag in re.split(r"[,;]", record.get("tags", "")) if tag.strip()]
    return " ".join([", ".join(filter(None, [accuracy, restarted, bailed])), *tags]).strip() or None
