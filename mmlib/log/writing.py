"""Writing the log: as a table of text, one row one line, and never half a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from mmlib.log.schema import COLUMNS, TEXT


def write_log(log: pd.DataFrame, path: str | Path) -> None:
    """Write a log as CSV with all its columns, as a whole or not at all.

    Parameters
    ----------
    log : DataFrame
        As `check_log` returns it.
    path : str or Path
        Any file there is replaced.
    """
    replace_file(Path(path), as_written(log, COLUMNS).to_csv(index=False, lineterminator="\n"))


def as_written(frame: pd.DataFrame, columns: Iterable[str] | None = None, decimal: str = ".") -> pd.DataFrame:
    """Return a table as the text that its CSV holds: shortest numbers, ISO times, no line breaks within a row."""
    return pd.DataFrame({name: _text(frame[name], decimal) for name in columns or frame.columns}, dtype=TEXT)


def _text(values: pd.Series, decimal: str) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        whole = values.dt.strftime("%Y-%m-%dT%H:%M:%S").astype(TEXT)
        fraction = values.dt.microsecond.fillna(0)
        return whole.where(fraction == 0, values.dt.strftime("%Y-%m-%dT%H:%M:%S.%f").astype(TEXT))
    if values.dtype == np.float64:
        return values.map(_shortest, na_action="ignore").astype(TEXT).str.replace(".", decimal, regex=False)
    return values.astype(TEXT).str.replace(r"\s*[\r\n]+\s*", " ", regex=True)


def _shortest(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def replace_file(path: Path, text: str) -> None:
    """Write a file so that its name never stands for half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
