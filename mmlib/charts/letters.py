"""How large texts are: worked out once for all figures, as they are drawn, for names and ticks recur."""

from __future__ import annotations

from functools import cache, lru_cache

from matplotlib import rcParams
from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import text_to_path

DPI = 72  # an SVG's unit is the point
LETTER = 100.0  # points: at this size letters are measured
KERNED = 0.05  # of a line's width: how far pairs of letters may move together or apart
GENERIC = frozenset({"serif", "sans-serif", "cursive", "fantasy", "monospace"})
Extent = tuple[float, float, float]


def _meant(font: FontProperties) -> tuple[object, ...]:
    """Return which fonts are meant by a family that is no font's name, such as "sans-serif": settings say that."""
    return tuple(tuple(rcParams[f"font.{name}"]) for name in font.get_family() if name in GENERIC)


@lru_cache(16_384)
def _extent(text: str, font: FontProperties, ismath: bool | str, _meant: tuple[object, ...]) -> Extent:
    return text_to_path.get_text_width_height_descent(text, font, ismath)


def extent(text: str, font: FontProperties, ismath: bool | str) -> Extent:
    """Return a text's width and height, and how far it reaches below its line, in points."""
    return _extent(text, font, ismath, _meant(font))


@lru_cache(8192)
def _width(text: str, size: float, weight: int, family: tuple[str, ...]) -> float:
    return extent(text, FontProperties(family=list(family), size=size, weight=weight), False)[0]


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


@lru_cache(256)
def _font(font: FontProperties, _meant: tuple[object, ...]) -> FT2Font:
    return text_to_path._get_font(font)


def font_of(font: FontProperties) -> FT2Font:
    """Return the font that matplotlib draws with, and those that take its place for letters that it lacks."""
    return _font(font, _meant(font))


def heights(font: FontProperties, dpi: float) -> Extent:
    """Return how far a font reaches above and below its line, and the gap to the next one, in pixels."""
    return _heights(font_of(font), font.get_size_in_points(), dpi)


@lru_cache(1024)
def _heights(face: FT2Font, size: float, dpi: float) -> Extent:
    per_unit = 1 / face.get_sfnt_table("head")["unitsPerEm"] * size * dpi / DPI
    table = face.get_sfnt_table("OS/2")
    if table is not None:
        above, below, gap = (table[f"sTypo{name}"] for name in ("Ascender", "Descender", "LineGap"))
    else:
        above, below, gap = (face.get_sfnt_table("hhea")[name] for name in ("ascent", "descent", "lineGap"))
    return above * per_unit, -below * per_unit, gap * per_unit


class Measure(RendererBase):
    """Draws nothing, and tells how large texts are in a figure of so many dots per inch, before it is saved as SVG."""

    def __init__(self, dpi: float) -> None:
        super().__init__()
        self._dpi, self._scale = dpi, dpi / DPI

    def points_to_pixels(self, points: float) -> float:
        """Return how many pixels so many points are."""
        return points * self._scale

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | str) -> Extent:
        """Return a text's width and height, and how far it reaches below its line, in pixels."""
        width, height, descent = extent(s, prop, ismath)
        return width * self._scale, height * self._scale, descent * self._scale

    def _get_font_height_metrics(self, font: FontProperties) -> Extent:
        return heights(font, self._dpi)


@cache
def measure(dpi: float) -> Measure:
    """Return what measures texts in figures of so many dots per inch: the same for all, which matplotlib remembers."""
    return Measure(dpi)
