"""When a fitted curve reaches a target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmlib.stats.inference import Inference
from mmlib.stats.series import blocks

Floats = NDArray[np.float64]

STEPS = 600
HORIZON = 100.0
"""How far to look ahead, as a multiple of the practice so far."""


def reach(
    around: Inference,
    target: Floats,
    higher_is_better: NDArray[np.bool_],
    *,
    since: Floats | None = None,
    horizon: float = HORIZON,
) -> tuple[Floats, Floats, Floats]:
    """Return the amount of practice at which each curve's mean reaches its target, with its interval.

    The interval holds every amount at which the band around the mean holds the target: it is as good as that band.

    Parameters
    ----------
    around : Inference
        The fitted curves with their bands.
    target : ndarray, shape (m,)
        In the unit of performance.
    higher_is_better : ndarray of bool, shape (m,)
        From which side the target is approached.
    since : ndarray, shape (m,), optional
        The amount from which to look, in units of z; by default the first, 1.
    horizon : float, default 100
        How far to look, as a multiple of the practice so far.

    Returns
    -------
    estimate, low, high : ndarray, shape (m,)
        In units of z, from `since` on: where the mean, and the worse end of its band, come to the target for good, and
        where the better end of the band first comes to it. Infinite where that is not within the horizon.

    Examples
    --------
    >>> from mmlib.stats.curves import fit
    >>> from mmlib.stats.inference import inference
    >>> from mmlib.stats.series import Series
    >>> z = np.arange(1, 41.0)
    >>> series = Series(z, 50 - 40 * np.exp(-0.05 * (z - 1))[None, :], np.full((1, 40), True))
    >>> around = inference(series, fit(series, "exponential"), 0.95, np.array([False]))
    >>> found, low, high = reach(around, np.array([48.0]), np.array([True]))
    >>> found.round(2), (1 + np.log(40 / 2) / 0.05).round(2)
    (array([60.92]), np.float64(60.91))
    """
    since = np.ones_like(around.last) if since is None else since
    found = np.full((3, len(target)), np.inf)
    for rows in blocks(len(target), STEPS):
        part = around._replace(
            fits=around.fits.take(rows),
            last=around.last[rows],
            tables=around.tables[:, rows],
            factor=around.factor[rows],
        )
        found[:, rows] = _reach(part, target[rows], higher_is_better[rows], since[rows], horizon)
    return found[0], found[1], found[2]


def _reach(
    around: Inference, target: Floats, higher_is_better: NDArray[np.bool_], since: Floats, horizon: float
) -> tuple[Floats, Floats, Floats]:
    steps = np.linspace(0.0, 1.0, STEPS)
    z = since[:, None] * np.exp(steps * np.log(np.maximum(around.last * horizon / since, 1.01))[:, None])
    mean, half = around.band(z)
    sign = np.where(higher_is_better, 1.0, -1.0)[:, None]
    short = sign * (target[:, None] - mean)
    return _crossing(z, short, last=True), _crossing(z, short - half), _crossing(z, short + half, last=True)


def _crossing(z: Floats, short: Floats, *, last: bool = False) -> Floats:
    """Return where what is short of the target first falls to zero, or from where on it stays there."""
    rows, width = np.arange(len(z)), z.shape[1]
    away = short > 0
    place = width - np.argmax(away[:, ::-1], axis=1) if last else np.argmin(away, axis=1)
    place = np.where(away.any(axis=1), place, 0)
    never = away.all(axis=1) | (place >= width)
    k = np.clip(place, 1, width - 1)
    before, after = short[rows, k - 1], short[rows, k]
    share = np.where(before > after, before / np.where(before > after, before - after, 1.0), 0.0)
    found = np.exp(np.log(z[rows, k - 1]) + np.clip(share, 0, 1) * np.log(z[rows, k] / z[rows, k - 1]))
    return np.where(never, np.inf, np.where(place == 0, z[:, 0], found))
