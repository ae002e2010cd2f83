"""A report of what is explored, made in the background: the kernel stays free, and the page is told how it goes."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell

from mmlib.charts.style import Reading
from mmlib.errors import MMError
from mmlib.widgets.explorer.choice import Choice

OUT = Path("reports") / "explored"
NAME = "mmlib report"


class Making:
    """One report at a time.

    Parameters
    ----------
    tell : callable
        Takes what the page shall know: `state` ("working", "done" or "failed"), `share` (0 to 1), `said`, `path`.
    """

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self._thread: threading.Thread | None = None

    def begin(self, folder: str, choice: Choice, words: str) -> None:
        """Start to make the report of a choice; nothing happens while another one is being made."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._tell({"state": "working", "share": 0.0, "said": "Starting a kernel …"})
        # A daemon: a report that hangs must not keep the user's kernel from ending.
        self._thread = threading.Thread(target=self._run, args=(folder, choice, words), name=NAME, daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the report is made."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, folder: str, choice: Choice, words: str) -> None:
        try:
            path = asyncio.run(self._made(folder, choice, words))
        except (MMError, OSError) as error:
            self._tell({"state": "failed", "said": str(error)})
        except Exception as error:  # nobody else would see it: it ends the thread
            self._tell({"state": "failed", "said": f"The report could not be made ({type(error).__name__}: {error})."})
        else:
            self._tell({"state": "done", "said": f"The report is {path}", "path": str(path.resolve())})

    async def _made(self, folder: str, choice: Choice, words: str) -> Path:
        # Within a running loop the libraries use one of theirs, which they close; without, they leave a new one open.
        return made(folder, choice, words, self._progress())

    def _progress(self) -> Callable[[float], None]:
        last = [0.0]

        def advance(share: float) -> None:
            # The page need not hear of every cell.
            if time.monotonic() - last[0] > 0.2:
                last[0] = time.monotonic()
                self._tell({"state": "working", "share": share, "said": f"{share:.0%} of the notebook has run"})

        return advance


def made(folder: str, choice: Choice, words: str, advance: Callable[[float], None]) -> Path:
    """Run the explore notebook of a theme with a choice, export it as HTML and return the file.

    Parameters
    ----------
    folder : str
        The practice folder.
    choice : Choice
        What is chosen.
    words : str
        The choice in words; they stand below the title.
    advance : callable
        Is told how much has been done, from 0 to 1.

    Raises
    ------
    ReportError
        If a cell fails.
    """
    from mmlib.reports.run import report, slug
    from mmlib.reports.shipped import shipped

    parameters = {"folder": folder, "learner": choice.learner, "skills": list(choice.skills)}
    parameters |= {"since": choice.since, "until": choice.until}
    notebook = nbformat.read(shipped(f"notebooks/explore/{choice.theme}.ipynb"), as_version=4)
    # The report says what it is of, and nothing of how to run a notebook.
    notebook.cells = [notebook.cells[0], new_markdown_cell(Reading(words)._repr_markdown_()), *notebook.cells[1:-1]]
    name = slug(" ".join(filter(None, [choice.learner, choice.theme, *choice.skills, choice.since, choice.until])))
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / f"{choice.theme}.ipynb"
        nbformat.write(notebook, source)
        built = report(source, parameters, out=OUT, name=name, formats=["html"], progress=advance)
    return built.paths["html"]
