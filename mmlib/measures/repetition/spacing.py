"""Spacing: streaks and gaps."""

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
