"""The course: what practice and time explain by themselves."""

import numpy as np
import pytest

from mmlib.stats.course import course, in_logs

TRIAL = np.arange(1.0, 121)
WEEKDAY = np.arange(120) % 7


def left(values, columns):
    return values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]


@pytest.mark.parametrize(
    "curve",
    [20 * np.exp(-0.02 * (TRIAL - 1)), 20 * np.exp(-0.15 * (TRIAL - 1)), 20 * TRIAL**-0.3, 20 / TRIAL],
    ids=["slow exponential", "quick exponential", "slow power", "quick power"],
)
def test_learning_curves_leave_next_to_nothing(curve):
    assert np.abs(left(curve, course(TRIAL, WEEKDAY))).max() < 0.05


def test_slow_change_and_weekdays_leave_little_and_what_changes_within_a_fortnight_stays():
    columns = course(TRIAL, WEEKDAY)
    assert left(np.sin(2 * np.pi * TRIAL / 90), columns).std() < 0.05
    assert left(np.array([0.0, 1, 2, 0, 5, 3, 1])[WEEKDAY], columns).std() < 1e-9
    assert left(np.sin(2 * np.pi * TRIAL / 12), columns).std() > 0.6


def test_few_observations_get_one_level_for_the_weekend_and_none_where_there_is_no_weekend():
    few = course(TRIAL[:40], WEEKDAY[:40])
    assert left(1.0 * (WEEKDAY[:40] >= 5), few).std() < 1e-9
    assert course(TRIAL[:40], np.arange(40) % 5).shape[1] == few.shape[1] - 1


def test_noise_in_proportion_to_the_level_asks_for_logarithms_and_even_noise_does_not():
    rng = np.random.default_rng(3)
    level, columns = 15 + 60 * np.exp(-0.03 * TRIAL), course(TRIAL, WEEKDAY)
    assert in_logs(level * np.exp(0.15 * rng.normal(size=120)), columns)
    assert not in_logs(level + rng.normal(size=120), columns)
    assert not in_logs(level - 40, columns)
