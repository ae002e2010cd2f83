"""How things stand with a report: whether it is built, stale or missing, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mmlib.reports.manifest import Record, is_as_written
from mmlib.reports.paper.pango import PangoMissing, typesetter
from mmlib.reports.reasons import reasons

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job

REMOVED, CHANGED, NOT_YET = "was removed", "was changed after it was built", "was not built yet"


@dataclass(frozen=True)
class State:
    """How things stand with a report: it is built, stale or missing; and why, where it is not built."""

    kind: Literal["built", "stale", "missing"]
    why: str = ""


def state_of(out: Path, record: Record | None, job: Job, sets_pdfs: Callable[[], bool]) -> State:
    """Return how things stand with a report.

    Parameters
    ----------
    out : Path
        The folder of the reports.
    record : Record or None
        The report as it was built, if it was.
    job : Job
        The report as it is wanted.
    sets_pdfs : callable
        Whether PDFs can be made here; asked only where one could not be made before.
    """
    found = _unlisted(out, job) if record is None else _listed(out, record, job, sets_pdfs)
    failed = out / f"{job.place}.failed.ipynb"
    if found.kind == "built" or not failed.exists():
        return found
    return State(found.kind, f"{found.why}; its last run failed, see {failed.name}")


def _unlisted(out: Path, job: Job) -> State:
    there = [f"{job.name}.{kind}" for kind in job.formats if (out / f"{job.place}.{kind}").exists()]
    if not there:
        return State("missing", "not built yet")
    return State("stale", f"{there[0]} is there, but not in the shelf's list")


def _listed(out: Path, record: Record, job: Job, sets_pdfs: Callable[[], bool]) -> State:
    kinds = [kind for kind in job.formats if not _cannot_be_had(record, kind, job, sets_pdfs)]
    lacks = {f"{job.name}.{kind}": _lacks(out, record, kind) for kind in kinds}
    said = [f"{name} {how}" for name, how in lacks.items() if how]
    if said and {*lacks.values()} <= {REMOVED, NOT_YET}:
        return State("missing", ", ".join(said))
    files = (record.file(kind) for kind in kinds)
    older = [file.name for file in files if file and file.inputs != job.inputs]
    if older:
        said = [*(reasons(record, job) or [f"{name} is from an earlier run" for name in older]), *said]
    return State("stale", "; ".join(said)) if said else State("built")


def _cannot_be_had(record: Record, kind: str, job: Job, sets_pdfs: Callable[[], bool]) -> bool:
    """Return whether a file could not be made from these inputs, and can't be now: without Pango there is no PDF."""
    return kind in record.without and record.inputs == job.inputs and not sets_pdfs()


def _lacks(out: Path, record: Record, kind: str) -> str:
    """Return what is wrong with a report's file as such, in words; nothing where it is as it was written."""
    file = record.file(kind)
    if file is None:
        return NOT_YET
    path = out / record.folder / file.name
    if not path.exists():
        return REMOVED
    return "" if is_as_written(path, file) else CHANGED


def pdfs_can_be_set() -> bool:
    """Return whether the library that sets the text of PDFs is installed."""
    try:
        typesetter()
    except PangoMissing:
        return False
    return True
