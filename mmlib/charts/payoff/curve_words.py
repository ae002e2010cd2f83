"""What is said of learning curves."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import titled
from mmlib.charts.payoff.curve_dots import in_a_row, outside
from mmlib.errors import counted
from mmlib.words import RATE, capital, change_of, date, listed, measured

FIRST = 10
"""A curve that runs off beyond its first trials is said to begin within the range of so many of them."""


def lower(series: pd.DataFrame) -> bool:
    """Return whether lower is better."""
    return series["better"].iloc[0] == "lower"


def unit_of(series: pd.DataFrame) -> str:
    """Return the unit, or what stands for it."""
    unit = series["unit"].iloc[0]
    return "score" if pd.isna(unit) or not unit else str(unit)


def ends(series: pd.DataFrame) -> tuple[float, float] | None:
    """Return the curve at the first (no further off than the first few) and last scored trial; None without one."""
    scored = series.dropna(subset=["observed"])
    fitted = scored["fitted"].dropna()
    if fitted.empty or series["model"].iloc[0] == "flat":
        return None
    begin = scored["observed"].iloc[:FIRST]
    return float(np.clip(fitted.iloc[0], begin.min(), begin.max())), float(fitted.iloc[-1])


def _changed(series: pd.DataFrame) -> int:
    """Return 1 where the bands around the curve's two ends are apart, the end on the better side; -1 on the worse."""
    apart = series.dropna(subset=["observed", "fitted", "low", "high"])
    if ends(series) is None or apart.empty:
        return 0
    first, last = apart.iloc[0], apart.iloc[-1]
    up, down = last["low"] > first["high"], last["high"] < first["low"]
    return (int(up) - int(down)) * (-1 if lower(series) else 1)


def small_finding(series: pd.DataFrame) -> str:
    """Return a panel's finding in a few words."""
    from_to, fitted = ends(series), series["fitted"].dropna()
    if from_to is not None:
        return change_of(*from_to, unit_of(series), to=" → ") + (" (worse)" if _changed(series) < 0 else "")
    if fitted.empty:
        return "too few trials for a curve"
    return f"about {measured(fitted.iloc[-1], unit_of(series))}"


def _went(series: pd.DataFrame) -> str:
    verb = "got worse, from" if _changed(series) < 0 else "went from"
    return f"{series['skill'].iloc[0]} {verb} {change_of(*ends(series), unit_of(series))}"


def _one(series: pd.DataFrame) -> str:
    name, n = series["skill"].iloc[0], counted(int(series["observed"].notna().sum()), "trial")
    if ends(series) is not None:
        return f"{_went(series)} over {n}"
    if series["fitted"].notna().any():
        return f"{name} shows no clear change over {n}: about {measured(series['fitted'].iloc[-1], unit_of(series))}"
    return f"{name} has too few trials for a curve ({n})"


def _title(shown: list[pd.DataFrame]) -> str:
    if len(shown) == 1:
        return capital(_one(shown[0]))
    better = [series for series in shown if _changed(series) > 0]
    worse = [series["skill"].iloc[0] for series in shown if _changed(series) < 0]
    if not any(series["fitted"].notna().any() for series in shown):
        return "No skill has enough trials for a learning curve yet"
    back = listed(worse) if len(worse) < 3 else f"{len(worse)} skills"
    back = f"; {back} got worse" if worse else ""
    if not better:
        none = "Neither skill" if len(shown) == 2 else f"None of the {len(shown)} skills"
        return f"{none} shows a clear improvement over all its trials{back}"
    return f"{len(better)} of {len(shown)} skills improved clearly; {_went(better[0])}{back}"


def _dot(shown: list[pd.DataFrame]) -> str:
    """Return what a dot is."""
    sizes = sorted({in_a_row(series) for series in shown})
    if sizes == [1]:
        return "Each dot is a trial"
    span = f"{sizes[-1]:,}" if sizes[0] in (1, sizes[-1]) else f"{sizes[0]:,} to {sizes[-1]:,}"
    rate = f"the {RATE} of {span} trials in a row"
    return f"Each dot is {rate}" if sizes[0] > 1 else f"Each dot is a trial, or {rate}"


def curve_words(axes: Axes | np.ndarray, shown: list[pd.DataFrame], since: pd.Timestamp | None, n: int) -> None:
    """Write the finding, what is drawn and how to read it."""
    seen = pd.concat(shown)["observed"]
    recent = "" if since is None else f" (orange: since {date(since)})"
    few = f"; the {len(shown)} most practised of {n} skills" if n > len(shown) else ""
    below = "; lower is better" if all(lower(series) for series in shown) else ""
    subtitle = f"{_dot(shown)}{recent}; blue is the fitted curve with its 95% band{below}{few}"
    n_seen = int(seen.notna().sum())
    drawn = f"{counted(n_seen, 'trial')} {'is' if n_seen == 1 else 'are'} drawn."
    reading = (
        "The blue line is what a trial brings on average, and the band around it is where that line may lie with 95% "
        f"confidence; single dots scatter more widely. {drawn}"
    )
    if not any(series["fitted"].notna().any() for series in shown):
        subtitle, reading = f"{_dot(shown)}{recent}{few}", f"There are too few trials for a curve so far: {drawn}"
    far = sum(outside(series) for series in shown)
    if far:
        of, noun = (f"{n_seen:,}", "trials") if all(in_a_row(series) == 1 for series in shown) else ("the", "dots")
        beyond = f"{'lies' if far == 1 else 'lie'} beyond the panel's edge"
        subtitle += f"; {far:,} of {of} {noun} {beyond}"
        them = "them" if noun == "trials" else "the dots"
        reading += f" {far:,} of {them} {beyond}, so that the others can be told apart."
    unscored = int(seen.isna().sum())
    if unscored:
        one = unscored == 1
        reading += f" {unscored:,} {'trial' if one else 'trials'} without a score {'is' if one else 'are'} not drawn."
    title = _title(shown)
    every = f" Fitted curves: {listed(_one(series) for series in shown)}." if len(shown) > 1 else ""
    titled(axes, title, subtitle, alt_text=f"{title}.{every}", reading=reading)
