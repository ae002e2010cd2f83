"""A chart as a thumbnail: its shapes without its words, few and rounded, in the reader's colour scheme.

A chart of 90 kB becomes a picture of about 2 kB, so that the page that lists hundreds of reports can hold them all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mmlib.reports.index.shapes import Box, Shape, box_of, colour_of, shapes_of

WIDTHS = (320, 160, 80)  # units across, two for each pixel on the page: the first that is short enough
TALLEST = 0.75  # of the width
LONGEST = 6_000  # characters
DOT = 0.05  # of the width: a round shape up to this size is drawn as a dot
RULES = "path{fill:none;stroke:currentColor}.f{fill:currentColor;stroke:none}.o{stroke-linecap:round}"
WHITE = "#ffffff"

Bar = tuple[float, int, int]  # the line down its middle: y, x, length


@dataclass(frozen=True)
class Look:
    """How a path is drawn: `kind` is "f" for an area, "o" for a line with round ends, and "" for other lines."""

    colour: str
    kind: str
    width: int
    opacity: float


def thumbnail(source: str, dark: Mapping[str, str] | None = None) -> str:
    """Return a chart's SVG as a small SVG without text, or nothing where there is nothing to draw.

    Parameters
    ----------
    source : str
        The SVG document, as matplotlib writes it.
    dark : mapping of str to str, optional
        For each colour of the chart (`#rrggbb`) the one that stands for it on a dark page; without it the
        thumbnail keeps a white paper.

    Examples
    --------
    >>> bar = '<path d="M 10 10 L 30 10 L 30 20 L 10 20 z" style="fill: #0072b2"/>'
    >>> thumbnail(f'<svg xmlns="http://www.w3.org/2000/svg">{bar}</svg>', {"#0072b2": "#4aa8e0"})[-56:]
    '<path class="a" stroke-width="160" d="M0 80h320"/></svg>'
    """
    shapes = shapes_of(source)
    whole = box_of(point for shape in shapes for point in shape.points)
    if whole[2] <= whole[0] or whole[3] <= whole[1]:
        return ""
    drawings = (_drawn(shapes, whole, width, dark) for width in WIDTHS)
    return next((drawing for drawing in drawings if len(drawing) <= LONGEST), "")


def _drawn(shapes: Iterable[Shape], whole: Box, width: int, dark: Mapping[str, str] | None) -> str:
    scale = min(width / (whole[2] - whole[0]), TALLEST * width / (whole[3] - whole[1]))
    across, down = (math.ceil((whole[i + 2] - whole[i]) * scale) for i in (0, 1))
    marks = [mark for shape in shapes for mark in _marks(shape.moved(whole[0], whole[1], scale), DOT * width)]
    names = {colour: _name(n) for n, colour in enumerate(dict.fromkeys(look.colour for look, _ in marks))}
    paper = "" if dark else f'<path class="f" d="M0 0h{across}v{down}H0z" style="color:{WHITE}"/>'
    groups = itertools.groupby(marks, lambda mark: mark[0])
    body = "".join(_path(look, names[look.colour], [drawn for _, drawn in group]) for look, group in groups)
    size = f'width="{across}" height="{down}" viewBox="0 0 {across} {down}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_rules(names, dark or {})}</style>{paper}{body}</svg>'
    )


def _name(n: int) -> str:
    return "abcde"[n] if n < 5 else f"c{n}"  # f and o say how a path is drawn


def _rules(names: Mapping[str, str], dark: Mapping[str, str]) -> str:
    shades = {colour_of(light): colour_of(shade) for light, shade in dark.items()}
    light = "".join(f".{name}{{color:{colour}}}" for colour, name in names.items())
    night = "".join(f".{name}{{color:{shades[colour]}}}" for colour, name in names.items() if shades.get(colour))
    return f"{RULES}{light}" + (f"@media(prefers-color-scheme:dark){{{night}}}" if night else "")


def _marks(shape: Shape, dot: float) -> Iterator[tuple[Look, Bar | str]]:
    """Return a shape as what is written: the line down the middle of a bar or dot, or else a path."""
    left, top, right, bottom = box_of(shape.points)
    kinds = "".join(kind for kind, _ in shape.steps)
    line = max(1, round(shape.width))
    if "C" in kinds and max(right - left, bottom - top) <= dot:
        size = max(1, round((right - left + bottom - top) / 2))
        yield (
            Look(shape.fill or shape.stroke, "o", size, shape.opacity),
            (round((top + bottom) / 2), round((left + right) / 2), 0),
        )
    elif shape.fill and not shape.stroke and _is_bar(shape):
        wide, high = (max(1, round(size)) for size in (right - left, bottom - top))
        yield Look(shape.fill, "", high, shape.opacity), (round(top) + high / 2, round(left), wide)
    else:
        path = _rounded(shape)
        if shape.fill:
            yield Look(shape.fill, "f", 1, shape.opacity), path
        if shape.stroke:
            yield Look(shape.stroke, "", line, shape.opacity), path


def _is_bar(shape: Shape) -> bool:
    corners = set(shape.points)
    return (
        all(kind in "MLZ" for kind, _ in shape.steps)
        and len(corners) == 4
        and len({x for x, _ in corners}) == 2 == len({y for _, y in corners})
    )


def _rounded(shape: Shape) -> str:
    """Return a path on whole units; points that fall together are written once."""
    written, last = [], None
    for kind, points in shape.steps:
        there = " ".join(f"{round(x)} {round(y)}" for x, y in points)
        if kind == "Z" or there != last or kind == "M":
            written.append("z" if kind == "Z" else f"{kind}{there}")
        last = there or last
    return "".join(written)


def _path(look: Look, name: str, drawn: list[Bar | str]) -> str:
    """Return marks that look alike as one path."""
    kind = f"{name} {look.kind}".strip()
    width = "" if look.kind == "f" or look.width == 1 else f' stroke-width="{look.width}"'
    faint = "" if look.opacity == 1 else f' opacity="{look.opacity:g}"'
    bars = sorted({mark for mark in drawn if not isinstance(mark, str)})
    paths = "".join(dict.fromkeys(mark for mark in drawn if isinstance(mark, str)))
    return f'<path class="{kind}"{width}{faint} d="{_lines(bars)}{paths}"/>'


def _lines(bars: Iterable[Bar]) -> str:
    """Return horizontal lines, each but the first told from the end of the one before, which is shorter."""
    written, pen = [], None
    for y, x, length in bars:
        move = f"M{x} {y:g}" if pen is None else f"m{x - pen[0]} {y - pen[1]:g}"
        written.append(f"{move}h{length}".replace(" -", "-"))
        pen = (x + length, y)
    return "".join(written)
