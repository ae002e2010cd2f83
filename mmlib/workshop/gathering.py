"""The room's log: what the participants hand in becomes one practice folder, a file for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

import pandas as pd

from mmlib.errors import MMError
from mmlib.log import COLUMNS, read_log, write_log
from mmlib.log.order import in_order
from mmlib.log.writing import as_written
from mmlib.practice import log_files
from mmlib.reports.run import slug
from mmlib.skills import add_cards, read_skills
from mmlib.words import listed
from mmlib.workshop.handed import GENERIC, Handed, handed

MOSTLY = 0.8
"""Two logs are one person's if this share of the shorter one's rows is in the other."""


@dataclass(frozen=True)
class Gathered:
    """What became of one file.

    Attributes
    ----------
    file : str
        As it was named.
    learners : tuple of str
        The learners in it, as the room's log calls them.
    sessions, added : int
        How many rows it holds, and how many of them are new to the room.
    notices : tuple of str
        What a teacher should know: cards that differ, a log that looks like another's.
    problem : str
        Why nothing was gathered from it; empty if something was.
    """

    file: str
    learners: tuple[str, ...] = ()
    sessions: int = 0
    added: int = 0
    notices: tuple[str, ...] = ()
    problem: str = ""


def gather(files: Iterable[str | Path], into: str | Path) -> list[Gathered]:
    """Gather participants' practice into one folder, the room's.

    Each becomes `<into>/log/<name>.csv`, named after the file, zip or folder; rows of the learner "me" get that
    name. Who has handed in before is known by the rows: what is new is added, nothing twice. Two of the same name
    are told apart by a number. What people wrote as notes stays out. Of two cards for one skill, the first stays.

    Parameters
    ----------
    files : iterable of str or Path
        Practice folders, their zips, or logs.
    into : str or Path
        The room's practice folder; it is made if it isn't there.

    Returns
    -------
    list of Gathered
        One for each file. A bad one has a `problem`, and the others are gathered all the same.

    Raises
    ------
    MMError
        If the room's own log or cards are bad.

    Examples
    --------
    >>> import tempfile
    >>> work = Path(tempfile.mkdtemp())
    >>> _ = (work / "owl.csv").write_text("skill,start,score\\ncircle,2026-10-31 10:00,7\\n")
    >>> [found.learners for found in gather([work / "owl.csv"], work / "room")]
    [('owl',)]
    >>> [found.added for found in gather([work / "owl.csv"], work / "room")]
    [0]
    """
    room = _Room.read(Path(into))
    return [_gathered(Path(file), room) for file in files]


def _gathered(file: Path, room: _Room) -> Gathered:
    try:
        found = handed(file)
    except (MMError, OSError) as error:
        said = f"{error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
        return Gathered(str(file), problem=said.removeprefix(f"{file}: "))
    return replace(room.take(found), file=str(file))


@dataclass
class _Room:
    """The room's folder: its logs by file, those that were gathered and any that were there."""

    folder: Path
    logs: dict[Path, pd.DataFrame]

    @classmethod
    def read(cls, folder: Path) -> _Room:
        read_skills(folder / "skills.toml")
        some = (folder / "log.csv").exists() or any((folder / "log").glob("*.*"))
        return cls(folder, {file: read_log(file) for file in log_files(folder)} if some else {})

    def take(self, found: Handed) -> Gathered:
        """Add what a participant handed in."""
        own = self._own(found)
        there = self.logs.get(own, found.log.iloc[:0])
        log = found.log.assign(learner=found.log["learner"].map(self._names(found.log, there, own)))
        new = log[~_keys(log).isin(_keys(there)).to_numpy()]
        if len(new):
            self.logs[own] = in_order(pd.concat([there, new], ignore_index=True))
            own.parent.mkdir(parents=True, exist_ok=True)
            write_log(self.logs[own], own)
        notices = (*found.notices, *self._looks_like(own), *self._cards(found))
        return Gathered("", tuple(sorted(set(log["learner"]))), len(log), len(new), notices)

    def _own(self, found: Handed) -> Path:
        """Return the participant's file: the one that holds mostly the same rows, or one that isn't there yet."""
        files = (self.folder / "log" / f"{name}.csv" for name in _numbered(found.name))
        taken = set(chain.from_iterable(log["learner"] for log in self.logs.values()))
        for file in files:
            known = self.logs.get(file)
            if known is None and file.stem not in taken:
                return file
            if known is not None and _alike(known, found.log):
                return file
        raise AssertionError  # there is always another number

    def _names(self, log: pd.DataFrame, there: pd.DataFrame, own: Path) -> dict[str, str]:
        """Return what each of a file's learners is called in the room."""
        known = pd.Series(there["learner"].to_numpy(), index=_keys(there))
        before = pd.DataFrame({"learner": log["learner"], "room": _keys(log).map(known)}).dropna()
        names = {who: rooms.mode().iloc[0] for who, rooms in before.groupby("learner")["room"]}
        others = chain.from_iterable(log["learner"] for file, log in self.logs.items() if file != own)
        taken = {*others, *names.values()}
        for who in log["learner"].unique():
            wanted = own.stem if who in GENERIC else slug(who)
            names.setdefault(who, next(name for name in _numbered(wanted) if name not in taken))
            taken.add(names[who])
        return names

    def _looks_like(self, own: Path) -> list[str]:
        same = [file for file, log in self.logs.items() if file != own and _alike(log, self.logs[own])]
        if not same:
            return []
        names = listed(file.stem for file in same)
        return [f"mostly the same rows as {names}. If that is one person, delete {own} or the other."]

    def _cards(self, found: Handed) -> list[str]:
        """Add cards for skills that have none in the room, and say where another's differs in what counts."""
        file = self.folder / "skills.toml"
        rooms = read_skills(file).set_index("skill")
        cards = found.cards.drop(columns="has_card").set_index("skill")
        add_cards(file, {skill: row.dropna().to_dict() for skill, row in cards.iterrows()})
        both = [(skill, card, rooms.loc[skill]) for skill, card in cards.iterrows() if skill in rooms.index]
        return [
            f"{skill}: {field} {_said(card[field])} on its card, {_said(first[field])} on the room's, which stays."
            for skill, card, first in both
            for field in ("unit", "better", "target")
            if _said(card[field]) != _said(first[field])
        ]


def _numbered(name: str) -> Iterable[str]:
    return chain([name], (f"{name}-{number}" for number in count(2)))


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 0 and _keys(shorter).isin(_keys(longer)).mean() >= MOSTLY


def _keys(log: pd.DataFrame) -> pd.Series:
    """Return each row as one text, without who it is and what was noted; equal rows of one log have a number."""
    rows = as_written(log, [name for name in COLUMNS if name not in ("learner", "note")]).fillna("")
    text = rows.agg("\x1f".join, axis=1) if len(rows) else pd.Series(dtype=str)
    return (text + "\x1f" + text.groupby(text).cumcount().astype(str)).astype(str)


def _said(value: object) -> str:
    return "nothing" if pd.isna(value) else f'"{value}"' if isinstance(value, str) else f"{value:g}"
