"""Charts of what practice brings: learning curves, rewards felt, flow, and progress since the month before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.curves import learning_curve, learning_curves
from mmlib.charts.layout import ROW, canvas, column, few, intervals, note, nothing, row_labels, titled, zero_line
from mmlib.charts.style import ACCENT, GRID, INK, styled
from mmlib.errors import counted
from mmlib.words import capital, from_to, listed, number, rated, signed

__all__ = ["felt", "flow", "learning_curve", "learning_curves", "progress"]

MOST_ROWS = 15
PRAISE = INK
CHALLENGE = {1: "1\ntoo easy", 2: "2\nrather easy", 3: "3\njust right", 4: "4\nrather hard", 5: "5\ntoo hard"}


@styled
def felt(felt: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how rewarding each skill is: the payoff felt and the praise received, with their intervals.

    Parameters
    ----------
    felt : DataFrame
        What `payoff.felt` returned, for one learner: skill, reward, estimate, low, high, n, reason.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["sourdough"], "reward": ["payoff"], "estimate": [4.4], "low": [4.1],
    ...                       "high": [4.7], "n": [23]})
    >>> felt(table).finding
    'Sourdough feels most rewarding: payoff 4.4 of 5'
    """
    rows = _rewards(felt)
    if not len(rows):
        return nothing(ax, "There are no rewards to show: rate payoff and praise in the log, from 1 to 5.")
    n, rows = len(rows), rows.head(MOST_ROWS)
    ax = canvas(ax, (ROW + 0.06) * len(rows) + 0.75)
    row_labels(ax, rows.index)
    for reward, offset, color in (("praise", 0.14, PRAISE), ("payoff", -0.14, ACCENT)):
        part = rows[reward].reset_index(drop=True)
        intervals(ax, part, offset=offset, color=color)
        if reward == "praise":
            ax.lines[-1].set(marker="D", markersize=5.5)
    _scale_1_to_5(ax)
    _direct_labels(ax, rows)
    column(ax, [_counts(row) for _, row in rows.iterrows()])
    _felt_words(ax, rows, n, confidence)
    return ax


def _rewards(felt: pd.DataFrame) -> pd.DataFrame:
    known = felt[felt["estimate"].notna() & felt["reward"].isin(["payoff", "praise"])]
    values = ["estimate", "low", "high", "n"]
    wide = known.pivot_table(index="skill", columns="reward", values=values, dropna=False).swaplevel(axis=1)
    for reward in ("payoff", "praise"):
        for name in values:
            if (reward, name) not in wide:
                wide[reward, name] = np.nan
    order = wide["payoff"]["estimate"].fillna(wide["praise"]["estimate"] - 10)
    return wide.sort_index(axis=1).loc[order.sort_values(ascending=False, kind="stable").index]


def _scale_1_to_5(ax: Axes) -> None:
    ax.set(xlim=(0.9, 5.1))
    ax.set_xticks(range(1, 6), ["1\nnone", "2", "3", "4", "5\nvery much"])


def _direct_labels(ax: Axes, rows: pd.DataFrame) -> None:
    """Name the two marks once, on the row where they are furthest apart."""
    apart = (rows["payoff"]["estimate"] - rows["praise"]["estimate"]).abs()
    row = int(np.argmax(apart.fillna(-1)))
    for reward, color, dy in (("payoff", ACCENT, -0.14), ("praise", PRAISE, 0.14)):
        one, other = (rows[each].iloc[row] for each in (reward, "praise" if reward == "payoff" else "payoff"))
        if pd.isna(one["estimate"]):
            continue
        low, high = one[["low", "high"]].fillna(one["estimate"])
        if high < 4.4 and not one["estimate"] < other["estimate"]:
            note(ax, high, row + dy, reward, color=color, dx=7)
        elif low > 1.6:
            note(ax, low, row + dy, reward, color=color, dx=-7, ha="right")
        else:
            above = reward == "payoff"
            note(ax, one["estimate"], row + dy, reward, color=color, dx=0, dy=6 if above else -6, ha="center",
                 va="bottom" if above else "top")  # fmt: skip


def _counts(row: pd.Series) -> str:
    counts = [row["payoff", "n"], row["praise", "n"]]
    known = sorted({int(n) for n in counts if pd.notna(n)})
    return "n = " + " and ".join(f"{int(n)}" for n in (counts if len(known) > 1 else known[:1]) if pd.notna(n))


def _felt_words(ax: Axes, rows: pd.DataFrame, n: int, confidence: float) -> None:
    sure = {reward: rows[reward][rows[reward]["low"].notna()]["estimate"] for reward in ("payoff", "praise")}
    payoff, praise = (part if len(part) else rows[reward]["estimate"].dropna() for reward, part in sure.items())
    parts = []
    if len(payoff):
        parts.append(f"{capital(payoff.idxmax())} feels most rewarding: payoff {rated(payoff.max())} of 5")
    if len(praise) > 1 or not len(payoff):
        name = "it also" if len(payoff) and praise.idxmax() == payoff.idxmax() else praise.idxmax()
        parts.append(f"{name} earns most praise ({rated(praise.max())})")
    title = capital("; ".join(parts))
    every = [
        f"{name} " + " and ".join(f"{reward} {rated(row[reward, 'estimate'])}" for reward in ("payoff", "praise")
                                  if pd.notna(row[reward, "estimate"]))
        for name, row in rows.iterrows()
    ]  # fmt: skip
    titled(
        ax, title, "Mean rating of the reward felt (payoff) and the praise received, "
        f"with {confidence:.0%} intervals{few(len(rows), n)}",
        alt_text=f"{title}. {capital(listed(every))}.",
        reading="The further right, the more rewarding; n is the number of sessions rated (payoff and praise). "
        "Where the bars of two skills overlap widely, which of them is ahead may be chance.",
    )  # fmt: skip


@styled
def flow(flow: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how much flow there was at each level of challenge.

    Parameters
    ----------
    flow : DataFrame
        What `payoff.flow` returned, for one learner: challenge, estimate, low, high, n, reason.
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
    rows = flow[flow["estimate"].notna()].sort_values("challenge")
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
def progress(progress: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how each skill changed from the period before to this one, each row on its own scale.

    Parameters
    ----------
    progress : DataFrame
        What `payoff.progress` returned, for one learner: skill, unit, before, now, estimate, low, high, n_before,
        n_now, reason.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["juggling"], "unit": ["catches"], "before": [34.0], "now": [41.0],
    ...                       "estimate": [7.0], "low": [2.0], "high": [12.0], "n_before": [9], "n_now": [14]})
    >>> progress(table).finding
    'Juggling improved clearly, from 34 to 41 catches'
    """
    rows = progress.dropna(subset=["estimate", "low", "high"])
    if rows.empty:
        return nothing(
            ax, "There is no progress to show: no skill has enough scores in this period and the one before."
        )
    # Units differ, so a row is drawn in shares of its own widest reach: only its side of zero can be compared.
    reach = rows[["estimate", "low", "high"]].abs().max(axis=1).replace(0, 1)
    scaled = rows.assign(**{name: rows[name] / reach for name in ("estimate", "low", "high")})
    scaled = scaled.sort_values("low", ascending=False, kind="stable")
    n, scaled = len(scaled), scaled.head(MOST_ROWS)
    rows = rows.loc[scaled.index]
    ax = canvas(ax, ROW * len(rows) + 0.5)
    zero_line(ax)
    intervals(ax, scaled.reset_index(drop=True))
    row_labels(ax, rows["skill"])
    ax.set_xlim(-1.08, 1.08)
    ax.set_xticks([-1, 0, 1], ["worse", "no change", "better"])
    ax.grid(False)
    column(ax, [_from_to(row) for _, row in rows.iterrows()], color=INK)
    unsure = progress[progress["estimate"].notna() & progress["low"].isna()]
    _progress_words(ax, rows, (n, confidence), unsure)
    return ax


def _from_to(row: pd.Series) -> str:
    unit = "" if pd.isna(row["unit"]) else f" {row['unit']}"
    return f"{' → '.join(from_to(row['before'], row['now']))}{unit}"


def _progress_words(ax: Axes, rows: pd.DataFrame, extent: tuple[int, float], unsure: pd.DataFrame) -> None:
    n, confidence = extent
    better, worse = rows[rows["low"] > 0], rows[rows["high"] < 0]
    title = "No skill changed clearly since the period before"
    if len(better) or len(worse):
        parts = []
        for part, verb in ((better, "improved"), (worse, "fell back")):
            if len(part) == 1:
                row = part.iloc[0]
                parts.append(f"{row['skill']} {verb} clearly, from {_from_to(row).replace(' → ', ' to ')}")
            elif len(part) > 1:
                parts.append(f"{_names(part['skill'])} {verb} clearly")
        title = capital("; ".join(parts))
    subtitle = f"Change of the mean score since the period before, with {confidence:.0%} intervals{few(len(rows), n)}"
    few_scores = [f"{row['skill']} ({_from_to(row)})" for _, row in unsure.head(8).iterrows()]
    footnote = f"Too few scores to say: {listed(few_scores)}" if few_scores else ""
    every = [f"{row['skill']} {signed(row['estimate'])} ({_from_to(row)})" for _, row in rows.iterrows()]
    titled(
        ax, title, subtitle, footnote=footnote,
        alt_text=f"{title}. Changes (positive is better): {listed(every)}.",
        reading="Right of the line is better, whatever the unit. Each row has its own scale, so what counts is whether "
        "its bar keeps clear of the line: a bar that crosses it means that the change may be chance. "
        f"It rests on {counted(int(rows['n_now'].sum()), 'trial')} now and {int(rows['n_before'].sum()):,} before.",
    )  # fmt: skip


def _names(names: Sequence[str]) -> str:
    words = list(names)
    return listed(words) if len(words) <= 3 else listed([*words[:2], f"{len(words) - 2} others"])
