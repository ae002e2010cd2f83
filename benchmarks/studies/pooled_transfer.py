"""Does pooling over learners cover their mean, their differences, and one learner more?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from benchmarks.studies.simulated import SEED, Row, Study, covers
from mmlib.stats import meta

LEARNERS = (3, 5, 10, 30)
DIFFERENCES = {"none": 0.0, "moderate": 0.5, "large": 1.5}
TYPICAL_ERROR, UNEQUAL, FREEDOM = 0.3, 0.5, 40
MEAN = 0.4


def pooled_row(learners: int, difference: str, series: int) -> Row:
    """Return how often the intervals of `stats.meta.random_effects` hold what they are for."""
    rng = np.random.default_rng([SEED, *repr((learners, difference)).encode()])
    shape, tau = (series, learners), DIFFERENCES[difference] * TYPICAL_ERROR
    errors = TYPICAL_ERROR * np.exp(UNEQUAL * rng.normal(size=shape))
    estimates = MEAN + tau * rng.normal(size=shape) + errors * rng.normal(size=shape)
    one_more = MEAN + tau * rng.normal(size=series)
    known = errors**2 * rng.chisquare(FREEDOM, size=shape) / FREEDOM
    found = pd.DataFrame([meta.random_effects(y, v) for y, v in zip(estimates, known, strict=True)])
    return {
        "learners": learners,
        "difference": difference,
        "mean covers": covers(found["low"], found["high"], MEAN),
        "τ covers": covers(found["tau_low"], found["tau_high"], tau),
        "one more learner: covers": covers(found["prediction_low"], found["prediction_high"], one_more),
        "mean found": float((found["low"] > 0).mean()),
        "difference found": float((found["heterogeneity_p"] <= 0.05).mean()),
    }


STUDY = Study(
    title="Pooled transfer",
    about=(
        "The random-effects pooling of `pooled_transfer`, of simulated estimates. The learners' own values are normal"
        f" around a mean of {MEAN:g}; the *difference* between them is none, moderate (τ = {DIFFERENCES['moderate']:g}"
        f" typical standard errors) or large ({DIFFERENCES['large']:g}). The typical standard error is"
        f" {TYPICAL_ERROR:g}; that of each learner is larger or smaller by a factor of {np.exp(UNEQUAL):.1f} (one"
        f" standard deviation), and is itself estimated with {FREEDOM} degrees of freedom. *One more learner*: the"
        " prediction interval. *Mean found*: its interval is above 0. *Difference found*: p ≤ 0.05 for no difference,"
        " which with none should be 5 %."
    ),
    row=pooled_row,
    cells=list(itertools.product(LEARNERS, DIFFERENCES)),
    size="",
)
