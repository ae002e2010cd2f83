"""When a curve reaches a target: closed forms, and how often the interval holds the true trial."""

import numpy as np
import pytest
from scipy.signal import lfilter

from mmlib.stats.curves import fit
from mmlib.stats.inference import inference
from mmlib.stats.reach import reach
from mmlib.stats.series import Series

TRIALS = np.arange(1, 81.0)


def around(y, form="exponential", z=TRIALS):
    y = np.atleast_2d(y)
    series = Series(z, y, np.full(y.shape, True))
    return inference(series, fit(series, form), 0.95, np.zeros(len(y), dtype=bool))


def reached(y, target, *, form="exponential", higher=True, **options):
    found = around(y, form)
    m = len(found.last)
    return reach(found, np.full(m, float(target)), np.full(m, higher), **options)


def noise(rho, shape, seed):
    shocks = np.random.default_rng(seed).normal(size=shape)
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return lfilter([1.0], [1.0, -rho], shocks, axis=1)


@pytest.mark.parametrize("target", [20, 45, 48, 49.5])
def test_an_exact_exponential_is_crossed_where_its_formula_says(target):
    found = reached(50 - 40 * np.exp(-0.03 * (TRIALS - 1)), target)
    truth = 1 + np.log(40 / (50 - target)) / 0.03
    for end in found:
        assert end[0] == pytest.approx(truth, rel=1e-3)


@pytest.mark.parametrize("target", [30, 50, 55])
def test_an_exact_power_curve_is_crossed_where_its_formula_says(target):
    found = reached(60 - 50 * TRIALS**-0.5, target, form="power")
    for end in found:
        assert end[0] == pytest.approx((50 / (60 - target)) ** 2, rel=1e-3)


def test_lower_can_be_better():
    times = 3 + 20 * np.exp(-0.05 * (TRIALS - 1))
    (when,), _, _ = reached(times, 4.0, higher=False)
    assert when == pytest.approx(1 + np.log(20) / 0.05, rel=1e-3)
    mirrored = reached(50 - times, 46.0)[0][0]
    assert mirrored == pytest.approx(when, rel=1e-6)


def test_what_lies_beyond_the_asymptote_is_never_reached():
    exact = 50 - 40 * np.exp(-0.05 * (TRIALS - 1))
    assert np.isinf(reached(exact, 50.5)).all()
    (when,), (low,), (high,) = reached(exact + noise(0.0, (1, 80), 3)[0], 50.1)
    assert np.isinf(high)
    assert low < 200
    assert np.isinf(when) or when > low


def test_a_target_beyond_the_horizon_is_not_reached():
    slow = 60 - 50 * TRIALS**-0.5
    truth = (50 / 1.0) ** 2
    assert reached(slow, 59, form="power")[0][0] == pytest.approx(truth, rel=1e-3)
    assert np.isinf(reached(slow, 59, form="power", horizon=truth / 80 / 2)[0][0])


def test_a_curve_that_falls_away_from_its_target_does_not_reach_it():
    falling = 20 + 30 * np.exp(-0.05 * (TRIALS - 1))
    assert np.isinf(reached(falling, 40)[0][0])
    assert np.isinf(reached(falling, 40)[2][0])


def test_it_looks_from_since_on():
    exact = 50 - 40 * np.exp(-0.05 * (TRIALS - 1))
    before, after = (reached(exact, 30, since=np.array([since])) for since in (1.0, 80.0))
    assert before[0][0] == pytest.approx(1 + np.log(2) / 0.05, rel=1e-3)
    assert after[0][0] == 80.0
    assert after[1][0] == 80.0


def test_each_series_has_its_own_target_however_many_there_are():
    rates = np.linspace(0.02, 0.2, 700)
    targets = np.linspace(45, 49, 700)
    found = around(50 - 40 * np.exp(-rates[:, None] * (TRIALS - 1)))
    when = reach(found, targets, np.full(700, True))[0]
    np.testing.assert_allclose(when, 1 + np.log(40 / (50 - targets)) / rates, rtol=2e-3)


@pytest.mark.parametrize("rho", [0.0, 0.4])
@pytest.mark.parametrize(("form", "target"), [("exponential", 49.0), ("power", 55.0)])
def test_the_interval_holds_the_true_trial_as_often_as_it_says(form, target, rho):
    if form == "exponential":
        mean, truth = 50 - 40 * np.exp(-0.04 * (TRIALS - 1)), 1 + np.log(40) / 0.04
    else:
        mean, truth = 60 - 50 * TRIALS**-0.5, 100.0
    when, low, high = reached(mean + 2 * noise(rho, (400, 80), 11), target, form=form)
    assert 0.91 <= np.mean((low <= truth) & (truth <= high)) <= 0.99
    known = np.isfinite(when)
    assert (low[known] <= when[known]).all()
    assert (when[known] <= high[known]).all()
    assert np.median(when) == pytest.approx(truth, rel=0.1)
