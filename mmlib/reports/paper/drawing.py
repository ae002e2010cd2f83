"""Charts as marks on paper: matplotlib's SVG, taken apart into what a PDF draws.

WeasyPrint draws any SVG, and three quarters of a report's time went into its charts. matplotlib writes only a little of
what SVG can say; a drawing that says anything else is left to WeasyPrint.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from mmlib.reports.paper.looks import declared, look
from mmlib.reports.paper.marks import STILL, Around, Drawing, Mark, Picture, UnlikeMatplotlib, Words
from mmlib.reports.paper.strokes import moved, number, numbers, outline, written

HREF = "{http://www.w3.org/1999/xlink}href"
BOX = ("x", "y", "width", "height")
PAGE = {"width", "height", "viewBox", "version"}
SHAPE = {"id", "style", "transform", "clip-path"}
SAID = {
    "g": SHAPE,
    "path": SHAPE | {"d"},
    "use": SHAPE | {HREF, "x", "y"},
    "text": {"x", "style", "transform"},
    "image": SHAPE | {HREF, *BOX},
}
SHEET = re.compile(r"\s*\*\s*\{([^{}]*)\}\s*")
REFERENCE = re.compile(r"(?:url\()?#([^()]+)\)?")
POINT = 4 / 3  # in pixels


def drawing(svg: str) -> Drawing | None:
    """Return a chart by matplotlib, its words set by `lettered`; None for an SVG of another kind.

    Parameters
    ----------
    svg : str
        The SVG document.

    Examples
    --------
    >>> chart = '<svg xmlns="http://www.w3.org/2000/svg" width="3pt" height="6pt" viewBox="0 0 3 6">%s</svg>'
    >>> made = drawing(chart % '<path d="M 0 1 L 2 3"/>')
    >>> made.size, [mark.what for mark in made.marks]
    ((4.0, 8.0), ['0 1 m 2 3 l f'])
    >>> drawing(chart % "<circle/>")
    """
    try:
        root = ET.fromstring(svg)
        sides, box = [root.get("width"), root.get("height")], _got(root, "viewBox").split()
        unlike = box[:2] != ["0", "0"] or sides != [f"{length}pt" for length in box[2:]] or "0" in box[2:]
        if unlike or not PAGE.issuperset(root.attrib):
            raise UnlikeMatplotlib(str(root.attrib))
        width, height = numbers(box[2:])
        return Drawing(list(_Chart(root).within(root, Around({}))), (width * POINT, height * POINT), (width, height))
    except (UnlikeMatplotlib, ET.ParseError):
        return None


class _Chart:
    """A chart's elements, and those that they refer to."""

    def __init__(self, root: ET.Element) -> None:
        elements = list(root.iter())
        sheets = [each.text or "" for each in elements if _tag(each) == "style"]
        if len(sheets) > 1 or not all(SHEET.fullmatch(each) for each in sheets):
            raise UnlikeMatplotlib(str(sheets))
        self.sheet = declared(SHEET.sub(r"\1", sheets[0])) if sheets else {}
        self.named = {each.get("id"): each for each in elements if _tag(each) in ("path", "clipPath")}

    def within(self, element: ET.Element, around: Around) -> Iterator[Mark]:
        for child in element:
            if _tag(child) not in ("defs", "metadata"):
                yield from self.marks(child, around)

    def marks(self, element: ET.Element, around: Around) -> Iterator[Mark]:
        tag = _tag(element)
        if tag not in SAID or not SAID[tag].issuperset(element.attrib):
            raise UnlikeMatplotlib(f"{tag} {element.attrib}")
        here = self.here(element, around)
        if tag == "g":
            yield from self.within(element, here)
        elif tag == "use":
            place = moved(here.matrix, f"translate({element.get('x', '0')} {element.get('y', '0')})")
            yield from self.marks(self.referred(_got(element, HREF), "path"), here._replace(matrix=place))
        else:
            seen = look(() if tag == "image" else tuple(here.style.items()), here.opacity)
            if tag != "path" or (seen.paint and element.get("d")):
                yield Mark(DRAWN[tag](element, here, seen.paint), seen, here.clip)

    def here(self, element: ET.Element, around: Around) -> Around:
        style = {**around.style, **self.sheet, **declared(element.get("style", ""))}
        opacity = number(style.pop("opacity", "1"))
        if opacity != 1 and _tag(element) in ("g", "image"):
            raise UnlikeMatplotlib("opacity")
        matrix = moved(around.matrix, element.get("transform", ""))
        clip = around.clip
        if "clip-path" in element.attrib:
            clip = _clip(self.referred(element.attrib["clip-path"], "clipPath"))
            if matrix != STILL or around.clip not in ("", clip):
                raise UnlikeMatplotlib("clip-path")
        return Around(style, matrix, clip, around.opacity * opacity)

    def referred(self, reference: str, tag: str) -> ET.Element:
        name = REFERENCE.fullmatch(reference)
        found = self.named.get(name[1]) if name else None
        if found is None or _tag(found) != tag:
            raise UnlikeMatplotlib(reference)
        return found


def _clip(path: ET.Element) -> str:
    inside = [(_tag(each), set(each.attrib)) for each in path]
    if inside == [("path", {"d"})]:
        return f"{outline(_got(path[0], 'd'))} W n"
    if inside != [("rect", set(BOX))]:
        raise UnlikeMatplotlib(str(inside))
    return f"{' '.join(written(number(_got(path[0], side))) for side in BOX)} re W n"


def _shape(path: ET.Element, here: Around, paint: str) -> str:
    drawn = f"{outline(_got(path, 'd'))} {paint}"
    return drawn if here.matrix == STILL else f"q {' '.join(map(written, here.matrix))} cm {drawn} Q"


def _words(text: ET.Element, here: Around, paint: str) -> Words:
    family, weight, size = (here.style.get(f"font-{name}", "") for name in ("family", "weight", "size"))
    said, places = text.text or "", numbers(_got(text, "x"))
    if (family, paint) != ("Report", "f") or len(text) or len(places) != len(said) + 1:
        raise UnlikeMatplotlib(said)
    return Words(said, places, number(size.removesuffix("px")), int(number(weight)), here.matrix)


def _picture(image: ET.Element, here: Around, _paint: str) -> Picture:
    address = _got(image, HREF)
    if not address.startswith("data:image/png;base64,"):
        raise UnlikeMatplotlib(address[:30])
    left, top, width, height = numbers(_got(image, side) for side in BOX)
    return Picture(address, (left, top, width, height), here.matrix)


DRAWN = {"path": _shape, "text": _words, "image": _picture}


def _tag(element: ET.Element) -> str:
    return element.tag.removeprefix("{http://www.w3.org/2000/svg}")


def _got(element: ET.Element, name: str) -> str:
    found = element.get(name)
    if found is None:
        raise UnlikeMatplotlib(f"no {name}")
    return found
