"""The week: on which weekday, and at which hour, practice happens."""

from __future__ import annotations

import pandas as pd

KEYS = ["learner", "skill"]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def week(log: pd.DataFrame) -> pd.DataFrame:
    """Return how much each skill was practised on each weekday at each hour.

    Counted by the start of the session, on the learner's own clock. A start at exactly 00:00 is taken for a date
    without a time of day.

    Parameters
    ----------
    log : DataFrame
        The log.

    Returns
    -------
    DataFrame
        learner, skill, weekday (Monday to Sunday, in this order), hour (0 to 23; NA where the time of day is not
        known), sessions, minutes (NaN where no session has a known length). Hours without a session have no row.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> starts = pd.to_datetime(["2026-10-01 18:05", "2026-10-08 18:40", "2026-10-10 00:00"])
    >>> log = check_log(pd.DataFrame({"skill": "choir", "start": starts, "minutes": [60, 90, 30]}))
    >>> week(log)[["weekday", "hour", "sessions", "minutes"]]
        weekday  hour  sessions  minutes
    0  Thursday    18         2    150.0
    1  Saturday  <NA>         1     30.0
    """
    start = log["start"]
    dated_only = start == start.dt.normalize()
    rows = log[[*KEYS, "minutes"]].assign(
        weekday=start.dt.day_of_week, hour=start.dt.hour.astype("Int64").mask(dated_only)
    )
    groups = rows.groupby([*KEYS, "weekday", "hour"], dropna=False)["minutes"]
    table = pd.DataFrame({"sessions": groups.size(), "minutes": groups.sum(min_count=1)}).reset_index()
    table["weekday"] = table["weekday"].map(dict(enumerate(WEEKDAYS)))
    types = {"weekday": "str", "hour": "Int64", "sessions": "int64", "minutes": "float64"}
    return table.astype(types)
