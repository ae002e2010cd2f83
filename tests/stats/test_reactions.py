"""Reaction times: what counts, a block's median with its error, and how much slower a random block is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mmlib.stats.reactions import Median, counting, median, slowing

# The example of ci.median in the R package statpsych (Bonett), with what it prints.
STATPSYCH = [
    *(30.2, 20.4, 15.1, 10.2, 10.5, 60.8, 20.8, 25.0, 20.7, 30.9),
    *(10.8, 5.1, 50.9, 40.0, 20.9, 10.8, 0, 20.5, 50.8),
]


def test_errors_anticipations_and_lapses_do_not_count():
    times = [99.9, 100, 450, 450, 3000, 3000.1]
    assert counting(times, [True, True, True, False, True, True]).tolist() == [False, True, True, False, True, False]


def test_a_median_and_its_error_are_those_of_statpsych():
    found = median(STATPSYCH)
    assert found.estimate == 20.7
    assert found.error == pytest.approx(4.292277, abs=1e-6)
    assert found.n == 19


def test_the_order_of_the_values_is_nothing_and_units_carry_over():
    values = np.random.default_rng(1).lognormal(6, 0.3, 57)
    found, moved = median(values), median(3 * values[::-1] + 5)
    assert moved.estimate == pytest.approx(3 * found.estimate + 5)
    assert moved.error == pytest.approx(3 * found.error)


def test_the_error_of_a_median_is_about_the_normal_one_for_normal_values():
    chance = np.random.default_rng(2)
    errors = [median(chance.normal(size=200)).error for _ in range(400)]
    assert np.mean(errors) == pytest.approx(np.sqrt(np.pi / 2 / 200), rel=0.04)


def test_few_values_have_a_median_without_an_error_and_none_have_neither():
    few = median(np.arange(9.0))
    assert few.estimate == 4
    assert np.isnan(few.error)
    assert np.isnan(median([])[:2]).all()


def test_the_slowing_of_three_blocks_is_a_linear_contrast_of_their_medians():
    blocks = [Median(430.0, 8.0, 57), Median(480.0, 9.0, 55), Median(410.0, 6.0, 58)]
    error = np.sqrt(9**2 + 8**2 / 4 + 6**2 / 4)
    found = slowing(blocks, {1}, 1, confidence=0.9)
    assert found.estimate == 60
    assert (found.low, found.high) == pytest.approx(stats.norm.interval(0.9, 60, error))
    assert found.n == 170


def test_ups_and_downs_between_the_other_blocks_widen_the_interval_by_hand():
    estimates = [430.0, 400.0, 430.0, 400.0, 480.0, 400.0]
    found = slowing([Median(each, 6.0, 57) for each in estimates], {4}, 4)
    # Blocks 2 and 3 lie 30 below and 30 above their neighbours: 900 on average, of which 36 · 1.5 is scatter.
    variance, besides = 900.0, 900 - 54.0
    freedom = 2 * 18 / 35 * (variance / besides) ** 2
    assert found.estimate == 80
    assert found.high - 80 == pytest.approx(stats.t.ppf(0.975, freedom) * 30)


def test_a_straight_trend_of_practice_cancels_out_and_adds_nothing_to_the_interval():
    blocks = [Median(500.0 - 20 * block, 8.0, 57) for block in range(7)]
    found = slowing(blocks, {5}, 5)
    assert found.estimate == 0
    assert found.high == pytest.approx(1.96 * 8 * np.sqrt(1.5), abs=0.01)


@pytest.mark.parametrize("which", [0, 2])
def test_a_block_at_the_edge_or_beside_a_missing_one_has_nothing_to_be_compared_with(which):
    there, missing = Median(430.0, 8.0, 57), Median(np.nan, np.nan, 0)
    for blocks, at in (([there] * 3, which), ([there, there, missing], 1)):
        found = slowing(blocks, {at}, at)
        assert np.isnan(found[:3]).all()
        assert found.n == 0


def test_a_missing_block_further_off_does_no_harm():
    blocks = [Median(430.0, 8.0, 57)] * 5
    assert slowing([*blocks, Median(np.nan, np.nan, 0)], {3}, 3) == slowing(blocks, {3}, 3)


def test_an_unknown_error_leaves_the_estimate_without_limits():
    found = slowing([Median(430.0, 8.0, 57), Median(480.0, np.nan, 9), Median(410.0, 8.0, 58)], {1}, 1)
    assert found.estimate == 60
    assert np.isnan([found.low, found.high]).all()


HIDDEN = 5


def learner(chance, benefit, trials=60, wobble=0.0):
    """Return the slowing that seven blocks tell of, the sixth in random order: ex-Gaussian times on a power curve."""
    centres = 330 + 150 * np.arange(1.0, 8) ** -0.5 + wobble * chance.standard_normal(7)
    centres[HIDDEN] += benefit
    counts = chance.binomial(trials, 0.95, 7)
    noise = (35 * chance.standard_normal(n) + 60 * chance.exponential(size=n) for n in counts)
    return slowing([median(centre + each) for centre, each in zip(centres, noise, strict=True)], {HIDDEN}, HIDDEN)


@pytest.mark.parametrize("trials", [24, 60])
@pytest.mark.parametrize("benefit", [0, 63])
def test_the_interval_covers_the_truth_in_about_95_of_100_learners(trials, benefit):
    chance = np.random.default_rng([trials, benefit])
    found = [learner(chance, benefit, trials) for _ in range(500)]
    assert 0.935 <= np.mean([each.low <= benefit <= each.high for each in found]) <= 0.995
    assert np.mean([each.estimate for each in found]) == pytest.approx(benefit, abs=2)


def test_it_covers_nearly_as_often_where_blocks_go_up_and_down_by_more_than_single_times_explain():
    chance = np.random.default_rng(10)
    found = [learner(chance, 63, wobble=10) for _ in range(500)]
    assert np.mean([each.low <= 63 <= each.high for each in found]) >= 0.88


def test_a_learner_of_nothing_is_told_of_a_sequence_in_at_most_a_few_of_100_cases():
    chance = np.random.default_rng(5)
    found = [learner(chance, 0) for _ in range(500)]
    assert np.mean([each.low > 0 for each in found]) <= 0.04


def test_a_curve_that_flattens_makes_the_difference_a_little_too_small_and_never_too_large():
    centres = [330 + 150 * block**-0.5 for block in (5, 6, 7)]
    blocks = [Median(centre + add, 8.0, 57) for centre, add in zip(centres, (0, 60, 0), strict=True)]
    assert 58 < slowing(blocks, {1}, 1).estimate < 60
