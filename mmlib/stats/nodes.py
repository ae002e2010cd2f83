"""A few amounts of practice that stand for all of them.

The curves of all forms, and their squares and derivatives, are so alike that their values at some thirty amounts of
practice tell those at all others (an interpolative decomposition). A sum over thousands of trials then costs no more
than one over these nodes.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular

from mmlib.stats.forms import LEAST_DECAY, MOST_PRIOR

Floats = NDArray[np.float64]

MOST_CANDIDATES, SKETCH = 500, 100
TOLERANCE = 1e-11
"""A curve is known from its nodes to about this share of its size."""


class Nodes(NamedTuple):
    """Some of the amounts of practice, and what each of them counts for in a sum over all.

    Attributes
    ----------
    z : ndarray, shape (k,)
        The nodes.
    shares : ndarray, shape (n, k)
        A curve's value at each amount is the sum of its values at the nodes times these.
    """

    z: Floats
    shares: Floats


def nodes(z: Floats) -> Nodes:
    """Return the nodes of the amounts of practice z, ascending from 1.

    Examples
    --------
    >>> z = np.arange(1, 301.0)
    >>> few = nodes(z)
    >>> curve = 3 * (z + 4) ** -0.7
    >>> len(few.z) < 50, bool(np.allclose(few.shares @ (3 * (few.z + 4) ** -0.7), curve, rtol=0, atol=1e-9))
    (True, True)
    """
    return _nodes(z.tobytes())


@functools.lru_cache(maxsize=256)
def _nodes(raw: bytes) -> Nodes:
    z = np.frombuffer(raw)
    curves = _curves(z)
    # Nodes are chosen among a few hundred amounts, which lie denser at the beginning, as the curves' bends do.
    some = np.unique(np.geomspace(1, z.size, MOST_CANDIDATES).round().astype(int) - 1) if z.size > 600 else slice(None)
    # A few random sums of the curves tell as much of their likeness as all of them.
    curves = np.random.default_rng(0).normal(size=(SKETCH, len(curves))) @ curves
    q, r, order = qr(curves[:, some], mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    k = int((size > TOLERANCE * size[0]).sum())
    chosen = np.arange(z.size)[some][order[:k]]
    shares = solve_triangular(r[:k, :k], q[:, :k].T @ curves).T
    shares[chosen] = np.eye(k)
    ascending = np.argsort(chosen)
    return Nodes(z[chosen][ascending], np.ascontiguousarray(shares[:, ascending]))


def _curves(z: Floats) -> Floats:
    """Return curves of all forms, one per row, from nearly straight to twice as fast as any that is considered."""
    span = z[-1] - 1.0
    fast = np.geomspace(LEAST_DECAY / 4, 4.0 * span / (z[1] - 1.0), 60)
    rows = [np.exp(-np.outer(fast / span, z - 1.0))]
    for prior in (0.0, *np.geomspace(0.2, MOST_PRIOR * z[-1], 9)):
        u = np.log1p((z - 1.0) / (1.0 + prior))
        rows.append(np.exp(-np.outer(np.geomspace(LEAST_DECAY / 4, 4.0 * span, 30) / u[-1], u)))
    slow, even = np.log(z) / np.log(z[-1]), (z - 1.0) / span
    rows += [np.exp(-np.outer(fast[::2], share * even + (1.0 - share) * slow)) for share in (0.1, 0.3, 0.6, 0.9)]
    return np.concatenate([np.ones((1, z.size)), *rows])
