"""The explorer: choose learner, skills and dates, and see one chart of one theme at a time."""

from __future__ import annotations

from mmlib.widgets.explorer.explorer import Explorer, explore

__all__ = ["Explorer", "explore"]
