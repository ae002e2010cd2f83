"""Reading the log's files: quickly where every value has its plain form, carefully where one has not."""

from __future__ import annotations

import csv
import io
import re
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as arrow

from mmlib.errors import LogFormatError, Problem, SetAsideWarning, counted
from mmlib.log import forms
from mmlib.log.check import QUARANTINE_HINT, checked, wanted_errors
from mmlib.log.header import Header, decoded, header_of, record_of
from mmlib.log.order import in_order
from mmlib.log.quick import read_quickly
from mmlib.log.schema import TEXT
from mmlib.log.writing import as_written, replace_file


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
    log = read_quickly(path)
    if log is not None:
        quarantine(path).unlink(missing_ok=True)
        return log
    data = path.read_bytes()
    log, problems, records = _read_carefully(data, header_of(data, path.name), path.name)
    return in_order(_set_aside(path, log, problems, records, errors))


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except arrow.ArrowInvalid:
        advice = "Write the file again, or take it out of the folder."
        raise LogFormatError([Problem(path.name, None, "", "something else", "a Parquet file", advice)]) from None


def quarantine(path: Path) -> Path:
    """Return the file beside a log that holds the rows set aside."""
    return path.with_name(f"{path.stem}.quarantine.csv")


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
    return {row: [line] if line.count('"') % 2 else record_of(line, header.separator) for row, line in lines}


def _swallows(record: list[str], header: Header) -> bool:
    """Return whether a value holds a line that is a row in itself, between two marks that were never closed."""
    inside = [record_of(line, header.separator) for value in record if "\n" in value for line in _lines(value)[1:]]
    rows = [line for line in inside if len(line) == len(header.names)]
    place = header.names.index("start") if "start" in header.names else 0
    return bool(rows) and bool(forms.times(pd.Series([row[place] for row in rows], dtype=TEXT)).notna().any())


def _lines(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)


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
