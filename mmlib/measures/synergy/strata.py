"""One odds ratio after another: in each stratum, in all together, and the one that the strata have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.errors import MMError, did_you_mean
from mmlib.measures.synergy.avocations import COUNTS, Strata, learners
from mmlib.stats import odds
from mmlib.stats.strata import stratified

CELLS = {"domain": "str", "stratum": "str", "hours_from": "float64", "hours_to": "float64"} | dict.fromkeys(
    COUNTS, "int64"
)
FOUND = {
    "kind": "str",
    **CELLS,
    "n": "int64",
    **dict.fromkeys(("estimate", "low", "high", "p_value"), "float64"),
    "n_strata": "int64",
    **dict.fromkeys(("breslow_day", "breslow_day_p"), "float64"),
    "reason": "str",
}


def avocation_strata(
    log: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    domain: str,
    outcome: str = "breakthrough",
    min_hours: float = 10,
    strata: Strata = 10,
) -> pd.DataFrame:
    """Return the four counts of learners in each stratum, for one domain.

    Who counts, and what as, is told in `avocation_odds`, whose table holds the sums of these counts.

    Parameters
    ----------
    log, milestones : DataFrame
        As for `avocation_odds`.
    domain : str
        One of the log's domains.
    outcome, min_hours, strata
        As for `avocation_odds`.

    Returns
    -------
    DataFrame
        domain, stratum, hours_from, hours_to (least and greatest total hours of the stratum's learners), with_achieved,
        with_not, without_achieved, without_not. A row per stratum, those with least practice first where the
        strata are made of hours. Learners whose main field is the domain are left out.

    Raises
    ------
    MMError
        If the log has no such domain, no milestone is of this kind, or a learner has no stratum.

    Examples
    --------
    >>> from mmlib import simulate
    >>> cohort = simulate.cohort()
    >>> avocation_strata(cohort.log, cohort.milestones, domain="art", strata=3).iloc[:, 4:]
       with_achieved  with_not  without_achieved  without_not
    0              0         0                 1           19
    1              3         0                 8            9
    2              9         4                 6            0
    """
    people = learners(log, milestones, outcome, strata)
    if domain not in people.hours:
        raise MMError(f'domain: the log has no "{domain}". {did_you_mean(domain, people.hours.columns)}')
    tables = people.by_stratum(domain, min_hours)
    total = people.table.groupby("stratum")["total"]
    table = pd.DataFrame(tables.reshape(-1, 4), columns=list(COUNTS))
    names = [str(name + 1 if isinstance(strata, int) else name) for name in total.groups]
    table = table.assign(
        domain=domain, stratum=names, hours_from=total.min().to_numpy(), hours_to=total.max().to_numpy()
    )
    return table[list(CELLS)].astype(CELLS)


def strata_odds(counts: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the odds ratio in each stratum, that of all strata thrown together, and the one they have in common.

    Where the one thrown together points one way and the strata another, that is Simpson's paradox: the strata differ
    both in how many have the exposure and in how many have the outcome.

    Parameters
    ----------
    counts : DataFrame
        A row per stratum: stratum, with_achieved, with_not, without_achieved, without_not (what `avocation_strata`
        returned, or any table of this kind), and perhaps domain, hours_from, hours_to.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        kind ("stratum", "crude" or "stratified"), domain, stratum, hours_from, hours_to, the four counts, n,
        estimate, low, high, p_value (exact, but Mantel and Haenszel's in the last row), n_strata (that tell
        something), breslow_day, breslow_day_p (last row), reason (why an estimate is missing).

    Raises
    ------
    MMError
        If a column is missing.

    References
    ----------
    Simpson, E. H. (1951). The interpretation of interaction in contingency tables. Journal of the Royal
    Statistical Society B 13, 238-241.
    Bickel, P. J., Hammel, E. A. & O'Connell, J. W. (1975). Sex bias in graduate admissions: data from Berkeley.
    Science 187, 398-404.

    Examples
    --------
    >>> counts = pd.DataFrame({"stratum": ["large", "small"], "with_achieved": [8, 1], "with_not": [4, 3],
    ...                        "without_achieved": [2, 4], "without_not": [1, 12]})
    >>> strata_odds(counts)[["kind", "stratum", "n", "estimate"]].round(1)
             kind stratum   n  estimate
    0     stratum   large  15       1.0
    1     stratum   small  20       1.0
    2       crude          35       2.7
    3  stratified          35       1.0
    """
    missing = [name for name in ("stratum", *COUNTS) if name not in counts]
    if missing:
        raise MMError(f"counts: no column {', '.join(missing)}; expected stratum, {', '.join(COUNTS)}.")
    cells = counts[list(COUNTS)].to_numpy().reshape(-1, 2, 2)
    every = np.concatenate([cells, cells.sum(axis=0, keepdims=True)])
    each = odds.exact(every, confidence)
    table = pd.DataFrame(every.reshape(-1, 4), columns=list(COUNTS)).assign(**each._asdict())
    together = table.tail(1).assign(**stratified(cells, confidence)._asdict())
    table = pd.concat([table, together], ignore_index=True)
    names = counts.reindex(columns=["domain", "stratum", "hours_from", "hours_to"]).reset_index(drop=True)
    names = names.astype({"domain": "str", "stratum": "str"}).reindex(table.index)
    table = names.fillna({"domain": "", "stratum": ""}).join(table).assign(n=table[list(COUNTS)].sum(axis=1))
    table["kind"] = ["stratum"] * len(counts) + ["crude", "stratified"]
    silent = table["estimate"].isna()
    table.loc[silent, ["low", "high", "p_value"]] = np.nan
    table["reason"] = silent.map({True: "all on one side: nothing to compare", False: ""})
    return table.fillna({"n_strata": 0})[list(FOUND)].astype(FOUND)
