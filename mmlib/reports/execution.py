"""One run of a notebook through papermill, in a kernel of our own Python; a failure says which cell and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from mmlib.errors import ReportError

LONGEST_CELL = 1800  # seconds: a kernel whose answer is lost must not hold a report for ever
LONGEST_ERROR = 2000  # characters: a table in an error's text is not read in a terminal


@dataclass
class Run:
    """A notebook about to run: its name, its content, and the file that it is left in as far as it gets.

    `earlier` are the report's files of an earlier run: a failure leaves them as they are, and says so.
    """

    called: str
    content: nbformat.NotebookNode
    parameters: Mapping[str, Any]
    kept: Path
    earlier: Sequence[str] = ()
    begun: list[int] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """How many cells are run or passed over, the one with the parameters' values among them."""
        return len(self.content.cells) + bool(self.parameters)


def execute(run: Run, work: Path, reached: Callable[[int], None]) -> nbformat.NotebookNode:
    """Run a notebook from its first cell to its last.

    Parameters
    ----------
    run : Run
        The notebook; its content is not changed.
    work : Path
        A folder for the executed notebook.
    reached : callable
        Called with the number of cells that are done.

    Returns
    -------
    NotebookNode
        The executed notebook.

    Raises
    ------
    ReportError
        If a cell fails, or the Python that runs it dies or does not answer.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from papermill import PapermillExecutionError, execute_notebook

    from mmlib.reports.kernels import OwnKernelManager

    written = work / "executed.ipynb"
    run.begun.clear()
    try:
        return execute_notebook(
            run.content,
            re.sub(r"([{}])", r"\1\1", str(written)),  # papermill takes a path for a template
            dict(run.parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=OwnKernelManager,
            execution_timeout=LONGEST_CELL,
            on_cell_execute=lambda cell, cell_index: run.begun.append(cell_index),  # noqa: ARG005
            on_cell_executed=lambda cell_index, **_: reached(cell_index + 1),
        )
    except PapermillExecutionError as error:
        raise _stopped(error, written, run) from error
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
        raise _dead(error, run) from error


def _stopped(error: Any, written: Path, run: Run) -> ReportError:
    written.replace(run.kept)
    cells = nbformat.read(run.kept, as_version=4).cells
    failed = (n for n, cell in enumerate(cells) if any("ename" in output for output in cell.get("outputs", [])))
    heading = _heading(cells[: next(failed, len(cells))])
    value = str(error.evalue)
    shown = value if len(value) <= LONGEST_ERROR else f"{value[:LONGEST_ERROR]} …"
    return ReportError(
        f"{run.called} stopped at cell [{error.exec_count}]{_under(heading)}. {error.ename}: {shown}\n"
        f"The notebook as far as it got: {run.kept}.{_stayed(run.earlier)}",
        cell=error.exec_count,
        heading=heading,
        name=error.ename,
        value=shown,
        kept=run.kept,
    )


def _dead(error: Exception, run: Run) -> ReportError:
    where, heading, cell = "", "", None
    if run.begun:
        injected = bool(run.parameters)
        heading, cell = _heading(run.content.cells[: run.begun[-1] + 1 - injected]), len(run.begun)
        where = f" at cell [{cell}]{_under(heading)}"
    said = next(iter(str(error).splitlines()), type(error).__name__)
    return ReportError(
        f"{run.called} stopped: the Python that ran it died or did not answer{where} ({said}). "
        f"The usual reason is too little memory.{_stayed(run.earlier)}",
        cell=cell,
        heading=heading,
        name=type(error).__name__,
        value=said,
    )


def _heading(cells: Sequence[nbformat.NotebookNode]) -> str:
    """Return the last heading of these cells."""
    texts = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", texts, re.MULTILINE)
    return found[-1] if found else ""


def _under(heading: str) -> str:
    return f', under "{heading}"' if heading else ""


def _stayed(earlier: Sequence[str]) -> str:
    as_it_was = "stayed as it was" if len(earlier) == 1 else "stayed as they were"
    return f" {' and '.join(earlier)} of an earlier run {as_it_was}." if earlier else ""
