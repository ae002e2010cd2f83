"""The course of a performance that practice and time explain by themselves: learning, slow change, the weekday."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

Floats = NDArray[np.float64]

PER_KNOT = 15
"""A knot for so many observations: the spline follows what changes over months, not from week to week."""

CLEARLY = 2.0
"""So much higher must the log-likelihood be for the logarithm to be taken."""

PER_WEEKDAY = 15
"""Each day of the week gets its own level from so many observations a day on; before, the weekend gets one."""


def course(trial: Floats, weekday: NDArray[np.int64]) -> Floats:
    """Return columns that span a learning curve, slow change and the weekday.

    They are a cubic spline over the observations' order with a knot for about 15, trial^-½ and trial^-1, which with
    the spline give every exponential and power learning curve, and levels of the weekend or of each weekday.

    Parameters
    ----------
    trial : ndarray, shape (n,)
        Trials so far at each observation, ascending, 1 for the first.
    weekday : ndarray of int, shape (n,)
        0 for Monday.

    Returns
    -------
    ndarray, shape (n, p)

    Examples
    --------
    >>> course(np.arange(1.0, 61), np.arange(60) % 7).shape
    (60, 10)
    """
    n = trial.size
    knots = np.linspace(0, 1, max(1, round(n / PER_KNOT)) + 1)
    places = np.linspace(0, 1 - 1e-9, n)
    spline = BSpline.design_matrix(places, np.r_[[0.0] * 3, knots, [1.0] * 3], 3).toarray()
    early = np.column_stack([trial**-0.5, trial**-1.0])
    weekend = (weekday >= 5)[:, None]
    by_day = weekday[:, None] == np.arange(1, 7)
    levels = by_day if n >= 7 * PER_WEEKDAY else weekend
    return np.column_stack([spline, early, levels[:, levels.any(axis=0)]]).astype(float)


def in_logs(values: Floats, columns: Floats) -> bool:
    """Return whether the logarithms of values follow the columns clearly better than the values themselves.

    Times often scatter in proportion to their level. The two are compared by the likelihood of least squares, with the
    logarithm's own density; only values that are all above zero come into question.

    Examples
    --------
    >>> level = np.geomspace(100, 10, 60)
    >>> times = level * np.exp(0.2 * np.sin(np.arange(60.0) ** 2))
    >>> in_logs(times, np.column_stack([np.ones(60), np.arange(60)]))
    True
    """
    if (values <= 0).any():
        return False
    logs = np.log(values)
    either = np.column_stack([values, logs])
    left = either - columns @ np.linalg.lstsq(columns, either, rcond=None)[0]
    fit = -values.size / 2 * np.log((left**2).sum(axis=0) + 1e-300) - np.array([0.0, logs.sum()])
    return bool(fit[1] > fit[0] + CLEARLY)
