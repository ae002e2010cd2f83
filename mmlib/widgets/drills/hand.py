"""What the drawing drills share: the area they are drawn on, and what an attempt holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log import append_sessions
from mmlib.widgets.drills.drill import AttemptError, Drill

STAGE = 1000
"""The drawing area is so many units wide and high, whatever its size in pixels; y grows downwards."""

MOST = 20_000
"""More points than a hand draws in one attempt."""

FAR = 10 * STAGE
POINTERS = ("mouse", "touch", "pen", "keys")


class Drawing(Drill):
    """A drill whose attempts do not depend on one another, so that many are logged as quickly as one."""

    def practise(self, attempts: Iterable[Mapping[str, Any]]) -> None:
        """Score and log several attempts, as if they had come from the page; none if one cannot be scored.

        Parameters
        ----------
        attempts : iterable of mappings
            Such as those of `mmlib.simulate`.

        Raises
        ------
        AttemptError
            Where one cannot be scored.
        """
        attempts = list(attempts)
        if len(attempts) > 1:
            append_sessions(self.folder, [self.whole(each).row for each in attempts[:-1]])
        super().practise(attempts[-1:])


def points_of(attempt: Mapping[str, Any], numbers: int) -> NDArray[np.float64]:
    """Return an attempt's points, each of so many numbers.

    Raises
    ------
    AttemptError
        If they are none, or not points.

    Examples
    --------
    >>> points_of({"points": [[1, 2], [3, 4]]}, 2)
    array([[1., 2.],
           [3., 4.]])
    """
    given = attempt["points"]
    if len(given) > MOST:
        raise AttemptError(f"{counted(len(given), 'point')} in one attempt are more than a hand can draw.")
    points = np.asarray(given, dtype=float)
    if points.ndim != 2 or points.shape[1] != numbers or not (np.abs(points) <= FAR).all():
        raise AttemptError("An attempt whose line cannot be read was left out.")
    return points


def pointer_of(attempt: Mapping[str, Any]) -> str | None:
    """Return what was drawn with: mouse, touch, pen or keys; None where the page does not say."""
    return attempt.get("pointer") if attempt.get("pointer") in POINTERS else None


def compared(score: str, best: float | None, new: float, places: int, unit: str = "") -> str:
    """Return a score beside the best before it, where lower is better.

    Examples
    --------
    >>> compared("2.3 % off", 1.94, 2.3, 1, " %")
    '2.3 % off; your best so far is 1.9 %.'
    >>> compared("2.3 % off", 2.6, 2.3, 1, " %")
    '2.3 % off: your best so far, after 2.6 %.'
    >>> compared("2.3 % off", None, 2.3, 1, " %")
    '2.3 % off: the first in the log.'
    """
    if best is None:
        return f"{score}: the first in the log."
    said = f"{best:.{places}f}{unit}"
    return f"{score}: your best so far, after {said}." if new < best else f"{score}; your best so far is {said}."
