"""The curves that a table of learning curves names, fitted again to their log with all that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.measures.payoff.trials import KEYS
from mmlib.stats.curves import fit
from mmlib.stats.forms import FORMS
from mmlib.stats.inference import Inference, inference
from mmlib.stats.learning import least
from mmlib.stats.series import Series, tables


class Placed(NamedTuple):
    """The trials of a log and where each of their series stands.

    Attributes
    ----------
    trials : DataFrame
        What `payoff.trials` returned.
    names : DataFrame
        One row per series: learner, skill, better, unit, target.
    group : ndarray of int
        The series of each trial.
    z : ndarray
        Amount of practice of each trial in units of its beginning; NaN where unknown.
    begin : ndarray
        The beginning of each series: 1 trial, or the minutes of its first session.
    shared : bool
        Whether z counts trials.
    """

    trials: pd.DataFrame
    names: pd.DataFrame
    group: NDArray[np.int64]
    z: NDArray[np.float64]
    begin: NDArray[np.float64]
    shared: bool

    def series(self) -> list[tuple[NDArray[np.int64], Series]]:
        """Return the series as tables of about equal length, with their numbers."""
        return tables(self.group, self.z, self.trials["performance"].to_numpy(), shared=self.shared)


def placed(trials: pd.DataFrame, over: str) -> Placed:
    """Return where the trials of each learner and skill stand on the scale of practice, "trial" or "minutes"."""
    group = trials.groupby(KEYS, sort=True).ngroup().to_numpy()
    names = trials.groupby(KEYS, sort=True)[["better", "unit", "target"]].first().reset_index()
    if over == "trial":
        return Placed(trials, names, group, trials["trial"].to_numpy(float), np.ones(len(names)), shared=True)
    minutes = trials["minutes_total"].where(trials["minutes_total"] > 0).to_numpy()
    begin = pd.Series(minutes).groupby(group).min().to_numpy()
    return Placed(trials, names, group, minutes / begin[group] if len(group) else minutes, begin, shared=False)


def fitted(at: Placed, models: pd.Series, confidence: float) -> Iterator[tuple[NDArray[np.int64], Series, Inference]]:
    """Return, table by table and form by form, the numbers of the series, the series, and their fitted curves.

    Parameters
    ----------
    at : Placed
        The trials.
    models : Series
        The form of each series; NA for none.
    confidence : float
        Coverage of the intervals.
    """
    lower = at.names["better"].eq("lower").to_numpy()
    for numbers, series in at.series():
        named = models.to_numpy()[numbers]
        for form in FORMS:
            rows = np.flatnonzero(named == form)
            if rows.size:
                some = series.take(rows)
                times = lower[numbers[rows]] & (least(some) == 0.0)
                yield numbers[rows], some, inference(some, fit(some, form), confidence, times)


def models_of(at: Placed, curves: pd.DataFrame) -> pd.Series:
    """Return the form that a table of learning curves names for each series; NA for none."""
    named = curves.set_index(KEYS)["model"].astype(object)
    return named.reindex(pd.MultiIndex.from_frame(at.names[KEYS]))
