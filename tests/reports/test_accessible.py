"""Reports for everyone: axe-core in a real browser, the keyboard, phones, paper, and text that means harm."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pypdfium2
import pytest
import tomlkit
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import mmlib as mm
from mmlib import charts
from mmlib.charts.data import figure_tables
from mmlib.practice import load
from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.monthly import monthly
from mmlib.reports.shipped import shipped
from tests.conftest import needs
from tests.lab_server import installed

PAGES = ("monthly", "hostile", "custom", "failed")
SCREENS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
IMG = "<img src=x onerror=document.title='stolen'>"
SKILLS = (
    "<script>document.title='stolen'</script>",
    "=cmd|'/C calc'!A0",
    "harmless\u202efdp.exe",
    "w" * 300,
    "[x](javascript:alert(1)) **b** ![](http://127.0.0.1:9/a.png)",
)
MARKUP = "&#8238;<b onclick=alert(1)>&lt;i&gt;</b>"


def hostile_practice(folder):
    """A small practice folder whose every text means harm."""
    folder.mkdir()
    days = [(skill, day, hour) for hour, skill in enumerate(SKILLS) for day in range(1, 29) if (day + hour) % 2]
    log = pd.DataFrame(days, columns=["skill", "day", "hour"])
    start = pd.Timestamp("2026-10-01") + pd.to_timedelta(log["day"] - 1, unit="D") + pd.to_timedelta(log["hour"], "h")
    log = log.assign(learner="../../etc", start=start, minutes=log["day"] + 10, score=log["day"] * 1.5, note=IMG)
    ratings = dict.fromkeys(("payoff", "flow", "challenge", "mood_before", "mood_after"), log["day"] % 5 + 1)
    log["self"] = MARKUP
    log.assign(**ratings).drop(columns=["day", "hour"]).to_csv(folder / "log.csv", index=False)
    card = {"title": IMG, "unit": "</style><script>alert(1)</script>", "better": "higher", "target": 50, "domain": IMG}
    (folder / "skills.toml").write_text(tomlkit.dumps(dict.fromkeys(SKILLS, card)), encoding="utf-8")
    milestone = {"learner": "../../etc", "date": "2026-10-20", "kind": "performance", "skill": SKILLS[0], "note": IMG}
    pd.DataFrame([milestone]).to_csv(folder / "milestones.csv", index=False)
    return folder


def custom(chart):
    """A notebook of a user's own: no title, gaps between headings, code, tables, a widget's picture, wide lines."""
    frame = pd.DataFrame({"part": ["isolate", None], "minutes": [3.5, 4.0]})
    crossed = pd.crosstab(pd.Series(["a", "b"], name="skill"), pd.Series(["isolate", "repeat"], name="part"))
    ax = charts.totals(pd.DataFrame({"skill": ["ukulele"], "minutes": [380.0], "sessions": [12]}))
    metadata = {"alt": charts.alt_text(ax.figure), "dark": charts.DARK, "tables": figure_tables(ax.figure)}
    svg = {"image/svg+xml": charts.svg(ax.figure)}
    cells = [
        new_markdown_cell("Text and [a link](https://example.com).\n\n## First\n\n#### Deep\n\n#### As deep\n\n###"),
        new_code_cell("x = 1  # " + "wide " * 60, outputs=[new_output("stream", name="stdout", text="y" * 400)]),
        new_markdown_cell(f"```\n{'z' * 300}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        *(shown({"text/html": each}) for each in (frame.to_html(), frame.to_html(), crossed.to_html())),
        shown({"text/html": frame.style.set_caption("Styled").to_html()}),
        shown({"text/html": chart.still(), "application/vnd.jupyter.widget-view+json": {}}),
        shown({"image/svg+xml": svg["image/svg+xml"]}, {}),
        shown(svg, {"image/svg+xml": metadata}),
    ]
    return new_notebook(cells=cells)


def shown(data, metadata=None):
    return new_code_cell("show()", outputs=[new_output("display_data", data, metadata=metadata or {})])


def failed(notebook):
    """The same as papermill leaves it where a cell failed."""
    error = new_output("error", ename="KeyError", evalue="'mood'", traceback=["\x1b[31mline 1\x1b[0m" * 40])
    link = (
        "<span style='color:red'>An Exception was encountered at '<a href='#papermill-error-cell'>In [8]</a>'.</span>"
    )
    place = "<span id='papermill-error-cell' style='color:red'>Execution encountered an exception here:</span>"
    cells = [new_markdown_cell(link), *notebook.cells[:3], new_markdown_cell(place)]
    return new_notebook(cells=[*cells, new_code_cell("table['mood']", outputs=[error])])


@pytest.fixture(scope="module", autouse=True)
def built(tmp_path_factory):
    """All pages by name; made before the browser starts, whose event loop a kernel in this thread cannot abide."""
    needs(installed(), "Chromium is not installed: on Debian or Ubuntu run  sudo apt-get install chromium")
    place = tmp_path_factory.mktemp("accessible")
    pages = {}
    for name, source in (("monthly", shipped("data/sample")), ("hostile", hostile_practice(place / "practice"))):
        made = monthly(source, learner="ada" if name == "monthly" else None, month="2026-10", out=place / name / "out",
                       formats=["html"], progress=False)  # fmt: skip
        pages[name] = made.paths["html"]
    notebook = custom(widget())
    for name, content in (("custom", notebook), ("failed", failed(notebook))):
        pages[name] = place / f"{name}.html"
        body, _ = ReportHTMLExporter(exclude_input=False).from_notebook_node(content, {"metadata": {"name": name}})
        pages[name].write_text(body, encoding="utf-8")
    return pages


def widget():
    return mm.card("juggling", shipped("data/sample"))


AXE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map(rule => [rule.ruleId, {enabled: true}]));
  const found = await axe.run(document, {rules, resultTypes: ['violations']});
  if (found.passes.length < 20) throw Error('too few rules found anything to look at');
  return found.violations.map(each => [each.id, each.nodes.length, each.nodes[0].html.slice(0, 200)]);
}"""


# Everything open and every second chart enlarged; of tables with hundreds of rows three are as good as all.
OPENED = """() => {
  document.querySelectorAll('.data tr:nth-child(n + 4)').forEach(row => row.remove());
  document.querySelectorAll('details').forEach(each => each.open = true);
  document.querySelectorAll('.larger input').forEach((each, i) => each.checked = i % 2);
}"""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_by_any_of_its_rules(visit, built, name, width, scheme):
    from axe_playwright_python.base import AXE_SCRIPT

    page = visit(built[name], width, scheme)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(OPENED)
    assert page.evaluate(AXE) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_but_itself_and_complains_about_nothing(visit, built, name):
    page = visit(built[name], 390, "dark")
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith("data:")] == [built[name].as_uri()]
    assert page.complaints == []


FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  const drawn = e.matches('.larger input') ? getComputedStyle(e.nextElementSibling) : style;
  const place = [...document.querySelectorAll('*')].indexOf(e);
  return [e.tagName, place, drawn.outlineStyle, parseFloat(drawn.outlineWidth)];
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], summary, input, [tabindex]')]
  .filter(e => e.checkVisibility()).map(e => e.tagName)"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_reaches_everything_in_the_order_of_the_page_and_is_seen(visit, built, width):
    page = visit(built["custom"], width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    wanted = page.evaluate(REACHABLE)
    stops = []
    for _ in wanted:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert [tag for tag, *_ in stops] == wanted
    assert [place for _, place, *_ in stops] == sorted({place for _, place, *_ in stops})
    assert all(style == "solid" and outline >= 2 for _, _, style, outline in stops)
    assert ("INPUT" in wanted) == (width == 390), "charts are made larger on phones only"


def levels(page):
    return page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(e => Number(e.tagName[1]))")


@pytest.mark.parametrize("name", PAGES)
def test_headings_begin_with_one_title_and_leave_out_no_level(visit, built, name):
    found = levels(visit(built[name]))
    assert found[0] == 1
    assert found.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(found))


def test_headings_of_one_level_stay_of_one_level(visit, built):
    assert levels(visit(built["custom"])) == [1, 2, 3, 3]


def test_every_chart_of_the_sample_shows_its_data(visit, built):
    page = visit(built["monthly"])
    assert page.locator(".chart").count() == page.locator(".chart > details.data").count() == 16
    assert page.locator("details[open]").count() == 0
    assert page.locator("td:not(tr > *), th:not([scope]), table:not(:has(caption))").count() == 0
    log = load(shipped("data/sample"), learner="ada").log
    october = log[log["start"] >= "2026-10-01"].groupby("skill")["minutes"].sum()
    page.get_by_text("The data of this chart").nth(1).click()
    totals = page.get_by_role("region", name="Totals. In every row, learner: ada; period: October 2026")
    rows = [row.split("\t") for row in totals.inner_text().splitlines() if "\t" in row]
    column = rows[0].index("minutes")
    assert {row[0]: float(row[column]) for row in rows[1:]} == october.to_dict()
    curves = page.get_by_role("region", name="200 of 1,294 rows", include_hidden=True)
    assert curves.first.locator("tbody tr").count() == 200


@pytest.mark.parametrize("name", PAGES)
def test_frames_that_scroll_have_names_of_their_own(visit, built, name):
    names = visit(built[name]).evaluate("[...document.querySelectorAll('[role=region]')].map(e => e.ariaLabel)")
    assert len(names) == len(set(names))
    assert all(names)


def test_a_chart_on_a_phone_can_be_made_large_enough_to_read(visit, built):
    page = visit(built["monthly"], 390)
    frame, image = page.locator(".chart").nth(1), page.locator(".chart img").nth(1)
    natural = image.evaluate("e => e.naturalWidth")
    assert image.bounding_box()["width"] <= 390
    frame.get_by_text("Larger").click()
    assert image.bounding_box()["width"] >= natural, "letters of 11 points"
    assert frame.evaluate("e => { e.scrollLeft = 9999; return e.scrollLeft }") > 150
    said = frame.locator("figcaption").bounding_box()
    assert said["x"] >= 0, "its reading stays where it is"
    assert said["x"] + said["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("name", PAGES)
def test_what_is_tapped_is_large_enough(visit, built, name):
    sizes = """[...document.querySelectorAll('nav a, summary, .larger')].map(e => {
      const boxes = e.matches('.larger') ? [e.querySelector('span')] : [e];
      return Math.min(...boxes.map(box => box.getBoundingClientRect().height)) })"""
    assert min(visit(built[name], 390).evaluate(sizes), default=40) >= 40


def test_nothing_moves(visit, built):
    moving = """[...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(
      s => s.animationName != 'none' || s.transitionDuration != '0s' || s.scrollBehavior != 'auto').length"""
    assert visit(built["monthly"]).evaluate(moving) == 0


def test_on_paper_charts_are_whole_and_disclosures_leave_nothing(visit, built, tmp_path):
    page = visit(built["monthly"], scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.pdf(path=tmp_path / "printed.pdf", format="A4")
    document = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    texts = [each.get_textpage().get_text_range() for each in document]
    whole = " ".join(texts)
    assert len(texts) <= 14
    assert "The longer the bar, the more practice" in whole
    assert not re.search(r"The data of this chart|Larger|https?://|In every row", whole)
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("[...document.images].every(e => e.getBoundingClientRect().right <= innerWidth)")
    corner = document[0].render(scale=0.2).to_pil().getpixel((1, 1))
    assert min(corner) >= 250, "paper is white, whatever the screen was"


def test_hostile_text_is_text(visit, built):
    page = visit(built["hostile"])
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.wait_for_timeout(100)
    assert page.title() == "../../etc’s practice in October 2026"
    words = page.inner_text("main")
    for skill in (*SKILLS, "</style><script>alert(1)</script>", IMG):
        assert skill.replace("\u202e", "") in words
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.content())
    harmful = "main :is(script, style, iframe, object, embed, b[onclick], img:not([src^='data:']))"
    assert page.locator(harmful).count() == 0
    attributes = page.evaluate("[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())")
    assert not [name for name in attributes if name.startswith("on")]
    assert {link.get_attribute("href")[0] for link in page.locator("a").all()} == {"#"}
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_hostile_names_leave_no_file_outside_of_the_output_folder(built):
    out = built["hostile"].parents[1]
    place = out.parents[1]
    assert built["hostile"].relative_to(out).as_posix() == "2026-10/etc.html"
    allowed = {"practice", "monthly", "hostile", "custom.html", "failed.html"}
    assert {each.name for each in place.iterdir()} == allowed
    assert {each.name for each in (place / "hostile").iterdir()} == {"out"}
    assert {each.name for each in (place / "practice").iterdir()} == {"log.csv", "skills.toml", "milestones.csv"}
    assert all(re.fullmatch(r"[\w.-]+", each.name) for each in out.rglob("*"))
