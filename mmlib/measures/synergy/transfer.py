"""Transfer: does one skill go better after more practice of another?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from mmlib.errors import MMError, did_you_mean
from mmlib.log.derived import DAY
from mmlib.measures.synergy.recent import diaries
from mmlib.measures.synergy.target import Target, targets

TRANSFER = {
    **dict.fromkeys(["learner", "from_skill", "to_skill"], "str"),
    **dict.fromkeys(["estimate", "low", "high", "p_value", "q_value"], "float64"),
    "n": "int64",
    **dict.fromkeys(["sd", "hours_sd"], "float64"),
    "unit": "str",
    "per": "str",
    "window_days": "float64",
    **dict.fromkeys(["verdict", "reason"], "str"),
}
POINTS = {
    **dict.fromkeys(["learner", "from_skill", "to_skill"], "str"),
    "start": "datetime64[us]",
    **dict.fromkeys(["hours", "deviation"], "float64"),
    "per": "str",
}
FALSE_DISCOVERIES = 0.1
"""A pair survives up to this q-value."""

BETTER, WORSE, NONE, UNTESTED = "better after more", "worse after more", "none found", "too little overlap"


def transfer(log: pd.DataFrame, *, window_days: float = 7, confidence: float = 0.95, seed: int = 0) -> pd.DataFrame:
    """Return how much better each skill goes after more practice of each other one.

    For each practice day of `to_skill`, its performance is set against the hours of `from_skill` in the days before.
    Accounted for are the skill's own learning curve and slow change (a spline over its practice days and powers of the
    trial), its own hours in the same window, the weekday, the hours of the other skills, and that good days follow good
    days. An association: a free week, a teacher or good sleep may lift both.

    The estimate is that of generalised least squares, averaged over 22 structures that the noise may have by their
    restricted likelihood. p-values and intervals come from series whose noise is resampled, while all dates and hours
    stay as they are (`mmlib.stats.coupling`). Where there are not enough practice days for a coefficient of each other
    skill, the others enter by their sum.

    Parameters
    ----------
    log : DataFrame
        The log.
    window_days : float, default 7
        How far back practice counts, up to the start of the day's first session.
    confidence : float, default 0.95
        Coverage of the intervals.
    seed : int, default 0
        Of the resampling.

    Returns
    -------
    DataFrame
        One row per learner and ordered pair of skills: learner, from_skill, to_skill, estimate (change of performance
        in residual standard deviations, positive = better, per hour of `from_skill`), low, high, p_value, q_value
        (false discovery rate over the learner's pairs, Benjamini & Hochberg 1995), n (practice days of `to_skill`), sd
        (the residual standard deviation, in `unit`), hours_sd (standard deviation of the hours in the window), unit
        ("log seconds" and the like where the noise grows with the level), per ("hour", or "session" where `from_skill`
        has no minutes), window_days, verdict ("better after more" or "worse after more" up to a q-value of 0.1, else
        "none found" or "too little overlap"), reason (why a pair has no estimate).

    Raises
    ------
    MMError
        For a window that is not longer than 0 days.

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Stat. Soc. B 57, 289-300.
    Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information. Biometrika 58, 545-554.
    Yule, G. U. (1926). Why do we sometimes get nonsense-correlations between time-series? J. R. Stat. Soc. 89, 1-63.

    Examples
    --------
    >>> from mmlib.simulate import practice
    >>> log = practice().log
    >>> pairs = transfer(log[log["skill"].isin(["harmonica", "ukulele", "juggling"])])
    >>> pairs.loc[pairs["verdict"] == "better after more", ["from_skill", "to_skill", "per"]]
      from_skill to_skill   per
    1  harmonica  ukulele  hour
    """
    checked(window_days)
    found = [
        _learner(own, window_days, confidence, seed).assign(learner=learner)
        for learner, own in log.groupby("learner", sort=True)
    ]
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(TRANSFER))
    table = table.assign(window_days=float(window_days)).reindex(columns=list(TRANSFER)).astype(TRANSFER)
    return table.sort_values(["learner", "from_skill", "to_skill"], ignore_index=True)


def transfer_points(
    log: pd.DataFrame,
    from_skill: str | None = None,
    to_skill: str | None = None,
    *,
    window_days: float = 7,
    seed: int = 0,
) -> pd.DataFrame:
    """Return one pair's practice days: the hours of one skill before, and how the other then went.

    Parameters
    ----------
    log : DataFrame
        The log.
    from_skill, to_skill : str
        The pair; by default the one with the smallest p-value.
    window_days : float, default 7
        As in `transfer`.
    seed : int, default 0
        As in `transfer`.

    Returns
    -------
    DataFrame
        learner, from_skill, to_skill, start (of the day's first session), hours (of `from_skill` in the window before;
        sessions where `per` says so), deviation (performance in standard deviations of its noise, positive = better,
        without all that `transfer` accounts for; its slope over the hours is the estimate), per. Empty for a learner
        without an estimate, and where no pair has one.

    Raises
    ------
    MMError
        For a skill that the log does not have, or twice the same.

    Examples
    --------
    >>> from mmlib.simulate import practice
    >>> points = transfer_points(practice().log, "harmonica", "ukulele")
    >>> points[["hours", "deviation"]].corr().loc["hours", "deviation"].round(1)
    np.float64(0.5)
    """
    checked(window_days)
    if from_skill is None or to_skill is None:
        clearest = transfer(log, window_days=window_days, seed=seed).dropna(subset="p_value").nsmallest(1, "p_value")
        pairs = clearest[["from_skill", "to_skill"]].to_numpy().tolist()
    else:
        _checked_pair(set(log["skill"]), from_skill, to_skill)
        pairs = [[from_skill, to_skill]]
    found = [_pair_points(log, *pair, window_days, seed) for pair in pairs]
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(POINTS))
    return table[list(POINTS)].astype(POINTS)


def _pair_points(log: pd.DataFrame, from_skill: str, to_skill: str, window_days: float, seed: int) -> pd.DataFrame:
    found = [pd.DataFrame(columns=list(POINTS))]
    for learner, own in log.groupby("learner", sort=True):
        target = targets(own, diaries(own), window_days).get(to_skill)
        if target is not None and from_skill in target.usable:
            points = _points(target, from_skill, own, _seeded(seed, to_skill))
            found.append(points.assign(learner=learner, from_skill=from_skill, to_skill=to_skill))
    return pd.concat([part for part in found if len(part)] or found, ignore_index=True)


def checked(window_days: float) -> None:
    """Raise MMError where a window is no length of time."""
    if not window_days > 0:
        raise MMError(f"window_days: found {window_days}, expected a number of days above 0.")


def _checked_pair(skills: set[str], from_skill: str, to_skill: str) -> None:
    for skill in (from_skill, to_skill):
        if skill not in skills:
            raise MMError(f'skill: found "{skill}", which the log does not have. {did_you_mean(skill, skills)}')
    if from_skill == to_skill:
        raise MMError(f'found "{to_skill}" twice, expected two skills: transfer is between one skill and another.')


def _seeded(seed: int, skill: str) -> np.random.Generator:
    return np.random.default_rng([seed, *skill.encode()])


def _learner(log: pd.DataFrame, window_days: float, confidence: float, seed: int) -> pd.DataFrame:
    """Return all pairs of one learner."""
    diary, found = diaries(log), []
    for skill, target in targets(log, diary, window_days).items():
        columns = {
            "to_skill": skill,
            "n": target.performance.size,
            "per": [diary[other].per for other in target.reasons],
        }
        columns["unit"] = target.days.unit or None if target.days else None
        found.append(pd.DataFrame(_to(target, confidence, _seeded(seed, skill)) | columns))
    return judged(pd.concat(found, ignore_index=True), UNTESTED)


def judged(table: pd.DataFrame, untested: str) -> pd.DataFrame:
    """Return pairs with their q_value, over all of them, and their verdict; `untested` is that of those without."""
    tested = table["p_value"].notna()
    q_value = pd.Series(np.nan, index=table.index)
    if tested.any():
        q_value[tested] = false_discovery_control(table.loc[tested, "p_value"].astype(float))
    clear = q_value <= FALSE_DISCOVERIES
    verdict = np.select([clear & (table["estimate"] > 0), clear, tested], [BETTER, WORSE, NONE], default=untested)
    return table.assign(q_value=q_value, verdict=verdict)


def _to(target: Target, confidence: float, rng: np.random.Generator) -> dict[str, object]:
    """Return what one skill goes with: columns with a row per other skill."""
    numbers = np.full((len(target.reasons), 5), np.nan)
    if target.usable:
        found = target.coupled(rng)
        half = found.half(confidence)
        limits = [found.estimate / found.sd, (found.estimate - half) / found.sd, (found.estimate + half) / found.sd]
        usable = [not reason for reason in target.reasons.values()]
        numbers[usable] = np.column_stack([*limits, found.p_value, np.full_like(half, found.sd)])
    named = dict(zip(["estimate", "low", "high", "p_value", "sd"], numbers.T, strict=True))
    hours_sd = target.donors.std(ddof=0).reindex(list(target.reasons)).to_numpy(float)
    return {"from_skill": list(target.reasons), "reason": list(target.reasons.values()), **named, "hours_sd": hours_sd}


def _points(target: Target, skill: str, log: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start": pd.Timestamp(0) + pd.to_timedelta((target.days.at * DAY.total_seconds()).round(), unit="s"),
            "hours": target.donors[skill],
            "deviation": target.partial(skill, target.coupled(rng)),
            "per": diaries(log)[skill].per,
        }
    )
