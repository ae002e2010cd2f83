"""What it would take to explain an association away: something unmeasured, or unequal care in recording."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.measures.synergy.avocations import COUNTS
from mmlib.stats.evalue import COMMON, e_value, risk_ratio
from mmlib.stats.strata import expected

SENSITIVITY = {
    "domain": "str",
    "outcome": "str",
    "n": "int64",
    **dict.fromkeys(("estimate", "low", "high", "mh", "mh_low", "mh_high"), "float64"),
    "share": "float64",
    "common": "bool",
    **dict.fromkeys(("e_value", "e_value_limit", "mh_e_value", "mh_e_value_limit"), "float64"),
    **dict.fromkeys(("recorded_achieved", "recorded_not", "detection", "detection_limit"), "float64"),
    "reason": "str",
}


def sensitivity(odds: pd.DataFrame) -> pd.DataFrame:
    """Return what would explain each odds ratio away: an unmeasured cause of both, or hobbies recorded unequally.

    The E-value: something unmeasured that goes with the domain and with the outcome by this risk ratio each could
    make the association; anything weaker could not. For a rare outcome the odds ratio stands for the risk ratio, for
    a common one (15 % of the learners or more) its square root does.

    Unequal detection: laureates were read from biographies, others filled in a questionnaire. Let a share s₁ of the
    achievers' hobbies be recorded and s₀ of the others', and none where there was none. If the true shares with
    the hobby are both π (odds ratio 1), the recorded ones are p₁ = s₁π and p₀ = s₀π, so that s₁/s₀ = p₁/p₀,
    whatever π and s₁ are: had the achievers' hobbies been recorded `detection` = p₁/p₀ times as completely, there
    would be nothing left to explain. At any s₁ the others' would have been recorded to s₁/`detection`. For the
    limit, p₁ and p₀ are those that the limit of the odds ratio means with the table's margins as they are.

    Parameters
    ----------
    odds : DataFrame
        What `avocation_odds` returned.

    Returns
    -------
    DataFrame
        One row per domain: domain, outcome, n, estimate, low, high, mh, mh_low, mh_high (as given), share (of
        learners with the outcome), common (whether square roots were taken), e_value and e_value_limit (of the
        crude odds ratio, and of its limit nearest to 1; 1 where the interval holds 1), mh_e_value, mh_e_value_limit
        (of the stratified one), recorded_achieved, recorded_not (p₁, p₀), detection, detection_limit (times; below 1
        the others' would have to have been recorded more completely), reason.

    References
    ----------
    VanderWeele, T. J. & Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
    Annals of Internal Medicine 167, 268-274.
    VanderWeele, T. J. (2017). On a square-root transformation of the odds ratio for a common outcome. Epidemiology
    28, e58-e60.
    Greenland, S. (1996). Basic methods for sensitivity analysis of biases. International Journal of Epidemiology
    25, 1107-1116.

    Examples
    --------
    >>> from mmlib import simulate
    >>> from mmlib.measures.synergy import avocation_odds
    >>> cohort = simulate.cohort()
    >>> found = sensitivity(avocation_odds(cohort.log, cohort.milestones)).set_index("domain")
    >>> found.loc["art", ["e_value", "mh_e_value", "mh_e_value_limit", "detection"]].astype(float).round(1).tolist()
    [4.1, 1.2, 1.0, 3.6]
    """
    told = odds[odds["estimate"].notna()]
    achieved, others = (told[f"with_{who}"] + told[f"without_{who}"] for who in ("achieved", "not"))
    share = achieved / told["n"]
    nearest = _nearest(told["low"], told["high"])
    ratios = {"e_value": told["estimate"], "e_value_limit": nearest, "mh_e_value": told["mh"]}
    ratios["mh_e_value_limit"] = _nearest(told["mh_low"], told["mh_high"]).where(told["mh"].notna())
    found = pd.DataFrame({name: e_value(risk_ratio(ratio, share)) for name, ratio in ratios.items()}, told.index)
    found = found.assign(share=share, common=share >= COMMON)
    found = found.assign(recorded_achieved=told["with_achieved"] / achieved, recorded_not=told["with_not"] / others)
    practised = told["with_achieved"] + told["with_not"]
    at_limit = expected(told[list(COUNTS)].to_numpy().reshape(-1, 2, 2), nearest.to_numpy())
    found["detection"] = _times(found["recorded_achieved"], found["recorded_not"])
    found["detection_limit"] = _times(at_limit / achieved, (practised - at_limit) / others)
    found["detection_limit"] = found["detection_limit"].mask(nearest == 1, 1.0)
    table = odds.join(found)
    table["common"] = table["common"].eq(True)
    return table[list(SENSITIVITY)].astype(SENSITIVITY).reset_index(drop=True)


def _nearest(low: pd.Series, high: pd.Series) -> pd.Series:
    """Return the limit nearest to 1; 1 where the interval holds it."""
    return low.where(low > 1, high.where(high < 1, 1.0))


def _times(one: pd.Series, other: pd.Series) -> NDArray[np.float64]:
    """Return how many times as large the first share is, infinity where the other is 0."""
    with np.errstate(divide="ignore"):
        return np.divide(one.to_numpy(), other.to_numpy())
