"""Reviews of single items (cards, phrases): which skills have them, and what is known before each review."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from mmlib.errors import counted
from mmlib.log.derived import DAY
from mmlib.stats import forgetting
from mmlib.stats.gaps import LONG_DAYS, SITTING_DAYS

FEATURES = ["one", "log_remembered", "log_forgotten", "log_survived_days"]
"""What ln S depends on: 1, ln(1 + times remembered), ln(1 + times forgotten), ln(1 + days of the last gap)."""

EDGES = [0.0, SITTING_DAYS, LONG_DAYS, 1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 64.5, np.inf]
TRAINED = 0.8
FEWEST, FEWEST_EACH = 100, 10


def gap_class(gap_days: np.ndarray) -> np.ndarray:
    """Return to which class of gaps each belongs: under an hour, half a day, 1, 2, 3-4, 5-8, 9-16 days and so on."""
    return np.searchsorted(EDGES, np.asarray(gap_days, dtype=float), side="right")


def due_reviews(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one skill's reviews after half a day or more, in order of time, with what was known before each.

    What is asked again within half a day is relearning, not retention: it is no review here, but what it shows of the
    item counts.

    Returns
    -------
    DataFrame
        start, item, gap_days (since the item was asked last), remembered, and the columns of FEATURES, where an
        item was *remembered* at earlier reviews, was *forgotten* at any earlier time, the same day included, and
        *survived* the gap before its last review, if it was remembered then.
    """
    table = rows.loc[rows["successes"].notna() & rows["variation"].notna(), ["start", "variation", "successes"]]
    table = table.rename(columns={"variation": "item"}).sort_values(["item", "start"], kind="stable")
    item = table["item"]
    table["gap_days"] = table.groupby("item")["start"].diff() / DAY
    right = table["successes"].astype("float64") > 0
    due = table["gap_days"] >= LONG_DAYS
    held = right & due
    table["one"] = 1.0
    table["log_remembered"] = np.log1p(held.groupby(item).cumsum() - held)
    table["log_forgotten"] = np.log1p((~right).groupby(item).cumsum() - ~right)
    survived = table["gap_days"].where(held, 0.0).where(due)
    table["log_survived_days"] = np.log1p(survived.groupby(item).ffill().groupby(item).shift().fillna(0.0))
    table["remembered"] = right
    wanted = ["start", "item", "gap_days", "remembered", *FEATURES]
    return table.loc[due, wanted].sort_values("start", kind="stable", ignore_index=True)


class Recalled(NamedTuple):
    """A set of items: its reviews, the forgetting curve fitted to all of them, and how well it foresees."""

    reviews: pd.DataFrame
    reason: str
    fit: forgetting.Forgetting | None = None
    judged: forgetting.Judgement | None = None

    def row(self, days: float, confidence: float) -> dict[str, object]:
        """Return the skill's row of `retention`."""
        n = len(self.reviews)
        row = {"n": n, "n_long": n, "reason": self.reason}
        if self.fit is None:
            return row
        features, z = self.reviews[FEATURES].to_numpy(), float(stats.norm.ppf((1 + confidence) / 2))
        kept, error = self.fit.mean_recall(features, np.full(n, days))
        log_days, log_error = self.fit.log_stability(features)
        row |= {"estimate": 1 - kept, "low": max(1 - kept - z * error, 0.0), "high": min(1 - kept + z * error, 1.0)}
        for end, side in (("", 0), ("_low", -1), ("_high", 1)):
            row[f"stability_days{end}"] = float(np.exp(log_days + side * z * log_error))
        judged = self.judged._asdict()
        judged.pop("n")
        return {**row, "decay": self.fit.decay, **judged}

    def points(self, confidence: float) -> pd.DataFrame:
        """Return the skill's rows of `retention_points`."""
        if self.fit is None:
            return pd.DataFrame()
        rows = []
        z = float(stats.norm.ppf((1 + confidence) / 2))
        for _, part in self.reviews.groupby(gap_class(self.reviews["gap_days"])):
            held = stats.binomtest(int(part["remembered"].sum()), len(part))
            low, high = held.proportion_ci(confidence, method="wilson") if len(part) >= 3 else (np.nan, np.nan)
            fitted, error = self.fit.mean_recall(part[FEATURES], part["gap_days"])
            ends = max(fitted - z * error, 0.0), min(fitted + z * error, 1.0)
            rows.append((part["gap_days"].mean(), part["remembered"].mean(), low, high, len(part), fitted, *ends))
        columns = ["gap_days", "observed", "low", "high", "n", "fitted", "fitted_low", "fitted_high"]
        return pd.DataFrame(rows, columns=columns)


def recalled(rows: pd.DataFrame) -> Recalled:
    """Return the forgetting curve of one skill's items, judged on the last fifth of the reviews."""
    reviews = due_reviews(rows)
    n, n_train = len(reviews), int(TRAINED * len(reviews))
    if n < FEWEST:
        few = counted(n, "review") if n else "no review"
        return Recalled(reviews, f"{few} after half a day or more: a forgetting curve needs at least {FEWEST}")
    train, test = reviews.iloc[:n_train], reviews.iloc[n_train:]
    for right, word in ((True, "remembered"), (False, "forgotten")):
        k = int((train["remembered"] == right).sum())
        if k < FEWEST_EACH:
            some = f"{counted(k, 'review')} in which the item was" if k else "no review in which the item was"
            return Recalled(reviews, f"{some} {word}: a forgetting curve needs at least {FEWEST_EACH}")
    early = _fitted(train)
    judged = forgetting.judged(
        early.recall(test[FEATURES], test["gap_days"]), test["remembered"], test["item"],
        rate=train["remembered"].mean(), factor=float(stats.norm.ppf(0.975)),
    )  # fmt: skip
    reason = ""
    if not judged.beats_baseline:
        reason = (
            f"the forgetting curve foresees the last {judged.n:,} reviews no better than the average rate before them"
            f" does (log-loss {judged.log_loss:.3f} against {judged.log_loss_baseline:.3f})"
        )
    return Recalled(reviews, reason, _fitted(reviews), judged)


def _fitted(reviews: pd.DataFrame) -> forgetting.Forgetting:
    return forgetting.forgetting(reviews[FEATURES], reviews["gap_days"], reviews["remembered"], reviews["item"])
