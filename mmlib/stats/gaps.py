"""What a pause costs: the loss of performance at the first trial after a gap, beside learning and lasting noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize
from scipy.interpolate import BSpline

from mmlib.errors import counted
from mmlib.stats import intervals

Floats = NDArray[np.float64]

SITTING_DAYS = 1 / 24
"""A gap of an hour or more ends a sitting."""

LONG_DAYS = 0.5
"""A gap of half a day or more has a night in it."""

FEWEST = 20
"""A loss needs at least this many scored trials."""

FEWEST_LONG = 10
"""A loss needs at least this many scored trials after a gap of half a day or more."""

LEAST_SPREAD = 0.1
"""The least standard deviation of ln(1 + gap_days) around its own smooth course."""

MOST_AUTOCORRELATION = 0.97
PIECE_TRIALS, MOST_PIECES = 25, 30


class GapLoss(NamedTuple):
    """What a series tells of the loss after gaps; NaN where it tells nothing, `reason` says why.

    `estimate` and `covariances` are of the loss per log-day, and of the warm-up after it where there is one; the
    first covariance is that of AR(1) noise of even size, the second the sandwich; each has its degrees of freedom.
    """

    n: int
    n_long: int
    reason: str
    estimate: Floats = np.full(1, np.nan)
    covariances: Floats = np.full((2, 1, 1), np.nan)
    freedom: Floats = np.full(2, np.nan)
    noise_sd: float = np.nan
    autocorrelation: float = np.nan
    loss: Floats = np.empty(0)

    @property
    def has_warm_up(self) -> bool:
        """Whether the series has trials within a sitting, so that the loss at each sitting's first can be told."""
        return len(self.estimate) == 2

    def at(self, gap_days: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return the loss after gaps of these lengths, warm-up included, with its limits."""
        return self.combination(_columns(np.atleast_1d(np.asarray(gap_days, float)), self.has_warm_up), confidence)

    def combination(self, weights: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return weighted sums of the estimates, one per row of weights, with their limits."""
        rows = np.atleast_2d(np.asarray(weights, dtype=float))
        value = rows @ self.estimate
        spreads = np.sqrt(np.einsum("ij,vjk,ik->vi", rows, self.covariances, rows))
        half = np.max(
            [intervals.t_quantile(confidence, df) * se for df, se in zip(self.freedom, spreads, strict=True)], 0
        )
        return value, value - half, value + half


def gap_loss(performance: ArrayLike, gap_days: ArrayLike) -> GapLoss:
    """Estimate what a gap costs: performance = smooth course − loss · ln(1 + gap_days) + AR(1) noise.

    The course is a cubic spline over the trials, one piece for each 25 of them (30 at most), closer together at the
    beginning, where learning is quickest; it is fitted together with the loss, so that neither takes what is the
    other's. Where at least 10 trials follow within the hour and 10 do not, the first trial of a sitting has a
    loss of its own, the warm-up. Generalised least squares; the autocorrelation is that of the highest restricted
    likelihood. The interval is the wider of two. One takes the noise for AR(1) of even size. The other uses the
    sandwich, with residuals divided by 1 − leverage and Newey-West weights, and has as many degrees of freedom as
    trials make up the estimate, (Σw²)²/Σw⁴ of their weights w: few where it rests on a few very long gaps.

    Parameters
    ----------
    performance : array-like of float, shape (n,)
        In order of time, higher = better; NaN (a trial without a score) is left out.
    gap_days : array-like of float, shape (n,)
        Days since the trial before; NaN is left out.

    Returns
    -------
    GapLoss
        n (trials used), n_long (of them after half a day or more), estimate (loss per log-day and, where there is
        one, warm-up), covariances, freedom, noise_sd, autocorrelation, loss (each trial's loss against the course
        without gaps; NaN where the trial was left out).

    References
    ----------
    Adams, J. A. (1961). The second facet of forgetting: a review of warm-up decrement. Psychological Bulletin 58,
    257-273.
    Bell, R. M. & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes are unequal.
    Biometrika 58, 545-554.

    Examples
    --------
    >>> gaps = np.tile([1.0, 2.0, 1.0, 9.0, 4.0], 12)
    >>> found = gap_loss(50 - 3 * np.log1p(gaps) + np.cos(np.arange(60) ** 2.0), gaps)
    >>> bool(abs(found.estimate[0] - 3) < 0.4), found.n, found.reason
    (True, 60, '')
    """
    y, gap = np.asarray(performance, dtype=float), np.asarray(gap_days, dtype=float)
    used = ~np.isnan(y) & ~np.isnan(gap)
    n, n_long = int(used.sum()), int((gap[used] >= LONG_DAYS).sum())
    if n < FEWEST:
        return GapLoss(n, n_long, f"{_some(n, 'scored trial')} after a gap: a loss needs at least {FEWEST}")
    if n_long < FEWEST_LONG:
        few = f"{_some(n_long, 'scored trial')} after a gap of half a day or more"
        return GapLoss(n, n_long, f"{few}: a loss needs at least {FEWEST_LONG}")
    fresh = gap[used] >= SITTING_DAYS
    x = _columns(gap[used], with_warm_up=min(fresh.sum(), (~fresh).sum()) >= FEWEST_LONG)
    course = _course(n)
    if _spread(x, course, gap[used] >= LONG_DAYS) < LEAST_SPREAD:
        return GapLoss(n, n_long, "the gaps are too much alike to tell what a longer one costs")
    if np.ptp(y[used]) == 0:
        return GapLoss(n, n_long, "the scores do not vary, so their noise cannot be told")
    return _estimated(y, used, np.column_stack([course, -x]), x.shape[1], n_long)


def _some(n: int, noun: str) -> str:
    return counted(n, noun) if n else f"no {noun}"


def _columns(gap: Floats, with_warm_up: bool) -> Floats:
    columns = [np.log1p(gap), gap >= SITTING_DAYS] if with_warm_up else [np.log1p(gap)]
    return np.column_stack(columns).astype(float)


def _course(n: int) -> Floats:
    """Return a basis of smooth courses over n trials, with more freedom at the beginning."""
    pieces = int(np.clip(round(n / PIECE_TRIALS), 1, MOST_PIECES))
    inner = (np.arange(1, pieces) / pieces) ** 2
    # In a very long series the first squares would fall between two trials.
    inner = np.maximum(inner, 4 * np.arange(1, pieces) / (n - 1))
    knots = np.concatenate([np.zeros(4), inner, np.ones(4)])
    return BSpline.design_matrix(np.linspace(0, 1, n), knots, 3).toarray()


def _spread(x: Floats, course: Floats, is_long: NDArray[np.bool_]) -> float:
    """Return how much the log-gaps differ once the smooth course and the warm-up are taken out."""
    others = np.linalg.qr(np.column_stack([course, x[:, 1:]]))[0]
    left = x[:, 0] - others @ (others.T @ x[:, 0])
    return float(np.sqrt(np.mean(left[is_long] ** 2)))


def _estimated(y: Floats, used: NDArray[np.bool_], design: Floats, p_gap: int, n_long: int) -> GapLoss:
    """Return the fit of a series that has enough in it."""
    n, p = design.shape
    values = y[used]
    rho = _most_likely(np.column_stack([design, values]))
    white, target = _whitened(design, rho), _whitened(values, rho)
    q, r = np.linalg.qr(white)
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ target)
    residual = target - white @ beta
    variance = float(residual @ residual) / (n - p)
    leverage = np.minimum(np.einsum("ij,ij->i", q, q), 0.99)
    meat = intervals.long_run_covariance(q * (residual / (1 - leverage))[:, None], 0.0)
    gap = slice(p - p_gap, p)
    covariances = np.stack([inverse @ inverse.T * variance, inverse @ meat @ inverse.T])[:, gap, gap]
    loss = np.full(len(y), np.nan)
    loss[used] = design[:, : p - p_gap] @ beta[: p - p_gap] - values
    noise_sd = float(np.sqrt(variance / (1 - rho**2)))
    freedom = np.array([max(min(n - p, n_long - 2), 1), _equal_shares(q @ inverse[gap].T)])
    return GapLoss(n, n_long, "", beta[gap], covariances, freedom, noise_sd, float(rho), loss)


def _equal_shares(weights: Floats) -> float:
    """Return how many trials with equal weights would make up an estimate as well as these do, the worst column."""
    squared = weights**2
    return float(np.min(squared.sum(axis=0) ** 2 / (squared**2).sum(axis=0)))


def _whitened(values: Floats, rho: float) -> Floats:
    """Return values freed of AR(1) dependence, the first scaled alike (Prais-Winsten)."""
    return np.concatenate([values[:1] * np.sqrt(1 - rho**2), values[1:] - rho * values[:-1]])


def _most_likely(columns: Floats) -> float:
    """Return the autocorrelation with the highest restricted likelihood; the last column is the response."""
    design = np.linalg.qr(columns[:, :-1])[0]
    both = np.column_stack([design, columns[:, -1] - columns[:, -1].mean()])
    n, p = design.shape
    now, lagged = both.T @ both, both[1:].T @ both[:-1]
    ends = np.outer(both[0], both[0]) + np.outer(both[-1], both[-1])

    def against(rho: float) -> float:
        cross = now - rho * (lagged + lagged.T) + rho**2 * (now - ends)
        rss = cross[-1, -1] - cross[-1, :-1] @ np.linalg.solve(cross[:-1, :-1], cross[:-1, -1])
        return (n - p) * np.log(max(rss, 1e-300)) + np.linalg.slogdet(cross[:-1, :-1])[1] - np.log(1 - rho**2)

    grid = np.linspace(-0.9, MOST_AUTOCORRELATION, 12)
    best = int(np.argmin([against(rho) for rho in grid]))
    bounds = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    return float(optimize.minimize_scalar(against, bounds=bounds, method="bounded", options={"xatol": 1e-4}).x)


def combined(estimates: ArrayLike, variances: ArrayLike, confidence: float = 0.95) -> intervals.Interval:
    """Return the mean of several estimates, allowing for true differences between them.

    Random effects after DerSimonian and Laird; the interval is Hartung and Knapp's, never narrower than the one
    without their factor.

    Parameters
    ----------
    estimates, variances : array-like of float, shape (k,)
        One per series, in a common unit.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Interval
        estimate, low, high, n = k. The limits are NaN for fewer than 2.

    References
    ----------
    DerSimonian, R. & Laird, N. (1986). Meta-analysis in clinical trials. Controlled Clinical Trials 7, 177-188.
    Hartung, J. & Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with
    binary outcome. Statistics in Medicine 20, 3875-3889.

    Examples
    --------
    >>> estimate, low, high, n = combined([0.2, 0.4, 0.3], [0.01, 0.01, 0.02])
    >>> round(estimate, 2), round(low, 2), round(high, 2), n
    (0.3, 0.03, 0.57, 3)
    """
    value, variance = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    k = value.size
    if k < 2:
        return intervals.Interval(float(value[0]) if k else np.nan, np.nan, np.nan, k)
    weight = 1 / variance
    mean = weight @ value / weight.sum()
    between = (weight @ (value - mean) ** 2 - (k - 1)) / (weight.sum() - weight @ weight / weight.sum())
    weight = 1 / (variance + max(between, 0.0))
    mean = float(weight @ value / weight.sum())
    factor = max(float(weight @ (value - mean) ** 2) / (k - 1), 1.0)
    half = intervals.t_quantile(confidence, k - 1) * float(np.sqrt(factor / weight.sum()))
    return intervals.Interval(mean, mean - half, mean + half, k)
