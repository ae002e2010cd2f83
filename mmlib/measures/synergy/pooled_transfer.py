"""Pooled transfer: what several learners say together about one skill's feeding another."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from mmlib.errors import counted
from mmlib.measures.synergy.transfer import judged, transfer
from mmlib.stats import meta

FEW = "too few learners"
PAIR = ["from_skill", "to_skill", "per"]
ESTIMATES = [
    *["estimate", "low", "high", "p_value", "tau", "tau_low", "tau_high", "i2"],
    *["heterogeneity_p", "prediction_low", "prediction_high"],
]
POOLED = {
    **dict.fromkeys(["from_skill", "to_skill"], "str"),
    **dict.fromkeys(["estimate", "low", "high", "p_value", "q_value"], "float64"),
    **dict.fromkeys(["n", "days"], "int64"),
    **dict.fromkeys(ESTIMATES[4:], "float64"),
    "window_days": "float64",
    **dict.fromkeys(["per", "verdict", "reason"], "str"),
}


def pooled_transfer(
    log: pd.DataFrame, *, window_days: float = 7, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Return whether one skill goes better or worse after more of another, over several learners.

    The learners' estimates of `transfer` are combined by random effects: each has a truth of its own, normally
    distributed around a mean. The variance of the truths is Paule and Mandel's, the interval of the mean Hartung and
    Knapp's, the interval of the truths' standard deviation τ the Q-profile's. The prediction interval is for the truth
    of one more learner. Hours and sessions are not mixed. It is an association, as in each learner.

    Parameters
    ----------
    log : DataFrame
        The log of at least 3 learners.
    window_days : float, default 7
        Practice of the one skill counts so many days before the other.
    confidence : float, default 0.95
        Coverage of the intervals.
    seed : int, default 0
        Of the resampling of `transfer`.

    Returns
    -------
    DataFrame
        One row per ordered pair of skills (and per `per`): from_skill, to_skill, estimate, low, high (the mean over
        learners of the change of to_skill, in standard deviations of its noise from day to day per hour of from_skill;
        positive = better), p_value, q_value (false discovery rate over all pairs), n (learners with an estimate), days
        (their practice days of to_skill), tau, tau_low, tau_high (standard deviation between learners), i2 (the share
        of the variance of the estimates that their errors do not explain), heterogeneity_p (of there being no
        difference between learners), prediction_low, prediction_high, window_days, per ("hour" or "session"), verdict
        ("better after more", "worse after more" where q_value is at most 0.1, else "none found"; "too few learners"),
        reason.

    References
    ----------
    Paule, R. C. & Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National
    Bureau of Standards 87, 377-385.
    Hartung, J. & Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with
    binary outcome. Statistics in Medicine 20, 3875-3889.
    Viechtbauer, W. (2007). Confidence intervals for the amount of heterogeneity in meta-analysis. Statistics in
    Medicine 26, 37-52.
    Nagashima, K., Noma, H. & Furukawa, T. A. (2019). Prediction intervals for random-effects meta-analysis: a
    confidence distribution approach. Statistical Methods in Medical Research 28, 1689-1702.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "learner": ["ada", "ada", "bob"], "skill": ["harmonica", "ukulele", "ukulele"],
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-02"]), "minutes": 20, "score": [3, 7, 8],
    ... }))
    >>> pooled_transfer(log)[["from_skill", "to_skill", "n", "verdict"]]
      from_skill   to_skill  n           verdict
    0  harmonica    ukulele  0  too few learners
    1    ukulele  harmonica  0  too few learners
    """
    each = transfer(log, window_days=window_days, confidence=confidence, seed=seed)
    return _pooled(each, confidence)


def _pooled(transfer: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the pooled estimate of every pair of a table of `transfer`."""
    table = _with_errors(transfer, confidence)
    rows = [
        dict(zip(PAIR, pair, strict=True)) | {"window_days": part["window_days"].iloc[0]} | _row(part, confidence)
        for pair, part in table.groupby(PAIR, sort=True)
    ]
    found = pd.DataFrame(rows, columns=[name for name in POOLED if name not in ("q_value", "verdict")])
    return judged(found, FEW)[list(POOLED)].astype(POOLED)


def _with_errors(transfer: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the table with the standard error `se` of each estimate; NaN where there is none to go by."""
    half = (transfer["high"] - transfer["low"]) / 2
    se = transfer["se"] if "se" in transfer else half / stats.norm.ppf((1 + confidence) / 2)
    se = se.where(transfer["estimate"].notna() & np.isfinite(se) & (se > 0))
    return transfer.assign(se=se, per=transfer["per"].fillna("hour"))


def _row(part: pd.DataFrame, confidence: float) -> dict[str, object]:
    """Return what the learners of one pair say together."""
    used = part.dropna(subset=["se"])
    found = meta.random_effects(used["estimate"], used["se"] ** 2, confidence)
    few = f"{counted(found.n, 'learner') if found.n else 'no learner'} with an estimate: pooling needs {meta.FEWEST}"
    sizes = {"n": found.n, "days": int(used["n"].sum()), "reason": few if found.n < meta.FEWEST else ""}
    return {name: getattr(found, name) for name in ESTIMATES} | sizes
