"""Do the intervals of a learning curve hold the truth, and those of the trials until a target?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Floats, Row, Study, covers, log_of, noise, rough_noise

TRIALS = (30, 80, 300)
ASYMPTOTE, GAIN = 60.0, 40.0
CLEAN, NOISY = 20.0, 10.0
FLOOR, SAVED, SHARE = 12.0, 48.0, 0.25
FORMS = ("exponential", "power", "power_prior", "apex")
DAY = pd.Timedelta(days=1)


def left(form: str, trials: int, at: Floats) -> Floats:
    """Return the share of the gain that the simulated curve has still before it at these trials."""
    if form == "exponential":
        return np.exp(-4 / trials * (at - 1))
    if form == "power":
        return at**-0.5
    if form == "power_prior":
        return ((at + trials / 10) / (1 + trials / 10)) ** -1.5
    return np.exp(-5 / trials * (at - 1)) * at**-0.35


def rate(form: str, trials: int) -> float:
    """Return the rate of the simulated curve, as `learning_curves` defines it."""
    return {"exponential": 4 / trials, "power": 0.5, "power_prior": 1.5, "apex": 5 / trials + 0.35}[form]


def scores(form: str, trials: int, rho: float, kind: str, ratio: float, series: int) -> Floats:
    """Return simulated scores, one series per row; the ratio is that of the gain to the noise."""
    made = noise if kind == "normal" else rough_noise
    errors = made(rho, (series, trials), form, ratio, *(() if kind == "normal" else (kind,)))
    return ASYMPTOTE - GAIN * left(form, trials, np.arange(1.0, trials + 1)) + GAIN / ratio * errors


def curve_row(form: str, trials: int, rho: float, kind: str, ratio: float, series: int) -> Row:
    """Return how well the intervals of the true form, fitted alone, cover, and how many asymptotes are refused."""
    log = log_of(scores(form, trials, rho, kind, ratio, series), "score")
    row: Row = {"form": form, "trials": trials, "ρ": rho} | ({} if kind == "normal" else {"noise": kind})
    return row | covered(log, form, trials, (ASYMPTOTE, -GAIN))


def times_row(form: str, trials: int, rho: float, series: int) -> Row:
    """Return the same for times that fall, with log-normal noise in proportion to their level."""
    errors = noise(rho, (series, trials), form, "times")
    level = FLOOR + SAVED * left(form, trials, np.arange(1.0, trials + 1))
    times = level * np.exp(SHARE * errors - SHARE**2 / 2)
    log = log_of(times, "score").assign(better="lower")
    return {"form": form, "trials": trials, "ρ": rho} | covered(log, form, trials, (FLOOR, SAVED))


def covered(log: pd.DataFrame, form: str, trials: int, ends: tuple[float, float]) -> Row:
    """Return the coverage of every interval of the true form, fitted alone; ends are A and B."""
    level, distance = ends
    fitted = mm.payoff.learning_curves(log, models=[form])
    known = fitted["identified"]
    row: Row = {"refused": 1 - known.mean()}
    for name, value in {"asymptote": level, "gain": abs(distance), "rate": rate(form, trials)}.items():
        row[f"{name} covers"] = covers(fitted.loc[known, f"{name}_low"], fitted.loc[known, f"{name}_high"], value)
    # The target is where half of what the end has still before it is closed.
    at = np.arange(1.0, 100 * trials)
    target = left(form, trials, np.array([float(trials)]))[0] / 2
    until = float(at[np.argmax(left(form, trials, at) <= target)]) - trials
    soon = mm.payoff.forecast(
        log.assign(target=level + distance * target), fitted, as_of=pd.Timestamp("2026-01-01") + trials * DAY
    )
    row["trials to target covers"] = covers(
        soon.loc[known, "trials_low"].fillna(np.inf), soon.loc[known, "trials_high"].fillna(-np.inf), until
    )
    points = mm.payoff.curve_points(log, fitted)
    mean = level + distance * left(form, trials, points["trial"].to_numpy(float))
    return row | {"mean curve covers": covers(points["low"], points["high"], mean)}


_WHAT = (
    f"A curve with a gain of {GAIN:g} up to {ASYMPTOTE:g} in n trials: exponential (rate 4/n), power (exponent 0.5),"
    " power_prior (exponent 1.5 after n/10 trials of prior practice) or apex (α = 5/n, β = 0.35). The true form is"
    " fitted alone. *Refused*: the asymptote is called not identified. The coverage of asymptote, gain, rate and"
    " trials to a target, which halves what is left at the end, is that of the curves called identified; that of the"
    " mean curve is over all trials of all series."
)
STUDIES = [
    Study(
        title="Learning curves",
        about=f"{_WHAT} The noise has a standard deviation of a twentieth of the gain.",
        row=curve_row,
        cells=[(*cell, "normal", CLEAN) for cell in itertools.product(FORMS, TRIALS, RHOS)],
        size="{trials} trials",
    ),
    Study(
        title="Learning curves in more noise",
        about="The same with noise of a tenth of the gain.",
        row=curve_row,
        cells=[(*cell, "normal", NOISY) for cell in itertools.product(FORMS[:2], TRIALS, RHOS)],
        size="{trials} trials",
    ),
    Study(
        title="Learning curves in rough noise",
        about="The same, a twentieth of the gain, with skewed noise (log-normal, σ = 0.6, centred), and with normal"
        " noise that throws one trial in 20 off by five standard deviations or so.",
        row=curve_row,
        cells=[
            (form, trials, rho, kind, CLEAN)
            for form, kind, trials, rho in itertools.product(FORMS[:2], ("log-normal", "outliers"), TRIALS, RHOS)
        ],
        size="{trials} trials",
    ),
    Study(
        title="Learning curves of times",
        about=f"Times that fall from {FLOOR + SAVED:g} towards {FLOOR:g} along the same curves, with log-normal noise"
        f" in proportion to the level (coefficient of variation {SHARE:g}). Least squares is drawn by the first,"
        " noisiest trials, above all around a power curve.",
        row=times_row,
        cells=list(itertools.product(FORMS[:2], TRIALS, RHOS)),
        size="{trials} trials",
    ),
]
