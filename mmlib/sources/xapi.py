"""xAPI: statements of learning record stores, as JSON.

A statement says who (actor) did (verb) what (object), and what came of it (result). One row per statement of practice.
Statements read = rows + those set aside + those that are no records of practice: the voided ones, those that void them,
and what a course says of itself (initialized, launched, suspended, waived). Decided here:

- *Practice* is what was completed, passed, failed, answered, experienced, mastered, practised or performed. Any other
  verb counts where its result tells a success, a score, a completion or a duration, for tools disagree on verbs, and
  some say "attempted" of each exercise that is opened. Without a result such a statement is set aside.
- *Time*: a statement may be stamped anywhere in what it tells; tools send it when the thing is done. So the session
  starts its duration before the stamp. The time at which it was stored serves where there is no other.
- *cmi5* courses send several statements in a session, and their durations overlap. Only the longest of them counts; the
  other rows have no `minutes`. The statement that ends a session ("terminated") is a row as well, for its time.
- *Scores* are the raw points; where a skill's statements do not all have them, all its scores are the scaled ones.
- *Learners*: statements of one person are `learner`'s. Those of several name them: by account, else name, else address.
- A statement that stands in the file twice is set aside once.

Statements that mmlib wrote (`mmlib.sources.xapi_export`) carry the rest of the log in extensions, and become the rows
that they came from, with their `start`, `source` and `source_id`.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.errors import SetAsideWarning
from mmlib.log.schema import TEXT
from mmlib.sources.reading import Rows, Sample, checked_zone, json_lines, json_of, refused, text_of
from mmlib.sources.xapi_statement import COLUMNS, EXTENSION, Entry, Framing, Odd, entry_of, id_of

TITLE = "xAPI"
CARD: dict[str, Any] = {}
EXPECTED = "xAPI statements as JSON"
ADVICE = "Download the statements from the learning record store as JSON."

__all__ = ["COLUMNS", "EXTENSION", "read", "recognises"]
_VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return xAPI statements as a log.

    Parameters
    ----------
    path : str or Path
        Statements of xAPI 1.0 or 2.0 (JSON): a list, a single one, a page of results, or one of these on each line; or
        the documents that Learning Locker keeps, each with its statement. Pages that follow are not fetched: a
        `SetAsideWarning` says that there are more.
    learner : str
        Whose statements they are, where they are those of one person. Several people are named by the statements;
        so is the one person of statements that mmlib wrote, unless `learner` is given.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out. A time without a zone is taken as local.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the activity's name (in English if there are several), else the
        end of its id; `minutes` the duration; `reps` 1 and `successes` 0 or 1 where success is told; `score` the raw or
        the scaled score. `source_id` is the statement's id; without one, it is made of actor, verb, object and time.
        Statements of practice = rows + those set aside (`mmlib.sources.set_aside`).

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
    taken: dict[str, Entry] = {}
    for place, entry in enumerate(entries):
        before = len(rows)
        rows.add(entry.row, str(place), **entry.columns)
        if len(rows) > before:
            taken[str(place)] = entry
    log = rows.log(learner=learner, source="xapi", expected="statements of practice")
    return _named(log, taken, learner)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like xAPI statements."""
    return sample.text.startswith(("{", "[")) and {"actor", "verb", "object"} <= sample.keys


def _statements(rows: Rows, text: str) -> list[tuple[int, Any]]:
    """Return all statements with their places in the file, and note where there are more on another page."""
    found: list[tuple[int, Any]] = []
    for line, value in _values(rows, text):
        page = value.get("statements") if isinstance(value, dict) else value
        ones = page if isinstance(page, list) else [value]
        found += [(line or place, _unpacked(one)) for place, one in enumerate(ones, start=1)]
        more = value.get("more") if isinstance(value, dict) else None
        if isinstance(more, str) and "/" in more:
            said = "one page of several: what follows is not fetched. Download the next pages, and import them too."
            warnings.warn(f"{rows.file}: {said}", SetAsideWarning, stacklevel=3)
    return found


def _values(rows: Rows, text: str) -> list[tuple[int | None, Any]]:
    """Return the one JSON value of a text, or those of its lines with their numbers."""
    try:
        return [(None, json.loads(text))]
    except (ValueError, RecursionError):
        if sum(line.startswith(("{", "[{")) for line in text.split("\n")) < 2:
            return [(None, json_of(text, rows.file, expected=EXPECTED, advice=ADVICE))]
    values, rows.problems = json_lines(text, rows.file, advice=rows.advice)
    return values


def _unpacked(one: Any) -> Any:
    """Return the statement in a document of Learning Locker; any other record as it is."""
    if not isinstance(one, dict) or "verb" in one or not isinstance(one.get("statement"), dict):
        return one
    return {**one["statement"], "voided": one.get("voided")}


def _entries(rows: Rows, statements: list[tuple[int, Any]], tz: str | None) -> list[Entry]:
    """Return the statements of practice; what cannot be read, or is none, is set aside."""
    voided = {_voided(one) for _, one in statements} - {""}
    entries: dict[tuple[str, str, str], Entry] = {}
    for row, one in statements:
        if isinstance(one, dict) and (id_of(one) in voided or _voided(one)):
            continue
        try:
            entry = entry_of(row, one, tz)
        except Framing:
            continue
        except Odd as odd:
            rows.aside(row, *odd.args)
            continue
        except RecursionError:
            rows.aside(row, "", "brackets within brackets without end", "a statement")
            continue
        known = (entry.actor, entry.source, entry.source_id)
        if known in entries:
            rows.aside(row, "id", f"what stands in row {entries[known].row} already", "each statement once")
        else:
            entries[known] = entry
    return list(entries.values())


def _voided(one: Any) -> str:
    """Return the id of the statement that is voided by this one, or is said to be void in it."""
    verb, thing = (one.get("verb"), one.get("object")) if isinstance(one, dict) else (None, None)
    if not isinstance(verb, dict) or not isinstance(thing, dict):
        return ""
    if verb.get("id") == _VOIDED:
        return id_of(thing)
    return id_of(one) if one.get("voided") is True else ""


def _count_once(entries: list[Entry]) -> None:
    """Leave the minutes of a cmi5 session to the longest of its statements."""
    seen = set()
    timed = [entry for entry in entries if entry.session and entry.columns.get("minutes")]
    for entry in sorted(timed, key=lambda entry: -entry.columns["minutes"]):
        if entry.session in seen:
            entry.columns["minutes"] = None
        seen.add(entry.session)


def _score(rows: Rows, entries: list[Entry]) -> None:
    """Give each skill scores of one kind, and a card that says which."""
    scored = [entry for entry in entries if entry.raw is not None or entry.scaled is not None]
    only_scaled = {entry.columns["skill"] for entry in scored if entry.raw is None}
    for entry in scored:
        skill = entry.columns["skill"]
        entry.columns["score"] = entry.scaled if skill in only_scaled else entry.raw
        if not entry.own:
            unit = "scaled score" if skill in only_scaled else "points"
            rows.cards[skill] = {"unit": unit, "better": "higher"}


def _named(log: pd.DataFrame, taken: dict[str, Entry], learner: str) -> pd.DataFrame:
    """Return the log with whose each row is, and where it came from."""
    order = [taken[place] for place in log["source_id"]]
    names = _learners(list(taken.values()), learner)
    log["learner"] = pd.Series([names[entry.actor] for entry in order], dtype=TEXT)
    log["source"] = pd.Series([entry.source for entry in order], dtype=TEXT)
    log["source_id"] = pd.Series([entry.source_id for entry in order], dtype=TEXT)
    return log


def _learners(entries: list[Entry], learner: str) -> dict[str, str]:
    """Return what each actor is called in the log; two of one name are told apart by what identifies them."""
    names: dict[str, str] = {}
    for entry in entries:
        names.setdefault(entry.actor, entry.name or learner)
    if len(names) == 1 and (learner != "me" or not any(entry.own for entry in entries)):
        return dict.fromkeys(names, learner)
    called = Counter(names.values())
    return {actor: actor if called[name] > 1 and actor else name for actor, name in names.items()}
