"""What is drawn is looked at through the helpers below."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl
import pytest
from matplotlib.patches import PathPatch

mpl.use("agg")


class Tile(NamedTuple):
    """A rectangle: its middle, its width and height, its colour (of its line where it is hollow)."""

    x: float
    y: float
    width: float
    height: float
    color: str
    hollow: bool


@pytest.fixture
def tiles():
    """Return the rectangles on an Axes, of which those that look alike are one shape."""

    def found(ax):
        for patch in ax.patches:
            hollow = patch.get_facecolor()[3] == 0
            color = mpl.colors.to_hex(patch.get_edgecolor() if hollow else patch.get_facecolor())
            for corners in patch.get_path().vertices.reshape(-1, 5, 2) if isinstance(patch, PathPatch) else ():
                x, y = corners[:4].mean(axis=0).round(6)
                yield Tile(x, y, *abs(corners[2] - corners[0]), color, hollow)

    return lambda ax: list(found(ax))


@pytest.fixture
def words():
    """Return all the text that stands on an Axes and its figure."""

    def found(ax):
        own = [text.get_text() for text in ax.texts]
        ticks = [label.get_text() for label in [*ax.get_xticklabels(), *ax.get_yticklabels()]]
        return " | ".join([*own, *ticks, *(text.get_text() for text in ax.figure.texts)]).replace("\n", " ")

    return found
