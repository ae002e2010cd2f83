"""Charts: each takes the table that a measure returned and gives back the Axes.

A chart's title is its finding. Its Axes carry `finding`, `alt_text` and `reading` (how to read it and what it says).
"""

from __future__ import annotations

from mmlib.charts.cohort import pooled_spread
from mmlib.charts.drills import hidden_blocks
from mmlib.charts.layout import titled
from mmlib.charts.payoff import (
    barriers,
    entry,
    felt,
    felt_per_hour,
    felt_trend,
    flow,
    flow_deviation,
    forecast,
    learning_curve,
    learning_curves,
    pooled,
    progress,
)
from mmlib.charts.repetition import (
    calendar,
    habit,
    load,
    rest,
    retention,
    rhythm,
    spacing,
    streaks,
    survival,
    totals,
    week,
)
from mmlib.charts.selves import agency, balance, mood_lift, neglected
from mmlib.charts.structure import scorecard, small_doors
from mmlib.charts.style import DARK, alt_text, reading, svg, use_style
from mmlib.charts.synergy import (
    avocation_odds,
    breadth,
    breadth_odds,
    claims,
    experiment,
    experiment_draws,
    hours,
    pooled_transfer,
    sensitivity,
    shape,
    strata_odds,
    transfer,
    transfer_network,
    week_before,
)

__all__ = [
    "DARK",
    "agency",
    "alt_text",
    "avocation_odds",
    "balance",
    "barriers",
    "breadth",
    "breadth_odds",
    "calendar",
    "claims",
    "entry",
    "experiment",
    "experiment_draws",
    "felt",
    "felt_per_hour",
    "felt_trend",
    "flow",
    "flow_deviation",
    "forecast",
    "habit",
    "hidden_blocks",
    "hours",
    "learning_curve",
    "learning_curves",
    "load",
    "mood_lift",
    "neglected",
    "pooled",
    "pooled_spread",
    "pooled_transfer",
    "progress",
    "reading",
    "rest",
    "retention",
    "rhythm",
    "scorecard",
    "sensitivity",
    "shape",
    "small_doors",
    "spacing",
    "strata_odds",
    "streaks",
    "survival",
    "svg",
    "titled",
    "totals",
    "transfer",
    "transfer_network",
    "use_style",
    "week",
    "week_before",
]
