"""The share of the gain at the beginning, against curves whose truth is known."""

import numpy as np
import pytest
from scipy import signal

from mmlib.stats.early import early_share


def curves(rate, n, rho, series=200, gain=10.0):
    rng = np.random.default_rng([n, int(100 * rho), int(100 * rate)])
    shocks = rng.normal(size=(series, n))
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return -gain * np.exp(-rate * np.arange(n)) + signal.lfilter([1.0], [1.0, -rho], shocks, axis=1)


@pytest.mark.parametrize("rate", [0.05, 0.35])
@pytest.mark.parametrize(("n", "rho"), [(26, 0.0), (80, 0.0), (80, 0.4), (300, 0.4)])
def test_the_limits_hold_the_truth(rate, n, rho):
    found = np.array([early_share(y)[:3] for y in curves(rate, n, rho)])
    known = ~np.isnan(found[:, 0])
    truth = (1 - np.exp(-rate * 4)) / (1 - np.exp(-rate * (n - 1)))
    assert known.mean() > 0.9
    assert ((found[known, 1] <= truth) & (truth <= found[known, 2])).mean() >= 0.9


def test_without_a_gain_there_is_no_share():
    rng = np.random.default_rng(1)
    found = [early_share(rng.normal(size=40)).estimate for _ in range(100)]
    assert np.isnan(found).mean() > 0.9
    assert np.isnan(early_share(-np.arange(40.0)).estimate)


def test_a_step_after_the_first_trial_is_all_of_the_gain():
    y = np.r_[0.0, np.resize([9.9, 10.1], 39)]
    found = early_share(y)
    assert found.estimate == pytest.approx(1, abs=0.02)
    assert (found.start, found.early) == (0, pytest.approx(10, abs=0.1))
