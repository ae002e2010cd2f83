"""What the window before each practice day held: the performance of a skill, and how much of which skill before it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.log.derived import DAY, weights
from mmlib.log.performance import performance

Floats = NDArray[np.float64]


class Diary(NamedTuple):
    """When one learner practised one skill, and how much.

    Attributes
    ----------
    at : ndarray, shape (n,)
        Start of each session, in days since 1970, ascending.
    amount : ndarray, shape (n,)
        Hours of each; sessions, where the skill has no minutes at all.
    hours : ndarray, shape (n,)
        Hours of each; an unknown length is the learner's median session.
    per : str
        "hour" or "session": what `amount` counts.
    """

    at: Floats
    amount: Floats
    hours: Floats
    per: str

    def within(self, moments: Floats, days: float, what: Floats) -> Floats:
        """Return how much there was in so many days before each moment, the moment itself not included."""
        so_far = np.concatenate([[0.0], np.cumsum(what)])
        begin, end = (np.searchsorted(self.at, moments - back, side="left") for back in (days, 0.0))
        return so_far[end] - so_far[begin]


class Days(NamedTuple):
    """A skill's practice days with a performance; attempts of one day are one observation, their mean.

    Attributes
    ----------
    at : ndarray, shape (n,)
        First start of the day, in days since 1970.
    trial : ndarray, shape (n,)
        The mean number of the day's trials.
    weekday : ndarray of int
        0 for Monday.
    performance : ndarray, shape (n,)
        Mean performance.
    counts : ndarray, shape (n,)
        How many trials it is the mean of.
    better : str
        "higher" or "lower".
    unit : str
        Of the performance; "" where the card does not say.
    """

    at: Floats
    trial: Floats
    weekday: NDArray[np.int64]
    performance: Floats
    counts: Floats
    better: str
    unit: str


def diaries(log: pd.DataFrame) -> dict[str, Diary]:
    """Return the diary of each skill of one learner's log, in the skills' order of name."""
    rows = log[["learner", "skill", "start", "minutes"]].assign(hours=weights(log) / 60)
    rows = rows.assign(at=(rows["start"] - pd.Timestamp(0)) / DAY).sort_values("at", kind="stable")
    found = {}
    for skill, own in rows.groupby("skill", sort=True):
        timed = own["minutes"].notna().any()
        amount = own["hours"] if timed else own["hours"] * 0 + 1.0
        per = "hour" if timed else "session"
        found[str(skill)] = Diary(own["at"].to_numpy(), amount.to_numpy(), own["hours"].to_numpy(), per)
    return found


def performance_days(log: pd.DataFrame) -> dict[str, Days]:
    """Return the practice days with a performance of each skill of one learner's log."""
    rows = log[["skill", "start"]].assign(**performance(log)).sort_values("start", kind="stable")
    rows["trial"] = rows.groupby("skill").cumcount() + 1.0
    rows = rows[rows["performance"].notna()]
    rows = rows.assign(day=rows["start"].dt.normalize(), at=(rows["start"] - pd.Timestamp(0)) / DAY)
    by_day = rows.groupby(["skill", "day"], sort=True)
    days = by_day.agg(
        at=("at", "min"), trial=("trial", "mean"), performance=("performance", "mean"), counts=("trial", "size")
    ).reset_index("day")
    card = rows.groupby("skill")[["better", "unit"]].first().fillna("")
    return {
        str(skill): Days(
            own["at"].to_numpy(),
            own["trial"].to_numpy(),
            own["day"].dt.day_of_week.to_numpy(np.int64),
            own["performance"].to_numpy(),
            own["counts"].to_numpy(float),
            *card.loc[skill],
        )
        for skill, own in days.groupby("skill", sort=True)
    }
