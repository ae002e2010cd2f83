"""Forecast: when the curve reaches the card's target, at the learner's own pace."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log.derived import through, until
from mmlib.measures.payoff.fitted import fitted, models_of
from mmlib.measures.payoff.trials import KEYS, Placed, placed, trials
from mmlib.stats.learning import least, short
from mmlib.stats.reach import HORIZON, reach

DAY = pd.Timedelta(days=1)
PACE_DAYS = 28
LONGEST_YEARS = 5
"""A date further ahead is no forecast."""

ENDS = ("", "_low", "_high")
FORECAST = {
    **dict.fromkeys([*KEYS, "unit", "better"], "str"),
    **dict.fromkeys(["target", "now"], "float64"),
    "state": "str",
    **dict.fromkeys([f"{name}{end}" for name in ("trials", "hours") for end in ENDS], "float64"),
    **{f"date{end}": "datetime64[us]" for end in ENDS},
    "n": "int64",
    **dict.fromkeys(["trials_per_week", "minutes_per_trial"], "float64"),
    "reason": "str",
}
CURVE = ("now", *(f"{name}{end}" for name in ("amount", "level") for end in ENDS))


def forecast(
    log: pd.DataFrame, curves: pd.DataFrame, *, as_of: str | pd.Timestamp, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many trials, hours and days it takes until each skill's target is reached on its curve.

    The target is reached where the mean of the curve reaches it; the interval holds every trial at which the
    band around that mean holds the target. Hours and dates follow at the learner's own pace of the last 28 days (since
    the first trial, but at least a week, where that is less), which is taken as it is: a change of pace is not in
    the interval, nor is the doubt about the form.

    Parameters
    ----------
    log : DataFrame
        The log, with targets from the cards.
    curves : DataFrame
        What `learning_curves` returned for it: only identified curves are extended.
    as_of : date or time
        The day from which to look ahead; later sessions are ignored.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per learner and skill with a target: learner, skill, unit, better, target, now (the curve's mean at the
        last trial, in the unit), state ("reached"; "on the way"; "open": the target is beyond the asymptote but within
        its interval; "not reachable" on this curve; "unknown"), trials (more, from the last one on; NaN unless reached
        or on the way), hours, date, each with _low and _high (inf or NaT: no upper limit; NaT also for a date more
        than five years ahead), n (scored trials), trials_per_week and minutes_per_trial (of the last 28 days), reason.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> from mmlib.measures.payoff.curves import learning_curves
    >>> trial = np.arange(40)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.Timestamp("2026-10-01") + pd.to_timedelta(trial, unit="D"),
    ...     "minutes": 15,
    ...     "score": 50 - 40 * np.exp(-0.05 * trial) + np.sin(9 * trial),
    ... })).assign(target=47.0)
    >>> found = forecast(log, learning_curves(log), as_of="2026-11-09")
    >>> found[["state", "trials", "trials_low", "trials_high", "hours"]].round(0)
            state  trials  trials_low  trials_high  hours
    0  on the way    14.0         9.0         24.0    3.0
    """
    over = str(curves["over"].iloc[0]) if len(curves) else "trial"
    table = trials(until(log, as_of))
    at = placed(table[table["target"].notna()].reset_index(drop=True), over)
    told = curves.set_index(KEYS)[["identified", "reason"]].reindex(pd.MultiIndex.from_frame(at.names[KEYS]))
    told = told.astype(object).fillna({"identified": False, "reason": "no curve of this skill"}).reset_index(drop=True)
    models = models_of(at, curves)
    found = pd.concat([_pace(at, through(as_of)), _curve(at, models, confidence), told], axis=1)
    found["flat"] = models == "flat"
    found["state"] = _state(found)
    _extend(found, through(as_of), over)
    found["reason"] = [_reason(row) for row in found.to_dict("records")]
    return found[list(FORECAST)].astype(FORECAST)


def _pace(at: Placed, now: pd.Timestamp) -> pd.DataFrame:
    """Return one row per series with its scored trials, trials per week and minutes per trial."""
    table = at.names.copy()
    groups = at.trials.groupby(at.group)
    table["n"] = groups["performance"].count()
    days = (now.normalize() - at.trials["start"].dt.normalize()) / DAY
    recent = at.trials.index[days < PACE_DAYS]
    weeks = (days.groupby(at.group).max() + 1).clip(7, PACE_DAYS) / 7
    table["trials_per_week"] = days[recent].groupby(at.group[recent]).size() / weeks
    minutes = groups["minutes_total"].diff().fillna(at.trials["minutes_total"])
    spent = minutes.where(minutes > 0)[recent]
    table["minutes_per_trial"] = spent.groupby(at.group[recent]).mean()
    return table


def _curve(at: Placed, models: NDArray, confidence: float) -> pd.DataFrame:
    """Return one row per series with its mean now, the amount of practice that the target takes, and its asymptote."""
    found = np.full((len(at.names), len(CURVE)), np.nan)
    higher = at.names["better"].ne("lower").to_numpy()
    last = pd.Series(at.z).groupby(at.group).max().to_numpy(float)
    target = at.names["target"].to_numpy(float)
    for numbers, series, around in fitted(at, models, confidence):
        since = np.maximum(last[numbers], around.last)
        now = around.band(since[:, None])[0][:, 0]
        ends = [(z - since) * at.begin[numbers] for z in reach(around, target[numbers], higher[numbers], since=since)]
        level, half = around.fits.level, around.half(0)
        found[numbers] = np.column_stack([now, *ends, level, np.maximum(level - half, least(series)), level + half])
    return pd.DataFrame(found, columns=list(CURVE))


def _state(found: pd.DataFrame) -> NDArray:
    """Return how each skill stands to its target."""
    sign = np.where(found["better"].eq("lower"), -1.0, 1.0)
    best = found["level_high"].where(sign > 0, found["level_low"])
    cases = {
        "unknown": found["now"].isna(),
        "reached": sign * (found["target"] - found["now"]) <= 0,
        "unidentified": ~(found["identified"].astype(bool) | found["flat"]),
        "on the way": np.isfinite(found["amount"]),
        "open": sign * (found["target"] - best) <= 0,
    }
    found = np.select(list(cases.values()), list(cases), "not reachable")
    return np.where(found == "unidentified", "unknown", found)


def _extend(found: pd.DataFrame, now: pd.Timestamp, over: str) -> None:
    """Write trials, hours and dates where the state allows."""
    shown = found["state"].isin(["reached", "on the way", "open"])
    per_trial, per_day = found["minutes_per_trial"].to_numpy(), found["trials_per_week"].to_numpy() / 7
    today = now.normalize()
    longest = (today + pd.DateOffset(years=LONGEST_YEARS) - today) / DAY
    for end in ENDS:
        more = found[f"amount{end}"].where(shown).clip(lower=0.0)
        if end == "":
            more = more.mask(found["state"].eq("reached"), 0.0).mask(found["state"].eq("open"))
        more, none = more.to_numpy(), more.eq(0).to_numpy()
        count = more if over == "trial" else np.where(none, 0.0, more / per_trial)
        minutes = more if over == "minutes" else np.where(none, 0.0, more * per_trial)
        days = np.where(none, 0.0, np.where(np.isfinite(count), count, np.nan) / per_day)
        found[f"trials{end}"], found[f"hours{end}"] = np.ceil(count), minutes / 60
        ahead = pd.to_timedelta(np.where(days <= longest, days, np.nan), unit="D")
        found[f"date{end}"] = (today + ahead).normalize()


def _reason(row: dict) -> str:
    """Return why a skill has no forecast, or not all of one."""
    state, target = row["state"], short(row["target"])
    if state == "unknown":
        return row["reason"]
    if state == "reached":
        return ""
    if state == "on the way":
        return _why_no_date(row)
    level = f"{short(row['level'])} ({short(row['level_low'])} to {short(row['level_high'])})"
    if row["flat"]:
        return f"{row['reason']}: about {level}, the target is {target}"
    if state == "not reachable":
        return f"the curve levels off at {level}, short of the target of {target}"
    beyond = (row["level"] - row["target"]) * (-1 if row["better"] == "lower" else 1) > 0
    if beyond:
        return f"the curve comes to {target} only after more than {HORIZON:.0f} times the practice so far"
    return f"the curve levels off at {level}: the target of {target} may or may not be within reach"


def _why_no_date(row: dict) -> str:
    """Return why a skill that is on the way has no date or no hours, or an empty text."""
    pace = row["trials_per_week"]
    if np.isnan(pace):
        return f"no trial in the last {counted(PACE_DAYS, 'day')}: there is no pace to tell a date"
    if np.isnan(row["minutes_per_trial"]):
        missing = "hours" if not np.isnan(row["trials"]) else "trials and date"
        return f"no minutes recorded in the last {counted(PACE_DAYS, 'day')}: the {missing} cannot be told"
    if pd.isna(row["date"]):
        often = f"{pace:.3g} {'trial' if pace == 1 else 'trials'} a week"
        return f"at {often} it would take more than {counted(LONGEST_YEARS, 'year')}"
    return ""
