"""Variable projection for many series at once: how much a shape explains, and Newton steps to the best one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.forms import FORMS, LEAST_DECAY, decay_limit, second_limit, shape

Floats = NDArray[np.float64]

MOST_STEPS = 60
PRECISION = 1e-9
"""Newton steps end when they promise to lower the residual sum of squares by less than this share of it."""

LONGEST_STEP = 1.0

LEAST_SPREAD = 1e-14
"""A shape that spreads less than this is a constant, and explains nothing."""

CLOSE = 1e-6
"""Curves that leave less than this share unexplained are polished on their residuals."""


class Problem(NamedTuple):
    """One form and many series, standardised to mean 0 and sum of squares 1.

    Attributes
    ----------
    form : str
        A name from `forms.FORMS`, other than flat.
    z : ndarray, shape (k,) or (m, k)
        Amounts of practice: all, or the nodes that stand for them.
    y : ndarray, shape (m, k)
        Such that Σ y·f(z) is the sum of performance times f over all that was observed.
    weight : ndarray, shape (k,) or (m, k)
        Such that Σ weight·f(z) is the sum of f over all that was observed.
    size, first, last : ndarray, shape (m,)
        As in `series.Series`.
    level : {"free", "zero", "start"}
        What is known of the asymptote: nothing, that it is 0, or that the curve starts at 0.
    """

    form: str
    z: Floats
    y: Floats
    weight: Floats
    size: Floats
    first: Floats
    last: Floats
    level: str = "free"

    @property
    def free(self) -> bool:
        """Whether the form has a second parameter."""
        return FORMS[self.form].shapes > 1

    @property
    def most(self) -> Floats:
        """The fastest decay of each series."""
        return decay_limit(self.form, self.first, self.last)

    @property
    def bound(self) -> Floats:
        """The upper limit of each series' second parameter."""
        return second_limit(self.form, self.last)

    def take(self, rows: NDArray) -> Problem:
        """Return the problem of some of the series."""
        z, weight = (values if values.ndim == 1 else values[rows] for values in (self.z, self.weight))
        size, first, last = self.size[rows], self.first[rows], self.last[rows]
        return Problem(self.form, z, self.y[rows], weight, size, first, last, self.level)

    def left(self, decay: Floats, second: Floats) -> Floats:
        """Return e^(-Tv)."""
        v = shape(self.form, self.z, self.last[:, None], second[:, None], derivatives=False).v
        return np.exp(-decay[:, None] * v)

    def explained(self, decay: Floats, second: Floats) -> Floats:
        """Return the share of the sum of squares that the shape explains."""
        g = self.left(decay, second)
        weighted = g * self.weight
        return self.share(dot(g, self.y), weighted.sum(axis=1), dot(weighted, g))

    def share(self, product: Floats, total: Floats, square: Floats) -> Floats:
        """Return what a shape explains, from Σ g·y, Σ g and Σ g², shape (m,) or (m, points)."""
        size, own = self.size, self.y.sum(axis=1)
        if product.ndim > 1:
            size, own = size[:, None], own[:, None]
        if self.level == "zero":
            spread = square
        elif self.level == "start":
            product, spread = own - product, size - 2 * total + square
        else:
            spread = square - total**2 / size
        return product**2 / np.where(spread > LEAST_SPREAD, spread, np.inf)


class Point(NamedTuple):
    """The explained share of the sum of squares, and its derivatives by log T and the second parameter."""

    explained: Floats
    gradient: Floats
    curvature: Floats


def dot(a: Floats, b: Floats) -> Floats:
    """Return the inner product of each row."""
    return np.einsum("ij,ij->i", a, b)


def point(problem: Problem, decay: Floats, second: Floats) -> Point:
    """Return how much each series' shape explains, h²/k, with exact first and second derivatives.

    With g = e^(-Tv), h = Σ g·y and k = Σ (g - ḡ)². The derivatives of g by log T and the second parameter are
    polynomials in Tv and its derivatives times g, so all follow from a few inner products.
    """
    found = shape(problem.form, problem.z, problem.last[:, None], second[:, None], derivatives=problem.free)
    t = decay[:, None] * found.v
    columns = [t]
    if problem.free:
        columns.append(decay[:, None] * found.slope)
    pairs = [columns[i] * columns[j] for i in range(len(columns)) for j in range(i + 1)]
    bend = None if found.bend is None else decay[:, None] * found.bend
    g = np.exp(-t)
    weighted = g * problem.weight
    terms = np.stack([g * problem.y, weighted, g * weighted])
    sums, gradients, curvatures, products = _moments(terms, columns, pairs, bend)
    (h, total, square), (by_h, by_total, by_square), (by_hh, by_total2, by_square2) = sums, gradients, curvatures
    k, by_k, by_kk = square, 2 * by_square, 2 * (products[2] + by_square2)
    if problem.level == "free":
        n, mean = problem.size, total / problem.size
        k, by_k = k - total * mean, by_k - 2 * mean[:, None] * by_total
        by_kk = by_kk - 2 * (_pair(by_total) / n[:, None, None] + mean[:, None, None] * by_total2)
    elif problem.level == "start":
        h, by_h, by_hh = problem.y.sum(axis=1) - h, -by_h, -by_hh
        k, by_k, by_kk = k + problem.size - 2 * total, by_k - 2 * by_total, by_kk - 2 * by_total2
    return _quotient((h, by_h, by_hh), (np.where(k > LEAST_SPREAD, k, np.inf), by_k, by_kk))


def _moments(
    terms: Floats, columns: list[Floats], pairs: list[Floats], bend: Floats | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return each Σ g·x from its terms, its gradient and curvature through g, and Σ g'·g'·x for g·g·x.

    g' is -column·g, and g'' is (pair - bend)·g, where the bend by log T and either parameter is that parameter's
    column.
    """
    p, n = len(columns), len(columns) + len(pairs)
    inner = np.einsum("aij,cij->cai", terms, np.stack([*columns, *pairs, *([] if bend is None else [bend])]))
    first, second, bends = inner[:p], inner[p:n], [*inner[:p], *inner[n:], 0.0][: len(pairs)]
    products, curvature = np.empty((2, *terms.shape[:2], p, p))
    places = [(i, j) for i in range(p) for j in range(i + 1)]
    for (i, j), pair, own in zip(places, second, bends, strict=True):
        products[..., i, j] = products[..., j, i] = pair
        curvature[..., i, j] = curvature[..., j, i] = pair - own
    return terms.sum(axis=2), -np.moveaxis(first, 0, -1), curvature, products


def _pair(gradient: Floats) -> Floats:
    return gradient[:, :, None] * gradient[:, None, :]


def _quotient(top: tuple[Floats, Floats, Floats], bottom: tuple[Floats, Floats, Floats]) -> Point:
    """Return h²/k and its derivatives from those of h and k."""
    (h, by_h, by_hh), (k, by_k, by_kk) = top, bottom
    slope = (h / k)[:, None]
    gradient = 2 * slope * by_h - slope**2 * by_k
    mixed = by_h[:, :, None] * by_k[:, None, :]
    mixed = mixed + mixed.transpose(0, 2, 1)
    slope, over = slope[:, :, None], k[:, None, None]
    curvature = 2 * _pair(by_h) / over + 2 * slope * by_hh - 2 * slope * mixed / over
    curvature += slope**2 * (2 * _pair(by_k) / over - by_kk)
    return Point(h**2 / k, gradient, curvature)


def newton(problem: Problem, decay: Floats, second: Floats) -> tuple[Floats, Floats, Floats]:
    """Return decay, second parameter and explained share after damped Newton steps within the limits.

    Steps that do not explain more are taken back and damped; a parameter at its limit stays there while the
    gradient points outwards. Series that have arrived are set aside.
    """
    done = [np.array(values, dtype=float) for values in (decay, second, np.zeros_like(decay))]
    rows = np.arange(len(decay))
    at, limits = np.stack([np.log(decay), second], axis=1), _limits(problem)
    here, damping = point(problem, decay, second), np.zeros(len(decay))
    for _ in range(MOST_STEPS):
        step, promised = _step(problem, limits, at, here, damping)
        arrived = promised <= PRECISION * np.maximum(1.0 - here.explained, 1e-5)
        if arrived.any():
            ends = at + step
            for values, found in zip(done, (np.exp(ends[:, 0]), ends[:, 1], here.explained), strict=True):
                values[rows[arrived]] = found[arrived]
            if arrived.all():
                break
            stay = np.flatnonzero(~arrived)
            problem, rows, at, step, damping = problem.take(stay), rows[stay], at[stay], step[stay], damping[stay]
            limits, here = (limits[0][stay], limits[1][stay]), Point(*(values[stay] for values in here))
        trial = at + step
        there = point(problem, np.exp(trial[:, 0]), trial[:, 1])
        better = there.explained >= here.explained - 1e-15
        at = np.where(better[:, None], trial, at)
        here = Point(
            *(np.where(better.reshape(-1, *[1] * (a.ndim - 1)), b, a) for a, b in zip(here, there, strict=True))
        )
        damping = np.where(better, damping / 10, np.maximum(10 * damping, 0.1))
    else:
        for values, found in zip(done, (np.exp(at[:, 0]), at[:, 1], here.explained), strict=True):
            values[rows] = found
    return done[0], done[1], done[2]


def polished(problem: Problem, decay: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Return decay and second parameter after one more Newton step, from close by.

    Where next to nothing is left unexplained, the explained share is too coarse a measure: there Gauss-Newton steps on
    the residuals themselves go on from it.
    """
    at, here = np.stack([np.log(decay), second], axis=1), point(problem, decay, second)
    at = at + _step(problem, _limits(problem), at, here, np.zeros(len(at)))[0]
    close = np.flatnonzero(1.0 - here.explained < CLOSE)
    if close.size:
        at[close] = _gauss_newton(problem.take(close), at[close])
    return np.exp(at[:, 0]), at[:, 1]


def _gauss_newton(problem: Problem, at: Floats) -> Floats:
    """Return log T and the second parameter after Gauss-Newton steps, each halved until it leaves less."""
    low, high = _limits(problem)
    rss, step = _residual(problem, at)
    size = np.ones(len(at))
    for _ in range(MOST_STEPS):
        trial = np.clip(at + size[:, None] * step, low, high)
        less, onward = _residual(problem, trial)
        better = less < rss
        at, rss = np.where(better[:, None], trial, at), np.where(better, less, rss)
        step = np.where(better[:, None], onward, step)
        size = np.where(better, 1.0, size / 4)
        if (size < 1e-9).all():
            break
    return at


def _residual(problem: Problem, at: Floats) -> tuple[Floats, Floats]:
    """Return the residual sum of squares, and the Gauss-Newton step of log T and the second parameter."""
    decay, second = np.exp(at[:, 0]), at[:, 1]
    found = shape(problem.form, problem.z, problem.last[:, None], second[:, None], derivatives=problem.free)
    t = decay[:, None] * found.v
    g = np.exp(-t)
    fixed = {"free": [np.ones_like(g), g], "zero": [g], "start": [1.0 - g]}[problem.level]
    moving = [t * g] + ([decay[:, None] * found.slope * g] if problem.free else [])
    columns = np.stack([*fixed, *moving, problem.y], axis=-1) * problem.weight[..., None]
    q, r = np.linalg.qr(columns)
    p, end = len(fixed), columns.shape[2] - 1
    # What fixed columns leave of the performance: along the moving ones, and beyond.
    left = q[:, :, p:] @ r[:, p:, end:]
    distance = np.linalg.solve(r[:, :p, :p], r[:, :p, end:])[:, -1, 0]
    slope = np.where(problem.level == "start", distance, -distance)
    square, along = r[:, p:end, p:end], r[:, p:end, end]
    step = np.zeros((len(at), 2))
    step[:, : end - p] = np.linalg.solve(square + 1e-300 * np.eye(end - p), along[:, :, None])[:, :, 0] / slope[:, None]
    return dot(left[:, :, 0], left[:, :, 0]), step


def _step(
    problem: Problem, limits: tuple[Floats, Floats], at: Floats, here: Point, damping: Floats
) -> tuple[Floats, Floats]:
    """Return the next step, within the limits, and how much more it promises to explain."""
    low, high = limits
    gradient, bent = _both(problem, here)
    held = ((at <= low) & (gradient < 0)) | ((at >= high) & (gradient > 0))
    held[:, 1] |= not problem.free
    gradient = np.where(held, 0.0, gradient)
    a, b = (np.where(held[:, i], 1.0, bent[:, i, i]) for i in (0, 1))
    c = np.where(held.any(axis=1), 0.0, bent[:, 0, 1])
    least = (a + b) / 2 - np.sqrt((a - b) ** 2 / 4 + c**2)
    size = np.maximum(np.abs(a) * ~held[:, 0], np.abs(b) * ~held[:, 1]) + 1e-30
    shift = np.where(least > 1e-6 * size, 0.0, 1e-3 * size - least) + damping * size
    a, b = a + shift, b + shift
    determinant = np.maximum(a * b - c**2, 1e-300)
    x = (b * gradient[:, 0] - c * gradient[:, 1]) / determinant
    x = np.clip(np.clip(x, -LONGEST_STEP, LONGEST_STEP), low[:, 0] - at[:, 0], high[:, 0] - at[:, 0])
    # What one parameter may not do, the other allows for.
    reach = np.maximum(high[:, 1] / 4, 1e-9)
    y = np.clip((gradient[:, 1] - c * x) / b, -reach, reach)
    y = np.where(held[:, 1], 0.0, np.clip(y, low[:, 1] - at[:, 1], high[:, 1] - at[:, 1]))
    x = np.clip((gradient[:, 0] - c * y) / a, -LONGEST_STEP, LONGEST_STEP)
    x = np.where(held[:, 0], 0.0, np.clip(x, low[:, 0] - at[:, 0], high[:, 0] - at[:, 0]))
    promised = gradient[:, 0] * x + gradient[:, 1] * y - (a * x**2 + 2 * c * x * y + b * y**2) / 2
    return np.stack([x, y], axis=1), promised


def _limits(problem: Problem) -> tuple[Floats, Floats]:
    """Return the lower and upper limits of log T and the second parameter."""
    low = np.stack([np.full(len(problem.y), np.log(LEAST_DECAY)), np.zeros(len(problem.y))], axis=1)
    return low, np.stack([np.log(problem.most), problem.bound], axis=1)


def _both(problem: Problem, here: Point) -> tuple[Floats, Floats]:
    """Return gradient and negative curvature by both parameters, zero where a form has no second one."""
    if problem.free:
        return here.gradient, -here.curvature
    gradient, bent = np.zeros((len(here.gradient), 2)), np.zeros((len(here.gradient), 2, 2))
    gradient[:, :1], bent[:, :1, :1] = here.gradient, -here.curvature
    return gradient, bent
