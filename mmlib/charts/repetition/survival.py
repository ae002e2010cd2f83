"""The chart of how long skills stay alive."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import LABEL_SIZE, canvas, note, nothing, titled
from mmlib.charts.style import ACCENT, BAND, INK, MUTED, RULE, styled
from mmlib.errors import counted
from mmlib.words import listed

MILESTONES = (30, 91, 182, 365, 730)
FEWEST = 5  # skills: of fewer, a share says less than their names would
STEPS = (7, 14, 30, 60, 90, 180, 365, 730, 1460)


@styled
def survival(survival: pd.DataFrame, *, quit_after_days: int = 28, ax: Axes | None = None) -> Axes:
    """Draw which share of the skills is still practised so long after the first session.

    Parameters
    ----------
    survival : DataFrame
        What `repetition.survival` returned, for one curve: days, estimate, low, high, at_risk, events, resumed, n.
    quit_after_days : int
        The number of days that the measure was given.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"days": [0, 40, 100], "estimate": [1.0, 0.75, 0.5], "low": [None, 0.4, 0.2],
    ...                       "high": [None, 0.9, 0.8], "at_risk": [8, 8, 6], "events": [0, 2, 2],
    ...                       "resumed": [0, 1, 0], "n": [8, 8, 8]})
    >>> survival(table).finding
    'Half of the skills are kept up for 100 days or more before a rest of more than 28 days'
    """
    rows = survival.dropna(subset=["estimate"]).sort_values("days", kind="stable")
    if rows.empty:
        return nothing(ax, f"There is no survival to show: no skill began more than {quit_after_days} days ago.")
    if rows["n"].iloc[0] < FEWEST:
        return nothing(ax, _too_few(rows, quit_after_days))
    ax = canvas(ax, 3.0)
    last = max(int(rows["days"].iloc[-1]), 14)
    days = np.array([0, *rows["days"], last], dtype=float)
    rows = rows.astype({"low": "float64", "high": "float64"})
    low, high = ([np.nan, *rows[name], rows[name].iloc[-1]] for name in ("low", "high"))
    ax.fill_between(days, low, high, step="post", color=BAND, lw=0)
    ax.step(days, [1.0, *rows["estimate"], rows["estimate"].iloc[-1]], where="post", color=ACCENT, lw=2.4)
    ax.axhline(0.5, color=RULE, lw=1.2, ls=(0, (2, 3)), zorder=0.9)
    ax.set(ylim=(0, 1.02), xlim=(-last * 0.015, last))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    ticks = _time_axis(ax, last)
    _numbers_at_risk(ax, rows, ticks)
    _end(ax, rows["estimate"].to_numpy(), last)
    _words(ax, rows, quit_after_days)
    return ax


def _end(ax: Axes, shares: np.ndarray, last: int) -> None:
    """Name the share at the right edge; where the line ends in a fall, the share before it too."""
    words, y = f"{shares[-1]:.0%}", shares[-1]
    if len(shares) > 1 and f"{shares[-2]:.0%}" != words:
        words, y = f"{shares[-2]:.0%},\nthen {words}", shares[-2]
    note(ax, last, max(y, 0.06), words, color=ACCENT, linespacing=1.0)


def _too_few(rows: pd.DataFrame, quit_after_days: int) -> str:
    """Return in a sentence how the few skills fared."""
    n, quits = int(rows["n"].iloc[0]), rows[rows["events"] > 0]
    rest = f"a rest of more than {counted(quit_after_days, 'day')}"
    start = f"There is no survival to show: a share needs at least {FEWEST} skills, and {n} "
    start += f"{'was' if n == 1 else 'were'} followed. "
    if quits.empty:
        return start + (f"It had no {rest[2:]}." if n == 1 else f"None of them came to {rest}.")
    days = listed(day for row in quits.itertuples() for day in [f"{int(row.days):,}"] * int(row.events))
    gone, one = int(quits["events"].sum()), int(quits["days"].sum()) == 1
    which = "It" if n == 1 else "Both" if (n, gone) == (2, 2) else f"All {n}" if n == gone else f"{gone} of them"
    return f"{start}{which} came to {rest}, {days} {'day' if one else 'days'} after the first session."


def _time_axis(ax: Axes, last: int) -> list[int]:
    step = next((step for step in STEPS if last / step <= 6), 365 * -(-last // (365 * 6)))
    ticks = list(range(0, last + 1, step))
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.grid(False, axis="x")
    return ticks


def _numbers_at_risk(ax: Axes, rows: pd.DataFrame, ticks: list[int]) -> None:
    """Write below each tick how many skills were still alive and watched just before that day."""
    later = [rows[rows["days"] >= tick] for tick in ticks]
    counts = [int(part["at_risk"].iloc[0]) if len(part) else 0 for part in later]
    ax.set_xlabel("days since the first session", loc="left", labelpad=1)
    for tick, count in zip(ticks, counts, strict=True):
        ax.annotate(f"{count}", (tick, 0), xytext=(0, -52), xycoords=("data", "axes fraction"),
                    textcoords="offset points", ha="center", va="top", size=LABEL_SIZE, color=INK)  # fmt: skip
    ax.annotate("skills still followed", (0, 0), xytext=(0, -37), xycoords="axes fraction",
                textcoords="offset points", ha="left", va="top", size=LABEL_SIZE, color=MUTED)  # fmt: skip


def _title(rows: pd.DataFrame, rest: str) -> str:
    n, first, last = int(rows["n"].iloc[0]), rows["estimate"].iloc[0], rows.iloc[-1]
    half = rows.loc[rows["estimate"] <= 0.5, "days"]
    if rows["events"].sum() == 0:
        return f"None of {counted(n, 'skill')} came to {rest}" if n > 1 else f"The one skill followed had no {rest[2:]}"
    if len(half) and half.iloc[0] == 0:
        return f"{1 - first:.0%} of the skills were left after their first day"
    if len(half):
        return f"Half of the skills are kept up for {counted(int(half.iloc[0]), 'day')} or more before {rest}"
    return f"{last['estimate']:.0%} of the skills are kept up for more than {counted(int(last['days']), 'day')}"


def _words(ax: Axes, rows: pd.DataFrame, quit_after_days: int) -> None:
    n, quits, back = int(rows["n"].iloc[0]), int(rows["events"].sum()), int(rows["resumed"].sum())
    rest = f"a rest of more than {counted(quit_after_days, 'day')}"
    title = _title(rows, rest)
    later = f"; {back} of these {'was' if back == 1 else 'were'} taken up again later" if back else ""
    told = f"{quits or 'none'} of {counted(n, 'skill')} came to {rest}{later}"
    band = "; band: 95% interval" if rows["low"].notna().any() else ""
    every = [(day, rows[rows["days"] <= day].iloc[-1]) for day in MILESTONES if day <= rows["days"].iloc[-1]]
    every += [(int(rows["days"].iloc[-1]), rows.iloc[-1])]
    at = "".join(f" After {counted(day, 'day')}: {_share(row)}." for day, row in dict(every).items())
    titled(
        ax, title, f"Share of skills that have not yet come to {rest}{band}",
        alt_text=f"{title}. {told[:1].upper() + told[1:]}.{at}",
        reading=f"The line falls wherever a skill was left: {told}. The further right, the fewer skills were "
        "followed for so long (the numbers below), and the less sure is the line.",
    )  # fmt: skip


def _share(row: pd.Series) -> str:
    span = f" (95% interval {row['low']:.0%} to {row['high']:.0%})" if pd.notna(row["low"]) else ""
    return f"{row['estimate']:.0%}{span}"
