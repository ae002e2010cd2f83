"""A quick verdict on a whole log: each column's extremes are judged, which stand for all its values."""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pandera.pandas as pa

from mmlib.log.schema import ROW_RULES, SCHEMA, dtype

AT_LEAST = {"greater_than": operator.gt, "greater_than_or_equal_to": operator.ge}
AT_MOST = {"less_than": operator.lt, "less_than_or_equal_to": operator.le}
CHOICE = "isin"
KNOWN = frozenset({*AT_LEAST, *AT_MOST, CHOICE})


def keeps_rules(log: pd.DataFrame, columns: Iterable[str]) -> bool:
    """Return whether a log surely keeps every rule of the schema; False only means: let the schema see each row.

    A column whose rules are bounds keeps them if its least and its greatest value do, and a column whose rule is
    a choice if its distinct values do. Its rules for whole rows see the whole log.

    Parameters
    ----------
    log : DataFrame
        Every column of the log, in its type.
    columns : iterable of str
        Those that hold anything; the others are all missing, which `skill` and `start` must not be.
    """
    shown = [name for name, rule in SCHEMA.columns.items() if name in set(columns) or not rule.nullable]
    rules = {check.name for name in shown for check in SCHEMA.columns[name].checks}
    known = rules <= KNOWN and {check.name for check in SCHEMA.checks} <= set(ROW_RULES)
    if not known or set(log.columns) != set(SCHEMA.columns) or any(log[name].dtype != dtype(name) for name in shown):
        return False
    if any(not SCHEMA.columns[name].nullable and log[name].isna().any() for name in shown):
        return False
    kept = (_keeps(log[name], check) for name in shown for check in SCHEMA.columns[name].checks)
    return all(kept) and all(ROW_RULES[check.name](log).all() for check in SCHEMA.checks)


def _keeps(values: pd.Series, check: pa.Check) -> bool:
    if check.name == CHOICE:
        return set(values.dropna().unique()) <= set(check.statistics["allowed_values"])
    if check.name in AT_LEAST:
        extreme, holds, limit = _extreme(values, np.fmin), AT_LEAST[check.name], check.statistics["min_value"]
    else:
        extreme, holds, limit = _extreme(values, np.fmax), AT_MOST[check.name], check.statistics["max_value"]
    return bool(pd.isna(extreme) or holds(extreme, limit))


def _extreme(values: pd.Series, which: np.ufunc) -> object:
    """Return the least or the greatest of the values that are known; of floats in a third of pandas' time."""
    if values.dtype == np.float64:
        return which.reduce(values.to_numpy(), initial=np.nan)
    return values.min() if which is np.fmin else values.max()
