"""The fit of learning curves, all series of a log at once, by variable projection.

For a given decay and shape (`forms`), asymptote and distance are a straight-line regression in closed form, so only
one or two parameters of each series are searched: first on a grid, which for series that share their amounts of
practice is one matrix product, then by Newton steps on the exact first and second derivatives of the projected
residual sum of squares (Golub & Pereyra 1973). There is no loop over series.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.forms import FORMS, LEAST_DECAY, shape
from mmlib.stats.nodes import nodes
from mmlib.stats.projection import Problem, dot, newton, polished
from mmlib.stats.series import Series, blocks

Floats = NDArray[np.float64]

FEW = 30
"""About how many nodes stand for all amounts of practice."""

NEAR = 2.0
"""A border is climbed from as well while its residual sum of squares is below this multiple of the least so far."""


@dataclass(frozen=True)
class Fits:
    """One form fitted to many series: arrays with one value per series.

    Attributes
    ----------
    form : str
        A name from `forms.FORMS`.
    level, distance : ndarray
        The asymptote, and the distance of the curve from it at z = 1.
    decay, second : ndarray
        T and the second parameter of the shape (`forms.Shape`).
    rss : ndarray
        The residual sum of squares.
    """

    form: str
    level: Floats
    distance: Floats
    decay: Floats
    second: Floats
    rss: Floats

    def take(self, rows: NDArray | slice) -> Fits:
        """Return the fits of some of the series."""
        arrays = (self.level, self.distance, self.decay, self.second, self.rss)
        return Fits(self.form, *(values[rows] for values in arrays))

    def left(self, z: Floats, last: Floats) -> Floats:
        """Return the share of the distance that is left at z, shape (m, n), for series that end at `last`."""
        if self.form == "flat":
            return np.zeros((len(self.level), np.shape(z)[-1]))
        v = shape(self.form, z, last[:, None], self.second[:, None], derivatives=False).v
        return np.exp(-self.decay[:, None] * v)

    def predict(self, z: Floats, last: Floats) -> Floats:
        """Return the fitted mean at z, shape (m, n), for series that end at `last`."""
        return self.level[:, None] + self.distance[:, None] * self.left(z, last)


def fit(series: Series, form: str, *, level: str = "free") -> Fits:
    """Fit one form to all series by least squares.

    Parameters
    ----------
    series : Series
        Each with at least 3 different amounts of practice.
    form : str
        A name from `forms.FORMS`.
    level : {"free", "zero", "start"}
        What is known beforehand: nothing, that the asymptote is 0, or that the curve starts at 0.

    Returns
    -------
    Fits
        The least residual sum of squares over all decays from `forms.LEAST_DECAY` to `forms.decay_limit` and all
        second parameters from 0 to `forms.second_limit`.

    References
    ----------
    Golub, G. H. & Pereyra, V. (1973). The differentiation of pseudo-inverses and nonlinear least squares problems
    whose variables separate. SIAM Journal on Numerical Analysis 10, 413-432.

    Examples
    --------
    >>> z = np.arange(1, 31.0)
    >>> y = np.stack([50 - 40 * np.exp(-0.2 * (z - 1)), 20 + 30 * np.exp(-0.1 * (z - 1))])
    >>> found = fit(Series(z, y, np.full(y.shape, True)), "exponential")
    >>> found.level.round(3), found.distance.round(3), (found.decay / 29).round(3)
    (array([50., 20.]), array([-40.,  30.]), array([0.2, 0.1]))
    """
    return rivals(series, [form], level=level)[0]


def rivals(series: Series, forms: Sequence[str], *, level: str = "free") -> list[Fits]:
    """Fit several forms to the same series, each as `fit` does; what they have in common is worked out once."""
    parts = [_fit(series.take(rows), forms, level) for rows in blocks(len(series), FEW)]
    names = ("level", "distance", "decay", "second", "rss")
    return [
        Fits(form, *(np.concatenate([getattr(part[k], name) for part in parts] or [np.empty(0)]) for name in names))
        for k, form in enumerate(forms)
    ]


def _fit(series: Series, forms: Sequence[str], known: str) -> list[Fits]:
    y, level, scale = _standardised(series, known)
    whole = Problem("flat", series.z, y, series.seen.astype(float), series.size, series.first, series.last, known)
    few, zero = _condensed(whole), np.zeros(len(series))

    @functools.cache  # the forms without a second parameter are also where those with one end
    def plain(form: str) -> tuple[Floats, Floats, Floats]:
        problem = few._replace(form=form)
        return newton(problem, *_start(problem))

    found = []
    for form in forms:
        if form == "flat":
            found.append(Fits(form, level, zero, zero, zero, scale**2 * dot(y, y)))
            continue
        decay, second, _ = _searched(few._replace(form=form), plain) if FORMS[form].shapes > 1 else plain(form)
        problem, rows = whole._replace(form=form), blocks(len(series), series.y.shape[1])
        parts = [_finished(problem.take(some), decay[some], second[some]) for some in rows]
        offset, distance, decay, second, rss = (np.concatenate(values) for values in zip(*parts, strict=True))
        found.append(Fits(form, level + scale * offset, scale * distance, decay, second, scale**2 * rss))
    return found


def _searched(problem: Problem, plain: Callable[[str], tuple[Floats, Floats, Floats]]) -> tuple[Floats, Floats, Floats]:
    """Return the best decay and second parameter, climbed to from the grid and from both ends of the second one."""
    decay, second, explained = newton(problem, *_start(problem))
    # There the form is one of the plain ones.
    for other in ((plain("power")[0], np.zeros_like(second)), (plain("exponential")[0], problem.bound)):
        near = np.flatnonzero(1.0 - problem.explained(*other) < NEAR * (1.0 - explained))
        if near.size:
            found = newton(problem.take(near), *(values[near] for values in other))
            better = found[2] > explained[near]
            for values, best in zip((decay, second, explained), found, strict=True):
                values[near[better]] = best[better]
    return decay, second, explained


def _condensed(problem: Problem) -> Problem:
    """Return the problem at the nodes of its amounts of practice, where that makes it smaller."""
    if problem.z.ndim > 1:
        return problem
    few = nodes(problem.z)
    if few.z.size > problem.z.size / 2:
        return problem
    return problem._replace(z=few.z, y=problem.y @ few.shares, weight=problem.weight @ few.shares)


def _finished(problem: Problem, decay: Floats, second: Floats) -> tuple[Floats, ...]:
    """Return level, distance, decay, second parameter and residual sum of squares, from all observations."""
    decay, second = polished(problem, decay, second)
    g = problem.left(decay, second) * problem.weight
    if problem.level == "start":
        g = problem.weight - g
    mean = g.sum(axis=1) / problem.size if problem.level == "free" else np.zeros(len(g))
    g -= mean[:, None] * problem.weight
    spread = dot(g, g)
    slope = dot(g, problem.y) / np.where(spread > 0, spread, np.inf)
    g *= -slope[:, None]
    g += problem.y
    level, distance = (slope, -slope) if problem.level == "start" else (-slope * mean, slope)
    return level, distance, decay, second, dot(g, g)


def _standardised(series: Series, known: str = "free") -> tuple[Floats, Floats, Floats]:
    """Return the performance with sum of squares 1 (and mean 0 where the level is free), its mean, and its size."""
    level = series.y.sum(axis=1) / np.maximum(series.size, 1.0) * (known == "free")
    y = np.where(series.seen, series.y - level[:, None], 0.0)
    scale = np.sqrt(dot(y, y))
    return y / np.where(scale > 0, scale, 1.0)[:, None], level, scale


def _start(problem: Problem) -> tuple[Floats, Floats]:
    """Return the decay and the second parameter of the point of a grid that explains most."""
    form = FORMS[problem.form]
    decays = LEAST_DECAY * (problem.most.max() / LEAST_DECAY) ** np.linspace(0.0, 1.0, form.decays)
    seconds = np.linspace(0.0, 1.0, form.shapes) * problem.bound.max()
    grid = np.stack(np.meshgrid(decays, seconds, indexing="ij"), axis=-1).reshape(-1, 2)
    return _own(problem, grid[np.argmax(_on_grid(problem, grid), axis=1)])


def _own(problem: Problem, points: Floats) -> tuple[Floats, Floats]:
    """Return points of the grid, which is laid for the longest series, in the terms and limits of each series."""
    decay, second = points.T
    if problem.z.ndim == 1:
        longest = np.full((len(points), 1), problem.last.max())
        v = shape(problem.form, problem.last[:, None], longest, second[:, None], derivatives=False).v[:, 0]
        if problem.form == "apex":
            second = second * (problem.last - 1.0) / (longest[:, 0] - 1.0) / v
        decay = decay * v
    return np.clip(decay, LEAST_DECAY, problem.most), np.clip(second, 0.0, problem.bound)


def _on_grid(problem: Problem, grid: Floats) -> Floats:
    """Return the share of the sum of squares that each point of the grid explains, shape (m, points)."""
    if problem.z.ndim == 1:
        last = np.full((len(grid), 1), problem.last.max())
        v = shape(problem.form, problem.z, last, grid[:, 1:], derivatives=False).v
        left = np.exp(-grid[:, :1] * v).T
        return problem.share(problem.y @ left, problem.weight @ left, problem.weight @ left**2)
    one = np.ones(len(problem.y))
    return np.stack([problem.explained(decay * one, second * one) for decay, second in grid], axis=1)
