"""Selves: which of a person's selves the practice honours, what goes with it in mood, and the progress in sight."""

from __future__ import annotations

from mmlib.measures.selves.agency import agency
from mmlib.measures.selves.balance import balance, neglected
from mmlib.measures.selves.mood import mood_lift

__all__ = ["agency", "balance", "mood_lift", "neglected"]
