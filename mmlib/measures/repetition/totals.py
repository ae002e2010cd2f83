"""Totals: how much was practised."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mmlib.errors import MMError, did_you_mean
from mmlib.log.derived import TIME, periods, through, until

GROUPS = ("learner", "skill", "domain", "self", "part")


def totals(log: pd.DataFrame, *, by: str | Sequence[str] = "skill", freq: str | None = None) -> pd.DataFrame:
    """Return how much was practised: sessions, days, minutes, repetitions and successes.

    Sums over the rows of each group. Unknown values add nothing, and a sum of unknown values only is NA, not
    zero. A session counts for the day and period in which it starts.

    Parameters
    ----------
    log : DataFrame
        The log.
    by : {"skill", "domain", "self", "part", "learner"} or list of these, default "skill"
        What to group by, besides the learner.
    freq : {"MS", "W", "D"}, optional
        Also by calendar month, week (Monday to Sunday) or day.

    Returns
    -------
    DataFrame
        learner, the columns of `by`, period (its first day; only with `freq`), sessions, days (calendar days
        with a session), minutes, reps, successes. Periods without practice have no row.

    Raises
    ------
    MMError
        For an unknown `by` or `freq`.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "juggling", "omelette"],
    ...     "start": pd.to_datetime(["2026-10-01 08:00", "2026-10-01 19:00", "2026-10-02 12:00"]),
    ...     "minutes": [10, 20, None],
    ... }))
    >>> totals(log)[["skill", "sessions", "days", "minutes"]]
          skill  sessions  days  minutes
    0  juggling         2     1     30.0
    1  omelette         1     1      NaN
    """
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in GROUPS:
            raise MMError(f'by: found "{name}", expected one of {", ".join(GROUPS)}. {did_you_mean(name, GROUPS)}')
    keys = list(dict.fromkeys(["learner", *names]))
    rows = log.reindex(columns=list(dict.fromkeys([*keys, "start", "minutes", "reps", "successes"])))
    rows[keys] = rows[keys].astype("str").fillna("unknown")
    rows["day"] = rows["start"].dt.normalize()
    if freq is not None:
        rows["period"] = periods(rows["start"], freq).dt.start_time.astype(TIME)
        keys = [*keys, "period"]
    groups = rows.groupby(keys, sort=True)
    table = groups.agg(sessions=("start", "size"), days=("day", "nunique"))
    for name in ("minutes", "reps", "successes"):
        table[name] = groups[name].sum(min_count=1)
    types = {"sessions": "int64", "days": "int64", "minutes": "float64", "reps": "Int64", "successes": "Int64"}
    return table.reset_index().astype(types)


def daily(log: pd.DataFrame, *, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """Return sessions and minutes of every calendar day, days without practice included.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time, optional
        The last day; without it, each learner's last day with a session.

    Returns
    -------
    DataFrame
        learner, date, sessions, minutes: one row per learner and day from the first session on. Minutes are 0
        on a day without practice, and NaN on a day whose sessions have no known length.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "juggling"],
    ...     "start": pd.to_datetime(["2026-10-01 08:00", "2026-10-03 19:00"]),
    ...     "minutes": [10, 20],
    ... }))
    >>> daily(log)[["date", "sessions", "minutes"]]
            date  sessions  minutes
    0 2026-10-01         1     10.0
    1 2026-10-02         0      0.0
    2 2026-10-03         1     20.0
    """
    rows = log[["learner", "start", "minutes"]] if as_of is None else until(log, as_of)
    rows = rows.assign(date=rows["start"].dt.normalize().astype(TIME))
    groups = rows.groupby(["learner", "date"])["minutes"]
    known = pd.DataFrame({"sessions": groups.size(), "minutes": groups.sum(min_count=1)})
    first_last = rows.groupby("learner")["date"].agg(["min", "max"])
    if as_of is not None:
        first_last["max"] = through(as_of).normalize()
    spans = [
        pd.DataFrame({"learner": learner, "date": pd.date_range(first, last, unit="us")})
        for learner, first, last in first_last.itertuples()
    ]
    empty = pd.DataFrame({"learner": pd.Series(dtype="str"), "date": pd.Series(dtype=TIME)})
    table = (pd.concat(spans, ignore_index=True) if spans else empty).join(known, on=["learner", "date"])
    idle = table["sessions"].isna()
    table["minutes"] = table["minutes"].mask(idle, 0.0)
    table["sessions"] = table["sessions"].fillna(0)
    return table.astype({"learner": "str", "sessions": "int64", "minutes": "float64"})
