"""The mean curve of several learners, and whether its form is theirs or comes from the averaging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.measures.payoff.trials import trials
from mmlib.stats import learning, pooling
from mmlib.stats.curves import fit
from mmlib.stats.inference import inference
from mmlib.stats.series import Series

FEWEST_LEARNERS = 3
LONGEST_GAP = 2
"""So many trials in a row without a score are bridged."""

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
POINTS = {
    **dict.fromkeys(["skill", "learner"], "str"),
    "trial": "int64",
    **dict.fromkeys(["observed", "fitted", "low", "high"], "float64"),
    **dict.fromkeys(["better", "unit", "model"], "str"),
    "learners": "int64",
}


class Group(NamedTuple):
    """The trials of one skill that enter its mean curve.

    Attributes
    ----------
    first : Series
        A row of `payoff.trials` that names the skill, its unit and its direction.
    learners : list of str
        Who scored in all of the first trials.
    scores : ndarray, shape (learners, trials)
        Their performance.
    trials : int
        How many trials are used.
    """

    first: pd.Series
    learners: list[str]
    scores: NDArray[np.float64]
    trials: int

    @property
    def enough(self) -> bool:
        """Whether there is a mean curve."""
        return len(self.learners) >= FEWEST_LEARNERS and self.trials >= learning.FEWEST

    def series(self) -> Series:
        """Return the learners' series."""
        return Series(np.arange(1.0, self.trials + 1), self.scores, np.ones_like(self.scores, dtype=bool))


def pooled(
    log: pd.DataFrame,
    *,
    models: Sequence[str] = ("flat", "exponential", "power", "power_prior", "apex"),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the learning curve of the mean of several learners, with a warning where the averaging made its form.

    The mean at each trial is taken over the learners who reached the last of the trials used: as many trials as at
    least half of them have. One or two trials in a row without a score are bridged by a straight line; a longer gap,
    or an unscored first or last trial, leaves the learner out. A mean of exponential curves with different rates looks
    like a power curve. So the learners' own curves are compared too: where these are exponential and the mean is not,
    it is flagged.

    Parameters
    ----------
    log : DataFrame
        The log of at least 3 learners.
    models : sequence of str
        The candidates for the mean, as in `learning_curves`.
    confidence : float, default 0.95
        Coverage of the intervals, which are for the mean of these learners, not of others.

    Returns
    -------
    DataFrame
        One row per skill that at least 3 learners practise: skill, better, unit, model (of the mean; NA where there
        is none), learners, n (trials), n_exponential (learners whose own curve the exponential describes better than
        the power), asymptote, gain, rate (of the mean curve), each with _low and _high, individual_model (what the
        learners' own curves together favour; NA where they do not decide), evidence (the total AICc of their power
        curves less that of their exponential ones, with the penalty for autocorrelated noise), averaged (True where
        the form of the mean is not theirs), reason.

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
    rows = [_row(group, names, confidence) for group in _groups(log)]
    return pd.DataFrame(rows, columns=list(POOLED)).astype(POOLED)


def pooled_points(log: pd.DataFrame, pooled: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the mean of the learners at every trial beside its curve, and each learner's own.

    Parameters
    ----------
    log : DataFrame
        The log from which the mean curves come.
    pooled : DataFrame
        What `pooled` returned for it: the forms that it names are fitted.
    confidence : float, default 0.95
        Coverage of the band at each trial, which is that of the mean of these learners.

    Returns
    -------
    DataFrame
        One row per trial of the mean (learner is NA) and of each learner who is in it: skill, learner, trial,
        observed (the mean, or the learner's performance; a bridged gap too), fitted (the curve of the mean, or the
        learner's own of the `individual_model`; NaN where the learners do not decide for one), low, high (of the mean
        only), better, unit, model (of the fitted curve), learners (how many there are). Skills without a mean curve
        are left out.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> trial = np.tile(np.arange(30), 3)
    >>> log = check_log(pd.DataFrame({
    ...     "learner": np.repeat(["ada", "bob", "eve"], 30), "skill": "typing",
    ...     "start": pd.Timestamp(2026, 1, 1) + pd.to_timedelta(trial, unit="D"),
    ...     "score": 60 - 40 * np.exp(-0.1 * trial) + np.sin(9.0 * trial),
    ... }))
    >>> pooled_points(log, pooled(log)).groupby("learner", dropna=False)["fitted"].last().round(1)
    learner
    ada    57.8
    bob    57.8
    eve    57.8
    NaN    57.8
    Name: fitted, dtype: float64
    """
    named = pooled.dropna(subset=["model"]).drop_duplicates("skill").set_index("skill")
    tables = []
    for group in _groups(log):
        skill = group.first["skill"]
        if group.enough and skill in named.index:
            found = named.loc[skill]
            own = found["individual_model"]
            tables += [_mean_points(group, found["model"], confidence), _own_points(group, own)]
    if not tables:
        return pd.DataFrame(columns=list(POINTS)).astype(POINTS)
    return pd.concat(tables, ignore_index=True)[list(POINTS)].astype(POINTS)


def _groups(log: pd.DataFrame) -> Iterator[Group]:
    """Return the trials of each skill that at least 3 learners scored in."""
    table = trials(log).dropna(subset=["performance"])
    for _, part in table.groupby("skill", sort=True):
        # Who has no score counts by success rate: that is another scale.
        units = part.groupby(part["unit"].fillna(""))["learner"].nunique()
        same = part[part["unit"].fillna("") == units.idxmax()]
        if same["learner"].nunique() >= FEWEST_LEARNERS:
            yield _complete(same)


def _complete(part: pd.DataFrame) -> Group:
    """Return one skill's performance of those who scored in all of the first n trials."""
    wide = part.pivot_table(index="learner", columns="trial", values="performance", aggfunc="first")
    lengths = np.sort(part.groupby("learner")["trial"].max().to_numpy())
    n = int(lengths[(len(lengths) - 1) // 2])
    known = wide.reindex(columns=range(1, n + 1)).interpolate(axis=1, limit=LONGEST_GAP, limit_area="inside").dropna()
    return Group(part.iloc[0], known.index.to_list(), known.to_numpy(), n)


def _row(group: Group, models: list[str], confidence: float) -> dict[str, object]:
    first, learners, n = group.first, len(group.learners), group.trials
    row = {"skill": first["skill"], "better": first["better"], "unit": first["unit"], "learners": learners, "n": n}
    row |= {"model": None, "individual_model": None, "n_exponential": 0, "averaged": False}
    if not group.enough:
        few = f"{counted(learners, 'learner') if learners else 'no learner'} with {counted(n, 'scored trial')}"
        return row | {"reason": f"{few}: a mean curve needs at least {FEWEST_LEARNERS} with {learning.FEWEST}"}
    found = pooling.pooled(group.series(), models)
    curve = learning.learning(
        found.mean, models=[found.model], confidence=confidence, higher_is_better=first["better"] != "lower"
    )
    row |= {name: curve[name][0] for name in POOLED if name in curve and name != "n"}
    row |= {"individual_model": found.individual, "evidence": found.evidence, "n_exponential": found.favouring}
    reason = str(curve["reason"][0])
    if found.averaged:
        own = f"the exponential describes {found.favouring} of {counted(learners, 'learner')} better"
        reason = "; ".join(filter(None, [f"an average of exponential curves, not a power law: {own}", reason]))
    return row | {"averaged": found.averaged, "reason": reason}


def _mean_points(group: Group, model: str, confidence: float) -> pd.DataFrame:
    """Return the mean at every trial with its curve and band."""
    mean = pooling.mean(group.series())
    times = np.array([group.first["better"] == "lower"]) & (learning.least(mean) == 0.0)
    around = inference(mean, fit(mean, model), confidence, times)
    fitted, half = around.band(mean.z)
    points = pd.DataFrame({"trial": np.arange(1, group.trials + 1), "observed": mean.y[0], "fitted": fitted[0]})
    points = points.assign(low=fitted[0] - half[0], high=fitted[0] + half[0], learner=None, model=model)
    return _named(points, group)


def _own_points(group: Group, model: str | None) -> pd.DataFrame:
    """Return each learner's performance at every trial, with a curve where there is a form for it."""
    series = group.series()
    points = pd.DataFrame({
        "learner": np.repeat(np.array(group.learners, dtype=object), group.trials),
        "trial": np.tile(np.arange(1, group.trials + 1), len(group.learners)),
        "observed": group.scores.ravel(),
    })  # fmt: skip
    decided = not pd.isna(model)
    points["fitted"] = fit(series, model).predict(series.z, series.last).ravel() if decided else np.nan
    return _named(points.assign(low=np.nan, high=np.nan, model=model if decided else None), group)


def _named(points: pd.DataFrame, group: Group) -> pd.DataFrame:
    names = {name: group.first[name] for name in ("skill", "better", "unit")}
    return points.assign(**names, learners=len(group.learners)).astype({"learner": "str", "model": "str"})
