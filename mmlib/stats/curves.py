"""Learning curves: flat, exponential, power; fitted fast, compared honestly.

The exponential and the power form are one form, A + B·exp(-rate·u), with u = x - start for the exponential and
u = log(x/start) for the power. For a given rate, A and B are a straight-line regression (variable projection:
Golub & Pereyra 1973), so only the rate is searched: on a grid first, then refined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize_scalar

from mmlib.stats import intervals

Floats = NDArray[np.float64]

GRID = 48
BLOCK = 1_000_000
"""Most numbers held at once while the grid is searched."""


@dataclass(frozen=True)
class Fit:
    """A fitted curve.

    Attributes
    ----------
    form : str
        "flat", "exponential" or "power".
    parameters : ndarray
        [A] for flat, [A, B, rate] otherwise: asymptote, distance of the start from it, rate.
    x, y : ndarray
        What it was fitted to, in order.
    start : float
        Where practice begins on x: B is the distance from the asymptote there.
    """

    form: str
    parameters: Floats
    x: Floats
    y: Floats
    start: float = 1.0

    @property
    def n(self) -> int:
        """The number of observations."""
        return self.y.size

    @property
    def residuals(self) -> Floats:
        """Observed minus fitted."""
        return self.y - self.predict(self.x)

    @property
    def rss(self) -> float:
        """The residual sum of squares."""
        return float(self.residuals @ self.residuals)

    @property
    def autocorrelation(self) -> float:
        """The lag-1 autocorrelation of the residuals."""
        return intervals.autocorrelation(self.residuals)

    @property
    def noise_sd(self) -> float:
        """The residual standard deviation."""
        return float(np.sqrt(self.rss / max(self.n - self.parameters.size, 1)))

    def seen(self, rate: float) -> float:
        """Return the share of the way to the asymptote that the last observation has come, at some rate."""
        return 1.0 - float(np.exp(-rate * _practice(self.form, self.x[-1:], self.start)[0]))

    @property
    def sudden(self) -> bool:
        """Whether all the change is over by the second observation, which is one slip rather than a curve."""
        if self.form == "flat":
            return False
        return bool(self.parameters[2] > 0.95 * _fastest(_practice(self.form, self.x, self.start)))

    def predict(self, x: ArrayLike) -> Floats:
        """Return the fitted mean at x."""
        practice = _practice(self.form, np.asarray(x, dtype=float), self.start)
        if self.form == "flat":
            return self.parameters[0] + 0.0 * practice
        asymptote, distance, rate = self.parameters
        return asymptote + distance * np.exp(-rate * practice)

    def jacobian(self, x: ArrayLike) -> Floats:
        """Return the derivatives of the fitted mean by the parameters, one row per x."""
        practice = _practice(self.form, np.asarray(x, dtype=float), self.start)
        ones = np.ones_like(practice)
        if self.form == "flat":
            return ones[:, None]
        _, distance, rate = self.parameters
        decay = np.exp(-rate * practice)
        return np.column_stack([ones, decay, -distance * practice * decay])

    def spread(self, x: ArrayLike | None = None) -> Floats:
        """Return standard errors: of the parameters, or of the fitted mean where x is given.

        The larger of two: from the sandwich (J'J)⁻¹ S (J'J)⁻¹ with S of `intervals.long_run_covariance`, which
        holds for uneven noise, and from AR(1) noise of even size, which holds where the sandwich rests on one
        or two influential observations, as the start of a power curve does.
        """
        q, r = np.linalg.qr(self.jacobian(self.x))
        least = 1e-12 * max(float(np.abs(r).max()), 1e-300)
        r = r + np.diag(np.where(np.abs(np.diag(r)) < least, least, 0.0))
        rows = np.eye(self.parameters.size) if x is None else self.jacobian(x)
        half = solve_triangular(r, rows.T, trans="T").T
        rho = self.rho
        leverage = np.minimum(np.einsum("ij,ij->i", q, q), 0.9)
        middles = [
            intervals.long_run_covariance(q * (self.residuals / (1 - leverage))[:, None], rho),
            intervals.even_covariance(q, self.rss, rho),
        ]
        return np.sqrt(np.max([np.einsum("ij,jk,ik->i", half, middle, half) for middle in middles], axis=0))

    @property
    def rho(self) -> float:
        """The autocorrelation of the noise, at least 0: the residuals', corrected for what the fit absorbed."""
        if self.rss <= self.rounding:
            return 0.0
        return max(intervals.corrected_autocorrelation(self.residuals, self.parameters.size), 0.0)

    @property
    def rounding(self) -> float:
        """The residual sum of squares that rounding alone may leave, which is no noise."""
        return self.n * (1e-7 * max(float(np.abs(self.y).max()), 1e-300)) ** 2

    @property
    def effective_size(self) -> float:
        """The number of independent observations that these are worth."""
        return intervals.effective_size(self.n, self.rho)

    def factor(self, confidence: float = 0.95) -> float:
        """Return the t quantile of its intervals, with n_eff less the parameters as degrees of freedom."""
        return intervals.t_quantile(confidence, max(self.effective_size - self.parameters.size, 2.0))


def _practice(form: str, x: Floats, start: float) -> Floats:
    """Return u, the amount of practice on the scale on which the form decays exponentially."""
    if form == "power":
        return np.log(x / start)
    return x - start


def flat(x: ArrayLike, y: ArrayLike, *, start: float = 1.0) -> Fit:
    """Fit no change at all: y = A.

    Parameters
    ----------
    x, y : array-like of float, shape (n,)
        Amount of practice (ascending) and performance.
    start : float, default 1
        Kept for the likeness with the other forms.

    Returns
    -------
    Fit
        With parameters [A].

    Examples
    --------
    >>> flat([1, 2, 3], [4.0, 6.0, 5.0]).parameters
    array([5.])
    """
    performance = np.asarray(y, dtype=float)
    level = np.array([performance.mean()])
    return Fit("flat", level, np.asarray(x, dtype=float), performance, start)


def exponential(x: ArrayLike, y: ArrayLike, *, start: float = 1.0) -> Fit:
    """Fit y = A + B·exp(-r(x - start)): each trial closes the same share of what is left.

    Parameters
    ----------
    x, y : array-like of float, shape (n,)
        Amount of practice (ascending) and performance. B may have either sign.
    start : float, default 1
        Where practice begins: 1 for trials.

    Returns
    -------
    Fit
        With parameters [A, B, r].

    References
    ----------
    Heathcote, A., Brown, S. & Mewhort, D. J. K. (2000). The power law repealed: the case for an exponential law
    of practice. Psychonomic Bulletin & Review 7, 185-207.

    Examples
    --------
    >>> x = np.arange(1, 31)
    >>> exponential(x, 50 - 40 * np.exp(-0.2 * (x - 1))).parameters.round(3)
    array([ 50. , -40. ,   0.2])
    """
    return _decay("exponential", np.asarray(x, dtype=float), np.asarray(y, dtype=float), start)


def power(x: ArrayLike, y: ArrayLike, *, start: float = 1.0) -> Fit:
    """Fit y = A + B·(x/start)^(-c): improvement slows for ever, with no trial at which it is done.

    Parameters
    ----------
    x, y : array-like of float, shape (n,)
        Amount of practice (ascending, above 0) and performance. B may have either sign.
    start : float, default 1
        Where practice begins: 1 for trials.

    Returns
    -------
    Fit
        With parameters [A, B, c].

    References
    ----------
    Newell, A. & Rosenbloom, P. S. (1981). Mechanisms of skill acquisition and the law of practice. In J. R.
    Anderson (ed.), Cognitive skills and their acquisition, 1-55. Erlbaum.

    Examples
    --------
    >>> x = np.arange(1, 31)
    >>> power(x, 20 + 40 * x**-0.7).parameters.round(3)
    array([20. , 40. ,  0.7])
    """
    return _decay("power", np.asarray(x, dtype=float), np.asarray(y, dtype=float), start)


FORMS: dict[str, Callable[..., Fit]] = {"flat": flat, "exponential": exponential, "power": power}
"""The forms by name."""


def _fastest(practice: Floats) -> float:
    """Return the rate that leaves e⁻² of the distance at the second observation: the end of the grid."""
    gaps = np.diff(practice)
    return 2.0 / float(gaps[gaps > 0][0])


def _rates(practice: Floats) -> Floats:
    """Return the grid of rates: from nearly straight over all the data to done by the second observation."""
    slowest = 0.1 / np.ptp(practice)
    return np.geomspace(slowest, _fastest(practice), GRID)


def _regression(practice: Floats, y: Floats, rate: float) -> tuple[float, float, float]:
    """Return A, B and the residual sum of squares at one rate."""
    decay = np.exp(-rate * practice)
    mean, level = decay.mean(), y.mean()
    decay -= mean
    spread = float(decay @ decay)
    distance = float(decay @ (y - level)) / spread if spread > 0 else 0.0
    residuals = y - level - distance * decay
    return float(level - distance * mean), distance, float(residuals @ residuals)


def _explained(practice: Floats, y: Floats, rates: Floats) -> Floats:
    """Return the sum of squares that the form explains at each rate of the grid."""
    decay = np.exp(-np.outer(rates, practice))
    decay -= decay.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", decay, decay)
    return (decay @ (y - y.mean())) ** 2 / np.where(spread > 0, spread, np.inf)


def _decay(form: str, x: Floats, y: Floats, start: float) -> Fit:
    """Fit A + B·exp(-rate·u) by variable projection."""
    practice = _practice(form, x, start)
    rates = _rates(practice)
    rows = max(1, BLOCK // x.size)
    blocks = [_explained(practice, y, rates[i : i + rows]) for i in range(0, rates.size, rows)]
    best = int(np.argmax(np.concatenate(blocks)))
    bounds = np.log(rates[[max(best - 1, 0), min(best + 1, rates.size - 1)]])
    found = minimize_scalar(
        lambda log_rate: _regression(practice, y, np.exp(log_rate))[2],
        bounds=tuple(bounds),
        method="bounded",
        options={"xatol": 1e-9},
    )
    rate = float(np.exp(found.x))
    asymptote, distance, _ = _regression(practice, y, rate)
    return Fit(form, np.array([asymptote, distance, rate]), x, y, start)


def aicc(fits: Sequence[Fit]) -> Floats:
    """Return the corrected Akaike criterion of rival fits to the same data; the lowest is the best.

    n_eff·log(RSS/n) + 2k + 2k(k+1)/(n-k-1), where k counts the parameters and the noise. Autocorrelated noise
    looks like a trend, so the likelihood counts only the effective number of observations
    n_eff = n(1-ρ)/(1+ρ), with ρ from the fit that leaves the least residual.

    Parameters
    ----------
    fits : sequence of Fit
        To the same x and y.

    Returns
    -------
    ndarray
        One value per fit.

    References
    ----------
    Burnham, K. P. & Anderson, D. R. (2002). Model selection and multimodel inference, 2nd ed. Springer.

    Examples
    --------
    >>> x = np.arange(1, 31)
    >>> y = 50 - 40 * np.exp(-0.2 * (x - 1)) + np.sin(9 * x)
    >>> values = aicc([flat(x, y), exponential(x, y), power(x, y)])
    >>> int(values.argmin())
    1
    """
    richest = min(fits, key=lambda fit: fit.rss)
    n, size = richest.n, richest.effective_size
    k = np.array([fit.parameters.size + 1 for fit in fits])
    rss = np.maximum([fit.rss for fit in fits], richest.rounding)
    return size * np.log(rss / n) + 2 * k + 2 * k * (k + 1) / np.maximum(n - k - 1, 1)


def weights(criteria: ArrayLike) -> Floats:
    """Return Akaike weights, exp(-Δ/2) scaled to sum 1: how the evidence is shared among the rivals.

    Examples
    --------
    >>> weights([10.0, 12.0, 20.0]).round(3)
    array([0.727, 0.268, 0.005])
    """
    values = np.asarray(criteria, dtype=float)
    relative = np.exp(-(values - values.min()) / 2)
    return relative / relative.sum()
