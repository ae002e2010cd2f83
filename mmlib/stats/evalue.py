"""How strong something unmeasured would have to be to explain an association away."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

COMMON = 0.15
"""From this share on an outcome is common: an odds ratio then overstates the risk ratio too much to stand for it."""


def risk_ratio(odds_ratio: ArrayLike, share: ArrayLike) -> Floats:
    """Return about which risk ratio an odds ratio stands for: itself where the outcome is rare, else its square root.

    Parameters
    ----------
    odds_ratio : array-like of float
        Odds ratios or their limits, 0 to infinity.
    share : array-like of float
        The share of people with the outcome; from 0.15 on it counts as common.

    Returns
    -------
    ndarray

    References
    ----------
    VanderWeele, T. J. (2017). On a square-root transformation of the odds ratio for a common outcome. Epidemiology
    28, e58-e60.

    Examples
    --------
    >>> risk_ratio([4.0, 4.0], [0.05, 0.4])
    array([4., 2.])
    """
    ratio = np.asarray(odds_ratio, dtype=float)
    return np.where(np.asarray(share) < COMMON, ratio, np.sqrt(ratio))


def e_value(ratio: ArrayLike) -> Floats:
    """Return the E-value of risk ratios, RR + √(RR·(RR - 1)), of 1/RR where RR is below 1.

    Something unmeasured that raises both the chance of the exposure and that of the outcome by this risk ratio could
    explain the whole association; anything weaker could not.

    Parameters
    ----------
    ratio : array-like of float
        Risk ratios, 0 to infinity.

    Returns
    -------
    ndarray
        1 to infinity.

    References
    ----------
    VanderWeele, T. J. & Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
    Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> e_value([3.9, 1.0, 0.5]).round(2)
    array([7.26, 1.  , 3.41])
    """
    given = np.asarray(ratio, dtype=float)
    with np.errstate(divide="ignore"):
        above = np.where(given < 1, 1 / given, given)
    return above + np.sqrt(above * (above - 1))
