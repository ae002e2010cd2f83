"""Hill numbers: how many skills a person effectively practises."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def hill(weights: ArrayLike, q: float = 1.0) -> float:
    """Return the Hill number of order q: the effective number of kinds.

    For shares p_i = w_i / Σw, it is (Σ p_i^q)^(1/(1-q)); its limit for q = 1 is exp(-Σ p_i log p_i).
    Order 0 counts the kinds, order 1 weighs each by its share, order 2 counts chiefly the large ones. It equals
    the number of kinds when all shares are equal, and is never larger.

    Parameters
    ----------
    weights : array-like of float
        Amounts ≥ 0, for example minutes per skill. Zeros and missing values count as absent.
    q : float, default 1
        The order, ≥ 0.

    Returns
    -------
    float
        The effective number, at least 1; NaN when there is nothing to count.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology 54, 427-432.
    Jost, L. (2006). Entropy and diversity. Oikos 113, 363-375.

    Examples
    --------
    >>> hill([30, 30, 30], q=1)
    3.0
    >>> round(hill([90, 5, 5], q=1), 2), round(hill([90, 5, 5], q=2), 2)
    (1.48, 1.23)
    """
    amounts = np.asarray(weights, dtype=float)
    amounts = amounts[amounts > 0]
    if amounts.size == 0:
        return float("nan")
    shares = amounts / amounts.max()
    shares = shares / shares.sum()
    if q == 0:
        return float(shares.size)
    number = np.exp(-np.sum(shares * np.log(shares))) if q == 1 else np.sum(shares**q) ** (1 / (1 - q))
    return float(np.clip(round(float(number), 12), 1.0, shares.size))
