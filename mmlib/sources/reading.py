"""What all sources share: from a file to text, from universal time to the wall clock, from columns to the log."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from mmlib.errors import Problem, SourceError, did_you_mean
from mmlib.log.schema import COLUMNS, dtype

LARGEST_BYTES = 1 << 30
SEPARATORS = (",", ";", "\t")
OTHER_KINDS = {
    b"PK": "a ZIP archive or a spreadsheet",
    b"\x1f\x8b": "a compressed file",
    b"%PDF": "a PDF",
    b"SQLite format": "a database",
    b"<": "a web page",
}


def refused(file: str, found: str, expected: str, advice: str, row: int | None = None) -> SourceError:
    """Return the error for a file that cannot be read as a whole."""
    return SourceError([Problem(file, row, "", found, expected, advice)])


def text_of(path: str | Path, *, expected: str, advice: str) -> str:
    """Return the text of an exported file; anything that cannot be such a file raises a SourceError.

    Examples
    --------
    >>> text_of("no-such-file.csv", expected="a Toggl report", advice="Export one.")
    Traceback (most recent call last):
        ...
    mmlib.errors.SourceError: no-such-file.csv: found no such file, expected a Toggl report. Check the name.
    """
    path = Path(path)
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise refused(path.name or str(path), found, expected, "Check the name.")
    if path.stat().st_size > LARGEST_BYTES:
        raise refused(path.name, "more than 1 GB", expected, f"That is too large for an export. {advice}")
    data = path.read_bytes()
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise refused(path.name, "an empty file", expected, advice)
    for mark, kind in OTHER_KINDS.items():
        if start.startswith(mark):
            raise refused(path.name, kind, expected, advice)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found, row = f"a byte that is not UTF-8 (0x{data[error.start]:02x})", data.count(b"\n", 0, error.start) + 1
        again = f"{advice} Or save the file with the encoding UTF-8."
        raise refused(path.name, found, "text in UTF-8", again, row) from None


def table(text: str, file: str, *, needed: Sequence[str], expected: str, advice: str) -> tuple[list, list]:
    """Return the records of CSV as (row, {column in lower case: value}), and problems for those of wrong length.

    Rows are counted as a spreadsheet does: the header is row 1.
    """
    if text.lstrip().startswith(("{", "[")):
        raise refused(file, "JSON", expected, advice)
    header_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names, *rows = lines
    except csv.Error as error:
        again = f"A quotation mark may be missing. {advice}"
        raise refused(file, f"a row that cannot be read ({error})", expected, again, lines.line_num) from None
    names = [name.strip().casefold() for name in names]
    if any(name not in names for name in needed):
        shown = ", ".join(short(name) for name in names[:6])
        raise refused(file, f"the columns {shown}{', …' if len(names) > 6 else ''}", expected, advice, 1)
    records, problems = [], []
    for row, values in enumerate(rows, start=2):
        if not any(values):
            continue
        if len(values) < len(names) or any(values[len(names) :]):
            found, wanted = f"{len(values)} values", f"{len(names)}, as in the header"
            problems.append(Problem(file, row, "", found, wanted, "The row may be cut off: export again."))
        else:
            records.append((row, dict(zip(names, values, strict=False))))
    return records, problems


def checked_zone(tz: str | None) -> str | None:
    """Return a time zone's name, or raise a SourceError where there is none of that name.

    Examples
    --------
    >>> checked_zone("Europe/Berlin")
    'Europe/Berlin'
    """
    if tz is None:
        return None
    try:
        ZoneInfo(tz)
    except (OSError, ValueError, LookupError):
        hint = did_you_mean(tz, available_timezones())
        advice = hint if hint.startswith("Did") else "Write an IANA name such as Europe/Berlin."
        raise refused("tz", f'"{tz}"', "the name of a time zone", advice) from None
    return tz


def wall_clock(seconds: Sequence[float], tz: str | None) -> np.ndarray:
    """Return Unix seconds as local times in a zone; without one, in the system's.

    Examples
    --------
    >>> wall_clock([1_630_328_007], "Europe/Paris").astype(str).tolist()
    ['2021-08-30T14:53:27.000000']
    """
    if tz is None:
        return np.array([datetime.fromtimestamp(second) for second in seconds], dtype="datetime64[us]")
    utc = pd.to_datetime(np.asarray(seconds), unit="s", utc=True)
    return utc.tz_convert(tz).tz_localize(None).as_unit("us").to_numpy()


def numbered(ids: Iterable[str]) -> list[str]:
    """Return ids made unique: the second of a kind ends in #2.

    Examples
    --------
    >>> numbered(["a", "b", "a"])
    ['a', 'b', 'a#2']
    """
    seen: Counter[str] = Counter()
    unique = []
    for name in ids:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def clean(text: str) -> str:
    """Return a text on one line, without control characters.

    Examples
    --------
    >>> clean("  too slow\\nat the end ")
    'too slow at the end'
    """
    if text.isprintable():
        return text.strip()
    joined = " ".join(text.split())
    return "".join(character for character in joined if unicodedata.category(character) not in ("Cc", "Cs"))


def short(value: Any) -> str:
    """Return what was found, quoted, and cut off where it is long.

    Examples
    --------
    >>> short("half an hour"), short(None)
    ('"half an hour"', 'nothing')
    """
    text = clean(value if isinstance(value, str) else "" if value is None else repr(value))
    return f'"{text[:40]}{"…" if len(text) > 40 else ""}"' if text else "nothing"


def log_of(columns: Mapping[str, Any], problems: Sequence[Problem], *, learner: str, source: str) -> pd.DataFrame:
    """Return columns as a log sorted by start, with the problems of what was set aside in its `attrs`.

    They are kept as a tuple: a table in `attrs` would make `pd.concat` fail.
    """
    rows = pd.RangeIndex(len(columns["start"]))
    given = {**columns, "learner": learner, "source": source}
    log = pd.DataFrame({name: pd.Series(given.get(name), index=rows, dtype=dtype(name)) for name in COLUMNS})
    log = log.sort_values("start", kind="stable", ignore_index=True)
    log.attrs["set_aside"] = tuple(problems)
    return log
