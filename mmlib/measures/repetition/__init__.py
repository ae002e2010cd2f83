"""Repetition: how often, how evenly and for how long each skill is practised, and whether it lasts."""

from __future__ import annotations

from mmlib.measures.repetition.load import load
from mmlib.measures.repetition.spacing import rhythm, spacing, streaks
from mmlib.measures.repetition.totals import daily, totals

__all__ = ["daily", "load", "rhythm", "spacing", "streaks", "totals"]
