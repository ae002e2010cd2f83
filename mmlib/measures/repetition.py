"""Repetition: how often, how evenly and for how long each skill is practised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmlib.errors import MMError, did_you_mean
from mmlib.log.derived import periods, through, until

DAY = pd.Timedelta(days=1)
GROUPS = ("learner", "skill", "domain", "self", "part")
TIME = "datetime64[us]"


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


def streaks(log: pd.DataFrame, *, as_of: str | pd.Timestamp, by: str = "learner") -> pd.DataFrame:
    """Return the current and the longest run of consecutive days with practice.

    The current streak still counts when its last day is `as_of` or the day before: today's session may yet come.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The day from which to look back; later sessions are ignored.
    by : {"learner", "skill"}, default "learner"
        Streaks of any practice, or of each skill.

    Returns
    -------
    DataFrame
        learner, skill (only by="skill"), current_days, longest_days, longest_start, longest_end (the latest of
        equally long ones), days_practised, last_day, days_since (days from last_day to as_of).

    Raises
    ------
    MMError
        For an unknown `by`.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-07"]),
    ... }))
    >>> streaks(log, as_of="2026-10-08")[["current_days", "longest_days", "longest_end", "days_since"]]
       current_days  longest_days longest_end  days_since
    0             1             3  2026-10-03           1
    """
    if by not in ("learner", "skill"):
        raise MMError(f'by: found "{by}", expected "learner" or "skill".')
    keys = ["learner"] if by == "learner" else ["learner", "skill"]
    days = _practice_days(until(log, as_of), keys)
    days["run"] = (days.groupby(keys)["date"].diff() != DAY).cumsum()
    runs = days.groupby([*keys, "run"])["date"].agg(["size", "min", "max"]).reset_index()
    last = runs.groupby(keys).tail(1).set_index(keys)
    longest = runs.sort_values([*keys, "size", "run"]).groupby(keys).tail(1).set_index(keys)
    days_since = (through(as_of).normalize() - last["max"]).dt.days
    table = pd.DataFrame(
        {
            "current_days": last["size"].where(days_since <= 1, 0),
            "longest_days": longest["size"],
            "longest_start": longest["min"],
            "longest_end": longest["max"],
            "days_practised": days.groupby(keys)["date"].size(),
            "last_day": last["max"],
            "days_since": days_since,
        }
    ).reset_index()
    whole = ["current_days", "longest_days", "days_practised", "days_since"]
    return table.astype(dict.fromkeys(whole, "int64"))


def spacing(log: pd.DataFrame) -> pd.DataFrame:
    """Return the inter-session intervals of each skill.

    Parameters
    ----------
    log : DataFrame
        The log.

    Returns
    -------
    DataFrame
        learner, skill, start, gap_days: days (with fractions) since the start of the session before; NaN for
        the first. Sorted by learner, skill, start.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 3,
    ...     "start": pd.to_datetime(["2026-10-01 08:00", "2026-10-01 20:00", "2026-10-04 20:00"]),
    ... }))
    >>> spacing(log)["gap_days"].tolist()
    [nan, 0.5, 3.0]
    """
    table = log[["learner", "skill", "start"]].sort_values(["learner", "skill", "start"], ignore_index=True)
    table["gap_days"] = table.groupby(["learner", "skill"])["start"].diff() / DAY
    return table.astype({"gap_days": "float64"})


def rhythm(log: pd.DataFrame, *, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Return each skill's rhythm: its span, how long it has rested, and the median gap between practice days.

    Gaps are counted between calendar days with practice, so several sessions or attempts on one day count once.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The day from which to look back; later sessions are ignored.

    Returns
    -------
    DataFrame
        learner, skill, sessions, first_day, last_day, days_since (from last_day to as_of), median_gap_days
        (1 for daily practice; NaN with fewer than 3 practice days).

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-08"]),
    ... }))
    >>> rhythm(log, as_of="2026-10-10")[["sessions", "days_since", "median_gap_days"]]
       sessions  days_since  median_gap_days
    0         4           2              3.0
    """
    keys = ["learner", "skill"]
    rows = until(log, as_of)
    days = _practice_days(rows, keys)
    days["gap_days"] = days.groupby(keys)["date"].diff() / DAY
    groups = days.groupby(keys)
    table = groups["date"].agg(first_day="min", last_day="max")
    table.insert(0, "sessions", rows.groupby(keys).size())
    table["days_since"] = (through(as_of).normalize() - table["last_day"]).dt.days
    table["median_gap_days"] = groups["gap_days"].median().where(groups.size() >= 3)
    return table.reset_index().astype({"sessions": "int64", "days_since": "int64", "median_gap_days": "float64"})


def load(log: pd.DataFrame, *, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Return the recent load of each skill beside what went before, and how narrow the practice is.

    Acute load is the minutes of the last 7 days; chronic load the minutes per week in the 28 days before those
    7. The two do not overlap (uncoupled), so that their ratio is not a number divided by part of itself. The
    ratio describes a change of habit; it is no forecast of injury.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The last day of the 7; later sessions are ignored.

    Returns
    -------
    DataFrame
        learner, skill (every one practised so far), acute_minutes, chronic_minutes (per week), ratio (NaN
        without chronic load), share (0 to 1, of the learner's minutes in the last 28 days), sessions (in the
        last 28 days), varied_share (0 to 1, of those sessions with a variation; NaN for a learner who never
        recorded one). Minutes are NaN for a skill
        whose sessions in these 35 days are all of unknown length.

    References
    ----------
    Windt, J. & Gabbett, T. J. (2019). Is it all for naught? What does mathematical coupling mean for
    acute:chronic workload ratios? British Journal of Sports Medicine 53, 988-990.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["guitar", "guitar", "juggling"],
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-30", "2026-10-30"]),
    ...     "minutes": [80, 60, 20],
    ... }))
    >>> load(log, as_of="2026-10-31")[["skill", "acute_minutes", "chronic_minutes", "ratio", "share"]]
          skill  acute_minutes  chronic_minutes  ratio  share
    0    guitar           60.0             20.0    3.0   0.75
    1  juggling           20.0              0.0    NaN   0.25
    """
    keys = ["learner", "skill"]
    rows = until(log, as_of)
    days_ago = (through(as_of).normalize() - rows["start"].dt.normalize()) / DAY
    last_28 = rows[days_ago < 28]
    known = rows[days_ago < 35].groupby(keys)["minutes"].count()
    table = pd.DataFrame(index=rows.groupby(keys).size().index)
    silent = known.reindex(table.index).eq(0)

    def minutes(part: pd.DataFrame) -> pd.Series:
        return part.groupby(keys)["minutes"].sum().reindex(table.index).fillna(0.0).mask(silent)

    table["acute_minutes"] = minutes(rows[days_ago < 7])
    table["chronic_minutes"] = minutes(rows[(days_ago >= 7) & (days_ago < 35)]) / 4
    table["ratio"] = table["acute_minutes"] / table["chronic_minutes"].replace(0.0, np.nan)
    recent = minutes(last_28)
    table["share"] = recent / recent.groupby("learner").transform("sum").replace(0.0, np.nan)
    sessions = last_28.groupby(keys)["variation"].agg(["size", "count"]).reindex(table.index)
    table["sessions"] = sessions["size"].fillna(0).astype("int64")
    varies = rows.groupby("learner")["variation"].count().reindex(table.index.get_level_values("learner")) > 0
    table["varied_share"] = (sessions["count"] / sessions["size"]).where(varies.to_numpy())
    floats = ["acute_minutes", "chronic_minutes", "ratio", "share", "varied_share"]
    return table.reset_index().astype(dict.fromkeys(floats, "float64"))


def _practice_days(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the distinct calendar days with practice, sorted, with their keys."""
    days = rows[keys].assign(date=rows["start"].dt.normalize().astype(TIME))
    return days.drop_duplicates().sort_values([*keys, "date"], ignore_index=True)
