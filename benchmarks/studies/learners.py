"""Simulated learners of several skills, whose performances have nothing, or something known, to do with one another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import signal

import mmlib as mm
from benchmarks.studies.simulated import SEED, Floats

FIRST = pd.Timestamp("2026-01-05")
WINDOW = 7.0
TARGET, DONOR = "a", "b"
NOISES = ("by trial", "by day", "half measured", "heavy tails")
HALF_LIFE_DAYS, FORM_DAYS = 2.0, 8.0


class Life(NamedTuple):
    """What a simulated learner's life is like.

    Attributes
    ----------
    skills, days : int
        How many skills, over how many days.
    rho : float
        Correlation of the noise between neighbouring sessions.
    noise : str
        "by trial": AR(1) from session to session; "by day": it fades with the days between them; "half measured": half
        of it is the form of the week, half belongs to the session; "heavy tails": "by trial" with t(3) shocks.
    mood : float
        How far motivation, which drives all practice, also lifts performance, in standard deviations.
    transfer : float
        What the donor's usual week adds to the target's performance, in standard deviations of its noise.
    lasting : float
        How many sessions of its own each of the donor's is worth to the target, for good.
    """

    skills: int
    days: int
    rho: float
    noise: str = "by trial"
    mood: float = 0.0
    transfer: float = 0.0
    lasting: float = 0.0


class Learner(NamedTuple):
    """A log, and what an hour of the donor adds to the target's performance, in standard deviations."""

    log: pd.DataFrame
    per_hour: float


def learner(life: Life, number: int) -> Learner:
    """Return the learner of this number: the same number gives the same diary whatever is transferred."""
    rng = np.random.default_rng([SEED, number, *repr(life[:5]).encode()])
    diary, motivation = _diary(life, rng)
    names = [chr(ord("a") + skill) for skill in range(life.skills)]
    rows, per_hour = [], 0.0
    for name, (at, hours) in zip(names, diary, strict=True):
        extra = life.lasting * np.searchsorted(diary[1][0], at) if name == TARGET else 0.0
        score = _performance(life, at, hours, extra, rng) + life.mood * motivation[at.astype(int)]
        if name == TARGET:
            recent = _within(at, *diary[1])
            per_hour = life.transfer / recent.mean() if recent.any() else 0.0
            score = score + per_hour * recent
        start = FIRST + pd.to_timedelta((at * 86_400).round(), unit="s")
        rows.append(pd.DataFrame({"skill": name, "start": start, "minutes": hours * 60, "score": score}))
    return Learner(mm.check_log(pd.concat(rows)), per_hour)


def _diary(life: Life, rng: np.random.Generator) -> tuple[list[tuple[Floats, Floats]], Floats]:
    """Return when and how long each skill is practised: a shared calendar, weekends, bursts, motivation, drift."""
    day = np.arange(life.days)
    motivation = _ar1(rng.normal(size=life.days + 60), 0.93)
    shared = np.exp(0.6 * motivation - 0.18) * np.where(day % 7 >= 5, 1.3, 1.0)
    for begin in rng.integers(0, life.days, max(1, life.days // 90)):
        shared[begin : begin + rng.integers(5, 15)] *= 0.1
    found = []
    for _ in range(life.skills):
        bursts = np.repeat(np.exp(0.6 * rng.normal(size=life.days // 7 + 1) - 0.18), 7)[: life.days]
        drift = np.exp(0.4 * np.sin(2 * np.pi * (day / life.days * rng.uniform(0.5, 1.5) + rng.random())))
        on = day[rng.random(life.days) < np.minimum(rng.uniform(0.25, 0.65) * shared * bursts * drift, 0.97)]
        hours = 0.4 * np.exp(0.35 * rng.normal(size=on.size) + 0.15 * motivation[on])
        found.append((on + rng.uniform(0.3, 0.95, on.size), hours))
    return found, motivation


def _performance(life: Life, at: Floats, hours: Floats, extra: Floats | float, rng: np.random.Generator) -> Floats:
    """Return a learning curve, slow drift, a better weekend, own recent practice and noise of standard deviation 1.

    `extra` trials of another skill count as its own.
    """
    trial = np.arange(at.size) + extra
    gain, exponential = rng.uniform(5, 20), rng.random() < 0.5
    rate = rng.uniform(0.02, 0.15) if exponential else rng.uniform(0.3, 1.0)
    left = np.exp(-rate * trial) if exponential else (trial + 1) ** -rate
    drift = np.sin(2 * np.pi * (at / (rng.uniform(0.5, 2.0) * max(life.days, 120)) + rng.random()))
    own = 0.3 * _within(at, at, hours) + 0.3 * (np.floor(at) % 7 >= 5)
    return -gain * left + drift + own + _noise(life, at, rng)


def _noise(life: Life, at: Floats, rng: np.random.Generator) -> Floats:
    heavy = life.noise == "heavy tails"
    shocks = rng.standard_t(3, at.size + 60) / np.sqrt(3) if heavy else rng.normal(size=at.size + 60)
    if life.noise in ("by trial", "heavy tails"):
        return _ar1(shocks, life.rho)
    fade = -np.log(life.rho) / HALF_LIFE_DAYS if life.noise == "by day" else 1 / FORM_DAYS
    kept = np.exp(-fade * np.diff(at, prepend=at[0] - 1e6))
    form = shocks[: at.size] * np.sqrt(1 - kept**2)
    for i in range(1, at.size):
        form[i] += kept[i] * form[i - 1]
    if life.noise == "by day":
        return form
    return np.sqrt(life.rho) * form + np.sqrt(1 - life.rho) * rng.normal(size=at.size)


def _ar1(shocks: Floats, rho: float) -> Floats:
    """Return AR(1) noise of the shocks' standard deviation, without its first 60 values."""
    return signal.lfilter([np.sqrt(1 - rho**2)], [1.0, -rho], shocks)[60:]


def _within(moments: Floats, at: Floats, hours: Floats) -> Floats:
    so_far = np.concatenate([[0.0], np.cumsum(hours)])
    return so_far[np.searchsorted(at, moments)] - so_far[np.searchsorted(at, moments - WINDOW)]


def reversed_practice(log: pd.DataFrame) -> pd.DataFrame:
    """Return a log in which every skill but the target is practised in reversed time."""
    last = log["start"].max().normalize()
    back = last - log["start"].dt.normalize() + FIRST + (log["start"] - log["start"].dt.normalize())
    return log.assign(start=log["start"].where(log["skill"] == TARGET, back))
