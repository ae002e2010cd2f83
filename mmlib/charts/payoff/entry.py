"""The chart of the way in: what the first trials brought, and how soon they paid."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, few, intervals, nothing, row_labels, titled, zero_line
from mmlib.charts.style import OBSERVED, styled
from mmlib.errors import counted
from mmlib.words import MINUS, capital, duration, listed, rated

MOST_REASONS = 3


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
        return nothing(ax, _why_nothing(table))
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


def _why_nothing(table: pd.DataFrame) -> str:
    """Return why there is nothing to draw, in the table's own words."""
    start, told = "There is no way in to show", {}
    for _, row in (table if "reason" in table else table.head(0)).iterrows():
        # That nobody tried an entry trick is no reason to show nothing.
        why = "; ".join(part for part in str(row["reason"]).split("; ") if part and "part entry_trick" not in part)
        told.setdefault(why, []).append(row["skill"])
    told.pop("", None)
    if not told:
        return f"{start}: it takes a score in the first trials, or the payoff rated."
    said = [f"{names[0] if len(names) == 1 else counted(len(names), 'skill')}: {why}" for why, names in told.items()]
    if len(said) == 1:
        return f"{start}. {capital(next(iter(told)))}."
    more = f" {len(said) - MOST_REASONS} more reasons." if len(said) > MOST_REASONS + 1 else ""
    return f"{start}. {'. '.join(capital(each) for each in said[: MOST_REASONS + (not more)])}.{more}"


def _shares(ax: Axes, rows: pd.DataFrame, first: int) -> None:
    intervals(ax, rows.reset_index(drop=True))
    shares = rows["estimate"].fillna(0)
    # Bars may run over the edge, dots not.
    low, high = min(shares.min(), 0) - 0.12, max(shares.max(), 1) + 0.12
    ax.set_xlim(low, high)
    ticks = {0: "none", 0.25: "25%", 0.5: "50%", 0.75: "75%", 1: "all"}
    ticks = ticks if high - low < 2.2 else {0: "none", 1: "all"}
    ax.set_xticks(list(ticks), list(ticks.values()))
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


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("-", MINUS)


def _finding(rows: pd.DataFrame, first: int) -> str:
    shares = rows.dropna(subset=["estimate"])
    if shares.empty:
        timed = rows.dropna(subset=["minutes_to_payoff"])
        soonest = (timed if len(timed) else rows).sort_values(["minutes_to_payoff", "sessions_to_payoff"]).iloc[0]
        return f"{capital(soonest['skill'])} paid soonest: {_paid(soonest).removeprefix('paid ')}"
    early = shares[shares["low"] > 0.5]
    if early.empty:
        return _none_over_half(shares, first)
    names = [f"{row['skill']} ({row['estimate']:.0%})" for _, row in early.head(3).iterrows()]
    names += [f"{len(early) - 3} others"] if len(early) > 3 else []
    return f"More than half of the gain so far came in the first {first} trials of {listed(names)}"


def _none_over_half(shares: pd.DataFrame, first: int) -> str:
    """Return the finding where no share is clearly above one half."""
    trials, n = f"the first {first} trials", len(shares)
    some = shares[shares["low"] > 0]
    if some.empty and n > 1:
        none = "neither" if n == 2 else f"none of {n}"
        return f"In {none} {'skill' if n == 2 else 'skills'} can a gain in {trials} be told from the noise"
    best = shares.iloc[0] if some.empty else some.iloc[0]
    share, low, high = (_percent(best[name]) for name in ("estimate", "low", "high"))
    if some.empty and best["high"] < 1:
        return f"At most {high} of the gain so far in {best['skill']} came in {trials}"
    if some.empty:
        return f"How much of the gain in {best['skill']} came in {trials} cannot be told from the noise"
    if n == 1:
        return f"{share} of the gain so far in {best['skill']} came in {trials} ({low} to {high})"
    return f"{capital(best['skill'])} gained the largest clear share in {trials}: {share} ({low} to {high})"


def _entry_words(ax: Axes, rows: pd.DataFrame, extent: tuple[int, int, float], *, footnote: str) -> None:
    n, first, confidence = extent
    title = _finding(rows, first)
    every = []
    for _, row in rows.iterrows():
        share = "" if pd.isna(row["estimate"]) else _percent(row["estimate"])
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
