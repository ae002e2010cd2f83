"""Learning curves: what was recorded trial by trial, and the curve that was fitted to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import WIDTH, canvas, note, nothing, panels, target_line, titled, wrapped
from mmlib.charts.style import ACCENT, BAND, BOLD, HIGHLIGHT, MUTED, OBSERVED, TARGET, styled
from mmlib.errors import counted
from mmlib.words import capital, date, from_to, listed, number

RASTERED = 400  # more dots than this become a picture inside the SVG, or a report would weigh megabytes
LINE_POINTS = 300
NO_TRIALS = "There are no learning curves to show: no trial has a score yet."


@styled
def learning_curves(points: pd.DataFrame, *, since: object = None, most: int = 9) -> np.ndarray:
    """Draw one small panel per skill: every trial, the fitted curve with its band, and the target.

    Parameters
    ----------
    points : DataFrame
        What `payoff.curve_points` returned, for one learner.
    since : date, optional
        Trials from this date on are highlighted, and skills with most of them come first.
    most : int
        How many skills to draw.

    Returns
    -------
    ndarray of Axes
        Panels in rows and columns; unused ones are hidden.

    Examples
    --------
    >>> points = pd.DataFrame({
    ...     "skill": "juggling", "trial": [1, 2, 3], "start": pd.to_datetime(["2026-10-01"] * 3),
    ...     "observed": [30.0, 52.0, 60.0], "fitted": [34.0, 50.0, 61.0], "low": [28.0, 45.0, 57.0],
    ...     "high": [40.0, 55.0, 65.0], "better": "higher", "unit": "catches", "target": 100.0, "model": "power"})
    >>> learning_curves(points)[0, 0].finding
    'Juggling went from 34 to 61 catches over 3 trials'
    """
    scored = points.dropna(subset=["observed"])
    if scored.empty:
        return np.array([[nothing(None, NO_TRIALS)]])
    since = None if since is None else pd.Timestamp(since)
    names = _order(scored, since)
    shown = [points[points["skill"] == name].sort_values("trial") for name in names[:most]]
    columns = 1 if len(shown) == 1 else 2 if len(shown) in (2, 4) else 3
    rows = -(-len(shown) // columns)
    axes = panels(rows, columns, 3.1 if columns == 1 else 2.0 * rows if columns == 3 else 2.5 * rows)
    mixed = not all(_lower(series) for series in shown)
    for ax, series in zip(axes.flat, shown, strict=False):
        _panel(ax, series, since, width=WIDTH * 72 / columns - 30)
        if mixed and _lower(series):
            _note_lower(ax)
    for ax in axes.flat[len(shown) :]:
        ax.set_axis_off()
    for ax in axes.flat[max(len(shown) - columns, 0) : len(shown)]:
        ax.set_xlabel("trial")
    _words(axes, shown, since, len(names))
    return axes


@styled
def learning_curve(points: pd.DataFrame, *, since: object = None, ax: Axes | None = None) -> Axes:
    """Draw one skill's learning curve, large: every trial, the fitted curve with its band, and the target.

    Parameters
    ----------
    points : DataFrame
        What `payoff.curve_points` returned, for one learner and one skill; of several skills the one with most
        trials is drawn.
    since : date, optional
        Trials from this date on are highlighted.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> learning_curve(pd.DataFrame({"skill": [], "observed": []})).alt_text
    'There are no learning curves to show: no trial has a score yet.'
    """
    scored = points.dropna(subset=["observed"])
    if scored.empty:
        return nothing(ax, NO_TRIALS)
    since = None if since is None else pd.Timestamp(since)
    series = points[points["skill"] == _order(scored, None)[0]].sort_values("trial")
    ax = canvas(ax, 3.4)
    _draw(ax, series, since)
    ax.set(xlabel="trial", ylabel=_unit(series))
    _words(ax, [series], since, 1)
    return ax


def _order(scored: pd.DataFrame, since: pd.Timestamp | None) -> list[str]:
    recent = scored["start"] >= since if since is not None else pd.Series(True, index=scored.index)
    counts = pd.DataFrame({"skill": scored["skill"], "recent": recent.astype(int), "all": 1})
    counts = counts.groupby("skill", as_index=False).sum()
    return counts.sort_values(["recent", "all", "skill"], ascending=[False, False, True])["skill"].to_list()


def _panel(ax: Axes, series: pd.DataFrame, since: pd.Timestamp | None, *, width: float) -> None:
    _draw(ax, series, since)
    ax.set_title(wrapped(series["skill"].iloc[0], width, size=12, weight=BOLD, most=1)[0], pad=22)
    line = wrapped(_small_finding(series), width, size=10.5, most=1)[0]
    ax.annotate(line, (0, 1), xytext=(0, 7), xycoords="axes fraction", textcoords="offset points", va="bottom",
                size=10.5, color=MUTED)  # fmt: skip


def _draw(ax: Axes, series: pd.DataFrame, since: pd.Timestamp | None) -> None:
    low, high = _limits(series)
    _curve(ax, series)
    seen = series.dropna(subset=["observed"])
    recent = seen["start"] >= since if since is not None else pd.Series(False, index=seen.index)
    many = len(seen) > RASTERED
    for part, color, z in ((seen[~recent], OBSERVED, 2.1), (seen[recent], HIGHLIGHT, 2.2)):
        if len(part):
            ax.plot(part["trial"], part["observed"], "o", color=color, zorder=z, rasterized=many,
                    ms=2.4 if many else 3.6, alpha=0.25 if len(part) > 4000 else 0.5 if many else 0.8)  # fmt: skip
    low, high = _target(ax, series, low, high)
    pad = 0.06 * (high - low) or max(abs(high) * 0.1, 0.5)
    ax.set_ylim(low - pad, high + pad * (3 if _lower(series) else 1))
    last = max(series["trial"].max(), 2)
    ax.set_xlim(1 - 0.03 * last, last * 1.03)
    ax.xaxis.set_major_locator(MaxNLocator(3, integer=True, prune=None))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.grid(False, axis="x")


def _note_lower(ax: Axes) -> None:
    ax.annotate("lower is better", (1, 1), xytext=(-2, -2), xycoords="axes fraction", va="top", ha="right",
                textcoords="offset points", size=10, color=MUTED, zorder=4)  # fmt: skip


def _curve(ax: Axes, series: pd.DataFrame) -> None:
    fitted = series.dropna(subset=["fitted"])
    if fitted.empty:
        return
    line = fitted.iloc[np.unique(np.linspace(0, len(fitted) - 1, min(len(fitted), LINE_POINTS)).astype(int))]
    ax.fill_between(line["trial"], line["low"], line["high"], color=BAND, alpha=0.75, lw=0, zorder=2)
    ax.plot(line["trial"], line["fitted"], color=ACCENT, lw=2.2, zorder=3)


def _target(ax: Axes, series: pd.DataFrame, low: float, high: float) -> tuple[float, float]:
    target = series["target"].iloc[0]
    if pd.isna(target):
        return low, high
    # The label stands on the side of the line that the learner has not reached yet.
    under, words = _lower(series), f"target {number(target)}"
    look = {"size": 10, "color": TARGET, "zorder": 4, "va": "top" if under else "bottom"}
    reach = 0.8 * (high - low)
    if low - reach <= target <= high + reach:
        target_line(ax, target)
        note(ax, 1, target, words, dx=0, dy=-3 if under else 2, **look)
        room = 0.14 * (max(high, target) - min(low, target))
        return min(low, target - room * under), max(high, target + room * (not under))
    above = target > high
    look |= {"va": "top" if above else "bottom", "xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(f"{words} {'↑' if above else '↓'}", (0, above), xytext=(3, -2 if above else 3), **look)
    return low, high


def _limits(series: pd.DataFrame) -> tuple[float, float]:
    """Return the range to show: a few far-off trials must not flatten all others; the curve stays in."""
    observed = series["observed"].dropna()
    low, high = observed.quantile(0.1), observed.quantile(0.9)
    reach = 3 * (high - low)
    least, most = observed.min(), observed.max()
    if reach > 0:
        least, most = max(least, low - reach), min(most, high + reach)
    # The first trials of a long series can lie, and the curve begin, far beyond all that follows.
    curve = series["fitted"].dropna().iloc[int(0.01 * len(series)) :]
    room = 0.15 * (observed.max() - observed.min())
    curve = curve.clip(observed.min() - room, observed.max() + room)
    return (min(least, curve.min()), max(most, curve.max())) if len(curve) else (least, most)


def _lower(series: pd.DataFrame) -> bool:
    return series["better"].iloc[0] == "lower"


def _unit(series: pd.DataFrame) -> str:
    unit = series["unit"].iloc[0]
    return "score" if pd.isna(unit) or not unit else str(unit)


def _ends(series: pd.DataFrame) -> tuple[float, float] | None:
    """Return the curve at the first (no further than was observed) and last scored trial; None if there is none."""
    fitted = series.loc[series["observed"].notna(), "fitted"].dropna()
    if fitted.empty or series["model"].iloc[0] == "flat":
        return None
    first = np.clip(fitted.iloc[0], series["observed"].min(), series["observed"].max())
    return float(first), float(fitted.iloc[-1])


def _improved(series: pd.DataFrame) -> bool:
    """Return whether the bands around the curve's two ends are apart, the end on the better side."""
    if _ends(series) is None:
        return False
    ends = series.dropna(subset=["observed", "fitted", "low", "high"]).iloc[[0, -1]]
    if _lower(series):
        return bool(ends["high"].iloc[-1] < ends["low"].iloc[0]) if len(ends) else False
    return bool(ends["low"].iloc[-1] > ends["high"].iloc[0]) if len(ends) else False


def _small_finding(series: pd.DataFrame) -> str:
    ends, fitted = _ends(series), series["fitted"].dropna()
    if ends is not None:
        return f"{' → '.join(from_to(*ends))} {_unit(series)}"
    if fitted.empty:
        return "too few trials for a curve"
    return f"about {number(fitted.iloc[-1])} {_unit(series)}"


def _went(series: pd.DataFrame) -> str:
    start_to_end = " to ".join(from_to(*_ends(series)))
    return f"{series['skill'].iloc[0]} went from {start_to_end} {_unit(series)}"


def _one(series: pd.DataFrame) -> str:
    name, n = series["skill"].iloc[0], counted(int(series["observed"].notna().sum()), "trial")
    if _ends(series) is not None:
        return f"{_went(series)} over {n}"
    if series["fitted"].notna().any():
        return f"{name} shows no clear change over {n}: about {number(series['fitted'].iloc[-1])} {_unit(series)}"
    return f"{name} has too few trials for a curve ({n})"


def _title(shown: list[pd.DataFrame]) -> str:
    if len(shown) == 1:
        return capital(_one(shown[0]))
    better = [series for series in shown if _improved(series)]
    if not any(series["fitted"].notna().any() for series in shown):
        return "No skill has enough trials for a learning curve yet"
    if not better:
        return f"None of the {len(shown)} skills shows a clear improvement over all its trials"
    return f"{len(better)} of {len(shown)} skills improved clearly; {_went(better[0])}"


def _words(axes: Axes | np.ndarray, shown: list[pd.DataFrame], since: pd.Timestamp | None, n: int) -> None:
    seen = pd.concat(shown)["observed"]
    recent = "" if since is None else f" (orange: since {date(since)})"
    few = f"; the {len(shown)} most practised of {n} skills" if n > len(shown) else ""
    lower = "; lower is better" if all(_lower(series) for series in shown) else ""
    subtitle = f"Each dot is a trial{recent}; blue is the fitted curve with its 95% band{lower}{few}"
    n_seen = int(seen.notna().sum())
    drawn = f"{counted(n_seen, 'trial')} {'is' if n_seen == 1 else 'are'} drawn."
    reading = (
        "The blue line is what a typical trial brings, and the band around it is where that line may lie with 95% "
        f"confidence; single dots scatter more widely. {drawn}"
    )
    if not any(series["fitted"].notna().any() for series in shown):
        subtitle, reading = f"Each dot is a trial{recent}{few}", f"There are too few trials for a curve so far: {drawn}"
    outside = sum(_outside(series) for series in shown)
    if outside:
        beyond = f"{'lies' if outside == 1 else 'lie'} beyond the panel's edge"
        subtitle += f"; {outside:,} of {int(seen.notna().sum()):,} trials {beyond}"
        reading += f" {outside:,} of them {beyond}, so that the others can be told apart."
    failed = int(seen.isna().sum())
    if failed:
        reading += f" {counted(failed, 'failed trial')} without a score {'is' if failed == 1 else 'are'} not drawn."
    title = _title(shown)
    every = f" Fitted curves: {listed(_one(series) for series in shown)}." if len(shown) > 1 else ""
    titled(axes, title, subtitle, alt_text=f"{title}.{every}", reading=reading)


def _outside(series: pd.DataFrame) -> int:
    low, high = _limits(series)
    return int(((series["observed"] < low) | (series["observed"] > high)).sum())
