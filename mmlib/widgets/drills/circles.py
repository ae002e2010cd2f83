"""The circle drill: draw a circle by hand, and see how round it is; with a mirror it is a star that is traced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mmlib.stats.circle import Roundness, StrokeError, roundness
from mmlib.widgets.drills.drill import AttemptError, Drill, Scored, module, style
from mmlib.widgets.drills.hand import Drawing, compared, pointer_of, points_of
from mmlib.widgets.drills.mirror import MirrorStar

SKILL = "circle"
SMALLEST = 50
"""A smaller radius, in units of the drawing area, is refused: the screen's pixels would decide, not the hand."""

GAP = np.radians(5)
"""From this angle on, a gap is spoken of."""

SIDES = ("right", "bottom right", "bottom", "bottom left", "left", "top left", "top", "top right")

CARD = {
    "title": "A circle by hand, in one stroke",
    "domain": "art",
    "unit": "% off",
    "better": "lower",
    # 2 % of the radius is 1 mm on a circle as wide as a hand: the width of a pencil line, and the eye forgives it.
    "target": 2,
    "entry_trick": "Draw from the shoulder with a quiet wrist, and look at where the line is going, not at the pen.",
    "rub_pat_barrier": "Speed and care: a slow hand trembles, a fast one cuts the corner. Find the pace between.",
    "background_support": "A drawing area that is always open, or a pen and a stack of scrap paper within reach.",
    "payoff": "A line that meets itself, and a figure that all who see it know is hard to draw.",
    "repeatability": "Five seconds each: twenty of them fit into a coffee break.",
    "experimental_possibilities": "Larger, faster, the other way round, with the other hand, with closed eyes.",
}


class Circle(Drawing):
    """Draw a circle; the score is its distance from the best-fitting circle, in per cent of the radius.

    An attempt holds `points`, [[x, y], …] in units of the drawing area, and `pointer`: mouse, touch, pen or keys.
    """

    CARDS: ClassVar = {SKILL: CARD}
    _esm = module("hand", "circle")
    _css = style("hand")

    def __init__(self, folder: str | Path, *, learner: str = "me", curve: bool = True) -> None:
        super().__init__(folder, SKILL, learner=learner, curve=curve)

    def scored(self, attempt: Mapping[str, Any]) -> Scored:
        """Return what a stroke is worth."""
        try:
            found = roundness(points_of(attempt, 2))
        except StrokeError as error:
            raise AttemptError(str(error)) from None
        if found.radius < SMALLEST:
            raise AttemptError("That circle is too small to score: draw it as large as the area lets you.")
        score = round(100 * found.deviation, 2)
        row = {
            "skill": SKILL,
            "score": score,
            "reps": 1,
            "part": "repeat",
            "variation": pointer_of(attempt),
            "note": f"gap {np.degrees(found.gap):.0f}°" if found.gap > GAP else None,
        }
        shown = {name: round(getattr(found, name), 2) for name in ("x", "y", "radius")}
        result = compared(f"{score:.1f} % off a perfect circle", self.best(), score, 1, " %")
        return Scored(row, f"{result} {_shape(found)}", shown)


def _shape(found: Roundness) -> str:
    """Return where a stroke is furthest from its circle, in words."""
    width = len(found.offset) // 16
    # The mean of a sixteenth of the stroke: one trembling point is not the shape.
    smooth = np.convolve(np.r_[found.offset, found.offset[: width - 1]], np.ones(width) / width, mode="valid")
    at = np.abs(smooth).argmax()
    x, y = found.points[(at + width // 2) % len(found.points)] - [found.x, found.y]
    side = SIDES[round(np.arctan2(y, x) / (np.pi / 4)) % 8]
    gap = f" The gap of {np.degrees(found.gap):.0f}° counts as well." if found.gap > GAP else ""
    return f"It {'bulges out most' if smooth[at] > 0 else 'is flattest'} at the {side}.{gap}"


def circle(folder: str | Path, learner: str = "me", mirror: bool = False, curve: bool = True) -> Drill:
    """Return the drill in which one draws circles, or traces a star in a mirror.

    Each attempt is scored and goes into the log at once, and the learning curve grows beside the drawing area. Draw
    with mouse, finger or pen; or with the keyboard: Enter puts the pen down and lifts it, the arrow keys move it.

    Parameters
    ----------
    folder : str or Path
        The practice folder; it is made if it isn't there.
    learner : str
        Whose attempts they are.
    mirror : bool
        Trace a star while the pen is shown upside down, as in the classic experiments on motor learning.
    curve : bool
        Whether the learning curve is shown; it can be set later (`drill.curve = True`).

    Returns
    -------
    Drill
        A widget; its `rows()` holds the attempts.

    Examples
    --------
    >>> import tempfile
    >>> from mmlib import simulate
    >>> drill = circle(tempfile.mkdtemp())
    >>> drill.practise(simulate.circles(3, seed=1))
    >>> drill.rows()[["skill", "score", "unit"]].round(0).values.tolist()
    [['circle', 9.0, '% off'], ['circle', 6.0, '% off'], ['circle', 6.0, '% off']]
    """
    return MirrorStar(folder, learner=learner, curve=curve) if mirror else Circle(folder, learner=learner, curve=curve)
