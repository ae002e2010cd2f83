"""Does `experiment_effect` keep its 5 %, cover the truth, and have the power that it says?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.simulated import SEED, Floats, Row, Study, covers, noise
from mmlib.stats import randomised, schedules

RHOS = (0.0, 0.3, 0.5, 0.7, 0.9)
TROUBLES = ("nothing else", "steep learning", "weekly rhythm", "bursts", "missing blocks", "imperfect adherence")
DESIGNS = ((8, 7, 7), (12, 7, 7), (8, 4, 1))
EFFECTS = (0.5, 1.0)
PER_PLAN = 10
"""So many learners follow each plan."""

SESSIONS = 5 / 7
START = pd.Timestamp("2026-11-02")
EFFECT, LEVEL = 1.0, 0.05
ASTRAY = 0.3
"""The share of the days that do not go as planned, where adherence is imperfect."""

POWERED = 2
"""The power is computed for so many learners of each plan."""

FEWER = 200
"""Coverage is tried in at most so many series."""


def _plans(design: tuple[int, int, int], series: int) -> list[pd.DataFrame]:
    """Return a plan for every PER_PLAN learners, each with its own draw."""
    weeks, block_days, window_days = design
    lengths = {"weeks": weeks, "block_days": block_days, "window_days": window_days}
    seeds = range(-(-series // PER_PLAN))
    return [mm.synergy.plan_experiment("a", "b", start=START, seed=seed, **lengths) for seed in seeds]


def _exposure(practised: Floats, window: int) -> Floats:
    """Return the share of the last days on which the second skill was practised; half of them before the first."""
    total = np.cumsum(np.pad(practised, ((0, 0), (window, 0)), constant_values=0.5), axis=1)
    return (total[:, window:] - total[:, : practised.shape[1]]) / window


def _world(planned: Floats, trouble: str, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return, for each learner and day, whether both skills are practised, and what else moves the performance."""
    learners, days = PER_PLAN, planned.size
    practised = np.tile(planned, (learners, 1)).astype(float)
    chance = np.full((learners, days), SESSIONS)
    else_ = np.zeros((learners, days))
    if trouble == "steep learning":
        else_ = else_ - 6 * np.exp(-np.arange(days) / (0.2 * days))
    if trouble == "weekly rhythm":
        else_ = else_ + 1.0 * (np.arange(days) % 7 >= 5)
    if trouble == "bursts":
        weeks = np.exp(0.9 * rng.standard_normal((learners, days // 7 + 1)) - 0.4)
        chance = np.minimum(chance * np.repeat(weeks, 7, axis=1)[:, :days], 0.97)
    if trouble == "missing blocks":
        ill = rng.integers(0, days - 10, (learners, 1))
        chance = np.where(np.abs(np.arange(days) - ill - 5) <= 5, 0.0, chance)
    if trouble == "imperfect adherence":
        other = rng.random((learners, days)) < ASTRAY
        practised = np.where(other, 1 - practised, practised)
    return (rng.random((learners, days)) < chance), practised, else_


def _log(plan: pd.DataFrame, trouble: str, rho: float, effect: float, cell: tuple) -> pd.DataFrame:
    """Return the log of the learners who follow one plan."""
    seed = int(plan["seed"].iloc[0])
    rng = np.random.default_rng([SEED, *repr((cell, trouble, rho, seed)).encode()])
    planned = np.repeat((plan["condition"] == "with").to_numpy(), int(plan["block_days"].iloc[0]))
    sessions, practised, other = _world(planned, trouble, rng)
    exposed = _exposure(practised, int(plan["window_days"].iloc[0]))
    level = other + effect * exposed
    learner, day = np.nonzero(sessions)
    nth = (np.cumsum(sessions, axis=1) - 1)[learner, day]
    own = noise(rho, sessions.shape, trouble, seed, *cell)[learner, nth]
    first = pd.DataFrame({"learner": learner, "skill": "a", "day": day, "score": level[learner, day] + own})
    learner, day = np.nonzero(practised)
    rows = pd.concat([first, pd.DataFrame({"learner": learner, "skill": "b", "day": day})])
    start = START + pd.to_timedelta(rows["day"], unit="D")
    return mm.check_log(rows.assign(learner=rows["learner"].astype(str), start=start).drop(columns="day"))


def _effects(design: tuple[int, int, int], trouble: str, rho: float, effect: float, series: int) -> pd.DataFrame:
    """Return what `experiment_effect` finds for each learner."""
    found = []
    for plan in _plans(design, series):
        log = _log(plan, trouble, rho, effect, design)
        found.append(mm.synergy.experiment_effect(log, plan, as_of=plan["end"].max()))
    return pd.concat(found, ignore_index=True).head(series)


def experiment_row(trouble: str, rho: float, series: int) -> Row:
    """Return how often `experiment_effect` finds what is not there, and how well it covers what is."""
    row: Row = {"besides": trouble, "ρ": rho}
    truth = EFFECT * (1 - 2 * ASTRAY if trouble == "imperfect adherence" else 1.0)
    for name, design in (("", DESIGNS[0]), ("4-day blocks: ", DESIGNS[2])):
        still = _effects(design, trouble, rho, 0.0, series)
        some = _effects(design, trouble, rho, EFFECT, min(series, FEWER))
        row[f"{name}false alarms"] = float((still["p_value"] <= LEVEL).mean())
        row[f"{name}covers"] = covers(some["low"], some["high"], truth)
        row[f"{name}alarms of carry-over"] = float((some["carry_over_p"] <= LEVEL).mean())
    return row


def power_row(weeks: int, block_days: int, window_days: int, rho: float, effect: float, series: int) -> Row:
    """Return how often an effect is shown, how often it should be, and how often the measure says that it would be."""
    design = (weeks, block_days, window_days)
    found = _effects(design, TROUBLES[0], rho, effect, series)
    shown = float((found["p_value"] <= LEVEL).mean())
    computed = _computed(design, rho, effect, series)
    return {
        "plan": f"{weeks} weeks, {block_days}-day blocks, window {window_days}",
        "effect": f"{effect:g} SD",
        "ρ": rho,
        "power computed": computed,
        "power found": shown,
        "difference": computed - shown,
        "told by the log": float(found[{0.5: "power_half", 1.0: "power_one"}[effect]].mean()),
    }


def _computed(design: tuple[int, int, int], rho: float, effect: float, series: int) -> float:
    """Return the mean power of the plans for days of practice as simulated, and for the true noise."""
    powers = []
    for plan in _plans(design, series):
        log = _log(plan, TROUBLES[0], rho, 0.0, design)
        rows = schedules.schedules((plan["condition"] == "with").to_numpy(), 10_000, np.random.default_rng(0))
        exposed = schedules.exposure(rows, *design[1:])
        own = log[(log["skill"] == "a") & (log["learner"].astype(int) < POWERED)]
        for _, days in own.groupby("learner")["start"]:
            day = (days - START).dt.days.to_numpy()
            learning = np.log(np.arange(1, day.size + 1))
            compared = randomised.contrasts(exposed[:, day], np.column_stack([np.ones(day.size), learning]))
            powers.append(randomised.power(compared, rho, seed=len(powers)).at(effect))
    return float(np.mean(powers))


STUDY = Study(
    title="Experiments",
    about=(
        "`experiment_effect` after 8 weeks of 7-day blocks with a window of 7 days, and of 4-day blocks with a window"
        f" of 1 day, with about 5 sessions a week; a new plan is drawn for every {PER_PLAN} learners. *False alarms*:"
        f" p ≤ 0.05 without any effect. *Covers*: the interval holds a true effect of {EFFECT:g} standard deviation of"
        " the noise; *alarms of carry-over*: p ≤ 0.05 for it beside that effect, though there is none (both in up to"
        f" {FEWER} series). *Besides*: six standard deviations of exponential learning; one more"
        " at weekends; weeks that differ much in their sessions; eleven days without any;"
        f" {ASTRAY:.0%} of the days not as planned, which shrinks the effect of the plan to {1 - 2 * ASTRAY:.0%}. With"
        " 62 schedules the smallest p-value is 2/62 = 0.032, and no other is below 0.05."
    ),
    row=experiment_row,
    cells=[(TROUBLES[0], rho) for rho in RHOS] + list(itertools.product(TROUBLES[1:], RHOS[2::2])),
    size="",
)

POWER = Study(
    title="Power of experiments",
    about=(
        "How often `experiment_effect` shows an effect (*found*); the power computed for the true noise and the same"
        " days; and the difference. *Told by the log*: the mean of what the measure itself says, which knows the noise"
        " only from these weeks."
    ),
    row=power_row,
    cells=[(*design, rho, effect) for design in DESIGNS for effect in EFFECTS for rho in RHOS[::2]],
    size="",
)
