"""Charts of flow: with what challenge it goes, and with what deviation from the learning curve."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, intervals, note, nothing, row_labels, titled, zero_line
from mmlib.charts.style import ACCENT, GRID, INK, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number, rated

CHALLENGE = {1: "1\ntoo easy", 2: "2\nrather easy", 3: "3\njust right", 4: "4\nrather hard", 5: "5\ntoo hard"}
PER = "per standard deviation"


@styled
def flow(flow: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how much flow there was at each level of challenge.

    Parameters
    ----------
    flow : DataFrame
        What `payoff.flow` returned, for one learner: term, challenge, estimate, low, high, n, reason.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"challenge": [2, 3], "estimate": [2.9, 4.2], "low": [2.5, 4.0], "high": [3.3, 4.4],
    ...                       "n": [12, 34]})
    >>> flow(table).finding
    'Flow is highest when the challenge is just right: 4.2 of 5 on average'
    """
    rows = flow[flow["term"] == "challenge"] if "term" in flow else flow
    rows = rows[rows["estimate"].notna()].astype({"challenge": "float64"}).sort_values("challenge")
    if rows.empty:
        return nothing(ax, "There is no flow to show: rate flow and challenge in the log, from 1 to 5.")
    ax = canvas(ax, 2.3)
    ax.axvspan(2.5, 3.5, color=GRID, alpha=0.5, lw=0)
    ax.vlines(rows["challenge"], rows["low"], rows["high"], color=ACCENT, lw=3, alpha=0.45, capstyle="round")
    ax.plot(rows["challenge"], rows["estimate"], "o", color=ACCENT, ms=8.5)
    for challenge, estimate, n in zip(rows["challenge"], rows["estimate"], rows["n"], strict=True):
        note(ax, challenge, estimate, rated(estimate), dx=9, color=INK)
        note(ax, challenge, 1, f"n = {n:,.0f}", dx=0, dy=-2, ha="center", va="top")
    ax.set(xlim=(0.5, 5.5), ylim=(0.72, 5.15), ylabel="mean flow")
    ax.set_xticks(range(1, 6), CHALLENGE.values(), linespacing=1.1)
    ax.set_yticks(range(1, 6))
    ax.grid(False, axis="x")
    _flow_words(ax, rows, confidence)
    return ax


def _flow_words(ax: Axes, rows: pd.DataFrame, confidence: float) -> None:
    best = rows.loc[rows["estimate"].idxmax()]
    others = rows.drop(index=best.name)
    levels = {k: words.split("\n")[1] for k, words in CHALLENGE.items()}
    word = levels.get(round(best["challenge"]), number(best["challenge"]))
    value = f"{rated(best['estimate'])} of 5 on average"
    if others.empty:
        title = f"All rated sessions were {word}; flow was {value}"
    elif (others["high"].isna() | (others["high"] >= best["low"])).all():
        low, high = rated(rows["estimate"].min()), rated(rows["estimate"].max())
        title = f"Flow hardly depends on the challenge so far (means from {low} to {high} of 5)"
    else:
        title = f"Flow is highest when the challenge is {word}: {value}"
    every = [
        f"{levels.get(round(c), number(c))} {rated(e)} (n = {n:.0f})"
        for c, e, n in zip(rows["challenge"], rows["estimate"], rows["n"], strict=True)
    ]
    titled(
        ax, title, f"Mean flow for each rating of the challenge, with {confidence:.0%} intervals",
        alt_text=f"{title}. Mean flow by challenge: {listed(every)}.",
        reading="Each dot is the mean flow of the sessions with that challenge "
        f"({counted(int(rows['n'].sum()), 'session')} in all), and its bar shows how far the mean may be off. "
        "Flow and challenge were rated together, so this is an association, not an effect.",
    )  # fmt: skip


@styled
def flow_deviation(flow: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how flow goes with being better or worse than one's own learning curve.

    Parameters
    ----------
    flow : DataFrame
        What `payoff.flow` returned with curves: term, deviation, estimate, low, high, n, learners. For one learner
        the bands of deviation are drawn; for several the slope of each, below that of all.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"term": ["deviation", "deviation", "slope"], "deviation": [-1.5, 1.4, None],
    ...                       "estimate": [2.9, 4.1, 0.4], "low": [2.6, 3.8, 0.2], "high": [3.2, 4.4, 0.6],
    ...                       "n": [12, 14, 26]})
    >>> flow_deviation(table).finding
    'Flow is higher when performance beats the own curve: +0.4 points per standard deviation (0.2 to 0.6)'
    """
    rows = flow[flow["estimate"].notna()] if "term" in flow else flow.head(0)
    slopes = rows[rows["term"] == "slope"] if len(rows) else rows
    if slopes.empty:
        return nothing(
            ax, "There is no flow to set against the learning curves: it takes sessions with flow rated and a score."
        )
    if len(slopes) > 1:
        return _of_all(slopes, confidence, ax)
    bands = rows[rows["term"] == "deviation"].sort_values("deviation")
    ax = canvas(ax, 2.3)
    ax.axvline(0, color=RULE, lw=1.2, zorder=0.9)
    ax.vlines(bands["deviation"], bands["low"], bands["high"], color=ACCENT, lw=3, alpha=0.45, capstyle="round")
    ax.plot(bands["deviation"], bands["estimate"], "o", color=ACCENT, ms=8.5)
    for deviation, estimate, n in zip(bands["deviation"], bands["estimate"], bands["n"], strict=True):
        note(ax, deviation, estimate, rated(estimate), dx=8, color=INK)
        note(ax, deviation, 1, f"n = {n:,.0f}", dx=0, dy=-2, ha="center", va="top")
    ax.set(xlim=(-2.6, 2.6), ylim=(0.72, 5.15), ylabel="mean flow")
    ax.set_xticks(range(-2, 3), ["−2\nworse", "−1", "0\non the curve", "+1", "+2\nbetter"], linespacing=1.1)
    ax.set_yticks(range(1, 6))
    ax.grid(False, axis="x")
    _deviation_words(ax, bands, slopes.iloc[0], confidence)
    return ax


def _slope(row: pd.Series) -> str:
    sign = "+" if row["estimate"] >= 0 else ""
    size = f"{sign}{rated(row['estimate'])} points {PER}"
    return size if pd.isna(row["low"]) else f"{size} ({rated(row['low'])} to {rated(row['high'])})"


def _claim(row: pd.Series) -> str:
    if row["low"] > 0:
        return f"Flow is higher when performance beats the own curve: {_slope(row)}"
    if row["high"] < 0:
        return f"Flow is lower when performance beats the own curve: {_slope(row)}"
    return f"Flow does not clearly go with beating the own curve: {_slope(row)}"


def _deviation_words(ax: Axes, bands: pd.DataFrame, slope: pd.Series, confidence: float) -> None:
    title = _claim(slope)
    every = [
        f"{rated(flow)} at {number(off)} (n = {n:.0f})"
        for off, flow, n in zip(bands["deviation"], bands["estimate"], bands["n"], strict=True)
    ]
    means = f" Mean flow by deviation: {listed(every)}." if every else ""
    titled(
        ax, title, "Mean flow by how far the score was from the learning curve, in standard deviations of the usual "
        f"ups and downs, with {confidence:.0%} intervals",
        alt_text=f"{title}.{means}",
        reading="Each dot is the mean flow of the sessions in a band of scores: right of the line they were better "
        f"than the learning curve would have them ({counted(int(slope['n']), 'session')} in all). Flow may come from "
        "doing well, or doing well from flow: this is an association, not an effect.",
    )  # fmt: skip


def _of_all(slopes: pd.DataFrame, confidence: float, ax: Axes | None) -> Axes:
    """Draw the slope of each learner below that of all."""
    own, common = slopes[slopes["learner"].notna()], slopes[slopes["learner"].isna()]
    most = own.sort_values("n", ascending=False, kind="stable").head(MOST_ROWS)
    most = most.sort_values("estimate", ascending=False, kind="stable")
    shown = pd.concat([common, most], ignore_index=True)
    every = common["learners"].map(lambda n: f"all {n:.0f} learners").tolist()
    ax = canvas(ax, ROW * len(shown) + 0.65)
    zero_line(ax)
    intervals(ax, shown)
    row_labels(ax, [*every, *map(capital, most["learner"])])
    reach = 1.15 * max(shown["estimate"].abs().max(), shown[["low", "high"]].abs().max(axis=1).quantile(0.8), 0.1)
    ax.set_xlim(-reach, reach)
    ax.set_xlabel(f"points of flow {PER}")
    column(ax, [f"n = {n:,.0f}" for n in shown["n"]])
    clear = int(((own["low"] > 0) | (own["high"] < 0)).sum())
    title = _claim(common.iloc[0]) if len(common) else f"{clear} of {len(own)} learners show a clear slope of flow"
    names = [f"{row['learner']} {rated(row['estimate'])} (n = {row['n']:.0f})" for _, row in most.iterrows()]
    few = f"; the {MOST_ROWS} of {len(own)} learners with the most sessions" if len(own) > MOST_ROWS else ""
    titled(
        ax, title, f"Change of flow with the deviation from the own learning curve, with {confidence:.0%} intervals"
        f"{few}", alt_text=f"{title}. Slopes: {listed(names)}.",
        reading="Right of the line, a learner's flow was higher when the score was better than the own learning curve. "
        "A bar that crosses the line means that this may be chance, and one that runs to the edge goes further. It is "
        "an association, not an effect.",
    )  # fmt: skip
    return ax
