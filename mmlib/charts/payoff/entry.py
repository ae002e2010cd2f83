"""The chart of the way in: what the first trials brought, and how soon they paid."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, few, intervals, nothing, row_labels, titled, zero_line
from mmlib.charts.style import OBSERVED, styled
from mmlib.errors import counted
from mmlib.words import capital, duration, listed, rated


@styled
def entry(entry: pd.DataFrame, *, first: int = 5, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw how much of each skill's gain came in the first trials, and how soon the first payoff came.

    Parameters
    ----------
    entry : DataFrame
        What `payoff.entry` returned, for one learner: skill, estimate, low, high, n, sessions_to_payoff,
        minutes_to_payoff, payoff_before, payoff_after, change, change_low, change_high.
    first : int
        How many trials count as the first, as in the measure.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["omelette"], "estimate": [0.77], "low": [0.64], "high": [0.88], "n": [25],
    ...                       "sessions_to_payoff": [1], "minutes_to_payoff": [18.0]})
    >>> entry(table).finding
    'More than half of the gain so far came in the first 5 trials of omelette (77%)'
    """
    columns = ["sessions_to_payoff", "minutes_to_payoff", "change", "change_low", "change_high"]
    table = entry.reindex(columns=[*entry.columns, *(name for name in columns if name not in entry)])
    table["sessions_to_payoff"] = table["sessions_to_payoff"].astype("Float64").astype("float64")
    rows = table[table["estimate"].notna() | table["sessions_to_payoff"].notna()]
    if rows.empty:
        return nothing(ax, "There is no way in to show: it takes a score in the first trials, or the payoff rated.")
    order = ["estimate", "minutes_to_payoff", "sessions_to_payoff"]
    rows = rows.sort_values(order, ascending=[False, True, True], kind="stable")
    n, rows = len(rows), rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    zero_line(ax)
    row_labels(ax, rows["skill"])
    if rows["estimate"].notna().any():
        _shares(ax, rows, first)
    else:
        _waits(ax, rows)
    column(ax, [_paid(row) for _, row in rows.iterrows()])
    _entry_words(ax, rows, (n, first, confidence), footnote=_tricks(table))
    return ax


def _shares(ax: Axes, rows: pd.DataFrame, first: int) -> None:
    intervals(ax, rows.reset_index(drop=True))
    shares = rows["estimate"].fillna(0)
    ax.set_xlim(max(min(shares.min(), 0) - 0.12, -0.6), min(max(shares.max(), 1) + 0.12, 1.6))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["none", "25%", "50%", "75%", "all"])
    ax.set_xlabel(f"share of the gain that came in the first {first} trials")


def _waits(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw how long the first payoff took: in minutes, or in sessions where no minutes are known."""
    by = "minutes" if rows["minutes_to_payoff"].notna().any() else "sessions"
    waits = rows[f"{by}_to_payoff"].to_numpy()
    ax.plot(waits, range(len(rows)), "o", color=OBSERVED, ms=7.5)
    ax.set_xlim(0, 1.08 * max(pd.Series(waits).max(), 1))
    ax.set_xlabel(f"{by} of practice up to the first payoff of 4 or more")


def _paid(row: pd.Series) -> str:
    if pd.isna(row["sessions_to_payoff"]):
        return ""
    sessions = counted(int(row["sessions_to_payoff"]), "session")
    if pd.isna(row["minutes_to_payoff"]):
        return f"paid after {sessions}"
    return f"paid after {duration(row['minutes_to_payoff'])}"


def _tricks(table: pd.DataFrame) -> str:
    """Return how the payoff changed with the entry trick, where that is known."""
    known = table[table["change_low"].notna()]
    if known.empty:
        return ""
    said = [
        f"{row['skill']} {rated(row['payoff_before'])} → {rated(row['payoff_after'])} (a difference of "
        f"{rated(row['change'])}, {rated(row['change_low'])} to {rated(row['change_high'])})"
        for _, row in known.head(5).iterrows()
    ]
    return f"Mean payoff before the entry trick → from it on: {listed(said)}"


def _finding(rows: pd.DataFrame, first: int) -> str:
    shares = rows.dropna(subset=["estimate"])
    if shares.empty:
        timed = rows.dropna(subset=["minutes_to_payoff"])
        soonest = (timed if len(timed) else rows).sort_values(["minutes_to_payoff", "sessions_to_payoff"]).iloc[0]
        return f"{capital(soonest['skill'])} paid soonest: {_paid(soonest).removeprefix('paid ')}"
    early = shares[shares["low"] > 0.5]
    if early.empty:
        best = shares.iloc[0]
        span = f"{best['low']:.0%} to {best['high']:.0%}".replace("-", "\N{MINUS SIGN}")
        share = f"{best['estimate']:.0%}".replace("-", "\N{MINUS SIGN}")
        if len(shares) == 1:
            return f"{share} of the gain so far in {best['skill']} came in the first {first} trials ({span})"
        return f"{capital(best['skill'])} gained the largest share in the first {first} trials: {share} ({span})"
    names = [f"{row['skill']} ({row['estimate']:.0%})" for _, row in early.head(3).iterrows()]
    names += [f"{len(early) - 3} others"] if len(early) > 3 else []
    return f"More than half of the gain so far came in the first {first} trials of {listed(names)}"


def _entry_words(ax: Axes, rows: pd.DataFrame, extent: tuple[int, int, float], *, footnote: str) -> None:
    n, first, confidence = extent
    title = _finding(rows, first)
    every = []
    for _, row in rows.iterrows():
        share = "" if pd.isna(row["estimate"]) else f"{row['estimate']:.0%}".replace("-", "\N{MINUS SIGN}")
        every.append(f"{row['skill']} {' and '.join(filter(None, [share, _paid(row)]))}")
    paid = "" if rows["sessions_to_payoff"].isna().all() else "the practice up to the first payoff of 4 or more"
    known = rows["estimate"].notna().any()
    share = f"share of the gain so far that came in the first {first} scored trials, with {confidence:.0%} intervals"
    reading = (
        "The further right, the more of a skill's progress came at once, as it does where an entry trick works; a dot "
        "near the left edge means that it came later, bit by bit. Where a bar is long, the ups and downs of the scores "
        "hide which."
    )
    drawn = capital(", and ".join(filter(None, [share if known else "", paid])))
    titled(
        ax, title, drawn + few(len(rows), n), footnote=footnote,
        alt_text=f"{title}. {capital('; '.join(every))}.",
        reading=reading if known else "The further left, the sooner a skill paid.",
    )  # fmt: skip
