"""Timing: how evenly events follow one another, and at what time of the day or week."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats


def burstiness(mean: ArrayLike, sd: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Return how bursty intervals are, from -1 (all the same) over 0 (as by chance) to 1 (all but one are 0).

    For n intervals with r = sd/mean it is (√(n+1)·r - √(n-1)) / ((√(n+1) - 2)·r + √(n-1)), which for large n is Goh
    and Barabási's (sd - mean)/(sd + mean) and does not depend on n otherwise.

    Parameters
    ----------
    mean, sd, n : array-like of float
        Mean, population standard deviation and number of the intervals of each series.

    Returns
    -------
    array of float
        NaN for fewer than 2 intervals.

    References
    ----------
    Goh, K.-I. & Barabási, A.-L. (2008). Burstiness and memory in complex systems. EPL 81, 48002.
    Kim, E.-K. & Jo, H.-H. (2016). Measuring burstiness for finite event sequences. Physical Review E 94, 032311.

    Examples
    --------
    >>> burstiness([7.0, 1.0], [0.0, 3.0], [10, 10]).tolist()
    [-1.0, 1.0]
    """
    n = np.where(np.asarray(n) >= 2, np.asarray(n, dtype=float), np.nan)
    ratio = np.asarray(sd, dtype=float) / np.asarray(mean, dtype=float)
    above, below = np.sqrt(n + 1), np.sqrt(n - 1)
    return np.asarray((above * ratio - below) / ((above - 2) * ratio + below))


def hour_angle(hours: ArrayLike) -> NDArray[np.complex128]:
    """Return each hour of the day as a point on the unit circle.

    Parameters
    ----------
    hours : array-like of float
        0 to 24.

    Returns
    -------
    array of complex
        The mean of several points a and b … lies in the direction of the mean hour, and is the longer the closer
        together they are.

    Examples
    --------
    >>> hour, length = mean_hour(hour_angle([23.5, 0.5]).mean())
    >>> round(float(hour), 6) % 24, round(float(length), 3)
    (0.0, 0.991)
    """
    return np.exp(2j * np.pi * np.asarray(hours, dtype=float) / 24)


def mean_hour(mean_angle: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the hour to which a mean of `hour_angle` points, and its length: 1 for one and the same hour.

    For hours spread like a normal distribution, two thirds lie within √(-2 log length)·24/2π hours of the mean: 3.2
    hours for a length of 0.7.

    Parameters
    ----------
    mean_angle : array-like of complex
        Means of `hour_angle`.

    Returns
    -------
    hour, length : arrays of float
        0 ≤ hour < 24; 0 ≤ length ≤ 1.

    References
    ----------
    Mardia, K. V. & Jupp, P. E. (2000). Directional statistics. Wiley.

    Examples
    --------
    >>> float(mean_hour(hour_angle([6.0]))[0][0])
    6.0
    """
    points = np.asarray(mean_angle, dtype=complex)
    hours = np.round(np.angle(points) * 24 / (2 * np.pi), 9) % 24
    return hours, np.abs(points)


def peak_chance(most: ArrayLike, n: ArrayLike, kinds: int) -> NDArray[np.float64]:
    """Return a bound on the chance that one of several equally likely kinds is found at least so often.

    Bonferroni's: kinds × P(X ≥ most) for X binomial with n trials and probability 1/kinds.

    Parameters
    ----------
    most : array-like of int
        How often the most frequent kind was found.
    n : array-like of int
        Of how many.
    kinds : int
        Among how many kinds.

    Returns
    -------
    array of float
        At most 1.

    Examples
    --------
    >>> float(peak_chance(3, 3, 7).round(4))
    0.0204
    """
    tail = stats.binom.sf(np.asarray(most) - 1, np.asarray(n), 1 / kinds)
    return np.asarray(np.minimum(kinds * tail, 1.0))
