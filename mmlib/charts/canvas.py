"""The SVG of a figure, as matplotlib writes it: letters and their outlines are set once for all figures."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, TextIO

from matplotlib import rcParams
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from mmlib.charts.letters import DPI, Extent, extent, font_of, heights

UNITS = 64  # of FreeType in a pixel
_outlines: dict[str, str] = {}  # of glyphs, by their names


class _Line(NamedTuple):
    """The glyphs of a text by their names, and where each stands and how SVG says that."""

    shapes: dict[str, tuple[Any, Any]]
    names: list[str]
    places: list[str]
    uses: list[str]


@lru_cache(16_384)
def _line(text: str, font: FT2Font) -> _Line:
    font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    glyphs, shapes, _ = text_to_path.get_glyphs_with_font(font, text)
    names = [name.replace("%20", "_") for name, *_ in glyphs]
    places = [f"translate({_said(x)} {_said(y)})" if x or y else "" for _, x, y, _ in glyphs]
    said = (f' transform="{place}"' if place else "" for place in places)
    shapes = {name.replace("%20", "_"): shape for name, shape in shapes.items()}
    return _Line(shapes, names, places, [f'<use xlink:href="#{n}"{p}/>\n' for n, p in zip(names, said, strict=True)])


def _said(value: float) -> str:
    return f"{value:f}".rstrip("0").rstrip(".")


class _Renderer(RendererSVG):
    """matplotlib's, and the same SVG, without setting anew what has been set before."""

    def __init__(self, width: float, height: float, file: TextIO, **more: Any) -> None:
        super().__init__(width, height, file, **more)
        self._file = file

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | str) -> Extent:
        return extent(s, prop, ismath)  # matplotlib gives each font as a copy, which nobody changes

    def _get_font_height_metrics(self, font: FontProperties) -> Extent:
        return heights(font, DPI)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Text | None = None,
    ) -> None:
        special = mtext is not None and (mtext.get_fontfeatures() or mtext.get_language())
        seen_through = gc.get_clip_rectangle() is not None or gc.get_clip_path()[0] is not None
        as_text = rcParams["svg.fonttype"] != "path"
        line = None if ismath or special or seen_through or as_text or gc.get_url() else _line(s, font_of(prop))
        if line is None or not line.names:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        self.writer.comment(s)
        depth = self.writer.start("g", style=_ink(gc), transform=_place(x, y, angle, prop.get_size_in_points()))
        self._define({name: shape for name, shape in line.shapes.items() if name not in self._glyph_map})
        self.writer.element("use", attrib={"xlink:href": f"#{line.names[0]}"}, transform=line.places[0])
        indent = " " * (depth + 1)
        self._file.writelines(indent + use for use in line.uses[1:])
        self.writer.end("g")

    def _define(self, shapes: dict[str, tuple[Any, Any]]) -> None:
        if shapes:
            self._glyph_map.update(shapes)
            self.writer.start("defs")
            for name, (vertices, codes) in shapes.items():
                if name not in _outlines:
                    _outlines[name] = self._convert_path(Path(vertices * UNITS, codes), simplify=False)
                self.writer.element("path", id=name, d=_outlines[name], transform=f"scale({_said(1 / UNITS)})")
            self.writer.end("defs")


def _ink(gc: GraphicsContextBase) -> str:
    color, alpha = rgb2hex(gc.get_rgb()), gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
    said = [f"fill: {color}"] if color != "#000000" else []
    return "; ".join([*said, f"opacity: {_said(alpha)}"] if alpha != 1 else said)


def _place(x: float, y: float, angle: float, size: float) -> str:
    scale = size / text_to_path.FONT_SCALE
    turned = [f"rotate({_said(-angle)})"] if angle else []
    return " ".join([f"translate({_said(x)} {_said(y)})", *turned, f"scale({_said(scale)} {_said(-scale)})"])


class FigureCanvas(FigureCanvasSVG):
    """matplotlib's SVG canvas, but for how it measures texts: `savefig(backend="module://mmlib.charts.canvas")`."""

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
