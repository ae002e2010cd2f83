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
