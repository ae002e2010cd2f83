"""The network of transfer: arrows between the skills of which one goes better or worse after more of the other."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from mmlib.charts.layout import LABEL_SIZE, WIDTH, canvas, nothing, titled, wrapped
from mmlib.charts.letters import text_width
from mmlib.charts.style import ACCENT, BAD, INK, styled
from mmlib.charts.synergy import pairs
from mmlib.errors import counted
from mmlib.words import capital, listed

Floats = NDArray[np.float64]

MOST_ARROWS, MOST_NUMBERED, MOST_LISTED = 20, 12, 12
ROW = 0.4
"""Inches from one skill to the next below it."""

WIDEST, THINNEST = 4.0, 1.2
LONGEST = WIDTH * 72 * 0.24  # points for a name
BOW, ROUND = 0.1, 0.6
"""How far an arrow bends, as a share of its length: across the page, and on one side of it."""

MARGIN = 10  # points above and below the skills
CLEAR = 9  # points between an arrow's end and the middle of the skill's dot
ALONG = np.linspace(0.02, 0.98, 49)
PLACES = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)
"""Where on its arrow a number may stand, the best place first."""


class Arrow(NamedTuple):
    """An arrow as it is drawn: its ends and its middle control point, in points on the page."""

    start: Floats
    bend: Floats
    end: Floats

    def at(self, share: Floats | float) -> Floats:
        """Return points of the curve at shares of its way."""
        t = np.asarray(share, dtype=float)[..., None]
        return (1 - t) ** 2 * self.start + 2 * t * (1 - t) * self.bend + t**2 * self.end

    def trimmed(self) -> list[Floats]:
        """Return the three points of the part of the curve that keeps clear of the dots at its ends."""
        # How fast the curve leaves its ends is twice the way to the middle control point.
        cut = min(CLEAR / max(2 * float(np.hypot(*(self.bend - self.start))), 1.0), 0.3)
        first, last = self.at(cut), self.at(1 - cut)
        kept = cut * (1 - cut)
        bend = kept * (self.start + self.end) + (1 - 2 * kept) * self.bend
        return [first, bend, last]


@styled
def transfer_network(transfer: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw an arrow from each skill to those that go better or worse after more of it, where that stands out.

    Parameters
    ----------
    transfer : DataFrame
        What `synergy.transfer` returned, for one learner.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    MMError
        For a table of several learners.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "learner": "ada", "from_skill": ["harmonica", "ukulele"], "to_skill": ["ukulele", "harmonica"],
    ...     "estimate": [0.9, 0.1], "low": [0.5, -0.4], "high": [1.3, 0.6], "p_value": [0.0001, 0.7],
    ...     "q_value": [0.0002, 0.7], "n": [110, 90], "per": "hour", "window_days": 7,
    ...     "verdict": ["better after more", "none found"], "reason": ""})
    >>> transfer_network(table).finding
    'Ukulele goes better after more harmonica'
    """
    table = pairs.of_one_learner(transfer)
    known, found = pairs.estimated(table), pairs.surviving(table)
    if found.empty:
        return nothing(ax, _why_nothing(len(known)))
    shown = found.head(MOST_ARROWS)
    left, right = _sides(shown)
    ax = canvas(ax, ROW * max(len(left), len(right)) + 2 * MARGIN / 72)
    places = _drawn_skills(ax, left, right)
    _arrows(ax, shown, places)
    apart = sorted(
        {*known["from_skill"], *known["to_skill"]} - {*found["from_skill"], *found["to_skill"]}, key=str.casefold
    )
    _network_words(ax, found, (len(known), len(shown)), apart)
    return ax


def _why_nothing(n: int) -> str:
    if n == 0:
        return "There is no network to show: no pair of skills could be tested for transfer."
    none = f"none of the {n:,} pairs" if n > 2 else "neither of the two pairs" if n == 2 else "not the one pair"
    return f"There is no network to show: {none} tested for transfer stands out."


def _sides(found: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the skills on the left and on the right, so that most arrows cross the page, from left to right."""
    gives, takes = found["from_skill"].value_counts(), found["to_skill"].value_counts()
    links = [*found[["from_skill", "to_skill"]].itertuples(index=False, name=None)]
    left: list[str] = []
    right: list[str] = []
    for name in dict.fromkeys(itertools.chain.from_iterable(links)):
        near = [b if a == name else a for a, b in links if name in (a, b)]
        pull = sum(other in right for other in near) - sum(other in left for other in near)
        gives_more = gives.get(name, 0) >= takes.get(name, 0)
        (left if pull > 0 or (pull == 0 and gives_more) else right).append(name)
    return _untangled(left, right, found)


def _untangled(left: list[str], right: list[str], found: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return both sides so ordered that linked skills lie at about the same height."""
    links = [*found[["from_skill", "to_skill"]].itertuples(index=False, name=None)]
    near = {name: [a if b == name else b for a, b in links if name in (a, b)] for name in [*left, *right]}
    for side in (0, 1) * 4:
        height = {name: i / max(len(own) - 1, 1) for own in (left, right) for i, name in enumerate(own)}
        (left, right)[side].sort(key=lambda name: (float(np.mean([height[other] for other in near[name]])), name))
    return left, right


def _drawn_skills(ax: Axes, left: list[str], right: list[str]) -> dict[str, Floats]:
    """Draw the skills on two arcs with their names outside, and return where they are, in points."""
    rows = max(len(left), len(right))
    width, height = WIDTH * 72 - 20, ROW * 72 * rows
    ax.set_axis_off()
    ax.set(xlim=(0, width), ylim=(height + MARGIN, -MARGIN))
    short = {name: wrapped(name, LONGEST, size=LABEL_SIZE, most=2) for name in [*left, *right]}
    room = max(text_width(line, LABEL_SIZE) for lines in short.values() for line in lines) + 10
    places = {}
    for names, side in ((left, -1), (right, 1)):
        for i, name in enumerate(names):
            y = height * (i + 0.5) / len(names)
            # The arcs bulge by as much as the page allows without bringing names near each other.
            bulge = 0.16 * (width - 2 * room) * (1 - (2 * y / height - 1) ** 2) if rows > 2 else 0.0
            edge = room + 0.16 * (width - 2 * room) * (rows > 2) - bulge
            x = edge if side < 0 else width - edge
            places[name] = np.array([x, y])
            ax.plot(x, y, "o", color=INK, ms=6, zorder=3)
            ax.text(x + side * 9, y, "\n".join(short[name]), ha="left" if side > 0 else "right", va="center",
                    size=LABEL_SIZE, color=INK, linespacing=1.0, in_layout=False)  # fmt: skip
    return places


def _arrows(ax: Axes, found: pd.DataFrame, places: dict[str, Floats]) -> None:
    """Draw the arrows, the wider the larger the estimate, and its number where no other is."""
    middle = np.mean(list(places.values()), axis=0)
    most = found["estimate"].abs().max()
    both = {(row["from_skill"], row["to_skill"]) for _, row in found.iterrows()}
    taken: list[Floats] = []
    curves = [_bent(places, row["from_skill"], row["to_skill"], middle, both) for _, row in found.iterrows()]
    for curve, (_, row) in zip(curves, found.iterrows(), strict=True):
        color = ACCENT if row["estimate"] > 0 else BAD
        width = THINNEST + (WIDEST - THINNEST) * abs(row["estimate"]) / most
        path = Path(curve.trimmed(), [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        style = f"-|>,head_length={4 + 1.3 * width:.1f},head_width={1.5 + 0.8 * width:.1f}"
        ax.add_patch(FancyArrowPatch(
            path=path, arrowstyle=style, color=color, lw=width, mutation_scale=1, alpha=0.75, zorder=2,
            joinstyle="miter", clip_on=False,
        ))  # fmt: skip
        if len(found) <= MOST_NUMBERED:
            others = [other.at(ALONG) for other in curves if other is not curve]
            spot = _free(curve, others, taken)
            taken.append(spot)
            ax.text(*spot, pairs.short(row["estimate"]), ha="center", va="center", size=LABEL_SIZE, color=color,
                    zorder=4, in_layout=False)  # fmt: skip


def _bent(places: dict[str, Floats], start: str, end: str, middle: Floats, both: set[tuple[str, str]]) -> Arrow:
    """Return an arrow that bends towards the middle of the chart, or to its right where one comes back."""
    a, b = places[start], places[end]
    across = np.array([a[1] - b[1], b[0] - a[0]])
    one_side = abs(a[0] - b[0]) < abs(a[1] - b[1]) * 0.6
    returns = (end, start) in both
    towards = 1.0 if returns and not one_side else np.sign(across @ (middle - (a + b) / 2)) or 1.0
    length = max(float(np.hypot(*(b - a))), 1.0)
    bow = max(ROUND, 50 / length) * (1.5 if returns and start < end else 1.0) if one_side else min(BOW, 26 / length)
    return Arrow(a, (a + b) / 2 + towards * bow * across, b)


def _free(curve: Arrow, others: list[Floats], taken: list[Floats]) -> Floats:
    """Return the place beside an arrow that is furthest from the other arrows and numbers."""
    slope = curve.at(0.51) - curve.at(0.49)
    beside = np.array([slope[1], -slope[0]]) / max(np.hypot(*slope), 1e-9)
    candidates = [curve.at(share) + side * 11 * beside for share in PLACES for side in (1, -1)]
    lines = np.concatenate([*others, np.zeros((0, 2))])
    numbers = np.array(taken).reshape(-1, 2)

    def room(spot: Floats) -> float:
        # A number is about twice as wide as high.
        to_line = np.hypot(*((lines - spot) / [1.7, 1.0]).T).min(initial=14.0)
        to_number = np.hypot(*((numbers - spot) / [1.9, 1.0]).T).min(initial=20.0)
        return min(to_line, to_number - 6)

    return max(candidates, key=room)


def _network_words(ax: Axes, found: pd.DataFrame, extent: tuple[int, int], apart: list[str]) -> None:
    n, shown = extent
    clauses = [pairs.clause(row) for _, row in found.head(pairs.MOST_NAMED).iterrows()]
    title = capital(listed(clauses))
    if len(found) > pairs.MOST_NAMED:
        title = f"{len(found)} links stand out, most clearly that {clauses[0]}"
    per, clearest = pairs.per(found), f", of which the {shown} clearest are drawn" if shown < len(found) else ""
    subtitle = (
        "Arrows lead from a skill to those that went better (blue) or worse (orange-red) after more of it in the "
        f"{pairs.before(found)}: {len(found)} of {counted(n, 'pair')} tested{clearest}"
    )
    subtitle += f"; the number: SD per {per}" if shown <= MOST_NUMBERED else ""
    some = apart if len(apart) <= MOST_LISTED else [*apart[: MOST_LISTED - 1], f"{len(apart) - MOST_LISTED + 1} others"]
    footnote = f"Without a link that stands out: {listed(some)}" if apart else ""
    told = "; ".join(f"{row['from_skill']} → {row['to_skill']} {pairs.size(row)}" for _, row in found.iterrows())
    titled(
        ax, title, subtitle, footnote=footnote, alt_text=f"{title}. {told}.",
        reading="An arrow from A to B means that B went better (or worse) than its own learning curve when more of A "
        "had been practised in the days before; the wider it is, the more. Only links with a false discovery rate of "
        "at most 10% are drawn. They are associations: the two may share a cause.",
    )  # fmt: skip
