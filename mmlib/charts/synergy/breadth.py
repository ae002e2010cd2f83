"""Breadth: over how many skills practice is spread, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import LABEL_SIZE, canvas, note, nothing, titled
from mmlib.charts.style import ACCENT, BAND, MUTED, RULE, styled
from mmlib.errors import counted
from mmlib.words import date, number, period, period_kind

MOST_PERIODS = 24
WHOLE = 0.9  # of a period's days
ROOM = 1.5  # times the most practised: so far up is drawn what an interval holds
PLURALS = {"skill": "skills", "domain": "domains", "self": "selves"}


@styled
def breadth(
    breadth: pd.DataFrame,
    *,
    of: str = "skill",
    until: object = None,
    confidence: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw over how many skills practice was spread, month by month, and how sure that is.

    The title calls a month broader or less broad than the one before only where the interval of the change leaves
    out zero.

    Parameters
    ----------
    breadth : DataFrame
        What `synergy.breadth` returned, for one learner: period, n_practised, hill_1, hill_1_low, hill_1_high,
        change_low, change_high.
    of : {"skill", "domain", "self"}
        What the measure counted.
    until : date, optional
        The last day of the log: a last period that is far from over is not compared with the one before.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"period": pd.to_datetime(["2026-09-01", "2026-10-01"]), "n_practised": [8, 8],
    ...                       "hill_1": [6.1, 5.2], "hill_1_low": [5.8, 4.9], "hill_1_high": [6.7, 5.8],
    ...                       "change_low": [None, -1.5], "change_high": [None, -0.2]})
    >>> breadth(table).finding
    'Practice in October 2026 was spread over 5.2 effective skills, down from 6.1 in September 2026'
    """
    limits = ["hill_1_low", "hill_1_high", "change_low", "change_high"]
    rows = breadth.reindex(columns=[*breadth.columns, *(name for name in limits if name not in breadth)])
    rows = rows.astype(dict.fromkeys(limits, "float64")).sort_values("period").tail(MOST_PERIODS)
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
    top = _band(ax, rows)
    _end_labels(ax, counts, effective, many, top)
    period_axis(ax, list(rows["period"]))
    ax.set_ylim(0, top)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    _breadth_words(ax, rows, many, (_so_far(rows["period"], until), confidence))
    return ax


def _band(ax: Axes, rows: pd.DataFrame) -> float:
    """Draw the intervals, and return how high the chart is to be."""
    low, high = (rows[name].to_numpy() for name in ("hill_1_low", "hill_1_high"))
    x, known = np.arange(len(rows)), ~np.isnan(rows["hill_1_low"].to_numpy())
    ax.fill_between(x, low, high, where=known, color=BAND, lw=0, zorder=0.8)
    # A period between two without an interval has no area.
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    ax.vlines(x[alone], low[alone], high[alone], color=BAND, lw=7, zorder=0.8)
    most = max(rows["n_practised"].max(), 1)
    return float(np.clip(1.05 * np.max(high[known], initial=0.0), 1.12 * most, ROOM * most))


def _so_far(starts: pd.Series, until: object) -> pd.Timestamp | None:
    """Return the last day of the log, where it leaves out more than a tenth of the last period."""
    if until is None:
        return None
    first, last = starts.iloc[-1], pd.Timestamp(until).tz_localize(None).normalize()
    length = first.days_in_month if period_kind(starts) == "month" else 7
    return last if (last - first).days + 1 < WHOLE * length else None


def _end_labels(ax: Axes, counts: np.ndarray, effective: np.ndarray, many: str, top: float) -> None:
    last = len(counts) - 1
    known = np.flatnonzero(~np.isnan(effective))[-1]
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


def _breadth_words(ax: Axes, rows: pd.DataFrame, many: str, extent: tuple[pd.Timestamp | None, float]) -> None:
    so_far, confidence = extent
    last = rows.iloc[-1]
    title = _finding(rows, many, so_far)
    low, high = rows["hill_1"].min(), rows["hill_1"].max()
    span = f"from {low:.1f} to {high:.1f} over {counted(len(rows), period_kind(rows['period']))}"
    sure = rows["hill_1_low"].notna().any()
    drawn = f"Effective number of {many} (blue{f', with its {confidence:.0%} interval' if sure else ''})"
    interval = f"; its {confidence:.0%} interval is {last['hill_1_low']:.1f} to {last['hill_1_high']:.1f}"
    titled(
        ax, title, f"{drawn} and how many were practised at all (grey steps)",
        alt_text=f"{title}{interval if pd.notna(last['hill_1_low']) else ''}; "
        f"{counted(int(last['n_practised']), 'was', 'were')} practised at all. The effective number ranges {span}.",
        reading=f"The effective number says over how many {many} the time was really spread: it equals the number "
        "practised when all get the same time, and comes near 1 when one of them takes nearly all. "
        + ("The band allows for chance: other days, lived in the same way, would have given another number. It "
           "reaches further up than down, since a few days miss what is rare. " if sure else "")
        + f"Here it ranges {span}.",
    )  # fmt: skip


def _finding(rows: pd.DataFrame, many: str, so_far: pd.Timestamp | None) -> str:
    """Return how broad the last period was and, where it is over, whether that is a change."""
    last, name = rows.iloc[-1], period(rows["period"].iloc[-1], rows["period"])
    if pd.isna(last["hill_1"]):
        return f"There was no practice in {name}"
    when = f"in {name}"
    if so_far is not None:
        start = last["period"]
        when = f"from {start.day if start.month == so_far.month else date(start)} to {date(so_far)}"
    title = f"Practice {when} was spread over {last['hill_1']:.1f} effective {one(last['hill_1'], many)}"
    # Less time gives room for fewer skills, so a part of a period is not compared with a whole one.
    before = rows["hill_1"].iloc[-2] if len(rows) > 1 and so_far is None else np.nan
    if pd.isna(before):
        return title
    then = period(rows["period"].iloc[-2], rows["period"])
    if f"{before:.1f}" == f"{last['hill_1']:.1f}":
        return f"{title}, as in {then}"
    if last["change_low"] > 0 or last["change_high"] < 0:
        return f"{title}, {'up' if last['change_low'] > 0 else 'down'} from {before:.1f} in {then}"
    if pd.isna(last["change_low"]):
        return f"{title}, after {before:.1f} in {then}"
    return f"{title}, not clearly {'fewer' if before > last['hill_1'] else 'more'} than the {before:.1f} of {then}"
