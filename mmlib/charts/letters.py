"""How large texts are: worked out once for all figures, as they are drawn, for names and ticks recur."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, TextIO

from matplotlib import rcParams
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

DPI = 72  # an SVG's unit is the point
LETTER = 100.0  # points: at this size letters are measured
KERNED = 0.05  # of a line's width: how far pairs of letters may move together or apart
Extent = tuple[float, float, float]


@lru_cache(16_384)
def _extent(text: str, font: FontProperties, ismath: bool | str) -> Extent:
    """Return a text's width and height, and how far it reaches below its line, in points."""
    return text_to_path.get_text_width_height_descent(text, font, ismath)


@lru_cache(8192)
def _width(text: str, size: float, weight: int, family: tuple[str, ...]) -> float:
    return _extent(text, FontProperties(family=list(family), size=size, weight=weight), False)[0]


@lru_cache(4096)
def _advance(letter: str, weight: int, family: tuple[str, ...]) -> float:
    """Return how much room a letter takes between two others, at a size of `LETTER`."""
    return _width(f"n{letter}n", LETTER, weight, family) - _width("nn", LETTER, weight, family)


def text_width(words: str, size: float, weight: int = 400) -> float:
    """Return how wide a line of drawable text is, in points."""
    return _width(words.replace(r"\$", "$"), float(size), weight, tuple(rcParams["font.family"]))


def fits(words: str, width: float, size: float, weight: int = 400) -> bool:
    """Return whether a line is no wider than so many points; it is set only where its letters alone cannot tell."""
    family = tuple(rcParams["font.family"])
    about = size / LETTER * sum(_advance(letter, weight, family) for letter in words.replace(r"\$", "$"))
    if abs(about / width - 1) > KERNED:
        return about < width
    return text_width(words, size, weight) <= width


class _Renderer(RendererSVG):
    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | str) -> Extent:
        return _extent(s, prop, ismath)  # matplotlib gives each font as a copy, which nobody changes


class Measure(RendererBase):
    """Draws nothing, and tells how large texts are in a figure of so many dots per inch, before it is saved as SVG."""

    def __init__(self, dpi: float) -> None:
        super().__init__()
        self._scale = dpi / DPI

    def points_to_pixels(self, points: float) -> float:
        """Return how many pixels so many points are."""
        return points * self._scale

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | str) -> Extent:
        """Return a text's width and height, and how far it reaches below its line, in pixels."""
        width, height, descent = _extent(s, prop, ismath)
        return width * self._scale, height * self._scale, descent * self._scale


@cache
def measure(dpi: float) -> Measure:
    """Return what measures texts in figures of so many dots per inch: the same for all, which matplotlib remembers."""
    return Measure(dpi)


class FigureCanvas(FigureCanvasSVG):
    """matplotlib's SVG canvas, but for how it measures texts: `savefig(backend="module://mmlib.charts.letters")`."""

    def print_svg(
        self, filename: TextIO, *, bbox_inches_restore: Any = None, metadata: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Write the figure to an open text file, as matplotlib's own does."""
        dpi, self.figure.dpi = self.figure.dpi, DPI
        width, height = self.figure.get_size_inches()
        page = _Renderer(width * DPI, height * DPI, filename, image_dpi=dpi, metadata=metadata)
        renderer = MixedModeRenderer(self.figure, width, height, dpi, page, bbox_inches_restore=bbox_inches_restore)
        self.figure.draw(renderer)
        renderer.finalize()
