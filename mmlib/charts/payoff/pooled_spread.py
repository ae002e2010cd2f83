"""How far the learners of a group are apart, with no line of a single learner."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import WIDTH, lowest, nothing, small_multiples, titled, wrapped
from mmlib.charts.style import ACCENT, BOLD, GRID, MUTED, OBSERVED, styled
from mmlib.errors import counted
from mmlib.words import capital, change_of, listed, measured, number

ENDS = 3  # trials at either end that tell how wide the spread is
CLEARLY = 1.25  # so many times as wide at one end as at the other
NO_SPREAD = "There is no spread to show: it takes at least 5 learners of a skill with 8 scored trials each."


@styled
def pooled_spread(spread: pd.DataFrame, *, most: int = 6) -> np.ndarray:
    """Draw how far the learners of each skill are apart, trial by trial, around the curve of their mean.

    Parameters
    ----------
    spread : DataFrame
        What `payoff.pooled_spread` returned; where `learners` is missing, their number is not told.
    most : int
        How many skills to draw: those with most learners.

    Returns
    -------
    ndarray of Axes
        Panels in rows and columns; unused ones are hidden.

    Examples
    --------
    >>> spread = pd.DataFrame({
    ...     "skill": "typing", "trial": [1, 2, 3], "lower": [14.0, 25, 30], "median": [20.0, 30, 34],
    ...     "upper": [26.0, 34, 37], "fitted": [20.0, 29, 35], "low": 19.0, "high": 36.0, "better": "higher",
    ...     "unit": "words", "model": "power", "learners": 12})
    >>> pooled_spread(spread)[0, 0].finding
    'The mean of 12 learners of typing improved from 20 to 35 words'
    """
    if spread.empty:
        return np.array([[nothing(None, NO_SPREAD)]])
    found = _ends(spread)
    shown = found.head(most)
    columns = 1 if len(shown) == 1 else 2
    axes = small_multiples(len(shown), columns, 2.4)
    for ax, row in zip(axes.flat, shown.to_dict("records"), strict=False):
        _panel(ax, spread[spread["skill"] == row["skill"]], row, width=WIDTH * 72 / columns - 30)
    for ax in lowest(axes, len(shown)):
        ax.set_xlabel("trial")
    _words(axes, found, len(shown))
    return axes


def _ends(spread: pd.DataFrame) -> pd.DataFrame:
    """Return one row per skill: the mean at both ends, and how far apart the middle half of the learners is there."""
    rows = []
    for skill, part in spread.sort_values("trial").groupby("skill", sort=True):
        first, last = part.head(ENDS), part.tail(ENDS)
        width = [float((end["upper"] - end["lower"]).mean()) for end in (first, last)]
        ends = {"start": part["fitted"].iloc[0], "end": part["fitted"].iloc[-1], "early": width[0], "late": width[1]}
        half = {name: float(last[name].mean()) for name in ("lower", "upper")}
        rows.append({"skill": skill, **part.iloc[0][["better", "unit", "model", "learners"]], **ends, **half})
    return pd.DataFrame(rows).sort_values(["learners", "skill"], ascending=[False, True], ignore_index=True)


def _panel(ax: Axes, part: pd.DataFrame, row: dict, *, width: float) -> None:
    part = part.sort_values("trial")
    ax.fill_between(part["trial"], part["lower"], part["upper"], color=GRID, lw=0, zorder=1.5)
    for edge in ("lower", "upper"):
        ax.plot(part["trial"], part[edge], color=OBSERVED, lw=0.9, zorder=1.8)
    if row["model"] != "flat":  # a level line through what the learners' own scores do would deny them
        ax.plot(part["trial"], part["fitted"], color=ACCENT, lw=2.2, zorder=3)
    last = max(part["trial"].max(), 2)
    ax.set_xlim(1 - 0.03 * last, last * 1.03)
    ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.grid(False, axis="x")
    ax.set_title(wrapped(row["skill"], width, size=12, weight=BOLD, most=1)[0], pad=22)
    line = wrapped(capital(f"{_people(row)}{_apart(row)}"), width, size=10.5, most=1)[0]
    ax.annotate(line, (0, 1), xytext=(0, 7), xycoords="axes fraction", textcoords="offset points", va="bottom",
                size=10.5, color=MUTED)  # fmt: skip


def _people(row: dict) -> str:
    return "" if pd.isna(row["learners"]) else f"{counted(int(row['learners']), 'learner')}: "


def _apart(row: dict) -> str:
    """Return whether the learners came together."""
    if row["late"] * CLEARLY < row["early"]:
        return "they come together"
    return "they drift apart" if row["late"] > row["early"] * CLEARLY else "as far apart as at first"


def _change(row: dict) -> str:
    if row["model"] == "flat":
        return "shows no clear change"
    better = (row["end"] > row["start"]) != (row["better"] == "lower")
    return f"{'improved' if better else 'got worse'} from {change_of(row['start'], row['end'], row['unit'])}"


def _mean(row: dict) -> str:
    who = "the learners" if pd.isna(row["learners"]) else counted(int(row["learners"]), "learner")
    return f"the mean of {who} of {row['skill']} {_change(row)}"


def _title(found: pd.DataFrame) -> str:
    if len(found) == 1:
        return capital(_mean(found.iloc[0].to_dict()))
    better = [row["skill"] for row in found.to_dict("records") if _change(row).startswith("improved")]
    together = sum(_apart(row) == "they come together" for row in found.to_dict("records"))
    many = f"In {len(better)} of {len(found)} skills" if better else f"In none of {len(found)} skills"
    near = f"; in {together or 'none'} the learners come together" if together != len(found) else ""
    return f"{many} the mean improved{near}"


def _words(axes: np.ndarray, found: pd.DataFrame, shown: int) -> None:
    title, n = _title(found), len(found)
    lower = [row["skill"] for row in found.head(shown).to_dict("records") if row["better"] == "lower"]
    none = " (none where no change can be told from noise)" if (found.head(shown)["model"] == "flat").any() else ""
    drawn = f"Blue: the curve of the mean{none}; grey: where the middle half of the learners lie, trial by trial"
    drawn += f"; the {shown} of {n} skills with most learners" if n > shown else ""
    if lower:
        drawn += "; lower is better" + ("" if len(lower) == shown else f" in {listed(lower)}")
    every = [
        f"{_mean(row)}, half of them between {measured(row['lower'])} and {measured(row['upper'], row['unit'])} at the "
        f"end: {_apart(row)}"
        for row in found.to_dict("records")
    ]
    reading = (
        "A quarter of the learners lie below the grey band and a quarter above it. Where it narrows, they come "
        "together; where it widens, what helps some does not help others. The learners are the same at every trial: "
        "those who went on for long enough. Those who gave up early may be others."
    )
    titled(axes, title, drawn, alt_text=f"{title}. {capital('; '.join(every))}.", reading=reading)
