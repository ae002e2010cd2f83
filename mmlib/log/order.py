"""The order of the log, by learner and start, and the numbers of the few texts that stand in its many rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as arrow

from mmlib.log.schema import TEXT


def in_order(log: pd.DataFrame) -> pd.DataFrame:
    """Return the log sorted by learner and start, rows of the same time in the order they were written."""
    learner, _ = log["learner"].factorize(sort=True)
    places = order(learner, log["start"].to_numpy())
    return (log if places is None else log.take(places)).reset_index(drop=True)


def order(learner: np.ndarray, start: np.ndarray) -> np.ndarray | None:
    """Return where the rows in order stand, for learners numbered by name; None if they are in order already."""
    same, later = learner[1:] == learner[:-1], start[1:] >= start[:-1]
    if (same & later | (learner[1:] > learner[:-1])).all():
        return None
    by_start = None if later.all() else np.argsort(start, kind="stable")
    # Numbers of one or two bytes are sorted in a time that is linear in the rows.
    small = learner.astype(np.min_scalar_type(int(learner.max())))
    if by_start is None:
        return np.argsort(small, kind="stable")
    return by_start[np.argsort(small[by_start], kind="stable")]


def numbered(text: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Return each row's number among the distinct texts, and these; both halves of the rows are read at once.

    Examples
    --------
    >>> numbers, names = numbered(pd.Series(["b", "a", "b"], dtype="str"))
    >>> numbers.tolist(), names.tolist()
    ([0, 1, 0], ['b', 'a'])
    """
    if text.dtype != TEXT or text.hasnans or len(text) < 2:
        return text.factorize(use_na_sentinel=False)
    rows, half = arrow.chunked_array(arrow.array(text.array)), len(text) // 2
    with ThreadPoolExecutor() as threads:
        halves = threads.map(lambda part: part.dictionary_encode().chunks, (rows[:half], rows[half:]))
        coded = arrow.chunked_array([chunk for part in halves for chunk in part]).unify_dictionaries().combine_chunks()
    return coded.indices.to_numpy(), pd.Index(TEXT.__from_arrow__(coded.dictionary))
