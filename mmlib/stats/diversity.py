"""Hill numbers: how many skills a person effectively practises, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mmlib.stats.intervals import effective_size

Floats = NDArray[np.float64]

FEWEST_UNITS = 8
"""An interval needs at least this many units."""

DRAWS = 800
FEWEST_DRAWN = 6
"""A resample has at least this many units, however much neighbours resemble each other."""

FEWEST_WORTH = 4
"""An interval needs units that are worth at least this many independent ones."""

LEAST_ERROR = 1e-4
"""The log of a number has at least this standard error, if it has one at all."""

NO_SPREAD = 1e-9


class Effective(NamedTuple):
    """Effective numbers of several orders, with their intervals.

    `estimate`, `low` and `high` hold one number per order. `draws`, of shape (orders, resamples), are where the
    interval comes from: what the number may be, so that the difference of two samples gets its interval too.
    `worth` is the number of independent units that the units are worth.
    """

    estimate: Floats
    low: Floats
    high: Floats
    draws: Floats
    worth: float


def hill(weights: ArrayLike, q: float = 1.0) -> float:
    """Return the Hill number of order q: the effective number of kinds.

    For shares p_i = w_i / Σw, it is (Σ p_i^q)^(1/(1-q)); its limit for q = 1 is exp(-Σ p_i log p_i).
    Order 0 counts the kinds, order 1 weighs each by its share, order 2 counts chiefly the large ones. It equals
    the number of kinds when all shares are equal, and is never larger.

    Parameters
    ----------
    weights : array-like of float
        Amounts ≥ 0, for example minutes per skill. Zeros and missing values count as absent.
    q : float, default 1
        The order, ≥ 0.

    Returns
    -------
    float
        The effective number, at least 1; NaN when there is nothing to count.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology 54, 427-432.
    Jost, L. (2006). Entropy and diversity. Oikos 113, 363-375.

    Examples
    --------
    >>> hill([30, 30, 30], q=1)
    3.0
    >>> round(hill([90, 5, 5], q=1), 2), round(hill([90, 5, 5], q=2), 2)
    (1.48, 1.23)
    """
    amounts = np.asarray(weights, dtype=float)
    amounts = amounts[amounts > 0]
    if amounts.size == 0:
        return float("nan")
    shares = amounts / amounts.max()
    shares = shares / shares.sum()
    if q == 0:
        return float(shares.size)
    number = np.exp(-np.sum(shares * np.log(shares))) if q == 1 else np.sum(shares**q) ** (1 / (1 - q))
    return float(np.clip(round(float(number), 12), 1.0, shares.size))


def rarefied(counts: ArrayLike, size: int) -> Floats:
    """Return the effective number of order 1 that is to be expected among `size` sessions, drawn at random.

    exp of the expected entropy, over draws without replacement: Σ over kinds and j of -(j/m)·log(j/m)·P(j of the m
    drawn are of the kind), with hypergeometric P. Learners with more and with fewer sessions can so be compared at
    the same m: more sessions find more kinds by chance alone.

    Parameters
    ----------
    counts : array-like of int, shape (..., kinds)
        Sessions of each kind.
    size : int
        How many are drawn, m.

    Returns
    -------
    ndarray, shape (...)
        NaN where there are fewer than `size` sessions.

    References
    ----------
    Chao, A., Gotelli, N. J., Hsieh, T. C., Sander, E. L., Ma, K. H., Colwell, R. K. & Ellison, A. M. (2014).
    Rarefaction and extrapolation with Hill numbers. Ecological Monographs 84, 45-67.

    Examples
    --------
    >>> rarefied([[10, 10], [19, 1], [3, 1]], 5).round(2)
    array([1.83, 1.13,  nan])
    """
    kinds = np.asarray(counts, dtype=np.int64)[..., None]
    total = kinds.sum(axis=-2, keepdims=True)
    drawn = np.arange(1, size + 1)
    chance = stats.hypergeom.pmf(drawn, np.maximum(total, size), kinds, size)
    entropy = -(chance * drawn / size * np.log(drawn / size)).sum(axis=(-2, -1))
    return np.where(total[..., 0, 0] >= size, np.exp(entropy), np.nan)


def effective(
    amounts: ArrayLike, orders: Sequence[float] = (1.0, 2.0), *, confidence: float = 0.95, rng: np.random.Generator
) -> Effective:
    """Return the effective numbers of what was done in several units, with bootstrap intervals.

    The units (days, say) are taken as a sample; the shares that it would have in the long run have the effective
    number that is sought. A sample misses what is rare, so its own number is too low on average, and a resample's is
    lower still: with equal shares the percentiles of a bootstrap do not even hold the estimate. So the log of the
    number is studentised: the error of each resample is divided by its standard error, from the influence of each
    unit, and the quantiles of these, times the standard error of the estimate (the jackknife's, or the resamples'
    standard deviation where that is larger), are put around it. Where neighbouring units resemble each other, a
    resample has only as many units as the n are worth, n(1-ρ)/(1+ρ). No limit is above the number of kinds seen,
    plus one, plus n/worth for each kind that was seen in one unit only: where hardly any was, few can have been
    missed.

    Parameters
    ----------
    amounts : array-like of float, shape (n, kinds)
        How much of each kind there was in each unit, in order of time.
    orders : sequence of float, default (1, 2)
        Of the Hill numbers; above 0, since a sample does not tell how many kinds it missed altogether.
    confidence : float, default 0.95
        Coverage of the intervals.
    rng : numpy.random.Generator
        Where the resamples come from.

    Returns
    -------
    Effective
        Limits and draws are NaN for fewer than 8 units, or where they are worth fewer than 4; and where there is
        one kind only, or all units are alike.

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An introduction to the bootstrap, chapters 11 and 12. Chapman & Hall.
    Bickel, P. J., Götze, F. & van Zwet, W. R. (1997). Resampling fewer than n observations: gains, losses, and
    remedies for losses. Statistica Sinica 7, 1-31.

    Examples
    --------
    >>> days = np.array([[30, 0, 0], [20, 10, 0], [0, 30, 0], [0, 0, 20], [30, 0, 0]] * 4)
    >>> found = effective(days, [1], rng=np.random.default_rng(0))
    >>> found.estimate.round(2), found.low.round(1), found.high.round(1)
    (array([2.6]), array([1.9]), array([3.9]))
    """
    table = np.asarray(amounts, dtype=float)
    table = table[:, table.sum(axis=0) > 0]
    n, estimate = len(table), np.array([hill(table.sum(axis=0), q) for q in orders])
    unknown = np.full((len(estimate), DRAWS), np.nan)
    worth = effective_size(n, resemblance(table))
    if n < FEWEST_UNITS or worth < FEWEST_WORTH or table.shape[1] < 2 or _alike(table):
        return Effective(estimate, unknown[:, 0], unknown[:, 0], unknown, worth)
    size = int(np.clip(round(worth), FEWEST_DRAWN, n))
    times = _times_drawn(n, size, rng) * (n / size)
    # Where a resample is larger than what the units are worth, its errors are too small.
    wider = np.sqrt(max(size / worth, 1.0))
    off = wider * np.stack([_errors(table, times, q) for q in orders])
    draws = np.exp(np.clip(np.log(estimate)[:, None] - off, 0.0, np.log(_most_kinds(table, worth))))
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=1)
    return Effective(estimate, np.minimum(low, estimate), np.maximum(high, estimate), draws, worth)


def _times_drawn(n: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how often each of n units is in each resample of so many; quicker than multinomial numbers."""
    drawn = rng.integers(n, size=(DRAWS, size)) + n * np.arange(DRAWS)[:, None]
    return np.bincount(drawn.ravel(), minlength=DRAWS * n).reshape(DRAWS, n)


def resemblance(amounts: ArrayLike) -> float:
    """Return how much neighbouring units resemble each other in their shares: one lag-1 autocorrelation for all kinds.

    Each unit's amounts, less what the overall shares would make of its total; the sum of their products with the
    next unit's, over the sum of their squares. A short series pulls this down by about (1 + 3ρ)/n, which is added.

    Parameters
    ----------
    amounts : array-like of float, shape (n, kinds)
        In order of time.

    Returns
    -------
    float
        Between 0 and 0.95; 0 for fewer than 6 units.

    Examples
    --------
    >>> phases = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    >>> round(resemblance(phases), 2), resemblance(phases[[0, 10] * 10])
    (0.95, 0.0)
    """
    table = np.asarray(amounts, dtype=float)
    n, total = len(table), table.sum()
    if n < 6 or not total > 0:
        return 0.0
    off = table - table.sum(axis=1, keepdims=True) * (table.sum(axis=0) / total)
    squares = float((off**2).sum())
    if not squares > NO_SPREAD * total**2:
        return 0.0
    rho = float((off[1:] * off[:-1]).sum()) / squares
    return float(np.clip(rho + (1 + 3 * max(rho, 0.0)) / n, 0.0, 0.95))


def _log_hill(amounts: Floats, q: float) -> tuple[Floats, Floats]:
    """Return the log of the Hill number of each row, and its derivatives by the amounts."""
    total = amounts.sum(axis=-1, keepdims=True)
    shares = amounts / total
    if q == 1:
        logs = np.log(np.where(shares > 0, shares, 1.0))
        value = -(shares * logs).sum(axis=-1)
        slopes = np.where(shares > 0, -(logs + value[..., None]), 0.0) / total
        return value, slopes
    powers = np.where(shares > 0, shares, 1.0) ** (q - 1) * (shares > 0)
    sums = (powers * shares).sum(axis=-1)
    return np.log(sums) / (1 - q), q / (1 - q) * (powers / sums[..., None] - 1) / total


def _jackknife_error(table: Floats, q: float) -> float:
    """Return the standard error of the log of a Hill number, from leaving out each unit in turn."""
    left = np.maximum(table.sum(axis=0) - table, 0.0)
    values = _log_hill(left[left.sum(axis=1) > 0], q)[0]
    n = len(table)
    return float(np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum()))


def _errors(table: Floats, times: Floats, q: float) -> Floats:
    """Return by how much the log of the number may be off, one for each resample."""
    value, slopes = _log_hill(times @ table, q)
    n = len(table)
    error = np.sqrt((times * (slopes @ table.T) ** 2).sum(axis=1) * n / (n - 1))
    studentised = (value - _log_hill(table.sum(axis=0), q)[0]) / np.maximum(error, LEAST_ERROR)
    # With equal shares the jackknife sees no error, since leaving out any unit does the same.
    return studentised * max(_jackknife_error(table, q), float(value.std()))


def _alike(table: Floats) -> bool:
    """Return whether all units have the same shares."""
    totals = table.sum(axis=1, keepdims=True)
    return bool((np.ptp(table / np.where(totals > 0, totals, 1.0), axis=0) < NO_SPREAD).all())


def _most_kinds(table: Floats, worth: float) -> float:
    """Return how many kinds there may be in all."""
    units = (table > 0).sum(axis=0)
    return float(len(units) + 1 + (units == 1).sum() * len(table) / worth)
