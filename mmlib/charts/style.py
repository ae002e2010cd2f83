"""The look that all charts share: colours with one meaning each, the typeface, and how a notebook shows a figure."""

from __future__ import annotations

import functools
import inspect
import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.transforms import Bbox

from mmlib.charts.data import figure_tables, tables_of
from mmlib.charts.letters import measure

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
FAMILY = "Source Sans Pro"
BOLD = 700
CANVAS = "module://mmlib.charts.canvas"
# The bundled typeface has Latin, Greek and Cyrillic; these are used for other scripts where the machine has one.
WIDE_FAMILIES = (
    "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "MS Gothic", "IPAexGothic",
    "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", "Malgun Gothic", "Arial Unicode MS",
)  # fmt: skip
MISSING = "\N{WHITE SQUARE}"
TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))  # they mirror all text after them

INK = "#1f2933"  # titles, names, values
MUTED = "#56616b"  # subtitles, axes, remarks
OBSERVED = "#8b96a1"  # what was recorded: each dot a session or an attempt
RULE = "#b6bfc8"  # lines that separate or connect
GRID = "#e3e7eb"  # grid lines
PANEL = "#eef1f4"  # an empty cell: a day without practice, the rest of a bar
ACCENT = "#0072b2"  # what was estimated from the records
BAND = "#bcdcf0"  # how sure that estimate is
HIGHLIGHT = "#e69f00"  # the period that the reader asked about
TARGET = "#00795a"  # where the learner wants to be
BAD = "#c2410c"  # too little, asleep, worse
AMOUNTS = ("#cfe8e4", "#98d0c9", "#5ab0a8", "#2b8782", "#0e5957")  # how much was practised, in five steps
AMOUNT = AMOUNTS[3]
CATEGORIES = (
    "#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499",
)  # selves and domains: Paul Tol's muted scheme, made for colour-blind readers  # fmt: skip
PAPER = "#ffffff"  # under a chart that stands alone
UNNAMED = "#c4cad0"  # what has no name, or shares one with others

# For a page with a dark background (about #14171a): each colour above and what takes its place.
DARK = {
    INK: "#e8ecef",
    MUTED: "#a7b1ba",
    OBSERVED: "#8793a0",
    RULE: "#59646e",
    GRID: "#2b3238",
    PANEL: "#242a30",
    ACCENT: "#4aa8e0",
    BAND: "#1d4660",
    HIGHLIGHT: "#f2b134",
    TARGET: "#3cc49b",
    BAD: "#f4804f",
    AMOUNTS[0]: "#1b3f3e",
    AMOUNTS[1]: "#22605c",
    AMOUNTS[2]: "#2f8a84",
    AMOUNTS[3]: "#55b3aa",
    AMOUNTS[4]: "#a5e3db",
    CATEGORIES[0]: "#8077dd",
    CATEGORIES[3]: "#3fa564",
    CATEGORIES[7]: "#c65a94",
    CATEGORIES[8]: "#c06bb2",
    UNNAMED: "#4b545c",
}

Chart = TypeVar("Chart", bound=Callable[..., Any])


def colours(names: Iterable[str]) -> dict[str, str]:
    """Return a colour for each category, the same for the same set of names whatever their order.

    Examples
    --------
    >>> colours(["the player", "the artist"])
    {'the artist': '#332288', 'the player': '#88ccee'}
    """
    named = sorted(set(names) - {"unnamed", "unknown", "others"})
    found = {name: CATEGORIES[i % len(CATEGORIES)] for i, name in enumerate(named)}
    return found | dict.fromkeys(sorted(set(names) - set(named)), UNNAMED)


@functools.cache
def _families() -> tuple[str, ...]:
    for file in sorted(FONTS.glob("*.ttf")):
        fontManager.addfont(file)
    # The semibold face serves as the bold one; without this the search for one is logged each time.
    bold = [
        replace(entry, weight=BOLD) for entry in fontManager.ttflist if entry.name == FAMILY and entry.weight == 600
    ]
    fontManager.ttflist.extend(bold)
    known = set(fontManager.get_font_names())
    return tuple(name for name in (FAMILY, "DejaVu Sans", *WIDE_FAMILIES) if name in known)


@functools.cache
def _rc() -> dict[str, Any]:
    sheet = mpl.rc_params_from_file(HERE / "mmlib.mplstyle", use_default_template=False)
    return {**sheet, "font.family": list(_families())}


@functools.cache
def _drawable() -> frozenset[int]:
    fonts = (get_font(findfont(FontProperties(family=[name]))) for name in _families())
    return frozenset(code for font in fonts for code in font.get_charmap())


def plain(text: object) -> str:
    r"""Return a user's text as it can be drawn: on one line, no mathematics, no glyph that no font here has.

    Characters that turn the direction of what follows are left out; Hebrew and Arabic need none of them.

    Examples
    --------
    >>> plain("win $5\n and $6")
    'win \\$5 and \\$6'
    """
    flat = re.sub(r"\s+", " ", str(text)).strip()
    shown = [
        letter if ord(letter) in _drawable() else MISSING
        for letter in flat
        if letter not in TURNING
        if ord(letter) in _drawable() or unicodedata.category(letter) not in {"Mn", "Cf", "Cc"}
    ]
    return "".join(shown).replace("$", r"\$")


def styled(chart: Chart) -> Chart:
    """Let a chart function draw in the suite's style, whatever the user's settings are, and keep what it drew.

    The Axes hold the function's tables as `data_tables`: a report shows them to those who cannot see the chart.
    """
    signature = inspect.signature(chart)

    @functools.wraps(chart)
    def drawn(*args: Any, **kwargs: Any) -> Any:
        with mpl.rc_context(_rc()):
            axes = chart(*args, **kwargs)
        tables = tables_of(chart, signature, args, kwargs)
        for ax in np.atleast_1d(np.asarray(axes, dtype=object)).flat:
            ax.data_tables = [] if getattr(ax, "is_empty", False) else tables
        return axes

    return drawn  # type: ignore[return-value]


def use_style() -> None:
    """Give all further figures the suite's style; in a notebook, show them as SVG with their alt text.

    The charts of this suite have the style anyway; this is for figures of your own beside them,
    and for notebooks that become reports: the alt text travels in the output's metadata.

    Examples
    --------
    >>> use_style()
    >>> plt.rcParams["svg.hashsalt"]
    'mmlib'
    """
    shell = _shell()
    if shell is not None:
        # Loading the backend later would put its own formatters in place of ours.
        plt.switch_backend(plt.get_backend())
        if "inline" in plt.get_backend():
            plt.uninstall_repl_displayhook()  # after each cell it draws every figure in pixels, which nobody sees here
        formatters = shell.display_formatter.formatters
        for kind in ("image/png", "image/jpeg", "application/pdf"):
            formatters[kind].pop(Figure, None)
        formatters["image/svg+xml"].for_type(Figure, _svg_with_alt_text)
    mpl.rcParams.update(_rc())


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def svg(figure: Figure, *, dpi: int = 220, outlined: bool = True) -> str:
    """Return a figure as SVG text: the same figure always gives the same text.

    `dpi` is for clouds of dots. Letters are outlines, which need no font; as text (`outlined=False`) they are drawn
    sooner, and the page has to bring the fonts in `FONTS` and to show what sticks out.
    """
    engine = figure.get_layout_engine()
    letters = {"svg.fonttype": "path" if outlined else "none"}
    with mpl.rc_context({**_rc(), **letters, "figure.autolayout": False, "figure.constrained_layout.use": False}):
        page = Bbox.from_bounds(0, 0, *figure.get_size_inches())
        if engine is not None:
            engine.execute(figure)
        figure.set_layout_engine(None)  # saving would lay out, and draw, all of it once more
        try:
            drawn = figure.get_tightbbox(measure(figure.dpi)) if outlined else None
            out = io.StringIO()
            # Nothing that sticks out is cut off, and a chart keeps its width where nothing does.
            box = Bbox.union([page, drawn.padded(0.02)]) if drawn is not None else page
            box = None if np.allclose(box.extents, page.extents, atol=0.01) else box
            figure.savefig(out, format="svg", backend=CANVAS, dpi=dpi, bbox_inches=box, metadata={"Date": None})
        finally:
            figure.set_layout_engine(engine)
    return out.getvalue()


def _svg_with_alt_text(figure: Figure) -> tuple[str, dict[str, Any]] | None:
    if not figure.axes and not figure.lines:
        return None
    # JupyterLab and GitHub put the chart on a dark page without asking; a report takes the paper away again.
    drawing, text = svg(figure).replace("<svg", f'<svg style="background: {PAPER}"', 1), alt_text(figure)
    if all(getattr(ax, "is_empty", False) for ax in figure.axes):
        return drawing, {"alt": text, "empty": True}
    tables = figure_tables(figure)
    return drawing, {"alt": text, "dark": DARK} | ({"tables": tables} if tables else {})


def alt_text(figure: Figure) -> str:
    """Return what a figure says, in words: the alt texts of its charts.

    Examples
    --------
    >>> figure, ax = plt.subplots()
    >>> ax.alt_text = "Ada practised on 24 of the 31 days of October 2026."
    >>> alt_text(figure)
    'Ada practised on 24 of the 31 days of October 2026.'
    >>> plt.close(figure)
    """
    texts = (getattr(ax, "alt_text", "") for ax in figure.axes)
    return " ".join(dict.fromkeys(text for text in texts if text))


class Reading(str):
    """A chart's reading: text that a notebook shows as a paragraph."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return re.sub(r"([\\`*_<>$#\[\]|~])", r"\\\1", self)


def reading(ax: Axes | np.ndarray) -> Reading:
    """Return how to read a chart, and what it says, in a sentence or two.

    Examples
    --------
    >>> figure, ax = plt.subplots()
    >>> ax.reading = "Each square is a day."
    >>> reading(ax)
    'Each square is a day.'
    >>> plt.close(figure)
    """
    texts = (getattr(each, "reading", "") for each in np.atleast_1d(np.asarray(ax, dtype=object)).flat)
    return Reading(" ".join(dict.fromkeys(text for text in texts if text)))


def show(ax: Axes | np.ndarray | None) -> Reading | None:
    """Show a chart in a notebook, and return how to read it, which stands below where this is a cell's last line.

    Parameters
    ----------
    ax : Axes or array of Axes, optional
        What a chart function has returned; nothing is shown of None.

    Examples
    --------
    >>> figure, ax = plt.subplots()
    >>> ax.reading = "Each square is a day."
    >>> show(ax)
    'Each square is a day.'
    """
    if ax is None:
        return None
    figure = np.atleast_1d(np.asarray(ax, dtype=object)).flat[0].figure
    if _shell() is not None:
        from IPython.display import display

        display(figure)
    plt.close(figure)  # or the notebook would show it once more
    return reading(ax)
