"""Synergy: how broad the practice is."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import MMError, did_you_mean
from mmlib.log.derived import periods, weights
from mmlib.stats import diversity

KINDS = ("skill", "domain", "self")
TIME = "datetime64[us]"
TYPES = {
    "learner": "str",
    "period": TIME,
    "n_practised": "int64",
    "hill_1": "float64",
    "hill_2": "float64",
    "minutes": "float64",
    "sessions": "int64",
}


def breadth(log: pd.DataFrame, *, freq: str = "MS", of: str = "skill") -> pd.DataFrame:
    """Return how many skills, domains or selves were effectively practised, period by period.

    The effective number (Hill number) of order 1 is exp(-Σ p log p) over the shares p of the period's practice:
    three skills with equal minutes count as 3, and three of which one takes nearly everything as little more
    than 1. Order 2, 1/Σp², counts chiefly the largest; order 0 is the plain count.

    Shares are of minutes. A session of unknown length counts as the learner's median session, so where no
    minutes are known at all the shares are of sessions.

    Parameters
    ----------
    log : DataFrame
        The log.
    freq : {"MS", "W"}, default "MS"
        Calendar month, or week (Monday to Sunday).
    of : {"skill", "domain", "self"}, default "skill"
        What is counted. Sessions whose domain or self is unknown are left out of the count.

    Returns
    -------
    DataFrame
        learner, period (first day), n_practised (order 0), hill_1, hill_2, minutes, sessions: every period from
        the learner's first to last session. Without practice n_practised is 0 and the Hill numbers are NaN.

    Raises
    ------
    MMError
        For an unknown `freq` or `of`.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness. Ecology 54, 427-432.
    Jost, L. (2006). Entropy and diversity. Oikos 113, 363-375.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["juggling", "omelette", "juggling"],
    ...     "start": pd.to_datetime(["2026-09-01", "2026-09-02", "2026-10-01"]),
    ...     "minutes": [30, 30, 45],
    ... }))
    >>> breadth(log)[["period", "n_practised", "hill_1"]]
          period  n_practised  hill_1
    0 2026-09-01            2     2.0
    1 2026-10-01            1     1.0
    """
    if of not in KINDS:
        raise MMError(f'of: found "{of}", expected one of {", ".join(KINDS)}. {did_you_mean(of, KINDS)}')
    rows = log.reindex(columns=list(dict.fromkeys(["learner", of, "start", "minutes"])))
    rows = rows.assign(period=periods(rows["start"], freq), weight=weights(rows))
    shares = rows.groupby(["learner", "period", of])["weight"].sum().groupby(["learner", "period"])
    groups = rows.groupby(["learner", "period"])
    table = pd.DataFrame({"sessions": groups.size(), "minutes": groups["minutes"].sum(min_count=1)})
    for name, order in (("n_practised", 0), ("hill_1", 1), ("hill_2", 2)):
        table[name] = pd.Series({key: diversity.hill(part, order) for key, part in shares}, dtype="float64")
    return _every_period(table)


def _every_period(table: pd.DataFrame) -> pd.DataFrame:
    """Fill in the periods without practice between each learner's first and last."""
    spans = []
    for learner, part in table.groupby("learner"):
        part = part.droplevel("learner")
        span = part.reindex(pd.period_range(part.index.min(), part.index.max()))
        span["minutes"] = span["minutes"].mask(span["sessions"].isna(), 0.0)
        span.insert(0, "learner", learner)
        span.insert(1, "period", span.index.start_time)
        spans.append(span)
    whole = pd.concat(spans, ignore_index=True) if spans else pd.DataFrame(columns=list(TYPES))
    return whole[list(TYPES)].fillna({"n_practised": 0, "sessions": 0}).astype(TYPES)
