"""The calendar: which days had practice, and how much."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import LABEL_SIZE, WIDTH, canvas, note, nothing, tile, tiles, titled
from mmlib.charts.style import AMOUNTS, MUTED, PANEL, styled
from mmlib.errors import counted
from mmlib.words import date, listed, who

WEEKS = 53
MINUTES, SESSIONS, ATTEMPTS = (1, 15, 30, 60, 120), (1, 2, 4, 8, 16), (1, 10, 25, 50, 100)
"""From how much on each shade begins; more sessions than the last step of SESSIONS a day are mostly attempts."""


@styled
def calendar(daily: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the last 12 months day by day, darker for more practice.

    Parameters
    ----------
    daily : DataFrame
        What `repetition.daily` returned, for one learner: date, sessions, minutes.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> dates = pd.date_range("2026-10-01", "2026-10-31")
    >>> daily = pd.DataFrame({"learner": "ada", "date": dates, "sessions": 1, "minutes": 20.0})
    >>> calendar(daily).finding
    'Ada practised on every one of the 31 days of October 2026'
    """
    if daily.empty:
        return nothing(ax, "There is no calendar to show: the log has no sessions yet.")
    table = daily.assign(date=pd.to_datetime(daily["date"]).dt.normalize()).sort_values("date")
    monday = table["date"] - pd.to_timedelta(table["date"].dt.day_of_week, unit="D")
    week = (monday - monday.iloc[-1]).dt.days // 7
    table = table.assign(week=week - max(week.min(), 1 - WEEKS)).query("week >= 0")
    columns = max(int(table["week"].max()) + 1, 22)
    ax = canvas(ax, WIDTH / columns * (9.4 if columns > 40 else 9.2) + (0.2 if columns > 40 else 0))
    # A day without practice has 0 minutes, whether or not the log records any.
    unit = "minutes" if table.loc[table["sessions"] > 0, "minutes"].sum() > 0 else "sessions"
    attempts = (table["sessions"] >= ATTEMPTS[-1]).any()
    steps = MINUTES if unit == "minutes" else ATTEMPTS if attempts else SESSIONS
    _days(ax, table, unit, steps)
    _months(ax, table)
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(9.2 if columns > 40 else 8.0, -1.2), aspect="equal", anchor="W")
    ax.set_yticks([0, 2, 4, 6], ["Mon", "Wed", "Fri", "Sun"])
    ax.set_xticks([])
    ax.grid(False)
    _scale(ax, _most(unit, steps), columns)
    _calendar_words(ax, table, unit, steps)
    return ax


def _most(unit: str, steps: tuple[int, ...]) -> str:
    return "2 hours or more a day" if unit == "minutes" else f"{steps[-1]} sessions or more a day"


def _days(ax: Axes, table: pd.DataFrame, unit: str, limits: tuple[int, ...]) -> None:
    # A session of unknown length is still a session: it gets the palest step, not an empty day.
    amount = np.maximum(table[unit].astype(float).fillna(0), (table["sessions"] > 0) * 1.0)
    steps = np.digitize(amount, limits)
    corners = np.column_stack([table["week"], table["date"].dt.day_of_week]) - 0.43
    for step, color in enumerate((PANEL, *AMOUNTS)):
        tiles(ax, corners[steps == step], (0.86, 0.86), facecolor=color, edgecolor="none")


def _months(ax: Axes, table: pd.DataFrame) -> None:
    firsts = table.groupby(table["date"].dt.to_period("M"))["week"].min()
    room = 3 if table["week"].max() > 20 else 2
    # A month that only begins at the edge would take the room of the next one's name.
    kept = firsts[firsts.shift(-1, fill_value=99) - firsts >= room]
    for month, week in kept.items():
        name = month.strftime("%b %Y" if len(firsts) < 3 else "%b")
        ax.text(week - 0.45, -0.75, name, ha="left", va="bottom", color=MUTED, size=LABEL_SIZE)


def _scale(ax: Axes, most: str, columns: int) -> None:
    y, step = (8.4, 1.0) if columns > 40 else (7.6, 0.7)
    note(ax, -0.45, y, "none", dx=0)
    start = 3.2 if columns > 40 else 1.6
    for i, color in enumerate((PANEL, *AMOUNTS)):
        size = 0.86 * step
        tile(ax, start + i * step, y - size / 2, (size, size), facecolor=color, edgecolor="none")
    note(ax, start + 6 * step, y, most, dx=3)


def _calendar_words(ax: Axes, table: pd.DataFrame, unit: str, limits: tuple[int, ...]) -> None:
    name, last = who(table), table["date"].iloc[-1]
    month = table[table["date"].dt.to_period("M") == last.to_period("M")]
    practised = int((month["sessions"] > 0).sum())
    title = f"{name} {_days_practised(practised, month['date'])}"
    total, length = int((table["sessions"] > 0).sum()), len(table)
    since = date(last) if length == 1 else f"{date(table['date'].iloc[0])} to {date(last)}"
    steps = f"{listed(limits)} sessions or more"
    steps = "under 15, 15, 30, 60 and 120 minutes or more" if unit == "minutes" else steps
    shade = "" if unit == "minutes" else "; shaded by sessions, for their length is not known"
    subtitle = f"Each square is a day, each column a week; {since}{shade}"
    share = f"{counted(total, 'day')} of {length:,} ({total / length:.0%})"
    reading = (
        f"The darker the square, the more practice that day (steps: {steps}); pale grey means none. "
        f"Over the whole time shown {name[:1].lower() + name[1:] if name == 'You' else name} practised on {share}."
    )
    titled(ax, title, subtitle, alt_text=f"Calendar, {since}. {title}; over the whole time on {share}.",
           reading=reading)  # fmt: skip


def _days_practised(practised: int, dates: pd.Series) -> str:
    first, last, n = dates.iloc[0], dates.iloc[-1], len(dates)
    if n == 1:
        return f"{'practised' if practised else 'did not practise'} on {date(last)}"
    whole = n == last.days_in_month
    span = f"{last:%B %Y}" if whole else f"{first.day} to {date(last)}"
    if practised == 0:
        return f"did not practise {'in' if whole else 'from'} {span}"
    days = f"the {n} days {'of' if whole else 'from'} {span}"
    return f"practised on every one of {days}" if practised == n else f"practised on {practised} of {days}"
