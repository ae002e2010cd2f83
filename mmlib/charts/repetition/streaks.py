"""The chart of days in a row."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, note, nothing, row_labels, titled
from mmlib.charts.style import AMOUNT, AMOUNTS, INK, styled
from mmlib.errors import counted
from mmlib.words import date, listed, who


@styled
def streaks(streaks: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the longest run of days with practice, and the present one within it.

    Parameters
    ----------
    streaks : DataFrame
        What `repetition.streaks` returned, for one learner, with or without by="skill": current_days, longest_days,
        longest_end.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["ukulele"], "current_days": [3], "longest_days": [12],
    ...                       "longest_end": pd.to_datetime(["2026-09-12"])})
    >>> streaks(table).finding
    'The longest streak is 12 days of ukulele, to 12 September 2026'
    """
    if streaks.empty:
        return nothing(ax, "There is no streak to show: the log has no sessions yet.")
    rows = streaks.sort_values(["longest_days", "current_days"], ascending=False, kind="stable").reset_index(drop=True)
    names = rows["skill"] if "skill" in rows else [who(rows.iloc[[i]]) for i in range(len(rows))]
    shown = rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(shown) + 0.1)
    y = np.arange(len(shown))
    ax.barh(y, shown["longest_days"], height=0.56, color=AMOUNTS[0])
    ax.barh(y, shown["current_days"], height=0.56, color=AMOUNT)
    for i, row in enumerate(shown.itertuples()):
        now = f" (now {row.current_days})" if row.current_days else ""
        note(ax, row.longest_days, i, counted(int(row.longest_days), "day") + now, color=INK, dx=6)
    row_labels(ax, list(names)[: len(shown)])
    ax.set_xlim(0, max(rows["longest_days"].max(), 1) * 1.01)
    ax.set_xticks([])
    _words(ax, rows, len(shown), list(names))
    return ax


def _words(ax: Axes, rows: pd.DataFrame, shown: int, names: list[str]) -> None:
    best = rows.iloc[0]
    of = f" of {best['skill']}" if "skill" in rows else ""
    running = rows[rows["current_days"] > 0]
    title = f"The longest streak is {counted(int(best['longest_days']), 'day')}{of}, to {date(best['longest_end'])}"
    if best["current_days"] == best["longest_days"]:
        title = f"The longest streak is running: {counted(int(best['longest_days']), 'day')}{of}"
    few = f"; {shown} of {len(rows)} skills" if len(rows) > shown else ""
    every = listed(
        f"{name} {row.longest_days:,}" + (f" (now {row.current_days:,})" if row.current_days else "")
        for name, row in zip(names[:shown], rows.head(shown).itertuples(), strict=True)
    )
    if "skill" in rows:
        n, now = len(rows), len(running)
        still = f"{now or 'None'} of {n} skills {'have' if now > 1 else 'has'} a streak that is running"
        still = still if n > 1 else "The streak is running" if now else "The streak is over"
    else:
        still = f"The present streak is {counted(int(best['current_days']), 'day')}"
    titled(
        ax, title, f"Longest run of days in a row with practice; dark: the run that is still going on{few}",
        alt_text=f"{title}. {still}. Longest: {every}.",
        reading=f"{still}; a run still counts when its last day was yesterday. A streak says how regular the practice "
        "was, not how good: a broken one is no failure.",
    )  # fmt: skip
