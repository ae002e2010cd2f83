"""The fields of one practice session: what they hold, what stands in them beforehand, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
from ipywidgets import VBox

from mmlib.errors import Problem
from mmlib.log import PARTS
from mmlib.widgets import sessions
from mmlib.widgets.forms import Field, Fold, Stars, decimal_point, line, lines, wide
from mmlib.widgets.sessions import Book
from mmlib.widgets.stopwatch import Stopwatch

CHIPS = 5
AMOUNT = ("none", "a little", "some", "much", "a great deal")
FLOW = ("not at all", "a little", "partly", "mostly", "lost track of time")
MOOD = ("very low", "low", "middling", "good", "very good")
CHALLENGE = ("too easy", "rather easy", "just right", "rather hard", "too hard")
SUPPORT = ("nothing was ready", "little was", "half was", "most was", "all was ready")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _fields() -> dict[str, Field | Stars]:
    """Return a part of the form for each column of the log that a learner fills in."""
    parts = [["", "–"], *([part, part.replace("_", " ")] for part in PARTS)]
    return {
        "skill": wide(Field(label="Skill", placeholder="what you practised")),
        "minutes": Field(label="Minutes", kind="number", hint="such as 15 or 1h30"),
        "score": wide(Field(label="Score", kind="number")),
        "reps": Field(label="Repetitions", kind="number", hint="how many tries"),
        "successes": Field(label="Came off", kind="number", hint="how many of them"),
        "payoff": Stars(label="Payoff", words=list(AMOUNT)),
        "flow": Stars(label="Flow", words=list(FLOW)),
        "mood_before": Stars(label="Mood before", words=list(MOOD)),
        "mood_after": Stars(label="Mood after", words=list(MOOD)),
        "start": Field(label="Start", placeholder="now", hint="18:30, or 2026-10-31 18:30"),
        "part": Field(label="Part", kind="choice", options=parts, hint="what it worked on"),
        "variation": wide(Field(label="Variation", hint="what you changed, such as eyes closed")),
        "challenge": Stars(label="Challenge", words=list(CHALLENGE)),
        "support": Stars(label="Support", words=list(SUPPORT)),
        "praise": Stars(label="Praise", words=list(AMOUNT)),
        "self": Field(label="Self", hint="which self it honoured, if not the card's"),
        "note": wide(Field(label="Note", kind="long", hint="anything worth keeping")),
    }


class Entry(VBox):
    """The fields of one session, a part each, with a stopwatch and a fold for what is rarely needed.

    Attributes
    ----------
    fields : dict
        A `Field` or `Stars` for each column.
    stopwatch : Stopwatch
        It fills in the minutes and the start.
    more : Fold
        Shows the rest.
    """

    def __init__(self) -> None:
        self.fields, self.stopwatch = _fields(), Stopwatch()
        self._book = self._mine = None
        self._minutes = self._start = ""
        self._fresh = self.values
        part = self.fields
        rest = lines(
            line(part["start"], part["part"], part["variation"]),
            line(part["challenge"], part["support"], part["praise"]),
            line(part["self"], part["note"]),
        )
        self.more = Fold(rest, label="More: start, part, variation, challenge, support, praise, note")
        numbers = line(part["score"], part["reps"], part["successes"])
        numbers.add_class("mm-numbers")
        super().__init__(
            [
                line(part["skill"], part["minutes"], self.stopwatch),
                numbers,
                line(part["payoff"], part["flow"], part["mood_before"], part["mood_after"]),
                self.more,
                rest,
            ]
        )
        part["skill"].observe(lambda _: self._suit(), "value")
        self.stopwatch.observe(lambda _: self._timed(), ["running", "banked"])

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields."""
        return {name: part.value for name, part in self.fields.items()}

    @property
    def untouched(self) -> bool:
        """Whether nothing was written since the form was made ready."""
        return self.values == self._fresh and not self.stopwatch.seconds

    def know(self, book: Book, mine: pd.DataFrame, skills: list[str]) -> None:
        """Offer the skills that are known now, and say what their scores count."""
        self._book, self._mine = book, mine
        skill = self.fields["skill"]
        skill.options, skill.chips = [[name, name] for name in skills], skills[:CHIPS]
        self._suit()

    def ready(self, skill: str, minutes: str = "") -> None:
        """Make the form ready for the next session: this skill, as many minutes, all else empty."""
        for name, part in self.fields.items():
            if name not in ("skill", "minutes"):
                part.value = _nothing(part)
        self._minutes = self.fields["minutes"].value = minutes
        self.stopwatch.reset()
        self.fields["skill"].value = skill
        self._suit()
        self._fresh = self.values

    def put_back(self, row: Mapping[str, Any]) -> bool:
        """Put a row back to be put right, unless another session is being written; return whether it is."""
        if not self.untouched:
            return False
        for name, part in self.fields.items():
            part.value = row.get(name, _nothing(part))
        return True

    def row(self) -> dict[str, Any]:
        """Return what the form holds as a row of the log, as it was written."""
        row = {name: v.strip() if isinstance(v, str) else v for name, v in self.values.items() if v not in (None, "")}
        for name in {"minutes", "score"} & row.keys():
            row[name] = decimal_point(row[name])
        return {**row, "skill": row.get("skill"), "start": self._began(row.get("start", ""))}

    def show(self, problems: Iterable[Problem]) -> list[str]:
        """Say at each field what is wrong with it, bring the learner to the first, and return their labels."""
        for part in self.fields.values():
            part.error = ""
        for problem in problems:
            said = f"Found {problem.found}, expected {problem.expected}. {problem.advice}"
            self.fields[problem.column].error = said
        names = list(self.fields)
        wrong = [name for name in names if self.fields[name].error]
        if wrong:
            self.more.unfolded = self.more.unfolded or names.index(wrong[-1]) >= names.index("start")
            self.fields[wrong[0]].focus()
        return [self.fields[name].label for name in wrong]

    def _began(self, written: str) -> str:
        """Return the start as the log takes it: a time of day is the last one on the learner's clock."""
        now, clock = self.stopwatch.now(), _CLOCK.fullmatch(written)
        if not clock:
            return written or str(now)
        start = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0)
        return str(start if start <= now else start - timedelta(days=1))

    def _suit(self) -> None:
        """Let the score speak of the skill's unit, and the minutes be those of its last session."""
        if self._book is None:
            return
        skill, score, minutes = self.fields["skill"].value.strip(), self.fields["score"], self.fields["minutes"]
        score.hint, score.placeholder = sessions.scored(self._book, self._mine, skill)
        self.fields["self"].placeholder = str(sessions.of_card(self._book, skill, "self") or "")
        done = self._mine[(self._mine["skill"] == skill) & self._mine["minutes"].notna()]
        if len(done) and minutes.value == self._minutes and not self.stopwatch.seconds:
            minutes.value = self._minutes = f"{done['minutes'].iloc[0]:.6g}"
            self._fresh["minutes"] = self._minutes  # nobody wrote it

    def _timed(self) -> None:
        """Put the stopwatch's minutes and its first start into the form, once it stands still."""
        watch, minutes, start = self.stopwatch, self.fields["minutes"], self.fields["start"]
        if watch.running:
            return
        timed = watch.began is not None
        minutes.value = f"{round(watch.seconds / 60, 1 if watch.seconds >= 60 else 2):g}" if timed else self._minutes
        if start.value == self._start:  # not one that the learner wrote
            start.value = self._start = str(watch.began) if timed else ""


def _nothing(part: Field | Stars) -> str | None:
    return "" if isinstance(part, Field) else None
