"""Where a series leaves its learning curve: sudden changes of level that last, or that pass.

The rival of every change is a smooth curve. So curve and change are fitted together, for every place of the change
and every shape of the curve at once, and the change is believed only if it improves on all curves without it by
more than chance does in 19 of 20 series.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from mmlib.stats import intervals, levels

Floats = NDArray[np.float64]

FEWEST = 30
"""Changes need at least this many observations."""

FEWEST_LEVEL = 10
"""A plateau has at least this many observations."""

FLATTER = 0.25
"""A plateau rises by less than this share of the leap after it."""

LEAST = 0.5
"""A change is at least this many standard deviations of the noise."""

MOVED = 0.5
"""The median within a change moves by at least this share of its size."""

NEAR = 10
"""The place of a change is sought within so many observations to each side."""

MOST_BLOCKS = 400
"""Longer series are averaged in blocks of neighbours, so many at most."""


class Change(NamedTuple):
    """A sudden change of level: places are indices into the series."""

    start: int
    """The first observation after the change."""
    stop: int
    """The observation at which the level is back; the length of the series where it is not."""
    first: int
    last: int
    """The confidence set of the start goes from one to the other."""
    size: float
    low: float
    high: float
    """By how much the level changes, with its interval."""


class Plateau(NamedTuple):
    """A stretch over which the level did not rise."""

    start: int
    """Its first observation."""
    size: float
    low: float
    high: float
    """By how much the level rose from its first observation to its last, with its interval."""


def changes(x: ArrayLike, y: ArrayLike, *, start: float = 1.0, confidence: float = 0.95, most: int = 6) -> list[Change]:
    """Return the sudden changes of level in a learning curve, in order of place.

    The model is y = curve(x) + Σ sizeᵢ·[startᵢ ≤ t < stopᵢ] + noise, where the curve is flat, exponential or power
    (of 72 rates), and the noise AR(1) with a size that may grow or shrink with practice. Curve and change are fitted
    together by generalised least squares, for all shapes, places and lengths; a change that passes has one of a few
    lengths, a factor √2 apart. The statistic is the largest drop of the residual sum of squares over the noise
    variance, less 2·log(n/l) - 2 for a change that passes after l of n observations (after Dümbgen & Spokoiny 2001),
    so that the many short stretches do not drown all else. It is compared with what it exceeds in 1 of 20 series
    without a change. A change that is found joins the model, and the search goes on until none is found. One that
    mostly undoes earlier ones is their end. Series of more than 400 are searched in averages of blocks.

    The start is the median of its likelihood over the 21 neighbouring places that hold the most of it, which lies
    closer to the truth than the single likeliest place. Its confidence set holds the places where the likelihood
    ratio is within -2·log(1 - √confidence) of the best (Hansen 2000). The interval of the size is that of the profile
    likelihood over all shapes and those places. Passed over are a change of less than half a standard deviation from
    one observation to the next, for in thousands of observations no form of curve is exact to that degree; one whose
    interval holds 0; and one within which the median moves by less than half as much as the mean, as outliers do.

    Parameters
    ----------
    x, y : array-like of float, shape (n,)
        Amount of practice (ascending) and performance.
    start : float, default 1
        Where practice begins on x: 1 for trials.
    confidence : float, default 0.95
        Coverage of the intervals and of the confidence sets.
    most : int, default 6
        At most this many changes.

    Returns
    -------
    list of Change
        Empty for fewer than 30 observations.

    References
    ----------
    Dümbgen, L. & Spokoiny, V. G. (2001). Multiscale testing of qualitative hypotheses. Annals of Statistics 29.
    Hansen, B. E. (2000). Sample splitting and threshold estimation. Econometrica 68, 575-603.

    Examples
    --------
    >>> trial = np.arange(1, 101)
    >>> y = 20 - 15 * np.exp(-0.1 * trial) + 10 * (trial > 60) + np.sin(9 * trial**2)
    >>> [(change.start, change.stop, round(change.size)) for change in changes(trial, y)]
    [(60, 100, 10)]
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    size = -(-y.size // MOST_BLOCKS)
    blocks = np.arange(y.size) // size
    amount, level = (np.bincount(blocks, values) / np.bincount(blocks) for values in (x, y))
    if y.size < FEWEST or np.ptp(level) <= 1e-9 * np.abs(level).max() or np.unique(amount).size < FEWEST:
        return []
    shapes = levels.shapes_over(amount, start)
    spans, noise = _search(level, shapes, most)
    found = [_described(noise, shapes, spans, i, confidence) for i in range(len(spans))]
    found = [change for change, span in zip(found, spans, strict=True) if _typical(level, noise, shapes, spans, span)]
    least = LEAST * float(np.median(np.abs(y - ndimage.median_filter(y, 9, mode="nearest")))) * 1.4826
    return _closed(sorted(_in_observations(change, y, size) for change in found if _tells(change, least)), y.size)


def _threshold(n: int, rho: float) -> float:
    """Return what the statistic exceeds in 1 of 20 series without a change, as fitted to simulated smooth curves."""
    return 12.3 + (95 / n) ** 2 + (6 + 600 / n) * rho


def plateau(y: ArrayLike, leap: float, confidence: float = 0.95) -> Plateau | None:
    """Return the longest stretch at the end of a series over which the level did not clearly rise.

    The rise is that of a straight line, with the interval that AR(1) noise asks for. It is not clear where the lower
    limit is at most 0. The rise must be under a quarter of the leap that follows, and its upper limit under the leap.

    Parameters
    ----------
    y : array-like of float, shape (n,)
        Performance up to the leap, higher = better.
    leap : float
        By how much the level rose after it.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Plateau or None
        None where no stretch of at least 10 observations is one.

    Examples
    --------
    >>> trial = np.arange(60)
    >>> found = plateau(np.minimum(trial, 20) + np.sin(9 * trial**2), leap=5.0)
    >>> found.start, round(found.size)
    (16, 1)
    """
    y = np.asarray(y, dtype=float)
    if leap <= 0 or y.size < FEWEST_LEVEL:
        return None
    lengths = np.unique(np.round(np.geomspace(FEWEST_LEVEL, y.size, 80)).astype(int))
    for length in lengths[::-1]:
        rise, low, high = _rise(y[-length:], confidence)
        if low <= 0 and rise < FLATTER * leap and high < leap:
            return Plateau(y.size - int(length), rise, low, high)
    return None


def _rise(y: Floats, confidence: float) -> tuple[float, float, float]:
    """Return the rise of a straight line from the first to the last observation, with its interval."""
    place = np.linspace(-0.5, 0.5, y.size)
    rise = float(place @ y / (place @ place))
    residuals = y - y.mean() - rise * place
    rho = max(intervals.corrected_autocorrelation(residuals, 2), 0.0)
    size = intervals.effective_size(y.size, rho)
    variance = float(residuals @ residuals) / (y.size - 2) / float(place @ place) * y.size / size
    half = intervals.t_quantile(confidence, max(size - 2, 2.0)) * np.sqrt(variance)
    return rise, float(rise - half), float(rise + half)


def _search(y: Floats, shapes: Floats, most: int) -> tuple[list[tuple[int, int]], levels.Noise]:
    """Return starts and stops of the changes, the clearest first, and the noise around them."""
    spans: list[tuple[int, int]] = []
    noise = levels.Noise(y, np.ones(y.size), 0.0)
    while len(spans) < most:
        span, gain, noise = levels.clearest(y, noise, shapes, spans)
        if gain <= _threshold(y.size, noise.rho):
            break
        spans.append(_settled(noise, shapes, levels.columns(y.size, spans), span))
    return spans, noise


def _settled(noise: levels.Noise, shapes: Floats, others: Floats, span: tuple[int, int]) -> tuple[int, int]:
    """Return the best place near a change that was found on a coarse grid: ends off the mark look like more changes."""
    (start, stop), n, least = span, noise.y.size, levels.SHORTEST
    if stop < n:
        stops = np.arange(start + least, n - least + 1)
        stop = int(stops[_fits_best(noise, shapes, others, np.full(stops.size, start), stops)])
    starts = np.arange(least, stop - least + 1)
    return int(starts[_fits_best(noise, shapes, others, starts, np.full(starts.size, stop))]), stop


def _fits_best(noise: levels.Noise, shapes: Floats, others: Floats, starts: levels.Ints, stops: levels.Ints) -> int:
    """Return which of some places leaves the least residual."""
    return int(levels.scan(noise, shapes, others, starts, stops).rss.min(axis=0).argmin())


def _described(
    noise: levels.Noise, shapes: Floats, spans: list[tuple[int, int]], which: int, confidence: float
) -> Change:
    """Return a change with the confidence set of its start and the interval of its size, beside all others."""
    n, (_, stop) = noise.y.size, spans[which]
    others = levels.columns(n, spans[:which] + spans[which + 1 :])
    starts = np.arange(levels.SHORTEST, stop - levels.SHORTEST + 1)
    fits = levels.scan(noise, shapes, others, starts, np.full(starts.size, stop))
    best, shape = fits.rss.min(axis=0), fits.rss.argmin(axis=0)
    profile = (best - best.min()) / fits.variance
    inside = starts[profile <= -2 * np.log(1 - np.sqrt(confidence))]
    room = best.min() + fits.variance * intervals.t_quantile(confidence, n - len(others) - 3) ** 2 - fits.rss
    half = np.sqrt(np.maximum(room, 0.0) / fits.information)
    likely = (room >= 0) & (starts >= inside[0]) & (starts <= inside[-1])
    place = _likeliest(np.exp(-profile / 2))
    return Change(
        start=int(starts[place]),
        stop=stop,
        first=int(min(inside[0], starts[place])),
        last=int(max(inside[-1], starts[place])),
        size=float(fits.size[shape[place], place]),
        low=float((fits.size - half)[likely].min()),
        high=float((fits.size + half)[likely].max()),
    )


def _likeliest(likelihood: Floats) -> int:
    """Return the median of the places within that window of 21 which holds the most likelihood."""
    window = np.arange(likelihood.size)[:, None] + np.arange(-NEAR, NEAR + 1)
    within = np.pad(likelihood, NEAR)[window + NEAR]
    centre = int(within.sum(axis=1).argmax())
    most = within[centre].cumsum()
    return centre - NEAR + int(np.searchsorted(most, most[-1] / 2))


def _typical(
    y: Floats, noise: levels.Noise, shapes: Floats, spans: list[tuple[int, int]], span: tuple[int, int]
) -> bool:
    """Return whether the median within a change has moved with the mean, which a few outliers would not move."""
    columns = levels.columns(y.size, [span, *(other for other in spans if other != span)])
    fits = levels.scan(noise, shapes, columns[[0, *range(2, len(columns))]], *np.array([span]).T)
    rows = np.vstack([columns, shapes[int(fits.rss.argmin())]])
    weight = levels.weights(noise, rows)
    size = weight[1]
    weight[1] = 0.0
    moved = float(np.median((y - weight @ rows)[columns[1] > 0]))
    return moved / size > MOVED


def _tells(change: Change, least: float) -> bool:
    """Return whether a change is large enough to matter and its direction is settled."""
    return abs(change.size) >= least and change.low * change.high > 0


def _closed(found: list[Change], n: int) -> list[Change]:
    """Return the changes without those that only undo earlier ones, which end with them."""
    kept: list[Change] = []
    for change in found:
        undone = [i for i, other in enumerate(kept) if other.stop == n and other.size * change.size < 0]
        total = -sum(kept[i].size for i in undone)
        if change.stop == n and undone and 0.5 < change.size / total < 1.5:
            kept = [other._replace(stop=change.start) if i in undone else other for i, other in enumerate(kept)]
        else:
            kept.append(change)
    return kept


def _in_observations(change: Change, y: Floats, size: int) -> Change:
    """Return a change found among blocks of observations at its place among the observations."""
    if size == 1:
        return change
    low, high = max((change.start - 2) * size, 0), min((change.start + 2) * size, y.size)
    near = np.arange(max(low + 1, (change.start - 1) * size), min(high - 1, (change.start + 1) * size) + 1)
    sums = np.concatenate([[0.0], np.cumsum(y[low:high] - y[low:high].mean())])
    share = (near - low) / (high - low)
    start = int(near[np.argmax(sums[near - low] ** 2 / (share * (1 - share)))])
    return change._replace(
        start=start,
        stop=min(change.stop * size, y.size),
        first=min((change.first - 1) * size, start),
        last=max(min((change.last + 1) * size, y.size - 1), start),
    )
