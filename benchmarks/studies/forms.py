"""Is the form of a learning curve found?"""

from __future__ import annotations

import itertools

import numpy as np

import mmlib as mm
from benchmarks.studies import curves
from benchmarks.studies.simulated import RHOS, Row, Study, log_of, noise

TRIALS = (100, 300)
RATIOS = (10.0, 20.0, 40.0)
FLAT = "flat"


def form_row(form: str, trials: int, rho: float, ratio: float, series: int) -> Row:
    """Return how often the true form is chosen among all five, and how often any other than flat."""
    if form == FLAT:
        values = 30.0 + noise(rho, (series, trials), form)
    else:
        values = curves.scores(form, trials, rho, "normal", ratio, series)
    chosen = mm.payoff.learning_curves(log_of(values, "score"))["model"].to_numpy()
    row: Row = {"form": form, "trials": trials, "ρ": rho, "gain / noise": "–" if form == FLAT else f"{ratio:g}"}
    row["form found"] = float(np.mean(chosen == form))
    others = chosen[chosen != form]
    names, counts = np.unique(others.astype(str), return_counts=True)
    row["mostly taken for"] = str(names[counts.argmax()]) if len(others) else "–"
    return row


STUDY = Study(
    title="Forms",
    about="How often the form that made the series is chosen among all five, by the ratio of the gain to the noise's"
    " standard deviation. The simplest form with substantial support is taken, so a curve whose second parameter the"
    " data do not need is called by the simpler name.",
    row=form_row,
    cells=[(FLAT, trials, rho, 1.0) for trials, rho in itertools.product(TRIALS, RHOS)]
    + [
        (form, trials, rho, ratio)
        for form, trials, rho, ratio in itertools.product(curves.FORMS, TRIALS, RHOS[:2], RATIOS)
    ],
    size="{trials} trials",
)
