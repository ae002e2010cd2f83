"""The dots of a learning curve, and the range in which they are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.words import RATE

FEWEST, MOST_DOTS = 30, 40
"""From so many trials on that are only won or lost, rates are drawn instead: so many at most."""

LEAST = 10
"""A rate is that of at least so many trials in a row."""


def in_a_row(series: pd.DataFrame) -> int:
    """Return how many trials in a row make one dot: 1, but more where a trial is only won or lost."""
    seen = series["observed"].dropna()
    won_or_lost = series["unit"].iloc[0] == RATE and seen.isin([0.0, 1.0]).mean() > 0.5
    return max(LEAST, -(-len(seen) // MOST_DOTS)) if won_or_lost and len(seen) >= FEWEST else 1


HOURS = 600
"""From so many minutes of practice on the scale is in hours."""


def practised(points: pd.DataFrame) -> tuple[pd.Series, str]:
    """Return where each trial stands on the scale of practice that its curve has, and what the scale is called.

    Examples
    --------
    >>> points = pd.DataFrame({"trial": [1, 2], "minutes_total": [30.0, 660.0], "over": "minutes"})
    >>> place, name = practised(points)
    >>> place.to_list(), name
    ([0.5, 11.0], 'hours of practice')
    """
    if "over" not in points or not points["over"].eq("minutes").any():
        return points["trial"].astype(float), "trial"
    minutes = points["minutes_total"]
    return (minutes / 60, "hours of practice") if minutes.max() >= HOURS else (minutes, "minutes of practice")


def dots(series: pd.DataFrame, which: pd.Series | None = None) -> pd.DataFrame:
    """Return the place (on the scale of practice) and the observed value of each dot, of all scored trials or of some.

    Examples
    --------
    >>> wins = pd.DataFrame({"trial": range(1, 41), "observed": [0.0, 1.0] * 20, "unit": "success rate"})
    >>> dots(wins)["observed"].to_list()
    [0.5, 0.5, 0.5, 0.5]
    """
    seen, size = series.dropna(subset=["observed"]), in_a_row(series)
    seen = seen if which is None else seen[which.reindex(seen.index, fill_value=False)]
    seen = seen[["observed"]].assign(place=practised(series)[0])
    if size == 1:
        return seen
    # The last few do not make a dot of their own.
    number = np.minimum(np.arange(len(seen)) // size, max(len(seen) // size - 1, 0))
    return seen.groupby(number).mean()


def limits(series: pd.DataFrame) -> tuple[float, float]:
    """Return the range to show: a few far-off trials must not flatten all others; the curve stays in."""
    observed = dots(series)["observed"]
    low, high = observed.quantile(0.1), observed.quantile(0.9)
    reach = 3 * (high - low)
    least, most = observed.min(), observed.max()
    if reach > 0:
        least, most = max(least, low - reach), min(most, high + reach)
    # The first trials of a long series can lie, and the curve begin, far beyond all that follows.
    curve = series["fitted"].dropna().iloc[int(0.01 * len(series)) :]
    room = 0.15 * (observed.max() - observed.min())
    curve = curve.clip(observed.min() - room, observed.max() + room)
    return (min(least, curve.min()), max(most, curve.max())) if len(curve) else (least, most)


def outside(series: pd.DataFrame) -> int:
    """Return how many of the dots lie beyond that range."""
    low, high = limits(series)
    observed = dots(series)["observed"]
    return int(((observed < low) | (observed > high)).sum())
