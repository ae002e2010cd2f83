"""Noise that remembers by one number: it is whitened and given in time proportional to its length, not to its square.

The shared part of the noise is a Markov chain, x_t = φ_t x_(t-1) + innovation, and each observation adds noise of its
own. The Cholesky factor of such a correlation and its inverse need no matrix: all that the past says of an observation
is one number, the state (Kalman 1960). Observations are taken by the block: dense within it, the state between blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEP = 16
"""Observations in a block: enough for a fast product of matrices, few enough for a cheap one."""


class Chain(NamedTuple):
    """The noise of s structures; arrays of shape (s, n).

    Attributes
    ----------
    fade : ndarray
        Correlation of the shared part with that of the observation before; 0 where nothing is remembered.
    own : ndarray
        Variance that belongs to one observation alone.
    before, variance : ndarray
        Variance of the shared part, and of the observation, given all observations before.
    """

    fade: Floats
    own: Floats
    before: Floats
    variance: Floats

    @property
    def log_determinant(self) -> Floats:
        """The log determinant of each structure's correlation, shape (s,)."""
        return np.log(self.variance).sum(axis=1)

    def whitening(self) -> Passing:
        """Return what removes the resemblance: the product with the inverse of the Cholesky factor."""
        memory = _memory(self._ahead() * self.own / self.variance, self._ahead() * self.before / self.variance)
        scale = _blocks(1 / np.sqrt(self.variance), 1.0)[..., None]
        inner = scale * (np.eye(STEP) - memory.inner)
        return memory._replace(inner=inner, reads=-scale[..., 0] * memory.reads)

    def colouring(self) -> Passing:
        """Return what gives the resemblance: the product with the Cholesky factor."""
        spread = np.sqrt(self.variance)
        memory = _memory(self._ahead(), self._ahead() * self.before / spread)
        return memory._replace(inner=memory.inner + _blocks(spread, 1.0)[..., None] * np.eye(STEP))

    def only(self, numbers: NDArray[np.int64]) -> Chain:
        """Return some of the structures."""
        return Chain(*(part[numbers] for part in self))

    def _ahead(self) -> Floats:
        return np.column_stack([self.fade[:, 1:], np.zeros(len(self.fade))])


class Passing(NamedTuple):
    """A product with a triangular matrix per structure, block by block, with a state handed on between blocks.

    Attributes
    ----------
    inner : ndarray, shape (s, k, b, b)
        What each block makes of its own rows.
    reads, writes : ndarray, shape (s, k, b)
        What each row takes from the state, and what the state takes from each row.
    keeps : ndarray, shape (s, k)
        What is left of the state after the block.
    """

    inner: Floats
    reads: Floats
    writes: Floats
    keeps: Floats

    def each(self) -> Iterator[Passing]:
        """Yield each structure by itself."""
        for s in range(len(self.keeps)):
            yield Passing(*(part[s : s + 1] for part in self))

    def states(self, columns: Floats) -> Floats:
        """Return the state before each block of columns of shape (n, q) or (s, n, q), shape (s, k, q)."""
        return self._states(blocked(columns))

    def times(self, columns: Floats) -> Floats:
        """Return the product with columns of shape (n, q) or (s, n, q), shape (s, n, q)."""
        rows = blocked(columns)
        found = self.inner @ rows
        found += self.reads[..., None] * self._states(rows)[:, :, None]
        return found.reshape(len(found), found.shape[1] * STEP, columns.shape[-1])[:, : columns.shape[-2]]

    def transposed_times(self, columns: Floats) -> Floats:
        """Return the transpose's product with columns of shape (s, n, q), of the same shape."""
        rows = blocked(columns)
        entered = (self.reads[..., None, :] @ rows)[..., 0, :]
        state = np.zeros_like(entered)
        for k in range(state.shape[1] - 1, 0, -1):
            state[:, k - 1] = self.keeps[:, k, None] * state[:, k] + entered[:, k]
        found = self.inner.swapaxes(-1, -2) @ rows
        found += self.writes[..., None] * state[:, :, None]
        return found.reshape(len(found), found.shape[1] * STEP, columns.shape[-1])[:, : columns.shape[-2]]

    def _states(self, rows: Floats) -> Floats:
        entered = (self.writes[..., None, :] @ rows)[..., 0, :]
        state = np.zeros_like(entered)
        for k in range(1, state.shape[1]):
            state[:, k] = self.keeps[:, k - 1, None] * state[:, k - 1] + entered[:, k - 1]
        return state


def chain(fade: Floats, shared: Floats, own: Floats) -> Chain:
    """Return the noise of structures whose shared part has the given variance.

    Parameters
    ----------
    fade, own : ndarray, shape (s, n)
        As in `Chain`.
    shared : ndarray, shape (s,)
        Variance of the shared part.

    References
    ----------
    Kalman, R. E. (1960). A new approach to linear filtering and prediction problems. Journal of Basic Engineering 82,
    35-45.

    Examples
    --------
    >>> found = chain(np.array([[0.0, 0.5]]), np.ones(1), np.zeros((1, 2)))
    >>> found.variance.tolist()
    [[1.0, 0.75]]
    >>> found.colouring().times(np.eye(2))[0].round(3).tolist()
    [[1.0, 0.0], [0.5, 0.866]]
    """
    square, alone = fade.T**2, np.ascontiguousarray(own.T)
    fresh = (1 - square) * shared
    before, variance = np.tile(np.asarray(shared, float), (len(alone), 1)), np.empty_like(alone)
    np.add(before[0], alone[0], out=variance[0])
    # What an observation left unsaid of its shared part, P - P²/(P + own), is P·own/(P + own): nothing cancels out.
    unsaid = square[1:] * alone[:-1]
    for t, following in enumerate(before[1:]):
        np.multiply(unsaid[t], before[t], out=following)
        following /= variance[t]
        following += fresh[t + 1]
        np.add(following, alone[t + 1], out=variance[t + 1])
    return Chain(fade, own, before.T, variance.T)


def blocked(columns: Floats) -> Floats:
    """Return columns of shape (…, n, q) by the block, shape (…, k, b, q); the last is filled up with zeros."""
    n = columns.shape[-2]
    lacking = -n % STEP
    if lacking:
        columns = np.concatenate([columns, np.zeros((*columns.shape[:-2], lacking, columns.shape[-1]))], axis=-2)
    return columns.reshape(*columns.shape[:-2], columns.shape[-2] // STEP, STEP, columns.shape[-1])


def _blocks(values: Floats, filling: float) -> Floats:
    """Return values of shape (s, n) by the block, shape (s, k, b)."""
    lacking = -values.shape[1] % STEP
    return np.pad(values, [(0, 0), (0, lacking)], constant_values=filling).reshape(len(values), -1, STEP)


def _memory(keeps: Floats, writes: Floats) -> Passing:
    """Return what the state is before each row, where it becomes keeps·state + writes·row after it."""
    keeps, writes = _blocks(keeps, 0.0), _blocks(writes, 0.0)
    inner = np.zeros((*keeps.shape, STEP + 1))
    inner[..., 0, STEP] = 1.0
    for t in range(1, STEP):
        inner[..., t, :] = keeps[..., t - 1, None] * inner[..., t - 1, :]
        inner[..., t, t - 1] = writes[..., t - 1]
    after = keeps[..., -1, None] * inner[..., -1, :]
    after[..., STEP - 1] = writes[..., -1]
    return Passing(inner[..., :STEP], inner[..., STEP], after[..., :STEP], after[..., STEP])
