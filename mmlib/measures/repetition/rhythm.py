"""Rhythm: how evenly each skill is practised, at what time, and whether it is falling asleep."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import MMError
from mmlib.log.derived import DAY, practice_days, through, until
from mmlib.measures.repetition.week import WEEKDAYS
from mmlib.stats.timing import burstiness, hour_angle, mean_hour, peak_chance

KEYS = ["learner", "skill"]
FEWEST_DAYS = 3  # a median gap needs two gaps
FEWEST_BURSTY = 6  # burstiness needs five
FEWEST_HOURS = 6
CONCENTRATED = 0.7  # about two thirds of the sessions begin within 3.2 hours of the usual hour
OFTEN = 1 / 3
CHANCE = 0.05
TYPICAL_GAPS = 3
LEAST_REST_DAYS = 7


def rhythm(log: pd.DataFrame, *, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Return each skill's rhythm: its span, its typical gap, how evenly it is practised, and when in the week.

    Gaps are counted between calendar days with practice, so several sessions or attempts on one day count once.
    Burstiness is (σ - μ)/(σ + μ) of these gaps, corrected for their number n: with r = σ/μ it is
    (√(n+1)·r - √(n-1)) / ((√(n+1) - 2)·r + √(n-1)). The usual hour is the circular mean of the starts, so that
    23:30 and 00:30 average to midnight; a day's starts within one hour of the clock count once.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The day from which to look back; later sessions are ignored.

    Returns
    -------
    DataFrame
        learner, skill, sessions, days (with practice), first_day, last_day, days_since (from last_day to as_of),
        median_gap_days (1 for daily practice; NaN with fewer than 3 practice days), burstiness (-1 for gaps all the
        same, 0 as by chance, up to 1 for bursts with long pauses between; NaN with fewer than 6 practice days),
        usual_weekday (name of the day that has at least a third of the practice days, and more than chance allows;
        else NA), usual_hour (0 to 24, where two thirds of the starts lie within about three hours of it: mean
        resultant length at least 0.7 for at least 6 starts; else NaN. Starts at exactly 00:00 have no known hour),
        reason (why there is no burstiness).

    References
    ----------
    Goh, K.-I. & Barabási, A.-L. (2008). Burstiness and memory in complex systems. EPL 81, 48002.
    Kim, E.-K. & Jo, H.-H. (2016). Measuring burstiness for finite event sequences. Physical Review E 94, 032311.
    Mardia, K. V. & Jupp, P. E. (2000). Directional statistics. Wiley.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> weekly = pd.date_range("2026-09-03 19:30", periods=8, freq="7D")
    >>> log = check_log(pd.DataFrame({"skill": "choir", "start": weekly}))
    >>> rhythm(log, as_of="2026-10-25")[["median_gap_days", "burstiness", "usual_weekday", "usual_hour"]]
       median_gap_days  burstiness usual_weekday  usual_hour
    0              7.0        -1.0      Thursday        19.5
    """
    rows = until(log[[*KEYS, "start"]], as_of)
    # Numbers are sorted and grouped much faster than two names.
    rows = rows.assign(series=rows.groupby(KEYS).ngroup()).sort_values(["series", "start"])
    days = practice_days(rows, ["series"])
    days["gap_days"] = days.groupby("series")["date"].diff() / DAY
    groups = days.groupby("series")
    table = groups["date"].agg(days="size", first_day="min", last_day="max")
    table.insert(0, "sessions", rows.groupby("series").size())
    table["days_since"] = (through(as_of).normalize() - table["last_day"]).dt.days
    gaps = groups["gap_days"]
    table["median_gap_days"] = gaps.median().where(table["days"] >= FEWEST_DAYS)
    bursty = burstiness(gaps.mean(), gaps.std(ddof=0), table["days"] - 1)
    enough = table["days"] >= FEWEST_BURSTY
    table["burstiness"] = pd.Series(bursty, index=table.index).where(enough)
    table["usual_weekday"] = _usual_weekday(days).reindex(table.index)
    table["usual_hour"] = _usual_hour(rows).reindex(table.index)
    table["reason"] = np.where(enough, "", f"fewer than {FEWEST_BURSTY} practice days")
    whole, floats = ["sessions", "days", "days_since"], ["median_gap_days", "burstiness", "usual_hour"]
    types = dict.fromkeys(whole, "int64") | dict.fromkeys(floats, "float64")
    names = rows.drop_duplicates("series").set_index("series")
    for place, key in enumerate(KEYS):
        table.insert(place, key, names[key].reindex(table.index))
    return table.reset_index(drop=True).astype(types | {"usual_weekday": "str", "reason": "str"})


def _usual_weekday(days: pd.DataFrame) -> pd.Series:
    counts = days[["series"]].assign(weekday=days["date"].dt.day_of_week).value_counts(sort=False).reset_index()
    of_skill = counts.groupby("series")["count"]
    counts["n"], most = of_skill.transform("sum"), counts["count"] == of_skill.transform("max")
    often = counts["count"] >= OFTEN * counts["n"]
    usual = counts[often & most & (peak_chance(counts["count"], counts["n"], 7) < CHANCE)]
    # Two equally frequent days: there is no usual one.
    return usual.drop_duplicates("series", keep=False).set_index("series")["weekday"].map(dict(enumerate(WEEKDAYS)))


def _usual_hour(rows: pd.DataFrame) -> pd.Series:
    """Return each skill's usual hour, of rows in order."""
    timed = rows[rows["start"] != rows["start"].dt.normalize()]
    timed = timed[~timed[["series"]].assign(hour=timed["start"].dt.floor("h")).duplicated()]
    angle = hour_angle(_hour(timed["start"]))
    groups = timed[["series"]].assign(x=angle.real, y=angle.imag).groupby("series")
    means = groups[["x", "y"]].mean()
    usual, length = mean_hour(means["x"].to_numpy() + 1j * means["y"].to_numpy())
    found = pd.Series(usual, index=means.index, dtype="float64")
    return found.where((length >= CONCENTRATED) & (groups.size() >= FEWEST_HOURS))


def _hour(start: pd.Series) -> pd.Series:
    return (start - start.dt.normalize()) / pd.Timedelta(hours=1)


def rest(log: pd.DataFrame, *, as_of: str | pd.Timestamp, quit_after_days: int = 28) -> pd.DataFrame:
    """Return how long each skill has rested, beside its typical gap, and whether it is falling asleep.

    A skill is quit when more than `quit_after_days` have passed since its last practice day, as in `survival`. It is
    falling asleep when more than a week has passed and more than 3 of its typical gaps (median days between practice
    days); where the typical gap is not known, the week decides. Otherwise it is awake.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The day from which to look back; later sessions are ignored.
    quit_after_days : int, default 28
        After how many days without a session a skill counts as quit.

    Returns
    -------
    DataFrame
        learner, skill, sessions, last_day, days_since (from last_day to as_of), median_gap_days, gaps_rested (the
        one divided by the other), state ("awake", "falling asleep" or "quit"), reason (why the typical gap is not
        known).

    Raises
    ------
    MMError
        For a `quit_after_days` below 1.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> days = pd.to_datetime(["2026-10-01", "2026-10-03", "2026-10-05", "2026-10-19", "2026-09-01"])
    >>> log = check_log(pd.DataFrame({"skill": ["origami"] * 3 + ["juggling", "omelette"], "start": days}))
    >>> rest(log, as_of="2026-10-20")[["skill", "days_since", "median_gap_days", "state"]]
          skill  days_since  median_gap_days           state
    0  juggling           1              NaN           awake
    1  omelette          49              NaN            quit
    2   origami          15              2.0  falling asleep
    """
    if quit_after_days < 1:
        raise MMError(f"quit_after_days: found {quit_after_days}, expected a number of days, 1 or more.")
    known = rhythm(log, as_of=as_of)
    table = known[[*KEYS, "sessions", "last_day", "days_since", "median_gap_days"]].copy()
    gap, since = table["median_gap_days"], table["days_since"]
    table["gaps_rested"] = since / gap
    sleepy = (since > LEAST_REST_DAYS) & ~(since <= TYPICAL_GAPS * gap)
    table["state"] = np.select([since > quit_after_days, sleepy], ["quit", "falling asleep"], "awake")
    table["reason"] = np.where(gap.isna(), f"fewer than {FEWEST_DAYS} practice days", "")
    return table.astype({"state": "str", "reason": "str"})
