"""Rewards: how it feels, whether that changes, and how much of it an hour brings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.payoff.trials import KEYS
from mmlib.stats import intervals
from mmlib.stats.ratios import rate_interval
from mmlib.stats.trend import FEWEST_FOR_SLOPE, slope_interval

PER = 10
"""The trend is the change over so many sessions."""

INTERVAL = {"estimate": "float64", "low": "float64", "high": "float64"}
TREND = [f"trend_per_{PER}_sessions{end}" for end in ("", "_low", "_high")]
HOURLY = [f"points_per_hour{end}" for end in ("", "_low", "_high")]
FELT = {
    **dict.fromkeys([*KEYS, "reward"], "str"),
    **INTERVAL,
    "n": "int64",
    **dict.fromkeys([*TREND, *HOURLY], "float64"),
    "reason": "str",
    "trend_reason": "str",
}


def felt(log: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the reward felt in each skill: intrinsic (payoff) and extrinsic (praise), its trend and its rate.

    The mean rating has a t interval that allows for resemblance between neighbouring sessions. The trend is the
    slope of a straight line over the skill's sessions, the unrated ones counted too; its interval is averaged
    over the autocorrelations that the ratings leave possible. The rate is the sum of the points above 1, which
    means no reward, over the sum of the hours of the same sessions: a ratio estimator. It depends on how practice
    is cut into sessions, since a session is rated once, however long.

    Parameters
    ----------
    log : DataFrame
        The log.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Two rows per learner and skill: learner, skill, reward ("payoff" or "praise"), estimate, low, high (1 to
        5), n (sessions rated), trend_per_10_sessions (points, positive = more rewarding than before) and
        points_per_hour (of rated sessions whose minutes are known), each with _low and _high, reason (why the
        limits of the mean are missing), trend_reason (why the trend is).

    References
    ----------
    Zięba, A. (2010). Effective number of observations and unbiased estimators of variance for autocorrelated
    data. Metrology and Measurement Systems 17, 3-16.
    Cochran, W. G. (1977). Sampling techniques, 3rd ed., chapter 6. Wiley.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 12,
    ...     "start": pd.date_range("2026-10-01", periods=12, unit="us"),
    ...     "minutes": [15, 20, 10] * 4,
    ...     "payoff": [3, 4, 2, 4, 3, 3, 5, 4, 4, 3, 5, 5],
    ... }))
    >>> table = felt(log).head(1)
    >>> table[["reward", "estimate", "low", "high", "n"]].round(2)
       reward  estimate   low  high   n
    0  payoff      3.75  3.13  4.37  12
    >>> table[["trend_per_10_sessions", "trend_per_10_sessions_low", "trend_per_10_sessions_high"]].round(1)
       trend_per_10_sessions  trend_per_10_sessions_low  trend_per_10_sessions_high
    0                    1.6                       -1.1                         4.4
    >>> table[["points_per_hour", "points_per_hour_low", "points_per_hour_high"]].round(1)
       points_per_hour  points_per_hour_low  points_per_hour_high
    0             11.0                  8.2                  13.8
    """
    rows = []
    for (learner, skill), part in log.sort_values("start", kind="stable").groupby(KEYS):
        for reward in ("payoff", "praise"):
            names = {"learner": learner, "skill": skill, "reward": reward}
            mean, trend = rating(part[reward], reward, confidence), _trend(part[reward], reward, confidence)
            rows.append(names | mean | trend | _hourly(part[reward], part["minutes"], confidence))
    return pd.DataFrame(rows, columns=list(FELT)).astype(FELT)


def rating(ratings: pd.Series, name: str, confidence: float) -> dict[str, object]:
    """Return the mean of ratings from 1 to 5."""
    estimate, low, high, n = intervals.mean_interval(ratings, confidence, least_sd=intervals.RATING_SD)
    reason = ""
    if n < intervals.FEWEST:
        reason = f"{_rated(n, name)}: an interval needs at least {intervals.FEWEST}"
    return {
        "estimate": estimate,
        "low": np.maximum(low, 1.0),
        "high": np.minimum(high, 5.0),
        "n": n,
        "reason": reason,
    }


def _rated(n: int, name: str) -> str:
    return f"{counted(n, 'session') if n else 'no session'} with {name} rated"


def _trend(ratings: pd.Series, name: str, confidence: float) -> dict[str, object]:
    """Return the change of the ratings over ten sessions."""
    session = np.arange(len(ratings)) / PER
    found = slope_interval(session, ratings, order=session * PER, confidence=confidence, least_sd=intervals.RATING_SD)
    reason = f"{_rated(found.n, name)}: a trend needs at least {FEWEST_FOR_SLOPE}"
    return dict(zip(TREND, found[:3], strict=True)) | {"trend_reason": reason if found.n < FEWEST_FOR_SLOPE else ""}


def _hourly(ratings: pd.Series, minutes: pd.Series, confidence: float) -> dict[str, float]:
    """Return the points above 1 that an hour brings."""
    points, low, high, _ = rate_interval(ratings - 1, minutes / 60, confidence, least_sd=intervals.RATING_SD)
    return dict(zip(HOURLY, (points, np.maximum(low, 0.0), high), strict=True))
