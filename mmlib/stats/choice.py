"""Which form a series has: rivals compared by AICc, on the number of observations that they are really worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.curves import Fits
from mmlib.stats.forms import FORMS, second_limit
from mmlib.stats.inference import sudden
from mmlib.stats.noise import noise
from mmlib.stats.series import Series, blocks

Floats = NDArray[np.float64]

SUPPORT = 2.0
"""A form with fewer parameters is kept while its AICc is within this of the lowest: it has substantial support."""


def criteria(series: Series, fits: list[Fits]) -> Floats:
    """Return the corrected Akaike criterion of rival fits to the same series, shape (m, forms).

    n_eff·log(RSS/n) + 2k + 2k(k+1)/(n-k-1), where k counts the parameters and the noise. Autocorrelated noise looks
    like a trend, so the likelihood counts only the effective number of observations, by the noise around the form
    that leaves the least residual.

    References
    ----------
    Burnham, K. P. & Anderson, D. R. (2002). Model selection and multimodel inference, 2nd ed. Springer.
    """
    n = series.size[:, None]
    rss = np.maximum(np.stack([fit.rss for fit in fits], axis=1), rounding(series)[:, None])
    size = (series.size / _inflation(series, fits, np.argmin(rss, axis=1)))[:, None]
    k = np.array([FORMS[fit.form].parameters + 1 for fit in fits])
    return size * np.log(np.maximum(rss, 1e-300) / n) + 2 * k + 2 * k * (k + 1) / np.maximum(n - k - 1, 1)


def rounding(series: Series) -> Floats:
    """Return the residual sum of squares that rounding alone may leave, which is no noise."""
    return series.size * (1e-7 * np.maximum(np.abs(series.y).max(axis=1, initial=0.0), 1e-300)) ** 2


def _inflation(series: Series, fits: list[Fits], best: NDArray) -> Floats:
    """Return by how much the noise around the closest fit multiplies the variance of a mean."""
    found = np.ones(len(series))
    for k, fit in enumerate(fits):
        all_rows = np.flatnonzero((best == k) & (fit.rss > rounding(series)))
        for block in blocks(all_rows.size, series.y.shape[1]):
            rows = all_rows[block]
            some = series.take(rows)
            fitted = fit.take(rows).predict(some.z, some.last)
            residuals, seen = some.gathered(np.where(some.seen, some.y - fitted, 0.0)), some.gathered(some.seen)
            around = noise(residuals, seen, np.zeros_like(residuals), FORMS[fit.form].parameters, wary=False)
            found[rows] = around.inflation
    return found


def candidates(series: Series, fits: list[Fits]) -> NDArray[np.bool_]:
    """Return which forms are candidates for each series, shape (m, forms); where none is, all are.

    A form whose change is all over by the second observation is none: that is one slip, not a curve. Nor is a form
    with two parameters whose second one is at its limit: there it is one of the simpler forms.
    """
    out = np.stack([sudden(fit, series) | _simpler(fit, series) for fit in fits], axis=1)
    return ~out | out.all(axis=1, keepdims=True)


def chosen(series: Series, fits: list[Fits], values: Floats) -> NDArray[np.int64]:
    """Return the place of the form that each series has: the simplest candidate with substantial support."""
    values = np.where(candidates(series, fits), values, np.inf)
    parameters = np.array([FORMS[fit.form].parameters for fit in fits])
    supported = values <= values.min(axis=1, keepdims=True) + SUPPORT
    fewest = np.where(supported, parameters, 99).min(axis=1, keepdims=True)
    return np.argmin(np.where(supported & (parameters == fewest), values, np.inf), axis=1)


def _simpler(fit: Fits, series: Series) -> NDArray[np.bool_]:
    if FORMS[fit.form].shapes <= 1:
        return np.zeros(len(series), dtype=bool)
    limit = second_limit(fit.form, series.last)
    return (fit.second < 1e-6) | (fit.second > limit - 1e-3)


def weights(values: Floats) -> Floats:
    """Return Akaike weights, exp(-Δ/2) scaled to sum 1 in each row: how the evidence is shared among the rivals.

    Examples
    --------
    >>> weights(np.array([[10.0, 12.0, 20.0]])).round(3)
    array([[0.727, 0.268, 0.005]])
    """
    relative = np.exp(-(values - values.min(axis=1, keepdims=True)) / 2)
    return relative / relative.sum(axis=1, keepdims=True)
