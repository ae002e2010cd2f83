"""What is said of learning curves."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import titled
from mmlib.charts.payoff.curve_dots import Curve
from mmlib.errors import counted
from mmlib.words import RATE, capital, change_of, date, listed, measured


def small_finding(curve: Curve) -> str:
    """Return a panel's finding in a few words."""
    if curve.ends is not None:
        return change_of(*curve.ends, curve.unit, to=" → ") + (" (worse)" if curve.changed < 0 else "")
    if np.isnan(curve.level):
        return "too few trials for a curve"
    return f"about {measured(curve.level, curve.unit)}"


def _went(curve: Curve) -> str:
    verb = "got worse, from" if curve.changed < 0 else "went from"
    return f"{curve.skill} {verb} {change_of(*curve.ends, curve.unit)}"


def _one(curve: Curve) -> str:
    n = counted(int(curve.seen.sum()), "trial")
    if curve.ends is not None:
        return f"{_went(curve)} over {n}"
    if not np.isnan(curve.level):
        return f"{curve.skill} shows no clear change over {n}: about {measured(curve.level, curve.unit)}"
    return f"{curve.skill} has too few trials for a curve ({n})"


def _title(shown: list[Curve]) -> str:
    if len(shown) == 1:
        return capital(_one(shown[0]))
    better = [curve for curve in shown if curve.changed > 0]
    worse = [curve.skill for curve in shown if curve.changed < 0]
    if all(np.isnan(curve.level) for curve in shown):
        return "No skill has enough trials for a learning curve yet"
    back = listed(worse) if len(worse) < 3 else f"{len(worse)} skills"
    back = f"; {back} got worse" if worse else ""
    if not better:
        none = "Neither skill" if len(shown) == 2 else f"None of the {len(shown)} skills"
        return f"{none} shows a clear improvement over all its trials{back}"
    return f"{len(better)} of {len(shown)} skills improved clearly; {_went(better[0])}{back}"


def _dot(shown: list[Curve]) -> str:
    """Return what a dot is."""
    sizes = sorted({curve.in_a_row for curve in shown})
    if sizes == [1]:
        return "Each dot is a trial"
    span = f"{sizes[-1]:,}" if sizes[0] in (1, sizes[-1]) else f"{sizes[0]:,} to {sizes[-1]:,}"
    rate = f"the {RATE} of {span} trials in a row"
    return f"Each dot is {rate}" if sizes[0] > 1 else f"Each dot is a trial, or {rate}"


def curve_words(axes: Axes | np.ndarray, shown: list[Curve], since: pd.Timestamp | None, n: int) -> None:
    """Write the finding, what is drawn and how to read it."""
    recent = "" if since is None else f" (orange: since {date(since)})"
    few = f"; the {len(shown)} most practised of {n} skills" if n > len(shown) else ""
    below = "; lower is better" if all(curve.lower for curve in shown) else ""
    subtitle = f"{_dot(shown)}{recent}; blue is the fitted curve with its 95% band{below}{few}"
    n_seen = sum(int(curve.seen.sum()) for curve in shown)
    drawn = f"{counted(n_seen, 'trial')} {'is' if n_seen == 1 else 'are'} drawn."
    reading = (
        "The blue line is what a trial brings on average, and the band around it is where that line may lie with 95% "
        f"confidence; single dots scatter more widely. {drawn}"
    )
    if all(np.isnan(curve.level) for curve in shown):
        subtitle, reading = f"{_dot(shown)}{recent}{few}", f"There are too few trials for a curve so far: {drawn}"
    far = sum(curve.outside for curve in shown)
    if far:
        of, noun = (f"{n_seen:,}", "trials") if all(curve.in_a_row == 1 for curve in shown) else ("the", "dots")
        beyond = f"{'lies' if far == 1 else 'lie'} beyond the panel's edge"
        subtitle += f"; {far:,} of {of} {noun} {beyond}"
        them = "them" if noun == "trials" else "the dots"
        reading += f" {far:,} of {them} {beyond}, so that the others can be told apart."
    unscored = sum(len(curve.seen) for curve in shown) - n_seen
    if unscored:
        one = unscored == 1
        reading += f" {unscored:,} {'trial' if one else 'trials'} without a score {'is' if one else 'are'} not drawn."
    title = _title(shown)
    every = f" Fitted curves: {listed(_one(curve) for curve in shown)}." if len(shown) > 1 else ""
    titled(axes, title, subtitle, alt_text=f"{title}.{every}", reading=reading)
