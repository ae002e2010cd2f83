"""Charts of the rewards felt, and of flow."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, few, intervals, note, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, GRID, INK, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number, rated

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
