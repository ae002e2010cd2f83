"""A chart's data as a table that can be read aloud: what `style.styled` keeps of it, in words and formatted texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Signature
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

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
    told = {name: column for name, column in frame.items() if _says_something(column)}
    same = [name for name, column in told.items() if len(frame) > 1 and _is_label(column) and _is_constant(column)]
    same = same if len(same) < len(told) else same[:-1]
    texts = {name: _texts(column) for name, column in _chosen(frame)[list(told)].items()}
    said = "; ".join(f"{_words(name)}: {texts[name][0]}" for name in same)
    shown = [name for name in told if name not in same]
    return {
        "caption": f"{caption}. In every row, {said}." if said else caption,
        "columns": [_words(name) for name in shown],
        "rows": [list(row) for row in zip(*(texts[name] for name in shown), strict=True)],
        "of": len(frame),
    }


def _chosen(frame: pd.DataFrame) -> pd.DataFrame:
    """Evenly chosen rows; of one row a day, the last year's."""
    if "date" in frame and len(frame) > MOST_ROWS and frame["date"].is_unique:
        return frame.sort_values("date").tail(YEAR)
    if len(frame) <= MOST_ROWS:
        return frame
    return frame.iloc[np.linspace(0, len(frame) - 1, MOST_ROWS).round().astype(int)]


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


def _is_text(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column))


def _is_label(column: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(column)


def _says_something(column: pd.Series) -> bool:
    return bool((column.notna() & (column != "")).any()) if _is_text(column) else bool(column.notna().any())


def _is_constant(column: pd.Series) -> bool:
    return bool((column == column.iloc[0]).fillna(False).all())


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        said = _dates(column)
    elif pd.api.types.is_bool_dtype(column):
        said = ["" if missing else "yes" if value else "no" for value, missing in _values(column)]
    elif pd.api.types.is_numeric_dtype(column):
        said = ["" if missing else _number(value) for value, missing in _values(column)]
    else:
        said = ["" if missing else " ".join(str(value).split()) for value, missing in _values(column)]
    if column.name == "part":  # of the six parts of a micromastery, as cards and logs write them
        said = [text.replace("_", " ") for text in said]
    return [text or NOTHING for text in said]


def _values(column: pd.Series) -> zip:
    return zip(column.tolist(), column.isna().tolist(), strict=True)


def _dates(column: pd.Series) -> list[str]:
    known = column.dropna()
    if column.name == "period":
        return ["" if missing else period(day, known) for day, missing in _values(column)]
    timed = bool((known != known.dt.normalize()).any())
    form = "%b %Y, %H:%M" if timed else "%b %Y"
    return ["" if missing else f"{day.day} {day:{form}}" for day, missing in _values(column)]


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
