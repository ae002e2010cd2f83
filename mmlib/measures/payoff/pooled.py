"""The mean curve of several learners, and whether its form is theirs or comes from the averaging."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.payoff.trials import trials
from mmlib.stats import learning, pooling
from mmlib.stats.series import Series

FEWEST_LEARNERS = 3
POOLED = {
    **dict.fromkeys(["skill", "better", "unit", "model"], "str"),
    **dict.fromkeys(["learners", "n", "n_exponential"], "int64"),
    **dict.fromkeys(
        [f"{name}{end}" for name in ("asymptote", "gain", "rate") for end in ("", "_low", "_high")], "float64"
    ),
    "individual_model": "str",
    "evidence": "float64",
    "averaged": "bool",
    "reason": "str",
}
POINTS = {"skill": "str", "trial": "int64", "learners": "int64", "mean": "float64", "unit": "str"}


def pooled(
    log: pd.DataFrame,
    *,
    models: Sequence[str] = ("flat", "exponential", "power", "power_prior", "apex"),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the learning curve of the mean of several learners, with a warning where the averaging made its form.

    The mean at each trial is taken over the learners who reached the last of the trials used: as many trials as at
    least half of them have. A mean of exponential curves with different rates looks like a power curve. So the
    learners' own curves are compared too: where these are exponential and the mean is not, it is flagged.

    Parameters
    ----------
    log : DataFrame
        The log of at least 3 learners.
    models : sequence of str
        The candidates for the mean, as in `learning_curves`.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per skill that at least 3 learners practise: skill, better, unit, model (of the mean; NA where there
        is none), learners, n (trials), n_exponential (learners whose own curve the exponential describes better than
        the power), asymptote, gain, rate (of the mean curve), each with _low and _high, individual_model (what the
        learners' own curves together favour; NA where they do not decide), evidence (the total AICc of their power
        curves less that of their exponential ones), averaged (True where the form of the mean is not theirs), reason.

    References
    ----------
    Anderson, R. B. & Tweney, R. D. (1997). Artifactual power curves in forgetting. Memory & Cognition 25, 724-730.
    Heathcote, A., Brown, S. & Mewhort, D. J. K. (2000). The power law repealed. Psychonomic Bulletin & Review 7.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> rng = np.random.default_rng(0)
    >>> trial = np.arange(60)
    >>> logs = [
    ...     pd.DataFrame({
    ...         "learner": f"learner {i}", "skill": "typing",
    ...         "start": pd.Timestamp(2026, 1, 1) + pd.to_timedelta(trial, unit="D"),
    ...         "score": 60 - 40 * np.exp(-rate * trial) + rng.normal(size=60),
    ...     })
    ...     for i, rate in enumerate(rng.gamma(1.0, 0.2, size=40))
    ... ]
    >>> pooled(check_log(pd.concat(logs, ignore_index=True)))[["model", "individual_model", "averaged"]]
             model individual_model  averaged
    0  power_prior      exponential      True
    """
    names = learning.checked(models)
    rows = [_row(skill, part, names, confidence) for skill, part in trials(log).groupby("skill", sort=True)]
    return pd.DataFrame([row for row in rows if row], columns=list(POOLED)).astype(POOLED)


def complete(part: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Return one skill's performance, learners by trials, of those who scored in all of the first n trials."""
    wide = part.pivot_table(index=["learner"], columns="trial", values="performance", aggfunc="first")
    lengths = np.sort(part.groupby("learner")["trial"].max().to_numpy())
    n = int(lengths[max((len(lengths) - 1) // 2, 0)])
    known = wide.reindex(columns=range(1, n + 1)).interpolate(axis=1, limit=2, limit_area="inside")
    return known.dropna().to_numpy(), n


def _row(skill: str, part: pd.DataFrame, models: list[str], confidence: float) -> dict[str, object]:
    if part["learner"].nunique() < FEWEST_LEARNERS:
        return {}
    first = part.iloc[0]
    values, n = complete(part)
    row = {"skill": skill, "better": first["better"], "unit": first["unit"], "learners": len(values), "n": n}
    row |= {"model": None, "individual_model": None, "n_exponential": 0, "averaged": False}
    if len(values) < FEWEST_LEARNERS or n < learning.FEWEST:
        few = f"{counted(len(values), 'learner')} with {counted(n, 'scored trial')}"
        return row | {"reason": f"{few}: a mean curve needs at least {FEWEST_LEARNERS} with {learning.FEWEST}"}
    series = Series(np.arange(1.0, n + 1), values, np.ones_like(values, dtype=bool))
    found = pooling.pooled(series, models)
    curve = learning.learning(
        found.mean, models=[found.model], confidence=confidence, higher_is_better=first["better"] != "lower"
    )
    row |= {name: curve[name][0] for name in POOLED if name in curve and name != "n"}
    row |= {"individual_model": found.individual, "evidence": found.evidence, "n_exponential": found.favouring}
    reason = str(curve["reason"][0])
    if found.averaged:
        own = f"{found.favouring} of {counted(len(values), 'learner')}"
        reason = f"an average of exponential curves, not a power law: the exponential describes {own} better"
    return row | {"averaged": found.averaged, "reason": reason}
