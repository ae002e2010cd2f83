"""The chart of the recent load beside what went before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, note, nothing, row_labels, titled
from mmlib.charts.style import AMOUNT, BAD, INK, styled
from mmlib.errors import counted
from mmlib.words import capital, duration, listed, number


@styled
def load(load: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the minutes of the last 7 days beside the usual week before, and what is narrow or sudden.

    Parameters
    ----------
    load : DataFrame
        What `repetition.load` returned, for one learner: skill, acute_minutes, chronic_minutes, ratio, share, flag.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["ukulele"], "acute_minutes": [300.0], "chronic_minutes": [100.0],
    ...                       "ratio": [3.0], "share": [0.6], "flag": ["sudden"]})
    >>> load(table).finding
    'Ukulele is sudden: 5 h in the last 7 days, 3 times the usual 1 h 40 min'
    """
    rows = load[(load["acute_minutes"] > 0) | (load["chronic_minutes"] > 0)]
    if rows.empty:
        why = "no session of the last 35 days has a known length" if len(load) else "the log has no sessions yet"
        return nothing(ax, f"There is no load to show: {why}.")
    rows = rows.sort_values(["acute_minutes", "chronic_minutes"], ascending=False, kind="stable")
    rows = rows.reset_index(drop=True)
    shown = rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(shown) + 0.1)
    y = np.arange(len(shown))
    ax.barh(y, shown["acute_minutes"], height=0.56, color=AMOUNT)
    ax.vlines(shown["chronic_minutes"], y - 0.4, y + 0.4, color=INK, lw=2)
    for i, row in enumerate(shown.itertuples()):
        place, words = max(row.acute_minutes, row.chronic_minutes), duration(row.acute_minutes)
        text = note(ax, place, i, words, color=INK, dx=6)
        if row.flag:
            ax.annotate(row.flag, (1, 0), xytext=(8, 0), xycoords=text, textcoords="offset points", va="bottom",
                        color=BAD, size=text.get_size(), annotation_clip=False)  # fmt: skip
    row_labels(ax, shown["skill"])
    ax.set_xlim(0, shown[["acute_minutes", "chronic_minutes"]].max().max() * 1.01)
    ax.set_xticks([])
    _words(ax, rows, len(shown))
    return ax


def _finding(row: object) -> str:
    week = f"{duration(row.acute_minutes)} in the last 7 days, {number(round(row.ratio, 1))} times the usual "
    parts = {
        "narrow": f"{row.share:.0%} of the time of the last 28 days, hardly ever varied",
        "sudden": week + duration(row.chronic_minutes),
    }
    return f"{capital(row.skill)} is {row.flag}: " + "; ".join(said for word, said in parts.items() if word in row.flag)


def _untold(rows: pd.DataFrame) -> list[str]:
    """Return why it cannot be told of a large skill whether it is narrow, in the table's own words."""
    said = []
    for row in rows.itertuples() if "reason" in rows else ():
        why = str(row.reason).split("; ")[0]
        if why.startswith("whether it is"):
            said.append(why.replace("whether it is", f"Whether {row.skill} ({row.share:.0%} of the time) is", 1))
    return said


def _words(ax: Axes, rows: pd.DataFrame, shown: int) -> None:
    flagged = rows[rows["flag"] != ""]
    findings = [_finding(row) for row in flagged.itertuples()]
    week, usual = (rows[name].sum() for name in ("acute_minutes", "chronic_minutes"))
    total = f"{duration(week)} in the last 7 days, {duration(usual)} in a usual week before"
    untold = _untold(rows)
    title = f"No skill stands out as {'sudden' if untold else 'narrow or sudden'}: {total}"
    if len(findings) == 1:
        title = findings[0]
    elif findings:
        named = listed(f"{row.skill} is {row.flag}" for row in flagged.head(3).itertuples())
        title = capital(named) if len(findings) <= 3 else f"{len(findings)} skills are narrow or sudden"
    few = f"; {shown} of {len(rows)} skills" if len(rows) > shown else ""
    every = listed(
        f"{row.skill} {duration(row.acute_minutes)} (usually {duration(row.chronic_minutes)})"
        for row in rows.head(shown).itertuples()
    )
    told = "; ".join(findings) + ". " if len(findings) > 1 else ""
    titled(
        ax, title, f"Time in the last 7 days; the dark tick is the mean week of the 28 days before them{few}",
        alt_text=f"{title}. {told}Last 7 days: {every}.",
        reading=f"A bar far beyond its tick is much more than usual: {total}, in {counted(len(rows), 'skill')}. "
        "“Sudden” is at least an hour and at least 1.5 times the usual week, where that has a quarter of an hour or "
        "more; “narrow” a skill that takes at least 40% of the time of 28 days, in 5 sessions or more with hardly a "
        "variation. Both describe the practice and foretell nothing.",
        footnote=". ".join(untold),
    )  # fmt: skip
