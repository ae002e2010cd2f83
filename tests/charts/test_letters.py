"""Texts on charts: lines are no wider than they may be, and none is broken sooner than it must."""

import io
from itertools import pairwise

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from mmlib.charts.layout import wrapped
from mmlib.charts.letters import measure
from mmlib.charts.style import CANVAS, FAMILY, use_style

TEXTS = [
    "Ukulele is narrow and sudden: 52% of the time of the last 28 days, hardly ever varied; 6 h 45 min in 7 days",
    "WWW AV To fi ffl ,,, ;;; iiiiiiiii mmmmmmmmm “quoted” words – and a dash, 12,345.67 a minute (95% interval)",
    "Wörter mit Umlauten, ĳ, ŵ and Ελληνικά, кириллица, in one line of text after another until it is full and more",
    "costs $5 and $6, or a skill_with_a_name_that_is_longer_than_any_line_of_a_narrow_chart_could_ever_be",
]


def exact(line, size, weight):
    font = FontProperties(family=[FAMILY, "DejaVu Sans"], size=size, weight=weight)
    return TextToPath().get_text_width_height_descent(line.replace(r"\$", "$"), font, ismath=False)[0]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("size", "weight"), [(10.5, 400), (11, 400), (15, 700)])
def test_lines_fill_their_width_and_no_more(text, size, weight):
    with rc_context():
        use_style()
        for width in range(80, 440, 7):
            lines = wrapped(text, width, size=size, weight=weight)
            assert all(exact(line, size, weight) <= width for line in lines)
            for line, after in pairwise(lines):
                word = after.split(" ")[0]
                assert exact(f"{line} {word}", size, weight) > width * 0.95 or "_" in word


def saved(figure, **how):
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None}, **how)
    return out.getvalue()


def with_words():
    """Return a figure with words of all kinds: turned, pale, cut off, linked, of several lines and scripts."""
    figure = Figure(figsize=(5, 4))
    ax = figure.subplots()
    ax.set_title("Ten catches -- of <12> & more", color="#c2410c", weight="bold")
    ax.set_ylabel("minutes to the target", rotation=90)
    for i, text in enumerate([*TEXTS, "two\nlines", " ", "", r"$\alpha^2$ of \\$5", "日本語 שלום"]):
        ax.text(0.1, i / 10, text, rotation=[0, 33][i % 2], alpha=[1, 0.4][i % 2], size=8 + i / 3, clip_on=i == 3)
    ax.text(0.5, 0.5, "a link", url="https://example.org")
    ax.text(0.5, 0.6, "figures 0123", fontfeatures=["tnum"])
    ax.annotate("twice, twice", (0.5, 0.7), family="monospace")
    ax.annotate("twice, twice", (0.5, 0.8), family="monospace", style="italic")
    return figure


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
@pytest.mark.parametrize("letters", ["path", "none"])
def test_words_are_the_ones_that_matplotlib_draws(letters):
    with rc_context({"svg.fonttype": letters, "svg.hashsalt": "mmlib"}):
        use_style()
        for _ in range(2):  # at first, and once all has been set
            assert saved(with_words(), backend=CANVAS) == saved(with_words())


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
@pytest.mark.parametrize("dpi", [72, 100])
def test_words_take_the_room_that_matplotlib_says(dpi):
    figure = with_words()
    figure.dpi = dpi
    texts = [text for text in figure.axes[0].texts if text.get_text().strip()]
    sizes = [text.get_window_extent(measure(dpi)).size for text in texts]
    figure.dpi = 72  # of an SVG
    theirs = [text.get_window_extent(RendererSVG(360, 288, io.StringIO())).size for text in texts]
    assert np.allclose(np.array(sizes) * 72 / dpi, theirs, rtol=1e-6)


def test_a_family_that_settings_name_is_the_one_of_the_settings():
    figure = Figure()
    figure.text(0.5, 0.5, "iiiWWW\nsecond", family="sans-serif", ha="right", va="top")
    for font in ("DejaVu Sans", "DejaVu Sans Mono", "DejaVu Sans"):
        with rc_context({"font.sans-serif": [font], "svg.hashsalt": "mmlib"}):
            assert saved(figure, backend=CANVAS) == saved(figure)
