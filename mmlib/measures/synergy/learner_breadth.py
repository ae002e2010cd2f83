"""Synergy: how broadly each learner of a cohort has practised, and who achieved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.log.derived import weights
from mmlib.measures.synergy.avocations import achievers
from mmlib.measures.synergy.breadth import checked
from mmlib.stats import diversity

FEWEST_SESSIONS = 10
"""Learners with fewer sessions are left out where breadth is compared at an equal number of sessions."""

TYPES = {
    "learner": "str",
    "achieved": "bool",
    "effective": "float64",
    "effective_at_equal": "float64",
    "at_sessions": "Int64",
    "hours": "float64",
    "sessions": "int64",
    "n_practised": "int64",
}


def learner_breadth(
    log: pd.DataFrame, milestones: pd.DataFrame, *, outcome: str = "breakthrough", of: str = "skill"
) -> pd.DataFrame:
    """Return how broadly each learner has practised, for how long, and whether they achieved.

    Breadth is the effective number of skills (Hill number of order 1) over the whole log, of shares of minutes; a
    session of unknown length counts as the learner's median session. Who practises longer finds time for more, so
    it is also given at an equal number of sessions: what is to be expected among so many of the learner's sessions,
    drawn at random (rarefaction). That number is the smallest of any learner with 10 sessions or more.

    Parameters
    ----------
    log : DataFrame
        The log of several learners.
    milestones : DataFrame
        learner, kind: who achieved what.
    outcome : str, default "breakthrough"
        The kind of milestone that counts as achievement.
    of : {"skill", "domain", "self"}, default "skill"
        What is counted. Sessions whose domain or self is unknown are left out.

    Returns
    -------
    DataFrame
        learner, achieved, effective, effective_at_equal, at_sessions (that number), hours (NaN where the learner has
        no minutes), sessions, n_practised.

    Raises
    ------
    MMError
        For an unknown `of`, and where there are milestones but none of the kind.

    References
    ----------
    Jost, L. (2006). Entropy and diversity. Oikos 113, 363-375.
    Chao, A. et al. (2014). Rarefaction and extrapolation with Hill numbers. Ecological Monographs 84, 45-67.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "learner": ["ada"] * 12 + ["bob"] * 24,
    ...     "skill": ["juggling", "omelette"] * 6 + ["juggling"] * 20 + ["omelette"] * 4,
    ...     "start": pd.date_range("2026-09-01", periods=36),
    ...     "minutes": 30,
    ... }))
    >>> milestones = pd.DataFrame({"learner": ["ada"], "kind": ["breakthrough"]})
    >>> learner_breadth(log, milestones).drop(columns=["sessions", "n_practised"]).round(2)
      learner  achieved  effective  effective_at_equal  at_sessions  hours
    0     ada      True       2.00                2.00           12    6.0
    1     bob     False       1.57                1.53           12   12.0
    """
    checked(of)
    achieved = achievers(milestones, outcome)
    rows = log.assign(weight=weights(log))
    rows = rows[rows[of].notna()]
    amounts, counts = (rows.pivot_table(index="learner", columns=of, values="weight", aggfunc=how, fill_value=0,
                                        observed=True) for how in ("sum", "count"))  # fmt: skip
    sessions = counts.sum(axis=1)
    enough = sessions[sessions >= FEWEST_SESSIONS]
    size = int(enough.min()) if len(enough) else 0
    timed = rows.groupby("learner")["minutes"].count() > 0
    found = pd.DataFrame(
        {
            "learner": sessions.index,
            "achieved": sessions.index.isin(achieved),
            "effective": [diversity.hill(own) for own in amounts.to_numpy()],
            "effective_at_equal": diversity.rarefied(counts.to_numpy(), size) if size else np.nan,
            "at_sessions": size or pd.NA,
            "hours": (amounts.sum(axis=1) / 60).where(timed).to_numpy(dtype=float),
            "sessions": sessions.to_numpy(),
            "n_practised": (counts > 0).sum(axis=1).to_numpy(),
        }
    )
    return found.reset_index(drop=True).astype(TYPES)
