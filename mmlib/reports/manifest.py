"""The shelf's list on disk: what was built, from what, and what its files were when they were written."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmlib.errors import ReportError
from mmlib.reports.inputs import digest

if TYPE_CHECKING:
    from mmlib.reports.jobs import Job

NAME = ".shelf.json"
DAMAGED = ".shelf.damaged.json"
VERSION = 1
PLAIN = re.compile(r"[^./\\:\s][^/\\:]*")  # a name that leads to nowhere else


class Damaged(Exception):
    """The list cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True)
class File:
    """One file as it was written: what it was built from, and what tells whether it is still the same."""

    name: str
    inputs: str
    sha256: str
    size: int
    mtime_ns: int

    @classmethod
    def at(cls, path: Path, inputs: str) -> File:
        """Return what there is to know about a file that has just been written."""
        found = path.stat()
        return cls(path.name, inputs, sha256(path), found.st_size, found.st_mtime_ns)


@dataclass(frozen=True)
class Record:
    """One report: which it is, what it was built from, and its files.

    `folder` is the one of its files, by its name; `source` stands for the practice folder, without telling where
    it lies; `without` are the formats that could not be made on that machine.
    """

    folder: str
    name: str
    learner: str
    month: str
    notebook: str
    source: str
    inputs: str
    parts: dict[str, str]
    parameters: dict[str, Any]
    files: tuple[File, ...]
    without: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where its files lie in the folder of the reports, without an ending: 2026-10/ada."""
        return f"{self.folder}/{self.name}"

    def file(self, kind: str) -> File | None:
        """Return the report's file of this format, if it has one."""
        return next((file for file in self.files if file.name == f"{self.name}.{kind}"), None)


def sha256(path: Path) -> str:
    """Return the digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_as_written(path: Path, file: File) -> bool:
    """Return whether a file is still as it was written; one that was only copied, and so got another time, is."""
    now = path.stat()
    return now.st_size == file.size and (now.st_mtime_ns == file.mtime_ns or sha256(path) == file.sha256)


def source_of(job: Job) -> str:
    """Return what stands for the practice folder of a job: another folder has another text."""
    folder = job.parameters.get("folder")
    return digest(str(Path(folder).resolve()).encode()) if folder else ""


def put_aside(out: Path) -> None:
    """Keep a damaged list beside the one that takes its place; an older damaged one is kept, too."""
    more = (DAMAGED.replace(".json", f"-{number}.json") for number in itertools.count(2))
    places = (out / name for name in itertools.chain([DAMAGED], more))
    (out / NAME).replace(next(place for place in places if not place.exists()))


def read(out: Path) -> dict[str, Record]:
    """Return the records in a folder's list by their place; none where it has no list.

    Raises
    ------
    ReportError
        If a newer mmlib has written it.
    Damaged
        If it cannot be read.
    """
    path = out / NAME
    try:
        content = json.loads(path.read_bytes())
        version = content["version"]
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"expected a list of reports as JSON, found something else ({error})") from error
    if isinstance(version, int) and version > VERSION:
        raise ReportError(
            f"{path} was written by a newer mmlib (version {version} of the list, this one reads {VERSION}); nothing "
            "was changed. Update mmlib, or choose another folder with --out."
        )
    try:
        records = [_record(told) for told in content["reports"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"a report in it is told in a way that cannot be read ({error})") from error
    return {record.place: record for record in records}


def _record(told: Mapping[str, Any]) -> Record:
    files = tuple(File(**file) for file in told["files"])
    record = Record(**{**told, "files": files, "without": tuple(told["without"])})
    for name in (record.folder, record.name, *(file.name for file in files)):
        if not PLAIN.fullmatch(name):
            raise ValueError(f'"{name}" is not the name of a file')
    return record


def write(out: Path, records: Mapping[str, Record]) -> None:
    """Write a folder's list: whole, or not at all."""
    reports = [dataclasses.asdict(records[place]) for place in sorted(records)]
    text = json.dumps({"version": VERSION, "reports": reports}, ensure_ascii=False, default=repr)
    with tempfile.TemporaryDirectory(prefix=".shelf-", dir=out) as work:
        written = Path(work) / NAME
        with written.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(out / NAME)
