"""Does a performance go with the recent practice of other skills, beyond its own course and the memory of its noise?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mmlib.stats.likeness import Likeness

Floats = NDArray[np.float64]

LEAST_FREEDOM = 20
"""Fewer observations than this beyond the fitted columns cannot tell what goes with what."""

DRAWS = 999
"""So many series are resampled for the null distribution of one performance."""

TINY = 1e-8

SAME = 1e-4
"""A donor that keeps less than this share of its spread beyond all else is not told apart from it."""


class Coupling(NamedTuple):
    """What a unit of each donor goes with, one value per donor.

    Attributes
    ----------
    estimate, error : ndarray, shape (j,)
        Change of the performance per unit of the donor, and its standard error.
    scale, freedom : ndarray, shape (j,)
        The statistic estimate/error has, where nothing goes together, the distribution of scale times Student's t.
    p_value : ndarray, shape (j,)
        Two-sided.
    sd : float
        Standard deviation of the residuals of ordinary least squares: of what the columns and donors leave.
    likeness : Likeness
        The noise structure that has most of the weight.
    """

    estimate: Floats
    error: Floats
    scale: Floats
    freedom: Floats
    p_value: Floats
    sd: float
    likeness: Likeness

    def half(self, confidence: float) -> Floats:
        """Return half the width of each estimate's interval."""
        return stats.t.ppf(0.5 + confidence / 2, self.freedom) * self.scale * self.error


class _Fits(NamedTuple):
    """Estimates of j donors for r series under each of s noise structures; arrays of shape (s, j, r)."""

    estimate: Floats
    variance: Floats
    likelihood: Floats
    noise: Floats
    freedom: int

    def averaged(self) -> tuple[Floats, Floats, Floats]:
        """Return estimate and standard error, averaged over the structures by weight, and the weights."""
        weight = np.exp(self.likelihood - self.likelihood.max(axis=0))
        weight /= weight.sum(axis=0)
        mean = (weight * self.estimate).sum(axis=0)
        variance = (weight * (self.variance + (self.estimate - mean) ** 2)).sum(axis=0)
        return mean, np.sqrt(variance), weight


def coupling(
    values: Floats,
    columns: Floats,
    donors: Floats,
    others: Floats | None,
    likenesses: list[Likeness],
    rng: np.random.Generator,
) -> Coupling:
    """Return what a unit of each donor goes with, and how surely.

    The values follow columns (course and weekday, own practice) and donors by generalised least squares. How the noise
    of neighbours resembles is not known: each structure is fitted, and they are averaged by their restricted likelihood
    (Patterson & Thompson 1971). The null distribution of estimate/error is resampled: new series from the residuals'
    own innovations, with a structure drawn by its weight, are fitted in the same way. The donors, the days of practice
    and all that the columns span stay what they are, so drift and bursts of both sides are kept. The second and
    fourth moments of the resampled statistics give scale and degrees of freedom of Student's t, which is never taken
    for narrower than without resampling.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Performance at each observation, in order.
    columns : ndarray, shape (n, p)
        What explains it anyway.
    donors : ndarray, shape (n, j)
        Recent practice of each other skill.
    others : ndarray, shape (n, j), optional
        Each donor's estimate is beyond this column alone; by default, beyond all other donors at once.
    likenesses : list of Likeness
        The noise structures thought possible.
    rng : Generator
        For the resampling.

    Raises
    ------
    ValueError
        With fewer than 20 observations more than there are columns.

    References
    ----------
    Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information. Biometrika 58, 545-554.
    Bühlmann, P. (1997). Sieve bootstrap for time series. Bernoulli 3, 123-148.

    Examples
    --------
    >>> from mmlib.stats.likeness import likenesses
    >>> rng = np.random.default_rng(1)
    >>> donor = rng.normal(size=(100, 1))
    >>> found = coupling(
    ...     0.5 * donor[:, 0] + rng.normal(size=100), np.ones((100, 1)), donor, None,
    ...     likenesses(np.arange(100.0), np.ones(100)), rng,
    ... )
    >>> bool(abs(found.estimate[0] - 0.5) < found.half(0.95)[0]), bool(found.p_value[0] < 0.001)
    (True, True)
    """
    if values.size - columns.shape[1] - (donors.shape[1] if others is None else 2) < LEAST_FREEDOM:
        raise ValueError(f"{values.size} observations are too few for {columns.shape[1] + donors.shape[1]} columns.")
    fits = _fits(values[:, None], columns, donors, others, likenesses)
    estimate, error, weight = fits.averaged()
    weight = weight.mean(axis=(1, 2))
    drawn = _resampled(values, np.column_stack([columns, _known(donors, others)]), likenesses, weight, rng)
    null, null_error, _ = _fits(drawn, columns, donors, others, likenesses).averaged()
    scale, freedom = _as_student(null / null_error, fits.freedom)
    p_value = 2 * stats.t.sf(np.abs(estimate[:, 0] / error[:, 0]) / scale, freedom)
    sd = _residual_sd(values, np.column_stack([columns, _known(donors, others)]))
    return Coupling(estimate[:, 0], error[:, 0], scale, freedom, p_value, sd, likenesses[int(weight.argmax())])


def partial_residuals(values: Floats, columns: Floats, donor: Floats, estimate: float, likeness: Likeness) -> Floats:
    """Return the values without all that the columns explain, but with what goes with the donor; their mean is near 0.

    Parameters
    ----------
    values, columns : ndarray
        As in `coupling`; columns with the other donors.
    donor : ndarray, shape (n,)
        Its recent practice.
    estimate : float
        What a unit of it goes with.
    likeness : Likeness
        The noise structure.

    Examples
    --------
    >>> from mmlib.stats.likeness import likenesses
    >>> alone = likenesses(np.arange(4.0), np.ones(4))[1]
    >>> partial_residuals(np.array([1.0, 2, 3, 4]), np.ones((4, 1)), np.arange(4.0), 1.0, alone).round(6).tolist()
    [-1.5, -0.5, 0.5, 1.5]
    """
    every = np.column_stack([columns, donor])
    found = np.linalg.lstsq(likeness.white(every), likeness.white(values[:, None])[:, 0], rcond=None)[0]
    return values - every @ found + estimate * (donor - donor.mean())


def apart(columns: Floats, donors: Floats) -> NDArray[np.bool_]:
    """Return which donors vary beyond the columns and all other donors; the others' estimates would be arbitrary.

    Examples
    --------
    >>> donors = np.array([[0.0, 1, 0, 5], [2, 1, 2, 3], [1, 4, 1, 4], [3, 0, 3, 1], [0, 2, 0, 2]])
    >>> apart(np.ones((5, 1)), donors).tolist()
    [False, True, False, True]
    """
    spread = np.linalg.norm(donors - donors.mean(axis=0), axis=0)
    found = []
    for j in range(donors.shape[1]):
        basis, _ = _basis(np.column_stack([columns, np.delete(donors, j, axis=1)]))
        left = donors[:, j] - basis @ (basis.T @ donors[:, j])
        found.append(bool(np.linalg.norm(left) > SAME * spread[j]))
    return np.array(found, dtype=bool)


def _known(donors: Floats, others: Floats | None) -> Floats:
    return donors if others is None else donors.sum(axis=1, keepdims=True)


def _residual_sd(values: Floats, columns: Floats) -> float:
    basis, _ = _basis(columns)
    left = values - basis @ (basis.T @ values)
    return float(np.sqrt(left @ left / (values.size - basis.shape[1])))


def _basis(columns: Floats) -> tuple[Floats, float]:
    """Return orthonormal columns with the same span, and the log determinant of their inner products."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    kept = size > TINY * size[0]
    return left[:, kept], 2 * float(np.log(size[kept]).sum())


def _fits(series: Floats, columns: Floats, donors: Floats, others: Floats | None, likenesses: list[Likeness]) -> _Fits:
    """Fit all series with all donors under each noise structure."""
    together = np.column_stack([columns, donors] if others is None else [columns, donors, others])
    n, p, j = series.shape[0], columns.shape[1], donors.shape[1]
    found = []
    for likeness in likenesses:
        white, y = likeness.white(together), likeness.white(series)
        basis, size = _basis(white[:, :p])
        y, donated, rest = (part - basis @ (basis.T @ part) for part in (y, white[:, p : p + j], white[:, p + j :]))
        freedom = n - basis.shape[1]
        left = (y**2).sum(axis=0)
        if others is None:
            one = _all_at_once(donated, y, left, freedom)
        else:
            one = _one_by_one(donated, rest, y, left, freedom)
        estimate, inverse, rss, more, freedom = one
        noise = np.maximum(rss, TINY) / freedom
        likelihood = -0.5 * (freedom * np.log(noise) + size + likeness.log_determinant + more)
        found.append([np.broadcast_to(a, estimate.shape) for a in (estimate, inverse * noise, likelihood, noise)])
    return _Fits(*(np.stack(part) for part in zip(*found, strict=True)), freedom)


def _all_at_once(donated: Floats, y: Floats, left: Floats, freedom: int) -> tuple:
    """Each donor beyond all others."""
    gram = donated.T @ donated
    inverse = np.linalg.inv(gram)
    product = donated.T @ y
    estimate = inverse @ product
    rss = left - (product * estimate).sum(axis=0)
    return estimate, np.diag(inverse)[:, None], rss, np.linalg.slogdet(gram)[1], freedom - donated.shape[1]


def _one_by_one(donated: Floats, rest: Floats, y: Floats, left: Floats, freedom: int) -> tuple:
    """Each donor beyond its own column of the rest."""
    of_rest, both, of_donor = (rest**2).sum(axis=0), (rest * donated).sum(axis=0), (donated**2).sum(axis=0)
    share = both / of_rest
    product = rest.T @ y
    own = of_donor - share * both
    estimate = (donated.T @ y - share[:, None] * product) / own[:, None]
    rss = left - product**2 / of_rest[:, None] - own[:, None] * estimate**2
    return estimate, 1 / own[:, None], rss, np.log(own * of_rest)[:, None], freedom - 2


def _resampled(
    values: Floats, columns: Floats, likenesses: list[Likeness], weight: Floats, rng: np.random.Generator
) -> Floats:
    """Return series of noise alone: innovations of the residuals drawn anew, under structures drawn by weight."""
    best = likenesses[int(weight.argmax())]
    basis, _ = _basis(best.white(columns))
    innovations = best.white(values[:, None])[:, 0]
    innovations = innovations - basis @ (basis.T @ innovations)
    innovations = (innovations - innovations.mean()) / innovations.std()
    drawn = rng.choice(innovations, size=(values.size, DRAWS))
    structure = rng.choice(len(likenesses), size=DRAWS, p=weight)
    for number in np.unique(structure):
        mine = structure == number
        drawn[:, mine] = likenesses[number].coloured(drawn[:, mine])
    return drawn


def _as_student(statistics: Floats, freedom: int) -> tuple[Floats, Floats]:
    """Return scale and degrees of freedom of the Student's t that has the statistics' second and fourth moment."""
    square = (statistics**2).mean(axis=1)
    excess = (statistics**4).mean(axis=1).mean() / (square**2).mean() - 3
    found = min(float(np.clip(4 + 6 / max(excess, TINY), 4.5, 1e6)), freedom)
    return np.maximum(np.sqrt(square * (found - 2) / found), 1.0), np.full(square.size, found)
