"""Payoff: what the practice buys: how fast each skill improves, where it levels off, what it is worth."""

from __future__ import annotations

from mmlib.measures.payoff.curves import curve_points, learning_curves
from mmlib.measures.payoff.progress import progress
from mmlib.measures.payoff.rewards import felt, flow
from mmlib.measures.payoff.trials import trials

__all__ = ["curve_points", "felt", "flow", "learning_curves", "progress", "trials"]
