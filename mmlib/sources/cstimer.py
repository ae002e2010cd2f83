"""csTimer: timed puzzle solves, from a full backup (JSON) or from one session's CSV.

One row per attempt, one skill per session. `score` is the time in seconds with its penalty; an attempt that was
not finished (DNF) has no score and counts as a repetition without success. `minutes` is the time on the clock.

What csTimer stores is kept as it is, in three places where one might expect otherwise:

- The stored time stamp is the *start* of the solve (csTimer subtracts the solve's time when it saves it).
- In fewest-moves and multiple-blindfolded sessions csTimer stores the time taken. How many moves, or how many
  cubes, people write into the comment, which becomes the note.
- Where people typed counts instead of times into a session, the "seconds" of its score are those counts as
  csTimer stored them: 6 moves typed as 0.06 stay 0.06. Give such a skill its own unit on its card.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import Problem, SourceError
from mmlib.sources.reading import (
    LAST_SECOND,
    Sample,
    checked_zone,
    clean,
    json_of,
    log_of,
    numbered,
    refused,
    short,
    table,
    text_of,
    wall_clock,
)

TITLE = "csTimer"
CARD = {"unit": "seconds", "better": "lower"}
EXPECTED = "a csTimer export"
ADVICE = "In csTimer choose Export, then Export to file."

_NUMBER = (int, float)
_SOLVE = "[[penalty, milliseconds], scramble, comment, Unix seconds]"
_LONGEST_MS = 7 * 24 * 3_600_000
_NO_DATE = "Without a date it has no place in a log: write it there by hand."
_TIME = re.compile(r"(DNF\(?)?(.*?)\)?(\+?)", re.DOTALL)
_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)


@dataclass
class _Attempts:
    """The attempts read so far, a list for each column: a tuple for each attempt would take twice the time."""

    skill: list[str] = field(default_factory=list)
    start: list[Any] = field(default_factory=list)
    penalty: list[float] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)
    comment: list[Any] = field(default_factory=list)
    mark: list[str] = field(default_factory=list)


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the solves in a csTimer export as a log.

    Parameters
    ----------
    path : str or Path
        A full backup ("Export to file", JSON), or one session's CSV. The CSV does not name its session: its
        skill is the file's name.
    learner : str
        Whose solves they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out. A CSV holds local times already.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the session's name, `minutes` the time on the clock,
        `reps` 1, `successes` 0 or 1, `score` seconds with penalty (lower is better), `note` the comment.
        `source_id` is made of the start and the time alone, so it outlives renaming, moving, splitting and
        merging sessions. Solves read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not a csTimer export, is cut off, or holds no solve that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "cstimer.txt"
    >>> _ = file.write_text('{"session1": [[[2000, 31670], "R U", "slow", 1630328007]]}')
    >>> print(read(file, tz="Europe/Paris")[["skill", "start", "score", "note"]].to_string(index=False))
        skill               start  score note
    session 1 2021-08-30 14:53:27  33.67 slow
    """
    file, tz = Path(path).name, checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    is_json = text.lstrip().startswith(("{", "["))
    attempts, problems = _from_json(text, file) if is_json else _from_csv(text, file)
    if problems and not attempts.ms:
        raise SourceError(problems)
    if not attempts.ms:
        raise refused(file, "no solves", EXPECTED + " with solves in it", ADVICE)
    start = wall_clock(attempts.start, tz) if is_json else np.array(attempts.start, dtype="datetime64[us]")
    return log_of(_columns(attempts, start), problems, learner=learner, source="cstimer")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like a csTimer export."""
    solves = {"session1", "properties"} & sample.keys and sample.text.startswith("{")
    return bool(solves) or {"no.", "time", "scramble", "p.1"} <= set(sample.columns)


def _columns(attempts: _Attempts, start: np.ndarray) -> dict[str, Any]:
    penalty, ms = np.array(attempts.penalty, dtype=float), np.array(attempts.ms, dtype=float)
    finished = penalty >= 0
    return {
        "skill": attempts.skill,
        "start": start,
        "minutes": np.where(finished | (ms > 0), np.round(ms / 60_000, 6), np.nan),
        "reps": np.ones(len(ms), dtype=int),
        "successes": finished.astype(int),
        "score": np.where(finished, np.round((ms + penalty) / 1000, 6), np.nan),
        "note": [clean(text) or None if text and isinstance(text, str) else None for text in attempts.comment],
        "source_id": numbered(attempts.mark),
    }


def _from_json(text: str, file: str) -> tuple[_Attempts, list[Problem]]:
    data = json_of(text, file, expected=EXPECTED, advice=ADVICE)
    sessions = {key: data[key] for key in data if re.fullmatch(r"session\d+", key)} if isinstance(data, dict) else {}
    if not sessions:
        raise refused(file, "JSON without sessions", EXPECTED, ADVICE)
    names = _names(data.get("properties"), file)
    attempts, problems = _Attempts(), []
    for key, solves in sessions.items():
        solves = json_of(solves, file, expected=EXPECTED, advice=ADVICE) if isinstance(solves, str) else solves
        if not isinstance(solves, list):
            problems.append(Problem(file, None, key, short(solves), "a list of solves", ADVICE))
            continue
        wrongs = [_wrong(solve) for solve in solves]
        problems += [Problem(file, row, key, *wrong) for row, wrong in enumerate(wrongs, start=1) if wrong]
        good = [solve for solve, wrong in zip(solves, wrongs, strict=True) if not wrong]
        number = key.removeprefix("session")
        attempts.skill += [names.get(number) or f"session {number}"] * len(good)
        attempts.start += [solve[3] for solve in good]
        attempts.penalty += [solve[0][0] for solve in good]
        attempts.ms += [solve[0][1] for solve in good]
        attempts.comment += [solve[2] for solve in good]
        attempts.mark += [f"{solve[3]}-{solve[0][1]}" for solve in good]
    return attempts, problems


def _names(properties: Any, file: str) -> dict[str, str]:
    """Return the sessions' names by number; csTimer keeps them as JSON within a string, escaped as for HTML."""
    properties = (
        json_of(properties, file, expected=EXPECTED, advice=ADVICE) if isinstance(properties, str) else properties
    )
    sessions = properties.get("sessionData") if isinstance(properties, Mapping) else None
    sessions = json_of(sessions, file, expected=EXPECTED, advice=ADVICE) if isinstance(sessions, str) else sessions
    if not isinstance(sessions, Mapping):
        return {}
    named = {number: about.get("name") for number, about in sessions.items() if isinstance(about, Mapping)}
    return {number: clean(html.unescape(str(name))) for number, name in named.items() if name is not None}


def _wrong(solve: Any) -> tuple[str, str, str] | None:
    """Return what was found, what was expected and the advice if a solve cannot be read."""
    whole = isinstance(solve, list) and len(solve) >= 3 and isinstance(solve[0], list) and len(solve[0]) >= 2
    if not whole:
        return short(solve), _SOLVE, "The record may be damaged: export again."
    penalty, ms = solve[0][:2]
    if type(ms) not in _NUMBER or not 0 <= ms <= _LONGEST_MS:
        return f"the time {short(ms)}", "milliseconds", "Mend or delete the solve in csTimer, and export again."
    if type(penalty) not in _NUMBER or not (penalty == -1 or 0 <= penalty <= _LONGEST_MS):
        return f"the penalty {short(penalty)}", "0, 2000 or -1", "Set OK, +2 or DNF in csTimer, and export again."
    second = solve[3] if len(solve) > 3 else None
    if type(second) not in _NUMBER or not 0 < second < LAST_SECOND:
        return f"the date {short(second)}", "Unix seconds", _NO_DATE
    return None


def _from_csv(text: str, file: str) -> tuple[_Attempts, list[Problem]]:
    needed = ("no.", "time", "comment", "scramble", "date")
    records, problems = table(text, file, needed=needed, expected=EXPECTED, advice=ADVICE)
    skill, attempts = clean(Path(file).stem), _Attempts()
    for row, record in records:
        failed, time, added = _TIME.fullmatch(record["time"].strip()).groups()
        shown, date = _seconds(time), _date(record["date"])
        phases = sum(_seconds(value) or 0.0 for name, value in record.items() if name.startswith("p."))
        if shown is None and not failed:
            problems.append(Problem(file, row, "Time", short(record["time"]), "a time such as 1:02.34", ADVICE))
        elif date is None:
            problems.append(Problem(file, row, "Date", short(record["date"]), "a date and time", _NO_DATE))
        else:
            seconds = phases if shown is None or (added and phases) else shown
            ms = round(1000 * seconds)
            attempts.skill.append(skill)
            attempts.start.append(date)
            attempts.penalty.append(-1 if failed else max(0, round(1000 * shown) - ms))
            attempts.ms.append(ms)
            attempts.comment.append(record["comment"])
            attempts.mark.append(f"{date.isoformat()}-{ms}")
    return attempts, problems


def _seconds(text: str) -> float | None:
    """Return seconds from 34.43, 1:02.34 or 1:01:02.34."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


def _date(text: str) -> datetime | None:
    try:
        date = datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
    return date if 1900 <= date.year < 2200 else None
