"""The trials of every skill: the nth session or attempt, the practice so far, and the performance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mmlib.log.performance import KEYS, performance
from mmlib.stats.series import Series, tables

TRIALS = {
    **dict.fromkeys(KEYS, "str"),
    "trial": "int64",
    "start": "datetime64[us]",
    "minutes_total": "float64",
    "reps_total": "Int64",
    **dict.fromkeys(["reps", "successes"], "Int64"),
    "performance": "float64",
    "better": "str",
    "unit": "str",
    "target": "float64",
}


def trials(log: pd.DataFrame, *, also: Sequence[str] = ()) -> pd.DataFrame:
    """Return the trials of every skill, in order, with the practice so far and the performance.

    Every row of the log is a trial, a failed attempt without a score too. Performance is the score; in a skill
    without a single score it is successes/reps, whose unit is "success rate" and for which higher is better.

    Parameters
    ----------
    log : DataFrame
        The log.
    also : sequence of str
        Further columns of the log to put beside each trial.

    Returns
    -------
    DataFrame
        learner, skill, trial (1, 2, …), start, minutes_total and reps_total (this trial included; an unknown
        value adds nothing, and a skill with none known has NaN), reps and successes (of this trial), performance,
        better ("higher" where the card says nothing), unit, target (in that unit), and those in `also`.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 3,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03"]),
    ...     "minutes": [10, 20, 30],
    ...     "score": [4, None, 9],
    ... }))
    >>> trials(log)[["trial", "minutes_total", "performance", "better"]]
       trial  minutes_total  performance  better
    0      1           10.0          4.0  higher
    1      2           30.0          NaN  higher
    2      3           60.0          9.0  higher
    """
    wanted = [*KEYS, "start", "minutes", "reps", "successes", "score", "better", "unit", "target"]
    table = log.reindex(columns=[*wanted, *also]).sort_values([*KEYS, "start"], kind="stable", ignore_index=True)
    group, first = numbered(table)
    columns = dict(table.items()) | dict(performance(table).items())
    columns["trial"] = pd.Series(np.arange(len(table)) - first[group] + 1, index=table.index)
    for name in ("minutes", "reps"):
        columns[f"{name}_total"] = pd.Series(_so_far(table[name].to_numpy("float64", na_value=np.nan), group, first))
    return typed(columns, TRIALS | {name: table[name].dtype for name in also})


def _so_far(values: NDArray[np.float64], group: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sum of each series up to each row; NaN throughout where none of its values is known."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0)
    for begin, end in zip(first, [*first, len(values)][1:], strict=True):
        np.cumsum(total[begin:end], out=total[begin:end])
    return np.where((np.bincount(group, known) > 0)[group], total, np.nan)


def typed(columns: Mapping[str, pd.Series | ArrayLike], types: Mapping[str, object]) -> pd.DataFrame:
    """Return the table of these columns in these types; a column that has its type already is taken as it is."""
    chosen = {name: columns[name] for name in types}
    return pd.DataFrame({
        name: values if values.dtype == types[name] else values.astype(types[name]) for name, values in chosen.items()
    })  # fmt: skip


def numbered(table: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of each row's series (learner and skill), and the first row of each, where rows are in order.

    Examples
    --------
    >>> group, first = numbered(pd.DataFrame({"learner": "me", "skill": ["juggling", "juggling", "ukulele"]}))
    >>> group.tolist(), first.tolist()
    ([0, 0, 1], [0, 2])
    """
    begins = np.arange(len(table)) == 0
    for key in KEYS:
        begins[1:] |= np.diff(table[key].factorize()[0]) != 0
    return np.cumsum(begins) - 1, np.flatnonzero(begins)


def each_series(table: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield the learner and skill of each series, and its rows, where rows are in order."""
    _, first = numbered(table)
    names = table.iloc[first][KEYS].to_dict("records")
    for name, begin, end in zip(names, first, [*first, len(table)][1:], strict=True):
        yield name, table.iloc[begin:end]


def table_of(rows: Sequence[Mapping[str, object]], types: Mapping[str, str]) -> pd.DataFrame:
    """Return the table of these rows with columns of these types; what a row does not tell is missing."""
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=types[name]) for name in types})


class Placed(NamedTuple):
    """The trials of a log and where each of their series stands.

    Attributes
    ----------
    trials : DataFrame
        What `payoff.trials` returned.
    names : DataFrame
        One row per series: learner, skill, better, unit, target.
    group : ndarray of int
        The series of each trial.
    z : ndarray
        Amount of practice of each trial in units of its beginning; NaN where unknown.
    begin : ndarray
        The beginning of each series: 1 trial, or the minutes of its first session.
    shared : bool
        Whether z counts trials.
    """

    trials: pd.DataFrame
    names: pd.DataFrame
    group: NDArray[np.int64]
    z: NDArray[np.float64]
    begin: NDArray[np.float64]
    shared: bool

    def series(self) -> list[tuple[NDArray[np.int64], Series]]:
        """Return the series as tables of about equal length, with their numbers."""
        return tables(self.group, self.z, self.trials["performance"].to_numpy(), shared=self.shared)


def placed(trials: pd.DataFrame, over: str) -> Placed:
    """Return where the trials of each learner and skill stand on the scale of practice, "trial" or "minutes"."""
    group, first = numbered(trials)
    known = {name: _first_known(trials[name], group, len(first)) for name in ("better", "unit", "target")}
    names = pd.DataFrame({key: trials[key].array[first] for key in KEYS} | known)
    if over == "trial":
        return Placed(trials, names, group, trials["trial"].to_numpy(float), np.ones(len(names)), shared=True)
    minutes = trials["minutes_total"].where(trials["minutes_total"] > 0).to_numpy()
    begin = pd.Series(minutes).groupby(group).min().to_numpy()
    return Placed(trials, names, group, minutes / begin[group] if len(group) else minutes, begin, shared=False)


def _first_known(values: pd.Series, group: NDArray[np.int64], groups: int) -> pd.api.extensions.ExtensionArray:
    """Return the first known value of each group; NA where none is."""
    known, place = np.flatnonzero(values.notna())[::-1], np.full(groups, -1)
    place[group[known]] = known  # backwards, so that the first is written last
    return values.array.take(place, allow_fill=True)
