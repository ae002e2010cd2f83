"""Does `barriers` find leaps where there are some, and none where the curve is smooth?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import ruptures

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Floats, Row, Study, covers, log_of, noise

FORMS = ("flat", "exponential", "power")
TRIALS = (80, 200, 400)
LASTS = ("30 trials, then back", "the last 30 trials", "the second half")
NEAR = 10
COMPARED = 200
"""At most so many series are searched by PELT too."""

LEAPT = 300
"""At most so many series with a leap, or with log-normal noise, are searched."""

SKEW = 0.6
"""The log-normal noise is e to the power of so many times AR(1) noise: its skewness is 2.3."""


def level(form: str, trials: int) -> Floats:
    """Return the smooth curve in standard deviations of the noise: those of the study of learning curves."""
    trial = np.arange(1.0, trials + 1)
    left = {"flat": 0.0 * trial, "exponential": 10 * np.exp(-4 / trials * (trial - 1)), "power": 12.5 * trial**-0.5}
    return -left[form]


def stretch(lasts: str, trials: int) -> tuple[int, int]:
    """Return the first trial of a leap (counted from 0), and the one after its last."""
    return {
        LASTS[0]: (trials // 2 - 15, trials // 2 + 15),
        LASTS[1]: (trials - 30, trials),
        LASTS[2]: (trials // 2, trials),
    }[lasts]


def searched(scores: Floats) -> pd.DataFrame:
    """Return the barriers of each series; the learner is its number."""
    log = log_of(scores, "score")
    curves = log[["learner", "skill"]].drop_duplicates().assign(over="trial")
    table = mm.payoff.barriers(log, curves)
    return table.assign(learner=table["learner"].astype(int))


def alarmed(scores: Floats) -> int:
    """Return in how many series anything is found."""
    return searched(scores).dropna(subset=["kind"])["learner"].nunique()


def pelt(scores: Floats) -> float:
    """Return the share of series in which PELT finds a change of the mean, with the penalty of BIC."""
    rows = scores[:COMPARED]
    spread = np.median(np.abs(np.diff(rows, axis=1)), axis=1) / 0.6745 / np.sqrt(2)
    penalty = 2 * np.log(rows.shape[1])
    found = [
        ruptures.KernelCPD(kernel="linear", min_size=7).fit_predict(row / sd, pen=penalty)
        for row, sd in zip(rows, spread, strict=True)
    ]
    return float(np.mean([len(ends) > 1 for ends in found]))


def smooth_row(form: str, trials: int, rho: float, series: int) -> Row:
    """Return how often anything is found in smooth curves."""
    wander = noise(rho, (series, trials), form, "smooth")
    scores, some = level(form, trials) + wander, min(series, LEAPT)
    skewed = level(form, trials) + np.exp(SKEW * wander[:some]) / np.sqrt(np.expm1(SKEW**2) * np.exp(SKEW**2))
    return {
        "true form": form,
        "trials": trials,
        "ρ": rho,
        "false alarms": alarmed(scores) / series,
        "alarms in log-normal noise": alarmed(skewed) / some,
        "alarms of PELT": pelt(scores),
    }


def leap_row(lasts: str, form: str, trials: int, rho: float, series: int) -> Row:
    """Return how often leaps are found, and how well their place and size are covered."""
    row: Row = {"leap lasts": lasts, "curve": form, "trials": trials, "ρ": rho}
    start, stop = stretch(lasts, trials)
    series = min(series, LEAPT)
    for size in (1.0, 2.0):
        scores = level(form, trials) + noise(rho, (series, trials), form, lasts, size)
        scores[:, start:stop] += size
        leaps = searched(scores).query("kind == 'leap'")
        near = leaps[(leaps["trial"] - 1 - start).abs() <= NEAR]
        row[f"{size:g} SD: found"] = leaps["learner"].nunique() / series
        row[f"{size:g} SD: found within ±{NEAR}"] = near["learner"].nunique() / series
        row[f"{size:g} SD: place covers"] = covers(leaps["trial_low"], leaps["trial_high"], start + 1)
        row[f"{size:g} SD: size covers"] = covers(near["low"], near["high"], size)
    return row


STUDY = Study(
    title="Smooth curves",
    about=(
        "`barriers` in flat, exponential (gain 10 standard deviations of the noise, rate 4/n for n trials) and power"
        " curves (gain 12.5, exponent 0.5) without any leap or dip. *False alarms*: series in which it found any; *in"
        f" log-normal noise*, of skewness 2.3, in up to {LEAPT} series."
        " Beside it, PELT (Killick, Fearnhead & Eckley 2012) on the raw scores, for changes of the mean, with the"
        f" penalty of BIC, in up to {COMPARED} of the series: it takes learning and autocorrelation for changes."
    ),
    row=smooth_row,
    cells=list(itertools.product(FORMS, TRIALS, RHOS)),
    size="{trials} trials",
)

LEAPS = Study(
    title="Leaps",
    about=(
        f"The same curves with a leap of one or two standard deviations of the noise, in up to {LEAPT} series."
        " *Found within ±10*: with a start at most 10 trials from the true one. *Place covers*: the confidence set"
        " holds the true start, among all leaps found; *size covers*: among those found within ±10. Leaps that were"
        " just large enough to be found look larger than they are, so where few are found the size covers badly. In"
        " independent noise a leap of one standard deviation over 30 trials is 5.5 standard errors, at ρ = 0.4 it is"
        " 3.6 and at ρ = 0.7 2.3, while the search through all places and lengths needs about 4: most of the latter"
        " cannot be found."
    ),
    row=leap_row,
    cells=[
        *itertools.product(LASTS, ("power",), TRIALS, RHOS),
        *itertools.product(LASTS, ("flat", "exponential"), (200,), RHOS),
    ],
    size="",
)
