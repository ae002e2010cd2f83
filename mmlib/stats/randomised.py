"""The test, the interval and the power that the random draw of a schedule gives by itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from mmlib.stats.series import blocks

Floats = NDArray[np.float64]

SUBSET = 400
"""Power is computed with at most so many schedules: more would change it by less than its own error."""

SAME = 1e-9
"""Numbers this near to each other are taken as equal."""


class Contrasts(NamedTuple):
    """What each schedule would compare, the one that was followed first.

    Attributes
    ----------
    weights : ndarray, shape (k, n)
        Each row is a comparison of the n observations, in the unit of the effect under the first schedule.
    overlap : ndarray, shape (k,)
        The effect that each comparison would show were the first one's effect 1: 1 for the first, -1 for its mirror.
    """

    weights: Floats
    overlap: Floats

    def values(self, y: Floats) -> Floats:
        """Return what each schedule finds in each row of y, shape (m, k)."""
        return y @ self.weights.T


def contrasts(exposed: Floats, covariates: Floats) -> Contrasts | None:
    """Return how each schedule compares the observations: least squares on its exposure, beside the covariates.

    Parameters
    ----------
    exposed : ndarray, shape (k, n)
        The exposure of the n observations under each schedule, the one that was followed first.
    covariates : ndarray, shape (n, q)
        What else the observations depend on, an intercept among them; the same under every schedule.

    Returns
    -------
    Contrasts or None
        None where the exposure that was followed cannot be told from the covariates. Every row has the same length,
        so that its square is, but for a factor, that of the t statistic of the exposure.

    Examples
    --------
    >>> found = contrasts(np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]]), np.ones((4, 1)))
    >>> found.values(np.array([[5.0, 8.0, 6.0, 9.0]])).round(2)[0].tolist(), found.overlap.round(2).tolist()
    ([3.0, -3.0], [1.0, -1.0])
    """
    left = beside(exposed, covariates)
    size = np.linalg.norm(left, axis=1)
    if size.size == 0 or not size[0] > SAME * max(np.linalg.norm(exposed[0]), 1.0):
        return None
    unit = np.divide(left, size[:, None], out=np.zeros_like(left), where=size[:, None] > SAME * size[0])
    return Contrasts(unit / size[0], unit @ unit[0])


def beside(values: Floats, covariates: Floats) -> Floats:
    """Return what is left of each row of values when the covariates are taken out."""
    length = np.linalg.norm(covariates, axis=0)
    basis, sizes, _ = np.linalg.svd(covariates / np.where(length > 0, length, 1.0), full_matrices=False)
    basis = basis[:, sizes > SAME * sizes.max(initial=0)]
    return values - (values @ basis) @ basis.T


class Found(NamedTuple):
    """What the randomisation says of an effect: one value per row of the observations."""

    estimate: Floats
    low: Floats
    high: Floats
    p_value: Floats


def effects(y: Floats, compared: Contrasts, confidence: float = 0.95) -> Found:
    """Return the effect with the p-value and the interval that the randomisation gives, for each row of y.

    The p-value is the share of the schedules whose comparison is at least as large as that of the schedule that was
    followed, itself included. It is right whatever the noise is like, for the draw was the only chance involved. The
    interval holds all effects that the same test would not reject, if they were the same on every day: the
    comparison of schedule a is then E_a - τ·c_a, where c_a is its overlap, and exceeds |E - τ| for τ between
    (E - E_a)/(1 - c_a) and (E + E_a)/(1 + c_a), so the limits are order statistics of these.

    Parameters
    ----------
    y : ndarray, shape (m, n)
        Series of observations, one per row.
    compared : Contrasts
        What `contrasts` returned.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Found
        A limit is infinite where so few schedules differ that nothing could be rejected.

    References
    ----------
    Edgington, E. S. & Onghena, P. (2007). Randomization tests, 4th ed. Chapman & Hall/CRC.
    Rosenbaum, P. R. (2002). Observational studies, 2nd ed., section 2.4.4. Springer.

    Examples
    --------
    >>> from mmlib.stats.schedules import schedules
    >>> followed = np.array([1, 0, 0, 1, 0, 1, 1, 0], dtype=bool)
    >>> rows = schedules(followed, 10_000, np.random.default_rng(0))
    >>> compared = contrasts(rows.astype(float), np.ones((8, 1)))
    >>> found = effects(np.array([[9, 4, 5, 8, 6, 9, 7, 5.0]]), compared)
    >>> [value.round(3).item() for value in found]
    [3.25, 1.0, 5.0, 0.032]
    """
    values = compared.values(y)
    as_large = np.abs(values) >= np.abs(values[:, :1]) * (1 - SAME)
    return Found(values[:, 0], *_limits(values, compared.overlap, confidence), as_large.mean(axis=1))


def _limits(values: Floats, overlap: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the ends of the intervals: order statistics of the effects from which on a schedule finds as much."""
    twin = np.abs(overlap) >= 1 - SAME
    # Whatever the effect, the schedule that was followed, its mirror and their like find as much.
    place = int((1 - confidence) * overlap.size + SAME) - int(twin.sum())
    if place < 0:
        return np.full(len(values), -np.inf), np.full(len(values), np.inf)
    shared, parts = overlap[~twin], []
    for rows in blocks(len(values), 4 * overlap.size):
        estimate, others = values[rows, :1], values[rows][:, ~twin]
        ends = (estimate - others) / (1 - shared), (estimate + others) / (1 + shared)
        low, high = np.minimum(*ends), np.maximum(*ends)
        low.partition(place, axis=1)
        high.partition(high.shape[1] - 1 - place, axis=1)
        parts.append((low[:, place], high[:, -1 - place]))
    return tuple(np.concatenate(side) for side in zip(*parts, strict=True))


def least_p(compared: Contrasts) -> float:
    """Return the smallest p-value that could have come out: the share of the schedules that compare the same."""
    return float((np.abs(compared.overlap) >= 1 - SAME).mean())


def carried_over(y: Floats, exposed: Floats, older: Floats, covariates: Floats) -> tuple[float, float]:
    """Return how much exposure before the window still shows, and its p-value by randomisation.

    The effect of the exposure itself is first taken out as estimated, so the p-value is a close approximation.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Observations.
    exposed, older : ndarray, shape (k, n)
        The exposure under each schedule, the one that was followed first; and that in the window before.
    covariates : ndarray, shape (n, q)
        What else the observations depend on.

    Returns
    -------
    tuple of float
        The slope of y on the older exposure, beside the exposure; NaN where the two cannot be told apart.
    """
    left, late = beside(exposed, covariates), beside(older, covariates)
    spread = np.einsum("ij,ij->i", left, left)
    share = np.divide(np.einsum("ij,ij->i", left, late), spread, out=np.zeros_like(spread), where=spread > SAME)
    late = late - share[:, None] * left
    size = np.linalg.norm(late, axis=1)
    if not (spread[0] > SAME and size[0] > 1e-6 * np.linalg.norm(older[0])):
        return np.nan, np.nan
    rest = y - exposed[0] * (left[0] @ y) / spread[0]
    values = np.divide(late @ rest, size, out=np.zeros_like(size), where=size > SAME * size[0])
    return float(values[0] / size[0]), float((np.abs(values) >= abs(values[0]) * (1 - SAME)).mean())


class Power(NamedTuple):
    """The limits of the intervals that noise alone would give, in standard deviations of the noise."""

    low: Floats
    high: Floats

    def at(self, effect: float) -> float:
        """Return the chance that an effect of so many standard deviations is detected."""
        return float(((effect + self.low > 0) | (effect + self.high < 0)).mean())

    def smallest(self, chance: float = 0.8) -> float:
        """Return the smallest effect that is detected with this chance; NaN where none is."""
        reach = float(np.quantile(-self.low, chance, method="higher"))
        return reach if np.isfinite(reach) else np.nan


def power(compared: Contrasts, rho: float, *, confidence: float = 0.95, draws: int = 1000, seed: int = 0) -> Power:
    """Return the power of the test for noise whose neighbours resemble each other.

    AR(1) noise of standard deviation 1 is drawn for the same observations `draws` times, and the interval computed
    for each. An effect τ moves an interval by τ, and is detected where this leaves 0 outside.

    Parameters
    ----------
    compared : Contrasts
        What `contrasts` returned.
    rho : float
        Lag-1 autocorrelation of the noise.
    confidence : float, default 0.95
        1 less the level of the test.
    draws, seed : int
        How often noise is drawn, and the seed.

    Returns
    -------
    Power

    Examples
    --------
    >>> from mmlib.stats.schedules import exposure, schedules
    >>> rows = schedules(np.tile([True, False], 6), 10_000, np.random.default_rng(0))
    >>> exposed = exposure(rows, 7, 1)
    >>> found = power(contrasts(exposed, np.ones((84, 1))), rho=0.3)
    >>> round(found.at(0.0), 1), round(found.at(1.0), 1), 0.5 < found.smallest() < 1.5
    (0.0, 0.9, True)
    """
    rng = np.random.default_rng(seed)
    if len(compared.overlap) > SUBSET:
        rows = np.r_[0, 1 + rng.permutation(len(compared.overlap) - 1)[: SUBSET - 1]]
        compared = Contrasts(compared.weights[rows], compared.overlap[rows])
    shocks = rng.normal(size=(draws, compared.weights.shape[1]))
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    noise = signal.lfilter([1.0], [1.0, -rho], shocks, axis=1)
    return Power(*_limits(compared.values(noise), compared.overlap, confidence))
