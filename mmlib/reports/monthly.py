"""The monthly report: which learner, which month, which files."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mmlib.errors import PracticeError, ReportError, counted
from mmlib.practice import Practice, load
from mmlib.reports.jobs import FORMATS, NO_SESSIONS, Job, check_learners, made
from mmlib.reports.months import MONTH
from mmlib.reports.shelf import Shelf
from mmlib.reports.shipped import shipped
from mmlib.words import listed

if TYPE_CHECKING:
    from mmlib.reports.run import Built


def monthly(
    folder: str | Path,
    *,
    learner: str | None = None,
    month: str | None = None,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "reports",
    errors: str = "raise",
    progress: bool = True,
    force: bool = False,
) -> Built:
    """Build one learner's report of one calendar month, and the index of all reports.

    A report that is up to date is not built again, and a notice says so.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or one log file. If its log is empty, the sample learner's report is built, to show
        what a report looks like, and a notice says so.
    learner : str, optional
        Whose; can be left out where the log has one learner.
    month : str, optional
        YYYY-MM; the learner's newest month with practice if left out.
    formats : sequence of {"html", "pdf"}
        What to build.
    out : str or Path
        The folder of all reports; the files are `<out>/<month>/<learner>.html` and `.pdf`.
    errors : {"raise", "quarantine"}
        Whether bad rows of the log raise, or are set aside.
    progress : bool
        Show a progress bar.
    force : bool
        Build the report even if it is up to date: if nothing that it is built from has changed.

    Returns
    -------
    Built
        The paths by format ("index" too) and notices.

    Raises
    ------
    PracticeError
        If there is no such folder, learner or month.
    ReportError
        If a cell of the notebook fails.
    """
    from mmlib.reports.run import Built  # it takes a second to load, and `chosen` needs none of it

    job, notices = chosen(folder, learner=learner, month=month, formats=formats, out=out, errors=errors)
    shelf = Shelf(out)
    if force or shelf.state(job).kind != "built":
        built = _built(job, shelf, progress)
    else:
        built = Built(*_up_to_date(job, shelf))
    return dataclasses.replace(built, notices=(*notices, *shelf.notices, *built.notices))


def chosen(
    folder: str | Path,
    *,
    learner: str | None = None,
    month: str | None = None,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "reports",
    errors: str = "raise",
) -> tuple[Job, tuple[str, ...]]:
    """Return the one report that `monthly` would build, and notices about the choice.

    Parameters
    ----------
    folder, learner, month, formats, out, errors
        As for `monthly`.

    Returns
    -------
    Job, tuple of str
        The sample learner's report and a notice, where the log holds no sessions yet.

    Raises
    ------
    PracticeError
        If there is no such folder, learner or month.
    ReportError
        If the month is none, or outside of the learner's practice.

    Examples
    --------
    >>> job, notices = chosen(shipped("data/sample"))
    >>> job.learner, job.month, job.name, notices
    ('ada', '2026-10', 'ada', ())
    """
    practice, notices = load(folder, errors=errors), ()
    if practice.log.empty:
        if learner or month:
            raise PracticeError(NO_SESSIONS.format(folder))
        notices = (f"{folder}: the log holds no sessions yet, so this is the report of the sample learner, Ada.",)
        folder = shipped("data/sample")
        practice = load(folder)
    who = _learner(practice, learner, folder)
    pair = (who, _month(practice, who, month))
    (job,) = made(practice, [pair], folder=folder, formats=formats, out=out, errors=errors)
    return job, notices


def _up_to_date(job: Job, shelf: Shelf) -> tuple[dict[str, Path], tuple[str, ...]]:
    files = [Path(job.out) / f"{job.name}.{kind}" for kind in job.formats]
    paths = {file.suffix[1:]: file for file in files if file.exists()}
    said = f"{listed(paths.values())}: up to date, not built again. To build it all the same: --force"
    return {**paths, "index": shelf.save()}, (said,)


def _built(job: Job, shelf: Shelf, progress: bool) -> Built:
    from mmlib.reports.run import report

    built = report(job.notebook, job.parameters, out=job.out, name=job.name, formats=job.formats, progress=progress)
    shelf.record(job, built.facts, built.paths.values())
    return dataclasses.replace(built, paths={**built.paths, "index": shelf.save()})


def _learner(practice: Practice, learner: str | None, folder: str | Path) -> str:
    learners = sorted(practice.log["learner"].unique())
    if learner is None and len(learners) == 1:
        return learners[0]
    if learner is None:
        who = f"{', '.join(learners[:10])}{', …' if len(learners) > 10 else ''}"
        raise PracticeError(
            f"{folder} holds {counted(len(learners), 'learner')}: choose one with --learner ({who}), or take --all."
        )
    check_learners(practice, [learner], folder)
    return learner


def _month(practice: Practice, learner: str, month: str | None) -> str:
    start = practice.log.loc[practice.log["learner"] == learner, "start"]
    first, last = (pd.Period(day, "M") for day in (start.min(), start.max()))
    if month is None:
        return str(last)
    if not MONTH.fullmatch(month):
        raise ReportError(f'month: found "{month}", expected a calendar month. Write {last}.')
    chosen = pd.Period(month, "M")
    if not first <= chosen <= last:
        raise ReportError(f"month: found {chosen}, expected one from {first} to {last}, where {learner} has practice.")
    return str(chosen)
