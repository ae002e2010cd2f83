"""Profile likelihood limits of logistic growth: how far may a size go before the likelihood has dropped?"""

from __future__ import annotations

import numpy as np

from mmlib.stats.binomial import (
    Bools,
    Floats,
    Ints,
    Slope,
    Trials,
    chance,
    definite,
    inner,
    shortened,
    slope,
    solved,
    without,
)

ASYMPTOTE, GAIN, RATE = range(3)
STEPS = 40
LEVEL = 5.0
DROPPED = 1e-3
"""A limit is reached when the likelihood's drop is right within this share of it."""


def sizes(parameters: Floats) -> Floats:
    """Return asymptote, gain and rate of each series, one row per series.

    Examples
    --------
    >>> sizes(np.array([[0.0, 2.0, np.log(0.1)]])).round(2)
    array([[0.88, 0.38, 0.1 ]])
    """
    first, last = chance(parameters[:, 0]), chance(parameters[:, 1])
    return np.stack([last, last - first, np.exp(parameters[:, 2])], -1)


def limits(parameters: Floats, trials: Trials, drop: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the lowest and the highest asymptote, gain and rate whose log-likelihood is within a drop of the best.

    Parameters
    ----------
    parameters : ndarray, shape (m, 3)
        The maximum-likelihood ones.
    trials : Trials
        The m series.
    drop : ndarray, shape (m,)
        By how much the log-likelihood may fall, the other parameters being free: half a squared t quantile.

    Returns
    -------
    low, high : ndarray, shape (m, 3)
        Asymptote, gain, rate.
    slowest : ndarray, shape (m, 3)
        The parameters of the best curve at the lowest rate.

    Examples
    --------
    >>> made = np.array([[10.0, 20, 30, 60, 80, 80, 80, 80]])
    >>> series = Trials(np.arange(8.0)[None], made, np.full((1, 8), 100.0), np.array([0.01]), np.array([2.0]))
    >>> low, high, _ = limits(np.array([[-2.58, 1.57, -0.06]]), series, np.array([1.92]))
    >>> low.round(2), high.round(2)
    (array([[0.74, 0.64, 0.67]]), array([[0.93, 0.84, 1.61]]))
    """
    m = len(parameters)
    rows, aim = np.tile(np.arange(m), 6), np.repeat([ASYMPTOTE, GAIN, RATE] * 2, m)
    sign = np.repeat([-1.0, 1.0], 3 * m)
    found = _furthest(parameters[rows], trials.rows(rows), drop[rows], aim, sign)
    reached = sizes(found)[np.arange(6 * m), aim].reshape(2, 3, m)
    return reached[0].T, reached[1].T, found.reshape(2, 3, m, 3)[0, RATE]


def _furthest(parameters: Floats, trials: Trials, drop: Floats, aim: Ints, sign: Floats) -> Floats:
    """Return where a size is largest (sign 1) or smallest (sign -1) with the likelihood within the drop.

    Each step goes to the furthest point at which a parabola through the likelihood is within the drop
    (sequential quadratic programming); a step that drops far too low is taken back and tried shorter.
    """
    low, high = trials.bounds
    floor, reach, active = slope(parameters, trials).value - drop, np.ones(len(drop)), np.arange(len(drop))
    # From 0 or 1 there is no way back, for the likelihood is level there: begin a little inside where that may be.
    inside = np.concatenate([np.clip(parameters[:, :2], -LEVEL, LEVEL), parameters[:, 2:]], -1)
    allowed = slope(inside, trials).value >= floor
    parameters = np.where(allowed[:, None], inside, parameters)
    now = slope(parameters, trials)
    for _ in range(STEPS):
        at, here, some = parameters[active], Slope(*(part[active] for part in now)), trials.rows(active)
        lean, bend = _towards(at, aim[active], sign[active])
        step = _step(here._replace(value=here.value - floor[active]), lean, bend, at <= low[active], at >= high[active])
        there = np.clip(at + shortened(step, reach[active]), low[active], high[active])
        tried = slope(there, some)
        fine = tried.value >= floor[active] - 0.5 * drop[active]
        won = active[fine]
        parameters[won] = there[fine]
        for part, new in zip(now, tried, strict=True):
            part[won] = new[fine]
        reach[active] = np.where(fine, np.minimum(2 * reach[active], 1.0), reach[active] / 3)
        settled = np.abs(inner(lean, there - at)) < 1e-4 * np.abs(lean).max(-1)
        exact = np.abs(tried.value - floor[active]) < DROPPED * drop[active]
        active = active[~(fine & ((settled & exact) | (np.abs(there - at).max(-1) < 1e-6)))]
        if not active.size:
            break
    return parameters


def _towards(parameters: Floats, aim: Ints, sign: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of the size that is aimed at, and the diagonal of its second derivatives.

    The asymptote is aimed at as its logit and the rate as its log, which are parameters.
    """
    p = chance(parameters[:, :2]) * [[-1.0, 1.0]]
    spread = p * (1 - np.abs(p))
    gain = (aim == GAIN)[:, None]
    lean = np.stack([np.zeros_like(sign), aim == ASYMPTOTE, aim == RATE], -1)
    lean[:, :2] += gain * spread
    bend = np.zeros_like(parameters)
    bend[:, :2] = gain * spread * (1 - 2 * np.abs(p))
    return lean * sign[:, None], bend * sign[:, None]


def _step(here: Slope, lean: Floats, bend: Floats, at_low: Bools, at_high: Bools) -> Floats:
    """Return the step to the furthest point on the parabola; a parameter stays at a bound that it would leave."""
    held = np.zeros(lean.shape, dtype=bool)
    for _ in range(2):
        observed = without(here.observed, held)
        curved = np.where(definite(observed)[:, None, None], observed, without(here.information, held))
        uphill, along = np.where(held, 0.0, here.gradient), np.where(held, 0.0, lean)
        step, price = _parabola(here.value, uphill, curved, along)
        # The size itself is curved: what it gains on the way counts against the likelihood's own curvature.
        flatter = curved - (price[:, None] * np.where(held, 0.0, bend))[:, :, None] * np.eye(3)
        fit = definite(flatter)
        better, _ = _parabola(here.value, uphill, np.where(fit[:, None, None], flatter, curved), along)
        step = np.where(fit[:, None], better, step)
        held = (at_low & (step < 0)) | (at_high & (step > 0))
    return np.where(held, 0.0, step)


def _parabola(above: Floats, uphill: Floats, curved: Floats, along: Floats) -> tuple[Floats, Floats]:
    """Return the step furthest along a direction to where a parabola is 0, and what a unit of likelihood buys."""
    top, side = solved(curved, uphill), solved(curved, along)
    room = np.maximum(2 * above + inner(uphill, top), 0.0)
    price = np.sqrt(room / np.maximum(inner(along, side), 1e-30))
    return top + price[:, None] * side, price
