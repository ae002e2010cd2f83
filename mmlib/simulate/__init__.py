"""Simulated learners with known truth: one person's diary, a cohort, and a randomised experiment.

The sample folders are regenerated with::

    python -c "from mmlib import simulate; simulate.write(simulate.practice(), 'data/sample')"
    python -c "from mmlib import simulate; simulate.write(simulate.cohort(), 'data/sample-cohort')"
"""

from __future__ import annotations

from mmlib.simulate.ada import practice
from mmlib.simulate.cohort import cohort
from mmlib.simulate.experimenter import experiment
from mmlib.simulate.hand import circles, traces
from mmlib.simulate.pressing import key_presses
from mmlib.simulate.simulated import Simulated, write
from mmlib.simulate.tapping import tapping_room, taps

__all__ = [
    "Simulated",
    "circles",
    "cohort",
    "experiment",
    "key_presses",
    "practice",
    "tapping_room",
    "taps",
    "traces",
    "write",
]
