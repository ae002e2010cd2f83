"""The participants' copies of the lessons: derived from the solved ones, which alone are kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat import NotebookNode, from_dict

from mmlib.reports.shipped import set_parameters

FOLDER = "my-practice"
CHECK = "# Run this cell to check your answer"  # of a folded cell JupyterLab shows the first line


def participants(notebook: NotebookNode, folder: str = FOLDER) -> NotebookNode:
    """Return the participants' copy of a solved lesson.

    In a code cell tagged `solution` its first comment lines stay, and each name that it gives a value at top level
    becomes `name = ...`; a text cell tagged `solution` is left out. The source of a cell tagged `check` is folded
    away behind a line that says what to do. The parameter `folder` becomes the participant's own.

    Parameters
    ----------
    notebook : NotebookNode
        The solved lesson; it stays as it is.
    folder : str
        The participant's practice folder, as seen from the copy.

    Returns
    -------
    NotebookNode
        A valid notebook without outputs.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell("# How many circles?\\ncircles = 12", metadata={"tags": ["solution"]})
    >>> print(participants(new_notebook(cells=[cell])).cells[0].source)
    # How many circles?
    circles = ...
    """
    copy = from_dict(notebook)
    copy.cells = [cell for cell in copy.cells if cell.cell_type == "code" or "solution" not in _tags(cell)]
    for cell in copy.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if "solution" in _tags(cell):
            cell.source = _to_do(cell.source)
        if "check" in _tags(cell):
            cell.source = f"{CHECK}\n{cell.source}"
            cell.metadata["jupyter"] = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
    copy.metadata.pop("widgets", None)
    set_parameters(copy, {"folder": folder})
    return copy


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _to_do(source: str) -> str:
    """Return what is left of a solution: its first comments, and its names without values."""
    lines = source.strip().splitlines()
    code = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    names = dict.fromkeys(_assigned(ast.parse(source)))
    return "\n".join([*lines[:code], *(f"{name} = ..." for name in names)])


def _assigned(module: ast.Module) -> Iterator[str]:
    """Yield the names that get a value at top level, in their order; a place in a table is no name."""
    for node in module.body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            stored = [part for part in parts if isinstance(part.ctx, ast.Store)]
            yield from (part.id for part in sorted(stored, key=lambda part: (part.lineno, part.col_offset)))
