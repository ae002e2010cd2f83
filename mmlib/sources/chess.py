"""Chess games in PGN: collections as Chess.com, Lichess and other sites and programs export them.

One row per game of one player. `score` is the player's rating in the game, where the file has it; a game is one
repetition, and a success if it was won (a draw is none; the note says so). The skill is the time control's class, as
Lichess reckons it: the initial time and forty increments, under 3 minutes bullet, under 8 blitz, under 25 rapid. Whose
games they are is seen from the file: the player who is in all of them, or the one that `learner` names. Moves are
skipped, not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from mmlib.sources.reading import Rows, Sample, checked_zone, clean, number_of, on_the_wall, refused, short, text_of

TITLE = "Chess games (PGN)"
CARD = {"unit": "rating", "better": "higher"}
EXPECTED = "games in PGN"
ADVICE = "On Chess.com choose Games, Archive, Download; on Lichess, your profile, Export games."

_TAG = re.compile(r'\[\s*([A-Za-z0-9_]+)\s+"((?:[^"\\]|\\.)*)"\s*\]')
_SIDES = {"White": "1-0", "Black": "0-1"}
_RESULTS = ("1-0", "0-1", "1/2-1/2")
_CLASSES = ((180, "bullet chess"), (480, "blitz chess"), (1500, "rapid chess"))
_LONGEST = timedelta(days=366)


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return one player's games in a PGN file as a log.

    Parameters
    ----------
    path : str or Path
        The games (PGN).
    learner : str
        Whose games they are. Where it is the name of a player in the file, that player's games are read.
    tz : str, optional
        The learner's time zone, an IANA name, for games with universal times; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` the time control's class, `minutes` from start to end where both
        are told, `reps` 1, `successes` 1 for a win, `score` the player's rating, `variation` the colour, `note` the
        opponent, the result's kind and the opening. `source_id` is the game's address, or its start and players.
        Games read = rows + those set aside; unfinished games are set aside.

    Raises
    ------
    SourceError
        If the file holds no games, or no player is in all of them.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "games.pgn"
    >>> _ = file.write_text(
    ...     '[White "ada"]\\n[Black "ben"]\\n[Result "1-0"]\\n[UTCDate "2026.10.31"]\\n[UTCTime "17:30:00"]\\n'
    ...     '[WhiteElo "1500"]\\n[TimeControl "300+3"]\\n\\n1. e4 e5 1-0\\n'
    ... )
    >>> print(read(file, learner="ada", tz="Europe/Berlin")[["skill", "start", "score"]].to_string(index=False))
          skill               start  score
    blitz chess 2026-10-31 18:30:00 1500.0
    """
    file, tz = Path(path).name, checked_zone(tz)
    games = list(_games(text_of(path, expected=EXPECTED, advice=ADVICE)))
    if not any({"White", "Black"} <= set(tags) for _, tags in games):
        raise refused(file, "no games", EXPECTED, ADVICE)
    player = _player([tags for _, tags in games], learner, file)
    rows = Rows(file, "Mend the game's tags, or export it again.")
    for row, tags in games:
        _add(rows, row, tags, player, tz)
    return rows.log(learner=learner, source="chess", expected="finished games with a date")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like PGN."""
    return sample.text.startswith(("[", "%", ";")) and bool(re.search(r'(?m)^\[White "', sample.text))


def _games(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each game's tags with the line where they begin; comments may hold anything, even tags."""
    tags: dict[str, str] = {}
    begun, in_tags, comment = 0, False, False
    for row, line in enumerate(text.splitlines(), start=1):
        found = None if comment else _TAG.fullmatch(line.strip())
        if found:
            if not in_tags and tags:
                yield begun, tags
                tags = {}
            begun, in_tags = begun if in_tags else row, True
            tags[found[1]] = re.sub(r"\\(.)", r"\1", found[2])
        elif in_tags and line.startswith("["):
            continue  # a tag that is not written as one: the game has it not
        elif comment or line.strip():
            in_tags = in_tags and not line.strip()
            comment = _in_comment(line, comment)
    if tags:
        yield begun, tags


def _in_comment(line: str, comment: bool) -> bool:
    """Return whether a comment in braces is open at the end of a line."""
    if not comment and line.startswith("%"):
        return False
    place = 0
    while True:
        place = line.find("}" if comment else "{", place)
        if place < 0:
            return comment
        if not comment and ";" in line[:place]:
            return False
        comment, place = not comment, place + 1


def _player(games: list[dict[str, str]], learner: str, file: str) -> str:
    """Return whose games they are: the learner, if one is called so, else the only one who is in all of them."""
    sides = [{clean(tags.get(side, "")).casefold() for side in _SIDES} - {"", "?"} for tags in games]
    sides = [names for names in sides if names]
    if any(learner.casefold() in names for names in sides):
        return learner.casefold()
    common = set.intersection(*sides) if sides else set()
    if len(common) == 1:
        return common.pop()
    found = f"games of {' and '.join(sorted(common))}" if common else "games of several players"
    raise refused(file, found, "one player's games", "Say whose they are with: --learner NAME, as in the tags.")


def _add(rows: Rows, row: int, tags: Mapping[str, str], player: str, tz: str | None) -> None:
    side = next((side for side in _SIDES if clean(tags.get(side, "")).casefold() == player), None)
    if side is None:
        rows.aside(row, "White", short(f"{tags.get('White', '')} – {tags.get('Black', '')}"), "a game of the player")
        return
    result = tags.get("Result", "*").strip()
    if result not in _RESULTS:
        rows.aside(row, "Result", short(result), "a finished game: 1-0, 0-1 or 1/2-1/2")
        return
    begun, ended, universal = _times(tags)
    if begun is None:
        rows.aside(row, "Date", short(tags.get("UTCDate") or tags.get("Date")), "a date such as 2026.10.31")
        return
    other = "Black" if side == "White" else "White"
    took = ended - begun if ended is not None else None
    rating = number_of(tags.get(f"{side}Elo", ""))
    link = clean(tags.get("Link", "")) or clean(tags.get("Site", ""))
    known = (
        link if re.match(r"https?://.+/.+", link) else f"{begun.isoformat()}/{tags.get('White')}/{tags.get('Black')}"
    )
    start = on_the_wall(begun.replace(tzinfo=UTC), tz) if universal else begun
    rows.add(
        row, clean(known), skill=_class(tags), start=start,
        minutes=round(took.total_seconds() / 60, 6) if took is not None and timedelta() <= took <= _LONGEST else None,
        reps=1, successes=int(result == _SIDES[side]), score=rating if rating and rating > 0 else None,
        variation=side.casefold(), note=_note(tags, other, result),
    )  # fmt: skip


def _times(tags: Mapping[str, str]) -> tuple[datetime | None, datetime | None, bool]:
    """Return start and end, and whether they are universal times; a game without a time of day begins at midnight."""
    universal = "UTCDate" in tags and "UTCTime" in tags
    begun = _moment(tags.get("UTCDate", ""), tags.get("UTCTime", "")) if universal else None
    if begun is None:
        universal = False
        begun = _moment(tags.get("Date", ""), tags.get("StartTime") or tags.get("Time") or "00:00:00")
    ended = _moment(tags.get("EndDate", ""), re.sub(r"\s.*", "", tags.get("EndTime", "")))
    return begun, ended, universal


def _moment(date: str, time: str) -> datetime | None:
    try:
        return datetime.strptime(f"{date.strip()} {time.strip()}", "%Y.%m.%d %H:%M:%S")
    except ValueError:
        return None


def _class(tags: Mapping[str, str]) -> str:
    control = tags.get("TimeControl", "").strip()
    if re.fullmatch(r"\d{1,3}/\d{3,9}", control, re.ASCII):
        return "correspondence chess"
    found = re.fullmatch(r"(\d{1,6})(?:\+(\d{1,4})(?:\.\d+)?)?", control, re.ASCII)
    if not found:
        return "chess"
    seconds = int(found[1]) + 40 * int(found[2] or 0)
    return next((name for limit, name in _CLASSES if seconds < limit), "classical chess")


def _note(tags: Mapping[str, str], other: str, result: str) -> str:
    rating = number_of(tags.get(f"{other}Elo", ""))
    against = f"against {clean(tags.get(other, '')) or 'unknown'}" + (f" ({rating:.0f})" if rating else "")
    parts = ["draw" if result == "1/2-1/2" else "", against, clean(tags.get("Opening", "") or tags.get("ECO", ""))]
    return ", ".join(part for part in parts if part and part != "?")
