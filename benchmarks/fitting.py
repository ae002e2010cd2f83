"""Learning curves of 100,000 series of 200 trials, beside scipy in pandas. Run with `make bench`.

All five forms with intervals for every series, beside `groupby.apply` of scipy's curve_fit with the same forms, which
is timed on fewer series and scaled. How good the fits are is compared with the best of 20 random starts.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.optimize import curve_fit, least_squares

from mmlib.stats.curves import fit
from mmlib.stats.forms import FORMS, LEAST_DECAY, MOST_PRIOR
from mmlib.stats.learning import learning
from mmlib.stats.series import Series

TRIALS, STARTS = 200, 20
TRIAL = np.arange(1.0, TRIALS + 1)
CURVES = {
    "flat": (lambda x, a: a + 0 * x, 1),
    "exponential": (lambda x, a, b, r: a + b * np.exp(-r * (x - 1)), 3),
    "power": (lambda x, a, b, c: a + b * x**-c, 3),
    "power_prior": (lambda x, a, b, c, e: a + b * ((x + e) / (1 + e)) ** -c, 4),
    "apex": (lambda x, a, b, r, c: a + b * np.exp(-r * (x - 1)) * x**-c, 4),
}
GUESSES = {"flat": (), "exponential": (0.02,), "power": (0.5,), "power_prior": (0.5, 5.0), "apex": (0.01, 0.3)}


def simulated(series: int) -> np.ndarray:
    """Return scores of as many series: each form in turn, with noise that differs in size."""
    rng = np.random.default_rng(3)
    kind = np.arange(series)[:, None] % 5
    rate, prior = rng.uniform(1, 8, (series, 1)) / TRIALS, rng.uniform(2, 40, (series, 1))
    left = np.where(kind == 0, 0.0, np.exp(-rate * (TRIAL - 1)))
    left = np.where(kind == 2, TRIAL ** -rng.uniform(0.2, 1.2, (series, 1)), left)
    left = np.where(kind == 3, ((TRIAL + prior) / (1 + prior)) ** -1.5, left)
    left = np.where(kind == 4, left * TRIAL**-0.3, left)
    return 60 - 40 * left + rng.uniform(1, 8, (series, 1)) * rng.normal(size=(series, TRIALS))


def scipy_fits(scores: pd.Series) -> float:
    """Return the least residual sum of squares of the five forms by curve_fit, from one guess each."""
    y = scores.to_numpy()
    best = np.inf
    for name, (curve, _) in CURVES.items():
        guess = (y[-20:].mean(), *([y[0] - y[-20:].mean()] if name != "flat" else []), *GUESSES[name])
        try:
            found, _ = curve_fit(curve, TRIAL, y, p0=guess, maxfev=2000)
        except RuntimeError:
            continue
        best = min(best, float(np.sum((y - curve(TRIAL, *found)) ** 2)))
    return best


def excess(scores: np.ndarray) -> float:
    """Return by what share the worst of our fits exceeds the best of 20 random starts of scipy's least_squares."""
    series, rng, worst = Series(TRIAL, scores, np.ones(scores.shape, dtype=bool)), np.random.default_rng(4), -np.inf
    for form in (name for name in FORMS if name != "flat"):
        ours = fit(series, form).rss
        for y, rss in zip(scores, ours, strict=True):
            worst = max(worst, rss / _best(form, y, rng) - 1)
    return worst


def _best(form: str, y: np.ndarray, rng: np.random.Generator) -> float:
    """Return the least residual sum of squares from random starts, within the limits of our own search."""
    most = 2 * np.log(TRIALS) / np.log(2) if form == "power" else 2 * (TRIALS - 1)
    low, high = np.array([np.log(LEAST_DECAY), 0.0]), np.array([np.log(most), 1.0])

    def residuals(at: np.ndarray) -> np.ndarray:
        decay, share = np.exp(at[0]), at[1]
        prior = np.expm1(share * np.log1p(MOST_PRIOR * TRIALS))
        u = {
            "exponential": (TRIAL - 1) / (TRIALS - 1),
            "power": np.log(TRIAL) / np.log(TRIALS),
            "power_prior": np.log((TRIAL + prior) / (1 + prior)) / np.log((TRIALS + prior) / (1 + prior)),
            "apex": share * (TRIAL - 1) / (TRIALS - 1) + (1 - share) * np.log(TRIAL) / np.log(TRIALS),
        }[form]
        g = np.exp(-decay * u)
        g = g - g.mean()
        centred = y - y.mean()
        return centred - g * (g @ centred) / max(g @ g, 1e-300)

    starts = rng.uniform(low, high, size=(STARTS, 2))
    return min(2 * least_squares(residuals, start, bounds=(low, high), xtol=1e-12).cost for start in starts)


def main() -> None:
    """Print the times, the ratio, the quality of the fits and the memory."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--series", type=int, default=100_000, help="series for our own fits")
    options.add_argument("--beside", type=int, default=1000, help="series for scipy, scaled up")
    options.add_argument("--checked", type=int, default=40, help="series for the comparison with random starts")
    asked = options.parse_args()
    scores = simulated(asked.series)
    learning(Series(TRIAL, scores[:100], np.ones((100, TRIALS), dtype=bool)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    begin = time.perf_counter()
    found = learning(Series(TRIAL, scores, np.ones(scores.shape, dtype=bool)))
    ours = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    frame = pd.DataFrame({"series": np.repeat(np.arange(asked.beside), TRIALS), "y": scores[: asked.beside].ravel()})
    warnings.simplefilter("ignore")
    begin = time.perf_counter()
    frame.groupby("series")["y"].apply(scipy_fits)
    beside = (time.perf_counter() - begin) * asked.series / asked.beside
    table = Table("learning curves of series with 200 trials", "", box=None)
    table.add_row(f"five forms and intervals, {asked.series:,} series", f"{ours:.1f} s")
    table.add_row(f"curve_fit of five forms, no intervals, from {asked.beside:,} series", f"{beside:.1f} s")
    table.add_row("times faster", f"{beside / ours:.1f}")
    table.add_row(
        f"residual sum of squares above the best of {STARTS} starts, at most", f"{excess(scores[: asked.checked]):.1e}"
    )
    table.add_row(
        "peak memory", f"{memory:.2f} GB ({before:.2f} GB before, of which the scores {scores.nbytes / 2**30:.2f})"
    )
    table.add_row("curves with an identified asymptote", f"{found['identified'].mean():.0%}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
