"""Charts in the operators of a PDF: they look as WeasyPrint draws them, who draws those of another kind."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import numpy as np
import pypdfium2
import pytest
from matplotlib.figure import Figure

from mmlib import charts
from mmlib.errors import ReportError
from mmlib.reports.paper import typeset
from mmlib.reports.paper.drawing import drawing
from mmlib.reports.paper.fonts import font_faces
from mmlib.reports.paper.lettering import lettered
from mmlib.reports.paper.marks import Picture, Words

CHART = '<svg xmlns="http://www.w3.org/2000/svg" width="30pt" height="60pt" viewBox="0 0 30 60">{}</svg>'


def svg(draw, **how):
    """A chart in our style, drawn by a function of its axes."""
    with mpl.rc_context():
        charts.use_style()
        figure = Figure(figsize=(5, 3))
        draw(figure.add_subplot(**how))
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def page(*drawings):
    sources = (base64.b64encode(each.encode()).decode() for each in drawings)
    images = "".join(f'<p><img alt="Chart" src="data:image/svg+xml;base64,{source}"></p>' for source in sources)
    style = f"<style>{font_faces()}</style>"
    return pypdfium2.PdfDocument(
        typeset.typeset(f'<html lang="en"><title>Ada</title>{style}<body>{images}</body></html>')
    )[0]


def lines(ax):
    ax.plot([1, 3, 2, 9], "--", marker="o")
    ax.plot([4, 4, 5, 5], color="#000000", alpha=0.4, lw=6, solid_capstyle="round", drawstyle="steps")
    ax.fill_between([0, 1, 2], [1, 2, 1], alpha=0.3)
    ax.annotate("first", (1, 3), (0, 8), arrowprops={"alpha": 0.5, "width": 8, "connectionstyle": "arc3,rad=0.3"})
    ax.set_ylim(2, 7)


def dots(ax):
    ax.scatter([1, 2, 2.1], [1, 2, 2], s=[90, 300, 40], c=["#aa3377", "#228833", "k"], edgecolors="r", alpha=0.6)
    ax.set_title("$x^2$ and √2", rotation=8)


def pixels(ax):
    ax.set_title("Twelve")
    ax.imshow(np.arange(12).reshape(3, 4))
    ax.plot([0, 1, 2], [0, 2, 1], "o", rasterized=True)


def round_(ax):
    ax.bar([0, 1, 2], [1, 4, 2], edgecolor="#004488")
    ax.contour([[0, 1], [1, 0.0]])


@pytest.mark.parametrize(
    ("draw", "how"),
    [(lines, {}), (dots, {}), (pixels, {}), (round_, {"projection": "polar"})],
    ids=lambda x: str(x)[:14],
)
def test_a_chart_looks_as_weasyprint_draws_it(draw, how, monkeypatch):
    source = svg(draw, **how)
    assert drawing(lettered(source)) is not None
    ours = np.asarray(page(source).render(scale=2).to_pil().convert("L"), dtype=int)
    monkeypatch.setattr(typeset, "drawing", lambda _source: None)
    theirs = np.asarray(page(source).render(scale=2).to_pil().convert("L"), dtype=int)
    assert (theirs < 200).sum() > 500
    assert np.percentile(np.abs(ours - theirs)[theirs < 250], 97) < 40


def test_words_and_pictures_are_kept_as_such():
    marks = [mark.what for mark in drawing(lettered(svg(pixels))).marks]
    assert "Twelve" in [each.text for each in marks if isinstance(each, Words)]
    assert len([each for each in marks if isinstance(each, Picture)]) == 2


@pytest.mark.parametrize(
    "inside",
    [
        "<circle r='3'/>",
        "<path d='M 0 0 A 1 1 0 0 0 2 2'/>",
        "<path d='M 0 0 L 1'/>",
        "<path d='M 0 0 L 1e-5 nan'/>",
        "<path d='M 0 0' fill='red'/>",
        "<path d='M 0 0' style='fill: url(#hatch)'/>",
        "<path d='M 0 0' style='fill: red'/>",
        "<path d='M 0 0' style='visibility: hidden'/>",
        "<path d='M 0 0' transform='skewX(3)'/>",
        "<path d='M 0 0' clip-path='url(#none)'/>",
        "<g style='opacity: 0.5'/>",
        "<style>path{fill: red}</style>",
        "<text x='0 5' style='font-family: Comic'>a</text>",
        "<text x='0' style='font-family: Report; font-size: 3px; font-weight: 400'>a</text>",
        "<use xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='#itself' id='itself'/>",
        "<image xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='file:///a.png' x='0' y='0'/>",
        "<path",
    ],
)
def test_what_matplotlib_does_not_say_is_left_to_weasyprint(inside):
    assert drawing(CHART.format("<path d='M 0 0 L 2 2 z'/>")) is not None
    assert drawing(CHART.format(inside)) is None


@pytest.mark.parametrize("page_of", ['width="30"', 'width="0pt"', 'x="4" width="30pt"'])
def test_pages_of_another_kind_are_left_to_weasyprint(page_of):
    assert drawing(CHART.format("").replace('width="30pt"', page_of)) is None


def test_a_hatched_chart_is_drawn_by_weasyprint():
    source = svg(lambda ax: ax.bar([0], [1], hatch="/"))
    assert drawing(lettered(source)) is None
    assert (np.asarray(page(source).render().to_pil().convert("L")) < 200).any()


def test_each_letter_stands_where_the_chart_has_it():
    said = "To AVATAR: 11.1 first payoffs, often"
    source = svg(lambda ax: (ax.set_axis_off(), ax.text(0, 0.5, said, size=20)))
    (words,) = [mark.what for mark in drawing(lettered(source)).marks if isinstance(mark.what, Words)]
    text = page(source).get_textpage()
    assert text.get_text_range().strip() == said
    stands = np.array([text.get_charbox(at, loose=True)[0] for at in range(len(said))])
    apart = [at for at, letter in enumerate(said) if letter not in "fit"]  # ligatures are one glyph
    expected = np.array(words.places[:-1])[apart]
    assert stands[apart] - stands[0] == pytest.approx(expected - expected[0], abs=0.3)


def test_letters_that_a_chart_has_elsewhere_are_set_one_by_one(monkeypatch):
    source = svg(lambda ax: (ax.set_axis_off(), ax.text(0, 0.5, "abcd", size=20)))
    (words,) = [mark.what for mark in drawing(lettered(source)).marks if isinstance(mark.what, Words)]
    written, wide = " ".join(f"{place:.2f}".rstrip("0").rstrip(".") for place in words.places), "0 30 60 90 120"
    assert f'x="{written}"' in lettered(source)
    monkeypatch.setattr(typeset, "lettered", lambda drawn: lettered(drawn).replace(f'x="{written}"', f'x="{wide}"'))
    text = page(source).get_textpage()
    stands = [
        text.get_charbox(at, loose=True)[0] for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()
    ]
    assert np.diff(stands) == pytest.approx([30] * 3, abs=0.5)


def test_a_picture_that_cannot_be_read_is_said():
    source = svg(pixels)
    start = source.index("base64,") + len("base64,")
    with pytest.raises(ReportError, match="Failed to load image"):
        page(source[:start] + "AAAA" + source[start + 8 :])
