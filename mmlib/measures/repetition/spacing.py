"""Spacing: streaks, gaps and rhythm."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import MMError
from mmlib.log.derived import DAY, practice_days, through, until


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
    days = practice_days(until(log, as_of), keys)
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
    days = practice_days(rows, keys)
    days["gap_days"] = days.groupby(keys)["date"].diff() / DAY
    groups = days.groupby(keys)
    table = groups["date"].agg(first_day="min", last_day="max")
    table.insert(0, "sessions", rows.groupby(keys).size())
    table["days_since"] = (through(as_of).normalize() - table["last_day"]).dt.days
    table["median_gap_days"] = groups["gap_days"].median().where(groups.size() >= 3)
    return table.reset_index().astype({"sessions": "int64", "days_since": "int64", "median_gap_days": "float64"})
