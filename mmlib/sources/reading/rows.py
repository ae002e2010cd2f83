"""From what a source has read to the log."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import Problem, SourceError
from mmlib.log.schema import COLUMNS, dtype
from mmlib.sources.reading.clock import FIRST_YEAR, LAST_YEAR
from mmlib.sources.reading.words import clean, refused, short

LONGEST = 60 * 24 * 366  # minutes of a session
MOST = 10**12  # repetitions, and how large a score may be
_TEXTS = ("learner", "source", "skill", "part", "variation", "self", "note")
_RATINGS = ("payoff", "praise", "flow", "challenge", "support", "mood_before", "mood_after")


class Rows:
    """The sessions that a source has read so far, and the records that it set aside: none is lost.

    Parameters
    ----------
    file : str
        The file's name, for what is said of its records.
    advice : str
        What to do about a record that cannot be taken.

    Examples
    --------
    >>> rows = Rows("export.csv", "Mend the entry, and export again.")
    >>> rows.add(2, "a1", skill="juggling", start=datetime(2026, 10, 31, 18, 30), minutes=15.0)
    >>> rows.add(3, "a2", skill="juggling", start=datetime(2026, 10, 31, 19, 30), minutes=-1.0)
    >>> log = rows.log(learner="me", source="tool", expected="an export with sessions in it")
    >>> len(log), str(log.attrs["set_aside"][0])[:64]
    (1, 'export.csv, row 3, column "minutes": found "-1.0", expected minu')
    """

    def __init__(self, file: str, advice: str) -> None:
        self.file, self.advice = file, advice
        self.problems: list[Problem] = []
        self.cards: dict[str, Mapping[str, Any]] = {}
        self._ids: list[str] = []
        self._values: list[dict[str, Any]] = []

    def add(self, row: int | None, source_id: str, /, *, skill: str, start: datetime, **values: Any) -> None:
        """Take a session, or set it aside where a value is out of the log's range.

        Parameters
        ----------
        row : int or None
            The record's place in the file.
        source_id : str
            The tool's own id, or what tells this record from the others in any later export.
        skill, start, **values
            Columns of the log, `start` on the learner's wall clock. None is not known. Texts are put on one line.
        """
        given = {"skill": clean(skill) or "unnamed", "start": start}
        given |= {name: _text(value) if name in _TEXTS else value for name, value in values.items()}
        given = {name: value for name, value in given.items() if name == "start" or not _unknown(value)}
        for name, value in given.items():
            expected = _expected(name, value, given)
            if expected:
                self.aside(row, name, short(str(value)), expected)
                return
        self._ids.append(source_id)
        self._values.append(given)

    def aside(self, row: int | None, column: str, found: str, expected: str, advice: str = "") -> None:
        """Set a record aside: what was found in which column, what was expected and what to do."""
        self.problems.append(Problem(self.file, row, column, found, expected, advice or self.advice))

    def __len__(self) -> int:
        return len(self._values)

    def log(self, *, learner: str, source: str, expected: str) -> pd.DataFrame:
        """Return the log of what was taken.

        Raises
        ------
        SourceError
            If nothing was.
        """
        if not self._values and self.problems:
            raise SourceError(self.problems)
        if not self._values:
            raise refused(self.file, "nothing that was practised", expected, self.advice)
        names = dict.fromkeys(name for values in self._values for name in values)
        columns = {name: [values.get(name) for values in self._values] for name in names}
        if "learner" in columns:
            columns["learner"] = [name or learner for name in columns["learner"]]
        if "source" in columns:
            columns["source"] = [name or source for name in columns["source"]]
        columns["start"] = np.array(columns["start"], dtype="datetime64[us]")
        problems = sorted(self.problems, key=lambda problem: problem.row or 0)
        log = log_of({**columns, "source_id": numbered(self._ids)}, problems, learner=learner, source=source)
        log.attrs["cards"] = dict(self.cards)
        return log


def _text(value: object) -> str | None:
    return clean(str(value)) or None if value is not None else None


def _unknown(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _expected(name: str, value: Any, given: Mapping[str, Any]) -> str:
    """Return what was expected of a value, or nothing where it is as it should be."""
    if name == "start":
        fine = isinstance(value, datetime) and value.tzinfo is None and FIRST_YEAR <= value.year < LAST_YEAR
        return "" if fine else f"a date and time from {FIRST_YEAR} to {LAST_YEAR}"
    if name == "minutes":
        return "" if 0 <= value <= LONGEST else "minutes from 0 to those of a year"
    if name in ("reps", "successes"):
        most = given.get("reps", MOST) if name == "successes" else MOST
        return "" if value == int(value) and 0 <= value <= most else "a whole number, 0 or more, and no more than reps"
    if name == "score":
        return "" if abs(value) <= MOST else "a number"
    if name in _RATINGS:
        return "" if 1 <= value <= 5 else "a number from 1 to 5"
    return ""


def numbered(ids: Iterable[str]) -> list[str]:
    """Return ids made unique: the second of a kind ends in #2.

    Examples
    --------
    >>> numbered(["a", "b", "a"])
    ['a', 'b', 'a#2']
    """
    ids = list(ids)
    if len(set(ids)) == len(ids):
        return ids
    seen: Counter[str] = Counter()
    unique = []
    for name in ids:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def log_of(columns: Mapping[str, Any], problems: Sequence[Problem], *, learner: str, source: str) -> pd.DataFrame:
    """Return columns as a log sorted by start, with the problems of what was set aside in its `attrs`.

    They are kept as a tuple: a table in `attrs` would make `pd.concat` fail.
    """
    rows = pd.RangeIndex(len(columns["start"]))
    given = {"learner": learner, "source": source, **columns}
    log = pd.DataFrame({name: pd.Series(given.get(name), index=rows, dtype=dtype(name)) for name in COLUMNS})
    log = log.sort_values("start", kind="stable", ignore_index=True)
    log.attrs["set_aside"] = tuple(problems)
    return log
