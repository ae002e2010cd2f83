"""Flat or growing success rates: fitted, compared with allowance for how the successes scatter, and their bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from mmlib.stats import binomial
from mmlib.stats.binomial import Bools, Floats, Ints, Trials, chance, inner, rate_at
from mmlib.stats.intervals import MOST_AUTOCORRELATION

MODELS = ("flat", "logistic")
PARAMETERS = np.array([1, 3])

SUPPORT = 2.0
"""Flat is kept while its AICc is within this of the lowest: it still has substantial support."""

SUDDEN = 0.85
"""A change of which this share is over by the second observation is one slip, not a curve …"""

HASTY = 0.5
"""… and so is one of which this share is over, where the rate is the fastest that is tried."""

SLOWEST, FASTEST = 0.05, 2.0
"""The rates that are tried: from this over the whole of practice to this between the first two observations."""

MOST_MEMORY = 0.6
FAR = 1e6
LEAST_VARIANCE = 1e-12
EXACT = 1e-3
"""Less χ² per trial is no noise at all, as where every attempt succeeded."""

RIDGE = 0.1
"""Added to the information of a band, or else a rate that nothing shows would be infinitely uncertain."""


class Compared(NamedTuple):
    """The chosen model of each series and how its successes scatter.

    `scale` is the squared t quantile, inflated: twice by how much the log-likelihood drops at a limit. `evidence` is
    twice by how much the log-likelihood of the logistic model exceeds that of the flat one, deflated likewise.
    """

    model: Ints
    parameters: Floats
    noise_sd: Floats
    autocorrelation: Floats
    overdispersion: Floats
    effective_size: Floats
    scale: Floats
    evidence: Floats
    aicc: Floats
    weight: Floats
    sudden: Bools


class Noise(NamedTuple):
    """How the successes of a series scatter around its curve."""

    sd: Floats
    autocorrelation: Floats
    rho: Floats
    overdispersion: Floats

    @property
    def likeness(self) -> Floats:
        """How many times as uncertain a mean is as with independent trials: n/n_eff.

        (1+ρ)/(1-ρ), which is 1 + 2ρ/(1-ρ), where a trial is one attempt. Of several attempts, the part that is pure
        chance, 1/φ of the variance, has no memory, so the rest has the autocorrelation ρ/(1-1/φ), which goes on for
        longer: 1 + 2ρ/(1-ρ/(1-1/φ)), with ρ/(1-1/φ) no more than 0.6 unless ρ itself is.
        """
        share = 1 - 1 / self.overdispersion
        rest = np.divide(self.rho, share, out=self.rho.copy(), where=share > 0)
        return 1 + 2 * self.rho / (1 - np.maximum(np.minimum(rest, MOST_MEMORY), self.rho))


def trials(table: Floats, start: Floats) -> Trials:
    """Return series of x, successes and attempts, observations first, with the range of their rates.

    Examples
    --------
    >>> made = trials(np.array([[[1.0, 2, 4, 0]], [[0, 1, 1, 0]], [[1, 1, 1, 0]]]), np.array([1.0]))
    >>> made.practice, made.fastest
    (array([[0., 1., 3., 0.]]), array([2.]))
    """
    tried = table[2] > 0
    practice = np.where(tried, table[0] - start[:, None], 0.0)
    span = np.where(tried, practice, -np.inf).max(1) - practice[:, 0]
    gap = np.take_along_axis(practice, _second(practice)[:, None], 1)[:, 0] - practice[:, 0]
    return Trials(practice, table[1], table[2], SLOWEST / span, FASTEST / gap)


def _second(practice: Floats) -> Ints:
    """Return which observation is the first with more practice than the very first."""
    return (practice > practice[:, :1]).argmax(1)


def noise(series: Trials, parameters: Floats, fitted: Ints) -> Noise:
    """Return the scatter of successes around curves with so many fitted parameters.

    Examples
    --------
    >>> table = np.array([np.arange(1.0, 9)[None], [[0, 10, 0, 10, 0, 10, 0, 10.0]], np.full((1, 8), 10.0)])
    >>> scatter = noise(trials(table, np.array([1.0])), np.zeros((1, 3)), np.array([1]))
    >>> scatter.sd.round(2), scatter.autocorrelation, scatter.overdispersion.round(1)
    (array([0.53]), array([-0.875]), array([11.4]))
    """
    tried = series.attempts > 0
    n, p = tried.sum(1), rate_at(parameters, series.practice)
    off = series.successes - series.attempts * p
    pearson = off / np.sqrt(np.maximum(series.attempts * p * (1 - p), LEAST_VARIANCE))
    total, lagged = inner(pearson, pearson), inner(pearson[:, 1:], pearson[:, :-1])
    noisy = total > EXACT * n
    lag_1 = np.divide(lagged, total, out=np.zeros_like(total), where=noisy)
    # The correction of intervals.corrected_autocorrelation; only positive autocorrelation counts.
    rho = lag_1 + noisy * (fitted + (fitted + 2) * np.maximum(lag_1, 0.0)) / n
    rho = np.clip(rho, 0.0, MOST_AUTOCORRELATION)
    left = np.maximum(n - fitted, 1)
    apart = off / np.maximum(series.attempts, 1.0)
    varied = np.where((series.attempts <= 1).all(1), 1.0, np.maximum(total / left, 1.0))
    return Noise(np.sqrt(inner(apart, apart) / left), lag_1, rho, varied)


def compared(series: Trials, allowed: Sequence[bool], confidence: float) -> Compared:
    """Return the better of the allowed models of each series, as `logistic.curves` describes.

    Examples
    --------
    >>> table = np.array([np.arange(1.0, 11)[None], [[1, 2, 3, 6, 7, 9, 8, 8, 9, 8.0]], np.full((1, 10), 10.0)])
    >>> told = compared(trials(table, np.array([1.0])), [True, True], 0.95)
    >>> told.model, told.evidence.round(1)
    (array([1]), array([34.6]))
    """
    rows, n = np.arange(len(series.practice)), (series.attempts > 0).sum(1)
    fits, heights = (np.stack(pair) for pair in zip(_flat(series), binomial.best(series), strict=True))
    sudden = _sudden(fits[1], series)
    richest = int(allowed[1])
    around = noise(series, fits[richest], np.full(n.size, PARAMETERS[richest]))
    criteria = _criteria(heights, series, around, n)
    criteria[0, :] += 0.0 if allowed[0] else np.inf
    criteria[1, sudden if allowed[0] else rows < 0] = np.inf
    criteria[1, :] += 0.0 if allowed[1] else np.inf
    model = np.argmin(criteria - [[SUPPORT], [0.0]], axis=0)
    weights = np.exp((criteria.min(0) - criteria) / 2)
    own = noise(series, fits[model, rows], PARAMETERS[model])
    size, inflated = n / around.likeness, around.likeness * around.overdispersion
    quantile = stats.t.ppf((1 + confidence) / 2, np.maximum(size - PARAMETERS[model], 2.0))
    return Compared(
        model=model,
        parameters=fits[model, rows],
        noise_sd=own.sd,
        autocorrelation=own.autocorrelation,
        overdispersion=around.overdispersion,
        effective_size=size,
        scale=quantile**2 * inflated,
        evidence=2 * (heights[1] - heights[0]) / inflated,
        aicc=criteria[model, rows],
        weight=weights[model, rows] / weights.sum(0),
        sudden=sudden,
    )


def _flat(series: Trials) -> tuple[Floats, Floats]:
    """Return the constant rate as parameters of a curve that goes nowhere, and its log-likelihood."""
    made, tried = series.successes.sum(1), series.attempts.sum(1)
    with np.errstate(divide="ignore"):
        level = np.clip(np.log(made) - np.log(tried - made), -binomial.EDGE, binomial.EDGE)
    parameters = np.stack([level, level, np.zeros_like(level)], -1)
    return parameters, made * np.log(chance(level)) + (tried - made) * np.log(chance(-level))


def _sudden(parameters: Floats, series: Trials) -> Bools:
    """Return where nearly all the change after the first observation is over by the second."""
    rate = rate_at(parameters, series.practice)
    begins, asymptote = rate[:, 0], chance(parameters[:, 1])
    second = np.take_along_axis(rate, _second(series.practice)[:, None], 1)[:, 0]
    fast = np.exp(parameters[:, 2]) > 0.95 * series.fastest
    return np.abs(second - begins) > np.where(fast, HASTY, SUDDEN) * np.abs(asymptote - begins)


def _criteria(heights: Floats, series: Trials, around: Noise, n: Ints) -> Floats:
    """Return AICc of both models, one row each, with overdispersion and the effective number of observations."""
    k = PARAMETERS[:, None] + ~(series.attempts <= 1).all(1)
    return -2 * heights / (around.likeness * around.overdispersion) + 2 * k + 2 * k * (k + 1) / np.maximum(n - k - 1, 1)


def band(told: Compared, series: Trials) -> tuple[Floats, Floats]:
    """Return centre and covariance (times the squared t quantile) for bands around the chosen curves.

    Half a success and half a failure are added at the start and at the asymptote, for the flat model once.

    Examples
    --------
    >>> table = np.array([np.arange(1.0, 9)[None], np.ones((1, 8)), np.ones((1, 8))])
    >>> always = trials(table, np.array([1.0]))
    >>> centre, _ = band(compared(always, [True, True], 0.95), always)
    >>> chance(centre[0, :2]).round(3)  # 8.5 of 9
    array([0.944, 0.944])
    """
    made, tried = series.successes.sum(1) + 0.5, series.attempts.sum(1) + 1.0
    centre = np.stack([np.log(made / (tried - made))] * 2 + [np.zeros_like(made)], -1)
    covariance = np.zeros((len(made), 3, 3))
    covariance[:, :2, :2] = (tried / made / (tried - made))[:, None, None]
    grows = told.model == 1
    padded = _padded(series.rows(grows))
    centre[grows], _ = binomial.climb(told.parameters[grows], padded)
    covariance[grows] = np.linalg.inv(binomial.slope(centre[grows], padded).information + RIDGE * np.eye(3))
    return centre, covariance * told.scale[:, None, None]


def _padded(series: Trials) -> Trials:
    """Return the series with half a success in one attempt at the start and at the very end."""
    one = np.ones((len(series.practice), 1))
    added = [
        np.concatenate([0 * one, FAR / series.slowest[:, None]], 1),
        np.repeat(0.5 * one, 2, 1),
        np.repeat(one, 2, 1),
    ]
    joined = [np.concatenate([part, more], 1) for part, more in zip(series[:3], added, strict=True)]
    return Trials(*joined, *series[3:])
