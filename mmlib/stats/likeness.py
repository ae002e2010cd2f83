"""How neighbouring observations resemble each other: the noise structures that a practice log may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.memory import Chain, chain

Floats = NDArray[np.float64]

BLOCK = 400
"""So many observations resemble each other at most; blocks of more are taken as independent."""

ALONE = (0.2, 0.5)
"""Shares of the noise that one observation does not share with its neighbours, where there is one."""

LEAST_ALONE = 1e-9
"""So much variance an observation has for itself at least: two at the same moment would tell the same otherwise."""

BY_ORDER = (0.0, 0.3, 0.6, 0.9)
BY_DAYS = (3.0, 6.0, 12.0, 30.0)


class Likeness(NamedTuple):
    """A correlation of noise between observations: a part that fades from one to the next, and a part of its own.

    Attributes
    ----------
    name : str
        For example "0.3 from one to the next" or "6 days, 20% alone".
    fade : ndarray, shape (n,)
        Correlation of each observation's shared part with that of the one before; 0 where a block begins.
    shared : float
        Variance of the shared part.
    own : ndarray, shape (n,)
        Variance that belongs to the observation alone.
    """

    name: str
    fade: Floats
    shared: float
    own: Floats

    @property
    def log_determinant(self) -> float:
        """Of the whole correlation matrix."""
        return float(chained([self]).log_determinant[0])

    def white(self, columns: Floats) -> Floats:
        """Return columns of observations with the resemblance of their noise removed."""
        return chained([self]).whitening().times(columns)[0]

    def coloured(self, columns: Floats) -> Floats:
        """Return columns of independent noise with the resemblance given to them."""
        return chained([self]).colouring().times(columns)[0]


def chained(likenesses: Sequence[Likeness]) -> Chain:
    """Return several structures in one, to be worked with at once."""
    fade, shared, own = (np.array(part) for part in zip(*(each[1:] for each in likenesses), strict=True))
    return chain(fade, shared, own)


def likenesses(days: Floats, counts: Floats) -> list[Likeness]:
    """Return the noise structures that are thought possible.

    Noise lives on from one observation to the next (correlation ρ^|i-j|), or in time (e^(-|t-u|/τ)), wholly or with
    a part of it belonging to the observation alone, divided by how many attempts the observation averages.

    Parameters
    ----------
    days : ndarray, shape (n,)
        When each observation was made, ascending.
    counts : ndarray, shape (n,)
        How many attempts each averages.

    Examples
    --------
    >>> found = likenesses(np.arange(5.0), np.ones(5))
    >>> len(found), found[0].name, found[-1].name
    (22, '0 from one to the next', '30 days, 50% alone')
    """
    return list(_likenesses(days, counts.mean() / counts))


def _likenesses(days: Floats, alone: Floats) -> Iterator[Likeness]:
    n = days.size
    blocks = np.array_split(np.arange(n), max(1, -(-n // BLOCK)))
    inside = np.ones(n)
    inside[[block[0] for block in blocks]] = 0.0
    for rho in BY_ORDER:
        yield from _with_and_without(f"{rho:g} from one to the next", rho * inside, alone, mixed=rho > 0)
    since = np.diff(days, prepend=days[:1])
    for tau in BY_DAYS:
        yield from _with_and_without(f"{tau:g} days", np.exp(-since / tau) * inside, alone, mixed=True)


def _with_and_without(name: str, fade: Floats, alone: Floats, *, mixed: bool) -> Iterator[Likeness]:
    yield Likeness(name, fade, 1.0, np.full(fade.size, LEAST_ALONE))
    for share in ALONE if mixed else ():
        yield Likeness(f"{name}, {share:.0%} alone", fade, 1 - share, share * alone)
