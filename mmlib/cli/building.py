"""mm report's building: the reports that were asked for, what is seen of them, and how it ends."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mmlib.cli.progress import Shown
from mmlib.cli.shared import say
from mmlib.errors import counted

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job
    from mmlib.reports.many import Failure, Outcome

STOPPED = 130
LONGEST_ERROR = 300
MOST_NOTICES = 5


def build(jobs: Sequence[Job], *, quiet: bool, **how: Any) -> Outcome:
    """Build what is not up to date, and show how it goes."""
    from mmlib.reports import many

    with shown(len(jobs), quiet=quiet) as progress:
        return many.build(jobs, progress=progress, **how)


@contextmanager
def shown(total: int, *, quiet: bool) -> Iterator[Shown]:
    """Show how it goes; Ctrl+C, or the signal that ends a service, ends it with one sentence and exit code 130."""
    progress = Shown(total, quiet=quiet)
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler) if main else None
    try:
        with progress:
            yield progress
    except KeyboardInterrupt:
        finished = f"{progress.done:,} of {counted(progress.total, 'report')} finished, and kept"
        kept = f"{finished}. The same command goes on from there" if progress.done else "nothing was changed"
        complain(f"mm: stopped; {kept}.")
        raise typer.Exit(STOPPED) from None
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def tell(outcome: Outcome, *, several: bool, silent: bool = False) -> None:
    """Say what was built and what was up to date; nothing of the latter where `silent` and nothing was built."""
    for notice in outcome.notices[:MOST_NOTICES]:
        say.print(notice, markup=False)
    if (more := len(outcome.notices) - MOST_NOTICES) > 0:
        say.print(f"… and {counted(more, 'more notice')} of this kind.")
    if not several:
        _tell_one(outcome)
    elif outcome.built or not silent:
        _tell_several(outcome)


def _tell_one(outcome: Outcome) -> None:
    from mmlib.words import listed

    for job, built in outcome.built:
        for path in (*built.paths.values(), _index(job)):
            say.print(str(path), markup=False)
    for job in outcome.skipped:
        files = [path for kind in job.formats if (path := Path(job.out) / f"{job.name}.{kind}").exists()]
        say.print(f"{listed(files)}: up to date. To build it all the same: --force", markup=False)


def _tell_several(outcome: Outcome) -> None:
    built, skipped = len(outcome.built), len(outcome.skipped)
    said = [f"{counted(built, 'report')} built" if built else "Nothing to build"]
    said += [f"{skipped:,} up to date"] if skipped else []
    jobs = [*(job for job, _ in outcome.built), *outcome.skipped]
    places = ", ".join(dict.fromkeys(str(_index(job)) for job in jobs))
    say.print(": ".join(filter(None, [", ".join(said), places])), markup=False)


def _index(job: Job) -> Path:
    return Path(job.out).parent / "index.html"


def end(failed: Sequence[Failure]) -> None:
    """Name each failed report, with its cell and error, and end with exit code 1 if there are any."""
    if not failed:
        return
    complain(f"{counted(len(failed), 'report')} failed:")
    for failure in failed:
        line = str(failure)
        complain(f"  {line if len(line) <= LONGEST_ERROR else line[: LONGEST_ERROR - 1] + '…'}")
        if failure.kept:
            complain(f"    The notebook as far as it got: {failure.kept}")
    raise typer.Exit(1)


def complain(text: str) -> None:
    """Print to standard error, as it is."""
    print(text, file=sys.stderr)  # noqa: T201
