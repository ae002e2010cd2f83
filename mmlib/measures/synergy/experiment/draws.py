"""What every schedule that might have been drawn would have found: the picture of a p-value."""

from __future__ import annotations

import pandas as pd

from mmlib.measures.synergy.experiment import daily
from mmlib.measures.synergy.experiment.effect import NAMES, drawn, experiment_effect
from mmlib.measures.synergy.experiment.plan import checked
from mmlib.stats import randomised

DRAWS = {**NAMES, "estimate": "float64", "followed": "bool"}


def experiment_draws(
    log: pd.DataFrame, plan: pd.DataFrame, *, as_of: object = None, draws: int = 10_000, seed: int = 0
) -> pd.DataFrame:
    """Return what each schedule that might have been drawn would have found in the same performances.

    This is what the p-value of `experiment_effect` counts. All but one of the schedules were not followed, so what
    they find is chance, and a part of the effect where they resemble the one that was.

    Parameters
    ----------
    log, plan : DataFrame
        As in `experiment_effect`.
    as_of : date or time, optional
        Later rows are ignored; by default the log's last.
    draws, seed : int
        As in `experiment_effect`.

    Returns
    -------
    DataFrame
        One row per learner and schedule: learner, to_skill, from_skill, unit, better, estimate (in the unit,
        positive = better; scaled so that all schedules have the same precision), followed (whether it is the
        schedule that was followed). A learner whose effect cannot be told has no rows.

    Examples
    --------
    >>> from mmlib import simulate
    >>> from mmlib.measures.synergy.experiment.plan import plan_experiment
    >>> plan = plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1)
    >>> log = simulate.experiment(plan, effect=2.0, seed=1).log
    >>> found = experiment_draws(log, plan, as_of="2026-12-27")
    >>> largest = found["estimate"].abs().max() - 1e-9
    >>> len(found), int((found["estimate"].abs() >= largest).sum())
    (62, 2)
    """
    schedule = checked(plan)
    compared = drawn(schedule, draws, seed)
    effects = experiment_effect(log, plan, as_of=as_of, draws=draws, seed=seed).set_index("learner")
    seen, parts = daily.seen(log, as_of), []
    for own in daily.each_learner(seen, daily.trials(seen, schedule), as_of):
        effect = effects.loc[own.learner]
        if effect["reason"]:
            continue
        contrasts = randomised.contrasts(compared.exposed[:, own.days], own.covariates)
        part = pd.DataFrame({"estimate": contrasts.values(own.means[None])[0]})
        names = {name: effect[name] for name in NAMES if name != "learner"}
        parts.append(part.assign(learner=own.learner, **names, followed=part.index == 0))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(DRAWS))
    return table[list(DRAWS)].astype(DRAWS)
