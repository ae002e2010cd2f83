"""Live drills: small exercises in the page whose attempts land in the log, while the learning curve grows beside them.

Each takes the practice folder and returns a widget: `circle`, `rub_pat`, `sequence` and `reaction`.
"""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {"circle": "circle", "rub_pat": "rub_pat", "sequence": "sequence", "reaction": "sequence", "Drill": "drill"}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f"mmlib.widgets.drills.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'mmlib.widgets.drills' has no attribute {name!r}")
