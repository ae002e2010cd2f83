"""What a plan could show, told from how the learner practised before it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.synergy.experiment import daily
from mmlib.measures.synergy.experiment.effect import NAMES, Draws, drawn, powers
from mmlib.measures.synergy.experiment.plan import checked, known
from mmlib.stats import randomised

HISTORY = 56
"""The days before a plan from which practice and noise are told."""

POWER = {
    **NAMES,
    "days_per_week": "float64",
    **dict.fromkeys(
        ["noise_sd", "autocorrelation", "power_half", "power_one", "detectable", "detectable_sd"], "float64"
    ),
    "n": "int64",
    "reason": "str",
}


def experiment_power(
    log: pd.DataFrame, plan: pd.DataFrame, *, confidence: float = 0.95, draws: int = 10_000, seed: int = 0
) -> pd.DataFrame:
    """Return how large an effect must be for a plan to show it, for a learner who goes on as before.

    How often the skill is practised, how much its performance varies around its course and how much neighbouring
    days resemble each other is told from the last eight weeks of the log before the plan. Noise like that is then
    drawn 1,000 times for as many days, evenly spread over the plan, and `experiment_effect`'s test is applied to it.

    Parameters
    ----------
    log : DataFrame
        The log.
    plan : DataFrame
        What `plan_experiment` returned.
    confidence : float, default 0.95
        1 less the level of the test.
    draws, seed : int
        How many schedules are drawn where there are more, and the seed.

    Returns
    -------
    DataFrame
        One row per learner: learner, to_skill, from_skill, unit, better, days_per_week (with a known performance),
        noise_sd (the residual standard deviation of trials), autocorrelation (of neighbouring days), power_half,
        power_one (chance to show an effect of 0.5 or 1 residual standard deviations), detectable, detectable_sd (the
        effect that is shown with a chance of 80 %, in the unit and in standard deviations; missing where no effect
        is), n (trials in these weeks), reason.

    Raises
    ------
    MMError
        If the plan was changed, or the log does not know `to_skill`. The other skill may be new.

    Examples
    --------
    >>> from mmlib import simulate
    >>> from mmlib.measures.synergy.experiment.plan import plan_experiment
    >>> plan = plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1)
    >>> log = simulate.experiment(plan, effect=0.0, seed=1).log
    >>> experiment_power(log, plan)[["days_per_week", "power_half", "power_one", "detectable_sd"]].round(1)
       days_per_week  power_half  power_one  detectable_sd
    0            5.2         0.1        0.1            2.9
    """
    schedule = checked(plan)
    known(log, schedule.to_skill)
    compared = drawn(schedule, draws, seed)
    # A plan may begin some time after the log's last day.
    ahead = max(-int(schedule.day(log["start"]).max()) - 1, 0) if len(log) else 0
    before = daily.trials(log, schedule, first=-HISTORY - ahead, days=HISTORY)
    rows = [
        {"learner": own.learner, "to_skill": schedule.to_skill, "from_skill": schedule.from_skill}
        | _power(own, compared, confidence)
        for own in daily.each_learner(log, before)
    ]
    return pd.DataFrame(rows, columns=list(POWER)).astype(POWER)


def _power(own: daily.Own, compared: Draws, confidence: float) -> dict[str, object]:
    """Return one learner's row."""
    schedule, n = compared.schedule, own.days.size
    # Who began later than eight weeks ago has practised as often as since then.
    weekly = 7 * n / (HISTORY - own.days[0]) if n else 0.0
    row = {"unit": own.unit, "better": own.better, "days_per_week": weekly, "n": own.rows.size}
    count = round(weekly / 7 * schedule.days)
    noise = own.noise(np.zeros(n)) if n else daily.Noise(0.0, 0.0, 0.0)
    if min(n, count) < daily.FEWEST_DAYS:
        when = f"in the last {HISTORY // 7} weeks before the plan"
        many = counted(n, "day") if n else "no day"
        few = f"{many} {when} with a known performance of {schedule.to_skill}: it takes at least {daily.FEWEST_DAYS}"
        return row | {"reason": few}
    if noise.trial_sd == 0:
        return row | {"reason": f"the performance of {schedule.to_skill} does not vary, so its noise cannot be told"}
    day = np.linspace(0, schedule.days - 1, count).round().astype(np.int64)
    learning = np.log(own.trial[-1] + np.arange(1, count + 1) * own.rows.size / n)
    contrasts = randomised.contrasts(compared.exposed[:, day], np.column_stack([np.ones(count), learning]))
    return row | powers(randomised.power(contrasts, noise.rho, confidence=confidence), noise) | {"reason": ""}
