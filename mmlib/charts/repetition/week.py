"""The chart of the week: on which weekdays and at which hours practice happens."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import LABEL_SIZE, canvas, column, nothing, tiles, titled
from mmlib.charts.style import AMOUNTS, INK, PANEL, styled
from mmlib.errors import counted
from mmlib.words import listed

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WINDOW = 3
STANDS_OUT, FALLS_SHORT = 1.25, 0.75  # times an equal share


@styled
def week(week: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw on which weekdays and at which hours the sessions begin.

    Parameters
    ----------
    week : DataFrame
        What `repetition.week` returned, for one learner: weekday, hour, sessions. Skills are added up; for one
        skill, pass its rows.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"weekday": ["Thursday", "Saturday"], "hour": [18, 9], "sessions": [12, 4]})
    >>> week(table).finding
    '75% of the sessions begin between 16:00 and 19:00; Thursday is the busiest day (75%)'
    """
    if week.empty or not week["sessions"].sum() > 0:
        return nothing(ax, "There is no week to show: the log has no sessions yet.")
    days = week.groupby("weekday")["sessions"].sum().reindex(list(WEEKDAYS), fill_value=0)
    timed = week.dropna(subset=["hour"])
    grid = np.zeros((7, 24))
    np.add.at(grid, (timed["weekday"].map(WEEKDAYS.index).astype(int), timed["hour"].astype(int)), timed["sessions"])
    ax = canvas(ax, 2.6 if grid.any() else 2.2)
    (_hours if grid.any() else _bars)(ax, grid, days)
    ax.set(ylim=(6.6, -0.6))
    ax.set_yticks(range(7), [day[:3] for day in WEEKDAYS], color=INK)
    ax.tick_params(labelsize=LABEL_SIZE)
    ax.grid(False)
    column(ax, [f"{share:.0%}" for share in days / days.sum()])
    _words(ax, week, days, grid)
    return ax


def _bars(ax: Axes, _: np.ndarray, days: pd.Series) -> None:
    """Draw the weekdays alone, where no time of day is known."""
    ax.barh(range(7), days, height=0.7, color=AMOUNTS[3])
    ax.set_xlim(0, days.max() * 1.01)
    ax.set_xticks([])


def _hours(ax: Axes, grid: np.ndarray, _: pd.Series) -> None:
    # The steps are shares of the busiest hour: a log of attempts has thousands, a log of sessions a few.
    steps = np.ceil(5 * grid / max(grid.max(), 1)).astype(int)
    for step, color in enumerate((PANEL, *AMOUNTS)):
        y, x = np.nonzero(steps == step)
        tiles(ax, np.column_stack([x + 0.05, y - 0.44]), (0.9, 0.88), facecolor=color, edgecolor="none")
    ax.set_xlim(0, 24)
    ax.set_xticks(range(0, 25, 3), [f"{hour}:00" for hour in range(0, 25, 3)])


def _words(ax: Axes, week: pd.DataFrame, days: pd.Series, grid: np.ndarray) -> None:
    total, hours = int(days.sum()), grid.sum(axis=0)
    top = _weekdays(days / total)
    title = top[:1].upper() + top[1:]
    if hours.sum():
        windows = np.array([np.take(hours, range(i, i + WINDOW), mode="wrap").sum() for i in range(24)])
        begin = int(windows.argmax())
        end = (begin + WINDOW) % 24
        title = f"{windows.max() / hours.sum():.0%} of the sessions begin between {begin}:00 and {end}:00; {top}"
    unknown = int(total - hours.sum())
    untimed = f" For {counted(unknown, 'session')} the time of day is not known." if unknown else ""
    every = listed(f"{day} {value / total:.0%}" for day, value in days.items())
    skills = week["skill"].nunique() if "skill" in week else 1
    of = f"{counted(total, 'session')}" + (f" of {counted(skills, 'skill')}" if skills > 1 else "")
    most = f" (the darkest has {counted(int(grid.max()), 'session')})" if hours.sum() else ""
    drawn = "Sessions by weekday and the hour in which they begin; at the right each day's share"
    reading = f"The darker an hour, the more sessions begin in it{most}, {of} in all; pale grey means none.{untimed}"
    if not hours.sum():
        drawn = "Sessions by weekday, with each day's share; their time of day is not known"
        reading = f"The longer a bar, the more of the {of} were on that weekday. The time of day is not known."
    titled(ax, title, drawn, alt_text=f"{title}. {of}. By weekday: {every}.{untimed}", reading=reading)


def _weekdays(shares: pd.Series) -> str:
    """Return in words which weekdays have most of the sessions, or few."""
    busiest, quietest = (list(shares.index[shares == value]) for value in (shares.max(), shares.min()))
    if shares.max() >= STANDS_OUT / 7:
        are = "is the busiest day" if len(busiest) == 1 else "are the busiest days"
        return f"{listed(busiest)} {are} ({shares.max():.0%}{'' if len(busiest) == 1 else ' each'})"
    if shares.min() < FALLS_SHORT / 7:
        are = "is the quietest day" if len(quietest) == 1 else "are the quietest days"
        return f"{listed(quietest)} {are} ({shares.min():.0%}{'' if len(quietest) == 1 else ' each'})"
    return f"all weekdays are much alike ({shares.min():.0%} to {shares.max():.0%})"
