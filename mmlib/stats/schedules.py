"""Schedules of blocks drawn at random: how many there are, all of them, some of them, and what each exposes to."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Schedules = NDArray[np.bool_]

LONGEST_RUN = 3
"""No more blocks of one kind follow one another."""


def number(blocks: int) -> int:
    """Return how many schedules there are: half of the blocks "with", and never more than three alike in a row.

    Parameters
    ----------
    blocks : int
        An even number of blocks.

    Returns
    -------
    int

    Examples
    --------
    >>> [number(blocks) for blocks in (4, 6, 8, 10, 14)]
    [6, 20, 62, 194, 1972]
    """
    ways = _ways(blocks // 2)
    return round(ways[blocks // 2, blocks // 2, 0, 0])


def _ways(half: int) -> Floats:
    """Return in how many ways a schedule can go on, by how many blocks "with" and "without" are left, whether the
    last one was "with", and how many of its kind there were in a row (0: none yet)."""
    ways = np.zeros((half + 1, half + 1, 2, LONGEST_RUN + 1))
    ways[0, 0] = 1
    for left in range(1, 2 * half + 1):
        for some in range(max(0, left - half), min(left, half) + 1):
            for last in (0, 1):
                for run in range(LONGEST_RUN + 1):
                    more = run + 1 if last else 1, 1 if last else run + 1
                    go = ways[some - 1, left - some, 1, more[0]] if some and more[0] <= LONGEST_RUN else 0
                    stay = ways[some, left - some - 1, 0, more[1]] if left > some and more[1] <= LONGEST_RUN else 0
                    ways[some, left - some, last, run] = go + stay
    return ways


def every(blocks: int) -> Schedules:
    """Return all schedules, one per row: True for a block "with".

    Examples
    --------
    >>> every(2).tolist()
    [[False, True], [True, False]]
    """
    rows = np.zeros((1, 0), dtype=bool)
    for _ in range(blocks):
        rows = np.concatenate([np.c_[rows, np.zeros(len(rows), bool)], np.c_[rows, np.ones(len(rows), bool)]])
        some = rows.sum(axis=1)
        last = rows[:, -LONGEST_RUN - 1 :]
        long = (last.shape[1] > LONGEST_RUN) & (last.all(axis=1) | ~last.any(axis=1))
        rows = rows[(some <= blocks // 2) & (rows.shape[1] - some <= blocks // 2) & ~long]
    return rows[np.lexsort(rows.T[::-1])]


def drawn(blocks: int, chances: ArrayLike) -> Schedules:
    """Return schedules drawn at random, each as likely as any other.

    Parameters
    ----------
    blocks : int
        An even number of blocks.
    chances : array-like of float, shape (m, blocks)
        Random numbers from 0 to 1: a block is "with" where its number is below the share of the schedules that go
        on so.

    Returns
    -------
    ndarray of bool, shape (m, blocks)

    Examples
    --------
    >>> drawn(4, [[0.1, 0.9, 0.2, 0.4], [0.7, 0.6, 0.1, 0.1]]).astype(int).tolist()
    [[1, 0, 1, 0], [0, 1, 1, 0]]
    """
    ways, chances = _ways(blocks // 2), np.asarray(chances, dtype=float)
    left, last, run = np.full((2, len(chances)), blocks // 2), np.zeros(len(chances), int), np.zeros(len(chances), int)
    rows = np.zeros(chances.shape, dtype=bool)
    for block in range(blocks):
        more = np.where(last == 1, run + 1, 1)
        some = left[0] > 0
        go = np.where(some & (more <= LONGEST_RUN), ways[left[0] - some, left[1], 1, np.minimum(more, LONGEST_RUN)], 0)
        chosen = chances[:, block] < go / ways[left[0], left[1], last, run]
        run = np.where((run > 0) & (chosen == last), run + 1, 1)
        last = chosen.astype(int)
        left = left - np.stack([chosen, ~chosen])
        rows[:, block] = chosen
    return rows


def schedules(observed: ArrayLike, draws: int, rng: np.random.Generator) -> Schedules:
    """Return the schedule that was followed, and in the rows below it the others that might have been drawn.

    Parameters
    ----------
    observed : array-like of bool, shape (blocks,)
        Which blocks were "with".
    draws : int
        All other schedules are returned where there are no more than this; else so many, drawn at random.
    rng : Generator
        Draws them.

    Returns
    -------
    ndarray of bool, shape (k, blocks)
    """
    observed = np.asarray(observed, dtype=bool)
    if number(observed.size) > draws:
        return np.vstack([observed, drawn(observed.size, rng.random((draws, observed.size)))])
    rows = every(observed.size)
    return np.vstack([observed, rows[(rows != observed).any(axis=1)]])


def exposure(schedules: Schedules, block_days: int, window_days: int, *, ago: int = 0, before: float = 0.5) -> Floats:
    """Return the share of "with" among the last days, for each day of each schedule.

    Parameters
    ----------
    schedules : ndarray of bool, shape (k, blocks)
        True for a block "with".
    block_days, window_days : int
        The length of a block; how many days count, the day itself included.
    ago : int, default 0
        The window ends so many days before.
    before : float, default 0.5
        What a day before the first block counts.

    Returns
    -------
    ndarray, shape (k, blocks * block_days)

    Examples
    --------
    >>> exposure(np.array([[True, False]]), 3, 2).tolist()
    [[0.75, 1.0, 1.0, 0.5, 0.0, 0.0]]
    """
    days = np.repeat(schedules, block_days, axis=1).astype(float)
    earlier = np.full((len(days), window_days + ago), before)
    total = np.cumsum(np.concatenate([np.zeros((len(days), 1)), earlier, days], axis=1), axis=1)
    end = np.arange(days.shape[1]) + window_days + 1
    return (total[:, end] - total[:, end - window_days]) / window_days
