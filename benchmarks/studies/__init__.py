"""The studies of validity, in the order in which docs/methods.md prints them; each simulates a truth that it knows."""

from __future__ import annotations

from benchmarks.studies import curves, means, progress
from benchmarks.studies.simulated import Study

STUDIES: list[Study] = [curves.STUDY, means.STUDY, progress.STUDY]
