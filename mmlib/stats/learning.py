"""The learning curves of many series: which form, how far, how fast, and whether the data can tell."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from mmlib.errors import MMError, counted, did_you_mean
from mmlib.stats import choice
from mmlib.stats.curves import FEW, Fits, rivals
from mmlib.stats.forms import FORMS, rates
from mmlib.stats.inference import Inference, inference, sudden
from mmlib.stats.series import Series, blocks

Floats = NDArray[np.float64]
Found = dict[str, NDArray]

FEWEST = 8
"""A curve needs at least this many observations."""

LEAST_SEEN = 0.5
"""A curve has bent once the data show at least this share of the way to its asymptote."""

WIDEST = 3.0
"""An asymptote counts as known while its interval is at most this many times as wide as the change that was seen."""

ESTIMATES = ("asymptote", "gain", "rate", "prior")
NUMBERS = (
    *(f"{name}{end}" for name in ESTIMATES for end in ("", "_low", "_high")),
    *("noise_sd", "autocorrelation", "aicc", "weight"),
)


def checked(models: Sequence[str]) -> list[str]:
    """Return the names of the candidate forms, or raise MMError; flat is always among several."""
    names = [models] if isinstance(models, str) else list(models)
    unknown = [name for name in names if name not in FORMS]
    if unknown or not names:
        found = f'"{unknown[0]}"' if unknown else "no form"
        advice = did_you_mean(unknown[0] if unknown else "", FORMS)
        raise MMError(f"models: found {found}, expected names of forms. {advice}")
    wanted = [*names, "flat"] if len(names) > 1 else names
    return [name for name in FORMS if name in wanted]


def learning(
    series: Series,
    *,
    models: Sequence[str] = tuple(FORMS),
    confidence: float = 0.95,
    higher_is_better: NDArray[np.bool_] | bool = True,
) -> Found:
    """Choose the form of each series and estimate asymptote, gain and rate with intervals.

    The forms are compared by `choice.criteria`; the simplest with substantial support is taken. Intervals are
    estimate ± t·se by `inference.inference`, for the rate and the prior practice on the log scale.

    The asymptote is *identified* when the data show at least half of the way to it, leave it an interval no wider
    than three times the change that was seen and above zero if no observation is below (times, counts), tell the gain
    from nothing, and do not change all at once. Otherwise asymptote, gain, rate and prior are NaN.

    Parameters
    ----------
    series : Series
        Amount of practice in units of its beginning, and performance.
    models : sequence of str
        Names from `forms.FORMS`; flat is added to several others, one alone is fitted as it is.
    confidence : float, default 0.95
        Coverage of the intervals.
    higher_is_better : bool or ndarray of bool, shape (m,)
        The direction of performance: a gain is positive when the asymptote is better than the start.

    Returns
    -------
    dict of ndarray, shape (m,)
        model (None for fewer than 8 observations), n, asymptote, gain, rate, prior, each with _low and _high, noise_sd,
        autocorrelation, aicc, weight, identified, reason. Rates and prior are in units of z; a prior_high of infinity
        means that the data set no upper limit.

    Raises
    ------
    MMError
        For an unknown form.

    Examples
    --------
    >>> z = np.arange(1, 41.0)
    >>> y = 50 - 40 * np.exp(-0.2 * (z - 1)) + np.sin(9 * z)
    >>> found = learning(Series(z, y[None, :], np.full((1, 40), True)))
    >>> found["model"][0], found["asymptote"].round(), found["gain"].round(), bool(found["identified"][0])
    ('exponential', array([50.]), array([40.]), True)
    """
    names = checked(models)
    higher = np.broadcast_to(np.asarray(higher_is_better, dtype=bool), len(series))
    parts = list(blocks(len(series), FEW)) or [slice(0, 0)]

    def one(rows: slice) -> Found:
        return _learning(series.take(rows), names, confidence, higher[rows])

    if len(parts) == 1:
        return one(parts[0])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(one, parts))
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def _learning(series: Series, names: list[str], confidence: float, higher: NDArray[np.bool_]) -> Found:
    """Return the learning curves of as many series as are worked on at once."""
    found: Found = {name: np.full(len(series), np.nan) for name in NUMBERS}
    found |= {"n": series.size.astype(np.int64), "identified": np.zeros(len(series), dtype=bool)}
    found |= {name: np.full(len(series), None, dtype=object) for name in ("model", "reason")}
    enough = np.flatnonzero((series.size >= FEWEST) & (series.distinct() >= FEWEST))
    _say_too_few(series, found)
    if not enough.size:
        return found
    some = series.take(enough)
    fits = rivals(some, names)
    values = choice.criteria(some, fits)
    best = choice.chosen(some, fits, values)
    shares = choice.weights(np.where(choice.candidates(some, fits), values, np.inf))
    rows = np.arange(len(some))
    found["aicc"][enough], found["weight"][enough] = values[rows, best], shares[rows, best]
    for k, one in enumerate(fits):
        of_form = np.flatnonzero(best == k)
        for block in blocks(of_form.size, series.y.shape[1]):
            here = of_form[block]
            _describe(some.take(here), one.take(here), (enough[here], higher[enough[here]]), confidence, found)
    return found


def _say_too_few(series: Series, found: Found) -> None:
    """Write why the short series have no curve."""
    distinct = series.distinct()
    for row in np.flatnonzero((series.size < FEWEST) | (distinct < FEWEST)):
        n = int(series.size[row])
        what = f"{counted(n, 'trial') if n else 'no trial'} with a score"
        if n >= FEWEST:
            what = f"{counted(int(distinct[row]), 'distinct amount')} of practice"
        found["reason"][row] = f"{what}: a curve needs at least {FEWEST}"


def _describe(
    series: Series, fits: Fits, which: tuple[NDArray, NDArray[np.bool_]], confidence: float, found: Found
) -> None:
    """Write what one form's fits tell into the rows of the series."""
    rows, higher = which
    around = inference(series, fits, confidence, ~higher & (least(series) == 0.0))
    parameters = FORMS[fits.form].parameters
    found["model"][rows] = fits.form
    found["noise_sd"][rows] = np.sqrt(fits.rss / np.maximum(series.size - parameters, 1))
    found["autocorrelation"][rows] = around.noise.lag1
    if fits.form == "flat":
        found["reason"][rows] = [_why_flat(int(n), rss) for n, rss in zip(series.size, fits.rss, strict=True)]
        return
    reasons = _why_not(series, around, higher)
    found["reason"][rows] = reasons
    known = np.array([not reason for reason in reasons])
    found["identified"][rows] = known
    rows = rows[known]
    for name, limits in _estimates(series, around, higher).items():
        for end, values in zip(("", "_low", "_high"), limits, strict=True):
            found[f"{name}{end}"][rows] = values[known]


def _estimates(
    series: Series, around: Inference, higher: NDArray[np.bool_]
) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Return asymptote, gain, rate and prior, each with its limits."""
    fits, half = around.fits, around.half(0)
    gain, half_gain = np.where(higher, -fits.distance, fits.distance), around.half(1)
    rate, half_rate = around.rate()
    factor = np.exp(np.minimum(half_rate, 50.0))
    _, prior = rates(fits.form, fits.decay, fits.second, series.last)
    start, half_start = fits.second, around.half(3)
    high = np.where(
        start + half_start > np.log1p(10.0 * series.last), np.inf, np.expm1(np.minimum(start + half_start, 700))
    )
    low = np.expm1(np.maximum(start - half_start, 0.0))
    blank = np.isnan(prior)
    return {
        "asymptote": (fits.level, np.maximum(fits.level - half, least(series)), fits.level + half),
        "gain": (gain, gain - half_gain, gain + half_gain),
        "rate": (rate, rate / factor, rate * factor),
        "prior": (prior, np.where(blank, np.nan, low), np.where(blank, np.nan, high)),
    }


def least(series: Series) -> Floats:
    """Return the lowest value that is thought possible: times and counts, which are never negative, end at 0."""
    lowest = np.where(series.seen, series.y, np.inf).min(axis=1, initial=np.inf)
    return np.where(lowest >= 0, 0.0, -np.inf)


def _why_flat(n: int, rss: float) -> str:
    if rss <= 0:
        return f"all {counted(n, 'trial')} scored the same"
    return f"no change that these {counted(n, 'trial')} can tell from noise"


def _why_not(series: Series, around: Inference, higher: NDArray[np.bool_]) -> list[str]:
    """Return why each asymptote is not identified, or an empty text."""
    fits, half, half_gain = around.fits, around.half(0), around.half(1)
    left = fits.left(series.last[:, None], series.last)[:, 0]
    seen = np.abs(fits.distance) * (1.0 - left)
    floor, slips = least(series), sudden(fits, series)
    ceiling = (fits.distance < 0) == higher
    found = []
    for i in range(len(series)):
        trials = counted(int(series.size[i]), "trial")
        limit = ("ceiling" if higher[i] else "floor") if ceiling[i] else "level at which the decline ends"
        level, reach = fits.level[i], half[i]
        reason = ""
        if slips[i]:
            reason = f"all the change lies in the first two of {trials}: a slip rather than a curve"
        elif 1.0 - left[i] < LEAST_SEEN:
            shape = "has not bent yet" if fits.form == "exponential" else "bends but does not level off"
            reason = f"the curve {shape}: {trials} show no sign of a {limit}"
        elif fits.distance[i] > 0 and level - reach < floor[i]:
            reason = f"the curve points towards zero, where no score lies: {trials} do not settle the {limit}"
        elif half_gain[i] > abs(fits.distance[i]):
            reason = f"these {trials} do not settle how far from the {limit} the first one was"
        elif not 2 * reach <= WIDEST * seen[i]:
            low, high = short(max(level - reach, floor[i])), short(level + reach)
            reason = f"these {trials} leave the {limit} open: {low} to {high} would fit"
        found.append(reason)
    return found


def short(value: float) -> str:
    """Return a number with about three digits, never in powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
