"""The chart of how strong the habit of practising each skill is."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from mmlib.charts.layout import LABEL_SIZE, MOST_ROWS, canvas, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, BAND, MUTED, RULE, styled
from mmlib.words import date, listed

YEAR_DAYS = 365
MONTH_DAYS = 28
ROW = 0.42
ALIVE = 0.005  # what is written as 0%


@styled
def habit(habit: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how strong the habit of practising each skill was, day by day over the last 12 months.

    Parameters
    ----------
    habit : DataFrame
        What `repetition.habit` returned, for one learner: skill, date, strength.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> days = pd.date_range("2026-10-01", "2026-10-31")
    >>> strength = [1 - 0.5 ** (day.day / 13) for day in days]
    >>> table = pd.DataFrame({"skill": "ukulele", "date": days, "strength": strength})
    >>> habit(table).finding
    'The habit of ukulele is at 81%, 66 points more than 28 days before'
    """
    known = habit.dropna(subset=["strength"])
    if known.empty:
        return nothing(ax, "There is no habit to show: the log has no sessions yet.")
    known = known.assign(date=pd.to_datetime(known["date"]))
    last = known["date"].max()
    grid = known.pivot_table(index="date", columns="skill", values="strength", sort=False).sort_index()
    grid = grid[grid.index > last - pd.Timedelta(days=YEAR_DAYS)]
    now = grid.iloc[-1].sort_values(ascending=False, kind="stable")
    before = grid.reindex([last - pd.Timedelta(days=MONTH_DAYS)]).iloc[0].reindex(now.index)
    shown = now[now >= ALIVE].head(MOST_ROWS) if (now >= ALIVE).any() else now.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(shown) + 0.4)
    for y, skill in enumerate(shown.index):
        ax.fill_between(grid.index, y + 0.4, y + 0.4 - 0.8 * grid[skill], color=BAND, lw=0)
        ax.plot(grid.index, y + 0.4 - 0.8 * grid[skill], color=ACCENT, lw=1.6)
        ax.axhline(y + 0.4, color=RULE, lw=0.8, zorder=0.9)
    row_labels(ax, shown.index)
    _dates(ax, grid.index)
    for y, skill in enumerate(shown.index):
        _value(ax, y, shown[skill], before[skill])
    _words(ax, now, before, shown, grid.index[0])
    return ax


def _dates(ax: Axes, days: pd.DatetimeIndex) -> None:
    locator = AutoDateLocator(minticks=2, maxticks=6)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    room = pd.Timedelta(days=1) if len(days) < 2 else pd.Timedelta(0)
    ax.set_xlim(days[0] - room, days[-1] + room)


def _value(ax: Axes, y: int, strength: float, before: float) -> None:
    place = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "va": "center", "size": LABEL_SIZE}
    ax.annotate(f"{strength:.0%}", (1, y), xytext=(8, 0), color=ACCENT, annotation_clip=False, **place)
    if pd.notna(before):
        ax.annotate(_points(strength - before), (1, y), xytext=(43, 0), color=MUTED, annotation_clip=False, **place)


def _points(change: float) -> str:
    size = round(100 * abs(change))
    return "±0" if size == 0 else f"{'+' if change > 0 else '−'}{size}"


def _words(ax: Axes, now: pd.Series, before: pd.Series, shown: pd.Series, first: pd.Timestamp) -> None:
    best, change = now.index[0], now.iloc[0] - before.iloc[0]
    title = f"The strongest habit is {best}: {now.iloc[0]:.0%}"
    title = title if len(now) > 1 else f"The habit of {best} is at {now.iloc[0]:.0%}"
    if now.iloc[0] < ALIVE:
        title = "No habit is alive: the strength of all is near 0%"
        title = title if len(now) > 1 else f"The habit of {best} is not alive: its strength is near 0%"
    elif pd.notna(change) and round(100 * abs(change)):
        word = "more" if change > 0 else "less"
        title += f", {_size(change)} {word} than {MONTH_DAYS} days before"
    some = f"the {len(shown)} strongest" if len(shown) > 1 else "the strongest"
    few = f"; {some} of {len(now)} skills" if len(now) > len(shown) else ""
    changes = " and the change in 28 days" if before.notna().any() else ""
    every = listed(f"{skill} {value:.0%}" for skill, value in shown.items())
    titled(
        ax, title, f"Strength of each habit since {date(first)}, from 0 to 100%; at the right today's{changes}{few}",
        alt_text=f"{title}. Strength of each habit today: {every}.",
        reading="A curve rises on each day with practice and sinks on each without: 13 days without a session take "
        "away half of a daily habit's strength, and 13 with one make up half of what is missing. It says how regular "
        "the practice is, not how good.",
    )  # fmt: skip


def _size(change: float) -> str:
    points = round(100 * abs(change))
    return f"{points} point" if points == 1 else f"{points} points"
