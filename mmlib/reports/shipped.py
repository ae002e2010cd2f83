"""What travels with mmlib besides its code: the notebooks, and the sample learner's practice folder."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from mmlib.errors import ReportError
from mmlib.reports.parameters import parameters as read_parameters

if TYPE_CHECKING:  # it takes a second to load, and `shipped` needs none of it
    import nbformat

MARK = "mmlib"  # a copy's metadata say under this name what it was copied from


def shipped(path: str) -> Path:
    """Return a file or folder that travels with mmlib: in the installed package, or beside it in a clone.

    Examples
    --------
    >>> shipped("notebooks/reports/monthly.ipynb").name
    'monthly.ipynb'
    """
    package = Path(str(files("mmlib")))
    inside = package / "_shipped" / path
    return inside if inside.exists() else package.parent / path


@dataclass(frozen=True)
class Copies:
    """The notebooks in a user's folder.

    Attributes
    ----------
    made : tuple of Path
        Those that were not there.
    renewed : tuple of Path
        Those that an older mmlib had made, and nobody has changed.
    kept : tuple of Path
        Those that an older mmlib had made and the user has changed: they stay as they are.
    same : tuple of Path
        Those of this mmlib, changed or not.
    """

    made: tuple[Path, ...] = ()
    renewed: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    same: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, by name."""
        return tuple(sorted(self.made + self.renewed + self.kept + self.same))


def copy_notebooks(which: str, to: str | Path, parameters: Mapping[str, object]) -> Copies:
    """Copy shipped notebooks into a folder of the user's, set to the user's parameters; no work of theirs is lost.

    A notebook that is there already is renewed only where it comes from an older mmlib and its cells are still as
    they were; the values of its parameters are carried over.

    Parameters
    ----------
    which : str
        The name of a notebook under notebooks/, or a pattern such as "explore/*.ipynb".
    to : str or Path
        Made if it isn't there.
    parameters : mapping
        Values for the lines of the new notebooks' parameters cells that begin with these names.

    Returns
    -------
    Copies
        The notebooks in `to`, and what became of each.
    """
    import nbformat

    to = Path(to)
    to.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Path]] = {"made": [], "renewed": [], "kept": [], "same": []}
    for source in sorted(shipped("notebooks").glob(which)):
        original, target = nbformat.read(source, as_version=4), to / source.name
        there = _readable(target)
        kind = _kind(there, original) if target.exists() else "made"
        found[kind].append(target)
        if kind in ("made", "renewed"):
            set_parameters(original, {**parameters, **(_values(there) if there else {})})
            original.metadata[MARK] = {"copy_of": _digest(original)}
            nbformat.write(original, target)
    return Copies(**{kind: tuple(paths) for kind, paths in found.items()})


def _readable(path: Path) -> nbformat.NotebookNode | None:
    """Return a notebook, or None where the user has put something else in its place."""
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, TypeError, AttributeError, nbformat.ValidationError):  # as the JSON is bad
        return None
    return notebook


def _kind(there: nbformat.NotebookNode | None, original: nbformat.NotebookNode) -> str:
    if there is None:
        return "kept"
    now, was, wanted = _digest(there), there.metadata.get(MARK, {}).get("copy_of"), _digest(original)
    if wanted in (now, was):
        return "same"
    return "renewed" if now == was else "kept"


def _digest(notebook: nbformat.NotebookNode) -> str:
    """Return what tells whether the cells are still as they were, whatever their outputs and the parameters are."""
    cells = [(cell.cell_type, cell.source) for cell in notebook.cells if not _is_parameters(cell)]
    names = list(_values(notebook))
    return hashlib.sha256(json.dumps([names, cells]).encode()).hexdigest()[:16]


def _is_parameters(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def _values(notebook: nbformat.NotebookNode) -> dict[str, object]:
    try:
        return {name: found.default for name, found in read_parameters(notebook).items()}
    except ReportError:  # the user has made something else of the cell
        return {}


def reset_parameters(path: str | Path, parameters: Mapping[str, object]) -> None:
    """Give new values to a notebook's parameters, in its file; one that cannot be read, or has them already, stays."""
    import nbformat

    notebook = _readable(Path(path))
    values = _values(notebook) if notebook else {}
    if not values or values.items() >= parameters.items():
        return
    set_parameters(notebook, parameters)
    nbformat.write(notebook, path)


def parameter_values(path: str | Path) -> dict[str, object]:
    """Return the values of a notebook's parameters by name; none where it has none, or cannot be read."""
    notebook = _readable(Path(path))
    return _values(notebook) if notebook else {}


def set_parameters(notebook: nbformat.NotebookNode, parameters: Mapping[str, object]) -> None:
    """Give new values to the lines of a notebook's parameters cell that begin with these names."""
    for cell in notebook.cells:
        if _is_parameters(cell):
            cell.source = _with_values(cell.source, parameters)


def _with_values(source: str, parameters: Mapping[str, object]) -> str:
    text, before = source.encode(), [0]
    for line in text.splitlines(keepends=True):
        before.append(before[-1] + len(line))
    for statement in reversed(ast.parse(source).body):  # from the end: the places before stay where they are
        name = statement.target.id if isinstance(statement, ast.AnnAssign) else statement.targets[0].id
        if name in parameters:
            value = statement.value
            start, end = (
                before[value.lineno - 1] + value.col_offset,
                before[value.end_lineno - 1] + value.end_col_offset,
            )
            text = text[:start] + _literal(parameters[name]).encode() + text[end:]
    return text.decode()


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
