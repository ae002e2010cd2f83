"""What the log shows of each of the six parts, as a number from 0 to 1 and in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log.firsts import REWARDING
from mmlib.measures.structure.experiments import bought
from mmlib.measures.structure.sessions import Sessions
from mmlib.stats import intervals

FIRST_SESSIONS = 5
FEWEST_WEEKS = 4
ENOUGH_VARIATIONS = 3
NEVER = np.iinfo("int64").max
ASLEEP_DAYS = 28
"""A skill is asleep once its last session lies further back than this."""


class Context(NamedTuple):
    """What a part's evidence needs besides the skill's own sessions."""

    varied: bool
    """Whether the log records variations in any skill."""
    leaps: pd.DataFrame | None
    """The skill's barriers that were passed; None where nobody has looked for any."""


def entry_trick(sessions: Sessions, _: Context) -> tuple[float, str]:
    """Return the share of the first rated sessions that were rewarding, and the payoff around the trick."""
    rated = ~np.isnan(sessions.payoff)
    first = sessions.payoff[rated][_rank(sessions.learner[rated]) < FIRST_SESSIONS]
    if not first.size:
        return np.nan, f"no payoff rated{_around_the_trick(sessions)}"
    good = int((first >= REWARDING).sum())
    of = f"the first {counted(first.size, 'rated session')}" if first.size > 1 else "the only rated session"
    share = good / first.size
    return share, f"payoff of {REWARDING} or more in {good} of {of}{_around_the_trick(sessions)}"


def _around_the_trick(sessions: Sessions) -> str:
    """Return how many sessions worked on the entry trick, and the mean payoff before, with and after it."""
    tricks = sessions.part == "entry_trick"
    if not tricks.any():
        return ""
    start, learner, rated = sessions.start, sessions.learner, ~np.isnan(sessions.payoff)
    # A learner who never worked on it has no session before or after it.
    begin, end = np.full((2, learner.max() + 1), [[NEVER], [-NEVER]])
    np.minimum.at(begin, learner[tricks], start[tricks])
    np.maximum.at(end, learner[tricks], start[tricks])
    begin[begin == NEVER], end[end == -NEVER] = -NEVER, NEVER
    stretches = {"with it": tricks, "before": start < begin[learner], "after": start > end[learner]}
    found = {name: sessions.payoff[rows & rated] for name, rows in stretches.items()}
    said = [f"{part.mean():.1f} {name} (n = {part.size})" for name, part in found.items() if part.size]
    return f"; {counted(int(tricks.sum()), 'session')} on the entry trick" + _if(said, ", mean payoff ")


def _if(said: list[str], before: str) -> str:
    return before + ", ".join(said) if said else ""


def rub_pat_barrier(sessions: Sessions, context: Context) -> tuple[float, str]:
    """Return whether the parts were isolated and combined, and whether a leap followed."""
    recorded = int(pd.notna(sessions.part).sum())
    isolated, combined = (int((sessions.part == part).sum()) for part in ("isolate", "combine"))
    if not recorded:
        score, shown = np.nan, "no parts recorded"
    elif isolated + combined == 0:
        score, shown = 0.0, f"none of the {counted(recorded, 'session')} with a recorded part isolated or combined"
    else:
        score = ((isolated > 0) + (combined > 0)) / 2
        shown = f"{counted(isolated, 'session')} isolated the parts and {combined} combined them"
    leaps = context.leaps
    if leaps is None or not sessions.start.size:
        return score, shown
    if leaps.empty:
        return score, f"{shown}; no plateau found that a leap ended"
    prepared, last, many = int(leaps["isolated"].sum()), leaps["start"].max(), len(leaps) > 1
    shown += f"; {counted(len(leaps), 'plateau')} ended by a leap{', the last' if many else ''}"
    shown += f" on {last.day} {last:%B %Y}"
    if prepared:
        shown += f", {f'{prepared} of them ' if many else ''}after the parts were isolated"
    return float(np.nanmax([score, 1.0 if prepared else 0.5])), shown


def background_support(sessions: Sessions, _: Context) -> tuple[float, str]:
    """Return the mean rating of support, from 0 to 1."""
    return _mean_rating(sessions, "support", sessions.support)


def payoff(sessions: Sessions, _: Context) -> tuple[float, str]:
    """Return the mean payoff felt, from 0 to 1."""
    return _mean_rating(sessions, "payoff", sessions.payoff)


def _mean_rating(sessions: Sessions, name: str, ratings: NDArray[np.float64]) -> tuple[float, str]:
    mean, low, high, n = intervals.mean_interval(ratings, least_sd=intervals.RATING_SD)
    if not n:
        return np.nan, f"no {name} rated"
    # Neighbouring sessions of several learners do not follow one another.
    one = sessions.learner[0] == sessions.learner[-1] and not np.isnan(low)
    span = f" ({max(low, 1.0):.1f} to {min(high, 5.0):.1f})" if one else ""
    return (mean - 1) / 4, f"mean {name} {mean:.1f} of 5{span} in {counted(n, 'session')}"


def repeatability(sessions: Sessions, _: Context) -> tuple[float, str]:
    """Return how far the practice keeps its rhythm (weeks) and stays alive (no gap over 28 days)."""
    if not sessions.start.size:
        return np.nan, "no session"
    other = _changes(sessions.learner) | _changes(sessions.day)
    day, is_first = sessions.day[other], _changes(sessions.learner[other])
    learner, now = np.cumsum(is_first) - 1, np.append(is_first[1:], True)
    begun, last = day[is_first], sessions.last_day[other][is_first]
    age, last_age = day - begun[learner], last - begun
    kept = int((is_first | _changes(age // 7)).sum())
    possible, span = int((last_age // 7 + 1).sum()), int((last_age + 1).sum())
    if possible < FEWEST_WEEKS:
        return np.nan, f"begun only {counted(possible, 'week')} before the log ends, too new to tell"
    gap = np.where(now, last[learner], np.append(day[1:], 0)) - day
    alive = _alive(Gaps(learner, gap, age, now), span)
    shown = f"practised in {kept} of {counted(possible, 'week')} since the first session; {alive}"
    return (kept / possible + 1 - np.maximum(gap - ASLEEP_DAYS, 0).sum() / span) / 2, shown


def _changes(values: np.ndarray) -> np.ndarray:
    """Return where a value differs from the one before; the first one does."""
    return np.append(True, values[1:] != values[:-1])


def _rank(groups: np.ndarray) -> np.ndarray:
    """Return each row's place, from 0, among those of its group, which stand together."""
    row = np.arange(groups.size)
    return row - np.maximum.accumulate(np.where(_changes(groups)[: row.size], row, 0))


class Gaps(NamedTuple):
    """The days from each day of practice to the next one, or to the learner's last day in the log."""

    learner: NDArray[np.int64]
    days: NDArray[np.int64]
    age: NDArray[np.int64]
    """Days since the learner's first session when the gap began."""
    now: NDArray[np.bool_]
    """Whether it is the learner's last gap."""


def _alive(gaps: Gaps, span: int) -> str:
    """Return in words how long the skill stayed alive."""
    over = f"gap of over {ASLEEP_DAYS} days"
    learners, asleep = int(gaps.learner[-1]) + 1, gaps.days > ASLEEP_DAYS
    slept, now = (Gaps(*(column[rows] for column in gaps)) for rows in (asleep, asleep & gaps.now))
    times, still = slept.days.size, now.days.size
    if not times:
        return f"no {over} in {counted(span, 'day')}"
    if learners > 1:
        now_too = f", {still} of them not back since" if still else ", all of them back since"
        return f"{np.unique(slept.learner).size} of {learners} learners had a {over}{now_too}"
    said = f"a {over}" if times == 1 else f"{times} gaps of over {ASLEEP_DAYS} days, the first"
    said += f" after {counted(int(slept.age[0]) + 1, 'day')}"
    return f"{said}; asleep now, for {counted(int(now.days[0]), 'day')}" if still else f"{said}; awake again"


def experimental_possibilities(sessions: Sessions, context: Context) -> tuple[float, str]:
    """Return how many variations were tried, and what went with them."""
    if sessions.is_item.any():
        return np.nan, "its variations name the items that were asked, not what was tweaked"
    if not context.varied:
        return np.nan, "no variations recorded in any skill"
    if not sessions.start.size:
        return np.nan, "no session"
    had = sessions.variation[sessions.variation >= 0]
    tried = np.unique(had).size
    shown = f"{counted(tried, 'variation')} tried"
    shown += f" in {counted(had.size, 'session')}" if tried else ""
    return min(1.0, tried / ENOUGH_VARIATIONS), shown + bought(sessions)


PRACTISED: dict[str, Callable[[Sessions, Context], tuple[float, str]]] = {
    "entry_trick": entry_trick,
    "rub_pat_barrier": rub_pat_barrier,
    "background_support": background_support,
    "payoff": payoff,
    "repeatability": repeatability,
    "experimental_possibilities": experimental_possibilities,
}
