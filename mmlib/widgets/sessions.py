"""What the logbook shows of a practice folder: the last sessions, the skills to choose from, what was done last."""

from __future__ import annotations

import html
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mmlib.errors import MMError, SetAsideWarning, counted, did_you_mean
from mmlib.log import empty_log, read_log
from mmlib.practice import log_files, new_practice
from mmlib.skills import all_skills, cards_table, read_skills
from mmlib.words import listed, measured, number

SOURCE = "logbook"
SHOWN = 10
COLUMNS = ("When", "Skill", "Minutes", "Score", "Came off", "Payoff", "Flow", "Mood", "Remarks")
ALWAYS = 4


@dataclass(frozen=True)
class Book:
    """A practice folder as far as it can be read.

    Attributes
    ----------
    log : DataFrame
        All sessions that can be read, of all learners.
    cards : DataFrame
        The cards by skill; a skill of the log without a card has an empty row.
    remark : str
        What could not be read.
    """

    log: pd.DataFrame
    cards: pd.DataFrame
    remark: str


def made(folder: Path) -> str:
    """Make a practice folder where there is none, and return what is said about it."""
    try:
        if folder.exists() and any(folder.iterdir()):
            return ""
        beside = [each.name for each in folder.absolute().parent.iterdir() if each.is_dir() and each != folder]
    except OSError:  # there is not even a folder to put it into: it is made as well, or it is said below
        beside = []
    near = did_you_mean(folder.name, [name for name in beside if name != folder.name])
    try:
        new_practice(folder)
    except OSError as error:
        return f"The folder {folder} cannot be made. {in_words(error)}"
    mistaken = f" Beside it there is another folder. {near}" if near.startswith("Did") else ""
    return f"{folder} is a new practice folder, made just now, with two example cards.{mistaken}"


def look(path: Path) -> Book:
    """Return what is in a practice folder or log file; what cannot be read is left out and said in the remark."""
    remarks: list[str] = []
    logs = []
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", SetAsideWarning)
        for file in _log_files(path):
            try:
                logs.append(read_log(file, errors="quarantine"))
            except (MMError, OSError) as error:
                remarks.append(f"{file.name} cannot be read, so its sessions are not shown. {in_words(error)}")
    remarks += [str(each.message) for each in heard if issubclass(each.category, SetAsideWarning)]
    try:
        cards = read_skills((path if path.is_dir() else path.parent) / "skills.toml")
    except (MMError, OSError) as error:
        cards = cards_table({})
        remarks.append(f"The cards are left aside. {in_words(error)}")
    log = pd.concat(logs, ignore_index=True) if len(logs) > 1 else logs[0] if logs else empty_log()
    return Book(log, all_skills(cards, log["skill"].unique()).set_index("skill"), "\n".join(remarks))


def _log_files(path: Path) -> list[Path]:
    try:
        return log_files(path)
    except MMError:  # no log so far
        return []


def in_words(error: Exception) -> str:
    """Return what went wrong with a file, for a reader."""
    if isinstance(error, MMError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "Another program has held the file for half a minute. Try again when it is done."
    named = f"{Path(error.filename).name}: " if isinstance(error, OSError) and error.filename else ""
    return f"{named}{getattr(error, 'strerror', None) or error}."


def of_learner(book: Book, learner: str) -> pd.DataFrame:
    """Return a learner's sessions, the newest first; of two at the same time, the one written later."""
    mine = book.log[book.log["learner"] == learner]
    return mine.iloc[::-1].sort_values("start", ascending=False, kind="stable")


def strangers(book: Book, learner: str) -> str:
    """Return a remark where the log has sessions, but none of this learner."""
    learners = sorted(set(book.log["learner"]))
    if not learners or learner in learners:
        return ""
    near = did_you_mean(learner, learners)
    others = listed(learners[:5]) + (" and others" if len(learners) > 5 else "")
    return f'No sessions of "{learner}" so far; the log holds those of {others}.' + (
        f" {near}" if near.startswith("Did") else ""
    )


def skills_in_order(book: Book, mine: pd.DataFrame) -> list[str]:
    """Return all skills: the learner's own first, the last practised before the others."""
    own = list(dict.fromkeys(mine["skill"]))
    return own + sorted(set(book.cards.index) - set(own), key=str.casefold)


def scored(book: Book, mine: pd.DataFrame, skill: str) -> tuple[str, str]:
    """Return what a score at this skill counts, and what it was last."""
    unit, better, target = (of_card(book, skill, name) for name in ("unit", "better", "target"))
    said = [unit or "", f"{better} is better" if better else "", f"target {number(target)}" if target else ""]
    scores = mine.loc[(mine["skill"] == skill) & mine["score"].notna(), "score"]
    return ", ".join(filter(None, said)), f"last: {scores.iloc[0]:.6g}" if len(scores) else ""


def of_card(book: Book, skill: str, field: str) -> object:
    """Return a field of a skill's card, None where it is empty or there is no card."""
    value = book.cards[field].get(skill)
    return None if pd.isna(value) else value


def is_best(book: Book, mine: pd.DataFrame, skill: str, score: float) -> bool:
    """Return whether a score beats all that came before, by the direction on the card."""
    before = mine.loc[(mine["skill"] == skill) & mine["score"].notna(), "score"]
    better = of_card(book, skill, "better")
    if before.empty or better is None or pd.isna(score):
        return False
    return bool(score > before.max()) if better == "higher" else bool(score < before.min())


def in_a_line(book: Book, row: pd.Series) -> str:
    """Return a session as one line: skill, minutes, score, and when."""
    said = [row["skill"]]
    if pd.notna(row["minutes"]):
        said.append(f"{number(row['minutes'])} min")
    if pd.notna(row["score"]):
        said.append(measured(row["score"], of_card(book, row["skill"], "unit")))
    return f"{', '.join(said)}, on {when(row['start'])}"


def when(start: pd.Timestamp) -> str:
    """Return a session's start as a table shows it."""
    return f"{start.day} {start:%b %Y, %H:%M}"


def recent(book: Book, learner: str, undoable: Iterable[str] = ()) -> tuple[list[str], list[dict]]:
    """Return the columns and rows of a table of the last sessions, and of those that can be undone."""
    mine, undoable = of_learner(book, learner), set(undoable)
    here = mine["source"].eq(SOURCE) & mine["source_id"].isin(undoable)
    chosen = pd.concat([mine.head(SHOWN), mine.iloc[SHOWN:][here.iloc[SHOWN:]]])
    lines = [
        (_cells(book, row), row["source_id"] if row["source_id"] in undoable else None) for _, row in chosen.iterrows()
    ]
    used = [place for place in range(len(COLUMNS)) if place < ALWAYS or any(cells[place] for cells, _ in lines)]
    rows = [{"cells": [cells[place] for place in used], "id": source_id} for cells, source_id in lines]
    return [COLUMNS[place] for place in used], rows


def _cells(book: Book, row: pd.Series) -> list[str]:
    told = [row[name] for name in ("part", "variation", "note") if pd.notna(row[name])]
    remarks = "; ".join(told).replace("_", " ") if told else ""
    return [
        when(row["start"]),
        row["skill"],
        _said(row["minutes"]),
        "" if pd.isna(row["score"]) else measured(row["score"], of_card(book, row["skill"], "unit")),
        _came_off(row["reps"], row["successes"]),
        _said(row["payoff"]),
        _said(row["flow"]),
        " → ".join(filter(None, [_said(row["mood_before"]), _said(row["mood_after"])])),
        remarks if len(remarks) <= 60 else f"{remarks[:58].rstrip()} …",
    ]


def _said(value: float) -> str:
    return "" if pd.isna(value) else number(value)


def _came_off(reps: float, successes: float) -> str:
    if pd.isna(successes):
        return "" if pd.isna(reps) else f"({counted(int(reps), 'rep')})"
    return f"{successes} of {reps}" if pd.notna(reps) else f"{successes}"


def table(caption: str, columns: list[str], rows: list[list[str]]) -> str:
    """Return a table as HTML, every text of it escaped."""
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>{"".join(f"<td>{html.escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        + (f"<thead><tr>{head}</tr></thead>" if columns else "")
        + f"<tbody>{body}</tbody></table>"
    )
