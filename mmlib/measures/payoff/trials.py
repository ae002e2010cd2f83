"""The trials of every skill: the nth session or attempt, the practice so far, and the performance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.log.performance import KEYS, performance
from mmlib.stats.series import Series, tables

TRIALS = {
    **dict.fromkeys(KEYS, "str"),
    "trial": "int64",
    "start": "datetime64[us]",
    "minutes_total": "float64",
    "reps_total": "Int64",
    **dict.fromkeys(["reps", "successes"], "Int64"),
    "performance": "float64",
    "better": "str",
    "unit": "str",
    "target": "float64",
}


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
        value adds nothing, and a skill with none known has NaN), reps and successes (of this trial), performance,
        better ("higher" where the card says nothing), unit, target (in that unit).

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
    found = performance(table)
    table[list(found)] = found
    return table[list(TRIALS)].astype(TRIALS)


class Placed(NamedTuple):
    """The trials of a log and where each of their series stands.

    Attributes
    ----------
    trials : DataFrame
        What `payoff.trials` returned.
    names : DataFrame
        One row per series: learner, skill, better, unit, target.
    group : ndarray of int
        The series of each trial.
    z : ndarray
        Amount of practice of each trial in units of its beginning; NaN where unknown.
    begin : ndarray
        The beginning of each series: 1 trial, or the minutes of its first session.
    shared : bool
        Whether z counts trials.
    """

    trials: pd.DataFrame
    names: pd.DataFrame
    group: NDArray[np.int64]
    z: NDArray[np.float64]
    begin: NDArray[np.float64]
    shared: bool

    def series(self) -> list[tuple[NDArray[np.int64], Series]]:
        """Return the series as tables of about equal length, with their numbers."""
        return tables(self.group, self.z, self.trials["performance"].to_numpy(), shared=self.shared)


def placed(trials: pd.DataFrame, over: str) -> Placed:
    """Return where the trials of each learner and skill stand on the scale of practice, "trial" or "minutes"."""
    group = trials.groupby(KEYS, sort=True).ngroup().to_numpy()
    names = trials.groupby(KEYS, sort=True)[["better", "unit", "target"]].first().reset_index()
    if over == "trial":
        return Placed(trials, names, group, trials["trial"].to_numpy(float), np.ones(len(names)), shared=True)
    minutes = trials["minutes_total"].where(trials["minutes_total"] > 0).to_numpy()
    begin = pd.Series(minutes).groupby(group).min().to_numpy()
    return Placed(trials, names, group, minutes / begin[group] if len(group) else minutes, begin, shared=False)
