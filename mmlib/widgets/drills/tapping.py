"""The rub-pat drill: two rhythms with two hands, each alone and both together."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from traitlets import Dict

from mmlib.errors import MMError, SetAsideWarning, counted
from mmlib.practice import load
from mmlib.stats.tapping import HIT, Timing, beats, timing
from mmlib.widgets.drills.drill import AttemptError, Drill, Scored, module, style
from mmlib.widgets.drills.isolating import HANDS, SKILLS, bought, by_hand, noted
from mmlib.words import listed

RHYTHM = {"left": 2, "right": 3}
BAR = 2.0
BARS = 8
NAMES = {"both": "Both hands", "left": "Left alone", "right": "Right alone"}
MODES = {"both": HANDS, "left": ("left",), "right": ("right",)}
MOST = 2000
"""More taps than hands can do."""

NOTABLE = 15
"""From so many milliseconds on, a constant lead or lag is spoken of."""

CARD = {
    "domain": "music",
    "unit": "ms off",
    "better": "lower",
    "self": "the musician",
    "background_support": "A table edge, a steering wheel at a red light, two knees: the rhythm needs no instrument.",
    "repeatability": "Eight bars take a quarter of a minute.",
}
CARDS = {
    "rub-pat": CARD
    | {
        "title": "Two against three",
        "target": 30,
        "entry_trick": "Say 'nice cup of tea' and tap along: both hands on 'nice', right on 'cup', left on 'of', right "
        "on 'tea'.",
        "rub_pat_barrier": "Each hand pulls the other into its own rhythm. Tap each alone until it runs by itself, "
        "then join them slowly.",
        "payoff": "The moment when two rhythms become one pattern, and the hands run on without you.",
        "experimental_possibilities": "Slower or faster bars, clicks or silence, crossed hands, feet for hands, "
        "three against four.",
    },
    "rub-pat left": CARD
    | {
        "title": "Two in a bar, left hand alone",
        "target": 20,
        "entry_trick": "Let the forearm fall, rather than the finger press: the weight keeps the time.",
        "rub_pat_barrier": "Waiting and tapping: count the silence between the taps, too.",
        "payoff": "A hand that needs no watching.",
        "experimental_possibilities": "Eyes shut, talking meanwhile, the other hand at rest or holding a cup.",
    },
    "rub-pat right": CARD
    | {
        "title": "Three in a bar, right hand alone",
        "target": 20,
        "entry_trick": "Think of a waltz: ONE two three.",
        "rub_pat_barrier": "The accent on 'one' hurries what follows. Tap without it, then with it again.",
        "payoff": "A waltz in one finger.",
        "experimental_possibilities": "Eyes shut, talking meanwhile, an accent on 'two' or on 'three'.",
    },
}


class RubPat(Drill):
    """Tap two beats with the left hand against three with the right; the score is the timing error in milliseconds.

    An attempt holds `mode` ("both", "left", "right"), `bar` (seconds), `bars`, and the taps of `left` and `right` in
    milliseconds from the first beat. A hand alone is a skill of its own, because its error is on another scale than
    that of both: one learning curve for all would show nothing but the mixture.
    """

    CARDS: ClassVar = CARDS
    _esm = module("rub_pat_drawn", "rub_pat_clicks", "rub_pat")
    _css = style("rub_pat")

    buys = Dict().tag(sync=True)

    def __init__(
        self, folder: str | Path, *, learner: str = "me", curve: bool = True, bar: float = BAR, bars: int = BARS
    ) -> None:
        self.bar, self.bars = _checked(bar, bars)
        shared = {"rhythm": RHYTHM, "skills": SKILLS, "names": NAMES, "window": HIT}
        super().__init__(folder, SKILLS["both"], learner=learner, curve=curve, bar=bar, bars=bars, **shared)

    def scored(self, attempt: Mapping[str, Any]) -> Scored:
        """Return what an attempt is worth: the mean error of the hands that tapped."""
        mode = str(attempt["mode"])
        if mode not in MODES:
            raise AttemptError(f'An attempt in the mode "{mode}" was left out: there are {listed(MODES)}.')
        bar, bars = _tempo(attempt)
        taps = {hand: _taps(attempt, hand) for hand in MODES[mode]}
        if idle := [hand for hand in taps if not taps[hand].size]:
            raise AttemptError(f"The {listed(idle)} hand did not tap, so this attempt does not count. Try it again.")
        found = {hand: timing(taps[hand], beats(RHYTHM[hand], 1000 * bar, bars)) for hand in taps}
        errors = {hand: each.error for hand, each in found.items()}
        row = {
            "skill": SKILLS[mode],
            "score": round(float(np.mean(list(errors.values()))), 1),
            "reps": sum(each.deviations.size for each in found.values()),
            "successes": sum(each.hits for each in found.values()),
            "part": "combine" if mode == "both" else "isolate",
            "variation": variation(mode, bar),
            "note": noted(errors),
        }
        hands = {hand: shown(hand, each) for hand, each in found.items()}
        return Scored(row, said(mode, row, found, _swapped(mode, taps, bar, bars, row["score"])), {"hands": hands})

    def hands(self) -> pd.DataFrame:
        """Return the learner's attempts at this tempo: start, mode, and the error of each hand in ms (left, right)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SetAsideWarning)  # as in Drill.log
            log = load(self.folder, errors="quarantine").log
        own = (log["learner"] == self.learner) & log["variation"].isin([variation(mode, self.bar) for mode in MODES])
        return by_hand(log[own])

    def _redraw(self) -> None:
        super()._redraw()
        self.buys = bought(self.hands())


def _checked(bar: float, bars: int) -> tuple[float, int]:
    """Return the tempo and the length of an attempt, if hands can keep them."""
    if not (math.isfinite(bar) and 1 <= bar <= 10):
        raise MMError(f"bar: found {bar}, expected 1 to 10 seconds in a bar. Write bar=2.")
    if not 2 <= bars <= 40 or int(bars) != bars:
        raise MMError(f"bars: found {bars}, expected 2 to 40 bars in an attempt. Write bars=8.")
    return float(bar), int(bars)


def _tempo(attempt: Mapping[str, Any]) -> tuple[float, int]:
    try:
        return _checked(attempt["bar"], attempt["bars"])
    except MMError as error:  # never to be right, so not to be kept in the page
        raise AttemptError(str(error)) from None


def _taps(attempt: Mapping[str, Any], hand: str) -> NDArray[np.float64]:
    taps = np.asarray(attempt[hand], dtype=float)
    if taps.ndim != 1 or taps.size > MOST or not np.isfinite(taps).all():
        raise AttemptError("An attempt whose taps are not times was left out.")
    return taps


def variation(mode: str, bar: float = BAR) -> str:
    """Return an attempt's variation, as the log names it; the tempo is told where it is not the usual one.

    Examples
    --------
    >>> variation("both"), variation("left", 1.5)
    ('both', 'left alone, bar of 1.5 s')
    """
    return (mode if mode == "both" else f"{mode} alone") + ("" if bar == BAR else f", bar of {bar:g} s")


def shown(hand: str, found: Timing) -> dict[str, object]:
    """Return what the page draws of a hand: each beat's deviation (None where it was missed), and words."""
    hits = f"{found.hits} of {counted(found.deviations.size, 'beat')} within {HIT:.0f} ms"
    words = [f"{found.error:.0f} ms off", hits, *_odd(found)]
    if abs(found.offset) >= NOTABLE:
        words.append(f"{abs(found.offset):.0f} ms {'early' if found.offset < 0 else 'late'} on the whole")
    deviations = [None if np.isnan(each) else round(float(each), 1) for each in found.deviations]
    return {"said": f"{hand.capitalize()}: {', '.join(words)}", "deviations": deviations, "per_bar": RHYTHM[hand]}


def _odd(found: Timing) -> list[str]:
    missed = [f"{found.missed} missed"] if found.missed else []
    return missed + ([f"{counted(found.extra, 'tap')} too many"] if found.extra else [])


def _swapped(mode: str, taps: Mapping[str, NDArray], bar: float, bars: int, score: float) -> bool:
    """Return whether each hand kept the other one's rhythm much better than its own."""
    if mode != "both":
        return False
    rhythms = {hand: beats(RHYTHM[other], 1000 * bar, bars) for hand, other in zip(HANDS, HANDS[::-1], strict=True)}
    return bool(np.mean([timing(taps[hand], rhythms[hand]).error for hand in HANDS]) < score / 2)


def said(mode: str, row: Mapping[str, Any], found: Mapping[str, Timing], swapped: bool) -> str:
    """Return what the page says of an attempt."""
    hands = "" if mode != "both" else f" (left {found['left'].error:.0f}, right {found['right'].error:.0f})"
    result = f"{NAMES[mode]}: {row['score']:.0f} ms off{hands}; {row['successes']} of {row['reps']} beats hit."
    offset = float(np.mean([each.offset for each in found.values()]))
    if swapped:
        return f"{result} Were the hands swapped? The left one taps 2 in a bar, the right one 3."
    if abs(offset) < NOTABLE:
        return result
    way = "early on the whole, as people are" if offset < 0 else "late on the whole, as screens and keyboards are"
    return f"{result} You were {abs(offset):.0f} ms {way}; that is taken out."


def rub_pat(
    folder: str | Path,
    learner: str = "me",
    curve: bool = True,
    *,
    bar: float = BAR,
    bars: int = BARS,
) -> RubPat:
    """Return the drill in which two hands tap two rhythms: two beats against three, each alone and both together.

    F and J are the hands on a keyboard, two pads on a phone. Each attempt is scored and goes into the log at once:
    both together as the skill "rub-pat", a hand alone as "rub-pat left" or "rub-pat right". How the error is measured
    stands with `mmlib.stats.tapping.timing`; the page also shows what isolating first buys.

    Parameters
    ----------
    folder : str or Path
        The practice folder; it is made if it isn't there.
    learner : str
        Whose attempts they are.
    curve : bool
        Whether the learning curve is shown; it can be set later (`drill.curve = True`).
    bar : float, default 2
        Seconds in a bar, from 1 to 10.
    bars : int, default 8
        Bars in an attempt, from 2 to 40.

    Returns
    -------
    RubPat
        A widget. Its `hands()` has each attempt's error by hand, its `rows()` the rows of the mode that is chosen.

    Raises
    ------
    MMError
        For a bar, or bars, that hands cannot keep.

    Examples
    --------
    >>> import tempfile
    >>> from mmlib import simulate
    >>> drill = rub_pat(tempfile.mkdtemp())
    >>> drill.practise(simulate.taps(2))
    >>> drill.practise(simulate.taps(2, mode="left", after={"both": 2}))
    >>> drill.hands()[["mode", "left"]].values.tolist()
    [['both', 93.9], ['both', 86.6], ['left', 79.2], ['left', 39.6]]
    """
    return RubPat(folder, learner=learner, curve=curve, bar=bar, bars=bars)
