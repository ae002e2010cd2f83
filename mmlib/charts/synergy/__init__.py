"""Charts of how skills go together."""

from __future__ import annotations

from mmlib.charts.synergy.breadth import breadth
from mmlib.charts.synergy.breadth_odds import breadth_odds
from mmlib.charts.synergy.claims import claims
from mmlib.charts.synergy.experiment import experiment
from mmlib.charts.synergy.experiment_draws import experiment_draws
from mmlib.charts.synergy.hours import hours
from mmlib.charts.synergy.network import transfer_network
from mmlib.charts.synergy.odds import avocation_odds
from mmlib.charts.synergy.pooled_transfer import pooled_transfer
from mmlib.charts.synergy.sensitivity import sensitivity
from mmlib.charts.synergy.shape import shape
from mmlib.charts.synergy.strata import strata_odds
from mmlib.charts.synergy.transfer import transfer
from mmlib.charts.synergy.week_before import week_before

__all__ = [
    "avocation_odds",
    "breadth",
    "breadth_odds",
    "claims",
    "experiment",
    "experiment_draws",
    "hours",
    "pooled_transfer",
    "sensitivity",
    "shape",
    "strata_odds",
    "transfer",
    "transfer_network",
    "week_before",
]
