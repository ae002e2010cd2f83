"""What was chosen: who, which skills, when, and what is shown of them; and the line of code that says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from mmlib.errors import MMError, did_you_mean
from mmlib.practice import Practice
from mmlib.widgets.explorer.menu import THEMES, offer
from mmlib.words import date, listed

SCALES = {"trials": "trial", "minutes": "minutes"}
"""What a curve is drawn over, and what the measures call it."""


@dataclass(frozen=True)
class Choice:
    """One view of a log; empty texts and no skills are no limits.

    Attributes
    ----------
    learner : str
    skills : tuple of str
    since, until : str
        Dates, YYYY-MM-DD.
    theme, chart : str
        One of the five themes, and one of its charts.
    over : str
        "trials" or "minutes".
    skill : str
        Which learning curve is drawn; the most practised one's if empty.
    """

    learner: str = ""
    skills: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    theme: str = "repetition"
    chart: str = ""
    over: str = "trials"
    skill: str = ""

    def shown(self) -> dict[str, Any]:
        """Return the choice as the page knows it."""
        return {**asdict(self), "skills": list(self.skills)}

    def line(self, folder: str, learner: str) -> str:
        """Return the call that gives this view; the learner is named where it isn't this one.

        Examples
        --------
        >>> Choice(learner="ada", theme="payoff", over="minutes").line("my-practice", "ada")
        'mm.explore("my-practice", theme="payoff", over="minutes")'
        """
        usual = Choice(learner=learner, chart=THEMES[self.theme][0].name).shown()
        named = [f"{name}={_code(value)}" for name, value in self.shown().items() if value and value != usual[name]]
        return f"mm.explore({', '.join([_code(folder), *named])})"

    def words(self, first: pd.Timestamp | None = None, last: pd.Timestamp | None = None) -> str:
        """Return the choice in words: who, which skills, from when to when."""
        of = listed(self.skills) if self.skills else "all skills"
        begin, end = (date(pd.Timestamp(day)) if day else "" for day in (self.since or first, self.until or last))
        when = " ".join(filter(None, [f"from {begin}" if begin else "", f"to {end}" if end else ""]))
        return ", ".join(filter(None, [f"{self.learner}: {of}", when]))


def _code(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def checked(practice: Practice, wish: Mapping[str, Any]) -> Choice:
    """Return a choice of what there is.

    Raises
    ------
    MMError
        For a learner, skill, date, theme, chart or scale that there is not.
    """
    known = [field.name for field in fields(Choice)]
    for name in wish:
        if name not in known:
            raise MMError(f'explore takes no "{name}". {did_you_mean(name, known)}')
    wish = {name: value for name, value in wish.items() if value not in (None, "", (), [])}
    learners = sorted(practice.log["learner"].unique())
    wish.setdefault("learner", learners[0] if learners else "")
    skills = wish.get("skills", ())
    skills = (skills,) if isinstance(skills, str) else tuple(dict.fromkeys(skills))
    practice.only(wish["learner"], skills)
    _named("over", wish.get("over", "trials"), SCALES)
    theme = wish.get("theme", Choice.theme)
    _named("theme", theme, THEMES)
    shown = offer(theme, wish.get("chart", ""))
    if wish.get("skill"):
        practice.only(skills=[wish["skill"]])
    days = {name: day(name, wish[name]) for name in ("since", "until") if name in wish}
    return Choice(**{**wish, **days, "skills": skills, "theme": theme, "chart": shown.name})


def _named(what: str, value: object, choices: Mapping[str, object]) -> None:
    if value not in choices:
        hint = did_you_mean(str(value), choices)
        raise MMError(f'{what}: found "{value}", expected one of {", ".join(choices)}. {hint}')


def day(name: str, value: object) -> str:
    """Return a date as text.

    Raises
    ------
    MMError
        Where it is none.
    """
    try:
        return pd.Timestamp(value).strftime("%Y-%m-%d")
    except (ValueError, TypeError):
        raise MMError(f'{name}: found "{value}", expected a date. Write 2026-10-31.') from None
