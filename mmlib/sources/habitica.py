"""Habitica: what was scored of habits and dailies, from the history that the site exports (CSV).

The history holds a task's value after each time that it was scored. One row per entry: one repetition, with success
where the value rose from the task's entry before (a new task begins at 0) and none where it fell: a habit's minus, or a
daily that was missed. An entry that changes nothing is taken as done. Times are those of Habitica's server, which are
universal. Habitica keeps single entries of the last weeks and averages older ones: import now and then.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from pathlib import Path
from typing import Any

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

TITLE = "Habitica"
CARD: dict[str, Any] = {}
EXPECTED = "Habitica's task history as CSV"
ADVICE = "On habitica.com choose Settings, Site data, then Task history."

_NEEDED = ("task name", "task id", "task type", "date", "value")


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return Habitica's task history as a log.

    Parameters
    ----------
    path : str or Path
        The history (CSV).
    learner : str
        Whose tasks they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` the task, `reps` 1, `successes` 0 or 1, `note` "habit" or "daily".
        `source_id` is the task's id and the time. Entries read = rows + those set aside.

    Raises
    ------
    SourceError
        If the file is not such a history, or holds no entry that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "history.csv"
    >>> _ = file.write_text(
    ...     "Task Name,Task ID,Task Type,Date,Value\\nPiano,a1,daily,2026-10-30 17:30:00,1\\n"
    ...     "Piano,a1,daily,2026-10-31 17:30:00,0.2\\n"
    ... )
    >>> print(read(file, tz="UTC")[["skill", "start", "successes"]].to_string(index=False))
    skill               start  successes
    Piano 2026-10-30 17:30:00          1
    Piano 2026-10-31 17:30:00          0
    """
    file, tz = Path(path).name, checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    records, problems = table(text, file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
    rows = Rows(file, "The row may be damaged: export again.")
    rows.problems += problems
    entries = []
    for row, record in records:
        moment, value, task = moment_of(record["date"]), number_of(record["value"]), clean(record["task id"])
        if moment is None:
            rows.aside(row, "Date", short(record["date"]), "a date and time")
        elif value is None:
            rows.aside(row, "Value", short(record["value"]), "a number")
        elif not task:
            rows.aside(row, "Task ID", "nothing", "the task's id")
        else:
            entries.append((moment if moment.tzinfo else moment.replace(tzinfo=UTC), row, task, value, record))
    before: defaultdict[str, float] = defaultdict(float)
    for moment, row, task, value, record in sorted(entries, key=lambda entry: entry[:2]):
        done, before[task] = value >= before[task], value
        rows.add(row, f"{task}-{record['date'].strip()}", skill=record["task name"], start=on_the_wall(moment, tz),
                 reps=1, successes=int(done), note=record["task type"])  # fmt: skip
    rows.problems.sort(key=lambda problem: problem.row or 0)
    return rows.log(learner=learner, source="habitica", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Habitica's history."""
    return set(_NEEDED) <= set(sample.columns)
