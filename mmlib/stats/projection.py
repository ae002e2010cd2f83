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
        As in `curves.Series`.
    """

    form: str
    z: Floats
    y: Floats
    weight: Floats
    size: Floats
    first: Floats
    last: Floats

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
        return Problem(self.form, z, self.y[rows], weight, self.size[rows], self.first[rows], self.last[rows])

    def left(self, decay: Floats, second: Floats) -> Floats:
        """Return e^(-Tv)."""
        v = shape(self.form, self.z, self.last[:, None], second[:, None], derivatives=False).v
        return np.exp(-decay[:, None] * v)

    def explained(self, decay: Floats, second: Floats) -> Floats:
        """Return the share of the sum of squares that the shape explains."""
        g = self.left(decay, second)
        weighted = g * self.weight
        k = dot(weighted, g) - weighted.sum(axis=1) ** 2 / self.size
        return dot(g, self.y) ** 2 / np.where(k > 1e-14, k, np.inf)


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
    h, by_h, by_hh, _ = _moments(g * problem.y, columns, pairs, bend)
    total, by_total, by_total2, _ = _moments(weighted, columns, pairs, bend)
    square, by_square, by_square2, products = _moments(g * weighted, columns, pairs, bend)
    n = problem.size[:, None]
    k = square - total**2 / problem.size
    by_k = 2 * (by_square - total[:, None] * by_total / n)
    by_kk = 2 * (products + by_square2 - (_pair(by_total) + total[:, None, None] * by_total2) / n[:, :, None])
    return _quotient((h, by_h, by_hh), (np.maximum(k, 1e-300), by_k, by_kk))


def _moments(
    terms: Floats, columns: list[Floats], pairs: list[Floats], bend: Floats | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return Σ g·x from its terms, its gradient and curvature through g, and Σ g'·g'·x for g·g·x.

    g' is -column·g, and g'' is (pair - bend)·g, where the bend by log T and either parameter is that parameter's
    column.
    """
    first = [dot(terms, column) for column in columns]
    second = [dot(terms, pair) for pair in pairs]
    bends = [first[0]] if len(columns) == 1 else [first[0], first[1], 0.0 if bend is None else dot(terms, bend)]
    p = len(columns)
    products, curvature = np.empty((len(terms), p, p)), np.empty((len(terms), p, p))
    places = [(i, j) for i in range(p) for j in range(i + 1)]
    for (i, j), pair, own in zip(places, second, bends, strict=True):
        products[:, i, j] = products[:, j, i] = pair
        curvature[:, i, j] = curvature[:, j, i] = pair - own
    return terms.sum(axis=1), -np.stack(first, axis=1), curvature, products


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
    at = np.stack([np.log(decay), second], axis=1)
    here, damping = point(problem, decay, second), np.zeros(len(decay))
    for _ in range(MOST_STEPS):
        step, promised = _step(problem, at, here, damping)
        arrived = promised <= PRECISION * np.maximum(1.0 - here.explained, 1e-5)
        if arrived.any():
            ends = at + step
            for values, found in zip(done, (np.exp(ends[:, 0]), ends[:, 1], here.explained), strict=True):
                values[rows[arrived]] = found[arrived]
            if arrived.all():
                break
            stay = np.flatnonzero(~arrived)
            problem, rows, at, step, damping = problem.take(stay), rows[stay], at[stay], step[stay], damping[stay]
            here = Point(*(values[stay] for values in here))
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
    """Return decay and second parameter after one more Newton step, from close by."""
    at = np.stack([np.log(decay), second], axis=1)
    step, _ = _step(problem, at, point(problem, decay, second), np.zeros(len(at)))
    return np.exp(at[:, 0] + step[:, 0]), at[:, 1] + step[:, 1]


def _step(problem: Problem, at: Floats, here: Point, damping: Floats) -> tuple[Floats, Floats]:
    """Return the next step, within the limits, and how much more it promises to explain."""
    low = np.stack([np.full(len(at), np.log(LEAST_DECAY)), np.zeros(len(at))], axis=1)
    high = np.stack([np.log(problem.most), problem.bound], axis=1)
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
    reach = np.maximum(problem.bound / 4, 1e-9)
    y = np.clip((gradient[:, 1] - c * x) / b, -reach, reach)
    y = np.where(held[:, 1], 0.0, np.clip(y, low[:, 1] - at[:, 1], high[:, 1] - at[:, 1]))
    x = np.clip((gradient[:, 0] - c * y) / a, -LONGEST_STEP, LONGEST_STEP)
    x = np.where(held[:, 0], 0.0, np.clip(x, low[:, 0] - at[:, 0], high[:, 0] - at[:, 0]))
    promised = gradient[:, 0] * x + gradient[:, 1] * y - (a * x**2 + 2 * c * x * y + b * y**2) / 2
    return np.stack([x, y], axis=1), promised


def _both(problem: Problem, here: Point) -> tuple[Floats, Floats]:
    """Return gradient and negative curvature by both parameters, zero where a form has no second one."""
    if problem.free:
        return here.gradient, -here.curvature
    gradient, bent = np.zeros((len(here.gradient), 2)), np.zeros((len(here.gradient), 2, 2))
    gradient[:, :1], bent[:, :1, :1] = here.gradient, -here.curvature
    return gradient, bent
