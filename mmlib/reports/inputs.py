"""What a report is made from, as digests: where none of them has changed, the report would say the same again.

A report's inputs are its learner's sessions, the skill cards, the learner's milestones, the notebook, the values of
its parameters, and the software: mmlib's own files and the libraries that reckon, draw and set. Where the practice
folder lies, how its path is written and how bad rows are dealt with is no input: the same sessions give the same
report.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mmlib
from mmlib.errors import ReportError

LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "weasyprint", "nbconvert")
NO_PART = frozenset({"cli", "_shipped", "__pycache__"})  # what asks for reports, and what is looked at by itself
UNSAID = frozenset({"folder", "errors"})  # where the log lies and how it is read; the sessions tell what came of it
LENGTH = 32  # of a digest, in hexadecimal figures


def digest(content: bytes) -> str:
    """Return a text that stands for this content and no other.

    Examples
    --------
    >>> digest(b"juggling") == digest(b"juggling"), digest(b"juggling") == digest(b"jugling")
    (True, False)
    """
    return hashlib.sha256(content).hexdigest()[:LENGTH]


def inputs_of(parts: Mapping[str, str], parameters: Mapping[str, Any]) -> str:
    """Return the digest of everything that a report is made from.

    Parameters
    ----------
    parts : mapping of str to str
        What it is made from, by name, each as a text that changes when it does.
    parameters : mapping
        The values of the notebook's parameters.

    Examples
    --------
    >>> parts = {"sessions": "512 4f1c"}
    >>> inputs_of(parts, {"month": "2026-10", "folder": "a"}) == inputs_of(parts, {"month": "2026-10", "folder": "b"})
    True
    """
    return digest(_plain([dict(parts), told(parameters)]).encode())


def told(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a report hangs on: all but those that say where and how the log is read.

    Examples
    --------
    >>> told({"folder": "practice", "month": "2026-10"})
    {'month': '2026-10'}
    """
    return {name: value for name, value in parameters.items() if name not in UNSAID}


def software() -> dict[str, str]:
    """Return what tells this mmlib, and these versions of the libraries that reckon, draw and set, from others."""
    home = Path(mmlib.__file__).parent
    code = hashlib.sha256()
    for file in _code(home):
        code.update(f"{file.relative_to(home).as_posix()}\0".encode())
        code.update(hashlib.sha256(file.read_bytes()).digest())
    libraries = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES)]
    return {"mmlib": f"{mmlib.__version__} {code.hexdigest()[:LENGTH]}", "libraries": ", ".join(libraries)}


def _code(home: Path) -> list[Path]:
    files = (file for file in home.rglob("*") if not NO_PART & set(file.relative_to(home).parts))
    return sorted(file for file in files if file.is_file())


def notebook_digest(path: str | Path) -> str:
    """Return the digest of a notebook's cells: what they are, hold and are tagged with, but not their outputs.

    Raises
    ------
    ReportError
        If there is no such notebook, or the file is none.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        kept = [(cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {})) for cell in cells]
    except FileNotFoundError as error:
        raise ReportError(f"There is no notebook {path}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{path} is not a notebook that can be read: expected one of Jupyter's, version 4."
        ) from error
    return digest(_plain(kept).encode())


def row_digests(table: pd.DataFrame) -> np.ndarray:
    """Return a number for each row that stands for its values in all columns."""
    return pd.util.hash_pandas_object(table, index=False).to_numpy()


def growing(rows: np.ndarray, ends: np.ndarray) -> Iterator[str]:
    """Yield, for each end, the number of rows before it and the digest of these; each row is looked at once.

    Parameters
    ----------
    rows : array
        As `row_digests` returns them.
    ends : array of int
        In rising order.

    Examples
    --------
    >>> short, long = growing(np.array([7, 8, 9], dtype="uint64"), np.array([2, 3]))
    >>> short == next(growing(np.array([7, 8, 5], dtype="uint64"), np.array([2]))), long[:2]
    (True, '3 ')
    """
    running, begin = hashlib.sha256(), 0
    for end in ends.tolist():
        running.update(rows[begin:end].tobytes())
        begin = end
        yield f"{end} {running.copy().hexdigest()[:LENGTH]}"


def _plain(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr, ensure_ascii=False)
