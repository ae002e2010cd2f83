"""Habitica: the history of habits and dailies, as CSV or out of the user data (JSON).

One row per day on which a habit was clicked or a daily was ticked. Habitica keeps the *value* of a task after each
entry; the CSV holds nothing else, and what happened is worked out from it. Five things are decided here:

- A plus is a repetition that came off, a minus one that did not. A plus at value v adds 0.9747^v, and a minus takes
  that back; the value of a habit with one button is halved every night. How many clicks lead from one value to the
  next follows from this. Clicks of both kinds on one day cancel out in the CSV; the JSON counts each.
- A daily that was missed, or was not due, is no practice and no row: its value falls, or stays.
- Habitica keeps entries for 60 days (subscribers: a year) and then replaces them by averages of months and years.
  Entries older than 60 days whose value no clicks explain are set aside as such.
- The CSV is written in universal time, which the server keeps.
- A row is known again by its task and day. Habitica adds later clicks to the day's entry, so export after the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from mmlib.sources.reading import (
    Rows,
    Sample,
    checked_zone,
    clean,
    from_unix,
    json_of,
    moment_of,
    number_of,
    on_the_wall,
    refused,
    short,
    table,
    text_of,
)

TITLE = "Habitica"
CARD: dict[str, str] = {}
EXPECTED = "Habitica's task history (CSV) or user data (JSON)"
ADVICE = (
    "In Habitica choose Settings, Site Data, Your User Data, then download the task history or the user data (JSON)."
)

_COLUMNS = ("task name", "task id", "task type", "date", "value")
_USER = {"achievements", "backer", "contributor", "dailys", "invitations", "lastCron", "purchased", "tasksOrder"}
_KINDS = {"habits": "habit", "dailys": "daily"}
_LOWEST, _HIGHEST, _STEP = -47.27, 21.27, 0.9747  # Habitica's: a click's effect does not change beyond the first two
_CLOSE = 2e-4  # Habitica takes back a click to five decimals
_MOST_CLICKS = 60  # a day
_LARGEST = 1e6
_KEPT = timedelta(days=60)

_Done = tuple[int, int] | None  # repetitions and successes


class _Entry(NamedTuple):
    """An entry of a task's history; what only the JSON counts is None in the CSV, and for averages."""

    row: int
    task: str
    name: str
    kind: str
    moment: datetime
    value: float
    ups: int | None = None
    downs: int | None = None
    completed: bool | None = None


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the days on which habits were clicked and dailies ticked as a log.

    Parameters
    ----------
    path : str or Path
        The task history (habitica-tasks-history.csv) or the user data (habitica-user-data.json).
    learner : str
        Whose tasks they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the task, `start` the day's last click, `reps` the clicks,
        `successes` how many of them were plus; 1 and 1 for a daily. `source_id` is the task's id and the day, so a
        task may be renamed. Entries with something done = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not Habitica's, is damaged, or holds nothing that was done.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "habitica-tasks-history.csv"
    >>> _ = file.write_text(
    ...     "Task Name,Task ID,Task Type,Date,Value\\n"
    ...     "Scales,e8a1,habit,2026-10-30 17:30:00,1\\n"
    ...     "Scales,e8a1,habit,2026-10-31 17:30:00,1.9747\\n"
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "reps", "successes"]].to_string(index=False))
     skill               start  reps  successes
    Scales 2026-10-30 18:30:00     1          1
    Scales 2026-10-31 18:30:00     1          1
    """
    tz = checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(Path(path).name, "The entry may be damaged: export again.")
    histories: dict[str, list[_Entry]] = {}
    for entry in _of_json(text, rows) if text.lstrip().startswith(("{", "[")) else _of_csv(text, rows):
        histories.setdefault(entry.task, []).append(entry)
    newest = max((entry.moment for history in histories.values() for entry in history), default=None)
    for history in histories.values():
        _add(rows, sorted(history, key=lambda entry: entry.moment), newest - _KEPT, tz)
    return rows.log(learner=learner, source="habitica", expected="habits and dailies that were done")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Habitica's."""
    return set(_COLUMNS) <= set(sample.columns) or len(_USER & sample.keys) >= 3


def _add(rows: Rows, history: list[_Entry], kept_since: datetime, tz: str | None) -> None:
    """Add a task's days, each read against the value that was left by the one before; the first value is 0."""
    befores = [0.0, *(entry.value for entry in history)]
    for entry, before, done in zip(history, befores, _habit(history) or _daily(history), strict=False):
        if done is None and entry.moment < kept_since:
            found, wanted = f"the value {entry.value:g}", "that of a single day, and this is an average"
            advice = "Habitica keeps single days for 60 days (subscribers: a year): export more often."
            rows.aside(entry.row, "Value", found, wanted, advice)
            continue
        reps, successes = done or (1, int(entry.value > before))
        start = on_the_wall(entry.moment, tz)
        mark = f"{entry.task}/{start:%Y-%m-%d}"
        if reps:
            rows.add(entry.row, mark, skill=entry.name, start=start, reps=reps, successes=successes)


def _habit(history: list[_Entry]) -> list[_Done]:
    """Return each day's clicks and how many of them were plus; None where no clicks explain the value.

    Nothing says whether a habit has the buttons plus, minus or both: it has those that explain the most of its days.
    """
    if history[0].kind != "habit":
        return []
    befores = [_Entry(0, "", "", "", history[0].moment, 0.0), *history]
    readings = [
        [_day(before, entry, buttons) for before, entry in zip(befores, history, strict=False)]
        for buttons in ("+", "-", "+-")
    ]
    return max(readings, key=lambda days: len(days) - days.count(None))


def _day(before: _Entry, entry: _Entry, buttons: str) -> _Done:
    if entry.ups is not None and entry.downs is not None:
        return entry.ups + entry.downs, entry.ups
    if buttons == "+-":
        ups, downs = _clicks(before.value, entry.value), _clicks(entry.value, before.value)
        if ups == 0 or downs == 0:
            return 2, 1  # one of each, which cancelled out
        return (ups, ups) if ups else (downs, 0) if downs else None
    for start in _halved(before.value, nights=(entry.moment - before.moment).days + 1):
        clicks = _clicks(start, entry.value) if buttons == "+" else _clicks(entry.value, start)
        if clicks:
            return clicks, clicks if buttons == "+" else 0
    return None


def _halved(value: float, nights: int) -> Iterator[float]:
    """Yield a value, and what it is after each night that halves it; below 0.1 it becomes 0."""
    yield value
    for _ in range(nights):
        if not value:
            return
        value = value / 2 if abs(value) >= 0.1 else 0.0
        yield value


def _daily(history: list[_Entry]) -> list[_Done]:
    """Return (1, 1) for days with a tick and (0, 0) for days without one; None where a value does not say it.

    A potion in the game sets all values to 0: a value of one tick from there is a tick too.
    """
    days: list[_Done] = []
    before = 0.0
    for entry in history:
        ticked = 1 in (_clicks(before, entry.value), _clicks(0.0, entry.value))
        ticked = entry.completed if entry.completed is not None else ticked
        unsure = entry.completed is None and not ticked and entry.value > before + _CLOSE
        days.append(None if unsure else (1, 1) if ticked else (0, 0))
        before = entry.value
    return days


def _clicks(start: float, end: float) -> int | None:
    """Return how many times plus leads from one value to another; None where it does not.

    Examples
    --------
    >>> _clicks(0.0, 1.9747), _clicks(0.0, 0.5)
    (2, None)
    """
    for clicks in range(_MOST_CLICKS + 1):
        if start >= end - _CLOSE:
            return clicks if start <= end + _CLOSE else None
        start += _STEP ** min(max(start, _LOWEST), _HIGHEST)
    return None


def _of_csv(text: str, rows: Rows) -> Iterator[_Entry]:
    records, problems = table(text, rows.file, needed=_COLUMNS, expected=EXPECTED, advice=ADVICE)
    rows.problems += problems
    for row, record in records:
        moment = moment_of(record["date"])
        value, kind = number_of(record["value"]), record["task type"].strip().casefold()
        if moment is None:
            rows.aside(row, "Date", short(record["date"]), "a date and time")
        elif value is None or abs(value) > _LARGEST:
            rows.aside(row, "Value", short(record["value"]), "the task's value, a number")
        elif kind not in _KINDS.values():
            rows.aside(row, "Task Type", short(kind), "habit or daily")
        else:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            task = clean(record["task id"]) or clean(record["task name"])
            yield _Entry(row, task, record["task name"], kind, moment, value)


def _of_json(text: str, rows: Rows) -> Iterator[_Entry]:
    data = json_of(text, rows.file, expected=EXPECTED, advice=ADVICE)
    tasks = data.get("tasks") if isinstance(data, dict) else None
    if not isinstance(tasks, dict) or not _KINDS.keys() & tasks.keys():
        raise refused(rows.file, "JSON without habits and dailies", EXPECTED, ADVICE)
    listed = [(key, task) for key in _KINDS if isinstance(tasks.get(key), list) for task in tasks[key]]
    row = 0
    for key, task in listed:
        history = task.get("history", []) if isinstance(task, dict) else None
        for record in history if isinstance(history, list) else [None]:
            row += 1
            entry = _of_a_record(row, task, _KINDS[key], record) if isinstance(record, dict) else None
            if entry:
                yield entry
            else:
                found = short(task if record is None else record)
                rows.aside(row, key, found, "a task's history, each entry with a date in milliseconds and a value")


def _of_a_record(row: int, task: dict[str, Any], kind: str, record: dict[str, Any]) -> _Entry | None:
    """Return an entry of a history in the user data; None where it is none."""
    value, stamp = number_of(record.get("value")), record.get("date")
    milliseconds = None if isinstance(stamp, str) else number_of(stamp)
    moment = moment_of(stamp) if milliseconds is None else from_unix(milliseconds / 1000, "UTC")
    if moment is None or value is None or abs(value) > _LARGEST:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    name = str(task.get("text") or "")
    known = clean(str(task.get("_id") or task.get("id") or name))
    ups, downs = (_count(record.get(field)) for field in ("scoredUp", "scoredDown"))
    completed = record.get("completed") if isinstance(record.get("completed"), bool) else None
    return _Entry(row, known, name, kind, moment, value, ups, downs, completed)


def _count(value: object) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and 0 <= number <= 10_000 and number == int(number) else None
