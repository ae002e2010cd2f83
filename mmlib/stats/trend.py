"""The slope of one variable on another, along series in which neighbouring observations resemble each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from mmlib.stats.intervals import MOST_AUTOCORRELATION, Interval, t_quantile

FEWEST_FOR_SLOPE = 6
"""A slope needs at least this many observations."""

RHOS = np.linspace(0.0, MOST_AUTOCORRELATION, 20)
Floats = NDArray[np.float64]


def slope_interval(
    x: ArrayLike,
    y: ArrayLike,
    *,
    order: ArrayLike | None = None,
    series: ArrayLike | None = None,
    confidence: float = 0.95,
    least_sd: float = 0.0,
) -> Interval:
    """Return the slope of y on x within series, with an interval that allows for autocorrelation.

    The model is y = a_s + b·x + e, with an intercept a_s for each series s and AR(1) noise whose correlation is
    ρ^d at a distance d in `order`. For every ρ on a grid from 0 to 0.95, b has a t distribution with n - s - 1
    degrees of freedom around its generalised least squares estimate. These are averaged with the restricted
    likelihood of ρ as weights, so that the doubt about ρ, which is large in a short series, widens the interval.

    Parameters
    ----------
    x, y : array-like of float
        Pairs; those with a missing value are left out.
    order : array-like of float, optional
        The place in the series, strictly ascending within each: a gap lessens the resemblance. By default the
        pairs follow one another.
    series : array-like, optional
        Which series a pair belongs to; one series by default.
    confidence : float, default 0.95
        Coverage of the interval.
    least_sd : float, default 0
        The standard deviation of the noise is taken to be at least this: `RATING_SD` for ratings in whole steps.

    Returns
    -------
    Interval
        estimate, low, high, and n pairs. All but n are NaN for fewer than 6 pairs, or fewer than 3 more than
        there are series, and where x does not vary within a series; the limits are where nothing else varies.

    References
    ----------
    Cochrane, D. & Orcutt, G. H. (1949). Application of least squares regression to relationships containing
    auto-correlated error terms. Journal of the American Statistical Association 44, 32-61.
    Harville, D. A. (1977). Maximum likelihood approaches to variance component estimation and to related
    problems. Journal of the American Statistical Association 72, 320-338.

    Examples
    --------
    >>> estimate, low, high, n = slope_interval(range(8), [1, 2, 2, 4, 3, 5, 6, 6])
    >>> round(estimate, 2), round(low, 2), round(high, 2), n
    (0.74, 0.28, 1.18, 8)
    """
    x, y, order, series = _sorted(x, y, order, series)
    first = np.flatnonzero(np.r_[True, series[1:] != series[:-1]] if x.size else [])
    freedom = x.size - first.size - 1
    if x.size < FEWEST_FOR_SLOPE or freedom < 2 or not _varies(x, first):
        return Interval(np.nan, np.nan, np.nan, x.size)
    slope, variance, weight = _slopes(x, y, _steps(order, first), first, least_sd)
    estimate = float(weight @ slope)
    if not variance.any():
        return Interval(estimate, np.nan, np.nan, x.size)
    ends = [_quantile(share, slope, np.sqrt(variance), weight, freedom) for share in (1 - confidence, 1 + confidence)]
    return Interval(estimate, *ends, x.size)


def _sorted(
    x: ArrayLike, y: ArrayLike, order: ArrayLike | None, series: ArrayLike | None
) -> tuple[Floats, Floats, Floats, NDArray[np.intp]]:
    """Return the complete pairs, series by series and each in its order."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    order = np.arange(x.size, dtype=float) if order is None else np.asarray(order, dtype=float)
    codes = np.zeros(x.size, dtype=int) if series is None else np.unique(np.asarray(series), return_inverse=True)[1]
    complete = np.flatnonzero(~np.isnan(x) & ~np.isnan(y))
    rows = complete[np.lexsort((order[complete], codes[complete]))]
    return x[rows], y[rows], order[rows], codes[rows]


def _varies(x: Floats, first: NDArray[np.intp]) -> bool:
    """Return whether x differs within a series."""
    return bool((np.maximum.reduceat(x, first) > np.minimum.reduceat(x, first)).any())


def _steps(order: Floats, first: NDArray[np.intp]) -> Floats:
    """Return the distance of each observation from the one before it, infinite where a series begins."""
    step = np.diff(order, prepend=0.0)
    step[first] = np.inf
    return step


def _slopes(
    x: Floats, y: Floats, step: Floats, first: NDArray[np.intp], least_sd: float
) -> tuple[Floats, Floats, Floats]:
    """Return, for each ρ, the slope, its variance and the weight of that ρ."""
    lag = RHOS[:, None] ** step
    scale = 1 / np.sqrt(1 - lag**2)

    def white(values: Floats) -> Floats:
        return (values - lag * np.r_[0.0, values[:-1]]) * scale

    level = white(np.ones_like(x))
    size = np.add.reduceat(level**2, first, axis=1)
    length = np.diff(np.r_[first, x.size])

    def within(values: Floats) -> Floats:
        mean = np.add.reduceat(level * values, first, axis=1) / size
        return values - level * np.repeat(mean, length, axis=1)

    x_white, y_white = within(white(x)), within(white(y))
    spread = (x_white**2).sum(axis=1)
    slope = (x_white * y_white).sum(axis=1) / spread
    freedom = x.size - first.size - 1
    noise = ((y_white - slope[:, None] * x_white) ** 2).sum(axis=1) / freedom
    noise = np.where(noise > 1e-12 * (y**2).mean(), noise, 0.0)
    noise = np.maximum(noise, least_sd**2)
    likelihood = np.log(scale).sum(axis=1) - (np.log(size).sum(axis=1) + np.log(spread)) / 2
    likelihood -= freedom / 2 * np.log(np.maximum(noise, np.finfo(float).tiny))
    weight = np.exp(likelihood - likelihood.max())
    return slope, noise / spread, weight / weight.sum()


def _quantile(share: float, centre: Floats, spread: Floats, weight: Floats, freedom: int) -> float:
    """Return a quantile (half of `share`) of a mixture of t distributions."""
    reach = t_quantile(abs(share - 1), freedom) * spread * np.sign(share - 1)
    low, high = float((centre + reach).min()), float((centre + reach).max())

    def beyond(value: float) -> float:
        return float(weight @ special.stdtr(freedom, (value - centre) / spread)) - share / 2

    return low if high - low < 1e-12 * abs(high) else float(optimize.brentq(beyond, low - 1e-9, high + 1e-9))
