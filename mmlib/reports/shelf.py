"""The shelf: which reports have been built, from what, and which of them are still up to date."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from mmlib.errors import ReportError, counted
from mmlib.reports import manifest
from mmlib.reports.inputs import told
from mmlib.reports.manifest import Damaged, File, Record, source_of
from mmlib.reports.pruning import unwanted
from mmlib.reports.states import State, pdfs_can_be_set, state_of

if TYPE_CHECKING:
    from mmlib.reports.index.contents import Entry
    from mmlib.reports.index.facts import Facts
    from mmlib.reports.jobs import Job

LOCK = ".shelf.lock"
PATIENCE = 60  # seconds that another mm may take for its list
INDEX = "index.html"
OURS = b"<title>Practice reports</title>"
HEAD_LENGTH = 4096


class Shelf:
    """The reports in a folder, and what each was built from.

    What is recorded lasts when `save` is called: it is then in `<out>/.shelf.json`. Several processes may do so at
    once.

    Parameters
    ----------
    out : path
        The folder of the reports. It need not be there yet.

    Attributes
    ----------
    notices : list of str
        What the user should know: that the list was damaged.

    Raises
    ------
    ReportError
        If a newer mmlib has written the list, or there is an index.html of somebody else's, which would be lost.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     shelf = Shelf(folder)
    ...     shelf.entries(), shelf.save().name
    ([], 'index.html')
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.out = Path(out)
        self.notices: list[str] = []
        self._sets_pdfs = cache(pdfs_can_be_set)
        self._changes: dict[str, Record | None] = {}
        _check_folder(self.out)
        try:
            self._records = manifest.read(self.out)
        except Damaged as damage:
            self._records = {}
            self.notices.append(
                f"{self.out / manifest.NAME} is damaged: {damage}. It will be kept as {manifest.DAMAGED}; what was "
                "built before counts as stale until it is built again."
            )

    def state(self, job: Job) -> State:
        """Return whether a report is up to date, and why not.

        It is built if the files of all its formats lie there as they were written, and were built from what the
        job would be built from now.

        Parameters
        ----------
        job : Job
            A report of this shelf.

        Returns
        -------
        State
            "built"; "missing" where none of its files is there; else "stale". With the reasons, in words.
        """
        return state_of(self.out, self._records.get(job.place), job, self._sets_pdfs)

    def record(self, job: Job, facts: Facts | None, files: Iterable[str | os.PathLike[str]]) -> None:
        """Put a report that was just built on the shelf; `save` makes it last.

        Parameters
        ----------
        job : Job
            What it was built from.
        facts : Facts or None
            What it says at a glance; where that is not known, it is listed by what its page says.
        files : iterable of path
            Its files, in the job's folder.
        """
        written = [File.at(Path(file), job.inputs) for file in files]
        names = {file.name for file in written}
        old = self._records.get(job.place)
        record = Record(
            folder=Path(job.out).name,
            name=job.name,
            learner=job.learner,
            month=job.month,
            notebook=Path(job.notebook).stem,
            source=source_of(job),
            inputs=job.inputs,
            parts=dict(job.parts),
            parameters=told(job.parameters),
            files=(*written, *(file for file in (old.files if old else ()) if file.name not in names)),
            without=tuple(kind for kind in job.formats if f"{job.name}.{kind}" not in names),
            facts=dataclasses.asdict(facts) if facts else {},
        )
        self._records[job.place] = self._changes[job.place] = record

    def entries(self) -> list[Entry]:
        """Return the reports that lie there, as the page that lists them shows them."""
        from mmlib.reports.index.contents import Entry
        from mmlib.reports.index.facts import Facts

        found = []
        for place, record in sorted(self._records.items()):
            names = [file.name for file in record.files if (self.out / record.folder / file.name).exists()]
            if names and record.facts:
                facts = Facts.of(record.facts)
                files = tuple(f"{record.folder}/{name}" for name in names)
                about = (record.folder, record.name, record.learner, facts.title or place, facts.headline)
                found.append(Entry(*about, facts.numbers, files, facts.thumbnail, record.notebook))
        return found

    def prune(self, jobs: Iterable[Job], dry_run: bool = False) -> list[Path]:
        """Remove the reports that nobody wants any more, and return their files.

        These are the reports of learners and months that a practice folder no longer has, and files of a format
        that was not built again with the others. Only what mmlib has written, and nobody has changed since, is
        removed; reports of other practice folders and of other notebooks stay.

        Parameters
        ----------
        jobs : iterable of Job
            All reports of a practice folder: see `jobs.wanted`.
        dry_run : bool
            Only return what would be removed.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        ReportError
            If another process holds the list for a minute.
        """
        found = dict(unwanted(self.out, self._records, jobs))
        if not dry_run:
            for place, files in found.items():
                for file in files:
                    file.unlink(missing_ok=True)
                self._forget(place)
            self.save()
        return [file for files in found.values() for file in files]

    def _forget(self, place: str) -> None:
        """Take the files that are gone out of a report's record; a report without any is forgotten."""
        record = self._records[place]
        folder = self.out / record.folder
        files = tuple(file for file in record.files if (folder / file.name).exists())
        self._changes[place] = dataclasses.replace(record, files=files) if files else None
        if files:
            self._records[place] = self._changes[place]
        with suppress(OSError):  # there are other files in it
            folder.rmdir()

    def save(self) -> Path:
        """Write the list of what was recorded, and the page that lists the reports; whole files only.

        What other processes have recorded meanwhile is kept. Where nothing was recorded, and no file has come or
        gone since the page was written, nothing is done.

        Returns
        -------
        Path
            `<out>/index.html`.

        Raises
        ------
        ReportError
            If another process holds the list for a minute.
        """
        if not self._changes and self._is_listed():
            return self.out / INDEX
        from mmlib.reports.index import contents  # it takes a second to load

        if not self._changes and not self._records:
            return contents.write(self.out, [])
        self.out.mkdir(parents=True, exist_ok=True)
        with self._locked():
            newest = {**self._newest(), **self._changes}
            self._records = {place: record for place, record in newest.items() if record}
            if self._changes:
                manifest.write(self.out, self._records)
                self._changes = {}
            return contents.write(self.out, self.entries())

    def _is_listed(self) -> bool:
        """Return whether the page was written after all that it lists: a folder's time is that of its last change."""
        page = self.out / INDEX
        if not page.exists():
            return False
        folders = (path for path in self.out.iterdir() if path.is_dir() and not path.name.startswith("."))
        listed = [path for path in (*folders, self.out / manifest.NAME) if path.exists()]
        return page.stat().st_mtime_ns > max((path.stat().st_mtime_ns for path in listed), default=0)

    def _newest(self) -> dict[str, Record]:
        """Return the records as they are on disk now; a list that is damaged is put aside."""
        try:
            return manifest.read(self.out)
        except Damaged:
            manifest.put_aside(self.out)
            return {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with FileLock(self.out / LOCK, timeout=PATIENCE):
                yield
        except Timeout as error:
            raise ReportError(
                f"Another mm has held {self.out / LOCK} for {counted(PATIENCE, 'second')}. Wait until it is done, and "
                "say the same again: what was built stays."
            ) from error


def index(out: str | os.PathLike[str]) -> Path:
    """Write `out/index.html`, the page that lists all reports in `out`, and return it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     index(folder).name
    'index.html'
    """
    return Shelf(out).save()


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ReportError(f"{out} is a file, expected the folder of the reports. Choose another with --out.")
    page = out / INDEX
    if page.exists():
        with page.open("rb") as file:
            ours = OURS in file.read(HEAD_LENGTH)
        if not ours:
            raise ReportError(
                f"{page} is a page that mmlib has not written, and its list of reports would take that page's place. "
                "Choose another folder with --out, or move the page."
            )
