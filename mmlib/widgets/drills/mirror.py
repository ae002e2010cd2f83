"""The circle drill's mirror mode: a star is traced between two lines while the pen is shown upside down."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.stats.tracing import corners_passed, excursions
from mmlib.widgets.drills.drill import AttemptError, Scored, module, style
from mmlib.widgets.drills.hand import STAGE, Drawing, compared, pointer_of, points_of

SKILL = "mirror star"
TIPS, OUTER, INNER = 5, 420, 195
HALF_WIDTH = 36
"""Half of the width of the band between the star's two lines."""

REACH = 60
"""So near a corner counts as having passed it."""

SLACK = 1
"""What the page's rounding may cost at a corner."""

CARD = {
    "title": "Tracing a star in a mirror",
    "domain": "body",
    "unit": "seconds",
    "better": "lower",
    # About three times what the round takes a hand that sees itself the right way up.
    "target": 20,
    "entry_trick": "Look at the drawn line only, and say the direction before the hand goes there: up is down.",
    "rub_pat_barrier": "What the eye sees and what the hand feels contradict each other, most on the slanting sides.",
    "background_support": "A mouse or a finger with room to move, and nobody who waits for you.",
    "payoff": "The moment when the hand stops asking, and goes round the corner by itself.",
    "repeatability": "A minute each at first, and less every time.",
    "experimental_possibilities": "The other hand, the other way round, a night's sleep between two rounds.",
}


def star() -> NDArray[np.float64]:
    """Return the star's corners in order, from the top and back to it, in units of the drawing area.

    Examples
    --------
    >>> star().shape, star()[0].tolist()
    ((11, 2), [500.0, 100.0])
    """
    angle = np.arange(2 * TIPS + 1) * np.pi / TIPS
    radius = np.where(np.arange(2 * TIPS + 1) % 2, INNER, OUTER)
    x, y = STAGE / 2 + radius * np.sin(angle), OUTER + 100 - radius * np.cos(angle)
    return np.column_stack([x, y]).round(2)


class MirrorStar(Drawing):
    """Trace the star from its top round to the top; the score is the seconds, and one more for each excursion.

    An attempt holds `points`, [[x, y, seconds], …] as the page showed them (in the mirror), and `pointer`. It counts
    when all corners were passed in their order.
    """

    CARDS: ClassVar = {SKILL: CARD}
    _esm = module("hand", "mirror")
    _css = style("hand")

    def __init__(self, folder: str | Path, *, learner: str = "me", curve: bool = True) -> None:
        self.outline, self.half_width = star(), HALF_WIDTH
        page = {"outline": self.outline.tolist(), "half_width": HALF_WIDTH, "reach": REACH}
        super().__init__(folder, SKILL, learner=learner, curve=curve, **page)

    def scored(self, attempt: Mapping[str, Any]) -> Scored:
        """Return what a round is worth."""
        points = points_of(attempt, 3)
        seconds = float(np.ptp(points[:, 2])) if len(points) else 0.0
        if (np.diff(points[:, 2]) < 0).any() or not seconds > 0:
            raise AttemptError("A round whose clock cannot be read was left out.")
        if corners_passed(points[:, :2], self.outline, REACH + SLACK) < len(self.outline):
            raise AttemptError("That round missed a corner: it counts when all are passed in their order.")
        errors, outside = excursions(points[:, :2], self.outline, HALF_WIDTH)
        score = round(seconds + errors, 1)
        row = {
            "skill": SKILL,
            "score": score,
            "reps": 1,
            "part": "repeat",
            "variation": pointer_of(attempt),
            "note": f"{seconds:.1f} s, {counted(errors, 'error')}",
        }
        result = compared(f"{score:.1f} seconds", self.best(), score, 1)
        left = f" and {errors} for leaving the band" if errors else ", and never out of the band"
        return Scored(row, f"{result} {seconds:.1f} for the round{left}.", {"errors": errors, "outside": outside})
