"""The choice of a form and what may be said of it, against simulated truth."""

import numpy as np
import pytest
from scipy.signal import lfilter

from mmlib.errors import MMError
from mmlib.stats import curves
from mmlib.stats.learning import learning

TRIALS = np.arange(1, 81.0)
RISING = 50 - 40 * np.exp(-0.06 * (TRIALS - 1))


def noise(rng, rho=0.0, n=80, sd=4.0):
    return sd * np.sqrt(1 - rho**2) * lfilter([1], [1, -rho], rng.normal(size=n + 50))[50:]


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_intervals_cover_the_truth(rho):
    rng = np.random.default_rng(42)
    truth = {"asymptote": 50, "gain": 40, "rate": 0.06}
    covered = {name: [] for name in [*truth, "mean"]}
    for _ in range(200):
        y = RISING + noise(rng, rho)
        found = learning(TRIALS, y, models=("exponential",))
        assert found.identified
        for name, value in truth.items():
            covered[name].append(getattr(found, f"{name}_low") <= value <= getattr(found, f"{name}_high"))
        fit = curves.exponential(TRIALS, y)
        covered["mean"].append(np.abs(fit.predict(TRIALS) - RISING) <= fit.factor() * fit.spread(TRIALS))
    for name, hits in covered.items():
        assert 0.90 <= np.mean(hits) <= 0.99, name


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_noise_alone_is_rarely_taken_for_a_curve(rho):
    rng = np.random.default_rng(6)
    flat = [learning(TRIALS, 30 + noise(rng, rho)).model == "flat" for _ in range(200)]
    assert np.mean(flat) >= 0.92


def test_the_generating_form_is_recovered():
    rng = np.random.default_rng(9)
    falling = 60 - 50 * TRIALS**-0.5
    assert np.mean([learning(TRIALS, RISING + noise(rng)).model == "exponential" for _ in range(100)]) >= 0.9
    assert np.mean([learning(TRIALS, falling + noise(rng)).model == "power" for _ in range(100)]) >= 0.9


def test_gain_is_positive_when_better():
    y = RISING + noise(np.random.default_rng(1))
    up = learning(TRIALS, y)
    down = learning(TRIALS, 100 - y, higher_is_better=False)
    worse = learning(TRIALS, 100 - y, higher_is_better=True)
    assert up.gain > 0
    assert down.gain == pytest.approx(up.gain, rel=1e-6)
    assert worse.gain == pytest.approx(-up.gain, rel=1e-6)
    assert worse.gain_low < worse.gain < worse.gain_high < 0


def test_a_straight_line_has_not_bent():
    found = learning(TRIALS, 10 + 0.5 * TRIALS + noise(np.random.default_rng(2), sd=1.0))
    assert found.model != "flat"
    assert not found.identified
    assert np.isnan([found.asymptote, found.gain, found.rate, found.asymptote_low, found.gain_high]).all()
    assert found.reason == "the curve has not bent yet: 80 trials show no sign of a ceiling"
    falling = learning(TRIALS, 100 - 0.5 * TRIALS, higher_is_better=False)
    assert falling.reason.endswith("show no sign of a floor")


def test_a_curve_that_points_below_zero_gets_no_floor():
    y = np.maximum(20 - 22 * (1 - np.exp(-0.03 * (TRIALS - 1))), 0.01)
    found = learning(TRIALS, y, models=("exponential",), higher_is_better=False)
    assert not found.identified
    assert found.reason.startswith("the curve points below zero")


def test_limits_of_times_end_at_zero():
    y = 1 + 40 * np.exp(-0.08 * (TRIALS - 1)) + np.abs(noise(np.random.default_rng(4), sd=6.0))
    found = learning(TRIALS, y, models=("exponential",), higher_is_better=False)
    assert found.identified
    assert found.asymptote_low >= 0


def test_one_slip_is_no_curve():
    y = 30 + noise(np.random.default_rng(3), sd=1.0)
    y[0] = 0.0
    assert learning(TRIALS, y).model == "flat"
    assert "slip" in learning(TRIALS, y, models=("exponential",)).reason


def test_too_few_or_equal_trials_say_so():
    assert learning([], []).reason == "no trial with a score: a curve needs at least 8"
    assert learning([1], [4]).reason == "1 trial with a score: a curve needs at least 8"
    assert learning(TRIALS[:7], RISING[:7])[:2] == (None, 7)
    assert learning(TRIALS, np.full(80, 3.0)).reason == "all 80 trials scored the same"
    assert learning(np.ones(80), RISING).reason == "1 distinct amount of practice: a curve needs at least 8"
    quick = 50 - 40 * np.exp(-0.6 * np.arange(9))
    assert learning(TRIALS[:9], quick).reason == "9 trials are too few to tell a ceiling"


def test_an_unknown_form_is_refused():
    with pytest.raises(MMError, match='Did you mean "power"'):
        learning(TRIALS, RISING, models=("powr",))
    with pytest.raises(MMError, match="no form"):
        learning(TRIALS, RISING, models=())


def test_models_can_name_one_alone():
    found = learning(TRIALS, RISING + noise(np.random.default_rng(5)), models=("power",))
    assert (found.model, found.weight) == ("power", 1.0)
