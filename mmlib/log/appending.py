"""Adding rows to the log safely: under a lock, each row one whole line, flushed to the disk."""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from filelock import FileLock

from mmlib.errors import LogFormatError, SetAsideWarning
from mmlib.log.check import check_log, header_problems
from mmlib.log.header import Header, decoded, header_of
from mmlib.log.reading import is_torn, records
from mmlib.log.schema import COLUMNS
from mmlib.log.writing import as_written, replace_file, write_log

KEY = ["learner", "source", "source_id"]


def append_sessions(path: str | Path, sessions: pd.DataFrame | Mapping | Iterable[Mapping]) -> int:
    """Add practice sessions to a log, and return how many were new.

    The rows are checked first, and nothing is written if one is bad. A row whose `learner`, `source` and
    `source_id` are in the log already is not added again. The file is locked meanwhile, each row is one whole
    line, and the lines are on the disk when this returns. A last line that a crash cut off is moved to
    `<name>.torn.txt` beside the log, with a `SetAsideWarning`, so that it cannot run into a good row.

    Parameters
    ----------
    path : str or Path
        The log's file, or a practice folder, whose log.csv is meant. It is made if it isn't there.
    sessions : DataFrame, mapping or iterable of mappings
        Columns of the log; `skill` and `start` at least.

    Returns
    -------
    int
        The number of rows added.

    Raises
    ------
    LogFormatError
        If a session is bad, or the log's header is.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> append_sessions(folder, {"skill": "juggling", "start": "2026-10-31 18:30", "minutes": 15})
    1
    >>> (Path(folder) / "log.csv").read_text().splitlines()[1][:35]
    'me,juggling,2026-10-31T18:30:00,15,'
    """
    if isinstance(sessions, Mapping):
        sessions = [sessions]
    log = check_log(sessions if isinstance(sessions, pd.DataFrame) else pd.DataFrame(list(sessions)))
    path = log_file(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        if not path.exists() or not path.stat().st_size:
            write_log(log.iloc[:0], path)
        _mend_end(path)
        return _append(path, log)


def log_file(path: str | Path) -> Path:
    """Return the file that sessions are added to: the one that is named, or a folder's log.csv."""
    path = Path(path)
    return path / "log.csv" if path.is_dir() or not path.suffix else path


def locked(path: Path) -> FileLock:
    """Return the lock that all hold who change this file."""
    return FileLock(path.with_name(f".{path.name}.lock"), timeout=30)


def _append(path: Path, log: pd.DataFrame) -> int:
    data = path.read_bytes()
    header = header_of(data, path.name)
    if problems := header_problems(header.names, path.name):
        raise LogFormatError(problems)
    log = _only_new(log, data, header)
    says_something = log.notna().any()
    says_something["learner"] = not log["learner"].eq("me").all()
    missing = [name for name in COLUMNS if name not in header.names and says_something[name]]
    if missing:
        header = _widen(path, data, header, missing)
    rows = as_written(log, header.names, header.decimal)
    text = rows.to_csv(index=False, header=False, sep=header.separator, lineterminator="\n")
    _write_at_end(path, text.encode())
    return len(log)


def _only_new(log: pd.DataFrame, data: bytes, header: Header) -> pd.DataFrame:
    """Return the rows whose source's id is not in the log yet, and all rows that have no such id."""
    log = log[~(log.duplicated(KEY) & log["source_id"].notna())]
    if log["source_id"].isna().all() or not {"source", "source_id"} <= set(header.names):
        return log
    whole = [
        record
        for record in list(records(decoded(data, "log"), header).values())[1:]
        if len(record) == len(header.names)
    ]
    there = pd.DataFrame(whole, columns=header.names, dtype=str)
    if "learner" not in there:
        there["learner"] = "me"
    there["learner"] = there["learner"].mask(there["learner"] == "", "me")
    known = pd.MultiIndex.from_frame(there[KEY].astype(str))
    keys = pd.MultiIndex.from_frame(log[KEY].astype("object").fillna("").astype(str))
    return log[~(keys.isin(known) & log["source_id"].notna().to_numpy())]


def _widen(path: Path, data: bytes, header: Header, missing: list[str]) -> Header:
    """Rewrite a log whose header lacks columns that the new rows need."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=header.separator, lineterminator="\n")
    names = [*header.names, *missing]
    for row, record in records(decoded(data, path.name), header).items():
        whole = [*record, *[""] * len(missing)] if len(record) == len(header.names) else record
        writer.writerow(names if row == 1 else whole)
    replace_file(path, out.getvalue())
    return Header(names, header.separator)


def _mend_end(path: Path) -> None:
    """Give the last line its end; if it is only part of a row, move it out of the log and say so."""
    data = path.read_bytes()
    if data.endswith(b"\n"):
        return
    header, text = header_of(data, path.name), decoded(data, path.name)
    *_, record = records(text, header).values()
    body, newline, last = data.rpartition(b"\n")
    if not newline or not is_torn(text, record, header):
        _write_at_end(path, b"\n")
        return
    torn = path.with_name(f"{path.stem}.torn.txt")
    _write_at_end(torn, last + b"\n")
    with path.open("r+b") as file:
        file.truncate(len(body) + 1)
        os.fsync(file.fileno())
    message = f"{path.name}: the last line was cut off, perhaps by a crash; it is kept in {torn.name}."
    warnings.warn(message, SetAsideWarning, stacklevel=4)


def _write_at_end(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
