"""JupyterLab: an explorer, forms for the log and the cards, and live drills. Loaded on first use, as `mmlib` itself."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from mmlib.errors import MMError

NEEDED = ("ipywidgets", "anywidget")
_WHERE = {"explore": "explorer", "logbook": "logbook", "card": "card"}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'mmlib.widgets' has no attribute {name!r}")
    found = getattr(loaded(f"mmlib.widgets.{_WHERE[name]}", f"mm.{name}"), name)
    globals()[name] = found  # in the place of the module of the same name, which the import has put there
    return found


def loaded(module: str, asked: str) -> ModuleType:
    """Return a module of ours that needs ipywidgets and anywidget; all else of mmlib works without them.

    Raises
    ------
    MMError
        Where one of the two is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in NEEDED:
            raise
        needed = " and ".join(NEEDED)
        raise MMError(
            f"{asked} needs {needed}, and {missing} is not installed: run  pip install {' '.join(NEEDED)}"
        ) from None
