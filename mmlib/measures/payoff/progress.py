"""Progress: how performance in a period compares with the weeks before it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log.derived import through
from mmlib.measures.payoff.trials import KEYS, each_series, table_of, trials
from mmlib.stats import intervals

INTERVAL = {"estimate": "float64", "low": "float64", "high": "float64"}
PROGRESS = {
    **dict.fromkeys([*KEYS, "unit", "better"], "str"),
    "before": "float64",
    "now": "float64",
    "n_before": "int64",
    "n_now": "int64",
    **INTERVAL,
    "reason": "str",
}


def progress(
    log: pd.DataFrame,
    *,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp,
    before_days: int = 28,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return how performance in a period compares with the weeks before it.

    The difference of two means with Welch's interval, on the effective numbers of observations. It says whether
    performance rose, not why.

    Parameters
    ----------
    log : DataFrame
        The log.
    since, until : date or time
        The period; a date without a time as `until` means through the end of that day.
    before_days : int, default 28
        How many days before `since` it is compared with.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        One row per learner and skill practised in either: learner, skill, unit, better, before, now (mean
        performance), n_before, n_now (scored trials), estimate (positive = better), low, high, reason.

    References
    ----------
    Welch, B. L. (1947). The generalization of "Student's" problem. Biometrika 34, 28-35.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.date_range("2026-09-25", "2026-10-04", unit="us"),
    ...     "score": [10, 12, 11, 10, 11, 12, 15, 14, 16, 14],
    ... }))
    >>> progress(log, since="2026-10-01", until="2026-10-31")[["before", "now", "estimate", "low", "high"]].round(2)
       before    now  estimate   low  high
    0    11.0  14.75      3.75  2.27  5.23
    """
    first, last = pd.Timestamp(since).tz_localize(None), through(until)
    table = trials(log)
    table = table[(table["start"] >= first - pd.Timedelta(days=before_days)) & (table["start"] <= last)]
    rows = []
    for names, series in each_series(table):
        is_now = (series["start"] >= first).to_numpy()
        rows.append(names | {"unit": series["unit"].iloc[0]} | _difference(series, is_now, confidence))
    return table_of(rows, PROGRESS)


def _difference(series: pd.DataFrame, is_now: NDArray[np.bool_], confidence: float) -> dict[str, object]:
    """Return one skill's progress."""
    better = series["better"].iloc[0]
    performance = series["performance"].to_numpy()
    scored = ~np.isnan(performance)
    before, now = performance[scored & ~is_now], performance[scored & is_now]
    estimate, low, high, _ = intervals.difference_interval(before, now, confidence)
    if better == "lower":
        estimate, low, high = -estimate, -high, -low
    reason = ""
    for side, name in ((before, "before"), (now, "now")):
        if side.size < intervals.FEWEST and not reason:
            few = counted(side.size, "trial") if side.size else "no trial"
            reason = f"{few} with a score {name}: a comparison needs at least {intervals.FEWEST}"
    if not reason and np.isnan(low):
        reason = "the scores do not vary, so their noise cannot be told"
    return {
        "better": better,
        "before": before.mean() if before.size else np.nan,
        "now": now.mean() if now.size else np.nan,
        "n_before": before.size,
        "n_now": now.size,
        "estimate": estimate,
        "low": low,
        "high": high,
        "reason": reason,
    }
