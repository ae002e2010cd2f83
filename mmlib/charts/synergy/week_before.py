"""What the week before looked like: how one skill went after little and after much of another."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import LABEL_SIZE, WIDTH, canvas, nothing, titled, wrapped
from mmlib.charts.style import ACCENT, BAND, INK, OBSERVED, RULE, styled
from mmlib.charts.synergy import pairs
from mmlib.errors import MMError, counted, did_you_mean
from mmlib.words import MINUS, capital, listed, number

RASTERED = 400  # more dots than this become a picture inside the SVG
FEWEST_ZEROS = 0.15
"""From so large a share of days without any practice before on, these are a group of their own."""

APART = 0.11  # of the chart's width, from the middle of one group's name to that of the next

FAR = 2.5
"""Dots further than this from the middle half, in its widths, do not stretch the scale."""


@styled
def week_before(points: pd.DataFrame, transfer: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how one skill went against how much of another was practised in the week before.

    Parameters
    ----------
    points : DataFrame
        What `synergy.transfer_points` returned for one pair of skills, of one learner: from_skill, to_skill, hours
        (of from_skill in the window before), deviation, per.
    transfer : DataFrame
        What `synergy.transfer` returned; the row of the pair gives the line and its interval.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    MMError
        For points of several learners or pairs, or a pair that `transfer` has no row for.

    Examples
    --------
    >>> row = {"learner": "ada", "from_skill": "harmonica", "to_skill": "ukulele", "estimate": 0.9, "low": 0.5,
    ...        "high": 1.3, "p_value": 1e-5, "q_value": 1e-4, "n": 4, "verdict": "better after more", "per": "hour",
    ...        "window_days": 7, "reason": ""}
    >>> points = pd.DataFrame({"learner": "ada", "from_skill": "harmonica", "to_skill": "ukulele",
    ...                        "hours": [0.0, 0.5, 1.0, 2.0], "deviation": [-0.8, -0.1, 0.0, 0.9], "per": "hour"})
    >>> week_before(points, pd.DataFrame([row])).finding
    'Ukulele goes better after more harmonica: +0.9 SD for each hour in the week before (+0.5 to +1.3)'
    """
    known = points.dropna(subset=["hours", "deviation"])
    if known.empty:
        return nothing(ax, "There is no week before to show: no practice day of the pair could be used.")
    row = _row(known, transfer)
    if pd.isna(row["estimate"]):
        why = f": {row['reason']}" if row.get("reason") else ""
        pair = f"{row['to_skill']} goes better or worse after more {row['from_skill']}"
        return nothing(ax, f"Whether {pair} could not be tested{why}.")
    ax = canvas(ax, 3.1)
    groups = _groups(known)
    _fit(ax, known, row)
    many = len(known) > RASTERED
    look = {"color": OBSERVED, "ms": 4.5, "alpha": 0.2 if many else 0.55, "zorder": 2, "rasterized": many}
    ax.plot(known["hours"], known["deviation"], "o", **look)
    ax.plot(groups["hours"], groups["deviation"], "D", color=INK, ms=7.5, zorder=4)
    beyond = _scale(ax, known, row)
    _names(ax, groups)
    _week_words(ax, known, (row, groups, len(pairs.estimated(pd.DataFrame(transfer)))), beyond)
    return ax


def _row(points: pd.DataFrame, transfer: pd.DataFrame) -> pd.Series:
    """Return the estimate of the pair that the points are of."""
    keys = [key for key in ("learner", "from_skill", "to_skill") if key in points]
    pair = points[keys].drop_duplicates()
    if len(pair) > 1:
        raise MMError(
            f"points: found {counted(len(pair), 'pair')} of learner and skills, expected one. Draw each alone."
        )
    table = pd.DataFrame([transfer]) if isinstance(transfer, pd.Series) else transfer
    same = (table[keys].astype(object) == pair.iloc[0].astype(object)).all(axis=1)
    if not same.any():
        first, second = pair.iloc[0][["from_skill", "to_skill"]]
        there = (f"{a} → {b}" for a, b in table[["from_skill", "to_skill"]].itertuples(index=False))
        raise MMError(
            f'transfer: found no row of "{first}" → "{second}", which the points are of. '
            + did_you_mean(f"{first} → {second}", dict.fromkeys(there))
        )
    return table[same].iloc[0]


def _groups(known: pd.DataFrame) -> pd.DataFrame:
    """Return the mean hours and deviation after none, some and much, or after the least, more and the most."""
    hours = known["hours"]
    if (hours == 0).mean() >= FEWEST_ZEROS and (hours > 0).any():
        middle = hours[hours > 0].median()
        names = np.select([hours == 0, hours <= middle], ["none", "some"], "much")
        order = ["none", "some", "much"]
    else:
        third, two_thirds = hours.quantile([1 / 3, 2 / 3])
        names = np.select([hours <= third, hours <= two_thirds], ["least", "middle"], "most")
        order = ["least", "middle", "most"]
    found = known.groupby(names)[["hours", "deviation"]].mean().assign(n=known.groupby(names).size())
    if len(found) == 1:
        return found.set_axis(["all"])
    return found.reindex([name for name in order if name in found.index])


def _fit(ax: Axes, known: pd.DataFrame, row: pd.Series) -> None:
    """Draw the line through the middle of the dots, and the fan of all slopes that its interval holds."""
    ax.axhline(0, color=RULE, lw=1.2, zorder=0.9)
    x = np.array([known["hours"].min(), known["hours"].mean(), known["hours"].max()])
    middle, off = known["deviation"].mean(), x - x[1]
    ends = np.array([middle + row["low"] * off, middle + row["high"] * off])
    if pd.notna(row["low"]):
        ax.fill_between(x, ends.min(axis=0), ends.max(axis=0), color=BAND, alpha=0.75, lw=0, zorder=1)
    ax.plot(x, middle + row["estimate"] * off, color=ACCENT, lw=2.4, zorder=3)


def _scale(ax: Axes, known: pd.DataFrame, row: pd.Series) -> int:
    """Let the axes hold the groups and nearly all dots, and return how many lie beyond."""
    deviation = known["deviation"]
    low, high = deviation.quantile([0.25, 0.75])
    reach = FAR * max(high - low, 0.5)
    least, most = max(deviation.min(), low - reach), min(deviation.max(), high + reach)
    room = 0.06 * max(most - least, 1.0)
    ax.set_ylim(least - room, most + 4 * room)
    width = max(known["hours"].max() - known["hours"].min(), 0.5)
    ax.set_xlim(known["hours"].min() - 0.03 * width, known["hours"].max() + 0.03 * width)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=pairs.per(row) == "session"))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:+.2g}".replace("-", MINUS) if abs(value) > 1e-9 else "0")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.grid(False, axis="x")
    clipped = wrapped(row["from_skill"], WIDTH * 72 * 0.5, size=LABEL_SIZE, most=1)[0]
    what = "hours" if pairs.per(row) == "hour" else "sessions"
    ax.set_xlabel(f"{what} of {clipped} in the {pairs.before(row)}")
    return int(((deviation < least) | (deviation > most)).sum())


def _names(ax: Axes, groups: pd.DataFrame) -> None:
    """Name the groups and their means at the top of the chart, above the diamonds as far as there is room."""
    low, high = ax.get_xlim()
    places = ((groups["hours"] - low) / (high - low)).to_list()
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + APART)
    over = max(places[-1] - 1, 0)
    for place, (name, group) in zip(places, groups.iterrows(), strict=True):
        ax.text(place - over, 1, f"{name}\n{pairs.short(group['deviation'])}", ha="center", va="top", color=INK,
                size=LABEL_SIZE, linespacing=1.05, transform=ax.transAxes, zorder=5)  # fmt: skip


def _one_way(row: pd.Series) -> bool:
    """Return whether all slopes that the interval holds lead the same way."""
    return bool(row["low"] > 0 or row["high"] < 0)


def _finding(row: pd.Series, n: int) -> str:
    """Return whether the pair stands out among n pairs that were tested."""
    if row["verdict"] in (pairs.BETTER, pairs.WORSE):
        return pairs.clause(row)
    if _one_way(row):
        way = "better" if row["estimate"] > 0 else "worse"
        among = f"among {n:,} pairs that" if n > 1 else "that"
        return f"{row['to_skill']} went {way} after more {row['from_skill']}, but {among} may well be chance"
    return f"{row['to_skill']} goes neither clearly better nor clearly worse after more {row['from_skill']}"


def _slopes(row: pd.Series, n: int) -> str:
    if not _one_way(row):
        return "a level one may be among them. "
    if row["verdict"] in (pairs.BETTER, pairs.WORSE):
        return "all of them lead the same way. "
    return f"all of them lead the same way, but where {n:,} pairs are tried, some do so by chance. "


def _week_words(ax: Axes, known: pd.DataFrame, found: tuple[pd.Series, pd.DataFrame, int], beyond: int) -> None:
    row, groups, n = found
    first, second, when, per = row["from_skill"], row["to_skill"], pairs.before(row), pairs.per(row)
    span = "" if pd.isna(row["low"]) else f" ({pairs.short(row['low'])} to {pairs.short(row['high'])})"
    slope = f"{pairs.short(row['estimate'])} SD for each {per} in the {when}{span}"
    title = f"{capital(_finding(row, n))}: {slope}"
    means = listed(
        f"{name} {pairs.short(group['deviation'])} (n = {group['n']:,.0f})" for name, group in groups.iterrows()
    )
    gone = f"; {counted(beyond, 'dot')} beyond the edge" if beyond else ""
    titled(
        ax, title, f"Each dot is a practice day of {second}: how much better (up) or worse (down) than its own "
        f"course, in standard deviations (SD); diamonds are means{gone}",
        alt_text=f"{title}. {counted(len(known), 'practice day')}; mean deviation by how much {first}: {means}.",
        reading=f"Up means better than {second} was to be expected by its own learning curve, slow changes, recent "
        f"practice, the other skills and the weekday; right means more {first} in the {when}. The blue line is the "
        f"estimate, and the band holds the slopes that the data allow: {_slopes(row, n)}"
        "An association, not an effect.",
    )  # fmt: skip
