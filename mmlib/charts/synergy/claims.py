"""The published claims about Nobel laureates' hobbies: quotations, with who says so, and never data."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import canvas, note, nothing, row_labels, titled
from mmlib.charts.style import BOLD, INK, RULE, plain, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number

TALL = 0.25
TICKS = (1, 2, 4, 8, 16, 32)


@styled
def claims(claims: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what is quoted about laureates' hobbies: an open mark for each claim, with who says so beside it.

    Parameters
    ----------
    claims : DataFrame
        data/root_bernstein_claims.csv: field, claim, value, comparison_group, quoted_by, source.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"field": "music", "value": [2.0, 15.0], "quoted_by": ["Grant 2016", "Twigger 2020"],
    ...                       "comparison_group": ["typical scientists", "regular scientists"]})
    >>> claims(table).finding
    'Quoted for music: 2 to 15 times as likely, depending on who is read'
    """
    rows = claims[claims["value"].notna()]
    if rows.empty:
        return nothing(ax, "There are no published claims to show.")
    rows = _grouped(rows)
    ax = canvas(ax, TALL * len(rows) + 0.65)
    ax.set_xscale("log")
    most = max(rows["value"].max() * 1.6, 8)
    ax.set_xlim(0.9, most)
    ticks = [tick for tick in TICKS if tick <= most]
    ax.set_xticks(ticks, [f"{tick}×" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.axvline(1, color=RULE, lw=1.2, zorder=0.9)
    row_labels(ax, rows["field"], width=120)
    ax.plot(rows["value"], range(len(rows)), "o", mfc="none", mec=INK, mew=1.5, ms=8.5, ls="none")
    for y, row in enumerate(rows.to_dict("records")):
        if row["heading"]:
            note(ax, 1, y, plain(row["heading"]), color=INK, weight=BOLD)
        else:
            note(ax, row["value"], y, f"{number(row['value'])}×", dx=9)
    ax.set_xlabel("times as likely, as quoted")
    _words(ax, rows.dropna(subset=["value"]))
    return ax


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the claims by source, the oldest first, each source below a row with its name."""
    parts = []
    for name, part in sorted(rows.groupby("quoted_by"), key=lambda pair: (pair[0].split()[-1], pair[0])):
        than = listed(sorted(set(part["comparison_group"])))
        head = pd.DataFrame({"field": [""], "heading": [f"{name}, compared with {than}"]})
        parts += [head, part.sort_values("value", ascending=False, kind="stable").assign(heading="")]
    return pd.concat(parts, ignore_index=True)


def _words(ax: Axes, rows: pd.DataFrame) -> None:
    ends = rows.groupby("field")["value"].agg(["min", "max", "size"])
    ends = ends.assign(apart=ends["max"] / ends["min"]).sort_values("apart", ascending=False, kind="stable")
    field, widest = ends.index[0], ends.iloc[0]
    title = f"Quoted for {field}: {number(widest['max'])} times as likely"
    if widest["apart"] > 1:
        ends = f"{number(widest['min'])} to {number(widest['max'])}"
        title = f"Quoted for {field}: {ends} times as likely, depending on who is read"
    every = [
        f"{name}: {listed(f'{row.field} {number(row.value)}' for row in part.itertuples())}"
        for name, part in rows.groupby("quoted_by", sort=False)
    ]
    drawn = "Each open mark is a quotation about Nobel laureates, by who published it; none of it is data"
    many = f"{counted(len(rows), 'number')} from {counted(rows['quoted_by'].nunique(), 'publication')}"
    reading = (
        f"{many}, most of which go back to one study of biographies. Where they differ for the same field they cannot "
        "all be right, and none says how the hobbies of the scientists compared with came to be known."
    )
    titled(ax, title, drawn, alt_text=f"{title}. {capital('; '.join(every))}.", reading=reading)
