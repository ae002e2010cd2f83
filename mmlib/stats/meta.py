"""Random-effects meta-analysis: what several estimates say together, and how far their truths differ."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats
from scipy.stats import qmc
from statsmodels.stats.meta_analysis import combine_effects

Floats = NDArray[np.float64]

FEWEST = 3
"""How far the truths differ cannot be told from fewer estimates."""

LOG2_POINTS, POINTS_SEED = 13, 1
"""The prediction interval is integrated over so many points, the same each time."""

GRID = 400


class Combined(NamedTuple):
    """What several estimates say together; all but n NaN where there are fewer than 3.

    Attributes
    ----------
    estimate, low, high, p_value : float
        The mean of the truths, its interval, and the p-value of its being zero.
    n : int
        How many estimates were combined.
    tau, tau_low, tau_high : float
        The standard deviation of the truths and its interval.
    i2 : float
        The share of the estimates' variance that is not due to their own errors.
    q, heterogeneity_p : float
        Cochran's Q, and the p-value of all truths being the same.
    prediction_low, prediction_high : float
        The interval for the truth of one more.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    n: int
    tau: float
    tau_low: float
    tau_high: float
    i2: float
    q: float
    heterogeneity_p: float
    prediction_low: float
    prediction_high: float


def random_effects(estimates: ArrayLike, variances: ArrayLike, confidence: float = 0.95) -> Combined:
    """Return the mean of several estimates whose truths differ, how much they differ, and where one more would lie.

    y_i ~ N(θ_i, v_i), θ_i ~ N(μ, τ²). τ² is Paule and Mandel's: that at which Q(τ²) = Σ w_i(y_i - m)² = k - 1, with
    w_i = 1/(v_i + τ²) and m the weighted mean. The interval of μ is m ± t·√(1/Σw_i) with k - 1 degrees of freedom,
    which is Hartung and Knapp's: their factor Q(τ²)/(k - 1) is 1, and where τ² = 0 makes it less, 1 is kept, so that
    the interval is never narrower than with one common truth. The limits of τ² are those at which Q is a quantile of
    χ² with k - 1 degrees of freedom (Q-profile). I² = 1 - (k - 1)/Q(0), at least 0.

    The prediction interval allows for not knowing τ²: it holds the middle of m + τ·Z - t·√(1/Σw_i) when τ² runs
    through all that the Q-profile allows, as often as it allows them (after Nagashima, Noma & Furukawa 2019).

    Parameters
    ----------
    estimates, variances : array-like of float, shape (k,)
        In a common unit; the variances above 0.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    Combined

    References
    ----------
    Paule, R. C. & Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National
    Bureau of Standards 87, 377-385.
    Hartung, J. & Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with
    binary outcome. Statistics in Medicine 20, 3875-3889.
    Viechtbauer, W. (2007). Confidence intervals for the amount of heterogeneity in meta-analysis. Statistics in
    Medicine 26, 37-52.
    Higgins, J. P. T. & Thompson, S. G. (2002). Quantifying heterogeneity in a meta-analysis. Statistics in Medicine
    21, 1539-1558.
    Nagashima, K., Noma, H. & Furukawa, T. A. (2019). Prediction intervals for random-effects meta-analysis: a
    confidence distribution approach. Statistical Methods in Medical Research 28, 1689-1702.

    Examples
    --------
    >>> found = random_effects([0.1, 0.9, 0.4, 0.6], [0.02, 0.02, 0.03, 0.01])
    >>> [round(value, 2) for value in (found.estimate, found.low, found.high, found.tau, found.i2)]
    [0.5, -0.03, 1.04, 0.31, 0.83]
    """
    y, v = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    k = y.size
    if k < FEWEST:
        nothing = dict.fromkeys(Combined._fields, np.nan)
        return Combined(**nothing | {"n": k})
    found = combine_effects(y, v, method_re="pm", alpha=1 - confidence, use_t=True)
    low, high = (float(limit) for limit in found.conf_int(alpha=1 - confidence)[1])
    p_value = 2 * stats.t.sf(abs(found.mean_effect_re) / found.sd_eff_w_re, k - 1)
    same = found.test_homogeneity()
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    tau = [np.sqrt(between_variance(y, v, stats.chi2.isf(share, k - 1))) for share in tails]
    further = np.quantile(_one_more(y, v), tails)
    return Combined(
        float(found.mean_effect_re), low, high, float(p_value), k, float(np.sqrt(found.tau2)), *map(float, tau),
        float(max(found.i2, 0.0)) if found.q > 0 else 0.0, float(same.statistic), float(same.pvalue),
        *map(float, further),
    )  # fmt: skip


def misfit(y: Floats, v: Floats, between: ArrayLike) -> Floats:
    """Return the generalised Q at each between-estimate variance τ², which falls as τ² grows.

    Examples
    --------
    >>> misfit(np.array([0.0, 2.0]), np.array([1.0, 1.0]), [0.0, 1.0])
    array([2., 1.])
    """
    weight, mean = _weighted(y, v, np.asarray(between, dtype=float))
    return (weight * (y - mean[..., None]) ** 2).sum(axis=-1)


def between_variance(y: Floats, v: Floats, q: float) -> float:
    """Return the between-estimate variance at which the generalised Q is q; 0 where it is less even there.

    Examples
    --------
    >>> round(between_variance(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 1.0), 6)
    1.0
    """
    if misfit(y, v, 0.0) <= q:
        return 0.0
    # Q(τ²) is at most Σ(y - ȳ)²/τ².
    most = float(((y - y.mean()) ** 2).sum()) / q
    return float(optimize.brentq(lambda between: misfit(y, v, between) - q, 0.0, most, xtol=1e-12 * most, rtol=1e-12))


def _weighted(y: Floats, v: Floats, between: Floats) -> tuple[Floats, Floats]:
    """Return the weights and the weighted mean at each between-estimate variance."""
    weight = 1 / (v + between[..., None])
    return weight, (weight * y).sum(axis=-1) / weight.sum(axis=-1)


def _one_more(y: Floats, v: Floats) -> Floats:
    """Return draws of the truth of one more estimate."""
    q, normal, student = _points(y.size - 1)
    # The τ² of each draw lies between those of a grid that is dense where they are.
    ends = [between_variance(y, v, float(end)) for end in (q.max(), q.min())]
    scale = float(v.min())
    grid = np.concatenate([[0.0], np.geomspace(max(ends[0], scale * 1e-4), max(ends[1], scale * 2e-4), GRID)])
    between = np.exp(np.interp(-q, -misfit(y, v, grid), np.log(grid + scale))) - scale
    weight, mean = _weighted(y, v, grid)
    factor = np.maximum(misfit(y, v, grid) / (y.size - 1), 1.0)
    mean, error = (np.interp(between, grid, values) for values in (mean, np.sqrt(factor / weight.sum(axis=-1))))
    return mean + np.sqrt(np.maximum(between, 0.0)) * normal - student * error


@functools.lru_cache(maxsize=64)
def _points(freedom: int) -> tuple[Floats, Floats, Floats]:
    """Return evenly spread draws of χ², of a standard normal and of a t variable."""
    u = qmc.Sobol(3, rng=POINTS_SEED).random_base2(LOG2_POINTS)
    return stats.chi2.ppf(u[:, 0], freedom), stats.norm.ppf(u[:, 1]), stats.t.ppf(u[:, 2], freedom)
