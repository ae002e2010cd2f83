"""Does retention see a loss after gaps only where there is one, and how large it is?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Floats, Row, Study, covers, noise

TRIALS = (30, 80, 300)
GAIN, LOSS, WARM_UP = 10.0, 0.5, 0.5
ATTEMPTS = 5


def gaps_of(shape: tuple[int, int], attempts: int, *cell: str | int | float) -> Floats:
    """Return gaps in days, about 2 from sitting to sitting and now and then far more; attempts follow in minutes."""
    rng = np.random.default_rng([11, *repr((*cell, *shape)).encode()])
    gap_days = np.exp(0.7 + rng.normal(size=shape))
    return np.where(np.arange(shape[1]) % attempts == 0, gap_days, 0.002)


def retention_of(values: Floats, gap_days: Floats) -> pd.DataFrame:
    """Return `repetition.retention` of each series, one per learner, with these days before each trial."""
    series, n = values.shape
    days = pd.to_timedelta(np.cumsum(gap_days, axis=1).ravel(), unit="D").round("s")
    learner = np.repeat(np.arange(series), n).astype(str)
    table = {"learner": learner, "skill": "a", "start": pd.Timestamp("2020-01-01") + days, "score": values.ravel()}
    known = {"skill": "a", "better": "higher", "unit": "points", "model": "exponential", "reason": ""}
    curves = pd.DataFrame({"learner": np.unique(learner)}).assign(**known)
    return mm.repetition.retention(mm.check_log(pd.DataFrame(table)), curves)


def retention_row(trials: int, rho: float, series: int) -> Row:
    """Return how often a loss is seen where there is none, and how well its interval covers where there is one."""
    shape = (series, trials)
    learning = GAIN * (1 - np.exp(-4 * np.arange(trials) / trials)) + noise(rho, shape, "retention")
    row: Row = {"trials": trials, "ρ": rho}
    sessions = gaps_of(shape, 1, rho)
    still = retention_of(learning, sessions)
    row["false alarms"] = float(((still["low"] > 0) | (still["high"] < 0)).mean())
    lost = retention_of(learning - LOSS * np.log1p(sessions), sessions)
    row["loss: covers"] = covers(lost["per_log_day_low"], lost["per_log_day_high"], LOSS)
    row["loss: found"] = float((lost["per_log_day_low"] > 0).mean())
    if trials < 16 * ATTEMPTS:
        return row | dict.fromkeys(["attempts, loss: covers", "attempts, warm-up: covers"], np.nan)
    sittings = gaps_of(shape, ATTEMPTS, rho)
    cold = WARM_UP * (sittings > 1 / 24)
    lost = retention_of(learning - LOSS * np.log1p(sittings) - cold, sittings)
    row["attempts, loss: covers"] = covers(lost["per_log_day_low"], lost["per_log_day_high"], LOSS)
    row["attempts, warm-up: covers"] = covers(lost["warm_up_low"], lost["warm_up_high"], WARM_UP)
    return row


STUDY = Study(
    title="Retention",
    about=(
        f"`retention` of an exponential curve (gain {GAIN:g} standard deviations of the noise) with gaps of about 2"
        f" days, log-normal with standard deviation 1. Nothing is lost (*false alarms*: the interval excludes 0), or"
        f" {LOSS:g} per log-day. *Attempts*: {ATTEMPTS} in each sitting, the first of which loses another {WARM_UP:g}"
        " to the warm-up."
    ),
    row=retention_row,
    cells=list(itertools.product(TRIALS, RHOS)),
    size="{trials} trials",
)
