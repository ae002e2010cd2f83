"""One skill's trials and curve as its panel shows them: the dots, and the range in which they are shown."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from mmlib.words import RATE

FEWEST, MOST_DOTS = 30, 40
"""From so many trials on that are only won or lost, rates are drawn instead: so many at most."""

LEAST = 10
"""A rate is that of at least so many trials in a row."""

FIRST = 10
"""A curve that runs off beyond its first trials is said to begin within the range of so many of them."""

HOURS = 600
"""From so many minutes of practice on the scale is in hours."""


class Curve:
    """The trials of one skill, in their order, and the curve that was fitted to them.

    Parameters
    ----------
    points : DataFrame
        The rows of one skill of what `payoff.curve_points` returned.

    Attributes
    ----------
    skill, unit : str
        The unit is "score" where none is known.
    lower : bool
        Whether lower is better.
    flat : bool
        Whether the curve says that nothing has changed.
    target : float
        Where the learner wants to be; NaN where that is not known.
    start, observed, fitted, low, high, place : ndarray
        Of each trial: when it was, what was recorded, the curve and its band (NaN where there is none), and where it
        stands.
    scale : str
        On which scale that is: "trial", or minutes or hours of practice.

    Examples
    --------
    >>> wins = pd.DataFrame({
    ...     "skill": "card trick", "unit": "success rate", "better": "higher", "model": "flat", "target": 0.9,
    ...     "trial": range(1, 41), "start": pd.to_datetime("2026-10-01"), "observed": [0.0, 1.0] * 20, "fitted": 0.5,
    ...     "low": 0.4, "high": 0.6})
    >>> curve = Curve(wins)
    >>> place, rates = curve.dots()
    >>> rates.tolist(), place.tolist()
    ([0.5, 0.5, 0.5, 0.5], [5.5, 15.5, 25.5, 35.5])
    """

    def __init__(self, points: pd.DataFrame) -> None:
        points = points.sort_values("trial")
        one = points.iloc[0]
        self.skill = one["skill"]
        self.unit = "score" if pd.isna(one["unit"]) or not one["unit"] else str(one["unit"])
        self.lower, self.flat, self.target = one["better"] == "lower", one["model"] == "flat", one["target"]
        values = (points[name].to_numpy(float, na_value=np.nan) for name in ("observed", "fitted", "low", "high"))
        self.observed, self.fitted, self.low, self.high = values
        self.start = points["start"].to_numpy()
        self.place, self.scale = _practised(points)
        self.seen = ~np.isnan(self.observed)

    @cached_property
    def in_a_row(self) -> int:
        """How many trials in a row make one dot: 1, but more where a trial is only won or lost."""
        seen = self.observed[self.seen]
        won_or_lost = self.unit == RATE and np.isin(seen, (0, 1)).mean() > 0.5
        return max(LEAST, -(-len(seen) // MOST_DOTS)) if won_or_lost and len(seen) >= FEWEST else 1

    def dots(self, which: np.ndarray | bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Return the place and the observed value of each dot, of all scored trials or of some."""
        chosen = self.seen & which
        place, observed = self.place[chosen], self.observed[chosen]
        if self.in_a_row == 1 or not len(place):
            return place, observed
        # The last few do not make a dot of their own.
        number = np.minimum(np.arange(len(place)) // self.in_a_row, max(len(place) // self.in_a_row - 1, 0))
        count = np.bincount(number)
        return np.bincount(number, place) / count, np.bincount(number, observed) / count

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The range to show: a few far-off trials must not flatten all others; the curve stays in."""
        observed = self.dots()[1]
        low, high = np.percentile(observed, (10, 90))
        reach = 3 * (high - low)
        bottom, top = least, most = observed.min(), observed.max()
        if reach > 0:
            least, most = max(bottom, low - reach), min(top, high + reach)
        # The first trials of a long series can lie, and the curve begin, far beyond all that follows.
        curve = self.fitted[~np.isnan(self.fitted)][int(0.01 * len(self.fitted)) :]
        room = 0.15 * (top - bottom)
        curve = curve.clip(bottom - room, top + room)
        return (min(least, curve.min()), max(most, curve.max())) if len(curve) else (least, most)

    @cached_property
    def outside(self) -> int:
        """How many of the dots lie beyond that range."""
        (low, high), (_, observed) = self.limits, self.dots()
        return int(((observed < low) | (observed > high)).sum())

    @cached_property
    def level(self) -> float:
        """Where the curve ends; NaN without one."""
        known = self.fitted[~np.isnan(self.fitted)]
        return float(known[-1]) if len(known) else np.nan

    @cached_property
    def ends(self) -> tuple[float, float] | None:
        """The curve at the first (no further off than the first few) and last scored trial; None without one."""
        fitted = self.fitted[self.seen & ~np.isnan(self.fitted)]
        if self.flat or not len(fitted):
            return None
        begin = self.observed[self.seen][:FIRST]
        return float(np.clip(fitted[0], begin.min(), begin.max())), float(fitted[-1])

    @cached_property
    def changed(self) -> int:
        """1 where the bands around the curve's two ends are apart, the end on the better side; -1 on the worse."""
        apart = np.flatnonzero(self.seen & ~np.isnan(self.fitted + self.low + self.high))
        if self.ends is None or not len(apart):
            return 0
        first, last = apart[0], apart[-1]
        up, down = self.low[last] > self.high[first], self.high[last] < self.low[first]
        return (int(up) - int(down)) * (-1 if self.lower else 1)


def _practised(points: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Return where each trial stands on the scale of practice that its curve has, and what the scale is called.

    Examples
    --------
    >>> points = pd.DataFrame({"trial": [1, 2], "minutes_total": [30.0, 660.0], "over": "minutes"})
    >>> place, name = _practised(points)
    >>> place.tolist(), name
    ([0.5, 11.0], 'hours of practice')
    """
    if "over" not in points or not points["over"].eq("minutes").any():
        return points["trial"].to_numpy(float), "trial"
    minutes = points["minutes_total"].to_numpy(float, na_value=np.nan)
    return (minutes / 60, "hours of practice") if np.nanmax(minutes) >= HOURS else (minutes, "minutes of practice")
