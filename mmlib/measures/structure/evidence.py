"""What the log shows of each of the six parts, as a number from 0 to 1 and in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.log.firsts import REWARDING
from mmlib.measures.structure.experiments import bought
from mmlib.stats import intervals

FIRST_SESSIONS = 5
FEWEST_WEEKS = 4
ENOUGH_VARIATIONS = 3
ASLEEP_DAYS = 28
"""A skill is asleep once its last session lies further back than this."""


class Context(NamedTuple):
    """What a part's evidence needs besides the skill's own sessions."""

    last_days: pd.Series
    """Each learner's last day in the log."""
    varied: bool
    """Whether the log records variations in any skill."""
    leaps: pd.DataFrame | None
    """The skill's barriers that were passed; None where nobody has looked for any."""
    items: bool = False
    """Whether the skill is a set of items, whose names stand where other skills have variations."""


def entry_trick(sessions: pd.DataFrame, _: Context) -> tuple[float, str]:
    """Return the share of the first rated sessions that were rewarding, and the payoff around the trick."""
    first = sessions[sessions["payoff"].notna()].groupby("learner").head(FIRST_SESSIONS)["payoff"]
    if first.empty:
        return np.nan, f"no payoff rated{_around_the_trick(sessions)}"
    good = int((first >= REWARDING).sum())
    rated = f"the first {counted(len(first), 'rated session')}" if len(first) > 1 else "the only rated session"
    share = good / len(first)
    return share, f"payoff of {REWARDING} or more in {good} of {rated}{_around_the_trick(sessions)}"


def _around_the_trick(sessions: pd.DataFrame) -> str:
    """Return how many sessions worked on the entry trick, and the mean payoff before, with and after it."""
    tricks = sessions["part"] == "entry_trick"
    if not tricks.any():
        return ""
    learner = sessions["learner"]
    own = sessions["start"].where(tricks).groupby(learner)
    stretches = {
        "with it": tricks,
        "before": sessions["start"] < own.transform("min"),
        "after": sessions["start"] > own.transform("max"),
    }
    found = {name: sessions.loc[rows, "payoff"].dropna() for name, rows in stretches.items()}
    said = [f"{part.mean():.1f} {name} (n = {len(part)})" for name, part in found.items() if len(part)]
    return f"; {counted(int(tricks.sum()), 'session')} on the entry trick" + _if(said, ", mean payoff ")


def _if(said: list[str], before: str) -> str:
    return before + ", ".join(said) if said else ""


def rub_pat_barrier(sessions: pd.DataFrame, context: Context) -> tuple[float, str]:
    """Return whether the parts were isolated and combined, and whether a leap followed."""
    parts = sessions["part"].dropna()
    isolated, combined = int((parts == "isolate").sum()), int((parts == "combine").sum())
    if parts.empty:
        score, shown = np.nan, "no parts recorded"
    elif isolated + combined == 0:
        score, shown = 0.0, f"none of the {counted(parts.size, 'session')} with a recorded part isolated or combined"
    else:
        score = ((isolated > 0) + (combined > 0)) / 2
        shown = f"{counted(isolated, 'session')} isolated the parts and {combined} combined them"
    leaps = context.leaps
    if leaps is None or sessions.empty:
        return score, shown
    if leaps.empty:
        return score, f"{shown}; no plateau found that a leap ended"
    prepared, last, many = int(leaps["isolated"].sum()), leaps["start"].max(), len(leaps) > 1
    shown += f"; {counted(len(leaps), 'plateau')} ended by a leap{', the last' if many else ''}"
    shown += f" on {last.day} {last:%B %Y}"
    if prepared:
        shown += f", {f'{prepared} of them ' if many else ''}after the parts were isolated"
    return float(np.nanmax([score, 1.0 if prepared else 0.5])), shown


def background_support(sessions: pd.DataFrame, _: Context) -> tuple[float, str]:
    """Return the mean rating of support, from 0 to 1."""
    return _mean_rating(sessions, "support")


def payoff(sessions: pd.DataFrame, _: Context) -> tuple[float, str]:
    """Return the mean payoff felt, from 0 to 1."""
    return _mean_rating(sessions, "payoff")


def _mean_rating(sessions: pd.DataFrame, name: str) -> tuple[float, str]:
    ratings = sessions[name].dropna()
    if ratings.empty:
        return np.nan, f"no {name} rated"
    mean, low, high, n = intervals.mean_interval(ratings, least_sd=intervals.RATING_SD)
    # Neighbouring sessions of several learners do not follow one another.
    one = len(sessions["learner"].unique()) == 1 and not np.isnan(low)
    span = f" ({max(low, 1.0):.1f} to {min(high, 5.0):.1f})" if one else ""
    return (mean - 1) / 4, f"mean {name} {mean:.1f} of 5{span} in {counted(n, 'session')}"


def repeatability(sessions: pd.DataFrame, context: Context) -> tuple[float, str]:
    """Return how far the practice keeps its rhythm (weeks) and stays alive (no gap over 28 days)."""
    if sessions.empty:
        return np.nan, "no session"
    days = sessions[["learner"]].assign(day=sessions["start"].dt.normalize()).drop_duplicates()
    begun = days.groupby("learner")["day"].transform("min")
    last = days["learner"].map(context.last_days)
    kept = len(days.assign(week=(days["day"] - begun).dt.days // 7).drop_duplicates(["learner", "week"]))
    is_first = days["day"] == begun
    possible = int(((last - begun).dt.days // 7 + 1)[is_first].sum())
    if possible < FEWEST_WEEKS:
        return np.nan, f"begun only {counted(possible, 'week')} before the log ends, too new to tell"
    following = days.groupby("learner")["day"].shift(-1)
    gap = (following.fillna(last) - days["day"]).dt.days
    asleep = (gap - ASLEEP_DAYS).clip(lower=0)
    span = int(((last - begun).dt.days + 1)[is_first].sum())
    gaps = days.assign(gap=gap, asleep=asleep > 0, age=(days["day"] - begun).dt.days, now=following.isna())
    shown = f"practised in {kept} of {counted(possible, 'week')} since the first session; {_alive(gaps, span)}"
    return (kept / possible + 1 - asleep.sum() / span) / 2, shown


def _alive(gaps: pd.DataFrame, span: int) -> str:
    """Return in words how long the skill stayed alive."""
    over = f"gap of over {ASLEEP_DAYS} days"
    learners, slept = gaps["learner"].nunique(), gaps[gaps["asleep"]]
    now = slept[slept["now"]]
    if slept.empty:
        return f"no {over} in {counted(span, 'day')}"
    if learners > 1:
        now_too = f", {len(now)} of them not back since" if len(now) else ", all of them back since"
        return f"{slept['learner'].nunique()} of {learners} learners had a {over}{now_too}"
    times = "a" if len(slept) == 1 else f"{len(slept)} gaps of over {ASLEEP_DAYS} days, the first"
    said = f"{times} {over}" if len(slept) == 1 else times
    said += f" after {counted(int(slept['age'].iloc[0]) + 1, 'day')}"
    return f"{said}; asleep now, for {counted(int(now['gap'].iloc[0]), 'day')}" if len(now) else f"{said}; awake again"


def experimental_possibilities(sessions: pd.DataFrame, context: Context) -> tuple[float, str]:
    """Return how many variations were tried, and what went with them."""
    if context.items:
        return np.nan, "its variations name the items that were asked, not what was tweaked"
    if not context.varied:
        return np.nan, "no variations recorded in any skill"
    if sessions.empty:
        return np.nan, "no session"
    tried = int(sessions["variation"].nunique())
    shown = f"{counted(tried, 'variation')} tried"
    times = int(sessions["variation"].notna().sum())
    shown += f" in {counted(times, 'session')}" if tried else ""
    return min(1.0, tried / ENOUGH_VARIATIONS), shown + bought(sessions)


PRACTISED: dict[str, Callable[[pd.DataFrame, Context], tuple[float, str]]] = {
    "entry_trick": entry_trick,
    "rub_pat_barrier": rub_pat_barrier,
    "background_support": background_support,
    "payoff": payoff,
    "repeatability": repeatability,
    "experimental_possibilities": experimental_possibilities,
}
