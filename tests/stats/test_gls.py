"""Many series under many structures: against dense matrices, one structure at a time."""

import numpy as np
import pytest

from mmlib.stats import gls
from mmlib.stats.course import course
from mmlib.stats.gls import designed, orthonormal, spanning
from mmlib.stats.likeness import likenesses

SERIES = 350  # more than pass at once, and no multiple of how many do


def problem(n):
    rng = np.random.default_rng(n)
    days = np.cumsum(rng.integers(1, 4, n) * 1.0)
    own = rng.exponential(size=n)
    columns = np.column_stack([course(np.arange(1.0, n + 1), days.astype(int) % 7), own, 2 * own])
    possible = likenesses(days, rng.integers(1, 5, n) * 1.0)
    return columns, rng.exponential(size=(n, 4)), possible, rng.normal(size=(n, SERIES))


def dense(columns, further, likeness, series):
    whole = likeness.coloured(np.eye(len(columns)))
    inverse = np.linalg.inv(whole @ whole.T)
    basis = orthonormal(columns, np.linalg.norm(columns))
    middle = basis.T @ inverse @ basis
    projection = inverse - inverse @ basis @ np.linalg.solve(middle, basis.T @ inverse)
    size = np.linalg.slogdet(whole @ whole.T)[1] + np.linalg.slogdet(middle)[1]
    return ((projection @ series) * series).sum(axis=0), further.T @ projection, size


@pytest.mark.parametrize("n", [60, 199, gls.LONG, 450])
def test_what_is_left_is_that_of_dense_matrices(n):
    columns, further, possible, series = problem(n)
    design = designed(columns, further, possible)
    left = design.left(series)
    assert 0 < SERIES % design.passage.together() < SERIES
    assert design.freedom == n - np.linalg.matrix_rank(columns)
    sizes = []
    for s, likeness in enumerate(possible):
        rss, weights, size = dense(columns, further, likeness, series)
        assert left.rss[s] == pytest.approx(rss, rel=1e-8)
        assert left.products[s] == pytest.approx(weights @ series, rel=1e-8, abs=1e-7)
        assert design.gram[s] == pytest.approx(weights @ further, rel=1e-8, abs=1e-7)
        sizes.append(size)
    assert np.diff(design.size) == pytest.approx(np.diff(sizes), abs=1e-6)


@pytest.mark.parametrize("n", [60, 450])
def test_roughly_and_under_some_of_the_structures_the_same_is_left(n):
    columns, further, possible, series = problem(n)
    design, some = designed(columns, further, possible), np.array([0, 3, len(possible) - 1])
    whole, part = design.left(series), design.roughly(some).left(series.astype(np.float32))
    assert part.rss == pytest.approx(whole.rss[some], rel=1e-4)
    assert part.products == pytest.approx(whole.products[some], rel=1e-4, abs=1e-4)
    assert np.array_equal(design.roughly(some).size, design.size[some])


def test_only_a_long_series_has_columns_that_are_looked_at_where_they_live():
    (short, *_), (long, *_) = problem(gls.LONG - 1), problem(gls.LONG)
    assert [designed(*problem(n)[:3]).inverse.shape[1] > 0 for n in (gls.LONG - 1, gls.LONG)] == [False, True]
    for columns in (short, long):
        basis = spanning(columns)
        assert basis.T @ basis == pytest.approx(np.eye(np.linalg.matrix_rank(columns)))
        assert basis @ (basis.T @ columns) == pytest.approx(columns)


def test_columns_that_live_on_few_rows_and_repeat_each_other_count_once():
    columns, further, possible, series = problem(240)
    peak = np.exp(-0.5 * (np.arange(240) - 100.0) ** 2 / 9) * (np.abs(np.arange(240) - 100) < 20)
    doubled = np.column_stack([columns, peak, 3 * peak])
    twice, once = designed(doubled, further, possible), designed(doubled[:, :-1], further, possible)
    assert twice.freedom == once.freedom
    assert twice.left(series).rss == pytest.approx(once.left(series).rss)
