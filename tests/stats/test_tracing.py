"""Tracing: distances, excursions and corners that were counted by hand."""

import itertools

import numpy as np
import pytest

from mmlib.stats.tracing import corners_passed, distances, excursions

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], dtype=float)


def test_distances_are_those_to_the_nearest_side_or_corner():
    points = [[5, 2], [5, -3], [13, 14], [10, 7], [5, 5], [-1, 5]]
    assert distances(points, SQUARE) == pytest.approx([2, 3, 5, 0, 5, 1])


def test_distances_agree_with_a_dense_outline():
    rng = np.random.default_rng(1)
    points = rng.uniform(-5, 15, (200, 2))
    sides = [np.linspace(a, b, 2001) for a, b in itertools.pairwise(SQUARE)]
    dense = np.concatenate(sides)
    nearest = np.hypot(*(points[:, None] - dense).transpose(2, 0, 1)).min(axis=1)
    assert distances(points, SQUARE) == pytest.approx(nearest, abs=0.01)


@pytest.mark.parametrize(
    ("trace", "times"),
    [
        (SQUARE, 0),
        ([[0, 0.9], [10, 0.9]], 0),
        ([[0, 0], [5, 0], [5, 3], [6, 0], [10, 0]], 1),
        ([[0, 0], [3, 3], [4, 0], [7, 0], [8, -3], [9, 0]], 2),
        ([[0, 0], [3, -2], [6, -2], [9, -2]], 1),
        ([[5, 5], [5, 0]], 1),
        ([[0, 0], [10, 10]], 1),
        ([[5, 5]], 1),
        ([[5, 0]], 0),
    ],
    ids=["on the line", "within", "once", "twice", "stays out", "begins outside", "across", "one out", "one in"],
)
def test_excursions_are_counted(trace, times):
    assert excursions(trace, SQUARE, 1.0)[0] == times


def test_a_hand_that_trembles_on_the_edge_errs_once():
    x = np.linspace(1, 9, 400)
    trace = np.column_stack([x, -1 - 0.05 * np.sin(40 * x)])
    assert excursions(trace, SQUARE, 1.0)[0] == 1


def test_a_jump_over_the_band_is_seen_between_two_points():
    # From side to side through the middle, with no point of the trace outside the band.
    assert excursions([[0, 5], [10, 5]], SQUARE, 1.0)[0] == 1


def test_the_share_outside_is_that_of_the_length():
    assert excursions([[0, 0], [0, 10], [-4, 10]], SQUARE, 1.0)[1] == pytest.approx(3 / 14, abs=0.01)


def test_corners_count_in_their_order_only():
    assert corners_passed(SQUARE, SQUARE, 1.0) == 5
    assert corners_passed(SQUARE[::-1], SQUARE, 1.0) == 2  # the first, then all the way round to the second
    assert corners_passed(SQUARE[[0, 2, 3, 4]], SQUARE, 1.0) == 1
    assert corners_passed([[50, 50]], SQUARE, 1.0) == 0
