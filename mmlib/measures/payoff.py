"""Payoff: what the practice buys: how fast each skill improves, where it levels off, what it is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmlib.errors import MMError, counted
from mmlib.log.derived import through
from mmlib.stats import curves as forms
from mmlib.stats import intervals, learning

KEYS = ["learner", "skill"]
INTERVAL = {"estimate": "float64", "low": "float64", "high": "float64"}
TRIALS = {
    **dict.fromkeys(KEYS, "str"),
    "trial": "int64",
    "start": "datetime64[us]",
    "minutes_total": "float64",
    "reps_total": "Int64",
    "performance": "float64",
    "better": "str",
    "unit": "str",
    "target": "float64",
}
CURVES = {
    **dict.fromkeys([*KEYS, "better", "unit", "over", "model"], "str"),
    "n": "int64",
    **dict.fromkeys(
        [f"{name}{end}" for name in ("asymptote", "gain", "rate") for end in ("", "_low", "_high")], "float64"
    ),
    **dict.fromkeys(["noise_sd", "autocorrelation", "aicc", "weight"], "float64"),
    "identified": "bool",
    "reason": "str",
}
POINTS = {
    **dict.fromkeys(KEYS, "str"),
    "trial": "int64",
    "start": "datetime64[us]",
    **dict.fromkeys(["observed", "fitted", "low", "high"], "float64"),
    **dict.fromkeys(["better", "unit"], "str"),
    "target": "float64",
    "model": "str",
}
PROGRESS = {
    **dict.fromkeys([*KEYS, "unit", "better"], "str"),
    "before": "float64",
    "now": "float64",
    "n_before": "int64",
    "n_now": "int64",
    **INTERVAL,
    "reason": "str",
}
FELT = {**dict.fromkeys([*KEYS, "reward"], "str"), **INTERVAL, "n": "int64", "reason": "str"}
FLOW = {"learner": "str", "challenge": "int64", **INTERVAL, "n": "int64", "reason": "str"}
SUCCESS_RATE = "success rate"


def trials(log: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of every skill, in order, with the practice so far and the performance.

    Every row of the log is a trial, a failed attempt without a score too. Performance is the score; in a skill
    without a single score it is successes/reps, whose unit is "success rate" and for which higher is better.

    Parameters
    ----------
    log : DataFrame
        The log.

    Returns
    -------
    DataFrame
        learner, skill, trial (1, 2, …), start, minutes_total and reps_total (this trial included; an unknown
        value adds nothing, and a skill with none known has NaN), performance, better ("higher" where the card
        says nothing), unit, target (in that unit).

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 3,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03"]),
    ...     "minutes": [10, 20, 30],
    ...     "score": [4, None, 9],
    ... }))
    >>> trials(log)[["trial", "minutes_total", "performance", "better"]]
       trial  minutes_total  performance  better
    0      1           10.0          4.0  higher
    1      2           30.0          NaN  higher
    2      3           60.0          9.0  higher
    """
    wanted = [*KEYS, "start", "minutes", "reps", "successes", "score", "better", "unit", "target"]
    table = log.reindex(columns=wanted).sort_values([*KEYS, "start"], kind="stable", ignore_index=True)
    groups = table.groupby(KEYS, sort=False)
    table["trial"] = groups.cumcount() + 1
    for name in ("minutes", "reps"):
        known = groups[name].transform("count") > 0
        table[f"{name}_total"] = table[name].fillna(0).groupby([table[key] for key in KEYS]).cumsum().where(known)
    reps = table["reps"].astype("float64")
    rate = table["successes"].astype("float64") / reps.where(reps > 0)
    unscored = groups["score"].transform("count") == 0
    by_rate = unscored & (rate.groupby([table[key] for key in KEYS]).transform("count") > 0)
    table["performance"] = table["score"].where(~by_rate, rate)
    table["better"] = table["better"].astype("str").fillna("higher").mask(by_rate, "higher")
    table["unit"] = table["unit"].astype("str").mask(by_rate, SUCCESS_RATE)
    table["target"] = table["target"].astype("float64").mask(by_rate)
    return table[list(TRIALS)].astype(TRIALS)


def learning_curves(
    log: pd.DataFrame,
    *,
    over: str = "trial",
    models: Sequence[str] = ("flat", "exponential", "power"),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the learning curve of each skill: its form, asymptote, gain and rate, with intervals.

    The forms are flat y = A, exponential y = A + B·e^(-r(N-1)) and power y = A + B·N^(-c), where N is the
    trial; over minutes, N is the total of minutes in units of the first session's. They are compared by AICc
    with the effective number of observations. The gain is the improvement from the first trial to the
    asymptote. A curve that has not bent gets no asymptote, gain or rate, and the reason.

    Parameters
    ----------
    log : DataFrame
        The log.
    over : {"trial", "minutes"}, default "trial"
        The amount of practice: trials, or minutes up to and including the session.
    models : sequence of {"flat", "exponential", "power"}
        The candidates; one name alone fits that form.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per learner and skill: learner, skill, better, unit, over, model (NA with fewer than 8 scored
        trials), n (scored trials), asymptote (in the unit), gain (in the unit, positive = better), rate (per
        trial or per minute; for the power form the exponent), each with _low and _high, noise_sd (in the unit),
        autocorrelation (lag 1, of the residuals), aicc, weight (Akaike weight among the candidates),
        identified, reason.

    Raises
    ------
    MMError
        For an unknown `over` or model.

    References
    ----------
    Newell, A. & Rosenbloom, P. S. (1981). Mechanisms of skill acquisition and the law of practice.
    Heathcote, A., Brown, S. & Mewhort, D. J. K. (2000). The power law repealed. Psychonomic Bulletin & Review 7.
    Burnham, K. P. & Anderson, D. R. (2002). Model selection and multimodel inference, 2nd ed. Springer.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> trial = np.arange(40)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.Timestamp("2026-10-01") + pd.to_timedelta(trial, unit="D"),
    ...     "score": 50 - 40 * np.exp(-0.2 * trial) + np.sin(9 * trial),
    ... }))
    >>> learning_curves(log)[["model", "asymptote", "gain", "rate", "identified"]].round(1)
             model  asymptote  gain  rate  identified
    0  exponential       50.0  39.9   0.2        True
    """
    _check_over(over)
    rows = []
    for (learner, skill), series in trials(log).groupby(KEYS):
        first = series.iloc[0]
        x, start = _practice(series, over)
        used = x.notna() & series["performance"].notna()
        found = learning.learning(
            x[used],
            series.loc[used, "performance"],
            models=models,
            confidence=confidence,
            higher_is_better=first["better"] != "lower",
            start=start,
        )
        if not x.notna().any():
            found = learning.Learning(reason="no minutes recorded")
        names = {"learner": learner, "skill": skill, "better": first["better"], "unit": first["unit"]}
        rows.append({**names, "over": over, **found._asdict()})
    return pd.DataFrame(rows, columns=list(CURVES)).astype(CURVES)


def curve_points(log: pd.DataFrame, curves: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return every trial beside its learning curve, with a confidence band for the mean.

    Parameters
    ----------
    log : DataFrame
        The log from which the curves come.
    curves : DataFrame
        What `learning_curves` returned: the form that it names is fitted.
    confidence : float, default 0.95
        Coverage of the band at each trial. It is the band of the mean performance, not of single trials.

    Returns
    -------
    DataFrame
        learner, skill, trial, start, observed (NaN for a failed attempt), fitted, low, high (NaN where there is
        no model), better, unit, target, model. Skills without any performance are left out.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> trial = np.arange(40)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.Timestamp("2026-10-01") + pd.to_timedelta(trial, unit="D"),
    ...     "score": 50 - 40 * np.exp(-0.2 * trial) + np.sin(9 * trial),
    ... }))
    >>> curve_points(log, learning_curves(log))[["trial", "observed", "fitted", "low", "high"]].round(1).tail(1)
        trial  observed  fitted   low  high
    39     40      49.2    50.0  49.6  50.3
    """
    chosen = curves.set_index(KEYS)[["over", "model"]]
    tables = []
    for key, series in trials(log).groupby(KEYS):
        if key in chosen.index and series["performance"].notna().any():
            over, model = chosen.loc[key]
            tables.append(_points(series, over, model, confidence))
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(POINTS))
    return table[list(POINTS)].astype(POINTS)


def _points(series: pd.DataFrame, over: str, model: str | float, confidence: float) -> pd.DataFrame:
    """Return one skill's trials with the fitted mean of the named form."""
    table = series.rename(columns={"performance": "observed"}).assign(model=model)
    table[["fitted", "low", "high"]] = np.nan
    if pd.isna(model):
        return table
    x, start = _practice(series, over)
    used = x.notna() & table["observed"].notna()
    fit = forms.FORMS[model](x[used], table.loc[used, "observed"], start=start)
    fitted = fit.predict(x[x.notna()])
    half = fit.factor(confidence) * fit.spread(x[x.notna()])
    table.loc[x.notna(), ["fitted", "low", "high"]] = np.column_stack([fitted, fitted - half, fitted + half])
    return table


def _check_over(over: str) -> None:
    if over not in ("trial", "minutes"):
        raise MMError(f'over: found "{over}", expected "trial" or "minutes".')


def _practice(series: pd.DataFrame, over: str) -> tuple[pd.Series, float]:
    """Return the amount of practice at each trial (NaN where unknown), and where it begins."""
    if over == "trial":
        return series["trial"].astype("float64"), 1.0
    x = series["minutes_total"].where(series["minutes_total"] > 0)
    return x, float(x.min()) if x.notna().any() else 1.0


def progress(
    log: pd.DataFrame,
    *,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp,
    before_days: int = 28,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return how performance in a period compares with the weeks before it.

    The difference of two means with Welch's interval, on the effective numbers of observations. It says whether
    performance rose, not why.

    Parameters
    ----------
    log : DataFrame
        The log.
    since, until : date or time
        The period; a date without a time as `until` means through the end of that day.
    before_days : int, default 28
        How many days before `since` it is compared with.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        One row per learner and skill practised in either: learner, skill, unit, better, before, now (mean
        performance), n_before, n_now (scored trials), estimate (positive = better), low, high, reason.

    References
    ----------
    Welch, B. L. (1947). The generalization of "Student's" problem. Biometrika 34, 28-35.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.date_range("2026-09-25", "2026-10-04", unit="us"),
    ...     "score": [10, 12, 11, 10, 11, 12, 15, 14, 16, 14],
    ... }))
    >>> progress(log, since="2026-10-01", until="2026-10-31")[["before", "now", "estimate", "low", "high"]].round(2)
       before    now  estimate   low  high
    0    11.0  14.75      3.75  2.27  5.23
    """
    first, last = pd.Timestamp(since).tz_localize(None), through(until)
    table = trials(log)
    table = table[(table["start"] >= first - pd.Timedelta(days=before_days)) & (table["start"] <= last)]
    rows = []
    for (learner, skill), series in table.groupby(KEYS):
        names = {"learner": learner, "skill": skill, "unit": series["unit"].iloc[0]}
        rows.append({**names, **_difference(series, series["start"] >= first, confidence)})
    return pd.DataFrame(rows, columns=list(PROGRESS)).astype(PROGRESS)


def _difference(series: pd.DataFrame, is_now: pd.Series, confidence: float) -> dict[str, object]:
    """Return one skill's progress."""
    better = series["better"].iloc[0]
    before = series.loc[~is_now, "performance"].dropna()
    now = series.loc[is_now, "performance"].dropna()
    estimate, low, high, _ = intervals.difference_interval(before, now, confidence)
    if better == "lower":
        estimate, low, high = -estimate, -high, -low
    reason = ""
    for side, name in ((before, "before"), (now, "now")):
        if side.size < intervals.FEWEST and not reason:
            few = counted(side.size, "trial") if side.size else "no trial"
            reason = f"{few} with a score {name}: a comparison needs at least {intervals.FEWEST}"
    if not reason and np.isnan(low):
        reason = "the scores do not vary, so their noise cannot be told"
    return {
        "better": better,
        "before": before.mean(),
        "now": now.mean(),
        "n_before": before.size,
        "n_now": now.size,
        "estimate": estimate,
        "low": low,
        "high": high,
        "reason": reason,
    }


def felt(log: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the reward felt in each skill: intrinsic (payoff) and extrinsic (praise).

    Mean ratings with a t interval that allows for resemblance between neighbouring sessions.

    Parameters
    ----------
    log : DataFrame
        The log.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Two rows per learner and skill: learner, skill, reward ("payoff" or "praise"), estimate, low, high (1 to
        5), n (sessions rated), reason (why limits are missing).

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling"] * 4,
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]),
    ...     "payoff": [3, 4, 5, 4],
    ... }))
    >>> felt(log)[["reward", "estimate", "low", "high", "n"]].round(2).head(1)
       reward  estimate  low  high  n
    0  payoff       4.0  2.7   5.0  4
    """
    rows = [
        {"learner": learner, "skill": skill, "reward": reward, **_rating(part[reward], reward, confidence)}
        for (learner, skill), part in log.sort_values("start", kind="stable").groupby(KEYS)
        for reward in ("payoff", "praise")
    ]
    return pd.DataFrame(rows, columns=list(FELT)).astype(FELT)


def flow(log: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the mean flow at each level of challenge, over all skills of a learner.

    Csikszentmihalyi's claim is that flow is highest where the challenge just matches the skill: at 3 here. The
    table shows whether this learner's ratings agree; it is an association between two ratings of one session.

    Parameters
    ----------
    log : DataFrame
        The log.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Five rows per learner: learner, challenge (1 too easy, 3 just right, 5 too hard; ratings between are
        rounded), estimate (mean flow), low, high (1 to 5), n (sessions with both ratings), reason.

    References
    ----------
    Csikszentmihalyi, M. (1990). Flow: the psychology of optimal experience. Harper & Row.

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
    level = ordered["challenge"].round()
    rows = [
        {"learner": learner, "challenge": step, **_rating(part["flow"][level == step], "flow", confidence)}
        for learner, part in ordered.groupby("learner")
        for step in range(1, 6)
    ]
    return pd.DataFrame(rows, columns=list(FLOW)).astype(FLOW)


def _rating(ratings: pd.Series, name: str, confidence: float) -> dict[str, object]:
    """Return the mean of ratings from 1 to 5."""
    estimate, low, high, n = intervals.mean_interval(ratings, confidence, least_sd=intervals.RATING_SD)
    reason = ""
    if n < intervals.FEWEST:
        many = counted(n, "session") if n else "no session"
        reason = f"{many} with {name} rated: an interval needs at least {intervals.FEWEST}"
    return {
        "estimate": estimate,
        "low": np.maximum(low, 1.0),
        "high": np.minimum(high, 5.0),
        "n": n,
        "reason": reason,
    }
