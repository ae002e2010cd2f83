"""Does a performance go with the recent practice of other skills, beyond its own course and the memory of its noise?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mmlib.stats.gls import TINY, Design, Left, beyond, designed, orthonormal
from mmlib.stats.likeness import Likeness
from mmlib.stats.memory import Chain

Floats = NDArray[np.float64]

LEAST_FREEDOM = 20
"""Fewer observations than this beyond the fitted columns cannot tell what goes with what."""

DRAWS = 999
"""So many series are resampled for the null distribution of one performance."""

PILOT = 9
"""One in so many of them tells which noise structures the others need."""

NEGLIGIBLE = 1e-4
"""A structure that is given no more weight than this by any of those is left out of the others."""

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
    """Estimates of j donors for r series under each of s noise structures.

    Attributes
    ----------
    estimate : ndarray, shape (s, j, r)
        What a unit goes with.
    inverse : ndarray, shape (s, j)
        The estimates' variance over that of the noise.
    noise, likelihood : ndarray, shape (s, j, r), or (s, 1, r) where all donors are fitted at once
        The noise's variance, and the restricted likelihood but for a constant.
    freedom : int
        Of the noise.
    """

    estimate: Floats
    inverse: Floats
    noise: Floats
    likelihood: Floats
    freedom: int

    def averaged(self) -> tuple[Floats, Floats, Floats]:
        """Return estimate and standard error, averaged over the structures by weight, and the weights."""
        weight = np.exp(self.likelihood - self.likelihood.max(axis=0))
        weight /= weight.sum(axis=0)
        mean = (weight * self.estimate).sum(axis=0)
        apart = self.estimate - mean
        apart *= apart
        apart += self.inverse[..., None] * self.noise
        apart *= weight
        return mean, np.sqrt(apart.sum(axis=0)), weight


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
    own innovations, with a structure drawn by its weight, are fitted in the same way (a ninth of them tells which
    structures have next to no weight; the others do without, and with single precision). The donors, the days of
    practice and all that the columns span stay what they are, so drift and bursts of both sides are kept. The second
    and fourth moments of the resampled statistics give scale and degrees of freedom of Student's t, which is never
    taken for narrower than without resampling.

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
    design = designed(columns, donors if others is None else np.column_stack([donors, others]), likenesses)
    left, known = _left(values, donors if others is None else donors.sum(axis=1, keepdims=True), design.basis)
    fits = _fits(left[:, None], design, donors.shape[1])
    estimate, error, weight = fits.averaged()
    weight = weight.mean(axis=(1, 2))
    drawn = _resampled(left, known, design.chain, weight, rng)
    pilot, null = np.arange(DRAWS) % PILOT == 0, np.empty((donors.shape[1], DRAWS))
    null[:, pilot], given = _statistics(drawn[:, pilot], design, donors.shape[1])
    needed = np.flatnonzero(~(given.max(axis=(1, 2)) <= NEGLIGIBLE))  # also where a weight is not a number
    null[:, ~pilot], _ = _statistics(drawn[:, ~pilot], design.roughly(needed), donors.shape[1])
    scale, freedom = _as_student(null, fits.freedom)
    p_value = 2 * stats.t.sf(np.abs(estimate[:, 0] / error[:, 0]) / scale, freedom)
    left = beyond(left, known)
    sd = float(np.sqrt(left @ left / (values.size - known.shape[1])))
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


def apart(left: Floats, donors: Floats) -> NDArray[np.bool_]:
    """Return which donors vary beyond the columns and all other donors; the others' estimates would be arbitrary.

    Parameters
    ----------
    left : ndarray, shape (n, j)
        What the columns leave of the donors.
    donors : ndarray, shape (n, j)
        Recent practice of each other skill.

    Examples
    --------
    >>> donors = np.array([[0.0, 1, 0, 5], [2, 1, 2, 3], [1, 4, 1, 4], [3, 0, 3, 1], [0, 2, 0, 2]])
    >>> apart(donors - donors.mean(axis=0), donors).tolist()
    [False, True, False, True]
    """
    triangle, largest = np.linalg.qr(left)[1], np.linalg.norm(donors)
    alone = []
    for j in range(donors.shape[1]):
        others = orthonormal(np.delete(triangle, j, axis=1), largest)
        alone.append(beyond(triangle[:, [j]], others))
    return varies(np.column_stack(alone), donors)


def varies(left: Floats, donors: Floats) -> NDArray[np.bool_]:
    """Return whether what is left of each donor is more than next to nothing.

    Examples
    --------
    >>> varies(np.array([[1e-6, 1.0], [0.0, -1.0]]), np.array([[2.0, 4.0], [3.0, 2.0]])).tolist()
    [False, True]
    """
    return np.linalg.norm(left, axis=0) > SAME * np.linalg.norm(donors - donors.mean(axis=0), axis=0)


def _left(values: Floats, donors: Floats, basis: Floats) -> tuple[Floats, Floats]:
    """Return what the columns leave of the values, and an orthonormal basis of columns and donors."""
    more = orthonormal(beyond(donors, basis), np.linalg.norm(donors))
    return beyond(values, basis), np.column_stack([basis, more])


def _fits(series: Floats, design: Design, j: int) -> _Fits:
    """Fit all series with j donors under each noise structure, all at once or each with its own column of the rest."""
    left = design.left(series)
    each = design.gram.shape[1] > j
    estimate, inverse, rss, more = (_one_by_one if each else _all_at_once)(design.gram, left)
    freedom = design.freedom - (2 if each else j)
    noise = np.maximum(rss, TINY) / freedom
    likelihood = -0.5 * (freedom * np.log(noise) + (design.size[:, None] + more)[..., None])
    return _Fits(estimate, inverse, noise, likelihood, freedom)


def _all_at_once(gram: Floats, left: Left) -> tuple[Floats, ...]:
    """Each donor beyond all others."""
    inverse = np.linalg.inv(gram)
    estimate = inverse @ left.products
    rss = left.rss - np.einsum("sjr,sjr->sr", left.products, estimate)
    return estimate, np.diagonal(inverse, axis1=1, axis2=2), rss[:, None], np.linalg.slogdet(gram)[1][:, None]


def _one_by_one(gram: Floats, left: Left) -> tuple[Floats, ...]:
    """Each donor beyond its own column of the rest."""
    of_donors, of_rest = np.split(left.products, 2, axis=1)
    j = of_donors.shape[1]
    donors, rests = np.split(np.diagonal(gram, axis1=1, axis2=2), 2, axis=1)
    both = np.diagonal(gram, offset=j, axis1=1, axis2=2)
    share = both / rests
    own = donors - share * both
    estimate = (of_donors - share[..., None] * of_rest) / own[..., None]
    rss = left.rss[:, None] - of_rest**2 / rests[..., None] - own[..., None] * estimate**2
    return estimate, 1 / own, rss, np.log(own * rests)


def _statistics(series: Floats, design: Design, j: int) -> tuple[Floats, Floats]:
    """Return estimate/error of each series, averaged over the structures, and the structures' weights."""
    estimate, error, weight = _fits(series, design, j).averaged()
    return estimate / error, weight


def _resampled(values: Floats, known: Floats, chain: Chain, weight: Floats, rng: np.random.Generator) -> Floats:
    """Return series of noise alone: innovations of the residuals drawn anew, under structures drawn by weight."""
    white = chain.only(weight.argmax(keepdims=True)).whitening().times(np.column_stack([known, values]))[0]
    innovations = beyond(white[:, -1], np.linalg.qr(white[:, :-1])[0])
    innovations = ((innovations - innovations.mean()) / innovations.std()).astype(np.float32)
    drawn = rng.choice(innovations, size=(values.size, DRAWS))
    structure = rng.choice(weight.size, size=DRAWS, p=weight)
    drawn = drawn[:, np.argsort(structure, kind="stable")]
    some, count = np.unique(structure, return_counts=True)
    for end, size, colouring in zip(np.cumsum(count), count, chain.only(some).colouring().each(), strict=True):
        drawn[:, end - size : end] = colouring.times(drawn[:, end - size : end])[0]
    return drawn


def _as_student(statistics: Floats, freedom: int) -> tuple[Floats, Floats]:
    """Return scale and degrees of freedom of the Student's t that has the statistics' second and fourth moment."""
    squares = statistics**2
    square = squares.mean(axis=1)
    excess = (squares**2).mean(axis=1).mean() / (square**2).mean() - 3
    found = min(float(np.clip(4 + 6 / max(excess, TINY), 4.5, 1e6)), freedom)
    return np.maximum(np.sqrt(square * (found - 2) / found), 1.0), np.full(square.size, found)
