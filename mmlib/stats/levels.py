"""Sudden changes of level beside every smooth curve: one fit for all shapes, places and lengths.

For a given shape of the curve, start and stop of the change, its size is a linear regression in closed form. The
inner products that it needs are running sums over the series, so no place is fitted on its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from mmlib.stats import intervals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORTEST = 10
"""A changed stretch has at least this many observations, and so have those before and after it."""

MOST_AUTOCORRELATION = 0.9
"""Noise that wanders more slowly than this cannot be told from changes of level."""

BEND = 4.0
"""What a curve that is not flat must improve the fit by, in noise variances."""

OUTLYING = 5.0
"""Shocks of the noise of more than this many standard deviations are cut to it."""

CLEAR = 3.0
"""The noise grows or shrinks with practice if the trend of its size is this many standard errors from none."""


class Fits(NamedTuple):
    """Every shape of curve (row) with every candidate change (column)."""

    rss: Floats
    """The residual sum of squares, with what a bend must earn added."""
    size: Floats
    information: Floats
    """One over the variance of the size, for noise of variance 1."""
    without: float
    """The least residual sum of squares of a curve without any change."""
    variance: float
    """Of the noise around the best fit."""


class Noise(NamedTuple):
    """The series as it is scanned: outliers cut, with the noise's relative size and autocorrelation."""

    y: Floats
    scale: Floats
    rho: float


def shapes_over(x: Floats, start: float) -> Floats:
    """Return the shapes of curves, one per row: flat, exponential and power, from nearly straight to sudden."""
    trials, doublings = x - start, np.log(x / start)
    gaps = np.diff(trials)
    exponential = np.geomspace(0.1 / np.ptp(trials), 2 / gaps[gaps > 0].min(), 200)
    power = np.geomspace(0.1 / np.ptp(doublings), 3 / np.log(2), 120)
    curved = [_evenly(np.exp(-np.outer(exponential, trials)), 48), _evenly(np.exp(-np.outer(power, doublings)), 24)]
    return np.vstack([np.zeros_like(x), *curved])


def _evenly(shapes: Floats, most: int) -> Floats:
    """Return some of many neighbouring shapes, so that any two neighbours among them are equally alike."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    apart = np.linalg.norm(np.diff(unit, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(apart)])
    return shapes[np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)))]


def candidates(n: int) -> tuple[Ints, Ints]:
    """Return starts and stops of all changes that last, and of changes that pass of a few lengths."""
    starts, stops = [np.arange(SHORTEST, n - SHORTEST + 1)], [np.full(n - 2 * SHORTEST + 1, n)]
    doublings = np.log2(n / 2 / SHORTEST)
    for length in np.unique(np.round(SHORTEST * 2 ** np.arange(0, doublings, 0.5)).astype(int)):
        begins = np.arange(SHORTEST, n - length - SHORTEST + 1, max(1, length // 5))
        starts.append(begins)
        stops.append(begins + length)
    return np.concatenate(starts), np.concatenate(stops)


def _whitened(values: Floats, rho: float) -> Floats:
    """Return series (rows) with AR(1) noise as series with white noise of the same size."""
    white = values - rho * np.concatenate([np.zeros_like(values[..., :1]), values[..., :-1]], axis=-1)
    white[..., 0] *= np.sqrt(1 - rho**2)
    return white / np.sqrt(1 - rho**2)


def scan(noise: Noise, shapes: Floats, fixed: Floats, starts: Ints, stops: Ints) -> Fits:
    """Fit every shape with every candidate change, beside columns that are in the model anyway."""
    n, rho, weight = noise.y.size, noise.rho, 1 / noise.scale
    basis = np.linalg.qr(_whitened(fixed * weight, rho).T)[0].T
    white = _whitened(np.vstack([noise.y, shapes]) * weight, rho)
    length = np.linalg.norm(white, axis=1)
    rest = white - white @ basis.T @ basis
    left = np.linalg.norm(rest, axis=1)
    y, unit = rest[0], rest[1:] / np.where(left > 1e-6 * length, left, np.inf)[1:, None]
    along = unit @ y
    inner, norm, cross = _steps(np.vstack([y, basis, unit]), weight, rho)
    inner = np.take(inner, starts, axis=1) - np.take(inner, stops, axis=1)
    ours = inner[1 + len(basis) :]
    total = norm[starts] + norm[stops] - 2 * cross[stops]
    # In place: the arrays are large, and most of the time is spent on fetching them.
    information = ours * ours
    np.subtract(total - np.square(inner[1 : 1 + len(basis)]).sum(axis=0), information, out=information)
    information[information <= 0.02 * total] = np.inf
    ours *= along[:, None]
    shared = np.subtract(inner[0], ours, out=ours)
    size = shared / information
    curve = y @ y - along**2
    shared *= size
    rss = np.subtract(curve[:, None], shared, out=shared)
    variance = max(float(rss.min()), 1e-12 * float(y @ y), 1e-300) / max(n - len(fixed) - 3, 1)
    bend = BEND * variance * (np.arange(len(shapes)) > 0)
    rss += bend[:, None]
    return Fits(rss, size, information, float((curve + bend).min()), variance)


def _steps(white: Floats, weight: Floats, rho: float) -> tuple[Floats, Floats, Floats]:
    """Return the inner products of whitened series with whitened steps at each place, and of steps with steps.

    A step at a, whitened, is weight[a] at a and weight[t] - rho·weight[t - 1] from then on. A step at n is none.
    """
    before = rho * np.concatenate([[0.0], weight[:-1]])
    root = np.sqrt(1 - rho**2)
    after = (weight - before) / root
    tails = np.cumsum((after * np.vstack([white, after]))[:, ::-1], axis=1)[:, ::-1]
    none = np.zeros((len(white), 1))
    inner = np.hstack([tails[:-1] + before / root * white, none])
    norm = np.append(tails[-1] - after**2 + (weight / root) ** 2, 0.0)
    cross = np.append(tails[-1] - after**2 + after * weight / root, 0.0)
    return inner, norm, cross


def clearest(
    y: Floats, noise: Noise, shapes: Floats, spans: list[tuple[int, int]]
) -> tuple[tuple[int, int], float, Noise]:
    """Return the change that improves the fit the most, by how much, and the noise around a fit that has it."""
    n = y.size
    starts, stops = candidates(n)
    due = np.where(stops < n, 2 * np.log(n / (stops - starts)) - 2, 0.0)
    for refined in (False, False, True):
        fits = scan(noise, shapes, columns(n, spans), starts, stops)
        gain = (fits.without - fits.rss.min(axis=0)) / fits.variance - due
        best = int(np.argmax(gain))
        span = (int(starts[best]), int(stops[best]))
        if not refined:
            shape = shapes[int(np.argmin(fits.rss[:, best]))]
            noise = noise_around(y, noise, np.vstack([columns(n, [*spans, span]), shape]))
    return span, float(gain[best]), noise


def columns(n: int, spans: list[tuple[int, int]]) -> Floats:
    """Return the constant and the changes in the model, one per row."""
    place = np.arange(n)
    return np.array([np.ones(n), *((place >= start) & (place < stop) for start, stop in spans)], dtype=float)


def weights(noise: Noise, columns: Floats) -> Floats:
    """Return how much of each column generalised least squares puts into the series."""
    design, target = (_whitened(rows / noise.scale, noise.rho) for rows in (columns, noise.y))
    return np.linalg.lstsq(design.T, target, rcond=None)[0]


def noise_around(y: Floats, noise: Noise, columns: Floats) -> Noise:
    """Return the noise around a fit of some columns, with its largest shocks cut."""
    fitted = weights(noise, columns) @ columns
    scale = _growth(y - fitted)
    # Shocks are cut, not their sums: cutting what already wanders would leave a redder noise than AR(1).
    shocks = _whitened((y - fitted) / scale, noise.rho)
    most = OUTLYING * (1.4826 * float(np.median(np.abs(shocks))) or float(shocks.std()))
    shocks = np.clip(shocks, -most, most)
    shocks[1:] *= np.sqrt(1 - noise.rho**2)
    residuals = signal.lfilter([1.0], [1.0, -noise.rho], shocks)
    rho = intervals.corrected_autocorrelation(residuals, len(columns) + 1)
    return Noise(fitted + residuals * scale, scale, float(np.clip(rho, 0.0, MOST_AUTOCORRELATION)))


def _growth(residuals: Floats) -> Floats:
    """Return the relative size of the noise, a power of the trial where that clearly matters, and 1 elsewhere."""
    size = np.abs(residuals)
    logs = np.log(np.maximum(size, max(0.1 * float(np.median(size)), 1e-300)))
    trial = np.log(np.arange(1.0, residuals.size + 1))
    trial -= trial.mean()
    logs -= logs.mean()
    square = trial @ trial
    slope = (trial @ logs) / square
    left = logs - slope * trial
    if not slope**2 > CLEAR**2 * (left @ left) / square / (residuals.size - 2):
        return np.ones_like(residuals)
    return np.exp(np.clip(slope, -1.0, 1.0) * trial)
