"""Changes of level against known truth, a search by hand and least squares."""

import itertools

import numpy as np
import pytest
from scipy import signal

from mmlib.stats import changepoints, levels


def noise(n, rho=0.0, seed=0):
    shocks = np.random.default_rng(seed).normal(size=n)
    shocks[1:] *= np.sqrt(1 - rho**2)
    return signal.lfilter([1.0], [1.0, -rho], shocks)


def found(y, **options):
    return changepoints.changes(np.arange(1, len(y) + 1), y, **options)


def test_a_leap_is_found_where_it_is_and_as_large_as_it_is():
    trial = np.arange(200)
    y = 30 - 20 * np.exp(-0.03 * trial) + 6 * (trial >= 140) + noise(200, 0.4)
    (leap,) = found(y)
    assert abs(leap.start - 140) <= 2
    assert leap.stop == 200
    assert leap.first <= 140 <= leap.last
    assert leap.low < 6 < leap.high
    assert leap.size == pytest.approx(6, abs=1.5)


def test_a_leap_and_a_dip_that_pass_have_an_end():
    trial = np.arange(300)
    y = 5 * ((trial >= 60) & (trial < 100)) - 4 * ((trial >= 200) & (trial < 230)) + noise(300)
    leap, dip = found(y)
    assert (leap.start, leap.stop) == (pytest.approx(60, abs=2), pytest.approx(100, abs=2))
    assert (dip.start, dip.stop) == (pytest.approx(200, abs=2), pytest.approx(230, abs=2))
    assert leap.low < 5 < leap.high
    assert dip.low < -4 < dip.high


@pytest.mark.parametrize(("rho", "form"), list(itertools.product((0.0, 0.4, 0.7), ("flat", "exponential", "power"))))
def test_smooth_curves_raise_few_false_alarms(rho, form):
    trial = np.arange(1.0, 121)
    left = {"flat": 0 * trial, "exponential": 10 * np.exp(-0.03 * trial), "power": 12.5 * trial**-0.5}[form]
    alarms = sum(bool(found(noise(120, rho, seed) - left)) for seed in range(60))
    # Of 60 series, 8 alarms or more have a chance of 1 % where each has one of 5 %.
    assert alarms < 8


def test_most_leaps_of_one_standard_deviation_over_30_trials_are_found_within_10_trials():
    hits = 0
    for seed in range(50):
        y = noise(400, seed=seed)
        y[370:] += 1
        hits += any(change.size > 0 and abs(change.start - 370) <= 10 for change in found(y))
    assert hits >= 35


def test_heavy_tails_and_outliers_are_no_leaps():
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(40):
        y = noise(150, 0.3, rng.integers(10**6))
        y[rng.random(150) < 0.05] += 8
        alarms += bool(found(y)) + bool(found(np.exp(0.6 * rng.normal(size=150))))
    assert alarms <= 9


def test_a_scan_is_least_squares_with_every_shape_and_change():
    n, rng = 40, np.random.default_rng(3)
    y, scale = rng.normal(size=n).cumsum(), rng.uniform(0.5, 2, n)
    shapes = levels.shapes_over(np.arange(1.0, n + 1), 1.0)[[0, 10, 60]]
    starts, stops, rho = np.array([8, 15, 20]), np.array([n, 29, n]), 0.3
    fits = levels.scan(levels.Noise(y, scale, rho), shapes, np.ones((1, n)), starts, stops)
    place = np.arange(n)
    covariance = rho ** np.abs(place[:, None] - place) * np.outer(scale, scale)
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    for k, c in itertools.product(range(3), range(3)):
        step = ((place >= starts[c]) & (place < stops[c])).astype(float)
        design = np.column_stack([np.ones(n), step, *([shapes[k]] if k else [])])
        beta, rss, *_ = np.linalg.lstsq(root @ design, root @ y, rcond=None)
        bend = levels.BEND * fits.variance * (k > 0)
        assert fits.size[k, c] == pytest.approx(beta[1])
        assert fits.rss[k, c] - bend == pytest.approx(rss[0])
        spread = np.linalg.inv(design.T @ np.linalg.inv(covariance) @ design)[1, 1]
        assert 1 / fits.information[k, c] == pytest.approx(spread)


def test_several_thousand_observations_are_searched_and_the_place_is_exact_to_a_few():
    y = noise(6000, 0.2)
    y[4321:] += 3
    (leap,) = found(y)
    assert abs(leap.start - 4321) <= 3
    assert leap.first <= 4321 <= leap.last
    assert leap.stop == 6000


def test_what_says_nothing_gives_nothing():
    assert found(noise(changepoints.FEWEST - 1)) == []
    assert found(np.full(100, 3.0)) == []
    assert changepoints.changes(np.ones(100), noise(100)) == []
    assert found(1000 - 20 * np.exp(-0.05 * np.arange(100))) == []


def test_a_drop_that_undoes_a_leap_is_its_end():
    y = noise(400, seed=5)
    y[100:290] += 4
    (leap,) = found(y)
    assert abs(leap.start - 100) <= 2
    assert abs(leap.stop - 290) <= 2


def test_direction_and_units_do_not_matter():
    y = noise(150)
    y[90:] += 4
    (leap,), (mirrored,), (scaled,) = found(y), found(-y), found(1e6 + 1000 * y)
    assert (mirrored.start, mirrored.size) == (leap.start, pytest.approx(-leap.size))
    assert (scaled.start, scaled.size) == (leap.start, pytest.approx(1000 * leap.size, rel=1e-6))


def test_a_plateau_is_the_level_stretch_before_a_leap():
    level = np.minimum(np.arange(120), 40) / 4
    plateau = changepoints.plateau(level + 0.5 * noise(120), leap=5.0)
    assert 25 <= plateau.start <= 45
    assert plateau.low <= 0 <= plateau.high < 5
    assert changepoints.plateau(np.arange(60.0) + 0.5 * noise(60), leap=5.0) is None
    assert changepoints.plateau(noise(8), leap=5.0) is None
    assert changepoints.plateau(noise(40), leap=-5.0) is None
