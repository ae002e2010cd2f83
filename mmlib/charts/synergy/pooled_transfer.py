"""The forest of pooled transfer: what several learners say together about each pair of skills."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mmlib.charts.layout import MOST_ROWS, ROW, canvas, column, intervals, nothing, row_labels, titled, zero_line
from mmlib.charts.style import ACCENT, BAD, OBSERVED, styled
from mmlib.charts.synergy import pairs
from mmlib.words import MINUS, listed


@styled
def pooled_transfer(pooled: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Draw for each pair of skills how much one goes better or worse after more of the other, over all learners.

    Parameters
    ----------
    pooled : DataFrame
        What `synergy.pooled_transfer` returned.
    confidence : float
        The confidence that the intervals were computed with.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "from_skill": ["harmonica"], "to_skill": ["ukulele"], "estimate": [0.6], "low": [0.3], "high": [0.9],
    ...     "p_value": [0.001], "q_value": [0.001], "n": [12], "days": [900], "tau": [0.2], "tau_low": [0.0],
    ...     "tau_high": [0.5], "i2": [0.3], "prediction_low": [0.0], "prediction_high": [1.2], "window_days": [7],
    ...     "per": ["hour"], "verdict": ["better after more"], "reason": [""]})
    >>> pooled_transfer(table).finding
    'Over 12 learners, ukulele goes better after more harmonica: +0.6 SD per hour (+0.3 to +0.9)'
    """
    known, found = pairs.estimated(pooled), pairs.surviving(pooled)
    if known.empty:
        return nothing(ax, "There is no pooled transfer to show: it takes a pair of skills with estimates of at least "
                           "3 learners.")  # fmt: skip
    rows = _shown(known)
    ax = canvas(ax, (ROW + 0.05) * len(rows) + 0.65)
    zero_line(ax)
    ax.hlines(range(len(rows)), rows["prediction_low"], rows["prediction_high"], color=OBSERVED, lw=1.1, zorder=1.5)
    for verdict, color in ((pairs.BETTER, ACCENT), (pairs.WORSE, BAD), ("none found", OBSERVED)):
        values = rows[["estimate", "low", "high"]].where(rows["verdict"] == verdict)
        if values["estimate"].notna().any():
            intervals(ax, values, color=color)
    mixed = len(set(rows["per"])) > 1
    row_labels(ax, [_pair(row, mixed) for _, row in rows.iterrows()], width=175)
    _scale(ax, rows)
    column(ax, [f"n = {n:,.0f}" for n in rows["n"]])
    few = pooled[pooled["estimate"].isna()]
    _pooled_words(ax, (known, found, rows), confidence, footnote=_few(few))
    return ax


def _shown(known: pd.DataFrame) -> pd.DataFrame:
    """Return the clearest pairs, the best first."""
    clearest = known.sort_values(["p_value", "from_skill", "to_skill"], kind="stable").head(MOST_ROWS)
    return clearest.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def _pair(row: pd.Series, mixed: bool) -> str:
    return f"{row['from_skill']} → {row['to_skill']}" + (f" (per {row['per']})" if mixed else "")


def _scale(ax: Axes, rows: pd.DataFrame) -> None:
    """Let the axis hold all estimates and nearly all intervals: those of three learners can be very long."""
    ends = rows[["low", "high"]].abs()
    clear = ends[rows["verdict"] != "none found"].max().max()
    reach = 1.1 * np.nanmax([1.1 * rows["estimate"].abs().max(), np.nanquantile(ends, 0.8), clear, 0.1])
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+.2g}".replace("-", MINUS) if abs(value) > 1e-9 else "0")
    ax.set_xlabel(f"change in SD for each {pairs.per(rows)} in the {pairs.before(rows)}")


def _few(few: pd.DataFrame) -> str:
    if few.empty:
        return ""
    names = [f"{row['from_skill']} → {row['to_skill']}" for _, row in few.head(3).iterrows()]
    names += [f"{len(few) - 3} other pairs"] if len(few) > 4 else []
    names = names if len(few) != 4 else [f"{row['from_skill']} → {row['to_skill']}" for _, row in few.iterrows()]
    return f"Too few learners: {listed(names)}"


def _title(found: pd.DataFrame, known: pd.DataFrame) -> str:
    if len(found) == 1:
        row = found.iloc[0]
        return f"Over {row['n']:.0f} learners, {pairs.clause(row)}: {pairs.size(row)}"
    if found.empty:
        return (
            f"Over all learners, {pairs.finding(found, len(known))[:1].lower()}{pairs.finding(found, len(known))[1:]}"
        )
    return pairs.finding(found, len(known))


def _pooled_words(ax: Axes, tables: tuple[pd.DataFrame, ...], confidence: float, *, footnote: str) -> None:
    known, found, rows = tables
    title, n = _title(found, known), len(known)
    clearest = f"; the {len(rows)} clearest of {n} pairs" if n > len(rows) else ""
    told = [_told(row) for _, row in rows.iterrows()]
    titled(
        ax, title, "How much better the second skill goes after more of the first: mean over n learners with its "
        f"{confidence:.0%} interval (thick), and where one more learner would be (thin){clearest}",
        footnote=footnote, alt_text=f"{title}. {'; '.join(told)}.", reading=_reading(found),
    )  # fmt: skip


def _told(row: pd.Series) -> str:
    span = f"{pairs.short(row['prediction_low'])} to {pairs.short(row['prediction_high'])}"
    return f"{_pair(row, False)} {pairs.size(row)}, {row['n']:.0f} learners, one more {span}"


def _reading(found: pd.DataFrame) -> str:
    words = (
        "Right of the line, the learners on average did better in the second skill after more of the first, left of "
        "it worse, in standard deviations (SD) of each one's own ups and downs from day to day. Only pairs with a "
        "false discovery rate of at most 10% are coloured. "
    )
    if len(found):
        row = found.iloc[0]
        differ = f"the learners' own values differ by a standard deviation of about {row['tau']:.1f}"
        words += f"In {_pair(row, False)}, {differ if row['tau'] >= 0.05 else 'no difference between learners shows'}"
        sure = row["prediction_low"] > 0 or row["prediction_high"] < 0
        words += f", and one more learner {'is likely to' if sure else 'may or may not'} go the same way. "
    return words + "It is an association, not an effect."
