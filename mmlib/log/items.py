"""What the column `variation` means: what was tweaked, or, in a set of items asked one by one, which item it was."""

from __future__ import annotations

import pandas as pd

KEYS = ["learner", "skill"]


def by_item(log: pd.DataFrame) -> pd.Series:
    """Return, by learner and skill, whether the skill is a set of items, each asked once in a row of the log.

    That is a skill without a score, in which every row with successes has reps = 1 and most of them name the item in
    `variation`.
    """
    keys = [log[key] for key in KEYS]
    asked = log["successes"].notna()
    single = (log["reps"].astype("float64") == 1) | ~asked
    named = (asked & log["variation"].notna()).groupby(keys).sum()
    unscored = log["score"].isna().groupby(keys).all()
    return unscored & single.groupby(keys).all() & (named > 0.5 * asked.groupby(keys).sum())


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
    sets = by_item(log)
    rows = pd.MultiIndex.from_frame(log[KEYS])
    return pd.Series(sets.reindex(rows).to_numpy(dtype=bool), index=log.index)


def variations(log: pd.DataFrame) -> pd.Series:
    """Return what was tweaked in each row: `variation`, but NA where that names an item."""
    return log["variation"].mask(of_items(log))
