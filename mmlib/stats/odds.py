"""Odds ratios of 2×2 tables: exact ones, and those of Haldane and Anscombe.

A table is [[a, b], [c, d]]: with the exposure a have the outcome and b have not, without it c have and d have not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mmlib.errors import MMError
from mmlib.stats.conditional import Odds, chances_of, conditional

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def exact(tables: ArrayLike, confidence: float = 0.95) -> Odds:
    """Return conditional odds ratios with exact limits, right for small counts and zeros.

    Given both margins, the count a has Fisher's noncentral hypergeometric distribution, with the odds ratio as its
    one parameter. The estimate maximises its likelihood: under it the mean of a is the count seen. Under the low limit
    a count at least as large has the chance (1 - confidence)/2, under the high limit one at least as small; at the
    end of the range a limit is 0 or infinite. As Clopper and Pearson's interval for a share, it covers at least as
    often as it says. The p-value is twice the smaller tail, the one that agrees with this interval: it is at most
    1 - confidence where the interval leaves out 1.

    Parameters
    ----------
    tables : array-like of int, shape (m, 2, 2) or (2, 2)
        Counts.
    confidence : float, default 0.95
        Least coverage of the limits.

    Returns
    -------
    Odds
        estimate, low, high, p_value, each of shape (m,). A table with an empty row or column tells nothing: NaN,
        0, infinity and 1.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical Society 98, 39-82.
    Cornfield, J. (1956). A statistical problem arising from retrospective studies. Proceedings of the Third
    Berkeley Symposium 4, 135-148.

    Examples
    --------
    Fisher's tea: of 4 cups with the milk first, the lady named 3.

    >>> tea = exact([[3, 1], [1, 3]])
    >>> [round(float(part[0]), 3) for part in tea]
    [6.408, 0.212, 626.244, 0.486]
    """
    return conditional(chances_of(counts(tables)), confidence)


def haldane(tables: ArrayLike, confidence: float = 0.95) -> Odds:
    """Return odds ratios with one half added to each of the four counts, and Woolf's limits.

    (a + ½)(d + ½) / ((b + ½)(c + ½)), whose logarithm has the variance Σ 1/(count + ½). The half is added to all four
    counts of every table: to add it only where there is a zero, or only to the zero, would make tables that are
    alike come out unlike. It is a quick approximation that gives finite numbers for zeros.

    Parameters
    ----------
    tables : array-like of int, shape (m, 2, 2) or (2, 2)
        Counts.
    confidence : float, default 0.95
        Coverage of the limits, on average.

    Returns
    -------
    Odds
        estimate, low, high, p_value, each of shape (m,).

    References
    ----------
    Haldane, J. B. S. (1956). The estimation and significance of the logarithm of a ratio of frequencies. Annals of
    Human Genetics 20, 309-311.
    Anscombe, F. J. (1956). On estimating binomial response relations. Biometrika 43, 461-464.
    Woolf, B. (1955). On estimating the relation between blood group and disease. Annals of Human Genetics 19,
    251-253.

    Examples
    --------
    >>> [round(float(part[0]), 2) for part in haldane([[5, 0], [7, 9]])]
    [13.93, 0.66, 293.99, 0.09]
    """
    half = counts(tables) + 0.5
    log = np.log(half[:, 0, 0] * half[:, 1, 1] / (half[:, 0, 1] * half[:, 1, 0]))
    error = np.sqrt((1 / half).sum(axis=(1, 2)))
    reach = stats.norm.ppf((1 + confidence) / 2) * error
    return Odds(np.exp(log), np.exp(log - reach), np.exp(log + reach), 2 * stats.norm.sf(np.abs(log) / error))


def counts(tables: ArrayLike) -> Ints:
    """Return checked tables of counts, shape (m, 2, 2).

    Examples
    --------
    >>> counts([[3, 1], [1, 3]]).shape
    (1, 2, 2)
    """
    table = np.asarray(tables)
    table = table[None] if table.ndim == 2 else table
    if table.ndim != 3 or table.shape[1:] != (2, 2):
        raise MMError(f"tables: found the shape {np.shape(tables)}, expected (2, 2), or (m, 2, 2) for m tables.")
    if not (np.issubdtype(table.dtype, np.number) and (table >= 0).all() and (table == np.floor(table)).all()):
        raise MMError("tables: found something else, expected counts: whole numbers, 0 or more.")
    return table.astype(np.int64)


def cells(table: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the counts a, b, c, d of tables, each of shape (m,).

    Examples
    --------
    >>> [float(part[0]) for part in cells(counts([[3, 1], [0, 2]]))]
    [3.0, 1.0, 0.0, 2.0]
    """
    each = table.astype(float)
    return each[:, 0, 0], each[:, 0, 1], each[:, 1, 0], each[:, 1, 1]
