"""Noise structures: the correlations that they name."""

import numpy as np
import pytest

from mmlib.stats import likeness
from mmlib.stats.likeness import likenesses

DAYS = np.array([0.0, 1.0, 1.5, 4.0, 9.0, 9.2])
COUNTS = np.array([1.0, 1.0, 4.0, 1.0, 2.0, 1.0])


def correlation(found):
    factor = found.coloured(np.eye(found.own.size))
    return factor @ factor.T


def named(name, days=DAYS, counts=COUNTS):
    return next(found for found in likenesses(days, counts) if found.name == name)


def test_noise_by_order_has_powers_of_its_correlation():
    steps = np.abs(np.subtract.outer(range(6), range(6)))
    assert correlation(named("0.6 from one to the next")) == pytest.approx(0.6**steps, abs=1e-8)
    assert correlation(named("0 from one to the next")) == pytest.approx(np.eye(6), abs=1e-8)


def test_noise_in_time_fades_with_the_days_between():
    apart = np.abs(np.subtract.outer(DAYS, DAYS))
    assert correlation(named("6 days")) == pytest.approx(np.exp(-apart / 6), abs=1e-8)


def test_what_belongs_to_one_observation_shrinks_with_the_attempts_that_it_averages():
    shared = 0.5 * np.exp(-np.abs(np.subtract.outer(DAYS, DAYS)) / 6)
    expected = shared + np.diag(0.5 * COUNTS.mean() / COUNTS)
    assert correlation(named("6 days, 50% alone")) == pytest.approx(expected, abs=1e-8)


def test_whitening_undoes_colouring_and_the_determinant_is_that_of_the_matrix():
    columns = np.random.default_rng(1).normal(size=(6, 3))
    for found in likenesses(DAYS, COUNTS):
        assert found.white(found.coloured(columns)) == pytest.approx(columns)
        assert found.log_determinant == pytest.approx(np.linalg.slogdet(correlation(found))[1], abs=1e-6)


def test_long_series_are_split_into_blocks_that_hold_every_observation(monkeypatch):
    monkeypatch.setattr(likeness, "BLOCK", 4)
    found = named("0.6 from one to the next")
    assert np.flatnonzero(found.fade == 0).tolist() == [0, 3]
    assert correlation(found)[2, 3] == 0
    assert found.white(np.ones((6, 1))).shape == (6, 1)
