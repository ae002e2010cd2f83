"""Survival: how long things last when some of them are still going on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats


class Survival(NamedTuple):
    """A survival curve: the share that lasts beyond each time, its interval, and the counts behind it."""

    time: NDArray[np.float64]
    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]


def kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, cluster: ArrayLike | None = None, confidence: float = 0.95
) -> Survival:
    """Return the Kaplan-Meier curve with log-log intervals.

    S(t) = Π (1 - d/r) over the times up to t, with d events among the r still at risk. The interval is
    S^exp(±z·se/|log S|), with Greenwood's se² = Σ d/(r(r - d)) of log S. Within clusters durations may resemble each
    other: then se² is the sum over the clusters of their squared influence Σ (d_c - r_c·d/r)/(r - d), times
    C/(C - 1) for C clusters, and z comes from Student's t with C - 1 degrees of freedom. For clusters of one the
    sum is Greenwood's. The limits are NaN where the curve is at 1 or 0.

    Parameters
    ----------
    time : array-like of float
        How long each lasted, or was watched, ≥ 0. Who was watched until t counts as at risk at t.
    event : array-like of bool
        Whether it ended then; False where only the watching did.
    cluster : array-like, optional
        Whose each is.
    confidence : float, default 0.95
        Coverage of the interval at each time.

    Returns
    -------
    Survival
        Arrays over time: 0 and each distinct time. Of nothing, the estimate is NaN.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of the
    American Statistical Association 53, 457-481.
    Kalbfleisch, J. D. & Prentice, R. L. (2002). The statistical analysis of failure time data, 2nd ed. Wiley.
    Williams, R. L. (1995). Product-limit survival functions with correlated survival times. Lifetime Data
    Analysis 1, 171-186.

    Examples
    --------
    >>> curve = kaplan_meier([5, 8, 8, 12], [True, True, False, False])
    >>> curve.estimate.tolist()
    [1.0, 0.75, 0.5, 0.5]
    >>> curve.at_risk.tolist()
    [4, 4, 3, 1]
    """
    durations, ended = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    owner = np.zeros(durations.size, dtype=int) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    times = np.union1d(durations, [0.0])
    place = np.searchsorted(times, durations)
    events, leaving = np.zeros((2, int(owner.max(initial=0)) + 1, times.size))
    np.add.at(events, (owner, place), ended)
    np.add.at(leaving, (owner, place), 1)
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    d, r = events.sum(axis=0), at_risk.sum(axis=0)
    hazard = d / np.maximum(r, 1)
    estimate = np.cumprod(1 - hazard) if durations.size else np.full(1, np.nan)
    left = np.where(r > d, r - d, np.nan)
    clusters = len(events)
    if clusters > 1 and clusters < durations.size:
        influence = np.nancumsum((events - at_risk * hazard) / left, axis=1)
        variance = (influence**2).sum(axis=0) * clusters / (clusters - 1)
        z = float(stats.t.ppf((1 + confidence) / 2, clusters - 1))
    else:
        variance = np.nancumsum(d / (np.maximum(r, 1) * left))
        z = float(stats.norm.ppf((1 + confidence) / 2))
    low, high = _log_log(estimate, variance, z)
    return Survival(times, estimate, low, high, r.astype(np.int64), d.astype(np.int64))


def _log_log(
    estimate: NDArray[np.float64], variance: NDArray[np.float64], z: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    inside = np.where((estimate > 0) & (estimate < 1), estimate, np.nan)
    power = np.exp(z * np.sqrt(variance) / np.abs(np.log(inside)))
    return inside**power, inside ** (1 / power)
