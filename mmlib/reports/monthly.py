"""The monthly report: which learner, which month, which files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmlib.errors import PracticeError, ReportError, counted, did_you_mean
from mmlib.practice import Practice, load
from mmlib.reports.run import FORMATS, Built, report, slug
from mmlib.reports.shelf import index
from mmlib.reports.shipped import shipped


def monthly(
    folder: str | Path,
    *,
    learner: str | None = None,
    month: str | None = None,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "reports",
    errors: str = "raise",
    progress: bool = True,
) -> Built:
    """Build one learner's report of one calendar month, and the index of all reports.

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
    practice, notices = load(folder, errors=errors), ()
    if practice.log.empty:
        if learner or month:
            raise PracticeError(f"{folder}: the log holds no sessions yet. Add one with: mm log SKILL --minutes 15")
        notices = (f"{folder}: the log holds no sessions yet, so this is the report of the sample learner, Ada.",)
        folder = shipped("data/sample")
        practice = load(folder)
    learner = _learner(practice, learner, folder)
    period = _month(practice, learner, month)
    built = report(
        shipped("notebooks/reports/monthly.ipynb"),
        {
            "folder": str(folder),
            "learner": learner,
            "month": str(period),
            "as_of": _as_of(practice.log, learner, period),
            "errors": errors,
        },
        out=Path(out) / str(period),
        name=slug(learner, practice.log["learner"].unique()),
        formats=formats,
        progress=progress,
    )
    return Built({**built.paths, "index": index(out)}, (*notices, *built.notices))


def _as_of(log: pd.DataFrame, learner: str, month: pd.Period) -> str:
    """Return the month's last day; while the month runs today, or the last day with practice if that is later."""
    start = log.loc[(log["learner"] == learner) & (log["start"] <= month.end_time), "start"]
    return str(min(month.end_time, max(pd.Timestamp.today(), start.max())).date())


def _learner(practice: Practice, learner: str | None, folder: str | Path) -> str:
    learners = sorted(practice.log["learner"].unique())
    if learner is None and len(learners) == 1:
        return learners[0]
    if learner is None:
        who = f"{', '.join(learners[:10])}{', …' if len(learners) > 10 else ''}"
        raise PracticeError(f"{folder} holds {counted(len(learners), 'learner')}: choose one with --learner ({who}).")
    if learner not in learners:
        raise PracticeError(f'{folder}: no learner "{learner}" in the log. {did_you_mean(learner, learners)}')
    return learner


def _month(practice: Practice, learner: str, month: str | None) -> pd.Period:
    start = practice.log.loc[practice.log["learner"] == learner, "start"]
    first, last = (pd.Period(day, "M") for day in (start.min(), start.max()))
    if month is None:
        return last
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise ReportError(f'month: found "{month}", expected a calendar month. Write {last}.')
    chosen = pd.Period(month, "M")
    if not first <= chosen <= last:
        raise ReportError(f"month: found {chosen}, expected one from {first} to {last}, where {learner} has practice.")
    return chosen
