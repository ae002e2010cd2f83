"""Taps against a rhythm: how far off they are, and what it costs a hand that the other one taps as well."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmlib.stats.intervals import Interval, difference_interval

HIT = 75.0
"""A beat is hit by a tap within so many milliseconds either side."""

MOST_OFFSET = 150.0
"""So many milliseconds of a constant lead or lag are taken out: more than anticipation and a device add up to."""

BARELY = 1e-6
"""Milliseconds to either side of where a tap passes from one beat to the next."""


class Timing(NamedTuple):
    """How a hand kept to its rhythm; all times in milliseconds.

    `error` is the score, `offset` the constant that was taken out (negative: early), `deviations` what is left of
    each beat's tap (NaN where none came), `missed` the beats without a tap and `extra` the taps without a beat.
    """

    error: float
    offset: float
    deviations: NDArray[np.float64]
    hits: int
    missed: int
    extra: int


def beats(per_bar: int, bar: float, bars: int) -> NDArray[np.float64]:
    """Return the times of evenly spaced beats, from 0 on.

    Parameters
    ----------
    per_bar : int
        Beats in a bar; the first is at its beginning.
    bar : float
        Its length.
    bars : int
        How many.

    Returns
    -------
    ndarray
        In the unit of `bar`.

    Examples
    --------
    >>> beats(2, 2000, 2).tolist()
    [0.0, 1000.0, 2000.0, 3000.0]
    """
    return np.arange(per_bar * bars) * (bar / per_bar)


def timing(taps: ArrayLike, rhythm: ArrayLike) -> Timing:
    """Return how far a hand's taps are from its beats.

    Each beat owns the time from half an interval before it to half an interval after. Of the taps in it the nearest
    is the beat's; the others are extra. With deviations e = tap - beat, offset o and half an interval h,

        error(o) = (Σ min(abs(e - o), h) + h·missed + h·extra) / (beats + extra),

    and the error is the least over o within ±150 ms. A constant lead or lag says nothing about the hand: people tap
    some tens of milliseconds early without noticing it (the negative mean asynchrony), and screens, keyboards and
    touch pads are late by a constant of their own. A larger one counts. Because the offset is the one that suits the
    taps best, leaving out a beat's only tap never lowers the error; a beat missed or a tap too many costs as much as
    the worst tap. Chance is about h/2, and no tap at all is h.

    Parameters
    ----------
    taps : array-like of float
        Times in milliseconds, in any order. Those before the first beat's time or after the last one's, such as in a
        count-in, do not count.
    rhythm : array-like of float
        Times of the beats, evenly spaced, at least two.

    Returns
    -------
    Timing
        error, offset, deviations, hits (within ±75 ms), missed, extra.

    Raises
    ------
    ValueError
        For fewer than two beats.

    References
    ----------
    Repp, B. H. (2005). Sensorimotor synchronization: a review of the tapping literature. Psychonomic Bulletin &
    Review 12, 969-992.
    Pronk, T., Wiers, R. W., Molenkamp, B. & Murre, J. (2020). Mental chronometry in the pocket? Timing accuracy of
    web applications on touchscreen and keyboard devices. Behavior Research Methods 52, 1371-1382.

    Examples
    --------
    >>> early = timing([-30, 980, 1960, 2970], [0, 1000, 2000, 3000])
    >>> early.error, early.offset, early.deviations.tolist()
    (5.0, -30.0, [0.0, 10.0, -10.0, 0.0])
    """
    taps, rhythm = np.sort(np.asarray(taps, dtype=float)), np.asarray(rhythm, dtype=float)
    if rhythm.size < 2:
        raise ValueError("a rhythm has at least two beats")
    fits = [_fit(taps, rhythm, offset) for offset in _offsets(taps, rhythm)]
    # Where several offsets do equally well, the smallest is assumed.
    return min(fits, key=lambda fit: (round(fit.error, 9), abs(fit.offset)))


def _offsets(taps: NDArray[np.float64], rhythm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the offsets to try: the error is least where a tap is on time, or is about to change beats or just has."""
    interval = _interval(rhythm)
    late = taps - rhythm[0]
    near = late - interval * np.round(late / interval)
    passing = np.add.outer([-interval / 2, interval / 2], [-BARELY, BARELY]).ravel()
    tried = np.concatenate([near, *np.add.outer(passing, near)])
    return np.unique(np.append(tried[np.abs(tried) <= MOST_OFFSET], [-MOST_OFFSET, 0.0, MOST_OFFSET]))


def _interval(rhythm: NDArray[np.float64]) -> float:
    return float(rhythm[-1] - rhythm[0]) / (rhythm.size - 1)


def _fit(taps: NDArray[np.float64], rhythm: NDArray[np.float64], offset: float) -> Timing:
    """Return the timing with a given offset."""
    interval = _interval(rhythm)
    late = taps - offset - rhythm[0]
    beat = np.floor(late / interval + 0.5).astype(int)
    there = (beat >= 0) & (beat < rhythm.size)
    late, beat = late[there] - interval * beat[there], beat[there]
    order = np.argsort(np.abs(late), kind="stable")
    met, first = np.unique(beat[order], return_index=True)
    deviations = np.full(rhythm.size, np.nan)
    deviations[met] = late[order][first]
    missed, extra = rhythm.size - met.size, beat.size - met.size
    total = float(np.nansum(np.abs(deviations))) + interval / 2 * (missed + extra)
    hits = int(np.sum(np.abs(deviations) <= HIT))
    return Timing(float(total / (rhythm.size + extra)), float(offset), deviations, hits, missed, extra)


def interference(alone: ArrayLike, together: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return what it costs a hand that the other one taps too: its error together minus its error alone.

    The two hands do not keep time independently: what one does shows in the other (Klapp 1979, Peters 1985). Both
    kinds of attempts are of one person, and later attempts of either kind have more practice behind them; with
    attempts of both kinds in turn the comparison is fairer.

    Parameters
    ----------
    alone, together : array-like of float
        The hand's error in each attempt, in order of time; missing values are left out.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Interval
        The difference of the means with Welch's interval over attempts, not over taps: the taps of an attempt
        resemble one another. low and high are NaN with fewer than 3 attempts of either kind; n is of both together.

    References
    ----------
    Klapp, S. T. (1979). Doing two things at once: the role of temporal compatibility. Memory & Cognition 7, 375-381.
    Peters, M. (1985). Constraints in the performance of bimanual tasks and their expression in unskilled and skilled
    subjects. Quarterly Journal of Experimental Psychology 37A, 171-196.

    Examples
    --------
    >>> estimate, low, high, n = interference([40, 44, 36], [80, 95, 86])
    >>> round(estimate), round(low), round(high), n
    (47, 31, 63, 6)
    """
    return difference_interval(alone, together, confidence)
