"""The chart of the time between one session and the next."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import LABEL_SIZE, MOST_ROWS, ROW, canvas, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, OBSERVED, styled
from mmlib.errors import counted
from mmlib.words import capital, gap, listed


@styled
def spacing(spacing: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the time between one session and the next, skill by skill.

    Parameters
    ----------
    spacing : DataFrame
        What `repetition.spacing` returned, for one learner: skill, start, gap_days.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> gaps = pd.DataFrame({"skill": ["ukulele"] * 3, "gap_days": [1.0, 2.0, 4.0]})
    >>> spacing(gaps).finding
    'Between two sessions of ukulele there are typically 2 days'
    """
    gaps = spacing.dropna(subset=["gap_days"])
    if gaps.empty:
        return nothing(ax, "There are no gaps to show: no skill has been practised twice yet.")
    gaps = gaps.assign(nights=_nights(gaps))
    medians = gaps.groupby("skill").agg(
        median=("gap_days", "median"), nights=("nights", "median"), size=("gap_days", "size")
    ).sort_values("size", ascending=False)  # fmt: skip
    # As one says it: 20 and 26 hours are both the next day, and the hour at which one happens to begin no finding.
    medians["words"] = [gap(row.nights if row.nights >= 1 else row.median) for row in medians.itertuples()]
    n, medians = len(medians), medians.head(MOST_ROWS).sort_values("median", kind="stable")
    ax = canvas(ax, ROW * len(medians) + 0.45)
    shown = gaps[gaps["skill"].isin(medians.index)]
    # Two attempts in the same second have no place on such an axis but its left end.
    least = max(shown["gap_days"].min(), 1 / 86_400)
    for y, skill in enumerate(medians.index):
        days = np.maximum(np.sort(shown.loc[shown["skill"] == skill, "gap_days"]), least)
        # Golden-ratio steps spread the dots over the row evenly and the same way each time.
        jitter = (np.arange(len(days)) * 0.618034 % 1 - 0.5) * 0.5
        ax.plot(days, y + jitter, "o", color=OBSERVED, ms=3.2, alpha=0.35 if len(days) > 150 else 0.6,
                rasterized=len(shown) > 800)  # fmt: skip
    middle = np.maximum(medians["median"], least)
    ax.vlines(middle, np.arange(len(medians)) - 0.38, np.arange(len(medians)) + 0.38, color=ACCENT, lw=3)
    _time_axis(ax, least, shown["gap_days"].max())
    row_labels(ax, medians.index)
    for y, words in enumerate(medians["words"]):
        ax.annotate(words, (1, y), xytext=(8, 0), xycoords=ax.get_yaxis_transform(),
                    textcoords="offset points", va="center", size=LABEL_SIZE, color=ACCENT)  # fmt: skip
    _spacing_words(ax, medians, n)
    return ax


def _nights(gaps: pd.DataFrame) -> pd.Series | float:
    """Return how many days of the calendar lie between two sessions; NaN where their dates are not told."""
    if "start" not in gaps:
        return np.nan
    start = pd.to_datetime(gaps["start"])
    before = (start - pd.to_timedelta(gaps["gap_days"], unit="D")).dt.round("s")
    return (start.dt.normalize() - before.dt.normalize()).dt.days


def _time_axis(ax: Axes, least: float, most: float) -> None:
    minute = 1 / 1440
    ticks = {minute / 6: "10 s", minute: "1 min", 10 * minute: "10 min", 1 / 24: "1 hour", 1: "1 day", 7: "1 week",
             30: "1 month", 365: "1 year"}  # fmt: skip
    low, high = least / 1.3, max(most, least * 30) * 1.3
    ax.set(xscale="log", xlim=(low, high))
    places: list[float] = []
    for place in (place for place in ticks if low <= place <= high):
        if not places or np.log(place / places[-1]) > 0.17 * np.log(high / low):
            places.append(place)
    ax.set_xticks(places, [ticks[place] for place in places])
    ax.set_xticks([], minor=True)
    ax.grid(False, axis="x", which="minor")


def _spacing_words(ax: Axes, medians: pd.DataFrame, n: int) -> None:
    first, last = medians.iloc[0], medians.iloc[-1]
    title = (
        f"{capital(first.name)} is taken up again soonest, typically after {first['words']}; "
        f"{last.name} waits longest ({last['words']})"
    )
    if len(medians) == 1:
        are = "is" if first["words"].startswith("1 ") else "are"
        title = f"Between two sessions of {first.name} there {are} typically {first['words']}"
    elif len(set(medians["words"])) == 1:
        which = "Both skills are" if n == 2 else f"Each of the {len(medians)} skills is"
        title = f"{which} typically taken up again after {first['words']}"
    few = f"; the {len(medians)} most practised of {n} skills" if n > len(medians) else ""
    subtitle = f"Time from each session to the next; the blue mark is the middle (median){few}"
    gaps = int(medians["size"].sum())
    reading = (
        f"Each dot is a pause between two sessions of the same skill ({counted(gaps, 'pause')} in all), the further "
        "right the longer; each step to the right is a multiple. Half of a skill's pauses are shorter than its blue "
        "mark, half longer."
    )
    alt = "Typical pauses: " + listed(f"{skill} {value}" for skill, value in medians["words"].items())
    titled(ax, title, subtitle, alt_text=f"{title}. {alt}.", reading=reading)
