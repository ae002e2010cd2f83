"""What may be said of fitted learning curves: intervals of their parameters and of their mean."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mmlib.stats.curves import Fits
from mmlib.stats.forms import FORMS, LEAST_DECAY, decay_limit, rates, shape
from mmlib.stats.noise import Noise, covariance, noise
from mmlib.stats.series import Series

Floats = NDArray[np.float64]


class Inference(NamedTuple):
    """One form fitted to many series, with the covariance of its parameters.

    Attributes
    ----------
    fits : Fits
        The fits.
    last : ndarray, shape (m,)
        The last amount of practice of each series.
    noise : Noise
        The noise around them.
    tables : ndarray, shape (k, m, 4, 4)
        The covariance of level, distance, log T and the second parameter, 0 for what is not free: for each scale of
        the noise that the data allow. Intervals are the widest of these.
    factor : ndarray, shape (m,)
        The t quantile of their intervals.
    """

    fits: Fits
    last: Floats
    noise: Noise
    tables: Floats
    factor: Floats

    def band(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the fitted mean and the half width of its interval at z, shape (n,) or (m, n)."""
        jacobian = _jacobian(self.fits, z, self.last)
        variance = [np.einsum("inp,inp->in", jacobian @ table, jacobian) for table in self.tables]
        half = self.factor[:, None] * np.sqrt(np.maximum(np.max(variance, axis=0), 0.0))
        return self.fits.predict(z, self.last), half

    def half(self, parameter: int) -> Floats:
        """Return the half width of a parameter's interval: 0 level, 1 distance."""
        return self.factor * np.sqrt(self.tables[:, :, parameter, parameter].max(axis=0))

    def rate(self) -> tuple[Floats, Floats]:
        """Return the rate, and the half width of the interval of its logarithm."""
        fits, last = self.fits, self.last
        rate, _ = rates(fits.form, fits.decay, fits.second, last)
        by_second = np.zeros_like(rate)
        if fits.form == "power_prior":
            start = np.exp(fits.second)
            by_second = (last - 1) / (last - 1 + start) / np.log1p((last - 1) / start)
        elif fits.form == "apex":
            by_second = (1 / (last - 1) - 1 / np.log(last)) * fits.decay / rate
        by_decay, both, by_other = (self.tables[:, :, i, j] for i, j in ((2, 2), (2, 3), (3, 3)))
        variance = (by_decay + 2 * by_second * both + by_second**2 * by_other).max(axis=0)
        return rate, self.factor * np.sqrt(np.maximum(variance, 0.0))


def inference(series: Series, fits: Fits, confidence: float, times: NDArray[np.bool_]) -> Inference:
    """Return the intervals of fitted curves (delta method) that hold under autocorrelated, uneven, heavy-tailed noise.

    A parameter at the limit of its range counts as known.

    Parameters
    ----------
    series : Series
        What the curves were fitted to.
    fits : Fits
        One form.
    confidence : float
        Coverage of the intervals.
    times : ndarray of bool, shape (m,)
        Which series are times or the like (`noise.noise`).
    """
    left = fits.left(series.z, series.last)
    fitted = fits.level[:, None] + fits.distance[:, None] * left
    residuals = np.where(series.seen, series.y - fitted, 0.0)
    parameters = FORMS[fits.form].parameters
    rounding = series.size * (1e-7 * np.maximum(np.abs(series.y).max(axis=1), 1e-300)) ** 2
    exact = fits.rss <= rounding
    residuals = np.where(exact[:, None], 0.0, residuals)
    residuals, seen = series.gathered(residuals), series.gathered(series.seen)
    found = noise(residuals, seen, series.gathered(_size(fitted, series.seen)), parameters, times=times)
    jacobian = series.gathered(_jacobian(fits, series.z, series.last)) * seen[:, :, None]
    tables, freedom = covariance(jacobian, fits.rss, found)
    return Inference(fits, series.last, found, tables, stats.t.ppf((1 + confidence) / 2, freedom))


def _size(fitted: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Return the logarithm of the fitted mean, no less than a twentieth of its largest value: noise often grows so."""
    size = np.abs(fitted)
    return np.log(np.maximum(size, np.where(seen, size, 0.0).max(axis=1, keepdims=True) / 20 + 1e-300))


def _jacobian(fits: Fits, z: Floats, last: Floats) -> Floats:
    """Return the derivatives of the fitted mean by level, distance, log T and the second parameter, (m, n, 4)."""
    m, n = len(fits.level), np.shape(z)[-1]
    jacobian = np.zeros((m, n, 4))
    jacobian[:, :, 0] = 1.0
    if fits.form == "flat":
        return jacobian
    found = shape(fits.form, z, last[:, None], fits.second[:, None])
    decayed = np.exp(-fits.decay[:, None] * found.v)
    jacobian[:, :, 1] = decayed
    decayed = decayed * -(fits.distance * fits.decay)[:, None]
    inside = fits.decay > LEAST_DECAY * 1.0001
    jacobian[:, :, 2] = decayed * found.v * inside[:, None]
    if found.slope is not None:
        jacobian[:, :, 3] = decayed * found.slope
    return jacobian


def sudden(fits: Fits, series: Series) -> NDArray[np.bool_]:
    """Return whether all the change is over by the second observation, which is one slip rather than a curve."""
    if fits.form == "flat":
        return np.zeros(len(series), dtype=bool)
    limit = decay_limit("power" if fits.form == "power" else "exponential", series.first, series.last)
    after = fits.left(series.first[:, None], series.last)[:, 0]
    return (after < np.exp(-1.9)) | (fits.decay > 0.95 * limit)
