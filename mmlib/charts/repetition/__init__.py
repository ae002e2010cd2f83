"""Charts of how often, how evenly and for how long each skill is practised."""

from __future__ import annotations

from mmlib.charts.repetition.calendar import calendar
from mmlib.charts.repetition.habit import habit
from mmlib.charts.repetition.load import load
from mmlib.charts.repetition.rest import rest
from mmlib.charts.repetition.retention import retention
from mmlib.charts.repetition.rhythm import rhythm
from mmlib.charts.repetition.spacing import spacing
from mmlib.charts.repetition.streaks import streaks
from mmlib.charts.repetition.survival import survival
from mmlib.charts.repetition.totals import totals
from mmlib.charts.repetition.week import week

__all__ = [
    "calendar",
    "habit",
    "load",
    "rest",
    "retention",
    "rhythm",
    "spacing",
    "streaks",
    "survival",
    "totals",
    "week",
]
