"""Synergy: how broad the practice is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import MMError, counted, did_you_mean
from mmlib.log.derived import periods, weights
from mmlib.stats import diversity

KINDS = ("skill", "domain", "self")
PLURALS = {"skill": "skills", "domain": "domains", "self": "selves"}
TIME = "datetime64[us]"
ORDERS = (1.0, 2.0)
LIMITS = ["hill_1_low", "hill_1_high", "hill_2_low", "hill_2_high"]
CHANGE = ["change", "change_low", "change_high"]
TYPES = {
    "learner": "str",
    "period": TIME,
    "n_practised": "int64",
    "hill_1": "float64",
    "hill_2": "float64",
    "minutes": "float64",
    "sessions": "int64",
    **dict.fromkeys([*LIMITS, *CHANGE], "float64"),
    "n": "int64",
    "reason": "str",
}
FOUND = ["learner", "period", "n_practised", "hill_1", "hill_2", *LIMITS, *CHANGE, "n", "worth"]
Group = tuple[str, pd.Period]


def breadth(
    log: pd.DataFrame, *, freq: str = "MS", of: str = "skill", confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Return how many skills, domains or selves were effectively practised, period by period.

    The effective number (Hill number) of order 1 is exp(-Σ p log p) over the shares p of the period's practice:
    three skills with equal minutes count as 3, and three of which one takes nearly everything as little more
    than 1. Order 2, 1/Σp², counts chiefly the largest; order 0 is the plain count.

    Shares are of minutes. A session of unknown length counts as the learner's median session, so where no
    minutes are known at all the shares are of sessions.

    The numbers describe the period exactly. Their intervals are about the way of practising of which the period's
    practice days are a sample: a studentised bootstrap of the days, the sessions of a day together, with fewer days
    to a resample where neighbouring days resemble each other (`stats.diversity.effective`). A few days miss what is
    practised rarely, so the interval reaches further up than down. The change from one period to the next has an
    interval from the two periods' resamples. The plain count has none: no sample tells how many kinds it missed.

    Parameters
    ----------
    log : DataFrame
        The log.
    freq : {"MS", "W"}, default "MS"
        Calendar month, or week (Monday to Sunday). A week is too short for intervals.
    of : {"skill", "domain", "self"}, default "skill"
        What is counted. Sessions whose domain or self is unknown are left out of the count.
    confidence : float, default 0.95
        Coverage of the intervals.
    seed : int, default 0
        Of the resamples. Each learner and period has its own, whatever else is in the log.

    Returns
    -------
    DataFrame
        learner, period (first day), n_practised (order 0), hill_1, hill_2, minutes, sessions, hill_1_low,
        hill_1_high, hill_2_low, hill_2_high, change (of hill_1 since the period before), change_low, change_high, n
        (practice days counted), reason (why the limits are missing): every period from the learner's first to last
        session. Without practice n_practised is 0 and the Hill numbers are NaN.

    Raises
    ------
    MMError
        For an unknown `freq` or `of`.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness. Ecology 54, 427-432.
    Jost, L. (2006). Entropy and diversity. Oikos 113, 363-375.
    Efron, B. & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "omelette", "ukulele", "juggling", "juggling"] * 12,
    ...     "start": pd.date_range("2026-09-01", periods=60),
    ...     "minutes": 30,
    ... }))
    >>> breadth(log)[["n_practised", "hill_1", "hill_1_low", "hill_1_high", "n", "change"]].round(1)
       n_practised  hill_1  hill_1_low  hill_1_high   n  change
    0            3     2.6         1.9          3.2  30     NaN
    1            3     2.6         2.0          3.2  30     0.0
    """
    checked(of)
    rows = log.reindex(columns=list(dict.fromkeys(["learner", of, "start", "minutes"])))
    rows = rows.assign(period=periods(rows["start"], freq), weight=weights(rows))
    groups = rows.groupby(["learner", "period"])
    table = pd.DataFrame({"sessions": groups.size(), "minutes": groups["minutes"].sum(min_count=1)})
    found = pd.DataFrame(_estimated(rows, of, confidence, seed), columns=FOUND)
    return _every_period(table.join(found.set_index(["learner", "period"])), of)


def checked(of: str) -> None:
    """Raise where it is not known what to count."""
    if of not in KINDS:
        raise MMError(f'of: found "{of}", expected one of {", ".join(KINDS)}. {did_you_mean(of, KINDS)}')


def day_tables(rows: pd.DataFrame, of: str, by: list[str]) -> Iterator[tuple[tuple, NDArray[np.float64]]]:
    """Yield, for each group of rows, how much of each kind (columns) there was on each practice day (rows)."""
    rows = rows[rows[of].notna()].sort_values([*by, "start"], kind="stable")
    if rows.empty:
        return
    weight, kinds = rows["weight"].to_numpy(), pd.factorize(rows[of], sort=True)[0]
    days = rows["start"].dt.normalize().to_numpy()
    groups = rows.groupby(by).ngroup().to_numpy()  # in order, as the rows are
    ends = np.flatnonzero(np.diff(groups, append=-1)) + 1
    keys = rows[by].iloc[ends - 1].itertuples(index=False, name=None)
    for key, begin, end in zip(keys, [0, *ends[:-1]], ends, strict=True):
        day = np.cumsum(np.diff(days[begin:end], prepend=days[begin]).astype(bool))
        kind = np.unique(kinds[begin:end], return_inverse=True)[1]
        amounts = np.zeros((day[-1] + 1, kind.max() + 1))
        np.add.at(amounts, (day, kind), weight[begin:end])
        yield key, amounts


def generator(seed: int, *of: object) -> np.random.Generator:
    """Return the random numbers that belong to one learner and period."""
    return np.random.default_rng([seed, *repr(tuple(map(str, of))).encode()])


@lru_cache(512)  # other dates, as one explores, leave most months as they were
def _effective(
    amounts: bytes, size: tuple[int, int], key: tuple[str, str], asked: tuple[float, int]
) -> diversity.Effective:
    """Return the effective numbers of one learner's period."""
    table, (confidence, seed) = np.frombuffer(amounts).reshape(size), asked
    return diversity.effective(table, ORDERS, confidence=confidence, rng=generator(seed, *key))


def _estimated(rows: pd.DataFrame, of: str, confidence: float, seed: int) -> Iterator[dict[str, object]]:
    """Yield the numbers of each learner's periods with something to count."""
    before: tuple[Group, diversity.Effective] | None = None
    for key, amounts in day_tables(rows, of, ["learner", "period"]):
        now = _effective(amounts.tobytes(), amounts.shape, (key[0], str(key[1])), (confidence, seed))
        limits = np.column_stack([now.low, now.high]).ravel()
        row = {"learner": key[0], "period": key[1], "n_practised": amounts.shape[1], "n": len(amounts)}
        row["worth"] = now.worth
        row |= dict(zip(["hill_1", "hill_2", *LIMITS], [*now.estimate, *limits], strict=True))
        if before is not None and before[0] == (key[0], key[1] - 1):
            row |= dict(zip(CHANGE, _changed(before[1], now, confidence), strict=True))
        before = key, now
        yield row


def _changed(before: diversity.Effective, now: diversity.Effective, confidence: float) -> list[float]:
    """Return the change of the number of order 1, and its interval from the resamples of both periods."""
    change = now.estimate[0] - before.estimate[0]
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    return [change, *np.quantile(now.draws[0] - before.draws[0], ends)]


def _every_period(table: pd.DataFrame, of: str) -> pd.DataFrame:
    """Fill in the periods without practice between each learner's first and last, and why there are no limits."""
    spans = []
    for learner, part in table.groupby("learner"):
        part = part.droplevel("learner")
        span = part.reindex(pd.period_range(part.index.min(), part.index.max()))
        span["minutes"] = span["minutes"].mask(span["sessions"].isna(), 0.0)
        span.insert(0, "learner", learner)
        span.insert(1, "period", span.index.start_time)
        spans.append(span)
    whole = pd.concat(spans, ignore_index=True) if spans else pd.DataFrame(columns=list(TYPES))
    whole = whole.fillna({"n_practised": 0, "sessions": 0, "n": 0})
    known = whole["hill_1_low"].notna() if len(whole) else []
    whole["reason"] = ["" if sure else _why(row, of) for sure, (_, row) in zip(known, whole.iterrows(), strict=True)]
    return whole[list(TYPES)].astype(TYPES)


def _why(row: pd.Series, of: str) -> str:
    """Return why a period's numbers have no limits."""
    n, fewest = int(row["n"]), diversity.FEWEST_UNITS
    if not n:
        return "no practice" if not row["sessions"] else f"no session with a known {of}"
    if n < fewest:
        return f"{counted(n, 'practice day')}: an interval needs at least {fewest}"
    if row["n_practised"] == 1:
        return f"only one {of}: how often another comes cannot be told"
    if row["worth"] < diversity.FEWEST_WORTH:
        return unsure(n, row["worth"])
    return f"all {counted(n, 'practice day')} have the same shares: how much they vary cannot be told"


def unsure(n: int, worth: float) -> str:
    """Return why days that resemble each other give no limits."""
    return (
        f"neighbouring days resemble each other: {n} practice days are worth only {worth:.1f} independent ones, and an"
        f" interval needs at least {diversity.FEWEST_WORTH}"
    )
