"""The chart of how T-shaped the practice is: a stem as deep as the deepest skill, a bar as broad as the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mmlib.charts.layout import LABEL_SIZE, WIDTH, canvas, note, nothing, titled, wrapped
from mmlib.charts.style import ACCENT, BAND, BOLD, INK, RULE, styled
from mmlib.charts.synergy.breadth import PLURALS, one
from mmlib.errors import counted
from mmlib.words import capital, duration, period

MOST_SHAPES = 5
LEAST_SCALE = 4.0
"""A bar of so many skills, or of the most of all, is as wide as `BAR`."""

BAR, ROOM = 0.74, 0.96
THICK, STEM = 0.16, 0.13
"""Of the bar and of the stem; all are shares of a shape's place, or of the deepest stem's depth."""


@styled
def shape(shape: pd.DataFrame, *, of: str = "skill", confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw what shape the practice so far had at several times: how deep one skill, how broad the others.

    Parameters
    ----------
    shape : DataFrame
        What `synergy.shape` returned, for one learner: period, deepest, depth_hours, depth_share, rest_effective,
        rest_effective_low, rest_effective_high, verdict, sessions.
    of : {"skill", "domain", "self"}
        What the measure counted.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"period": [pd.Timestamp("2026-10-01")], "deepest": ["ukulele"], "depth_hours": [78.0],
    ...                       "depth_share": [0.24], "rest_effective": [6.8], "rest_effective_low": [6.6],
    ...                       "rest_effective_high": [7.1], "verdict": ["T"], "sessions": [1294]})
    >>> shape(table).finding
    'Practice is T-shaped: 78 h of ukulele, and breadth worth 6.8 other skills'
    """
    named = shape[shape["verdict"].fillna("") != ""].sort_values("period")
    if named.empty:
        return nothing(ax, _why_nothing(shape, of))
    rows = named.iloc[np.unique(np.linspace(0, len(named) - 1, min(MOST_SHAPES, len(named))).round().astype(int))]
    depths = _depths(rows)
    ax = canvas(ax, 3.1)
    scale = BAR / max(rows["rest_effective"].max(), LEAST_SCALE)
    for i, row in enumerate(rows.to_dict("records")):
        _figure(ax, i, row, (depths[i] / depths.max(), scale))
        _labels(ax, i, row, (depths[i] / depths.max(), len(rows)))
    for i, start in enumerate(rows["period"]):
        note(ax, i, 0.5, _month(start, rows["period"]), dx=0, ha="center", color=INK, weight=BOLD)
    # A single shape is not drawn as wide as the page.
    spare = max(3 - len(rows), 0) / 2
    ax.set(xlim=(-0.5 - spare, len(rows) - 0.5 + spare), ylim=(-1.48, 0.6))
    ax.set_axis_off()
    _words(ax, rows, PLURALS[of], confidence)
    return ax


def _why_nothing(shape: pd.DataFrame, of: str) -> str:
    start = "There is no shape to show"
    if shape.empty:
        return f"{start}: " + ("nothing has been practised yet." if of == "skill" else f"no card names a {of} yet.")
    return f"{start}: {counted(int(shape['sessions'].max()), 'session')} so far, and it takes at least 20."


def _depths(rows: pd.DataFrame) -> np.ndarray:
    """Return how deep the stems are: hours, or sessions where no minutes are known."""
    hours = rows["depth_hours"].to_numpy(dtype=float)
    return hours if not np.isnan(hours).any() else (rows["depth_share"] * rows["sessions"]).to_numpy(dtype=float)


def _figure(ax: Axes, x: int, row: dict, size: tuple[float, float]) -> None:
    """Draw one shape; the pale part of the bar is how far its interval reaches."""
    depth, scale = size
    wide = row["rest_effective"] * scale
    reach = min(np.nan_to_num(row["rest_effective_high"], nan=0.0) * scale, ROOM)
    for width, color in ((reach, BAND), (wide, ACCENT)):
        ax.add_patch(Rectangle((x - width / 2, 0), width, THICK, color=color, lw=0))
    ax.add_patch(Rectangle((x - STEM / 2, -depth), STEM, depth + THICK * (wide > STEM), color=ACCENT, lw=0))
    ax.plot([x - ROOM / 2, x + ROOM / 2], [0, 0], color=RULE, lw=0.8, zorder=0.6)


def _labels(ax: Axes, x: int, row: dict, size: tuple[float, int]) -> None:
    depth, places = size
    note(ax, x, THICK, _others(row["rest_effective"]), dx=0, dy=4, ha="center", va="bottom",
         color=ACCENT)  # fmt: skip
    room = WIDTH * 72 / max(places, 3) * 0.92
    name = wrapped(row["deepest"], room, size=LABEL_SIZE, most=2)
    note(ax, x, -depth, "\n".join([_amount(row), *name]), dx=0, dy=-5, ha="center", va="top", linespacing=1.1)


def _amount(row: dict) -> str:
    """Return how much the deepest got."""
    if pd.isna(row["depth_hours"]):
        return counted(round(row["depth_share"] * row["sessions"]), "session")
    return duration(row["depth_hours"] * 60) if row["depth_hours"] < 10 else f"{row['depth_hours']:,.0f} h"


def _others(effective: float) -> str:
    """Return how many others there effectively are."""
    return f"{effective:.1f} {one(effective, 'others')}" if effective else "no other"


def _month(start: pd.Timestamp, starts: pd.Series) -> str:
    """Return a short name of a period."""
    monthly = all(each.day == 1 for each in starts)
    return f"{start:%b %Y}" if monthly else f"{start.day} {start:%b %Y}"


def _finding(rows: pd.DataFrame, many: str) -> str:
    """Return what shape the practice has, and whether it had another."""
    last = rows.iloc[-1]
    begins = "Practice is" if rows["verdict"].iloc[0] == last["verdict"] else "Practice has become"
    deep, rest = f"{_amount(last)} of {last['deepest']}", last["rest_effective"]
    other = f"{rest:.1f} other {one(rest, many)}"
    if last["verdict"] == "T":
        return f"{begins} T-shaped: {deep}, and breadth worth {other}"
    if last["verdict"] == "I":
        return f"{begins} I-shaped: {deep}, and " + (f"beside it only {other}" if rest else "nothing else")
    if last["verdict"] == "dash":
        return f"{begins} broad without depth: {other}, and {deep} hardly stand out"
    return f"Few {many} share the practice, and none stands out: {deep}, beside {other}"


def _words(ax: Axes, rows: pd.DataFrame, many: str, confidence: float) -> None:
    title, single = _finding(rows, many), one(1.0, many)
    sure = rows["rest_effective_high"].notna().any()
    told = [
        f"{period(row['period'], rows['period'])}: {_amount(row)} of {row['deepest']}, {_others(row['rest_effective'])}"
        for row in rows.to_dict("records")
    ]
    pale = f"; pale: up to where its {confidence:.0%} interval reaches" if sure else ""
    titled(
        ax, title, f"Stem: practice of the deepest {single} so far. Bar: effective number of the other {many}{pale}",
        alt_text=f"{title}. {capital('; '.join(told))}.",
        reading=f"The longer the stem, the deeper the one {single} that got most; the broader the bar, the more evenly "
        f"the rest is spread over other {many}. A T has both, an I only depth, a dash only breadth. Depth stands out "
        f"where it is at least twice what a typical other {single} got, and the rest is broad from 3 {many} on.",
    )  # fmt: skip
