"""The chart of what changed since the period before."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, few, intervals, nothing, row_labels, titled, zero_line
from mmlib.charts.style import INK, styled
from mmlib.errors import counted
from mmlib.words import RATE, capital, change_of, difference, listed


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
    return change_of(row["before"], row["now"], row["unit"], to=" → ")


def _change(row: pd.Series) -> str:
    return difference(row["estimate"], RATE if row["unit"] == RATE else None)


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
    every = [f"{row['skill']} {_change(row)} ({_from_to(row)})" for _, row in rows.iterrows()]
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
