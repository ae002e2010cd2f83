"""Structure: the six parts of a micromastery, on the card and in the practice, and how small a door it is."""

from __future__ import annotations

from mmlib.measures.structure.doors import small_doors
from mmlib.measures.structure.scorecard import scorecard

__all__ = ["scorecard", "small_doors"]
