"""Reading the log's files: quickly where every value has its plain form, carefully where one has not."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.csv as arrow_csv

from mmlib.errors import LogFormatError, Problem, SetAsideWarning, counted
from mmlib.log import forms
from mmlib.log.check import QUARANTINE_HINT, checked, header_problems, in_order, wanted_errors
from mmlib.log.schema import COLUMNS, TEXT, about
from mmlib.log.writing import as_written, replace_file

SEPARATORS = (",", ";", "\t")
_ARROW = {"text": arrow.string(), "time": arrow.timestamp("us")}


def read_log(path: str | Path, *, errors: str = "raise") -> pd.DataFrame:
    """Return the log in one file, CSV or Parquet.

    Parameters
    ----------
    path : str or Path
        CSV with a header, separated by comma, semicolon (then with decimal commas if you like) or tab; or Parquet.
    errors : {"raise", "quarantine"}
        With "quarantine" bad rows are set aside: written to `<name>.quarantine.csv` beside the log, with the
        reasons, and counted in a `SetAsideWarning`.

    Returns
    -------
    DataFrame
        The log's columns (see data/README.md), sorted by learner and start.

    Raises
    ------
    LogFormatError
        Names every bad row.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "log.csv").write_text("skill,start,minutes\\njuggling,2026-10-31 18:30,1h30\\n")
    >>> read_log(folder / "log.csv").loc[0, "minutes"]
    np.float64(90.0)
    """
    wanted_errors(errors)
    path = Path(path)
    if path.suffix == ".parquet":
        frame = _parquet(path)
        log, problems = checked(frame, file=path.name, rows=range(2, len(frame) + 2))
        return in_order(_set_aside(path, log, problems, as_written(frame), errors))
    data = path.read_bytes()
    header = header_of(data, path.name)
    log = _read_quickly(data, header)
    if log is None:
        log, problems, records = _read_carefully(data, header, path.name)
        log = _set_aside(path, log, problems, records, errors)
    else:
        quarantine(path).unlink(missing_ok=True)
    return in_order(log)


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except arrow.ArrowInvalid:
        advice = "Write the file again, or take it out of the folder."
        raise LogFormatError([Problem(path.name, None, "", "something else", "a Parquet file", advice)]) from None


def quarantine(path: Path) -> Path:
    """Return the file beside a log that holds the rows set aside."""
    return path.with_name(f"{path.stem}.quarantine.csv")


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
    line = decoded(re.split(b"[\r\n]", data, maxsplit=1)[0], file)
    separator = max(SEPARATORS, key=line.count)
    names = [name.strip().casefold() for name in _one(line, separator)]
    if not any(names):
        first = ",".join(COLUMNS[:4])
        raise LogFormatError([Problem(file, 1, "", "nothing", "a header", f"Begin the file with {first},…")])
    return Header(names, separator)


def _read_quickly(data: bytes, header: Header) -> pd.DataFrame | None:
    """Return the log where each value has its column's plain form; None where a second, careful look is needed."""
    quoted = b'"' in data
    odd_ends = data.count(b"\r") != data.count(b"\r\n")
    if header_problems(header.names, "") or header.decimal == "," or odd_ends or (quoted and data.count(b'"') % 2):
        return None
    types = {name: _ARROW.get(about(name)["kind"], arrow.float64()) for name in header.names}
    body = data.partition(b"\n")[2]
    try:
        table = arrow_csv.read_csv(
            arrow.py_buffer(body),
            read_options=arrow_csv.ReadOptions(column_names=header.names),
            parse_options=arrow_csv.ParseOptions(delimiter=header.separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types, null_values=list(forms.NOTHING), strings_can_be_null=False
            ),
        )
    except (arrow.ArrowInvalid, arrow.ArrowKeyError):
        return None
    frame = table.to_pandas(types_mapper={arrow.string(): TEXT}.get)
    # A line break within a text may be a quotation mark gone astray, which arrow would not notice.
    if quoted and any(frame[name].str.contains("\n", regex=False, na=False).any() for name in _texts(header)):
        return None
    log, problems = checked(frame, file="", rows=range(len(frame)))
    return None if problems else log


def _texts(header: Header) -> list[str]:
    return [name for name in header.names if about(name)["kind"] == "text"]


def _read_carefully(data: bytes, header: Header, file: str) -> tuple[pd.DataFrame, list[Problem], pd.DataFrame]:
    """Return the log, its problems and all records as text (index: the row as a spreadsheet counts it)."""
    text, width = decoded(data, file), len(header.names)
    filled = {row: record for row, record in records(text, header).items() if any(record)}
    last = list(filled)[-1]
    odd = {row: record for row, record in filled.items() if len(record) != width}
    rows = [row for row in filled if row != 1 and row not in odd]
    problems = [
        _wrong_width(file, row, record, width, torn=row == last and is_torn(text, record, header))
        for row, record in odd.items()
    ]
    frame = pd.DataFrame([filled[row] for row in rows], columns=header.names, index=rows, dtype=TEXT)
    log, more = checked(frame, file=file, rows=rows, decimal=header.decimal)
    whole = {row: header.separator.join(record) for row, record in odd.items()}
    frame = pd.concat([frame, pd.DataFrame({"line": pd.Series(whole, dtype=TEXT)})])
    return log, sorted([*problems, *more], key=lambda problem: problem.row), frame


def records(text: str, header: Header) -> dict[int, list[str]]:
    """Return a CSV's records by row, as a spreadsheet counts them; the header is row 1.

    Where a quotation mark is not closed, it must not swallow the good rows that follow: then each line is a row,
    and a line with such a mark is a record of one value, the line as it stands.
    """
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=header.separator, strict=True))
    except csv.Error:
        found = []
    if found and not any(_swallows(record, header) for record in found):
        return dict(enumerate(found, 1))
    lines = enumerate(_lines(text), 1)
    return {row: [line] if line.count('"') % 2 else _one(line, header.separator) for row, line in lines}


def _swallows(record: list[str], header: Header) -> bool:
    """Return whether a value holds a line that is a row in itself, between two marks that were never closed."""
    inside = [_one(line, header.separator) for value in record if "\n" in value for line in _lines(value)[1:]]
    rows = [line for line in inside if len(line) == len(header.names)]
    place = header.names.index("start") if "start" in header.names else 0
    return bool(rows) and bool(forms.times(pd.Series([row[place] for row in rows], dtype=TEXT)).notna().any())


def _lines(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)


def _one(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a value longer than the csv module takes
        return [line]


def is_torn(text: str, last: list[str], header: Header) -> bool:
    """Return whether a crash cut the last record off: it has no line end, and not as many values as the header."""
    return not text.endswith("\n") and len(last) != len(header.names)


def _wrong_width(file: str, row: int, record: list[str], width: int, *, torn: bool) -> Problem:
    expected, values = f"{counted(width, 'value')} as in the header", counted(len(record), "value")
    if torn:
        found = "a last line that breaks off"
        advice = "The line was cut off, perhaps by a crash while it was written: complete it, or take it out."
        return Problem(file, row, "", found, expected, advice)
    if len(record) == 1 and record[0].count('"') % 2:
        advice = "Close the quotation mark, or take it out."
        return Problem(file, row, "", "a quotation mark that is not closed", expected, advice)
    return Problem(file, row, "", values, expected, "Put texts with a separator in them in quotes.")


def _set_aside(
    path: Path, log: pd.DataFrame, problems: list[Problem], records: pd.DataFrame, errors: str
) -> pd.DataFrame:
    """Return the good rows; raise for the bad ones, or write them beside the log with the reasons."""
    aside = quarantine(path)
    if not problems:
        aside.unlink(missing_ok=True)
        return log
    if errors == "raise":
        raise LogFormatError(problems, QUARANTINE_HINT)
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.row, []).append(str(problem))
    bad = records.loc[list(reasons)]
    bad.insert(0, "reason", [" | ".join(reasons[row]) for row in reasons])
    replace_file(aside, bad.to_csv(index_label="row", lineterminator="\n"))
    message = (
        f"{path.name}: {counted(len(reasons), 'row')} set aside in {aside.name}, {counted(len(log), 'row')} loaded."
    )
    warnings.warn(f"{message} The first: {problems[0]}", SetAsideWarning, stacklevel=3)
    return log
