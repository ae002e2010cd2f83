"""hledger's timedot: time by day and account, from a plain text file.

One row per entry: a line under a date with an account, two blanks or a tab, and an amount, as dots (quarters of an
hour), as a number (hours, or with a unit) or as letters (quarters of an hour, a row for each letter). The skill is the
account, as it is written; a letter goes into the note as hledger shows it, t:a. The format knows no time of day: rows
start at midnight.

Lines without an amount take no time: hledger lets people keep notes and lists among the entries, and so they are left
out. One that ends in what could be an amount behind a single blank is set aside. A date without a year is set aside
with all that is under it, as hledger would take it for one of the year in which it is read.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import Rows, Sample, checked_zone, clean, refused, short, text_of

TITLE = "hledger timedot"
CARD: dict[str, Any] = {}
EXPECTED = "a timedot file"
ADVICE = "Write a date, and under it lines such as: music:ukulele  .... .."

_STARS = re.compile(r"\*+\s+")
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:\s+(.*))?", re.ASCII)
_LIKE_A_DATE = re.compile(r"\d{4}[-/.]\d|\d{1,2}[-/.]\d{1,2}(?:\s|$)", re.ASCII)
_NUMBER = re.compile(r"(\d{1,6}(?:[.,]\d*)?|[.,]\d+)\s*([a-z]+)?", re.ASCII)
_UNITS = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 7 * 1440, "mo": 30 * 1440, "y": 365 * 1440}
_LETTERS = re.compile(r"[A-Za-z ]+")
_QUARTER = 15.0


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the entries of a timedot file as a log.

    Parameters
    ----------
    path : str or Path
        The file.
    learner : str
        Whose time it is.
    tz : str, optional
        Without effect but for its check: timedot knows days.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the account, `start` the day, `minutes` the amount, `note` the
        entry's comment, else the day's description, and the letter. `source_id` is the date, the account, the letter
        and the place among the like entries of that day. Entries read = rows + those set aside
        (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file has no dates, or no entry that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "2026.timedot"
    >>> _ = file.write_text("2026-10-31 a rainy day\\nmusic:ukulele  .... ..\\ndrawing  1.5  ; circles\\n")
    >>> print(read(file)[["skill", "start", "minutes", "note"]].to_string(index=False))
            skill      start  minutes        note
    music:ukulele 2026-10-31     90.0 a rainy day
          drawing 2026-10-31     90.0     circles
    """
    file = Path(path).name
    checked_zone(tz)
    rows, day, about = Rows(file, "Mend the line in the file."), None, ""
    seen: Counter[str] = Counter()
    lines = text_of(path, expected=EXPECTED, advice=ADVICE).splitlines()
    if not any(_dated(line) for line in lines):
        raise refused(file, "no line that begins with a date", EXPECTED, ADVICE)
    for row, line in enumerate(lines, start=1):
        if found := _dated(line):
            day, about = _day(found), _comment(found[5] or "")
        elif _LIKE_A_DATE.match(_bare(line)):
            day, about = None, ""
        else:
            _add(rows, row, line, day, about, seen)
            continue
        if day is None:
            rows.aside(row, "", short(line), "a date with its year, such as 2026-10-31")
    return rows.log(learner=learner, source="timedot", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like timedot."""
    lines = sample.text.splitlines()
    dates = any(_dated(line) and "," not in line for line in lines)
    return dates and (sample.suffix == ".timedot" or any(_dotted(line) for line in lines))


def _bare(line: str) -> str:
    """Return a line without the stars of an org heading, which dates and entries may have."""
    found = _STARS.match(line)
    return line[found.end() :].rstrip() if found else line.rstrip()


def _dated(line: str) -> re.Match[str] | None:
    return _DATE.fullmatch(_bare(line))


def _day(found: re.Match[str]) -> datetime | None:
    try:
        return datetime(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def _dotted(line: str) -> bool:
    body = line.partition(";")[0].rstrip()
    account = body.rstrip(". \t")
    amount = body[len(account) :]
    return bool(account) and "." in amount and ("  " in amount or "\t" in amount)


def _comment(text: str) -> str:
    return clean(" ".join(part.strip("# ") for part in text.split(";")))


def _add(rows: Rows, row: int, line: str, day: datetime | None, about: str, seen: Counter[str]) -> None:
    if line.lstrip().startswith(("#", ";")):
        return
    body, _, comment = _bare(line).partition(";")
    account, *amounts = re.split(r"\s{2,}|\t", body.strip(), maxsplit=1)
    if not amounts:
        if _minutes(account.rpartition(" ")[2]) and not account.rpartition(" ")[2].isalpha():
            rows.aside(row, "", short(line), "an amount behind two blanks")
    elif day is None:
        rows.aside(row, "", short(line), "a date above it")
    elif not (parts := _minutes(amounts[0].strip())):
        rows.aside(row, "", short(amounts[0]), "dots, hours such as 1.5, or a unit such as 30m")
    else:
        for letter, minutes in parts.items():
            known = f"{day:%Y-%m-%d}/{clean(account)}{letter and ':'}{letter}"
            seen[known] += 1
            rows.add(row, f"{known}/{seen[known]}", skill=account, start=day, minutes=minutes,
                     note=" ".join(filter(None, [_comment(comment) or about, letter and f"t:{letter}"])))  # fmt: skip


def _minutes(amount: str) -> dict[str, float]:
    """Return the minutes of an amount, by letter where it is written in letters; none where it is no amount.

    Examples
    --------
    >>> _minutes(".... ."), _minutes("0,5"), _minutes("90m"), _minutes("aab"), _minutes("soon?")
    ({'': 75.0}, {'': 30.0}, {'': 90.0}, {'a': 30.0, 'b': 15.0}, {})
    """
    if amount and not amount.strip(". "):
        return {"": _QUARTER * amount.count(".")}
    if found := _NUMBER.fullmatch(amount):
        unit = found[2] or "h"
        return {"": round(float(found[1].replace(",", ".")) * _UNITS[unit], 6)} if unit in _UNITS else {}
    if _LETTERS.fullmatch(amount):
        return {letter: _QUARTER * n for letter, n in Counter(amount.replace(" ", "")).items()}
    return {}
