"""How well an outline was traced: distances from it, excursions out of its band, and corners passed in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmlib.stats.circle import even

Floats = NDArray[np.float64]

BACK = 0.9
"""An excursion ends within this share of the band's half width: a hand that trembles on the line errs once."""


def distances(points: ArrayLike, outline: ArrayLike) -> Floats:
    """Return each point's distance from an outline of straight lines.

    Parameters
    ----------
    points : array-like of float, shape (n, 2)
    outline : array-like of float, shape (m, 2)
        Its corners in order; a closed outline ends where it began.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> distances([[1, 1], [3, 0], [5, 4]], [[0, 0], [2, 0], [2, 4]])
    array([1., 1., 3.])
    """
    points, outline = np.asarray(points, dtype=float), np.asarray(outline, dtype=float)
    nearest = np.full(len(points), np.inf)
    for begin, side in zip(outline[:-1], np.diff(outline, axis=0), strict=True):
        along = np.clip((points - begin) @ side / (side @ side), 0, 1)
        nearest = np.minimum(nearest, np.hypot(*(points - begin - along[:, None] * side).T))
    return nearest


def excursions(trace: ArrayLike, outline: ArrayLike, half_width: float) -> tuple[int, float]:
    """Return how often a trace left the band around an outline, and which share of its length lay outside.

    The trace counts as the straight lines between its points, looked at in steps of a tenth of the half width. It is
    outside from where it is further than the half width from the outline until it is back within 0.9 of it.

    Parameters
    ----------
    trace : array-like of float, shape (n, 2)
        Its points in order.
    outline : array-like of float, shape (m, 2)
        See `distances`.
    half_width : float
        Half of the band's width.

    Returns
    -------
    int, float
        The number of excursions, and the share of the trace's length outside, 0 to 1.

    Examples
    --------
    >>> excursions([[0, 0], [5, 0], [5, 3], [6, 0], [10, 0]], [[0, 0], [10, 0]], half_width=1.0)[0]
    1
    """
    trace = np.asarray(trace, dtype=float)
    length = float(np.hypot(*np.diff(trace, axis=0).T).sum()) if len(trace) > 1 else 0.0
    pieces = int(length / (0.1 * half_width)) + 1
    away = distances(even(trace, pieces)[0] if length else trace, outline) / half_width
    outside = away > 1
    if not outside.any():
        return 0, 0.0
    # Between the two limits a point is where the last clear one was; before any, within.
    clear = outside | (away <= BACK)
    last = np.maximum.accumulate(np.where(clear, np.arange(len(away)), -1))
    out = np.where(last >= 0, outside[last], False)
    return int(out[0]) + int(np.sum(out[1:] & ~out[:-1])), float(outside.mean())


def corners_passed(trace: ArrayLike, corners: ArrayLike, reach: float) -> int:
    """Return how many corners a trace passed in their order, each within `reach`.

    Examples
    --------
    >>> corners_passed([[0, 0], [9, 1], [9, 9]], [[0, 0], [10, 0], [10, 10], [0, 10]], reach=2.0)
    3
    """
    trace, passed = np.asarray(trace, dtype=float), 0
    for corner in np.asarray(corners, dtype=float):
        near = np.flatnonzero(np.hypot(*(trace - corner).T) <= reach)
        if not near.size:
            break
        trace, passed = trace[near[0] :], passed + 1
    return passed
