"""Anki: reviews of flashcards, from a collection or from a deck that was exported with its review history.

One row per review: one repetition, with success unless the answer was "again". The skill is the deck, with its
parents as Anki writes them ("Japanese::Kana"); the card's number is the variation, so that retention is that of each
card. Three things are decided here:

- Anki's time stamp is that of the answer: the start is that less the time taken, which Anki counts up to a limit
  (60 seconds unless the deck's options say otherwise).
- A card in a filtered deck counts for the deck that it comes from. Reviews of cards that were deleted since stay in
  Anki's history without a deck: their skill is "deleted cards".
- Cards that were rescheduled by hand, or by a change of settings, stand in Anki's history too. Nobody was asked
  anything then: these entries are no reviews.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import Problem, SourceError
from mmlib.sources.reading import (
    LAST_SECOND,
    Archive,
    Sample,
    checked_file,
    checked_zone,
    clean,
    database,
    log_of,
    numbered,
    refused,
    short,
    table_names,
    wall_clock,
)
from mmlib.sources.reading.files import LARGEST_MEMBER

TITLE = "Anki"
CARD: dict[str, Any] = {}
EXPECTED = "an Anki collection (.colpkg, .anki2) or a deck with its review history (.apkg)"
ADVICE = 'In Anki choose File, Export, and tick "Include scheduling information".'

_COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")  # the newest form first
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_DELETED = "deleted cards"
_REVIEWS = """
SELECT r.id, r.cid, r.ease, r.time, c.did, c.odid
FROM revlog AS r LEFT JOIN cards AS c ON c.id = r.cid
WHERE r.ease IS NOT 0 ORDER BY r.id
"""
_LONGEST_MS = 24 * 3_600_000
_DECK = re.compile(r"\d{1,19}", re.ASCII)  # as many digits as a number in SQLite has


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the reviews in an Anki collection as a log.

    Parameters
    ----------
    path : str or Path
        A collection (.colpkg, or collection.anki2 itself) or a deck (.apkg), in any form since Anki 2.0. The file
        stays as it is.
    learner : str
        Whose reviews they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the deck, `minutes` the time taken, `reps` 1, `successes` 0 or
        1, `variation` the card. `source_id` is Anki's own number of the review. Reviews read = rows + those set aside
        (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not Anki's, is damaged, is open in Anki, or holds no review.

    Examples
    --------
    >>> import sqlite3
    >>> file = Path(tempfile.mkdtemp()) / "collection.anki2"
    >>> made = sqlite3.connect(file)
    >>> _ = made.executescript('''
    ...     CREATE TABLE col (decks); INSERT INTO col VALUES ('{"1": {"name": "Kana"}}');
    ...     CREATE TABLE cards (id, did, odid); INSERT INTO cards VALUES (7, 1, 0);
    ...     CREATE TABLE revlog (id, cid, ease, time); INSERT INTO revlog VALUES (1792413030000, 7, 3, 30000);
    ... ''')
    >>> made.close()
    >>> print(read(file, tz="UTC")[["skill", "start", "minutes", "successes"]].to_string(index=False))
    skill               start  minutes  successes
     Kana 2026-10-19 12:30:00      0.5          1
    """
    file, tz = Path(path).name, checked_zone(tz)
    with _collection(path) as connection:
        if not {"revlog", "cards", "col"} <= table_names(connection):
            raise refused(file, "a database of something else", EXPECTED, ADVICE)
        decks = _decks(connection)
        found = connection.execute(_REVIEWS).fetchall()
    if not found:
        raise refused(file, "no reviews", EXPECTED, f"It may have been exported without them. {ADVICE}")
    return _log(found, decks, file, learner, tz)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Anki's."""
    return {"revlog", "cards", "col"} <= sample.tables or bool({*_COLLECTIONS} & set(sample.members))


@contextmanager
def _collection(path: str | Path) -> Iterator[Connection]:
    """Open a collection; one in an archive is unpacked into a temporary file first, and that is deleted again."""
    path = checked_file(path, expected=EXPECTED, advice=ADVICE)
    with path.open("rb") as head:
        packed = head.read(2) == b"PK"
    if not packed:
        _check_closed(path)
        with database(path, expected=EXPECTED, advice=ADVICE) as connection:
            yield connection
        return
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        names = [name for name in _COLLECTIONS if name in archive.names]
        if not names:
            raise refused(path.name, "an archive without a collection", EXPECTED, ADVICE)
        data = archive.data(names[0])
    with ExitStack() as until_read:
        try:
            copy = Path(until_read.enter_context(tempfile.TemporaryDirectory())) / "collection"
            with copy.open("wb") as out:
                out.writelines(_unpacked(data, path.name) if data.startswith(_ZSTANDARD) else [data])
        except OSError as error:
            found = f"a collection that cannot be unpacked ({error.strerror})"
            raise refused(path.name, found, EXPECTED, "Make room for temporary files.") from None
        del data
        yield until_read.enter_context(database(copy, expected=EXPECTED, advice=ADVICE, file=path.name))


def _check_closed(path: Path) -> None:
    """Refuse a collection whose latest reviews Anki still keeps in a second file: they would be missing."""
    beside = path.with_name(f"{path.name}-wal")
    if beside.is_file() and beside.stat().st_size:
        found, advice = f"a collection in use, with reviews in {beside.name}", "Close Anki, and import it again."
        raise refused(path.name, found, EXPECTED, advice)


def _unpacked(data: bytes, file: str) -> Iterator[bytes]:
    """Yield a packed collection piece by piece, as far as it may be large."""
    try:
        import zstandard
    except ImportError:
        found = "a collection that is packed with Zstandard, and no library that unpacks it"
        raise refused(file, found, EXPECTED, 'Install it with: pip install "mmlib[sources]"') from None
    size = 0
    try:
        for piece in zstandard.ZstdDecompressor(max_window_size=1 << 27).read_to_iter(data):
            size += len(piece)
            if size > LARGEST_MEMBER:
                raise refused(file, "a collection that unpacks to more than 512 MB", EXPECTED, ADVICE)
            yield piece
    except (zstandard.ZstdError, MemoryError) as error:
        raise refused(file, f"a damaged collection ({clean(str(error))})", EXPECTED, ADVICE) from None


def _decks(connection: Connection) -> dict[Any, str]:
    """Return the decks' names by their numbers; older collections keep them as JSON in one cell."""
    if "decks" in table_names(connection):
        found = dict(connection.execute("SELECT id, name FROM decks").fetchall())
        return {number: name.replace("\x1f", "::") for number, name in found.items() if isinstance(name, str)}
    cell = connection.execute("SELECT decks FROM col").fetchone()
    try:
        decks = json.loads(cell[0]) if cell else {}
    except (ValueError, TypeError, RecursionError):
        return {}
    decks = decks.items() if isinstance(decks, dict) else ()
    named = {number: deck.get("name") for number, deck in decks if isinstance(deck, dict)}
    return {int(number): name for number, name in named.items() if isinstance(name, str) and _DECK.fullmatch(number)}


def _log(found: list[tuple], decks: dict[Any, str], file: str, learner: str, tz: str | None) -> pd.DataFrame:
    columns = dict(zip(("id", "card", "ease", "time", "deck", "home"), zip(*found, strict=True), strict=True))
    stamp, ease, time = (_numbers(columns[name]) for name in ("id", "ease", "time"))
    checks = {
        "id": ((stamp > 0) & (stamp / 1000 < LAST_SECOND), "Unix milliseconds"),
        "ease": (np.isin(ease, (1, 2, 3, 4)), "an answer from 1 (again) to 4 (easy)"),
        "time": ((time >= 0) & (time <= _LONGEST_MS), "milliseconds"),
    }
    problems: dict[int, Problem] = {}
    for name, (fine, expected) in checks.items():
        for place in np.flatnonzero(~fine):
            row, shown = int(place) + 1, short(str(columns[name][place]))
            problems.setdefault(row, Problem(file, row, f"revlog.{name}", shown, expected, ADVICE))
    good = np.logical_and.reduce([fine for fine, _ in checks.values()])
    if not good.any():
        raise SourceError(list(problems.values()))
    places = np.flatnonzero(good)
    seconds = np.maximum((stamp - time)[good] / 1000, 1.0)
    homes = [columns["home"][place] or columns["deck"][place] for place in places]
    return log_of(
        {
            "skill": [_name(home, decks) for home in homes],
            "start": wall_clock(seconds, tz),
            "minutes": np.round(time[good] / 60_000, 6),
            "reps": np.ones(len(places), dtype=int),
            "successes": (ease[good] > 1).astype(int),
            "variation": [clean(str(columns["card"][place])) for place in places],
            "source_id": numbered(str(columns["id"][place]) for place in places),
        },
        [problems[row] for row in sorted(problems)],
        learner=learner,
        source="anki",
    )


def _numbers(values: tuple) -> np.ndarray:
    plain = [value if isinstance(value, int | float) else np.nan for value in values]
    return np.array(plain, dtype="float64")


def _name(home: Any, decks: dict[Any, str]) -> str:
    if home is None:
        return _DELETED
    return clean(decks.get(home, "")) or f"deck {clean(str(home))}"
