"""Charts that WeasyPrint takes for images: its streams get the marks of a `Drawing` as they are."""

from __future__ import annotations

from typing import Any, NamedTuple

from weasyprint import DEFAULT_OPTIONS
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.images import get_image_from_uri
from weasyprint.matrix import Matrix
from weasyprint.text.line_break import create_layout, line_size
from weasyprint.urls import URLFetcher

from mmlib.reports.paper.marks import Drawing, Mark, Picture, Words

NEAR = 0.3  # a line's end may be this far from where the chart has it, in its units, before each letter gets its place
MITER = 4  # SVG's


class _Style(dict[str, Any]):
    """A style as WeasyPrint's text wants it."""

    font_config: Any


class _Line(NamedTuple):
    """A line as WeasyPrint draws it."""

    text: str
    pango_layout: Any
    style: _Style
    baseline: float = 0


class Painting:
    """A drawing with the methods of WeasyPrint's images.

    Parameters
    ----------
    drawing : Drawing
        The marks of a chart.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Return the width and height in pixels, and their ratio."""
        width, height = self.drawing.size
        return width, height, width / height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw on a stream, in a box of this width and height."""
        stream.transform(*_fitted(*self.drawing.units, 0, 0, width, height))
        stream.set_miter_limit(MITER)
        clip = ""
        stream.push_state()
        for mark in self.drawing.marks:
            if mark.clip != clip:
                stream.pop_state()
                stream.push_state()
                clip = mark.clip
                stream.stream.append(clip)
            self._paint(stream, mark, style)
        stream.pop_state()

    def _paint(self, stream: Any, mark: Mark, style: Any) -> None:
        what, look = mark.what, mark.look
        if look.opacity < 1:
            group = stream.add_group(0, 0, *self.drawing.units)
            self._paint(group, mark._replace(look=look._replace(opacity=1)), style)
            stream.set_alpha(look.opacity, stroke=True, fill=True)
            stream.draw_x_object(group.id)
            return
        for alpha, of_lines in zip(look.alphas, (False, True), strict=True):
            stream.set_alpha(alpha, of_lines)
        stream.stream.append(look.state)
        if isinstance(what, Words):
            _write(stream, what, style)
        elif isinstance(what, Picture):
            _show(stream, what)
        else:
            stream.stream.append(what)


def _show(stream: Any, picture: Picture) -> None:
    image = get_image_from_uri({}, URLFetcher(allowed_protocols=("data",)), DEFAULT_OPTIONS, picture.address)
    if image is not None:  # where it cannot be read, WeasyPrint has said so in its log
        across, down, _ = image.get_intrinsic_size(1, 0)
        with stream.stacked():
            stream.transform(*picture.matrix)
            stream.transform(*_fitted(across, down, *picture.box))
            image.draw(stream, across, down, {"image_rendering": "auto"})


def _fitted(across: float, down: float, left: float, top: float, width: float, height: float) -> tuple[float, ...]:
    """Return what moves a page of a width and height into the middle of a box."""
    scale = min(width / across, height / down)
    return scale, 0, 0, scale, left + (width - scale * across) / 2, top + (height - scale * down) / 2


def _write(stream: Any, words: Words, around: Any) -> None:
    style = _Style(INITIAL_VALUES, font_family=["Report"], font_weight=words.weight, font_size=words.size)
    style.font_config = around.font_config
    *starts, end = words.places
    layout = create_layout(words.text, style, None, None, 0)
    width, _ = line_size(layout.get_first_line()[0], style)
    lines = [(words.text, layout, starts[0])]
    if abs(starts[0] + width - end) > NEAR:
        apart = zip(words.text, starts, strict=True)
        lines = [(letter, create_layout(letter, style, None, None, 0), at) for letter, at in apart]
    stream.begin_text()
    for text, layout, at in lines:
        place = Matrix(d=-1, e=at) @ Matrix(*words.matrix)
        draw_first_line(stream, _Line(text, layout, style), "none", "none", place)
    stream.end_text()
