"""Performance: the score of a session or attempt, or the share of its repetitions that came off."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

KEYS = ["learner", "skill"]
SUCCESS_RATE = "success rate"


def performance(log: pd.DataFrame) -> pd.DataFrame:
    """Return each row's performance, and what is better, in which unit and with which target.

    Performance is the score; in a skill without a single score it is successes/reps, whose unit is "success rate" and
    for which higher is better. Where a card does not say, higher is better.

    Parameters
    ----------
    log : DataFrame
        The log.

    Returns
    -------
    DataFrame
        performance, better, unit, target, with the log's index.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "card trick", "start": pd.to_datetime(["2026-10-01"]), "reps": 8, "successes": 6
    ... }))
    >>> performance(log)[["performance", "better", "unit"]]
       performance  better          unit
    0         0.75  higher  success rate
    """
    log = log.reindex(columns=[*KEYS, "reps", "successes", "score", "better", "unit", "target"])
    score, reps = (log[name].to_numpy("float64", na_value=np.nan) for name in ("score", "reps"))
    rate = log["successes"].to_numpy("float64", na_value=np.nan) / np.where(reps > 0, reps, np.nan)
    by_rate = _by_rate(log, score, rate)
    better, unit = log["better"].astype("str").fillna("higher"), log["unit"].astype("str")
    if by_rate.any():
        better, unit = better.mask(by_rate, "higher"), unit.mask(by_rate, SUCCESS_RATE)
    target = log["target"].to_numpy("float64", na_value=np.nan)
    return pd.DataFrame({
        "performance": np.where(by_rate, rate, score), "better": better, "unit": unit,
        "target": np.where(by_rate, np.nan, target),
    }, index=log.index)  # fmt: skip


def _by_rate(log: pd.DataFrame, score: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each row's skill has success rates but not a single score."""
    scored, rated = ~np.isnan(score), ~np.isnan(rate)
    if not rated.any():
        return np.zeros(len(log), dtype=bool)
    skill, found = log.groupby(KEYS, sort=False).ngroup().to_numpy(), np.zeros((2, len(log)), dtype=bool)
    found[0, skill[scored]], found[1, skill[rated]] = True, True
    return ~found[0, skill] & found[1, skill]
