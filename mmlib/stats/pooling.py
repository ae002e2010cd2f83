"""A mean of learning curves is not a learning curve: does its form come from the averaging?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import signal, stats

from mmlib.stats import choice
from mmlib.stats.curves import Fits, fit
from mmlib.stats.forms import FORMS
from mmlib.stats.noise import noise
from mmlib.stats.series import Series

Floats = NDArray[np.float64]

RIVALS = ("exponential", "power")
CLEAR = 6.0
"""So much less in all, and the individual curves may decide for one of the rivals: odds of about 20 to 1."""
SURE = 0.95
"""The series must agree so well that this interval of their mean difference excludes zero."""


class Pooled(NamedTuple):
    """A mean curve beside the curves it is the mean of.

    Attributes
    ----------
    mean : Series
        The mean of all series at each amount of practice, as one series.
    model : str
        Its form.
    individual : str or None
        "exponential" or "power", whichever the individual series together favour; None where they do not decide.
    evidence : float
        The total criterion of the power curves less that of the exponential ones: positive favours exponential.
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


def mean(series: Series) -> Series:
    """Return the mean of several series at each amount of practice, as one series."""
    return Series(series.z, series.y.mean(axis=0, keepdims=True), series.seen[:1])


def pooled(series: Series, models: list[str]) -> Pooled:
    """Return the form of the mean of several series, and that of the series themselves.

    Exponential curves whose rates differ average to something slower at the end and faster at the beginning: with
    gamma-distributed rates to a power function exactly, E[e^(-rt)] = (1 + θt)^(-k). So the form of a mean says nothing
    about the learners unless their own curves have it too.

    Their own curves decide where the differences of their criteria (`differences`) sum to 6 or more, and differ from
    zero by a t test at 5 % (Vuong 1989).

    Parameters
    ----------
    series : Series
        At least two, all of which observed every amount of practice.
    models : list of str
        The candidate forms of the mean.

    Returns
    -------
    Pooled

    References
    ----------
    Anderson, R. B. & Tweney, R. D. (1997). Artifactual power curves in forgetting. Memory & Cognition 25, 724-730.
    Heathcote, A., Brown, S. & Mewhort, D. J. K. (2000). The power law repealed: the case for an exponential law of
    practice. Psychonomic Bulletin & Review 7, 185-207.
    Vuong, Q. H. (1989). Likelihood ratio tests for model selection and non-nested hypotheses. Econometrica 57, 307-333.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z, rates = np.arange(1, 61.0), rng.gamma(1.0, 0.2, size=(40, 1))
    >>> y = 60 - 40 * np.exp(-rates * (z - 1)) + rng.normal(size=(40, 60))
    >>> found = pooled(Series(z, y, np.full(y.shape, True)), ["exponential", "power", "power_prior"])
    >>> found.model, found.individual, found.averaged
    ('power_prior', 'exponential', True)
    """
    average = mean(series)
    fits = [fit(average, name) for name in FORMS if name in models]
    best = choice.chosen(average, fits, choice.criteria(average, fits))[0]
    less = differences(series)
    total = float(less.sum())
    unsure = stats.t.ppf((1 + SURE) / 2, len(less) - 1) * np.sqrt(len(less)) * less.std(ddof=1)
    individual = None if abs(total) < max(CLEAR, unsure) else RIVALS[int(total < 0)]
    return Pooled(average, fits[best].form, individual, total, int((less > 0).sum()))


def differences(series: Series) -> Floats:
    """Return the criterion of each series' power curve less that of its exponential curve.

    The criterion is that of `choice.criteria`, but counts for 2k, the penalty for k parameters, what these really take
    up of autocorrelated noise: 2·tr(PR)/λ (Takeuchi 1976), where P projects on the derivatives of the curve, R is the
    correlation of AR(1) noise and λ = (1 + ρ)/(1 - ρ), with the ρ of all series together. For independent noise that
    is 2k. Slow noise looks more like an exponential curve than like the start of a power curve, so without this many
    power curves in such noise would seem to be exponential.

    Parameters
    ----------
    series : Series
        All of which observed every amount of practice.

    Returns
    -------
    ndarray, shape (m,)

    References
    ----------
    Takeuchi, K. (1976). Distribution of informational statistics and a criterion of model fitting. Suri-Kagaku 153,
    12-18 (in Japanese).
    """
    fits = [fit(series, name) for name in RIVALS]
    own = choice.criteria(series, fits)
    left = [one.left(series.z, series.last) for one in fits]
    rho = _autocorrelation(series, fits, left)
    taken = [taken_up(each, rho) * (1 - rho) / (1 + rho) for each in left]
    return own[:, 1] - own[:, 0] + 2 * (taken[1] - taken[0])


def _autocorrelation(series: Series, fits: list[Fits], left: list[Floats]) -> float:
    """Return the mean autocorrelation of the noise around the closer fit of each series."""
    residuals = [
        series.y - one.level[:, None] - one.distance[:, None] * each for one, each in zip(fits, left, strict=True)
    ]
    closer = np.where((fits[1].rss < fits[0].rss)[:, None], residuals[1], residuals[0])
    around = noise(closer, series.seen, np.zeros_like(closer), FORMS[RIVALS[0]].parameters, wary=False)
    return float(around.rho.mean())


def taken_up(left: Floats, rho: float) -> Floats:
    """Return tr(PR): how much of AR(1) noise of variance 1 the three parameters of each curve take up.

    Parameters
    ----------
    left : ndarray, shape (m, n)
        The share of each curve's distance that is left at n observations.
    rho : float
        The lag-1 autocorrelation; with 0 each parameter takes up 1.
    """
    slope = left * np.log(np.maximum(left, 1e-300))
    tangent = np.stack([np.ones_like(left), left, slope], axis=2)
    basis, _ = np.linalg.qr(tangent / np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-300))
    forward = signal.lfilter([1.0], [1.0, -rho], basis, axis=1)
    backward = signal.lfilter([1.0], [1.0, -rho], basis[:, ::-1], axis=1)[:, ::-1]
    return np.einsum("inp,inp->i", basis, forward + backward - basis)
