"""A simulated learner at the four lights: blocks of key presses as the page of the drill sends them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mmlib.errors import MMError
from mmlib.simulate.randomness import learned

CURVE = {"form": "power", "asymptote": 330.0, "gain": 150.0, "rate": 0.5}
"""The centre of the reaction times of each block without the sequence, in milliseconds."""

SPREAD, TAIL = 35.0, 60.0
"""The standard deviation of the normal part and the mean of the exponential part of a reaction time (ex-Gaussian)."""

GROWTH = 0.25
"""The benefit's rate per block: after k blocks of the sequence it is benefit · (1 - e^(-0.25 k))."""

ERRORS = 0.05
REST = 0.2
"""Seconds from a press to the next light."""


def key_presses(
    n: int,
    seed: int = 0,
    *,
    first: int = 1,
    trials: int = 60,
    benefit: float = 70.0,
    hidden: Collection[int] = (6, 12, 18),
) -> list[dict[str, object]]:
    """Return blocks of key presses at four lights, as the page of the drill sends them.

    Reaction times are ex-Gaussian. Their centre falls along a power curve with the number of the block; a block of
    the repeating sequence is quicker by a benefit that grows with the blocks of it that came before, up to
    `benefit`. So the truth is known: what `known_benefit` says is how much slower the same block would have been in
    random order, whatever is measured by, median or mean.

    Parameters
    ----------
    n : int
        Blocks.
    seed : int, default 0
        The simulation's chance.
    first : int, default 1
        The number of the first block, for a learner who has practised before.
    trials : int, default 60
        Lights in a block.
    benefit : float, default 70
        What the whole sequence is worth, in milliseconds; 0 for a learner of nothing, or without any sequence.
    hidden : collection of int
        The blocks in random order, as the drill has them in its first three rounds of seven.

    Returns
    -------
    list of dict
        Attempts: id, start, seconds, block, times (ms), right.

    Raises
    ------
    MMError
        If a number of blocks or lights is below 1.

    Examples
    --------
    >>> blocks = key_presses(7, seed=1)
    >>> [block["block"] for block in blocks]
    [1, 2, 3, 4, 5, 6, 7]
    >>> round(float(np.median(blocks[5]["times"]))) > round(float(np.median(blocks[6]["times"])))
    True
    """
    if min(n, first, trials) < 1:
        raise MMError(f"Found {n} blocks of {trials} lights from block {first} on; each must be 1 or more.")
    return [_block(block, seed, trials, known_benefit(block, benefit, hidden)) for block in range(first, first + n)]


def known_benefit(block: int, benefit: float = 70.0, hidden: Collection[int] = (6, 12, 18)) -> float:
    """Return by how much knowing the sequence makes a block quicker, in milliseconds; 0 in one of random order.

    Examples
    --------
    >>> [round(known_benefit(block), 1) for block in (1, 5, 6, 7)]
    [0.0, 44.2, 0.0, 49.9]
    """
    if block in hidden:
        return 0.0
    before = sum(each not in hidden for each in range(1, block))
    return float(benefit * (1 - np.exp(-GROWTH * before)))


def _block(block: int, seed: int, trials: int, benefit: float) -> dict[str, object]:
    chance = np.random.default_rng([seed, block])
    centre = float(learned(CURVE, np.array([block]), "lower")[0]) - benefit
    times = centre + SPREAD * chance.standard_normal(trials) + TAIL * (chance.exponential(size=trials) - np.log(2))
    times = np.clip(times, 150, None).round(1)
    start = np.datetime64("2026-10-31T18:30:00") + np.timedelta64(block, "m")
    return {
        "id": f"simulated-{seed}-{block}",
        "start": str(start),
        "seconds": round(float(times.sum()) / 1000 + trials * REST, 1),
        "block": block,
        "times": times.tolist(),
        "right": (chance.random(trials) >= ERRORS).tolist(),
    }
