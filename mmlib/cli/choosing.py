"""mm report's choice: which reports are meant by --learner, --month, --all, --missing and --cohort."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job


@dataclass(frozen=True)
class Choice:
    """What was asked for.

    Attributes
    ----------
    folder, out : Path
        The practice folder, and the folder of the reports.
    learner, month : str or None
        As they were typed.
    formats : tuple of str
        What to build of each.
    errors : {"raise", "quarantine"}
        What happens to bad rows.
    every, cohort : bool
        Whether everybody's months are meant, and the report of all together.
    """

    folder: Path
    out: Path
    learner: str | None
    month: str | None
    formats: tuple[str, ...]
    errors: str
    every: bool
    cohort: bool

    @property
    def several(self) -> bool:
        """Whether more than one report may be meant."""
        spans = "," in (self.learner or "") or "," in (self.month or "") or ".." in (self.month or "")
        return self.every or spans

    @property
    def _how(self) -> dict[str, object]:
        return {"formats": self.formats, "out": self.out, "errors": self.errors}

    def jobs(self) -> tuple[list[Job], tuple[str, ...]]:
        """Return the reports to build, and notices about the choice."""
        from mmlib.reports.monthly import chosen

        if self.cohort and not self.every:
            return self._together(), ()
        if self.several:
            return [*self._several(), *self._together()], ()
        job, notices = chosen(self.folder, learner=self.learner, month=self.month, **self._how)
        return [job], notices

    def wanted(self) -> list[Job]:
        """Return every report that the log calls for, of the learners and months that were named."""
        return [*self._each(), *self._together()]

    def _each(self) -> list[Job]:
        from mmlib.reports.jobs import wanted

        named = [name.strip() for name in self.learner.split(",")] if self.learner else None
        return wanted(self.folder, learners=named, months=self.month, **self._how)

    def _several(self) -> list[Job]:
        """Return those that were asked for; the newest of each learner where no month was."""
        found = self._each()
        if self.every or self.month:
            return found
        newest = {job.learner: job.month for job in found}  # they come in the order of the months
        return [job for job in found if job.month == newest[job.learner]]

    def _together(self) -> list[Job]:
        """Return the report of all learners together, if it was asked for: so far, or of each month that was named."""
        if not self.cohort:
            return []
        from mmlib.reports.cohort.group import job

        months = sorted({each.month for each in self._each()}) if self.month else [None]
        return [job(self.folder, month=month, **self._how) for month in months]
