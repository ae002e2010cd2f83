"""The numbers, paths and transformations of an SVG by matplotlib as a PDF writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from math import cos, radians, sin

from mmlib.reports.paper.marks import Matrix, UnlikeMatplotlib

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
PATH = re.compile(rf"\s*M(?:\s+{NUMBER.pattern}|\s*[MLQCz])*\s*")
STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
STEPS = {"M": ("m", 2), "L": ("l", 2), "Q": ("c", 4), "C": ("c", 6), "z": ("h", 0)}
MOVE = re.compile(r"(translate|scale|rotate)\(([^()]+)\)")


def numbers(said: str | Iterable[str]) -> list[float]:
    """Return numbers that blanks or commas part.

    Examples
    --------
    >>> numbers("5.6,4.2")
    [5.6, 4.2]
    """
    parts = said.replace(",", " ").split() if isinstance(said, str) else list(said)
    if not all(map(NUMBER.fullmatch, parts)):
        raise UnlikeMatplotlib(" ".join(parts)[:100])
    return [float(each) for each in parts]


def number(said: str) -> float:
    """Return the number that a text says."""
    return numbers([said])[0]


def written(value: float) -> str:
    """Return a number as PDF knows it, without an exponent.

    Examples
    --------
    >>> written(0.8), written(6e-17), written(-20)
    ('0.8', '0', '-20')
    """
    return f"{round(value, 6) + 0.0:.6f}".rstrip("0").rstrip(".")


@lru_cache(16)
def outline(steps: str) -> str:
    """Return a path as PDF draws it.

    Examples
    --------
    >>> outline("M 0 206.125 L 446.4 0 z"), outline("M 0 0 Q 3 0 3 3")
    ('0 206.125 m 446.4 0 l h', '0 0 m 2 0 3 1 3 3 c')
    """
    if not PATH.fullmatch(steps):
        raise UnlikeMatplotlib(steps[:30])
    drawn: list[str] = []
    here: list[str] = []
    for letter, said in STEP.findall(steps):
        (operator, count), to = STEPS[letter], said.split()
        if len(to) != count:
            raise UnlikeMatplotlib(letter + said)
        drawn += [*(_cubic(here, to) if letter == "Q" else to), operator]
        here = to[-2:]
    return " ".join(drawn)


def _cubic(here: list[str], to: list[str]) -> list[str]:
    """Return a curve with two points that pull it, PDF's only kind, for one with a single such point."""
    if not here:
        raise UnlikeMatplotlib("Q")
    control, ends = numbers(to[:2]), numbers([*here, *to[2:]])
    inner = [(end + 2 * pull) / 3 for end, pull in zip(ends, control * 2, strict=True)]
    return [*map(written, inner), *to[2:]]


def moved(matrix: Matrix, transform: str) -> Matrix:
    """Return a matrix after an SVG's transformations.

    Examples
    --------
    >>> moved((1, 0, 0, 1, 5, 0), "translate(10 20) scale(2 -2)")
    (2.0, 0.0, 0.0, -2.0, 15.0, 20.0)
    """
    if MOVE.sub("", transform).strip():
        raise UnlikeMatplotlib(transform)
    for name, said in MOVE.findall(transform):
        matrix = _times(_step(name, *numbers(said)), matrix)
    return matrix


def _step(name: str, x: float, y: float | None = None, *more: float) -> Matrix:
    if more or (name == "rotate" and y is not None):
        raise UnlikeMatplotlib(name)
    if name == "rotate":
        return cos(radians(x)), sin(radians(x)), -sin(radians(x)), cos(radians(x)), 0, 0
    return (1, 0, 0, 1, x, y or 0) if name == "translate" else (x, 0, 0, x if y is None else y, 0, 0)


def _times(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )
