"""Charts of what practice brings."""

from __future__ import annotations

from mmlib.charts.payoff.barriers import barriers
from mmlib.charts.payoff.curves import learning_curve, learning_curves
from mmlib.charts.payoff.entry import entry
from mmlib.charts.payoff.flow import flow, flow_deviation
from mmlib.charts.payoff.forecast import forecast
from mmlib.charts.payoff.pooled import pooled
from mmlib.charts.payoff.pooled_spread import pooled_spread
from mmlib.charts.payoff.progress import progress
from mmlib.charts.payoff.rewards import felt, felt_per_hour, felt_trend

__all__ = [
    "barriers",
    "entry",
    "felt",
    "felt_per_hour",
    "felt_trend",
    "flow",
    "flow_deviation",
    "forecast",
    "learning_curve",
    "learning_curves",
    "pooled",
    "pooled_spread",
    "progress",
]
