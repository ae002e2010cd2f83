"""Survival: how long skills stay alive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmlib.errors import MMError, counted, did_you_mean
from mmlib.log.derived import practice_days, through, until
from mmlib.stats.survival import kaplan_meier

KEYS = ["learner", "skill"]
GROUPS = ("learner", "skill", "domain", "self")
FEWEST = 5
SURVIVAL = {
    "days": "int64",
    **dict.fromkeys(["estimate", "low", "high"], "float64"),
    **dict.fromkeys(["at_risk", "events", "resumed", "n"], "int64"),
    "reason": "str",
}


def survival(
    log: pd.DataFrame,
    *,
    as_of: str | pd.Timestamp,
    quit_after_days: int = 28,
    by: str | Sequence[str] | None = "learner",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return how long skills stay alive: the share that is still practised so many days after the first session.

    A skill of a learner is born on the day of its first session. It is quit on its last practice day before the
    first rest of more than `quit_after_days`, even if it is taken up again later. A last practice day can be told
    only when that many days have passed since, so each skill is watched until `quit_after_days` + 1 days before
    `as_of`, and skills born later are left out. The share is Kaplan and Meier's, with log-log intervals: Greenwood's,
    or, where several learners have several skills each, with learners as clusters.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The day from which to look back; later sessions are ignored.
    quit_after_days : int, default 28
        After how many days without a session a skill counts as quit. Choose more for skills that are meant to be
        practised once a month.
    by : {"learner", "skill", "domain", "self"}, list of these, or None; default "learner"
        A curve for each; None for one curve of all skills of all learners.
    confidence : float, default 0.95
        Coverage of the interval at each time.

    Returns
    -------
    DataFrame
        The columns of `by`, days (from the first session: 0, and each day on which a skill was quit or its
        watching ended), estimate (0 to 1: the share of skills alive for longer), low, high, at_risk (skills
        watched and alive until then), events (skills quit then), resumed (those of them taken up again later), n
        (skills of the curve), reason (why there is no interval).

    Raises
    ------
    MMError
        For an unknown `by` or a `quit_after_days` below 1.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of the
    American Statistical Association 53, 457-481.
    Williams, R. L. (1995). Product-limit survival functions with correlated survival times. Lifetime Data
    Analysis 1, 171-186.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "juggling", "origami", "ukulele", "ukulele"],
    ...     "start": pd.to_datetime(["2026-08-01", "2026-08-11", "2026-08-01", "2026-08-01", "2026-10-30"]),
    ... }))
    >>> survival(log, as_of="2026-10-31", quit_after_days=45)[["days", "estimate", "at_risk", "events", "resumed"]]
       days  estimate  at_risk  events  resumed
    0     0  0.333333        3       2        1
    1    10  0.000000        1       1        0
    """
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in GROUPS:
            raise MMError(f'by: found "{name}", expected one of {", ".join(GROUPS)}. {did_you_mean(name, GROUPS)}')
    if quit_after_days < 1:
        raise MMError(f"quit_after_days: found {quit_after_days}, expected a number of days, 1 or more.")
    lives = _lives(log, as_of, quit_after_days, [name for name in names if name not in KEYS])
    groups = lives.groupby(names, sort=True) if names else [((), lives)] if len(lives) else []
    why = f"no skill has been followed for more than {counted(quit_after_days, 'day')}"
    tables = [
        _curve(part, confidence, why).assign(**dict(zip(names, np.atleast_1d(key), strict=True)))
        for key, part in groups
    ]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    types = dict.fromkeys(names, "str") | SURVIVAL
    return table.reindex(columns=list(types)).astype(types)


def _lives(log: pd.DataFrame, as_of: object, quit_after_days: int, names: list[str]) -> pd.DataFrame:
    """Return one row per skill of a learner: how long it lived or was watched, in days, and how that ended."""
    rows = until(log, as_of)
    today = through(as_of).normalize()
    days = practice_days(rows, KEYS)
    groups = days.groupby(KEYS)["date"]
    days["next"] = groups.shift(-1)
    days["born"] = groups.transform("min")
    days["quit"] = (days["next"].fillna(today) - days["date"]).dt.days > quit_after_days
    last = days[days["quit"]].drop_duplicates(KEYS)
    lives = days.drop_duplicates(KEYS).drop(columns="quit").set_index(KEYS)
    ended = last.set_index(KEYS).reindex(lives.index)
    lives["quit"] = ended["date"].notna()
    lives["resumed"] = ended["next"].notna()
    watched = (today - lives["born"]).dt.days - quit_after_days - 1
    lives["days"] = (ended["date"] - lives["born"]).dt.days.fillna(watched)
    cards = rows.reindex(columns=[*KEYS, *names]).groupby(KEYS).first() if names else lives[[]]
    return lives.join(cards.astype("str").fillna("unknown")).reset_index()


def _curve(lives: pd.DataFrame, confidence: float, why: str) -> pd.DataFrame:
    watched = lives[lives["days"] >= 0]
    curve = kaplan_meier(watched["days"], watched["quit"], cluster=watched["learner"].to_numpy(), confidence=confidence)
    table = pd.DataFrame(curve._asdict()).rename(columns={"time": "days"})
    back = watched[watched["resumed"]].groupby("days").size()
    table["resumed"] = back.reindex(table["days"]).fillna(0).to_numpy()
    table["n"], table["reason"] = len(watched), ""
    table["reason"] = np.select(
        [len(watched) == 0, len(watched) < FEWEST, table["estimate"] == 1, table["estimate"] == 0],
        [why, f"fewer than {FEWEST} skills", "no skill has been quit by then", "every skill has been quit by then"],
        default="",
    )
    unknown = table["reason"] != ""
    table[["low", "high"]] = table[["low", "high"]].mask(unknown)
    return table
