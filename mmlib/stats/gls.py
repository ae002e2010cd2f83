"""Generalised least squares of many series under many noise structures at once.

What columns X leave of a series y is y'Σ⁻¹y less what X takes, and what a donor d beyond X says of it is one product,
(Σ⁻¹d⊥)'y. So series are never whitened whole: they pass by block, all structures in one product of matrices, and a
column that lives on few rows only, as a spline's do, is looked at where it lives (`mmlib.stats.memory`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.likeness import Likeness, chained
from mmlib.stats.memory import STEP, Chain, Passing, blocked

Floats = NDArray[np.float64]

TINY = 1e-8
"""Columns that vary less than this share of the largest beyond the others are none."""

ROOM = 1_000_000
"""So many bytes one product of the series that pass at once takes: more leave the cache, fewer make many products."""

LONG = 200
"""Only with so many observations is a column looked at where it lives."""

NARROW = 0.25
"""A column lives on few rows where it spans less than this share of them."""


class Left(NamedTuple):
    """What the columns leave of r series under each of s structures.

    Attributes
    ----------
    rss : ndarray, shape (s, r)
        The sum of squares of the whitened series beyond the columns.
    products : ndarray, shape (s, j, r)
        The product with each of j further columns beyond the columns.
    """

    rss: Floats
    products: Floats


class Design(NamedTuple):
    """Columns and further columns under s structures, ready for any series.

    Attributes
    ----------
    chain : Chain
        The structures.
    basis : ndarray, shape (n, p + e)
        Orthonormal columns with the columns' span.
    size : ndarray, shape (s,)
        Log determinant of the noise and of the columns' products, but for a constant.
    freedom : int
        Observations less the columns' rank.
    gram : ndarray, shape (s, j, j)
        The products of the further columns, whitened and beyond the columns, with each other.
    weights : ndarray, shape (s, e + j, n)
        What each row of a series counts for: in the columns that span many rows, and in the further ones.
    inverse : ndarray, shape (s, p, p)
        Makes a series' products with the columns that span few rows those with orthonormal ones.
    passage : _Passage
        The whitening, and the products with these columns.
    """

    chain: Chain
    basis: Floats
    size: Floats
    freedom: int
    gram: Floats
    weights: Floats
    inverse: Floats
    passage: _Passage

    def roughly(self, numbers: NDArray[np.int64]) -> Design:
        """Return the design under some of the structures, for series in single precision."""
        exact = {"chain": self.chain.only(numbers), "size": self.size[numbers], "gram": self.gram[numbers]}
        weights, inverse = (part[numbers].astype(np.float32) for part in (self.weights, self.inverse))
        return self._replace(**exact, weights=weights, inverse=inverse, passage=self.passage.roughly(numbers))

    def left(self, series: Floats) -> Left:
        """Return what the columns leave of series, shape (n, r)."""
        n, r = series.shape
        (s, count, _), wide = self.weights.shape, self.weights.shape[1] - self.gram.shape[2]
        found = Left(np.empty((s, r)), np.empty((s, count - wide, r)))
        rows, room, together = blocked(series), None, self.passage.together()
        for at in range(0, r, together):
            part = slice(at, at + together)
            products = (self.weights.reshape(-1, n) @ series[:, part]).reshape(s, count, -1)
            room = self.passage.room(products.shape[2], room)
            square, few = self.passage.of(rows[..., part], room)
            np.matmul(self.inverse, few, out=room.more)
            found.rss[:, part] = square - _squares(room.more) - _squares(products[:, :wide])
            found.products[..., part] = products[:, wide:]
        return found


class _Passage(NamedTuple):
    """How series pass block by block; p columns live on few rows.

    Attributes
    ----------
    blocks : list of _Block
        What is done to each of k blocks.
    states : ndarray, shape (s, p, 2k)
        What the columns take from the state before each block, and from what explains it in the block.
    """

    blocks: list[_Block]
    states: Floats

    def roughly(self, numbers: NDArray[np.int64]) -> _Passage:
        """Return the passage under some of the structures, in single precision."""
        return _Passage([block.roughly(numbers) for block in self.blocks], self.states[numbers].astype(np.float32))

    def of(self, rows: Floats, room: _Room) -> tuple[Floats, Floats]:
        """Return the sums of squares of whitened series, given by the block, and their products with the columns."""
        square, state = np.zeros_like(room.states[0]), np.zeros_like(room.states[0])
        few, more, states, found = room
        few[:] = 0.0
        for block, own, before, after in zip(self.blocks, rows, states[::2], states[1::2], strict=True):
            inner, entered, read, living = block.of(own, found)
            before[:] = state
            np.multiply(block.strength, state, out=after)
            after += read
            read += after
            read *= state
            square += read
            square += _squares(inner)
            few[:, block.living] += living
            state *= block.keeps
            state += entered
        few += np.matmul(self.states, states.swapaxes(0, 1), out=more)
        return square, few

    def room(self, r: int, given: _Room | None = None) -> _Room:
        """Return room for r series: that which is given, where it fits."""
        if given is not None and given.found.shape[1] == r:
            return given
        s, p, count = self.states.shape
        shapes = (s, p), (s, p), (count, s), (self._most(),)
        return _Room(*(np.empty((*shape, r), self.states.dtype) for shape in shapes))

    def together(self) -> int:
        """Return how many series pass at once."""
        return max(ROOM // (self._most() * self.states.itemsize), 1)

    def _most(self) -> int:
        return max(len(block.product) for block in self.blocks)


class _Room(NamedTuple):
    """Memory for what is worked out on the way; asked for anew each time, it would cost time."""

    few: Floats
    more: Floats
    states: Floats
    found: Floats


class _Block(NamedTuple):
    """What is done to a block of b rows under s structures, for a series' whitening and the columns that live there.

    Attributes
    ----------
    product : ndarray, shape (s·(b + 2 + a), b)
        Whitens the rows, gives what the state takes, what the state explains, and the products with a columns.
    strength, keeps : ndarray, shape (s, 1)
        What the state explains of itself, and what is left of it.
    living : slice
        The columns that live there.
    """

    product: Floats
    strength: Floats
    keeps: Floats
    living: slice

    def of(self, rows: Floats, room: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the four products with the rows of r series."""
        s, height = len(self.keeps), len(self.product)
        inner, entered, read, living = self._parts(np.matmul(self.product, rows, out=room[:height]))
        return inner.reshape(s, STEP, -1), entered, read, living.reshape(s, height // s - STEP - 2, rows.shape[1])

    def roughly(self, numbers: NDArray[np.int64]) -> _Block:
        """Return what is done under some of the structures, in single precision."""
        s = len(self.keeps)
        of_each = [part.reshape(s, len(part) // s, STEP) for part in self._parts(self.product)]
        product = np.concatenate([part[numbers].reshape(-1, STEP) for part in of_each])
        product, strength, keeps = (
            part.astype(np.float32) for part in (product, self.strength[numbers], self.keeps[numbers])
        )
        return _Block(product, strength, keeps, self.living)

    def _parts(self, rows: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        s = len(self.keeps)
        entered, read, living = s * STEP, s * (STEP + 1), s * (STEP + 2)
        return rows[:entered], rows[entered:read], rows[read:living], rows[living:]


def designed(columns: Floats, further: Floats, likenesses: list[Likeness]) -> Design:
    """Return columns and further columns, shapes (n, p) and (n, j), under each structure, ready for any series.

    Examples
    --------
    >>> from mmlib.stats.likeness import likenesses
    >>> alone = likenesses(np.arange(4.0), np.ones(4))[:1]
    >>> left = designed(np.ones((4, 1)), np.arange(4.0)[:, None], alone).left(np.array([[1.0], [2], [3], [5]]))
    >>> left.rss.round(3).tolist(), left.products.round(3).tolist()
    ([[8.75]], [[[6.5]]])
    """
    few, wide = _few_and_wide(columns)
    wide, both = _wide_and_both(few, wide)
    further = np.column_stack([wide, beyond(further, both)])
    chain = chained(likenesses)
    whitening = chain.whitening()
    passage = _passage(whitening, few)
    together = np.column_stack([few, further])
    _, products = passage.of(blocked(together), passage.room(together.shape[1]))
    gram, products = np.split(products, [few.shape[1]], axis=2)
    factor = np.linalg.cholesky(gram)
    inverse = np.linalg.solve(factor, np.broadcast_to(np.eye(few.shape[1]), factor.shape))
    taken = inverse.swapaxes(1, 2) @ (inverse @ products)
    grams, size, weights = _weighed(further, few, taken, whitening, wide.shape[1])
    size += chain.log_determinant + 2 * _log_diagonal(factor)
    return Design(chain, both, size, len(columns) - both.shape[1], grams, weights, inverse, passage)


def _weighed(
    further: Floats, few: Floats, taken: Floats, whitening: Passing, wide: int
) -> tuple[Floats, Floats, Floats]:
    """Return `gram`, the wide columns' share of `size`, and `weights` of the design, structure by structure."""
    n, count = further.shape
    s, j = len(taken), count - wide
    grams, size, weights = np.empty((s, j, j)), np.empty(s), np.empty((s, count, n))
    for k, one in enumerate(whitening.each()):
        white = one.times(further - few @ taken[k])[0]
        white[:, :wide], triangle = np.linalg.qr(white[:, :wide])
        rest = beyond(white[:, wide:], white[:, :wide])
        white[:, wide:] = rest
        grams[k], size[k] = rest.T @ rest, 2 * np.log(np.abs(np.diagonal(triangle))).sum()
        weights[k] = one.transposed_times(white[None])[0].T
    return grams, size, weights


def spanning(columns: Floats) -> Floats:
    """Return an orthonormal basis of the columns' span.

    Examples
    --------
    >>> spanning(np.array([[3.0, 6], [4, 8]])).shape
    (2, 1)
    """
    return _wide_and_both(*_few_and_wide(columns))[1]


def orthonormal(columns: Floats, largest: float) -> Floats:
    """Return an orthonormal basis of the columns' span, without what is tiny beside the largest.

    Examples
    --------
    >>> orthonormal(np.array([[3.0, 3], [4, 4]]), 5.0).round(3).tolist()
    [[-0.6], [-0.8]]
    """
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > TINY * largest]


def beyond(columns: Floats, basis: Floats) -> Floats:
    """Return what orthonormal columns leave of columns.

    Examples
    --------
    >>> beyond(np.array([[3.0], [5.0]]), np.array([[0.0], [1.0]])).tolist()
    [[3.0], [0.0]]
    """
    return columns - basis @ (basis.swapaxes(-1, -2) @ columns)


def _passage(passing: Passing, few: Floats) -> _Passage:
    """Return how series pass under the whitening beside columns that live on few rows."""
    s, count = passing.keeps.shape
    rows = blocked(few)
    explaining = (passing.reads[..., None, :] @ passing.inner)[..., 0, :]
    squared = passing.inner.swapaxes(2, 3) @ passing.inner
    strength = (passing.reads**2).sum(axis=2)
    states = np.concatenate([explaining[:, :, None] @ rows, passing.states(few)[:, :, None]], axis=2)
    blocks = []
    for k, own in enumerate(rows):
        here = np.flatnonzero(own.any(axis=0))
        living = slice(here.min(initial=few.shape[1]), here.max(initial=-1) + 1)
        parts = [passing.inner[:, k], passing.writes[:, k], explaining[:, k], own[:, living].T @ squared[:, k]]
        product = np.concatenate([part.reshape(part.size // STEP, STEP) for part in parts])
        blocks.append(_Block(product, strength[:, k, None], passing.keeps[:, k, None], living))
    return _Passage(blocks, states.reshape(s, 2 * count, few.shape[1]).swapaxes(1, 2))


def _wide_and_both(few: Floats, wide: Floats) -> tuple[Floats, Floats]:
    """Return orthonormal columns for what the wide ones add to the few, and for both together."""
    basis = np.linalg.qr(few)[0]
    left = beyond(beyond(wide, basis), basis)
    wide = orthonormal(left, np.hypot(np.linalg.norm(few), np.linalg.norm(wide)))
    return wide, np.column_stack([basis, wide])


def _few_and_wide(columns: Floats) -> tuple[Floats, Floats]:
    """Return the columns that live on few rows, in the order of their rows, and the others."""
    n = len(columns)
    lives = columns != 0
    first, last = lives.argmax(axis=0), n - lives[::-1].argmax(axis=0)
    few = (last - first < NARROW * n) & lives.any(axis=0) & (n >= LONG)
    narrow = columns[:, few][:, np.argsort(first[few], kind="stable")]
    if few.any() and np.linalg.cond(narrow.T @ narrow) > 1 / TINY:
        return columns[:, :0], columns
    return narrow, columns[:, ~few]


def _squares(parts: Floats) -> Floats:
    """Return the sums of squares over the middle axis."""
    return np.einsum("sbr,sbr->sr", parts, parts)


def _log_diagonal(factors: Floats) -> Floats:
    return np.log(np.abs(np.diagonal(factors, axis1=1, axis2=2))).sum(axis=1)
