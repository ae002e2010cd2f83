"""Burstiness, mean hours and peaks against simulation and scipy."""

import numpy as np
import pytest
from scipy import stats

from mmlib.stats import timing


def of(gaps):
    gaps = np.atleast_2d(gaps)
    return timing.burstiness(gaps.mean(axis=1), gaps.std(axis=1), gaps.shape[1])


@pytest.mark.parametrize("n", [5, 20, 200])
def test_burstiness_of_chance_is_zero_whatever_the_number_of_gaps(n):
    gaps = np.random.default_rng(n).exponential(size=(4000, n))
    mean, sd = gaps.mean(axis=1), gaps.std(axis=1)
    assert of(gaps).mean() == pytest.approx(0, abs=0.06)
    assert abs(of(gaps).mean()) < 0.6 * abs(((sd - mean) / (sd + mean)).mean())


@pytest.mark.parametrize("n", [2, 5, 50])
def test_burstiness_runs_from_the_clock_to_the_single_pause(n):
    assert of(np.full(n, 3.0)) == pytest.approx(-1)
    assert of([*np.zeros(n - 1), 1.0]) == pytest.approx(1)


def test_burstiness_of_many_gaps_is_goh_and_barabasis():
    gaps = np.random.default_rng(1).lognormal(sigma=1.2, size=100_000)
    mean, sd = gaps.mean(), gaps.std()
    assert of(gaps) == pytest.approx((sd - mean) / (sd + mean), abs=0.01)


def test_burstiness_of_one_gap_is_not_known():
    assert np.isnan(timing.burstiness([3.0], [0.0], [1])).all()


@pytest.mark.parametrize("hours", [[23.5, 0.5], [22.0, 1.0, 3.5], [8.0, 9.0, 9.5], [0.0]])
def test_the_mean_hour_is_scipys_circular_mean(hours):
    hour, length = timing.mean_hour(timing.hour_angle(hours).mean())
    apart = (hour - stats.circmean(hours, high=24) + 12) % 24 - 12
    assert apart == pytest.approx(0, abs=1e-6)
    assert length == pytest.approx(1 - stats.circvar(hours, high=24))


def test_half_past_eleven_and_half_past_midnight_average_to_midnight():
    assert timing.mean_hour(timing.hour_angle([23.5, 0.5]).mean())[0] % 24 == pytest.approx(0, abs=1e-6)


def test_the_chance_of_a_peak_is_a_bound_on_what_a_simulation_finds():
    counts = np.random.default_rng(2).multinomial(30, [1 / 7] * 7, size=20_000)
    for most in (9, 10, 12):
        found = (counts.max(axis=1) >= most).mean()
        assert found <= float(timing.peak_chance(most, 30, 7)) + 0.005
        assert found >= 0.8 * float(timing.peak_chance(most, 30, 7)) - 0.005
