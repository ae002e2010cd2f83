"""Intervals that stay honest when neighbouring observations resemble each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal, stats

FEWEST = 3
"""An interval needs at least this many observations."""

MOST_AUTOCORRELATION = 0.95
RATING_SD = 1 / np.sqrt(12)
"""The least standard deviation of a rating in whole steps: a 4 stands for anything from 3.5 to 4.5."""


class Interval(NamedTuple):
    """An estimate, its confidence interval and the number of observations behind it."""

    estimate: float
    low: float
    high: float
    n: int


def autocorrelation(residuals: ArrayLike) -> float:
    """Return the lag-1 autocorrelation of residuals, Σ e_t e_{t-1} / Σ e_t²; 0 where nothing varies.

    Parameters
    ----------
    residuals : array-like of float
        In order of time, around a fitted mean or curve.

    Returns
    -------
    float
        Between -1 and 1.

    Examples
    --------
    >>> autocorrelation([1.0, 1.0, -1.0, -1.0])
    0.25
    """
    e = np.asarray(residuals, dtype=float)
    total = float(e @ e)
    return float(e[1:] @ e[:-1]) / total if total > 0 else 0.0


def effective_size(n: int, rho: float) -> float:
    """Return the number of independent observations that n autocorrelated ones are worth, n(1-ρ)/(1+ρ).

    Only positive autocorrelation counts: ρ is clipped to [0, 0.95].

    Parameters
    ----------
    n : int
        Observations.
    rho : float
        Their lag-1 autocorrelation.

    Returns
    -------
    float
        At most n.

    Examples
    --------
    >>> round(effective_size(80, 0.4), 1), effective_size(80, -0.2)
    (34.3, 80.0)
    """
    clipped = float(np.clip(rho, 0.0, MOST_AUTOCORRELATION))
    return n * (1 - clipped) / (1 + clipped)


def corrected_autocorrelation(residuals: ArrayLike, fitted: int = 1) -> float:
    """Return the lag-1 autocorrelation r, corrected for the pull towards negative values in short series.

    Residuals around a fitted mean sum to zero, which lowers r by about (1 + 3ρ)/n; each further fitted parameter
    lowers it by about (1 + ρ)/n. So (p + (p + 2)·max(r, 0))/n is added for p parameters. The correction is not
    iterated, and series of fewer than 6 are left alone: there it would blow up more than it mends.

    Parameters
    ----------
    residuals : array-like of float
        In order of time.
    fitted : int, default 1
        Parameters that were fitted to the mean or curve.

    Returns
    -------
    float
        Between -1 and 0.95.

    References
    ----------
    Kendall, M. G. (1954). Note on bias in the estimation of autocorrelation. Biometrika 41, 403-404.

    Examples
    --------
    >>> round(corrected_autocorrelation([1.0, 2.0, 0.0, -1.0, -2.0, 0.0, 1.0, 0.0, -1.0, 0.0]), 2)
    0.53
    """
    n = np.size(residuals)
    rho = autocorrelation(residuals)
    if n < 6:
        return float(min(rho, MOST_AUTOCORRELATION))
    return float(np.clip(rho + (fitted + (fitted + 2) * max(rho, 0.0)) / n, -1.0, MOST_AUTOCORRELATION))


def _centre(values: NDArray[np.float64], rho: float, least_sd: float = 0.0) -> tuple[float, float, float]:
    """Return a series' mean, the variance of that mean, and the degrees of freedom of that variance."""
    mean = float(values.mean())
    size = max(effective_size(values.size, rho), 2.0)
    variance = max(float(np.mean((values - mean) ** 2)), least_sd**2)
    squared = max(rho, 0.0) ** 2
    return mean, variance / (size - 1), max(values.size * (1 - squared) / (1 + squared) - 1, 2.0)


def mean_interval(values: ArrayLike, confidence: float = 0.95, *, least_sd: float = 0.0) -> Interval:
    """Return the mean of a series with a t interval for autocorrelated observations.

    The variance of the mean is (Σ(y - ȳ)²/n) / (n_eff - 1) with n_eff = n(1-ρ)/(1+ρ), and the t quantile has
    n(1-ρ²)/(1+ρ²) - 1 degrees of freedom, those of the variance. With ρ = 0 this is the usual interval.

    Parameters
    ----------
    values : array-like of float
        In order of time; missing values are left out.
    confidence : float, default 0.95
        Coverage of the interval.
    least_sd : float, default 0
        The standard deviation is taken to be at least this: `RATING_SD` for ratings in whole steps, so that
        three equal ratings do not pass for certainty.

    Returns
    -------
    Interval
        estimate, low, high, n. The limits are NaN for fewer than 3 values, and where nothing varies: noise that
        does not show cannot be measured.

    References
    ----------
    Zięba, A. (2010). Effective number of observations and unbiased estimators of variance for autocorrelated
    data. Metrology and Measurement Systems 17, 3-16.

    Examples
    --------
    >>> estimate, low, high, n = mean_interval([4, 2, 5, 3, 4, 3])
    >>> round(estimate, 2), round(low, 2), round(high, 2), n
    (3.5, 2.4, 4.6, 6)
    """
    series = np.asarray(values, dtype=float)
    series = series[~np.isnan(series)]
    if series.size < FEWEST:
        return Interval(float(series.mean()) if series.size else np.nan, np.nan, np.nan, series.size)
    rho = corrected_autocorrelation(series - series.mean())
    mean, variance, freedom = _centre(series, rho, least_sd)
    if variance == 0:
        return Interval(mean, np.nan, np.nan, series.size)
    half = float(t_quantile(confidence, freedom) * np.sqrt(variance))
    return Interval(mean, mean - half, mean + half, series.size)


def difference_interval(before: ArrayLike, now: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the difference of two means, now minus before, with Welch's interval on effective sizes.

    Both stretches are taken to have the same autocorrelation, which is estimated from both together, around a
    straight line in each.

    Parameters
    ----------
    before, now : array-like of float
        Two stretches of one series, each in order of time; missing values are left out.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Interval
        estimate, low, high, and n of both together. The limits are NaN if a side has fewer than 3 values, or if
        nothing varies.

    References
    ----------
    Welch, B. L. (1947). The generalization of "Student's" problem when several different population variances
    are involved. Biometrika 34, 28-35.

    Examples
    --------
    >>> estimate, low, high, n = difference_interval([10, 12, 11, 10], [15, 14, 16, 14])
    >>> round(estimate, 2), round(low, 2), round(high, 2), n
    (4.0, 2.34, 5.66, 8)
    """
    sides = [np.asarray(side, dtype=float) for side in (before, now)]
    sides = [side[~np.isnan(side)] for side in sides]
    n = sum(side.size for side in sides)
    if min(side.size for side in sides) < FEWEST:
        known = all(side.size for side in sides)
        return Interval(float(sides[1].mean() - sides[0].mean()) if known else np.nan, np.nan, np.nan, n)
    # Learning within a stretch is a trend, and must not pass for autocorrelated noise.
    trend = int(min(side.size for side in sides) > FEWEST)
    around = [signal.detrend(side, type="linear" if trend else "constant") for side in sides]
    rho = corrected_autocorrelation(np.concatenate(around), fitted=2 + 2 * trend)
    (mean_before, var_before, df_before), (mean_now, var_now, df_now) = (_centre(s, rho) for s in sides)
    variance = var_before + var_now
    estimate = mean_now - mean_before
    if variance == 0:
        return Interval(estimate, np.nan, np.nan, n)
    freedom = variance**2 / (var_before**2 / df_before + var_now**2 / df_now)
    half = float(t_quantile(confidence, freedom) * np.sqrt(variance))
    return Interval(estimate, estimate - half, estimate + half, n)


def t_quantile(confidence: float, freedom: float) -> float:
    """Return the factor of a two-sided t interval.

    Examples
    --------
    >>> round(t_quantile(0.95, 10), 3)
    2.228
    """
    return float(stats.t.ppf((1 + confidence) / 2, freedom))


def long_run_covariance(scores: NDArray[np.float64], rho: float) -> NDArray[np.float64]:
    """Return the covariance of a sum of autocorrelated vectors (Newey-West, prewhitened).

    The scores are first freed from an AR(1) part with coefficient ρ, the remainder is summed with Bartlett
    weights up to lag 4(n/100)^(2/9), and the result is divided by (1-ρ)² again.

    Parameters
    ----------
    scores : ndarray, shape (n, p)
        One row per observation, in order of time: gradient times residual.
    rho : float
        Autocorrelation to whiten with, in [0, 1).

    Returns
    -------
    ndarray, shape (p, p)
        Symmetric, positive semidefinite.

    References
    ----------
    Newey, W. K. & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity and autocorrelation
    consistent covariance matrix. Econometrica 55, 703-708.
    Andrews, D. W. K. & Monahan, J. C. (1992). An improved heteroskedasticity and autocorrelation consistent
    covariance matrix estimator. Econometrica 60, 953-966.

    Examples
    --------
    >>> long_run_covariance(np.array([[1.0], [-1.0], [1.0], [-1.0]]), rho=0.0).round(2)
    array([[1.]])
    """
    n = len(scores)
    white = scores[1:] - rho * scores[:-1] if rho else scores
    total = white.T @ white * (n / len(white))
    lags = int(4 * (n / 100) ** (2 / 9))
    for lag in range(1, min(lags, len(white) - 1) + 1):
        cross = white[lag:].T @ white[:-lag]
        total += (1 - lag / (lags + 1)) * (cross + cross.T)
    return total / (1 - rho) ** 2


def even_covariance(directions: NDArray[np.float64], rss: float, rho: float) -> NDArray[np.float64]:
    """Return the covariance of projections of AR(1) noise of even size, σ²·Q'RQ.

    R holds the autocorrelations ρ^|i-j|, and σ² = RSS/(n - tr Q'RQ) allows for what the fit has absorbed.

    Parameters
    ----------
    directions : ndarray, shape (n, p)
        Q, with orthonormal columns that span the fit.
    rss : float
        The residual sum of squares.
    rho : float
        Lag-1 autocorrelation of the noise, in [0, 1).

    Returns
    -------
    ndarray, shape (p, p)
        Symmetric, positive semidefinite.

    Examples
    --------
    >>> even_covariance(np.full((4, 1), 0.5), rss=6.0, rho=0.0)
    array([[2.]])
    """
    earlier = signal.lfilter([0.0, rho], [1.0, -rho], directions, axis=0)
    cross = directions.T @ earlier
    middle = directions.T @ directions + cross + cross.T
    left = max(len(directions) - float(np.trace(middle)), 1.0)
    return middle * rss / left
