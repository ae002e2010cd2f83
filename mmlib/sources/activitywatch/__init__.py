"""ActivityWatch: sessions made from the windows that were in front, by rules that say which window is which skill.

The rules are a small TOML file with a table for each skill (see `mmlib.sources.activitywatch.rules`):

    gap = 5                           # minutes: what lies no further apart is one session
    shortest = 1                      # minutes: what is shorter is no session

    [guitar]
    app = 'Guitar Pro|TuxGuitar'      # regular expressions, found anywhere, in upper or lower case
    idle = true                       # counts while keyboard and mouse rest, too

    ["touch typing"]
    url = 'keybr|monkeytype'

All expressions of a table must be found; `[[guitar]]` twice is either of two; the first skill that fits has the event.
Four things are decided here:

- Events that fit no rule are no practice: they are counted in the log's `attrs["left_out"]`, and are not set aside.
- Time away from keyboard and mouse is taken out where the file says when that was, for the same computer. Time in a
  tab counts only while a browser's window is in front. What two watchers saw at once counts once.
- `minutes` is the time in the windows, without the gaps between them (those of up to five seconds are closed).
- A session is known again by its skill and its first moment, so one that goes on in a later export stays as it was;
  after a change of the rules sessions may begin elsewhere, and come twice.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.sources.activitywatch.rules import EXAMPLE, FIELDS, Rules, read_rules
from mmlib.sources.activitywatch.rules import EXPECTED as RULES
from mmlib.sources.activitywatch.spans import Spans, common, joined, together
from mmlib.sources.reading import (
    LAST_SECOND,
    Rows,
    Sample,
    checked_zone,
    json_of,
    moment_of,
    number_of,
    refused,
    short,
    text_of,
    wall_clock,
)

__all__ = ["ADVICE", "CARD", "EXPECTED", "TITLE", "read", "recognises"]

TITLE = "ActivityWatch"
CARD: dict[str, str] = {}
EXPECTED = "ActivityWatch's buckets as JSON"
ADVICE = "In ActivityWatch choose Raw Data, then Export all buckets as JSON."

_AWAY, _WINDOWS, _TABS = "afkstatus", "currentwindow", "web.tab.current"
_BROWSERS = re.compile(
    r"chrom|firefox|edge|brave|opera|vivaldi|safari|\barc\b|\bzen\b|wolf|waterfox|browser|navigator|epiphany", re.I
)
_LONGEST = 30 * 86_400.0  # seconds of an event


@dataclass
class _Bucket:
    """A watcher's events: what each says in the order of `FIELDS`, when it begins and when it ends."""

    kind: str
    host: str
    said: list[tuple[str, ...]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def spans(self, chosen: list[bool]) -> Spans:
        """Return when the chosen events were."""
        mask = np.array(chosen, dtype=bool)
        return joined(np.array(self.starts)[mask], np.array(self.ends)[mask])


def read(
    path: str | Path, *, learner: str = "me", tz: str | None = None, mapping: str | Path | None = None
) -> pd.DataFrame:
    """Return the sessions in an ActivityWatch export as a log.

    Parameters
    ----------
    path : str or Path
        The export of all buckets, or of one.
    learner : str
        Whose computer it is.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.
    mapping : str or Path
        The rules: the TOML file that says which window is which skill.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` as the rules name it, `minutes` the time in its windows.
        `source_id` is the skill and the session's first moment in universal time. Sessions found = rows + those set
        aside; events that cannot be read are set aside too (`mmlib.sources.set_aside`). `attrs["left_out"]` counts
        the events that fit no rule, and the sessions that were too short.

    Raises
    ------
    SourceError
        If the file is no such export, there are no rules or they are wrong, or they fit nothing.

    Examples
    --------
    >>> import json, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> event = {"timestamp": "2026-10-31T17:30:00Z", "duration": 754.5, "data": {"app": "TuxGuitar", "title": "Etude"}}
    >>> bucket = {"type": "currentwindow", "client": "aw-watcher-window", "hostname": "desk", "events": [event]}
    >>> _ = (folder / "export.json").write_text(json.dumps({"buckets": {"aw-watcher-window_desk": bucket}}))
    >>> _ = (folder / "rules.toml").write_text('[guitar]\\napp = "guitar"\\n')
    >>> log = read(folder / "export.json", tz="Europe/Berlin", mapping=folder / "rules.toml")
    >>> print(log[["skill", "start", "minutes"]].to_string(index=False))
     skill               start  minutes
    guitar 2026-10-31 18:30:00   12.575
    """
    tz = checked_zone(tz)
    rules = None if mapping is None else read_rules(mapping)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(Path(path).name, "The event may be damaged: export again.")
    buckets = _buckets(json_of(text, rows.file, expected=EXPECTED, advice=ADVICE), rows)
    if rules is None:
        advice = f"{EXAMPLE}, and add --map rules.toml. {_longest(buckets)}"
        raise refused(rows.file, "no rules that say which window is which skill", RULES, advice)
    left_out = Counter(events=0, sessions=0)
    for skill, spans in _practised(buckets, rules, left_out).items():
        _add(rows, skill, spans, rules, tz, left_out)
    if not len(rows) and any(bucket.starts for bucket in buckets):
        events, sessions = counted(left_out["events"], "event"), counted(left_out["sessions"], "session")
        found = f"{events} that fit no rule, {sessions} too short"
        expected = f"a session of {rules.shortest:g} minutes or more"
        raise refused(rows.file, found, expected, f"Mend the rules. {_longest(buckets)}")
    log = rows.log(learner=learner, source="activitywatch", expected="windows that the rules name")
    log.attrs["left_out"] = dict(left_out)
    return log


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like ActivityWatch's."""
    whole = "buckets" in sample.keys and len({"client", "hostname", "created", "type"} & sample.keys) >= 2
    return whole or {"client", "hostname", "type", "timestamp", "duration"} <= sample.keys


def _practised(buckets: list[_Bucket], rules: Rules, left_out: Counter) -> dict[str, Spans]:
    """Return when each skill was practised: its events, without what was away or not in front."""
    found: dict[str, list[Spans]] = {skill: [] for skill in rules.skills}
    for bucket in buckets:
        if bucket.kind == _AWAY:
            continue
        fits = {said: rules.skill(said) for said in set(bucket.said)}
        skills = [fits[said] for said in bucket.said]
        left_out["events"] += skills.count(None)
        here, front = _here(buckets, bucket.host), _front(buckets, bucket)
        for skill in set(skills) - {None}:
            seen = common(bucket.spans([one == skill for one in skills]), front)
            found[skill].append(seen if skill in rules.idle else common(seen, here))
    return {skill: together(spans) for skill, spans in found.items() if spans}


def _add(rows: Rows, skill: str, spans: Spans, rules: Rules, tz: str | None, left_out: Counter) -> None:
    """Add a skill's sessions: the stretches that lie no further apart than the rules say."""
    starts, ends = (times[spans[1] > spans[0]] for times in spans)
    if not len(starts):
        return
    first = np.flatnonzero(np.concatenate([[True], starts[1:] - ends[:-1] > 60 * rules.gap]))
    minutes = np.round(np.add.reduceat(ends - starts, first) / 60, 6)
    enough = minutes >= rules.shortest
    left_out["sessions"] += int((~enough).sum())
    seconds = starts[first][enough].tolist()
    for second, start, length in zip(seconds, wall_clock(seconds, tz).tolist(), minutes[enough].tolist(), strict=True):
        mark = datetime.fromtimestamp(round(second, 3), UTC).isoformat(timespec="milliseconds")
        rows.add(None, f"{skill}/{mark}", skill=skill, start=start, minutes=length)


def _here(buckets: list[_Bucket], host: str) -> Spans | None:
    """Return when somebody was at a computer; None where the file does not say it."""
    watching = [one for one in buckets if one.kind == _AWAY and (not host or one.host == host)]
    return together([one.spans([said == ("not-afk",) for said in one.said]) for one in watching])


def _front(buckets: list[_Bucket], bucket: _Bucket) -> Spans | None:
    """Return when a browser's window was in front, for a watcher of tabs; None where the file does not say it."""
    if bucket.kind != _TABS:
        return None
    watching = [one for one in buckets if one.kind == _WINDOWS and (not bucket.host or one.host == bucket.host)]
    found = together([one.spans([bool(_BROWSERS.search(said[0])) for said in one.said]) for one in watching])
    return found if found and len(found[0]) else None


def _longest(buckets: list[_Bucket]) -> str:
    """Return what was in front for longest, as a hint for rules."""
    time: Counter[str] = Counter()
    for bucket in buckets:
        for said, start, end in zip(bucket.said, bucket.starts, bucket.ends, strict=True):
            name = said[0] or said[1] if bucket.kind == _WINDOWS else ""
            time[name] += end - start if name else 0
    shown = ", ".join(short(name) for name, _ in time.most_common(5) if name)
    return f"In front for longest: {shown}." if shown else "Watchers' fields are: " + ", ".join(FIELDS) + "."


def _buckets(data: Any, rows: Rows) -> list[_Bucket]:
    """Return the buckets of an export; events that cannot be read are set aside."""
    held = data.get("buckets", data) if isinstance(data, dict) else None
    held = {"": held} if isinstance(held, dict) and "events" in held else held
    held = list(held.values()) if isinstance(held, dict) else held
    found = [one for one in held if isinstance(one, dict) and "events" in one] if isinstance(held, list) else []
    if not found:
        raise refused(rows.file, "JSON without buckets", EXPECTED, ADVICE)
    buckets, row = [], 0
    for one in found:
        kind, host = (value if isinstance(value := one.get(name), str) else "" for name in ("type", "hostname"))
        buckets.append(_Bucket(kind, "" if host.casefold() == "unknown" else host))
        for event in one["events"] if isinstance(one["events"], list) else [one["events"]]:
            row += 1
            _take(buckets[-1], row, event, rows)
    return buckets


def _take(bucket: _Bucket, row: int, event: Any, rows: Rows) -> None:
    """Add an event to its bucket, or set it aside."""
    event = event if isinstance(event, dict) else {}
    moment, seconds, data = moment_of(event.get("timestamp")), number_of(event.get("duration")), event.get("data")
    start = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() if moment else 0.0
    if not 0 < start < LAST_SECOND - 2 * _LONGEST:
        rows.aside(row, "timestamp", short(event.get("timestamp")), "a date and time from 1970 to 2200")
    elif seconds is None or not 0 <= seconds <= _LONGEST:
        rows.aside(row, "duration", short(event.get("duration")), "seconds, up to those of a month")
    elif not isinstance(data, dict):
        rows.aside(row, "data", short(data), "what the watcher saw")
    else:
        names = ("status",) if bucket.kind == _AWAY else FIELDS
        bucket.said.append(tuple(value if isinstance(value := data.get(name), str) else "" for name in names))
        bucket.starts.append(start)
        bucket.ends.append(start + seconds)
