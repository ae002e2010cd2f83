"""Does `pooled` see when a mean curve owes its form to the averaging, and only then?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.simulated import RHOS, SEED, Floats, Row, Study, noise

LEARNERS = (10, 30, 60)
NOISE = (0.05, 0.1, 0.2)
TRIALS = 60
SHAPE, SCALE = 1.0, 0.1
EXPONENTS = (0.4, 0.6)
COHORTS = 100
"""At most so many cohorts are simulated: each has up to 60 learners."""


def left(kind: str, shape: tuple[int, int]) -> Floats:
    """Return what is left of the gain at every trial, shape (cohorts, learners, trials)."""
    rng = np.random.default_rng([SEED, *repr((kind, shape)).encode()])
    trial = np.arange(TRIALS)
    if kind == "power":
        return (1.0 + trial) ** -rng.uniform(*EXPONENTS, size=shape)[..., None]
    rates = rng.gamma(SHAPE, SCALE, size=shape) if kind == "gamma" else np.full(shape, SHAPE * SCALE)
    return np.exp(-rates[..., None] * trial)


def pooled_curves(kind: str, learners: int, sd: float, rho: float, cohorts: int) -> pd.DataFrame:
    """Return the mean curves of simulated cohorts, of which each has a skill of its own."""
    scores = 1.0 - left(kind, (cohorts, learners))
    around = noise(rho, (cohorts * learners, TRIALS), kind, learners, sd)
    scores += sd * around.reshape(scores.shape)
    cohort, learner, trial = (place.ravel() for place in np.indices(scores.shape))
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta(trial, unit="D")
    columns = {"learner": learner.astype(str), "skill": cohort.astype(str), "start": start, "score": scores.ravel()}
    return mm.payoff.pooled(mm.check_log(pd.DataFrame(columns)))


def pooled_row(learners: int, sd: float, rho: float, series: int) -> Row:
    """Return how often averages of exponential curves are flagged, and how often other means are."""
    tables = {
        kind: pooled_curves(kind, learners, sd, rho, min(series, COHORTS)) for kind in ("gamma", "one rate", "power")
    }
    gamma = tables["gamma"]
    return {
        "learners": learners,
        "noise": sd,
        "ρ": rho,
        "power-like mean": float(gamma["model"].isin(["power", "power_prior", "apex"]).mean()),
        "learners found exponential": float((gamma["individual_model"] == "exponential").mean()),
        "flagged": float(gamma["averaged"].mean()),
        "false alarms": max(float(tables[kind]["averaged"].mean()) for kind in ("one rate", "power")),
    }


STUDY = Study(
    title="Mean curves",
    about=(
        f"`pooled` of up to {COHORTS} simulated cohorts whose learners have exponential curves of {TRIALS} trials, with"
        f" rates from a gamma distribution (shape {SHAPE:g}, mean {SHAPE * SCALE:g}): their mean tends to the power"
        f" function (1 + {SCALE:g}t)^(−{SHAPE:g}). *Noise* is its standard deviation as a share of the gain."
        " *Power-like mean*: a power form was chosen for the mean; *learners found exponential*: their own curves"
        " decide for the exponential; *flagged*: both. *False alarms*: flagged though all learners share one"
        f" exponential rate, or though all have power curves (exponents {EXPONENTS[0]:g} to {EXPONENTS[1]:g}),"
        " whichever is more often."
    ),
    row=pooled_row,
    cells=list(itertools.product(LEARNERS, NOISE, RHOS)),
    size="{learners} learners",
)
