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
    level = 1 - np.exp(-rate * np.arange(n))
    start, early, now = (part.mean() for part in (level[:3], level[3:6], level[-5:]))
    truth = (early - start) / (now - start)
    assert known.mean() > 0.9
    assert ((found[known, 1] <= truth) & (truth <= found[known, 2])).mean() >= 0.9


def test_without_a_gain_there_is_no_share():
    rng = np.random.default_rng(1)
    found = [early_share(rng.normal(size=40)).estimate for _ in range(100)]
    assert np.isnan(found).mean() > 0.9
    assert np.isnan(early_share(-np.arange(40.0)).estimate)


def test_a_step_after_the_third_trial_is_all_of_the_gain():
    y = np.r_[0.0, 0.1, -0.1, np.resize([9.9, 10.1], 37)]
    found = early_share(y)
    assert found.estimate == pytest.approx(1, abs=0.02)
    assert (found.start, found.early) == (pytest.approx(0, abs=0.01), pytest.approx(10, abs=0.1))


def test_one_odd_first_observation_does_not_hide_a_gain():
    rng = np.random.default_rng(5)
    y = -10 * np.exp(-0.05 * np.arange(80)) + rng.normal(size=80)
    y[0] += 6
    assert early_share(y).high > 0
    assert early_share(y, first=3).start == y[0]  # with so few first ones, the first alone


def test_the_limits_are_those_of_simulated_means():
    # The spread of (early - start) - share·(now - start) over many series, with the noise that is put in.
    noise = np.random.default_rng(8).normal(size=(4000, 60))
    level = -10 * np.exp(-0.05 * np.arange(60))
    found = np.array([early_share(row) for row in level + noise])
    of_rise, of_gain = (found[:, 4] - found[:, 3]).var(), (found[:, 5] - found[:, 3]).var()
    assert of_rise == pytest.approx(1 / 3 + 1 / 3, rel=0.1)
    assert of_gain == pytest.approx(1 / 3 + 1 / 5, rel=0.1)
