"""Hill numbers against hand calculation."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmlib.stats.diversity import effective, hill, rarefied, resemblance

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


def days(shares, n, rng):
    """Return n days of one to three sessions, each of a skill drawn with these shares."""
    table = np.zeros((n, len(shares)))
    for day in table:
        for skill in rng.choice(len(shares), size=1 + rng.integers(3), p=shares):
            day[skill] += rng.uniform(10, 30)
    return table


@pytest.mark.parametrize(("shares", "n"), [([1 / 3] * 3, 12), ([0.5, 0.3, 0.2], 25), ([0.4, 0.2, 0.2, 0.1, 0.1], 20)])
def test_the_interval_covers_the_number_of_the_true_shares(shares, n):
    rng = np.random.default_rng(3)
    found = [effective(days(shares, n, rng), rng=rng) for _ in range(150)]
    for i, q in enumerate((1, 2)):
        truth = hill(shares, q)
        assert np.mean([each.low[i] <= truth + 1e-9 and truth - 1e-9 <= each.high[i] for each in found]) >= 0.87


def test_plain_percentiles_would_miss_equal_shares_altogether():
    # What the studentised interval is there for: no resample can be broader than equal shares.
    rng = np.random.default_rng(4)
    table = days([0.25] * 4, 20, rng)
    resampled = [hill(table[rng.integers(20, size=20)].sum(axis=0)) for _ in range(500)]
    assert np.quantile(resampled, 0.975) < 4
    assert effective(table, [1], rng=rng).high[0] >= 4


def test_the_limits_lie_around_the_estimate_and_are_the_quantiles_of_the_draws():
    found = effective(days([0.6, 0.3, 0.1], 30, np.random.default_rng(5)), rng=np.random.default_rng(6), confidence=0.8)
    assert (found.low <= found.estimate).all()
    assert (found.estimate <= found.high).all()
    assert (found.low >= 1).all()
    assert found.high[1] == pytest.approx(np.quantile(found.draws[1], 0.9))
    assert found.low[0] == pytest.approx(np.quantile(found.draws[0], 0.1))


def test_more_days_make_a_shorter_interval():
    rng = np.random.default_rng(7)
    few, many = (effective(days([0.5, 0.3, 0.2], n, rng), rng=rng) for n in (15, 200))
    assert (many.high - many.low)[0] < 0.5 * (few.high - few.low)[0]


def test_no_limit_goes_beyond_what_can_have_been_missed():
    # Two kinds, each on many days: one more may have been missed, not five.
    table = np.array([[30, 0], [0, 30], [30, 0]] * 4, dtype=float)
    assert effective(table, rng=np.random.default_rng(0)).high.max() <= 3


@pytest.mark.parametrize(
    "table",
    [
        np.eye(3)[[0, 1, 2, 0, 1, 2, 0]],
        np.full((20, 1), 30.0),
        np.full((20, 3), 10.0),
        np.repeat(np.eye(2), 12, axis=0),
    ],
    ids=["6 units", "one kind", "all alike", "two phases"],
)
def test_there_are_no_limits_where_the_spread_cannot_be_told(table):
    found = effective(table, rng=np.random.default_rng(0))
    assert found.estimate[0] == pytest.approx(hill(table.sum(axis=0)))
    assert np.isnan([*found.low, *found.high]).all()
    assert np.isnan(found.draws).all()


def test_resemblance_is_the_autocorrelation_of_the_shares():
    # One kind or the other, with an AR(1)-like chain: stays with chance 0.8, so the autocorrelation is 0.6.
    rng = np.random.default_rng(8)
    state = np.cumsum(rng.random(4000) > 0.8) % 2
    assert resemblance(np.eye(2)[state]) == pytest.approx(0.6, abs=0.05)
    assert resemblance(np.eye(2)[rng.permutation(state)]) == pytest.approx(0, abs=0.05)
    assert resemblance(np.eye(2)[state] * rng.uniform(1, 5, (4000, 1))) > 0.4


def test_rarefied_is_the_mean_entropy_of_every_choice_of_sessions():
    sessions = [0, 0, 0, 0, 1, 1, 2]
    every = [np.bincount(choice, minlength=3) for choice in itertools.combinations(sessions, 4)]
    assert rarefied([4, 2, 1], 4) == pytest.approx(np.exp(np.mean([np.log(hill(counts)) for counts in every])))


def test_rarefied_of_all_sessions_is_the_number_itself():
    assert rarefied([[4, 2, 1], [7, 0, 0]], 7) == pytest.approx([hill([4, 2, 1]), 1.0])
    assert np.isnan(rarefied([4, 2, 1], 8))
