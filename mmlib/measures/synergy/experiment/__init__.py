"""The randomised experiment of one: a plan, what it could show, and what it has shown."""

from __future__ import annotations

from mmlib.measures.synergy.experiment.draws import experiment_draws
from mmlib.measures.synergy.experiment.effect import experiment_effect
from mmlib.measures.synergy.experiment.plan import plan_experiment
from mmlib.measures.synergy.experiment.points import experiment_points
from mmlib.measures.synergy.experiment.power import experiment_power

__all__ = ["experiment_draws", "experiment_effect", "experiment_points", "experiment_power", "plan_experiment"]
