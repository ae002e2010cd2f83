"""One learning curve from one series: which form, how far, how fast, and whether the data can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mmlib.errors import MMError, counted, did_you_mean
from mmlib.stats import curves

FEWEST = 8
"""A curve needs at least this many observations."""

LEAST_SEEN = 0.5
"""A curve has bent once the data show at least this share of the way to its asymptote, at its slowest rate."""

SUPPORT = 2.0
"""Flat is kept while its AICc is within this of the lowest: it still has substantial support."""

FEWEST_EFFECTIVE = 10
"""An asymptote needs at least this many effectively independent observations."""

WIDEST = 1.0
"""An asymptote counts as known while its interval is at most this many times as wide as the change that was seen."""


class Learning(NamedTuple):
    """What a series tells of its learning curve; NaN where it tells nothing, `reason` says why."""

    model: str | None = None
    n: int = 0
    asymptote: float = np.nan
    asymptote_low: float = np.nan
    asymptote_high: float = np.nan
    gain: float = np.nan
    gain_low: float = np.nan
    gain_high: float = np.nan
    rate: float = np.nan
    rate_low: float = np.nan
    rate_high: float = np.nan
    noise_sd: float = np.nan
    autocorrelation: float = np.nan
    aicc: float = np.nan
    weight: float = np.nan
    identified: bool = False
    reason: str = ""


def learning(
    x: ArrayLike,
    y: ArrayLike,
    *,
    models: Sequence[str] = ("flat", "exponential", "power"),
    confidence: float = 0.95,
    higher_is_better: bool = True,
    start: float = 1.0,
) -> Learning:
    """Choose the form of a learning curve and estimate asymptote, gain and rate with intervals.

    The forms are compared by `curves.aicc`: the lowest wins, but flat is kept while it is within 2 of the
    lowest and so has substantial support (Burnham & Anderson 2002). A form whose change is over by the second
    observation is no candidate beside others: that is one slip, not a curve. Intervals are estimate ± t·se with
    `Fit.spread` (delta method; for the rate on the log scale).

    The asymptote is *identified* when the data show at least half of the way to it (at the lower limit of the
    rate), are worth at least 10 independent observations, leave it an interval no wider than the change that
    was seen, and do not point below zero if no observation is (times, counts). Otherwise asymptote, gain and
    rate are NaN.

    Parameters
    ----------
    x, y : array-like of float, shape (n,)
        Amount of practice (ascending) and performance.
    models : sequence of str
        Names from `curves.FORMS`.
    confidence : float, default 0.95
        Coverage of the intervals.
    higher_is_better : bool, default True
        The direction of performance: a gain is positive when the asymptote is better than the start.
    start : float, default 1
        Where practice begins on x: the gain counts from there.

    Returns
    -------
    Learning
        model is None for fewer than 8 observations.

    Raises
    ------
    MMError
        For an unknown form.

    Examples
    --------
    >>> x = np.arange(1, 41)
    >>> found = learning(x, 50 - 40 * np.exp(-0.2 * (x - 1)) + np.sin(9 * x))
    >>> found.model, round(found.asymptote), round(found.gain), found.identified
    ('exponential', 50, 40, True)
    """
    unknown = [name for name in models if name not in curves.FORMS]
    if unknown or not models:
        found = f'"{unknown[0]}"' if unknown else "no form"
        advice = did_you_mean(unknown[0] if unknown else "", curves.FORMS)
        raise MMError(f"models: found {found}, expected names of forms. {advice}")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if y.size < FEWEST:
        few = counted(y.size, "trial") if y.size else "no trial"
        return Learning(n=y.size, reason=f"{few} with a score: a curve needs at least {FEWEST}")
    if np.unique(x).size < FEWEST:
        few = counted(np.unique(x).size, "distinct amount")
        return Learning(n=y.size, reason=f"{few} of practice: a curve needs at least {FEWEST}")
    fits = [curves.FORMS[name](x, y, start=start) for name in models]
    fits = [fit for fit in fits if not fit.sudden] or fits
    criteria = curves.aicc(fits)
    best = int(np.argmin([c - SUPPORT * (fit.form == "flat") for fit, c in zip(fits, criteria, strict=True)]))
    return _learning(fits[best], criteria, best, confidence, higher_is_better)


def _learning(
    fit: curves.Fit, criteria: curves.Floats, best: int, confidence: float, higher_is_better: bool
) -> Learning:
    """Describe the chosen fit."""
    found = Learning(
        model=fit.form,
        n=fit.n,
        noise_sd=fit.noise_sd,
        autocorrelation=fit.autocorrelation,
        aicc=float(criteria[best]),
        weight=float(curves.weights(criteria)[best]),
    )
    if fit.form == "flat":
        return found._replace(reason=_why_flat(fit))
    level, distance, rate = fit.parameters
    half = fit.factor(confidence) * fit.spread()
    # A rate is positive, so its interval is symmetric on the log scale.
    factor = np.exp(min(half[2] / rate, 50.0))
    gain = -distance if higher_is_better else distance
    reason = _why_not(fit, half[0], rate / factor, _limit(gain > 0, higher_is_better))
    if reason:
        return found._replace(reason=reason)
    return found._replace(
        **_limits("asymptote", level, max(level - half[0], _least(fit)), level + half[0]),
        **_limits("gain", gain, gain - half[1], gain + half[1]),
        **_limits("rate", rate, rate / factor, rate * factor),
        identified=True,
    )


def _limits(name: str, estimate: float, low: float, high: float) -> dict[str, float]:
    return {name: float(estimate), f"{name}_low": float(low), f"{name}_high": float(high)}


def _limit(improving: bool, higher_is_better: bool) -> str:
    """Return the plain word for the asymptote."""
    if not improving:
        return "level at which the decline ends"
    return "ceiling" if higher_is_better else "floor"


def _why_flat(fit: curves.Fit) -> str:
    if np.ptp(fit.y) == 0:
        return f"all {counted(fit.n, 'trial')} scored the same"
    return f"no change that these {counted(fit.n, 'trial')} can tell from noise"


def _why_not(fit: curves.Fit, half: float, slowest: float, limit: str) -> str:
    """Return why the asymptote is not identified, or an empty text."""
    trials = counted(fit.n, "trial")
    level = fit.parameters[0]
    if fit.sudden:
        return f"all the change lies in the first two of {trials}: a slip rather than a curve"
    if fit.seen(slowest) < LEAST_SEEN:
        shape = "bends but does not level off" if fit.form == "power" else "has not bent yet"
        return f"the curve {shape}: {trials} show no sign of a {limit}"
    if level < _least(fit):
        return f"the curve points below zero, where no score lies: {trials} do not settle the {limit}"
    if fit.n < FEWEST_EFFECTIVE:
        return f"{trials} are too few to tell a {limit}"
    if fit.effective_size < FEWEST_EFFECTIVE:
        worth = f"worth only {fit.effective_size:.0f} independent ones"
        return f"neighbouring trials resemble each other: {trials} are {worth}, too few to tell a {limit}"
    seen = abs(float(np.diff(fit.predict(fit.x[[0, -1]]))[0]))
    if not 2 * half <= WIDEST * seen:
        low = max(level - half, _least(fit))
        return f"these {trials} leave the {limit} open: {_short(low)} to {_short(level + half)} would fit"
    return ""


def _least(fit: curves.Fit) -> float:
    """Return the lowest value that is thought possible: times and counts, which are never negative, end at 0."""
    return 0.0 if fit.y.min() >= 0 else -np.inf


def _short(value: float) -> str:
    """Return a number with about three digits, never in powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
