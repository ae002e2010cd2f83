"""Small doors: how much practice until the first payoff, and until the target."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, few, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, RULE, TARGET, styled
from mmlib.errors import counted
from mmlib.words import capital, listed, number

TICKS = [1 / 60, 2 / 60, 5 / 60, 0.25, 1, 4, 15, 60, 250, 1000, 4000]
PAYOFF, MASTERY = "first payoff", "mastery"
Door = Mapping[str, float]


@styled
def small_doors(small_doors: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the hours of practice until each skill's first payoff, and until its target was reached.

    Parameters
    ----------
    small_doors : DataFrame
        What `structure.small_doors` returned: skill, door, estimate, low, high, n, reached, hours_so_far.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["omelette"] * 2, "door": ["first payoff", "mastery"], "estimate": [0.3, 5.8],
    ...                       "low": np.nan, "high": np.nan, "n": 1, "reached": 1, "hours_so_far": np.nan})
    >>> small_doors(table).finding
    'Omelette is the smallest door: the first payoff came after 18 min of practice, the target after 5.8 h'
    """
    rows = _wide(small_doors)
    if rows.empty:
        return nothing(ax, "There are no doors to show: rate the payoff from 1 to 5, or give the cards a target.")
    n, rows = len(rows), rows.head(MOST_ROWS)
    ax = canvas(ax, ROW * len(rows) + 0.65)
    ax.set_xscale("log")
    _axis(ax, rows)
    doors = list(_each(rows).values())
    for y, row in enumerate(doors):
        ends = [row[door][name] for door in (PAYOFF, MASTERY) for name in ("estimate", "so_far")]
        ends = [value for value in ends if not np.isnan(value)]
        ax.plot([min(ends), max(ends)], [y, y], color=RULE, lw=1.2, zorder=0.9)
        for door, color, marker in ((PAYOFF, ACCENT, "o"), (MASTERY, TARGET, "D")):
            _door(ax, y, row[door], color, marker)
    row_labels(ax, list(rows.index))
    column(ax, [f"{_amount(row[PAYOFF])} → {_amount(row[MASTERY])}" for row in doors])
    _words(ax, rows, n, _unknown(small_doors, rows, n))
    return ax


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per skill of which something is known, the soonest payoff first."""
    values = table.rename(columns={"hours_so_far": "so_far"})[
        ["skill", "door", "estimate", "low", "high", "n", "reached", "so_far"]
    ]
    # Of a learner without minutes nothing can be drawn, of hours of nothing neither: the axis is logarithmic.
    values["so_far"] = values["so_far"].where(values["estimate"].isna() & (values["so_far"] > 0))
    wide = values.drop_duplicates(["skill", "door"]).pivot_table(
        index="skill", columns="door", dropna=False, sort=False
    )
    wide = wide.swaplevel(axis=1)
    for door in (PAYOFF, MASTERY):
        for name in ("estimate", "low", "high", "n", "reached", "so_far"):
            if (door, name) not in wide:
                wide[door, name] = np.nan
    wide = wide.sort_index(axis=1)
    known = [wide[door, name].notna() for door in (PAYOFF, MASTERY) for name in ("estimate", "so_far")]
    wide = wide[np.any(known, axis=0)] if len(wide) else wide
    keys = [wide[PAYOFF, "estimate"], wide[MASTERY, "estimate"], wide[MASTERY, "so_far"]]
    return wide.iloc[np.lexsort([key.fillna(np.inf) for key in reversed(keys)])]


def _each(rows: pd.DataFrame) -> dict[str, dict[str, Door]]:
    """Return what is known of each skill's doors."""
    payoff, mastery = (rows[door].to_dict("index") for door in (PAYOFF, MASTERY))
    return {skill: {PAYOFF: payoff[skill], MASTERY: mastery[skill]} for skill in rows.index}


def _door(ax: Axes, y: int, door: Door, color: str, marker: str) -> None:
    """Draw when a door opened, with its interval; a hollow mark for how long it has not."""
    if np.isnan(door["estimate"]):
        ax.plot(door["so_far"], y, ">", mfc="none", mec=color, mew=1.6, ms=7.5)
        return
    if not np.isnan(door["low"]):
        known = not np.isnan(door["high"])
        ax.hlines(
            y, door["low"], door["high"] if known else door["estimate"], color=color, lw=3, alpha=0.45, capstyle="round"
        )
        if not known:
            ax.hlines(y, door["estimate"], ax.get_xlim()[1], color=color, lw=2, ls=(0, (1, 2)))
    ax.plot(door["estimate"], y, marker, color=color, ms=7.5 if marker == "o" else 6.5)


def _axis(ax: Axes, rows: pd.DataFrame) -> None:
    columns = [column for column in rows.columns if column[1] in ("estimate", "low", "high", "so_far")]
    ends = rows[columns].to_numpy(dtype=float)
    low, high = np.nanmin(ends) / 1.5, np.nanmax(ends) * 1.5
    ax.set_xlim(low, high)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    ax.set_xticks(ticks, [_hours(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("hours of practice, each step about four times the last")


def _hours(hours: float) -> str:
    return f"{number(round(hours * 60))} min" if hours < 0.995 else f"{number(round(hours, 1 if hours < 10 else 0))} h"


def _amount(door: Door) -> str:
    if not np.isnan(door["estimate"]):
        return _hours(door["estimate"])
    return "?" if np.isnan(door["so_far"]) else f"over {_hours(door['so_far'])}"


def _unknown(table: pd.DataFrame, rows: pd.DataFrame, n: int) -> str:
    missing = [skill for skill in dict.fromkeys(table["skill"]) if skill not in rows.index] if len(rows) == n else []
    some = missing if len(missing) <= 6 else [*missing[:5], f"{len(missing) - 5} others"]
    return f"No payoff rated and no target to reach: {listed(some)}" if missing else ""


def _words(ax: Axes, rows: pd.DataFrame, n: int, footnote: str) -> None:
    many = rows[[(PAYOFF, "n"), (MASTERY, "n")]].to_numpy(dtype=float)
    learners = int(np.nanmax(many))
    first, row = rows.index[0], rows.iloc[0]
    payoff, mastery = row[PAYOFF]["estimate"], row[MASTERY]["estimate"]
    if not np.isnan(payoff):
        came = "came after" if learners == 1 else f"came to half of its {row[PAYOFF]['n']:.0f} learners within"
        title = f"{capital(first)} is the smallest door: the first payoff {came} {_hours(payoff)} of practice"
        title += "" if np.isnan(mastery) else f", the target after {_hours(mastery)}"
    elif not np.isnan(mastery):
        title = f"{capital(first)} is the smallest door: the target was reached after {_hours(mastery)} of practice"
    else:
        title = "No skill has given a first payoff yet, or reached its target"
    doors = _each(rows).items()
    every = listed(f"{skill} {_amount(row[PAYOFF])}, {_amount(row[MASTERY])}" for skill, row in doors)
    subtitle = "Practice until the first payoff of 4 or more (blue) and until the target (green)"
    subtitle += f", median of up to {counted(learners, 'learner')} with 95% intervals" if learners > 1 else ""
    waiting = rows[[(PAYOFF, "so_far"), (MASTERY, "so_far")]].notna().to_numpy().any()
    reading = (
        "The further left a dot, the sooner the skill gave something back: a small door. The numbers on the right "
    )
    reading += "are the practice until the first payoff and until the middle of five scores was at the target."
    reading += " A hollow arrow means not yet: more than that much practice is needed." if waiting else ""
    endless = [rows[door]["low"].notna() & rows[door]["high"].isna() for door in (PAYOFF, MASTERY)]
    reading += " A dotted end: no upper limit can be told yet." if np.any(endless) else ""
    titled(ax, title, f"{subtitle}{few(len(rows), n)}", alt_text=f"{title}. First payoff and target: {every}.",
           reading=reading, footnote=footnote)  # fmt: skip
