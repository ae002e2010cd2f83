"""The noise around fitted curves: how large, how it grows with the level, and how neighbours resemble each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.intervals import MOST_AUTOCORRELATION

Floats = NDArray[np.float64]

FAR = 3.0
"""Residuals beyond this multiple of their robust standard deviation count as outliers, which have no neighbours."""

WITHIN = 0.9707
"""The share of a normal variable's variance that lies within FAR standard deviations."""

NEARLY_ALL = 0.8
"""A core with at least this share of the variance is taken for the whole: chance makes it look smaller."""

SCORING_STEPS = 4

PROPORTIONAL = 2.0
"""Noise in proportion to the level has a variance that goes with its square."""

CLEAR = 3.0
"""Noise counts as growing where its slope is at least this many standard errors."""


class Noise(NamedTuple):
    """The noise of many series, one value per series.

    Attributes
    ----------
    lag1 : ndarray, shape (m,)
        The lag-1 autocorrelation of the residuals, as it stands.
    rho : ndarray, shape (m,)
        That of the core, in [0, 0.95]: without outliers, and corrected for what the fit absorbed.
    core : ndarray, shape (m,)
        The share of the variance that the core has.
    scales : list of ndarray, shape (m, n)
        The standard deviation at each observation, relative to the whole; 0 where nothing was seen. Where the data
        do not tell whether it grows with the level, there are two: one that does not, and one in proportion to it.
    """

    lag1: Floats
    rho: Floats
    core: Floats
    scales: list[Floats]

    @property
    def inflation(self) -> Floats:
        """By how much autocorrelation multiplies the variance of a mean."""
        return self.core * (1 + self.rho) / (1 - self.rho) + 1 - self.core


def noise(
    residuals: Floats,
    seen: NDArray[np.bool_],
    level: Floats,
    fitted: int,
    *,
    times: NDArray[np.bool_] | None = None,
    wary: bool = True,
) -> Noise:
    """Return what the residuals of many series say of their noise.

    Residuals around a fit of p parameters understate the autocorrelation: their lag-1 autocorrelation r becomes
    (r + p/n)/(1 - (p + 2)/n), after Kendall (1954). To be wary, 3/n + 90/n² more is taken off the denominator, which
    is never below one half. Outliers, beyond 3 robust standard deviations, are left out of r and taken as independent,
    unless the whole is as autocorrelated as its core. The noise may grow with the level, variance e^(a + b·level)
    (Harvey 1976), where b is 0 unless it is three standard errors away from it.

    Parameters
    ----------
    residuals : ndarray, shape (m, n)
        In order of practice, without gaps (`Series.gathered`); 0 where nothing was seen.
    seen : ndarray of bool, shape (m, n)
        What was observed.
    level : ndarray, shape (m, n)
        What the size of the noise may depend on, for example the fitted mean.
    fitted : int
        The number of fitted parameters.
    times : ndarray of bool, shape (m,), optional
        Which series are times or the like, whose noise usually grows in proportion to their level: where the data do
        not tell, both are considered.
    wary : bool, default True
        Whether a little is added to the autocorrelation of short series, where chance may hide it: as intervals want
        it, but not the choice of a form.

    Returns
    -------
    Noise

    References
    ----------
    Kendall, M. G. (1954). Note on bias in the estimation of autocorrelation. Biometrika 41, 403-404.
    Harvey, A. C. (1976). Estimating regression models with multiplicative heteroscedasticity. Econometrica 44, 461-465.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = noise(rng.normal(size=(2000, 50)), np.full((2000, 50), True), np.zeros((2000, 50)), 0)
    >>> bool(abs(np.mean(found.lag1)) < 0.01), bool(found.core.mean() > 0.9)
    (True, True)
    """
    size = seen.sum(axis=1)
    total = np.einsum("ij,ij->i", residuals, residuals)
    usual = _usual(residuals, seen)
    cut = residuals * usual
    inner = np.einsum("ij,ij->i", cut, cut)
    lag1, rho = _lag1(residuals, seen, total), _lag1(cut, usual, inner)
    rho = np.clip(_corrected(rho, size, fitted, wary=wary), 0.0, MOST_AUTOCORRELATION)
    share = np.where(total > 0, inner / np.where(total > 0, WITHIN * total, 1.0), 1.0)
    # Outliers that resemble their neighbours belong to the core all the same.
    alike = _corrected(lag1, size, fitted, wary=wary) / np.maximum(rho, 1e-3)
    core = np.clip(np.maximum(share, alike), 0.0, 1.0)
    core = np.where(core >= NEARLY_ALL, 1.0, core)
    return Noise(lag1, rho, core, _scales(residuals, seen, level, rho, times))


def _corrected(rho: Floats, size: NDArray, fitted: int, *, wary: bool) -> Floats:
    """Return the autocorrelation of the noise from that of residuals around a fit."""
    n = np.maximum(size, 1)
    least = 1 - (fitted + 2) / n - wary * (3 / n + 90 / n**2)
    return np.where(size < 6, rho, (rho + fitted / n) / np.maximum(least, 0.5))


def _usual(residuals: Floats, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which observations are within FAR robust standard deviations of the fit."""
    sizes = np.sort(np.where(seen, np.abs(residuals), np.inf), axis=1)
    middle = (np.maximum(seen.sum(axis=1), 1) - 1) // 2
    far = FAR * 1.4826 * sizes[np.arange(len(sizes)), middle]
    far = np.where((far > 0) & np.isfinite(far), far, np.inf)[:, None]
    return seen & (np.abs(residuals) <= far)


def _lag1(residuals: Floats, seen: NDArray[np.bool_], total: Floats) -> Floats:
    """Return Σ e_t e_{t-1} / Σ e², scaled up where neighbours are left out."""
    size = seen.sum(axis=1)
    pairs = np.maximum((seen[:, 1:] & seen[:, :-1]).sum(axis=1), 1)
    products = np.einsum("ij,ij->i", residuals[:, 1:], residuals[:, :-1])
    return np.where(total > 0, products / np.where(total > 0, total, 1.0), 0.0) * np.maximum(size - 1, 1) / pairs


def _scales(
    residuals: Floats, seen: NDArray[np.bool_], level: Floats, rho: Floats, times: NDArray[np.bool_] | None
) -> list[Floats]:
    """Return each observation's standard deviation, relative to the whole: e^(b·level/2), b by scoring."""
    n = np.maximum(seen.sum(axis=1), 1)[:, None]
    x = np.where(seen, level, 0.0)
    x = np.where(seen, x - x.sum(axis=1, keepdims=True) / n, 0.0)
    spread = np.einsum("ij,ij->i", x, x)
    known = spread > 1e-12
    spread = np.where(known, spread, 1.0)
    square = residuals**2 / np.maximum((residuals**2).sum(axis=1, keepdims=True) / n, 1e-300)
    slope = np.zeros(len(x))
    for _ in range(SCORING_STEPS):
        variance = np.where(seen, np.exp(np.clip(slope[:, None] * x, -10, 10)), 1.0)
        variance *= (square / variance).sum(axis=1, keepdims=True) / n
        # A single outlier must not pass for noise that grows.
        excess = np.minimum(square / np.maximum(variance, 1e-300), FAR**2) - 1
        slope += np.where(known, np.clip(np.einsum("ij,ij->i", x, excess) / spread, -2, 2), 0.0)
    chance = (excess**2 * seen).sum(axis=1) / n[:, 0] / spread
    # Squares of autocorrelated noise are autocorrelated too, by ρ².
    clear = slope**2 > CLEAR**2 * chance * (1 + rho**2) / (1 - rho**2)
    slopes = [np.where(clear, slope, 0.0)]
    if times is not None and times.any():
        slopes.append(np.where(clear | ~times, slopes[0], PROPORTIONAL))
    return [_relative(np.exp(np.clip(each[:, None] * x / 2, -5, 5)) * seen, n) for each in slopes]


def _relative(scale: Floats, n: NDArray) -> Floats:
    return scale / np.sqrt(np.maximum((scale**2).sum(axis=1, keepdims=True) / n, 1e-300))


def covariance(jacobian: Floats, rss: Floats, found: Noise) -> tuple[Floats, Floats]:
    """Return the covariance of least-squares estimates under such noise, and their degrees of freedom.

    (J'J)⁻¹ M (J'J)⁻¹ with M = σ²·Σ J_i J_j s_i s_j (core·ρ^|i-j| + (1 - core)·[i = j]), where s is the relative
    standard deviation, and σ² = RSS/(n - tr (J'J)⁻¹M/σ²) allows for what the fit absorbed.

    Parameters
    ----------
    jacobian : ndarray, shape (m, n, p)
        Derivatives of the fitted mean; 0 where nothing was seen.
    rss : ndarray, shape (m,)
        The residual sums of squares.
    found : Noise
        What the residuals say of the noise.

    Returns
    -------
    tables : ndarray, shape (k, m, p, p)
        One for each of the noise's scales.
    left : ndarray, shape (m,)
        The effective number of observations less the number of parameters, at least 2.
    """
    size = (found.scales[0] > 0).sum(axis=1)
    unit = np.sqrt(np.einsum("inp,inp->ip", jacobian, jacobian))
    held = unit <= 1e-12 * unit.max(axis=1, keepdims=True)
    unit = np.where(held, 1.0, unit)
    j = jacobian / unit[:, None, :]
    square = j.transpose(0, 2, 1) @ j + 1e-13 * np.eye(j.shape[2])
    square[:, np.arange(j.shape[2]), np.arange(j.shape[2])] += held
    inverse = np.linalg.inv(square)
    free = ~(held[:, :, None] | held[:, None, :]) / (unit[:, :, None] * unit[:, None, :])
    tables = np.stack([_table(inverse, j * scale[:, :, None], rss, size, found) for scale in found.scales])
    return tables * free, np.maximum(size / found.inflation - (~held).sum(axis=1), 2.0)


def _table(inverse: Floats, scaled: Floats, rss: Floats, size: NDArray, found: Noise) -> Floats:
    """Return (J'J)⁻¹ M (J'J)⁻¹ for one relative standard deviation."""
    turned = scaled.transpose(0, 2, 1)
    cross = turned @ _earlier(scaled, found.rho)
    middle = turned @ scaled + found.core[:, None, None] * (cross + cross.transpose(0, 2, 1))
    absorbed = np.einsum("ipq,iqp->i", inverse, middle)
    return (rss / np.maximum(size - absorbed, 1.0))[:, None, None] * (inverse @ middle @ inverse)


def _earlier(values: Floats, rho: Floats) -> Floats:
    """Return Σ_{k≥1} ρ^k values_{t-k} for every t."""
    found, n = np.zeros_like(values), values.shape[1]
    if n <= len(values):
        for t in range(1, n):
            found[:, t] = rho[:, None] * (found[:, t - 1] + values[:, t - 1])
        return found
    # Few long series: each step doubles how far back the sum reaches.
    factor, reach = rho[:, None, None], 1
    found[:, 1:] = factor * values[:, :-1]
    while reach < n and (factor > 1e-12).any():
        found[:, reach:] += factor * found[:, :-reach]
        factor, reach = factor**2, 2 * reach
    return found
