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
NEVER = np.iinfo("int64").max
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
    rated = sessions.loc[sessions["payoff"].notna(), ["learner", "payoff"]]
    first = rated["payoff"][_rank(pd.factorize(rated["learner"])[0]) < FIRST_SESSIONS]
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
    start, learner = sessions["start"].to_numpy().astype("int64"), pd.factorize(sessions["learner"])[0]
    # A learner who never worked on it has no session before or after it.
    begin, end = np.full((2, learner.max() + 1), [[NEVER], [-NEVER]])
    np.minimum.at(begin, learner[tricks], start[tricks])
    np.maximum.at(end, learner[tricks], start[tricks])
    begin[begin == NEVER], end[end == -NEVER] = -NEVER, NEVER
    stretches = {"with it": tricks, "before": start < begin[learner], "after": start > end[learner]}
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
    learner, names = pd.factorize(sessions["learner"])
    day = sessions["start"].to_numpy().astype("datetime64[D]").astype("int64")
    other = _changes(learner) | _changes(day)
    learner, day = learner[other], day[other]
    is_first, now = _changes(learner), np.append(_changes(learner)[1:], True)
    begun, last = day[is_first], context.last_days[names].to_numpy().astype("datetime64[D]").astype("int64")
    age, last_age = day - begun[learner], last - begun
    kept = int((is_first | _changes(age // 7)).sum())
    possible, span = int((last_age // 7 + 1).sum()), int((last_age + 1).sum())
    if possible < FEWEST_WEEKS:
        return np.nan, f"begun only {counted(possible, 'week')} before the log ends, too new to tell"
    gap = np.where(now, last[learner], np.append(day[1:], 0)) - day
    gaps = pd.DataFrame({"learner": learner, "gap": gap, "asleep": gap > ASLEEP_DAYS, "age": age, "now": now})
    shown = f"practised in {kept} of {counted(possible, 'week')} since the first session; {_alive(gaps, span)}"
    return (kept / possible + 1 - np.maximum(gap - ASLEEP_DAYS, 0).sum() / span) / 2, shown


def _changes(values: np.ndarray) -> np.ndarray:
    """Return where a value differs from the one before; the first one does."""
    return np.append(True, values[1:] != values[:-1])


def _rank(groups: np.ndarray) -> np.ndarray:
    """Return each row's place, from 0, among those of its group, which stand together."""
    row = np.arange(groups.size)
    return row - np.maximum.accumulate(np.where(_changes(groups)[: row.size], row, 0))


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
