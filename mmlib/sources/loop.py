"""Loop Habit Tracker: days on which a habit was kept, from its CSV export, a part of it, or its full backup.

One row per habit and day on which it was kept. Four things are decided here:

- A day that was checked (Loop's 2) is one repetition that came off. What Loop fills in for habits that are not daily
  (1), "no" (0), skipped days (3) and days without an answer (-1) are not practice, and no rows.
- A measurable habit's amount, which Loop stores times 1000, is `minutes` where its unit is one of time, and otherwise
  the `score` in that unit. Amounts of 0 are no rows.
- Loop knows no time of day: a row starts at midnight.
- A row is known again by the habit's name and the day, in each of Loop's forms.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mmlib.sources.reading import (
    LAST_SECOND,
    Archive,
    Rows,
    Sample,
    checked_file,
    checked_zone,
    clean,
    database,
    decoded,
    moment_of,
    number_of,
    refused,
    short,
    table_names,
    text_of,
)

TITLE = "Loop Habit Tracker"
CARD: dict[str, str] = {}
EXPECTED = "an export of Loop Habit Tracker (CSV or its ZIP) or its full backup (.db)"
ADVICE = "In Loop choose Settings, then Export as CSV or Export full backup."

_ENTRY = re.compile(r"Entry\(timestamp=[^,()]*, value=(-?\d+)(?:, notes=[^()]*)?\)")
_WORDS = {"YES_MANUAL": 2, "YES_AUTO": 1, "NO": 0, "SKIP": 3, "UNKNOWN": -1}
_YES, _MOST_OF_A_CHECKMARK = 2, 3
_IN_MINUTES = {"minute": 1, "minutes": 1, "min": 1, "mins": 1, "m": 1, "hour": 60, "hours": 60, "hr": 60, "hrs": 60,
               "h": 60, "second": 1 / 60, "seconds": 1 / 60, "sec": 1 / 60, "s": 1 / 60}  # fmt: skip
_SCORES = re.compile(r"Date,.*\n(?:\d{4}-\d\d-\d\d(?:,[01]\.\d{4})+,?\r?\n?)+", re.ASCII)
_FOLDER = re.compile(r"(\d{3})\b[^/]*/Checkmarks\.csv")


class _Habit(NamedTuple):
    """A habit, and whether it is measurable where the export says so."""

    name: str
    measurable: bool | None = None
    unit: str = ""


class _Mark(NamedTuple):
    """A day of a habit: where it stands, the day as text, the value as text, the note."""

    row: int
    day: str
    value: str
    note: str = ""


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the days on which habits were kept as a log.

    Parameters
    ----------
    path : str or Path
        The CSV export (ZIP), its Checkmarks.csv, that of one habit (its skill is then the folder's name, or the
        file's), or the full backup (SQLite).
    learner : str
        Whose habits they are.
    tz : str, optional
        Without effect but for its check: Loop stores days.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the habit, `start` the day; `reps` and `successes` are 1 for
        yes-or-no habits, `minutes` or `score` the amount of measurable ones, `note` Loop's. `source_id` is the habit
        and the day. Days kept = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not Loop's, is damaged, or holds no day on which a habit was kept.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "Checkmarks.csv"
    >>> _ = file.write_text("Date,Piano,Run,\\n2026-10-31,2,5500,\\n2026-10-30,0,-1,\\n")
    >>> print(read(file)[["skill", "start", "reps", "score"]].to_string(index=False))
    skill      start  reps  score
    Piano 2026-10-31     1    NaN
      Run 2026-10-31  <NA>    5.5
    """
    checked_zone(tz)
    path = checked_file(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(path.name, "Export from Loop again.")
    with path.open("rb") as file:
        beginning = file.read(16)
    if beginning.startswith(b"PK"):
        found = _of_an_archive(path, rows)
    elif beginning.startswith(b"SQLite format 3"):
        found = _of_a_backup(path)
    else:
        text = text_of(path, expected=EXPECTED, advice=ADVICE)
        found = _of_text(text, rows, path.parent.name if path.stem == "Checkmarks" else path.stem)
    for habit, marks in found:
        _add(rows, habit, marks)
    return rows.log(learner=learner, source="loop", expected="days on which a habit was kept")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Loop's."""
    if {"habits", "repetitions"} <= {name.casefold() for name in sample.tables}:
        return True
    if "Habits.csv" in sample.members and "Checkmarks.csv" in sample.members:
        return True
    line = sample.text.partition("\n")[2].partition("\n")[0]
    combined = sample.text.startswith("Date,") and re.match(r"\d{4}-\d\d-\d\d,(Entry\(|-?\d+,|[YNSU][A-Z_]+\b)", line)
    alone = re.match(r"\d{4}-\d\d-\d\d,(-?\d+|[YNSU][A-Z_]+)\s*(\n|$)", sample.text)
    return bool(combined or alone)


def _add(rows: Rows, habit: _Habit, marks: list[_Mark]) -> None:
    values = [_value(mark.value) for mark in marks]
    most = max((value for value in values if value is not None), default=0)
    measurable = most > _MOST_OF_A_CHECKMARK if habit.measurable is None else habit.measurable
    per = _IN_MINUTES.get(habit.unit.casefold().strip())
    if measurable and per is None:
        rows.cards[clean(habit.name) or "unnamed"] = (
            {"unit": clean(habit.unit), "better": "higher"} if habit.unit else {}
        )
    for mark, value in zip(marks, values, strict=True):
        day = moment_of(mark.day)
        if value is None:
            rows.aside(mark.row, habit.name, short(mark.value), "one of Loop's numbers or words for a day")
        elif (value <= 0) if measurable else (value != _YES):
            continue
        elif day is None or day.tzinfo is not None:
            rows.aside(mark.row, "Date", short(mark.day), "a day such as 2026-10-31")
        else:
            amount = {"reps": 1, "successes": 1}
            if measurable:
                amount = {"score": value / 1000} if per is None else {"minutes": value / 1000 * per}
            start = day.replace(hour=0, minute=0, second=0, microsecond=0)
            rows.add(
                mark.row,
                f"{clean(habit.name)}/{start:%Y-%m-%d}",
                skill=habit.name,
                start=start,
                note=mark.note,
                **amount,
            )


def _value(text: str) -> int | None:
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if re.fullmatch(r"-?\d{1,12}", text, re.ASCII) else None


def _of_text(text: str, rows: Rows, name: str) -> Iterator[tuple[_Habit, list[_Mark]]]:
    """Yield the habits of a Checkmarks.csv: of all habits if its first line names them, else of the one named."""
    if _SCORES.fullmatch(text):
        raise refused(rows.file, "how strong habits were", "the days on which they were kept", "Take Checkmarks.csv.")
    lines = _lines(_ENTRY.sub(r"\1", text), rows.file)
    head = lines[0][1] if lines else []
    if head[:1] == ["Date"] and [word.casefold() for word in head[1:3]] not in (["value"], ["value", "notes"]):
        yield from _of_all(head[1:], lines[1:], rows)
        return
    if not re.match(r"Date,|\d{4}-\d\d-\d\d,", text):
        raise refused(rows.file, "something else", EXPECTED, ADVICE)
    marks = [_Mark(row, *[*values, "", ""][:3]) for row, values in lines if values[0] != "Date"]
    yield _Habit(re.sub(r"^\d{3} ", "", name) or "unnamed"), marks


def _lines(text: str, file: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(row, values) for row, values in enumerate(reader, start=1) if any(values)]
    except csv.Error as error:
        raise refused(file, f"a row that cannot be read ({error})", EXPECTED, ADVICE, reader.line_num) from None


def _of_all(names: list[str], lines: list[tuple[int, list[str]]], rows: Rows) -> Iterator[tuple[_Habit, list[_Mark]]]:
    names = names[:-1] if names and not names[-1] else names  # each row ends in a comma
    width = max((len(values) - 1 - (not values[-1]) for _, values in lines), default=len(names))
    if len(names) > width:
        advice = "Import the ZIP or the full backup, which can tell such names apart."
        raise refused(rows.file, f"{len(names)} names and {width} habits: a name may hold a comma", EXPECTED, advice, 1)
    whole = []
    for row, values in lines:
        if len(values) <= len(names) or any(values[len(names) + 1 :]):
            rows.aside(row, "", f"{len(values)} values", f"a day and {len(names)} values")
        else:
            whole.append((row, values))
    for place, name in enumerate(names, start=1):
        yield _Habit(name), [_Mark(row, values[0], values[place]) for row, values in whole]


def _of_an_archive(path: Path, rows: Rows) -> list[tuple[_Habit, list[_Mark]]]:
    """Return the habits of the whole CSV export: a table of them, and a folder for each."""
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        names = set(archive.names)

        def table(name: str) -> list[tuple[int, list[str]]]:
            text = decoded(archive.data(name), rows.file, expected=EXPECTED, advice=ADVICE)
            return _lines(_ENTRY.sub(r"\1", text), rows.file)

        if "Habits.csv" not in names:
            raise refused(rows.file, "an archive without Habits.csv", EXPECTED, ADVICE)
        habits = _habits(table("Habits.csv"))
        folders = {int(match[1]): name for name in sorted(names) if (match := _FOLDER.fullmatch(name))}
        found = []
        for number, name in folders.items():
            habit = habits.get(number) or _Habit(name.partition("/")[0][4:] or "unnamed")
            lines = (
                [(row, values) for row, values in table(name) if values[0] != "Date"] if _filled(archive, name) else []
            )
            found.append((habit, [_Mark(row, *[*values, "", ""][:3]) for row, values in lines]))
        return found


def _filled(archive: Archive, name: str) -> bool:
    return bool(archive.data(name).strip())


def _habits(lines: list[tuple[int, list[str]]]) -> dict[int, _Habit]:
    """Return the habits of Habits.csv by their position; older exports do not say which are measurable."""
    names = [name.strip().casefold() for name in lines[0][1]] if lines else []
    found = {}
    for _, values in lines[1:]:
        one = dict(zip(names, values, strict=False))
        position = one.get("position", "")
        if re.fullmatch(r"\d{1,6}", position, re.ASCII):
            kind = one.get("type", "").casefold()
            measurable = kind.startswith("numer") or "measur" in kind if kind else None
            found[int(position)] = _Habit(one.get("name", "") or "unnamed", measurable, one.get("unit", ""))
    return found


def _of_a_backup(path: Path) -> list[tuple[_Habit, list[_Mark]]]:
    with database(path, expected=EXPECTED, advice=ADVICE) as connection:
        if not {"habits", "repetitions"} <= {name.casefold() for name in table_names(connection)}:
            raise refused(path.name, "a database of something else", EXPECTED, ADVICE)
        habits = _named(connection.execute("SELECT * FROM Habits"))
        marks = _named(connection.execute("SELECT * FROM Repetitions"))
    known = {one.get("id"): one for one in habits}
    by_habit: dict[object, list[_Mark]] = {one.get("id"): [] for one in habits}
    for row, mark in enumerate(marks, start=1):
        value = mark.get("value", _YES)  # the first versions stored the days on which a habit was kept, and no others
        shown = _Mark(row, _day(mark.get("timestamp")), str(value), str(mark.get("notes") or ""))
        by_habit.setdefault(mark.get("habit"), []).append(shown)
    return [(_habit(known.get(number, {})), marks) for number, marks in by_habit.items()]


def _named(answer: Iterable[tuple]) -> list[dict[str, object]]:
    names = [str(column[0]).casefold() for column in answer.description]
    return [dict(zip(names, values, strict=True)) for values in answer]


def _habit(one: Mapping[str, object]) -> _Habit:
    measurable = one.get("type") == 1 if "type" in one else None
    return _Habit(str(one.get("name") or "deleted habits"), measurable, str(one.get("unit") or ""))


def _day(stamp: object) -> str:
    """Return the day of a time stamp, which is the day's midnight in universal time."""
    milliseconds = number_of(stamp) if isinstance(stamp, int | float) else None
    if milliseconds is None or not 0 < milliseconds / 1000 < LAST_SECOND:
        return str(stamp)
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d")
