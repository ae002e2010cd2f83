"""Balance: how the practice is shared among the selves, and which of them went short lately."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from mmlib.errors import counted
from mmlib.log.derived import DAY, periods, through, until, weights
from mmlib.stats import diversity

UNNAMED = "unnamed"
BALANCE = {
    "learner": "str",
    "period": "datetime64[us]",
    "self": "str",
    "minutes": "float64",
    "sessions": "int64",
    "share": "float64",
    "evenness": "float64",
}
NEGLECTED = {
    "learner": "str",
    "self": "str",
    "minutes": "float64",
    "sessions": "int64",
    "share": "float64",
    "usual": "float64",
    "usual_low": "float64",
    "usual_high": "float64",
    "n": "int64",
    "days_since": "int64",
    "neglected": "bool",
    "reason": "str",
}
RECENT_DAYS = 28
FEWEST_STRETCHES = 3
MIDDLE = (0.1, 0.9)
"""The usual range leaves out the lowest and the highest tenth."""
RARE = 0.01


def balance(log: pd.DataFrame, *, freq: str = "MS") -> pd.DataFrame:
    """Return how the practice of each period is shared among the learner's selves.

    Evenness is the effective number of selves honoured in the period (Hill number of order 1) over the number
    of selves the learner has anywhere in the log: 1 when all get the same, 1/number when one gets everything.
    Shares are of minutes; a session of unknown length counts as the learner's median session.

    Parameters
    ----------
    log : DataFrame
        The log. A session without a self counts for "unnamed".
    freq : {"MS", "W"}, default "MS"
        Calendar month, or week (Monday to Sunday).

    Returns
    -------
    DataFrame
        learner, period (first day), self, minutes, sessions, share (0 to 1), evenness (0 to 1, the same on all
        rows of a period). Every self of the learner has a row in every period from the first to the last, with
        zeros where it was not honoured; share and evenness are NaN in a period without practice.

    Raises
    ------
    MMError
        For an unknown `freq`.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness. Ecology 54, 427-432.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "omelette"],
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02"]),
    ...     "minutes": [30, 30],
    ...     "self": ["the player", "the cook"],
    ... }))
    >>> balance(log)[["self", "minutes", "share", "evenness"]]
             self  minutes  share  evenness
    0    the cook     30.0    0.5       1.0
    1  the player     30.0    0.5       1.0
    """
    rows = pd.DataFrame(
        {
            "learner": log["learner"],
            "period": periods(log["start"], freq),
            "self": log["self"].fillna(UNNAMED),
            "minutes": log["minutes"],
            "weight": weights(log),
        }
    )
    tables = [_one_balance(part, learner) for learner, part in rows.groupby("learner")]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(BALANCE))
    return table[list(BALANCE)].astype(BALANCE)


def _one_balance(rows: pd.DataFrame, learner: str) -> pd.DataFrame:
    """Return one learner's balance: every self in every period."""
    span = pd.period_range(rows["period"].min(), rows["period"].max())
    selves = sorted(rows["self"].unique())
    grid = pd.MultiIndex.from_product([span, selves], names=["period", "self"])
    groups = rows.groupby(["period", "self"])
    table = pd.DataFrame(index=grid)
    table["sessions"] = groups.size().reindex(grid, fill_value=0)
    table["minutes"] = groups["minutes"].sum(min_count=1).reindex(grid).mask(table["sessions"] == 0, 0.0)
    weight = groups["weight"].sum().reindex(grid, fill_value=0.0)
    in_period = weight.groupby(level="period")
    table["share"] = weight / in_period.transform("sum").replace(0.0, np.nan)
    effective = in_period.agg(lambda part: diversity.hill(part, 1))
    table["evenness"] = effective.reindex(grid.get_level_values("period")).to_numpy() / len(selves)
    table = table.reset_index().assign(learner=learner)
    table["period"] = table["period"].dt.start_time
    return table


def neglected(log: pd.DataFrame, *, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Return which selves went short in the last 28 days, measured by what each of them usually gets.

    The share of the practice that a self got in the last 28 days stands beside its shares in the stretches of 28
    days before these, back to the self's first session. A self counts as neglected if its share is below its
    usual range and below half of its usual share, and if chance alone would give it so few sessions in less than 1
    case in 100 (binomial, with its earlier share of the sessions). This compares the learner with nobody else, and
    judges nothing: a season may well belong to one self.

    Parameters
    ----------
    log : DataFrame
        The log. Sessions without a self count in the whole, but have no row of their own.
    as_of : date or time
        The last day looked at; later rows are ignored.

    Returns
    -------
    DataFrame
        One row per learner and self: learner, self, minutes and sessions (last 28 days), share (of the practice of
        these days, 0 to 1; NaN without any), usual (median share of the earlier stretches with practice),
        usual_low, usual_high (their 10th and 90th percentiles: a range, no confidence interval), n (such
        stretches), days_since (its last session), neglected, reason (in words, where it is neglected or cannot be
        told).

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> days = pd.date_range("2026-06-01", "2026-10-31", unit="us")
    >>> log = check_log(pd.DataFrame({"skill": "a", "start": days, "minutes": 20, "self": "the player"}))
    >>> log.loc[(log.index % 3 == 0) & (log["start"] < "2026-09-20"), "self"] = "the cook"
    >>> neglected(log, as_of="2026-10-31")[["self", "share", "usual", "days_since", "neglected"]].round(2)
             self  share  usual  days_since  neglected
    0    the cook    0.0   0.32          44       True
    1  the player    1.0   0.68           0      False
    """
    rows = until(log, as_of)
    last = through(as_of).normalize()
    rows = rows.assign(weight=weights(rows), stretch=(last - rows["start"].dt.normalize()) // (RECENT_DAYS * DAY))
    rows["name"] = rows["self"].fillna(UNNAMED)
    found = [
        {"learner": learner, "self": name, **_of_late(part, name, last)}
        for learner, part in rows.groupby("learner")
        for name in sorted(set(part["name"].unique()) - {UNNAMED})
    ]
    return pd.DataFrame(found, columns=list(NEGLECTED)).astype(NEGLECTED)


def _of_late(rows: pd.DataFrame, name: str, last: pd.Timestamp) -> dict[str, object]:
    """Return one self's share in the last stretch and in those before."""
    own = rows[rows["name"] == name]
    total = rows.groupby("stretch")["weight"].sum()
    share = own.groupby("stretch")["weight"].sum().reindex(total.index, fill_value=0.0) / total
    earlier = share[(share.index > 0) & (share.index <= own["stretch"].max())]
    low, high = earlier.quantile(MIDDLE) if len(earlier) else (np.nan, np.nan)
    recent = own[own["stretch"] == 0]
    minutes = 0.0 if recent.empty else recent["minutes"].sum(min_count=1)
    found = {"minutes": minutes, "sessions": len(recent), "share": share.get(0, np.nan)}
    found |= {"usual": earlier.median(), "usual_low": low, "usual_high": high, "n": len(earlier)}
    found["days_since"] = (last - own["start"].max().normalize()).days
    known = len(earlier) >= FEWEST_STRETCHES and 0 in share.index
    found["neglected"] = known and bool(share[0] < min(low, earlier.median() / 2)) and _hardly_chance(rows, own)
    return found | {"reason": _why(found, known)}


def _hardly_chance(rows: pd.DataFrame, own: pd.DataFrame) -> bool:
    """Return whether so few of the last sessions would rarely be the self's if each were, as before, its by chance."""
    usual = (own["stretch"] > 0).sum() / (rows["stretch"].between(1, own["stretch"].max())).sum()
    recent, all_recent = ((table["stretch"] == 0).sum() for table in (own, rows))
    return bool(stats.binom.cdf(recent, all_recent, usual) < RARE)


def _why(found: dict[str, object], known: bool) -> str:
    """Return in words what makes a self neglected, or why that cannot be told."""
    if not known and np.isnan(found["share"]):
        return f"no practice at all in the last {RECENT_DAYS} days"
    if not known:
        many = counted(found["n"], "earlier stretch", "earlier stretches")
        return f"{many} of {RECENT_DAYS} days: its usual share needs at least {FEWEST_STRETCHES}"
    if not found["neglected"]:
        return ""
    got = "nothing" if found["sessions"] == 0 else f"{found['share']:.0%}"
    usually = f"usually {found['usual']:.0%} (mostly {found['usual_low']:.0%} to {found['usual_high']:.0%})"
    ago = f", last {counted(found['days_since'], 'day')} ago" if found["sessions"] == 0 else ""
    return f"{got} of the last {RECENT_DAYS} days' practice, {usually}{ago}"
