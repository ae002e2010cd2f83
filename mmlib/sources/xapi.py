"""xAPI: statements of learning record stores, as JSON: a list, one statement, a page of results, or one on each line.

A statement says who (actor) did (verb) what (object), and what came of it (result). One row per statement of practice;
all others are set aside, so statements read = rows + those set aside. Decided here:

- *Practice* is what was completed, passed, failed, answered, mastered, practised or performed. Any other verb counts
  where its result tells a success, a score or a duration, for tools disagree on verbs, and many send "attempted" or
  "experienced" for each page that is opened. What a course says of itself (launched, suspended, waived) never counts.
- *Time*: a statement may be stamped anywhere in what it tells; tools send it when the thing is done. So the session
  starts its duration before the stamp. The stamp of the store ("stored") serves where there is no other.
- *cmi5* courses send several statements in a session, whose durations overlap. Only the longest of them counts; the
  other rows have no `minutes`. The statement that ends a session ("terminated") is a row as well, for its time.
- *Scores* are raw points; where a skill's statements do not all have them, all its scores are the scaled ones.
- *Learners*: statements of one person are `learner`'s. Those of several name them: by account, else name, else address.
- A statement that another one voids is set aside, and so is one that stands in the file twice.

Statements that mmlib wrote (`mmlib.sources.xapi_export`) carry the rest of the log in extensions, and become the rows
that they came from, `start`, `source` and `source_id` included.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from mmlib.log.schema import PARTS, TEXT, about
from mmlib.sources.reading import (
    Rows,
    Sample,
    checked_zone,
    clean,
    json_lines,
    json_of,
    moment_of,
    number_of,
    on_the_wall,
    refused,
    short,
    text_of,
)
from mmlib.sources.reading.rows import LONGEST

TITLE = "xAPI"
CARD: dict[str, Any] = {}
EXPECTED = "xAPI statements as JSON"
ADVICE = "Download the statements from the learning record store as JSON."

SPACE = "https://mmlib.invalid/xapi/"  # names of our own; nothing ever answers at .invalid, as they are names alone
EXTENSIONS = f"{SPACE}extensions/"
RESULTS = ("minutes", "reps", "successes")
CONTEXTS = ("payoff", "praise", "flow", "challenge", "support", "mood_before", "mood_after", "part", "variation", "self",
            "note", "source", "source_id")  # fmt: skip

_VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
_GOOD, _BAD = {"passed", "mastered"}, {"failed"}
_DONE = {"completed", "complete", "answered", "practiced", "practised", "practice", "performed", *_GOOD, *_BAD}
_NEVER = {"abandoned", "exited", "initialized", "launched", "progressed", "resumed", "satisfied", "suspended",
          "terminated", "waived"}  # fmt: skip
_N = r"(\d{1,12}(?:[.,]\d{1,20})?)"
_DURATION = re.compile(
    rf"P(?=[\dT])(?:{_N}W|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=\d)(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?)", re.ASCII
)
_SECONDS = (604_800.0, None, None, 86_400.0, 3_600.0, 60.0, 1.0)  # of a week, year, month, day, hour, minute, second


class _Odd(Exception):
    """What is wrong with a statement: the place in it, what was found there and what was expected."""


@dataclass
class _Entry:
    row: int
    actor: str  # what tells a person from all others; empty for nobody
    name: str
    source: str
    source_id: str
    own: bool  # written by mmlib
    raw: float | None
    scaled: float | None
    session: tuple[str, ...] | None
    values: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.actor, self.source, self.source_id


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return xAPI statements as a log.

    Parameters
    ----------
    path : str or Path
        Statements of xAPI 1.0 or 2.0 (JSON): a list, a single one, a page of results, or one on each line; or the
        documents that Learning Locker keeps, each with its statement. Pages that follow are not fetched: that there
        are more is set aside as a record.
    learner : str
        Whose statements they are, where they are those of one person. Several people are named by the statements;
        so is the one person of statements that mmlib wrote, unless `learner` is given.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the activity's name (in English if there are several), else the
        end of its id; `minutes` the duration; `reps` 1 and `successes` 0 or 1 where success is told; `score` the raw or
        the scaled score. `source_id` is the statement's id; without one, it is made of actor, verb, object and time.
        Statements read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file holds no statements, or none of practice that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "statements.json"
    >>> _ = file.write_text(
    ...     '[{"id": "7ccd3322-e1a5-411a-a67d-6a735c76f119", "timestamp": "2026-10-31T18:04:19Z",'
    ...     ' "actor": {"mbox": "mailto:ada@example.com"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},'
    ...     ' "object": {"id": "https://example.com/juggling"}, "result": {"duration": "PT34M19S", "success": true}}]'
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "minutes", "successes"]].to_string(index=False))
       skill               start   minutes  successes
    juggling 2026-10-31 18:30:00 34.316667          1
    """
    file, tz = Path(path).name, checked_zone(tz)
    rows = Rows(file, "If it is practice, mend it where it was made, and download it again.")
    statements = _statements(rows, text_of(path, expected=EXPECTED, advice=ADVICE))
    if not any(isinstance(one, dict) and {"verb", "object"} <= one.keys() for _, one in statements):
        raise refused(file, "JSON without statements", EXPECTED, ADVICE)
    entries = _entries(rows, statements, tz)
    _count_once(entries)
    _score(rows, entries)
    taken: dict[str, _Entry] = {}
    for place, entry in enumerate(entries):
        before = len(rows)
        rows.add(entry.row, str(place), **entry.values)
        if len(rows) > before:
            taken[str(place)] = entry
    log = rows.log(learner=learner, source="xapi", expected="statements of practice")
    order, names = [taken[place] for place in log["source_id"]], _learners(list(taken.values()), learner)
    log["learner"] = pd.Series([names[entry.actor] for entry in order], dtype=TEXT)
    log["source"] = pd.Series([entry.source for entry in order], dtype=TEXT)
    log["source_id"] = pd.Series([entry.source_id for entry in order], dtype=TEXT)
    return log


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like xAPI statements."""
    return sample.text.startswith(("{", "[")) and {"actor", "verb", "object"} <= sample.keys


def minutes_in(duration: object) -> float | None:
    """Return the minutes of an ISO 8601 duration; None where it is none, or counts in years or months.

    Examples
    --------
    >>> minutes_in("PT1H2M30.5S"), minutes_in("P1DT30M"), minutes_in("P0Y0M0DT0H5M0S"), minutes_in("P1M")
    (62.508333, 1470.0, 5.0, None)
    """
    found = _DURATION.fullmatch(duration.strip()) if isinstance(duration, str) else None
    if not found:
        return None
    amounts = [float((amount or "0").replace(",", ".")) for amount in found.groups()]
    if amounts[1] or amounts[2]:
        return None
    return round(sum(a * seconds for a, seconds in zip(amounts, _SECONDS, strict=True) if seconds) / 60, 6)


def _statements(rows: Rows, text: str) -> list[tuple[int, Any]]:
    """Return all statements with their places in the file, and note where there are more on another page."""
    try:
        values, of_lines = [(1, json.loads(text))], False
    except (ValueError, RecursionError):
        of_lines = sum(line.startswith("{") for line in text.split("\n")) > 1
        if not of_lines:
            json_of(text, rows.file, expected=EXPECTED, advice=ADVICE)
        values, rows.problems = json_lines(text, rows.file, advice=ADVICE)
    found: list[tuple[int, Any]] = []
    for line, value in values:
        page = value.get("statements") if isinstance(value, dict) else value
        ones = page if isinstance(page, list) else [value]
        found += [(line if of_lines else place, _unpacked(one)) for place, one in enumerate(ones, start=1)]
        if isinstance(value, dict) and isinstance(page, list) and value.get("more"):
            rows.aside(
                found[-1][0] + 1 if found else 1, "more", "the address of a next page", "all statements in this file",
                "It is not fetched: download that page as well, and import it too.",
            )  # fmt: skip
    return found


def _unpacked(one: Any) -> Any:
    """Return the statement in a document of Learning Locker; any other record as it is."""
    if not isinstance(one, dict) or "verb" in one or not isinstance(one.get("statement"), dict):
        return one
    return {**one["statement"], "voided": one.get("voided")}


def _entries(rows: Rows, statements: list[tuple[int, Any]], tz: str | None) -> list[_Entry]:
    voided = {_voided(one) for _, one in statements} - {""}
    entries: dict[tuple[str, str, str], _Entry] = {}
    for row, one in statements:
        try:
            entry = _entry(row, one, tz)
            _need(entry.source_id not in voided, "id", "a statement that was voided", "one that stands")
            _need(entry.key not in entries, "id", "a statement that is in the file already", "each one once")
        except _Odd as odd:
            rows.aside(row, *odd.args)
        else:
            entries[entry.key] = entry
    return list(entries.values())


def _voided(one: Any) -> str:
    """Return the id of the statement that this one voids, if it does."""
    if not isinstance(one, dict) or not isinstance(one.get("verb"), dict) or not isinstance(one.get("object"), dict):
        return ""
    if one.get("voided") is True:
        return _id(one)
    return _id(one["object"]) if one["verb"].get("id") == _VOIDED else ""


def _entry(row: int, one: Any, tz: str | None) -> _Entry:
    _need(isinstance(one, dict), "", short(one), "a statement")
    actor, name = _actor(one)
    verb, thing = _last(_part(one, "verb").get("id"), "verb"), _part(one, "object")
    kind = thing.get("objectType") or "Activity"
    _need(kind == "Activity", "object", short(kind), "an activity")
    result, context = _part(one, "result"), _part(one, "context")
    extensions = {**_part(result, "extensions"), **_part(context, "extensions")}
    ours = _ours(extensions)
    values, raw, scaled = _result(result, verb)
    session = extensions.get(_SESSION) if isinstance(extensions.get(_SESSION), str) else None
    measured = "successes" in values or raw is not None or scaled is not None or values.get("minutes", 0) > 0
    practice = verb in _DONE or (measured and (verb not in _NEVER or (verb == "terminated" and session)))
    _need(ours or practice, "verb", short(verb), "practice, such as completed, or a result")
    values |= {"skill": _skill(thing), "start": _start(one, ours, values.get("minutes", 0.0), tz)}
    source, known = ours.pop("source", None), ours.pop("source_id", None)
    made = json.dumps([actor, verb, str(thing.get("id"))[:1000], str(one.get("timestamp"))[:100]])
    source_id = known if source and known else _id(one) or str(uuid.uuid5(uuid.NAMESPACE_URL, SPACE + made))
    return _Entry(row, actor, name, source or "xapi", source_id, bool(ours), raw, scaled,
                  (actor, session, str(thing.get("id"))) if session else None, values | ours)  # fmt: skip


def _result(result: Mapping[str, Any], verb: str) -> tuple[dict[str, Any], float | None, float | None]:
    """Return minutes, reps and successes as far as they are told, and the raw and the scaled score."""
    values: dict[str, Any] = {}
    if result.get("duration") is not None:
        values["minutes"] = minutes_in(result["duration"])
        _need(values["minutes"] is not None, "duration", short(result["duration"]), "days, hours, minutes, seconds")
    success = result.get("success")
    _need(success is None or isinstance(success, bool), "success", short(success), "true or false")
    if success is not None or verb in _GOOD | _BAD:
        values |= {"reps": 1, "successes": int(verb in _GOOD if success is None else success)}
    score = _part(result, "score")
    raw, scaled = number_of(score.get("raw")), number_of(score.get("scaled"))
    _need(score.get("raw") is None or raw is not None, "score", short(score.get("raw")), "a number")
    fine = score.get("scaled") is None or (scaled is not None and -1 <= scaled <= 1)
    _need(fine, "score", short(score.get("scaled")), "a number from -1 to 1")
    return values, raw, scaled


def _ours(extensions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the log's columns that mmlib wrote into a statement."""
    found: dict[str, Any] = {}
    for iri, value in extensions.items():
        iri = iri.replace("&46;", ".")  # as Learning Locker keeps the names of extensions
        column = iri.removeprefix(EXTENSIONS)
        if column == iri or column not in ("start", *RESULTS, *CONTEXTS):
            continue
        text = about(column)["kind"] in ("text", "time")
        found[column] = value if text else number_of(value)
        wrong = not isinstance(value, str) or not clean(value) if text else found[column] is None
        _need(not wrong, column, short(value), about(column)["expected"])
        found[column] = clean(value) if text else found[column]
    _need(found.get("part", PARTS[0]) in PARTS, "part", short(found.get("part")), about("part")["expected"])
    return found


def _start(one: Mapping[str, Any], ours: dict[str, Any], minutes: float, tz: str | None) -> datetime:
    """Return when a session began: as the log had it, or its duration before the statement's time."""
    if "start" in ours:
        text = ours.pop("start")
        start = moment_of(text)
        _need(start is not None and start.tzinfo is None, "start", short(text), "a date and time without a zone")
        ours.setdefault("skill", _skill(_part(one, "object")))  # so that the statement is known as ours
        return start
    stamp = one.get("timestamp") if one.get("timestamp") is not None else one.get("stored")
    moment = moment_of(stamp)
    _need(moment is not None, "timestamp", short(stamp), "a time such as 2026-10-31T18:30:00Z")
    return on_the_wall(moment - timedelta(minutes=minutes if minutes <= LONGEST else 0), tz)


def _skill(thing: Mapping[str, Any]) -> str:
    """Return an activity's name: in English, else in the first language there is, else the end of its id."""
    names = _part(_part(thing, "definition"), "name")
    said = {tag.casefold(): clean(name) for tag, name in names.items() if isinstance(name, str) and clean(name)}
    english = [name for tag, name in said.items() if tag.split("-")[0] == "en"]
    return said.get("en") or next(iter([*english, *said.values()]), "") or _last(thing.get("id"), "object")


def _actor(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return what tells a person from all others, and what to call them; twice nothing for nobody."""
    actor = _part(one, "actor")
    kind = actor.get("objectType") or "Agent"
    _need(kind == "Agent", "actor", short(kind), "one person")
    account = _part(actor, "account")
    texts = {name: _text(actor.get(name)) for name in ("name", "mbox", "mbox_sha1sum", "openid")}
    user, mail = _text(account.get("name")), texts["mbox"].removeprefix("mailto:")
    marks = [user and f"{user} at {_text(account.get('homePage'))}", mail, texts["mbox_sha1sum"], texts["openid"]]
    called = [user, texts["name"], mail, texts["mbox_sha1sum"], texts["openid"]]
    return next(filter(None, [*marks, texts["name"]]), ""), next(filter(None, called), "")


def _learners(entries: list[_Entry], learner: str) -> dict[str, str]:
    """Return each actor's name in the log; two of one name are told apart by what identifies them."""
    names: dict[str, str] = {}
    for entry in entries:
        names.setdefault(entry.actor, entry.name or learner)
    if len(names) == 1 and (learner != "me" or not any(entry.own for entry in entries)):
        return dict.fromkeys(names, learner)
    of_name = Counter(names.values())
    return {actor: f"{name} ({actor})" if of_name[name] > 1 and actor else name for actor, name in names.items()}


def _count_once(entries: Iterable[_Entry]) -> None:
    """Leave the minutes of a cmi5 session to the longest of its statements."""
    longest: dict[tuple[str, ...], _Entry] = {}
    for entry in entries:
        if entry.session and entry.values.get("minutes") is not None:
            shorter = longest.get(entry.session)
            if shorter is None or entry.values["minutes"] > shorter.values["minutes"]:
                longest[entry.session], entry = entry, shorter
            if entry is not None:
                entry.values["minutes"] = None


def _score(rows: Rows, entries: list[_Entry]) -> None:
    """Give each skill scores of one kind, and a card that says which."""
    scored = [entry for entry in entries if entry.raw is not None or entry.scaled is not None]
    only_scaled = {entry.values["skill"] for entry in scored if entry.raw is None}
    for entry in scored:
        skill = entry.values["skill"]
        entry.values["score"] = entry.scaled if skill in only_scaled else entry.raw
        if not entry.own:
            unit = "share of the best score" if skill in only_scaled else "points"
            rows.cards[skill] = {"unit": unit, "better": "higher"}


def _part(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object within an object, empty where there is none."""
    found = holder.get(name)
    _need(found is None or isinstance(found, dict), name, short(found), "an object with names and values")
    return found or {}


def _last(iri: object, place: str) -> str:
    """Return the last word of a name such as http://adlnet.gov/expapi/verbs/completed."""
    text = _text(iri)
    word = clean(unquote(re.split(r"[/#]", text.rstrip("/#"))[-1]))
    _need(bool(word), place, short(iri), "an id such as https://example.com/juggling")
    return word.casefold() if place == "verb" else word


def _id(one: Mapping[str, Any]) -> str:
    return _text(one.get("id")).casefold()


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _need(fine: bool, place: str, found: str, expected: str) -> None:
    if not fine:
        raise _Odd(place, found, expected)
