"""Charts of structure: the six parts of each micromastery, and how small a door it is."""

from __future__ import annotations

from mmlib.charts.structure.doors import small_doors
from mmlib.charts.structure.scorecard import PARTS, scorecard

__all__ = ["PARTS", "scorecard", "small_doors"]
