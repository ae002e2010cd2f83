"""Simpson's paradox to look at: the odds ratio of each stratum, of all together, and within strata."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import canvas, column, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, BAND, OBSERVED, RULE, styled
from mmlib.charts.synergy.ratios import ratio_axis, ratio_intervals, span, times
from mmlib.errors import counted
from mmlib.words import capital, number

TALL = 0.36
MOST_STRATA = 12
KINDS = {"stratum": BAND, "crude": OBSERVED, "stratified": ACCENT}


@styled
def strata_odds(strata: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw the odds ratio in each stratum, of all strata thrown together, and the one they have in common.

    Parameters
    ----------
    strata : DataFrame
        What `synergy.strata_odds` returned.
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
    ...     "kind": ["stratum", "stratum", "crude", "stratified"], "stratum": ["large", "small", "", ""],
    ...     "with_achieved": [8, 1, 9, 9], "with_not": [4, 3, 7, 7], "without_achieved": [2, 4, 6, 6],
    ...     "without_not": [1, 12, 13, 13], "n": [15, 20, 35, 35], "estimate": [1.0, 1.0, 2.7, 1.0],
    ...     "low": [0.01, 0.01, 0.5, 0.2], "high": [28.0, 16.0, 14.5, 5.6], "n_strata": [0, 0, 0, 2]})
    >>> strata_odds(table).finding
    'Thrown together the odds ratio is 2.7, within the 2 strata it is 1'
    """
    known = strata[strata["estimate"].notna()]
    if "crude" not in set(known["kind"]):
        return nothing(ax, "There is no odds ratio to show: all are on one side, with or without.")
    rows = _rows(strata)
    ax = canvas(ax, TALL * len(rows) + 0.7)
    ratio_axis(ax, rows["estimate"], [*rows["low"], *rows["high"]])
    row_labels(ax, [_name(row) for row in rows.to_dict("records")], width=130)
    for kind, color in KINDS.items():
        part = rows.where(rows["kind"] == kind)
        ratio_intervals(ax, part, offset=0, color=color, size=7 if kind == "stratum" else 9)
    last = int((rows["kind"] == "stratum").sum())
    ax.axhline(last - 0.5, color=RULE, lw=0.8)
    ax.set_xlabel("odds ratio")
    column(ax, [_shares(row) for row in rows.to_dict("records")])
    _words(ax, rows, confidence)
    return ax


def _rows(strata: pd.DataFrame) -> pd.DataFrame:
    """Return what is drawn: the first strata, and both odds ratios over all of them."""
    each = strata["kind"] == "stratum"
    return pd.concat([strata[each].head(MOST_STRATA), strata[~each]], ignore_index=True)


def _name(row: dict) -> str:
    if row["kind"] != "stratum":
        return "all together" if row["kind"] == "crude" else "within strata"
    start, end = row.get("hours_from", np.nan), row.get("hours_to", np.nan)
    if pd.isna(start) or not str(row["stratum"]).isdigit():
        return row["stratum"]
    return f"{number(round(start))} to {number(round(end))} h"


def _shares(row: dict) -> str:
    """Return the share with the outcome among those with the exposure, and among those without."""
    if row["kind"] == "stratified":
        return ""
    return " | ".join(_share(row[f"{side}_achieved"], row[f"{side}_not"]) for side in ("with", "without"))


def _share(achieved: int, others: int) -> str:
    n = achieved + others
    return f"{achieved / n:.0%} of {n:,}" if n else "nobody"


def _finding(rows: pd.DataFrame) -> str:
    crude, common = (rows[rows["kind"] == kind].iloc[0] for kind in ("crude", "stratified"))
    domain = rows["domain"].iloc[0] if "domain" in rows else ""
    start, many = f"{domain}: " if domain else "", int(common["n_strata"])
    together = f"thrown together the odds ratio is {times(crude['estimate'])}"
    if not many:
        return capital(f"{start}{together}, and no stratum tells anything")
    strata = "the one stratum that tells something" if many == 1 else f"the {many} strata"
    if not crude["low"] <= 1 <= crude["high"] and (crude["estimate"] - 1) * (common["estimate"] - 1) < 0:
        ends = f"{times(crude['estimate'])} thrown together, {times(common['estimate'])} within {strata}"
        return capital(f"{start}the odds ratio turns round: {ends}")
    return capital(f"{start}{together}, within {strata} it is {times(common['estimate'])}")


def _words(ax: Axes, rows: pd.DataFrame, confidence: float) -> None:
    title = _finding(rows)
    every = [
        f"{_name(row)} {times(row['estimate'])} ({span(row['low'], row['high'])})"
        for row in rows[rows["estimate"].notna()].to_dict("records")
    ]
    silent = int((rows["kind"].eq("stratum") & rows["estimate"].isna()).sum())
    empty = f"{counted(silent, 'stratum tells', 'strata tell')} nothing: all are on one side" if silent else ""
    shown = f"with {confidence:.0%} intervals. Right: how many achieved it, of those with | without"
    reading = (
        "Each pale row compares like with like. Where the strata agree with one another and not with all together, it "
        "is the strata that differ, both in how many have it and in how many achieve it: that is Simpson’s paradox. "
        "The blue row sums the pale ones up, and is as good as the strata are."
    )
    titled(
        ax, title, f"Odds ratios in each stratum (pale), of all together (grey), within strata (blue), {shown}",
        footnote=empty, alt_text=f"{title}. {capital('; '.join(every))}.", reading=reading,
    )  # fmt: skip
