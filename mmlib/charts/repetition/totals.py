"""The chart of how much practice each skill got."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, fold, note, nothing, row_labels, titled
from mmlib.charts.style import AMOUNT, AMOUNTS, INK, styled
from mmlib.errors import counted
from mmlib.words import MINUS, capital, duration, listed


@styled
def totals(table: pd.DataFrame, *, before: pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:
    """Draw how much time each skill got, and how that differs from the period before.

    Parameters
    ----------
    table : DataFrame
        What `repetition.totals` returned, for one learner and one period: minutes and sessions per skill
        (or domain, or self). Where no minutes are known, sessions are drawn.
    before : DataFrame, optional
        The same for the period before, drawn as thin marks.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["ukulele"], "minutes": [380.0], "sessions": [12]})
    >>> totals(table).finding
    'All 6 h 20 min of practice went to ukulele'
    """
    by = next((name for name in ("skill", "domain", "self", "learner") if name in table), "skill")
    unit = "minutes" if table["minutes"].notna().any() else "sessions"
    rows = _amounts(table, by, unit)
    if before is not None and unit in before:
        rows = rows.merge(_amounts(before, by, unit), on=by, how="outer", suffixes=("", "_before"))
        rows = rows.fillna({unit: 0.0, f"{unit}_before": 0.0})
    if rows.empty or not rows[unit].sum() > 0:
        return nothing(ax, f"There are no {unit} to show: no session was recorded in this period.")
    rows = rows.sort_values([unit, by], ascending=[False, True], kind="stable")
    titles = _totals_words(rows, by, unit, compared=before is not None)
    rows = fold(rows, rows.columns[1:], most=MOST_ROWS)
    ax = canvas(ax, ROW * len(rows) + 0.1)
    _bars(ax, rows, by, unit)
    titled(ax, **titles)
    return ax


def _amounts(table: pd.DataFrame, by: str, unit: str) -> pd.DataFrame:
    named = table.assign(**{by: table[by].astype(object).fillna("unknown"), unit: table[unit].astype(float)})
    return named.groupby(by)[unit].sum().reset_index()


def _amount(value: float, unit: str) -> str:
    return duration(value) if unit == "minutes" else counted(round(value), "session")


def _change(value: float, unit: str) -> str:
    size = duration(abs(value)) if unit == "minutes" else f"{abs(value):,.0f}"
    return "same as before" if round(value) == 0 else f"{MINUS if value < 0 else '+'}{size}"


def _bars(ax: Axes, rows: pd.DataFrame, by: str, unit: str) -> None:
    y, compared = np.arange(len(rows)), f"{unit}_before" in rows
    other = [not isinstance(name, str) or name.endswith(" others") for name in rows[by]]
    ax.barh(y, rows[unit], height=0.56, color=np.where(other, AMOUNTS[1], AMOUNT))
    earlier = rows[f"{unit}_before"] if compared else np.zeros(len(rows))
    if compared:
        some = np.asarray(earlier) > 0
        ax.vlines(earlier[some], y[some] - 0.4, y[some] + 0.4, color=INK, lw=2)
    for i, (value, old) in enumerate(zip(rows[unit], earlier, strict=True)):
        change = f" ({_change(value - old, unit)})" if compared else ""
        note(ax, max(value, old), i, _amount(value, unit) + change, color=INK, dx=6)
    row_labels(ax, rows[by])
    ax.set_xlim(0, max(rows[unit].max(), np.max(earlier)) * 1.01)
    ax.set_xticks([])


def _totals_words(rows: pd.DataFrame, by: str, unit: str, *, compared: bool) -> dict[str, str]:
    top, total, n = rows.iloc[0], rows[unit].sum(), int((rows[unit] > 0).sum())
    share = f"{_amount(top[unit], unit).removesuffix(' sessions')} of {_amount(total, unit)}"
    most = "time" if unit == "minutes" else "sessions"
    kind = counted(n, by, "selves" if by == "self" else None)
    only = f"All {_amount(total, unit)} of practice went to {top[by]}"
    if unit == "sessions":
        only = f"{'The only session' if total == 1 else f'All {total:,.0f} sessions'} went to {top[by]}"
    title = only if n == 1 else f"{capital(top[by])} got the most {most}: {share}"
    drawn = "Time" if unit == "minutes" else "Sessions (their length is unknown)"
    subtitle = f"{drawn} per {by}" + ("; the dark tick marks the period before" if compared else "")
    reading = f"The longer the bar, the more practice: {_amount(total, unit)} in {kind}."
    if compared:
        old = rows[f"{unit}_before"].sum()
        reading += f" The period before had {_amount(old, unit)}; the brackets give each {by}'s change since then."
    largest = [f"{name} {_amount(value, unit)}" for name, value in rows[[by, unit]].head(5).to_numpy()]
    alt = f"{title}. {'The largest are ' if n > 5 else ''}{listed(largest)}."
    return {"title": title, "subtitle": subtitle, "alt_text": alt, "reading": reading}
