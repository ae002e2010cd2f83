"""A straight line for a whole group: a mixed model with an intercept and a slope of each member's own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mmlib.stats.intervals import t_quantile

if TYPE_CHECKING:
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMResults

FEWEST_GROUPS = 3
"""A group needs at least this many members."""

OPTIMISERS = ("lbfgs", "bfgs", "powell")


class MixedLine(NamedTuple):
    """The mean line of all groups, with standard errors, how far the groups' slopes differ, and what went wrong."""

    intercept: float = np.nan
    intercept_se: float = np.nan
    slope: float = np.nan
    slope_se: float = np.nan
    slope_sd: float = np.nan
    criterion: float = np.nan
    groups: int = 0
    n: int = 0
    reason: str = ""

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the limits of the slope, with one degree of freedom less than there are groups.

        Examples
        --------
        >>> low, high = MixedLine(slope=10.5, slope_se=1.5, groups=18).interval()
        >>> round(low, 2), round(high, 2)
        (7.34, 13.66)
        """
        if self.groups < 2:
            return np.nan, np.nan
        half = t_quantile(confidence, self.groups - 1) * self.slope_se
        return self.slope - half, self.slope + half


def mixed_line(x: ArrayLike, y: ArrayLike, groups: ArrayLike) -> MixedLine:
    """Return the mean line of several groups: y = (a + a_g) + (b + b_g)·x + e, by restricted maximum likelihood.

    Intercepts a_g and slopes b_g are normal, and may be correlated. Where that model cannot be fitted, the
    slopes are taken to be equal, and `slope_sd` is 0.

    Parameters
    ----------
    x, y : array-like of float
        Pairs; those with a missing value are left out.
    groups : array-like
        Whose a pair is.

    Returns
    -------
    MixedLine
        intercept, slope with standard errors, slope_sd (of the groups' slopes), criterion (-2 log restricted
        likelihood), groups, n; all but the counts NaN, and a reason, where no model can be fitted.

    References
    ----------
    Laird, N. M. & Ware, J. H. (1982). Random-effects models for longitudinal data. Biometrics 38, 963-974.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> groups, x = np.repeat(np.arange(8), 20), rng.normal(size=160)
    >>> y = 3 + 0.5 * x + rng.normal(size=8)[groups] + rng.normal(size=160)
    >>> found = mixed_line(x, y, groups)
    >>> round(found.slope, 1), found.groups, found.n, found.reason
    (0.6, 8, 160, '')
    """
    x, y, groups = np.asarray(x, dtype=float), np.asarray(y, dtype=float), np.asarray(groups)
    known = ~np.isnan(x) & ~np.isnan(y)
    x, y, codes = x[known], y[known], np.unique(groups[known], return_inverse=True)[1]
    size = {"groups": int(codes.max()) + 1 if codes.size else 0, "n": x.size}
    if size["groups"] < FEWEST_GROUPS:
        return MixedLine(**size, reason=f"a mixed model needs at least {FEWEST_GROUPS} groups")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return MixedLine(**size, reason="nothing varies")
    # Loaded here, because it takes longer than all other imports of the measures together.
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([np.ones_like(x), x])
    for random in (design, design[:, :1]):
        found = _fitted(MixedLM(y, design, codes, exog_re=random))
        if found is not None:
            spread = float(np.sqrt(found.cov_re[1, 1])) if random.shape[1] > 1 else 0.0
            (intercept, slope), (intercept_se, slope_se) = found.fe_params.tolist(), found.bse_fe.tolist()
            return MixedLine(intercept, intercept_se, slope, slope_se, spread, float(-2 * found.llf), **size)
    return MixedLine(**size, reason="the mixed model does not converge on these data")


def _fitted(model: MixedLM) -> MixedLMResults | None:
    """Return the model's fit, or None where it does not converge or has no standard errors."""
    with warnings.catch_warnings():
        # What they say shows in `converged` and in the standard errors, or is that a variance is near 0.
        warnings.simplefilter("ignore")
        try:
            found = model.fit(reml=True, method=list(OPTIMISERS))
            sure = found.converged and np.isfinite(found.bse_fe).all()
        except (np.linalg.LinAlgError, ValueError):
            return None
    return found if sure else None
