"""Hours per domain: how much time each got, period by period."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import ROW, canvas, column, nothing, row_labels, tiles, titled
from mmlib.charts.style import AMOUNT, HIGHLIGHT, INK, RULE, styled
from mmlib.charts.synergy.breadth import MOST_PERIODS, PLURALS, period_axis
from mmlib.errors import counted
from mmlib.words import capital, duration, listed, period, period_kind

MOST_ROWS = 12


@styled
def hours(hours: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how much time each domain got, month by month.

    Parameters
    ----------
    hours : DataFrame
        What `repetition.totals(log, by="domain", freq="MS")` returned, for one learner: domain, period, minutes,
        sessions. Where no minutes are known, sessions are drawn.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"domain": ["music", "body"], "period": pd.Timestamp("2026-10-01"),
    ...                       "minutes": [480.0, 120.0], "sessions": [16, 8]})
    >>> hours(table).finding
    'Music got the most time in October 2026: 8 h of 10 h'
    """
    by = next((name for name in ("domain", "skill", "self") if name in hours), "domain")
    unit = "minutes" if hours["minutes"].notna().any() else "sessions"
    if hours.empty or not hours[unit].sum() > 0:
        return nothing(ax, f"There are no {unit} to show: no session was recorded in these months.")
    if by != "skill" and hours[by].isin(["unknown"]).all():
        return nothing(ax, f"There are no {PLURALS[by]} to compare: no card in skills.toml names one yet.")
    grid = _grid(hours, by, unit)
    every, grid = grid, grid.head(MOST_ROWS)
    ax = canvas(ax, (ROW + 0.14) * len(grid) + 0.45)
    heights = -0.78 * grid.to_numpy() / grid.to_numpy().max()
    for i, row in enumerate(heights):
        corners = [(x - 0.39, i + 0.38) for x in range(len(row))]
        sizes = [(0.78, height) for height in row]
        tiles(ax, corners[:-1], sizes[:-1], facecolor=AMOUNT)
        tiles(ax, corners[-1:], sizes[-1:], facecolor=HIGHLIGHT)
        ax.axhline(i + 0.38, color=RULE, lw=0.8, zorder=0.9)
    row_labels(ax, list(grid.index), width=130)
    period_axis(ax, list(grid.columns))
    column(ax, [_amount(value, unit) for value in grid.iloc[:, -1]], color=INK)
    _hours_words(ax, every, (by, unit))
    return ax


def _grid(hours: pd.DataFrame, by: str, unit: str) -> pd.DataFrame:
    named = hours.assign(**{by: hours[by].astype(object).fillna("unknown")})
    grid = named.pivot_table(index=by, columns="period", values=unit, aggfunc="sum", fill_value=0.0).astype(float)
    if all(start.day == 1 for start in grid.columns):
        every = pd.date_range(grid.columns.min(), grid.columns.max(), freq="MS")
        grid = grid.reindex(columns=every, fill_value=0.0)
    grid = grid.iloc[:, -MOST_PERIODS:]
    return grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _amount(value: float, unit: str) -> str:
    return duration(value) if unit == "minutes" else counted(round(value), "session")


def _hours_words(ax: Axes, grid: pd.DataFrame, kind: tuple[str, str]) -> None:
    by, unit = kind
    last, name = grid.iloc[:, -1], period(grid.columns[-1], grid.columns)
    drawn = "time" if unit == "minutes" else "sessions"
    if last.sum() == 0:
        title = f"There was no practice in {name}"
    elif (last > 0).sum() == 1:
        title = f"All practice in {name} went to {last.idxmax()}: {_amount(last.max(), unit)}"
    else:
        share = f"{_amount(last.max(), unit).removesuffix(' sessions')} of {_amount(last.sum(), unit)}"
        top = f"Skills without a {by}" if last.idxmax() == "unknown" else capital(last.idxmax())
        title = f"{top} got the most {drawn} in {name}: {share}"
    every = listed(f"{key} {_amount(value, unit)}" for key, value in last.head(MOST_ROWS).items())
    rest = last.iloc[MOST_ROWS:]
    footnote = f"Not drawn: {len(rest)} more, together {_amount(rest.sum(), unit)} in {name}" if len(rest) else ""
    each = period_kind(grid.columns)
    alone = len(grid.columns) == 1
    what = drawn if unit == "minutes" else "number of sessions"
    titled(
        ax, title, f"{capital(drawn)} per {by} and {each}; the orange bar, with its number, is {name}",
        footnote=footnote, alt_text=f"{title}. In {name}: {every}.",
        reading=f"The taller a bar, the more {what}; all rows share one scale, so that heights can be compared. "
        + (f"Only {name} is recorded." if alone else f"Shown are {counted(min(len(grid), MOST_ROWS), by, PLURALS[by])} "
           f"over {counted(len(grid.columns), each)}, those with most {drawn} first."),
    )  # fmt: skip
