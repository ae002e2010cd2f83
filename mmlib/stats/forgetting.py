"""The forgetting curve of single items: what is still recalled after some days, and how stability grows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

Floats = NDArray[np.float64]

AT_STABILITY = 0.9
"""What is recalled when as many days have passed as the stability."""

USUAL_DECAY = 0.1542
"""The decay that FSRS-6 begins with."""

LOG_DECAY_SD, SLOPE_SD = 1.0, 3.0
"""How far, on the log scale, the decay and the growth of stability are expected to lie from the usual and from none."""

BINS = 20


class Forgetting(NamedTuple):
    """A fitted forgetting curve: ln S = features · slopes, and the decay w."""

    slopes: Floats
    decay: float
    covariance: Floats
    """Of the slopes and ln w, by the sandwich with items as clusters."""

    def recall(self, features: ArrayLike, days: ArrayLike) -> Floats:
        """Return the probability of recall after so many days."""
        return recall(days, self.stability(features), self.decay)

    def stability(self, features: ArrayLike) -> Floats:
        """Return the days until the probability of recall is 0.9."""
        return _stability(np.asarray(features, dtype=float), self.slopes)

    def mean_recall(self, features: ArrayLike, days: ArrayLike) -> tuple[float, float]:
        """Return the mean probability of recall over these rows, and its standard error."""
        rows, days = np.asarray(features, dtype=float), np.asarray(days, dtype=float)
        log_recall, slope = _log_recall(rows, days, np.append(self.slopes, np.log(self.decay)))
        gradient = (np.exp(log_recall)[:, None] * slope).mean(axis=0)
        return float(np.exp(log_recall).mean()), float(np.sqrt(gradient @ self.covariance @ gradient))

    def log_stability(self, features: ArrayLike) -> tuple[float, float]:
        """Return the mean of ln S over these rows, and its standard error."""
        mean = np.asarray(features, dtype=float).mean(axis=0)
        k = len(mean)
        return float(mean @ self.slopes), float(np.sqrt(mean @ self.covariance[:k, :k] @ mean))


class Judgement(NamedTuple):
    """How well later reviews were foreseen, beside the average rate of the earlier ones."""

    n: int
    log_loss: float
    log_loss_baseline: float
    beats_baseline: bool
    rmse_bins: float
    rmse_bins_baseline: float


def recall(days: ArrayLike, stability_days: ArrayLike, decay: float) -> Floats:
    """Return the probability of recall, R = (1 + F·t/S)^(−w) with F = 0.9^(−1/w) − 1.

    Parameters
    ----------
    days : array-like of float
        t, the days since the last review.
    stability_days : array-like of float
        S, the days until R = 0.9.
    decay : float
        w: the larger, the more of the forgetting comes late.

    Returns
    -------
    ndarray
        Between 0 and 1.

    References
    ----------
    Open Spaced Repetition (2025). The algorithm of FSRS-6. github.com/open-spaced-repetition

    Examples
    --------
    >>> recall([0, 10, 100], 10, decay=0.1542).round(3).tolist()
    [1.0, 0.9, 0.693]
    """
    factor = np.expm1(-np.log(AT_STABILITY) / decay)
    return np.exp(-decay * np.log1p(factor * np.asarray(days, float) / np.asarray(stability_days, float)))


def forgetting(features: ArrayLike, days: ArrayLike, remembered: ArrayLike, items: ArrayLike) -> Forgetting:
    """Fit the forgetting curve by maximum likelihood, with a weak pull towards FSRS-6's decay and no growth.

    Each review is remembered with probability R = (1 + F·t/S)^(−w), with ln S = features · slopes. The pull is a
    normal prior: standard deviation 1 for ln w around ln 0.1542, and 3 for each slope but the first. It decides
    only where reviews are few. The covariance is the sandwich estimator with items as clusters.

    Parameters
    ----------
    features : array-like of float, shape (n, k)
        One row per review; the first column is 1.
    days : array-like of float, shape (n,)
        Days since the review before.
    remembered : array-like of bool, shape (n,)
        Whether the item was remembered.
    items : array-like, shape (n,)
        Which item was reviewed.

    Returns
    -------
    Forgetting
        slopes, decay, covariance.

    Examples
    --------
    >>> days = np.tile([1.0, 4.0, 16.0, 64.0], 250)
    >>> chance = (np.arange(1000) * 0.618034) % 1
    >>> fit = forgetting(np.ones((1000, 1)), days, chance < recall(days, 5, 0.3), np.arange(1000))
    >>> round(float(np.exp(fit.slopes[0])), 1), round(fit.decay, 2)
    (4.7, 0.27)
    """
    x, t, y = (np.asarray(values, dtype=float) for values in (features, days, remembered))
    centre = np.append(np.zeros(x.shape[1]), np.log(USUAL_DECAY))
    pull = np.append(np.full(x.shape[1], SLOPE_SD**-2.0), LOG_DECAY_SD**-2.0)
    pull[0] = 0.0

    def against(beta: Floats) -> tuple[float, Floats]:
        log_recall, slope = _log_recall(x, t, beta)
        away = beta - centre
        loss = _log_losses(y, np.exp(log_recall)).sum() + 0.5 * pull @ away**2
        return loss, pull * away - _pulls(y, log_recall) @ slope

    start = centre + np.append([np.log(max(np.median(t), 0.1))], np.zeros(x.shape[1]))
    beta = optimize.minimize(against, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    log_recall, slope = _log_recall(x, t, beta)
    odds = np.exp(log_recall) / -np.expm1(log_recall)
    bread = np.linalg.inv((slope * odds[:, None]).T @ slope + np.diag(pull) + 1e-9 * np.eye(len(beta)))
    scores = slope * _pulls(y, log_recall)[:, None]
    _, cluster = np.unique(np.asarray(items), return_inverse=True)
    sums = np.zeros((cluster.max() + 1, len(beta)))
    np.add.at(sums, cluster, scores)
    many = len(sums) / max(len(sums) - 1, 1)
    return Forgetting(beta[:-1], float(np.exp(beta[-1])), many * bread @ (sums.T @ sums) @ bread)


def _stability(features: Floats, slopes: Floats) -> Floats:
    return np.exp(np.clip(features @ slopes, -10.0, 12.0))


def _log_recall(features: Floats, days: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Return ln R of each review (just below 0 at most) and its gradient in the slopes and ln w."""
    decay = np.exp(np.clip(beta[-1], -5.0, 4.0))
    at_one = np.exp(-np.log(AT_STABILITY) / decay)
    ratio = days / _stability(features, beta[:-1])
    scaled = (at_one - 1) * ratio
    log_recall = np.minimum(-decay * np.log1p(scaled), -1e-9)
    by_stability = decay * scaled / (1 + scaled)
    by_decay = log_recall - ratio * at_one * np.log(AT_STABILITY) / (1 + scaled)
    return log_recall, np.column_stack([features * by_stability[:, None], by_decay])


def _pulls(y: Floats, log_recall: Floats) -> Floats:
    """Return the derivative of each review's log-likelihood in ln R."""
    return (y - np.exp(log_recall)) / -np.expm1(log_recall)


def _log_losses(y: Floats, chance: ArrayLike) -> Floats:
    p = np.clip(chance, 1e-9, 1 - 1e-9)
    return -(y * np.log(p) + (1 - y) * np.log1p(-p))


def judged(chance: ArrayLike, remembered: ArrayLike, items: ArrayLike, *, rate: float, factor: float) -> Judgement:
    """Judge forecasts of reviews against the average rate of earlier ones.

    Log-loss is the mean of −ln of the probability that was given to what happened. The baseline is beaten when the
    whole interval of the difference is below 0, with items as clusters. RMSE in bins compares the mean forecast
    with the share remembered in 20 bins with equally many reviews, ordered by the forecast.

    Parameters
    ----------
    chance : array-like of float, shape (n,)
        The forecasts.
    remembered : array-like of bool, shape (n,)
        What happened.
    items : array-like, shape (n,)
        Which item was reviewed.
    rate : float
        The share remembered earlier.
    factor : float
        How many standard errors the interval reaches to each side.

    Returns
    -------
    Judgement
        n, log_loss, log_loss_baseline, beats_baseline, rmse_bins, rmse_bins_baseline.

    Examples
    --------
    >>> happened = np.tile([True, True, True, False], 50)
    >>> forecast = np.tile([0.9, 0.9, 0.9, 0.3], 50)
    >>> found = judged(forecast, happened, np.arange(200), rate=0.75, factor=1.96)
    >>> round(found.log_loss, 3), round(found.log_loss_baseline, 3), found.beats_baseline
    (0.168, 0.562, True)
    """
    p, y = np.asarray(chance, dtype=float), np.asarray(remembered, dtype=float)
    own, plain = _log_losses(y, p), _log_losses(y, np.full(y.size, rate))
    _, cluster = np.unique(np.asarray(items), return_inverse=True)
    gain = plain - own
    error = np.sqrt(np.sum(np.bincount(cluster, gain - gain.mean()) ** 2)) / y.size
    bins = np.array_split(np.argsort(p, kind="stable"), min(BINS, y.size))
    size = np.array([len(each) for each in bins])
    happened = np.array([y[each].mean() for each in bins])
    said = np.array([p[each].mean() for each in bins])
    rmse, rmse_rate = (float(np.sqrt(size @ (happened - each) ** 2 / y.size)) for each in (said, rate))
    beats = bool(gain.mean() - factor * error > 0)
    return Judgement(y.size, float(own.mean()), float(plain.mean()), beats, rmse, rmse_rate)
