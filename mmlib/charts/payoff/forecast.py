"""The chart of when each skill's target will be reached."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

from mmlib.charts.layout import LABEL_SIZE, MOST_ROWS, ROW, canvas, few, note, nothing, row_labels, titled, wrapped
from mmlib.charts.style import ACCENT, BAD, INK, MUTED, RULE, TARGET, styled
from mmlib.errors import counted
from mmlib.words import capital, date, from_to, listed, number

COLORS = {"on the way": INK, "open": MUTED, "reached": TARGET, "not reachable": BAD, "unknown": MUTED}
AHEAD = ("on the way", "open")
STEPS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
REASONS = 6
LINE = 215
"""About how many points wide a row is between its name and its words."""

MEANINGS = {
    "open": "Open: the curve levels off so near the target that it may or may not get there.",
    "not reachable": "Not reachable: this curve levels off short of the target; another way of practising may not.",
    "unknown": "Unknown: the trials so far do not show where the curve goes.",
}

ALONE = {
    "open": "Whether {0} reaches its target is open",
    "not reachable": "{1} does not come to its target on this curve",
    "unknown": "Whether {0} reaches its target cannot be told yet",
}


@styled
def forecast(
    forecast: pd.DataFrame,
    *,
    by: str = "date",
    as_of: object = None,
    confidence: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw when each skill's target will be reached, with its interval, and say why where that cannot be told.

    Parameters
    ----------
    forecast : DataFrame
        What `payoff.forecast` returned, for one learner: skill, unit, target, now, state, trials and date, each with
        _low and _high, hours, reason.
    by : {"date", "trials"}
        What is drawn; trials where no skill has a date.
    as_of : date or time, optional
        The day from which the forecast looks ahead, where the dates begin; by default the earliest in the table.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> day = pd.Timestamp("2026-12-04")
    >>> table = pd.DataFrame({
    ...     "skill": ["juggling"], "unit": ["catches"], "target": [100.0], "now": [81.0], "state": ["on the way"],
    ...     "trials": [30.0], "trials_low": [21.0], "trials_high": [np.inf], "hours": [7.5], "date": [day],
    ...     "date_low": [day - pd.Timedelta(days=9)], "date_high": [pd.NaT], "reason": [""]})
    >>> forecast(table).finding
    'Juggling should reach its target around 4 December 2026 (25 November 2026 or later)'
    """
    table = forecast[forecast["state"].isin(list(COLORS))]
    if table.empty:
        return nothing(ax, "There is no forecast to show: no skill's card has a target yet.")
    ahead = table["state"].isin(AHEAD)
    dated = by == "date" and table.loc[ahead, ["date", "date_low"]].notna().to_numpy().any()
    rows = _placed(table, "date" if dated else "trials", as_of)
    n, rows = len(rows), rows.head(MOST_ROWS)
    drawn = rows[["x", "x_low"]].notna().to_numpy().any()
    ax = canvas(ax, ROW * len(rows) + (0.65 if drawn else 0.15))
    row_labels(ax, rows["skill"], width=130)
    _axis(ax, rows, dated)
    for y, row in enumerate(rows.to_dict("records")):
        _row(ax, y, row)
        ax.annotate(_label(row, dated), (1, y), xytext=(8, 0), xycoords=ax.get_yaxis_transform(), va="center",
                    textcoords="offset points", size=LABEL_SIZE, color=COLORS[row["state"]],
                    annotation_clip=False)  # fmt: skip
    _words(ax, rows, n, dated, confidence)
    return ax


def _placed(table: pd.DataFrame, by: str, as_of: object) -> pd.DataFrame:
    """Return the rows, the soonest first, with where they stand: x, its limits, and where the axis begins."""
    rows = table.assign(order=table["state"].map({state: i for i, state in enumerate(COLORS)}))
    rows["begin"] = 1.0
    for end in ("", "_low", "_high"):
        values = rows[f"{by}{end}"]
        values = date2num(values) if by == "date" else values.to_numpy(float)
        rows[f"x{end}"] = np.where(np.isfinite(values) & rows["state"].isin(AHEAD), values, np.nan)
    rows["x"] = rows["x"].where(rows["state"].eq("on the way"))
    if by == "trials":
        rows[["x", "x_low", "x_high"]] = rows[["x", "x_low", "x_high"]].clip(lower=1.0)
    if by == "date":
        days = pd.Series(date2num(rows[["date", "date_low"]].min(axis=1)))
        rows["begin"] = days.min() if as_of is None else date2num(pd.Timestamp(as_of).normalize())
    return rows.sort_values(["order", "x", "x_low", "trials", "skill"], kind="stable", ignore_index=True)


def _axis(ax: Axes, rows: pd.DataFrame, dated: bool) -> None:
    """Let the axis end a little after the last estimate: an interval may run beyond it."""
    begin, known = float(rows["begin"].iloc[0]), rows[["x", "x_low"]].to_numpy()
    if not dated:
        ax.set_xscale("log")
    if np.isnan(known).all():
        ax.set_xticks([], minor=True)
        ax.set(xlim=(begin, begin + 1), xticks=[])
        return
    ax.axvline(begin, color=RULE, lw=1.2, zorder=0.9)
    if not dated:
        most = max(np.nanmax(known), 10.0)
        ax.set(xlim=(begin, 1.6 * most), xlabel="more trials, each step about three times the last")
        ticks = [tick for tick in STEPS if tick <= 1.6 * most]
        ax.set_xticks(ticks, [number(tick) for tick in ticks])
        ax.set_xticks([], minor=True)
        return
    span, highs = max(np.nanmax(known) - begin, 7.0), (rows["x_high"] - begin).to_numpy()
    span = max([span, *highs[highs <= 2 * span]])
    ax.set_xlim(begin - 0.03 * span, begin + 1.12 * span)
    locator = AutoDateLocator(minticks=2, maxticks=5)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _row(ax: Axes, y: int, row: dict) -> None:
    """Draw one skill: a dot and a bar, with an arrow where there is no end to it; else words in their place."""
    right = ax.get_xlim()[1]
    if np.isnan(row["x"]) and np.isnan(row["x_low"]):
        note(ax, row["begin"], y, wrapped(_instead(row), LINE, size=10, most=1)[0], size=10)
        return
    sure = row["state"] == "on the way"
    low, high = row["x_low"] if np.isfinite(row["x_low"]) else row["x"], row["x_high"]
    endless = not high <= right
    look = {"color": ACCENT, "alpha": 0.45, "lw": 3}
    style = {"capstyle": "round"} if sure else {"ls": (0, (1, 1.2))}
    ax.hlines(y, min(low, right), right if endless else high, **look, **style)
    if endless:
        ax.plot(right, y, ">", color=ACCENT, alpha=0.6, ms=8, mew=0, clip_on=False)
    if np.isfinite(row["x"]):
        ax.plot(row["x"], y, "o", color=ACCENT, ms=7.5)


def _instead(row: dict) -> str:
    """Return what stands in a row where nothing can be drawn."""
    if row["state"] == "on the way":
        return f"{_more(row['trials'])}{_limits(row)}"
    if row["state"] == "open" and np.isfinite(row["trials_low"]):
        return f"{_more(row['trials_low'])} or not at all" if row["trials_low"] else "perhaps already, perhaps never"
    unit = "" if pd.isna(row["unit"]) else f" {row['unit']}"
    if pd.isna(row["now"]):
        return f"target {number(row['target'])}{unit}"
    return f"now {', target '.join(from_to(row['now'], row['target']))}{unit}"


def _more(count: float) -> str:
    return counted(int(count), "more trial")


def _limits(row: dict) -> str:
    low, high = row["trials_low"], row["trials_high"]
    if not np.isfinite(low):
        return ""
    if np.isfinite(high):
        return f" ({low:,.0f} to {high:,.0f})"
    return f" ({low:,.0f} or more)" if low else " (perhaps already)"


def _label(row: dict, dated: bool) -> str:
    """Return what stands at the end of a row: the day or the trials, else the state."""
    if not np.isfinite(row["x"]):
        return row["state"]
    return f"{row['date'].day} {row['date']:%b %Y}" if dated else counted(int(row["trials"]), "trial")


def _day(row: dict) -> str:
    """Return a date with its limits, or an empty text."""
    if pd.isna(row["date"]):
        return ""
    low, high = row["date_low"], row["date_high"]
    if pd.isna(low):
        return date(row["date"])
    span = f"{date(low)} to {date(high)}" if pd.notna(high) else f"{date(low)} or later"
    return f"{date(row['date'])} ({span})"


def _finding(rows: pd.DataFrame, dated: bool) -> str:
    first = rows.iloc[0].to_dict()
    if first["state"] == "on the way":
        when = f"around {_day(first)}" if dated and pd.notna(first["date"]) else ""
        when = when or f"after about {_more(first['trials'])}{_limits(first)}"
        return f"{capital(first['skill'])} should reach its target {when}"
    if rows["state"].eq("reached").all():
        return f"{capital(first['skill'])} has reached its target" if len(rows) == 1 else "All targets are reached"
    if len(rows) == 1:
        return ALONE[first["state"]].format(first["skill"], capital(first["skill"]))
    counts = rows["state"].value_counts()
    return f"No target can be dated: {listed(f'{counts[state]} {state}' for state in COLORS if state in counts)}"


def _every(row: dict) -> str:
    """Return all that is known of one skill, for those who cannot see the chart."""
    parts = [row["state"]]
    if row["state"] == "on the way":
        parts += [_day(row), f"{_more(row['trials'])}{_limits(row)}"] if np.isfinite(row["trials"]) else []
        hours = row.get("hours", np.nan)
        parts += [f"{number(hours)} h"] if np.isfinite(hours) else []
    else:
        parts += [_instead(row)]
    return f"{row['skill']} {', '.join(part for part in parts if part)}"


def _words(ax: Axes, rows: pd.DataFrame, n: int, dated: bool, confidence: float) -> None:
    title, states = _finding(rows, dated), set(rows["state"])
    what = "the day" if dated else "how many more trials it takes until"
    drawn = rows[["x", "x_low"]].notna().to_numpy().any()
    subtitle = f"{capital(what)} {'on which ' if dated else ''}each skill's curve comes to its target"
    subtitle += " at the pace of the last 28 days" if dated else ""
    subtitle = f"{subtitle}, with {confidence:.0%} intervals" if drawn else "Where each skill stands to its target"
    why = rows[rows["reason"].fillna("").ne("")].groupby("reason", sort=False)["skill"]
    why = [f"{listed(names)}: {reason}" for reason, names in why]
    why[REASONS:] = ["and so on"] if len(why) > REASONS else []
    reading = []
    if drawn:
        pace = " if practice goes on as it did" if dated else ""
        reading += [f"The dot is {what} {'on which ' if dated else ''}the curve comes to the target{pace}, and the bar "
                    "is where that may lie; an arrow means that the bar goes on, perhaps for ever. The further ahead, "
                    "the less it is worth: a new pace or a new way of practising changes it all."]  # fmt: skip
    reading += [text for state, text in MEANINGS.items() if state in states]
    titled(
        ax, title, f"{subtitle}{few(len(rows), n)}", footnote="; ".join(why),
        alt_text=f"{title}. {capital('; '.join(_every(row) for row in rows.to_dict('records')))}.",
        reading=" ".join(reading) or "Every target on the cards is reached: time for a new one.",
    )  # fmt: skip
