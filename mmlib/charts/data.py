"""A chart's data as a table that can be read aloud: what `style.styled` keeps of it, in words and formatted texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Signature
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pandas.api.extensions import ExtensionArray
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from mmlib.words import MINUS, capital, period

MOST_ROWS = 200
YEAR = 366  # the days of a calendar
NOTHING = "\N{EN DASH}"
WORDS = {
    "n": "number",
    "low": "low end",
    "high": "high end",
    "hill_1": "effective number",
    "hill_2": "effective number (Hill 2)",
    "p_value": "p-value",
    "q_value": "q-value",
    "e_value": "E-value",
    "mh": "Mantel–Haenszel odds ratio",
    "i2": "I²",
    "over": "drawn over",
    "sd": "standard deviation",
}
UNITS = ("days", "minutes", "hours", "sd")

Tables = list[tuple[str, pd.DataFrame]]


def tables_of(chart: Callable[..., Any], signature: Signature, args: tuple[Any, ...], kwargs: Mapping) -> Tables:
    """Return the tables that a chart function was given, each with its caption; its own before those beside it."""
    given = signature.bind(*args, **kwargs).arguments
    frames = {name: value for name, value in given.items() if isinstance(value, pd.DataFrame) and len(value)}
    own = ("table", chart.__name__)
    named = sorted(frames.items(), key=lambda item: item[0] not in own)
    title = _words(chart.__name__)
    alone = len(frames) == 1
    return [
        (capital(title if alone or name in own else f"{title}: {_words(name)}"), frame.copy(deep=False))
        for name, frame in named
    ]


def figure_tables(figure: Figure) -> list[dict[str, Any]]:
    """Return the data of all charts of a figure, as an output's metadata hold them.

    Parameters
    ----------
    figure : Figure
        Drawn by this suite's charts; plain matplotlib's have no tables.

    Returns
    -------
    list of dict
        `caption` (with what is the same in every row), `columns` (words), `rows` (texts) and `of`: of how many rows.

    Examples
    --------
    >>> from mmlib.charts import totals
    >>> minutes = pd.DataFrame({"skill": ["ukulele", "juggling"], "minutes": [380.0, 12.5], "sessions": [12, 3]})
    >>> figure_tables(totals(minutes).figure)[0]["rows"]
    [['ukulele', '380', '12'], ['juggling', '12.5', '3']]
    """
    kept = {id(frame): (name, frame) for ax in figure.axes for name, frame in getattr(ax, "data_tables", ())}
    tables = [as_texts(name, frame) for name, frame in kept.values()]
    return [table for table in tables if table["columns"]]


def as_texts(caption: str, frame: pd.DataFrame) -> dict[str, Any]:
    """Return a table as texts: rows chosen where there are many, numbers rounded, columns that say nothing left out.

    Examples
    --------
    >>> table = as_texts("Gaps", pd.DataFrame({"skill": ["a", "a"], "gap_days": [None, 1.23456]}))
    >>> table["caption"], table["columns"], table["rows"]
    ('Gaps. In every row, skill: a.', ['gap (days)'], [['–'], ['1.235']])
    """
    columns = {name: column.array for name, column in frame.items()}
    told = {name: column for name, column in columns.items() if _says_something(column)}
    same = [name for name, column in told.items() if len(frame) > 1 and _is_label(column) and _is_constant(column)]
    same = same if len(same) < len(told) else same[:-1]
    rows = _chosen(frame)
    texts = {name: _texts(name, column if rows is None else column[rows]) for name, column in told.items()}
    said = "; ".join(f"{_words(name)}: {texts[name][0]}" for name in same)
    shown = [name for name in told if name not in same]
    return {
        "caption": f"{caption}. In every row, {said}." if said else caption,
        "columns": [_words(name) for name in shown],
        "rows": [list(row) for row in zip(*(texts[name] for name in shown), strict=True)],
        "of": len(frame),
    }


def _chosen(frame: pd.DataFrame) -> np.ndarray | None:
    """The places of evenly chosen rows, or of one row a day the last year's; None of a table that is not long."""
    if len(frame) <= MOST_ROWS:
        return None
    if "date" in frame and frame["date"].is_unique:
        return frame["date"].to_numpy().argsort()[-YEAR:]
    return np.linspace(0, len(frame) - 1, MOST_ROWS).round().astype(int)


def _words(name: object) -> str:
    """A column's name as words: "gap_days" is "gap (days)", "hours_low" is "hours, low end"."""
    name = str(name)
    stem, _, end = name.rpartition("_")
    if name in WORDS:
        return WORDS[name]
    if stem and end in ("low", "high"):
        return f"{_words(stem)}, {WORDS[end]}"
    if stem and end in UNITS and not stem.startswith(("n_", "per_")) and stem != "n":
        return f"{_words(stem)} ({WORDS.get(end, end)})"
    if name.startswith("n_"):
        return f"number {'of ' if name.endswith('s') else ''}{name[2:].replace('_', ' ')}"
    return name.replace("_", " ")


def _is_label(column: ExtensionArray) -> bool:
    return not is_numeric_dtype(column.dtype)


def _says_something(column: ExtensionArray) -> bool:
    missing = column.isna()
    if is_numeric_dtype(column.dtype) or is_datetime64_any_dtype(column.dtype):
        return not missing.all()
    return any(value != "" for value in column[~missing])


def _is_constant(column: ExtensionArray) -> bool:
    # Most are told apart by their ends; one by one, a long column of texts would take as long as its chart.
    return not column.isna().any() and column[0] == column[-1] and bool((column == column[0]).all())


def _texts(name: object, column: ExtensionArray) -> list[str]:
    if is_datetime64_any_dtype(column.dtype):
        say = _dates(name, column)
    elif is_bool_dtype(column.dtype):
        say = _yes_or_no
    else:
        say = _number if is_numeric_dtype(column.dtype) else lambda value: " ".join(str(value).split())
    said = ["" if none else say(value) for value, none in zip(column.tolist(), column.isna().tolist(), strict=True)]
    if name == "part":  # of the six parts of a micromastery, as cards and logs write them
        said = [text.replace("_", " ") for text in said]
    return [text or NOTHING for text in said]


def _yes_or_no(value: object) -> str:
    return "yes" if value else "no"


def _dates(name: object, column: ExtensionArray) -> Callable[[pd.Timestamp], str]:
    known = pd.DatetimeIndex(column).dropna().unique()
    if name == "period":
        return lambda day: period(day, known)
    form = "%b %Y, %H:%M" if (known != known.normalize()).any() else "%b %Y"
    return lambda day: f"{day.day} {day:{form}}"


def _number(value: float) -> str:
    """A number to 3 digits below 1 and to 4 above; whole ones whole, and never an exponent."""
    size = abs(value)
    if size == np.inf:
        text = "∞"
    elif size == int(size):
        text = f"{size:,.0f}"
    elif size < 0.0001:
        return "under 0.0001" if value > 0 else f"over {MINUS}0.0001"
    elif size < 1:
        text = f"{size:.3g}"
    else:
        text = f"{size:,.{max(0, 4 - len(str(int(size))))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return MINUS + text if value < 0 else text
