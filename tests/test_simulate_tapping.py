"""Simulated tapping: the clock's model shows in the taps, practice helps, and what isolating is worth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mmlib import simulate
from mmlib.simulate.tapping import HANDS, hand_error, spread
from mmlib.stats.tapping import beats, timing


def error(attempt, hand):
    return timing(attempt[hand], beats(HANDS[hand], 1000 * attempt["bar"], attempt["bars"])).error


def test_a_seed_gives_the_same_attempts_however_they_are_asked_for():
    assert simulate.taps(5, seed=3) == simulate.taps(5, seed=3)
    assert simulate.taps(2, seed=3) + simulate.taps(3, seed=3, after={"both": 2}) == simulate.taps(5, seed=3)
    assert simulate.taps(1, seed=3) != simulate.taps(1, seed=4)


def test_attempts_have_what_the_page_sends_and_follow_one_another():
    attempts = [*simulate.taps(2), *simulate.taps(2, mode="left", after={"both": 2})]
    assert set(attempts[0]) == {"id", "start", "seconds", "mode", "bar", "bars", "left", "right"}
    assert len({attempt["id"] for attempt in attempts}) == 4
    starts = pd.to_datetime([attempt["start"] for attempt in attempts])
    assert (np.diff(starts) >= pd.Timedelta(seconds=18)).all()
    assert attempts[2]["right"] == []


@pytest.mark.parametrize(("mode", "hand"), [("left", "left"), ("right", "right"), ("both", "left"), ("both", "right")])
@pytest.mark.parametrize("done", [{}, {"both": 12}, {"both": 4, "left": 6, "right": 6}])
def test_the_score_estimates_the_known_error(mode, hand, done):
    scores = [error(simulate.taps(1, seed, mode, after=done)[0], hand) for seed in range(300)]
    true = hand_error(hand, mode, done, isolating=1.0)
    assert 0.88 * true < np.mean(scores) < 1.02 * true  # the best offset takes a little of the noise away, too


def test_neighbouring_intervals_of_a_hand_alone_are_negatively_correlated():
    rhos = []
    for seed in range(200):
        taps = np.array(simulate.taps(1, seed, "left", bars=40)[0]["left"])
        gaps = np.diff(taps)
        gaps = gaps[gaps < 1500]  # without the missed beats
        rhos.append(np.corrcoef(gaps[:-1], gaps[1:])[0, 1])
    assert -0.5 < np.mean(rhos) < -0.1  # Wing and Kristofferson: between nought and minus one half


def test_errors_fall_with_practice_towards_an_asymptote():
    trials = [hand_error("right", "both", {"both": k}) for k in (0, 10, 50, 200, 400)]
    assert trials == sorted(trials, reverse=True)
    assert trials[3] == pytest.approx(trials[4], rel=0.01)
    assert trials[-1] == pytest.approx(hand_error("right", "right", {"right": 400}), rel=0.01)


@pytest.mark.parametrize("isolating", [0.0, 1.0, 3.0])
def test_what_an_attempt_alone_is_worth_is_as_said(isolating):
    alone = spread("left", "both", {"left": 5}, isolating)[1]
    together = spread("left", "both", {"both": 5 * isolating}, isolating)[1]
    assert alone == pytest.approx(together)


def test_a_hand_does_not_learn_from_the_other_ones_attempts_alone():
    assert spread("left", "both", {"right": 9}, 3.0) == spread("left", "both", {}, 3.0)


def test_misses_are_more_frequent_with_both_hands():
    missed = {mode: sum(16 - len(a["left"]) for s in range(200) for a in simulate.taps(1, s, mode)) for mode in
              ("both", "left")}  # fmt: skip
    assert 0.005 < missed["left"] / 3200 < 0.016
    assert 0.05 < missed["both"] / 3200 < 0.07


def test_in_the_room_each_half_does_what_the_lot_said():
    room = simulate.tapping_room(24, seed=2)
    drawn = set(room.truth["isolated"])
    plans = room.log.groupby("learner")["variation"].agg(list)
    assert len(drawn) == 12
    assert len(plans) == 24
    for name, plan in plans.items():
        middle = ["left alone", "right alone"] * 6 if name in drawn else ["both"] * 12
        assert plan == ["both"] * 3 + middle + ["both"] * 3


@pytest.mark.parametrize("isolating", [0.0, 1.0, 4.0])
def test_the_comparison_of_the_halves_finds_the_true_effect(isolating):
    found, covered = [], 0
    for seed in range(40):
        room = simulate.tapping_room(24, seed, isolating=isolating)
        last = room.log[room.log["skill"] == "rub-pat"].groupby("learner")["score"].agg(lambda s: s.tail(3).mean())
        drawn = last.index.isin(room.truth["isolated"])
        found.append(last[drawn].mean() - last[~drawn].mean())
        ends = stats.ttest_ind(last[drawn], last[~drawn], equal_var=False).confidence_interval()
        covered += ends.low <= room.truth["effect"] <= ends.high
    assert np.mean(found) == pytest.approx(room.truth["effect"], abs=2.5)
    assert covered >= 34


def test_isolating_pays_only_if_it_is_worth_more_than_twice_as_much():
    effects = {worth: simulate.tapping_room(2, isolating=worth).truth["effect"] for worth in (1, 2, 3)}
    assert effects[1] > effects[2] > 0 > effects[3]
