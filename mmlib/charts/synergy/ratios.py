"""What charts of ratios share: a logarithmic scale around 1, limits that run over its ends, and numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.style import RULE
from mmlib.words import number

INFINITY = "∞"
WIDEST = 8.0
"""A scale reaches at most so many times as far as the estimates; limits beyond it become arrows."""


def times(value: float) -> str:
    """Return a ratio as one says it.

    Examples
    --------
    >>> times(4.26), times(0.314), times(float("inf")), times(1059.6), times(0.0004)
    ('4.3', '0.31', '∞', '1,060', '0')
    """
    if np.isinf(value):
        return INFINITY
    shown = round(value, -1) if value >= 1000 else round(value, 1) if value >= 1 else value
    return number(shown)


def span(low: float, high: float) -> str:
    """Return an interval of ratios in words.

    Examples
    --------
    >>> span(1.35, 27.3), span(0.0, 4.9), span(0.8, float("inf"))
    ('1.4 to 27.3', 'at most 4.9', 'at least 0.8')
    """
    if np.isinf(high) and low == 0:
        return "anything"
    if np.isinf(high):
        return f"at least {times(low)}"
    return f"at most {times(high)}" if low == 0 else f"{times(low)} to {times(high)}"


def ratio_axis(ax: Axes, estimates: Sequence[float], limits: Sequence[float], *, least: float = 4.0) -> None:
    """Give the x-axis a logarithmic scale from 1/least to `least` or further, with the estimates and most limits."""
    dots = np.asarray(estimates, dtype=float)
    dots = dots[np.isfinite(dots) & (dots > 0)]
    ends = np.asarray(limits, dtype=float)
    ends = ends[np.isfinite(ends) & (ends > 0)]
    low, high = min(dots.min(initial=1.0), 1.0), max(dots.max(initial=1.0), 1.0)
    left = max(min(ends.min(initial=1.0), low / 1.5, 1 / least), low / WIDEST)
    right = min(max(ends.max(initial=1.0), high * 1.5, least), high * WIDEST)
    ax.set_xscale("log")
    ax.set_xlim(left / 1.15, right * 1.15)
    first, last = np.log(left) / np.log(2), np.log(right) / np.log(2)
    step = max(1, int(np.ceil((last - first) / 7)))
    powers = [power for power in range(-60, 61) if power % step == 0 and first - 0.1 <= power <= last + 0.1]
    ax.set_xticks([2.0**power for power in powers], [_fraction(power) for power in powers])
    ax.set_xticks([], minor=True)
    ax.axvline(1, color=RULE, lw=1.2, zorder=0.9)


def _fraction(power: int) -> str:
    return f"{2**power:,}" if power >= 0 else f"1/{2**-power:,}"


def ratio_intervals(ax: Axes, table: pd.DataFrame, *, offset: float, color: str, size: float = 7) -> None:
    """Draw each row's estimate and interval; what runs over the scale's ends becomes an arrow."""
    left, right = ax.get_xlim()
    for row, (estimate, low, high) in enumerate(table[["estimate", "low", "high"]].to_numpy(float)):
        if np.isnan(low):
            continue
        y = row + offset
        ax.hlines(y, max(low, left), min(high, right), color=color, lw=2.6, alpha=0.45)
        for over, end, mark in ((low < left, left, "<"), (high > right, right, ">")):
            if over:
                ax.plot(end, y, mark, color=color, ms=6, alpha=0.8, clip_on=False, mew=0)
        if left <= estimate <= right:
            ax.plot(estimate, y, "o", color=color, ms=size)
