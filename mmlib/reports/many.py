"""Many reports: side by side in processes or on a Dask cluster, none twice, and one that fails stops no other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmlib.errors import MMError, ReportError
from mmlib.reports import warm
from mmlib.reports.cluster import Refused, on_dask
from mmlib.reports.crew import Died, together
from mmlib.reports.jobs import Job
from mmlib.reports.shelf import Shelf

if TYPE_CHECKING:
    from mmlib.reports.run import Built

SAVED_EVERY = 10  # seconds
Progress = Callable[[Job, float, "Built | Failure | None"], object]


@dataclass(frozen=True)
class Failure:
    """A report that was not built: why, and where in the notebook.

    Attributes
    ----------
    job : Job
        The report.
    said : str
        The whole message.
    cell, heading, name, value : int or None, str
        The number of the cell that failed, the heading above it, and the error's name and text; empty where no
        cell failed.
    kept : str
        The notebook as far as it got; empty where there is none.
    """

    job: Job
    said: str
    cell: int | None = None
    heading: str = ""
    name: str = ""
    value: str = ""
    kept: str = ""

    def __str__(self) -> str:
        """Learner, month, cell and error, in one line."""
        if not self.kept:  # no cell's own error
            return f"{label(self.job)}: {_first_line(self.said)}"
        under = f', under "{self.heading}"' if self.heading else ""
        return f"{label(self.job)}: cell [{self.cell}]{under}, {self.name}: {_first_line(self.value)}"


@dataclass(frozen=True)
class Outcome:
    """What became of the reports.

    Attributes
    ----------
    built : list of (Job, Built)
        What was written.
    failed : list of Failure
        What was not, and why.
    skipped : list of Job
        What was up to date.
    notices : list of str
        What the user should know, each once.
    """

    built: list[tuple[Job, Built]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[Job] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def build(
    jobs: Sequence[Job],
    *,
    processes: int | None = None,
    scheduler: str | None = None,
    retries: int = 0,
    force: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Build reports, several at a time, put them on the shelf, and leave those alone that are up to date.

    Parameters
    ----------
    jobs : sequence of Job
        The reports, as `jobs.wanted` returns them.
    processes : int, optional
        How many at a time; as many as there are cores that this process may use, if left out.
    scheduler : str, optional
        The address of a Dask scheduler, such as tcp://10.0.0.5:8786: its workers build the reports. They must see
        the practice folder and the reports' folder under the same paths. Needs the extra `scale`.
    retries : int
        How often a notebook that failed is run again.
    force : bool
        Build also what is up to date.
    progress : callable, optional
        Called with a job, the share of it that is done (0 when it begins), and at its end with 1 and what became of
        it; for one that is up to date, first of all, with 1 and None.

    Returns
    -------
    Outcome
        Built, failed and skipped reports. On Ctrl+C the shelf keeps what was finished, and `KeyboardInterrupt`
        goes on.

    Raises
    ------
    ReportError
        If the scheduler does not answer, or Dask is not installed.

    Examples
    --------
    >>> build([])
    Outcome(built=[], failed=[], skipped=[], notices=[])
    """
    tell = progress or (lambda *_: None)
    shelves = {place: Shelf(place) for place in {_shelf(job): None for job in jobs}}
    outcome = Outcome(notices=[notice for shelf in shelves.values() for notice in shelf.notices])
    due = []
    for job in jobs:
        if force or shelves[_shelf(job)].state(job).kind != "built":
            due.append(job)
        else:
            outcome.skipped.append(job)
            tell(job, 1.0, None)
    if len(due) > 1 and not scheduler and (notice := warm.notice()):
        outcome.notices.append(notice)
    saved = time.monotonic()
    try:
        with closing(_results(due, processes, scheduler, retries, tell)) as results:
            for number, found in results:
                job, result = due[number], _result(due[number], found)
                _keep(job, result, outcome, shelves[_shelf(job)])
                if time.monotonic() > saved + SAVED_EVERY:  # for what ends without a word: a kill, a power cut
                    shelves[_shelf(job)].save()
                    saved = time.monotonic()
                tell(job, 1.0, result)
    finally:
        for place in dict.fromkeys(_shelf(job) for job in (*outcome.skipped, *(job for job, _ in outcome.built))):
            shelves[place].save()
    return outcome


def _keep(job: Job, result: Built | Failure, outcome: Outcome, shelf: Shelf) -> None:
    if isinstance(result, Failure):
        outcome.failed.append(result)
        return
    outcome.built.append((job, result))
    outcome.notices.extend(notice for notice in result.notices if notice not in outcome.notices)
    shelf.record(job, result.facts, result.paths.values())


def label(job: Job) -> str:
    """Return whose report it is, and of which month: "ada, October 2026"."""
    month = f"{date.fromisoformat(job.month + '-01'):%B %Y}" if job.month else ""
    return ", ".join(filter(None, [job.learner or job.name, month]))


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _shelf(job: Job) -> Path:
    return Path(job.out).parent


def _results(
    due: Sequence[Job], processes: int | None, scheduler: str | None, retries: int, tell: Progress
) -> Iterator[tuple[int, Any]]:
    def told(number: int, share: float) -> None:
        tell(due[number], share, None)

    work = partial(made, retries=retries)
    if scheduler and due:
        return on_dask(due, work, scheduler)
    if len(due) > 1:
        most = min(processes or cores(), len(due))
        return together(due, work, processes=most, context=warm.context(), told=told)
    return _here(due, work, told)


def _here(
    due: Sequence[Job], work: Callable[..., Built | Failure], told: Callable[[int, float], object]
) -> Iterator[tuple[int, Built | Failure]]:
    """Build in this process, which spares a single report the start of another one."""
    for number, job in enumerate(due):
        warm.warm_up()
        told(number, 0.0)
        yield number, work(job, partial(told, number))


def made(job: Job, told: Callable[[float], object], *, retries: int) -> Built | Failure:
    """Build one report here and now; whatever goes wrong with it is its own failure, and no other's.

    Parameters
    ----------
    job : Job
        The report.
    told : callable
        Called with the share that is done, from 0 to 1.
    retries : int
        How often a notebook that failed is run again.

    Returns
    -------
    Built or Failure
        What was written, or why nothing was.
    """
    from mmlib.reports.run import report  # it takes a second to load: not where all is up to date

    try:
        return report(
            job.notebook,
            job.parameters,
            out=job.out,
            name=job.name,
            formats=job.formats,
            progress=told,
            retries=retries,
        )
    except ReportError as error:
        return Failure(
            job, str(error), error.cell, error.heading, error.name, error.value, str(error.kept) if error.kept else ""
        )
    except MMError as error:
        return Failure(job, str(error))
    except OSError as error:
        return Failure(job, f"{error.filename or 'a file'}: {error.strerror or error}.")
    except Exception as error:  # the others are still to be built
        return Failure(job, f"{type(error).__name__}: {error}", name=type(error).__name__, value=str(error))


def _result(job: Job, found: Built | Failure | Died | Refused) -> Built | Failure:
    """Return what became of a report, a failure too where its process died or its files are not here."""
    if isinstance(found, Failure):
        return found
    if isinstance(found, Refused):
        return Failure(job, found.why)
    if isinstance(found, Died):
        how = f"signal {-found.code}" if (found.code or 0) < 0 else f"exit code {found.code}"
        return Failure(job, f"The process that built it died ({how}). The usual reason is too little memory: --jobs 1.")
    for path in found.paths.values():
        if not path.exists():
            return Failure(job, f"A worker wrote {path}, which is not here: all must share the reports' folder.")
    return found
