"""One skill of one learner with all that its performance is set against."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.measures.synergy.recent import Days, Diary, performance_days
from mmlib.stats.coupling import LEAST_FREEDOM, Coupling, apart, coupling, partial_residuals, varies
from mmlib.stats.course import course, in_logs
from mmlib.stats.gls import beyond, spanning
from mmlib.stats.likeness import likenesses

Floats = NDArray[np.float64]

LEAST_DAYS = 8
"""So many practice days with the other skill in the window before, and so many with a different amount of it."""

EXACT = 1e-6
"""Ups and downs of less than this share of a performance's spread are none."""


class Target(NamedTuple):
    """A skill whose performance may go with other skills.

    Attributes
    ----------
    days : Days
        Its practice days, their performance in logarithms where lower is better and the noise grows with the level.
    performance : ndarray, shape (n,)
        The same, positive = better.
    columns : ndarray, shape (n, p)
        Course, weekday and own recent practice.
    donors : DataFrame, shape (n, j)
        The amount of each other skill in the window before.
    hours : DataFrame, shape (n, j)
        The same in hours, where the length of sessions is not known too.
    reasons : dict of str
        Why a skill cannot be compared; "" where it can.
    """

    days: Days
    performance: Floats
    columns: Floats
    donors: pd.DataFrame
    hours: pd.DataFrame
    reasons: dict[str, str]

    @property
    def usable(self) -> list[str]:
        """The skills that can be compared."""
        return [skill for skill, reason in self.reasons.items() if not reason]

    @property
    def each(self) -> bool:
        """Whether there are practice days enough for a coefficient of each skill."""
        return len(self.performance) - self.columns.shape[1] - len(self.usable) >= LEAST_FREEDOM

    def others(self) -> Floats | None:
        """Return the sum of the other skills' hours beside each, or None where each has its own coefficient."""
        if self.each:
            return None
        hours = self.hours[self.usable]
        return (hours.sum(axis=1).to_numpy()[:, None] - hours.to_numpy()).astype(float)

    def coupled(self, rng: np.random.Generator) -> Coupling:
        """Return what the usable skills go with."""
        possible, donors = likenesses(self.days.at, self.days.counts), self.donors[self.usable].to_numpy()
        return coupling(self.performance, self.columns, donors, self.others(), possible, rng)

    def partial(self, skill: str, found: Coupling) -> Floats:
        """Return the deviations, in standard deviations, that are set against one skill."""
        place, others = self.usable.index(skill), self.others()
        rest = self.donors[self.usable].drop(columns=skill).to_numpy() if others is None else others[:, [place]]
        columns = np.column_stack([self.columns, rest])
        amount = self.donors[skill].to_numpy()
        return partial_residuals(self.performance, columns, amount, found.estimate[place], found.likeness) / found.sd


def targets(log: pd.DataFrame, diary: dict[str, Diary], window_days: float) -> dict[str, Target]:
    """Return every skill of one learner's log, of which the diary is known."""
    days = performance_days(log)
    return {skill: _target(skill, days.get(skill), diary, window_days) for skill in diary}


def _target(skill: str, days: Days | None, diary: dict[str, Diary], window_days: float) -> Target:
    others = {other: own for other, own in diary.items() if other != skill}
    at = np.empty(0) if days is None else days.at
    donors, hours = (
        pd.DataFrame({other: own.within(at, window_days, getattr(own, what)) for other, own in others.items()})
        for what in ("amount", "hours")
    )
    own = diary[skill].within(at, window_days, diary[skill].amount)
    columns = np.empty((0, 0))
    values = np.empty(0)
    if at.size:
        columns = np.column_stack([course(days.trial, days.weekday), own])
        if days.better == "lower" and in_logs(days.performance, columns):
            days = days._replace(performance=np.log(days.performance), unit=f"log {days.unit}".strip())
        values = days.performance * (-1.0 if days.better == "lower" else 1.0)
    reason = _why_not(days, values, columns)
    reasons = {other: reason or _too_little(donors[other].to_numpy(), other, window_days) for other in others}
    return _told_apart(Target(days, values, columns, donors, hours, reasons), skill)


def _told_apart(target: Target, skill: str) -> Target:
    """Give a reason to the skills whose hours follow from those of other skills, or of the skill itself."""
    reasons = dict(target.reasons)
    usable = target.usable
    if not usable:
        return target
    donors = target.donors[usable].to_numpy()
    left = beyond(donors, spanning(target.columns))
    clear = varies(left, donors)
    for other in np.array(usable)[~clear]:
        reasons[str(other)] = f"{other} was practised with {skill} only: it cannot be told apart from its own practice"
    target = target._replace(reasons=reasons)
    usable = target.usable
    if not usable or not target.each:
        return target
    clear = apart(left[:, clear], donors[:, clear])
    twins = {other: f"{other} was practised just as other skills were: it cannot be told apart from them"
             for other in np.array(usable)[~clear]}  # fmt: skip
    return target._replace(reasons=reasons | twins)


def _why_not(days: Days | None, values: Floats, columns: Floats) -> str:
    """Return why a skill's performance can be set against nothing, or nothing."""
    if days is None:
        return "no practice day with a performance"
    needed = columns.shape[1] + 2 + LEAST_FREEDOM
    if values.size < needed:
        return f"{counted(values.size, 'practice day')} with a performance; at least {needed} are needed"
    if np.ptp(values) == 0:
        return f"the performance was always {days.performance[0]:g}"
    left = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
    if left.std() < EXACT * values.std():
        return "the performance follows its course without any ups and downs"
    return ""


def _too_little(amount: Floats, skill: str, window_days: float) -> str:
    """Return why the amount of a skill in the window cannot be compared, or nothing."""
    some = int((amount > 0).sum())
    usual = np.unique(amount.round(6), return_counts=True)[1].max()
    within = counted(round(window_days), "day") if float(window_days).is_integer() else f"{window_days:g} days"
    if some < LEAST_DAYS:
        return f"{skill} was practised within {within} before {counted(some, 'practice day')}; {LEAST_DAYS} are needed"
    if amount.size - usual < LEAST_DAYS:
        return f"{skill} was practised as much before nearly every practice day: there is nothing to compare"
    return ""
