"""Learning curves: how fast each skill improves, where it levels off, and whether the data can tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmlib.errors import MMError
from mmlib.measures.payoff.trials import KEYS, practice_so_far, trials
from mmlib.stats import curves as forms
from mmlib.stats import learning

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
        x, start = practice_so_far(series, over)
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
    x, start = practice_so_far(series, over)
    used = x.notna() & table["observed"].notna()
    fit = forms.FORMS[model](x[used], table.loc[used, "observed"], start=start)
    fitted = fit.predict(x[x.notna()])
    half = fit.factor(confidence) * fit.spread(x[x.notna()])
    table.loc[x.notna(), ["fitted", "low", "high"]] = np.column_stack([fitted, fitted - half, fitted + half])
    return table


def _check_over(over: str) -> None:
    if over not in ("trial", "minutes"):
        raise MMError(f'over: found "{over}", expected "trial" or "minutes".')
