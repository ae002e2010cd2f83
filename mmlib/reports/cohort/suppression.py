"""What a report of a group may say of its people: each number rests on at least five of them, or is not told.

A number that could be reckoned back from those that are told, as a sum less its other parts, is not told either.
The functions take the measures' tables and return what may be shown of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmlib.errors import counted

FEWEST = 5
MOST_GROUPS = 4
STATES = ("awake", "falling asleep", "quit")
COUNTS = ["with_achieved", "with_not", "without_achieved", "without_not"]
ODDS = ["estimate", "low", "high", "mh", "mh_low", "mh_high"]
EVALUES = [f"{which}e_value{end}" for which in ("", "mh_") for end in ("", "_limit")]
DETECTION = ["detection", "detection_limit"]


def hidden(counts: pd.Series) -> pd.Series:
    """Return which of the counts that make up a total may not be shown beside it.

    Those of one to four people; and where the reader could take the others from the total to learn what these few
    are, the next smallest too. Nobody is no small group: zeros are shown.

    Parameters
    ----------
    counts : Series of int
        How many people are in each group; nobody is in two.

    Examples
    --------
    >>> hidden(pd.Series({"awake": 30, "falling asleep": 3, "quit": 12})).to_dict()
    {'awake': False, 'falling asleep': True, 'quit': True}
    """
    found = counts.between(1, FEWEST - 1)
    while found.any() and not found[counts > 0].all() and (found.sum() == 1 or counts[found].sum() < FEWEST):
        found[counts[~found & (counts > 0)].idxmin()] = True
    return found


def share(part: int, whole: int) -> str:
    """Return how many of so many people, told without telling of few.

    Examples
    --------
    >>> share(12, 60), share(3, 60), share(58, 60), share(60, 60), share(0, 60)
    ('12 of 60', 'fewer than five of 60', 'nearly all of 60', 'all 60', 'none of 60')
    """
    if part in (0, whole):
        return f"all {whole:,}" if part else f"none of {whole:,}"
    few = "fewer than five" if part < FEWEST else "nearly all" if whole - part < FEWEST else f"{part:,}"
    return f"{few} of {whole:,}"


def common(log: pd.DataFrame, by: str = "skill") -> list[str]:
    """Return what at least five people have practised: these skills, or domains, may be named.

    Examples
    --------
    >>> log = pd.DataFrame({"learner": [*"abcde", "a"], "skill": ["juggling"] * 5 + ["falconry"]})
    >>> common(log)
    ['juggling']
    """
    people = log.groupby(by)["learner"].nunique()
    return sorted(people.index[people >= FEWEST])


def by_skill(totals: pd.DataFrame) -> pd.DataFrame:
    """Return the practice of each skill that five people share, the others added up without their names.

    If fewer than five people stand behind the others, the smallest of the named skills is added to them: else one
    could take all that is shown from the total.

    Parameters
    ----------
    totals : DataFrame
        `repetition.totals`, by learner and skill.

    Returns
    -------
    DataFrame
        skill and minutes; where fewer than five people told them, skill and sessions (minutes are missing).

    Examples
    --------
    >>> rows = [*((name, "juggling", 10.0) for name in "abcdef"), *((name, "falconry", 1.0) for name in "abcde")]
    >>> by_skill(pd.DataFrame([*rows, ("a", "kites", 7.0)], columns=["learner", "skill", "minutes"]).assign(sessions=1))
          skill  minutes
    0  juggling     60.0
    1  2 others     12.0
    """
    unit = unit_of(totals)
    rows = totals[totals[unit].notna()]
    people = rows.groupby("skill")["learner"].nunique().sort_values(kind="stable")
    few = people.index[people < FEWEST].tolist()
    behind = rows.loc[rows["skill"].isin(few), "learner"].nunique()
    if 0 < behind < FEWEST:
        few += people.index[people >= FEWEST].tolist()[:1]
    names = rows["skill"].mask(rows["skill"].isin(few), counted(len(few), "other"))
    table = rows.assign(skill=names).groupby("skill")[unit].sum().sort_values(ascending=False, kind="stable")
    return table.reset_index() if unit == "minutes" else table.reset_index().assign(minutes=np.nan)


def unit_of(totals: pd.DataFrame) -> str:
    """Return in what practice can be told: in minutes, if at least five learners have noted any."""
    known = totals.loc[totals["minutes"].notna(), "learner"].nunique()
    return "minutes" if known >= FEWEST else "sessions"


def alike(totals: pd.DataFrame, rest: pd.DataFrame) -> pd.DataFrame:
    """Return the learners in groups of five and more who practised last at about the same time, with their means.

    A row for each learner would single out whoever is known to have practised on that day; a row that five share
    says the same of all of them. Those who did not practise in the period are groups of their own where they are at
    least five, and else in one with others.

    Parameters
    ----------
    totals : DataFrame
        `repetition.totals` by learner, in the period; of at least five.
    rest : DataFrame
        `repetition.rest` of all learners, all skills as one.

    Returns
    -------
    DataFrame
        One row per group, the latest practice first: learners (their pseudonyms, by the alphabet), n, days_since,
        sessions, days, minutes (means; minutes are missing where they are unknown of too many). No row where there are
        fewer than five learners.

    Examples
    --------
    >>> totals = pd.DataFrame({"learner": list("abcdefghijk"), "sessions": 4, "days": 2, "minutes": 30.0})
    >>> alike(totals, pd.DataFrame({"learner": list("abcdefghijk"), "days_since": range(11)}))[["n", "days_since"]]
       n  days_since
    0  6         2.5
    1  5         8.0
    """
    columns = ["sessions", "days", "minutes"]
    own = totals.groupby("learner")[columns].sum(min_count=1)
    people = rest[["learner", "days_since"]].join(own, on="learner", how="left")
    people.loc[~people["learner"].isin(own.index), columns] = 0
    people = people.sort_values(["days_since", "sessions", "learner"], ascending=[True, False, True])
    away = ~people["learner"].isin(own.index)
    pools = [people[~away], people[away]] if away.sum() >= FEWEST else [people]
    groups = [group for pool in pools for group in _parts(pool)]
    told = all(group["minutes"].count() >= FEWEST for group in groups)
    rows = [_means(group, timed=told) for group in groups]
    return pd.DataFrame(rows, columns=["learners", "n", "days_since", *columns])


def _parts(people: pd.DataFrame) -> list[pd.DataFrame]:
    """Return people in parts of at least five, and of about the same size."""
    count = min(MOST_GROUPS, len(people) // FEWEST)
    return [people.iloc[part] for part in np.array_split(np.arange(len(people)), count)] if count else []


def _means(group: pd.DataFrame, *, timed: bool) -> dict[str, object]:
    means = group[["days_since", "sessions", "days", "minutes"]].mean()
    who = {"learners": sorted(group["learner"]), "n": len(group)}
    return {**who, **means, "minutes": means["minutes"] if timed else np.nan}


def in_steps(survival: pd.DataFrame, each: pd.DataFrame) -> pd.DataFrame:
    """Return a survival curve that falls only where at least five learners have left a skill since its last fall.

    It ends where fewer than five learners were followed for longer. Counts are rounded to fives, the shares to whole
    per cents, so that nobody's last day, and no number of newcomers, can be reckoned from them.

    Parameters
    ----------
    survival : DataFrame
        `repetition.survival` with by=None.
    each : DataFrame
        The same with by="learner".

    Returns
    -------
    DataFrame
        The columns of `survival`; events are those since the row before, at_risk and n are rounded up; resumed is
        missing.
    """
    followed = each.groupby("learner")["days"].max()
    quits = each[each["events"] > 0].groupby("days")["learner"].agg(set)
    rows, left, events = [], set(), 0
    for row in survival.sort_values("days").to_dict("records"):
        left, events = left | quits.get(row["days"], set()), events + row["events"]
        if len(left) >= FEWEST and (followed > row["days"]).sum() >= FEWEST:
            rows.append({**row, "events": events // FEWEST * FEWEST})
            left = set()
    table = pd.DataFrame(rows, columns=survival.columns).assign(resumed=np.nan)
    table["events"] = table["events"].diff().fillna(table["events"])
    table[["at_risk", "n"]] = -(-table[["at_risk", "n"]] // FEWEST) * FEWEST
    return table.round({"estimate": 2, "low": 2, "high": 2})


def spread_told(spread: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Return a spread without the number of learners where that would tell how few others gave up early.

    Parameters
    ----------
    spread : DataFrame
        `payoff.pooled_spread`.
    log : DataFrame
        The log that it comes from.
    """
    people = spread["skill"].map(log.groupby("skill")["learner"].nunique()).astype("float64")
    secret = (people - spread["learners"]).between(1, FEWEST - 1)
    return spread.assign(learners=spread["learners"].astype("Int64").mask(secret))


def transfer_told(pooled: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of `synergy.pooled_transfer` over at least five learners, their number rounded to fives."""
    rows = pooled[pooled["estimate"].notna() & (pooled["n"] >= FEWEST)].reset_index(drop=True)
    return rows.assign(n=in_fives(rows["n"]))


def odds_told(odds: pd.DataFrame) -> pd.DataFrame:
    """Return the odds ratios whose four counts are all five or more, the counts rounded to fives.

    An odds ratio with its limits gives its four counts away, so one with a smaller count is left out as a whole.
    Exact counts would also give away how many have the domain as their main field: the total less the four.

    Parameters
    ----------
    odds : DataFrame
        `synergy.avocation_odds`.
    """
    rows = odds[odds["estimate"].notna() & (odds[COUNTS] >= FEWEST).all(axis=1)]
    kept = ["domain", "outcome", "min_hours", *COUNTS, *ODDS, "q_value", "mh_q", "reason"]
    table = rows[kept].reset_index(drop=True)
    table[COUNTS] = table[COUNTS].apply(in_fives)
    return rounded(rounded(table, ODDS, 2), ["q_value", "mh_q"], 1)


def sensitivity_told(sensitivity: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `synergy.sensitivity` for the domains that `odds_told` tells of, as roughly."""
    kept = ["domain", "outcome", "common", *ODDS, *EVALUES, *DETECTION, "reason"]
    table = sensitivity.loc[sensitivity["domain"].isin(told["domain"]), kept].reset_index(drop=True)
    return rounded(table, [*ODDS, *EVALUES, *DETECTION], 2)


def in_fives(counts: pd.Series) -> pd.Series:
    """Return counts rounded to the next multiple of five.

    Examples
    --------
    >>> in_fives(pd.Series([5, 7, 8, 28])).tolist()
    [5, 5, 10, 30]
    """
    return ((counts / FEWEST).round() * FEWEST).astype("int64")


def rounded(table: pd.DataFrame, columns: Sequence[str], figures: int) -> pd.DataFrame:
    """Return a table with these columns rounded to so many significant figures.

    Examples
    --------
    >>> rounded(pd.DataFrame({"a": [5.863, 0.01234, 271.0]}), ["a"], 2)["a"].tolist()
    [5.9, 0.012, 270.0]
    """
    made = {name: [float(f"{value:.{figures}g}") for value in table[name]] for name in columns}
    return table.assign(**made)
