"""The selves that went short lately, each against what it usually gets."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, nothing, row_labels, titled
from mmlib.charts.style import BAD, HIGHLIGHT, INK, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, listed


@styled
def neglected(neglected: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share of the last 28 days' practice that each self got, beside its usual share.

    Parameters
    ----------
    neglected : DataFrame
        What `selves.neglected` returned, for one learner: self, share, usual, usual_low, usual_high, days_since,
        neglected.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"self": ["the cook", "the player"], "share": [0.0, 1.0], "usual": [0.3, 0.7],
    ...                       "usual_low": [0.2, 0.6], "usual_high": [0.4, 0.8], "days_since": [43, 0],
    ...                       "neglected": [True, False]})
    >>> neglected(table).finding
    'The cook went short in the last 28 days: nothing, usually 30% of the practice'
    """
    if neglected.empty:
        return nothing(ax, "There are no selves to compare: no card in skills.toml names a skill's self yet.")
    if neglected["share"].isna().all():
        return nothing(ax, "No self can have gone short: there was no practice in the last 28 days.")
    rows = neglected[neglected["share"].notna()]
    rows = rows.assign(behind=rows["usual"].fillna(0) - rows["share"])
    rows = rows.sort_values(["neglected", "behind"], ascending=False, kind="stable", ignore_index=True)
    n, rows = len(rows), rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    y = np.arange(len(rows))
    ax.hlines(y, rows["usual_low"], rows["usual_high"], color=RULE, lw=7, alpha=0.6, capstyle="round")
    ax.plot(rows["usual"], y, "|", color=INK, ms=12, mew=1.8)
    colors = np.where(rows["neglected"], BAD, HIGHLIGHT)
    ax.scatter(rows["share"], y, color=colors, s=60, zorder=3)
    row_labels(ax, list(rows["self"]))
    most = np.nanmax(rows[["share", "usual_high"]].to_numpy(dtype=float))
    ax.set_xlim(-0.02 * max(most, 0.1), max(most, 0.1) * 1.05)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_xlabel("share of the practice of 28 days")
    column(ax, [_ago(days) for days in rows["days_since"]])
    _words(ax, rows, n)
    return ax


def _ago(days: float) -> str:
    if pd.isna(days):
        return ""
    return f"{counted(int(days), 'day')} ago" if days else "the same day"


def _got(row: pd.Series) -> str:
    return "nothing" if row["share"] == 0 else f"{row['share']:.0%}"


def _words(ax: Axes, rows: pd.DataFrame, n: int) -> None:
    short = rows[rows["neglected"].astype(bool)]
    if short.empty:
        title = "No self got clearly less than usual in the last 28 days"
    elif len(short) == 1:
        row = short.iloc[0]
        title = f"{capital(row['self'])} went short in the last 28 days: {_got(row)}, usually {row['usual']:.0%} "
        title += "of the practice"
    else:
        some = [f"{row['self']} ({_got(row)}, usually {row['usual']:.0%})" for _, row in short.head(3).iterrows()]
        rest = [f"{len(short) - 3} more"] if len(short) > 3 else []
        title = f"{counted(len(short), 'self', 'selves')} went short in the last 28 days: {listed(some + rest)}"
    known = rows[rows["usual"].notna()]
    every = listed(f"{row['self']} {row['share']:.0%} (usually {row['usual']:.0%})" for _, row in known.iterrows())
    few = f"; the first {len(rows)} of {n}" if len(rows) < n else ""
    titled(
        ax, title, f"Share of the last 28 days (dot) and usual range (grey); right: last practised{few}",
        alt_text=f"{title}." + (f" Shares: {every}." if every else ""),
        reading="The grey bar is the range of this self's share in most earlier stretches of 28 days, the line in it "
        "the middle one. An orange-red dot lies below that range, below half of the middle, and lower than chance "
        "would put it: that self went short, by the learner's own measure. Whether that is a pity only the learner "
        "can say.",
    )  # fmt: skip
