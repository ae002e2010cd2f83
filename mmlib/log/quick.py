"""Reading a CSV whose every value has its column's plain form: by Arrow, a whole column at a time.

What is read here is read in the same way by the careful reading, or not at all: in any doubt the answer is None.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv

from mmlib.log import forms
from mmlib.log.check import header_problems
from mmlib.log.header import Header, header_of
from mmlib.log.order import order
from mmlib.log.schema import COLUMNS, TEXT, about, blank, dtype
from mmlib.log.verdict import keeps_rules

STEP = 1 << 20
FIRST = ("learner", "skill", "start")
_FEW = arrow.dictionary(arrow.int32(), arrow.string())  # few names in many rows: numbers, and a list of names
_TYPES = {"text": arrow.string(), "time": arrow.timestamp("us")}


class _NotPlainError(Exception):
    """A file needs a second, careful look."""


def read_quickly(path: Path) -> pd.DataFrame | None:
    """Return the log of a CSV, in order; None where it needs a second, careful look."""
    if not path.is_file():
        return None
    try:
        columns = _columns(_table(path))
    except (_NotPlainError, arrow.ArrowInvalid, arrow.ArrowKeyError):
        return None
    rows = len(columns["start"])
    nothing = {kind: blank(kind, rows) for kind in {dtype(name) for name in COLUMNS if name not in columns}}
    log = pd.DataFrame({name: columns.get(name, nothing.get(dtype(name))) for name in COLUMNS}, copy=False)
    return log if keeps_rules(log, columns) else None


def _table(path: Path) -> arrow.Table:
    """Return a CSV's rows as Arrow reads them."""
    with arrow.OSFile(str(path)) as file:
        data = file.read_buffer()
    first, end, _ = data.slice(0, min(STEP, data.size)).to_pybytes().partition(b"\n")
    header = header_of(first, path.name)
    quotes, odd_ends = _marks(data)
    if not end or odd_ends or quotes % 2 or header.decimal == "," or header_problems(header.names, path.name):
        raise _NotPlainError
    table = _parsed(data.slice(len(first) + 1), header, quoted=quotes > 0)
    if not table.num_rows or (quotes and any(map(_breaks_lines, table.itercolumns()))):
        raise _NotPlainError
    return table


def _marks(data: arrow.Buffer) -> tuple[int, int]:
    """Return how many quotation marks there are, and how many carriage returns without a line feed."""
    quotes = odd = 0
    for at in range(0, data.size, STEP):
        piece = data.slice(at, min(STEP + 1, data.size - at)).to_pybytes()
        quotes += piece.count(b'"', 0, STEP) if b'"' in piece else 0
        odd += piece.count(b"\r", 0, STEP) - piece.count(b"\r\n") if b"\r" in piece else 0
    return quotes, odd


def _parsed(body: arrow.Buffer, header: Header, *, quoted: bool) -> arrow.Table:
    types = {name: _TYPES.get(about(name)["kind"], arrow.float64()) for name in header.names}
    types |= {name: _FEW for name in FIRST[:2] if name in types}
    return arrow_csv.read_csv(
        arrow.BufferReader(body),
        read_options=arrow_csv.ReadOptions(column_names=header.names),
        parse_options=arrow_csv.ParseOptions(delimiter=header.separator, newlines_in_values=quoted),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types, null_values=list(forms.NOTHING), strings_can_be_null=False
        ),
    ).unify_dictionaries()


def _breaks_lines(column: arrow.ChunkedArray) -> bool:
    """Return whether a text holds a line break: it may be a mark gone astray, which Arrow would not notice."""
    texts = column.chunk(0).dictionary if column.type == _FEW else column
    return texts.type == arrow.string() and bool(compute.any(compute.match_substring(texts, "\n")).as_py())


def _columns(table: arrow.Table) -> dict[str, pd.Series]:
    """Return the columns that say anything, in their types, their rows in the log's order.

    A column does not wait for the others; each waits for the order only when it is ready to be put into it.
    """
    if table["start"].null_count:
        raise _NotPlainError
    others = [name for name in table.column_names if name not in FIRST and not _says_nothing(table[name])]
    with ThreadPoolExecutor() as threads:
        learner, skill = (threads.submit(_few, table, name) for name in FIRST[:2])
        start = threads.submit(table["start"].to_numpy)
        places = threads.submit(lambda: order(learner.result()[0], start.result()))
        columns = {
            "learner": threads.submit(lambda: _spread(*learner.result(), places.result())),
            "skill": threads.submit(lambda: _spread(*skill.result(), places.result())),
            "start": threads.submit(lambda: pd.Series(_placed(start.result(), places.result()), copy=False)),
        }
        columns |= {name: threads.submit(_column, table[name], name, places) for name in others}
        return {name: column.result() for name, column in columns.items()}


def _few(table: arrow.Table, name: str) -> tuple[np.ndarray, pd.Index]:
    """Return each row's number among a column's few names, as small as can be, and these by alphabet."""
    if name not in table.column_names:
        return np.zeros(table.num_rows, np.uint8), pd.Index(["me"], dtype=TEXT)
    column = table[name].combine_chunks()
    names = forms.texts(pd.Series(TEXT.__from_arrow__(column.dictionary)))
    if name == "learner":
        names = names.fillna("me")
    if names.hasnans:
        raise _NotPlainError
    numbers, distinct = names.factorize(sort=True)
    return numbers.astype(np.min_scalar_type(len(distinct)))[column.indices.to_numpy()], distinct


def _spread(numbers: np.ndarray, names: pd.Index, places: np.ndarray | None) -> pd.Series:
    return pd.Series(names.array.take(_placed(numbers, places)), copy=False)


def _placed(values: np.ndarray, places: np.ndarray | None) -> np.ndarray:
    if places is not None:
        return values.take(places)
    return values if values.flags.writeable else values.copy()  # Arrow's own memory must not be written to


def _says_nothing(column: arrow.ChunkedArray) -> bool:
    """Return whether all values are missing; of texts that hold only blanks it does not know."""
    if column.type == arrow.string():
        return not any(chunk.buffers()[2] is not None and chunk.buffers()[2].size for chunk in column.chunks)
    return column.null_count == len(column)


def _column(column: arrow.ChunkedArray, name: str, places: Future[np.ndarray | None]) -> pd.Series:
    """Return a column in its type, its rows in the log's order."""
    kind = about(name)["kind"]
    if kind == "text":
        texts = forms.texts(pd.Series(TEXT.__from_arrow__(column.combine_chunks()), copy=False))
        return texts if places.result() is None else texts.take(places.result()).reset_index(drop=True)
    if kind == "whole":
        return _whole(column, places)
    values = column.to_numpy()
    # "NAN" and the like are numbers to Arrow, not to the careful reading.
    if np.count_nonzero(np.isnan(values)) != column.null_count:
        raise _NotPlainError
    return pd.Series(_placed(values, places.result()), copy=False)


def _whole(column: arrow.ChunkedArray, places: Future[np.ndarray | None]) -> pd.Series:
    missing = column.is_null().to_numpy()
    values = column.cast(arrow.int64()).fill_null(0).to_numpy()  # refuses 1.5 and "NAN"
    if max(values.max(), -values.min()) > forms.LARGEST_WHOLE:
        raise _NotPlainError
    whole = pd.arrays.IntegerArray(_placed(values, places.result()), _placed(missing, places.result()))
    return pd.Series(whole, copy=False)
