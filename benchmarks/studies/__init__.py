"""The studies of validity, in the order in which docs/methods.md prints them; each simulates a truth that it knows."""

from __future__ import annotations

from benchmarks.studies import (
    barriers,
    breadth,
    candidates,
    curves,
    experiment,
    forms,
    logistic,
    means,
    mood,
    odds,
    pooled,
    pooled_transfer,
    progress,
    retention,
    rewards,
    survival,
    transfer,
)
from benchmarks.studies.simulated import Study

STUDIES: list[Study] = [
    *curves.STUDIES,
    forms.STUDY,
    logistic.STUDY,
    pooled.STUDY,
    means.STUDY,
    progress.STUDY,
    barriers.STUDY,
    barriers.LEAPS,
    survival.STUDY,
    retention.STUDY,
    rewards.STUDY,
    mood.STUDY,
    transfer.NULL,
    transfer.FOUND,
    candidates.STUDY,
    pooled_transfer.STUDY,
    experiment.STUDY,
    experiment.POWER,
    breadth.STUDY,
    breadth.ODDS,
    odds.EXACT,
    odds.STUDY,
]
