"""Shrinkage: means of several groups, each drawn towards the mean of all as far as its own data are weak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from mmlib.stats.intervals import FEWEST, autocorrelation, effective_size, t_quantile

Floats = NDArray[np.float64]
GRID = 200
QUANTILE_STEPS = 50
WIDEST = 1e3
"""The between-group standard deviation is sought up to this many times the groups' own spread."""


class Shrunk(NamedTuple):
    """Shrunken means of groups, with their limits and how far each was drawn: 0 not at all, 1 to the common mean."""

    estimate: Floats
    low: Floats
    high: Floats
    shrinkage: Floats


class Means(NamedTuple):
    """Means of groups, the variances of these means, and the degrees of freedom of those variances."""

    mean: Floats
    variance: Floats
    freedom: Floats


def group_means(groups: Sequence[ArrayLike], *, least_sd: float = 0.0) -> Means:
    """Return the mean of each group with its variance, borrowing what a small group cannot know from the others.

    The groups are taken to share one lag-1 autocorrelation ρ, and each group's variance is a moderated one. The
    variance of a mean is s²/n_eff, with n_eff = n(1-ρ)/(1+ρ).

    Parameters
    ----------
    groups : sequence of array-like of float
        The observations of each group in order of time, at least 3 each and none missing.
    least_sd : float, default 0
        The standard deviation within a group is taken to be at least this.

    Returns
    -------
    Means
        mean, variance (of the mean) and freedom (of that variance), one value per group.

    Examples
    --------
    >>> found = group_means([[4.0, 2.0, 5.0, 3.0], [1.0, 2.0, 3.0]])
    >>> found.mean, found.variance.round(2)
    (array([3.5, 2. ]), array([0.35, 0.47]))
    """
    series = [np.asarray(values, dtype=float) for values in groups]
    residuals = [values - values.mean() for values in series]
    n = np.array([values.size for values in series], dtype=float)
    rho = common_autocorrelation(residuals)
    worth = np.maximum((1 - rho**2) / (1 + rho**2) * n - 1, 1.0)
    size = np.maximum(effective_size(1, rho) * n, 1.5)
    sums = np.array([float(values @ values) for values in residuals])
    variance, freedom = moderated_variances(np.maximum(sums / n * size / (size - 1), least_sd**2), worth)
    return Means(np.array([values.mean() for values in series]), variance / size, freedom)


def common_autocorrelation(residuals: Sequence[Floats]) -> float:
    """Return the lag-1 autocorrelation that groups of residuals share, corrected for their lengths; at least 0.

    r = Σ e_t e_{t-1}/Σ e_t² over all groups, each around its own mean. These means lower it, as in a single series,
    by about (1 + 3ρ)/n, so r + k(1 + 3·max(r, 0))/N is returned for k groups of N observations in all.

    Examples
    --------
    >>> round(common_autocorrelation([np.array([1.0, 1.0, -1.0, -1.0]), np.array([1.0, 1.0, -1.0, -1.0])]), 2)
    0.69
    """
    total = sum(float(e @ e) for e in residuals)
    if total == 0:
        return 0.0
    r = sum(autocorrelation(e) * float(e @ e) for e in residuals) / total
    share = len(residuals) / sum(e.size for e in residuals)
    return float(np.clip(r + share * (1 + 3 * max(r, 0.0)), 0.0, 0.95))


def moderated_variances(variances: ArrayLike, freedoms: ArrayLike) -> tuple[Floats, Floats]:
    """Return variances drawn towards a common one, and the degrees of freedom that they then have.

    The variances are taken as s² ~ σ²·χ²_d/d with 1/σ² from a gamma distribution, whose two parameters come from
    the mean and the spread of log s². The result is (d₀·s₀² + d·s²)/(d₀ + d) with d₀ + d degrees of freedom.
    Where the logarithms scatter no more than chance makes them, all share one variance, with Σd degrees.

    Parameters
    ----------
    variances, freedoms : array-like of float
        The variance within each group and its degrees of freedom.

    Returns
    -------
    tuple of ndarray
        The variances and their degrees of freedom.

    References
    ----------
    Smyth, G. K. (2004). Linear models and empirical Bayes methods for assessing differential expression in
    microarray experiments. Statistical Applications in Genetics and Molecular Biology 3, 3.

    Examples
    --------
    >>> moderated_variances([1.0, 1.2, 0.8], [9, 9, 9])
    (array([1., 1., 1.]), array([27., 27., 27.]))
    """
    s2, d = np.asarray(variances, dtype=float), np.asarray(freedoms, dtype=float)
    pooled = float((s2 * d).sum() / d.sum())
    if s2.size < FEWEST or pooled == 0:
        everywhere = s2.size > 1
        return (np.full(s2.shape, pooled), np.full(d.shape, d.sum())) if everywhere else (s2, d)
    logs = np.log(np.maximum(s2, pooled * 1e-3)) - special.digamma(d / 2) + np.log(d / 2)
    excess = float(logs.var(ddof=1) - special.polygamma(1, d / 2).mean())
    if excess <= special.polygamma(1, 5000.0):
        return np.full(s2.shape, pooled), np.full(d.shape, d.sum())
    d0 = 2 * float(optimize.brentq(lambda half: special.polygamma(1, half) - excess, 1e-3, 5000.0))
    prior = float(np.exp(logs.mean() + special.digamma(d0 / 2) - np.log(d0 / 2)))
    return (d0 * prior + d * s2) / (d0 + d), np.minimum(d0 + d, d.sum())


def shrunken_means(estimates: ArrayLike, variances: ArrayLike, confidence: float = 0.95) -> Shrunk:
    """Return the means of groups under a normal-normal model, whose limits allow for all that it estimates.

    y_i ~ N(θ_i, v_i) and θ_i ~ N(μ, τ²). Given τ, θ_i lies around μ + (1 - B_i)(y_i - μ) with B_i = v_i/(v_i + τ²).
    Since a few groups say little of τ, nothing is put in for it: the result is averaged over all τ ≥ 0 as far as
    the data make them likely (a flat prior for μ and τ), which also widens the limits.

    Parameters
    ----------
    estimates, variances : array-like of float
        The mean of each group and the variance of that mean, above 0.
    confidence : float, default 0.95
        Coverage of the interval, on average over the groups.

    Returns
    -------
    Shrunk
        estimate (posterior mean), low, high (equal tails) and shrinkage (the mean of B_i). With fewer than 3
        groups there is nothing to learn τ from: the estimates are given back, with normal intervals.

    References
    ----------
    Rubin, D. B. (1981). Estimation in parallel randomized experiments. Journal of Educational Statistics 6,
    377-401.
    Gelman, A., Carlin, J. B., Stern, H. S., Dunson, D. B., Vehtari, A. & Rubin, D. B. (2013). Bayesian data
    analysis, 3rd ed., section 5.4. CRC Press.
    Morris, C. N. (1983). Parametric empirical Bayes inference. Journal of the American Statistical Association 78,
    47-55.

    Examples
    --------
    >>> found = shrunken_means([28, 8, -3, 7, -1, 1, 18, 12], np.square([15, 10, 16, 11, 9, 11, 10, 18]))
    >>> found.estimate.round(1)
    array([11.4,  7.9,  6.1,  7.6,  5.1,  6.1, 10.7,  8.5])
    """
    y, v = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    if y.size < FEWEST:
        half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(v)
        return Shrunk(y, y - half, y + half, np.zeros(y.size))
    tau, weight = _between(y, v)
    precision = 1 / (v + tau[:, None] ** 2)
    total = precision.sum(axis=1, keepdims=True)
    centre = (precision * y).sum(axis=1, keepdims=True) / total
    drawn = v * precision
    means = centre + (1 - drawn) * (y - centre)
    spread = np.sqrt((1 - drawn) * v + drawn**2 / total)
    low, high = (_mixture_quantile(share, means, spread, weight) for share in tails(confidence))
    return Shrunk(weight @ means, low, high, weight @ drawn)


def tails(confidence: float) -> tuple[float, float]:
    """Return the two shares that an interval with equal tails leaves below its limits.

    Examples
    --------
    >>> tuple(round(share, 3) for share in tails(0.95))
    (0.025, 0.975)
    """
    return (1 - confidence) / 2, (1 + confidence) / 2


def t_variances(means: Means, confidence: float = 0.95) -> Floats:
    """Return the variances at which a normal interval is as wide as the t interval with those degrees of freedom.

    Examples
    --------
    >>> t_variances(Means(np.array([0.0]), np.array([1.0]), np.array([2.0]))).round(2)
    array([4.82])
    """
    factor = [t_quantile(confidence, freedom) for freedom in means.freedom]
    return means.variance * (np.array(factor) / stats.norm.ppf(tails(confidence)[1])) ** 2


def _between(y: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Return values of the between-group standard deviation and how likely the data make each; these sum to 1."""
    scale = max(float(np.sqrt(v.mean())), float(np.ptp(y)))
    share = (np.arange(GRID) + 0.5) / GRID
    tau = scale * share / (1 - share)  # dense where it matters, and without an upper end that cuts anything off
    tau = np.minimum(tau, WIDEST * scale)
    precision = 1 / (v + tau[:, None] ** 2)
    total = precision.sum(axis=1)
    centre = (precision * y).sum(axis=1) / total
    misfit = (precision * (y - centre[:, None]) ** 2).sum(axis=1)
    log_weight = 0.5 * (np.log(precision).sum(axis=1) - np.log(total) - misfit) - 2 * np.log(1 - share)
    weight = np.exp(log_weight - log_weight.max())
    return tau, weight / weight.sum()


def _mixture_quantile(share: float, means: Floats, spread: Floats, weight: Floats) -> Floats:
    """Return the quantile of a mixture of normals for each group, by bisection."""
    far = stats.norm.ppf(0.9999) * spread
    low, high = (means - far).min(axis=0), (means + far).max(axis=0)
    for _ in range(QUANTILE_STEPS):
        middle = (low + high) / 2
        below = weight @ special.ndtr((middle - means) / spread) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
