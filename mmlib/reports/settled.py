"""What differs between two runs of the same notebook, though nothing has changed, is taken out of it.

Cells get random ids and the hours at which they ran; matplotlib writes the date and random names into an SVG,
pandas random names into a styled table, and Python the address of whatever has no text of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode

TIMES = ("papermill", "execution")  # what papermill and nbclient note of each cell
DATE = "<dc:date>"
SVG_NAME = re.compile(r'(\bid="|"#|url\(#)([a-zA-Z]?[0-9a-f]{10})(?=["_)])')
STYLER_NAME = re.compile(r"\bT_[0-9a-f]{5}(?=[_\s\"'#{,.])")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}(?=>)")
# Neither an XML file nor UTF-8 can hold these: control characters, and halves of a pair of surrogates.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def settled(executed: NotebookNode) -> NotebookNode:
    """Return an executed notebook without what differs from run to run, and without what no file can hold.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook, new_output
    >>> shown = new_output("execute_result", {"text/plain": "<list_iterator at 0x7f01d2c3b4a0>"})
    >>> notebook = settled(new_notebook(cells=[new_code_cell(outputs=[shown])]))
    >>> notebook.cells[0].id, notebook.cells[0].outputs[0].data["text/plain"]
    ('cell-1', '<list_iterator>')
    """
    notebook = NotebookNode(executed)
    notebook.metadata = _without_times(executed.metadata)
    notebook.cells = [_cell(cell, number) for number, cell in enumerate(executed.cells, start=1)]
    return notebook


def _without_times(metadata: NotebookNode) -> NotebookNode:
    return NotebookNode({key: value for key, value in metadata.items() if key not in TIMES})


def _cell(cell: NotebookNode, number: int) -> NotebookNode:
    same = NotebookNode(cell)
    same.id, same.metadata, same.source = f"cell-{number}", _without_times(cell.metadata), _written(cell.source)
    if "outputs" in cell:
        same.outputs = [_output(output) for output in cell.outputs]
    return same


def _output(output: NotebookNode) -> NotebookNode:
    same = NotebookNode(output)
    if "data" in output:
        told = {mime: SETTLERS.get(mime, _same)(value) for mime, value in output.data.items()}
        same.data = NotebookNode(told)
    elif "text" in output:
        same.text = _plain(output.text)
    return same


def _written(value: Any) -> Any:
    return UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _same(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    return ADDRESS.sub("", _written(value)) if isinstance(value, str) else value


def _html(value: Any) -> Any:
    return _renamed(STYLER_NAME, "T_", _written(value)) if isinstance(value, str) else value


def _svg(value: Any) -> Any:
    """Name the parts of a drawing in their order; one that bears no date was made to be the same each time."""
    if not isinstance(value, str) or DATE not in value:
        return value
    undated = re.sub(rf"\s*{DATE}.*?</dc:date>", "", value)
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return found[1] + names.setdefault(found[2], f"n{len(names)}")

    return SVG_NAME.sub(name, undated)


def _renamed(pattern: re.Pattern[str], prefix: str, source: str) -> str:
    names: dict[str, str] = {}
    return pattern.sub(lambda found: names.setdefault(found[0], f"{prefix}{len(names)}"), source)


SETTLERS: dict[str, Callable[[Any], Any]] = {
    "text/plain": _plain,
    "text/markdown": _written,
    "text/html": _html,
    "image/svg+xml": _svg,
}
