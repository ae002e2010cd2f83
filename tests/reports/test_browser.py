"""Reports in a real browser: Debian's Chromium, at desktop and phone width, light and dark."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_markdown_cell

from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.index.contents import write

WIDTHS = (390, 1280)


@pytest.fixture
def shelf(tmp_path, executed):
    (tmp_path / "2026-10").mkdir()
    page, _ = ReportHTMLExporter().from_notebook_node(executed)
    (tmp_path / "2026-10" / "ada.html").write_text(page, encoding="utf-8")
    write(tmp_path, [])
    return tmp_path


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["2026-10/ada.html", "index.html"])
def test_nothing_sticks_out_to_the_side(visit, shelf, width, name):
    page = visit(shelf / name, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_wide_table_scrolls_in_its_own_frame(visit, shelf):
    page = visit(shelf / "2026-10" / "ada.html", 390)
    assert page.evaluate("(e => e.scrollWidth > e.clientWidth)(document.querySelector('.table'))")


def test_long_words_and_printed_lines_do_not_stick_out(visit, tmp_path, executed):
    executed.cells.append(new_markdown_cell("x" * 500 + "\n\n    " + "y" * 500 + "\n\n# " + "Z" * 80))
    page, _ = ReportHTMLExporter().from_notebook_node(executed)
    (tmp_path / "long.html").write_text(page, encoding="utf-8")
    assert visit(tmp_path / "long.html", 390).evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_asks_for_nothing_and_complains_about_nothing(visit, shelf, scheme):
    for name in ("2026-10/ada.html", "index.html"):
        page = visit(shelf / name, scheme=scheme)
        assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
        assert len([url for url in page.asked if url.startswith("file:")]) == 1
        assert page.complaints == []


def test_hostile_text_is_shown_and_does_not_run(visit, shelf):
    page = visit(shelf / "2026-10" / "ada.html")
    page.wait_for_timeout(100)
    assert page.title() == "Ada in October 2026"
    assert page.inner_text("main").count("<script>document.title='stolen'</script>") == 3


def brightness(colour):
    """The mean of red, green and blue, from "rgb(20, 23, 26)"."""
    return sum(int(part) for part in colour.strip("rgb()").split(",")) / 3


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_readers_colour_scheme(visit, shelf, scheme, dark):
    page = visit(shelf / "2026-10" / "ada.html", scheme=scheme)
    paper = brightness(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    ink = brightness(page.evaluate("getComputedStyle(document.body).color"))
    assert (paper < 60 and ink > 200) if dark else (paper > 240 and ink < 60)


PIXELS = """async () => {
  const image = document.querySelector('figure img');
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), {width: 600, height: 300});
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0, 600, 300);
  const data = pen.getImageData(0, 0, 600, 300).data;
  const counts = {};
  for (let i = 0; i < data.length; i += 4) {
    const key = [data[i], data[i + 1], data[i + 2], data[i + 3]].join();
    counts[key] = (counts[key] || 0) + 1;
  }
  return counts;
}"""


@pytest.mark.parametrize(("scheme", "bars"), [("light", "0,114,178,255"), ("dark", "74,168,224,255")])
def test_charts_follow_the_readers_colour_scheme(visit, shelf, scheme, bars):
    counts = visit(shelf / "2026-10" / "ada.html", scheme=scheme).evaluate(PIXELS)
    assert counts.get(bars, 0) > 10_000


@pytest.mark.parametrize("width", WIDTHS)
def test_charts_fill_the_column_and_have_descriptions(visit, shelf, width):
    page = visit(shelf / "2026-10" / "ada.html", width)
    shown, column = page.evaluate(
        "[document.querySelector('figure img').clientWidth, document.querySelector('main h2').clientWidth]"
    )
    assert shown >= column
    assert page.get_by_role("img", name="Practised on 3 days.").count() == 1
