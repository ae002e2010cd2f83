"""Synergy: does one skill feed another, and does breadth go with achievement?"""

from __future__ import annotations

from mmlib.measures.synergy.breadth import breadth
from mmlib.measures.synergy.breadth_odds import breadth_odds
from mmlib.measures.synergy.experiment import (
    experiment_draws,
    experiment_effect,
    experiment_points,
    experiment_power,
    plan_experiment,
)
from mmlib.measures.synergy.learner_breadth import learner_breadth
from mmlib.measures.synergy.odds import avocation_odds
from mmlib.measures.synergy.pooled_transfer import pooled_transfer
from mmlib.measures.synergy.sensitivity import sensitivity
from mmlib.measures.synergy.shape import shape
from mmlib.measures.synergy.strata import avocation_strata, strata_odds
from mmlib.measures.synergy.transfer import FALSE_DISCOVERIES, transfer, transfer_points

__all__ = [
    "FALSE_DISCOVERIES",
    "avocation_odds",
    "avocation_strata",
    "breadth",
    "breadth_odds",
    "experiment_draws",
    "experiment_effect",
    "experiment_points",
    "experiment_power",
    "learner_breadth",
    "plan_experiment",
    "pooled_transfer",
    "sensitivity",
    "shape",
    "strata_odds",
    "transfer",
    "transfer_points",
]
