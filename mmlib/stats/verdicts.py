"""What a success rate's series cannot tell, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.stats.binomial import Floats, Ints, Trials, chance, rate_at
from mmlib.stats.growth import Compared

Words = NDArray[Any]

FEWEST = 8
"""A curve needs at least this many trials, and this many distinct amounts of practice."""

LEAST_SEEN = 0.5
"""A curve has bent once the data show at least this share of the way to its asymptote, at its slowest rate."""

FEWEST_EFFECTIVE = 10
"""An asymptote needs at least this many effectively independent trials."""

LEAST_EVIDENCE = 20.0
"""An asymptote needs a growing curve to beat a flat one by this much in twice the log-likelihood."""

WIDEST = 1.0
"""An asymptote counts as known while its interval is at most this many times as wide as the change that was seen …"""

NARROW = 0.2
"""… or as this."""


TOO_FEW = "{trials} with a known success: a curve needs at least {fewest}"
TOO_EQUAL = "{amounts} of practice: a curve needs at least {fewest}"
FLAT = (
    "all {trials} succeeded",
    "all {trials} failed",
    "every attempt in all {trials} succeeded",
    "every attempt in all {trials} failed",
    "all {trials} had the same success rate",
    "no change that these {trials} can tell from noise",
)
OPEN = (
    "all the change lies in the first two of {trials}: a slip rather than a curve",
    "the curve has not bent yet: {trials} show no sign of a {limit}",
    "{trials} are too few to tell a {limit}",
    "neighbouring trials resemble each other: {trials} are worth only {worth:.0f} independent ones, too few to tell a"
    " {limit}",
    "the change stands out too little from the noise: {trials} do not settle the {limit}",
    "these {trials} leave the {limit} open: {low:.2g} to {high:.2g} would fit",
)
LIMITS = ("level at which the decline ends", "ceiling")


def too_few(n: Ints, distinct: Ints) -> Words:
    """Return why a series is too short for any curve, or an empty text.

    Examples
    --------
    >>> too_few(np.array([5, 9, 9]), np.array([5, 7, 9])).tolist()
    ['5 trials with a known success: a curve needs at least 8', '7 distinct amounts of practice: a curve needs at \
least 8', '']
    """
    templates = ("", TOO_FEW, TOO_EQUAL)
    which = np.select([n < FEWEST, distinct < FEWEST], [1, 2], 0)
    said = [
        templates[case].format(
            trials=counted(size, "trial") if size else "no trial",
            amounts=counted(different, "distinct amount"),
            fewest=FEWEST,
        )
        for case, size, different in zip(which.tolist(), n.tolist(), distinct.tolist(), strict=True)
    ]
    return np.array(said, dtype=object)


def reasons(told: Compared, series: Trials, low: Floats, high: Floats, slowest: Floats) -> Words:
    """Return why asymptote, gain and rate are not identified, or an empty text.

    They are *identified* when the change is not over by the second trial, when the best curve at the lower limit
    of the rate has come at least half of its way by the last trial, when there are at least 10 effectively
    independent trials, when twice the log-likelihood, deflated by φ·n/n_eff, is at least 20 above that of the
    flat model, and when the asymptote's interval is no wider than the change that was seen (or 0.2).

    Parameters
    ----------
    told : Compared
        The chosen models.
    series : Trials
        What they were fitted to.
    low, high, slowest : ndarray, shape (m, 3)
        What `profiles.limits` returned; NaN where flat was chosen.

    Examples
    --------
    >>> from mmlib.stats import growth
    >>> table = np.array([np.arange(1.0, 9)[None], np.ones((1, 8)), np.ones((1, 8))])
    >>> always = growth.trials(table, np.array([1.0]))
    >>> nothing = np.full((1, 3), np.nan)
    >>> reasons(growth.compared(always, [True, True], 0.95), always, nothing, nothing, nothing)[0]
    'all 8 trials succeeded'
    """
    n, rises = (series.attempts > 0).sum(1), told.parameters[:, 1] > told.parameters[:, 0]
    flat, still = _flat(series), _open(told, series, low, high, slowest)
    which = np.where((told.model == 0) | (flat < len(FLAT) - 1), flat, still + len(FLAT))
    templates = (*FLAT, *OPEN, "")
    numbers = (which, n, rises.astype(int), told.effective_size, low[:, 0], high[:, 0])
    said = [
        templates[case].format(trials=counted(size, "trial"), limit=LIMITS[up], worth=worth, low=least, high=most)
        for case, size, up, worth, least, most in zip(*(part.tolist() for part in numbers), strict=True)
    ]
    return np.array(said, dtype=object)


def _flat(series: Trials) -> Ints:
    """Return which sentence of FLAT holds."""
    made, tried = series.successes.sum(1), series.attempts.sum(1)
    single = (series.attempts <= 1).all(1)
    # All rates are the same where each trial's successes are its share of all.
    same = (series.successes * tried[:, None] == series.attempts * made[:, None]).all(1)
    always, never = made == tried, made == 0
    return np.select([always & single, never & single, always, never, same], range(5), 5)


def _open(told: Compared, series: Trials, low: Floats, high: Floats, slowest: Floats) -> Ints:
    """Return which sentence of OPEN is the first that holds, or their number."""
    n, last = (series.attempts > 0).sum(1), series.practice.max(1)
    ends = rate_at(told.parameters, np.stack([series.practice[:, 0], last], -1))
    allowed = np.maximum(WIDEST * np.abs(ends[:, 1] - ends[:, 0]), NARROW)
    cases = [
        told.sudden,
        _seen(slowest, last) < LEAST_SEEN,
        n < FEWEST_EFFECTIVE,
        told.effective_size < FEWEST_EFFECTIVE,
        told.evidence < LEAST_EVIDENCE,
        high[:, 0] - low[:, 0] > allowed,
    ]
    return np.select(cases, range(len(cases)), len(cases))


def _seen(parameters: Floats, last: Floats) -> Floats:
    """Return the share of the way to its asymptote that a curve has come by the last trial."""
    begins, asymptote = chance(parameters[:, :2]).T
    way = asymptote - begins
    come = rate_at(parameters, last[:, None])[:, 0] - begins
    return np.divide(come, way, out=np.zeros_like(way), where=way != 0)
