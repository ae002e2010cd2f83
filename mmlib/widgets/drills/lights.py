"""Four lights in a row and a key for each: blocks of reaction times, and the plain drill in random order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
from traitlets import Dict, Unicode

from mmlib.errors import counted
from mmlib.stats import reactions, sequences
from mmlib.widgets.drills import blocks as of
from mmlib.widgets.drills.drill import AttemptError, Drill, Scored, module, style

KEYS = "DFJK"
REST = 200
"""Milliseconds from the right press to the next light."""

TRIALS = 60
CAREFUL = 0.85
"""Below this share of right presses a learner is asked to slow down."""

CARD = {
    "domain": "body",
    "unit": "ms",
    "better": "lower",
    "self": "the player",
    "background_support": "A keyboard at the right height, fingers that rest on D, F, J and K, and nobody who talks.",
    "repeatability": "A block takes under a minute, and the next is one press away.",
}
CARDS = {
    "sequence": CARD
    | {
        "title": "Four lights",
        "entry_trick": "Leave two fingers of each hand on the keys for good: a light then needs a twitch, no search.",
        "rub_pat_barrier": "Quick and careful pull against each other. Do a block without a single mistake, however "
        "slow; then one as quick as you can; then look for the pace at which mistakes begin, and stay just below.",
        "payoff": "The moment when the fingers know before you do.",
        "experimental_possibilities": "The other hand's fingers, one hand for all four, thumbs on a phone, music, a "
        "conversation, the same after a night's sleep.",
    },
    "reaction": CARD
    | {
        "title": "Four lights in random order",
        "entry_trick": "Look between the two middle lights, not at any of them: the edge of the eye is quick.",
        "rub_pat_barrier": "Waiting and jumping. Rest the fingers with weight on the keys, and let only the one go.",
        "payoff": "A number that is yours, and a little lower than yesterday's.",
        "experimental_possibilities": "Time of day, tea, tiredness, one hand, eyes half closed.",
    },
}


class Lights(Drill):
    """Blocks of four-choice reaction times; one block is one attempt.

    An attempt has, besides what all have, `block` (its number for this learner, from 1), `times` (milliseconds from
    each light to the first press) and `right` (whether that press was the right one).

    What comes next is not remembered: it follows from the blocks in the log, so a lost kernel loses nothing.
    """

    CARDS: ClassVar[Mapping[str, Mapping[str, object]]] = CARDS
    TITLE: ClassVar[str]
    VARIATIONS: ClassVar[tuple[str, ...]]
    _css = style("sequence")
    _esm = module("sequence")

    upcoming = Dict().tag(sync=True)
    told = Unicode().tag(sync=True)

    def __init__(self, folder: str | Path, skill: str, *, learner: str, curve: bool, trials: int) -> None:
        sequences.random_order(trials, 0)  # raises where blocks cannot be so long
        self.trials = trials
        super().__init__(folder, skill, learner=learner, curve=curve, title=self.TITLE, rest=REST)

    def variation(self, block: int) -> str:
        """Return what kind of block one is, as the log calls it."""
        raise NotImplementedError

    def order(self, block: int) -> list[int]:
        """Return which lights go on in a block, from 0 to 3: always the same for the same learner and block."""
        raise NotImplementedError

    def scored(self, attempt: Mapping[str, Any]) -> Scored:
        """Return a block's median reaction time, and what is said of it."""
        block, times = int(attempt["block"]), [float(time) for time in attempt["times"]]
        right = [bool(each) for each in attempt["right"]]
        if not 1 <= block <= of.MOST or len(times) != len(right):
            raise ValueError(f"a block has a number from 1 to {of.MOST}, and each press is right or wrong")
        counts = reactions.counting(times, right)
        score = reactions.median([time for time, count in zip(times, counts, strict=True) if count])
        if score.n < reactions.FEWEST:
            raise AttemptError(
                f"This block does not count: {score.n} of {counted(len(times), 'press', 'presses')} were right and "
                f"between 100 ms and 3 s, and {reactions.FEWEST} are needed. Try it again."
            )
        variation = self.variation(block)
        row = {
            "skill": of.SKILLS[variation],
            "score": round(score.estimate, 1),
            "reps": len(times),
            "successes": sum(right),
            "part": "repeat",
            "variation": variation,
            "note": of.note(block, score),
        }
        return Scored(row, self._said(block, score, sum(right), len(times)))

    def _said(self, block: int, score: reactions.Median, right: int, trials: int) -> str:
        said = f"{self._name(block).capitalize()}: {score.estimate:.0f} ms, {right} of {trials} right at once."
        odd = right - score.n
        if odd:
            them = "does" if odd == 1 else "do"
            said += f" {counted(odd, 'right press', 'right presses')} before 100 ms or after 3 s {them} not count."
        if right < CAREFUL * trials:
            said += " A little slower would be more careful."
        return said

    def rows(self) -> pd.DataFrame:
        """Return the rows of the drill's own blocks; those in random order have another skill than the others."""
        rows = self._of_the_learner()
        rows = rows[rows["variation"].isin(self.VARIATIONS)]
        return rows[rows["skill"] == rows["variation"].map(of.SKILLS)].reset_index(drop=True)

    def blocks(self) -> pd.DataFrame:
        """Return the learner's blocks in order: block, round, order, median, error (ms), n."""
        return of.blocks(self.rows())

    def _name(self, block: int) -> str:
        return f"block {block}"

    def _seed(self, *more: int) -> list[int]:
        return [*self.learner.encode(), 256, *more]

    def _telling(self) -> str:
        """Return what there is to tell besides the score of a block."""
        return ""

    def _redraw(self) -> None:
        with self.hold_sync():
            super()._redraw()
            done = self.blocks()["block"]
            block = int(done.max()) + 1 if len(done) else 1
            self.attempts, self.told = len(done), self._telling()
            self.upcoming = {"block": block, "name": self._name(block), "order": self.order(block)}


class Reaction(Lights):
    """The plain drill: every block in random order."""

    TITLE = "Four lights in random order"
    VARIATIONS = (of.RANDOM,)

    def variation(self, block: int) -> str:  # noqa: ARG002 - all blocks are of one kind
        """Return "random"."""
        return of.RANDOM

    def order(self, block: int) -> list[int]:
        """Return a new random order for each block."""
        return sequences.random_order(self.trials, self._seed(block, 1)).tolist()
