"""Simulated attempts at two rhythms with two hands: clocks that learn, and hands that disturb each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from mmlib.simulate.simulated import Simulated, cards, milestones, tidied

HANDS = {"left": 2, "right": 3}
"""Beats in a bar."""

MODES = {"both": ("left", "right"), "left": ("left",), "right": ("right",)}
CLOCK = {"left": {"asymptote": 28.0, "gain": 30.0}, "right": {"asymptote": 22.0, "gain": 28.0}}
"""Standard deviation of a hand's timekeeper in ms: at last, and how much more at first."""

LEARNING = 0.12
"""The rate at which a timekeeper steadies, per attempt of its hand."""

DISTURBED = {"left": 80.0, "right": 110.0}
"""What the other hand adds to it at first (as standard deviations add: in squares)."""

UNTANGLING = 0.06
"""The rate at which that fades, per attempt with both hands."""

MOTOR = 10.0
CORRECTION = 0.5
"""The share of a tap's error that the next one makes good."""

EARLY = -35.0
"""The mean asynchrony in ms, the device's latency included."""

FORM = 0.12
"""Standard deviation of the logarithm of what an attempt's good or bad luck multiplies the noise by."""

SLIPS = 0.01
"""Chance of a missed beat; with both hands more."""

TALENT = 0.25
"""Standard deviation, between learners, of the logarithm of what multiplies all their errors."""

SKILLS = {"both": "rub-pat", "left": "rub-pat left", "right": "rub-pat right"}
CARD = {"unit": "ms off", "better": "lower", "domain": "music"}
BEGAN = datetime(2026, 10, 31, 10)


def taps(
    n: int,
    seed: int = 0,
    mode: str = "both",
    *,
    after: Mapping[str, int] | None = None,
    isolating: float = 1.0,
    bar: float = 2.0,
    bars: int = 8,
) -> list[dict[str, Any]]:
    """Return attempts at two beats with the left hand against three with the right, as the page sends them.

    A hand's taps come from a timekeeper and a motor delay (Wing & Kristofferson 1973), and each makes good half of
    the error of the one before. The timekeeper steadies with every attempt of its hand; playing together adds noise,
    which fades with attempts of both hands, and `isolating` times as fast with attempts of the hand alone. What these
    are worth is an assumption here, and no finding.

    Parameters
    ----------
    n : int
        How many attempts.
    seed : int, default 0
        The simulation's chance: the learner.
    mode : {"both", "left", "right"}
        Which hands tap.
    after : mapping, optional
        How many attempts of each mode the learner has behind them, such as {"both": 6, "left": 4}.
    isolating : float, default 1
        How many attempts with both hands one attempt alone is worth to a hand, against interference; 0 for none.
    bar : float, default 2
        Seconds in a bar.
    bars : int, default 8
        Bars in an attempt.

    Returns
    -------
    list of dict
        id, start, seconds, mode, bar, bars, and left and right (ms from the first beat; empty for a hand at rest).

    References
    ----------
    Wing, A. M. & Kristofferson, A. B. (1973). Response delays and the timing of discrete motor responses. Perception
    & Psychophysics 14, 5-12.
    Vorberg, D. & Wing, A. (1996). Modeling variability and dependence in timing. In H. Heuer & S. W. Keele (eds.),
    Handbook of perception and action, vol. 2, 181-262. Academic Press.

    Examples
    --------
    >>> first, second = taps(2, seed=1, mode="left")
    >>> first["mode"], len(first["left"]), first["right"], second["start"]
    ('left', 16, [], '2026-10-31T10:00:30')
    """
    done = {name: int((after or {}).get(name, 0)) for name in MODES}
    attempts = []
    for _ in range(n):
        rng = np.random.default_rng([seed, list(MODES).index(mode), done[mode]])
        form = float(np.exp(FORM * rng.standard_normal() - FORM**2 / 2))
        noise = {hand: form * np.hypot(*spread(hand, mode, done, isolating)) for hand in MODES[mode]}
        chance = {hand: slips(hand, mode, done, isolating) for hand in MODES[mode]}
        hands = {hand: _hand(rng, hand, noise[hand], chance[hand], bar, bars) for hand in MODES[mode]}
        attempts.append(
            {
                "id": f"taps-{seed}-{mode}-{done[mode] + 1}",
                "start": (BEGAN + timedelta(seconds=30 * sum(done.values()))).isoformat(timespec="seconds"),
                "seconds": bar * (bars + 1),
                "mode": mode,
                "bar": bar,
                "bars": bars,
            }
            | {hand: hands.get(hand, []) for hand in HANDS}
        )
        done[mode] += 1
    return attempts


def spread(hand: str, mode: str, done: Mapping[str, int], isolating: float) -> tuple[float, float]:
    """Return the true noise of a hand's timekeeper, and what the other hand adds to it, in ms.

    Parameters
    ----------
    hand : {"left", "right"}
        Which hand.
    mode : {"both", "left", "right"}
        Which hands tap.
    done : mapping
        Attempts of each mode so far.
    isolating : float
        What an attempt alone is worth.

    Returns
    -------
    tuple of float
        Two standard deviations, which add in squares; the second is 0 for a hand alone.

    Examples
    --------
    >>> spread("left", "both", {}, 1.0), spread("left", "left", {}, 1.0)
    ((58.0, 80.0), (58.0, 0.0))
    """
    both, alone = done.get("both", 0), done.get(hand, 0)
    clock = CLOCK[hand]["asymptote"] + CLOCK[hand]["gain"] * np.exp(-LEARNING * (both + alone))
    other = DISTURBED[hand] * np.exp(-UNTANGLING * (both + isolating * alone)) if mode == "both" else 0.0
    return float(clock), float(other)


def slips(hand: str, mode: str, done: Mapping[str, int], isolating: float) -> float:
    """Return the true chance that a hand misses a beat.

    Examples
    --------
    >>> slips("left", "left", {}, 1.0), round(slips("left", "both", {}, 1.0), 2)
    (0.01, 0.06)
    """
    return SLIPS * (1 + 5 * spread(hand, mode, done, isolating)[1] / DISTURBED[hand])


def hand_error(hand: str, mode: str, done: Mapping[str, int], *, isolating: float = 1.0, bar: float = 2.0) -> float:
    """Return a hand's true mean error in ms: what the drill's score is an estimate of.

    Parameters
    ----------
    hand, mode, done, isolating
        As for `spread`.
    bar : float, default 2
        Seconds in a bar.

    Returns
    -------
    float
        The mean absolute deviation of the taps, and half an interval for each beat missed.

    Examples
    --------
    >>> round(hand_error("left", "left", {})), round(hand_error("left", "both", {}))
    (59, 116)
    """
    clock = np.hypot(*spread(hand, mode, done, isolating))
    kept = (CORRECTION * MOTOR) ** 2 + clock**2
    deviation = np.sqrt(kept / (1 - (1 - CORRECTION) ** 2) + MOTOR**2)
    missed = slips(hand, mode, done, isolating)
    return float((1 - missed) * np.sqrt(2 / np.pi) * deviation + missed * 500 * bar / HANDS[hand])


def _hand(rng: np.random.Generator, hand: str, clock: float, slip: float, bar: float, bars: int) -> list[float]:
    """Return a hand's taps in ms."""
    beats = np.arange(HANDS[hand] * bars) * (1000 * bar / HANDS[hand])
    ticks, motor = clock * rng.standard_normal(beats.size), MOTOR * rng.standard_normal(beats.size)
    late = np.empty(beats.size)
    kept = ticks[0] / np.sqrt(1 - (1 - CORRECTION) ** 2)
    for k in range(beats.size):
        late[k] = kept + motor[k]
        kept = kept - CORRECTION * late[k] + ticks[k]
    played = rng.random(beats.size) >= slip
    return np.sort((beats + late + EARLY)[played]).round(1).tolist()


def tapping_room(learners: int = 24, seed: int = 0, *, isolating: float = 1.0) -> Simulated:
    """Return the log of a room in which half of the learners, drawn by lot, practise each hand alone.

    Everyone begins with three attempts with both hands and ends with three. In between, one half has six attempts
    with each hand alone, the other half twelve with both. Learners differ in talent, attempts in luck. The scores
    follow the same model as `taps`.

    Parameters
    ----------
    learners : int, default 24
        How many; an even number makes two halves.
    seed : int, default 0
        The simulation's chance.
    isolating : float, default 1
        As for `taps`.

    Returns
    -------
    Simulated
        `truth` holds `isolated` (the names that the lot drew), `effect` (the true difference of the mean error of
        the last three attempts with both hands in ms, isolated minus not) and `isolating`.

    Examples
    --------
    >>> room = tapping_room(4)
    >>> room.log.groupby("learner").size().tolist(), len(room.truth["isolated"])
    ([18, 18, 18, 18], 2)
    """
    rng = np.random.default_rng(seed)
    names = [f"learner {k + 1:02}" for k in range(learners)]
    drawn = sorted(rng.permutation(names)[: learners // 2].tolist())
    rows = [row for name in names for row in _afternoon(rng, name, name in drawn, isolating)]
    skills = cards({skill: {"card": CARD} for skill in SKILLS.values()})
    truth = {"isolated": drawn, "effect": _effect(isolating), "isolating": isolating}
    return Simulated(tidied(pd.DataFrame(rows), skills), skills, milestones(pd.DataFrame()), truth)


def _plan(isolates: bool) -> list[str]:
    return [*["both"] * 3, *(["left", "right"] * 6 if isolates else ["both"] * 12), *["both"] * 3]


def _afternoon(rng: np.random.Generator, name: str, isolates: bool, isolating: float) -> list[dict[str, Any]]:
    """Return one learner's attempts as rows of a log."""
    talent, done, rows = np.exp(TALENT * rng.standard_normal()), dict.fromkeys(MODES, 0), []
    for k, mode in enumerate(_plan(isolates)):
        errors = {
            hand: hand_error(hand, mode, done, isolating=isolating) * talent * np.exp(FORM * rng.standard_normal())
            for hand in MODES[mode]
        }
        rows.append(
            {
                "learner": name,
                "skill": SKILLS[mode],
                "start": pd.Timestamp(BEGAN) + pd.Timedelta(seconds=30 * k),
                "minutes": 0.3,
                "score": round(float(np.mean(list(errors.values()))), 1),
                "part": "combine" if mode == "both" else "isolate",
                "variation": mode if mode == "both" else f"{mode} alone",
                "note": ", ".join(f"{hand} {error:.0f} ms" for hand, error in errors.items()),
            }
        )
        done[mode] += 1
    return rows


def _effect(isolating: float) -> float:
    """Return the true difference at the end for a learner of middling talent."""
    ends = []
    for isolates in (True, False):
        plan = _plan(isolates)
        done = [{mode: plan[:k].count(mode) for mode in MODES} for k in range(len(plan) - 3, len(plan))]
        ends.append(np.mean([hand_error(hand, "both", d, isolating=isolating) for d in done for hand in HANDS]))
    return float((ends[0] - ends[1]) * np.exp(TALENT**2 / 2) * np.exp(FORM**2 / 2))
