"""Ratios of two estimates, with intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mmlib.stats.intervals import Interval, mean_interval


def rate_interval(amounts: ArrayLike, sizes: ArrayLike, confidence: float = 0.95, *, least_sd: float = 0.0) -> Interval:
    """Return the rate Σa/Σb of amounts per size of their units, with an interval for autocorrelated units.

    The ratio estimator of survey sampling: its error is that of the mean of a - r·b over the mean of b (delta
    method), and that mean has the t interval of `mean_interval`.

    Parameters
    ----------
    amounts, sizes : array-like of float
        What each unit brought, and how large it was (over 0), in order of time; pairs with a missing value or
        no size are left out.
    confidence : float, default 0.95
        Coverage of the interval.
    least_sd : float, default 0
        The standard deviation of an amount is taken to be at least this.

    Returns
    -------
    Interval
        estimate, low, high, and n units. The limits are NaN for fewer than 3 units, and where nothing varies.

    References
    ----------
    Cochran, W. G. (1977). Sampling techniques, 3rd ed., chapter 6. Wiley.

    Examples
    --------
    >>> estimate, low, high, n = rate_interval([3, 2, 4, 2, 3, 3], [0.5, 0.4, 0.5, 0.3, 0.4, 0.6])
    >>> round(estimate, 2), round(low, 2), round(high, 2), n
    (6.3, 4.87, 7.72, 6)
    """
    a, b = np.asarray(amounts, dtype=float), np.asarray(sizes, dtype=float)
    known = ~np.isnan(a) & (b > 0)
    a, b = a[known], b[known]
    if not a.size:
        return Interval(np.nan, np.nan, np.nan, 0)
    rate = float(a.sum() / b.sum())
    off = mean_interval(a - rate * b, confidence, least_sd=least_sd)
    half = (off.high - off.low) / 2 / float(b.mean())
    return Interval(rate, rate - half, rate + half, a.size)


def fieller(part: float, whole: float, covariance: ArrayLike, factor: float) -> tuple[float, float]:
    """Return the limits of part/whole, two correlated estimates, by Fieller's theorem.

    All θ with (part - θ·whole)² ≤ factor²·(v11 - 2θ·v12 + θ²·v22). They are an interval only where the whole is
    clearly not zero, |whole| > factor·√v22.

    Parameters
    ----------
    part, whole : float
        The estimates.
    covariance : array-like, shape (2, 2)
        Of part and whole.
    factor : float
        The t quantile.

    Returns
    -------
    tuple of float
        low, high; NaN where the whole cannot be told from zero.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society B 16,
    175-185.

    Examples
    --------
    >>> [round(limit, 3) for limit in fieller(5.0, 6.0, [[0.3, 0.1], [0.1, 0.2]], 2.0)]
    [0.665, 1.017]
    """
    (v11, v12), (_, v22) = np.asarray(covariance, dtype=float) * factor**2
    a, b, c = whole**2 - v22, part * whole - v12, part**2 - v11
    if not a > 0:
        return np.nan, np.nan
    # b² - ac is not negative where a > 0, but for rounding.
    root = np.sqrt(max(b**2 - a * c, 0.0))
    return float((b - root) / a), float((b + root) / a)
