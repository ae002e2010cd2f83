"""The chart of how evenly each skill is practised, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, nothing, row_labels, titled, zero_line
from mmlib.charts.style import ACCENT, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number

EVEN = -0.2
BURSTY = 0.2


@styled
def rhythm(rhythm: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how evenly each skill is practised, with its usual weekday and hour.

    Parameters
    ----------
    rhythm : DataFrame
        What `repetition.rhythm` returned, for one learner: skill, days, median_gap_days, burstiness, usual_weekday,
        usual_hour.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["choir"], "days": [40], "median_gap_days": [7.0], "burstiness": [-0.62],
    ...                       "usual_weekday": ["Thursday"], "usual_hour": [19.5]})
    >>> rhythm(table).finding
    'Choir is practised evenly (burstiness −0.62), usually on Thursdays around 19:30'
    """
    known = rhythm.dropna(subset=["burstiness"])
    if known.empty:
        return nothing(ax, "There is no rhythm to show: no skill has been practised on six days yet.")
    rows = known.sort_values("days", ascending=False, kind="stable").head(MOST_ROWS)
    rows = rows.sort_values("burstiness", kind="stable").reset_index(drop=True)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    y = np.arange(len(rows))
    zero_line(ax)
    ax.hlines(y, 0, rows["burstiness"], color=RULE, lw=1.6)
    ax.plot(rows["burstiness"], y, "o", color=ACCENT, ms=7.5)
    ax.set_xlim(-1.05, 1.05)
    ax.set_xticks([-1, 0, 1], ["−1\nlike a clock", "0\nas by chance", "1\nin bursts"], linespacing=1.1)
    row_labels(ax, rows["skill"])
    column(ax, [_when(row.usual_weekday, row.usual_hour) or "any time" for row in rows.itertuples()])
    _words(ax, rows, len(known), len(rhythm) - len(known))
    return ax


def _clock(hour: float) -> str:
    minutes = round(hour * 4) * 15 % 1440
    return f"{minutes // 60}:{minutes % 60:02d}"


def _when(weekday: object, hour: float) -> str:
    parts = ["" if pd.isna(weekday) else f"{weekday}s", "" if pd.isna(hour) else f"around {_clock(hour)}"]
    return " ".join(filter(None, parts))


def _kind(burstiness: float) -> str:
    return "evenly" if burstiness < EVEN else "in bursts" if burstiness > BURSTY else "about as evenly as by chance"


def _words(ax: Axes, rows: pd.DataFrame, n: int, silent: int) -> None:
    first, last = rows.iloc[0], rows.iloc[-1]
    if len(rows) == 1:
        when = _when(first["usual_weekday"], first["usual_hour"])
        on = "on " if pd.notna(first["usual_weekday"]) else ""
        title = f"{capital(first['skill'])} is practised {_kind(first['burstiness'])} "
        title += f"(burstiness {number(first['burstiness'])})" + (f", usually {on}{when}" if when else "")
    else:
        title = (
            f"{capital(first['skill'])} is practised most evenly (burstiness {number(first['burstiness'])}), "
            f"{last['skill']} most in bursts ({number(last['burstiness'])})"
        )
    few = f"; the {len(rows)} most practised of {n} skills" if n > len(rows) else ""
    every = listed(f"{row.skill} {number(row.burstiness)}" for row in rows.itertuples())
    left_out = f" {counted(silent, 'skill')} with fewer than six practice days: left out." if silent else ""
    titled(
        ax, title, f"How evenly the practice days follow one another, and the usual weekday and hour{few}",
        alt_text=f"{title}. Burstiness: {every}.",
        reading="At the left the pauses between practice days are all alike; at the right, busy days come in bursts "
        "with long pauses between. Zero is what chance alone would give. The words at the right say when most sessions "
        f"begin, where there is such a time.{left_out}",
    )  # fmt: skip
