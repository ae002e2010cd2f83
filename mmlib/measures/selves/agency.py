"""Agency: the progress that the learner can see, as dated events."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import counted
from mmlib.log.derived import periods
from mmlib.log.firsts import KEYS, first_where, milestones_in, passed_barriers

AGENCY = {
    "learner": "str",
    "date": "datetime64[us]",
    "period": "datetime64[us]",
    "kind": "str",
    "skill": "str",
    "what": "str",
}
DOOR, PAYOFF, BARRIER, TARGET, OTHER = "new door", "first payoff", "barrier passed", "target reached", "milestone"
ALSO = {"first payoff": PAYOFF, "breakthrough": BARRIER, "mastered": TARGET}
"""Kinds of milestones that are events of the log's own kinds."""
SAME_DAYS = 28
"""A leap of the curve and a breakthrough that the learner wrote down are one event if no further apart."""


def agency(
    log: pd.DataFrame, milestones: pd.DataFrame, *, freq: str = "MS", barriers: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the visible progress over time: new doors, first payoffs, barriers passed and targets reached.

    - new door: the first session of a skill in the log.
    - first payoff: its first session with a payoff of 4 or more, or the learner's milestone where none was rated so.
    - barrier passed: a milestone of the kind "breakthrough", or a leap in `barriers` that ended a
      plateau.
    - target reached: the first time that the median of five scores is at the card's target or beyond, or a
      milestone of the kind "mastered" where the log shows none.
    - milestone: every other milestone that the learner wrote down.

    Small tasks that open and are solved keep agency in sight; the table counts what is on record and does not
    measure how it felt.

    Parameters
    ----------
    log : DataFrame
        The log.
    milestones : DataFrame
        learner, date, kind, skill, field, note.
    freq : {"MS", "W", "D"}, default "MS"
        The calendar period that each event is assigned to: month, week (Monday to Sunday) or day.
    barriers : DataFrame, optional
        What `payoff.barriers` returned. A leap within 28 days of a breakthrough in the same skill is that one.

    Returns
    -------
    DataFrame
        One row per event in order of learner and date: learner, date (day), period (its first day), kind, skill
        (NA for a milestone without one), what (in words).

    References
    ----------
    Bandura, A. (1997). Self-efficacy: the exercise of control. Freeman.
    Twigger, R. (2017). Micromastery. Penguin.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "omelette",
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-03"]),
    ...     "payoff": [3, 4],
    ... }))
    >>> notes = pd.DataFrame({"learner": ["me"], "date": pd.to_datetime(["2026-10-09"]), "kind": ["breakthrough"],
    ...                       "skill": ["omelette"], "note": ["It folded by itself."]})
    >>> agency(log, notes)[["date", "kind", "skill", "what"]]
            date            kind     skill                   what
    0 2026-10-01        new door  omelette      the first session
    1 2026-10-03    first payoff  omelette  payoff 4 in session 2
    2 2026-10-09  barrier passed  omelette   It folded by itself.
    """
    trials = milestones_in(log)
    doors = _events(trials[trials["trial"] == 1], DOOR, "the first session")
    payoffs = first_where(trials, "rewarding")
    rated = [f"payoff {payoff:g} in session {trial:,.0f}" for payoff, trial in payoffs[["payoff", "trial"]].to_numpy()]
    targets = first_where(trials, "at_target")
    scored = [f"at the target after {counted(trial, 'session')}" for trial in targets["trial"]]
    known = pd.concat([_events(payoffs, PAYOFF, rated), _events(targets, TARGET, scored)])
    told = _told(milestones)
    twice = told["kind"].isin([PAYOFF, TARGET]) & _keys(told).isin(_keys(known))
    leaps = _events(passed_barriers(barriers), BARRIER, "a leap of the learning curve")
    table = pd.concat([doors, known, told[~twice], _not_told(leaps, told)])
    table["date"] = pd.to_datetime(table["date"]).astype("datetime64[us]").dt.normalize()
    table["period"] = periods(table["date"], freq).dt.start_time
    table = table.sort_values(["learner", "date"], kind="stable", ignore_index=True)
    return table[list(AGENCY)].astype(AGENCY)


def _events(rows: pd.DataFrame, kind: str, what: str | list[str]) -> pd.DataFrame:
    return pd.DataFrame({**{key: rows[key] for key in KEYS}, "date": rows["start"], "kind": kind, "what": what})


def _told(milestones: pd.DataFrame) -> pd.DataFrame:
    """Return what the learner wrote down, with the log's own names for the kinds it knows."""
    table = milestones.reindex(columns=[*KEYS, "date", "kind", "note"]).reset_index(drop=True)
    table = table.astype(dict.fromkeys([*KEYS, "kind", "note"], "str")).assign(date=pd.to_datetime(table["date"]))
    kind = table["kind"].astype("object")
    words = table["note"].where(table["note"].notna(), kind)
    named = kind.map(ALSO).fillna(OTHER)
    return table.assign(kind=named, what=words).drop(columns="note")


def _keys(events: pd.DataFrame) -> pd.Series:
    columns = [events[name].astype("object").fillna("") for name in (*KEYS, "kind")]
    return pd.Series(list(zip(*columns, strict=True)), index=events.index, dtype="object")


def _not_told(leaps: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return the leaps that lie near no breakthrough of the same skill."""
    own = told[told["kind"] == BARRIER]
    pairs = leaps.reset_index().merge(own, on=KEYS, suffixes=("", "_told"))
    near = (pairs["date"] - pairs["date_told"]).abs() <= pd.Timedelta(days=SAME_DAYS)
    return leaps.drop(index=pairs.loc[near, "index"].unique())
