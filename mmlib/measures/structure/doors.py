"""Small doors: how soon a skill gives its first payoff, and how soon it is mastered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log.firsts import REWARDING, RUN, milestones_in
from mmlib.stats.survival import kaplan_meier

FEWEST_LEARNERS = 6
"""With five, all lie on one side of the median in 1 of 16 cases: no interval of them reaches 95 %."""
TYPES = {
    **dict.fromkeys(["skill", "door", "meaning"], "str"),
    **dict.fromkeys(["estimate", "low", "high", "trials", "days"], "float64"),
    **dict.fromkeys(["n", "reached"], "int64"),
    "hours_so_far": "float64",
    "reason": "str",
}


def small_doors(skills: pd.DataFrame, log: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return which skills are small enough: the hours of practice to the first payoff, and to mastery.

    The first payoff is the first session rated 4 or more, where any was rated at all; mastery, the first trial at
    which the median of the last five scores is at the card's target or beyond. Who is not there yet is not left
    out but counts as censored: the estimate is the Kaplan-Meier median over the learners, with the interval of
    Brookmeyer and Crowley on the log-log scale.

    Parameters
    ----------
    skills : DataFrame
        The skill cards: skill, and `target` and `better`, which take the place of the log's.
    log : DataFrame
        The log. Several learners are taken together.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Two rows per skill of either table: skill, door ("first payoff" or "mastery"), meaning (what counts as
        reached), estimate, low, high (hours of practice; of one learner, simply the learner's own), trials, days
        (medians likewise), n (learners who can be judged), reached (how many are there), hours_so_far (the most
        hours of a learner who is not), reason (why something is missing).

    References
    ----------
    Brookmeyer, R. & Crowley, J. (1982). A confidence interval for the median survival time. Biometrics 38, 29-41.
    Twigger, R. (2017). Micromastery. Penguin.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "omelette",
    ...     "start": pd.date_range("2026-10-01", periods=3, unit="us"),
    ...     "minutes": 15,
    ...     "payoff": [3, 4, 5],
    ...     "score": [5, 7, 8],
    ... }))
    >>> skills = pd.DataFrame({"skill": ["omelette"], "target": [9.0], "better": ["higher"]})
    >>> small_doors(skills, log)[["door", "estimate", "reached", "reason"]]
               door  estimate  reached                                   reason
    0  first payoff       0.5        1  1 learner: an interval needs at least 6
    1       mastery       NaN        0                      not yet after 0.8 h
    """
    trials = milestones_in(_with_cards(log, skills))
    ends = {door: _ends(trials, reached, judged) for door, (reached, judged, _) in DOORS.items()}
    rows = []
    for skill in dict.fromkeys([*skills["skill"], *sorted(log["skill"].unique())]):
        for door, (_, _, meaning) in DOORS.items():
            found = _door(ends[door].get(skill, NOBODY), door, confidence)
            rows.append({"skill": skill, "door": door, "meaning": meaning, **found})
    return pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)


DOORS = {
    "first payoff": ("rewarding", "rated", f"a payoff of {REWARDING} or more"),
    "mastery": ("at_target", "scored", f"the median of {RUN} scores at the target"),
}


class Learners(NamedTuple):
    """How far the learners of one skill came: up to when they were there, or up to now."""

    hours: NDArray[np.float64]
    trials: NDArray[np.float64]
    days: NDArray[np.float64]
    there: NDArray[np.bool_]


NOBODY = Learners(*np.empty((3, 0)), np.empty(0, dtype=bool))


def _with_cards(log: pd.DataFrame, skills: pd.DataFrame) -> pd.DataFrame:
    """Return the log with the target and the direction of these cards, where they have one."""
    skill, names = pd.factorize(log["skill"])
    cards = skills.drop_duplicates("skill").set_index("skill").reindex(names)
    given = {name: cards[name].take(skill).set_axis(log.index) for name in ("target", "better") if name in cards}
    own = log.reindex(columns=[*log.columns, *(name for name in ("target", "better") if name not in log)])
    return own.assign(**{name: values.where(values.notna(), own[name]) for name, values in given.items()})


def _ends(trials: pd.DataFrame, reached: str, judged: str) -> dict[str, Learners]:
    """Return, by skill, each learner who can be judged at the first trial that reached it, or else at the last."""
    begin, there = np.flatnonzero(trials["trial"] == 1), trials[reached].to_numpy(dtype=bool)
    size = np.diff(begin, append=len(trials))
    last = np.repeat(begin + size - 1, size)
    end = np.minimum.reduceat(np.where(there, np.arange(len(trials)), last), begin)
    end = end[np.logical_or.reduceat(trials[judged].to_numpy(dtype=bool), begin)]
    table = trials.loc[end, ["skill", "hours", "trial", "days"]]
    learners = Learners(*table[["hours", "trial", "days"]].to_numpy(dtype=float).T, there[end])
    return {
        skill: Learners(*(column[rows] for column in learners))
        for skill, rows in table.groupby("skill").indices.items()
    }


def _door(learners: Learners, door: str, confidence: float) -> dict[str, object]:
    """Return the medians over the learners of one skill."""
    there = learners.there
    amounts = (learners.hours, learners.trials, learners.days)
    hours, trials, days = (_median(amount, there, confidence) for amount in amounts)
    so_far = max(learners.hours[~there & ~np.isnan(learners.hours)], default=np.nan)
    found = dict(zip(("estimate", "low", "high"), hours, strict=True)) | {"trials": trials[0], "days": days[0]}
    found |= {"n": there.size, "reached": int(there.sum()), "hours_so_far": so_far}
    return found | {"reason": _reason(learners, door, hours, so_far)}


def _median(time: NDArray[np.float64], there: NDArray[np.bool_], confidence: float) -> tuple[float, float, float]:
    """Return the Kaplan-Meier median and its limits: the times at which the curve's own limits fall to one half."""
    known = ~np.isnan(time)
    time, there = time[known], there[known]
    if not time.size:
        return np.nan, np.nan, np.nan
    if time.size == 1:  # a single learner's curve falls to nothing at once, or not at all
        return float(time[0]) if there[0] else np.nan, np.nan, np.nan
    curve = kaplan_meier(time, there, confidence=confidence)
    estimate = _falls_to_half(curve.time, curve.estimate)
    if time.size < FEWEST_LEARNERS:
        return estimate, np.nan, np.nan
    gone = curve.estimate <= 0
    low, high = (_falls_to_half(curve.time, np.where(gone, 0.0, limit)) for limit in (curve.low, curve.high))
    return estimate, low, high


def _falls_to_half(time: np.ndarray, share: np.ndarray) -> float:
    """Return when a curve falls to one half; of a stretch at exactly one half, the middle."""
    at = np.flatnonzero(share <= 0.5 + 1e-9)
    if not at.size:
        return np.nan
    below = np.flatnonzero(share < 0.5 - 1e-9)
    return float(time[at[0]] + time[below[0] if below.size else at[0]]) / 2


def _reason(learners: Learners, door: str, hours: tuple[float, float, float], so_far: float) -> str:
    """Return in words what is missing."""
    n, there = learners.there.size, int(learners.there.sum())
    if n == 0:
        return "no payoff rated" if door == "first payoff" else "no score, or no target on the card"
    if np.isnan(learners.hours).all():
        return "no minutes known"
    if np.isnan(hours[0]):
        return f"not yet after {so_far:.1f} h" if n == 1 else f"{there} of {n} learners so far, in up to {so_far:.1f} h"
    if n < FEWEST_LEARNERS:
        return f"{counted(n, 'learner')}: an interval needs at least {FEWEST_LEARNERS}"
    return "no upper limit: too few are there yet" if np.isnan(hours[2]) else ""
