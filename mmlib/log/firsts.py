"""When something first came of the practice: the first payoff, the target reached."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.log.derived import TIME, weights

KEYS = ["learner", "skill"]
REWARDING = 4
"""A payoff of this or more counts as one: the upper two of five steps."""
NEEDED = [*KEYS, "start", "payoff", "score", "reps", "successes", "better", "target"]
RUN = 5
"""The target is reached when the median of so many scores in a row is at it or beyond: one lucky score is not."""


def milestones_in(log: pd.DataFrame) -> pd.DataFrame:
    """Return every trial with the practice up to its end, and whether it is rewarding, or at the target.

    A trial is at the target if the median of its score and the four scores before it is at the target or beyond.
    In a skill without scores, the share of successes takes their place if the target is a share too. Minutes that
    are unknown count as the learner's median session.

    Parameters
    ----------
    log : DataFrame
        The log, with its cards' `better` and `target`.

    Returns
    -------
    DataFrame
        In order of learner, skill and start: learner, skill, start, trial (1, 2, …), hours (NaN for a learner
        without any minutes), days (since the first session), payoff, rated (whether it is known), rewarding,
        scored (whether the score and the card's target are known), at_target.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.date_range("2026-10-01", periods=6, unit="us"),
    ...     "minutes": 30,
    ...     "payoff": [2, 4, 3, 5, 5, 5],
    ...     "score": [80, 120, 90, 100, 110, 105],
    ... })).assign(target=100.0)
    >>> trials = milestones_in(log)
    >>> trials[["hours", "days", "rewarding", "at_target"]].tail(2)
       hours  days  rewarding  at_target
    4    2.5   4.0       True       True
    5    3.0   5.0       True       True
    """
    rows = log.reindex(columns=NEEDED).assign(hours=weights(log).where(_timed(log)) / 60)
    learner, skill = (pd.factorize(rows[key], sort=True)[0] for key in KEYS)
    order = np.lexsort((rows["start"], skill, learner))
    rows, series = rows.take(order).reset_index(drop=True), (learner * (skill.max(initial=0) + 1) + skill)[order]
    groups = rows.groupby(series, sort=False)
    table = rows[[*KEYS, "start", "payoff"]].assign(trial=groups.cumcount() + 1, hours=groups["hours"].cumsum())
    table["days"] = (rows["start"] - groups["start"].transform("min")).dt.total_seconds() / 86400
    table["rated"], table["rewarding"] = rows["payoff"].notna(), rows["payoff"] >= REWARDING
    short = _short_of_target(rows, groups["score"].transform("count") == 0)
    table["scored"] = short.notna()
    known, series = short[table["scored"]], series[table["scored"]]
    # A run that reaches back into the series before is none.
    whole = series == np.append(np.full(RUN - 1, -1), series)[: series.size]
    table["at_target"] = known.rolling(RUN).median().where(whole).reindex(rows.index).le(0)
    return table


def first_where(trials: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the first trial of each learner and skill at which a column of `milestones_in` is true."""
    return trials[trials[name]].drop_duplicates(KEYS).reset_index(drop=True)


def _timed(log: pd.DataFrame) -> pd.Series:
    return log.groupby("learner")["minutes"].transform("count") > 0


def _short_of_target(rows: pd.DataFrame, unscored: pd.Series) -> pd.Series:
    """Return how far each score is short of the target, in the direction that is better; at most 0 is there."""
    target = rows["target"].astype("float64")
    sign = np.where(rows["better"].astype("str").eq("lower"), -1.0, 1.0)
    reps = rows["reps"].astype("float64")
    rate = (rows["successes"].astype("float64") / reps.where(reps > 0)).where(target.between(0, 1))
    return (target - rows["score"].where(~unscored, rate)) * sign


def passed_barriers(barriers: pd.DataFrame | None) -> pd.DataFrame:
    """Return the barriers that were passed, of a table of plateaus, leaps and dips: the leaps that ended a plateau.

    Parameters
    ----------
    barriers : DataFrame or None
        What `payoff.barriers` returned: learner, skill, kind, start, isolated (whether the parts were practised
        alone before) and, of plateaus, passed. In a table without `passed` every leap counts.

    Returns
    -------
    DataFrame
        learner, skill, start (of the leap), isolated (False where that is not known).

    Examples
    --------
    >>> found = pd.DataFrame({"learner": "ada", "skill": "juggling", "kind": ["plateau", "leap"],
    ...                       "start": pd.to_datetime(["2026-03-01", "2026-10-03"]), "isolated": [None, True],
    ...                       "passed": [True, None]})
    >>> passed_barriers(found)[["skill", "start", "isolated"]]
          skill      start  isolated
    0  juggling 2026-10-03      True
    """
    columns = {**dict.fromkeys(KEYS, "str"), "start": TIME, "isolated": "bool"}
    if barriers is None or barriers.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    rows = barriers.sort_values([*KEYS, "start"], kind="stable")
    leaps = rows["kind"].eq("leap").fillna(False).astype(bool)
    if "passed" in rows:
        ended = _true(rows, "passed") & rows["kind"].eq("plateau").fillna(False).astype(bool)
        leaps &= ended.groupby([rows[key] for key in KEYS]).shift(fill_value=False).astype(bool)
    rows = rows[leaps]
    return rows.assign(isolated=_true(rows, "isolated"))[list(columns)].astype(columns).reset_index(drop=True)


def _true(table: pd.DataFrame, name: str) -> pd.Series:
    values = table[name] if name in table else pd.Series(np.nan, index=table.index)
    return values.astype("boolean").fillna(False).astype(bool)
