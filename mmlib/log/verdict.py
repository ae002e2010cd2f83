"""A quick verdict on a whole log: the schema judges each column's extremes, which stand for all its values."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mmlib.log.schema import ROW_RULES, SCHEMA, dtype

BOUNDS = frozenset({"greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range"})
CHOICES = frozenset({"isin"})


def keeps_rules(log: pd.DataFrame, columns: Iterable[str]) -> bool:
    """Return whether a log surely keeps every rule of the schema; False only means: let the schema see each row.

    A column whose rules are bounds keeps them if its least and its greatest value do, and a column whose rule is
    a choice if its distinct values do: only these are shown to the schema's checks. Its rules for whole rows see the
    whole log.

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
    if not known or set(log.columns) != set(SCHEMA.columns) or any(log[name].dtype != dtype(name) for name in shown):
        return False
    if any(not SCHEMA.columns[name].nullable and log[name].isna().any() for name in shown):
        return False
    judged = [log[name] for name in shown if SCHEMA.columns[name].checks]
    return all(map(_kept, judged)) and all(ROW_RULES[check.name](log).all() for check in SCHEMA.checks)


def _kept(values: pd.Series) -> bool:
    few = _telling(values)
    return all(check(few).check_passed for check in SCHEMA.columns[few.name].checks)


def _telling(values: pd.Series) -> pd.Series:
    """Return the known values that a column's rules are judged by: the distinct ones of a choice, else the extremes."""
    choice = CHOICES & {check.name for check in SCHEMA.columns[values.name].checks}
    few = values.unique() if choice else _extremes(values)
    return pd.Series(few, dtype=values.dtype, name=values.name).dropna()


def _extremes(values: pd.Series) -> list:
    """Return the least and the greatest of the values that are known; of floats in a third of pandas' time."""
    if values.empty:
        return []
    if values.dtype != np.float64:
        return [values.min(), values.max()]
    return [np.fmin.reduce(values.to_numpy()), np.fmax.reduce(values.to_numpy())]
