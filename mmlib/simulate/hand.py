"""Simulated hands: circles and mirror traces as the drills' page sends them, with a learning curve that is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mmlib.simulate.randomness import learned

Floats = NDArray[np.float64]

STAGE = 1000.0
PAUSE = 12
"""Seconds from one attempt's start to the next, at least."""

WAVES = np.arange(2, 8)
"""A hand's circle is off in slow waves, so many to a turn; the slower, the higher."""


def circles(
    n: int,
    seed: int = 0,
    *,
    asymptote: float = 2.5,
    gain: float = 6.0,
    rate: float = 0.2,
    noise: float = 0.15,
    start: str = "2026-11-02 18:00",
) -> list[dict[str, Any]]:
    """Return circles as a learner draws them, for the circle drill's `practise`.

    The expected deviation of trial N is asymptote + gain·e^(-rate (N - 1)), in per cent of the radius; each circle's
    own is that times log-normal noise with mean 1. Its shape is a sum of two to seven waves to a turn, and no two are
    the same. The first circles of a longer series are those of a shorter one.

    Parameters
    ----------
    n : int
        How many.
    seed : int, default 0
        The simulation's chance.
    asymptote : float, default 2.5
        The deviation after endless practice, in per cent.
    gain : float, default 6
        From the first trial to the asymptote, in per cent.
    rate : float, default 0.2
        The share of what is left that each trial closes is 1 - e^(-rate).
    noise : float, default 0.15
        The standard deviation of the logarithm of the noise.
    start : str
        When the first was drawn.

    Returns
    -------
    list of dict
        id, start, seconds, points ([[x, y], …]) and pointer.

    Examples
    --------
    >>> first, second = circles(2, seed=3)
    >>> first["id"], second["start"], len(first["points"])
    ('circle-3-1', '2026-11-02T18:00:12', 160)
    """
    curve = {"form": "exponential", "asymptote": asymptote, "gain": gain, "rate": rate}
    expected = learned(curve, np.arange(1, n + 1), "lower")
    moment, attempts = pd.Timestamp(start), []
    for trial, mean in enumerate(expected, start=1):
        rng = np.random.default_rng([seed, trial])
        deviation = mean / 100 * np.exp(noise * rng.standard_normal() - noise**2 / 2)
        seconds = round(float(rng.uniform(2.5, 6)), 3)
        points = _circle(rng, deviation)
        attempts.append(_attempt(f"circle-{seed}-{trial}", moment, seconds, points.round(1)))
        moment += pd.Timedelta(seconds=PAUSE)
    return attempts


def _circle(rng: np.random.Generator, deviation: float, points: int = 160) -> Floats:
    """Return a stroke whose distance from its circle is so large in the root mean square."""
    height = rng.standard_normal(len(WAVES)) / WAVES
    height *= deviation / np.sqrt(np.sum(height**2) / 2)
    way = rng.choice([-1, 1])
    angle = rng.uniform(0, 2 * np.pi) + way * np.linspace(0, 2 * np.pi, points)
    shift = rng.uniform(0, 2 * np.pi, len(WAVES))
    radius = rng.uniform(220, 340) * (1 + np.sin(np.outer(angle, WAVES) + shift) @ height)
    centre = STAGE / 2 + rng.uniform(-60, 60, 2)
    return centre + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def traces(
    n: int,
    outline: ArrayLike,
    half_width: float,
    seed: int = 0,
    *,
    curve: Sequence[float] = (18.0, 60.0, 0.25),
    start: str = "2026-11-02 18:30",
) -> list[dict[str, Any]]:
    """Return rounds along an outline as a learner traces them in the mirror, for the mirror star's `practise`.

    The expected score of trial N, seconds and errors together, is asymptote + gain·e^(-rate (N - 1)); each round's own
    is that times log-normal noise of 10 %, and about a quarter of it are errors. The line wanders within the band, and
    leaves it once for each error.

    Parameters
    ----------
    n : int
        How many.
    outline : array-like of float, shape (m, 2)
        The corners in order, of the drill: `drill.outline`.
    half_width : float
        Half of the band's width: `drill.half_width`.
    seed : int, default 0
        The simulation's chance.
    curve : (float, float, float)
        Asymptote, gain and rate.
    start : str
        When the first round began.

    Returns
    -------
    list of dict
        id, start, seconds, points ([[x, y, seconds], …]) and pointer.

    Examples
    --------
    >>> square = [[100, 100], [900, 100], [900, 900], [100, 900], [100, 100]]
    >>> [len(attempt["points"]) for attempt in traces(2, square, 40.0)]
    [1000, 1000]
    """
    numbers = dict(zip(("asymptote", "gain", "rate"), curve, strict=True))
    expected = learned({"form": "exponential", **numbers}, np.arange(1, n + 1), "lower")
    moment, attempts = pd.Timestamp(start), []
    for trial, mean in enumerate(expected, start=1):
        rng = np.random.default_rng([seed, trial, 1])
        score = mean * np.exp(0.1 * rng.standard_normal() - 0.005)
        errors = min(int(rng.poisson(score / 4)), int(0.8 * score))
        seconds = round(float(score - errors), 1)
        points = _trace(rng, np.asarray(outline, dtype=float), half_width, errors)
        timed = np.column_stack([points.round(1), np.linspace(0, seconds, len(points)).round(3)])
        attempts.append(_attempt(f"mirror-star-{seed}-{trial}", moment, seconds, timed))
        moment += pd.Timedelta(seconds=PAUSE + round(seconds))
    return attempts


def _trace(rng: np.random.Generator, outline: Floats, half_width: float, errors: int, points: int = 1000) -> Floats:
    """Return a line along an outline that leaves its band so many times."""
    sides = np.diff(outline, axis=0)
    lengths = np.hypot(*sides.T)
    at = np.linspace(0, lengths.sum() * (1 - 1e-9), points)
    side = np.searchsorted(np.cumsum(lengths), at, side="right")
    along = (at - np.r_[0, np.cumsum(lengths)][side]) / lengths[side]
    across = np.column_stack([-sides[:, 1], sides[:, 0]])[side] / lengths[side, None]
    # Half a wave to each bulge, all apart: at the middle half of the sides, so that no corner is cut.
    wave = np.sin(2 * np.pi * along[:, None] * [1, 2, 3]) @ (0.15 * rng.standard_normal(3)).clip(-0.3, 0.3)
    each = np.bincount(rng.permutation(errors) % len(sides), minlength=len(sides))
    inner = np.clip((along - 0.25) / 0.5, 0, 1)
    bulge = np.abs(np.sin(np.pi * inner * each[side])) * 1.6
    offset = half_width * np.where(each[side] > 0, bulge, wave.clip(-0.8, 0.8))
    # Outwards, away from the neighbouring sides, whichever way the outline goes round.
    area = np.sum(outline[:-1, 0] * outline[1:, 1] - outline[1:, 0] * outline[:-1, 1])
    return outline[side] + along[:, None] * sides[side] - np.sign(area) * offset[:, None] * across


def _attempt(name: str, moment: pd.Timestamp, seconds: float, points: Floats) -> dict[str, Any]:
    return {
        "id": name,
        "start": moment.isoformat(),
        "seconds": seconds,
        "points": points.tolist(),
        "pointer": "mouse",
    }
