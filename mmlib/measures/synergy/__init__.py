"""Synergy: does one skill feed another, and does breadth go with achievement?"""

from __future__ import annotations

from mmlib.measures.synergy.breadth import breadth

__all__ = ["breadth"]
