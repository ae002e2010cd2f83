"""Habit: how strong the habit of practising each skill is, day by day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import MMError
from mmlib.log.derived import TIME, practice_days, through, until

KEYS = ["learner", "skill"]
HALF_LIFE_DAYS = 13
WINDOW_DAYS = 14


def habit(log: pd.DataFrame, *, as_of: str | pd.Timestamp, per_week: float = 7) -> pd.DataFrame:
    """Return how strong the habit of practising each skill is, on every day since its first session.

    The score of the Loop Habit Tracker: s ← s·m + (1 - m)·x each day, from 0, with m = 0.5^(√f / 13). For a daily
    habit f = 1, and x is 1 on a day with a session, else 0: each day without practice takes 5.2 % off the strength,
    13 of them in a row a half. For a habit of fewer days a week f = per_week / 7, and x is the number of days with
    a session in the last 14, divided by the 2·per_week intended, at most 1.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The last day; later sessions are ignored.
    per_week : float, default 7
        On how many days a week each skill is meant to be practised: more than 0, at most 7.

    Returns
    -------
    DataFrame
        learner, skill, date (every day from the skill's first session to `as_of`), sessions (on that day), strength
        (0 to 1, at the end of that day). It describes what was done; it is not estimated, and has no interval.

    Raises
    ------
    MMError
        For a `per_week` that is not more than 0 and at most 7.

    References
    ----------
    Santos Xavier, Á. Loop Habit Tracker, https://github.com/iSoron/uhabits: models/Score.kt and ScoreList.kt.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> days = pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-04"])
    >>> log = check_log(pd.DataFrame({"skill": "juggling", "start": days}))
    >>> habit(log, as_of="2026-10-05")["strength"].round(4).tolist()
    [0.0519, 0.1011, 0.0959, 0.1428, 0.1354]
    """
    if not 0 < per_week <= 7:
        raise MMError(f"per_week: found {per_week:g}, expected a number of days a week: more than 0 and at most 7.")
    rows = until(log, as_of)
    sessions = rows.assign(date=rows["start"].dt.normalize().astype(TIME)).groupby([*KEYS, "date"]).size()
    table = _calendar(rows, through(as_of).normalize()).join(sessions.rename("sessions"), on=[*KEYS, "date"])
    table["sessions"] = table["sessions"].fillna(0).astype("int64")
    kept = table[KEYS].assign(kept=(table["sessions"] > 0).astype("float64"))
    if per_week < 7:
        recent = kept.groupby(KEYS)["kept"].rolling(WINDOW_DAYS, min_periods=1).sum().round()
        kept["kept"] = np.minimum(recent.to_numpy() / (2 * per_week), 1.0)
    fade = 0.5 ** (np.sqrt(per_week / 7) / HALF_LIFE_DAYS)
    # On the day before the first the strength is 0; from there on each row is s·m + (1 - m)·x.
    table["strength"] = kept.groupby(KEYS)["kept"].ewm(alpha=1 - fade, adjust=False).mean().to_numpy()
    return table[table.groupby(KEYS).cumcount() > 0].reset_index(drop=True)


def _calendar(rows: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """Return a row for each skill and day, from the day before its first session."""
    first = practice_days(rows, KEYS).drop_duplicates(KEYS)
    length = (last - first["date"]).dt.days + 2
    table = first.loc[first.index.repeat(length)].reset_index(drop=True)
    later = pd.to_timedelta(table.groupby(KEYS).cumcount() - 1, unit="D")
    return table.assign(date=(table["date"] + later).astype(TIME))
