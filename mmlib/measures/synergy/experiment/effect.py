"""The effect that a randomised experiment of one has shown, judged by the draw of its schedule."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.measures.synergy.experiment import daily
from mmlib.measures.synergy.experiment.plan import Schedule, checked, known
from mmlib.stats import randomised, schedules

NAMES = dict.fromkeys(["learner", "to_skill", "from_skill", "unit", "better"], "str")
EFFECT = {
    **NAMES,
    **dict.fromkeys(["estimate", "low", "high", "p_value"], "float64"),
    **dict.fromkeys(["estimate_sd", "low_sd", "high_sd", "noise_sd", "autocorrelation"], "float64"),
    **dict.fromkeys(["n", "n_days", "n_blocks", "n_used", "arrangements"], "int64"),
    **dict.fromkeys(["adherence_with", "adherence_without", "hours_with", "hours_without"], "float64"),
    **dict.fromkeys(
        ["carry_over", "carry_over_p", "power_half", "power_one", "detectable", "detectable_sd"], "float64"
    ),
    **dict.fromkeys(["verdict", "reason"], "str"),
}


class Draws(NamedTuple):
    """The schedules that might have been drawn, the one that was followed first, and what their days are exposed to."""

    schedule: Schedule
    number: int
    exposed: NDArray[np.float64]
    older: NDArray[np.float64]


def experiment_effect(
    log: pd.DataFrame,
    plan: pd.DataFrame,
    *,
    as_of: object = None,
    confidence: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the effect of one skill on another that a plan of `plan_experiment` has shown.

    The mean performance of each day is regressed on the share of "with" among the last `window_days` days, beside
    the logarithm of the trial's number, which stands for learning. `estimate` is this slope: what a window all
    "with" makes of the performance, compared with one all "without". The same is computed for every schedule that
    might have been drawn (for 10,000 drawn at random, where there are more), and the p-value is the share of them
    that finds at least as much, the one that was followed included. No assumption on noise, trend or autocorrelation
    is needed for that: the draw was the only chance. The interval holds the effects that this test does not reject,
    if they add the same to every trial.

    It is analysed as planned, however well the plan was followed: an effect of the plan, not of the hours. Where
    one practised "without", or not "with", the effect of the practice itself is larger. What cannot be blinded is
    the hope that it helps.

    Parameters
    ----------
    log : DataFrame
        The log; rows outside the plan only number the trials.
    plan : DataFrame
        What `plan_experiment` returned, or the same read from a file.
    as_of : date or time, optional
        Later rows are ignored; by default the log's last. Before the plan has ended nothing is computed, for whoever
        looks early and stops when it pleases finds an effect too often.
    confidence : float, default 0.95
        Coverage of the interval; an effect counts as shown where p ≤ 1 - confidence.
    draws, seed : int
        How many schedules are drawn where there are more, and their seed.

    Returns
    -------
    DataFrame
        One row per learner: learner, to_skill, from_skill, unit, better, estimate (with minus without, in the unit,
        positive = better), low, high, p_value, estimate_sd, low_sd, high_sd (the same in residual standard
        deviations), noise_sd (one of these), autocorrelation (of neighbouring days), n (trials with a known
        performance), n_days, n_blocks, n_used (blocks with any trial), arrangements (schedules compared),
        adherence_with (share of the days "with" on which from_skill was practised), adherence_without (share of the
        days "without" that were kept free of it), hours_with, hours_without (hours of from_skill), carry_over (what
        a window "with" before the window still adds, in the unit), carry_over_p, power_half, power_one (chance that
        an effect of 0.5 or 1 residual standard deviations would have been shown), detectable, detectable_sd (the
        effect that is shown with a chance of 80 %, in the unit and in standard deviations; missing where there is
        none), verdict ("effect shown", "no effect shown", "not finished", "cannot be told"), reason.

    Raises
    ------
    MMError
        If the plan was changed, or names a skill that the log does not know.

    References
    ----------
    Edgington, E. S. & Onghena, P. (2007). Randomization tests, 4th ed. Chapman & Hall/CRC.
    Rosenbaum, P. R. (2002). Observational studies, 2nd ed. Springer.
    Kravitz, R. L. & Duan, N. (eds.) (2014). Design and implementation of N-of-1 trials: a user's guide. Agency for
    Healthcare Research and Quality, 13(14)-EHC122-EF.

    Examples
    --------
    >>> from mmlib import simulate
    >>> from mmlib.measures.synergy.experiment.plan import plan_experiment
    >>> plan = plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1)
    >>> log = simulate.experiment(plan, effect=2.0, seed=1).log
    >>> found = experiment_effect(log, plan, as_of="2026-12-27")
    >>> found[["estimate_sd", "low_sd", "high_sd", "p_value", "verdict"]].round(2)
       estimate_sd  low_sd  high_sd  p_value       verdict
    0         2.07    0.97     2.61     0.03  effect shown
    """
    schedule = checked(plan)
    known(log, schedule.to_skill, schedule.from_skill)
    log = daily.seen(log, as_of)
    compared, done = drawn(schedule, draws, seed), daily.adherence(log, schedule).to_dict("index")
    rows = [
        {"learner": own.learner, **done[own.learner], **_effect(own, compared, confidence)}
        for own in daily.each_learner(log, daily.trials(log, schedule), as_of)
    ]
    return pd.DataFrame(rows, columns=list(EFFECT)).astype(EFFECT)


def drawn(schedule: Schedule, draws: int, seed: int) -> Draws:
    """Return the schedules that a plan is compared with."""
    rows = schedules.schedules(schedule.treated, draws, np.random.default_rng(seed))
    length, window = schedule.block_days, schedule.window_days
    older = schedules.exposure(rows, length, window, ago=window)
    return Draws(schedule, len(rows), schedules.exposure(rows, length, window), older)


def _effect(own: daily.Own, compared: Draws, confidence: float) -> dict[str, object]:
    """Return one learner's row."""
    schedule = compared.schedule
    row = {
        "to_skill": schedule.to_skill,
        "from_skill": schedule.from_skill,
        "unit": own.unit,
        "better": own.better,
        "n": own.rows.size,
        "n_days": own.days.size,
        "n_blocks": schedule.treated.size,
        "n_used": np.unique(own.days // schedule.block_days).size,
        "arrangements": compared.number,
        "verdict": "cannot be told",
    }
    if own.now.normalize() < schedule.end:
        return row | {"verdict": "not finished", "reason": _unfinished(schedule, own.now)}
    contrasts = randomised.contrasts(compared.exposed[:, own.days], own.covariates)
    noise = own.noise(compared.exposed[0, own.days]) if own.days.size else daily.Noise(0.0, 0.0, 0.0)
    reason = _why_not(row, contrasts, noise, 1 - confidence)
    return row | ({"reason": reason} if reason else _found(own, compared, contrasts, noise, confidence))


def _unfinished(schedule: Schedule, now: pd.Timestamp) -> str:
    over = max((now.normalize() - schedule.start).days // schedule.block_days, 0)
    return (
        f"{over} of {counted(schedule.treated.size, 'block')} are over, and the plan runs to {schedule.end:%Y-%m-%d}; "
        "whoever looks early and stops when it pleases finds an effect too often"
    )


def _why_not(row: dict[str, object], contrasts: randomised.Contrasts | None, noise: daily.Noise, level: float) -> str:
    """Return why there can be no estimate, or an empty text."""
    skill, n_days = row["to_skill"], int(row["n_days"])
    if n_days < daily.FEWEST_DAYS:
        many = counted(n_days, "day") if n_days else "no day"
        return f"{many} in the plan with a known performance of {skill}: it takes at least {daily.FEWEST_DAYS}"
    used = f"trials of {skill} in only {row['n_used']} of {counted(int(row['n_blocks']), 'block')}"
    if contrasts is None:
        return f"{used}: with and without cannot be told from a trend"
    if randomised.least_p(contrasts) > level:
        return f"{used}: the p-value could not fall below {randomised.least_p(contrasts):.2f}"
    if noise.trial_sd == 0:
        return f"the performance of {skill} does not vary, so its noise cannot be told"
    return ""


def _found(
    own: daily.Own, compared: Draws, contrasts: randomised.Contrasts, noise: daily.Noise, confidence: float
) -> dict[str, object]:
    """Return the effect, its test, the carry-over and the power."""
    found = randomised.effects(own.means[None], contrasts, confidence)
    names = ("estimate", "low", "high")
    effect = {
        name: float(value[0]) if np.isfinite(value[0]) else np.nan for name, value in zip(names, found[:3], strict=True)
    }
    p_value = float(found.p_value[0])
    exposed, older = compared.exposed[:, own.days], compared.older[:, own.days]
    carry, carry_p = randomised.carried_over(own.means, exposed, older, own.covariates)
    power = randomised.power(contrasts, noise.rho, confidence=confidence)
    return {
        **effect,
        "p_value": p_value,
        **{f"{name}_sd": value / noise.trial_sd for name, value in effect.items()},
        "carry_over": carry,
        "carry_over_p": carry_p,
        **powers(power, noise),
        "verdict": "effect shown" if p_value <= 1 - confidence + randomised.SAME else "no effect shown",
        "reason": "",
    }


def powers(power: randomised.Power, noise: daily.Noise) -> dict[str, float]:
    """Return the noise, and what power there is against it, told in standard deviations of trials."""
    # The test sees the means of days, which vary less where a day has many trials.
    scale = noise.trial_sd / noise.day_sd
    return {
        "noise_sd": noise.trial_sd,
        "autocorrelation": noise.rho,
        "power_half": power.at(0.5 * scale),
        "power_one": power.at(scale),
        "detectable": power.smallest() * noise.day_sd,
        "detectable_sd": power.smallest() / scale,
    }
