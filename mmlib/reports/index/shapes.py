"""The shapes of a chart's SVG, moved to where they are drawn: what a thumbnail is made of."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
STEP = re.compile(rf"([A-Za-z])|({NUMBER})", re.IGNORECASE)
MOVE = re.compile(r"(\w+)\(([^)]*)\)")
INHERITED = ("fill", "stroke", "stroke-width")
OPACITIES = ("opacity", "fill-opacity", "stroke-opacity")
FOREIGN = re.compile(r"[^MLQCZz\d\s,.eE+-]")  # what matplotlib does not write
POINTS_OF = {"M": 1, "L": 1, "Q": 2, "C": 3}
NOT_DRAWN = {f"{SVG}{name}" for name in ("defs", "clipPath", "metadata", "style", "text")}

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Step = tuple[str, tuple[Point, ...]]  # M, L, Q, C or Z, and its points
UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)
NO_BOX: Box = (0, 0, 0, 0)


@dataclass(frozen=True)
class Shape:
    """One piece of a path: its steps, and its colours where it has them."""

    steps: tuple[Step, ...]
    fill: str
    stroke: str
    width: float
    opacity: float

    @property
    def points(self) -> list[Point]:
        """All points, those that bend curves too."""
        return [point for _, points in self.steps for point in points]

    def moved(self, left: float, top: float, scale: float) -> Shape:
        """Return the shape as it is on a page that begins there, at that scale."""
        steps = tuple((kind, tuple(((x - left) * scale, (y - top) * scale) for x, y in ps)) for kind, ps in self.steps)
        return replace(self, steps=steps, width=self.width * scale)


def shapes_of(source: str) -> list[Shape]:
    """Return what an SVG document of matplotlib draws, in that order, without its words and its paper.

    Lines and areas are held to the axes that clip them. What cannot be read has no shapes.

    Examples
    --------
    >>> line = '<g transform="translate(5 5)"><path d="M 0 0 L 9 9" style="fill: none; stroke: #0072b2"/></g>'
    >>> [shape.points for shape in shapes_of(f'<svg xmlns="http://www.w3.org/2000/svg">{line}</svg>')]
    [[(5.0, 5.0), (14.0, 14.0)]]
    """
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError:
        return []
    reader = _Reader({f"#{node.get('id')}": node for node in root.iter() if node.get("id")})
    paper = box_of([(0.0, 0.0), _size(root)])
    return [shape for shape in reader.shapes(root, UNMOVED, {}) if not _is_paper(shape, paper)]


def box_of(points: Iterable[Point]) -> Box:
    """Return the left, top, right and bottom of points.

    Examples
    --------
    >>> box_of([(3, 4), (1, 9)])
    (1, 4, 3, 9)
    """
    xs, ys = zip(*points, strict=True) if (points := list(points)) else ((0,), (0,))
    return min(xs), min(ys), max(xs), max(ys)


def colour_of(text: str) -> str:
    """Return a colour as `#rrggbb`, and nothing for what is not one.

    Examples
    --------
    >>> colour_of(" #FFF"), colour_of("#0072B2"), colour_of("url(#a)")
    ('#ffffff', '#0072b2', '')
    """
    found = COLOUR.fullmatch(text.strip())
    if not found:
        return ""
    digits = found[0][1:].lower()
    return f"#{digits if len(digits) == 6 else ''.join(2 * digit for digit in digits)}"


class _Reader:
    """Walks through a document; `named` are its elements by their addresses."""

    def __init__(self, named: Mapping[str, ElementTree.Element]) -> None:
        self._named = named

    def shapes(self, node: ElementTree.Element, matrix: Matrix, paint: Mapping[str, str]) -> Iterator[Shape]:
        if node.tag in NOT_DRAWN or (node.get("id") or "").startswith("text_"):
            return
        matrix, paint = _times(matrix, _matrix(node.get("transform"))), _painted(node, paint)
        if node.tag == f"{SVG}path":
            yield from self._path(node, matrix, paint)
        elif node.tag == f"{SVG}use" and (target := self._named.get(node.get(LINK, ""))) is not None:
            there = _times(matrix, (1, 0, 0, 1, float(node.get("x", 0)), float(node.get("y", 0))))
            if target.tag == f"{SVG}path":
                yield from self._path(target, _times(there, _matrix(target.get("transform"))), _painted(target, paint))
        else:
            for child in node:
                yield from self.shapes(child, matrix, paint)

    def _path(self, node: ElementTree.Element, matrix: Matrix, paint: Mapping[str, str]) -> Iterator[Shape]:
        fill, stroke = colour_of(paint.get("fill", "#000000")), colour_of(paint.get("stroke", ""))
        opacity = math.prod(float(paint.get(name, 1)) for name in OPACITIES)
        width = float(paint.get("stroke-width", 1)) * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))
        clip = self._clip(paint.get("clip-path", ""))
        if not (fill or stroke) or opacity == 0:
            return
        for steps in _pieces(node.get("d", ""), matrix):
            if held := _held(steps, clip):
                yield Shape(held, fill, stroke, width, round(opacity, 2))

    def _clip(self, address: str) -> Box | None:
        rect = next(iter(self._named.get(address[4:-1], ())), None)
        if rect is None or rect.tag != f"{SVG}rect":
            return None
        x, y, width, height = (float(rect.get(name, 0)) for name in ("x", "y", "width", "height"))
        return x, y, x + width, y + height


def _painted(node: ElementTree.Element, paint: Mapping[str, str]) -> dict[str, str]:
    own = dict(pair.split(":", 1) for pair in (node.get("style") or "").split(";") if ":" in pair)
    own = {name.strip(): value.strip() for name, value in own.items()}
    named = {name: node.attrib[name] for name in (*INHERITED, *OPACITIES, "clip-path") if name in node.attrib}
    return {**paint, **named, **own}


def _matrix(transform: str | None) -> Matrix:
    matrix = UNMOVED
    for name, said in MOVE.findall(transform or ""):
        numbers = [float(text) for text in re.findall(NUMBER, said, re.IGNORECASE)]
        matrix = _times(matrix, _move(name, numbers))
    return matrix


def _move(name: str, numbers: list[float]) -> Matrix:
    if name == "translate":
        return (1, 0, 0, 1, numbers[0], numbers[1] if len(numbers) > 1 else 0)
    if name == "scale":
        return (numbers[0], 0, 0, numbers[-1], 0, 0)
    if name == "rotate" and len(numbers) == 1:
        turn = math.radians(numbers[0])
        return (math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn), 0, 0)
    return tuple(numbers) if name == "matrix" and len(numbers) == 6 else UNMOVED  # type: ignore[return-value]


def _times(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[2] * b[1],
        a[1] * b[0] + a[3] * b[1],
        a[0] * b[2] + a[2] * b[3],
        a[1] * b[2] + a[3] * b[3],
        a[0] * b[4] + a[2] * b[5] + a[4],
        a[1] * b[4] + a[3] * b[5] + a[5],
    )


def _pieces(path: str, matrix: Matrix) -> Iterator[list[Step]]:
    """Split a path where it lifts the pen; its points are moved."""
    if FOREIGN.search(path):
        return
    piece: list[Step] = []
    kind, numbers = "", []
    for letter, text in STEP.findall(path):
        if letter:
            kind, numbers = letter.upper(), []
            if kind == "M" and piece:
                yield piece
                piece = []
            if kind == "Z":
                piece.append(("Z", ()))
            continue
        numbers.append(float(text))
        if len(numbers) == 2 * POINTS_OF.get(kind, 1):
            piece.append((kind, tuple(_at(matrix, x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True))))
            kind, numbers = "L" if kind == "M" else kind, []
    if piece:
        yield piece


def _at(m: Matrix, x: float, y: float) -> Point:
    return (float(m[0] * x + m[2] * y + m[4]), float(m[1] * x + m[3] * y + m[5]))


def _held(steps: list[Step], clip: Box | None) -> tuple[Step, ...]:
    """Return a piece within the box that clips it; nothing where all of it lies outside."""
    left, top, right, bottom = box_of(point for _, points in steps for point in points)
    if clip is None:
        return tuple(steps)
    if right < clip[0] or left > clip[2] or bottom < clip[1] or top > clip[3]:
        return ()
    return tuple(
        (kind, tuple((min(max(x, clip[0]), clip[2]), min(max(y, clip[1]), clip[3])) for x, y in points))
        for kind, points in steps
    )


def _size(root: ElementTree.Element) -> Point:
    numbers = [float(text) for text in re.findall(NUMBER, root.get("viewBox", ""))]
    return (numbers[2], numbers[3]) if len(numbers) == 4 else (math.inf, math.inf)


def _is_paper(shape: Shape, paper: Box) -> bool:
    left, top, right, bottom = box_of(shape.points)
    return not shape.stroke and (right - left) >= 0.99 * paper[2] and (bottom - top) >= 0.99 * paper[3]
