"""Blocks of reaction times as the log holds them: which came when, which was hidden, and what it tells."""

from __future__ import annotations

import re

import pandas as pd
from scipy import stats

from mmlib.stats.reactions import Median, slowing

ROUND = 7
"""Blocks until the page says which of them was in random order."""

HIDDEN = (6, 5, 4)
"""Its place in the first round, the second and the third, and so on over again: blocks to compare with lie on both
sides, and who has seen one round cannot know the next."""

MOST = 9999
"""No learner will play so many blocks."""

REPEATING, HIDDEN_BLOCK, RANDOM = "repeating", "hidden block", "random"
SKILLS = {REPEATING: "sequence", HIDDEN_BLOCK: "reaction", RANDOM: "reaction"}
NOTE = re.compile(r"^block (\d{1,4}): (\d+) reaction times counted, standard error ([\d.]+|unknown)")
COLUMNS = ["block", "round", "order", "median", "error", "n"]


def is_hidden(block: int) -> bool:
    """Return whether a block, from 1 on, is the one of its round that is in random order.

    Examples
    --------
    >>> [block for block in range(1, 29) if is_hidden(block)]
    [6, 12, 18, 27]
    """
    number, place = divmod(block - 1, ROUND)
    return place + 1 == HIDDEN[number % len(HIDDEN)]


def note(block: int, score: Median) -> str:
    """Return what a row's note says, so that the log alone knows all that a comparison of blocks needs.

    Examples
    --------
    >>> note(6, Median(431.0, 8.16, 57))
    'block 6: 57 reaction times counted, standard error 8.2 ms'
    """
    error = "unknown" if pd.isna(score.error) else f"{score.error:.1f} ms"
    return f"block {block}: {score.n} reaction times counted, standard error {error}"


def blocks(log: pd.DataFrame) -> pd.DataFrame:
    """Return a learner's blocks in order; of one that was sent from two pages, the later.

    Parameters
    ----------
    log : DataFrame
        One learner's rows of one drill.

    Returns
    -------
    DataFrame
        block (from 1), round, order (the log's variation), median and its standard error `error` in ms, n reaction
        times. Rows that do not say which block they are, such as those written by hand, are left out.
    """
    said = log["note"].astype("object").fillna("").str.extract(NOTE)
    ours = said[0].notna() & log["score"].notna()
    table = pd.DataFrame(
        {
            "block": said.loc[ours, 0].astype(int),
            "order": log.loc[ours, "variation"].astype("object"),
            "median": log.loc[ours, "score"].astype(float),
            "error": pd.to_numeric(said.loc[ours, 2], errors="coerce"),
            "n": said.loc[ours, 1].astype(int),
        }
    )
    table = table.drop_duplicates("block", keep="last").sort_values("block").reset_index(drop=True)
    return table.assign(round=(table["block"] - 1) // ROUND + 1)[COLUMNS]


def told(table: pd.DataFrame) -> pd.DataFrame:
    """Return the blocks of a sequence with the order of each where its round is over, and "not told yet" elsewhere.

    `low` and `high` are the 95 % limits of each median.
    """
    over = table.groupby("round")["block"].transform("max") == table["round"] * ROUND
    half = stats.norm.isf(0.025) * table["error"]
    limits = {"low": table["median"] - half, "high": table["median"] + half}
    return table.assign(order=table["order"].where(over, "not told yet"), **limits)


def slowings(table: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return, for each round that is over, how much slower its hidden block was than the blocks beside it.

    Parameters
    ----------
    table : DataFrame
        What `blocks` returned.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        round, block, estimate, low and high in ms, n reaction times of the three blocks, `reason` where there is no
        estimate or no interval.
    """
    last = int(table["block"].max()) if len(table) else 0
    whole = table.set_index("block").reindex(range(1, last + 1))
    scores = [Median(*row) for row in whole[["median", "error", "n"]].fillna({"n": 0}).itertuples(index=False)]
    hidden = [block - 1 for block in range(1, last + 1) if is_hidden(block)]
    rows = []
    for at in hidden:
        number = at // ROUND + 1
        if last < number * ROUND:
            continue
        found = slowing(scores, hidden, at, confidence)
        reason = "" if found.low == found.low else "too few reaction times" if found.n else "a block is missing"
        rows.append({"round": number, "block": at + 1, **found._asdict(), "reason": reason})
    return pd.DataFrame(rows, columns=["round", "block", "estimate", "low", "high", "n", "reason"])
