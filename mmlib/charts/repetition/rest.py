"""The chart of how long each skill has rested."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, BAD, INK, MUTED, OBSERVED, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number

ORDER = ("falling asleep", "awake", "quit")
TICKS = {0.5: "today", 1: "1 day", 7: "1 week", 30: "1 month", 182: "6 months", 730: "2 years", 3650: "10 years"}
TODAY = 0.5


@styled
def rest(rest: pd.DataFrame, *, quit_after_days: int = 28, ax: Axes | None = None) -> Axes:
    """Draw how long each skill has rested, beside its typical gap, and which are falling asleep.

    Parameters
    ----------
    rest : DataFrame
        What `repetition.rest` returned, for one learner: skill, days_since, median_gap_days, state.
    quit_after_days : int
        The number of days that the measure was given.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["origami", "juggling"], "days_since": [15, 1], "median_gap_days": [2.0, 1.0],
    ...                       "state": ["falling asleep", "awake"]})
    >>> rest(table).finding
    'Origami is falling asleep: 15 days of rest, where 2 are usual'
    """
    if rest.empty:
        return nothing(ax, "There is no rest to show: the log has no sessions yet.")
    place = rest["state"].map({state: i for i, state in enumerate(ORDER)})
    rows = rest.assign(place=place).sort_values(["place", "days_since"], ascending=[True, False], kind="stable")
    quits = rows["state"].eq("quit")
    # The longer ago, the less there is to wake: of those that are quit, the latest come first.
    rows = pd.concat([rows[~quits], rows[quits].iloc[::-1]]).reset_index(drop=True)
    shown = rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(shown) + 0.45)
    y, days = np.arange(len(shown)), np.maximum(shown["days_since"].astype(float), TODAY)
    color = shown["state"].map({"falling asleep": BAD, "awake": ACCENT, "quit": OBSERVED})
    ax.hlines(y, TODAY, days, color=list(color), lw=2.4)
    ax.scatter(days, y, color=list(color), s=46, zorder=3)
    gaps = shown["median_gap_days"].notna()
    ax.vlines(shown["median_gap_days"][gaps], y[gaps] - 0.34, y[gaps] + 0.34, color=INK, lw=2)
    _axis(ax, max(days.max(), quit_after_days, shown["median_gap_days"].max()), quit_after_days)
    row_labels(ax, shown["skill"])
    column(ax, [_said(row) for row in shown.itertuples()])
    for i, state in enumerate(shown["state"]):
        ax.texts[-len(shown) + i].set_color(BAD if state == "falling asleep" else MUTED)
    _words(ax, rows, len(shown), quit_after_days)
    return ax


def _axis(ax: Axes, most: float, quit_after_days: int) -> None:
    low, high = TODAY * 0.9, most * 1.25
    ax.set(xscale="log", xlim=(low, high))
    places: list[float] = []
    for place in (place for place in TICKS if low <= place <= high):
        if not places or np.log(place / places[-1]) > 0.17 * np.log(high / low):
            places.append(place)
    ax.set_xticks(places, [TICKS[place] for place in places])
    ax.set_xticks([], minor=True)
    ax.axvline(quit_after_days, color=RULE, lw=1.4, ls=(0, (4, 3)), zorder=0.9)


def _days(row: object) -> str:
    return "today" if row.days_since == 0 else counted(int(row.days_since), "day")


def _said(row: object) -> str:
    return _days(row) if row.state == "awake" else f"{_days(row)}, {row.state}"


def _title(rows: pd.DataFrame) -> str:
    asleep, awake, n = rows[rows["state"] == ORDER[0]], int((rows["state"] == ORDER[1]).sum()), len(rows)
    if len(asleep) == 1:
        row = asleep.iloc[0]
        title = f"{capital(row['skill'])} is falling asleep: {counted(int(row['days_since']), 'day')} of rest"
        usual = row["median_gap_days"]
        return title + (f", where {number(usual)} {'is' if usual == 1 else 'are'} usual" if pd.notna(usual) else "")
    if len(asleep):
        names = list(asleep["skill"])
        names = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} others"]
        return f"{capital(listed(names))} are falling asleep"
    if n == 1:
        return f"{capital(rows['skill'].iloc[0])} {'is awake' if awake else 'has been quit'}"
    some = f"; {awake} of {n} skills {'is' if awake == 1 else 'are'} awake" if awake < n else ""
    return f"No skill is falling asleep{some}"


def _words(ax: Axes, rows: pd.DataFrame, shown: int, quit_after_days: int) -> None:
    title, n = _title(rows), len(rows)
    few = f"; {shown} of {n} skills" if n > shown else ""
    counts = ", ".join(f"{(rows['state'] == state).sum()} {state}" for state in ("awake", "falling asleep", "quit"))
    every = listed(f"{row.skill} {_days(row)} ({row.state})" for row in rows.head(shown).itertuples())
    titled(
        ax, title, "Days since the last session; the dark tick is the typical gap, the dashed line "
        f"{counted(quit_after_days, 'day')}{few}",
        alt_text=f"{title}. {counts}. Days since the last session: {every}.",
        reading="The longer the line, the longer the skill has rested; each step to the right is a multiple. A skill "
        "is falling asleep (orange-red) after more than a week and more than three of its typical gaps, and is called "
        f"quit after {counted(quit_after_days, 'day')}: {counts}.",
    )  # fmt: skip
