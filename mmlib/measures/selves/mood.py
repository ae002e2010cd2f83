"""Mood: after practice against before, skill by skill, with chance taken into account."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import MMError, counted
from mmlib.stats import intervals, shrinkage

MOOD = {
    **dict.fromkeys(["before", "after", "raw", "estimate", "low", "high", "shrinkage"], "float64"),
    "n": "int64",
    "reason": "str",
}
LEAST_SD = intervals.RATING_SD * np.sqrt(2)
"""Two ratings, each in whole steps."""
MOST = 4.0
"""The mood can change by no more on a scale from 1 to 5."""


def mood_lift(log: pd.DataFrame, *, by: str = "skill", confidence: float = 0.95) -> pd.DataFrame:
    """Return how the mood after practice compares with the mood before it.

    The mean of after minus before over the sessions that have both is `raw`. Of many skills the one on top has
    often just been lucky, the more so the fewer its sessions. So `estimate` draws each mean towards the mean of
    all of the learner's skills, as far as its own sessions say little and the skills differ little: a
    normal-normal (random-effects) model, averaged over all between-skill standard deviations that the data allow,
    which the interval reflects. Neighbouring sessions may resemble each other, to the same degree in all skills.

    It is an association: a bad mood tends to pass without practice too, and what made the day good may have made
    room for the session.

    Parameters
    ----------
    log : DataFrame
        The log.
    by : {"skill", "self"}, default "skill"
        What to group by, besides the learner. A session without a self counts for "unnamed".
    confidence : float, default 0.95
        Coverage of the interval, on average over the groups.

    Returns
    -------
    DataFrame
        learner, the column of `by`, before, after (mean ratings 1 to 5 of the paired sessions), raw (after minus
        before, in points), estimate (the same, shrunken), low, high, shrinkage (0: the estimate is the group's own
        mean; 1: it is the mean of all), n (sessions with both ratings), reason (why estimate and limits are
        missing). With one or two groups of at least 3 sessions there is no shrinkage.

    Raises
    ------
    MMError
        For an unknown `by`.

    References
    ----------
    Efron, B. & Morris, C. (1975). Data analysis using Stein's estimator and its generalizations. Journal of the
    American Statistical Association 70, 311-319.
    Gelman, A. et al. (2013). Bayesian data analysis, 3rd ed., section 5.4. CRC Press.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]),
    ...     "mood_before": [3, 2, 3, 3],
    ...     "mood_after": [4, 4, 4, 3],
    ... }))
    >>> mood_lift(log)[["skill", "before", "after", "estimate", "low", "high", "n"]].round(2)
          skill  before  after  estimate  low  high  n
    0  juggling    2.75   3.75       1.0 -0.3   2.3  4
    """
    if by not in ("skill", "self"):
        raise MMError(f'by: found "{by}", expected "skill" or "self".')
    columns = {"learner": "str", by: "str", **MOOD}
    rows = log.sort_values("start", kind="stable")[["learner", by, "mood_before", "mood_after"]]
    rows[by] = rows[by].fillna("unnamed")
    paired = rows[["mood_before", "mood_after"]].notna().all(axis=1)
    rows.loc[~paired, ["mood_before", "mood_after"]] = np.nan
    rows["lift"] = rows["mood_after"] - rows["mood_before"]
    groups = rows.groupby(["learner", by])
    table = groups[["mood_before", "mood_after", "lift"]].mean().set_axis(["before", "after", "raw"], axis=1)
    table["n"] = groups["lift"].count()
    table[["estimate", "low", "high", "shrinkage"]] = np.nan
    lifts = {key: part.dropna().to_numpy() for key, part in groups["lift"]}
    for _, own in table[table["n"] >= intervals.FEWEST].groupby(level="learner"):
        found = _shrunken([lifts[key] for key in own.index], confidence)
        table.loc[own.index, ["estimate", "low", "high", "shrinkage"]] = found
    table["low"], table["high"] = table["low"].clip(lower=-MOST), table["high"].clip(upper=MOST)
    few = table["n"] < intervals.FEWEST
    table["reason"] = [_too_few(n) if missing else "" for n, missing in zip(table["n"], few, strict=True)]
    return table.reset_index()[list(columns)].astype(columns)


def _shrunken(lifts: list[np.ndarray], confidence: float) -> np.ndarray:
    """Return estimate, low, high and shrinkage of each of one learner's groups."""
    if len(lifts) < intervals.FEWEST:
        alone = [intervals.mean_interval(values, confidence, least_sd=LEAST_SD)[:3] for values in lifts]
        return np.column_stack([np.array(alone), np.zeros(len(alone))])
    means = shrinkage.group_means(lifts, least_sd=LEAST_SD)
    return np.column_stack(shrinkage.shrunken_means(means.mean, shrinkage.t_variances(means, confidence), confidence))


def _too_few(n: int) -> str:
    many = counted(n, "session") if n else "no session"
    return f"{many} with the mood before and after: an interval needs at least {intervals.FEWEST}"
