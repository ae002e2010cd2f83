"""Breadth: over how many skills practice is spread, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import LABEL_SIZE, canvas, note, nothing, titled
from mmlib.charts.style import ACCENT, MUTED, RULE, styled
from mmlib.errors import counted
from mmlib.words import date, number, period, period_kind

MOST_PERIODS = 24
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
