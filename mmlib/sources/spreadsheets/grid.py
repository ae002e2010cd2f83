"""A table as it stands in its file: names and rows of text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmlib.errors import Problem
from mmlib.sources.reading import checked_file, clean, decoded, refused
from mmlib.sources.reading.files import LARGEST_MEMBER

if TYPE_CHECKING:
    from mmlib.sources.spreadsheets.mapping import Mapping

SEPARATORS = (",", ";", "\t", "|")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class Grid:
    """A table's names, its rows that are not empty with their numbers, and what is wrong with the others."""

    file: str
    names: list[str]
    rows: list[tuple[int, list[str]]]
    separator: str = ""
    problems: list[Problem] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """Return the values of a column; of two with one name the first."""
        place = self.names.index(name)
        return [values[place] for _, values in self.rows]


def grid_of(path: str | Path, mapping: Mapping, *, expected: str, advice: str) -> Grid:
    """Return the table in a CSV or spreadsheet file.

    Raises
    ------
    SourceError
        If there is none, or it cannot be read.
    """
    path = checked_file(path, expected=expected, advice=advice)
    if path.suffix.casefold() in WORKBOOKS:
        separator, lines = "", _of_a_workbook(path, mapping, expected, advice)
    else:
        separator, lines = _of_text(path, mapping, expected, advice)
    filled = ((row, [clean(value) for value in values]) for row, values in lines)
    first = mapping.header or 1
    table = [(row, values) for row, values in filled if row >= first and any(values)]
    if not table:
        raise refused(path.name, "no row with anything in it", expected, advice)
    (head, names), *rows = table
    while names and not names[-1]:
        names.pop()
    width, problems, whole = len(names), [], []
    for row, values in rows:
        if any(values[width:]):
            found, wanted = f"{len(values)} values", f"{width}, as in row {head}"
            problems.append(Problem(path.name, row, "", found, wanted, "Put texts with a separator in them in quotes."))
        else:
            whole.append((row, values[:width] + [""] * (width - len(values))))
    return Grid(path.name, names, whole, separator, problems)


def _of_text(path: Path, mapping: Mapping, expected: str, advice: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    data = path.read_bytes()
    if mapping.encoding:
        try:
            text = data.decode(mapping.encoding)
        except (LookupError, UnicodeError) as error:
            found = f"text that is not {mapping.encoding} ({clean(str(error))})"
            raise refused(path.name, found, expected, "Mend `encoding` in the mapping.") from None
    else:
        hint = f'{advice} Or name its encoding in the mapping, such as encoding = "cp1252".'
        text = decoded(data, path.name, expected=expected, advice=hint)
    line = text.lstrip("\r\n").partition("\n")[0]
    separator = mapping.separator or max(SEPARATORS, key=line.count)
    return separator, _lines(text, separator, path.name, expected, advice)


def _lines(text: str, separator: str, file: str, expected: str, advice: str) -> Iterator[tuple[int, list[str]]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from enumerate(lines, start=1)
    except csv.Error as error:
        again = f"A quotation mark may be missing. {advice}"
        raise refused(file, f"a row that cannot be read ({error})", expected, again, lines.line_num) from None


def _of_a_workbook(path: Path, mapping: Mapping, expected: str, advice: str) -> Iterator[tuple[int, list[str]]]:
    try:
        import python_calamine as calamine
    except ImportError:
        found = "a spreadsheet, and no library that reads it"
        raise refused(path.name, found, expected, 'Install it with: pip install "mmlib[sources]"') from None
    _bounded(path, expected, advice)
    try:
        with calamine.load_workbook(str(path)) as workbook:
            names = workbook.sheet_names
            sheet = mapping.sheet or next(iter(names), "")
            if sheet not in names:
                found, there = f'no sheet "{sheet}"', ", ".join(names[:8])
                raise refused(path.name, found, f"one of {there}", "Mend `sheet` in the mapping.")
            rows = workbook.get_sheet_by_name(sheet)
            if rows.total_height * rows.total_width > MOST_CELLS:
                raise refused(path.name, "more than 20 million cells", expected, advice)
            yield from enumerate(_as_texts(rows.to_python(skip_empty_area=False)), start=1)
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        found = f"a spreadsheet that cannot be read ({clean(str(error))})"
        raise refused(path.name, found, expected, f"It may be damaged, or have a password. {advice}") from None


def _bounded(path: Path, expected: str, advice: str) -> None:
    """Refuse an archive that unpacks to more than a spreadsheet can be."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        found = f"a spreadsheet that cannot be opened ({clean(str(error))})"
        raise refused(path.name, found, expected, advice) from None
    if size > LARGEST_MEMBER:
        raise refused(path.name, "a spreadsheet that unpacks to more than 512 MB", expected, advice)


def _as_texts(rows: Iterable[list[Any]]) -> Iterator[list[str]]:
    return ([_text(value) for value in row] for row in rows)


def _text(value: object) -> str:
    """Return a cell as one would type it: 12 and not 12.0, a day without midnight."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)
