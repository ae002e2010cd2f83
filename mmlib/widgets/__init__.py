"""JupyterLab: an explorer, forms for the log and the cards, and live drills. Loaded on first use, as `mmlib` itself."""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {"explore": "explorer", "logbook": "logbook", "card": "card"}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f"mmlib.widgets.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'mmlib.widgets' has no attribute {name!r}")
