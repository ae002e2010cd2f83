"""Likelihood of logistic growth: many series of successes out of attempts fitted at once.

In the odds against success the curve is an exponential one, (1-p)/p = e^-a·(1-d) + e^-b·d with d = e^(-r·u):
b is the logit of success at the start, a that of the asymptote, u the practice since the start. The parameters
are (b, a, log r), one row per series.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

EDGE = 20.0
"""Logits end here, which is a probability of 0 or 1 for all purposes."""

LONGEST = np.array([2.0, 2.0, 0.7])
"""No step goes further, in logits and in the log of the rate."""

STEPS = 100
GRID = 16
BINS = 32
STUCK = 1e9
RIDGE = 1e-9
CLOSE = 1e-9
"""A climb ends when it promises less than this share of the log-likelihood."""


class Trials(NamedTuple):
    """Series of equal length: practice since the start, successes, attempts (0 where there is no observation)."""

    practice: Floats
    successes: Floats
    attempts: Floats
    slowest: Floats
    fastest: Floats

    def rows(self, index: Ints) -> Trials:
        """Return some of the series."""
        return Trials(*(part[index] for part in self))

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """The least and the largest parameters."""
        edge = np.full_like(self.slowest, EDGE)
        return np.stack([-edge, -edge, np.log(self.slowest)], -1), np.stack([edge, edge, np.log(self.fastest)], -1)


class Slope(NamedTuple):
    """A log-likelihood with its gradient, and its expected and its observed information, per series."""

    value: Floats
    gradient: Floats
    information: Floats
    observed: Floats


def chance(logit: Floats) -> Floats:
    """Return the probability that has this logit.

    Examples
    --------
    >>> chance(np.array([0.0, 2.0])).round(2)
    array([0.5 , 0.88])
    """
    return expit(logit)


def odds_against(parameters: Floats, practice: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (1-p)/p, and the derivatives of logit p by the first logit and by the log of the rate.

    That by the second logit is 1 minus that by the first.

    Examples
    --------
    >>> odds, _, _ = odds_against(np.array([[0.0, np.log(4), np.log(0.5)]]), np.array([[0.0, 100.0]]))
    >>> odds.round(3)
    array([[1.  , 0.25]])
    """
    first, last = np.exp(-parameters[:, :1]), np.exp(-parameters[:, 1:2])
    turned = np.exp(parameters[:, 2:]) * practice
    decay = np.exp(-turned)
    odds = first * decay - last * np.expm1(-turned)
    return odds, first * decay / odds, turned * decay * (first - last) / odds


def rate_at(parameters: Floats, practice: Floats) -> Floats:
    """Return the fitted success rate.

    Examples
    --------
    >>> rate_at(np.array([[0.0, np.log(4), np.log(0.5)]]), np.array([[0.0, 100.0]])).round(3)
    array([[0.5, 0.8]])
    """
    return 1 / (1 + odds_against(parameters, practice)[0])


def slope(parameters: Floats, trials: Trials) -> Slope:
    """Return the binomial log-likelihood (without its constant), its gradient and its Fisher information.

    Examples
    --------
    >>> one = Trials(*np.array([[[0.0]], [[3.0]], [[4.0]]]), np.array([0.1]), np.array([1.0]))
    >>> slope(np.array([[0.0, 0.0, 0.0]]), one).value.round(3)  # 4·log ½
    array([-2.773])
    """
    odds, first, rate = odds_against(parameters, trials.practice)
    chance = 1 / (1 + odds)
    value = inner(trials.attempts - trials.successes, np.log(odds)) + inner(trials.attempts, np.log(chance))
    off = trials.successes - trials.attempts * chance
    weight = trials.attempts * chance * (1 - chance)
    begins, turns = inner(off, first), inner(off, rate)
    gradient = np.stack([begins, off.sum(-1) - begins, turns], -1)
    heavy, steep = weight * first, weight * rate
    b, bb, br, r, rr = heavy.sum(-1), inner(heavy, first), inner(heavy, rate), steep.sum(-1), inner(steep, rate)
    information = _symmetric(bb, b - bb, br, weight.sum(-1) - 2 * b + bb, r - br, rr)
    pulled, over = off * first, rate - np.exp(parameters[:, 2:]) * trials.practice
    bent, cross, turned = inner(pulled, 1 - first), inner(pulled, over), inner(off * rate, over + 1)
    return Slope(value, gradient, information, information + _symmetric(bent, -bent, -cross, bent, cross, -turned))


def inner(one: Floats, other: Floats) -> Floats:
    """Return the sums of products, row by row.

    Examples
    --------
    >>> inner(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    array([11.])
    """
    return np.einsum("ij,ij->i", one, other)


def _symmetric(aa: Floats, ab: Floats, ac: Floats, bb: Floats, bc: Floats, cc: Floats) -> Floats:
    """Return symmetric matrices from their entries."""
    return np.stack([aa, ab, ac, ab, bb, bc, ac, bc, cc], -1).reshape(-1, 3, 3)


def climb(parameters: Floats, trials: Trials, *, free: int = 3, steps: int = STEPS) -> tuple[Floats, Floats]:
    """Return the parameters of the highest likelihood near the given ones, and that log-likelihood.

    Newton steps, or Fisher scoring where the likelihood is not concave, damped where they do not help
    (Levenberg-Marquardt), within the bounds.

    Parameters
    ----------
    parameters : ndarray, shape (m, 3)
        Where to begin.
    trials : Trials
        The m series.
    free : int, default 3
        The first so many parameters move, the others stay.
    steps : int
        At most so many.

    Examples
    --------
    >>> made = np.array([[1.0, 2, 3, 6, 8, 8, 8, 8]])
    >>> series = Trials(np.arange(8.0)[None], made, np.full((1, 8), 10.0), np.array([0.01]), np.array([2.0]))
    >>> found, _ = climb(np.array([[-1.0, 1.0, -1.0]]), series)
    >>> (1 / (1 + np.exp(-found[0, :2]))).round(2)
    array([0.07, 0.83])
    """
    low, high = trials.bounds
    parameters = np.clip(parameters, low, high)
    now = slope(parameters, trials)
    damping = np.full(len(parameters), 1e-3)
    active = np.arange(len(parameters))
    for _ in range(steps):
        at, here, some = parameters[active], Slope(*(part[active] for part in now)), trials.rows(active)
        uphill, curved = _within(here, at, low[active], high[active], free)
        step = shortened(solved(curved, uphill, damping[active]))
        there = np.clip(at + step, low[active], high[active])
        tried = slope(there, some)
        better = tried.value >= here.value
        won = active[better]
        parameters[won] = there[better]
        for part, new in zip(now, tried, strict=True):
            part[won] = new[better]
        damping[active] = np.clip(damping[active] * np.where(better, 0.1, 10.0), 1e-9, STUCK)
        promised = inner(uphill, step)
        stuck = damping[active] >= STUCK
        done = stuck | ((promised < CLOSE * (1 + np.abs(here.value))) & (damping[active] < 1e-2))
        active = active[~done]
        if not active.size:
            break
    return parameters, now.value


def _within(here: Slope, at: Floats, low: Floats, high: Floats, free: int) -> tuple[Floats, Floats]:
    """Return gradient and curvature with those parameters held that are at their bounds, or not free.

    The curvature is the observed information where it is positive definite, else the expected one.
    """
    held = ((at <= low) & (here.gradient <= 0)) | ((at >= high) & (here.gradient >= 0))
    held[:, free:] = True
    observed = without(here.observed, held)
    curved = np.where(definite(observed)[:, None, None], observed, without(here.information, held))
    return np.where(held, 0.0, here.gradient), curved


def definite(matrix: Floats) -> Bools:
    """Return which symmetric matrices are positive definite, and not by rounding only."""
    one, two = matrix[:, 0, 0], matrix[:, 0, 0] * matrix[:, 1, 1] - matrix[:, 0, 1] ** 2
    least = 1e-6 * matrix[:, 0, 0] * matrix[:, 1, 1]
    return (one > 0) & (two > least) & (np.linalg.det(matrix) > least * np.abs(matrix[:, 2, 2]))


def without(information: Floats, held: Bools) -> Floats:
    """Return the information with the held parameters' rows and columns those of the identity."""
    either = held[:, :, None] | held[:, None, :]
    return np.where(either, held[:, :, None] * np.eye(3), information)


def solved(information: Floats, right: Floats, damping: Floats | float = 0.0) -> Floats:
    """Return information⁻¹·right, with its diagonal raised by the damping and kept off zero."""
    diagonal = np.einsum("...ii->...i", information)
    raised = diagonal * np.asarray(damping)[..., None] + RIDGE * (1e-3 + diagonal.max(-1, keepdims=True))
    return np.linalg.solve(information + raised[..., None] * np.eye(3), right[..., None])[..., 0]


def shortened(step: Floats, most: Floats | float = 1.0) -> Floats:
    """Return the steps, none longer than the longest."""
    size = np.abs(step / LONGEST).max(-1) / most
    return step / np.maximum(size, 1.0)[..., None]


def best(trials: Trials) -> tuple[Floats, Floats]:
    """Return the maximum-likelihood parameters of each series, and the log-likelihood.

    The two levels are fitted at each rate of a grid, on the trials summed into at most 32 bins. The best of the
    slow, the middling and the fast rates and the fastest of all are the starts of a climb in all three parameters.

    Examples
    --------
    >>> made = np.array([[1.0, 2, 3, 6, 8, 8, 8, 8]])
    >>> series = Trials(np.arange(8.0)[None], made, np.full((1, 8), 10.0), np.array([0.01]), np.array([2.0]))
    >>> best(series)[1].round(2)
    array([-41.47])
    """
    m, coarse = len(trials.practice), _binned(trials)
    rates = np.linspace(np.log(trials.slowest), np.log(trials.fastest), GRID, axis=-1)
    levels = np.broadcast_to(_levels(coarse)[:, None], (m, GRID, 2))
    grid = np.concatenate([levels, rates[..., None]], -1).reshape(-1, 3)
    found, height = climb(grid, coarse.rows(np.repeat(np.arange(m), GRID)), free=2, steps=12)
    found, height = found.reshape(m, GRID, 3), height.reshape(m, GRID)
    parts = [*np.array_split(np.arange(GRID), 3), np.array([GRID - 1])]
    peaks = [found[np.arange(m), part[height[:, part].argmax(-1)]] for part in parts]
    ends, heights = climb(np.concatenate(peaks), trials.rows(np.tile(np.arange(m), len(peaks))))
    ends, heights = ends.reshape(-1, m, 3), heights.reshape(-1, m)
    highest = heights.argmax(0)
    return ends[highest, np.arange(m)], heights[highest, np.arange(m)]


def _binned(trials: Trials) -> Trials:
    """Return the trials summed into at most 32 bins, narrower at the start."""
    m, n = trials.practice.shape
    if n <= BINS:
        return trials
    count = np.maximum((trials.attempts > 0).sum(-1, keepdims=True), 1)
    share = np.minimum((np.arange(n) + 0.5) / count, 1.0)
    place = np.minimum((BINS * share**0.7).astype(int), BINS - 1) + BINS * np.arange(m)[:, None]
    parts = [trials.practice * trials.attempts, trials.successes, trials.attempts]
    practice, successes, attempts = (
        np.bincount(place.ravel(), part.ravel(), minlength=m * BINS).reshape(m, BINS) for part in parts
    )
    return Trials(practice / np.maximum(attempts, 1e-300), successes, attempts, *trials[3:])


def _levels(trials: Trials) -> Floats:
    """Return the logits of success in the first and in the last quarter of the attempts, as a start."""
    passed = trials.attempts.cumsum(-1) / np.maximum(trials.attempts.sum(-1, keepdims=True), 1)
    ends = []
    for share in (passed <= 0.25, passed >= 0.75):
        made, tried = (np.where(share, part, 0.0).sum(-1) for part in (trials.successes, trials.attempts))
        ends.append(np.log((made + 0.5) / (tried - made + 0.5)))
    return np.stack(ends, -1)
