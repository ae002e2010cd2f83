"""How far the learners of a skill are apart, trial by trial: the spread around their mean curve."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import MMError

QUARTERS = {"lower": 0.25, "median": 0.5, "upper": 0.75}
SPREAD = {
    "skill": "str",
    "trial": "int64",
    **dict.fromkeys([*QUARTERS, "fitted", "low", "high"], "float64"),
    **dict.fromkeys(["better", "unit", "model"], "str"),
    "learners": "int64",
}


def pooled_spread(points: pd.DataFrame, *, fewest: int = 5) -> pd.DataFrame:
    """Return the quartiles of several learners at every trial, beside the curve of their mean.

    A quarter of the learners lie below `lower`, half below `median`, three quarters below `upper`. Each trial has the
    same learners, so a narrower spread means that they have come together, not that some have left. It describes
    these learners: the quartiles are no interval of an estimate.

    Parameters
    ----------
    points : DataFrame
        What `pooled_points` returned.
    fewest : int, default 5
        Skills with fewer learners are left out: quartiles of few are single learners' scores.

    Returns
    -------
    DataFrame
        One row per skill and trial: skill, trial, lower, median, upper (performance, in the skill's unit), fitted, low,
        high (the curve of the mean and its band), better, unit, model (of the mean), learners.

    Raises
    ------
    MMError
        For a `fewest` below 3.

    Examples
    --------
    >>> points = pd.DataFrame({
    ...     "skill": "typing", "learner": [None, *"abcde"], "trial": 1, "observed": [30.0, 10, 20, 30, 40, 50],
    ...     "fitted": 31.0, "low": 25.0, "high": 37.0, "better": "higher", "unit": "words", "model": "power",
    ...     "learners": 5})
    >>> pooled_spread(points)[["trial", "lower", "median", "upper", "fitted"]]
       trial  lower  median  upper  fitted
    0      1   20.0    30.0   40.0    31.0
    """
    if fewest < 3:
        raise MMError(f"fewest: found {fewest}, expected a number of learners, 3 or more.")
    enough = points[points["learners"] >= fewest]
    own, mean = enough[enough["learner"].notna()], enough[enough["learner"].isna()]
    groups = own.groupby(["skill", "trial"])["observed"]
    quarters = pd.DataFrame({name: groups.quantile(share) for name, share in QUARTERS.items()}).reset_index()
    table = mean.merge(quarters.astype({"skill": "str"}), on=["skill", "trial"])
    return table[list(SPREAD)].astype(SPREAD)
