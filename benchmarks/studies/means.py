"""Do the intervals of a mean rating hold the truth?"""

from __future__ import annotations

import itertools

import numpy as np
from scipy import stats

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Row, Study, covers, log_of, noise
from mmlib.stats import intervals

RATED = (3, 5, 8, 12, 20, 40)
RATING_SD = 0.8
USUAL, NEAR_BEST = 3.4, 4.6


def mean_rating(level: float) -> float:
    """Return the mean of a normal variable that is rounded to 1, 2, 3, 4 or 5."""
    return 5.0 - float(stats.norm.cdf((np.arange(1.5, 5.0) - level) / RATING_SD).sum())


def rating_row(n: int, rho: float, series: int) -> Row:
    """Return how well the interval of a mean covers: of any numbers, and of ratings by `payoff.felt`."""
    numbers = noise(rho, (series, n), "numbers")
    found = np.array([intervals.mean_interval(values) for values in numbers])
    row: Row = {"ratings": n, "ρ": rho, "any numbers: covers": covers(found[:, 1], found[:, 2], 0.0)}
    for name, level in (("usual", USUAL), ("near the best", NEAR_BEST)):
        ratings = np.clip(np.round(level + RATING_SD * noise(rho, (series, n), name)), 1, 5)
        felt = mm.payoff.felt(log_of(ratings, "payoff")).query("reward == 'payoff'")
        row[f"{name}: covers"] = covers(felt["low"], felt["high"], mean_rating(level))
    return row


STUDY = Study(
    title="Means",
    about=(
        "The interval of the mean of any numbers, and that of `felt` for ratings: normal, standard deviation"
        f" {RATING_SD:g}, rounded to 1–5, around {USUAL:g} (*usual*) or {NEAR_BEST:g} (*near the best*, where"
        " most ratings are 5)."
    ),
    row=rating_row,
    cells=list(itertools.product(RATED, RHOS)),
    size="{ratings} ratings",
)
