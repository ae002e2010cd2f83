"""Charts: each takes the table that a measure returned and gives back the Axes.

A chart's title is its finding. Its Axes carry `finding`, `alt_text` and `reading` (how to read it and what it says).
"""

from __future__ import annotations

from mmlib.charts.layout import titled
from mmlib.charts.payoff import felt, flow, learning_curve, learning_curves, progress
from mmlib.charts.repetition import calendar, spacing, totals
from mmlib.charts.selves import balance, mood_lift
from mmlib.charts.structure import scorecard
from mmlib.charts.style import DARK, alt_text, reading, svg, use_style
from mmlib.charts.synergy import breadth, hours

__all__ = [
    "DARK",
    "alt_text",
    "balance",
    "breadth",
    "calendar",
    "felt",
    "flow",
    "hours",
    "learning_curve",
    "learning_curves",
    "mood_lift",
    "progress",
    "reading",
    "scorecard",
    "spacing",
    "svg",
    "titled",
    "totals",
    "use_style",
]
