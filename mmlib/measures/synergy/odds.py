"""Across people: are those who practise a second field more often among those who achieve something?"""

from __future__ import annotations

import pandas as pd
from scipy import stats

from mmlib.errors import counted
from mmlib.measures.synergy.avocations import COUNTS, Strata, learners
from mmlib.stats import odds
from mmlib.stats.strata import stratified

FEWEST = 8
"""With fewer learners no table at all has a 95 % interval that leaves out 1."""

STRATIFIED = ("mh", "mh_low", "mh_high", "mh_p", "n_strata", "breslow_day", "breslow_day_p")
NO_STRATUM = "no stratum holds learners with and without it, and with and without the milestone"

ODDS = {
    "domain": "str",
    "outcome": "str",
    "min_hours": "float64",
    **dict.fromkeys(COUNTS, "int64"),
    "n": "int64",
    "n_main": "int64",
    "n_unknown": "int64",
    **dict.fromkeys(("estimate", "low", "high", "p_value", "q_value"), "float64"),
    **dict.fromkeys(("haldane", "haldane_low", "haldane_high"), "float64"),
    **dict.fromkeys(("mh", "mh_low", "mh_high", "mh_p", "mh_q"), "float64"),
    "n_strata": "int64",
    **dict.fromkeys(("breslow_day", "breslow_day_p"), "float64"),
    "reason": "str",
}


def avocation_odds(
    log: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    outcome: str = "breakthrough",
    min_hours: float = 10,
    strata: Strata = 10,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return, for each domain, how much more often those who practise it beside their main field achieve something.

    For each domain a 2×2 table of learners: at least `min_hours` hours of it, or less; a milestone of the kind
    `outcome`, or none. The odds ratio is crude (conditional, with exact limits), and beside it stands that of
    Mantel and Haenszel within strata of learners who practise about as much in all. Where the second is near
    1 and the first is not, those who practise the domain simply practise more.

    An avocation lies outside the main field, which is the domain with most hours, for everybody alike. Learners
    whose main field the domain is are not in its table. A session of unknown length counts as the learner's
    median session, as in `breadth`.

    The hours of the domain are part of the total, so the strata compare learners with the same total, of whom
    one spends a part on the domain: a substitution. Give strata of the hours elsewhere to ask about an addition
    instead. Within a stratum the hours still differ, so that some confounding remains: in simulated cohorts of 60,
    made as in the example, an eighth of it with ten strata and a quarter with five. All hours in the log count, those
    after the milestone too: this is an association without an order in time.

    Parameters
    ----------
    log : DataFrame
        The log of many learners.
    milestones : DataFrame
        learner, date, kind, skill, field, note. Those of learners without a session are ignored.
    outcome : str, default "breakthrough"
        The kind of milestone that counts.
    min_hours : float, default 10
        Who has practised a domain for so many hours counts as practising it.
    strata : int, Series or mapping, default 10
        How many groups of equal size by total hours, or each learner's stratum.
    confidence : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per domain, by name: domain, outcome, min_hours; with_achieved, with_not, without_achieved,
        without_not (learners), n (their sum), n_main (left out: it is their main field), n_unknown (left out: no
        minutes or no domain known); estimate, low, high, p_value (crude odds ratio, exact; 0 and infinity where there
        are zeros), q_value (Benjamini and Hochberg, over the domains); haldane, haldane_low, haldane_high; mh,
        mh_low, mh_high, mh_p, mh_q (stratified), n_strata (strata that tell something), breslow_day,
        breslow_day_p (whether the odds ratio is the same in all strata); reason (why something is missing).

    Raises
    ------
    MMError
        If no milestone is of this kind though there are others, or a learner has no stratum.

    References
    ----------
    Root-Bernstein, R. et al. (2008). Arts foster scientific success: avocations of Nobel, National Academy, Royal
    Society, and Sigma Xi members. Journal of Psychology of Science and Technology 1(2), 51-63.
    Mantel, N. & Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective studies of
    disease. Journal of the National Cancer Institute 22, 719-748.
    Cochran, W. G. (1968). The effectiveness of adjustment by subclassification in removing bias in observational
    studies. Biometrics 24, 295-313.
    Mekary, R. A., Willett, W. C., Hu, F. B. & Ding, E. L. (2009). Isotemporal substitution paradigm for physical
    activity epidemiology and weight change. American Journal of Epidemiology 170, 519-527.

    Examples
    --------
    In this simulated cohort breakthroughs have nothing to do with art once the hours are the same.

    >>> from mmlib import simulate
    >>> cohort = simulate.cohort()
    >>> found = avocation_odds(cohort.log, cohort.milestones).set_index("domain")
    >>> found.loc["art", ["estimate", "low", "high", "mh", "mh_low", "mh_high"]].astype(float).round(1).tolist()
    [5.4, 1.3, 27.3, 1.1, 0.2, 5.4]
    """
    people = learners(log, milestones, outcome, strata)
    table = pd.DataFrame(
        [people.counts(domain, min_hours) for domain in people.hours], columns=list(COUNTS), dtype="int64"
    )
    table = table.assign(domain=people.hours.columns, outcome=outcome, min_hours=min_hours, n=table.sum(axis=1))
    table = table.assign(n_main=len(people.table) - table["n"], n_unknown=people.n_unknown)
    table["reason"] = [_too_little(row) for row in table.to_dict("records")]
    told = table[table["reason"] == ""]
    found = _crude(told, confidence)
    within = [stratified(people.by_stratum(domain, min_hours), confidence) for domain in told["domain"]]
    found = found.join(pd.DataFrame(within, index=told.index, columns=list(STRATIFIED)))
    found = found.assign(q_value=_q_values(found["p_value"]), mh_q=_q_values(found["mh_p"]))
    table["reason"] = table["reason"].mask(found["n_strata"].reindex(table.index) == 0, NO_STRATUM)
    return table.join(found).fillna({"n_strata": 0})[list(ODDS)].astype(ODDS)


def _crude(told: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the odds ratios of each row's four counts."""
    cells = told[list(COUNTS)].to_numpy().reshape(-1, 2, 2)
    crude, halves = odds.exact(cells, confidence), odds.haldane(cells, confidence)
    parts = dict(zip(("estimate", "low", "high", "p_value"), crude, strict=True))
    parts |= dict(zip(("haldane", "haldane_low", "haldane_high"), halves[:3], strict=True))
    return pd.DataFrame(parts, index=told.index)


def _too_little(row: dict) -> str:
    """Return why a table has no odds ratio; "" where it has one."""
    n, hours = row["n"], f"{row['min_hours']:g} hour{'' if row['min_hours'] == 1 else 's'}"
    if n < FEWEST:
        unknown = f" ({row['n_unknown']} more without minutes or a domain)" if row["n_unknown"] else ""
        return f"{counted(n, 'learner')} with another main field{unknown}: an odds ratio needs at least {FEWEST}"
    practised, achieved = row["with_achieved"] + row["with_not"], row["with_achieved"] + row["without_achieved"]
    if practised in (0, n):
        return f"{'all' if practised else 'none'} of {n} learners practised it for {hours} beside their main field"
    if achieved in (0, n):
        return f"{'all' if achieved else 'none'} of {n} learners have a milestone of the kind {row['outcome']}"
    return ""


def _q_values(p_values: pd.Series) -> pd.Series:
    """Return p-values adjusted for the false discovery rate; NaN stays NaN."""
    known = p_values.dropna()
    return pd.Series(stats.false_discovery_control(known) if len(known) else [], known.index).reindex(p_values.index)
