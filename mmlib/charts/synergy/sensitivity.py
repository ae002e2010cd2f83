"""What would explain it away: something unmeasured, or hobbies recorded with unequal care."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from mmlib.charts.layout import LABEL_SIZE, MOST_ROWS, column, nothing, panels, row_labels, titled
from mmlib.charts.style import ACCENT, INK, OBSERVED, RULE, styled
from mmlib.charts.synergy.ratios import ratio_axis, times
from mmlib.words import capital

TALL = 0.42
MOST = 10.0
"""An E-value beyond this is drawn at the edge: nothing that is likely to be overlooked is so strong."""


@styled
def sensitivity(sensitivity: pd.DataFrame) -> np.ndarray:
    """Draw what it would take to explain each odds ratio away: an unmeasured cause, or unequal recording.

    Parameters
    ----------
    sensitivity : DataFrame
        What `synergy.sensitivity` returned.

    Returns
    -------
    ndarray of Axes
        Two panels side by side.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "domain": ["art"], "outcome": "breakthrough", "estimate": 5.4, "low": 1.3, "high": 27.0, "common": True,
    ...     "e_value": 4.1, "e_value_limit": 1.6, "mh_e_value": 1.4, "mh_e_value_limit": 1.0, "detection": 3.6,
    ...     "detection_limit": 1.25, "reason": ""})
    >>> sensitivity(table)[0, 0].finding
    'To explain art away takes a hidden cause with a risk ratio of 1.6, or only 80% of the others’ hobbies on record'
    """
    rows = sensitivity[sensitivity["estimate"].notna()]
    if rows.empty:
        return np.array([[nothing(None, "There is nothing to explain away: no domain has an odds ratio.")]])
    rows = rows.sort_values(["e_value_limit", "e_value"], ascending=False, kind="stable").reset_index(drop=True)
    n, rows = len(rows), rows.head(MOST_ROWS)
    axes = panels(1, 2, TALL * len(rows) + 0.95)
    _unmeasured(axes[0, 0], rows)
    _unequal(axes[0, 1], rows)
    _words(axes, rows, n)
    return axes


def _unmeasured(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the E-values: from that of the limit to that of the estimate."""
    row_labels(ax, rows["domain"], width=95)
    most = min(MOST, 1.15 * np.nanmax(rows[["e_value", "mh_e_value"]].replace(np.inf, MOST).to_numpy(float)))
    ax.set_xlim(0.9, max(most, 3.0))
    for start, color, offset in (("e_value", OBSERVED, -0.14), ("mh_e_value", ACCENT, 0.14)):
        _bars(ax, rows[f"{start}_limit"], rows[start], offset=offset, color=color)
    ax.axvline(1, color=RULE, lw=1.2, zorder=0.9)
    ax.xaxis.set_major_locator(FixedLocator(range(1, 11) if ax.get_xlim()[1] < 6 else (1, 4, 7, 10)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    _heading(ax, "something unmeasured:", "risk ratio with both")


def _unequal(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw how many times as completely the achievers' hobbies would have been recorded."""
    ratio_axis(ax, rows["detection"], rows["detection_limit"], least=1.6)
    _bars(ax, rows["detection_limit"], rows["detection"], offset=0.0, color=OBSERVED)
    ax.set_yticks([])
    ax.set_ylim(len(rows) - 0.45, -0.55)
    ax.grid(False, axis="y")
    column(ax, [_of_100(row) for row in rows.to_dict("records")])
    _heading(ax, "unequal recording:", "achievers’ hobbies, times as completely")


def _bars(ax: Axes, limit: pd.Series, value: pd.Series, *, offset: float, color: str) -> None:
    left, right = ax.get_xlim()
    for row, (near, far) in enumerate(zip(limit, value, strict=True)):
        if np.isnan(far):
            continue
        y, (start, end) = row + offset, np.clip(sorted((near, far)), left, right)
        ax.hlines(y, start, end, color=color, lw=2.6, alpha=0.45)
        over = far > right or far < left
        ax.plot(np.clip(far, left, right), y, (">" if far > right else "<") if over else "o", color=color, ms=7,
                clip_on=False)  # fmt: skip
        ax.plot(near, y, "|", color=color, ms=11, mew=2.2)


def _heading(ax: Axes, name: str, words: str) -> None:
    ax.annotate(name, (0, 1), xytext=(0, 6), xycoords="axes fraction", textcoords="offset points", ha="left",
                va="bottom", size=LABEL_SIZE, color=INK)  # fmt: skip
    ax.set_xlabel(words, loc="left")


def _recorded(detection: float) -> float:
    """Return the share recorded in the group with the poorer records, where the other's are complete."""
    return min(detection, 1 / detection) if detection > 0 else 0.0


def _of_100(row: dict) -> str:
    if f"{_recorded(row['detection_limit']):.0%}" == "100%":
        return "chance may do"
    return " to ".join(f"{_recorded(row[name]):.0%}" for name in ("detection", "detection_limit"))


def _finding(rows: pd.DataFrame) -> str:
    top = rows.iloc[0]
    if not top["e_value_limit"] > 1:
        every = "the odds ratio" if len(rows) == 1 else f"each of the {len(rows)} odds ratios"
        return f"Chance alone could explain {every}"
    poor = "others" if top["estimate"] > 1 else "achievers"
    return (
        f"To explain {top['domain']} away takes a hidden cause with a risk ratio of {times(top['e_value_limit'])}, "
        f"or only {_recorded(top['detection_limit']):.0%} of the {poor}’ hobbies on record"
    )


def _words(axes: np.ndarray, rows: pd.DataFrame, n: int) -> None:
    title = _finding(rows)
    every = [
        f"{row['domain']} E-value {times(row['e_value'])} (limit {times(row['e_value_limit'])})"
        + ("" if pd.isna(row["mh_e_value"]) else f", within strata {times(row['mh_e_value'])}")
        + f", detection {times(row['detection'])} times (limit {times(row['detection_limit'])})"
        for row in rows.to_dict("records")
    ]
    more = f"; the first {len(rows)} of {n} domains" if n > len(rows) else ""
    drawn = (
        "Dot: all of it explained; stroke: enough to let chance do the rest. Grey: all learners; blue: within strata. "
        f"Right: how much of the hobbies the poorer records would hold{more}"
    )
    reading = (
        "The further right, the more it takes. Left: talent, time or money, say, would have to make both the hobby and "
        "the success so many times as likely. Right: achievers are read about in biographies, others fill in a form; "
        "if so much less of the others’ hobbies is on record, nothing is left. A stroke at 1 needs chance alone."
    )
    titled(axes, title, drawn, alt_text=f"{title}. {capital('; '.join(every))}.", reading=reading)
