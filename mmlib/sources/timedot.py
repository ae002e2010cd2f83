"""hledger's timedot: time by day and account, from a plain text file.

One row per entry: a line under a date with an account and an amount, as dots (quarters of an hour), as a number (hours,
or with a unit) or as letters (quarters of an hour by kind). The skill is the account, as it is written. The format
knows no time of day: rows start at midnight. A row is known again by its date, account and its place among the
entries of that account on that day.
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

_DATE = re.compile(r"(?:\*+\s+)?(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:\s+(.*))?", re.ASCII)
_ENTRY = re.compile(r"\s*(.*?\S)(?:(?:\s{2,}|\t)\s*(.*))?")
_NUMBER = re.compile(r"(\d{1,6}(?:\.\d*)?|\.\d+)\s*([a-z]+)?", re.ASCII)
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
        entry's comment, else the day's description. Entries read = rows + those set aside
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
    seen: Counter[tuple[datetime, str]] = Counter()
    lines = text_of(path, expected=EXPECTED, advice=ADVICE).splitlines()
    if not any(_DATE.fullmatch(line.rstrip()) for line in lines):
        raise refused(file, "no line that begins with a date", EXPECTED, ADVICE)
    for row, line in enumerate(lines, start=1):
        if found := _DATE.fullmatch(line.rstrip()):
            day, about = _day(found), _comment(found[5] or "")
            if day is None:
                rows.aside(row, "", short(line), "a date such as 2026-10-31")
        elif line.strip() and not line.lstrip().startswith(("#", ";", "*")):
            _add(rows, row, line, day, about, seen)
    return rows.log(learner=learner, source="timedot", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like timedot."""
    lines = sample.text.splitlines()
    dates = sum(bool(_DATE.fullmatch(line.rstrip())) and "," not in line for line in lines)
    dotted = any(re.fullmatch(r"\s*\S.*?(\s{2,}|\t)[. ]*\.[. ]*(;.*)?", line) for line in lines)
    return bool(dates) and (dotted or sample.suffix == ".timedot")


def _day(found: re.Match[str]) -> datetime | None:
    try:
        return datetime(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def _comment(text: str) -> str:
    return clean(text.lstrip(";# "))


def _add(
    rows: Rows, row: int, line: str, day: datetime | None, about: str, seen: Counter[tuple[datetime, str]]
) -> None:
    body, _, comment = line.partition(";")
    found = _ENTRY.fullmatch(body.rstrip())
    account, amount = (clean(found[1]), (found[2] or "").strip()) if found else ("", "")
    if day is None:
        rows.aside(row, "", short(line), "a date above it")
    elif not account:
        rows.aside(row, "", short(line), "an account")
    elif (parts := _minutes(amount)) is None:
        rows.aside(row, "", short(amount or line), "an amount behind two blanks: dots, hours, or 30m")
    else:
        for kind, minutes in parts.items():
            name = f"{account}:{kind}" if kind else account
            seen[day, name] += 1
            rows.add(row, f"{day:%Y-%m-%d}/{name}/{seen[day, name]}", skill=name, start=day, minutes=minutes,
                     note=_comment(comment) or about)  # fmt: skip


def _minutes(amount: str) -> dict[str, float] | None:
    """Return the minutes of an amount, by kind where it is written in letters; an entry needs one."""
    if not amount:
        return None
    if not amount.replace(".", "").strip():
        return {"": _QUARTER * amount.count(".")}
    if found := _NUMBER.fullmatch(amount):
        unit = found[2] or "h"
        return {"": round(float(found[1]) * _UNITS[unit], 6)} if unit in _UNITS else None
    if _LETTERS.fullmatch(amount):
        return {letter: _QUARTER * n for letter, n in Counter(amount.replace(" ", "")).items()}
    return None
