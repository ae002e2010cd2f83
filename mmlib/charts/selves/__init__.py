"""Charts of a person's many selves: which of them practice honours, the mood that goes with it, visible progress."""

from __future__ import annotations

from mmlib.charts.selves.agency import agency
from mmlib.charts.selves.balance import balance
from mmlib.charts.selves.mood import mood_lift
from mmlib.charts.selves.neglected import neglected

__all__ = ["agency", "balance", "mood_lift", "neglected"]
