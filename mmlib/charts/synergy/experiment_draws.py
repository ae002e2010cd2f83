"""The test of a randomised experiment as a picture: what every schedule would have found."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import canvas, note, nothing, titled
from mmlib.charts.style import ACCENT, OBSERVED, RULE, plain, styled
from mmlib.charts.synergy.experiment_words import finding, p_words
from mmlib.errors import counted
from mmlib.words import RATE, difference, signed

BINS = 31
SAME = 1e-9


@styled
def experiment_draws(draws: pd.DataFrame, effect: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what each schedule that might have been drawn would have found, and what the one that was followed found.

    Parameters
    ----------
    draws : DataFrame
        What `synergy.experiment_draws` returned, for one learner.
    effect : DataFrame
        What `synergy.experiment_effect` returned, for the same one.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> row = {"learner": "me", "to_skill": "ukulele", "from_skill": "harmonica", "unit": "points", "p_value": 0.8,
    ...        "verdict": "no effect shown", "estimate": 1.5, "low": -1.0, "high": 4.0, "reason": ""}
    >>> draws = pd.DataFrame({"learner": "me", "estimate": [1.5, -1.5, 0.2, 2.0, -2.0]})
    >>> draws["followed"] = draws.index == 0
    >>> experiment_draws(draws, pd.DataFrame([row])).finding
    '4 of 5 schedules find as much as was found: p = 0.80'
    """
    if effect.empty or draws.empty:
        why = f"{finding(effect.iloc[0])}." if len(effect) else "Nothing has been practised yet."
        return nothing(ax, f"There are no schedules to compare. {why}")
    row = effect.iloc[0]
    mine = draws[draws["learner"] == row["learner"]]
    values, own = mine["estimate"].to_numpy(), float(mine.loc[mine["followed"], "estimate"].iloc[0])
    reach = 1.08 * np.abs(values).max() or 1.0
    # Whole bins lie beyond the finding, so that what is counted is what is coloured.
    inner = np.linspace(-abs(own), abs(own), max(3, round(BINS * abs(own) / reach)))
    width = inner[1] - inner[0] if abs(own) > 0 else 2 * reach / BINS
    outer = np.arange(abs(own), reach + width, width)[1:]
    edges = np.concatenate([-outer[::-1], inner, outer]) if abs(own) > 0 else np.linspace(-reach, reach, BINS)
    as_much = np.abs(values) >= abs(own) * (1 - SAME)
    nudged = np.where(as_much, values * (1 + 1e-6), values)
    ax = canvas(ax, 2.4)
    colors = [OBSERVED, ACCENT]
    ax.hist([nudged[~as_much], nudged[as_much]], bins=edges, stacked=True, color=colors, rwidth=0.9)
    _scales(ax, row["unit"], edges)
    top = ax.get_ylim()[1]
    ax.vlines(0, 0, top, color=RULE, lw=1.2)
    ax.vlines(own, 0, 1.02 * top, color=ACCENT, lw=2)
    side = "right" if own > 0.3 * reach else "left"
    note(ax, own, 1.1 * top, plain(f"followed: {difference(own, row['unit'])}"), color=ACCENT, dx=0, ha=side)
    ax.set_ylim(0, 1.2 * top)
    _draws_words(ax, row, int(as_much.sum()), len(values))
    return ax


def _scales(ax: Axes, unit: object, edges: np.ndarray) -> None:
    scale = 100 if unit == RATE else 1
    ax.set_xlim(edges[0], edges[-1])
    ax.xaxis.set_major_locator(MaxNLocator(7))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(scale * value).replace("±", "")))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set_xlabel(plain(f"with − without, in {_unit(unit)}"))
    ax.set_ylabel("schedules")
    ax.grid(False, axis="x")


def _unit(unit: object) -> str:
    return "percentage points" if unit == RATE else "the score" if pd.isna(unit) else str(unit)


def _draws_words(ax: Axes, row: pd.Series, as_much: int, n: int) -> None:
    title = f"{as_much:,} of {counted(n, 'schedule')} find as much as was found: {p_words(row['p_value'])}"
    titled(
        ax, title, f"What each schedule that might have been drawn finds in the same trials of {row['to_skill']}; "
        "blue: as much as was found, or more, either way",
        alt_text=f"{title}. {finding(row)}.",
        reading=f"Only one of these schedules was followed. If {row['from_skill']} did nothing, the trials would have "
        "been the same under all of them, and the one that was followed would lie anywhere in the heap. The share of "
        "the blue ones is the p-value: the further out the line, the harder it is to put it down to the luck of the "
        "draw.",
    )  # fmt: skip
