"""The trials of every skill: the nth session or attempt, the practice so far, and the performance."""

from __future__ import annotations

import pandas as pd

KEYS = ["learner", "skill"]
TRIALS = {
    **dict.fromkeys(KEYS, "str"),
    "trial": "int64",
    "start": "datetime64[us]",
    "minutes_total": "float64",
    "reps_total": "Int64",
    "performance": "float64",
    "better": "str",
    "unit": "str",
    "target": "float64",
}
SUCCESS_RATE = "success rate"


def trials(log: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of every skill, in order, with the practice so far and the performance.

    Every row of the log is a trial, a failed attempt without a score too. Performance is the score; in a skill
    without a single score it is successes/reps, whose unit is "success rate" and for which higher is better.

    Parameters
    ----------
    log : DataFrame
        The log.

    Returns
    -------
    DataFrame
        learner, skill, trial (1, 2, …), start, minutes_total and reps_total (this trial included; an unknown
        value adds nothing, and a skill with none known has NaN), performance, better ("higher" where the card
        says nothing), unit, target (in that unit).

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 3,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03"]),
    ...     "minutes": [10, 20, 30],
    ...     "score": [4, None, 9],
    ... }))
    >>> trials(log)[["trial", "minutes_total", "performance", "better"]]
       trial  minutes_total  performance  better
    0      1           10.0          4.0  higher
    1      2           30.0          NaN  higher
    2      3           60.0          9.0  higher
    """
    wanted = [*KEYS, "start", "minutes", "reps", "successes", "score", "better", "unit", "target"]
    table = log.reindex(columns=wanted).sort_values([*KEYS, "start"], kind="stable", ignore_index=True)
    groups = table.groupby(KEYS, sort=False)
    table["trial"] = groups.cumcount() + 1
    for name in ("minutes", "reps"):
        known = groups[name].transform("count") > 0
        table[f"{name}_total"] = table[name].fillna(0).groupby([table[key] for key in KEYS]).cumsum().where(known)
    reps = table["reps"].astype("float64")
    rate = table["successes"].astype("float64") / reps.where(reps > 0)
    unscored = groups["score"].transform("count") == 0
    by_rate = unscored & (rate.groupby([table[key] for key in KEYS]).transform("count") > 0)
    table["performance"] = table["score"].where(~by_rate, rate)
    table["better"] = table["better"].astype("str").fillna("higher").mask(by_rate, "higher")
    table["unit"] = table["unit"].astype("str").mask(by_rate, SUCCESS_RATE)
    table["target"] = table["target"].astype("float64").mask(by_rate)
    return table[list(TRIALS)].astype(TRIALS)


def practice_so_far(series: pd.DataFrame, over: str) -> tuple[pd.Series, float]:
    """Return the amount of practice at each trial (NaN where unknown), and where it begins."""
    if over == "trial":
        return series["trial"].astype("float64"), 1.0
    x = series["minutes_total"].where(series["minutes_total"] > 0)
    return x, float(x.min()) if x.notna().any() else 1.0
