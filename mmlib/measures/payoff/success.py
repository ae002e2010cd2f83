"""Success rates: the learning curve of a skill that is only ever won or lost is a logistic one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmlib.log.performance import SUCCESS_RATE
from mmlib.measures.payoff.trials import Placed
from mmlib.stats import logistic

MODELS = np.array(["flat", "logistic", None], dtype=object)
"""By the number that stands for each in `logistic.Curves`; the last, -1, for none."""


def by_rate(at: Placed) -> NDArray[np.int64]:
    """Return the numbers of the series whose performance is a success rate."""
    return np.flatnonzero(at.names["unit"].eq(SUCCESS_RATE).to_numpy())


def success_curves(at: Placed, numbers: NDArray[np.int64], confidence: float) -> dict[str, NDArray]:
    """Return the logistic learning curves of these series, in the names and units of `learning.learning`."""
    found = _fitted(at, numbers, logistic.MODELS, confidence)[0]
    names = ("n", "noise_sd", "autocorrelation", "aicc", "weight", "identified")
    names += tuple(f"{name}{end}" for name in ("asymptote", "gain", "rate") for end in ("", "_low", "_high"))
    return {name: getattr(found, name) for name in names} | {
        "model": MODELS[found.model],
        "reason": found.reason.astype(object),
    }


def success_points(at: Placed, numbers: NDArray[np.int64], model: str, confidence: float) -> tuple[NDArray, NDArray]:
    """Return the trials of these series and, for each, the fitted success rate and its limits."""
    found, x, place, rows = _fitted(at, numbers, [model], confidence)
    return rows, np.stack(logistic.predict(x, found), axis=-1)[place]


def _fitted(
    at: Placed, numbers: NDArray[np.int64], models: list[str] | tuple[str, ...], confidence: float
) -> tuple[logistic.Curves, NDArray, tuple[NDArray, NDArray], NDArray]:
    """Return the fits, the amounts of practice as a table, where each trial stands in it, and these trials."""
    row = np.full(len(at.names), -1)
    row[numbers] = np.arange(numbers.size)
    rows = np.flatnonzero((row[at.group] >= 0) & ~np.isnan(at.z))
    mine = row[at.group[rows]]
    place = (mine, np.arange(mine.size) - np.searchsorted(mine, mine))
    x, successes, attempts = np.full((3, numbers.size, int(place[1].max(initial=0)) + 1), np.nan)
    x[place] = at.z[rows] * at.begin[at.group[rows]]
    for values, name in ((successes, "successes"), (attempts, "reps")):
        values[place] = at.trials[name].astype("float64").to_numpy(dtype=float, na_value=np.nan)[rows]
    start = np.nan_to_num(at.begin[numbers], nan=1.0)
    return logistic.curves(x, successes, attempts, models=models, confidence=confidence, start=start), x, place, rows
