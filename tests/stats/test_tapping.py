"""Taps against rhythms whose errors are known: by hand, in closed form, or as simulated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mmlib.stats.tapping import HIT, MOST_OFFSET, beats, interference, timing

LEFT, RIGHT = beats(2, 2000, 8), beats(3, 2000, 8)
HALF = 500
times = st.lists(st.floats(-1000, 17_000).map(lambda at: round(at, 1)), max_size=60)


def test_beats_divide_each_bar_evenly():
    assert RIGHT[:4] == pytest.approx([0, 666.667, 1333.333, 2000], abs=1e-3)
    assert (LEFT.size, RIGHT.size) == (16, 24)


@pytest.mark.parametrize("rhythm", [LEFT, RIGHT])
@pytest.mark.parametrize("delay", [-140, -35, 0, 80, 150])
def test_a_constant_lead_or_lag_is_no_error(rhythm, delay):
    found = timing(rhythm + delay, rhythm)
    assert found.error == pytest.approx(0, abs=1e-9)
    assert found.offset == pytest.approx(delay, abs=1e-9)
    assert (found.hits, found.missed, found.extra) == (rhythm.size, 0, 0)


@pytest.mark.parametrize("delay", [-260, 200, 300])
def test_of_a_larger_one_the_rest_counts(delay):
    found = timing(LEFT + delay, LEFT)
    assert found.error == pytest.approx(abs(delay) - MOST_OFFSET)
    assert found.offset == np.sign(delay) * MOST_OFFSET


def test_the_error_is_the_mean_distance_from_the_median():
    off = np.array([-40, 10, 0, 60, -20, 30, 5, -5, 15, 25, -35, 45, 0, 10, -10, 20])
    found = timing(LEFT + off, LEFT)
    assert found.error == pytest.approx(np.mean(np.abs(off - np.median(off))))
    assert found.error == pytest.approx(20)  # by hand: 320 / 16, around a median of 7.5


@pytest.mark.parametrize("sd", [20, 60])
def test_known_jitter_gives_its_mean_deviation(sd):
    rng = np.random.default_rng(sd)
    errors = [timing(LEFT + rng.normal(-30, sd, LEFT.size), LEFT).error for _ in range(400)]
    # a little less, for the offset is the one that suits the sixteen taps best
    assert 0.9 < np.mean(errors) / (sd * np.sqrt(2 / np.pi)) < 1


def test_drift_counts_as_it_grows():
    found = timing(LEFT * 1.01, LEFT)
    off = 0.01 * LEFT
    assert found.error == pytest.approx(np.mean(np.abs(off - np.median(off))))


def test_every_fourth_beat_missed_costs_half_an_interval_each():
    found = timing(np.delete(LEFT + 12.0, slice(3, None, 4)), LEFT)
    assert (found.missed, found.extra, found.hits) == (4, 0, 12)
    assert found.error == pytest.approx(4 * HALF / 16)
    assert np.flatnonzero(np.isnan(found.deviations)).tolist() == [3, 7, 11, 15]


def test_of_doubled_taps_the_nearest_counts_and_the_others_cost():
    found = timing(np.concatenate([LEFT, LEFT[:4] + 120]), LEFT)
    assert (found.missed, found.extra) == (0, 4)
    assert found.error == pytest.approx(4 * HALF / 20)


def test_no_taps_are_half_an_interval_off():
    found = timing([], LEFT)
    assert (found.error, found.missed, found.hits, found.offset) == (HALF, 16, 0, 0)


def test_swapped_hands_are_far_off():
    assert timing(RIGHT, LEFT).error > 150
    assert timing(LEFT, RIGHT).error > 100
    assert timing(RIGHT, LEFT).extra == 8


def test_hammering_is_worse_than_chance():
    rng = np.random.default_rng(0)
    chance = np.mean([timing(rng.uniform(-500, 15_500, 16), LEFT).error for _ in range(200)])
    hammered = timing(np.arange(-500, 15_500, 50.0), LEFT).error
    assert hammered > chance > HALF / 2


def test_taps_of_the_count_in_do_not_count():
    assert timing([-2000.0, -1000.0, *LEFT], LEFT).extra == 0


def test_a_hit_is_within_the_window_on_either_side():
    off = np.zeros(16)
    off[[2, 3, 4, 5]] = [HIT, -HIT, HIT + 0.1, -HIT - 0.1]
    assert timing(LEFT + off, LEFT).hits == 14


def test_taps_come_in_any_order():
    taps = np.random.default_rng(1).permutation(RIGHT + 20.0)
    assert timing(taps, RIGHT).error == pytest.approx(0, abs=1e-9)


def test_one_beat_is_no_rhythm():
    with pytest.raises(ValueError, match="at least two beats"):
        timing([0.0], [0.0])


@given(times)
def test_the_error_is_between_nought_and_half_an_interval(taps):
    found = timing(taps, LEFT)
    assert 0 <= found.error <= HALF + 1e-9
    assert found.hits + found.missed <= LEFT.size
    assert np.isnan(found.deviations).sum() == found.missed


@given(times, st.data())
def test_leaving_out_a_beats_only_tap_never_pays(taps, data):
    alone = [tap for tap in taps if sum(abs(tap - other) < 1300 for other in taps) == 1]
    if alone:
        left_out = data.draw(st.sampled_from(alone))
        assert timing([tap for tap in taps if tap != left_out], LEFT).error >= timing(taps, LEFT).error - 1e-9


@given(times)
def test_no_offset_of_a_fine_grid_does_better(taps):
    error = timing(taps, LEFT).error
    for offset in np.arange(-MOST_OFFSET, MOST_OFFSET + 1, 15):
        assert by_the_book(np.array(taps), LEFT, offset) >= error - 1e-9


def by_the_book(taps, rhythm, offset):
    """The formula, beat by beat."""
    total, counted = 0.0, 0
    for beat in rhythm:
        own = taps[(taps - offset - beat >= -HALF) & (taps - offset - beat < HALF)]
        total += np.abs(own - offset - beat).min() if own.size else HALF
        total += HALF * max(0, own.size - 1)
        counted += max(1, own.size)
    return total / counted


def test_interference_is_welchs_difference_of_means():
    alone, together = [40, 44, 36], [80, 95, 86]
    found = interference(alone, together)
    assert found.estimate == pytest.approx(np.mean(together) - np.mean(alone))
    assert found.n == 6
    welch = stats.ttest_ind(together, alone, equal_var=False).confidence_interval()
    assert found.low <= welch.low < welch.high <= found.high  # wider at most, for attempts that resemble each other


def test_the_interval_covers_a_known_interference():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        found = interference(rng.normal(40, 10, 6), rng.normal(75, 20, 6))
        covered += found.low <= 35 <= found.high
    assert covered / 400 > 0.92


@pytest.mark.parametrize(("alone", "together"), [([40, 41], [80, 90, 85]), ([40, 41, 39], [80]), ([], [80, 81, 82])])
def test_with_fewer_than_three_of_a_kind_there_is_no_interval(alone, together):
    found = interference(alone, together)
    assert np.isnan(found.low)
    assert np.isnan(found.high)
    assert found.n == len(alone) + len(together)
