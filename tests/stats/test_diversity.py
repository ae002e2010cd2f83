"""Hill numbers against hand calculation."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmlib.stats.diversity import hill

amounts = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=12)


@pytest.mark.parametrize(("q", "expected"), [(0, 3), (1, 2**1.5), (2, 1 / (0.25 + 2 * 0.0625))])
def test_hand_calculated(q, expected):
    # Shares of a half and two quarters: Shannon entropy is 1.5 bits.
    assert hill([50, 25, 25], q) == pytest.approx(expected)


@pytest.mark.parametrize("q", [0, 0.5, 1, 2, 5])
def test_equal_shares_count_as_their_number(q):
    assert hill([7.0] * 9, q) == pytest.approx(9)


def test_absent_kinds_do_not_count():
    assert hill([3, 0, np.nan, 3], 0) == 2
    assert hill([3, 0, np.nan, 3], 1) == pytest.approx(2)


def test_nothing_gives_nan():
    assert np.isnan(hill([], 1))
    assert np.isnan(hill([0, 0], 0))


@given(amounts)
def test_falls_with_order_and_lies_between_one_and_the_count(weights):
    numbers = [hill(weights, q) for q in (0, 0.5, 1, 2)]
    assert all(left >= right - 1e-6 for left, right in itertools.pairwise(numbers))
    assert 1 <= numbers[-1] <= numbers[0] == len(weights)


@given(amounts, st.floats(0.001, 1000))
def test_only_shares_matter(weights, factor):
    assert hill([w * factor for w in weights], 1) == pytest.approx(hill(weights[::-1], 1), rel=1e-6)
