"""A randomised experiment of one along time: its blocks, its trials, and what the second skill did to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import canvas, note, nothing, titled
from mmlib.charts.style import ACCENT, AMOUNTS, MUTED, OBSERVED, RULE, plain, styled
from mmlib.charts.synergy.experiment_words import finding, span, told
from mmlib.errors import counted
from mmlib.words import RATE, signed

RASTERED = 400
DAY = pd.Timedelta(days=1)


@styled
def experiment(points: pd.DataFrame, effect: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw the trials of a randomised experiment over its blocks with and without the second skill.

    Parameters
    ----------
    points : DataFrame
        What `synergy.experiment_points` returned, for one learner.
    effect : DataFrame
        What `synergy.experiment_effect` returned, for the same one.
    confidence : float
        The confidence that the interval was computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> row = {"learner": "me", "to_skill": "ukulele", "from_skill": "harmonica", "verdict": "not finished",
    ...        "reason": "3 of 8 blocks are over"}
    >>> experiment(pd.DataFrame(columns=["deviation", "learner"]), pd.DataFrame([row])).finding
    'The experiment of harmonica on ukulele is not finished. 3 of 8 blocks are over.'
    """
    if effect.empty:
        return nothing(ax, "There is no experiment to show: nothing has been practised yet.")
    row = effect.iloc[0]
    table = points[points["learner"] == row["learner"]].dropna(subset=["deviation"]) if len(points) else points
    if row["reason"] or table.empty:
        return nothing(ax, told(row)[0] if row["reason"] else f"{finding(row)}.")
    ax = canvas(ax, 3.0)
    many = len(table) > RASTERED
    ax.axhline(0, color=RULE, lw=1.2, zorder=0.9)
    _blocks(ax, table)
    ax.plot(table["start"], table["deviation"], "o", color=OBSERVED, ms=2.4 if many else 4, alpha=0.5 if many else 0.85,
            rasterized=many, zorder=2)  # fmt: skip
    ax.plot(table["start"], table["fitted"], color=ACCENT, lw=2.2, zorder=3)
    _scales(ax, table, row["unit"])
    _experiment_words(ax, table, row, confidence)
    return ax


def _blocks(ax: Axes, table: pd.DataFrame) -> None:
    """Shade the blocks with the second skill, and draw the mean of each block."""
    for block in table.drop_duplicates("block").to_dict("records"):
        ends = [block["block_start"], block["block_end"] + DAY]
        if block["condition"] == "with":
            ax.axvspan(*ends, color=AMOUNTS[0], alpha=0.7, lw=0, zorder=0.5)
        ax.plot(ends, [block["block_mean"]] * 2, color=MUTED, lw=1.6, solid_capstyle="butt", zorder=2.5)


def _scales(ax: Axes, table: pd.DataFrame, unit: object) -> None:
    values = table["deviation"]
    # A few wild trials may lie outside: they would flatten all others.
    low, high = (values.quantile([0.02, 0.98]) if len(table) > RASTERED else values.agg(["min", "max"])).to_numpy()
    low, high = min(low, 0, table["fitted"].min()), max(high, 0, table["fitted"].max())
    reach = (high - low) or 1.0
    ax.set_ylim(low - 0.06 * reach, high + 0.16 * reach)
    ax.set_xlim(table["block_start"].min(), table["block_end"].max() + DAY)
    days = (table["block_end"].max() - table["block_start"].min()).days + 1
    ticks = pd.date_range(table["block_start"].min(), table["block_end"].max(), periods=min(5, days)).normalize()
    ax.set_xticks(ticks, [f"{tick.day} {tick:%b}" for tick in ticks])
    scale = 100 if unit == RATE else 1
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(scale * value).replace("±", "")))
    ax.set_ylabel(plain("percentage points" if unit == RATE else "score" if pd.isna(unit) else unit))
    ax.grid(False, axis="x")


def _experiment_words(ax: Axes, table: pd.DataFrame, row: pd.Series, confidence: float) -> None:
    title, said = finding(row), told(row, confidence=confidence)
    blocks, days = counted(int(row["n_blocks"]), "block"), span(table["block_start"].min(), table["block_end"].max())
    end = table.loc[table["start"].idxmax()]
    note(ax, end["block_end"] + DAY, 0, "without", dx=5)
    top = np.nanmax(table["fitted"]) if row["estimate"] > 0 else np.nanmin(table["fitted"])
    if abs(top) > 0.09 * np.diff(ax.get_ylim())[0]:
        note(ax, end["block_end"] + DAY, top, "with", dx=5, color=ACCENT)
    lower = ", upwards is better" if row["better"] == "lower" else ""
    titled(
        ax, title, f"Trials of {row['to_skill']} as deviations from what is expected without {row['from_skill']}{lower}"
        "; shaded: blocks with it; grey lines: their means; blue: the effect",
        alt_text=f"{' '.join(said)} The {blocks} run from {days}.",
        reading="Each dot is a trial, level and learning taken out. The blue line follows the share of days with "
        f"{row['from_skill']} in the last days, and between none and all it moves by the effect. The order of the "
        f"blocks was drawn at random, so nothing but the luck of the draw could pass for the effect. {said[1]}",
    )  # fmt: skip
