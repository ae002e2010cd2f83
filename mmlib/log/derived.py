"""What several measures derive from the log's rows in the same way: up to when, in which period, with what weight."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import MMError

DAY = pd.Timedelta(days=1)
TIME = "datetime64[us]"
PERIODS = {"MS": "M", "W": "W-SUN", "D": "D"}


def through(day: object) -> pd.Timestamp:
    """Return the last moment of a day, or the moment itself where a time is given.

    Examples
    --------
    >>> through("2026-10-31")
    Timestamp('2026-10-31 23:59:59.999999')
    """
    moment = pd.Timestamp(day).tz_localize(None).as_unit("us")
    return moment + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1) if moment == moment.normalize() else moment


def until(log: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Return the rows that start no later than `as_of`."""
    return log[log["start"] <= through(as_of)]


def periods(start: pd.Series, freq: str) -> pd.Series:
    """Return the calendar month ("MS"), week from Monday to Sunday ("W") or day ("D") of each start, as periods.

    Examples
    --------
    >>> periods(pd.to_datetime(pd.Series(["2026-10-31"])), "MS").iloc[0]
    Period('2026-10', 'M')
    """
    if freq not in PERIODS:
        raise MMError(f'freq: found "{freq}", expected one of {", ".join(PERIODS)}.')
    return start.dt.to_period(PERIODS[freq])


def weights(log: pd.DataFrame) -> pd.Series:
    """Return each session's minutes, the learner's median session where unknown, and 1 where none is known."""
    median = log.groupby("learner")["minutes"].transform("median")
    return log["minutes"].fillna(median).fillna(1.0).clip(lower=1e-9)


def practice_days(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the distinct calendar days with practice, sorted, with their keys."""
    days = rows[keys].assign(date=rows["start"].dt.normalize().astype(TIME))
    return days.drop_duplicates().sort_values([*keys, "date"], ignore_index=True)
