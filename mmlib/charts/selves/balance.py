"""The balance: which share of the practice each self got, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import WIDTH, canvas, nothing, tiles, titled, wrapped
from mmlib.charts.style import BAD, INK, colours, styled
from mmlib.charts.synergy.breadth import period_axis
from mmlib.errors import counted
from mmlib.words import capital, listed, period, period_kind

MOST_PERIODS = 24
MOST_SELVES = 9


@styled
def balance(balance: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw which share of the practice each self got, month by month.

    Parameters
    ----------
    balance : DataFrame
        What `selves.balance` returned, for one learner: period, self, share; evenness, if there, is told.
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
    bottom = np.zeros(len(grid))
    palette, middles = colours(grid.columns), {}
    for name in grid:
        shares = grid[name].fillna(0).to_numpy()
        sizes = np.column_stack([np.full(len(grid), 0.84), shares])
        tiles(ax, np.column_stack([np.arange(len(grid)) - 0.42, bottom]), sizes, facecolor=palette[name])
        middles[name] = bottom[-1] + shares[-1] / 2
        bottom = bottom + shares
    _labels(ax, grid.iloc[-1].fillna(0), middles, palette)
    period_axis(ax, list(grid.index))
    ax.set(ylim=(0, 1))
    ax.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    ax.grid(False)
    _balance_words(ax, grid, _spread(balance, grid))
    return ax


def _spread(balance: pd.DataFrame, grid: pd.DataFrame) -> str:
    """Return in words over how many selves the last period's practice was spread."""
    if "evenness" not in balance:
        return ""
    rows = balance[(balance["period"] == grid.index[-1]) & balance["evenness"].notna()]
    n = balance["self"].nunique()
    if rows.empty or n < 2:
        return ""
    effective = rows["evenness"].iloc[0] * n
    return f" In {period(grid.index[-1], grid.index)} it was spread over {effective:.1f} effective selves of {n}."


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


def _balance_words(ax: Axes, grid: pd.DataFrame, spread: str) -> None:
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
        f"An empty column is a {each} without practice.{spread}",
    )  # fmt: skip
