"""Charts of how often, how evenly and for how long each skill is practised."""

from __future__ import annotations

from mmlib.charts.repetition.calendar import calendar
from mmlib.charts.repetition.spacing import spacing
from mmlib.charts.repetition.totals import totals

__all__ = ["calendar", "spacing", "totals"]
