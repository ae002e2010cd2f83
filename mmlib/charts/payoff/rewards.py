"""Charts of the rewards felt, of their trend and of their rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import (
    MOST_ROWS,
    ROW,
    canvas,
    column,
    few,
    intervals,
    note,
    nothing,
    row_labels,
    titled,
    zero_line,
)
from mmlib.charts.style import ACCENT, INK, styled
from mmlib.words import MINUS, capital, listed, number, rated

PRAISE = INK
TREND = "trend_per_10_sessions"
HOURLY = "points_per_hour"


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
    _both_rewards(ax, rows)
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


def _both_rewards(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw praise below payoff, with a mark of its own."""
    for reward, offset, color in (("praise", 0.14, PRAISE), ("payoff", -0.14, ACCENT)):
        intervals(ax, rows[reward].reset_index(drop=True), offset=offset, color=color)
        if reward == "praise":
            ax.lines[-1].set(marker="D", markersize=5.5)


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
def felt_trend(felt: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw whether the payoff and the praise of each skill rise or fall.

    Parameters
    ----------
    felt : DataFrame
        What `payoff.felt` returned, for one learner: skill, reward, trend_per_10_sessions with _low and _high, n.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["sourdough"], "reward": ["payoff"], "trend_per_10_sessions": [-0.4],
    ...                       "trend_per_10_sessions_low": [-0.7], "trend_per_10_sessions_high": [-0.1], "n": [23]})
    >>> felt_trend(table).finding
    'Sourdough pays less and less: −0.4 points per 10 sessions (−0.7 to −0.1)'
    """
    rows = _rewards(_as_estimate(felt, TREND))
    if rows.empty:
        return nothing(ax, "There is no trend of the rewards to show: it takes at least 6 rated sessions of a skill.")
    n, rows = len(rows), rows.head(MOST_ROWS)
    ax = canvas(ax, (ROW + 0.06) * len(rows) + 0.65)
    zero_line(ax)
    row_labels(ax, rows.index)
    _both_rewards(ax, rows)
    values = rows.swaplevel(axis=1)
    limits = values[["low", "high"]].abs().to_numpy().ravel()
    widest = np.quantile(limits[~np.isnan(limits)], 0.8) if (~np.isnan(limits)).any() else 0
    reach = 1.2 * max(values["estimate"].abs().max().max(), widest, 0.05)
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+.2g}".replace("-", MINUS) if abs(value) > 1e-9 else "0")
    ax.set_xlabel("change in points over 10 sessions")
    column(ax, [_counts(row) for _, row in rows.iterrows()])
    _trend_words(ax, rows, n, confidence)
    return ax


def _as_estimate(felt: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the table with one of its other estimates in the place of the mean."""
    names = [name, f"{name}_low", f"{name}_high"]
    kept = felt.reindex(columns=["skill", "reward", "n", *names])
    return kept.rename(columns=dict(zip(names, ["estimate", "low", "high"], strict=True)))


def _change(row: pd.Series) -> str:
    sign = "+" if row["estimate"] >= 0 else ""
    return f"{sign}{rated(row['estimate'])} points per 10 sessions ({rated(row['low'])} to {rated(row['high'])})"


def _trend_words(ax: Axes, rows: pd.DataFrame, n: int, confidence: float) -> None:
    payoff = rows["payoff"]
    up, down = payoff[payoff["low"] > 0], payoff[payoff["high"] < 0].sort_values("estimate")
    parts = []
    for part, verb in ((down, "less and less"), (up, "more and more")):
        if len(part) == 1:
            parts.append(f"{part.index[0]} pays {verb}: {_change(part.iloc[0])}")
        elif len(part):
            parts.append(f"{_few_names(part.index)} pay {verb}")
    title = capital("; ".join(parts)) if parts else "No skill's payoff clearly rises or falls"
    every = [
        f"{name} " + " and ".join(f"{reward} {_signed(row[reward, 'estimate'])}" for reward in ("payoff", "praise")
                                  if pd.notna(row[reward, "estimate"]))
        for name, row in rows.iterrows()
    ]  # fmt: skip
    titled(
        ax, title, "Change of the reward felt (payoff, blue dots) and the praise received (diamonds) over 10 sessions, "
        f"with {confidence:.0%} intervals{few(len(rows), n)}",
        alt_text=f"{title}. Points per 10 sessions: {'; '.join(every)}.",
        reading="Right of the line a skill grew more rewarding from session to session, left of it less. A bar that "
        "crosses the line means that the trend may be chance, and one that runs to the edge goes further.",
    )  # fmt: skip


def _signed(value: float) -> str:
    return rated(value) if rated(value).startswith(MINUS) else f"+{rated(value)}"


def _few_names(names: pd.Index) -> str:
    words = list(names)
    return listed(words) if len(words) <= 3 else listed([*words[:2], f"{len(words) - 2} others"])


@styled
def felt_per_hour(felt: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how much payoff an hour of each skill brings.

    Parameters
    ----------
    felt : DataFrame
        What `payoff.felt` returned, for one learner: skill, reward, points_per_hour with _low and _high, n.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["drawing", "sourdough"], "reward": "payoff", "points_per_hour": [21.0, 2.0],
    ...                       "points_per_hour_low": [19.0, 1.5], "points_per_hour_high": [23.0, 2.5], "n": [40, 9]})
    >>> felt_per_hour(table).finding
    'An hour of drawing pays most: 21 points (19 to 23), 10 times as many as an hour of sourdough'
    """
    rows = _as_estimate(felt[felt["reward"] == "payoff"], HOURLY).dropna(subset="estimate")
    if rows.empty:
        return nothing(ax, "There is no payoff per hour to show: it takes sessions with payoff rated and minutes.")
    rows = rows.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    last, n, rows = rows.iloc[-1], len(rows), rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    intervals(ax, rows)
    row_labels(ax, rows["skill"])
    ax.set_xlim(0, 1.05 * max(rows["estimate"].max(), rows["high"].iloc[: max(len(rows) // 2, 1)].max(), 1))
    ax.set_xlabel("points above 1 in an hour of practice")
    column(ax, [f"n = {count:,.0f}" for count in rows["n"]])
    best = rows.iloc[0]
    span = "" if pd.isna(best["low"]) else f" ({number(best['low'])} to {number(best['high'])})"
    title = f"An hour of {best['skill']} pays most: {number(best['estimate'])} points{span}"
    if n > 1 and last["estimate"] > 0 and best["low"] > 1.5 * last["high"]:
        title += f", {best['estimate'] / last['estimate']:.0f} times as many as an hour of {last['skill']}"
    every = listed(f"{row['skill']} {number(row['estimate'])}" for _, row in rows.iterrows())
    titled(
        ax, title, f"Payoff points above 1 (no reward) per hour of the rated sessions, with {confidence:.0%} intervals"
        f"{few(len(rows), n)}", alt_text=f"{title}. Points per hour: {every}.",
        reading="The further right, the more reward an hour brings. Each session is rated once, so skills with short "
        "sessions collect more ratings in an hour: that is what makes a small skill pay quickly.",
    )  # fmt: skip
    return ax
