"""The beginning of a file: enough to recognise which tool wrote it."""

from __future__ import annotations

import csv
import re
import sqlite3
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mmlib.errors import SourceError
from mmlib.sources.reading.databases import database, table_names
from mmlib.sources.reading.tables import SEPARATORS

BYTES = 1 << 16


@dataclass(frozen=True)
class Sample:
    """What can be seen of a file at once.

    Attributes
    ----------
    path : Path
        The file.
    data : bytes
        Its first 64 kB.
    """

    path: Path
    data: bytes

    @classmethod
    def of(cls, path: str | Path) -> Sample:
        """Return the sample of a file that is there."""
        with Path(path).open("rb") as file:
            return cls(Path(path), file.read(BYTES))

    @property
    def suffix(self) -> str:
        """The end of the file's name, in lower case, such as ".csv"."""
        return self.path.suffix.casefold()

    @cached_property
    def text(self) -> str:
        """The beginning as text, without white space in front; empty for what is no text in UTF-8."""
        data = self.data
        if b"\0" in data:
            return ""
        try:
            return data.decode("utf-8-sig").lstrip()
        except UnicodeDecodeError as error:
            cut = error.start > len(data) - 4 and len(data) == BYTES
            return data[: error.start].decode("utf-8-sig").lstrip() if cut else ""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names in the first line, in lower case, if the file can be a table; a JSON file has none."""
        if self.text.startswith(("{", "[", "<")):
            return ()
        line = self.text.partition("\n")[0].strip("\r")
        separator = max(SEPARATORS, key=line.count)
        try:
            names = next(csv.reader([line], delimiter=separator), [])
        except csv.Error:
            return ()
        return tuple(name.strip().casefold() for name in names)

    @cached_property
    def keys(self) -> frozenset[str]:
        """All names of fields in the first 64 kB of a JSON file, on every level."""
        if not self.text.startswith(("{", "[")):
            return frozenset()
        return frozenset(re.findall(r'"([^"\\\n]{1,80})"\s*:', self.text))

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The names in a ZIP archive."""
        if not self.data.startswith(b"PK"):
            return ()
        try:
            with zipfile.ZipFile(self.path) as archive:
                return tuple(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            return ()

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names of a SQLite file's tables."""
        if not self.data.startswith(b"SQLite format 3"):
            return frozenset()
        try:
            with database(self.path, expected="", advice="") as connection:
                return frozenset(table_names(connection))
        except (SourceError, sqlite3.Error):
            return frozenset()
