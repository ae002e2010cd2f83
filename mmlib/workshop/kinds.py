"""What kind of thing a learner's answer is, in the learner's words."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.words import MINUS, number

LONGEST = 60


def shown(value: Any, unit: str = "") -> str:
    """Return a value as a message names it: short, and with the kind of thing it is where that is the trouble.

    Examples
    --------
    >>> shown(1234.5), shown(0.00314), shown("12"), shown([1, 2, 3])
    ('1,234.5', '0.00314', 'the text "12"', 'a list of 3 values')
    """
    plain = real(value)
    return kind(value) if plain is None else " ".join(filter(None, [_digits(plain), unit]))


def real(value: Any) -> float | None:
    """Return a number of any type as a float, None for what is no number; a truth and a length of time are none.

    Examples
    --------
    >>> real(Decimal("1.5")), real(True), real("1.5")
    (1.5, None, None)
    """
    if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 and value.dtype.kind in "biuf":
        value = value.item()
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, numbers.Real | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except ValueError:  # a signalling NaN
        return math.nan


def _digits(value: float) -> str:
    if not math.isfinite(value):
        return "NaN (not a number)" if math.isnan(value) else f"{MINUS if value < 0 else ''}infinity"
    if value == 0 or 0.1 <= abs(value) < 1000:
        text = number(value) if round(value, 2) == value else f"{value:.4g}"
    elif abs(value) < 0.1:
        text = f"{value:.3g}"
    else:
        text = f"{value:,.1f}".removesuffix(".0")
    return text.replace("-", MINUS)


def kind(value: Any) -> str:
    """Return what kind of thing a value is.

    Examples
    --------
    >>> kind(None), kind(True), kind(len), kind({"a": 1})
    ('None, which is nothing', 'True', 'the function len, not its result', 'a dictionary of 1 entry')
    """
    if value is None:
        return "None, which is nothing"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= LONGEST else value[:LONGEST] + "…"}"'
    if isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, pd.DataFrame):
        return f"a table of {counted(len(value), 'row')} and {counted(value.shape[1], 'column')}"
    if isinstance(value, pd.Series):
        return f"a column (Series) of {counted(len(value), 'value')}"
    if isinstance(value, dict):
        return f"a dictionary of {counted(len(value), 'entry', 'entries')}"
    if isinstance(value, list | tuple | set | frozenset | pd.Index | np.ndarray):
        size = np.size(value) if isinstance(value, np.ndarray) else len(value)
        return f"{_collection(value)} of {counted(size, 'value')}"
    if isinstance(value, np.timedelta64 | dt.timedelta):
        return f"a length of time ({pd.Timedelta(value)})"
    if isinstance(value, np.datetime64 | dt.date):
        return f"a date ({pd.Timestamp(value)})"
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}, not its result"
    return f"{'a missing value (NA)' if value is pd.NA else 'something of the type ' + type(value).__name__}"


def _collection(value: Any) -> str:
    names = {list: "a list", tuple: "a tuple", set: "a set", frozenset: "a set", np.ndarray: "an array"}
    return names.get(type(value), "an index")


def as_number(answer: Any, unit: str = "") -> tuple[float, str]:
    """Return an answer as a number, and what is wrong with it if it is none.

    Examples
    --------
    >>> as_number(np.int64(3)), as_number("3")[1]
    ((3.0, ''), 'Not yet: found the text "3", expected a number. Write it without quotation marks: 3')
    """
    value = real(answer)
    if value is not None and math.isfinite(value):
        return value, ""
    return math.nan, f"Not yet: found {shown(answer)}, expected a number{f' of {unit}' if unit else ''}. {_way(answer)}"


def _way(answer: Any) -> str:
    """Return how to come from a wrong kind of thing to a number."""
    if isinstance(answer, str):
        return _from_text(answer)
    if answer is None:
        return "A cell that only shows something gives nothing back: give the number itself to the name."
    if isinstance(answer, bool | np.bool_):
        return "A comparison gives True or False; here the number itself is asked for."
    if isinstance(answer, pd.DataFrame | pd.Series | pd.Index | np.ndarray | list | tuple | set | frozenset | dict):
        return _from_many(answer)
    if isinstance(answer, np.timedelta64 | dt.timedelta):
        return "Divide it by pd.Timedelta(minutes=1), or whatever is the unit."
    if callable(answer) and not isinstance(answer, type):
        return "Call it: put round brackets behind its name."
    if real(answer) is not None:
        return "Something was divided by zero, or a mean was taken of nothing."
    return "Write a number, such as 12.5"


def _from_text(answer: str) -> str:
    text = answer.strip().replace(MINUS, "-")
    first = text.split()[0] if text else ""
    for candidate, advice in (
        (text, "Write it without quotation marks: {}"),
        (text.replace(",", "."), "Write it without quotation marks, and with a point: {}"),
        (first, "Write the number alone, without quotation marks: {}"),
        (text.removesuffix("%"), "Write the number alone, without quotation marks: {}"),
    ):
        try:
            float(candidate)
        except ValueError:
            continue
        return advice.format(candidate.strip())
    return "Write a number, without quotation marks."


def _from_many(answer: Any) -> str:
    size = len(answer) if isinstance(answer, dict | set | frozenset) else np.size(answer)
    if size != 1:
        return "One number is asked for: choose it, or sum the values up."
    if isinstance(answer, pd.DataFrame):
        return "Take out the value with .iloc[0, 0]"
    return f"Take out the value with {'.iloc[0]' if isinstance(answer, pd.Series) else '[0]'}"
