"""Do the intervals of a growing success rate hold the truth, and is a flat one left alone?"""

from __future__ import annotations

import itertools

import numpy as np
from scipy import stats

from benchmarks.studies.simulated import RHOS, SEED, Floats, Row, Study, covers, noise
from mmlib.stats import logistic

SIZES = ((300, 1), (30, 10), (80, 10), (300, 10))
FIRST, LAST, FLAT, WAY = 0.2, 0.8, 0.6, 5
ALIKE = 0.05
"""Correlation of two attempts in one trial: their variance is 1 + 0.05·(attempts - 1) times that of chance."""


def success_rate(form: str, trials: int) -> Floats:
    """Return the true success rate at every trial."""
    if form == "flat":
        return np.full(trials, FLAT)
    left = np.exp(-WAY / trials * np.arange(trials))
    return LAST / (1 + (LAST - FIRST) / FIRST * left)


def successes(rate: Floats, attempts: int, rho: float, series: int, form: str) -> Floats:
    """Return beta-binomial successes whose chances go with AR(1) noise: a good day is followed by a good day."""
    size = 1 / ALIKE - 1
    ranks = stats.norm.cdf(noise(rho, (series, rate.size), form, attempts))
    chances = stats.beta.ppf(ranks, rate * size, (1 - rate) * size)
    rng = np.random.default_rng([SEED, *repr((form, rate.size, attempts, rho)).encode()])
    return rng.binomial(attempts, chances).astype(float)


def logistic_row(form: str, size: tuple[int, int], rho: float, series: int) -> Row:
    """Return how often growth is seen, and how well its intervals cover."""
    trials, attempts = size
    rate = success_rate(form, trials)
    made = successes(rate, attempts, rho, series, form)
    x = np.broadcast_to(np.arange(1.0, trials + 1), made.shape)
    tried = np.full(made.shape, float(attempts))
    found = logistic.curves(x, made, tried)
    row: Row = {"true form": form, "trials": trials, "attempts": attempts, "ρ": rho}
    if form == "flat":
        return row | {"false alarms": float((found.model == 1).mean())}
    row |= {"false alarms": np.nan, "change found": float((found.model == 1).mean())}
    row["asymptote refused"] = 1 - float(found.identified.mean())
    stated = found.identified
    for name, truth in {"asymptote": LAST, "gain": LAST - FIRST, "rate": WAY / trials}.items():
        low, high = (getattr(found, f"{name}_{end}")[stated] for end in ("low", "high"))
        row[f"{name} covers"] = covers(low, high, truth)
    _, low, high = logistic.predict(x, logistic.curves(x, made, tried, models=["logistic"]))
    return row | {"mean curve covers": covers(low, high, rate)}


STUDY = Study(
    title="Success rates",
    about=(
        f"Trials of one attempt or of ten, with a success rate of {FLAT:g} throughout (flat) or one that grows from"
        f" {FIRST:g} towards {LAST:g} along a logistic curve of rate {WAY}/n for n trials. The chances of a trial vary"
        f" around it (beta-binomial, correlation {ALIKE:g} within a trial), with autocorrelation ρ from trial to trial."
        " *False alarms*: a flat rate was called growing or declining. *Change found*: a growing one was. *Asymptote"
        " refused*: it was not identified; the coverage of asymptote, gain and rate is among the other series, that of"
        " the mean curve over all trials of all series, the logistic curve being fitted alone."
    ),
    row=logistic_row,
    cells=list(itertools.product(("flat", "logistic"), SIZES, RHOS)),
    size="{trials} × {attempts} attempts",
)
