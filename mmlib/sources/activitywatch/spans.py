"""Stretches of time: made one where they overlap, and what two of them have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

PULSE = 5.0  # seconds that may lie between two looks of a watcher: ActivityWatch closes such gaps, too

Spans = tuple[np.ndarray, np.ndarray]  # where stretches begin and end, in Unix seconds; in order, and apart


def joined(starts: Sequence[float], ends: Sequence[float]) -> Spans:
    """Return stretches of time in order, with those made one that overlap or are no more than a pulse apart.

    Examples
    --------
    >>> [ends.tolist() for ends in joined([60.0, 0.0, 12.0], [90.0, 10.0, 20.0])]
    [[0.0, 60.0], [20.0, 90.0]]
    """
    starts, ends = np.asarray(starts, dtype=float), np.asarray(ends, dtype=float)
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    apart = starts[1:] - ends[:-1] > PULSE
    return starts[np.concatenate([[True], apart])], ends[np.concatenate([apart, [True]])]


def together(several: Sequence[Spans]) -> Spans | None:
    """Return what lies in any of several; None if there are none."""
    if not several:
        return None
    starts, ends = zip(*several, strict=True)
    return joined(np.concatenate(starts), np.concatenate(ends))


def common(some: Spans, others: Spans | None) -> Spans:
    """Return what lies in both; all, where nothing is known of the others.

    Examples
    --------
    >>> some, others = joined([0.0, 100.0], [50.0, 150.0]), joined([40.0, 140.0], [120.0, 200.0])
    >>> [ends.tolist() for ends in common(some, others)]
    [[40.0, 100.0, 140.0], [50.0, 120.0, 150.0]]
    """
    if others is None:
        return some
    low = np.searchsorted(others[1], some[0], side="right")
    high = np.searchsorted(others[0], some[1], side="left")
    times = np.maximum(high - low, 0)
    mine = np.repeat(np.arange(len(times)), times)
    theirs = np.arange(times.sum()) + np.repeat(low - np.cumsum(times) + times, times)
    return np.maximum(some[0][mine], others[0][theirs]), np.minimum(some[1][mine], others[1][theirs])
