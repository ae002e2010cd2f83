"""Performance: the score of a session or attempt, or the share of its repetitions that came off."""

from __future__ import annotations

import pandas as pd

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
    reps = log["reps"].astype("float64")
    rate = log["successes"].astype("float64") / reps.where(reps > 0)
    by_rate = _by_rate(log, rate)
    return pd.DataFrame(
        {
            "performance": log["score"].where(~by_rate, rate).astype("float64"),
            "better": log["better"].astype("str").fillna("higher").mask(by_rate, "higher"),
            "unit": log["unit"].astype("str").mask(by_rate, SUCCESS_RATE),
            "target": log["target"].astype("float64").mask(by_rate),
        }
    )


def _by_rate(log: pd.DataFrame, rate: pd.Series) -> pd.Series:
    """Return whether each row's skill has success rates but not a single score."""
    if not rate.notna().any():
        return pd.Series(False, index=log.index)
    values = pd.DataFrame({"score": log["score"], "rate": rate})
    known = values.groupby([log[key] for key in KEYS], sort=False).transform("count")
    return (known["score"] == 0) & (known["rate"] > 0)
