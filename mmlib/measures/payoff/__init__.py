"""Payoff: what the practice buys: how fast each skill improves, where it levels off, what it is worth."""

from __future__ import annotations

from mmlib.measures.payoff.barriers import barriers
from mmlib.measures.payoff.curves import curve_points, learning_curves
from mmlib.measures.payoff.entry import entry
from mmlib.measures.payoff.flow import flow
from mmlib.measures.payoff.forecast import forecast
from mmlib.measures.payoff.pooled import pooled, pooled_points
from mmlib.measures.payoff.pooled_spread import pooled_spread
from mmlib.measures.payoff.progress import progress
from mmlib.measures.payoff.rewards import felt
from mmlib.measures.payoff.trials import trials

__all__ = [
    "barriers",
    "curve_points",
    "entry",
    "felt",
    "flow",
    "forecast",
    "learning_curves",
    "pooled",
    "pooled_points",
    "pooled_spread",
    "progress",
    "trials",
]
