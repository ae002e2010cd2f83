"""Four lights whose order repeats without a word about it: what of a learner's speed is the order?"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mmlib import charts
from mmlib.errors import MMError
from mmlib.stats import sequences
from mmlib.widgets.drills import blocks as of
from mmlib.widgets.drills.lights import KEYS, TRIALS, Lights, Reaction
from mmlib.widgets.picture import Picture, picture


class Sequence(Lights):
    """The drill with an order that repeats, and one block in each round that does not."""

    TITLE = "Four lights"
    VARIATIONS = (of.REPEATING, of.HIDDEN_BLOCK)

    @property
    def own(self) -> tuple[int, ...]:
        """The order that repeats: it belongs to the learner's name, for good."""
        return sequences.own_sequence(self._seed())

    def variation(self, block: int) -> str:
        """Return "repeating", or "hidden block" for the one of its round that is in random order."""
        return of.HIDDEN_BLOCK if of.is_hidden(block) else of.REPEATING

    def order(self, block: int) -> list[int]:
        """Return the learner's own sequence from anywhere in it, or a random order that is matched with it."""
        if of.is_hidden(block):
            return sequences.random_order(self.trials, self._seed(block), avoid=self.own).tolist()
        return sequences.repeating_order(self.own, self.trials, self._seed(block)).tolist()

    def blocks(self) -> pd.DataFrame:
        """Return the learner's blocks in order: block, round, order, median, error, low, high (ms), n.

        `order` is "not told yet" until the block's round is over.
        """
        return of.told(super().blocks())

    def learnt(self) -> pd.DataFrame:
        """Return how much slower each round's hidden block was than the blocks beside it: estimate, low, high, n."""
        return of.slowings(super().blocks())

    def secret(self) -> str:
        """Return the learner's own order as keys; who asks before the first reveal spoils the fun.

        Examples
        --------
        >>> import tempfile
        >>> sorted(Sequence(tempfile.mkdtemp(), "sequence", learner="me", curve=False, trials=12).secret())
        ['D', 'D', 'D', 'F', 'F', 'F', 'J', 'J', 'J', 'K', 'K', 'K']
        """
        return "".join(KEYS[place] for place in self.own)

    def known(self, guess: str) -> float:
        """Return how much of the order a guess has: the share of its threes in a row that the order has too.

        Parameters
        ----------
        guess : str
            Keys, such as "DFKJDK"; anything between them is ignored.

        Returns
        -------
        float
            From 0 to 1. A guess without knowledge, in which no key comes twice in a row, has 1/3 on average; one that
            never goes back to the key before the last, as the order seldom does, has 11/24.

        Raises
        ------
        MMError
            For fewer than three keys.
        """
        places = [KEYS.index(key) for key in guess.upper() if key in KEYS]
        if len(places) < 3:
            raise MMError(f'Found "{guess}", expected at least three of the keys D, F, J and K. Write "DFKJDK".')
        return sequences.shared_triplets(places, self.own)

    def _name(self, block: int) -> str:
        number, place = divmod(block - 1, of.ROUND)
        return f"{f'round {number + 1}, ' if number else ''}block {place + 1} of {of.ROUND}"

    def _telling(self) -> str:
        return revealed(self.learnt().iloc[-1]) if self._is_between_rounds() else ""

    def _is_between_rounds(self) -> bool:
        done = self.blocks()["block"]
        return len(done) > 0 and done.iloc[-1] % of.ROUND == 0

    def _picture(self, _: pd.DataFrame) -> Picture:
        # No curve is fitted: that would take a random block for a relapse, or leave it out and so tell of it.
        return picture(charts.hidden_blocks(self.blocks(), self.learnt()).figure)


def revealed(row: pd.Series) -> str:
    """Return what the page says of a round that is over.

    Parameters
    ----------
    row : Series
        A row of `Sequence.learnt`.

    Examples
    --------
    >>> row = pd.Series({"round": 1, "block": 6, "estimate": 63.2, "low": 38.1, "high": 88.3, "n": 170, "reason": ""})
    >>> print(revealed(row).partition("round. ")[2])
    You were 63 ms slower in it (38 to 88, n = 170): that much of your speed is the order itself. Did you notice it?
    """
    place = (row["block"] - 1) % of.ROUND + 1
    opening = (
        f"In block {place} the order was random. In all the others the same {sequences.LENGTH} lights came round and "
        "round."
    )
    if pd.isna(row["estimate"]):
        return f"{opening} The blocks beside it are missing, so there is nothing to compare it with."
    size, way = f"{abs(row['estimate']):.0f} ms", "slower" if row["estimate"] > 0 else "quicker"
    if pd.isna(row["low"]):
        return f"{opening} You were {size} {way} in it; how sure that is cannot be told."
    if row["low"] <= 0 <= row["high"]:
        within = f"(from {-row['low']:.0f} quicker to {row['high']:.0f} slower, n = {int(row['n'])})"
        return f"{opening} You were {size} {way} in it {within}, which may be chance. Did you notice it?"
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    meant = "that much of your speed is the order itself" if row["estimate"] > 0 else "no sign of the order yet"
    within = f"({low:.0f} to {high:.0f}, n = {int(row['n'])})"
    return f"{opening} You were {size} {way} in it {within}: {meant}. Did you notice it?"


def sequence(folder: str | Path, learner: str = "me", curve: bool = True, *, trials: int = TRIALS) -> Sequence:
    """Return the drill of four lights whose order repeats: a serial reaction time task.

    Four lights in a row, a key for each; the next light follows 200 ms after the right press. The order repeats every
    twelve lights, and the page does not say so. Each learner's name has an order of its own, for good. In each round
    of seven blocks one is in random order; after the round the page tells which, and how much slower it was.

    Each block is a row of the log: the score is the median reaction time of the right presses, `reps` the lights,
    `successes` the right presses; skill "sequence", variation "repeating", or skill "reaction", variation
    "hidden block".

    Parameters
    ----------
    folder : str or Path
        The practice folder; it is made if it isn't there.
    learner : str, default "me"
        Whose blocks they are.
    curve : bool, default True
        Whether the learning curve is shown.
    trials : int, default 60
        Lights in a block, a multiple of 12.

    Returns
    -------
    Sequence

    References
    ----------
    Nissen, M. J. & Bullemer, P. (1987). Attentional requirements of learning: evidence from performance measures.
    Cognitive Psychology 19, 1-32.
    Reed, J. & Johnson, P. (1994). Assessing implicit learning with indirect tests: determining what is learned about
    sequence structure. Journal of Experimental Psychology: Learning, Memory, and Cognition 20, 585-594.

    Examples
    --------
    >>> import tempfile
    >>> from mmlib import simulate
    >>> drill = sequence(tempfile.mkdtemp())
    >>> drill.practise(simulate.key_presses(7))
    >>> drill.learnt()[["block", "n"]].values.tolist()
    [[6, 173]]
    """
    return Sequence(folder, "sequence", learner=learner, curve=curve, trials=trials)


def reaction(folder: str | Path, learner: str = "me", curve: bool = True, *, trials: int = TRIALS) -> Reaction:
    """Return the drill of four lights in random order: plain four-choice reaction times.

    The order is random but balanced: in each twelve lights every light goes on three times, never twice in a row, and
    is followed by each of the others once. Skill "reaction", variation "random"; else as `sequence`.

    Parameters
    ----------
    folder, learner, curve, trials
        As for `sequence`.

    Returns
    -------
    Reaction

    Examples
    --------
    >>> import tempfile
    >>> from mmlib import simulate
    >>> drill = reaction(tempfile.mkdtemp())
    >>> drill.practise(simulate.key_presses(3, benefit=0))
    >>> drill.blocks()["order"].tolist()
    ['random', 'random', 'random']
    """
    return Reaction(folder, "reaction", learner=learner, curve=curve, trials=trials)
