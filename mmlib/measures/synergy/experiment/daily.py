"""What an experiment is analysed from: each learner's trials within a plan, their days, and the noise around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.log.derived import through, until
from mmlib.log.performance import performance
from mmlib.measures.synergy.experiment.plan import Schedule
from mmlib.stats.intervals import corrected_autocorrelation

Floats = NDArray[np.float64]
FEWEST_DAYS = 6
"""The noise cannot be told from fewer days."""

FITTED = 3
"""Level, learning and effect."""


class Noise(NamedTuple):
    """What is left when level, learning and effect are taken out: of trials, and of the means of days."""

    trial_sd: float
    day_sd: float
    rho: float


class Own(NamedTuple):
    """One learner's trials with a known performance in a stretch of days, in order of time.

    Attributes
    ----------
    learner, unit, better
        Whose, in which unit, and which way is better.
    now : Timestamp
        Up to when the log is known.
    rows : ndarray of int
        Where the trials stand in the table of `trials`.
    trial, day : ndarray of int
        The number of each trial in the whole log, and its day, counted from 0.
    value : ndarray
        Its performance, turned so that more is better.
    days : ndarray of int
        The days that have any.
    means, learning : ndarray
        The mean performance of each such day, and of the logarithm of the trials' numbers.
    """

    learner: str
    unit: object
    better: str
    now: pd.Timestamp
    rows: NDArray[np.int64]
    trial: NDArray[np.int64]
    day: NDArray[np.int64]
    value: Floats
    days: NDArray[np.int64]
    means: Floats
    learning: Floats

    @property
    def covariates(self) -> Floats:
        """What a day's performance depends on beside the effect: a level, and learning."""
        return np.column_stack([np.ones(self.days.size), self.learning])

    def fitted(self, exposed: Floats) -> Floats:
        """Return the coefficients of level, learning and exposure (one per day of `days`), by least squares."""
        design = np.column_stack([self.covariates, exposed])
        size = np.linalg.norm(design, axis=0)
        size[size == 0] = 1.0
        return np.linalg.lstsq(design / size, self.means, rcond=1e-9)[0] / size

    def noise(self, exposed: Floats) -> Noise:
        """Return the noise of the trials, and of the means of days."""
        beta = self.fitted(exposed)
        around = self.means - np.column_stack([self.covariates, exposed]) @ beta
        each = self.value - beta[0] - beta[1] * np.log(self.trial) - beta[2] * self._of_trials(exposed)
        sds = [float(np.sqrt(rest @ rest / max(rest.size - FITTED, 1))) for rest in (each, around)]
        # Numbers that differ only in their last digits do not vary.
        if sds[0] <= 1e-9 * np.abs(self.value).max() or sds[1] == 0:
            return Noise(0.0, 0.0, 0.0)
        return Noise(*sds, corrected_autocorrelation(around, FITTED))

    def _of_trials(self, of_days: Floats) -> Floats:
        return of_days[np.searchsorted(self.days, self.day)]


def trials(log: pd.DataFrame, schedule: Schedule, *, first: int = 0, days: int | None = None) -> pd.DataFrame:
    """Return all learners' trials with a known performance in a stretch of days, by default those of the plan.

    Parameters
    ----------
    log : DataFrame
        The log.
    schedule : Schedule
        The plan.
    first, days : int
        The first day, counted from the plan's start, and how many; days are then counted from `first`.

    Returns
    -------
    DataFrame
        learner, trial (1, 2, … over the whole log), start, day, observed, value (turned so that more is better),
        unit, better; sorted by learner and time.
    """
    own = log[log["skill"] == schedule.to_skill].sort_values(["learner", "start"], kind="stable")
    own = own.reset_index(drop=True)
    found = performance(own)
    table = own[["learner", "start"]].assign(
        trial=own.groupby("learner").cumcount() + 1,
        day=schedule.day(own["start"]) - first,
        observed=found["performance"],
        value=found["performance"].mask(found["better"] == "lower", -found["performance"]),
        unit=found["unit"],
        better=found["better"],
    )
    inside = table["day"].between(0, (schedule.days if days is None else days) - 1) & table["observed"].notna()
    return table[inside].reset_index(drop=True)


def last_moments(log: pd.DataFrame, as_of: object) -> pd.Series:
    """Return up to when each learner's log is known."""
    last = log.groupby("learner")["start"].max()
    return last if as_of is None else last.mask(last.notna(), through(as_of))


def each_learner(log: pd.DataFrame, table: pd.DataFrame, as_of: object = None) -> Iterator[Own]:
    """Yield what `trials` returned learner by learner, also for those without any."""
    days = table.assign(learning=np.log(table["trial"])).groupby(["learner", "day"])[["value", "learning"]].mean()
    days = days.reset_index()
    places = [part.groupby("learner").indices for part in (table, days)]
    numbers = [table[name].to_numpy() for name in ("trial", "day", "value")]
    means = [days[name].to_numpy() for name in ("day", "value", "learning")]
    names = table.groupby("learner")[["unit", "better"]].first()
    for learner, now in last_moments(log, as_of).items():
        rows, some = (np.asarray(place.get(learner, []), dtype=np.int64) for place in places)
        unit, better = names.loc[learner] if rows.size else (pd.NA, "higher")
        mine = [values[rows] for values in numbers], [values[some] for values in means]
        yield Own(str(learner), unit, better, now, rows, *mine[0], *mine[1])


def seen(log: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Return the rows up to `as_of`; all where it is not given."""
    return log if as_of is None else until(log, as_of)


def adherence(log: pd.DataFrame, schedule: Schedule) -> pd.DataFrame:
    """Return how far each learner did as planned with the second skill: shares of days, and hours.

    Returns
    -------
    DataFrame
        With the learner as index: adherence_with, adherence_without, hours_with, hours_without.
    """
    treated = np.repeat(schedule.treated, schedule.block_days)
    own = log.loc[log["skill"] == schedule.from_skill, ["learner", "start", "minutes"]]
    own = own.assign(day=schedule.day(own["start"]))
    own = own[own["day"].between(0, schedule.days - 1)]
    own = own.assign(treated=treated[own["day"].to_numpy(dtype=np.int64)])
    table = pd.DataFrame(index=pd.Index(sorted(set(log["learner"])), name="learner"))
    for name, which in (("with", own["treated"]), ("without", ~own["treated"])):
        part = own[which].groupby("learner")
        share = part["day"].nunique().reindex(table.index, fill_value=0) / (treated.size / 2)
        table[f"adherence_{name}"] = share if name == "with" else 1 - share
        table[f"hours_{name}"] = (part["minutes"].sum() / 60).reindex(table.index, fill_value=0.0)
    return table
