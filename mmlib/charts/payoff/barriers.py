"""The chart of plateaus, leaps and dips."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import WIDTH, nothing, panels, titled, wrapped
from mmlib.charts.letters import text_width
from mmlib.charts.style import ACCENT, BAD, BAND, BOLD, INK, MUTED, OBSERVED, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, date, listed, number, signed

RASTERED = 400
SIZE = 10
PANEL_HEIGHT = 2.1
NO_TRIALS = "There are no plateaus, leaps or dips to show: no skill has enough trials with a score yet."


@styled
def barriers(points: pd.DataFrame, barriers: pd.DataFrame, *, most: int = 6) -> np.ndarray:
    """Draw each skill that has a plateau, leap or dip: every trial, the fitted curve, and where these are.

    Parameters
    ----------
    points : DataFrame
        What `payoff.curve_points` returned, for one learner.
    barriers : DataFrame
        What `payoff.barriers` returned, for the same learner.
    most : int
        How many skills to draw: those with leaps first, then those with most trials. Where none has a plateau, leap
        or dip, the skill with most trials is drawn.

    Returns
    -------
    ndarray of Axes
        One panel below the other.

    Examples
    --------
    >>> points = pd.DataFrame({
    ...     "skill": "juggling", "trial": [1, 2, 3], "observed": [30.0, 31.0, 60.0], "fitted": [29.0, 36.0, 55.0],
    ...     "better": "higher", "unit": "catches"})
    >>> found = pd.DataFrame({
    ...     "skill": ["juggling"], "kind": ["leap"], "trial": [3], "trial_low": [3], "trial_high": [3],
    ...     "trial_until": pd.array([None], "Int64"), "start": pd.to_datetime(["2026-10-03"]), "until": [pd.NaT],
    ...     "estimate": [28.0], "low": [22.0], "high": [34.0], "unit": ["catches"], "passed": [None],
    ...     "isolated": [True], "reason": [""]})
    >>> barriers(points, found)[0, 0].finding
    'Juggling leapt by 28 catches on 3 October 2026'
    """
    scored = points.dropna(subset=["observed"])
    if scored.empty or barriers.empty:
        return np.array([[nothing(None, NO_TRIALS)]])
    counts = scored.groupby("skill").size()
    found = barriers.dropna(subset=["kind", "estimate"])
    found = found[found["skill"].isin(counts.index)]
    names = _order(found, counts)
    drawn = names[:most] or [str(counts.sort_values(kind="stable").index[-1])]
    axes = panels(len(drawn), 1, PANEL_HEIGHT * len(drawn) + 0.3)
    for ax, name in zip(axes.flat, drawn, strict=True):
        series = scored[scored["skill"] == name].sort_values("trial")
        _panel(ax, series, found[found["skill"] == name])
    axes[-1, 0].set_xlabel("trial")
    _words(axes, found, barriers, drawn, len(names))
    return axes


def _order(found: pd.DataFrame, counts: pd.Series) -> list[str]:
    """Return the skills with finds: those with leaps first, then those with most trials."""
    table = pd.DataFrame({"skill": found["skill"], "leaps": (found["kind"] == "leap").astype(int)})
    table = table.groupby("skill", as_index=False)["leaps"].max()
    table["n"] = table["skill"].map(counts)
    return table.sort_values(["leaps", "n", "skill"], ascending=[False, False, True])["skill"].to_list()


def _panel(ax: Axes, series: pd.DataFrame, found: pd.DataFrame) -> None:
    many, y = len(series) > RASTERED, series["observed"]
    ax.plot(series["trial"], y, "o", color=OBSERVED, zorder=2, rasterized=many, ms=2.4 if many else 3.4,
            alpha=0.25 if len(series) > 4000 else 0.5 if many else 0.8)  # fmt: skip
    low, high = y.quantile(0.1), y.quantile(0.9)
    reach = 3 * (high - low) or np.inf
    low, high = max(y.min(), low - reach), min(y.max(), high + reach)
    curve = series.dropna(subset=["fitted"])
    if len(curve):
        curve = curve.iloc[np.unique(np.linspace(0, len(curve) - 1, 300).astype(int))]
        ax.plot(curve["trial"], curve["fitted"], color=ACCENT, lw=1.6, alpha=0.7, zorder=3)
    first, last = series["trial"].min(), max(series["trial"].max(), series["trial"].min() + 1)
    ax.set_xlim(first - 0.03 * (last - first), last + 0.03 * (last - first))
    rows = _marks(ax, found.sort_values("trial"), last)
    room = (high - low) or max(abs(high) * 0.2, 1.0)
    ax.set_ylim(low - 0.06 * room, high + room * (0.06 + 0.13 * rows))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.grid(False, axis="x")
    unit = "score" if pd.isna(series["unit"].iloc[0]) else series["unit"].iloc[0]
    words = f"{unit}, lower is better" if series["better"].iloc[0] == "lower" else unit
    right = wrapped(words, 0.4 * WIDTH * 72, size=SIZE, most=1)[0]
    room = WIDTH * 72 - 50 - text_width(right, SIZE)
    ax.set_title(right, loc="right", size=SIZE, color=MUTED, weight="normal", pad=6)
    ax.set_title(wrapped(series["skill"].iloc[0], room, size=12, weight=BOLD, most=1)[0], loc="left", size=12, pad=6)


def _marks(ax: Axes, found: pd.DataFrame, last: int) -> int:
    """Draw the plateaus, leaps and dips with their labels above the trials; return how many rows of labels."""
    ends: list[list[tuple[float, float]]] = []
    left, right = ax.get_xlim()
    per_point = (right - left) / (WIDTH * 72 - 60)
    for row in found.to_dict("records"):
        color, until = _span(ax, row, last)
        words = _label(row)
        width = text_width(words, SIZE) * per_point
        begin = row["trial"] + 4 * per_point
        if row["kind"] == "plateau" and width > until - row["trial"]:
            continue
        if row["kind"] == "plateau":
            begin = float(np.clip((row["trial"] + until - width) / 2, left, max(right - width, left)))
        elif begin + width > right:
            begin = max(row["trial"] - width - 4 * per_point, left)
        level = next((i for i, taken in enumerate(ends) if not _meets(taken, begin, begin + width)), len(ends))
        ends[level : level + 1] = [[*(ends[level] if level < len(ends) else []), (begin, begin + width)]]
        ax.annotate(words, (begin, 1), xytext=(0, -2 - level * (SIZE + 3)), xycoords=ax.get_xaxis_transform(),
                    textcoords="offset points", va="top", size=SIZE, color=color, zorder=5)  # fmt: skip
    return len(ends)


def _meets(taken: list[tuple[float, float]], begin: float, end: float) -> bool:
    """Return whether a label would run into one that stands in the row already."""
    return any(begin < other_end and other_begin < end for other_begin, other_end in taken)


def _span(ax: Axes, row: dict[str, object], last: int) -> tuple[str, float]:
    """Draw where one plateau, leap or dip is; return its colour and its last trial."""
    until = last if pd.isna(row["trial_until"]) else row["trial_until"]
    if row["kind"] == "plateau":
        ax.axvspan(row["trial"] - 0.5, until + 0.5, color=RULE, alpha=0.3, lw=0, zorder=0.6)
        return INK, until
    color = ACCENT if row["kind"] == "leap" else BAD
    ax.axvspan(row["trial_low"] - 0.5, row["trial_high"] + 0.5, color=BAND if row["kind"] == "leap" else color,
               alpha=0.75 if row["kind"] == "leap" else 0.12, lw=0, zorder=0.7)  # fmt: skip
    ax.axvline(row["trial"], color=color, lw=1.6, zorder=2.5)
    ax.hlines(0.03, row["trial"], until, color=color, lw=4, transform=ax.get_xaxis_transform(), zorder=4)
    return color, until


def _label(row: dict[str, object]) -> str:
    if row["kind"] == "plateau":
        return "plateau"
    return f"{row['kind']} {signed(row['estimate'])}"


def _size(row: dict[str, object]) -> str:
    unit = "" if pd.isna(row["unit"]) else f" {row['unit']}"
    return f"{number(abs(row['estimate']))}{unit}"


def _sentence(row: dict[str, object]) -> str:
    """Return one find with its numbers, for those who cannot see the chart."""
    where = f"from trial {row['trial']:,} ({date(row['start'])})"
    until = "" if pd.isna(row["trial_until"]) else f" to {row['trial_until']:,}"
    if row["kind"] == "plateau":
        return f"{row['skill']}: plateau {where}{until}"
    return (
        f"{row['skill']}: {row['kind']} of {_size(row)} (95% {number(row['low'])} to {number(row['high'])})"
        f" {where}{until or ' on'}"
    )


def _title(found: pd.DataFrame, barriers: pd.DataFrame) -> str:
    if found.empty:
        searched = barriers["skill"].nunique()
        return f"No leap or dip stands out in {'any of ' if searched > 1 else ''}{counted(searched, 'skill')}"
    leaps = found[found["kind"] == "leap"]
    row = (leaps if len(leaps) else found).assign(size=lambda table: table["high"] - table["low"])
    row = row.assign(clear=row["estimate"].abs() / row["size"].clip(lower=1e-12)).sort_values("clear").iloc[-1]
    done = "leapt" if row["kind"] == "leap" else "dipped" if row["kind"] == "dip" else "stood still"
    amount = "" if row["kind"] == "plateau" else f" by {_size(row)}"
    others = sum(found["kind"] != "plateau") - 1
    rest = f"; {counted(others, 'other leap or dip', 'other leaps and dips')} elsewhere" if others > 0 else ""
    return f"{capital(row['skill'])} {done}{amount} on {date(row['start'])}{rest}"


def _words(axes: np.ndarray, found: pd.DataFrame, barriers: pd.DataFrame, drawn: list[str], n: int) -> None:
    title = _title(found, barriers)
    if found.empty:
        subtitle = "Each dot is a trial of the most practised skill, the line the fitted curve"
        reasons = barriers["reason"].dropna().loc[lambda text: text != ""].unique()
        why = f" {capital(reasons[0])}." if len(barriers) == 1 and len(reasons) else ""
        titled(axes, title, subtitle, alt_text=f"{title}.{why}", reading=f"{title}.{why}")
        return
    few = f"; {len(drawn)} of {n} skills that have any" if n > len(drawn) else ""
    subtitle = f"Dots are trials, the line is the fitted curve; a bar at the foot shows how long a change lasted{few}"
    shown = found[found["skill"].isin(drawn)]
    reading = (
        "A leap is a sudden rise above the learner's own curve, a dip a sudden fall below it; the band around the"
        " upright line is where it may have begun, with 95% confidence. A plateau, in grey, is the stretch before a"
        f" leap without a clear rise.{_parts(shown)}"
    )
    alt_text = f"{title}. {'; '.join(_sentence(row) for row in shown.to_dict('records'))}."
    titled(axes, title, subtitle, alt_text=alt_text, reading=reading)


def _parts(shown: pd.DataFrame) -> str:
    """Return what is known of the sessions before the leaps."""
    told = shown[(shown["kind"] == "leap") & shown["isolated"].notna()]
    isolated = told[told["isolated"].astype(bool)]["skill"].unique()
    if not len(isolated):
        return ""
    return f" Before the leap in {listed(isolated)}, sessions had isolated the parts; that need not be why."
