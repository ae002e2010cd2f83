"""Small doors: how soon a skill gives its first payoff, and how soon it is mastered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.log.firsts import KEYS, REWARDING, RUN, first_where, milestones_in
from mmlib.stats.survival import kaplan_meier

FEWEST_LEARNERS = 6
"""With five, all lie on one side of the median in 1 of 16 cases: no interval of them reaches 95 %."""
AMOUNTS = ["hours", "trials", "days"]
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
    rows = []
    for door, (reached, judged, meaning) in DOORS.items():
        last = trials[trials[judged].groupby([trials[key] for key in KEYS]).transform("any")]
        table = last.drop_duplicates(KEYS, keep="last").set_index(KEYS)[["hours", "trial", "days"]]
        first = first_where(trials, reached).set_index(KEYS)[["hours", "trial", "days"]]
        table = pd.concat([first, table[~table.index.isin(first.index)]]).sort_index()
        table["there"] = table.index.isin(first.index)
        table.columns = [*AMOUNTS, "there"]
        groups = dict(list(table.groupby(level="skill")))
        for skill in dict.fromkeys([*skills["skill"], *sorted(log["skill"].unique())]):
            found = _door(groups.get(skill, table.iloc[:0]), door, confidence)
            rows.append({"skill": skill, "door": door, "meaning": meaning, **found})
    table = pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    order = {skill: place for place, skill in enumerate(dict.fromkeys(table["skill"]))}
    return table.sort_values("skill", key=lambda names: names.map(order), kind="stable", ignore_index=True)


DOORS = {
    "first payoff": ("rewarding", "rated", f"a payoff of {REWARDING} or more"),
    "mastery": ("at_target", "scored", f"the median of {RUN} scores at the target"),
}


def _with_cards(log: pd.DataFrame, skills: pd.DataFrame) -> pd.DataFrame:
    """Return the log with the target and the direction of these cards, where they have one."""
    cards = skills.drop_duplicates("skill").set_index("skill")
    given = {name: log["skill"].map(cards[name]) for name in ("target", "better") if name in cards}
    own = log.reindex(columns=[*log.columns, *(name for name in ("target", "better") if name not in log)])
    return own.assign(**{name: values.where(values.notna(), own[name]) for name, values in given.items()})


def _door(learners: pd.DataFrame, door: str, confidence: float) -> dict[str, object]:
    """Return the medians over the learners of one skill."""
    there = learners["there"].to_numpy(dtype=bool)
    medians = {name: _median(learners[name], there, confidence) for name in AMOUNTS}
    estimate, low, high = medians["hours"]
    waiting = learners.loc[~there, "hours"]
    found = {"estimate": estimate, "low": low, "high": high, "trials": medians["trials"][0]}
    found |= {"days": medians["days"][0], "n": len(learners), "reached": int(there.sum())}
    so_far = waiting.max() if len(waiting) else np.nan
    return found | {"hours_so_far": so_far, "reason": _reason(learners, door, medians["hours"], so_far)}


def _median(time: pd.Series, there: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """Return the Kaplan-Meier median and its limits: the times at which the curve's own limits fall to one half."""
    known = time.notna().to_numpy()
    if not known.any():
        return np.nan, np.nan, np.nan
    if known.sum() == 1:  # a single learner's curve falls to nothing at once, or not at all
        return float(time[known].iloc[0]) if there[known][0] else np.nan, np.nan, np.nan
    curve = kaplan_meier(time[known], there[known], confidence=confidence)
    estimate = _falls_to_half(curve.time, curve.estimate)
    if known.sum() < FEWEST_LEARNERS:
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


def _reason(learners: pd.DataFrame, door: str, hours: tuple[float, float, float], so_far: float) -> str:
    """Return in words what is missing."""
    n, there = len(learners), int(learners["there"].sum())
    if n == 0:
        return "no payoff rated" if door == "first payoff" else "no score, or no target on the card"
    if learners["hours"].isna().all():
        return "no minutes known"
    if np.isnan(hours[0]):
        return f"not yet after {so_far:.1f} h" if n == 1 else f"{there} of {n} learners so far, in up to {so_far:.1f} h"
    if n < FEWEST_LEARNERS:
        return f"{counted(n, 'learner')}: an interval needs at least {FEWEST_LEARNERS}"
    return "no upper limit: too few are there yet" if np.isnan(hours[2]) else ""
