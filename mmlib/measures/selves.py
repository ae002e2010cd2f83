"""Selves: which of a person's selves the practice honours, and what it does to the mood."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import MMError, counted
from mmlib.log.derived import periods, weights
from mmlib.stats import diversity, intervals

BALANCE = {
    "learner": "str",
    "period": "datetime64[us]",
    "self": "str",
    "minutes": "float64",
    "sessions": "int64",
    "share": "float64",
    "evenness": "float64",
}
MOOD = {
    "before": "float64",
    "after": "float64",
    "estimate": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "reason": "str",
}


def balance(log: pd.DataFrame, *, freq: str = "MS") -> pd.DataFrame:
    """Return how the practice of each period is shared among the learner's selves.

    Evenness is the effective number of selves honoured in the period (Hill number of order 1) over the number
    of selves the learner has anywhere in the log: 1 when all get the same, 1/number when one gets everything.
    Shares are of minutes; a session of unknown length counts as the learner's median session.

    Parameters
    ----------
    log : DataFrame
        The log. A session without a self counts for "unnamed".
    freq : {"MS", "W"}, default "MS"
        Calendar month, or week (Monday to Sunday).

    Returns
    -------
    DataFrame
        learner, period (first day), self, minutes, sessions, share (0 to 1), evenness (0 to 1, the same on all
        rows of a period). Every self of the learner has a row in every period from the first to the last, with
        zeros where it was not honoured; share and evenness are NaN in a period without practice.

    Raises
    ------
    MMError
        For an unknown `freq`.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness. Ecology 54, 427-432.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "omelette"],
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02"]),
    ...     "minutes": [30, 30],
    ...     "self": ["the player", "the cook"],
    ... }))
    >>> balance(log)[["self", "minutes", "share", "evenness"]]
             self  minutes  share  evenness
    0    the cook     30.0    0.5       1.0
    1  the player     30.0    0.5       1.0
    """
    rows = pd.DataFrame(
        {
            "learner": log["learner"],
            "period": periods(log["start"], freq),
            "self": log["self"].fillna("unnamed"),
            "minutes": log["minutes"],
            "weight": weights(log),
        }
    )
    tables = [_one_balance(part, learner) for learner, part in rows.groupby("learner")]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(BALANCE))
    return table[list(BALANCE)].astype(BALANCE)


def _one_balance(rows: pd.DataFrame, learner: str) -> pd.DataFrame:
    """Return one learner's balance: every self in every period."""
    span = pd.period_range(rows["period"].min(), rows["period"].max())
    selves = sorted(rows["self"].unique())
    grid = pd.MultiIndex.from_product([span, selves], names=["period", "self"])
    groups = rows.groupby(["period", "self"])
    table = pd.DataFrame(index=grid)
    table["sessions"] = groups.size().reindex(grid, fill_value=0)
    table["minutes"] = groups["minutes"].sum(min_count=1).reindex(grid).mask(table["sessions"] == 0, 0.0)
    weight = groups["weight"].sum().reindex(grid, fill_value=0.0)
    in_period = weight.groupby(level="period")
    table["share"] = weight / in_period.transform("sum").replace(0.0, np.nan)
    effective = in_period.agg(lambda part: diversity.hill(part, 1))
    table["evenness"] = effective.reindex(grid.get_level_values("period")).to_numpy() / len(selves)
    table = table.reset_index().assign(learner=learner)
    table["period"] = table["period"].dt.start_time
    return table


def mood_lift(log: pd.DataFrame, *, by: str = "skill", confidence: float = 0.95) -> pd.DataFrame:
    """Return how the mood after practice compares with the mood before it.

    The mean of after minus before over the sessions that have both, with a t interval that allows for
    resemblance between neighbouring sessions. It is an association: a bad mood tends to pass without practice
    too, and what made the day good may have made room for the session.

    Parameters
    ----------
    log : DataFrame
        The log.
    by : {"skill", "self"}, default "skill"
        What to group by, besides the learner. A session without a self counts for "unnamed".
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        learner, the column of `by`, before, after (mean ratings 1 to 5 of the paired sessions), estimate (after
        minus before, in points), low, high, n (sessions with both ratings), reason (why limits are missing).

    Raises
    ------
    MMError
        For an unknown `by`.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]),
    ...     "mood_before": [3, 2, 3, 3],
    ...     "mood_after": [4, 4, 4, 3],
    ... }))
    >>> mood_lift(log)[["skill", "before", "after", "estimate", "low", "high", "n"]].round(2)
          skill  before  after  estimate  low  high  n
    0  juggling    2.75   3.75       1.0 -0.3   2.3  4
    """
    if by not in ("skill", "self"):
        raise MMError(f'by: found "{by}", expected "skill" or "self".')
    columns = {"learner": "str", by: "str", **MOOD}
    rows = log.sort_values("start", kind="stable")
    groups = rows.groupby(["learner", rows[by].fillna("unnamed")])
    found = [{"learner": learner, by: name, **_lift(part, confidence)} for (learner, name), part in groups]
    return pd.DataFrame(found, columns=list(columns)).astype(columns)


def _lift(rows: pd.DataFrame, confidence: float) -> dict[str, float | int | str]:
    """Return the paired difference of one group."""
    paired = rows[["mood_before", "mood_after"]].dropna()
    lift = paired["mood_after"] - paired["mood_before"]
    # Two ratings, each in whole steps.
    least_sd = intervals.RATING_SD * np.sqrt(2)
    estimate, low, high, n = intervals.mean_interval(lift, confidence, least_sd=least_sd)
    reason = ""
    if n < intervals.FEWEST:
        reason = f"{counted(n, 'session')} with the mood before and after: an interval needs at least 3"
    return {
        "before": paired["mood_before"].mean(),
        "after": paired["mood_after"].mean(),
        "estimate": estimate,
        "low": np.maximum(low, -4.0),
        "high": np.minimum(high, 4.0),
        "n": n,
        "reason": reason,
    }
