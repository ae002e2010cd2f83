"""The words of a chart in a PDF: letters of the report's font, where matplotlib drew outlines."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pypdfium2
import pytest
from matplotlib.figure import Figure

from mmlib import charts
from mmlib.reports.paper import typeset
from mmlib.reports.paper.fonts import font_faces
from mmlib.reports.paper.lettering import lettered

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def drawn(*texts, **look):
    """A chart as our style draws it, with these texts one above the other."""
    with mpl.rc_context():
        charts.use_style()
        figure = Figure(figsize=(6, 3))
        for row, text in enumerate(texts):
            figure.text(0.02, 0.9 - row / 8, text, **{"size": 11.5, **look})
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def words(drawing):
    return [element.text for element in ET.fromstring(lettered(drawing)).iter(f"{SVG}text")]


def pages(*drawings):
    sources = (base64.b64encode(each.encode()).decode() for each in drawings)
    images = "".join(f'<p><img alt="Chart" src="data:image/svg+xml;base64,{source}"></p>' for source in sources)
    style = f"<style>{font_faces()}</style>"
    return pypdfium2.PdfDocument(
        typeset.typeset(f'<html lang="en"><title>Ada</title>{style}<body>{images}</body></html>')
    )


@pytest.mark.parametrize(
    "text",
    [
        "Juggling doubled",
        "−4.1 µm to 60 %, “offered” · ünïcödé",
        "<script>alert('x')</script> & co",
        "a -- b --- c",
        "first payoffs of five effective efforts, often after a fjord",
    ],
)
def test_what_is_written_in_our_font_becomes_letters(text):
    assert words(drawn(text)) == [text]


def test_sizes_weights_and_places_are_kept():
    source = lettered(drawn("Juggling"))
    style = ET.fromstring(source).find(f".//{SVG}text").get("style")
    assert "font-size: 11.5px" in style
    assert "font-weight: 400" in style
    assert "fill: #" in style
    heavy = ET.fromstring(lettered(drawn("Juggling", weight=600))).find(f".//{SVG}text").get("style")
    assert "font-weight: 600" in heavy


@pytest.mark.parametrize("text", ["two  spaces", " before", "$x^2$ by rule"])
def test_what_letters_could_not_say_alike_stays_an_outline(text):
    assert words(drawn(text)) == []
    assert lettered(drawn(text)) == drawn(text)


def test_another_font_stays_as_it_is(made):
    assert lettered(made["drawing"]()) == made["drawing"]()
    assert lettered(drawn("Juggling", family="DejaVu Sans")) == drawn("Juggling", family="DejaVu Sans")


def test_each_outline_that_is_still_needed_is_still_there():
    drawing = ET.fromstring(lettered(drawn("abc", "a  b  c")))
    there = {element.get("id") for element in drawing.iter()}
    needed = {element.get(HREF).removeprefix("#") for element in drawing.iter(f"{SVG}use")}
    assert needed
    assert needed <= there
    assert words(drawn("abc", "a  b  c")) == ["abc"]


def test_the_words_of_a_chart_can_be_found_in_the_pdf():
    text = pages(drawn("Juggling doubled", "in October & after"))[0].get_textpage().get_text_range()
    assert "Juggling doubled" in text
    assert "in October & after" in text


def test_letters_look_as_the_outlines_did(monkeypatch):
    drawing = drawn("Juggling doubled in October 2026", "16 h 18 min (+8 h 48 min)", "two  spaces")

    def ink():
        picture = pages(drawing)[0].render(scale=2).to_pil().convert("L")
        return np.asarray(picture) < 128

    letters = ink()
    monkeypatch.setattr(typeset, "lettered", lambda source: source)
    outlines = ink()
    for axis in (0, 1):
        edges = [np.flatnonzero(each.any(axis=axis))[[0, -1]] for each in (letters, outlines)]
        assert np.abs(edges[0] - edges[1]).max() <= 1
    assert abs(letters.sum() / outlines.sum() - 1) < 0.1
    assert (letters & outlines).sum() > 0.85 * outlines.sum()


def test_the_fonts_of_a_report_are_named_by_their_weight():
    assert re.findall(r"font-weight:(\d+)", font_faces()) == ["400", "600"]
