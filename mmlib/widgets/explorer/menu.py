"""Which charts the explorer offers for each theme: those that a change of the choice redraws at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmlib import charts
from mmlib.errors import MMError, did_you_mean
from mmlib.measures import payoff, repetition, selves, structure, synergy
from mmlib.practice import Practice


class Part:
    """The chosen part of a practice, with the tables that several charts share."""

    def __init__(self, practice: Practice) -> None:
        self.log, self.skills, self.milestones = practice.log, practice.skills, practice.milestones
        self.as_of = self.log["start"].max()
        self.curves = lru_cache(64)(self._curves)

    @cached_property
    def felt(self) -> pd.DataFrame:
        """What the practice is worth to the learner."""
        return payoff.felt(self.log)

    @cached_property
    def practised(self) -> list[str]:
        """The skills, the most practised ones first."""
        return self.log["skill"].value_counts().index.to_list()

    def _curves(self, skill: str, over: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        own = self.log[self.log["skill"] == skill]
        curves = payoff.learning_curves(own, over=over)
        return curves, payoff.curve_points(own, curves)


class Offer(NamedTuple):
    """A chart: its name in the code, its name on the page, and how it is drawn of a part of the practice.

    One that is `large` is of a single skill; it is drawn of a part, the skill and the scale of practice.
    """

    name: str
    label: str
    draw: Callable[..., object]
    large: bool = False
    scaled: bool = False


def _month_so_far(part: Part) -> object:
    since = part.as_of.normalize().replace(day=1)
    return charts.progress(payoff.progress(part.log, since=since, until=part.as_of))


def _barriers(part: Part, skill: str, _: str) -> object:
    curves, points = part.curves(skill, "trial")
    return charts.barriers(points, payoff.barriers(part.log[part.log["skill"] == skill], curves))


def _balance(part: Part) -> object:
    return charts.balance(selves.balance(part.log))


THEMES: Mapping[str, tuple[Offer, ...]] = {
    "repetition": (
        Offer("calendar", "Calendar: every day of the last year", lambda p: charts.calendar(repetition.daily(p.log))),
        Offer("totals", "Time for each skill", lambda p: charts.totals(repetition.totals(p.log, by="skill"))),
        Offer("week", "The ordinary week", lambda p: charts.week(repetition.week(p.log))),
        Offer("streaks", "Days in a row",
              lambda p: charts.streaks(repetition.streaks(p.log, as_of=p.as_of, by="skill"))),
        Offer("spacing", "The pauses in between", lambda p: charts.spacing(repetition.spacing(p.log))),
        Offer("rhythm", "How evenly", lambda p: charts.rhythm(repetition.rhythm(p.log, as_of=p.as_of))),
        Offer("rest", "Falling asleep?", lambda p: charts.rest(repetition.rest(p.log, as_of=p.as_of))),
        Offer("load", "Sudden or narrow load?", lambda p: charts.load(repetition.load(p.log, as_of=p.as_of))),
    ),
    "payoff": (
        Offer("learning_curve", "Learning curve",
              lambda p, skill, over: charts.learning_curve(p.curves(skill, over)[1]), large=True, scaled=True),
        Offer("barriers", "Plateaus and leaps", _barriers, large=True),
        Offer("progress", "Better than before?", _month_so_far),
        Offer("felt", "How it feels", lambda p: charts.felt(p.felt)),
        Offer("felt_per_hour", "Reward per hour", lambda p: charts.felt_per_hour(p.felt)),
        Offer("felt_trend", "Does the reward last?", lambda p: charts.felt_trend(p.felt)),
    ),
    "synergy": (
        Offer("breadth", "How many skills, effectively?",
              lambda p: charts.breadth(synergy.breadth(p.log), until=p.as_of)),
        Offer("domains", "How many domains, effectively?",
              lambda p: charts.breadth(synergy.breadth(p.log, of="domain"), of="domain", until=p.as_of)),
        Offer("hours", "Where did the hours go?",
              lambda p: charts.hours(repetition.totals(p.log, by="domain", freq="MS"))),
    ),
    "structure": (
        Offer("scorecard", "The six parts", lambda p: charts.scorecard(structure.scorecard(p.skills, p.log))),
        Offer("small_doors", "Small doors", lambda p: charts.small_doors(structure.small_doors(p.skills, p.log))),
    ),
    "selves": (
        Offer("balance", "The time of each self", _balance),
        Offer("mood_lift", "Mood and skills", lambda p: charts.mood_lift(selves.mood_lift(p.log))),
        Offer("mood_of_selves", "Mood and selves", lambda p: charts.mood_lift(selves.mood_lift(p.log, by="self"))),
        Offer("agency", "Progress in sight", lambda p: charts.agency(selves.agency(p.log, p.milestones))),
    ),
}  # fmt: skip


def offer(theme: str, chart: str) -> Offer:
    """Return one of a theme's charts, the first one where none is named.

    Raises
    ------
    MMError
        Where the theme has no such chart here.
    """
    found = {one.name: one for one in THEMES[theme]}
    if chart and chart not in found:
        raise MMError(f'The explorer has no chart "{chart}" of {theme}. {did_you_mean(chart, found)}')
    return found[chart] if chart else THEMES[theme][0]


def drawn(of: Offer, part: Part, skill: str, over: str) -> tuple[Figure, str]:
    """Return a chart's figure and its reading."""
    axes = of.draw(part, skill, over) if of.large else of.draw(part)
    return np.atleast_1d(np.asarray(axes, dtype=object)).flat[0].figure, str(charts.reading(axes))
