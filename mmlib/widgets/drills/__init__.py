"""Live drills: small exercises in the page whose attempts land in the log, while the learning curve grows beside them.

Each takes the practice folder and returns a widget: `circle`, `rub_pat`, `sequence` and `reaction`.
"""

from __future__ import annotations

from typing import Any

from mmlib.widgets import loaded

_WHERE = {"circle": "circles", "rub_pat": "tapping", "sequence": "serial", "reaction": "serial", "Drill": "drill"}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'mmlib.widgets.drills' has no attribute {name!r}")
    found = getattr(loaded(f"mmlib.widgets.drills.{_WHERE[name]}", f"mm.drills.{name}"), name)
    globals()[name] = found  # in the place of the module of the same name, which the import has put there
    return found
