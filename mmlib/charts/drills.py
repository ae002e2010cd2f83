"""The drills: what they show beside a learning curve."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import canvas, note, nothing, titled
from mmlib.charts.style import ACCENT, BAD, OBSERVED, RULE, styled
from mmlib.words import MINUS, number

REPEATING, RANDOM = "repeating", "hidden block"


@styled
def hidden_blocks(blocks: pd.DataFrame, slowings: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the median reaction time of each block of a sequence, and mark those whose order was random.

    Parameters
    ----------
    blocks : DataFrame
        One row per block: block, order ("repeating", "hidden block", or anything else where it isn't told), median,
        low, high.
    slowings : DataFrame
        One row per hidden block: block, estimate, low, high (how much slower it was than the blocks beside it), n.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> blocks = pd.DataFrame({"block": [1, 2, 3], "order": ["repeating", "hidden block", "repeating"],
    ...     "median": [430.0, 480.0, 410.0], "low": [415.0, 462.0, 394.0], "high": [445.0, 498.0, 426.0]})
    >>> slower = pd.DataFrame({"block": [2], "estimate": [60.0], "low": [39.0], "high": [81.0], "n": [170]})
    >>> hidden_blocks(blocks, slower).finding
    'You were 60 ms slower when the order was random'
    """
    if blocks.empty:
        return nothing(ax, "There are no blocks to show yet.")
    ax = canvas(ax, 3.1)
    beside = blocks[blocks["order"] != RANDOM]
    ax.plot(beside["block"], beside["median"], color=RULE, lw=1.2, zorder=1)
    looks = {REPEATING: ("o", ACCENT), RANDOM: ("D", BAD), "": ("o", OBSERVED)}
    kinds = blocks["order"].where(blocks["order"].isin([REPEATING, RANDOM]), "")
    for kind, (mark, colour) in looks.items():
        part = blocks[kinds == kind]
        ax.vlines(part["block"], part["low"], part["high"], color=colour, lw=3, alpha=0.45)
        ax.plot(part["block"], part["median"], mark, color=colour, ms=7.5, ls="none")
    _names(ax, blocks)
    ax.set(
        xlabel="block", ylabel="ms, lower is better", xlim=(blocks["block"].min() - 0.6, blocks["block"].max() + 0.6)
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.margins(y=0.14)
    _words(ax, blocks, slowings)
    return ax


def _names(ax: Axes, blocks: pd.DataFrame) -> None:
    """Name the last block of each kind, where there are both."""
    random = blocks[blocks["order"] == RANDOM]
    if len(random):
        last = random.iloc[-1]
        top = max(last["median"], last["high"]) if last["high"] == last["high"] else last["median"]
        note(ax, last["block"], top, "random order", color=BAD, dx=0, dy=11, ha="center")


def _words(ax: Axes, blocks: pd.DataFrame, slowings: pd.DataFrame) -> None:
    title, said = _finding(blocks, slowings), _spread(slowings)
    reading = "Each dot is the median of a block."
    if (blocks["order"] == RANDOM).any():
        reading += (
            " In the blocks with a diamond the order was random, in the others it was always the same. The blocks just "
            "before and after have seen about as much practice, so what a random block costs is what the order itself "
            f"was worth. {said}"
        )
    medians = ", ".join(
        f"{row.block}: {row.median:.0f}{' (random)' if row.order == RANDOM else ''}" for row in blocks.itertuples()
    )
    alt_text = " ".join(filter(None, [f"{title}.", said, f"Medians in ms by block: {medians}."]))
    drawn = "Median reaction time of each block, with its 95% interval"
    titled(ax, title, drawn, alt_text=alt_text, reading=reading.strip())


def _finding(blocks: pd.DataFrame, slowings: pd.DataFrame) -> str:
    if slowings.empty or blocks["order"].iloc[-1] not in (REPEATING, RANDOM):
        best = blocks.loc[blocks["median"].idxmin()]
        first = "Your first block" if len(blocks) == 1 else f"Your quickest block so far is number {best['block']}"
        return f"{first}: {best['median']:.0f} ms"
    last = slowings.iloc[-1]
    if pd.isna(last["estimate"]):
        return "The random block has none beside it to compare with"
    size = f"{number(abs(round(last['estimate'])))} ms"
    if pd.isna(last["low"]):
        return f"{size} {'slower' if last['estimate'] > 0 else 'quicker'} when the order was random, from few presses"
    if last["low"] <= 0 <= last["high"]:
        return "No difference was shown when the order was random"
    return f"You were {size} {'slower' if last['estimate'] > 0 else 'quicker'} when the order was random"


def _spread(slowings: pd.DataFrame) -> str:
    if slowings.empty or pd.isna(slowings["low"].iloc[-1]):
        return ""
    last = slowings.iloc[-1]
    size, low, high = (f"{last[end]:.0f}".replace("-", MINUS) for end in ("estimate", "low", "high"))
    return f"The last random block cost {size} ms (95% interval {low} to {high}, n = {int(last['n'])} reaction times)."
