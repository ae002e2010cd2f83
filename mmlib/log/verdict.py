"""A quick verdict on a whole log: the schema judges each column's extremes, which stand for all its values."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pandera.pandas as pa

from mmlib.log.schema import ROW_RULES, SCHEMA

BOUNDS = frozenset({"greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range"})
CHOICES = frozenset({"isin"})


def keeps_rules(log: pd.DataFrame, columns: Iterable[str]) -> bool:
    """Return whether a log surely keeps every rule of the schema; False only means: let the schema see each row.

    A column whose rules are bounds keeps them if its least and its greatest value do, and a column whose rule is
    a choice if its distinct values do. So the schema itself is shown a small table of these, with a missing value
    where the column has one. Its rules for whole rows see the whole log.

    Parameters
    ----------
    log : DataFrame
        Every column of the log, in its type.
    columns : iterable of str
        Those that hold anything; the others are all missing, which `skill` and `start` must not be.
    """
    shown = [name for name, rule in SCHEMA.columns.items() if name in set(columns) or not rule.nullable]
    rules = {check.name for name in shown for check in SCHEMA.columns[name].checks}
    known = rules <= BOUNDS | CHOICES and {check.name for check in SCHEMA.checks} <= set(ROW_RULES)
    if not known or set(log.columns) != set(SCHEMA.columns):
        return False
    try:
        pa.DataFrameSchema({name: SCHEMA.columns[name] for name in shown}).validate(_witnesses(log[shown]))
    except pa.errors.SchemaError:
        return False
    return all(ROW_RULES[check.name](log).all() for check in SCHEMA.checks)


def _witnesses(log: pd.DataFrame) -> pd.DataFrame:
    """Return the values of each column that its rules are judged by, as the rows of a small table."""
    if log.empty:
        return log
    with ThreadPoolExecutor() as threads:
        few = dict(zip(log, threads.map(lambda name: _telling(log[name]), log), strict=True))
    longest = max(len(values) for values in few.values())
    return pd.DataFrame(
        {
            name: pd.Series([*values, *values[-1:] * (longest - len(values))], dtype=log[name].dtype)
            for name, values in few.items()
        }
    )


def _telling(values: pd.Series) -> list:
    """Return the extremes, or the distinct values where the rule is a choice, and a missing one if there is any."""
    rules = {check.name for check in SCHEMA.columns[values.name].checks}
    if rules & CHOICES:
        return values.unique().tolist()
    extremes = _extremes(values) if rules else [values.iloc[0]]
    return [*extremes, None] if values.isna().to_numpy().any() else extremes


def _extremes(values: pd.Series) -> list:
    """Return the least and the greatest of the values that are known; of floats in a third of pandas' time."""
    if values.dtype != np.float64:
        return [values.min(), values.max()]
    return [np.fmin.reduce(values.to_numpy()), np.fmax.reduce(values.to_numpy())]
