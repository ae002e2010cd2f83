"""Barriers: where a skill was stuck, where it leapt, and where it dipped."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.payoff.fitted import keys_of
from mmlib.measures.payoff.trials import KEYS, each_series, placed, table_of, trials
from mmlib.stats import changepoints

BARRIERS = {
    **dict.fromkeys([*KEYS, "kind"], "str"),
    **dict.fromkeys(["trial", "trial_low", "trial_high", "trial_until"], "Int64"),
    **dict.fromkeys(["start", "until"], "datetime64[us]"),
    **dict.fromkeys(["estimate", "low", "high"], "float64"),
    "n": "int64",
    **dict.fromkeys(["passed", "isolated"], "boolean"),
    **dict.fromkeys(["unit", "better", "reason"], "str"),
}
RECENT = 30
"""Without a plateau, this many trials before a leap count as those in which its parts may have been isolated."""


def barriers(log: pd.DataFrame, curves: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the plateaus, leaps and dips of each skill: where they are, how large, and how sure.

    A leap is a sudden rise of the level above the learner's own learning curve, a dip a sudden fall below it. Each
    lasts, or passes after a while. They are searched in the curve's residuals while the curve is fitted anew beside
    every candidate, because a curve that was fitted without the leap has swallowed a part of it, with noise that
    resembles its neighbours (`stats.changepoints.changes`). On smooth curves, at most 1 skill in 20 shows any. A
    plateau is the longest stretch up to a leap over which the level did not clearly rise, and rose by less than a
    quarter of the leap. One that a leap ends for good is a rub-pat barrier passed. A level that no leap has ended yet
    cannot be told from a ceiling, and is no plateau here.

    That a leap came after the parts were isolated does not show that it came of it.

    Parameters
    ----------
    log : DataFrame
        The log.
    curves : DataFrame
        What `learning_curves` returned: its skills are searched, over the amount of practice that it names.
    confidence : float, default 0.95
        Coverage of the intervals and of the confidence sets of the place.

    Returns
    -------
    DataFrame
        One row per plateau, leap and dip, in order of trials: learner, skill, kind ("plateau", "leap", "dip"), trial
        (its first), trial_low, trial_high (the confidence set of that; NA for a plateau), trial_until (its last; NA
        where a leap or dip lasts to the end), start, until (when these two were; NaT as before), estimate (change of
        level in the unit, positive = better; for a plateau from its first trial to its last), low, high, n (scored
        trials within it), passed (a plateau: whether the leap that ended it lasts; else NA), isolated (a leap, and
        its plateau: whether a session in the plateau, or else in the 30 trials before, has part isolate; NA where no
        part is recorded there), unit, better, reason. A skill in which nothing was found has one row, with kind NA,
        n (scored trials) and the reason.

    References
    ----------
    Gray, W. D. & Lindstedt, J. K. (2017). Plateaus, dips, and leaps: where to look for inventions and discoveries
    during skilled performance. Cognitive Science 41, 1838-1870.
    Donner, Y. & Hardy, J. L. (2015). Piecewise power laws in individual learning curves. Psychonomic Bulletin &
    Review 22, 1308-1319.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> from mmlib.measures.payoff.curves import learning_curves
    >>> trial = np.arange(100)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.Timestamp("2026-07-01") + pd.to_timedelta(trial, unit="D"),
    ...     "score": 20 - 15 * np.exp(-0.1 * trial) + 10 * (trial >= 60) + np.sin(9 * trial**2),
    ... }))
    >>> table = barriers(log, learning_curves(log))
    >>> table[["kind", "trial", "trial_low", "trial_high", "estimate", "low", "high", "passed"]].round(1)
          kind  trial  trial_low  trial_high  estimate  low  high  passed
    0  plateau     25       <NA>        <NA>       0.9 -0.2   1.9    True
    1     leap     61         61          61      10.0  9.6  10.3    <NA>
    """
    over = str(curves["over"].iloc[0]) if len(curves) else "trial"
    table = trials(log, also=["part"])
    table["z"] = placed(table, over).z
    known, rows = set(keys_of(curves)), []
    for names, series in each_series(table):
        if tuple(names.values()) in known:
            names |= {name: series[name].iloc[0] for name in ("unit", "better")}
            rows += [names | row for row in _barriers(series, confidence)]
    return table_of(rows, BARRIERS)


def _barriers(series: pd.DataFrame, confidence: float) -> list[dict[str, object]]:
    """Return one skill's rows, or the one that says why there are none."""
    used = (series["z"].notna() & series["performance"].notna()).to_numpy()
    scored, sign = series[used], -1.0 if series["better"].iloc[0] == "lower" else 1.0
    y = sign * scored["performance"].to_numpy()
    changes = changepoints.changes(scored["z"], y, confidence=confidence)
    rows, since = [], 0
    for change in changes:
        plateau = changepoints.plateau(y[since : change.start], change.size, confidence)
        begin = None if plateau is None else since + plateau.start
        isolated = _isolated(series, scored, change.start, begin) if change.size > 0 else None
        if plateau is not None:
            rows.append(
                _row(scored, "plateau", begin, change.start, plateau)
                | {"passed": change.stop == len(y), "isolated": isolated}
            )
        place = {"trial_low": scored["trial"].iloc[change.first], "trial_high": scored["trial"].iloc[change.last]}
        kind = "leap" if change.size > 0 else "dip"
        rows.append(_row(scored, kind, change.start, change.stop, change) | place | {"isolated": isolated})
        since = change.start if change.stop == len(y) else change.stop
    return rows or [{"n": len(y), "reason": _why_none(y)}]


def _row(
    scored: pd.DataFrame,
    kind: str,
    begin: int,
    end: int,
    found: changepoints.Change | changepoints.Plateau,
) -> dict[str, object]:
    """Return the row of a stretch of the scored trials; one that lasts to the last of them has no end, unless it is
    a plateau."""
    last = scored.iloc[end - 1] if kind == "plateau" or end < len(scored) else None
    return {
        "kind": kind,
        "trial": scored["trial"].iloc[begin],
        "trial_until": pd.NA if last is None else last["trial"],
        "start": scored["start"].iloc[begin],
        "until": pd.NaT if last is None else last["start"],
        "estimate": found.size,
        "low": found.low,
        "high": found.high,
        "n": end - begin,
        "reason": "",
    }


def _isolated(series: pd.DataFrame, scored: pd.DataFrame, leap: int, begin: int | None) -> bool | None:
    """Return whether the parts were isolated in the plateau before a leap, or in the last trials; None if untold."""
    until = scored["trial"].iloc[leap]
    since = until - RECENT if begin is None else scored["trial"].iloc[begin]
    told = series.loc[series["trial"].between(since, until, inclusive="left"), "part"].dropna()
    return bool((told == "isolate").any()) if len(told) else None


def _why_none(y: np.ndarray) -> str:
    """Return why a skill has no plateau, leap or dip."""
    many = counted(y.size, "trial") if y.size else "no trial"
    if y.size < changepoints.FEWEST:
        return f"{many} with a score: leaps and dips need at least {changepoints.FEWEST}"
    if np.ptp(y) == 0:
        return f"all {many} scored the same"
    return f"no leap or dip stands out from the noise of {many}"
