"""Do the intervals of a learning curve hold the truth, and is its form found?"""

from __future__ import annotations

import itertools

import numpy as np

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Floats, Row, Study, covers, log_of, noise

TRIALS = (15, 30, 80, 300)
NOISE_SD = 4.0


def truth(form: str, trials: int) -> dict[str, float]:
    """Return the parameters of the simulated curve."""
    return {
        "flat": {"asymptote": 30.0},
        "exponential": {"asymptote": 50.0, "gain": 40.0, "rate": 4 / trials},
        "power": {"asymptote": 60.0, "gain": 50.0, "rate": 0.5},
    }[form]


def mean_curve(form: str, trials: int) -> Floats:
    """Return the true mean performance at every trial."""
    trial, known = np.arange(1.0, trials + 1), truth(form, trials)
    if form == "flat":
        return np.full(trials, known["asymptote"])
    left = np.exp(-known["rate"] * (trial - 1)) if form == "exponential" else trial ** -known["rate"]
    return known["asymptote"] - known["gain"] * left


def curve_row(form: str, trials: int, rho: float, series: int) -> Row:
    """Return how well learning curves of one form and length are found, and how well their intervals cover."""
    level = mean_curve(form, trials)
    log = log_of(level + NOISE_SD * noise(rho, (series, trials), form), "score")
    chosen = mm.payoff.learning_curves(log)["model"]
    row: Row = {"true form": form, "trials": trials, "ρ": rho}
    row |= {"change found": float((chosen != "flat").mean()), "form found": float((chosen == form).mean())}
    if form == "flat":
        return row
    fitted = mm.payoff.learning_curves(log, models=[form])
    points = mm.payoff.curve_points(log, fitted)
    stated = fitted[fitted["identified"]]
    row["asymptote refused"] = 1 - len(stated) / series
    for name, value in truth(form, trials).items():
        row[f"{name} covers"] = covers(stated[f"{name}_low"], stated[f"{name}_high"], value)
    row["mean curve covers"] = covers(points["low"], points["high"], level[points["trial"] - 1])
    return row


STUDY = Study(
    title="Learning curves",
    about=(
        f"Noise of standard deviation {NOISE_SD:g} around a flat 30, an exponential curve (gain 40, rate"
        " 4/n for n trials) or a power curve (gain 50, exponent 0.5). *Change found*: a form other than flat was"
        " chosen; for flat series, that is a false alarm. *Asymptote refused* and the coverage are those of the true"
        " form, fitted alone: of asymptote, gain and rate among the series where they were stated, of the mean curve"
        " over all trials of all series."
    ),
    row=curve_row,
    cells=list(itertools.product(("flat", "exponential", "power"), TRIALS, RHOS)),
    size="{trials} trials",
)
