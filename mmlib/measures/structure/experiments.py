"""What variations bought: sessions with one against the nearest sessions without."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.measures.structure.sessions import Sessions
from mmlib.stats import intervals


def differences(
    values: NDArray[np.float64], varied: NDArray[np.bool_], learner: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the mean of each run of varied sessions less that of the two unvaried ones before and after it.

    Neighbours on both sides cancel a steady rise, so that learning does not pass for the variation's doing. A run
    without an unvaried neighbour on either side is left out.

    Parameters
    ----------
    values : ndarray of float
        The payoffs or scores of one skill's sessions, in order of learner and start; NaN where unknown.
    varied : ndarray of bool
        Whether the session had a variation.
    learner : ndarray of int
        Whose session it is.

    Returns
    -------
    ndarray of float
        One difference per run, in order of time.

    Examples
    --------
    >>> differences(np.array([10.0, 14.0, 12.0]), np.array([False, True, False]), np.zeros(3, dtype=int)).tolist()
    [3.0]
    """
    known = ~np.isnan(values)
    values, varied, learner = values[known], varied[known], learner[known]
    if not varied.any() or varied.all():
        return np.empty(0)
    plain = np.flatnonzero(~varied)
    run = np.searchsorted(plain, np.flatnonzero(varied))  # how many unvaried sessions lie before
    before, after = plain[np.maximum(run - 1, 0)], plain[np.minimum(run, plain.size - 1)]
    who = learner[varied]
    sided = (run > 0) & (run < plain.size) & (learner[before] == who) & (learner[after] == who)
    off = (values[varied] - (values[before] + values[after]) / 2)[sided]
    _, of, sizes = np.unique(run[sided], return_inverse=True, return_counts=True)
    return np.bincount(of, off) / sizes


def bought(sessions: Sessions) -> str:
    """Return in words how payoff and score of sessions with a variation compare; nothing where that is unknown."""
    worse = -1 if sessions.lower_is_better.any() else 1
    units = sessions.unit[pd.notna(sessions.unit)]
    unit = str(units[0]) if units.size else "points"
    varied, learner = sessions.variation >= 0, sessions.learner
    payoff = intervals.mean_interval(differences(sessions.payoff, varied, learner), least_sd=intervals.RATING_SD)
    score = intervals.mean_interval(worse * differences(sessions.score, varied, learner))
    said = [_compared("payoff", payoff, "points", "higher lower"), _compared("score", score, unit, "better worse")]
    said = [words for words in said if words]
    if not said:
        return ""
    return f"; against the sessions just before and after these, {' and '.join(said)}: an association"


def _compared(name: str, found: intervals.Interval, unit: str, ways: str) -> str:
    """Return a difference in words, with its limits and the number of runs behind it."""
    estimate, low, high, n = found
    if np.isnan(low):
        return ""
    clear = low > 0 or high < 0
    if clear and estimate < 0:
        estimate, low, high = -estimate, -high, -low
    places = int(np.clip(1 - np.floor(np.log10(max(high - low, 1e-9))), 0, 4))
    size, first, last = (_rounded(value, places) for value in (estimate, low, high))
    if not clear:
        return f"no clear difference in {name} ({first} to {last} {unit}, n = {n})"
    return f"{name} {size} {unit} {ways.split()[found.estimate < 0]} ({first} to {last}, n = {n})"


def _rounded(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else f"{0:.{places}f}"
