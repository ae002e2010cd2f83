"""One odds ratio over many strata, and the test of whether one is enough."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mmlib.stats.conditional import chances_of, conditional, joined
from mmlib.stats.odds import cells, counts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Common(NamedTuple):
    """One odds ratio of several strata, and the test of whether one is enough.

    Attributes
    ----------
    estimate, low, high : float
        The odds ratio of Mantel and Haenszel and its limits; NaN where no stratum tells anything.
    p_value : float
        Of the odds ratio 1 (Cochran, Mantel and Haenszel, without correction for continuity).
    n_strata : int
        The strata that tell something: both with and without exposure, both with and without outcome.
    breslow_day, breslow_day_p : float
        The test of Breslow and Day that the odds ratio is the same in all strata, with n_strata - 1 degrees of
        freedom; NaN for fewer than 2 strata, or where the estimate is 0 or infinite.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    n_strata: int
    breslow_day: float
    breslow_day_p: float


def stratified(tables: ArrayLike, confidence: float = 0.95) -> Common:
    """Return the odds ratio that strata have in common (Mantel and Haenszel), and the test of whether they do.

    Σ(ad/n) / Σ(bc/n) over the strata, with the limits of Robins, Breslow and Greenland, which hold for a few large
    strata and for many small ones. Nothing is added to any count. Where the estimate is 0 or infinite there are
    no such limits: those of the exact conditional distribution take their place (Gart 1970). A stratum without
    exposure or without outcome, or with nothing else, contributes nothing to any of this and is not counted.

    Parameters
    ----------
    tables : array-like of int, shape (k, 2, 2)
        A table per stratum.
    confidence : float, default 0.95
        Coverage of the limits.

    Returns
    -------
    Common
        The odds ratio, its limits and p-value, the number of strata that count, the test of Breslow and Day.

    References
    ----------
    Mantel, N. & Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective studies of
    disease. Journal of the National Cancer Institute 22, 719-748.
    Robins, J., Breslow, N. & Greenland, S. (1986). Estimators of the Mantel-Haenszel variance consistent in both
    sparse data and large-strata limiting models. Biometrics 42, 311-323.
    Breslow, N. E. & Day, N. E. (1980). Statistical methods in cancer research, vol. 1, section 4.4. IARC.
    Gart, J. J. (1970). Point and interval estimation of the common odds ratio in the combination of 2 × 2 tables with
    fixed marginals. Biometrika 57, 471-475.

    Examples
    --------
    >>> found = stratified([[[8, 4], [2, 1]], [[1, 3], [4, 12]]])
    >>> found.estimate, found.n_strata, round(found.breslow_day_p, 6)
    (1.0, 2, 1.0)
    """
    table = counts(tables)
    table = table[(table.sum(axis=1) > 0).all(axis=1) & (table.sum(axis=2) > 0).all(axis=1)]
    if not len(table):
        return Common(np.nan, np.nan, np.nan, np.nan, 0, np.nan, np.nan)
    a, b, c, d = cells(table)
    n = a + b + c + d
    for_it, against = float((a * d / n).sum()), float((b * c / n).sum())
    spread = (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))
    p_value = float(stats.chi2.sf((a - (a + b) * (a + c) / n).sum() ** 2 / spread.sum(), 1))
    if for_it == 0 or against == 0:
        found = conditional(functools.reduce(joined, (chances_of(each[None]) for each in table)), confidence)
        estimate = np.inf if against == 0 else 0.0
        return Common(estimate, float(found.low[0]), float(found.high[0]), p_value, len(table), np.nan, np.nan)
    estimate, error = for_it / against, _log_error(table, for_it, against)
    reach = float(np.exp(stats.norm.ppf((1 + confidence) / 2) * error))
    return Common(estimate, estimate / reach, estimate * reach, p_value, len(table), *_breslow_day(table, estimate))


def expected(tables: ArrayLike, ratio: float | Floats) -> Floats:
    """Return the count a, with fractions, that gives each table this odds ratio and leaves its margins as they are.

    Parameters
    ----------
    tables : array-like of int, shape (m, 2, 2) or (2, 2)
        Counts, of which only the margins matter.
    ratio : float or ndarray, shape (m,)
        Odds ratios, over 0.

    Returns
    -------
    ndarray, shape (m,)

    Examples
    --------
    >>> float(expected([[8, 2], [4, 6]], 1.0)[0]), round(float(expected([[8, 2], [4, 6]], 6.0)[0]), 9)
    (6.0, 8.0)
    """
    a, b, c, d = cells(counts(tables))
    row, column, other = a + b, a + c, c + d
    square, linear, constant = 1 - ratio, other - column + ratio * (row + column), -ratio * row * column
    root = np.sqrt(linear**2 - 4 * square * constant)
    # Of the two ways to write the root, the one that does not subtract like from like.
    straight = linear >= 0
    return np.where(straight, -2 * constant, root - linear) / np.where(straight, linear + root, 2 * square)


def _log_error(table: Ints, for_it: float, against: float) -> float:
    """Return the standard error of the logarithm of Mantel and Haenszel's odds ratio."""
    a, b, c, d = cells(table)
    n = a + b + c + d
    agree, differ = (a + d) / n, (b + c) / n
    ad, bc = a * d / n, b * c / n
    variance = (agree * ad).sum() / for_it**2 + (differ * bc).sum() / against**2
    variance += (agree * bc + differ * ad).sum() / (for_it * against)
    return float(np.sqrt(variance / 2))


def _breslow_day(table: Ints, ratio: float) -> tuple[float, float]:
    """Return the statistic of Breslow and Day without Tarone's correction, and its p-value."""
    if len(table) < 2:
        return np.nan, np.nan
    a, b, c, d = cells(table)
    fitted = expected(table, ratio)
    spread = 1 / (1 / fitted + 1 / (a + b - fitted) + 1 / (a + c - fitted) + 1 / (d - a + fitted))
    statistic = float(((a - fitted) ** 2 / spread).sum())
    return statistic, float(stats.chi2.sf(statistic, len(table) - 1))
