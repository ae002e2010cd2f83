"""Reaction times: what a block is worth, and how much slower one block is than its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mmlib.stats.intervals import Interval

QUICKEST, SLOWEST = 100.0, 3000.0
"""Milliseconds: a press before the first was made before the light was seen, one after the second is a lapse."""

INDEPENDENT = 18 / 35
"""What one of many overlapping differences is worth: neighbours correlate by -2/3, the next but one by 1/6, and
their squares by the squares of these."""

FEWEST = 10
"""A block needs at least this many reaction times that count."""


class Median(NamedTuple):
    """A block's median reaction time, its standard error and the number of reaction times behind it."""

    estimate: float
    error: float
    n: int


def counting(times: ArrayLike, right: ArrayLike) -> NDArray[np.bool_]:
    """Return which reaction times count: right at the first press, not before 100 ms and not after 3 s.

    Parameters
    ----------
    times : array-like of float
        Milliseconds from the light to the first press.
    right : array-like of bool
        Whether that press was the right one.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> counting([420, 60, 380, 3500, 100], [True, True, False, True, True]).tolist()
    [True, False, False, False, True]
    """
    times = np.asarray(times, dtype=float)
    return np.asarray(right, dtype=bool) & (times >= QUICKEST) & (times <= SLOWEST)


def median(values: ArrayLike) -> Median:
    """Return the median with its standard error from the order statistics around it.

    With c = (n - 1.96·√n)/2, rounded and at least 1, what lies between y_(c) and y_(n-c+1) is about a 95 % confidence
    interval of the median, whatever the shape of the distribution. Its exact coverage is 1 - 2p with p from the
    binomial distribution, and the standard error is (y_(n-c+1) - y_(c)) / 2z with z the normal quantile of 1 - p.

    Parameters
    ----------
    values : array-like of float
        Independent observations.

    Returns
    -------
    Median
        The estimate is NaN where there is no value, the error for fewer than 10.

    References
    ----------
    Bonett, D. G. & Price, R. M. (2002). Statistical inference for a linear function of medians: confidence intervals,
    hypothesis testing, and sample size requirements. Psychological Methods 7, 370-383.

    Examples
    --------
    >>> estimate, error, n = median(np.arange(1, 61))
    >>> estimate, round(error, 2), n
    (30.5, 3.85, 60)
    """
    y = np.sort(np.asarray(values, dtype=float))
    n = y.size
    if n < FEWEST:
        return Median(float(np.median(y)) if n else np.nan, np.nan, n)
    c = max(1, int(np.floor((n - stats.norm.ppf(0.975) * np.sqrt(n)) / 2 + 0.5)))
    z = stats.norm.isf(stats.binom.cdf(c - 1, n, 0.5))
    return Median(float(np.median(y)), float((y[n - c] - y[c - 1]) / (2 * z)), n)


def slowing(blocks: Sequence[Median], random: Collection[int], which: int, confidence: float = 0.95) -> Interval:
    """Return how much slower a block in random order is than its neighbours on both sides, which repeat a sequence.

    The difference of the block's median and the mean of the medians before and after it. As one neighbour was
    practised less and the other more, a straight trend of practice cancels out; a curve that flattens leaves the mean
    of the neighbours a little too high and the difference a little too small.

    Its variance is that of a linear function of medians, s² + (s²_before + s²_after)/4 (Bonett & Price 2002), and
    what blocks vary besides, because one is tired or distracted in some. The latter is measured by the same difference
    at all places where the block and both neighbours repeat the sequence: the mean of its squares less what the
    scatter of single reaction times explains, at least 0. K such places that overlap are worth 18/35·K degrees of
    freedom, from which those of the sum follow (Satterthwaite 1946). Without such a place only the scatter of single
    reaction times is reckoned with.

    Parameters
    ----------
    blocks : sequence of Median
        All of a learner's, in order; NaN with n = 0 where one is missing.
    random : collection of int
        Which of them, from 0, were in random order.
    which : int
        The one that is asked about.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Interval
        Milliseconds; n counts the reaction times of the three blocks. All is NaN, with n = 0, where a neighbour is
        missing on either side; the limits are where a standard error is.

    References
    ----------
    Bonett, D. G. & Price, R. M. (2002). Statistical inference for a linear function of medians: confidence intervals,
    hypothesis testing, and sample size requirements. Psychological Methods 7, 370-383.
    Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin
    2, 110-114.

    Examples
    --------
    >>> blocks = [Median(430.0, 8.0, 57), Median(480.0, 9.0, 55), Median(410.0, 8.0, 58)]
    >>> estimate, low, high, n = slowing(blocks, {1}, 1)
    >>> estimate, round(low, 1), round(high, 1), n
    (60.0, 39.2, 80.8, 170)
    """
    if not 0 < which < len(blocks) - 1 or np.isnan([each.estimate for each in blocks[which - 1 : which + 2]]).any():
        return Interval(np.nan, np.nan, np.nan, 0)
    estimates, errors, counts = (np.array(column, dtype=float) for column in zip(*blocks, strict=True))
    above = estimates[1:-1] - (estimates[:-2] + estimates[2:]) / 2
    scatter = errors[1:-1] ** 2 + (errors[:-2] ** 2 + errors[2:] ** 2) / 4
    apart = np.isin(np.arange(len(blocks)), list(random))
    plain = ~(apart[:-2] | apart[1:-1] | apart[2:]) & ~np.isnan(above) & ~np.isnan(scatter)
    besides = max(0.0, float((above[plain] ** 2 - scatter[plain]).mean())) if plain.any() else 0.0
    variance = scatter[which - 1] + besides
    freedom = max(1.0, INDEPENDENT * plain.sum() * (variance / besides) ** 2) if besides else np.inf
    half = float(stats.t.isf((1 - confidence) / 2, freedom) * np.sqrt(variance))
    estimate, n = float(above[which - 1]), int(counts[which - 1 : which + 2].sum())
    return Interval(estimate, estimate - half, estimate + half, n)
