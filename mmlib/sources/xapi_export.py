"""The log as xAPI statements, for a learning record store; `mmlib.sources.xapi` reads them back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd

from mmlib.log import replace_file
from mmlib.sources.reading import checked_zone
from mmlib.sources.xapi import COLUMNS, EXTENSION

# Addresses of things that have none: the domain ".invalid" is reserved, so that they can be nobody's.
HOME = "https://mmlib.invalid/learners"
SKILLS = "https://mmlib.invalid/skills/"
VERB = {"id": "http://adlnet.gov/expapi/verbs/attempted", "display": {"en": "attempted"}}
ACTIVITY = "http://adlnet.gov/expapi/activities/performance"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, HOME)


def statements(log: pd.DataFrame, *, tz: str | None = None) -> list[dict[str, Any]]:
    """Return a log as xAPI statements, valid under 1.0.3 and 2.0.

    Parameters
    ----------
    log : DataFrame
        The log.
    tz : str, optional
        The zone of its clock on the wall, an IANA name; the system's if left out.

    Returns
    -------
    list of dict
        One statement per row, about the activity that the skill is, at the session's end. The result holds duration
        and score, and success where the row is a single repetition; the log's other columns are extensions of the
        context. The same row always has the same id.

    Raises
    ------
    SourceError
        If there is no such zone.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> row = {"skill": "ukulele", "start": "2026-10-31 18:30", "minutes": 20, "score": 7}
    >>> log = check_log(pd.DataFrame([row]))
    >>> one = statements(log, tz="Europe/Berlin")[0]
    >>> one["timestamp"], one["result"]
    ('2026-10-31T17:50:00Z', {'score': {'raw': 7.0}, 'duration': 'PT1200S'})
    """
    zone = ZoneInfo(tz) if checked_zone(tz) else None
    seen: dict[str, int] = {}
    found = []
    for row in log.to_dict("records"):
        known = {name: value for name, value in row.items() if not pd.isna(value)}
        start: datetime = known["start"].to_pydatetime()
        mark = (
            "\n".join(str(known.get(name, "")) for name in ("learner", "skill", "source", "source_id"))
            + start.isoformat()
        )
        seen[mark] = seen.get(mark, 0) + 1
        found.append(_statement(known, start, f"{mark}\n{seen[mark]}", zone))
    return found


def write(log: pd.DataFrame, path: str | Path, *, tz: str | None = None) -> int:
    """Write a log as a JSON array of statements, and return how many there are.

    Parameters
    ----------
    log, tz
        As for `statements`.
    path : str or Path
        The file; it is replaced as a whole.
    """
    found = statements(log, tz=tz)
    replace_file(Path(path), json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return len(found)


def _statement(known: Mapping[str, Any], start: datetime, mark: str, zone: ZoneInfo | None) -> dict[str, Any]:
    # Stores ask for no more than hundredths of a second; what is lost by that goes into an extension.
    seconds = round(60 * known["minutes"], 2) if "minutes" in known else None
    # An hour that comes twice is its first; one that summer time leaves out is moved on, as clocks are.
    begun = (start.replace(tzinfo=zone) if zone else start).astimezone(UTC)
    moment = begun + timedelta(seconds=seconds or 0)
    result: dict[str, Any] = {"score": {"raw": float(known["score"])}} if "score" in known else {}
    if known.get("reps") == 1 and "successes" in known:
        result["success"] = bool(known["successes"])
    if seconds is not None:
        result["duration"] = f"PT{seconds:.2f}".rstrip("0").rstrip(".") + "S"
    extensions = {EXTENSION + name: _plain(known[name]) for name in COLUMNS if name in known}
    if seconds is not None and seconds != 60 * known["minutes"]:
        extensions[EXTENSION + "minutes"] = known["minutes"]
    statement = {
        "id": str(uuid.uuid5(NAMESPACE, mark)),
        "timestamp": moment.isoformat().replace("+00:00", "Z"),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": str(known["learner"])}},
        "verb": VERB,
        "object": {
            "objectType": "Activity",
            "id": SKILLS + quote(str(known["skill"]), safe=""),
            "definition": {"name": {"und": str(known["skill"])}, "type": ACTIVITY},
        },
        "context": {"platform": "mmlib", "extensions": {EXTENSION + "start": start.isoformat(), **extensions}},
    }
    return statement | ({"result": result} if result else {})


def _plain(value: Any) -> str | int | float:
    if isinstance(value, str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number
