"""Learning curves: what was recorded trial by trial, and the curve that was fitted to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import WIDTH, canvas, lowest, note, nothing, small_multiples, target_line, wrapped
from mmlib.charts.payoff.curve_dots import Curve
from mmlib.charts.payoff.curve_words import curve_words, small_finding
from mmlib.charts.style import ACCENT, BAND, BOLD, HIGHLIGHT, MUTED, OBSERVED, TARGET, styled
from mmlib.words import RATE, measured, number

RASTERED = 400  # more dots than this become a picture inside the SVG, or a report would weigh megabytes
LINE_POINTS = 300
NO_TRIALS = "There are no learning curves to show: no trial has a score yet."


@styled
def learning_curves(points: pd.DataFrame, *, since: object = None, most: int = 9) -> np.ndarray:
    """Draw one small panel per skill: every trial, the fitted curve with its band, and the target.

    Many trials that are only won or lost are drawn as the success rates of so many in a row.

    Parameters
    ----------
    points : DataFrame
        What `payoff.curve_points` returned, for one learner.
    since : date, optional
        Trials from this date on are highlighted, and skills with most of them come first.
    most : int
        How many skills to draw.

    Returns
    -------
    ndarray of Axes
        Panels in rows and columns; unused ones are hidden.

    Examples
    --------
    >>> points = pd.DataFrame({
    ...     "skill": "juggling", "trial": [1, 2, 3], "start": pd.to_datetime(["2026-10-01"] * 3),
    ...     "observed": [30.0, 52.0, 60.0], "fitted": [34.0, 50.0, 61.0], "low": [28.0, 45.0, 57.0],
    ...     "high": [40.0, 55.0, 65.0], "better": "higher", "unit": "catches", "target": 100.0, "model": "power"})
    >>> learning_curves(points)[0, 0].finding
    'Juggling went from 34 to 61 catches over 3 trials'
    """
    scored = points.dropna(subset=["observed"])
    if scored.empty:
        return np.array([[nothing(None, NO_TRIALS)]])
    since = None if since is None else pd.Timestamp(since)
    names = _order(scored, since)
    shown = [Curve(points[points["skill"] == name]) for name in names[:most]]
    columns = 1 if len(shown) == 1 else 2 if len(shown) in (2, 4) else 3
    axes = small_multiples(len(shown), columns, 2.0 if columns == 3 else 2.5)
    mixed = not all(curve.lower for curve in shown)
    for ax, curve in zip(axes.flat, shown, strict=False):
        _panel(ax, curve, since, width=WIDTH * 72 / columns - 30)
        if mixed and curve.lower:
            _note_lower(ax)
    for ax, curve in zip(axes.flat, shown, strict=False):
        # Trials are named once for each column; minutes and hours may stand side by side.
        if curve.scale != "trial" or ax in lowest(axes, len(shown)):
            ax.set_xlabel(curve.scale)
    curve_words(axes, shown, since, len(names))
    return axes


@styled
def learning_curve(points: pd.DataFrame, *, since: object = None, ax: Axes | None = None) -> Axes:
    """Draw one skill's learning curve, large: every trial, the fitted curve with its band, and the target.

    Many trials that are only won or lost are drawn as the success rates of so many in a row.

    Parameters
    ----------
    points : DataFrame
        What `payoff.curve_points` returned, for one learner and one skill; of several skills the one with most
        trials is drawn.
    since : date, optional
        Trials from this date on are highlighted.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> learning_curve(pd.DataFrame({"skill": [], "observed": []})).alt_text
    'There are no learning curves to show: no trial has a score yet.'
    """
    scored = points.dropna(subset=["observed"])
    if scored.empty:
        return nothing(ax, NO_TRIALS)
    since = None if since is None else pd.Timestamp(since)
    curve = Curve(points[points["skill"] == _order(scored, None)[0]])
    ax = canvas(ax, 3.4)
    _draw(ax, curve, since)
    ax.set(xlabel=curve.scale, ylabel=curve.unit)
    curve_words(ax, [curve], since, 1)
    return ax


def _order(scored: pd.DataFrame, since: pd.Timestamp | None) -> list[str]:
    recent = scored["start"] >= since if since is not None else pd.Series(True, index=scored.index)
    counts = pd.DataFrame({"skill": scored["skill"], "recent": recent.astype(int), "all": 1})
    counts = counts.groupby("skill", as_index=False).sum()
    return counts.sort_values(["recent", "all", "skill"], ascending=[False, False, True])["skill"].to_list()


def _panel(ax: Axes, curve: Curve, since: pd.Timestamp | None, *, width: float) -> None:
    _draw(ax, curve, since)
    ax.set_title(wrapped(curve.skill, width, size=12, weight=BOLD, most=1)[0], pad=22)
    line = wrapped(small_finding(curve), width, size=10.5, most=1)[0]
    ax.annotate(line, (0, 1), xytext=(0, 7), xycoords="axes fraction", textcoords="offset points", va="bottom",
                size=10.5, color=MUTED)  # fmt: skip


def _draw(ax: Axes, curve: Curve, since: pd.Timestamp | None) -> None:
    _line(ax, curve)
    recent = curve.start >= since if since is not None else np.zeros(len(curve.start), dtype=bool)
    for which, color, z in ((~recent, OBSERVED, 2.1), (recent, HIGHLIGHT, 2.2)):
        place, observed = curve.dots(which)
        many = len(place) > RASTERED
        if len(place):
            ax.plot(place, observed, "o", color=color, zorder=z, rasterized=many,
                    ms=2.4 if many else 3.6, alpha=0.25 if len(place) > 4000 else 0.5 if many else 0.8)  # fmt: skip
    _scales(ax, curve, *_target(ax, curve, *curve.limits))


def _scales(ax: Axes, curve: Curve, low: float, high: float) -> None:
    pad = 0.06 * (high - low) or max(abs(high) * 0.1, 0.5)
    ax.set_ylim(low - pad, high + pad * (3 if curve.lower else 1))
    most = np.nanmax(curve.place)
    first, last = (1, max(most, 2)) if curve.scale == "trial" else (0, most if most > 0 else 1)
    ax.set_xlim(first - 0.03 * last, last * 1.03)
    ax.xaxis.set_major_locator(MaxNLocator(3, integer=True, prune=None))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    unit = RATE if curve.unit == RATE else None
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: measured(value, unit)))
    ax.grid(False, axis="x")


def _note_lower(ax: Axes) -> None:
    ax.annotate("lower is better", (1, 1), xytext=(-2, -2), xycoords="axes fraction", va="top", ha="right",
                textcoords="offset points", size=10, color=MUTED, zorder=4)  # fmt: skip


def _line(ax: Axes, curve: Curve) -> None:
    known = np.flatnonzero(~np.isnan(curve.fitted))
    if not len(known):
        return
    line = known[np.unique(np.linspace(0, len(known) - 1, min(len(known), LINE_POINTS)).astype(int))]
    ax.fill_between(curve.place[line], curve.low[line], curve.high[line], color=BAND, alpha=0.75, lw=0, zorder=2)
    ax.plot(curve.place[line], curve.fitted[line], color=ACCENT, lw=2.2, zorder=3)


def _target(ax: Axes, curve: Curve, low: float, high: float) -> tuple[float, float]:
    target = curve.target
    if pd.isna(target):
        return low, high
    # The label stands on the side of the line that the learner has not reached yet.
    under, words = curve.lower, f"target {measured(target, RATE if curve.unit == RATE else None)}"
    look = {"size": 10, "color": TARGET, "zorder": 4, "va": "top" if under else "bottom"}
    reach = 0.8 * (high - low)
    if low - reach <= target <= high + reach:
        target_line(ax, target)
        note(ax, 1, target, words, dx=0, dy=-3 if under else 2, **look)
        room = 0.14 * (max(high, target) - min(low, target))
        return min(low, target - room * under), max(high, target + room * (not under))
    above = target > high
    look |= {"va": "top" if above else "bottom", "xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(f"{words} {'↑' if above else '↓'}", (0, above), xytext=(3, -2 if above else 3), **look)
    return low, high
