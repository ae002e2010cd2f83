"""The report of a whole cohort for its coach or teacher: pseudonyms, no notes, no number about few people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from mmlib.errors import PracticeError, ReportError
from mmlib.practice import Practice, load
from mmlib.reports.cohort import words as cohort_words
from mmlib.reports.cohort.pseudonyms import by_first_session, keep_secret, pseudonyms, secret_of, write_key
from mmlib.reports.cohort.suppression import FEWEST, common
from mmlib.reports.cohort.words import Section
from mmlib.reports.inputs import digest, inputs_of
from mmlib.reports.jobs import FORMATS, NO_SESSIONS, Job, check_formats, parts_of
from mmlib.reports.months import MONTH
from mmlib.reports.shipped import shipped
from mmlib.reports.story import Fragment, Tiles

__all__ = ["COHORT", "Cohort", "Section", "cohort", "job", "write_key"]
COHORT = "notebooks/reports/cohort.ipynb"
NAME = "cohort"
SO_FAR = "cohort"  # the folder of the report of everything so far
PRIVATE = ("note", "variation", "source", "source_id")
BREAKTHROUGH = "breakthrough"
NO_DAY = "1970-01-01"  # a log without sessions has no last day


@dataclass(frozen=True)
class Cohort:
    """A practice folder as the report of a cohort may see it.

    A cohort of fewer than five learners has no session here, so that no measure can tell of one.

    Attributes
    ----------
    practice : Practice
        Everybody's, until `as_of`, under pseudonyms and without notes; milestones of a kind that at least five
        learners have.
    month : Period or None
        The calendar month that it tells of; None for everything so far.
    as_of : str
        The last day looked at.
    lasting : bool
        Whether the pseudonyms stay the same when the log grows.
    """

    practice: Practice
    month: pd.Period | None
    as_of: str
    lasting: bool

    @property
    def log(self) -> pd.DataFrame:
        """All sessions until `as_of`."""
        return self.practice.log

    @cached_property
    def named(self) -> pd.DataFrame:
        """Those in skills that at least five learners have practised: these may be named."""
        return self.log[self.log["skill"].isin(common(self.log))]

    @cached_property
    def now(self) -> pd.DataFrame:
        """Those of the month, or all; none where fewer than five learners practised."""
        now = self.log if self.month is None else self.log[self.log["start"] >= self.month.start_time]
        return now if now["learner"].nunique() >= FEWEST else now.iloc[:0]

    @property
    def as_one(self) -> pd.DataFrame:
        """All sessions as if they were of one skill: for how long somebody has rested from everything."""
        return self.log.assign(skill="practice")

    @property
    def outcome(self) -> str:
        """The kind of milestone that counts as achievement: a breakthrough, or what most learners have."""
        kinds = self.practice.milestones.groupby("kind")["learner"].nunique()
        return BREAKTHROUGH if kinds.empty or BREAKTHROUGH in kinds else str(kinds.idxmax())

    @property
    def small(self) -> bool:
        """Whether there are too few learners for any number."""
        return self.log.empty

    def section(self, name: str, table: pd.DataFrame, *, left_out: int = 0) -> Section:
        """Return a part of the report, which is silent where its table has no row; so many more may not be told."""
        shown = not self.small and len(table) > 0
        missing = "" if shown or self.small else cohort_words.missing(name)
        return Section(name, shown, left_out, missing)

    def title(self) -> Fragment:
        """Return the report's heading."""
        return cohort_words.title(self.month, "" if self.small else self.as_of)

    def headlines(self, totals: pd.DataFrame) -> Tiles | None:
        """Return the headline numbers, from `repetition.totals` of the period."""
        return None if self.now.empty else cohort_words.headlines(totals, self.log)

    def story(self, totals: pd.DataFrame, rest: pd.DataFrame) -> Fragment:
        """Return in sentences how many practised, and how many have stopped; of a small cohort why it is silent."""
        if self.small:
            return cohort_words.small()
        return cohort_words.story(self.log, totals, rest, self.month)

    def groups(self, alike: pd.DataFrame) -> Fragment | None:
        """Return the table of learners who practise alike."""
        return None if self.now.empty else cohort_words.groups(alike, lasting=self.lasting)

    def not_yet(self, *sections: Section) -> Fragment | None:
        """Return what it takes for the sections that are silent to speak."""
        return cohort_words.not_yet([each.missing for each in sections if each.missing])

    def protection(self) -> Fragment | None:
        """Return how the report keeps people unknown."""
        return None if self.small else cohort_words.protection(lasting=self.lasting)


def cohort(folder: str | Path, *, month: str = "", as_of: str = "", errors: str = "raise") -> Cohort:
    """Load a practice folder for the report of its cohort: under pseudonyms, without notes.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or one log file.
    month : str
        YYYY-MM; empty for everything so far.
    as_of : str
        The last day looked at; empty for the last one with practice.
    errors : {"raise", "quarantine"}
        Whether bad rows of the log raise, or are set aside.

    Returns
    -------
    Cohort

    Raises
    ------
    PracticeError
        If there is no such folder.
    ReportError
        If the month is none.

    Examples
    --------
    >>> found = cohort(shipped("data/sample-cohort"), month="2026-05")
    >>> found.log["learner"].nunique(), bool(found.log["note"].notna().any()), found.as_of, found.outcome
    (60, False, '2026-05-31', 'breakthrough')
    """
    whole = load(folder, errors=errors)
    period = _period(month) if month else None
    as_of = as_of or _last_day(whole.log, period)
    secret, lasting = secret_of(folder, whole.log)
    names = pseudonyms(by_first_session(whole.log), secret)
    practice = whole.only(until=as_of)
    return Cohort(_disguised(practice, names), period, as_of, lasting)


def _period(month: str) -> pd.Period:
    if not MONTH.fullmatch(month):
        raise ReportError(f'month: found "{month}", expected a calendar month. Write 2026-10.')
    return pd.Period(month, "M")


def _last_day(log: pd.DataFrame, month: pd.Period | None) -> str:
    days = log["start"] if month is None else log.loc[log["start"] <= month.end_time, "start"]
    if len(days):
        return str(days.max().date())
    return str(month.end_time.date()) if month is not None else NO_DAY


def _disguised(practice: Practice, names: dict[str, str]) -> Practice:
    """Return a practice under other names, in their order, without what a learner wrote; of a small cohort nothing."""
    log, milestones = practice.log, practice.milestones
    if log["learner"].nunique() < FEWEST:
        return Practice(log.iloc[:0], practice.skills.iloc[:0], milestones.iloc[:0])
    blank = {name: pd.Series(pd.NA, log.index, dtype=log[name].dtype) for name in PRIVATE}
    log = log.assign(learner=log["learner"].map(names).astype(log["learner"].dtype), **blank)
    log = log.sort_values(["learner", "start"], kind="stable", ignore_index=True)
    milestones = milestones[milestones["learner"].isin(names)].assign(note=pd.NA, field=pd.NA)
    milestones = milestones.assign(learner=milestones["learner"].map(names))
    milestones = milestones[milestones["kind"].isin(common(milestones, "kind"))]
    milestones = milestones.sort_values(["learner", "date"], kind="stable", ignore_index=True)
    return Practice(log, practice.skills, milestones.astype(practice.milestones.dtypes))


def job(
    folder: str | Path,
    *,
    month: str | None = None,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "reports",
    errors: str = "raise",
    today: date | None = None,
) -> Job:
    """Return the report of a cohort, with what it is built from.

    The folder gets its secret by which pseudonyms are drawn, if it has none yet.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or one log file.
    month : str, optional
        YYYY-MM; everything so far if left out.
    formats : sequence of {"html", "pdf"}
        What to build.
    out : str or Path
        The folder of all reports; the files are `<out>/<month>/cohort.html` and `.pdf`, those of everything so far
        `<out>/cohort/cohort.html` and `.pdf`.
    errors : {"raise", "quarantine"}
        Whether bad rows of the log raise, or are set aside.
    today : date, optional
        The day on which it is asked, while a month runs; today if left out.

    Returns
    -------
    Job

    Raises
    ------
    PracticeError
        If there is no such folder, or no session at all.
    ReportError
        If the month is none, or has no practice.

    Examples
    --------
    >>> found = job(shipped("data/sample-cohort"), month="2026-05")
    >>> found.place, found.parameters["as_of"]
    ('2026-05/cohort', '2026-05-31')
    """
    check_formats(formats)
    practice = load(folder, errors=errors)
    if practice.log.empty:
        raise PracticeError(NO_SESSIONS.format(folder))
    keep_secret(folder)
    period = _checked(month, practice.log) if month else practice.log["start"].max().to_period("M")
    as_of = _as_of(practice.log, period, today or date.today())
    parameters = {"folder": str(folder), "month": month or "", "as_of": as_of, "errors": errors}
    notebook = str(shipped(COHORT))
    drawn_by = digest(secret_of(folder, practice.log)[0])
    parts = {**parts_of(practice.only(until=as_of), notebook), "pseudonyms": drawn_by}
    where = (str(Path(out) / (month or SO_FAR)), NAME, "", month or "")
    return Job(notebook, parameters, *where, tuple(formats), inputs_of(parts, parameters), parts)


def _checked(month: str, log: pd.DataFrame) -> pd.Period:
    period, months = _period(month), log["start"].dt.to_period("M")
    if period not in set(months):
        raise ReportError(
            f"month: found {month}, expected one with practice: there is some from {months.min()} to {months.max()}."
        )
    return period


def _as_of(log: pd.DataFrame, month: pd.Period, today: date) -> str:
    """Return the month's last day; while it runs, today, or the last day with practice if that is later."""
    last = log.loc[log["start"] <= month.end_time, "start"].max().date()
    return str(min(month.end_time.date(), max(today, last)))
