"""How much of a gain came at the very beginning."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmlib.stats.intervals import corrected_autocorrelation, even_covariance, t_quantile
from mmlib.stats.ratios import fieller

STRETCH = 30
"""The noise at either end is measured in this many observations."""
MORE = 10
"""At least so many observations have to follow the beginning."""

AT_FIRST = 3
"""The level at the very first is the mean of up to so many observations: one alone may be a lucky or a bad one."""


class EarlyShare(NamedTuple):
    """The share of the gain that came early, its interval, and the three levels that it is made of."""

    estimate: float
    low: float
    high: float
    start: float
    early: float
    now: float


def early_share(y: ArrayLike, *, first: int = 5, confidence: float = 0.95) -> EarlyShare:
    """Return the share of the whole gain that came within the first observations.

    (early - start)/(now - start), where start is the mean of the first 3 observations (of fewer, where `first` is
    below 5), early the mean of those around the `first`-th (itself and one on either side), and now the mean of the
    last `first`. No curve is assumed. The variance and the autocorrelation of the noise are measured in the first
    30 observations around a quadratic in log N and a line in N, and in the last 30, without those of the beginning,
    around a line. The limits are Fieller's.

    Parameters
    ----------
    y : array-like of float
        Higher is better; at least first + 10 values, none missing.
    first : int, default 5
        How many count as the beginning, 3 or more.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    EarlyShare
        estimate, low and high are NaN where there is no gain that can be told from the noise. They may be negative:
        then it was worse after the first observations than before.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society B 16,
    175-185.

    Examples
    --------
    >>> trial = np.arange(1, 31)
    >>> found = early_share(8.8 - 6.3 * np.exp(-0.35 * (trial - 1)) + 0.2 * np.sin(9 * trial))
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
    (0.64, 0.57, 0.7)
    """
    y = np.asarray(y, dtype=float)
    size = min(y.size, STRETCH)
    at_first, around = np.zeros((2, size))
    few = min(AT_FIRST, first - 2)
    at_first[:few], around[first - 2 : first + 1] = 1 / few, 1 / 3
    start, early, now = float(at_first @ y[:size]), float(around @ y[:size]), float(y[-first:].mean())
    n = np.arange(1.0, size + 1)
    log_n = np.log(n)
    opening, rho = _noise(y[:size], np.column_stack([np.ones_like(n), n, log_n, log_n**2]))
    of_two = np.array([at_first, around]) @ _together(size, opening, rho) @ np.array([at_first, around]).T
    ending = y[first:][-STRETCH:]
    closing, rho = _noise(ending, np.column_stack([np.ones(ending.size), np.arange(ending.size)]))
    of_now = float(_together(first, closing, rho).mean())
    shared = of_two[0, 0] - of_two[0, 1]
    covariance = [[of_two[0, 0] + of_two[1, 1] - 2 * of_two[0, 1], shared], [shared, of_two[0, 0] + of_now]]
    factor = t_quantile(confidence, size - 4)
    low, high = fieller(early - start, now - start, covariance, factor) if now > start else (np.nan, np.nan)
    share = (early - start) / (now - start) if low == low else np.nan
    return EarlyShare(share, low, high, start, early, now)


def _together(size: int, variance: float, rho: float) -> NDArray[np.float64]:
    """Return the covariances of so many neighbours of an AR(1) series."""
    return variance * rho ** np.abs(np.subtract.outer(np.arange(size), np.arange(size)))


def _noise(y: NDArray[np.float64], basis: NDArray[np.float64]) -> tuple[float, float]:
    """Return the variance and the autocorrelation (0 or more) of a stretch's noise around its trend."""
    directions = np.linalg.qr(basis)[0]
    residuals = y - directions @ (directions.T @ y)
    rss = float(residuals @ residuals)
    rho = max(corrected_autocorrelation(residuals, fitted=basis.shape[1]), 0.0)
    # What the trend has absorbed is added again.
    return (rss + float(np.trace(even_covariance(directions, rss, rho)))) / y.size, rho
