"""Simulated key presses: shaped as the page sends them, and with the benefit that they are said to have."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from mmlib.errors import MMError
from mmlib.simulate import key_presses
from mmlib.simulate.pressing import ERRORS, SPREAD, TAIL, known_benefit
from mmlib.widgets.drills.blocks import is_hidden


def times(blocks):
    return np.array([block["times"] for block in blocks])


def test_blocks_are_shaped_as_the_page_sends_them():
    blocks = key_presses(3, seed=4, first=8, trials=24)
    assert [block["block"] for block in blocks] == [8, 9, 10]
    assert len({block["id"] for block in blocks}) == 3
    for block in blocks:
        assert set(block) == {"id", "start", "seconds", "block", "times", "right"}
        assert len(block["times"]) == len(block["right"]) == 24
        assert block["seconds"] == pytest.approx(sum(block["times"]) / 1000 + 24 * 0.2, abs=0.06)
        assert json.loads(json.dumps(block)) == block


def test_a_seed_gives_the_same_blocks_again_however_they_are_asked_for():
    assert key_presses(7, seed=4)[4:] == key_presses(3, seed=4, first=5)
    assert key_presses(1, seed=4) != key_presses(1, seed=5)


def test_the_hidden_blocks_are_those_of_the_drill_in_its_first_three_rounds():
    drills = [block for block in range(1, 22) if is_hidden(block)]
    assert [block for block in range(1, 22) if known_benefit(block) == 0 and block > 1] == drills


def test_the_benefit_begins_at_nothing_and_grows_with_the_blocks_of_the_sequence():
    before_7 = 5  # blocks 1 to 5; the sixth was random
    assert known_benefit(1) == 0
    assert known_benefit(7, benefit=100) == pytest.approx(100 * (1 - np.exp(-0.25 * before_7)))
    grown = [known_benefit(block, hidden=()) for block in range(1, 40)]
    assert (np.diff(grown) > 0).all()
    assert grown[-1] == pytest.approx(70, abs=0.01)


@pytest.mark.parametrize("of", [np.median, np.mean])
def test_a_block_is_quicker_by_its_benefit_than_it_would_have_been(of):
    knowing = times(key_presses(20, seed=1, trials=3000))
    not_knowing = times(key_presses(20, seed=1, trials=3000, benefit=0))
    saved = of(not_knowing, axis=1) - of(knowing, axis=1)
    assert saved == pytest.approx([known_benefit(block) for block in range(1, 21)], abs=1)


def test_the_times_are_ex_gaussian_around_a_power_curve():
    late = times(key_presses(1, seed=2, first=10_000, trials=50_000, benefit=0))[0]
    noise = stats.exponnorm(TAIL / SPREAD, scale=SPREAD)
    assert np.median(late) == pytest.approx(330 + 150 * 0.01 + noise.median() - TAIL * np.log(2), abs=1)
    assert late.std() == pytest.approx(np.hypot(SPREAD, TAIL), rel=0.03)
    assert ((late - late.mean()) ** 3).mean() == pytest.approx(2 * TAIL**3, rel=0.1)
    centres = np.median(times(key_presses(16, seed=2, trials=20_000, benefit=0)), axis=1)
    assert centres[0] - centres[15] == pytest.approx(150 - 150 / 4, abs=3)
    assert centres[3] - centres[15] == pytest.approx(150 / 2 - 150 / 4, abs=3)


def test_one_press_in_twenty_is_wrong():
    right = np.array([block["right"] for block in key_presses(50, seed=3, trials=200)])
    assert 1 - right.mean() == pytest.approx(ERRORS, abs=0.01)


@pytest.mark.parametrize("wrong", [{"n": 0}, {"n": 3, "first": 0}, {"n": 3, "trials": -1}])
def test_numbers_below_one_are_refused(wrong):
    with pytest.raises(MMError, match="must be 1 or more"):
        key_presses(**wrong)
