"""Which reports are wanted, and what each is built from."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import PracticeError, ReportError, did_you_mean
from mmlib.practice import Practice, load
from mmlib.reports.inputs import digest, growing, inputs_of, notebook_digest, row_digests, software
from mmlib.reports.months import check_months, month_spans
from mmlib.reports.shipped import shipped
from mmlib.reports.slugs import slug

FORMATS = ("html", "pdf")
MONTHLY = "notebooks/reports/monthly.ipynb"
NO_SESSIONS = "{}: the log holds no sessions yet. Add one with: mm log SKILL --minutes 15"


@dataclass(frozen=True)
class Job:
    """One report that is wanted.

    Attributes
    ----------
    notebook : str
        The notebook that is run.
    parameters : dict
        The values of its parameters.
    out : str
        The folder of the report's files, `<reports>/<month>`.
    name : str
        Their name without an ending.
    learner, month : str
        Whose report it is and of which month, YYYY-MM; empty where it is not of one.
    formats : tuple of {"html", "pdf"}
        What is to be built.
    inputs : str
        A digest of everything that it is built from.
    parts : dict
        What it is built from, by name, each as a text that changes when it does: see `mmlib.reports.inputs`.
    """

    notebook: str
    parameters: dict[str, Any] = field(hash=False)
    out: str
    name: str
    learner: str
    month: str
    formats: tuple[str, ...]
    inputs: str
    parts: dict[str, str] = field(default_factory=dict, hash=False, repr=False)

    @property
    def place(self) -> str:
        """Where its files lie in the folder of the reports, without an ending: 2026-10/ada."""
        return f"{Path(self.out).name}/{self.name}"


def wanted(
    folder: str | Path,
    *,
    learners: Sequence[str] | None = None,
    months: str | None = None,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "reports",
    errors: str = "raise",
    today: date | None = None,
) -> list[Job]:
    """Return the reports of every learner and month with practice, or of those that are asked for.

    A month that runs today is looked at until today: its report tells streaks, rests and days so far, and is
    therefore another one tomorrow, even without a new session.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or one log file.
    learners : sequence of str, optional
        Whose; everybody's if left out.
    months : str, optional
        "2026-10", "2026-01..2026-10", "2026-06.." (and later), "..2026-05" (and earlier), or several of these with
        commas between them; every month if left out.
    formats : sequence of {"html", "pdf"}
        What to build of each.
    out : str or Path
        The folder of all reports.
    errors : {"raise", "quarantine"}
        Whether bad rows of the log raise, or are set aside.
    today : date, optional
        The day on which it is asked; today if left out.

    Returns
    -------
    list of Job
        By month, then by learner. A learner has no report of a month without practice.

    Raises
    ------
    PracticeError
        If there is no such folder or learner, or no session at all.
    ReportError
        If the months are not understood, or nobody asked for has practised in one that is named by itself.

    Examples
    --------
    >>> [job.place for job in wanted(shipped("data/sample"), months="2026-08..2026-09")]
    ['2026-08/ada', '2026-09/ada']
    """
    practice = load(folder, errors=errors)
    if practice.log.empty:
        raise PracticeError(NO_SESSIONS.format(folder))
    names = check_learners(practice, learners or (), folder)
    there = [(learner, month) for learner, month in practised(practice.log) if not names or learner in names]
    spans = month_spans(months) if months is not None else [("", "")]
    check_months(spans, [month for _, month in there])
    chosen = [pair for pair in there if any(begin <= pair[1] <= (end or pair[1]) for begin, end in spans)]
    return made(practice, chosen, folder=folder, formats=formats, out=out, errors=errors, today=today)


def check_learners(practice: Practice, learners: Iterable[str], folder: str | Path) -> set[str]:
    """Return the learners that are asked for, if all of them are in the log."""
    names, there = set(learners), set(practice.log["learner"].unique())
    for name in sorted(names - there):
        raise PracticeError(f'{folder}: no learner "{name}" in the log. {did_you_mean(name, sorted(there))}')
    return names


def practised(log: pd.DataFrame) -> list[tuple[str, str]]:
    """Return every learner and month with practice, of a log in order.

    Examples
    --------
    >>> log = pd.DataFrame({"learner": "me", "start": pd.to_datetime(["2026-08-30", "2026-10-01", "2026-10-02"])})
    >>> practised(log)
    [('me', '2026-08'), ('me', '2026-10')]
    """
    numbers, names = log["learner"].factorize()
    months = _month_of(log)
    first = np.ones(len(log), dtype=bool)
    first[1:] = (numbers[1:] != numbers[:-1]) | (months[1:] != months[:-1])
    return [(names[number], str(month)) for number, month in zip(numbers[first], months[first], strict=True)]


def made(
    practice: Practice,
    pairs: Iterable[tuple[str, str]],
    *,
    folder: str | Path,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "reports",
    errors: str = "raise",
    today: date | None = None,
) -> list[Job]:
    """Return the monthly reports of these learners and months, with what each is built from.

    Parameters
    ----------
    practice : Practice
        The whole practice, as `mmlib.practice.load` returns it.
    pairs : iterable of (learner, month)
        Learners of the log; months, YYYY-MM, that are not before a learner's first.
    folder, formats, out, errors, today
        As for `wanted`.

    Returns
    -------
    list of Job
        By month, then by learner.
    """
    check_formats(formats)
    months: dict[str, list[str]] = defaultdict(list)
    for learner, month in sorted(set(pairs)):
        months[learner].append(month)
    names, notebook = slugs(practice.log["learner"].unique()), str(shipped(MONTHLY))
    shared, jobs = _shared(practice, notebook), []
    for learner, month, as_of, parts in _parts(practice, months, today or date.today()):
        parameters = {"folder": str(folder), "learner": learner, "month": month, "as_of": as_of, "errors": errors}
        parts = {**parts, **shared}
        where = (str(Path(out) / month), names[learner], learner, month)
        jobs.append(Job(notebook, parameters, *where, tuple(formats), inputs_of(parts, parameters), parts))
    return sorted(jobs, key=lambda job: (job.month, job.learner))


def check_formats(formats: Sequence[str]) -> None:
    """Refuse a format that reports are not built in, and none at all.

    Raises
    ------
    ReportError
        It names the format.
    """
    unknown = [kind for kind in formats if kind not in FORMATS]
    if unknown or not formats:
        wish = f'no format "{unknown[0]}". {did_you_mean(unknown[0], FORMATS)}' if unknown else "no format given."
        raise ReportError(f"A report is built as html, as pdf or as both: {wish}")


def slugs(learners: Iterable[str]) -> dict[str, str]:
    """Return a file name for each learner, no two the same.

    Examples
    --------
    >>> slugs(["ada", "Jörg", "Jorg"])
    {'ada': 'ada', 'Jörg': 'jorg-8e6374', 'Jorg': 'jorg-071162'}
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for learner in learners:
        alike[slug(learner)].append(learner)
    return {learner: slug(learner, others) for others in alike.values() for learner in others}


def parts_of(practice: Practice, notebook: str | Path) -> dict[str, str]:
    """Return what a report is built from that looks at the whole of a practice, by name: see `Job.parts`.

    Parameters
    ----------
    practice : Practice
        As the notebook loads it.
    notebook : path
        The notebook.

    Examples
    --------
    >>> parts = parts_of(load(shipped("data/sample")), shipped(MONTHLY))
    >>> list(parts), parts["sessions"].split()[0]
    (['sessions', 'milestones', 'cards', 'notebook', 'mmlib', 'libraries'], '1294')
    """
    tables = {"sessions": practice.log, "milestones": practice.milestones}
    whole = {name: next(growing(row_digests(table), np.array([len(table)]))) for name, table in tables.items()}
    return {**whole, **_shared(practice, notebook)}


def _shared(practice: Practice, notebook: str | Path) -> dict[str, str]:
    """Return what reports are built from whoever they are of: cards, notebook and software."""
    cards = practice.skills[practice.skills["has_card"]]
    return {"cards": digest(row_digests(cards).tobytes()), "notebook": notebook_digest(notebook), **software()}


def _parts(
    practice: Practice, months: Mapping[str, Sequence[str]], today: date
) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield learner, month, the last day looked at, and the digests of the sessions and milestones up to it."""
    spans = _spans(practice.log["learner"])
    begin = min((spans[learner].start for learner in months), default=0)
    end = max((spans[learner].stop for learner in months), default=0)
    rows, start = row_digests(practice.log.iloc[begin:end]), practice.log["start"].to_numpy()
    gained = dict(list(practice.milestones.groupby("learner")))
    for learner, wanted_months in months.items():
        own, until = spans[learner], np.array(wanted_months, dtype="datetime64[M]") + 1
        ends = start[own].searchsorted(until.astype(start.dtype))
        last = start[own][ends - 1].astype("datetime64[D]")
        as_of = np.minimum(until.astype("datetime64[D]") - 1, np.maximum(np.datetime64(today), last))
        sessions = growing(rows[own.start - begin : own.stop - begin], ends)
        milestones = _milestones(gained.get(learner, practice.milestones.iloc[:0]), as_of)
        for month, day, one, other in zip(wanted_months, as_of, sessions, milestones, strict=True):
            yield learner, month, str(day), {"sessions": one, "milestones": other}


def _milestones(gained: pd.DataFrame, as_of: np.ndarray) -> Iterator[str]:
    gained = gained.sort_values("date", kind="stable")
    dates = gained["date"].to_numpy()
    return growing(row_digests(gained), dates.searchsorted((as_of + 1).astype(dates.dtype)))


def _spans(learner: pd.Series) -> dict[str, slice]:
    """Return where each learner's rows stand, in a log in order."""
    numbers, names = learner.factorize()
    edges = np.searchsorted(numbers, np.arange(len(names) + 1)).tolist()
    return {name: slice(*edge) for name, edge in zip(names, itertools.pairwise(edges), strict=True)}


def _month_of(log: pd.DataFrame) -> np.ndarray:
    return log["start"].to_numpy().astype("datetime64[M]")
