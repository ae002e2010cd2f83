"""The chart of the mean curve of several learners beside their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import WIDTH, lowest, nothing, small_multiples, titled, wrapped
from mmlib.charts.style import ACCENT, BAD, BAND, BOLD, INK, MUTED, OBSERVED, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number

FORMS = {
    "exponential": "exponential",
    "power": "a power curve",
    "power_prior": "a power curve",
    "apex": "an apex curve",
}
NO_MEAN = "There is no mean curve to show: it takes at least 3 learners of a skill with 8 scored trials each."
FLAG = "an average of exponential curves, not a power law"


@styled
def pooled(points: pd.DataFrame, pooled: pd.DataFrame, *, most: int = 6) -> np.ndarray:
    """Draw the mean of several learners with its curve, beside the learners' own, and say where it is only an average.

    Parameters
    ----------
    points : DataFrame
        What `payoff.pooled_points` returned.
    pooled : DataFrame
        What `payoff.pooled` returned.
    most : int
        How many skills to draw: those whose mean is flagged first, then those with most learners.

    Returns
    -------
    ndarray of Axes
        Panels in rows and columns; unused ones are hidden.

    Examples
    --------
    >>> points = pd.DataFrame({
    ...     "skill": "typing", "learner": [None] * 3 + ["ada"] * 3, "trial": [1, 2, 3] * 2,
    ...     "observed": [20.0, 30, 34, 21, 32, 38], "fitted": [20.0, 29, 35, 21, 33, 37], "low": 19.0, "high": 36.0,
    ...     "better": "higher", "unit": "words", "model": "power", "learners": 12})
    >>> found = pd.DataFrame({"skill": ["typing"], "model": ["power"], "individual_model": ["exponential"],
    ...                       "learners": [12], "averaged": [True], "reason": [""]})
    >>> pooled(points, found)[0, 0].finding
    'The mean curve of 12 learners of typing is an average of exponential curves, not a power law'
    """
    found = pooled[pooled["model"].notna() & pooled["skill"].isin(points.loc[points["learner"].isna(), "skill"])]
    if found.empty:
        return np.array([[nothing(None, NO_MEAN)]])
    found = found.sort_values(["averaged", "learners", "skill"], ascending=[False, False, True], ignore_index=True)
    shown = found.head(most)
    columns = 1 if len(shown) == 1 else 2
    axes = small_multiples(len(shown), columns, 2.4)
    for ax, row in zip(axes.flat, shown.to_dict("records"), strict=False):
        _panel(ax, points[points["skill"] == row["skill"]], row, width=WIDTH * 72 / columns - 30)
    for ax in lowest(axes, len(shown)):
        ax.set_xlabel("trial")
    _words(axes, found, len(shown), pooled[pooled["model"].isna()])
    return axes


def _panel(ax: Axes, points: pd.DataFrame, row: dict, *, width: float) -> None:
    mean = points[points["learner"].isna()].sort_values("trial")
    own = points[points["learner"].notna()].sort_values(["learner", "trial"])
    own = own.assign(line=own["fitted"].fillna(own["observed"]))
    each = [part[["trial", "line"]].to_numpy(float) for _, part in own.groupby("learner")]
    ax.add_collection(LineCollection(each, colors=OBSERVED, linewidths=0.8, alpha=0.45, zorder=1.8), autolim=False)
    ax.fill_between(mean["trial"], mean["low"], mean["high"], color=BAND, alpha=0.75, lw=0, zorder=2)
    ax.plot(mean["trial"], mean["observed"], "o", color=INK, ms=2.6, zorder=2.5)
    ax.plot(mean["trial"], mean["fitted"], color=ACCENT, lw=2.2, zorder=3)
    _limits(ax, mean, own["line"])
    title = wrapped(row["skill"], width, size=12, weight=BOLD, most=1)[0]
    ax.set_title(title, pad=22)
    line = wrapped(_small_finding(row), width, size=10.5, most=1)[0]
    ax.annotate(line, (0, 1), xytext=(0, 7), xycoords="axes fraction", textcoords="offset points", va="bottom",
                size=10.5, color=BAD if row["averaged"] else MUTED)  # fmt: skip


def _limits(ax: Axes, mean: pd.DataFrame, lines: pd.Series) -> None:
    """Let the axes hold the mean and nearly all of the learners."""
    ends = [mean["observed"], mean["fitted"], lines.quantile([0.02, 0.98])]
    low, high = min(part.min() for part in ends), max(part.max() for part in ends)
    pad = 0.05 * (high - low) or max(abs(high) * 0.1, 0.5)
    last = max(mean["trial"].max(), 2)
    ax.set(ylim=(low - pad, high + pad), xlim=(1 - 0.03 * last, last * 1.03))
    ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.grid(False, axis="x")


def _small_finding(row: dict) -> str:
    learners = counted(int(row["learners"]), "learner")
    if row["averaged"]:
        return f"{learners}: an average, no power law"
    if row["model"] == "flat":
        return f"{learners}: no clear change"
    return f"{learners}: {FORMS[row['model']]}"


def _own(row: dict) -> str:
    """Return how the form of the mean stands to that of the learners."""
    who = f"{counted(int(row['learners']), 'learner')} of {row['skill']}"
    if row["averaged"]:
        return f"the mean curve of {who} is {FLAG}"
    if row["model"] == "flat":
        return f"the mean of {who} shows no clear change"
    said = f"the mean curve of {who} is {FORMS[row['model']]}"
    if pd.isna(row["individual_model"]):
        return f"{said}, and their own curves do not tell which form they have"
    mine = FORMS[row["individual_model"]]
    return f"{said}, like their own" if mine == FORMS[row["model"]] else f"{said}, while their own favour {mine}"


def _title(found: pd.DataFrame) -> str:
    flagged = found[found["averaged"]]
    if len(found) == 1 or len(flagged) == 1:
        return capital(_own(found.iloc[0].to_dict()))
    if len(flagged):
        names = listed(flagged["skill"]) if len(flagged) <= 3 else f"{flagged['skill'].iloc[0]} and others"
        every = f"{len(flagged)} of {len(found)}" if len(flagged) < len(found) else f"All {len(found)}"
        every = "Both" if every == "All 2" else every
        return f"{every} mean curves are averages of exponential curves, not power laws: {names}"
    return f"None of the {len(found)} mean curves is a power law only because exponential curves were averaged"


def _words(axes: np.ndarray, found: pd.DataFrame, shown: int, silent: pd.DataFrame) -> None:
    title, n = _title(found), len(found)
    lower = [row["skill"] for row in found.head(shown).to_dict("records") if row.get("better") == "lower"]
    subtitle = "Each grey line is a learner, each dot their mean; blue is the curve of the mean with its 95% band"
    subtitle += f"; {shown} of {n} skills" if n > shown else ""
    if lower:
        subtitle += "; lower is better" + ("" if len(lower) == shown else f" in {listed(lower)}")
    few = [f"{row['skill']}: {row['reason']}" for row in silent.head(4).to_dict("records")]
    every = "; ".join(_own(row) for row in found.to_dict("records"))
    reading = (
        "A mean of exponential curves with different rates falls off like a power law, though no learner's own curve "
        "does: the quick ones make its steep start and the slow ones its long tail. "
    )
    reading += (
        "So the form of a mean curve that is marked says nothing about how anyone learns."
        if found["averaged"].any()
        else "Where that is so, the title says it."
    )
    alt_text = f"{title}. {capital(every)}." if n > 1 else f"{title}."
    titled(axes, title, subtitle, footnote="; ".join(few), alt_text=alt_text, reading=reading)
