"""Which method should transfer use? Its rivals, on the same simulated learners."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats
from scipy.linalg import orth
from statsmodels.regression.linear_model import GLSAR, OLS

from benchmarks.studies.learners import Life, learner
from benchmarks.studies.simulated import Floats, Row, Study
from mmlib.measures.synergy.recent import Diary, diaries
from mmlib.measures.synergy.target import Target, targets
from mmlib.stats.coupling import _Fits, _fits
from mmlib.stats.gls import designed
from mmlib.stats.likeness import Likeness, likenesses

LIVES = {"2 skills, 90 days": (2, 90), "4 skills, 180 days": (4, 180), "4 skills, 365 days": (4, 365)}
LEARNERS = 0.1
"""So many learners for each series asked for."""

CLOSEST = 14
"""Days by which a diary is shifted at least."""


def correlation(target: Target, _: dict[str, Diary]) -> Floats:
    """Hours in the window and performance, as they are."""
    return np.array([stats.pearsonr(target.donors[skill], target.performance).pvalue for skill in target.usable])


def shifted(target: Target, diary: dict[str, Diary]) -> Floats:
    """The same, against all shifts of the other skill's diary around the calendar."""
    first = min(own.at[0] for own in diary.values())
    span = max(own.at[-1] for own in diary.values()) - first + 1
    found = []
    for skill in target.usable:
        own, seen = diary[skill], []
        for days in [0, *range(CLOSEST, int(span) - CLOSEST)]:
            at = first + (own.at - first + days) % span
            order = np.argsort(at)
            moved = Diary(at[order], own.amount[order], own.hours[order], own.per)
            hours = moved.within(target.days.at, 7.0, moved.amount)
            seen.append(abs(np.corrcoef(hours, target.performance)[0, 1]))
        found.append(np.mean(np.array(seen) >= seen[0] - 1e-12))
    return np.array(found)


def _design(target: Target) -> Floats:
    return np.column_stack([orth(target.columns), target.donors[target.usable]])


def least_squares(target: Target, _: dict[str, Diary]) -> Floats:
    """Own course, own practice, weekday and the other skills, as if sessions were independent."""
    return OLS(target.performance, _design(target)).fit().pvalues[-len(target.usable) :]


def newey_west(target: Target, _: dict[str, Diary]) -> Floats:
    """The same, with standard errors after Newey and West (1987)."""
    lags = int(4 * (target.performance.size / 100) ** (2 / 9))
    fit = OLS(target.performance, _design(target)).fit(cov_type="HAC", cov_kwds={"maxlags": lags}, use_t=True)
    return fit.pvalues[-len(target.usable) :]


def cochrane_orcutt(target: Target, _: dict[str, Diary]) -> Floats:
    """Generalised least squares with AR(1) noise, its correlation from the residuals, iterated."""
    fit = GLSAR(target.performance, _design(target), rho=1).iterative_fit(maxiter=8)
    return fit.pvalues[-len(target.usable) :]


def cochrane_orcutt_pairs(target: Target) -> list[float]:
    """Return the same for each other skill by itself: one fit per pair."""
    course = orth(target.columns)
    designs = [np.column_stack([course, target.donors[skill]]) for skill in target.usable]
    fits = (GLSAR(target.performance, design, rho=1).iterative_fit(maxiter=8) for design in designs)
    return [float(fit.pvalues[-1]) for fit in fits]


def restricted(target: Target, _: dict[str, Diary]) -> Floats:
    """The same, with the correlation of the highest restricted likelihood."""
    n = target.performance.size
    fits = _fitted(target, [_autoregressive(rho, n) for rho in np.linspace(0, 0.95, 20)])
    best = np.broadcast_to(fits.likelihood, fits.estimate.shape).argmax(axis=0)[None]
    variance = fits.inverse[..., None] * fits.noise
    estimate, variance = (np.take_along_axis(part, best, 0)[0, :, 0] for part in (fits.estimate, variance))
    return 2 * stats.t.sf(np.abs(estimate) / np.sqrt(variance), fits.freedom)


def _autoregressive(rho: float, n: int) -> Likeness:
    return Likeness(f"{rho:g}", np.r_[0.0, np.full(n - 1, rho)], 1.0, np.zeros(n))


def _fitted(target: Target, possible: list[Likeness]) -> _Fits:
    donors, others = target.donors[target.usable].to_numpy(), target.others()
    further = donors if others is None else np.column_stack([donors, others])
    return _fits(target.performance[:, None], designed(target.columns, further, possible), donors.shape[1])


def averaged(target: Target, _: dict[str, Diary]) -> Floats:
    """All noise structures by their restricted likelihood, with Student's t."""
    fits = _fitted(target, likenesses(target.days.at, target.days.counts))
    estimate, error, _ = fits.averaged()
    return 2 * stats.t.sf(np.abs(estimate / error)[:, 0], fits.freedom)


def resampled(target: Target, _: dict[str, Diary]) -> Floats:
    """The same, with a null distribution from resampled noise: what `transfer` does."""
    return target.coupled(np.random.default_rng(0)).p_value


METHODS: dict[str, Callable[[Target, dict[str, Diary]], Floats]] = {
    "correlation of hours and performance": correlation,
    "the same, circular shifts": shifted,
    "least squares": least_squares,
    "the same, Newey–West": newey_west,
    "AR(1), Cochrane–Orcutt": cochrane_orcutt,
    "AR(1), restricted likelihood": restricted,
    "22 structures averaged, Student's t": averaged,
    "**the same, resampled null**": resampled,
}


def candidate_row(life: str, method: str, series: int) -> Row:
    """Return how often a method finds what is not there and what is, and in noise of another structure."""
    skills, days = LIVES[life]
    worlds = {"false alarms": Life(skills, days, 0.5), "by day": Life(skills, days, 0.5, "by day"),
              "half measured": Life(skills, days, 0.5, "half measured"),
              "found": Life(skills, days, 0.5, transfer=1.0)}  # fmt: skip
    found = {name: _share(method, world, max(1, round(series * LEARNERS))) for name, world in worlds.items()}
    return {"learners": life, "method": method, "ρ": 0.5} | {
        name if name in ("found", "false alarms") else f"{name}: false alarms": share for name, share in found.items()
    }


def _share(method: str, life: Life, learners: int) -> float:
    """Return how often p ≤ 0.05: of the fed pair where there is transfer, of all pairs where there is none."""
    p_values = []
    for number in range(learners):
        log = learner(life, number).log
        diary = diaries(log)
        for skill, target in targets(log, diary, 7.0).items():
            if target.usable and (not life.transfer or (skill == "a" and "b" in target.usable)):
                found = METHODS[method](target, diary)
                p_values += list(found if not life.transfer else found[[target.usable.index("b")]])
    return float((np.array(p_values) <= 0.05).mean()) if p_values else np.nan


STUDY = Study(
    title="Methods for transfer",
    about=(
        "The candidates, on the learners of the table above: how often they find transfer that is not there, in"
        " noise with ρ = 0.5 by trial, by day and half measured, and how often (*found*) the one that is, where"
        " the usual week of one skill adds one standard deviation to another. All from the third on account for"
        " the course, own recent practice, weekday and the other skills. The last is what `transfer` does. 100"
        " learners per row."
    ),
    row=candidate_row,
    cells=[(life, method) for life in LIVES for method in METHODS],
    size="",
)
