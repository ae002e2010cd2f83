"""The page that lists all reports: as it is written, and in a browser."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.index.contents import Entry, contents, write
from mmlib.reports.index.facts import Number
from mmlib.reports.index.thumbnails import thumbnail

HOSTILE = "</title><script>document.title='stolen'</script><img src=x onerror=document.title='stolen'>"
DARK = {"#0072b2": "#4aa8e0"}


@pytest.fixture(scope="module")
def entries():
    """Three learners' reports of two months, a cohort's, and one of the explorer."""
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L30 0L30 20L0 20z" style="fill:#0072b2"/></svg>'
    told = {
        ("ada", "2026-10"): (135, 12, "Juggling doubled."),
        ("jörg", "2026-10"): (1205, 7, "Chess took 40% of it."),
        ("bob", "2026-10"): (None, 101, "Juggling went on."),
        ("ada", "2026-09"): (60, 9, "The first in this log."),
        ("jörg", "2026-09"): (95, 8, "A quiet month."),
    }
    found = []
    for (learner, month), (minutes, sessions, said) in told.items():
        numbers = [Number("practised", f"{minutes} min", minutes)] if minutes else []
        numbers.append(Number("sessions", str(sessions), sessions))
        name, title = learner.replace("ö", "o"), f"{learner.capitalize()}’s practice in {month}"
        files = tuple(f"{month}/{name}.{kind}" for kind in ("html", "pdf"))
        image = thumbnail(picture, DARK)
        found.append(Entry(month, name, learner, title, said, tuple(numbers), files, image))
    cohort = Entry("2026-10", "cohort", "", "A cohort in October", "3 people practised.", files=("2026-10/cohort.pdf",))
    explored = Entry("explored", "ada-payoff", "", "Payoff of tea", files=("explored/ada-payoff.html",))
    return (*found, cohort, explored)


def soup(page):
    return BeautifulSoup(page, "html.parser")


def rows(page):
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def test_every_report_is_a_row_the_newest_month_first_then_by_learner(entries):
    table = rows(soup(contents(reversed(entries))))
    assert [row[2:] for row in table] == [
        ["Ada", "Oct 2026", "135 min", "12"],
        ["Bob", "Oct 2026", "–", "101"],
        ["Jörg", "Oct 2026", "1205 min", "7"],
        ["Ada", "Sep 2026", "60 min", "9"],
        ["Jörg", "Sep 2026", "95 min", "8"],
    ]
    assert table[0][:2] == ["Ada’s practice in 2026-10 PDF", "Juggling doubled."]


def test_the_page_says_how_many_of_whom_and_when(entries):
    page = soup(contents(entries))
    assert page.header.p.text == "7 reports of 3 learners, September 2026 to October 2026."
    assert soup(contents(entries[:1])).header.p.text == "1 report of 1 learner, October 2026."


def test_links_lead_to_the_page_and_the_pdf(entries):
    page = soup(contents(entries))
    links = page.select("tbody tr")[0].select("a")
    assert [link["href"] for link in links] == ["2026-10/ada.html", "2026-10/ada.pdf"]
    assert links[1]["aria-label"] == "Ada’s practice in 2026-10, as PDF"
    assert page.select_one('a[href="2026-10/cohort.pdf"]').text == "A cohort in October"


def test_other_reports_stand_in_a_section_of_their_own(entries):
    page = soup(contents(entries))
    assert [heading.text for heading in page.select("h2")] == ["Month by month", "Other reports"]
    assert [item.a.text for item in page.select(".others li")] == ["A cohort in October", "Payoff of tea"]
    assert [heading.text for heading in soup(contents(entries[5:])).select("h2")] == ["Reports"]


def test_a_learners_custom_notebook_is_another_report(entries):
    year = Entry("2026-10", "ada-year", "ada", "Ada’s year", notebook="year")
    page = soup(contents([*entries, year]))
    assert "Ada’s year" in page.select_one(".others").text
    assert "Ada’s year" not in page.select_one("table").text


def test_thumbnails_are_loaded_when_they_come_into_view(entries):
    images = soup(contents(entries)).select("img")
    assert len(images) == 5
    assert all(image["loading"] == "lazy" and image["alt"] == "" for image in images)
    assert all(image["src"].startswith("data:image/svg+xml,<svg ") for image in images)


def test_no_reports_are_said_to_be_none():
    page = soup(contents([]))
    assert page.header.p.text == "No reports yet."
    assert not page.select("script, form, section")


def test_hostile_texts_stay_text(entries):
    bad = Entry("2026-10", "x", HOSTILE, HOSTILE, HOSTILE, (Number(HOSTILE, HOSTILE, 1),), (f"2026-10/{HOSTILE}.html",))
    for found in ([bad], [*entries, bad], [Entry("explored", "x", "", HOSTILE, HOSTILE, (), (), HOSTILE)]):
        page = soup(contents(found))
        assert len(page.select("script")) == 1
        assert not page.select("[onerror]")
        assert page.title.text == "Practice reports"
        assert HOSTILE in page.main.text


def test_a_thumbnail_that_is_none_is_left_out():
    odd = Entry("2026-10", "x", "x", "X", thumbnail='" onerror="alert(1)')
    assert not soup(contents([odd])).select("img")


def test_pages_without_an_entry_are_listed_with_what_they_say(tmp_path):
    head = '<meta name="description" content="Juggling &amp; tea."><title>Ada &amp; Bob</title>'
    for place in ("2026-10/ada", "explored/tea", "drafts/ada", "2026-13/ada"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / f"{place}.html").write_text(head, encoding="utf-8")
    (tmp_path / "2026-10" / "ada.pdf").write_bytes(b"%PDF")
    known = Entry("2026-10", "bob", "bob", "Bob", files=("2026-10/bob.html",))
    page = soup(write(tmp_path, [known]).read_text(encoding="utf-8"))
    addresses = [link["href"] for link in page.select(".others a")]
    assert addresses == ["2026-10/ada.html", "2026-10/ada.pdf", "explored/tea.html"]
    assert page.select_one(".others li").get_text(" ", strip=True) == "Ada & Bob PDF October 2026 Juggling & tea."


def test_the_report_of_a_notebook_of_ones_own_is_listed_and_other_pages_are_not(tmp_path, executed):
    page, _ = ReportHTMLExporter().from_notebook_node(executed)
    (tmp_path / "weeks.html").write_text(page, encoding="utf-8")
    (tmp_path / "notes.html").write_text("<title>Notes</title>", encoding="utf-8")
    write(tmp_path, [])
    links = soup(write(tmp_path, []).read_text(encoding="utf-8")).select("main a")
    assert [(link["href"], link.text) for link in links] == [("weeks.html", "Ada in October 2026")]


def test_writing_again_gives_the_same_bytes_and_leaves_nothing_behind(tmp_path, entries):
    first = write(tmp_path, entries).read_bytes()
    assert write(tmp_path, entries[::-1]).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.fixture(scope="module")
def index(tmp_path_factory, entries):
    return write(tmp_path_factory.mktemp("reports"), entries)


@pytest.fixture
def visit(chromium, index):
    """Open the list and watch what it asks for and complains about."""
    opened = []

    def go(state="", width=1280, scheme="light", path=index, **options):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path.as_uri() + state)
        opened.append(page)
        return page

    yield go
    for page in opened:
        page.close()


def shown(page):
    """Learner and month of the rows that can be seen."""
    cells = page.locator("tbody tr:visible").evaluate_all("rows => rows.map(row => Object.values({...row.dataset}))")
    return [f"{learner} {month[5:]}" for _, learner, month in cells]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_nothing_sticks_out_and_nothing_is_asked_for(visit, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(width=width, scheme=scheme)
    found = Axe().run(page)
    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [url for url in page.asked if not url.startswith("data:")] == [page.url]
    assert page.complaints == []


def test_a_search_finds_as_one_types_and_says_how_many(visit):
    page = visit()
    assert page.get_by_role("status").inner_text().startswith("7 reports")
    search = page.get_by_role("searchbox", name="Search")
    search.press_sequentially("JUGGL")
    assert shown(page) == ["ada 10", "bob 10"]
    assert page.inner_text("#found") == "2 of 7 reports"
    assert not page.get_by_role("heading", name="Other reports").is_visible()
    search.fill("jorg september")
    assert page.inner_text("#found") == "0 of 7 reports"
    search.fill("jorg sep")
    assert shown(page) == ["jörg 09"]
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == 5
    assert page.inner_text("#found") == "7 reports"


def test_one_learner_or_one_month_can_be_chosen(visit):
    page = visit()
    page.get_by_role("combobox", name="Learner").select_option("Jörg")
    assert shown(page) == ["jörg 10", "jörg 09"]
    page.get_by_role("combobox", name="Month").select_option("September 2026")
    assert shown(page) == ["jörg 09"]
    page.get_by_role("combobox", name="Learner").select_option("All learners")
    assert shown(page) == ["ada 09", "jörg 09"]
    page.get_by_role("combobox", name="Month").select_option("October 2026")
    assert page.inner_text("#found") == "4 of 7 reports"


def test_every_column_sorts_both_ways_and_the_unknown_comes_last(visit):
    page = visit()
    head = page.get_by_role("columnheader", name="Practised")
    head.get_by_role("button").click()
    assert shown(page) == ["jörg 10", "ada 10", "jörg 09", "ada 09", "bob 10"]
    assert head.get_attribute("aria-sort") == "descending"
    assert "sorted by Practised, most first" in page.get_by_role("status").text_content()
    head.get_by_role("button").click()
    assert shown(page) == ["ada 09", "jörg 09", "ada 10", "jörg 10", "bob 10"]
    assert head.get_attribute("aria-sort") == "ascending"
    page.get_by_role("columnheader", name="Learner").get_by_role("button").click()
    assert shown(page) == ["ada 10", "ada 09", "bob 10", "jörg 10", "jörg 09"]
    assert page.locator("[aria-sort]").count() == 1


def test_numbers_sort_as_numbers(visit):
    page = visit("#sort=sessions+up")
    assert shown(page) == ["jörg 10", "jörg 09", "ada 09", "ada 10", "bob 10"]


def test_the_address_keeps_what_was_chosen(visit):
    page = visit()
    page.get_by_role("columnheader", name="Sessions").get_by_role("button").click()
    page.get_by_role("combobox", name="Learner").select_option("Jörg")
    page.get_by_role("searchbox").fill("a quiet & <month>")
    again = visit(page.evaluate("location.hash"))
    assert again.get_by_role("searchbox").input_value() == "a quiet & <month>"
    assert again.get_by_role("combobox", name="Learner").input_value() == "jörg"
    again.get_by_role("button", name="Show all").click()
    assert again.get_by_role("columnheader", name="Sessions").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("columnheader", name="Month").get_by_role("button").click()
    assert "#" not in page.url


@pytest.mark.parametrize("state", ["#learner=nobody&month=1", "#sort=luck+up", "#sort=", "#%%%&&=", "#q=&sort=month"])
def test_an_address_that_makes_no_sense_shows_everything(visit, state):
    page = visit(state)
    assert page.inner_text("#found") == "7 reports"
    assert page.get_by_role("columnheader", name="Month").get_attribute("aria-sort") == "descending"
    assert page.complaints == []


def test_the_keyboard_goes_through_search_choices_columns_and_reports_in_order(visit):
    page = visit()
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert reached[:3] == ["q", "learner", "month"]
    assert reached[3:7] == ["Learner", "Month", "Practised", "Sessions"]
    assert reached[7:] == ["Ada’s practice in 2026-10", "PDF"]
    page.get_by_role("columnheader", name="Sessions").get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert shown(page)[0] == "bob 10"
    assert page.evaluate("document.activeElement.textContent") == "Sessions"


def test_a_phone_sorts_by_a_list(visit):
    page = visit(width=390)
    page.get_by_role("combobox", name="Sort by").select_option("Sessions, least first")
    assert shown(page)[0] == "jörg 10"
    assert page.evaluate("location.hash") == "#sort=sessions+up"


def test_without_a_script_the_list_is_complete_and_plain(visit):
    page = visit(java_script_enabled=False)
    assert page.locator("tbody tr:visible").count() == 5
    assert page.locator(".others li:visible").count() == 2
    assert page.locator("form:visible, button:visible").count() == 0


def test_nothing_hostile_runs(visit, tmp_path, entries):
    bad = Entry("2026-10", "x", HOSTILE, HOSTILE, HOSTILE, (Number(HOSTILE, HOSTILE, 1),), (f"2026-10/{HOSTILE}.html",))
    page = visit(path=write(tmp_path, [*entries, bad]))
    page.get_by_role("searchbox").fill("stolen")
    page.wait_for_timeout(100)
    assert page.inner_text("#found") == "1 of 8 reports"
    assert page.title() == "Practice reports"
    assert page.complaints == []
