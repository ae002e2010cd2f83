"""Who practised what beside their main field, for how long, and who achieved something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import MMError, counted, did_you_mean
from mmlib.log.derived import weights

COUNTS = ("with_achieved", "with_not", "without_achieved", "without_not")
Strata = int | pd.Series | Mapping[str, object]


class Learners(NamedTuple):
    """The learners of a log whose hours and domains are known.

    Attributes
    ----------
    hours : DataFrame
        Hours per learner (index) and domain (columns).
    table : DataFrame
        Per learner (the same index): total (hours, those without a domain too), main (the domain with most
        hours), achieved, stratum.
    n_unknown : int
        Learners left out, because no session of theirs has minutes, or none a domain.
    """

    hours: pd.DataFrame
    table: pd.DataFrame
    n_unknown: int

    def counts(self, domain: str, min_hours: float) -> NDArray[np.int64]:
        """Return the four counts of those whose main field is another: with and without practice, achieved or not."""
        return self.by_stratum(domain, min_hours).sum(axis=0).ravel()

    def by_stratum(self, domain: str, min_hours: float) -> NDArray[np.int64]:
        """Return the 2×2 table of each stratum, in the strata's order: shape (k, 2, 2)."""
        strata, where = np.unique(self.table["stratum"].to_numpy(), return_inverse=True)
        without = (self.hours[domain] < min_hours).to_numpy().astype(int)
        tables = np.zeros((len(strata), 2, 2), dtype=np.int64)
        beside = (self.table["main"] != domain).to_numpy()
        np.add.at(tables, (where[beside], without[beside], (~self.table["achieved"]).to_numpy()[beside].astype(int)), 1)
        return tables


def learners(log: pd.DataFrame, milestones: pd.DataFrame, outcome: str, strata: Strata) -> Learners:
    """Return what the log tells of each learner: hours per domain, main field, outcome and stratum.

    A session of unknown length counts as the learner's median session, as in `breadth`.
    """
    achieved = achievers(milestones, outcome)
    rows = log.reindex(columns=["learner", "domain", "minutes"]).assign(hours=weights(log) / 60)
    own = rows.groupby("learner")
    known = own["minutes"].count().gt(0) & own["domain"].count().gt(0)
    names = known.index[known]
    hours = rows.pivot_table(index="learner", columns="domain", values="hours", aggfunc="sum", fill_value=0.0)
    hours = hours.reindex(index=names, columns=sorted(rows["domain"].dropna().unique()), fill_value=0.0)
    table = pd.DataFrame({"total": own["hours"].sum().reindex(names)}, index=names)
    table["main"] = hours.idxmax(axis=1) if len(hours) else pd.Series(dtype="str")
    table["achieved"] = names.isin(achieved)
    table["stratum"] = _strata(table["total"], strata)
    return Learners(hours, table, int((~known).sum()))


def achievers(milestones: pd.DataFrame, outcome: str) -> pd.Series:
    """Return who has a milestone of this kind; refuse one that nobody has where there are others."""
    kinds = milestones["kind"].dropna().unique()
    if len(kinds) and outcome not in kinds:
        raise MMError(f'outcome: no milestone is of the kind "{outcome}". {did_you_mean(outcome, sorted(kinds))}')
    return milestones.loc[milestones["kind"] == outcome, "learner"]


def _strata(total: pd.Series, strata: Strata) -> pd.Series:
    """Return each learner's stratum: as told, or one of so many groups of equal size by total practice."""
    if isinstance(strata, int):
        if strata < 1:
            raise MMError(f"strata: found {strata}, expected a number of groups, 1 or more.")
        place = total.rank() - 0.5  # equal hours share a place, and so a group
        return np.floor(place * strata / max(len(total), 1)).astype("int64")
    told = pd.Series(strata).reindex(total.index)
    missing = told.index[told.isna()]
    if len(missing):
        shown = ", ".join(map(str, missing[:5])) + (", …" if len(missing) > 5 else "")
        raise MMError(f"strata: found none for {counted(len(missing), 'learner')} ({shown}), expected one for each.")
    return told
