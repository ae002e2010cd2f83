"""The chart of breadth against achievement across people: each learner a dot, and the odds ratios below."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter, NullLocator

from mmlib.charts.layout import (
    DRAWN,
    LABEL_SIZE,
    WIDTH,
    canvas,
    column,
    intervals,
    nothing,
    row_labels,
    titled,
    wrapped,
)
from mmlib.charts.letters import text_width
from mmlib.charts.style import INK, OBSERVED, RULE, styled
from mmlib.charts.synergy.breadth import PLURALS
from mmlib.errors import counted
from mmlib.words import capital, number

ROWS = {
    ("all sessions", "nothing"): "crude",
    ("all sessions", "hours"): "at equal hours",
    ("equal sessions", "hours"): "at equal hours and sessions",
}
LABELS = 100  # points
FURTHEST = 16.0
TICKS = (0.06, 0.12, 0.25, 0.5, 1, 2, 4, 8, 16)


@styled
def breadth_odds(
    odds: pd.DataFrame, learners: pd.DataFrame, *, of: str = "skill", confidence: float = 0.95, ax: Axes | None = None
) -> Axes:
    """Draw whether those who practise more broadly achieve more often, crude and at equal hours.

    Parameters
    ----------
    odds : DataFrame
        What `synergy.breadth_odds` returned: outcome, breadth, adjusted_for, estimate, low, high, n, n_achieved,
        reason.
    learners : DataFrame
        What `synergy.learner_breadth` returned for the same log: achieved, effective, hours, sessions.
    of : {"skill", "domain", "self"}
        What the measures counted.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> odds = pd.DataFrame({"outcome": "breakthrough", "breadth": "all sessions", "adjusted_for": ["nothing", "hours"],
    ...                      "estimate": [1.9, 1.1], "low": [1.3, 0.7], "high": [2.9, 1.7], "n": 60, "n_achieved": 24})
    >>> learners = pd.DataFrame({"achieved": [True, False], "effective": [4.1, 2.0], "hours": [60.0, 12.0],
    ...                          "sessions": [150, 40]})
    >>> breadth_odds(odds, learners).finding
    'Broader learners achieve more often, but at equal hours no association is clear: odds ×1.1 for each further \
effective skill (0.70 to 1.7)'
    """
    rows = _rows(odds)
    if learners.empty or rows["estimate"].isna().all():
        return nothing(ax, _why_nothing(odds, learners))
    own = ax is not None
    ax = canvas(ax, 4.6)
    ax.set_axis_off()
    left, right = (0.0, 1.0) if own else _sides(rows)
    untimed = _dots(ax.inset_axes([left, 0.46, right - left, 0.54]), learners, PLURALS[of])
    _ratios(ax.inset_axes([0, 0, 1, 0.26]), rows, of)
    _words(ax, rows, (of, confidence, untimed))
    return ax


def _rows(odds: pd.DataFrame) -> pd.DataFrame:
    """Return the odds ratios that are drawn, in their order."""
    keys = pd.MultiIndex.from_frame(odds[["breadth", "adjusted_for"]])
    known = odds.assign(label=[ROWS.get(key, "") for key in keys])
    order = {label: i for i, label in enumerate(ROWS.values())}
    known = known[known["label"] != ""]
    return known.sort_values("label", key=lambda labels: labels.map(order), ignore_index=True)


def _why_nothing(odds: pd.DataFrame, learners: pd.DataFrame) -> str:
    start = "There is no comparison of breadth and achievement to show"
    reasons = odds["reason"].loc[odds["reason"] != ""] if "reason" in odds else pd.Series(dtype=str)
    if learners.empty or reasons.empty:
        return f"{start}: it takes the logs of several learners, and milestones that some have reached."
    return f"{start}. {capital(reasons.iloc[0])}."


def _sides(rows: pd.DataFrame) -> tuple[float, float]:
    """Return from where to where the dots may go, in widths of what the words of the rows leave between them."""
    lines = [line for label in rows["label"] for line in wrapped(label, LABELS, size=LABEL_SIZE)]
    left = max(text_width(line, LABEL_SIZE) for line in lines)
    right = max(text_width(_ratio(row), LABEL_SIZE) for row in rows.to_dict("records"))
    between = WIDTH * 72 * DRAWN - left - right - 20
    return (36 - left) / between, 1 + (right - 4) / between


def _dots(ax: Axes, learners: pd.DataFrame, many: str) -> int:
    """Draw each learner, and return how many have no hours."""
    timed = learners["hours"].notna().any()
    amount = learners["hours"] if timed else learners["sessions"].astype(float)
    known, achieved = amount.notna(), learners["achieved"].astype(bool)
    for part, color, look in ((known & ~achieved, OBSERVED, {"mfc": "none"}), (known & achieved, INK, {"alpha": 0.85})):
        ax.plot(amount[part], learners["effective"][part], "o", color=color, ms=7, mew=1.5, clip_on=False, **look)
    ax.set_xscale("log")
    low, high = amount[known].min(), amount[known].max()
    ax.set_xlim(low / 1.15, high * 1.15)
    ticks = [t * 10.0**p for p in range(-2, 6) for t in (1, 2, 5) if low / 1.15 <= t * 10.0**p <= high * 1.15]
    ax.xaxis.set_major_locator(FixedLocator(ticks or [low]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(lambda value, _: number(value))
    ax.set_ylim(0.8, max(learners["effective"].max() * 1.08, 2))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set_xlabel("hours of practice" if timed else "practice sessions")
    ax.set_ylabel(f"effective {many}")
    return int((~known).sum())


def _ratios(ax: Axes, rows: pd.DataFrame, of: str) -> None:
    """Draw the odds ratios with their intervals, one row each."""
    ax.set_xscale("log")
    ax.axvline(1, color=RULE, lw=1.2, zorder=0.9)
    intervals(ax, rows)
    row_labels(ax, rows["label"], width=LABELS)
    limits = rows[["estimate", "low", "high"]].to_numpy(dtype=float)
    limits = limits[np.isfinite(limits) & (limits > 0)]
    reach = float(np.clip(1.1 * np.exp(np.abs(np.log(limits)).max(initial=np.log(2))), 2.2, FURTHEST))
    ax.set_xlim(1 / reach, reach)
    ax.xaxis.set_major_locator(FixedLocator([tick for tick in TICKS if 1 / reach <= tick <= reach]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(lambda value, _: f"×{value:g}")
    ax.set_xlabel(f"odds of having achieved, for each further effective {of}", size=LABEL_SIZE)
    column(ax, [_ratio(row) for row in rows.to_dict("records")])


def _ratio(row: dict) -> str:
    """Return an odds ratio with its interval, where there is one."""
    if pd.isna(row["estimate"]):
        return "–"
    low, high = (_number(row[end]) for end in ("low", "high"))
    return f"×{_number(row['estimate'])} ({low} to {high})"


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "∞"
    return f"{value:.1f}" if 0.95 <= value < 100 else f"{value:.2f}" if value < 0.95 else f"{value:,.0f}"


def _clear(row: dict | None) -> int:
    """Return 1 or -1 where the interval leaves out 1, by its side, and 0 where not."""
    return 0 if row is None else int(row["low"] > 1) - int(row["high"] < 1)


def _finding(rows: pd.DataFrame, of: str) -> str:
    """Return whether breadth goes with achievement; the adjusted odds ratio decides."""
    by_label = {row["label"]: row for row in rows.to_dict("records") if pd.notna(row["estimate"])}
    crude, equal, both = (by_label.get(label) for label in ROWS.values())
    if equal is None:
        sure = _clear(crude)
        side = f"{'' if sure else 'not clearly '}with {'less' if sure < 0 else 'more'} achievement"
        return f"Breadth goes {side}, but hours could not be held equal"
    size = f"odds {_ratio(equal).replace(' (', f' for each further effective {of} (')}"
    if _clear(equal):
        side = "achievement" if _clear(equal) > 0 else "less achievement"
        also = "" if both is None or _clear(both) == _clear(equal) else "; not clearly at equal sessions too"
        return f"At equal hours, breadth goes with {side}: {size}{also}"
    if _clear(crude):
        side = "more" if _clear(crude) > 0 else "less"
        return f"Broader learners achieve {side} often, but at equal hours no association is clear: {size}"
    return f"No association of breadth with achievement is clear: at equal hours, {size}"


def _words(ax: Axes, rows: pd.DataFrame, extent: tuple[str, float, int]) -> None:
    of, confidence, untimed = extent
    title, first = _finding(rows, of), rows.iloc[0]
    people = f"{int(first['n_achieved'])} of {counted(int(first['n']), 'learner')}"
    told = "; ".join(f"{row['label']} {_ratio(row)}" for row in rows.to_dict("records") if pd.notna(row["estimate"]))
    reasons = dict.fromkeys(row["reason"] for row in rows.to_dict("records") if row.get("reason"))
    missing = f"not drawn: {counted(untimed, 'learner')} without hours" if untimed and not reasons else ""
    titled(
        ax, title,
        f"Above, each learner (filled: {people}, with a milestone “{first['outcome']}”); below, odds ratios with "
        f"{confidence:.0%} intervals",
        footnote=capital("; ".join(reasons) or missing),
        alt_text=f"{title}. {capital(people)} achieved. Odds ratios: {told}.",
        reading="Filled dots that lie higher than hollow ones would speak for breadth, but who practises longer, "
        "further right, also finds time for more; so the row at equal hours counts, and a bar across ×1 "
        "means that there may be no association at all. Even a clear one is no proof that breadth is what helps.",
    )  # fmt: skip
