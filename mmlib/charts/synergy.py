"""Charts of breadth: over how many skills practice is spread, and how much time each domain gets."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import LABEL_SIZE, ROW, canvas, column, note, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, AMOUNT, HIGHLIGHT, INK, MUTED, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, date, duration, listed, number, period, period_kind

MOST_PERIODS = 24
MOST_ROWS = 12
WHOLE = 0.9  # of a period's days
PLURALS = {"skill": "skills", "domain": "domains", "self": "selves"}


@styled
def breadth(breadth: pd.DataFrame, *, of: str = "skill", until: object = None, ax: Axes | None = None) -> Axes:
    """Draw over how many skills practice was spread, month by month.

    Parameters
    ----------
    breadth : DataFrame
        What `synergy.breadth` returned, for one learner: period, n_practised, hill_1.
    of : {"skill", "domain", "self"}
        What the measure counted.
    until : date, optional
        The last day of the log: a last period that is far from over is not compared with the one before.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"period": pd.to_datetime(["2026-09-01", "2026-10-01"]), "n_practised": [8, 8],
    ...                       "hill_1": [6.1, 5.2]})
    >>> breadth(table).finding
    'Practice in October 2026 was spread over 5.2 effective skills, down from 6.1 in September 2026'
    """
    rows = breadth.sort_values("period").tail(MOST_PERIODS)
    if rows.empty or rows["hill_1"].isna().all():
        unnamed = of != "skill" and not rows.empty
        why = f"no card in skills.toml names a {of}" if unnamed else "nothing has been practised"
        return nothing(ax, f"There is no breadth to show: {why} yet.")
    if rows["n_practised"].max() <= 1:
        return nothing(ax, f"There is no breadth to show: never more than one {of} has been practised in a "
                       f"{period_kind(rows['period'])}.")  # fmt: skip
    many = PLURALS[of]
    ax = canvas(ax, 2.3)
    x = np.arange(len(rows))
    counts, effective = rows["n_practised"].astype(float).to_numpy(), rows["hill_1"].to_numpy()
    ax.plot(x, effective, color=ACCENT, lw=2.4, marker="o", ms=5)
    ax.step(x, counts, where="mid", color=RULE, lw=1.6)
    _end_labels(ax, counts, effective, many)
    period_axis(ax, list(rows["period"]))
    ax.set_ylim(0, max(np.nanmax(counts), 1) * 1.12)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    _breadth_words(ax, rows, many, _so_far(rows["period"], until))
    return ax


def _so_far(starts: pd.Series, until: object) -> pd.Timestamp | None:
    """Return the last day of the log, where it leaves out more than a tenth of the last period."""
    if until is None:
        return None
    first, last = starts.iloc[-1], pd.Timestamp(until).tz_localize(None).normalize()
    length = first.days_in_month if period_kind(starts) == "month" else 7
    return last if (last - first).days + 1 < WHOLE * length else None


def _end_labels(ax: Axes, counts: np.ndarray, effective: np.ndarray, many: str) -> None:
    last = len(counts) - 1
    known = np.flatnonzero(~np.isnan(effective))[-1]
    top = max(np.nanmax(counts), 1) * 1.12
    upper = max(counts[last], effective[known] + 0.17 * top)
    note(ax, last, upper, f"{number(counts[last])} practised", dx=14)
    words = f"{effective[known]:.1f} effective" + ("" if known == last else ", last")
    note(
        ax,
        last,
        effective[known],
        f"{words}\n{one(effective[known], many)}",
        dx=14,
        color=ACCENT,
        linespacing=1.0,
        va="center",
    )


def one(value: float, many: str) -> str:
    """Return the noun for a number of things, singular where it reads as exactly one."""
    return many if f"{value:.1f}" != "1.0" else {"selves": "self"}.get(many, many[:-1])


def period_axis(ax: Axes, starts: list[pd.Timestamp]) -> None:
    """Name the periods below a chart: months by their first letters, the year where it changes."""
    step = max(1, -(-len(starts) // 9))
    shown = [i for i in range(len(starts)) if (len(starts) - 1 - i) % step == 0]
    monthly, year = period_kind(starts) == "month", None
    for i in shown:
        if starts[i].year != year:
            year = starts[i].year
            ax.annotate(year, (i, 0), xytext=(0, -20), xycoords=("data", "axes fraction"), textcoords="offset points",
                        ha="center", va="top", size=LABEL_SIZE, color=MUTED)  # fmt: skip
    ax.set_xticks(shown, [f"{starts[i]:%b}" if monthly else f"{starts[i].day} {starts[i]:%b}" for i in shown])
    ax.set_xlim(-0.6, max(len(starts), 4) - 0.4)
    ax.grid(False, axis="x")


def _breadth_words(ax: Axes, rows: pd.DataFrame, many: str, so_far: pd.Timestamp | None) -> None:
    last, name = rows.iloc[-1], period(rows["period"].iloc[-1], rows["period"])
    if pd.isna(last["hill_1"]):
        title = f"There was no practice in {name}"
    else:
        when = f"in {name}"
        if so_far is not None:
            start = last["period"]
            when = f"from {start.day if start.month == so_far.month else date(start)} to {date(so_far)}"
        title = f"Practice {when} was spread over {last['hill_1']:.1f} effective {one(last['hill_1'], many)}"
        # Less time gives room for fewer skills, so a part of a period is not compared with a whole one.
        before = rows["hill_1"].iloc[-2] if len(rows) > 1 and so_far is None else np.nan
        if pd.notna(before):
            then = period(rows["period"].iloc[-2], rows["period"])
            word = "down from" if before > last["hill_1"] else "up from"
            same = f"{before:.1f}" == f"{last['hill_1']:.1f}"
            title += f", as in {then}" if same else f", {word} {before:.1f} in {then}"
    low, high = rows["hill_1"].min(), rows["hill_1"].max()
    span = f"from {low:.1f} to {high:.1f} over {counted(len(rows), period_kind(rows['period']))}"
    titled(
        ax, title, f"Effective number of {many} (blue) and how many were practised at all (grey steps)",
        alt_text=f"{title}; {counted(int(last['n_practised']), 'was', 'were')} practised at all. "
        f"The effective number ranges {span}.",
        reading=f"The effective number says over how many {many} the time was really spread: it equals the number "
        "practised when all get the same time, and comes near 1 when one of them takes nearly all. "
        f"Here it ranges {span}.",
    )  # fmt: skip


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
    tallest = grid.to_numpy().max()
    for i, values in enumerate(grid.to_numpy()):
        tops = values / tallest * 0.78
        colors = [AMOUNT] * (len(values) - 1) + [HIGHLIGHT]
        ax.bar(range(len(values)), -tops, bottom=i + 0.38, width=0.78, color=colors)
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
