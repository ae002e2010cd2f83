"""What is seen while reports are built: a bar for each that runs and one for all, or a line for each that is done."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mmlib.cli.shared import say

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job
    from mmlib.reports.many import Failure
    from mmlib.reports.run import Built

LONGEST_LABEL = 34


class Shown:
    """Shows how the building of reports goes, as `many.build` tells it.

    On a terminal there are bars, which go when all is done. Elsewhere each report gets a line when it is finished,
    if there are several, and none where `quiet`.
    """

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total, self.done, self.failed = total, 0, 0
        console = Console(stderr=True)
        self._lines = not quiet and not console.is_terminal
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[said]}", justify="right"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._whole: TaskID | None = None
        self._running: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def __call__(self, job: Job, share: float, result: Built | Failure | None) -> None:
        """Show a job's share, or how it ended; one that is up to date ends at once, without a result."""
        if share >= 1 and result is None and (job.out, job.name) not in self._running:
            self.total -= 1
            return
        self._advance(job, share)
        if result is not None:
            self._finish(job, result)

    def _advance(self, job: Job, share: float) -> None:
        from mmlib.reports.many import label

        key = (job.out, job.name)
        if self._whole is None and self.total > 1:
            self._whole = self._bars.add_task("[bold]All reports", total=self.total, said=self._said())
        if key not in self._running:
            text = label(job)
            shown = text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
            self._running[key] = self._bars.add_task(escape(shown), total=1.0, said="")
        self._bars.update(self._running[key], completed=share, said=f"{share:.0%}")

    def _finish(self, job: Job, result: Built | Failure) -> None:
        from mmlib.reports.many import Failure, label

        self.done += 1
        self.failed += isinstance(result, Failure)
        self._bars.remove_task(self._running.pop((job.out, job.name)))
        if self._whole is not None:
            self._bars.update(self._whole, completed=self.done, said=self._said())
        if self._lines and self.total > 1:
            became = f"failed: {result}" if isinstance(result, Failure) else f"built: {label(job)}"
            say.print(f"{self.done} of {self.total} {became}", markup=False)

    def _said(self) -> str:
        return f"{self.done:,} of {self.total:,}" + (f", {self.failed:,} failed" if self.failed else "")
