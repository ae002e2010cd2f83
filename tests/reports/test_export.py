"""What the exporters make of a notebook: the HTML read with a parser, the PDF with pikepdf and pdfium."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from importlib.metadata import entry_points

import numpy as np
import pandas as pd
import pikepdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mmlib.errors import ReportError
from mmlib.reports.export import PangoMissing, ReportHTMLExporter, ReportPDFExporter
from mmlib.reports.paper import pango
from tests.reports.matterhorn import elements, failures, of_kind


def page(*cells, **traits):
    body, _ = ReportHTMLExporter(**traits).from_notebook_node(new_notebook(cells=list(cells)))
    return BeautifulSoup(body, "html.parser")


def html(notebook):
    return BeautifulSoup(ReportHTMLExporter().from_notebook_node(notebook)[0], "html.parser")


def pdf(notebook):
    return ReportPDFExporter().from_notebook_node(notebook)[0]


def test_the_exporters_are_known_to_nbconvert_by_name():
    found = {entry.name: entry.load() for entry in entry_points(group="nbconvert.exporters")}
    for name, exporter in (("html", ReportHTMLExporter), ("pdf", ReportPDFExporter)):
        assert found[f"mm_{name}"] is exporter
        assert issubclass(get_exporter(f"mm-{name}"), exporter)
    assert ReportHTMLExporter.export_from_notebook == "Practice report (HTML)"


def test_the_page_is_semantic_and_carries_everything_itself(executed):
    soup = html(executed)
    assert soup.html["lang"] == "en"
    assert soup.title.text == "Ada in October 2026"
    assert soup.find("meta", attrs={"name": "description"})["content"] == "Juggling doubled."
    assert soup.find("meta", attrs={"name": "viewport"})["content"] == "width=device-width, initial-scale=1"
    assert [heading.text for heading in soup.select("main > section > h2")] == ["Repetition", "Payoff", "Provenance"]
    assert [section["aria-labelledby"] for section in soup.select("section")] == ["repetition", "payoff", "provenance"]
    assert not soup.find_all(["script", "link", "iframe"])
    assert all(image["src"].startswith("data:") for image in soup.find_all("img"))
    assert "http" not in soup.style.text


def test_code_is_hidden_unless_it_is_asked_for():
    cell = new_code_cell("answer = 6 * 7")
    hidden = new_code_cell("secret = 1", metadata={"tags": ["hide-input"]})
    assert "answer" not in page(cell).text
    shown = page(cell, hidden, exclude_input=False)
    assert shown.select_one("pre.code").text == "answer = 6 * 7"
    assert "secret" not in shown.text


def test_a_chart_is_an_image_with_its_description_and_its_reading(executed):
    figure = html(executed).figure
    assert figure.img["alt"] == "Practised on 3 days."
    assert figure.figcaption.text.strip() == "Each bar is a day."
    assert figure.figcaption.strong.text == "day"


def test_a_chart_changes_its_colours_in_the_dark(executed):
    source = html(executed).figure.img["src"].partition(",")[2]
    drawing = base64.b64decode(source).decode()
    assert drawing.startswith("<svg")
    assert "@media (prefers-color-scheme: dark)" in drawing
    assert '[style*="fill: #0072b2" i]{fill:#4aa8e0 !important}' in drawing
    assert "paper" not in html(executed).figure.get("class", [])


def test_a_chart_without_dark_colours_stands_on_white(made):
    assert page(made["chart"](dark={})).figure["class"] == ["paper"]


def test_the_paper_that_a_chart_brings_along_is_taken_away(made):
    papered = made["drawing"]().replace("<svg", '<svg style="background: #ffffff"', 1)
    sources = [page(made["shown"]({"image/svg+xml": each})).img["src"] for each in (papered, made["drawing"]())]
    assert sources[0] == sources[1]


def test_pictures_of_a_users_own_notebook_work(made):
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    soup = page(made["shown"]({"image/png": pixel + "\n"}), made["shown"]({"image/png": pixel}, {"alt": "One dot"}))
    assert [image["alt"] for image in soup.find_all("img")] == ["Chart without a description", "One dot"]
    assert soup.img["src"] == f"data:image/png;base64,{pixel}"


def test_two_charts_and_one_reading(made):
    soup = page(made["chart"]("One."), made["chart"]("Two."), made["shown"]({"text/markdown": "Look here."}))
    assert [bool(figure.figcaption) for figure in soup.find_all("figure")] == [False, True]


@pytest.mark.parametrize("text", ["<Axes: title={'center': 'x'}>", "array([[<Axes: >, <Axes: >]], dtype=object)"])
def test_the_name_of_an_axes_is_not_printed(text):
    cell = new_code_cell("plot()", outputs=[new_output("execute_result", {"text/plain": text}, execution_count=1)])
    assert page(cell).main.text.strip() == ""


def test_cells_that_say_nothing_leave_nothing():
    noise = new_output("stream", name="stderr", text="UserWarning: noise")
    empty = [new_code_cell("x = 1"), new_markdown_cell(""), new_code_cell("", outputs=[noise])]
    removed = new_markdown_cell("gone", metadata={"tags": ["remove-cell"]})
    assert not page(*empty, removed).main.find_all(lambda tag: tag.name != "header")


def test_what_is_printed_is_shown_as_text():
    cell = new_code_cell("", outputs=[new_output("stream", name="stdout", text="\x1b[1m2 < 3\x1b[0m\n")])
    assert page(cell).pre.text == "2 < 3"


def test_an_error_is_shown_with_its_name_first():
    output = new_output("error", ename="KeyError", evalue="'<b>'", traceback=["\x1b[31mline 1\x1b[0m"])
    failure = page(new_code_cell("", outputs=[output])).select_one(".failure")
    assert failure.p.text == "KeyError: '<b>'"
    assert failure.details.pre.text == "line 1"


def test_hostile_text_stays_text(executed):
    soup = html(executed)
    assert not soup.find_all("script")
    assert not [tag for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert soup.main.text.count("<script>document.title='stolen'</script>") == 3


@pytest.mark.parametrize(
    "markdown",
    ["[x](javascript:alert(1))", "![x](http://example.com/a.png)", "![x](file:///etc/passwd)", "<a href=data:x>x</a>"],
)
def test_markdown_cannot_run_or_fetch(made, markdown):
    for cell in (made["shown"]({"text/markdown": markdown}), new_markdown_cell(markdown)):
        soup = page(cell)
        assert not [tag for tag in soup.main.find_all(["a", "img"]) if tag.get("href") or tag.get("src")]


def test_an_author_may_use_html_in_markdown_cells():
    assert page(new_markdown_cell("H<sub>2</sub>O<script>1</script>")).sub.text == "2"


def test_a_pandas_table_becomes_a_readable_one(made):
    source = """<div><style scoped>.dataframe {color: red}</style><table border="1" class="dataframe">
      <thead><tr style="text-align: right;"><th></th><th>hours</th></tr><tr><th>skill</th><th></th></tr></thead>
      <tbody><tr><th>ukulele &lt;b&gt;</th><td>−4.1</td></tr></tbody></table></div>"""
    soup = page(made["shown"]({"text/html": source}))
    assert [(cell.text, cell["scope"]) for cell in soup.select("thead tr th")] == [("skill", "col"), ("hours", "col")]
    assert len(soup.select("thead tr")) == 1
    assert (soup.tbody.th.text, soup.tbody.th["scope"]) == ("ukulele <b>", "row")
    assert soup.tbody.td["class"] == soup.select("thead th")[1]["class"] == ["number"]
    assert soup.select_one("div.table[tabindex='0'][role=region][aria-label=Table]")
    assert "color: red" not in str(soup.main)


def test_sections_of_the_same_name_have_different_anchors():
    soup = page(new_markdown_cell("## Payoff\n\n> ## quoted"), new_markdown_cell("## Payoff"))
    assert [section.h2["id"] for section in soup.select("main > section")] == ["payoff", "payoff-2"]


def test_the_title_of_a_notebook_without_heading_is_its_name():
    body, _ = ReportHTMLExporter().from_notebook_node(new_notebook(), {"metadata": {"name": "a < b"}})
    assert BeautifulSoup(body, "html.parser").title.text == "a < b"


def test_the_pdf_is_tagged_and_says_so(executed):
    with pikepdf.open(io.BytesIO(pdf(executed))) as made_pdf:
        assert made_pdf.Root.MarkInfo.Marked
        assert made_pdf.Root.Lang == "en"
        assert made_pdf.Root.ViewerPreferences.DisplayDocTitle
        with made_pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Ada in October 2026"
        assert {str(figure.Alt) for figure in of_kind(made_pdf, "/Figure")} == {
            "Practised on 3 days.",
            "Juggling rose from 18 to 41 catches.",
        }
        kinds = {str(element.S) for element, _ in elements(made_pdf)}
        assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD"} <= kinds
        assert [len(of_kind(made_pdf, "/H1")), len(of_kind(made_pdf, "/H2"))] == [1, 3]


def test_the_pdf_has_bookmarks_page_numbers_and_a_running_title(executed):
    document = pypdfium2.PdfDocument(pdf(executed))
    names = [bookmark.get_title() for bookmark in document.get_toc()]
    assert names == ["Ada in October 2026", "Repetition", "Payoff", "Provenance"]
    texts = [each.get_textpage().get_text_range() for each in document]
    assert len(texts) >= 2
    assert all(f"{n} / {len(texts)}" in text for n, text in enumerate(texts, start=1))
    assert texts[0].count("Ada in October 2026") == 1
    assert all("Ada in October 2026" in text for text in texts[1:])
    assert "<script>" in "".join(texts)
    width, height = document[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)


RICH = """\
## Everything

A [link](https://example.org/a?b=c) and [inside](#everything), **bold**, `code`, H<sub>2</sub>O, ~~gone~~.

- one
  - nested

    with a paragraph of its own
- two [links](https://example.org) in [an item](https://example.org/b)

1. first

2. second

   again

> quoted
>
> - a list

***

| skill | hours |
|-------|-------|
| piano | 2     |

```python
print("code")
```

<dl><dt>Term</dt><dd>Meaning</dd></dl>

<details><summary>More</summary>hidden</details>

##### Deep
"""
LONG_WORD = "donaudampfschifffahrt" * 40


@pytest.fixture(scope="module")
def rich(made):
    """The PDF of a notebook with all that a user's own may hold."""
    columns = pd.MultiIndex.from_tuples([("x", "a"), ("x", "b"), ("y", "c")])
    rows = pd.MultiIndex.from_tuples([("u", "v"), ("u", "w")], names=["one", "two"])
    tables = [
        pd.DataFrame([[1, 2, "c"], [3, 4, "d"]], index=rows, columns=columns).to_html(),
        pd.DataFrame({f"column {n}": range(90) for n in range(4)}).to_html(),
        pd.DataFrame({"hours": [1.5]}, index=[LONG_WORD]).style.to_html(),
        "<table><caption>Said</caption><tr><th>h</th><td rowspan=2>x</td></tr><tr><th>i</th></tr></table>",
    ]
    cells = [
        new_markdown_cell(f"# Ada\n\n{RICH}"),
        *(made["shown"]({"text/html": table}) for table in tables),
        made["chart"]("A chart. " * 200),
        made["shown"]({"text/markdown": f"Reading {LONG_WORD}"}),
        made["chart"](dark={}),
        made["shown"]({"text/plain": LONG_WORD}),
        new_markdown_cell(f"## {LONG_WORD}"),
        new_code_cell(outputs=[new_output("error", ename="KeyError", evalue="x", traceback=["line"])]),
    ]
    return pdf(new_notebook(cells=cells))


def test_the_pdf_passes_what_a_machine_can_check_of_pdf_ua(executed, rich):
    assert failures(pdf(executed)) == []
    assert failures(rich) == []


def test_the_pdf_is_sound(rich):
    with pikepdf.open(io.BytesIO(rich)) as made_pdf:
        assert made_pdf.check_pdf_syntax() == []


def test_the_checks_find_what_is_missing(rich):
    """Each damage that is done to a good PDF is found, by its number in the Matterhorn Protocol."""

    def found(harm):
        with pikepdf.open(io.BytesIO(rich)) as made_pdf:
            harm(made_pdf)
            out = io.BytesIO()
            made_pdf.save(out)
        return {failure.partition(":")[0] for failure in failures(out.getvalue())}

    def unmarked(made_pdf):
        page = made_pdf.pages[0]
        plain = [part for part in pikepdf.parse_content_stream(page) if str(part.operator) not in ("BMC", "BDC", "EMC")]
        page.Contents = made_pdf.make_stream(pikepdf.unparse_content_stream(plain))

    def without(kind, *names):
        def harm(made_pdf):
            element = of_kind(made_pdf, kind)[0] if kind else made_pdf.Root
            for name in names[:-1]:
                element = element[name]
            del element[names[-1]]

        return harm

    def renamed(kind, other):
        return lambda made_pdf: setattr(of_kind(made_pdf, kind)[0], "S", pikepdf.Name(other))

    def unembedded(made_pdf):
        for font in made_pdf.pages[0].Resources.Font.values():
            font.DescendantFonts[0].FontDescriptor = pikepdf.Dictionary()

    assert "01-005" in found(unmarked)
    assert "13-004" in found(without("/Figure", "/Alt"))
    assert "15-003" in found(without("/TH", "/A", "/Scope"))
    assert "11-006" in found(without(None, "/Lang"))
    assert "07-001" in found(without(None, "/ViewerPreferences"))
    assert "06-001" in found(without(None, "/Metadata"))
    assert "14-003" in found(renamed("/H2", "/H4"))
    assert "09-004" in found(renamed("/LBody", "/P"))
    assert "02-001" in found(renamed("/P", "/Paragraph"))
    assert "28-011" in found(renamed("/Link", "/Span"))
    assert "28-012" in found(lambda made_pdf: made_pdf.pages[0].Annots[0].__delitem__("/Contents"))
    assert "28-008" in found(lambda made_pdf: made_pdf.pages[0].obj.__delitem__("/Tabs"))
    assert "31-009" in found(unembedded)


def test_running_titles_and_page_numbers_are_no_part_of_the_text(executed):
    with pikepdf.open(io.BytesIO(pdf(executed))) as made_pdf:
        artefacts = [page.Contents.read_bytes().count(b"/Type /Pagination") for page in made_pdf.pages]
    assert artefacts[0] == 1  # the number; the title begins on the second page
    assert min(artefacts[1:]) > 1


def test_a_figure_lies_where_the_tags_say(made):
    """The box of a figure holds the ink of its chart, as another library draws the page."""
    made_file = pdf(new_notebook(cells=[new_markdown_cell("# Ada"), made["chart"]()]))
    page = pypdfium2.PdfDocument(made_file)[0]
    picture = np.asarray(page.render(scale=1).to_pil().convert("RGB")).astype(int)
    blue = np.argwhere((picture[..., 2] - picture[..., 0]) > 80)
    with pikepdf.open(io.BytesIO(made_file)) as made_pdf:
        left, bottom, right, top = (float(each) for each in of_kind(made_pdf, "/Figure")[0].A.BBox)
    height = page.get_height()
    (first, start), (last, end) = blue.min(axis=0), blue.max(axis=0)
    assert left <= start < end <= right
    assert height - top <= first < last <= height - bottom
    assert (top - bottom) < 1.6 * (last - first)


def test_a_long_word_takes_nothing_off_the_page(rich, made):
    notebook = new_notebook(
        cells=[
            new_markdown_cell(f"# Title {LONG_WORD}"),
            made["shown"]({"text/html": pd.DataFrame({"hours": [4.75]}, index=[LONG_WORD]).to_html()}),
            made["shown"]({"text/html": f'<dl class="provenance"><dt>Skill</dt><dd>{LONG_WORD}</dd></dl>'}),
            made["shown"]({"text/markdown": f"- {LONG_WORD}\n\n> {LONG_WORD}"}),
        ]
    )
    for file in (pdf(notebook), rich):
        for page in pypdfium2.PdfDocument(file):
            text = page.get_textpage()
            boxes = [text.get_charbox(n) for n in range(text.count_chars())]
            margin = page.get_height() - 57  # where the running title is cut off
            assert max(right for _, _, right, top in boxes if top < margin) < page.get_width() - 20
    assert "4.75" in "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf(notebook)))


def test_charts_in_the_pdf_are_vectors(executed):
    with pikepdf.open(io.BytesIO(pdf(executed))) as made_pdf:
        assert not [each for page in made_pdf.pages for each in page.get_images()]


def test_no_chart_is_parted_from_its_reading(made):
    cells = [new_markdown_cell("# Many")]
    for n in range(12):
        reading = made["shown"]({"text/markdown": f"Reading {n:02}. " + "It says something. " * 12})
        cells += [new_markdown_cell(f"### Chart {n:02}"), made["chart"](f"Chart {n:02}"), reading]
    document = pypdfium2.PdfDocument(pdf(new_notebook(cells=cells)))
    texts = [each.get_textpage().get_text_range() for each in document]
    for n in range(12):
        pages = [number for number, text in enumerate(texts) if f"Reading {n:02}" in text]
        assert pages == [number for number, text in enumerate(texts) if f"Chart {n:02}" in text]


def test_the_pdf_fetches_nothing(tmp_path, made):
    outside = tmp_path / "secret.png"
    outside.write_bytes(b"x")
    drawing = made["drawing"]().replace("</svg>", f'<image href="{outside.as_uri()}"/></svg>')
    drawing = drawing.replace("</svg>", '<image href="http://127.0.0.1:9/x.png"/></svg>')
    cell = made["shown"]({"image/svg+xml": drawing})
    with pytest.raises(ReportError, match="a chart cannot be drawn"):
        pdf(new_notebook(cells=[cell]))


def test_two_charts_that_lack_the_same_say_so_once():
    lacks = {"image/svg+xml": {"alt": "No card names a self yet.", "empty": True}}
    output = new_output("display_data", {"image/svg+xml": "<svg/>"}, metadata=lacks)
    heads = [new_markdown_cell("# Ada\n\n## Selves"), new_markdown_cell("## Next")]
    first, second, third = (new_code_cell("draw()", outputs=[output]) for _ in range(3))
    notebook = new_notebook(cells=[heads[0], first, second, heads[1], third])
    body, _ = ReportHTMLExporter().from_notebook_node(notebook)
    assert body.count('<p class="empty">No card names a self yet.</p>') == 2


def test_without_pango_the_message_says_what_to_install(monkeypatch):
    def refuse(_):
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pango, "import_module", refuse)
    with pytest.raises(PangoMissing, match=r"PDF needs Pango.*apt-get install libpango-1\.0-0"):
        pdf(new_notebook())


def test_weasyprint_is_loaded_only_for_a_pdf():
    code = "import sys, mmlib.reports.export; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_chart_with_nothing_to_show_becomes_a_sentence(made):
    cell = made["shown"](
        {"image/svg+xml": made["drawing"](), "text/plain": "<Figure>"},
        {"image/svg+xml": {"alt": "There is no flow to show: rate <flow>.", "empty": True}},
    )
    reading = made["shown"]({"text/markdown": ""})
    page, _ = ReportHTMLExporter().from_notebook_node(new_notebook(cells=[cell, reading]))
    assert '<p class="empty">There is no flow to show: rate &lt;flow&gt;.</p>' in page
    assert "<figure" not in page
    assert "<figcaption" not in page
