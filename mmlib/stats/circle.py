"""How round a stroke is: the circle that fits it best, and how far the stroke is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from mmlib.errors import MMError

Floats = NDArray[np.float64]
PIECES = 512
"""Into so many pieces of equal length a stroke is cut: how fast the hand was, or the screen, makes no difference."""

HALF = np.pi
"""A stroke that goes less far round is an arc: many circles fit it about as well."""


class StrokeError(MMError):
    """A stroke that is no circle, nor nearly one: a dot, a line, less than half a turn."""


@dataclass(frozen=True)
class Roundness:
    """How round a stroke is.

    Attributes
    ----------
    x, y, radius : float
        The best-fitting circle.
    deviation : float
        The root mean square distance from it, as a share of the radius; the gap, closed by a straight line, counts.
    gap, overlap : float
        Which angle of the circle was left out, or drawn twice, in radians.
    points, offset : ndarray
        The stroke in pieces of equal length, each with its distance from the circle as a share of the radius, positive
        outside.
    """

    x: float
    y: float
    radius: float
    deviation: float
    gap: float
    overlap: float
    points: Floats
    offset: Floats


def roundness(stroke: ArrayLike) -> Roundness:
    """Return the circle that fits a stroke best, and how far the stroke is from it.

    The stroke is cut into 512 pieces of equal length, and the circle is the geometric least-squares fit to their
    middles (it minimises the sum of (d - r)² over centre and r, where d is the distance of a point from the centre),
    started from Taubin's algebraic fit. The deviation is √(mean (d - r)²) / r over the stroke and over the straight
    line that closes its gap: the angle, seen from the centre, that the stroke leaves out. A second turn is nothing
    bad. The result does not change with place, size, turn, direction and sampling rate.

    Parameters
    ----------
    stroke : array-like of float, shape (n, 2)
        The points of the stroke in order.

    Returns
    -------
    Roundness

    Raises
    ------
    StrokeError
        For fewer than 3 different points, a line, or less than half a turn.

    References
    ----------
    Taubin, G. (1991). Estimation of planar curves, surfaces and nonplanar space curves defined by implicit equations,
    with applications to edge and range image segmentation. IEEE Transactions on Pattern Analysis and Machine
    Intelligence 13, 1115-1138.
    Chernov, N. & Lesort, C. (2005). Least squares fitting of circles. Journal of Mathematical Imaging and Vision 23,
    239-252.

    Examples
    --------
    >>> angle = np.linspace(0, 2 * np.pi, 100)
    >>> egg = np.column_stack([1.1 * np.cos(angle), np.sin(angle)])
    >>> round(100 * roundness(egg).deviation, 1)
    3.4
    """
    whole = _distinct(stroke)
    if len(whole) < 3:
        raise StrokeError("That was a dot, not a circle.")
    points, length = even(whole)
    x, y, radius = fitted_circle(points)
    angle = np.unwrap(np.arctan2(whole[:, 1] - y, whole[:, 0] - x))
    turned = angle.max() - angle.min()
    if turned < HALF:
        raise StrokeError("That was less than half a circle: go all the way round.")
    offset = np.hypot(points[:, 0] - x, points[:, 1] - y) / radius - 1
    squares, gap = np.mean(offset**2), max(0.0, 2 * np.pi - turned)
    if gap:
        ends = whole[[angle.argmax(), angle.argmin()]]
        closing, closed = even(ends)
        inside = np.hypot(closing[:, 0] - x, closing[:, 1] - y) / radius - 1
        squares = (length * squares + closed * np.mean(inside**2)) / (length + closed)
    over = max(0.0, turned - 2 * np.pi)
    return Roundness(x, y, radius, float(np.sqrt(squares)), float(gap), float(over), points, offset)


def even(path: Floats, pieces: int = PIECES) -> tuple[Floats, float]:
    """Return the middles of a path's pieces of equal length, and the path's length.

    Examples
    --------
    >>> even(np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 0.0]]), pieces=2)
    (array([[1., 0.],
           [3., 0.]]), 4.0)
    """
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    at = along[-1] * (np.arange(pieces) + 0.5) / pieces
    return np.column_stack([np.interp(at, along, path[:, 0]), np.interp(at, along, path[:, 1])]), float(along[-1])


def fitted_circle(points: ArrayLike) -> tuple[float, float, float]:
    """Return centre and radius of the circle with the least squared distances from the points.

    Parameters
    ----------
    points : array-like of float, shape (n, 2)

    Returns
    -------
    tuple of float
        x, y and radius.

    Raises
    ------
    StrokeError
        If the points lie on a line.

    Examples
    --------
    >>> tuple(round(number, 6) for number in fitted_circle([[1, 0], [0, 1], [-1, 0], [0, -1]]))
    (0.0, 0.0, 1.0)
    """
    points = np.asarray(points, dtype=float)
    middle = points.mean(axis=0)
    size = np.sqrt(np.mean((points - middle) ** 2))
    if not size > 0:
        raise StrokeError("That was a dot, not a circle.")
    scaled = (points - middle) / size

    def off(circle: Floats) -> Floats:
        return np.hypot(scaled[:, 0] - circle[0], scaled[:, 1] - circle[1]) - circle[2]

    def slope(circle: Floats) -> Floats:
        dx, dy = scaled[:, 0] - circle[0], scaled[:, 1] - circle[1]
        distance = np.maximum(np.hypot(dx, dy), 1e-12)
        return np.column_stack([-dx / distance, -dy / distance, np.full(len(scaled), -1.0)])

    x, y, radius = least_squares(off, _taubin(scaled), jac=slope, method="lm", xtol=1e-12, ftol=1e-12).x
    return float(middle[0] + size * x), float(middle[1] + size * y), float(size * abs(radius))


def _taubin(points: Floats) -> Floats:
    """Return Taubin's circle for points with mean 0: the least Σ(A·z + B·x + C·y + D)² / Σ|gradient|², z = x² + y²."""
    z = np.sum(points**2, axis=1)
    mean = z.mean()
    _, size, rows = np.linalg.svd(np.column_stack([(z - mean) / (2 * np.sqrt(mean)), points]), full_matrices=False)
    a, b, c = rows[2]
    a = a / (2 * np.sqrt(mean))
    if abs(a) < 1e-7 or size[1] < 1e-9 * size[0]:
        raise StrokeError("That was a line, not a circle.")
    return np.array([-b / (2 * a), -c / (2 * a), np.sqrt(b**2 + c**2 + 4 * a**2 * mean) / (2 * abs(a))])


def _distinct(stroke: ArrayLike) -> Floats:
    """Return a stroke's points without those where the hand stood still."""
    points = np.asarray(stroke, dtype=float)
    if points.ndim != 2 or points.shape[1:] != (2,) or not np.isfinite(points).all():
        raise StrokeError("A stroke is a list of points, each of two numbers.")
    return points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]] if len(points) else points
