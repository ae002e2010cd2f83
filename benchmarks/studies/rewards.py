"""Do the intervals of the trend of rewards, and of flow against the deviation from the curve, hold the truth?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Floats, Row, Study, covers, log_of, noise

SESSIONS = (12, 30, 80)
RATING_SD = 0.8
LEVEL, TREND = 3.2, 0.1
SLOPE = 0.3
ASYMPTOTE, GAIN, RATE = 40.0, 20.0, 0.1


def rewards_row(n: int, rho: float, series: int) -> Row:
    """Return how well the intervals of the trend of `payoff.felt` and of the slopes of `payoff.flow` cover."""
    rise = TREND * (np.arange(n) - (n - 1) / 2) / 10
    steady, rising = (_trends(LEVEL + trend + RATING_SD * noise(rho, (series, n), "rewards")) for trend in (0.0, rise))
    off, own = noise(rho, (series, n), "deviation"), RATING_SD * noise(rho, (series, n), "flow")
    slopes = _slopes(off, LEVEL + SLOPE * off + own)
    return {
        "sessions": n,
        "ρ": rho,
        "false alarms": 1 - covers(steady["low"], steady["high"], 0.0),
        "trend: covers": covers(rising["low"], rising["high"], TREND),
        "slope: covers": covers(slopes["low"], slopes["high"], SLOPE * slopes["noise_sd"]),
    }


def _rated(values: Floats) -> Floats:
    return np.clip(np.round(values), 1, 5)


def _trends(levels: Floats) -> pd.DataFrame:
    """Return the trend of each learner's payoff."""
    felt = mm.payoff.felt(log_of(_rated(levels), "payoff")).query("reward == 'payoff'")
    return felt[["trend_per_10_sessions_low", "trend_per_10_sessions_high"]].set_axis(["low", "high"], axis=1)


def _slopes(off: Floats, levels: Floats) -> pd.DataFrame:
    """Return each learner's slope of flow, and the noise around the learning curve that it is measured in."""
    curve = ASYMPTOTE - GAIN * np.exp(-RATE * np.arange(off.shape[1]))
    log = log_of(curve + off, "score").assign(flow=log_of(_rated(levels), "flow")["flow"])
    curves = mm.payoff.learning_curves(log, models=("exponential",))
    found = mm.payoff.flow(log, curves).query("term == 'slope' and learners == 1")
    return found.merge(curves[["learner", "noise_sd"]], on="learner")


STUDY = Study(
    title="Rewards and flow",
    about=(
        "The trend of `felt` over 10 sessions, and the slope of `flow` on the deviation from an exponential learning"
        f" curve: ratings around {LEVEL:g} with a standard deviation of {RATING_SD:g}, rounded to 1–5. *False alarms*:"
        f" the interval of the trend excludes 0 though there is none; else the trend is {TREND:g} and the slope"
        f" {SLOPE:g} per standard deviation. Scores and ratings have noise of the same autocorrelation."
    ),
    row=rewards_row,
    cells=list(itertools.product(SESSIONS, RHOS)),
    size="{sessions} sessions",
)
