"""The studies of validity, in the order in which docs/methods.md prints them; each simulates a truth that it knows."""

from __future__ import annotations

from benchmarks.studies import (
    barriers,
    curves,
    forms,
    logistic,
    means,
    mood,
    pooled,
    progress,
    retention,
    rewards,
    survival,
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
]
