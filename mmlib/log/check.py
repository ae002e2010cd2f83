"""Checks: any table with the log's columns becomes the log, or says what is wrong with every bad row."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pa

from mmlib.errors import LogFormatError, Problem, SetAsideWarning, counted, did_you_mean
from mmlib.log import forms
from mmlib.log.order import in_order
from mmlib.log.schema import COLUMNS, PARTS, REQUIRED, SCHEMA, about, blank, dtype
from mmlib.log.verdict import keeps_rules

QUARANTINE_HINT = 'Or set such rows aside with errors="quarantine".'
ERRORS = ("raise", "quarantine")


def check_log(frame: pd.DataFrame, *, errors: str = "raise") -> pd.DataFrame:
    """Return a table as the log: every column, in its type and order, sorted by learner and start.

    Parameters
    ----------
    frame : DataFrame
        At least the columns `skill` and `start`; any others of the log's columns (see data/README.md), as
        values or as text in the forms that people write.
    errors : {"raise", "quarantine"}
        Whether bad rows raise, or are left out with a `SetAsideWarning`.

    Returns
    -------
    DataFrame
        The log's columns. Rows in = rows out + rows set aside.

    Raises
    ------
    LogFormatError
        Names every bad row: where, what was found, what was expected, what to do.

    Examples
    --------
    >>> log = check_log(pd.DataFrame({"skill": ["juggling"], "start": ["2026-10-31 18:30"], "minutes": ["1h30"]}))
    >>> log[["learner", "skill", "minutes"]].values.tolist()
    [['me', 'juggling', 90.0]]
    """
    wanted_errors(errors)
    log, problems = checked(frame, file="log", rows=np.arange(2, len(frame) + 2))
    if problems and errors == "raise":
        raise LogFormatError(problems, QUARANTINE_HINT)
    if problems:
        bad = len({problem.row for problem in problems})
        warnings.warn(f"{counted(bad, 'row')} set aside: {problems[0]}", SetAsideWarning, stacklevel=2)
    return in_order(log)


def wanted_errors(errors: str) -> None:
    """Refuse any word for `errors` but the two that there are."""
    if errors not in ERRORS:
        raise LogFormatError([Problem("errors", None, "", f'"{errors}"', 'one of "raise", "quarantine"', "")])


def checked(
    frame: pd.DataFrame, *, file: str, rows: Sequence[int] | np.ndarray, decimal: str = "."
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the good rows as a log (index: positions in `frame`) and the problems of the bad ones.

    A problem of the whole table (an unknown or a missing column) raises.
    """
    headers = header_problems(list(frame.columns), file)
    if headers:
        raise LogFormatError(headers)
    frame, rows = frame.reset_index(drop=True), np.asarray(rows)
    columns, unread = {}, []
    for name in COLUMNS:
        columns[name], bad = _typed(frame, name, decimal)
        unread += [(position, name, frame[name].iloc[position]) for position in np.flatnonzero(bad)]
    log = pd.DataFrame(columns, copy=False)
    log["learner"] = log["learner"].fillna("me")
    broken = _broken_rules(log, {(position, name) for position, name, _ in unread})
    problems = [_problem(file, int(rows[position]), name, found) for position, name, found in unread]
    problems += [_problem(file, int(rows[position]), name, found, log) for position, name, found in broken]
    bad_rows = sorted({position for position, _, _ in (*unread, *broken)})
    order = {name: place for place, name in enumerate(COLUMNS)}
    return log.drop(index=bad_rows) if bad_rows else log, sorted(problems, key=lambda p: (p.row, order[p.column]))


def header_problems(names: Sequence[str], file: str) -> list[Problem]:
    """Return what is wrong with a table's column names."""
    problems = [
        Problem(file, 1, str(name), "a column that the log does not have", "the log's columns", advice)
        for name in names
        if name not in COLUMNS
        for advice in [did_you_mean(str(name), COLUMNS) + " Rename it or take it out."]
    ]
    twice = {name for name in names if list(names).count(name) > 1}
    problems += [Problem(file, 1, name, "the column twice", "it once", "Take one out.") for name in sorted(twice)]
    problems += [
        Problem(file, 1, name, "no such column", f"{about(name)['expected']} in each row", "Add the column.")
        for name in REQUIRED
        if name not in names
    ]
    return problems


def _typed(frame: pd.DataFrame, name: str, decimal: str) -> tuple[pd.Series, np.ndarray]:
    """Return a column in its type, and where a value was there that could not be read."""
    if name not in frame:
        return blank(dtype(name), len(frame)), np.array([])
    values, kind = frame[name], about(name)["kind"]
    if kind == "text":
        return forms.texts(values.astype(dtype(name))), np.array([])
    if not isinstance(values.dtype, pd.StringDtype) and values.dtype != object:
        return _from_values(values, kind, name)
    mixed = values.map(lambda value: value if isinstance(value, str) or pd.isna(value) else str(value))
    text = mixed.astype(dtype("skill"))
    text = text.mask(forms.is_nothing(text)).str.strip()
    read = {"time": forms.times, "minutes": lambda t: forms.minutes(t, decimal=decimal)}
    result = read.get(kind, lambda t: forms.numbers(t, decimal=decimal))(text)
    return _whole_if(result, kind, (result.isna() & text.notna()).to_numpy())


def _from_values(values: pd.Series, kind: str, name: str) -> tuple[pd.Series, np.ndarray]:
    """Return a column that is already of numbers or times in the log's type."""
    if kind != "time" and pd.api.types.is_numeric_dtype(values):
        return _whole_if(values.astype("float64"), kind, np.zeros(len(values), bool))
    if kind == "time" and pd.api.types.is_datetime64_any_dtype(values) and values.dt.tz is None:
        return values.astype(dtype(name)), np.array([])
    return pd.Series(index=values.index, dtype=dtype(name)), values.notna().to_numpy()


def _whole_if(result: pd.Series, kind: str, bad: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    if kind != "whole":
        return result, bad
    result, broken = forms.whole(result)
    return result, bad | broken


def _broken_rules(log: pd.DataFrame, known: set[tuple[int, str]]) -> list[tuple[int, str, object]]:
    """Return position, column and value of all that breaks the schema and is not known to be bad already."""
    if keeps_rules(log, COLUMNS):
        return []
    try:
        SCHEMA.validate(log, lazy=True)
    except pa.errors.SchemaErrors as failed:
        cases: pd.DataFrame = failed.failure_cases
    else:
        return []
    whole_row = cases["check"].eq("successes_within_reps")
    cases = cases[~whole_row | cases["column"].eq("successes")].drop_duplicates(["index", "column"])
    places: Mapping[tuple[int, str], object] = {
        (int(row.index_), row.column): row.failure_case
        for row in cases.rename(columns={"index": "index_"}).itertuples(index=False)
    }
    return [(position, name, found) for (position, name), found in places.items() if (position, name) not in known]


def _problem(file: str, row: int, column: str, found: object, log: pd.DataFrame | None = None) -> Problem:
    """Return one bad value as a problem; with `log` it was read and breaks a rule, without it was not read."""
    said = about(column)
    expected, advice = said["expected"], said["advice"]
    if column == "start" and log is None:
        expected, advice = forms.why_no_time(str(found))
    if column == "part":
        advice = f"{did_you_mean(str(found), PARTS)} Or leave it empty."
    return Problem(file, row, column, _shown(found), expected, advice)


def _shown(found: object) -> str:
    if isinstance(found, str):
        return f'"{found}"'
    if pd.isna(found):
        return "nothing"
    return f"{found:g}" if isinstance(found, float) else str(found)
