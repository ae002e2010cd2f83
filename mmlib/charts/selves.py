"""Charts of a person's many selves: which of them practice honours, and what it goes with in mood."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import (
    MOST_ROWS,
    ROW,
    WIDTH,
    canvas,
    column,
    few,
    intervals,
    nothing,
    row_labels,
    titled,
    wrapped,
    zero_line,
)
from mmlib.charts.style import BAD, INK, colours, styled
from mmlib.charts.synergy import period_axis
from mmlib.errors import counted
from mmlib.words import MINUS, capital, listed, period, period_kind, rated

MOST_PERIODS = 24
MOST_SELVES = 9


@styled
def balance(balance: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw which share of the practice each self got, month by month.

    Parameters
    ----------
    balance : DataFrame
        What `selves.balance` returned, for one learner: period, self, share.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"period": pd.to_datetime(["2026-09-01"] * 2 + ["2026-10-01"]),
    ...                       "self": ["the player", "the cook", "the player"], "share": [0.5, 0.5, 1.0]})
    >>> balance(table).finding
    'The player got all the practice in October 2026; nothing went to the cook'
    """
    known = balance.dropna(subset=["share"])
    if known.empty:
        return nothing(ax, "There is no balance to show: no practice has been recorded yet.")
    if known["self"].isna().all() or known["self"].isin(["unnamed"]).all():
        return nothing(ax, "There are no selves to compare: no card in skills.toml names a skill's self yet.")
    grid = _grid(known)
    ax = canvas(ax, 2.7)
    x, bottom = np.arange(len(grid)), np.zeros(len(grid))
    palette, middles = colours(grid.columns), {}
    for name in grid:
        shares = grid[name].fillna(0).to_numpy()
        ax.bar(x, shares, bottom=bottom, width=0.84, color=palette[name])
        middles[name] = bottom[-1] + shares[-1] / 2
        bottom = bottom + shares
    _labels(ax, grid.iloc[-1].fillna(0), middles, palette)
    period_axis(ax, list(grid.index))
    ax.set(ylim=(0, 1))
    ax.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    ax.grid(False)
    _balance_words(ax, grid)
    return ax


def _grid(known: pd.DataFrame) -> pd.DataFrame:
    names = known["self"].astype(object).fillna("unnamed")
    grid = known["share"].groupby([known["period"], names]).sum().reset_index()
    grid = grid.pivot_table(index="period", columns="self", values="share").sort_index()
    if all(start.day == 1 for start in grid.index):
        grid = grid.reindex(pd.date_range(grid.index.min(), grid.index.max(), freq="MS"))
    grid = grid.tail(MOST_PERIODS)
    grid = grid[grid.sum().sort_values(ascending=False, kind="stable").index]
    if grid.shape[1] > MOST_SELVES:
        rest = grid.iloc[:, MOST_SELVES - 1 :].sum(axis=1, min_count=1)
        grid = grid.iloc[:, : MOST_SELVES - 1].assign(others=rest)
    return grid


def _labels(ax: Axes, last: pd.Series, middles: dict[str, float], palette: dict[str, str]) -> None:
    """Name each self beside the last bar, apart from its neighbours, those that got nothing on top."""
    names = sorted(middles, key=lambda name: (last[name] == 0, middles[name]))
    step, places = 0.082, []
    for name in names:
        wanted = middles[name] if last[name] else 1.0
        places.append(max(wanted, places[-1] + step) if places else wanted)
    over = max(places[-1] - 1.0, 0)
    for i in range(len(places) - 1, -1, -1):
        ceiling = places[i + 1] - step if i + 1 < len(places) else 1.0
        places[i] = min(places[i], ceiling) if over else places[i]
    for name, place in zip(names, places, strict=True):
        words = f"{wrapped(name, WIDTH * 72 * 0.27, size=11, most=1)[0]} {last[name]:.0%}"
        ax.annotate("■", (1, place), xytext=(4, 0), xycoords="axes fraction", textcoords="offset points", va="center",
                    color=palette[name], size=11, annotation_clip=False)  # fmt: skip
        ax.annotate(words, (1, place), xytext=(17, 0), xycoords="axes fraction", textcoords="offset points",
                    va="center", color=INK if last[name] else BAD, size=11, annotation_clip=False)  # fmt: skip


def _balance_words(ax: Axes, grid: pd.DataFrame) -> None:
    last, name = grid.iloc[-1].fillna(0), period(grid.index[-1], grid.index)
    named = last.drop("others", errors="ignore")
    top, neglected = named.idxmax(), [key for key in named.index if named[key] == 0]
    share = "all the practice" if named.max() > 0.995 else f"{named.max():.0%} of the practice"
    title = f"{'Skills without a self' if top == 'unnamed' else capital(top)} got {share} in {name}"
    if neglected:
        some = neglected if len(neglected) <= 3 else [*neglected[:2], f"{len(neglected) - 2} others"]
        title += f"; nothing went to {listed(some)}"
    every = listed(f"{key} {value:.0%}" for key, value in last.items())
    each = period_kind(grid.index)
    titled(
        ax, title, f"Share of the practice that each self got; the labels are those of {name}",
        alt_text=f"{title}. Shares in {name}: {every}.",
        reading=f"Each column is one {each} ({counted(len(grid), each)} in all) and adds up to 100%; "
        "the taller a colour, the more of the practice honoured that self. "
        f"An empty column is a {each} without practice.",
    )  # fmt: skip


@styled
def mood_lift(mood: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how much higher the mood was after practice than before, skill by skill.

    Parameters
    ----------
    mood : DataFrame
        What `selves.mood_lift` returned, for one learner: skill (or self), before, after, estimate, low, high, n.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["harmonica"], "before": [3.0], "after": [3.9], "estimate": [0.9],
    ...                       "low": [0.6], "high": [1.2], "n": [23]})
    >>> mood_lift(table).finding
    'After harmonica, mood is 0.9 points higher than before (0.6 to 1.2)'
    """
    by = "self" if "self" in mood else "skill"
    rows = mood[mood["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    unknown = mood[mood["estimate"].isna()]
    if rows.empty:
        return nothing(ax, "There is no change of mood to show: rate mood before and after in the log, from 1 to 5.")
    n, rows = len(rows), rows.head(MOST_ROWS).reset_index(drop=True)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    zero_line(ax)
    intervals(ax, rows)
    row_labels(ax, list(rows[by]))
    ends = rows[["low", "high", "estimate"]].to_numpy(dtype=float)
    ax.set_xlim(min(np.nanmin(ends), -0.25) - 0.1, max(np.nanmax(ends), 0.25) + 0.1)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+.2g}".replace("-", MINUS) if abs(value) > 1e-9 else "0")
    ax.set_xlabel("change of mood, in points of a scale from 1 to 5")
    column(ax, [_before_after(row) for _, row in rows.iterrows()])
    _mood_words(ax, rows, (n, confidence), footnote=_left_out(unknown, by))
    return ax


def _before_after(row: pd.Series) -> str:
    return f"{row['before']:.1f} → {row['after']:.1f}, n = {row['n']:.0f}"


def _signed(value: float) -> str:
    text = rated(value)
    return text if text.startswith(MINUS) else f"+{text}"


def _left_out(unknown: pd.DataFrame, by: str) -> str:
    if unknown.empty:
        return ""
    names = [f"{name} (n = {n:.0f})" for name, n in unknown[[by, "n"]].fillna({"n": 0}).to_numpy()]
    some = names if len(names) <= 8 else [*names[:7], f"{len(names) - 7} others"]
    return f"Too few notes on mood: {listed(some)}"


def _practice(name: str, by: str) -> str:
    if by == "skill":
        return name
    return "practice of no named self" if name == "unnamed" else f"practice as {name}"


def _mood_words(ax: Axes, rows: pd.DataFrame, extent: tuple[int, float], *, footnote: str) -> None:
    (n, confidence), best, by = extent, rows.iloc[0], "self" if "self" in rows else "skill"
    clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if clear.empty:
        title = f"No {by} goes with a clear change of mood yet"
    else:
        first = clear.iloc[0] if best["low"] > 0 else clear.iloc[-1]
        direction = "higher" if first["estimate"] > 0 else "lower"
        span = f"{rated(first['low'])} to {rated(first['high'])}"
        size = f"{rated(abs(first['estimate']))} points"
        title = f"After {_practice(first[by], by)}, mood is {size} {direction} than before ({span})"
    every = listed(f"{row[by]} {_signed(row['estimate'])} (n = {row['n']:.0f})" for _, row in rows.iterrows())
    titled(
        ax, title, f"Mean mood after practice minus before, with {confidence:.0%} intervals{few(len(rows), n)}",
        alt_text=f"{title}. Mean changes: {every}.", footnote=footnote,
        reading="Right of the line, mood was better after practice than before. A bar that crosses the line means that "
        "the change may be chance; other things of the same hour may have lifted the mood as well.",
    )  # fmt: skip
