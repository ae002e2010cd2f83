"""Many series of observations, padded to one length so that they can be worked on at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

BLOCK = 120_000
"""Numbers that are worked on at once: few enough to stay in the processor's cache."""

SHORTEST, GROWTH = 8, 1.3
"""Series whose lengths differ by less than this factor share a table."""


@dataclass(frozen=True)
class Series:
    """Many series of observations.

    Attributes
    ----------
    z : ndarray, shape (n,) or (m, n)
        Amount of practice in units of its beginning, ascending from 1; padding repeats the last amount.
    y : ndarray, shape (m, n)
        Performance; 0 where nothing was observed.
    seen : ndarray of bool, shape (m, n)
        What was observed.
    size, first, last : ndarray, shape (m,)
        How many observations, the first amount of practice above 1, the last amount; derived.
    """

    z: Floats
    y: Floats
    seen: NDArray[np.bool_]
    size: Floats = field(init=False)
    first: Floats = field(init=False)
    last: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Derive the size and the ends."""
        z = np.broadcast_to(self.z, self.y.shape)
        object.__setattr__(self, "size", self.seen.sum(axis=1).astype(float))
        object.__setattr__(self, "last", np.where(self.seen, z, 1.0).max(axis=1, initial=1.0))
        object.__setattr__(self, "first", np.where(self.seen & (z > 1.0), z, np.inf).min(axis=1, initial=np.inf))

    def __len__(self) -> int:
        """Return the number of series."""
        return len(self.y)

    def take(self, rows: NDArray | slice) -> Series:
        """Return some of the series."""
        return Series(self.z if self.z.ndim == 1 else self.z[rows], self.y[rows], self.seen[rows])

    def gathered(self, values: Floats) -> Floats:
        """Return values, shape (m, n) or (m, n, p), with what was observed first and in order, so without gaps."""
        if not (self.seen[:, 1:] & ~self.seen[:, :-1]).any():
            return values
        order = np.argsort(~self.seen, axis=1, kind="stable")
        return np.take_along_axis(values, order if values.ndim == 2 else order[:, :, None], axis=1)

    def distinct(self) -> NDArray[np.int64]:
        """Return how many different amounts of practice each series has."""
        if self.z.ndim == 1:
            return self.size.astype(np.int64)
        new = self.seen.copy()
        new[:, 1:] &= np.diff(self.z, axis=1) > 0
        return new.sum(axis=1)


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Return slices of a table's rows that are small enough to be worked on at once."""
    size = max(1, BLOCK // max(columns, 1))
    return (slice(start, start + size) for start in range(0, rows, size))


def tables(group: ArrayLike, z: ArrayLike, y: ArrayLike, *, shared: bool) -> list[tuple[NDArray[np.int64], Series]]:
    """Return the observations of many groups as tables of series of about equal length.

    Parameters
    ----------
    group : array-like of int, shape (n,)
        0, 1, … for each observation, ascending.
    z : array-like of float, shape (n,)
        Amount of practice, ascending within a group; where `shared`, whole numbers from 1.
    y : array-like of float, shape (n,)
        Performance; NaN where nothing was observed, and z may be NaN there.
    shared : bool
        Whether the amounts are places on one scale 1, 2, 3, …, so that all series share it.

    Returns
    -------
    list of (ndarray, Series)
        The groups of each table, and their series; groups without an observation are in none.

    Examples
    --------
    >>> found = tables([0, 0, 0, 1, 1, 2], [1, 2, 3, 1, 2, 1], [5.0, 6.0, 7.0, np.nan, 3.0, np.nan], shared=True)
    >>> [(groups.tolist(), series.y[:, :3].tolist()) for groups, series in found]
    [([0, 1], [[5.0, 6.0, 7.0], [0.0, 3.0, 0.0]])]
    """
    group, z, y = np.asarray(group), np.asarray(z, dtype=float), np.asarray(y, dtype=float)
    known = ~np.isnan(z) & ~np.isnan(y)
    group, z, y = group[known], z[known], y[known]
    if not group.size:
        return []
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    sizes = np.diff([*first, group.size])
    names, row = group[first], np.repeat(np.arange(first.size), sizes)
    place = z.astype(np.int64) - 1 if shared else np.arange(group.size) - np.repeat(first, sizes)
    lengths = np.maximum.reduceat(place, first) + 1
    widths = np.unique(np.ceil(SHORTEST * GROWTH ** np.arange(np.log(lengths.max()) / np.log(GROWTH) + 2)))
    table = np.searchsorted(widths, lengths)
    found = []
    for k in np.unique(table):
        rows = np.flatnonzero(table == k)
        inside = table[row] == k
        at = (np.searchsorted(rows, row[inside]), place[inside])
        found.append((names[rows], _table(at, z[inside], y[inside], (rows.size, int(widths[k])), shared=shared)))
    return found


def _table(
    at: tuple[NDArray[np.int64], NDArray[np.int64]], z: Floats, y: Floats, size: tuple[int, int], *, shared: bool
) -> Series:
    """Return one table from where each observation stands in it."""
    values, seen = np.zeros(size), np.zeros(size, dtype=bool)
    values[at], seen[at] = y, True
    if shared:
        return Series(np.arange(1.0, size[1] + 1), values, seen)
    amounts = np.ones(size)
    amounts[at] = z
    return Series(np.maximum.accumulate(amounts, axis=1), values, seen)
