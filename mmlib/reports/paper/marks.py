"""What a chart is made of once it is on paper: shapes, words and pictures, each with its look and place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Matrix = tuple[float, float, float, float, float, float]  # as PDF writes it
STILL: Matrix = (1, 0, 0, 1, 0, 0)


class UnlikeMatplotlib(Exception):
    """A drawing says what the charts of matplotlib don't."""


class Look(NamedTuple):
    """The operators of colours and lines; what is painted; how opaque the inside, the lines, and both together."""

    state: str
    fill: bool
    stroke: bool
    alphas: tuple[float, float] = (1, 1)
    opacity: float = 1

    @property
    def paint(self) -> str:
        """The operator that paints a shape, which is empty where there is nothing to paint."""
        return {(True, True): "B", (True, False): "f", (False, True): "S"}.get((self.fill, self.stroke), "")


class Words(NamedTuple):
    """A line of letters; where each begins and the last one ends; its size, weight and place."""

    text: str
    places: list[float]
    size: float
    weight: int
    matrix: Matrix


class Picture(NamedTuple):
    """The address of a PNG, which holds it; its left and upper edge, width and height; what moves it there."""

    address: str
    box: tuple[float, ...]
    matrix: Matrix


class Mark(NamedTuple):
    """What is drawn at once, a shape by its operators; how it looks; the operators of what it is seen through."""

    what: str | Words | Picture
    look: Look
    clip: str


class Drawing(NamedTuple):
    """The marks of a chart in their order; its width and height in pixels, and in the units of its marks."""

    marks: list[Mark]
    size: tuple[float, float]
    units: tuple[float, float]


class Around(NamedTuple):
    """What an element has from those that it is in."""

    style: Mapping[str, str]
    matrix: Matrix = STILL
    clip: str = ""
    opacity: float = 1
