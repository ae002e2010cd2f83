"""Retention: what a gap costs, in performance or in what is recalled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from mmlib.errors import MMError
from mmlib.log.derived import DAY
from mmlib.log.items import KEYS, by_item
from mmlib.measures.repetition.reviews import Recalled, gap_class, recalled
from mmlib.stats import gaps, intervals

ENDS = ("", "_low", "_high")
RETENTION = {
    **dict.fromkeys([*KEYS, "kind", "unit"], "str"),
    **dict.fromkeys(["days", "estimate", "low", "high"], "float64"),
    **dict.fromkeys(["n", "n_long"], "int64"),
    **dict.fromkeys([f"{name}{end}" for name in ("per_log_day", "warm_up") for end in ENDS], "float64"),
    **dict.fromkeys(["noise_sd", "autocorrelation"], "float64"),
    **dict.fromkeys([f"stability_days{end}" for end in ENDS], "float64"),
    **dict.fromkeys(["decay", "log_loss", "log_loss_baseline"], "float64"),
    "beats_baseline": "boolean",
    **dict.fromkeys(["rmse_bins", "rmse_bins_baseline"], "float64"),
    "reason": "str",
}
POINTS = {
    **dict.fromkeys([*KEYS, "kind", "unit"], "str"),
    **dict.fromkeys(["gap_days", "observed", "low", "high"], "float64"),
    "n": "int64",
    **dict.fromkeys(["fitted", "fitted_low", "fitted_high"], "float64"),
}
FEWEST_POOLED = 3
POOLED, NOISE_SDS, FORGOTTEN = "all skills", "noise SDs", "share forgotten"


def retention(log: pd.DataFrame, curves: pd.DataFrame, *, days: float = 7.0, confidence: float = 0.95) -> pd.DataFrame:
    """Return what a gap costs in each skill: performance lost, or items forgotten.

    Where performance is known for each trial (kind "score"), it is taken as smooth course − per_log_day ·
    ln(1 + gap_days) + AR(1) noise, fitted together, where gap_days is the time since the trial before. `estimate` is
    per_log_day · ln(1 + days): what is lost at the first trial after so many days without practice. In a log of
    attempts the first one of a sitting also has its warm-up, which is kept apart.

    Where single items are asked (kind "recall": reps = 1 in each row, no score, and `variation` names the item), the
    probability of recall is R = (1 + F·t/S)^(−w), F = 0.9^(−1/w) − 1, after t days. The stability S, the days until
    R = 0.9, is S0 · (1 + times remembered)^a · (1 + times forgotten)^b · (1 + days of the last gap survived)^c.
    `estimate` is the share forgotten after so many days, over all reviews as they found their items. The curve is
    judged on the last fifth of the reviews, fitted to those before, against their average rate.

    Parameters
    ----------
    log : DataFrame
        The log.
    curves : DataFrame
        What `payoff.learning_curves` returned: the skills that have a curve, its direction and its unit.
    days : float, default 7
        The gap of which `estimate` tells the cost.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per learner and skill, and one of kind "pooled", with skill "all skills", for a learner with three
        scored skills or more, in standard deviations of their noise: learner, skill, kind, unit, days, estimate
        (positive = worse after the gap), low, high, n (trials or reviews after a gap), n_long (of them after half a
        day or more), per_log_day, warm_up (NaN without trials that follow within the hour), each with _low and
        _high and in the unit, noise_sd, autocorrelation; for "recall" stability_days (geometric mean over the
        reviews) with _low and _high, decay (w), log_loss, log_loss_baseline, beats_baseline (by more than chance),
        rmse_bins, rmse_bins_baseline; reason.

    Raises
    ------
    MMError
        For `days` that are not positive.

    References
    ----------
    Arthur, W., Bennett, W., Stanush, P. L. & McNelly, T. L. (1998). Factors that influence skill decay and
    retention. Human Performance 11, 57-101.
    Open Spaced Repetition (2025). The algorithm of FSRS-6. github.com/open-spaced-repetition

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> gap = np.tile([1.0, 2.0, 1.0, 9.0, 4.0], 12)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.cumsum(gap), unit="D"),
    ...     "score": 50 - 3 * np.log1p(gap) + np.cos(np.arange(60) ** 2),
    ... }))
    >>> curves = pd.DataFrame({"learner": "me", "skill": ["juggling"], "better": "higher", "unit": "catches",
    ...                        "model": "flat", "reason": ""})
    >>> retention(log, curves)[["kind", "estimate", "low", "high", "n"]].round(1)
        kind  estimate  low  high   n
    0  score       6.5  5.8   7.2  59
    """
    if not days > 0:
        raise MMError(f"days: found {days}, expected a number above 0, such as 7.")
    found = list(_found(log, curves))
    rows = [{**names, "days": days, **each.row(days, confidence)} for names, each in found]
    for learner in dict.fromkeys(names["learner"] for names, _ in found):
        fits = [each.fit for names, each in found if names["learner"] == learner and isinstance(each, Scored)]
        rows += _pooled(learner, [fit for fit in fits if not fit.reason], days, confidence)
    table = pd.DataFrame(rows, columns=list(RETENTION)).astype(RETENTION)
    return table.sort_values("learner", kind="stable", ignore_index=True)


def retention_points(log: pd.DataFrame, curves: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return what was lost, or recalled, after shorter and longer gaps, beside what `retention` makes of it.

    Parameters
    ----------
    log : DataFrame
        The log.
    curves : DataFrame
        What `payoff.learning_curves` returned.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per learner, skill and class of gaps (under an hour, half a day, 1, 2, 3-4, 5-8, 9-16, 17-32,
        33-64 days, more): learner, skill, kind, unit, gap_days (mean), observed (for "score" the mean loss against
        the course without gaps, positive = worse; for "recall" the share remembered), low, high (NaN for fewer
        than 3), n, fitted (loss at that gap, warm-up included; mean probability of recall of those reviews),
        fitted_low, fitted_high. Skills of which `retention` is silent are left out.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> gap = np.tile([1.0, 2.0, 1.0, 9.0, 4.0], 12)
    >>> log = check_log(pd.DataFrame({
    ...     "skill": "juggling",
    ...     "start": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.cumsum(gap), unit="D"),
    ...     "score": 50 - 3 * np.log1p(gap) + np.cos(np.arange(60) ** 2),
    ... }))
    >>> curves = pd.DataFrame({"learner": "me", "skill": ["juggling"], "better": "higher", "unit": "catches",
    ...                        "model": "flat", "reason": ""})
    >>> retention_points(log, curves)[["gap_days", "observed", "fitted", "n"]].round(1)
       gap_days  observed  fitted   n
    0       1.0       2.2     2.2  23
    1       2.0       3.5     3.5  12
    2       4.0       4.9     5.1  12
    3       9.0       7.3     7.2  12
    """
    tables = [each.points(confidence).assign(**names) for names, each in _found(log, curves)]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(POINTS))
    return table[list(POINTS)].astype(POINTS)


class Scored(NamedTuple):
    """A skill of known performance: the days before each trial, and what its gaps cost."""

    gap_days: np.ndarray
    fit: gaps.GapLoss

    def row(self, days: float, confidence: float) -> dict[str, object]:
        """Return the skill's row of `retention`."""
        fit = self.fit
        row = {"n": fit.n, "n_long": fit.n_long, "reason": fit.reason}
        if fit.reason:
            return row
        both = np.eye(len(fit.estimate))
        for name, weights in zip(("per_log_day", "warm_up"), both, strict=False):
            row |= _limits(name, fit.combination(weights, confidence))
        estimate, low, high = (value[0] for value in fit.combination(both[0] * np.log1p(days), confidence))
        known = {"noise_sd": fit.noise_sd, "autocorrelation": fit.autocorrelation}
        return {**row, "estimate": estimate, "low": low, "high": high, **known}

    def points(self, confidence: float) -> pd.DataFrame:
        """Return the skill's rows of `retention_points`."""
        if self.fit.reason:
            return pd.DataFrame(columns=list(POINTS))
        used = ~np.isnan(self.fit.loss)
        groups = pd.Series(self.fit.loss[used]).groupby(gap_class(self.gap_days[used]))
        means = [intervals.mean_interval(values, confidence) for _, values in groups]
        table = pd.DataFrame(means, columns=["observed", "low", "high", "n"])
        table["gap_days"] = [self.gap_days[used][group.index].mean() for _, group in groups]
        table["fitted"], table["fitted_low"], table["fitted_high"] = self.fit.at(table["gap_days"], confidence)
        return table


def _limits(name: str, found: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, float]:
    return {f"{name}{end}": float(value[0]) for end, value in zip(ENDS, found, strict=True)}


def _found(log: pd.DataFrame, curves: pd.DataFrame) -> Iterator[tuple[dict[str, str], Scored | Recalled]]:
    """Return each skill with its learner, kind and unit, and what its gaps cost."""
    known = curves.drop_duplicates(KEYS).set_index(KEYS)
    items = by_item(log)
    for key, rows in log.sort_values("start", kind="stable").groupby(KEYS):
        names = dict(zip(KEYS, key, strict=True))
        if items[key]:
            yield {**names, "kind": "recall", "unit": FORGOTTEN}, recalled(rows)
            continue
        curve = known.loc[key] if key in known.index else pd.Series({"unit": None, "model": None})
        yield {**names, "kind": "score", "unit": curve["unit"]}, _scored(rows, curve)


def _scored(rows: pd.DataFrame, curve: pd.Series) -> Scored:
    performance = rows["score"]
    if performance.isna().all():
        reps = rows["reps"].astype("float64")
        performance = rows["successes"].astype("float64") / reps.where(reps > 0)
    gap_days = (rows["start"].diff() / DAY).to_numpy()
    if pd.isna(curve["model"]):
        n = int((performance.notna() & ~np.isnan(gap_days)).sum())
        n_long = int((performance.notna() & (gap_days >= gaps.LONG_DAYS)).sum())
        return Scored(gap_days, gaps.GapLoss(n, n_long, curve.get("reason") or "no learning curve"))
    turned = -performance if curve["better"] == "lower" else performance
    return Scored(gap_days, gaps.gap_loss(turned, gap_days))


def _pooled(learner: str, fits: list[gaps.GapLoss], days: float, confidence: float) -> list[dict[str, object]]:
    """Return the row of all scored skills together, where there are enough to tell how they differ."""
    if len(fits) < FEWEST_POOLED:
        return []
    slopes = [fit.estimate[0] / fit.noise_sd for fit in fits]
    variances = [fit.covariances[:, 0, 0].max() / fit.noise_sd**2 for fit in fits]
    *found, _ = gaps.combined(slopes, variances, confidence)
    row = {"learner": learner, "skill": POOLED, "kind": "pooled", "unit": NOISE_SDS, "days": days, "reason": ""}
    row |= {f"per_log_day{end}": value for end, value in zip(ENDS, found, strict=True)}
    estimate, low, high = (value * np.log1p(days) for value in found)
    sizes = {name: sum(getattr(fit, name) for fit in fits) for name in ("n", "n_long")}
    return [{**row, **sizes, "estimate": estimate, "low": low, "high": high}]
