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

    (early - start)/(now - start), where start is the first observation, early the mean of those around the
    `first`-th (itself and one on either side), and now the mean of the last `first`. No curve is assumed. The
    variance of the noise is measured in the first 30 observations around a quadratic in log N and a line in N,
    and in the last 30, without those of the beginning, around a line. The limits are Fieller's. Autocorrelation
    widens the mean at the end; for the difference at the beginning it is ignored, where it would only narrow it.

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
        estimate, low and high are NaN where there is no gain that can be told from the noise.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society B 16,
    175-185.

    Examples
    --------
    >>> trial = np.arange(1, 31)
    >>> found = early_share(8.8 - 6.3 * np.exp(-0.35 * (trial - 1)) + 0.2 * np.sin(9 * trial))
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
    (0.73, 0.68, 0.79)
    """
    y = np.asarray(y, dtype=float)
    start, early, now = float(y[0]), float(y[first - 2 : first + 1].mean()), float(y[-first:].mean())
    n = np.arange(1.0, min(y.size, STRETCH) + 1)
    log_n = np.log(n)
    opening, _ = _noise(y[:STRETCH], np.column_stack([np.ones_like(n), n, log_n, log_n**2]))
    ending = y[first:][-STRETCH:]
    closing, rho = _noise(ending, np.column_stack([np.ones(ending.size), np.arange(ending.size)]))
    of_mean = closing * min(1.0, (1 + rho) / (1 - rho) / first)
    covariance = [[opening * 4 / 3, opening], [opening, opening + of_mean]]
    factor = t_quantile(confidence, n.size - 4)
    low, high = fieller(early - start, now - start, covariance, factor) if now > start else (np.nan, np.nan)
    share = (early - start) / (now - start) if low == low else np.nan
    return EarlyShare(share, low, high, start, early, now)


def _noise(y: NDArray[np.float64], basis: NDArray[np.float64]) -> tuple[float, float]:
    """Return the variance and the autocorrelation (0 or more) of a stretch's noise around its trend."""
    directions = np.linalg.qr(basis)[0]
    residuals = y - directions @ (directions.T @ y)
    rss = float(residuals @ residuals)
    rho = max(corrected_autocorrelation(residuals, fitted=basis.shape[1]), 0.0)
    # What the trend has absorbed is added again.
    return (rss + float(np.trace(even_covariance(directions, rss, rho)))) / y.size, rho
