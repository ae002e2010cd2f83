"""Charts of what practice brings."""

from __future__ import annotations

from mmlib.charts.payoff.curves import learning_curve, learning_curves
from mmlib.charts.payoff.progress import progress
from mmlib.charts.payoff.rewards import felt, flow

__all__ = ["felt", "flow", "learning_curve", "learning_curves", "progress"]
