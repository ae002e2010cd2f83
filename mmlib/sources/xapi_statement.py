"""One xAPI statement: who practised what, when, for how long and with what success."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from mmlib.log.schema import PARTS, about
from mmlib.sources.reading import clean, moment_of, number_of, on_the_wall, short
from mmlib.sources.reading.rows import LONGEST

SPACE = "https://mmlib.invalid/xapi/"  # where our names live: .invalid is reserved for names that nothing answers to
EXTENSION = f"{SPACE}extensions/"
COLUMNS = ("reps", "successes", "payoff", "praise", "flow", "challenge", "support", "mood_before", "mood_after", "part",
           "variation", "self", "note", "source", "source_id")  # fmt: skip
ACTIVITY = "an activity with an id such as https://example.com/juggling"

_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
_GOOD, _BAD = {"passed", "mastered"}, {"failed"}
_DONE = {"completed", "complete", "answered", "experienced", "practiced", "practised", "practice", "performed",
         *_GOOD, *_BAD}  # fmt: skip
_NEVER = {"abandoned", "exited", "initialized", "launched", "progressed", "resumed", "satisfied", "suspended",
          "terminated", "waived"}  # fmt: skip
_N = r"(\d{1,12}(?:[.,]\d{1,20})?)"
_DURATION = re.compile(
    rf"P(?=[\dT])(?:{_N}W|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=\d)(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?)", re.ASCII
)
_SECONDS = (604_800, 0, 0, 86_400, 3_600, 60, 1)  # in a week, (a year, a month), a day, an hour, a minute, a second


class Framing(Exception):
    """That a statement tells of a course, such as its launch, and of no practice: it is no record of the log's."""


class Odd(Exception):
    """What keeps a statement from being a row: the place in it, what was found there and what was expected."""


@dataclass
class Entry:
    """A statement of practice.

    Attributes
    ----------
    row : int
        Its place in the file.
    actor, name : str
        What tells the person from all others, and what to call them; both empty for nobody.
    source, source_id : str
        As in the log: the statement's own, or those of the row that mmlib wrote it from.
    own : bool
        Whether mmlib wrote it.
    raw, scaled : float or None
        The score in both forms.
    session : tuple of str or None
        The cmi5 session, if it is of one.
    columns : dict
        The other columns of the log.
    """

    row: int
    actor: str
    name: str
    source: str
    source_id: str
    own: bool
    raw: float | None
    scaled: float | None
    session: tuple[str, str, str] | None
    columns: dict[str, Any]


def entry_of(row: int, one: Any, tz: str | None) -> Entry:
    """Return a statement as an entry.

    Raises
    ------
    Framing
        If it only tells of a course.
    Odd
        If it is no practice, or cannot be read.
    """
    _need(isinstance(one, dict), "", one, "a statement")
    actor, name = _person(one)
    thing, result = _part(one, "object"), _part(one, "result")
    kind = thing.get("objectType") or "Activity"
    _need(kind == "Activity", "object", kind, "an activity")
    extensions = {**_part(result, "extensions"), **_part(_part(one, "context"), "extensions")}
    ours, session = _ours(extensions), text_in(extensions, _SESSION)
    verb = _last(_part(one, "verb").get("id"), "verb", "a verb's id").casefold()
    if verb in _NEVER and not (verb == "terminated" and session):
        raise Framing
    values, raw, scaled = _result(result, verb)
    values |= {"skill": _skill(thing), "start": _start(one, ours.get("start"), values.get("minutes", 0.0), tz)}
    told = "successes" in values or raw is not None or scaled is not None or values.get("minutes", 0) > 0
    told = told or result.get("completion") is True
    _need(bool(ours) or verb in _DONE or told, "verb", verb, "practice, such as completed, or a result")
    values |= {column: value for column, value in ours.items() if column not in ("start", "source", "source_id")}
    source, known = ours.get("source", "xapi"), ours.get("source_id") if "source" in ours else None
    of_session = (actor, session, text_in(thing, "id")) if session else None
    return Entry(row, actor, name, source, known or id_of(one) or _made_id(actor, verb, one), bool(ours), raw, scaled,
                 of_session, values)  # fmt: skip


def id_of(one: Mapping[str, Any]) -> str:
    """Return a statement's id, or nothing: capital letters make no difference in it."""
    return text_in(one, "id").casefold()


def text_in(holder: Mapping[str, Any], name: str) -> str:
    """Return a text in an object, on one line; nothing where there is none.

    Examples
    --------
    >>> text_in({"name": " Ada "}, "name"), text_in({"name": 7}, "name")
    ('Ada', '')
    """
    found = holder.get(name)
    return clean(found) if isinstance(found, str) else ""


def seconds_in(duration: object) -> float | None:
    """Return the seconds of an ISO 8601 duration; None where it is none, or counts in years or months.

    Examples
    --------
    >>> seconds_in("PT1H2M30.5S"), seconds_in("P1DT30M"), seconds_in("P0Y0M0DT0H5M0S"), seconds_in("P1M")
    (3750.5, 88200.0, 300.0, None)
    """
    found = _DURATION.fullmatch(duration.strip()) if isinstance(duration, str) else None
    if not found:
        return None
    amounts = [float((amount or "0").replace(",", ".")) for amount in found.groups()]
    if amounts[1] or amounts[2]:  # years and months have no length of their own
        return None
    return sum(amount * seconds for amount, seconds in zip(amounts, _SECONDS, strict=True))


def _person(one: Mapping[str, Any]) -> tuple[str, str]:
    actor = _part(one, "actor")
    kind = actor.get("objectType") or "Agent"
    _need(kind == "Agent", "actor", kind, "one person")
    account, name, openid = _part(actor, "account"), text_in(actor, "name"), text_in(actor, "openid")
    user, mail, hashed = text_in(account, "name"), text_in(actor, "mbox"), text_in(actor, "mbox_sha1sum")
    mail = mail.removeprefix("mailto:")
    known = user and f"{user} at {text_in(account, 'homePage')}"
    return known or mail or hashed or openid or name, user or name or mail or hashed or openid


def _result(result: Mapping[str, Any], verb: str) -> tuple[dict[str, Any], float | None, float | None]:
    """Return minutes, reps and successes as far as they are told, and the raw and the scaled score."""
    values: dict[str, Any] = {}
    duration, success, score = result.get("duration"), result.get("success"), _part(result, "score")
    if duration is not None:
        seconds = seconds_in(duration)
        _need(seconds is not None, "result.duration", duration, "a duration such as PT34M19S, without months")
        values["minutes"] = round(seconds / 60, 6)
    _need(success is None or isinstance(success, bool), "result.success", success, "true or false")
    if success is not None or verb in _GOOD | _BAD:
        values |= {"reps": 1, "successes": int(verb in _GOOD if success is None else success)}
    raw, scaled = number_of(score.get("raw")), number_of(score.get("scaled"))
    _need(score.get("raw") is None or raw is not None, "result.score", score.get("raw"), "a number")
    fine = score.get("scaled") is None or (scaled is not None and -1 <= scaled <= 1)
    _need(fine, "result.score", score.get("scaled"), "a scaled score from -1 to 1")
    return values, raw, scaled


def _ours(extensions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the log's columns that mmlib wrote into a statement."""
    found: dict[str, Any] = {}
    for iri, value in extensions.items():
        column = iri.replace("&46;", ".").removeprefix(EXTENSION)  # Learning Locker keeps full stops in names so
        if column in (*COLUMNS, "minutes") and column != iri:
            text = about(column)["kind"] == "text"
            found[column] = (text_in(extensions, iri) or None) if text else number_of(value)
            _need(found[column] is not None, column, value, about(column)["expected"])
        elif column == "start" != iri:
            start = moment_of(value)
            _need(start is not None and start.tzinfo is None, "start", value, "a date and time without a zone")
            found["start"] = start
    part = found.get("part")
    _need(part is None or part in PARTS, "part", part, about("part")["expected"])
    return found


def _start(one: Mapping[str, Any], start: datetime | None, minutes: float, tz: str | None) -> datetime:
    """Return when a session began: as the log had it, or its duration before the statement's time."""
    if start is not None:
        return start
    stamp = one.get("stored") if one.get("timestamp") is None else one.get("timestamp")
    moment = moment_of(stamp)
    _need(moment is not None, "timestamp", stamp, "a time such as 2026-10-31T18:30:00Z")
    return on_the_wall(moment - timedelta(seconds=round(60 * minutes, 3) if minutes <= LONGEST else 0), tz)


def _skill(thing: Mapping[str, Any]) -> str:
    """Return an activity's name: in English, else in the first language there is, else the end of its id."""
    names = _part(_part(thing, "definition"), "name")
    said = {tag.casefold(): text_in(names, tag) for tag in names}
    order = sorted(said, key=lambda tag: (tag != "en", tag.partition("-")[0] != "en"))
    return next((said[tag] for tag in order if said[tag]), "") or _last(thing.get("id"), "object", ACTIVITY)


def _made_id(actor: str, verb: str, one: Mapping[str, Any]) -> str:
    """Return an id for a statement that never had one, because it never was in a store."""
    stamp = text_in(one, "timestamp") or text_in(one, "stored")
    marks = json.dumps([actor, verb, text_in(_part(one, "object"), "id"), stamp])
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SPACE}{marks}"))


def _part(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object within an object, empty where there is none."""
    found = holder.get(name)
    _need(found is None or isinstance(found, dict), name, found, "an object with names and values")
    return found or {}


def _last(iri: object, place: str, expected: str) -> str:
    """Return the last word of an id such as http://adlnet.gov/expapi/verbs/completed."""
    word = clean(unquote(re.split(r"[/#:]", iri.strip().rstrip("/#:"))[-1])) if isinstance(iri, str) else ""
    _need(word != "", place, iri, expected)
    return word


def _need(fine: bool, place: str, found: object, expected: str) -> None:
    if not fine:
        raise Odd(place, short(found), expected)
