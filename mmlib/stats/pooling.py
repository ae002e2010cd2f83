"""A mean of learning curves is not a learning curve: does its form come from the averaging?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmlib.stats import choice
from mmlib.stats.curves import fit
from mmlib.stats.forms import FORMS
from mmlib.stats.series import Series

Floats = NDArray[np.float64]

RIVALS = ("exponential", "power")
CLEAR = 6.0
"""So much less AICc in all, and the individual curves decide for one of the rivals: odds of about 20 to 1."""


class Pooled(NamedTuple):
    """A mean curve beside the curves it is the mean of.

    Attributes
    ----------
    mean : Series
        The mean of all series at each amount of practice that all have, as one series.
    model : str
        Its form.
    individual : str or None
        "exponential" or "power", whichever the individual series together favour; None where they do not decide.
    evidence : float
        The total AICc of the power curves less that of the exponential ones: positive favours exponential.
    favouring : int
        How many of the series the exponential describes better.
    """

    mean: Series
    model: str
    individual: str | None
    evidence: float
    favouring: int

    @property
    def averaged(self) -> bool:
        """Whether the mean looks like a power curve only because exponential curves were averaged."""
        return self.individual == "exponential" and self.model in ("power", "power_prior", "apex")


def pooled(series: Series, models: list[str]) -> Pooled:
    """Return the form of the mean of several series, and that of the series themselves.

    Exponential curves whose rates differ average to something slower at the end and faster at the beginning: with
    gamma-distributed rates to a power function exactly, E[e^(-rt)] = (1 + θt)^(-k). So the form of a mean says nothing
    about the learners unless their own curves have it too.

    Parameters
    ----------
    series : Series
        At least two, all of which observed every amount of practice.
    models : list of str
        The candidate forms of the mean.

    References
    ----------
    Anderson, R. B. & Tweney, R. D. (1997). Artifactual power curves in forgetting. Memory & Cognition 25, 724-730.
    Heathcote, A., Brown, S. & Mewhort, D. J. K. (2000). The power law repealed: the case for an exponential law of
    practice. Psychonomic Bulletin & Review 7, 185-207.
    """
    mean = Series(series.z, series.y.mean(axis=0, keepdims=True), series.seen[:1])
    fits = [fit(mean, name) for name in FORMS if name in models]
    best = choice.chosen(mean, fits, choice.criteria(mean, fits))[0]
    own = choice.criteria(series, [fit(series, name) for name in RIVALS])
    less = own[:, 1] - own[:, 0]
    total = float(less.sum())
    individual = None if abs(total) < CLEAR else RIVALS[int(total < 0)]
    return Pooled(mean, fits[best].form, individual, total, int((less > 0).sum()))
