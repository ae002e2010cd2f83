"""The styles of an SVG by matplotlib in the operators of a PDF."""

from __future__ import annotations

import re
from functools import lru_cache

from mmlib.reports.paper.marks import Look, UnlikeMatplotlib
from mmlib.reports.paper.strokes import number, numbers, written

COLOUR = re.compile("#[0-9a-f]{6}")
CAPS = {"butt": 0, "round": 1, "square": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}
LINES = {f"stroke-{each}" for each in ("opacity", "width", "dasharray", "dashoffset", "linecap", "linejoin")}
SAID = LINES | {"opacity", "fill", "fill-opacity", "stroke", "font-family", "font-weight", "font-size"}


@lru_cache(1024)
def declared(style: str) -> dict[str, str]:
    """Return what a style says, property by property.

    Examples
    --------
    >>> declared("fill: none; stroke: #e3e7eb")
    {'fill': 'none', 'stroke': '#e3e7eb'}
    """
    pairs = [each.partition(":") for each in style.split(";") if each.strip()]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    if not SAID.issuperset(found):
        raise UnlikeMatplotlib(style)
    return found


@lru_cache(1024)
def look(said: tuple[tuple[str, str], ...], opacity: float = 1) -> Look:
    """Return how a shape looks of which this is said.

    Examples
    --------
    >>> look((("fill", "#ff0000"), ("fill-opacity", "0.5")))
    Look(state='1 0 0 rg', fill=True, stroke=False, alphas=(0.5, 1), opacity=1)
    """
    style = dict(said)
    width = number(style.get("stroke-width", "1"))
    fill, stroke = _colour(style.get("fill", "#000000")), _colour(style.get("stroke", "none")) if width else ""
    state = [f"{fill} rg"] if fill else []
    if stroke:
        dashes, ends, corners = (style.get(f"stroke-{name}") for name in ("dasharray", "linecap", "linejoin"))
        cap, join = _known(CAPS, ends or "butt"), _known(JOINS, corners or "miter")
        gaps = " ".join(map(written, numbers(dashes or "")))
        offset = written(number(style.get("stroke-dashoffset", "0")))
        state.append(f"{stroke} RG {written(width)} w {cap} J {join} j [{gaps}] {offset} d")
    inside = number(style.get("fill-opacity", "1")) if fill else 1
    lines = number(style.get("stroke-opacity", "1")) if stroke else 1
    if fill and stroke:
        return Look(" ".join(state), True, True, (inside, lines), opacity)
    alphas = (inside * opacity, 1) if fill else (1, lines * opacity)
    return Look(" ".join(state), bool(fill), bool(stroke), alphas)


def _colour(said: str) -> str:
    if said == "none":
        return ""
    if not COLOUR.fullmatch(said):
        raise UnlikeMatplotlib(said)
    return " ".join(written(int(said[at : at + 2], 16) / 255) for at in (1, 3, 5))


def _known(codes: dict[str, int], name: str) -> int:
    if name not in codes:
        raise UnlikeMatplotlib(name)
    return codes[name]
