"""DataShop: transactions of students with tutoring systems, as PSLC/LearnSphere DataShop exports them.

One row per transaction: an attempt at a step, or a request for a hint. The learner is the student, by the pseudonym in
the file; the skill is the knowledge component, in the first model that the file has, else the step, else the problem.
A correct answer is a repetition that came off, a wrong one and a hint are repetitions that did not. Times are those of
the clock on the student's wall, as DataShop writes them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import (
    LAST_SECOND,
    Rows,
    Sample,
    checked_zone,
    clean,
    moment_of,
    number_of,
    refused,
    short,
    text_of,
    wall_clock,
)

TITLE = "DataShop"
CARD: dict[str, Any] = {}
EXPECTED = "a DataShop transaction table (tab-separated)"
ADVICE = "In DataShop choose the dataset's tab Export, By Transaction."

_NEEDED = ("anon student id", "time", "outcome")
_CORRECT = ("CORRECT", "OK")
_OTHERS = ("INCORRECT", "HINT", "ERROR", "BUG", "INITIAL_HINT", "HINT_LEVEL_CHANGE", "UNKNOWN")
_UNKNOWN = ("", ".", "?", "null", "NULL")


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return DataShop's transactions as a log.

    Parameters
    ----------
    path : str or Path
        The transaction table (tab-separated text).
    learner : str
        The learner of rows that name no student.
    tz : str, optional
        The learners' time zone, for tables whose times are Unix milliseconds; DataShop's other times are local.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `learner` the student, `skill` the knowledge component, `minutes` the
        duration, `reps` 1, `successes` 0 or 1, `variation` the problem and the step, `note` "hint" and further
        components. `source_id` is the transaction's id, or the row's place among those of the student and the time.
        Transactions read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such a table, or holds no transaction that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "transactions.txt"
    >>> _ = file.write_text(
    ...     "Transaction Id\\tAnon Student Id\\tTime\\tDuration (sec)\\tOutcome\\tKC (Default)\\n"
    ...     "t1\\tStu_1\\t2026-10-30 10:15:00\\t12\\tCORRECT\\tadd fractions\\n"
    ... )
    >>> print(read(file)[["learner", "skill", "minutes", "successes"]].to_string(index=False))
    learner         skill  minutes  successes
      Stu_1 add fractions      0.2          1
    """
    file, tz = Path(path).name, checked_zone(tz)
    lines = _lines(text_of(path, expected=EXPECTED, advice=ADVICE), file)
    head = next(lines, (1, []))[1]
    names = [name.strip().casefold() for name in head]
    if not set(_NEEDED) <= set(names):
        found = "a table of steps, not of transactions" if "first attempt" in names else "other columns"
        raise refused(file, found, EXPECTED, ADVICE, 1)
    rows = Rows(file, "The row may be damaged: export again.")
    add = _adder(rows, names, tz)
    for row, values in lines:
        if len(values) >= len(names) and not any(values[len(names) :]):
            add(row, values)
        elif any(values):
            rows.aside(row, "", f"{len(values)} values", f"{len(names)}, as in the header")
    return rows.log(learner=learner, source="datashop", expected="transactions with a time")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like a DataShop transaction table."""
    return set(_NEEDED) <= set(sample.columns)


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    # Quotation marks mean nothing in these tables.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        yield from enumerate(lines, start=1)
    except csv.Error as error:
        raise refused(file, f"a row that cannot be read ({error})", EXPECTED, ADVICE, lines.line_num) from None


def _adder(rows: Rows, names: list[str], tz: str | None) -> Callable[[int, list[str]], None]:
    """Return what adds a row: names may come several times, so columns are known by their places."""
    place = {name: number for number, name in reversed(list(enumerate(names)))}
    model = next((name for name in names if name.startswith("kc (")), "")
    components = [number for number, name in enumerate(names) if name == model]

    def value(values: list[str], name: str) -> str:
        found = clean(values[place[name]]) if name in place else ""
        return "" if found in _UNKNOWN else found

    def add(row: int, values: list[str]) -> None:
        start, outcome = _moment(value(values, "time"), tz), value(values, "outcome").upper()
        if start is None:
            rows.aside(row, "Time", short(values[place["time"]]), "a date and time")
            return
        if outcome and outcome not in (*_CORRECT, *_OTHERS):
            rows.aside(row, "Outcome", short(outcome), "CORRECT, INCORRECT or HINT")
            return
        seconds = number_of(value(values, "duration (sec)")) if value(values, "duration (sec)") else None
        parts = [part for number in components for part in clean(values[number]).split("~~")]
        found = list(dict.fromkeys(clean(part) for part in parts if clean(part) not in _UNKNOWN))
        problem, step = value(values, "problem name"), value(values, "step name")
        student = value(values, "anon student id")
        hint = "hint" if "HINT" in outcome else ""
        rows.add(
            row, value(values, "transaction id") or f"{student}/{start.isoformat()}", learner=student or None,
            skill=(found or [step or problem])[0], start=start,
            minutes=round(seconds / 60, 6) if seconds is not None else None,
            reps=1 if outcome else None, successes=int(outcome in _CORRECT) if outcome else None,
            variation=" / ".join(filter(None, [problem, step])), note=", ".join(filter(None, [hint, *found[1:]])),
        )  # fmt: skip

    return add


def _moment(text: str, tz: str | None) -> datetime | None:
    if text.isascii() and text.isdigit() and len(text) == 13:
        seconds = int(text) / 1000
        return wall_clock([seconds], tz)[0].item() if seconds < LAST_SECOND else None
    moment = moment_of(text)
    return moment.replace(tzinfo=None) if moment is not None else None
