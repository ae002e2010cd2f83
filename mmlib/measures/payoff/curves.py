"""Learning curves: how fast each skill improves, where it levels off, and whether the data can tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import MMError
from mmlib.measures.payoff.fitted import fitted, keys_of, models_of
from mmlib.measures.payoff.success import by_rate, success_curves, success_points
from mmlib.measures.payoff.trials import KEYS, numbered, placed, trials, typed
from mmlib.stats import learning
from mmlib.stats.inference import Inference
from mmlib.stats.series import Series

CURVES = {
    **dict.fromkeys([*KEYS, "better", "unit", "over", "model"], "str"),
    "n": "int64",
    **dict.fromkeys(
        [f"{name}{end}" for name in ("asymptote", "gain", "rate", "prior") for end in ("", "_low", "_high")], "float64"
    ),
    **dict.fromkeys(["noise_sd", "autocorrelation", "aicc", "weight"], "float64"),
    "identified": "bool",
    "reason": "str",
}
POINTS = {
    **dict.fromkeys(KEYS, "str"),
    "trial": "int64",
    "start": "datetime64[us]",
    "minutes_total": "float64",
    **dict.fromkeys(["observed", "fitted", "low", "high"], "float64"),
    **dict.fromkeys(["better", "unit"], "str"),
    "target": "float64",
    "model": "str",
    "over": "str",
}


def learning_curves(
    log: pd.DataFrame,
    *,
    over: str = "trial",
    models: Sequence[str] = ("flat", "exponential", "power", "power_prior", "apex"),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the learning curve of each skill: its form, asymptote, gain and rate, with intervals.

    The forms are flat y = A, exponential y = A + B·e^(-r(N-1)), power y = A + B·N^(-c), power_prior
    y = A + B·(N+E)^(-c) and apex y = A + B·e^(-α(N-1))·N^(-β), where N is the trial; over minutes, N is the total of
    minutes in units of the first session's. They are compared by AICc with the effective number of observations, and
    the simplest with substantial support is taken. The gain is the improvement from the first trial to the
    asymptote. A success rate follows logistic growth instead, p = A/(1 + (A - p₁)/p₁·e^(-r(N-1))), or is flat, whatever
    `models` says. A curve that has not bent gets no asymptote, gain or rate, and the reason. The intervals hold under
    autocorrelated and heavy-tailed noise.

    Parameters
    ----------
    log : DataFrame
        The log.
    over : {"trial", "minutes"}, default "trial"
        The amount of practice: trials, or minutes up to and including the session.
    models : sequence of {"flat", "exponential", "power", "power_prior", "apex"}
        The candidates; flat is always among several, and one name alone fits that form.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per learner and skill: learner, skill, better, unit, over, model ("logistic" too; NA with fewer than 8
        scored trials), n (scored trials), asymptote (in the unit), gain (in the unit, positive = better), rate (r per
        trial or per minute; for the power forms the exponent c; for apex α + β, the share of what is left that the
        first trial closes), prior (E of power_prior, in trials or minutes; its upper limit is inf where the data set
        none), each with _low and _high, noise_sd (in the unit), autocorrelation (lag 1, of the residuals), aicc, weight
        (Akaike weight among the candidates), identified, reason.

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
    at = placed(trials(log), checked_over(over))
    size = len(at.names)
    found = {name: np.full(size, np.nan) for name in learning.NUMBERS}
    found |= {"n": np.zeros(size, dtype=int), "identified": np.zeros(size, dtype=bool)}
    found |= {"model": np.full(size, None, dtype=object), "over": np.full(size, over, dtype=object)}
    found["reason"] = np.full(size, "no trial with a score: a curve needs at least 8", dtype=object)
    higher = at.names["better"].ne("lower").to_numpy()
    for numbers, series in at.series():
        some = learning.learning(series, models=models, confidence=confidence, higher_is_better=higher[numbers])
        for name, values in some.items():
            found[name][numbers] = values
    for end in ("", "_low", "_high"):
        found[f"rate{end}"] = found[f"rate{end}"] / _unit_of_rate(found["model"], at.begin)
        found[f"prior{end}"] = found[f"prior{end}"] * at.begin
    rates = by_rate(at)
    for name, values in (success_curves(at, rates, confidence) if rates.size else {}).items():
        found[name][rates] = values
    if over == "minutes":
        found["reason"][np.isnan(at.begin)] = "no minutes recorded"
    columns = dict(at.names.items()) | found
    return pd.DataFrame({name: pd.Series(columns[name], dtype=kind) for name, kind in CURVES.items()})


def _unit_of_rate(models: NDArray, begin: NDArray) -> NDArray:
    """Return what one unit of practice is for each rate: the exponents of the power forms have none."""
    return np.where(np.isin(models.astype(str), ["power", "power_prior"]), 1.0, begin)


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
        learner, skill, trial, start, minutes_total (as in `trials`), observed (NaN for a failed attempt), fitted, low,
        high (NaN where there is no model), better, unit, target, model, over (the scale of practice of the curves).
        Skills without any performance are left out.

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
    over = checked_over(curves["over"].iloc[0]) if len(curves) else "trial"
    at = placed(_with_curve(trials(log), curves), over)
    models = models_of(at, curves)
    points = np.full((len(at.trials), 3), np.nan)
    row = np.full(len(models), -1)
    for numbers, series, around in fitted(at, models, confidence):
        row[:] = -1
        row[numbers] = np.arange(numbers.size)
        mine = np.flatnonzero((row[at.group] >= 0) & ~np.isnan(at.z))
        points[mine] = _band(series, around, row[at.group[mine]], at.z[mine])
    rates = by_rate(at)
    for model in ("flat", "logistic"):
        of_model = rates[models[rates] == model]
        if of_model.size:
            rows, values = success_points(at, of_model, model, confidence)
            points[rows] = values
    columns = dict(at.trials.items()) | {"observed": at.trials["performance"]}
    columns |= dict(zip(("fitted", "low", "high"), points.T, strict=True))
    columns["model"] = pd.array(models, dtype="str").take(at.group)
    columns["over"] = pd.array([over], dtype="str").take(np.zeros_like(at.group))
    return typed(columns, POINTS)


def _with_curve(table: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of the skills that have any performance and a row in the table of curves."""
    group, first = numbered(table)
    named = set(keys_of(curves))
    wanted = np.array([key in named for key in keys_of(table.iloc[first])], dtype=bool)
    wanted &= np.bincount(group, table["performance"].notna(), minlength=len(first)) > 0
    return table[wanted[group]].reset_index(drop=True)


def _band(series: Series, around: Inference, row: NDArray, z: NDArray) -> NDArray:
    """Return the fitted mean and its limits at amounts z of the series in these rows."""
    place = np.arange(row.size) - np.searchsorted(row, row) if series.z.ndim > 1 else z.astype(int) - 1
    width = int(place.max()) + 1
    amounts = np.arange(1.0, width + 1) if series.z.ndim == 1 else np.ones((len(series), width))
    if series.z.ndim > 1:
        amounts[row, place] = z
    mean, half = around.band(amounts)
    mean, half = mean[row, place], half[row, place]
    return np.column_stack([mean, mean - half, mean + half])


def checked_over(over: str) -> str:
    """Return the name of the scale of practice, or raise MMError."""
    if over not in ("trial", "minutes"):
        raise MMError(f'over: found "{over}", expected "trial" or "minutes".')
    return over
