"""Synergy: how T-shaped the practice is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log.derived import periods, weights
from mmlib.measures.synergy.breadth import PLURALS, checked, day_tables, generator
from mmlib.stats import diversity
from mmlib.stats.ratios import rate_interval

DEEP = 2.0
"""The deepest stands out where it has at least this many times the practice of a typical other."""

BROAD = 3.0
"""The rest is broad where it is worth at least this many skills."""

FEWEST_SESSIONS = 20
"""Before so many sessions, a shape is not named."""

DEPTH = ["depth_share", "depth_share_low", "depth_share_high"]
REST = ["rest_effective", "rest_effective_low", "rest_effective_high"]
TYPES = {
    "learner": "str",
    "period": "datetime64[us]",
    "deepest": "str",
    "depth_hours": "float64",
    "rest_hours": "float64",
    **dict.fromkeys([*DEPTH, *REST, "times_typical"], "float64"),
    "verdict": "str",
    "sessions": "int64",
    "n": "int64",
    "reason": "str",
}


def shape(
    log: pd.DataFrame, *, of: str = "skill", freq: str = "MS", confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Return how T-shaped the practice has become: how deep the deepest skill, and how broad the rest.

    At the end of each period, all practice so far is divided in two. Depth is the skill with the most of it: its
    hours and its share. Breadth is the effective number (Hill number of order 1) of the others. `times_typical` is
    the depth over what a typical other skill got, the rest divided by its effective number. From these two, the
    verdict:

    - "T": the deepest has at least 2 times a typical other, and the rest is worth 3 skills or more;
    - "I": as deep, but the rest is worth fewer;
    - "dash": no skill stands out, and the rest is worth 3 or more;
    - "pi": two or three alike, and little else.

    A session of unknown length counts as the learner's median session, so where no minutes are known at all the
    shares are of sessions, and the hours are NaN. The interval of the rest's effective number is that of `breadth`,
    from a bootstrap of the practice days so far; the interval of the share is that of a ratio over practice days.

    Parameters
    ----------
    log : DataFrame
        The log.
    of : {"skill", "domain", "self"}, default "skill"
        What is counted. Sessions whose domain or self is unknown are left out.
    freq : {"MS", "W"}, default "MS"
        After each calendar month, or each week (Monday to Sunday).
    confidence : float, default 0.95
        Coverage of the intervals.
    seed : int, default 0
        Of the resamples.

    Returns
    -------
    DataFrame
        learner, period (first day), deepest, depth_hours, rest_hours (so far, through the period's end), depth_share
        (0 to 1) with _low and _high, rest_effective with _low and _high (0 where there is nothing else),
        times_typical, verdict ("" below 20 sessions), sessions and n (practice days so far), reason (what is
        missing, and why): every period from the learner's first to last session with something to count.

    Raises
    ------
    MMError
        For an unknown `freq` or `of`.

    References
    ----------
    Guest, D. (1991). The hunt is on for the Renaissance Man of computing. The Independent, 17 September.
    Leonard-Barton, D. (1995). Wellsprings of knowledge. Harvard Business School Press.
    Jost, L. (2006). Entropy and diversity. Oikos 113, 363-375.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["ukulele", "ukulele", "juggling", "ukulele", "omelette", "ukulele", "drawing"] * 4,
    ...     "start": pd.date_range("2026-10-01", periods=28),
    ...     "minutes": [60, 30, 15, 30, 15, 60, 15] * 4,
    ... }))
    >>> shape(log)[["deepest", "depth_hours", "depth_share", "rest_effective", "times_typical", "verdict"]].round(2)
       deepest  depth_hours  depth_share  rest_effective  times_typical verdict
    0  ukulele         12.0          0.8             3.0           12.0       T
    """
    checked(of)
    rows = log.reindex(columns=list(dict.fromkeys(["learner", of, "start", "minutes"])))
    rows = rows.assign(period=periods(rows["start"], freq), weight=weights(rows))
    rows = rows[rows[of].notna()].sort_values(["learner", "start"], kind="stable")
    found = []
    for learner, own in rows.groupby("learner"):
        found += _over_time(str(learner), own, of, (confidence, seed))
    return pd.DataFrame(found, columns=list(TYPES)).astype(TYPES)


def _over_time(learner: str, own: pd.DataFrame, of: str, asked: tuple[float, int]) -> Iterator[dict[str, object]]:
    """Yield a learner's row for each period; one without practice repeats the last."""
    ((_, amounts),) = day_tables(own, of, ["learner"])
    names = sorted(own[of].unique())
    day_period = own.groupby(own["start"].dt.normalize())["period"].first()
    sessions = own["period"].value_counts()
    timed, row, so_far = own["minutes"].notna().any(), {}, 0
    for period in pd.period_range(own["period"].min(), own["period"].max()):
        if period in sessions.index:
            so_far += int(sessions[period])
            days = amounts[: int((day_period <= period).sum())]
            row = _shaped(days, names, (learner, period), asked)
            if not timed:
                row |= {"depth_hours": np.nan, "rest_hours": np.nan}
            row |= _named(row, so_far, of)
        yield {**row, "learner": learner, "period": period.start_time}


def _shaped(
    days: NDArray[np.float64], names: list[str], key: tuple[str, pd.Period], asked: tuple[float, int]
) -> dict[str, object]:
    """Return depth and breadth of so many practice days."""
    confidence, seed = asked
    totals = days.sum(axis=0)
    deepest = int(totals.argmax())
    rest = np.delete(days, deepest, axis=1)
    share, low, high, _ = rate_interval(days[:, deepest], days.sum(axis=1), confidence)
    row = {"deepest": names[deepest], "depth_hours": totals[deepest] / 60, "rest_hours": rest.sum() / 60}
    row |= {"sessions": 0, "n": len(days), **dict(zip(DEPTH, [share, max(low, 0.0), min(high, 1.0)], strict=True))}
    if not rest.any():
        return row | {"rest_effective": 0.0, "times_typical": np.nan}
    # Only days with something else tell of it.
    told = rest[rest.sum(axis=1) > 0]
    found = diversity.effective(told, [1.0], confidence=confidence, rng=generator(seed, *key))
    typical = rest.sum() / found.estimate[0]
    limits = [float(part[0]) for part in found[:3]]
    return row | dict(zip(REST, limits, strict=True)) | {"times_typical": totals[deepest] / typical}


def _named(row: dict[str, object], sessions: int, of: str) -> dict[str, object]:
    """Return the shape's name, and what is missing."""
    deep = not row["times_typical"] < DEEP
    verdict = ("T" if deep else "dash") if row["rest_effective"] >= BROAD else ("I" if deep else "pi")
    reason = ""
    if sessions < FEWEST_SESSIONS:
        verdict, reason = "", f"{counted(sessions, 'session')}: a shape needs at least {FEWEST_SESSIONS}"
    elif not row["rest_effective"]:
        reason = f"only one {of} so far"
    elif row["rest_effective"] == 1:
        reason = f"only one other {of}: how often another comes cannot be told"
    elif not row["rest_effective_low"] > 0:
        reason = f"too few days with other {PLURALS[of]}, or all of them alike: no limits of the rest"
    return {"verdict": verdict, "sessions": sessions, "reason": reason}
