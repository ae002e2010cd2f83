"""A learner who follows the plan of a randomised experiment, with an effect that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.simulate.randomness import lasting_noise, learned
from mmlib.simulate.simulated import Simulated, cards, milestones, tidied

LEARNER = "me"
HISTORY = 56
"""Days of practice before the plan."""

USUAL = 0.5
"""The share of the days before the plan on which the second skill is practised."""

CURVE = {"form": "power", "asymptote": 60.0, "gain": 50.0, "rate": 0.4}
NOISE_SD = 2.5
MINUTES = {"to_skill": 15, "from_skill": 20}


def experiment(
    plan: pd.DataFrame,
    *,
    effect: float = 1.0,
    autocorrelation: float = 0.3,
    sessions_per_week: float = 5.0,
    adherence: float = 1.0,
    seed: int = 1,
) -> Simulated:
    """Return the log of a simulated learner who follows a plan, and practises as usual in the eight weeks before it.

    The first skill is practised on days that fall by chance. Its score is a learning curve, AR(1) noise from session
    to session, and the effect times the share of the last `window_days` days on which the second skill was
    practised.

    Parameters
    ----------
    plan : DataFrame
        What `synergy.plan_experiment` returned.
    effect : float, default 1
        What a window full of the second skill adds, in standard deviations of the noise.
    autocorrelation : float, default 0.3
        Of the noise, from one session to the next.
    sessions_per_week : float, default 5
        How often the first skill is practised, at most once a day.
    adherence : float, default 1
        The chance that a day goes as planned, with the second skill or without.
    seed : int, default 1
        The simulation's chance.

    Returns
    -------
    Simulated
        `truth` holds to_skill, from_skill, effect and noise_sd in the unit, effect_sd, planned (the effect of the
        plan, which is smaller where it is not followed: effect times 2·adherence - 1), autocorrelation, adherence
        and the curve.

    Examples
    --------
    >>> plan = pd.DataFrame({"start": pd.to_datetime(["2026-11-02", "2026-11-09"]), "condition": ["with", "without"],
    ...                      "to_skill": "ukulele", "from_skill": "harmonica", "block_days": 7, "window_days": 7})
    >>> simulated = experiment(plan, effect=0.8, seed=2)
    >>> during = simulated.log[simulated.log["start"] >= "2026-11-02"]
    >>> during.groupby("skill").size().to_dict()
    {'harmonica': 7, 'ukulele': 11}
    >>> simulated.truth["effect"]
    2.0
    """
    first = plan.iloc[0]
    rng = np.random.default_rng([seed, 1])  # a plan of the same seed has another stream
    planned = np.repeat((plan["condition"] == "with").to_numpy(), int(first["block_days"]))
    kept = rng.random(planned.size) < adherence
    practised = np.r_[rng.random(HISTORY) < USUAL, np.where(kept, planned, ~planned)]
    days = pd.Timestamp(first["start"]) + pd.to_timedelta(np.arange(-HISTORY, planned.size), unit="D")
    window = int(first["window_days"])
    total = np.cumsum(np.r_[np.zeros(window), practised])
    exposed = (total[window:] - total[: practised.size]) / window
    sessions = np.flatnonzero(rng.random(practised.size) < sessions_per_week / 7)
    noise = lasting_noise(rng, sessions.size, autocorrelation) + effect * exposed[sessions]
    score = learned(CURVE, np.arange(1, sessions.size + 1), "higher") + NOISE_SD * noise
    first_skill = _sessions(first["to_skill"], days[sessions], 20.0, MINUTES["to_skill"], rng)
    second_skill = _sessions(first["from_skill"], days[practised], 18.0, MINUTES["from_skill"], rng)
    rows = pd.concat([first_skill.assign(score=np.maximum(score, 0).round(1)), second_skill])
    skills = cards({name: {"card": _card(name)} for name in (first["to_skill"], first["from_skill"])})
    truth = {
        **{name: first[name] for name in ("to_skill", "from_skill")},
        "effect": effect * NOISE_SD,
        "noise_sd": NOISE_SD,
        "effect_sd": effect,
        "planned": effect * NOISE_SD * (2 * adherence - 1),
        "autocorrelation": autocorrelation,
        "adherence": adherence,
        "curve": dict(CURVE),
    }
    return Simulated(tidied(rows.assign(learner=LEARNER), skills), skills, milestones(pd.DataFrame()), truth)


def _card(name: str) -> dict[str, str]:
    return {"title": str(name), "domain": "music", "unit": "points", "better": "higher"}


def _sessions(skill: str, days: pd.DatetimeIndex, hour: float, minutes: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return a session on each of these days, at about the same hour."""
    start = days + pd.to_timedelta(np.round((hour + 0.4 * rng.standard_normal(len(days))) * 12) * 5, unit="min")
    length = np.maximum(np.round(minutes * np.exp(0.15 * rng.standard_normal(len(days)))), 2)
    return pd.DataFrame({"skill": skill, "start": start, "minutes": length})
