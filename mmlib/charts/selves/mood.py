"""The change of mood from before practice to after it, skill by skill."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, few, intervals, nothing, row_labels, titled, zero_line
from mmlib.charts.style import OBSERVED, styled
from mmlib.words import MINUS, listed, rated


@styled
def mood_lift(mood: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how much higher the mood was after practice than before, skill by skill.

    Parameters
    ----------
    mood : DataFrame
        What `selves.mood_lift` returned, for one learner: skill (or self), before, after, estimate, low, high, n;
        raw, the mean before it was shrunken, if there.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["harmonica"], "before": [3.0], "after": [3.9], "estimate": [0.9],
    ...                       "low": [0.6], "high": [1.2], "n": [23]})
    >>> mood_lift(table).finding
    'After harmonica, mood is 0.9 points higher than before (0.6 to 1.2)'
    """
    by = "self" if "self" in mood else "skill"
    rows = mood[mood["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    unknown = mood[mood["estimate"].isna()]
    if rows.empty:
        return nothing(ax, "There is no change of mood to show: rate mood before and after in the log, from 1 to 5.")
    n, rows = len(rows), rows.head(MOST_ROWS).reset_index(drop=True)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    zero_line(ax)
    intervals(ax, rows)
    raw = rows.get("raw", rows["estimate"])
    ax.plot(raw, range(len(rows)), "o", color=OBSERVED, ms=6, zorder=1.9)
    row_labels(ax, list(rows[by]))
    ends = np.column_stack([rows[["low", "high", "estimate"]].to_numpy(dtype=float), raw])
    ax.set_xlim(min(np.nanmin(ends), -0.25) - 0.1, max(np.nanmax(ends), 0.25) + 0.1)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+.2g}".replace("-", MINUS) if abs(value) > 1e-9 else "0")
    ax.set_xlabel("change of mood, in points of a scale from 1 to 5")
    column(ax, [_before_after(row) for _, row in rows.iterrows()])
    _mood_words(ax, rows, (n, confidence), footnote=_left_out(unknown, by))
    return ax


def _before_after(row: pd.Series) -> str:
    return f"{row['before']:.1f} → {row['after']:.1f}, n = {row['n']:.0f}"


def _signed(value: float) -> str:
    text = rated(value)
    return text if text.startswith(MINUS) else f"+{text}"


def _left_out(unknown: pd.DataFrame, by: str) -> str:
    if unknown.empty:
        return ""
    names = [f"{name} (n = {n:.0f})" for name, n in unknown[[by, "n"]].fillna({"n": 0}).to_numpy()]
    some = names if len(names) <= 8 else [*names[:7], f"{len(names) - 7} others"]
    return f"Too few notes on mood: {listed(some)}"


def _practice(name: str, by: str) -> str:
    if by == "skill":
        return name
    return "practice of no named self" if name == "unnamed" else f"practice as {name}"


def _mood_words(ax: Axes, rows: pd.DataFrame, extent: tuple[int, float], *, footnote: str) -> None:
    (n, confidence), best, by = extent, rows.iloc[0], "self" if "self" in rows else "skill"
    clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if clear.empty:
        title = f"No {by} goes with a clear change of mood yet"
    else:
        first = clear.iloc[0] if best["low"] > 0 else clear.iloc[-1]
        direction = "higher" if first["estimate"] > 0 else "lower"
        span = f"{rated(first['low'])} to {rated(first['high'])}"
        size = f"{rated(abs(first['estimate']))} points"
        title = f"After {_practice(first[by], by)}, mood is {size} {direction} than before ({span})"
    every = listed(f"{row[by]} {_signed(row['estimate'])} (n = {row['n']:.0f})" for _, row in rows.iterrows())
    pulled = "raw" in rows and (rows["raw"] - rows["estimate"]).abs().max() > 0.005
    subtitle = f"Mean mood after practice minus before, with {confidence:.0%} intervals{few(len(rows), n)}"
    reading = (
        "Right of the line, mood was better after practice than before. A bar that crosses the line means that "
        "the change may be chance; other things of the same hour may have lifted the mood as well."
    )
    if pulled:
        subtitle += "; grey: before shrinkage"
        reading += (
            " The grey dots are the plain means. A mean of few sessions is often far out by chance, so the blue "
            "dots lie nearer to the mean of all, the more so the fewer the sessions."
        )
    titled(
        ax, title, subtitle, alt_text=f"{title}. Mean changes: {every}.", footnote=footnote, reading=reading
    )  # fmt: skip
