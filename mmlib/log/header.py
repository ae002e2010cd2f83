"""A CSV's first line: its column names and its separator."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from mmlib.errors import LogFormatError, Problem
from mmlib.log.schema import COLUMNS

SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Header:
    """A CSV's column names and separator."""

    names: list[str]
    separator: str

    @property
    def decimal(self) -> str:
        return "," if self.separator == ";" else "."


def decoded(data: bytes, file: str) -> str:
    """Return a file's text; bytes that are not UTF-8 raise a LogFormatError that names their row."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        found = f"a byte that is not UTF-8 (0x{data[error.start]:02x})"
        advice = "Save the file again with the encoding UTF-8."
        raise LogFormatError([Problem(file, row, "", found, "text in UTF-8", advice)]) from None


def header_of(data: bytes, file: str) -> Header:
    """Return a CSV's column names, in lower case, and its separator, from its first line."""
    if data.startswith(b"PK\x03\x04"):
        found, advice = "a spreadsheet or a ZIP file", "Save it as CSV, with the encoding UTF-8."
        raise LogFormatError([Problem(file, None, "", found, "a CSV file", advice)])
    line = decoded(re.match(rb"[^\r\n]*", data).group(), file)
    separator = max(SEPARATORS, key=line.count)
    names = [name.strip().casefold() for name in record_of(line, separator)]
    if not any(names):
        first = ",".join(COLUMNS[:4])
        raise LogFormatError([Problem(file, 1, "", "nothing", "a header", f"Begin the file with {first},…")])
    return Header(names, separator)


def record_of(line: str, separator: str) -> list[str]:
    """Return the values of one line of a CSV."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a value longer than the csv module takes
        return [line]
