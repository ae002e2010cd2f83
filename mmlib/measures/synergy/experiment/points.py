"""The trials of a randomised experiment, for its picture."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.log.derived import TIME
from mmlib.measures.synergy.experiment import daily
from mmlib.measures.synergy.experiment.plan import CONDITIONS, checked, known
from mmlib.stats import schedules

POINTS = {
    **dict.fromkeys(["learner", "to_skill", "from_skill"], "str"),
    "trial": "int64",
    "start": TIME,
    "block": "int64",
    "block_start": TIME,
    "block_end": TIME,
    "condition": "str",
    "exposure": "float64",
    **dict.fromkeys(["observed", "deviation", "block_mean", "fitted"], "float64"),
    **dict.fromkeys(["unit", "better"], "str"),
}


def experiment_points(log: pd.DataFrame, plan: pd.DataFrame, *, as_of: object = None) -> pd.DataFrame:
    """Return the trials within a plan, and how far each is from what it would be expected to be without.

    Parameters
    ----------
    log, plan : DataFrame
        As in `experiment_effect`.
    as_of : date or time, optional
        Later rows are ignored; by default the log's last.

    Returns
    -------
    DataFrame
        One row per trial with a known performance: learner, to_skill, from_skill, trial (1, 2, … over the whole log),
        start, block, block_start, block_end (its first and last day), condition, exposure (the share of "with" among
        the last `window_days` days), observed, deviation (observed less level and learning, in the unit, positive =
        better), block_mean (its mean over the block), fitted (the part of it that goes with the exposure), unit,
        better. Until the plan has ended, deviation, block_mean and fitted are missing. A learner with trials on fewer
        than 6 days has no rows.

    Raises
    ------
    MMError
        As `experiment_effect`.

    Examples
    --------
    >>> from mmlib import simulate
    >>> from mmlib.measures.synergy.experiment.plan import plan_experiment
    >>> plan = plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1)
    >>> log = simulate.experiment(plan, effect=2.0, seed=1).log
    >>> points = experiment_points(log, plan, as_of="2026-12-27")
    >>> points[["trial", "block", "condition", "exposure", "observed", "deviation", "fitted"]].tail(2).round(2)
        trial  block condition  exposure  observed  deviation  fitted
    35     76      8      with      0.57      53.7       1.59    2.24
    36     77      8      with      1.00      54.0       1.84    3.92
    """
    schedule = checked(plan)
    known(log, schedule.to_skill, schedule.from_skill)
    log = daily.seen(log, as_of)
    table = daily.trials(log, schedule)
    exposed = schedules.exposure(schedule.treated[None], schedule.block_days, schedule.window_days)[0]
    beta, enough = np.full((len(table), 3), np.nan), np.zeros(len(table), dtype=bool)
    for own in daily.each_learner(log, table, as_of):
        enough[own.rows] = own.days.size >= daily.FEWEST_DAYS
        if own.days.size >= daily.FEWEST_DAYS and own.now.normalize() >= schedule.end:
            beta[own.rows] = own.fitted(exposed[own.days])
    day, block = table["day"].to_numpy(), table["day"].to_numpy() // schedule.block_days
    first = schedule.start + pd.to_timedelta(block * schedule.block_days, unit="D")
    points = table.assign(
        to_skill=schedule.to_skill,
        from_skill=schedule.from_skill,
        block=block + 1,
        block_start=first,
        block_end=first + pd.Timedelta(days=schedule.block_days - 1),
        condition=np.array(CONDITIONS, dtype=object)[schedule.treated[block].astype(int)],
        exposure=exposed[day],
        deviation=table["value"] - beta[:, 0] - beta[:, 1] * np.log(table["trial"]),
        fitted=beta[:, 2] * exposed[day],
    )
    points["block_mean"] = points.groupby(["learner", "block"])["deviation"].transform("mean")
    return points.loc[enough, list(POINTS)].reset_index(drop=True).astype(POINTS)
