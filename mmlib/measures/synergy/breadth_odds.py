"""Synergy: does breadth go with achievement, across people, at equal hours?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.measures.synergy.breadth import PLURALS
from mmlib.measures.synergy.learner_breadth import FEWEST_SESSIONS, learner_breadth
from mmlib.stats.firth import bent, firth

FEWEST_EACH = 3
"""So many who achieved, and so many who did not, are the least to compare."""

TYPES = {
    "outcome": "str",
    "breadth": "str",
    "adjusted_for": "str",
    **dict.fromkeys(["estimate", "low", "high", "p_value"], "float64"),
    "n": "int64",
    "n_achieved": "int64",
    "at_sessions": "Int64",
    "reason": "str",
}


def breadth_odds(
    log: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    outcome: str = "breakthrough",
    of: str = "skill",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return whether those who practise more broadly achieve more often, crude and at equal hours.

    The odds ratio of the outcome for each further effective skill, by logistic regression with Firth's penalised
    likelihood, which is right for few learners and stays finite where breadth separates achievers from others;
    limits and p-values are from its profile. It is given for breadth over all sessions and for breadth at an equal
    number of sessions (`learner_breadth`), each adjusted for nothing and for the hours: their logarithm, and its
    square where at least 10 achieved and 10 did not. Where no minutes are known, sessions stand for hours.

    An association: who is more committed may practise longer, more broadly and achieve more. The hours take away
    what shows in them; what else goes with breadth remains.

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
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Four rows: outcome, breadth ("all sessions", "equal sessions"), adjusted_for ("nothing", "hours"), estimate
        (odds ratio per effective skill), low, high, p_value, n (learners), n_achieved, at_sessions (the equal
        number), reason (what is missing or left out, and why).

    Raises
    ------
    MMError
        For an unknown `of`, and where there are milestones but none of the kind.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
    Heinze, G. & Schemper, M. (2002). A solution to the problem of separation in logistic regression. Statistics in
    Medicine 21, 2409-2419.
    Root-Bernstein, R. et al. (2008). Arts foster scientific success. Journal of Psychology of Science and
    Technology 1, 51-63.

    Examples
    --------
    >>> from mmlib.simulate import cohort
    >>> found = cohort()
    >>> table = breadth_odds(found.log, found.milestones)
    >>> table[["breadth", "adjusted_for", "estimate", "low", "high", "n", "n_achieved"]].round(2)
              breadth adjusted_for  estimate   low  high   n  n_achieved
    0    all sessions      nothing      0.79  0.50  1.21  60          28
    1    all sessions        hours      0.77  0.45  1.31  60          28
    2  equal sessions      nothing      0.76  0.46  1.24  60          28
    3  equal sessions        hours      0.76  0.40  1.38  60          28
    """
    learners = learner_breadth(log, milestones, outcome=outcome, of=of)
    rows = [] if learners.empty else [
        {"outcome": outcome, "breadth": breadth, "adjusted_for": adjusted}
        | _odds(learners.rename(columns={column: "exposure"}), adjusted, of, confidence)
        for breadth, column in (("all sessions", "effective"), ("equal sessions", "effective_at_equal"))
        for adjusted in ("nothing", "hours")
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    equal = table["breadth"] == "equal sessions"
    table.loc[equal, "at_sessions"] = learners["at_sessions"].max() if len(learners) else pd.NA
    return table


def _odds(learners: pd.DataFrame, adjusted: str, of: str, confidence: float) -> dict[str, object]:
    """Return the odds ratio for each further effective skill."""
    by_sessions = learners["hours"].isna().all()
    amount = learners["sessions"] if by_sessions else learners["hours"]
    known = learners["exposure"].notna() & (amount.notna() if adjusted == "hours" else True)
    told = learners[known]
    n, achieved = len(told), int(told["achieved"].sum())
    row = {"n": n, "n_achieved": achieved}
    if min(achieved, n - achieved) < FEWEST_EACH:
        many = f"{achieved or 'none'} of {counted(n, 'learner')} achieved"
        return row | {"reason": f"{many}: it takes {FEWEST_EACH} who did and {FEWEST_EACH} who did not"}
    others = bent(amount[known], told["achieved"]) if adjusted == "hours" else ()
    found = firth(told["achieved"], told["exposure"], others, confidence=confidence)
    if np.isnan(found.estimate):
        return row | {"reason": f"the effective number of {PLURALS[of]} does not vary, or goes wholly with the hours"}
    ratios = dict(zip(["estimate", "low", "high"], np.exp(found[:3]), strict=True))
    return row | ratios | {"p_value": found.p_value, "reason": _left_out(learners, known, by_sessions, adjusted)}


def _left_out(learners: pd.DataFrame, known: pd.Series, by_sessions: bool, adjusted: str) -> str:
    """Return who is not in a row, and what stands for the hours."""
    short, untimed = int((learners["exposure"].isna()).sum()), int((learners["exposure"].notna() & ~known).sum())
    parts = [
        f"{counted(short, 'learner')} with fewer than {FEWEST_SESSIONS} sessions left out" if short else "",
        f"{counted(untimed, 'learner')} without any minutes left out" if untimed else "",
        "no minutes are known: sessions stand for hours" if by_sessions and adjusted == "hours" else "",
    ]
    return "; ".join(filter(None, parts))
