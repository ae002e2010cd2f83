"""The choice of a form and what may be said of it, against simulated truth and scipy."""

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.signal import lfilter

from mmlib.errors import MMError
from mmlib.stats import choice, curves
from mmlib.stats.inference import inference
from mmlib.stats.learning import learning
from mmlib.stats.noise import noise
from mmlib.stats.series import Series

N = 80
Z = np.arange(1, N + 1.0)
RISING = 50 - 40 * np.exp(-0.06 * (Z - 1))
FALLING = 60 - 50 * Z**-0.5


def errors(seed, rho=0.0, *, series=200, n=N, sd=4.0):
    shocks = np.random.default_rng(seed).normal(size=(series, n + 50))
    return sd * np.sqrt(1 - rho**2) * lfilter([1], [1, -rho], shocks, axis=1)[:, 50:]


def whole(values, z=Z):
    values = np.atleast_2d(values)
    return Series(z, values, np.ones(values.shape, dtype=bool))


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_intervals_cover_the_truth(rho):
    series = whole(RISING + errors(42, rho))
    found = learning(series, models=("exponential",))
    assert found["identified"].all()
    for name, value in {"asymptote": 50, "gain": 40, "rate": 0.06}.items():
        held = (found[f"{name}_low"] <= value) & (value <= found[f"{name}_high"])
        assert 0.90 <= held.mean() <= 0.99, name
    around = inference(series, curves.fit(series, "exponential"), 0.95, np.zeros(200, dtype=bool))
    mean, half = around.band(Z)
    assert 0.90 <= (np.abs(mean - RISING) <= half).mean() <= 0.99


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_noise_alone_is_rarely_taken_for_a_curve(rho):
    found = learning(whole(30 + errors(6, rho)))
    assert np.mean(found["model"] == "flat") >= 0.92


def test_the_generating_form_is_recovered():
    for truth, form in ((RISING, "exponential"), (FALLING, "power")):
        assert np.mean(learning(whole(truth + errors(9, series=100)))["model"] == form) >= 0.9
    z = np.arange(1, 301.0)
    late = 60 - 50 * ((z + 30) / 31) ** -1.5 + errors(2, series=50, n=300, sd=1.2)
    assert np.mean(learning(whole(late, z))["model"] == "power_prior") >= 0.9


def test_gain_is_positive_when_better():
    y = RISING + errors(1, series=1)[0]
    found = learning(whole(np.stack([y, 100 - y, 100 - y])), higher_is_better=np.array([True, False, True]))
    up, down, worse = found["gain"]
    assert up > 0
    assert down == pytest.approx(up, rel=1e-6)
    assert worse == pytest.approx(-up, rel=1e-6)
    assert found["gain_low"][2] < worse < found["gain_high"][2] < 0


def test_standard_errors_are_scipys_for_even_independent_noise():
    z = np.arange(1, 401.0)
    truth = 50 - 40 * np.exp(-0.02 * (z - 1))
    series = whole(truth + errors(3, series=30, n=400, sd=1.0), z)
    around = inference(series, curves.fit(series, "exponential"), 0.95, np.zeros(30, dtype=bool))
    ours = np.stack([around.half(0), around.half(1)], axis=1) / around.factor[:, None]
    for y, found in zip(series.y, ours, strict=True):
        _, table = curve_fit(lambda x, a, d, r: a + d * np.exp(-r * (x - 1)), z, y, p0=(50, -40, 0.02))
        assert np.median(found / np.sqrt(np.diag(table)[:2])) == pytest.approx(1.0, abs=0.25)
    assert np.mean(ours[:, 0]) == pytest.approx(np.sqrt(table[0, 0]), rel=0.15)


def test_autocorrelated_noise_widens_the_intervals_as_much_as_it_should():
    wide, narrow = (
        learning(whole(RISING + errors(8, rho)), models=["exponential"])["asymptote_high"]
        - learning(whole(RISING + errors(8, rho)), models=["exponential"])["asymptote_low"]
        for rho in (0.7, 0.0)
    )
    # (1 + 0.7)/(1 - 0.7) in the variance, and fewer degrees of freedom.
    assert np.nanmedian(wide) / np.nanmedian(narrow) == pytest.approx(np.sqrt(1.7 / 0.3), rel=0.35)


def test_outliers_do_not_hide_the_autocorrelation():
    e = errors(4, 0.7, series=400, n=200, sd=1.0)
    thrown = e + 8 * (np.random.default_rng(0).random(e.shape) < 0.05)
    seen = np.ones(e.shape, dtype=bool)
    found = noise(thrown - thrown.mean(axis=1, keepdims=True), seen, np.zeros(e.shape), 1)
    assert found.lag1.mean() < 0.35
    assert found.rho.mean() == pytest.approx(0.7, abs=0.05)
    assert found.core.mean() < 0.5


def test_aicc_by_hand():
    series = whole(RISING + errors(5, series=3, sd=2.0))
    fits = [curves.fit(series, form) for form in ("flat", "exponential")]
    residuals = series.y - fits[1].predict(Z, series.last)
    inflation = noise(residuals, series.seen, np.zeros_like(residuals), 3, wary=False).inflation
    expected = [
        N / inflation * np.log(fit.rss / N) + 2 * k + 2 * k * (k + 1) / (N - k - 1)
        for fit, k in zip(fits, (2, 4), strict=True)
    ]
    assert choice.criteria(series, fits) == pytest.approx(np.stack(expected, axis=1))
    assert choice.weights(np.array([[3.0, 3.0]])) == pytest.approx(np.array([[0.5, 0.5]]))


def test_a_curve_that_has_not_bent_says_so():
    found = learning(whole(20 + 0.3 * Z + errors(3, series=1, sd=1.0)), models=["exponential"])
    assert not found["identified"][0]
    assert np.isnan(found["asymptote"][0])
    assert found["reason"][0] == "the curve has not bent yet: 80 trials show no sign of a ceiling"


def test_a_first_slip_is_no_curve():
    y = np.full(N, 50.0) + errors(2, series=1, sd=1.0)[0]
    y[0] = 0.0
    assert learning(whole(y))["model"][0] == "flat"
    found = learning(whole(y), models=["exponential"])
    assert found["reason"][0] == "all the change lies in the first two of 80 trials: a slip rather than a curve"


def test_failed_attempts_between_do_not_hide_the_curve():
    y = 100 - 6.0 * np.arange(16) + errors(7, series=40, n=16, sd=4.0)
    seen = np.zeros((40, 31), dtype=bool)
    seen[:, ::2] = True
    values = np.zeros((40, 31))
    values[:, ::2] = y
    found = learning(Series(np.arange(1, 32.0), values, seen))
    assert np.mean(found["model"] != "flat") >= 0.95


def test_one_outlier_does_not_hide_the_curve():
    z = np.arange(1, 41.0)
    y = 30 + z + errors(8, series=100, n=40, sd=2.0)
    y[:, -1] += 40
    assert np.mean(learning(whole(y, z))["model"] != "flat") >= 0.95


def test_times_end_above_zero():
    z = np.arange(1, 31.0)
    y = 40 * np.exp(-0.045 * (z - 1)) + 0.5 * errors(6, series=1, n=30, sd=1.0)[0]
    found = learning(whole(np.maximum(y, 0.1), z), models=["exponential"], higher_is_better=False)
    assert not (found["asymptote_low"][0] < 0)


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "no trial with a score: a curve needs at least 8"), (1, "1 trial with a score: a curve needs at least 8")],
)
def test_too_few_trials_say_so(n, said):
    seen = np.zeros((1, 10), dtype=bool)
    seen[0, :n] = True
    found = learning(Series(np.arange(1, 11.0), np.where(seen, 3.0, 0.0), seen))
    assert found["model"][0] is None
    assert found["reason"][0] == said


def test_one_amount_of_practice_is_no_curve():
    found = learning(Series(np.ones((1, 12)), np.arange(12.0)[None, :], np.ones((1, 12), dtype=bool)))
    assert found["reason"][0] == "1 distinct amount of practice: a curve needs at least 8"


def test_a_constant_series_is_flat():
    found = learning(whole(np.full(N, 7.0)))
    assert (found["model"][0], found["reason"][0]) == ("flat", "all 80 trials scored the same")


def test_unknown_forms_are_named():
    with pytest.raises(MMError, match=r'models: found "powr", expected names of forms\. Did you mean "power"'):
        learning(whole(RISING), models=["powr"])
    with pytest.raises(MMError, match="models: found no form"):
        learning(whole(RISING), models=[])
