"""Charts of how skills go together."""

from __future__ import annotations

from mmlib.charts.synergy.breadth import breadth
from mmlib.charts.synergy.hours import hours

__all__ = ["breadth", "hours"]
