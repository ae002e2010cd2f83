"""Flow: with what challenge it goes, and whether it goes with being better than one's own learning curve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.payoff.curves import curve_points
from mmlib.measures.payoff.rewards import INTERVAL, rating
from mmlib.measures.payoff.trials import KEYS
from mmlib.stats.intervals import RATING_SD
from mmlib.stats.mixed import FEWEST_GROUPS, mixed_line
from mmlib.stats.trend import FEWEST_FOR_SLOPE, slope_interval

MOST = 3.0
"""A deviation counts as no more than so many residual standard deviations."""

BANDS = (-np.inf, -1.0, -1 / 3, 1 / 3, 1.0, np.inf)
FLOW = {
    **dict.fromkeys(["learner", "term"], "str"),
    "challenge": "Int64",
    "deviation": "float64",
    **INTERVAL,
    "n": "int64",
    "learners": "int64",
    "slope_sd": "float64",
    "reason": "str",
}


def flow(log: pd.DataFrame, curves: pd.DataFrame | None = None, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return how flow goes with the challenge, and with the deviation from the learner's own learning curve.

    Csikszentmihalyi's claim is that flow is highest where the challenge just matches the skill: at 3 here.
    Cowley et al. found that it is higher where performance is better than one's own learning curve, whatever the
    level of skill. The deviation of a session is (observed - fitted)/noise_sd, turned so that positive is better,
    and at most 3 either way. Its slope is estimated within skills, with an intercept for each. Over all learners
    it comes from a mixed model with an intercept and a slope of each learner's own, of deviations and ratings
    less those of the learner's skill. All of these are associations between what was noted about one session.

    Parameters
    ----------
    log : DataFrame
        The log.
    curves : DataFrame, optional
        What `learning_curves` returned. Without it there are only the rows of challenge.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        learner, term, challenge, deviation, estimate, low, high, n (sessions with both), learners, slope_sd,
        reason. Per learner, five rows with the term "challenge": estimate is the mean flow (1 to 5) at the
        challenge 1 (too easy), 3 (just right), 5 (too hard); ratings between are rounded. With curves, five rows
        with the term "deviation": mean flow in the bands up to -1, -1/3, 1/3, 1 and beyond, where deviation is
        the mean of the band in residual standard deviations; and one with the term "slope": points of flow per
        standard deviation above the curve. With 3 learners or more, a last slope without a learner, of all of
        them: `learners` is how many, `slope_sd` the standard deviation of their own slopes.

    References
    ----------
    Csikszentmihalyi, M. (1990). Flow: the psychology of optimal experience. Harper & Row.
    Cowley, B. U., Palomäki, J., Tammi, T., Frantsi, R., Inkilä, V.-P., Lehtonen, N., Pölönen, P., Vepsäläinen, J.
    & Lappi, O. (2019). Flow experiences during visuomotor skill acquisition reflect deviation from a power-law
    learning curve, but not overall level of skill. Frontiers in Psychology 10, 1126.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]),
    ...     "challenge": [3, 3, 3, 5],
    ...     "flow": [4, 5, 4, 2],
    ... }))
    >>> flow(log).query("n > 0")[["challenge", "estimate", "low", "high", "n"]].round(1)
       challenge  estimate  low  high  n
    2          3       4.3  2.9   5.0  3
    4          5       2.0  NaN   NaN  1
    """
    ordered = log.sort_values("start", kind="stable")
    rated = None if curves is None else _deviations(ordered, curves)
    rows = []
    for learner, part in ordered.groupby("learner"):
        rows += [{"learner": learner, **row} for row in _by_challenge(part, confidence)]
        if rated is not None:
            own = rated[rated["learner"] == learner]
            rows += [{"learner": learner, **row} for row in [*_by_deviation(own, confidence), _slope(own, confidence)]]
    if rated is not None and log["learner"].nunique() >= FEWEST_GROUPS:
        rows.append(_common_slope(rated, confidence))
    return pd.DataFrame(rows, columns=list(FLOW)).fillna({"learners": 1}).astype(FLOW)


def _deviations(ordered: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Return the flow of every session beside its deviation from the curve, where both are known."""
    points = curve_points(ordered, curves).merge(curves[[*KEYS, "noise_sd"]], on=KEYS)
    sign = np.where(points["better"] == "lower", -1.0, 1.0)
    off = sign * (points["observed"] - points["fitted"]) / points["noise_sd"].where(points["noise_sd"] > 0)
    points = points[[*KEYS, "trial"]].assign(deviation=off.clip(-MOST, MOST))
    rated = ordered[[*KEYS, "flow"]].assign(trial=ordered.groupby(KEYS).cumcount() + 1)
    return rated.merge(points, on=[*KEYS, "trial"]).dropna(subset=["flow", "deviation"])


def _by_challenge(part: pd.DataFrame, confidence: float) -> list[dict[str, object]]:
    """Return one learner's mean flow at each level of challenge."""
    level = part["challenge"].round()
    return [
        {"term": "challenge", "challenge": step, **rating(part["flow"][level == step], "flow", confidence)}
        for step in range(1, 6)
    ]


def _by_deviation(own: pd.DataFrame, confidence: float) -> list[dict[str, object]]:
    """Return one learner's mean flow in each band of deviation."""
    bands = pd.cut(own["deviation"], BANDS, labels=False)
    rows = []
    for band in range(len(BANDS) - 1):
        part = own[bands == band]
        mean = rating(part["flow"], "flow", confidence)
        rows.append({"term": "deviation", "deviation": part["deviation"].mean(), **mean})
    return rows


def _slope(own: pd.DataFrame, confidence: float) -> dict[str, object]:
    """Return how one learner's flow changes with the deviation, within skills."""
    estimate, low, high, n = slope_interval(
        own["deviation"],
        own["flow"],
        order=own["trial"],
        series=own["skill"],
        confidence=confidence,
        least_sd=RATING_SD,
    )
    reason = ""
    if np.isnan(estimate):
        many, skills = counted(n, "session") if n else "no session", counted(own["skill"].nunique(), "skill")
        where = "" if n < FEWEST_FOR_SLOPE else f" in {skills}"
        reason = f"{many} with flow rated and a learning curve{where}: too few for a slope"
    return {"term": "slope", "estimate": estimate, "low": low, "high": high, "n": n, "reason": reason}


def _common_slope(rated: pd.DataFrame, confidence: float) -> dict[str, object]:
    """Return how the flow of all learners changes with the deviation: a mixed model."""
    skill, person = rated.groupby(KEYS), rated.groupby("learner")
    deviation = rated["deviation"] - skill["deviation"].transform("mean")
    # Skills that differ in flow must not pass for deviations; learners may differ, by their random intercepts.
    flow = rated["flow"] - skill["flow"].transform("mean") + person["flow"].transform("mean")
    found = mixed_line(deviation, flow, rated["learner"])
    low, high = found.interval(confidence)
    row = {"term": "slope", "estimate": found.slope, "low": low, "high": high, "n": found.n, "reason": found.reason}
    if found.groups < FEWEST_GROUPS:
        few = counted(found.groups, "learner") if found.groups else "no learner"
        row["reason"] = f"{few} with flow rated and a learning curve: a mixed model needs at least {FEWEST_GROUPS}"
    return row | {"learners": found.groups, "slope_sd": found.slope_sd}
