"""Orders of stimuli for serial reaction times: sequences of which only two places together tell the next.

A place is a whole number from 0 to 3, an order a list of places. A sequence is circular: after its last place comes
its first.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmlib.errors import MMError

PLACES = 4
LENGTH = PLACES * (PLACES - 1)
"""Places in a sequence: each ordered pair of different places begins once."""

CHANCE = 1 / (PLACES - 1)
"""How often a place is guessed that is known not to be the present one."""

Order = tuple[int, ...]


def is_second_order_conditional(order: Sequence[int]) -> bool:
    """Return whether an order is a second-order conditional sequence.

    Round and round, each place comes equally often, none comes twice in a row, and each ordered pair of different
    places comes once. So the present place says nothing about the next (the other three follow equally often), but
    the present one and the one before it say all.

    Parameters
    ----------
    order : sequence of int
        Places from 0 to 3.

    Returns
    -------
    bool

    References
    ----------
    Reed, J. & Johnson, P. (1994). Assessing implicit learning with indirect tests: determining what is learned about
    sequence structure. Journal of Experimental Psychology: Learning, Memory, and Cognition 20, 585-594.

    Examples
    --------
    >>> is_second_order_conditional([0, 1, 0, 2, 3, 1, 2, 0, 3, 2, 1, 3])
    True
    >>> is_second_order_conditional([0, 1, 2, 3] * 3)
    False
    """
    pairs = {(a, b) for a, b in _runs(order, 2) if a != b}
    return len(order) == LENGTH == len(pairs) and set(order) == set(range(PLACES))


def reversals(order: Sequence[int]) -> int:
    """Return how often a circular order goes back to the place it has just left, as 1-2-1 does.

    Going back is slower than going on, whatever one has learnt, so orders that are compared must do it equally often.

    Examples
    --------
    >>> reversals([0, 1, 0, 2, 3, 1, 2, 0, 3, 2, 1, 3])
    1
    """
    return sum(a == c for a, _, c in _runs(order, 3))


def shared_triplets(order: Sequence[int], sequence: Sequence[int], *, circular: bool = False) -> float:
    """Return the share of an order's triplets that a sequence has too: how often it goes on as the sequence does.

    An order that is drawn without regard to the sequence, with no place twice in a row, shares 1/3.

    Parameters
    ----------
    order : sequence of int
        What was shown, or what a learner believes to have seen.
    sequence : sequence of int
        A circular sequence.
    circular : bool, default False
        Whether the order goes round and round too.

    Returns
    -------
    float
        From 0 to 1; NaN for an order of fewer than three places.

    Examples
    --------
    >>> sequence = [0, 1, 0, 2, 3, 1, 2, 0, 3, 2, 1, 3]
    >>> shared_triplets([0, 1, 0, 2], sequence), shared_triplets([0, 1, 2, 3], sequence)
    (1.0, 0.0)
    """
    found = list(_runs(order, 3)) if circular else list(zip(order, order[1:], order[2:], strict=False))
    known = set(_runs(sequence, 3))
    return float(np.mean([triplet in known for triplet in found])) if found else float("nan")


@functools.cache
def usable() -> tuple[Order, ...]:
    """Return the sequences that a learner may get, each beginning with its first place 0 that place 1 follows.

    Of all 256 second-order conditional sequences over four places these are the 24 that go back only once (none does
    so less often) and do not run across all four places from one side to the other, which anybody notices.

    Examples
    --------
    >>> len(usable()), usable()[1]
    (24, (0, 1, 0, 2, 3, 1, 2, 0, 3, 2, 1, 3))
    """
    sweeps = {tuple(range(PLACES)), tuple(reversed(range(PLACES)))}
    return tuple(each for each in every_sequence() if reversals(each) == 1 and not sweeps & set(_runs(each, PLACES)))


@functools.cache
def every_sequence() -> tuple[Order, ...]:
    """Return all second-order conditional sequences, each beginning with place 0 and then 1.

    They are the closed walks over all ordered pairs of places: 4² · 2!⁴ = 256 (van Aardenne-Ehrenfest & de Bruijn
    1951).

    Examples
    --------
    >>> len(every_sequence())
    256
    """
    walks: list[Order] = [(0, 1)]
    for _ in range(LENGTH - 2):
        walks = [(*walk, place) for walk in walks for place in range(PLACES) if _may_follow(walk, place)]
    return tuple(walk for walk in walks if is_second_order_conditional(walk))


def _may_follow(walk: Order, place: int) -> bool:
    return place != walk[-1] and (walk[-1], place) not in set(itertools.pairwise(walk))


def own_sequence(seed: ArrayLike) -> Order:
    """Return the sequence that belongs to a seed; two seeds share one in 1 of 24 cases.

    Examples
    --------
    >>> own_sequence([1, 2]) == own_sequence([1, 2])
    True
    """
    return usable()[np.random.default_rng(seed).integers(len(usable()))]


def repeating_order(sequence: Sequence[int], trials: int, seed: ArrayLike) -> NDArray[np.int64]:
    """Return a block that goes round and round a sequence, from anywhere in it.

    Parameters
    ----------
    sequence : sequence of int
        A second-order conditional sequence.
    trials : int
        A multiple of 12.
    seed : int or array-like of int
        Where the block begins.

    Returns
    -------
    ndarray of int

    Raises
    ------
    MMError
        If the block isn't made of whole passes.

    Examples
    --------
    >>> repeating_order([0, 1, 0, 2, 3, 1, 2, 0, 3, 2, 1, 3], 12, 1).tolist()
    [1, 2, 0, 3, 2, 1, 3, 0, 1, 0, 2, 3]
    """
    start = np.random.default_rng(seed).integers(LENGTH)
    return np.tile(np.roll(sequence, -start), _passes(trials))


def random_order(trials: int, seed: ArrayLike, *, avoid: Sequence[int] = ()) -> NDArray[np.int64]:
    """Return a block in random order that is matched with a block of a sequence in all but its triplets.

    Each twelve trials are another second-order conditional sequence, all beginning with the same two places. So the
    places, the pairs and the reversals come exactly as often as in a block that repeats one sequence, no place comes
    twice in a row, and only who has learnt *three* places in a row can be slower here. Of those to choose from, the
    sequences that share more than a third of their triplets with the one to avoid are left out: a third is what
    chance would give.

    Parameters
    ----------
    trials : int
        A multiple of 12.
    seed : int or array-like of int
        The order's chance.
    avoid : sequence of int, optional
        The sequence that the learner practises.

    Returns
    -------
    ndarray of int

    Raises
    ------
    MMError
        If the block isn't made of whole passes.

    Examples
    --------
    >>> order = random_order(60, 1, avoid=[0, 1, 0, 2, 3, 1, 2, 0, 3, 2, 1, 3])
    >>> np.bincount(order).tolist(), len(set(zip(order, order[1:])))
    ([15, 15, 15, 15], 12)
    """
    chance = np.random.default_rng(seed)
    pool = [each for each in usable() if not len(avoid) or shared_triplets(each, avoid, circular=True) <= CHANCE + 1e-9]
    first, second = chance.permutation(PLACES)[:2]
    passes = _passes(trials)
    rounds = [pool[i] for _ in range(-(-passes // len(pool))) for i in chance.permutation(len(pool))]
    return np.concatenate([_beginning(each, int(first), int(second)) for each in rounds[:passes]])


def _beginning(sequence: Order, first: int, second: int) -> NDArray[np.int64]:
    """Return a sequence turned so that it begins with a pair: each pair comes somewhere in it, once."""
    return np.roll(sequence, -list(_runs(sequence, 2)).index((first, second)))


def _passes(trials: int) -> int:
    passes, rest = divmod(trials, LENGTH)
    if rest or passes < 1:
        raise MMError(f"trials: found {trials}, expected a multiple of {LENGTH}, such as {2 * LENGTH} or {5 * LENGTH}.")
    return passes


def _runs(order: Sequence[int], length: int) -> list[Order]:
    """Return every run of so many places in a circular order."""
    places = [int(place) for place in order]
    again = [*places, *places[: length - 1]]
    return [tuple(again[i : i + length]) for i in range(len(places))]
