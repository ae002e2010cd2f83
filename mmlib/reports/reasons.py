"""Why a report is no longer up to date, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmlib.errors import counted
from mmlib.reports.inputs import told
from mmlib.words import listed

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job
    from mmlib.reports.manifest import Record

SESSIONS_CHANGED = "sessions were changed"


def reasons(record: Record, job: Job) -> list[str]:
    """Return what has changed between what a report was built from and what it would be built from now.

    Parameters
    ----------
    record : Record
        The report as it was built.
    job : Job
        The report as it is wanted.

    Returns
    -------
    list of str
        Empty where nothing is known to have changed.
    """
    if record.learner != job.learner:
        return [f"it is the report of {record.learner or 'all learners'}"]
    wanted = json.loads(json.dumps(told(job.parameters), default=repr))
    said = [*_parameters(record.parameters, wanted)]
    said += [_part(name, record.parts.get(name, ""), now) for name, now in job.parts.items()]
    said = [f"{Path(job.notebook).name} was changed" if reason == "notebook" else reason for reason in said if reason]
    # A card's fields stand in each session, too: where the cards were changed, that says it all.
    return [reason for reason in said if reason != SESSIONS_CHANGED or len(said) == 1]


def _parameters(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*now, *before]):
        if name == "as_of" and before.get(name) != now.get(name):
            yield f"it tells how things stood on {_day(str(before.get(name)))}"
        elif before.get(name) != now.get(name):
            yield f"{name} was {before[name]!r}" if name in before else f"{name} is new"


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def _part(name: str, before: str, now: str) -> str:
    """Return in words that a part of a report's inputs is another one than before; nothing where it is the same."""
    if before == now:
        return ""
    match name:
        case "sessions":
            more = _count(now) - _count(before)
            return f"{counted(abs(more), 'session')} {'more' if more > 0 else 'fewer'}" if more else SESSIONS_CHANGED
        case "cards":
            return "skill cards were changed"
        case "notebook":
            return name
        case "mmlib":
            then, version = (part.partition(" ")[0] for part in (before, now))
            return "mmlib was changed" if then == version else f"it was built by mmlib {then}"
        case "libraries":
            older = [library for library in before.split(", ") if library not in now.split(", ")]
            return f"it was built with {listed(older)}"
        case _:
            return f"{name} were changed"


def _count(part: str) -> int:
    number = part.partition(" ")[0]
    return int(number) if number.isdecimal() else 0
