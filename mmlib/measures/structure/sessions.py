"""The sessions of each skill, column by column: six parts ask the same columns again and again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.log.items import of_items


class Sessions(NamedTuple):
    """One skill's sessions, in order of learner and start."""

    learner: NDArray[np.int64]
    """A number for each learner of the log."""
    start: NDArray[np.int64]
    day: NDArray[np.int64]
    last_day: NDArray[np.int64]
    """The learner's last day in the log, in whichever skill."""
    payoff: NDArray[np.float64]
    support: NDArray[np.float64]
    score: NDArray[np.float64]
    part: NDArray[np.object_]
    variation: NDArray[np.int64]
    """A number for each variation; -1 where there is none, or where it names the item that was asked."""
    is_item: NDArray[np.bool_]
    """Whether the skill is to this learner a set of items, whose names stand where other skills have variations."""
    lower_is_better: NDArray[np.bool_]
    unit: NDArray[np.object_]


def sessions_by_skill(log: pd.DataFrame, skills: Iterable[str]) -> dict[str, Sessions]:
    """Return the sessions of each of these skills; of a skill that is not in the log, none."""
    columns = _columns(log)
    skill, known = pd.factorize(log["skill"])
    order = np.lexsort((columns.start, columns.learner, skill))
    columns = Sessions(*(column[order] for column in columns))
    ends = np.searchsorted(skill[order], np.arange(known.size + 1))
    where = {name: slice(*ends[place : place + 2]) for place, name in enumerate(known)}
    none = slice(0, 0)
    return {name: Sessions(*(column[where.get(name, none)] for column in columns)) for name in skills}


def _columns(log: pd.DataFrame) -> Sessions:
    """Return the whole log, in its own order."""
    learner, names = pd.factorize(log["learner"], sort=True)
    start, is_item = log["start"].to_numpy(), of_items(log).to_numpy()
    day = start.astype("datetime64[D]").astype("int64")
    last_day = np.full(names.size, np.iinfo("int64").min)
    np.maximum.at(last_day, learner, day)
    unknown = pd.Series(np.nan, index=log.index, dtype="object")
    numbers = {name: log[name].to_numpy(dtype=float, na_value=np.nan) for name in ("payoff", "support", "score")}
    return Sessions(
        learner=learner,
        start=start.astype("int64"),
        day=day,
        last_day=last_day[learner],
        **numbers,
        part=log["part"].to_numpy(dtype=object, na_value=np.nan),
        variation=np.where(is_item, -1, pd.factorize(log["variation"])[0]),
        is_item=is_item,
        lower_is_better=log.get("better", unknown).eq("lower").to_numpy(dtype=bool, na_value=False),
        unit=log.get("unit", unknown).to_numpy(dtype=object),
    )
