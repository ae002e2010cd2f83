"""Do the intervals of breadth hold the truth, and does breadth across people alarm falsely where hours explain it?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import mmlib as mm
from benchmarks.studies.simulated import SEED, Floats, Row, Study, covers
from mmlib.stats import diversity
from mmlib.stats.firth import bent, firth

SHARES = {"3 even": [1.0] * 3, "3 uneven": [5.0, 3.0, 2.0], "8 even": [1.0] * 8, "8 uneven": 0.7 ** np.arange(8)}
DAYS = (8, 15, 30)
KEPT = (0.0, 0.4)
MONTHS = np.array(["2026-07-01", "2026-08-01"], dtype="datetime64[D]")
MORE, MOST, SPREAD = 1.0, 6, 0.5
"""Sessions of a day beyond its first on average, the most of all, and the spread of the log of their minutes."""

LEARNERS = (30, 60, 200)
TRUTHS = (1.0, 1.5)
KINDS, EQUAL, PER_HOUR = 12, 15, 2.4
FROM, TO = np.array([7.5, 25.0, 57.0]), np.array([15.0, 42.0, 93.0])
MORE_SKILLS, CHANCE = np.array([1.0, 2.5, 5.0]), np.array([0.1, 0.4, 0.8])


def breadth_row(kind: str, days: int, kept: float, series: int) -> Row:
    """Return how well the intervals of `synergy.breadth` cover, and how often a change is seen where there is none."""
    shares = np.asarray(SHARES[kind]) / np.sum(SHARES[kind])
    found = mm.synergy.breadth(_practised(shares, days, kept, max(series // 2, 1)))
    told, changes = found[found["hill_1_low"].notna()], found[found["change_low"].notna()]
    moved = (changes["change_low"] > 0) | (changes["change_high"] < 0)
    first, second = diversity.hill(shares, 1), diversity.hill(shares, 2)
    return {
        "skills": kind,
        "practice days": days,
        "kept": f"{kept:.0%}".replace("%", " %"),
        "given": len(told) / len(found),
        "order 1: covers": covers(told["hill_1_low"], told["hill_1_high"], first),
        "order 2: covers": covers(told["hill_2_low"], told["hill_2_high"], second),
        "order 1: too low": float((found["hill_1"] < first).mean()),
        "false alarms": float(moved.mean()) if len(moved) else np.nan,
    }


def _practised(shares: Floats, days: int, kept: float, learners: int) -> pd.DataFrame:
    """Return a log of so many practice days in each of two months; a choice of skill is often kept for the next."""
    rng = np.random.default_rng([SEED, *repr((shares.tolist(), days, kept)).encode()])
    shape = (learners, len(MONTHS), days, MOST)
    choice = rng.choice(len(shares), size=shape, p=shares)
    new = rng.random(shape) >= kept
    # A day begins with the choice with which the day before began, or with a new one.
    choice[..., 0] = _carried(choice[..., 0], new[..., 0])
    new[..., 0] = True
    choice = _carried(choice, new)
    sessions = np.minimum(1 + rng.poisson(MORE, shape[:-1]), MOST)
    learner, month, day, session = np.nonzero(np.arange(MOST) < sessions[..., None])
    minutes = 20 * np.exp(SPREAD * rng.standard_normal(len(learner)))
    table = {
        "learner": learner.astype(str),
        "skill": choice[learner, month, day, session].astype(str),
        "start": MONTHS[month] + day,
        "minutes": minutes.round(1),
    }
    return mm.check_log(pd.DataFrame(table))


def _carried(choice: NDArray, new: NDArray) -> NDArray:
    """Return choices along the last axis, where each that is not new repeats the one before."""
    places = np.arange(choice.shape[-1])
    return np.take_along_axis(choice, np.maximum.accumulate(np.where(new, places, 0), axis=-1), axis=-1)


def odds_row(learners: int, truth: float, series: int) -> Row:
    """Return how well the odds ratios of `synergy.breadth_odds` cover, crude and at equal hours, in many cohorts."""
    rng = np.random.default_rng([SEED, *repr((learners, truth, "odds")).encode()])
    slope, found = np.log(truth), []
    for _ in range(series):
        counts, hours, effective, chance = _cohort(learners, slope, rng)
        achieved = rng.random(learners) < chance
        held = bent(hours, achieved)
        equal = diversity.rarefied(counts, EQUAL)
        tried = (effective, ()), (effective, held), (equal, held)
        found.append([firth(achieved, exposure, others)[:3] for exposure, others in tried])
    _, low, high = np.array(found).transpose(2, 1, 0)
    excludes = ((low > 0) | (high < 0)).mean(axis=1)
    return {
        "learners": learners,
        "true odds ratio": f"{truth:g}",
        "crude: covers": covers(low[0], high[0], slope),
        "at equal hours: covers": covers(low[1], high[1], slope),
        "crude: excludes 1": excludes[0],
        "at equal hours: excludes 1": excludes[1],
        "at equal hours and sessions: excludes 1": excludes[2],
    }


def _cohort(n: int, slope: float, rng: np.random.Generator) -> tuple[NDArray, Floats, Floats, Floats]:
    """Return sessions per skill, hours, effective numbers and chances of n learners whose commitment drives all."""
    level = np.argsort(rng.random(n)) % len(CHANCE)
    hours = rng.uniform(FROM[level], TO[level])
    practised = np.arange(KINDS) < 1 + np.minimum(rng.poisson(MORE_SKILLS[level]), KINDS - 1)[:, None]
    shares = rng.gamma(1.5, size=(n, KINDS)) * practised
    counts = rng.multinomial((PER_HOUR * hours).astype(int), shares / shares.sum(axis=1, keepdims=True))
    effective = np.array([diversity.hill(own) for own in counts])
    logit = np.log(CHANCE / (1 - CHANCE))[level] + slope * (effective - effective.mean())
    return counts, hours, effective, 1 / (1 + np.exp(-logit))


STUDY = Study(
    title="Breadth",
    about=(
        "`breadth` in two months with the same shares of practice: 1 or more sessions on each practice day, of unequal"
        " length. *Kept*: how often a session stays with the skill of the one before it, and a day begins with that of"
        " the day before. *Uneven*: 50, 30 and 20 %, or each skill 70 % of the next larger. *Given*: months with an"
        " interval. *Too low*: the number itself is below that of the shares, as it is without an interval too. *False"
        " alarms*: the interval of the change from the first month to the second excludes 0."
    ),
    row=breadth_row,
    cells=list(itertools.product(SHARES, DAYS, KEPT)),
    size="",
)

ODDS = Study(
    title="Breadth against achievement",
    about=(
        "The odds ratios of `breadth_odds`, per effective skill, in simulated cohorts whose members have little, medium"
        " or much commitment, on which hours, breadth and achievement all depend; for given commitment, breadth has the"
        " true odds ratio. *Excludes 1*: the interval does; where the true odds ratio is 1, that is a false alarm."
    ),
    row=odds_row,
    cells=list(itertools.product(LEARNERS, TRUTHS)),
    size="",
)
