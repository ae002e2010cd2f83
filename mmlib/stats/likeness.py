"""How neighbouring observations resemble each other: the noise structures that a practice log may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

Floats = NDArray[np.float64]

BLOCK = 400
"""So many observations resemble each other at most; blocks of more are taken as independent."""

ALONE = (0.2, 0.5)
"""Shares of the noise that one observation does not share with its neighbours, where there is one."""

BY_ORDER = (0.0, 0.3, 0.6, 0.9)
BY_DAYS = (3.0, 6.0, 12.0, 30.0)


class Likeness(NamedTuple):
    """A correlation of noise between observations, and the factor that removes or gives it.

    Attributes
    ----------
    name : str
        For example "0.3 from one to the next" or "6 days, 20% alone".
    factors : list of (slice, ndarray)
        Each block of observations and the lower Cholesky factor of its correlation.
    log_determinant : float
        Of the whole correlation matrix.
    """

    name: str
    factors: list[tuple[slice, Floats]]
    log_determinant: float

    def white(self, columns: Floats) -> Floats:
        """Return columns of observations with the resemblance of their noise removed."""
        solved = (
            solve_triangular(factor, columns[rows], lower=True, check_finite=False) for rows, factor in self.factors
        )
        return np.concatenate(list(solved))

    def coloured(self, columns: Floats) -> Floats:
        """Return columns of independent noise with the resemblance given to them."""
        return np.concatenate([factor @ columns[rows] for rows, factor in self.factors])


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
    blocks = np.array_split(np.arange(days.size), max(1, -(-days.size // BLOCK)))
    for rho in BY_ORDER:
        apart = [np.abs(rows[:, None] - rows) for rows in blocks]
        shared = [rho**steps for steps in apart]
        yield from _with_and_without(f"{rho:g} from one to the next", blocks, shared, alone, mixed=rho > 0)
    for tau in BY_DAYS:
        shared = [np.exp(-np.abs(days[rows, None] - days[rows]) / tau) for rows in blocks]
        yield from _with_and_without(f"{tau:g} days", blocks, shared, alone, mixed=True)


def _with_and_without(
    name: str, blocks: list[NDArray], shared: list[Floats], alone: Floats, *, mixed: bool
) -> Iterator[Likeness]:
    yield _likeness(name, blocks, shared, [np.full(rows.size, 1e-9) for rows in blocks])
    for share in ALONE if mixed else ():
        parts = [(1 - share) * part for part in shared]
        yield _likeness(f"{name}, {share:.0%} alone", blocks, parts, [share * alone[rows] for rows in blocks])


def _likeness(name: str, blocks: list[NDArray], shared: list[Floats], own: list[Floats]) -> Likeness:
    factors = [np.linalg.cholesky(part + np.diag(extra)) for part, extra in zip(shared, own, strict=True)]
    rows = [slice(int(block[0]), int(block[-1]) + 1) for block in blocks]
    log_determinant = 2 * sum(float(np.log(np.diag(factor)).sum()) for factor in factors)
    return Likeness(name, list(zip(rows, factors, strict=True)), log_determinant)
