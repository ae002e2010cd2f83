"""The curves that a table of learning curves names, fitted again to their log with all that follows from them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.measures.payoff.trials import KEYS, Placed
from mmlib.stats.curves import fit
from mmlib.stats.forms import FORMS
from mmlib.stats.inference import Inference, inference
from mmlib.stats.learning import least
from mmlib.stats.series import Series


def fitted(at: Placed, models: NDArray, confidence: float) -> Iterator[tuple[NDArray[np.int64], Series, Inference]]:
    """Return, table by table and form by form, the numbers of the series, the series, and their fitted curves.

    Parameters
    ----------
    at : Placed
        The trials.
    models : ndarray of object
        The form of each series; NaN for none.
    confidence : float
        Coverage of the intervals.
    """
    lower = at.names["better"].eq("lower").to_numpy()
    for numbers, series in at.series():
        named = models[numbers]
        for form in FORMS:
            rows = np.flatnonzero(named == form)
            if rows.size:
                some = series.take(rows)
                times = lower[numbers[rows]] & (least(some) == 0.0)
                yield numbers[rows], some, inference(some, fit(some, form), confidence, times)


def models_of(at: Placed, curves: pd.DataFrame) -> NDArray:
    """Return the form that a table of learning curves names for each series; NaN for none."""
    named = dict(zip(keys_of(curves), curves["model"], strict=True))
    return np.array([named.get(key, np.nan) for key in keys_of(at.names)], dtype=object)


def keys_of(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the learner and skill of each row."""
    return list(zip(*(table[key] for key in KEYS), strict=True))
