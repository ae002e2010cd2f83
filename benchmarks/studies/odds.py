"""Do the intervals of odds ratios cover, in every table there is, and do strata take the confounding away?"""

from __future__ import annotations

import numpy as np
from scipy import special

from benchmarks.studies.simulated import SEED, Floats, Row, Study, covers
from mmlib.stats import odds
from mmlib.stats.strata import stratified

BANDS = ((2, 10), (11, 20), (21, 30), (31, 40), (41, 50), (51, 60))
WIDEST = 10.0
LEARNERS, STRATA = (30, 60, 200), (2, 3, 5, 10)
HOURS, SPREAD, PULL = 25.0, 0.8, 1.0
ENOUGH = 10.0
TRUE = 3.0


def exact_row(first: int, last: int, series: int) -> Row:  # noqa: ARG001 (every table is looked at once)
    """Return the least and the mean coverage over all 2×2 tables of so many learners, by enumeration."""
    rows, columns, sizes = _margins(first, last)
    steps = np.arange(columns.max() + 1)
    inside = steps <= columns[:, None]
    group, a = np.nonzero(inside)
    row, column, n = rows[group], columns[group], sizes[group]
    tables = np.stack([a, row - a, column - a, n - row - column + a], axis=-1).reshape(-1, 2, 2)
    logs = np.full(inside.shape, -np.inf)
    logs[group, a] = -special.gammaln(tables + 1.0).sum(axis=(1, 2))
    found = {"exact": odds.exact(tables), "Haldane–Anscombe": odds.haldane(tables)}
    result: Row = {"learners": f"{first} to {last}", "tables": len(tables)}
    for name, each in found.items():
        limits = np.full((2, *inside.shape), np.nan)
        limits[:, group, a] = each.low, each.high
        widest = np.inf if name == "exact" else WIDEST
        result[f"{name}: at least covers"] = _least(logs, limits, group, (each.low, each.high), widest)
        for ratio in (1.0, TRUE):
            held = (limits[0] <= ratio) & (ratio <= limits[1])
            result[f"{name}: at {ratio:g} covers"] = float((_chances(logs, np.log(ratio)) * held).sum(axis=1).mean())
    return result


def _margins(first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the margins of all tables, up to the swap of rows, of columns, and of both with each other."""
    found = [(row, column, n) for n in range(first, last + 1) for row in range(1, n // 2 + 1)
             for column in range(1, row + 1)]  # fmt: skip
    return tuple(np.array(found).T)


def _chances(logs: Floats, log_ratio: float | Floats) -> Floats:
    """Return Fisher's noncentral hypergeometric chances of each count, a row for each set of margins."""
    tilted = logs + np.reshape(log_ratio, (-1, 1)) * np.arange(logs.shape[1])
    weights = np.exp(tilted - tilted.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _least(logs: Floats, limits: Floats, group: np.ndarray, ends: tuple[Floats, Floats], widest: float) -> float:
    """Return the least coverage over all true odds ratios from 1/widest to widest.

    Which counts are covered changes only at a limit, and between two limits the chance of a run of neighbouring counts
    rises and then falls. So it is least right beside a limit, on the side where the limit's own count is left out.
    """
    least = 1.0
    for side, ratio in enumerate(ends):
        known = (ratio > 1 / widest) & (ratio < widest)
        at, where = ratio[known], group[known]
        low, high = limits[:, where]
        held = (low < at[:, None]) & (at[:, None] <= high) if side == 0 else (low <= at[:, None]) & (at[:, None] < high)
        least = min(least, float((_chances(logs[where], np.log(at)) * held).sum(axis=1).min(initial=1.0)))
    return least


def avocation_row(learners: int, strata: int, series: int) -> Row:
    """Return how often crude and stratified odds ratios are wrong about a domain that practice alone goes with."""
    rng = np.random.default_rng([SEED, learners, strata])
    none, some = (np.array([_cohort(learners, strata, ratio, rng) for _ in range(series)]) for ratio in (1.0, TRUE))
    crude = odds.exact(none.sum(axis=1))
    within, within_some = (np.array([stratified(each)[1:3] for each in tables]).T for tables in (none, some))
    told = ~np.isnan(within[0])
    return {
        "learners": learners,
        "strata": strata,
        "crude: false alarms": 1 - covers(crude.low, crude.high, 1.0),
        "false alarms": 1 - covers(*within[:, told], 1.0),
        f"odds ratio {TRUE:g}: covers": covers(*within_some[:, ~np.isnan(within_some[0])], TRUE),
        f"odds ratio {TRUE:g}: found": float((within_some[0] > 1).mean()),
        "nothing told": float(1 - told.mean()),
    }


def _cohort(learners: int, strata: int, ratio: float, rng: np.random.Generator) -> np.ndarray:
    """Return one simulated cohort's table per stratum of total practice."""
    commitment = rng.normal(size=learners)
    hours = HOURS * np.exp(SPREAD * commitment)
    taken_up = rng.random(learners) < special.expit(PULL * commitment)
    practised = taken_up & (hours * rng.uniform(0.1, 0.5, learners) >= ENOUGH)
    logit = PULL * commitment + np.log(ratio) * practised
    achieved = rng.random(learners) < special.expit(logit)
    group = np.argsort(np.argsort(hours)) * strata // learners
    tables = np.zeros((strata, 2, 2), dtype=int)
    np.add.at(tables, (group, 1 - practised, 1 - achieved), 1)
    return tables


EXACT = Study(
    title="Exact odds ratios",
    about=(
        "Every 2×2 table of so many learners, zeros included, up to the exchange of rows or columns: an enumeration, no"
        " simulation. *At least*: the lowest coverage of all pairs of margins and all true odds ratios, found exactly,"
        f" since it can only lie beside a limit; for Haldane and Anscombe all from {1 / WIDEST:g} to {WIDEST:g}, and"
        " it is 0 where a margin is a single learner. *At* a true odds ratio: the mean over all margins."
    ),
    row=exact_row,
    cells=list(BANDS),
    size="",
)
STUDY = Study(
    title="Avocations",
    about=(
        "Cohorts in which commitment makes for more practice in all, for a second field and for the milestone, while"
        " the second field itself does nothing: the odds ratios of `avocation_odds`. *Crude: false alarms*: the exact"
        " interval without strata excludes 1; *false alarms*: that of Mantel and Haenszel does. Then the same with a"
        f" true odds ratio of {TRUE:g} (*found*: the interval is above 1). *Nothing told*: no stratum holds anybody to"
        " compare."
    ),
    row=avocation_row,
    cells=[(learners, strata) for learners in LEARNERS for strata in STRATA],
    size="",
)
