"""Rewards: how it feels, and when it flows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.payoff.trials import KEYS
from mmlib.stats import intervals

INTERVAL = {"estimate": "float64", "low": "float64", "high": "float64"}
FELT = {**dict.fromkeys([*KEYS, "reward"], "str"), **INTERVAL, "n": "int64", "reason": "str"}
FLOW = {"learner": "str", "challenge": "int64", **INTERVAL, "n": "int64", "reason": "str"}


def felt(log: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the reward felt in each skill: intrinsic (payoff) and extrinsic (praise).

    Mean ratings with a t interval that allows for resemblance between neighbouring sessions.

    Parameters
    ----------
    log : DataFrame
        The log.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Two rows per learner and skill: learner, skill, reward ("payoff" or "praise"), estimate, low, high (1 to
        5), n (sessions rated), reason (why limits are missing).

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]),
    ...     "payoff": [3, 4, 5, 4],
    ... }))
    >>> felt(log)[["reward", "estimate", "low", "high", "n"]].round(2).head(1)
       reward  estimate  low  high  n
    0  payoff       4.0  2.7   5.0  4
    """
    rows = [
        {"learner": learner, "skill": skill, "reward": reward, **_rating(part[reward], reward, confidence)}
        for (learner, skill), part in log.sort_values("start", kind="stable").groupby(KEYS)
        for reward in ("payoff", "praise")
    ]
    return pd.DataFrame(rows, columns=list(FELT)).astype(FELT)


def flow(log: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the mean flow at each level of challenge, over all skills of a learner.

    Csikszentmihalyi's claim is that flow is highest where the challenge just matches the skill: at 3 here. The
    table shows whether this learner's ratings agree; it is an association between two ratings of one session.

    Parameters
    ----------
    log : DataFrame
        The log.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Five rows per learner: learner, challenge (1 too easy, 3 just right, 5 too hard; ratings between are
        rounded), estimate (mean flow), low, high (1 to 5), n (sessions with both ratings), reason.

    References
    ----------
    Csikszentmihalyi, M. (1990). Flow: the psychology of optimal experience. Harper & Row.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]),
    ...     "challenge": [3, 3, 3, 5],
    ...     "flow": [4, 5, 4, 2],
    ... }))
    >>> flow(log).query("n > 0")[["challenge", "estimate", "low", "high", "n"]].round(1)
       challenge  estimate  low  high  n
    2          3       4.3  2.9   5.0  3
    4          5       2.0  NaN   NaN  1
    """
    ordered = log.sort_values("start", kind="stable")
    level = ordered["challenge"].round()
    rows = [
        {"learner": learner, "challenge": step, **_rating(part["flow"][level == step], "flow", confidence)}
        for learner, part in ordered.groupby("learner")
        for step in range(1, 6)
    ]
    return pd.DataFrame(rows, columns=list(FLOW)).astype(FLOW)


def _rating(ratings: pd.Series, name: str, confidence: float) -> dict[str, object]:
    """Return the mean of ratings from 1 to 5."""
    estimate, low, high, n = intervals.mean_interval(ratings, confidence, least_sd=intervals.RATING_SD)
    reason = ""
    if n < intervals.FEWEST:
        many = counted(n, "session") if n else "no session"
        reason = f"{many} with {name} rated: an interval needs at least {intervals.FEWEST}"
    return {
        "estimate": estimate,
        "low": np.maximum(low, 1.0),
        "high": np.minimum(high, 5.0),
        "n": n,
        "reason": reason,
    }
