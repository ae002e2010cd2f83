"""Sequences: what makes one second-order conditional, and random orders that differ from it in nothing else."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from mmlib.errors import MMError
from mmlib.stats import sequences

PUBLISHED = {  # the two of Reed and Johnson (1994), places from 1
    "SOC1": "121342314324",
    "SOC2": "123413214243",
}


def places(text):
    return [int(letter) - 1 for letter in text]


def triplets(order):
    return list(zip(order, order[1:], order[2:], strict=False))


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_sequences_are_second_order_conditional(name):
    assert sequences.is_second_order_conditional(places(PUBLISHED[name]))
    assert sequences.reversals(places(PUBLISHED[name])) == 1


def test_the_two_published_sequences_share_no_triplet():
    one, other = map(places, PUBLISHED.values())
    assert sequences.shared_triplets(one, other, circular=True) == 0
    assert sequences.shared_triplets(one, one, circular=True) == 1


@pytest.mark.parametrize(
    "order",
    [
        "123412341234",  # a pair comes three times
        "121342314342",  # not every pair comes round the end
        "112342314324",  # a place comes twice in a row
        "12134231432",  # too short
        "121342314325",  # a fifth place
        "",
    ],
)
def test_other_orders_are_not(order):
    assert not sequences.is_second_order_conditional(places(order))


def test_there_are_256_as_many_as_the_theorem_on_closed_walks_says():
    every = sequences.every_sequence()
    assert len(every) == len(set(every)) == 4**2 * 2**4
    assert all(sequences.is_second_order_conditional(each) for each in every)
    assert tuple(np.roll(places(PUBLISHED["SOC2"]), 0)) in every


def test_none_goes_back_less_than_once_and_the_usable_ones_do_just_once_without_a_sweep():
    back = Counter(sum(a == c for a, _, c in triplets([*each, *each[:2]])) for each in sequences.every_sequence())
    assert min(back) == 1
    assert len(sequences.usable()) == 24
    for each in sequences.usable():
        text = "".join(map(str, [*each, *each[:3]]))
        assert "0123" not in text
        assert "3210" not in text
        assert sequences.reversals(each) == 1


def test_a_seed_has_one_sequence_for_good_and_seeds_spread_over_all():
    assert sequences.own_sequence([97, 100, 97]) == sequences.own_sequence([97, 100, 97])
    assert {sequences.own_sequence(seed) for seed in range(400)} == set(sequences.usable())


def test_a_repeating_block_is_whole_rounds_of_the_sequence_from_anywhere():
    own = sequences.own_sequence(1)
    starts = set()
    for seed in range(60):
        order = sequences.repeating_order(own, 60, seed).tolist()
        assert order[:12] * 5 == order
        assert sequences.shared_triplets(order, own) == 1
        starts.add(tuple(order[:2]))
    assert len(starts) == 12


@pytest.mark.parametrize("seed", range(30))
def test_a_random_block_is_matched_with_the_sequence_in_all_but_its_triplets(seed):
    own = sequences.own_sequence(seed)
    random = sequences.random_order(60, [seed, 6], avoid=own).tolist()
    repeating = sequences.repeating_order(own, 60, seed).tolist()
    again = [*random, *random[:2]]  # round and round, so that the ends count too
    assert Counter(random) == Counter(repeating) == dict.fromkeys(range(4), 15)
    assert Counter(pairwise(again[:-1])) == {(a, b): 5 for a in range(4) for b in range(4) if a != b}
    assert sum(a == c for a, _, c in triplets(again)) == 5
    known = set(triplets([*own, *own[:2]]))
    assert np.mean([each in known for each in triplets(random)]) <= 1 / 3


def test_on_average_a_random_block_has_clearly_fewer_of_the_sequences_triplets_than_chance():
    own = sequences.own_sequence(3)
    shares = [sequences.shared_triplets(sequences.random_order(60, [k], avoid=own), own) for k in range(200)]
    assert 0.1 < np.mean(shares) < 0.25


def test_without_a_sequence_to_avoid_a_random_block_shares_what_chance_gives_orders_that_seldom_go_back():
    own = sequences.own_sequence(3)
    shares = [sequences.shared_triplets(sequences.random_order(60, [k]), own) for k in range(400)]
    by_chance = 11 / 12 * 11 / 24 + 1 / 12 * 1 / 12  # of 24 ways to go on it has 11, of 12 ways to go back 1
    assert np.mean(shares) == pytest.approx(by_chance, abs=0.03)


def test_random_blocks_differ_and_a_seed_gives_the_same_again():
    blocks = {tuple(sequences.random_order(24, [seed])) for seed in range(50)}
    assert len(blocks) == 50
    assert (sequences.random_order(24, [7]) == sequences.random_order(24, [7])).all()


def test_blocks_may_be_longer_than_there_are_sequences_to_choose_from():
    order = sequences.random_order(600, 1, avoid=sequences.own_sequence(1))
    assert np.bincount(order).tolist() == [150] * 4
    assert (np.diff(order) != 0).all()


@pytest.mark.parametrize("trials", [0, -12, 13, 50])
def test_a_block_that_is_not_whole_says_which_lengths_are(trials):
    with pytest.raises(MMError, match=f"found {trials}, expected a multiple of 12, such as 24 or 60"):
        sequences.random_order(trials, 1)
    with pytest.raises(MMError, match="expected a multiple of 12"):
        sequences.repeating_order(sequences.usable()[0], trials, 1)


def test_a_guess_without_knowledge_shares_a_third_with_the_sequence():
    chance = np.random.default_rng(1)
    own = sequences.own_sequence(5)
    guesses = [np.cumsum(np.r_[chance.integers(4), chance.integers(1, 4, 11)]) % 4 for _ in range(2000)]
    assert np.mean([sequences.shared_triplets(guess, own) for guess in guesses]) == pytest.approx(1 / 3, abs=0.01)
    assert np.isnan(sequences.shared_triplets([0, 1], own))
