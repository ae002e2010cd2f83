"""The forest: how much more often those with a second field achieve something, crude and among equals in practice."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, canvas, column, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, OBSERVED, styled
from mmlib.charts.synergy.ratios import ratio_axis, ratio_intervals, span, times
from mmlib.errors import counted
from mmlib.words import capital, listed

TALL = 0.46
FALSE_DISCOVERIES = 0.1
MOST_REASONS = 3
STRATIFIED = {"mh": "estimate", "mh_low": "low", "mh_high": "high"}


@styled
def avocation_odds(
    odds: pd.DataFrame, *, within: str = "who practise as much", confidence: float = 0.95, ax: Axes | None = None
) -> Axes:
    """Draw the odds ratio of each domain twice: crude, and among learners who practise about as much in all.

    Parameters
    ----------
    odds : DataFrame
        What `synergy.avocation_odds` returned.
    within : str
        What learners of a stratum have in common, after "learners".
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "domain": ["art"], "outcome": "breakthrough", "min_hours": 10.0, "with_achieved": 12, "with_not": 4,
    ...     "without_achieved": 15, "without_not": 28, "n": 59, "estimate": 5.4, "low": 1.3, "high": 27.3,
    ...     "q_value": 0.01, "mh": 1.2, "mh_low": 0.24, "mh_high": 5.9, "mh_q": 0.8, "reason": ""})
    >>> avocation_odds(table).finding
    'Art goes with a “breakthrough” (odds ratio 5.4), but not clearly among learners who practise as much (1.2)'
    """
    rows = odds[odds["estimate"].notna()]
    if rows.empty:
        return nothing(ax, _why_nothing(odds))
    rows = rows.sort_values(["estimate", "low"], ascending=False, kind="stable").reset_index(drop=True)
    n, rows = len(rows), rows.head(MOST_ROWS)
    strata = rows.drop(columns=["estimate", "low", "high"]).rename(columns=STRATIFIED)
    ax = canvas(ax, TALL * len(rows) + 0.7)
    both = pd.concat([rows, strata])
    ratio_axis(ax, both["estimate"], [*both["low"], *both["high"]])
    row_labels(ax, rows["domain"], width=120)
    ratio_intervals(ax, rows, offset=-0.16, color=OBSERVED)
    ratio_intervals(ax, strata, offset=0.16, color=ACCENT)
    ax.set_xlabel("odds ratio")
    column(ax, [_counts(row) for row in rows.to_dict("records")])
    _words(ax, rows, _drawn(rows, n, within, confidence), (_finding(rows, within), _silent(odds)))
    return ax


def _why_nothing(odds: pd.DataFrame) -> str:
    start = "There are no odds ratios to show"
    if odds.empty:
        return f"{start}: no card in skills.toml names a domain yet, or no minutes are known."
    told = odds.groupby("reason", sort=False)["domain"].agg(list)
    said = [
        f"{listed(names) if len(names) < 4 else counted(len(names), 'domain')}: {why}" for why, names in told.items()
    ]
    return f"{start}. {'. '.join(capital(each) for each in said[:MOST_REASONS])}."


def _silent(odds: pd.DataFrame) -> str:
    """Return why some domains, or their blue bars, are not there."""
    rows = odds[odds["reason"] != ""].to_dict("records")
    more = f"; and {counted(len(rows) - MOST_REASONS, 'more domain')}" if len(rows) > MOST_REASONS else ""
    return "; ".join(f"{row['domain']}: {row['reason']}" for row in rows[:MOST_REASONS]) + more


def _counts(row: dict) -> str:
    """Return how many of the achievers, and of the others, practised the domain."""
    achieved, others = (row[f"with_{who}"] + row[f"without_{who}"] for who in ("achieved", "not"))
    return f"{row['with_achieved']} of {achieved} | {row['with_not']} of {others}"


def _clear(rows: pd.DataFrame, low: str, high: str, q_value: str) -> pd.DataFrame:
    """Return the rows whose interval leaves out 1, also when allowing for the number of domains looked at."""
    return rows[((rows[low] > 1) | (rows[high] < 1)) & (rows[q_value] <= FALSE_DISCOVERIES)]


def _finding(rows: pd.DataFrame, within: str) -> str:
    outcome, among = f"a “{rows['outcome'].iloc[0]}”", f"among learners {within}"
    equals, crude = _clear(rows, "mh_low", "mh_high", "mh_q"), _clear(rows, "low", "high", "q_value")
    if len(equals):
        each = [f"{row['domain']} ({times(row['mh'])})" for row in equals.head(3).to_dict("records")]
        each += [f"{len(equals) - 3} more"] if len(equals) > 3 else []
        return f"{capital(listed(each))} {'goes' if len(equals) == 1 else 'go'} with {outcome}, also {among}"
    if crude.empty and len(rows) == 1:
        return f"{capital(rows['domain'].iloc[0])} does not go clearly with {outcome}"
    if crude.empty:
        return f"None of {len(rows)} domains goes clearly with {outcome}"
    if len(crude) > 1:
        return f"{len(crude)} of {len(rows)} domains go with {outcome}, but none clearly {among}"
    return _of_one(crude.iloc[0], outcome, among)


def _of_one(row: pd.Series, outcome: str, among: str) -> str:
    """Return the finding where one domain alone is clear, and only before it is stratified."""
    go = "goes" if row["estimate"] > 1 else "seldom goes"
    name = f"{capital(row['domain'])} {go} with {outcome} (odds ratio {times(row['estimate'])})"
    if pd.isna(row["mh"]):
        return f"{name}; {among} there is nobody to compare"
    return f"{name}, but not clearly {among} ({times(row['mh'])})"


def _drawn(rows: pd.DataFrame, n: int, within: str, confidence: float) -> str:
    """Return what is drawn."""
    more = f"; the first {len(rows)} of {n} domains" if n > len(rows) else ""
    least, outcome = rows["min_hours"].iloc[0], rows["outcome"].iloc[0]
    hours = f"{least:g} hour{'' if least == 1 else 's'}"
    return (
        f"Grey: all learners; blue: compared among learners {within}; with {confidence:.0%} intervals. Right: who "
        f"practised it for {hours}, of those with a “{outcome}” | of the others{more}"
    )


def _words(ax: Axes, rows: pd.DataFrame, drawn: str, said: tuple[str, str]) -> None:
    title, silent = said
    every = [
        f"{row['domain']} {times(row['estimate'])} ({span(row['low'], row['high'])})"
        + ("" if pd.isna(row["mh"]) else f", in strata {times(row['mh'])} ({span(row['mh_low'], row['mh_high'])})")
        for row in rows.to_dict("records")
    ]
    reading = (
        "At 1 the domain makes no difference; at 4 the odds of the milestone are four times as high for those who "
        "practise it. Where grey is far from 1 and blue is not, those who practise the domain simply practise more. "
        "Where a bar crosses 1, chance alone could have done it; an arrow says that the interval goes on. All of this "
        "is association: nobody was told by lot what to practise."
    )
    alt_text = f"{title}. Odds ratios: {'; '.join(every)}."
    titled(ax, title, drawn, footnote=silent, alt_text=alt_text, reading=reading)
