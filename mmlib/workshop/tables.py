"""What is wrong with a table, or with a column of one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import counted, did_you_mean
from mmlib.words import listed
from mmlib.workshop.kinds import shown
from mmlib.workshop.names import plain
from mmlib.workshop.numbers import near


def wrong_table(answer: Any, expected: pd.DataFrame | pd.Series, within: float | None) -> str:
    """Return what is wrong with a table or a column, or nothing if it is right.

    Rows are compared in their order, or by their names where the expected rows have names.

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["a", "b"], "minutes": [10, 20]})
    >>> wrong_table(table.assign(minutes=[10, 25]), table, None)
    'Not yet: row 1, column "minutes": found 25, expected 20. (Rows are counted from 0.)'
    """
    if isinstance(expected, pd.Series):
        return _wrong_column(answer, expected, within)
    if not isinstance(answer, pd.DataFrame):
        way = "Take several columns with [[…]], or .reset_index()" if isinstance(answer, pd.Series) else "Make a table."
        return f"Not yet: found {shown(answer)}, expected a table. {way}"
    missing = [name for name in expected.columns if name not in answer.columns]
    if missing:
        hint = did_you_mean(str(missing[0]), answer.columns)
        near_one = f" {hint}" if hint.startswith("Did") else ""
        names = listed(f'"{name}"' for name in missing)
        return f"Not yet: the table has no column{'' if len(missing) == 1 else 's'} {names}.{near_one}"
    if not answer.columns.is_unique:
        return "Not yet: two columns of the table have the same name."
    return _wrong_rows(answer[list(expected.columns)], expected, within)


def _wrong_column(answer: Any, expected: pd.Series, within: float | None) -> str:
    if isinstance(answer, pd.DataFrame) and answer.shape[1] == 1:
        answer = answer.iloc[:, 0]
    if isinstance(answer, list | tuple | np.ndarray | pd.Index) and np.ndim(answer) == 1:
        answer = pd.Series(answer, index=expected.index if len(answer) == len(expected) else None)
    if not isinstance(answer, pd.Series):
        return f"Not yet: found {shown(answer)}, expected a column (Series) of {counted(len(expected), 'value')}."
    return _wrong_rows(answer.to_frame("value"), expected.to_frame("value"), within)


def _wrong_rows(answer: pd.DataFrame, expected: pd.DataFrame, within: float | None) -> str:
    if len(answer) != len(expected):
        return f"Not yet: found {counted(len(answer), 'row')}, expected {len(expected):,}."
    named = not isinstance(expected.index, pd.RangeIndex)
    if named and answer.index.is_unique and expected.index.is_unique:
        if strangers := [name for name in answer.index if name not in expected.index]:
            return f"Not yet: a row is called {shown(strangers[0])}, which none should be. What are the rows by?"
        answer = answer.reindex(expected.index)
    for column in expected.columns:
        pairs = zip(expected.index, answer[column], expected[column], strict=True)
        for place, (row, found, right) in enumerate(pairs):
            if not _equal(found, right, within):
                return _first(answer, expected, (place, row if named else None, column), within)
    return ""


def _first(answer: pd.DataFrame, expected: pd.DataFrame, where: tuple, within: float | None) -> str:
    """Return the sentence on the first cell that differs, or that the rows are only in another order."""
    place, row, column = where
    if row is None and _same_in_another_order(answer, expected, within):
        return "Not yet: these are the right rows, in another order."
    found, right = answer[column].iloc[place], expected[column].iloc[place]
    line = f"row {place}" if row is None else f'row "{row}"'
    cell = line if list(expected.columns) == ["value"] else f'{line}, column "{column}"'
    counting = " (Rows are counted from 0.)" if row is None else ""
    return f"Not yet: {cell}: found {_cell(found)}, expected {_cell(right)}.{counting}"


def _same_in_another_order(answer: pd.DataFrame, expected: pd.DataFrame, within: float | None) -> bool:
    try:
        one, other = (table.sort_values(list(expected.columns)) for table in (answer, expected))
    except TypeError:  # kinds that have no order among them
        return False
    cells = zip(one.to_numpy(object).ravel(), other.to_numpy(object).ravel(), strict=True)
    return all(_equal(found, right, within) for found, right in cells)


def _equal(found: Any, right: Any, within: float | None) -> bool:
    if pd.api.types.is_scalar(right) and pd.isna(right):
        return bool(pd.api.types.is_scalar(found) and pd.isna(found))
    if _is_number(right):
        return _is_number(found) and near(float(found), right, within)
    if isinstance(right, str):
        return isinstance(found, str) and plain(found) == plain(right)
    try:
        return bool(found == right)
    except (TypeError, ValueError):
        return False


def _is_number(value: Any) -> bool:
    return pd.api.types.is_number(value) and not isinstance(value, bool | np.bool_ | complex)


def _cell(value: Any) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "nothing"
    return f'"{value}"' if isinstance(value, str) else shown(value)
