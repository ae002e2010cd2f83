"""Entry: what the first trials brought, and how soon the practice paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import MMError, counted
from mmlib.log.firsts import REWARDING, milestones_in
from mmlib.measures.payoff.trials import KEYS, trials
from mmlib.stats import intervals
from mmlib.stats.early import MORE, early_share

TRICK = "entry_trick"
ENTRY = {
    **dict.fromkeys([*KEYS, "unit", "better"], "str"),
    **dict.fromkeys(["estimate", "low", "high"], "float64"),
    "n": "int64",
    **dict.fromkeys(["start", "early", "now"], "float64"),
    "sessions_to_payoff": "Int64",
    "minutes_to_payoff": "float64",
    **dict.fromkeys(["payoff_before", "payoff_after", "change", "change_low", "change_high"], "float64"),
    **dict.fromkeys(["n_before", "n_after"], "int64"),
    "reason": "str",
}


def entry(log: pd.DataFrame, *, first: int = 5, confidence: float = 0.95) -> pd.DataFrame:
    """Return how easy the way in was: the gain of the first trials, the time to the first payoff, the entry trick.

    The share of the gain so far that came in the first trials is (early - start)/(now - start), where start is
    the mean of the first three scored trials, early the mean of those around the fifth (4 to 6), and now the mean
    of the last five; its limits are Fieller's. No curve is assumed. A share below 0 counts as 0; where the limits are
    below 0 too, it was worse after the first trials than before, and there is no share. The first payoff is the
    first session whose payoff was rated 4 or more. The entry trick: the mean payoff from the first session with part
    entry_trick on, less that of the sessions before it. It is an association: the trick is mostly tried when other
    things change too.

    Parameters
    ----------
    log : DataFrame
        The log.
    first : int, default 5
        How many scored trials are the first ones: 3 or more. Below 5, start is the mean of the first `first` - 2.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per learner and skill: learner, skill, unit, better, estimate (share of the gain so far, 0 or more;
        above 1 where some of it was lost again), low, high, n (scored trials), start, early, now (performance),
        sessions_to_payoff and minutes_to_payoff (up to and including the first session with a payoff of 4 or
        more; a session of unknown length counts as the learner's median session; NaN where no minutes are
        known), payoff_before, payoff_after (mean ratings before the first session with the entry trick and from
        it on), change (after minus before), change_low, change_high, n_before, n_after (rated sessions), reason
        (what is missing, and why).

    Raises
    ------
    MMError
        For `first` below 3.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society B 16,
    175-185.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> trial = np.arange(30)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "omelette",
    ...     "start": pd.Timestamp("2026-10-01") + pd.to_timedelta(trial, unit="D"),
    ...     "minutes": 15,
    ...     "score": 8.8 - 6.3 * np.exp(-0.35 * trial) + 0.2 * np.sin(9 * trial),
    ...     "payoff": [3, 4] + [5] * 28,
    ... }))
    >>> entry(log)[["estimate", "low", "high", "n", "sessions_to_payoff", "minutes_to_payoff"]].round(2)
       estimate  low  high   n  sessions_to_payoff  minutes_to_payoff
    0      0.67  0.6  0.73  30                   2               30.0
    """
    if first < 3:
        raise MMError(f"first: found {first}, expected 3 or more trials.")
    rows, told = trials(log), log.sort_values([*KEYS, "start"], kind="stable", ignore_index=True)
    rows[["payoff", "part"]] = told[["payoff", "part"]]
    # The same rows in the same order.
    rows[["rewarding", "hours"]] = milestones_in(log)[["rewarding", "hours"]]
    found = []
    for (learner, skill), own in rows.groupby(KEYS):
        parts = [_share(own, first, confidence), _first_payoff(own), _trick(own, confidence)]
        reason = "; ".join(filter(None, (part.pop("reason") for part in parts)))
        found.append({"learner": learner, "skill": skill, **parts[0], **parts[1], **parts[2], "reason": reason})
    return pd.DataFrame(found, columns=list(ENTRY)).astype(ENTRY)


def _share(own: pd.DataFrame, first: int, confidence: float) -> dict[str, object]:
    """Return the share of the gain that came in the first trials."""
    scored = own[own["performance"].notna()]
    sign = -1.0 if own["better"].iloc[0] == "lower" else 1.0
    row = {"unit": own["unit"].iloc[0], "better": own["better"].iloc[0], "n": len(scored)}
    if len(scored) < first + MORE:
        many = counted(len(scored), "trial") if len(scored) else "no trial"
        return row | {"reason": f"{many} with a score: the gain at the beginning needs at least {first + MORE}"}
    if scored["trial"].iloc[first - 1] > 2 * first:
        reached = scored["trial"].iloc[first - 1]
        return row | {"reason": f"the beginning is mostly without scores: it took {reached:,} trials to get {first}"}
    found = early_share(sign * scored["performance"], first=first, confidence=confidence)
    row |= {name: sign * getattr(found, name) for name in ("start", "early", "now")}
    if np.isnan(found.estimate):
        return row | {"reason": "no gain so far that can be told from the noise"}
    if found.high <= 0:
        return row | {"reason": f"no gain in the first {first} trials: they went down before they went up"}
    share = {name: max(getattr(found, name), 0.0) for name in ("estimate", "low", "high")}
    return row | share | {"reason": ""}


def _first_payoff(own: pd.DataFrame) -> dict[str, object]:
    """Return how long it took to the first session that paid."""
    rated, paid = int(own["payoff"].notna().sum()), own[own["rewarding"]]
    if paid.empty:
        reason = f"no payoff of {REWARDING} or more in {counted(rated, 'rated session')}" if rated else ""
        return {"sessions_to_payoff": pd.NA, "reason": reason or "no session with a payoff rated"}
    minutes = float(paid["hours"].iloc[0]) * 60
    reason = "no minutes recorded" if np.isnan(minutes) else ""
    return {"sessions_to_payoff": int(paid["trial"].iloc[0]), "minutes_to_payoff": minutes, "reason": reason}


def _trick(own: pd.DataFrame, confidence: float) -> dict[str, object]:
    """Return the payoff before the entry trick and from its first session on."""
    tried = (own["part"] == TRICK).fillna(False).to_numpy(dtype=bool)
    since = tried.argmax() if tried.any() else len(own)
    before, after = own["payoff"].iloc[:since].dropna(), own["payoff"].iloc[since:].dropna()
    if not tried.any():
        return {"n_before": 0, "n_after": 0, "reason": f"no session with part {TRICK}"}
    estimate, low, high, _ = intervals.difference_interval(before, after, confidence)
    row = {"payoff_before": before.mean(), "payoff_after": after.mean(), "n_before": len(before), "n_after": len(after)}
    row |= {"change": estimate, "change_low": np.maximum(low, -4.0), "change_high": np.minimum(high, 4.0)}
    return row | {"reason": _trick_reason(row)}


def _trick_reason(row: dict[str, object]) -> str:
    """Return why the difference before and after the entry trick has no limits."""
    for side in ("before", "after"):
        n = int(row[f"n_{side}"])
        if n < intervals.FEWEST:
            many = counted(n, "rated session") if n else "no rated session"
            where = "before" if side == "before" else "from"
            end = "" if side == "before" else " on"
            return f"{many} {where} the first entry trick{end}: a comparison needs at least {intervals.FEWEST}"
    return "the ratings do not vary, so their noise cannot be told" if np.isnan(row["change_low"]) else ""
