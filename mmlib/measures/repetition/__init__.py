"""Repetition: how often, how evenly and for how long each skill is practised, and whether it lasts."""

from __future__ import annotations

from mmlib.measures.repetition.habit import habit
from mmlib.measures.repetition.load import load
from mmlib.measures.repetition.retention import retention, retention_points
from mmlib.measures.repetition.rhythm import rest, rhythm
from mmlib.measures.repetition.spacing import spacing, streaks
from mmlib.measures.repetition.survival import survival
from mmlib.measures.repetition.totals import daily, totals
from mmlib.measures.repetition.week import week

__all__ = [
    "daily",
    "habit",
    "load",
    "rest",
    "retention",
    "retention_points",
    "rhythm",
    "spacing",
    "streaks",
    "survival",
    "totals",
    "week",
]
