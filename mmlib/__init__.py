"""mmlib: learning analytics for small skills.

`load` a practice folder, measure it with `repetition`, `payoff`, `synergy`, `structure` and `selves`, and draw
what they return with `charts`. Everything loads on first use, so that `import mmlib as mm` is quick.

Examples
--------
>>> import mmlib as mm
>>> practice = mm.load("data/sample", learner="ada", until="2026-10-31")
>>> totals = mm.repetition.totals(practice.log, by="learner")
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    **dict.fromkeys(["read_log", "check_log", "append_sessions", "write_log"], "mmlib.log"),
    **dict.fromkeys(["Practice", "load"], "mmlib.practice"),
    "check": "mmlib.workshop",
    "MMError": "mmlib.errors",
}
_WIDGETS = {"explore": "explorer", "logbook": "logbook", "card": "card"}  # they need packages that may be missing
_MODULES = {
    **{theme: f"mmlib.measures.{theme}" for theme in ("repetition", "payoff", "synergy", "structure", "selves")},
    **{name: f"mmlib.{name}" for name in ("charts", "errors", "experiments", "log", "practice", "reports")},
    **{name: f"mmlib.{name}" for name in ("simulate", "skills", "sources", "stats", "widgets", "workshop")},
    "drills": "mmlib.widgets.drills",
}
__all__ = sorted([*_WHERE, *_WIDGETS, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    if name in _WIDGETS:
        widgets = importlib.import_module("mmlib.widgets")
        return getattr(widgets.loaded(f"mmlib.widgets.{_WIDGETS[name]}", f"mm.{name}"), name)
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module 'mmlib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
