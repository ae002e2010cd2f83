"""Logistic growth of a success rate: how far, how fast, and whether the data can tell; all series at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmlib.errors import MMError, did_you_mean
from mmlib.stats import binomial, growth, profiles, verdicts
from mmlib.stats.binomial import Bools, Floats, Ints, chance, rate_at
from mmlib.stats.growth import MODELS

BLOCK = 20_000
"""Most observations that are fitted at once, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class Curves:
    """What each series tells of its success rate; NaN where it tells nothing, `reason` says why.

    Attributes
    ----------
    model : ndarray of int
        0 for flat, 1 for logistic, -1 for too few trials.
    n : ndarray of int
        Trials with attempts.
    asymptote, gain, rate : ndarray
        Each with _low and _high: the success rate that is approached, its distance from that at the start, and
        the rate per unit of x. NaN unless identified.
    noise_sd : ndarray
        Standard deviation of the observed success rates around the curve.
    autocorrelation : ndarray
        Lag 1, of the Pearson residuals.
    overdispersion : ndarray
        How many times as much the successes vary as independent attempts would, at least 1.
    aicc, weight : ndarray
        The chosen model's criterion and Akaike weight.
    identified : ndarray of bool
    reason : ndarray of str
    parameters : ndarray, shape (m, 3)
        Of the chosen model: logit of the success rate at the start and of the asymptote, log of the rate.
    centre, covariance : ndarray, shape (m, 3) and (m, 3, 3)
        What the band of `predict` is made of; the covariance includes the squared t quantile.
    start : ndarray
        Where practice begins on x.
    """

    model: Ints
    n: Ints
    asymptote: Floats
    asymptote_low: Floats
    asymptote_high: Floats
    gain: Floats
    gain_low: Floats
    gain_high: Floats
    rate: Floats
    rate_low: Floats
    rate_high: Floats
    noise_sd: Floats
    autocorrelation: Floats
    overdispersion: Floats
    aicc: Floats
    weight: Floats
    identified: Bools
    reason: NDArray[np.str_]
    parameters: Floats
    centre: Floats
    covariance: Floats
    start: Floats


def curves(
    x: ArrayLike,
    successes: ArrayLike,
    attempts: ArrayLike,
    *,
    models: Sequence[str] = MODELS,
    confidence: float = 0.95,
    start: ArrayLike = 1.0,
) -> Curves:
    """Choose between a flat and a growing success rate; estimate asymptote, gain and rate with intervals.

    The logistic curve is p(x) = A / (1 + (A - p₁)/p₁·e^(-r(x - start))), which goes from p₁ at the start to the
    asymptote A ≤ 1 (A < p₁ is a decline); flat is p constant. Both are fitted by maximum likelihood. The successes
    of a trial may vary more than those of independent attempts (overdispersion φ: Pearson's χ² per degree of
    freedom, at least 1, and 1 where every trial is one attempt), and neighbouring trials may resemble each other
    (n_eff = n(1-ρ)/(1+ρ), ρ from the Pearson residuals; see `growth.Noise.likeness` for repeated attempts). So the
    criterion is -2ℓ/φ·n_eff/n + 2k + 2k(k+1)/(n-k-1), with k counting φ if it is estimated; ℓ leaves out the
    binomial coefficients, which are the same for both. Flat is kept while it is within 2 of the lowest, and where
    nearly all the logistic change is over by the second trial.

    Limits are those of the profile likelihood: all values at which it is at most ½t²·φ·n/n_eff below its maximum.
    They stay within 0 and 1, and the asymptote's upper limit may be 1. The rate is sought from 0.05 over all of
    practice to 2 between the first two trials. When asymptote, gain and rate are *identified* is said at
    `verdicts.reasons`; otherwise they are NaN.

    One trial of 10 attempts is not the same as 10 trials of one attempt: the curve moves on between trials only,
    overdispersion shows in repeated attempts only, and 8 trials are the least.

    Parameters
    ----------
    x : array-like of float, shape (m, n)
        Amount of practice, ascending, one series per row. Missing values count as no observation.
    successes, attempts : array-like of float, shape (m, n)
        Attempts are 0 (or missing) where there is no observation and where a row is padded.
    models : sequence of {"flat", "logistic"}
        The candidates; one name alone fits that one.
    confidence : float, default 0.95
        Coverage of the intervals.
    start : float or array-like, shape (m,), default 1
        Where practice begins on x: the gain counts from there.

    Returns
    -------
    Curves
        One value per series.

    Raises
    ------
    MMError
        For an unknown model, arrays of different shapes, or more successes than attempts.

    References
    ----------
    McCullagh, P. & Nelder, J. A. (1989). Generalized linear models, 2nd ed. Chapman & Hall.
    Venzon, D. J. & Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence intervals.
    Applied Statistics 37, 87-94.

    Examples
    --------
    >>> day = np.arange(1, 61)
    >>> made = np.round(20 * 0.9 / (1 + 3.5 * np.exp(-0.1 * (day - 1)))) + day % 2
    >>> found = curves([day], [made], [np.full(60, 20)])
    >>> found.asymptote.round(2), found.gain.round(2), found.rate.round(2), found.reason
    (array([0.93]), array([0.71]), array([0.1]), array([''], dtype='<U1'))
    """
    unknown = [name for name in models if name not in MODELS]
    if unknown or not models:
        found = f'"{unknown[0]}"' if unknown else "no model"
        advice = did_you_mean(unknown[0] if unknown else "", MODELS)
        raise MMError(f"models: found {found}, expected names of models. {advice}")
    table = _table(x, successes, attempts)
    begins = np.broadcast_to(np.asarray(start, dtype=float), table.shape[1:2])
    found = _nothing(table, begins)
    known = np.flatnonzero(found["reason"] == "")
    size = max(BLOCK // max(table.shape[2], 1), 1)
    for block in np.split(known, np.arange(size, known.size, size)) if known.size else []:
        for name, values in _block(table[:, block], begins[block], models, confidence).items():
            found[name][block] = values
    return Curves(**{**found, "reason": found["reason"].astype(str)})


def predict(x: ArrayLike, found: Curves) -> tuple[Floats, Floats, Floats]:
    """Return the fitted success rate at x, with a confidence band for the mean.

    The band is symmetric on the logit scale (delta method, with the φ, ρ and t of `curves`), around a fit with
    half a success and half a failure added at the start and at the asymptote, so that it has a width where all
    attempts succeeded. It is widened where needed to hold the fitted curve.

    Parameters
    ----------
    x : array-like of float, shape (m, k)
        Amounts of practice; missing values give NaN.
    found : Curves
        What `curves` returned for the m series.

    Returns
    -------
    fitted, low, high : ndarray, shape (m, k)
        Within 0 and 1; NaN for series with too few trials.

    Examples
    --------
    >>> day = np.arange(1, 21)
    >>> always = curves([day], [np.full(20, 3)], [np.full(20, 3)])
    >>> [part.round(2) for part in predict([[1, 20]], always)]
    [array([[1., 1.]]), array([[0.86, 0.86]]), array([[1., 1.]])]
    """
    practice = np.asarray(x, dtype=float) - found.start[:, None]
    fitted = rate_at(found.parameters, practice)
    odds, first, turn = binomial.odds_against(found.centre, practice)
    lean = np.stack([first, 1 - first, turn], -1)
    half = np.sqrt(np.einsum("mki,mij,mkj->mk", lean, found.covariance, lean))
    low, high = (chance(-np.log(odds) + end * half) for end in (-1, 1))
    return fitted, np.minimum(low, fitted), np.maximum(high, fitted)


def _table(x: ArrayLike, successes: ArrayLike, attempts: ArrayLike) -> Floats:
    """Return x, successes and attempts as one array, each series' observations first, then 0 attempts."""
    parts = [np.asarray(part, dtype=float) for part in (x, successes, attempts)]
    if len({part.shape for part in parts}) > 1 or parts[0].ndim != 2:
        shapes = ", ".join(str(part.shape) for part in parts)
        raise MMError(f"x, successes, attempts: found the shapes {shapes}, expected one shape (series, trials).")
    table = np.stack(parts)
    known = (table[2] > 0) & ~np.isnan(table).any(0)
    if (known & ((table[1] > table[2]) | (table[1] < 0))).any():
        raise MMError("successes: found more than attempts or fewer than 0, expected 0 up to the attempts.")
    first = np.argsort(~known, axis=1, kind="stable")
    gathered = np.take_along_axis(np.where(known, table, 0.0), first[None], 2)
    return gathered[:, :, : max(int(known.sum(1).max(initial=0)), 1)]


def _nothing(table: Floats, start: Floats) -> dict[str, NDArray[np.generic]]:
    """Return the answer where nothing is known, with the reason where there are too few trials."""
    m, tried = len(start), table[2] > 0
    shapes = {"parameters": (m, 3), "centre": (m, 3), "covariance": (m, 3, 3)}
    found = {field.name: np.full(shapes.get(field.name, m), np.nan) for field in fields(Curves)}
    n = tried.sum(1)
    distinct = np.minimum(n, 1 + ((np.diff(table[0]) > 0) & tried[:, 1:]).sum(1))
    found |= {"model": np.full(m, -1), "n": n, "identified": np.zeros(m, dtype=bool), "start": start.copy()}
    return found | {"reason": verdicts.too_few(n, distinct)}


def _block(table: Floats, start: Floats, models: Sequence[str], confidence: float) -> dict[str, NDArray[np.generic]]:
    """Return what series with enough trials tell."""
    trials = growth.trials(table, start)
    told = growth.compared(trials, [name in models for name in MODELS], confidence)
    grows = told.model == 1
    low, high, slowest = (np.full((len(start), 3), np.nan) for _ in range(3))
    low[grows], high[grows], slowest[grows] = profiles.limits(
        told.parameters[grows], trials.rows(grows), told.scale[grows] / 2
    )
    reason = verdicts.reasons(told, trials, low, high, slowest)
    stated = reason == ""
    centre, covariance = growth.band(told, trials)
    found = {
        "model": told.model,
        "noise_sd": told.noise_sd,
        "autocorrelation": told.autocorrelation,
        "overdispersion": told.overdispersion,
        "aicc": told.aicc,
        "weight": told.weight,
        "identified": stated,
        "reason": reason,
        "parameters": told.parameters,
        "centre": centre,
        "covariance": covariance,
    }
    sizes = profiles.sizes(told.parameters)
    for ending, values in (("", sizes), ("_low", low), ("_high", high)):
        for name, column in zip(("asymptote", "gain", "rate"), values.T, strict=True):
            found[f"{name}{ending}"] = np.where(stated, column, np.nan)
    return found
