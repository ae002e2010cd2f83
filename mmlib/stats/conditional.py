"""Fisher's noncentral hypergeometric distribution: the count of a 2×2 table, or of several, given their margins."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import elementwise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Odds(NamedTuple):
    """Odds ratios of several tables, with limits and two-sided p-values; all of shape (m,)."""

    estimate: Floats
    low: Floats
    high: Floats
    p_value: Floats


class Chances(NamedTuple):
    """Log weights of the counts above the least possible one, up to a constant, and the one observed.

    At an odds ratio ψ the chance of a count is proportional to its weight times ψ to the power of the count.
    """

    logs: Floats
    observed: Ints
    most: Ints
    size: int


def chances_of(table: Ints) -> Chances:
    """Return the weights of each table's count a, given its margins: C(row, a)·C(other, column - a)."""
    row, other, column = table[:, 0].sum(axis=1), table[:, 1].sum(axis=1), table[:, :, 0].sum(axis=1)
    least, greatest = np.maximum(column - other, 0), np.minimum(row, column)
    most = greatest - least
    count = least[:, None] + np.arange(most.max(initial=0) + 1)
    inside = np.minimum(count, greatest[:, None])
    parts = (inside, row[:, None] - inside, column[:, None] - inside, (other - column)[:, None] + inside)
    logs = np.where(count <= greatest[:, None], -sum(special.gammaln(part + 1.0) for part in parts), -np.inf)
    size = int(table.sum(axis=(1, 2)).max(initial=1))
    return Chances(logs, table[:, 0, 0] - least, most, size)


def joined(one: Chances, other: Chances) -> Chances:
    """Return the weights of the sum of two independent counts."""
    logs = np.full((1, one.logs.size + other.logs.size - 1), -np.inf)
    for i, log in enumerate(one.logs[0]):
        part = logs[0, i : i + other.logs.size]
        part[:] = np.logaddexp(part, log + other.logs[0])
    return Chances(logs, one.observed + other.observed, one.most + other.most, one.size + other.size)


def conditional(chances: Chances, confidence: float) -> Odds:
    """Return the conditional estimate with its exact limits and p-value."""
    seen, most = chances.observed, chances.most
    tail = (1 - confidence) / 2
    reach = 2 * np.log(max(chances.size, 2)) + np.log(1 / tail) + 1  # all roots lie within: P(a > 0) ≤ n²ψ/(1 - n²ψ)
    upward, downward, mean = (functools.partial(of, chances) for of in (_at_least, _at_most, _mean))
    roots = [
        _root(lambda x, i: upward(x, i) - tail, seen > 0, reach),
        _root(lambda x, i: tail - downward(x, i), seen < most, reach),
        _root(lambda x, i: mean(x, i) - seen[i], (seen > 0) & (seen < most), reach),
    ]
    low = np.where(seen > 0, np.exp(roots[0]), 0.0)
    high = np.where(seen < most, np.exp(roots[1]), np.inf)
    estimate = np.where(seen > 0, np.where(seen < most, np.exp(roots[2]), np.inf), 0.0)
    every, even = np.arange(len(seen)), np.zeros(len(seen))
    p_value = np.minimum(2 * np.minimum(upward(even, every), downward(even, every)), 1.0)
    return Odds(np.where(most > 0, estimate, np.nan), low, high, p_value)


def _root(function: Callable[..., Floats], wanted: NDArray[np.bool_], reach: float) -> Floats:
    """Return the log odds ratio at which an increasing function of it, and of the table's number, is zero."""
    roots = np.zeros(len(wanted))
    index = np.flatnonzero(wanted)
    if index.size:
        ends = (np.full(index.size, -reach), np.full(index.size, reach))
        roots[index] = elementwise.find_root(function, ends, args=(index,)).x
    return roots


def _chance(chances: Chances, log_ratio: Floats, index: Ints) -> tuple[Floats, Floats]:
    """Return the counts above the least, and their chances under a log odds ratio for each of some tables."""
    steps = np.arange(chances.logs.shape[1])
    logs = chances.logs[index] + log_ratio[:, None] * steps
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return steps, weights / weights.sum(axis=1, keepdims=True)


def _at_least(chances: Chances, log_ratio: Floats, index: Ints) -> Floats:
    steps, chance = _chance(chances, log_ratio, index)
    return (chance * (steps >= chances.observed[index, None])).sum(axis=1)


def _at_most(chances: Chances, log_ratio: Floats, index: Ints) -> Floats:
    steps, chance = _chance(chances, log_ratio, index)
    return (chance * (steps <= chances.observed[index, None])).sum(axis=1)


def _mean(chances: Chances, log_ratio: Floats, index: Ints) -> Floats:
    steps, chance = _chance(chances, log_ratio, index)
    return (chance * steps).sum(axis=1)
