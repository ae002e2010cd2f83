"""The forms of a learning curve, each as A + D·e^(-T·v(z)): asymptote, distance of the start from it, shape.

z is the amount of practice in units of its beginning, so that z = 1 is the first trial. v rises from 0 there to 1
at the last observation, and T is how far the curve decays over all the data: e^(-T) of the distance is left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_DECAY = 0.1
"""The slowest curve that is considered closes a tenth of the way: it is nearly a straight line."""

MOST_PRIOR = 10.0
"""The most prior practice that is considered, as a multiple of the practice in the data."""


class Form(NamedTuple):
    """A form: its name, how many parameters it has, and the grid on which its shape is first searched."""

    name: str
    parameters: int
    decays: int
    shapes: int


FORMS = {
    form.name: form
    for form in (
        Form("flat", 1, 0, 0),
        Form("exponential", 3, 48, 1),
        Form("power", 3, 48, 1),
        Form("power_prior", 4, 32, 12),
        Form("apex", 4, 32, 9),
    )
}
"""flat A; exponential A + D·e^(-r(z-1)); power A + D·z^(-c); power_prior A + D·((z+E)/(1+E))^(-c); apex
A + D·e^(-α(z-1))·z^(-β)."""


class Shape(NamedTuple):
    """v, and its first and second derivative by the second parameter (None for forms that have none)."""

    v: Floats
    slope: Floats | None = None
    bend: Floats | None = None


def second_limit(form: str, last: Floats) -> Floats:
    """Return the upper limit of the second parameter: log(1+E) for power_prior, the exponential share for apex."""
    if form == "power_prior":
        return np.log1p(MOST_PRIOR * last)
    return np.ones_like(last) if form == "apex" else np.zeros_like(last)


def decay_limit(form: str, first: Floats, last: Floats) -> Floats:
    """Return the fastest decay that is considered: e^-2 is left after the second amount of practice.

    For the forms with two parameters it is that of the exponential, which is the fastest of all.
    """
    if form == "power":
        return 2.0 * np.log(last) / np.log(first)
    return 2.0 * (last - 1.0) / (first - 1.0)


def shape(form: str, z: Floats, last: Floats, second: Floats, *, derivatives: bool = True) -> Shape:
    """Return v at z, shape (m, n), for series that end at `last`, shape (m, 1), and its derivatives.

    Parameters
    ----------
    form : str
        A name from FORMS, other than flat.
    z : ndarray, shape (n,) or (m, n)
        Amount of practice in units of its beginning.
    last : ndarray, shape (m, 1)
        The last amount of each series.
    second : ndarray, shape (m, 1)
        The second parameter.
    derivatives : bool
        Whether those by the second parameter are wanted.
    """
    if form == "exponential":
        return Shape((z - 1.0) / (last - 1.0))
    if form == "power":
        return Shape(np.log(z) / np.log(last))
    if form == "apex":
        fast, slow = (z - 1.0) / (last - 1.0), np.log(z) / np.log(last)
        slope = fast - slow
        return Shape(slow + second * slope, slope if derivatives else None)
    return _prior_shape(z, last, np.exp(second), derivatives)


def _prior_shape(z: Floats, last: Floats, start: Floats, derivatives: bool) -> Shape:
    """Return v = log((z+E)/(1+E)) / log((last+E)/(1+E)), where start = 1+E."""
    practised = z - 1.0
    whole = np.log1p((last - 1.0) / start)
    v = np.log1p(practised / start) / whole
    if not derivatives:
        return Shape(v)
    q, end = practised / (practised + start), (last - 1.0) / (last - 1.0 + start)
    relative = end / whole
    slope = relative * v - q / whole
    bend = q * (1.0 - q - relative) / whole + slope * relative + v * (relative**2 - end * (1.0 - end) / whole)
    return Shape(v, slope, bend)


def rates(form: str, decay: Floats, second: Floats, last: Floats) -> tuple[Floats, Floats]:
    """Return the rate of a form, and its prior practice E (NaN for the others), in units of the beginning.

    The rate is r of the exponential form and c of the power forms; of apex it is α + β, the share of what is left
    that the first trial closes.
    """
    if form == "exponential":
        return decay / (last - 1.0), np.full_like(decay, np.nan)
    if form == "power":
        return decay / np.log(last), np.full_like(decay, np.nan)
    if form == "apex":
        return decay * (second / (last - 1.0) + (1.0 - second) / np.log(last)), np.full_like(decay, np.nan)
    prior = np.expm1(second)
    return decay / np.log1p((last - 1.0) / (1.0 + prior)), prior
