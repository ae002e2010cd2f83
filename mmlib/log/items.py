"""What the column `variation` means: what was tweaked, or, in a set of items asked one by one, which item it was."""

from __future__ import annotations

import pandas as pd
from pandas.api.typing import DataFrameGroupBy

KEYS = ["learner", "skill"]


def by_item(log: pd.DataFrame) -> pd.Series:
    """Return, by learner and skill, whether the skill is a set of items, each asked once in a row of the log.

    That is a skill without a score, in which every row with successes has reps = 1 and most of them name the item in
    `variation`.
    """
    return _are_sets(_signs(log))


def of_items(log: pd.DataFrame) -> pd.Series:
    """Return, row by row, whether `variation` names the item that was asked and not what was tweaked.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> starts = pd.date_range("2026-10-01", periods=3, unit="us")
    >>> log = check_log(pd.DataFrame({"skill": ["words", "words", "ukulele"], "start": starts, "reps": [1, 1, 9],
    ...                               "successes": [1, 0, 7], "variation": ["dog", "cat", "slowly"]}))
    >>> of_items(log).to_list()
    [True, True, False]
    """
    signs = _signs(log)
    return pd.Series(_are_sets(signs).to_numpy()[signs.ngroup()], index=log.index)


def variations(log: pd.DataFrame) -> pd.Series:
    """Return what was tweaked in each row: `variation`, but NA where that names an item."""
    return log["variation"].mask(of_items(log))


def _signs(log: pd.DataFrame) -> DataFrameGroupBy:
    """Return, of each row of a learner's skill, what speaks for a set of items and what against it."""
    asked = log["successes"].notna()
    several = asked & (log["reps"].to_numpy(dtype=float, na_value=float("nan")) != 1)
    signs = {"asked": asked, "named": asked & log["variation"].notna(), "several": several}
    return log[KEYS].assign(**signs, scored=log["score"].notna()).groupby(KEYS)


def _are_sets(signs: DataFrameGroupBy) -> pd.Series:
    found = signs.sum()
    return (found["scored"] == 0) & (found["several"] == 0) & (found["named"] > 0.5 * found["asked"])
