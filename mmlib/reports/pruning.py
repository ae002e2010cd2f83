"""Which of the files on the shelf nobody wants any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mmlib.reports.manifest import File, Record, is_as_written, source_of

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job

BESIDE = ("failed.ipynb", "eml")  # what else a report may leave under its name


def unwanted(out: Path, records: Mapping[str, Record], jobs: Iterable[Job]) -> Iterator[tuple[str, list[Path]]]:
    """Yield the place of each report that has something to be removed, and its files that can be.

    Parameters
    ----------
    out : Path
        The folder of the reports.
    records : mapping of str to Record
        What was built, by place.
    jobs : iterable of Job
        All reports of a practice folder. Only what comes from the same folder, and from the same notebook, can be
        one that it no longer has.
    """
    wanted = {job.place: job for job in jobs}
    kinds = {(source_of(job), Path(job.notebook).stem) for job in wanted.values()}
    for place, record in sorted(records.items()):
        if (record.source, record.notebook) in kinds:
            folder = out / record.folder
            files = [folder / file.name for file in _files(record, wanted.get(place)) if _is_ours(folder, file)]
            if place not in wanted:
                beside = (out / f"{place}.{ending}" for ending in BESIDE)
                files += [file for file in beside if file.exists()]
            if files or place not in wanted:
                yield place, files


def _files(record: Record, job: Job | None) -> Iterator[File]:
    """Yield a report's files that nobody wants: all of them, or those of a format that was not built again."""
    kept = {f"{job.name}.{kind}" for kind in job.formats} if job else set()
    return (file for file in record.files if not job or (file.inputs != record.inputs and file.name not in kept))


def _is_ours(folder: Path, file: File) -> bool:
    return (folder / file.name).is_file() and is_as_written(folder / file.name, file)
