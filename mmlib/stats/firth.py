"""Logistic regression of few people: Firth's penalised likelihood, with intervals from its profile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

Floats = NDArray[np.float64]

MOST_STEPS = 200
LONGEST_STEP = 4.0
CLOSE = 1e-8
FEWEST_FOR_BEND = 10
FARTHEST = 60.0
"""How many standard errors from the estimate a limit is looked for."""


class Coefficient(NamedTuple):
    """A logarithm of an odds ratio, with its profile interval and p-value."""

    estimate: float
    low: float
    high: float
    p_value: float


def firth(outcome: ArrayLike, exposure: ArrayLike, others: ArrayLike = (), *, confidence: float = 0.95) -> Coefficient:
    """Return how the log-odds of an outcome change with an exposure, others held equal, in a small sample.

    Logistic regression that maximises the log-likelihood plus half the log-determinant of the information (Jeffreys'
    prior). This takes away the first-order bias away from zero, and the estimate stays finite where a value of the
    exposure separates those with the outcome from those without. The limits are where twice the penalised
    log-likelihood, all other coefficients at their best, has fallen by the quantile of χ² with one degree of freedom;
    the p-value compares it with that at zero.

    Parameters
    ----------
    outcome : array-like of bool, shape (n,)
        Who achieved.
    exposure : array-like of float, shape (n,)
        What the coefficient is of.
    others : array-like of float, shape (n, p) or (n,)
        What is held equal; columns that do not vary are left out.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Coefficient
        estimate, low, high (log odds ratio per unit of the exposure), p_value. All NaN where the outcome or the
        exposure does not vary, or the exposure follows from the others; a limit that is not found is infinite.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
    Heinze, G. & Schemper, M. (2002). A solution to the problem of separation in logistic regression. Statistics in
    Medicine 21, 2409-2419.

    Examples
    --------
    >>> found = firth([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8])
    >>> [round(float(number), 2) for number in found]
    [1.03, 0.13, 5.75, 0.02]
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(exposure, dtype=float)
    more = np.asarray(others, dtype=float).reshape(len(y), -1) if np.size(others) else np.empty((len(y), 0))
    design = np.column_stack([x, more[:, np.ptp(more, axis=0) > 0] if more.size else more])
    # All columns at one scale and free of the intercept: the steps are then of one size too.
    scale = design.std(axis=0)
    if not (y.any() and (y < 1).any() and len(y) > design.shape[1] + 1) or not scale[0] > 0:
        return Coefficient(np.nan, np.nan, np.nan, np.nan)
    design = np.column_stack([(design - design.mean(axis=0)) / scale, np.ones(len(y))])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return Coefficient(np.nan, np.nan, np.nan, np.nan)
    profile = _Profile(design, y)
    fall = float(stats.chi2.ppf(confidence, 1))
    low, high = (profile.limit(side, fall) / scale[0] for side in (-1, 1))
    p_value = float(stats.chi2.sf(max(profile.fall(0.0), 0.0), 1))
    return Coefficient(float(profile.best[0] / scale[0]), low, high, p_value)


def bent(amount: ArrayLike, outcome: ArrayLike) -> Floats:
    """Return the columns that hold an amount equal: its log and, where there is enough to tell, the log's square.

    Parameters
    ----------
    amount : array-like of float, shape (n,)
        Over 0; hours, say.
    outcome : array-like of bool, shape (n,)
        Who achieved. The square comes in where at least 10 did and 10 did not.

    Returns
    -------
    ndarray, shape (n, 1) or (n, 2)

    Examples
    --------
    >>> bent([1, 10, 100], [True, False, True]).round(2).tolist()
    [[-2.3], [0.0], [2.3]]
    """
    logs, achieved = np.log(np.asarray(amount, dtype=float)), np.asarray(outcome, dtype=bool)
    logs = logs - logs.mean()
    enough = min(achieved.sum(), (~achieved).sum()) >= FEWEST_FOR_BEND
    return np.column_stack([logs, logs**2] if enough else [logs])


class _Profile:
    """The penalised likelihood along the first coefficient, all others at their best."""

    def __init__(self, design: Floats, y: Floats) -> None:
        self.design, self.y = design, y
        self.best, self.top, covariance = _fit(design, y, np.zeros(design.shape[1]), held=False)
        self.spread = float(np.sqrt(covariance[0, 0]))
        self.along = covariance[:, 0] / covariance[0, 0]

    def fall(self, value: float) -> float:
        """Return by how much twice the log-likelihood falls where the coefficient has this value."""
        # The others begin where they would go if the likelihood were a parabola.
        start = self.best + self.along * (value - self.best[0])
        return 2 * (self.top - _fit(self.design, self.y, start, held=True)[1])

    def limit(self, side: int, fall: float) -> float:
        """Return where it has fallen so far, to one side."""

        def beyond(steps: float) -> float:
            # The root of the fall is nearly straight, so few trials find it.
            return np.sqrt(max(self.fall(self.best[0] + side * steps * self.spread), 0.0)) - np.sqrt(fall)

        near, far = 0.0, np.sqrt(fall)
        while beyond(far) < 0:
            near, far = far, 1.6 * far
            if far > FARTHEST:
                return side * np.inf
        root = optimize.brentq(beyond, near, far, xtol=1e-5, rtol=1e-6)
        return float(self.best[0] + side * root * self.spread)


def _fit(design: Floats, y: Floats, start: Floats, *, held: bool) -> tuple[Floats, float, Floats]:
    """Return the coefficients that maximise the penalised likelihood, its value, and the inverse information.

    With `held` the first coefficient stays where it starts.
    """
    beta, first = start.copy(), int(held)
    value, score, inverse = _penalised(design, y, beta, first)
    for _ in range(MOST_STEPS):
        step = inverse @ score
        size = float(np.abs(step).max())
        if size < CLOSE:
            break
        step *= min(1.0, LONGEST_STEP / size)
        trial, reached = beta, (-np.inf, score, inverse)
        while reached[0] < value - CLOSE**2 and float(np.abs(step).max()) > CLOSE:
            trial = beta.copy()
            trial[first:] += step
            reached = _penalised(design, y, trial, first)
            step /= 2
        if reached[0] < value:
            break
        beta, (value, score, inverse) = trial, reached
    return beta, value, inverse


def _penalised(design: Floats, y: Floats, beta: Floats, first: int) -> tuple[float, Floats, Floats]:
    """Return the penalised log-likelihood, its score, and the inverse information of the free coefficients."""
    line = design @ beta
    chance = special.expit(line)
    weight = np.maximum(chance * (1 - chance), 1e-12)
    weighted = design * weight[:, None]
    information = design.T @ weighted
    inverse = np.linalg.inv(information)
    leverage = ((design @ inverse) * weighted).sum(axis=1)
    value = float(y @ line - np.logaddexp(0.0, line).sum()) + 0.5 * float(np.linalg.slogdet(information)[1])
    score = design.T @ (y - chance + leverage * (0.5 - chance))
    free = np.linalg.inv(information[first:, first:]) if first else inverse
    return value, score[first:], free
