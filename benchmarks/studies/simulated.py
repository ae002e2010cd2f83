"""What all studies share: noise with a known truth, logs made of it, and the count of who covers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import signal

import mmlib as mm

Floats = NDArray[np.float64]
Row = dict[str, str | int | float]
SEED = 7
RHOS = (0.0, 0.4, 0.7)
OUTLIERS, THROWN = 0.05, 5.0
SKEW, BURN_IN = 0.6, 50


class Study(NamedTuple):
    """A table of the validity report: what it is about, what makes one row, and for which rows."""

    title: str
    about: str
    row: Callable[..., Row]
    cells: list[tuple]
    size: str
    """How a sentence below the table names a row's size; empty for no sentence."""


def noise(rho: float, shape: tuple[int, int], *cell: str | int | float) -> Floats:
    """Return AR(1) noise of standard deviation 1, one series per row; `cell` names what the seed belongs to."""
    rng = np.random.default_rng([SEED, *repr((*cell, shape[1], rho)).encode()])
    shocks = rng.normal(size=shape)
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return signal.lfilter([1.0], [1.0, -rho], shocks, axis=1)


def rough_noise(rho: float, shape: tuple[int, int], form: str, ratio: float, kind: str) -> Floats:
    """Return AR(1) noise of standard deviation 1 from skewed shocks ("log-normal"), or normal with 5 % "outliers"."""
    if kind == "outliers":
        rng = np.random.default_rng([SEED, *repr((form, ratio, kind, shape[1], rho)).encode()])
        thrown = (rng.random(shape) < OUTLIERS) * rng.normal(scale=THROWN, size=shape)
        return noise(rho, shape, form, ratio, kind) + thrown
    rng = np.random.default_rng([SEED, *repr((form, ratio, kind, shape[1], rho)).encode()])
    shocks = rng.lognormal(sigma=SKEW, size=(shape[0], shape[1] + BURN_IN))
    shocks = (shocks - np.exp(SKEW**2 / 2)) / np.sqrt((np.exp(SKEW**2) - 1) * np.exp(SKEW**2))
    return signal.lfilter([np.sqrt(1 - rho**2)], [1.0, -rho], shocks, axis=1)[:, BURN_IN:]


def log_of(values: Floats, column: str) -> pd.DataFrame:
    """Return a log with one learner per series, one session a day."""
    series, n = values.shape
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.tile(np.arange(n), series), unit="D")
    learner = np.repeat(np.arange(series), n).astype(str)
    return mm.check_log(pd.DataFrame({"learner": learner, "skill": "a", "start": days, column: values.ravel()}))


def covers(low: ArrayLike, high: ArrayLike, truth: ArrayLike) -> float:
    """Return the share of intervals that hold the truth; a missing interval does not."""
    held = (np.asarray(low) <= truth) & (truth <= np.asarray(high))
    return float(held.mean()) if held.size else np.nan
