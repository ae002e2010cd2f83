"""The list of the reports that lie in a folder."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.shelf import index


@pytest.fixture
def out(tmp_path, executed):
    page, _ = ReportHTMLExporter().from_notebook_node(executed)
    for place in ("2026-09/ada", "2026-10/ada", "2026-10/bob", "drafts/ada", "2026-13/ada"):
        file = tmp_path / f"{place}.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text(page, encoding="utf-8")
    (tmp_path / "2026-10" / "ada.pdf").write_bytes(b"%PDF")
    (tmp_path / "2026-10" / "ada.failed.ipynb").write_text("{}")
    return tmp_path


def read(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_reports_are_listed_by_month_the_newest_first(out):
    soup = read(index(out))
    assert [heading.text for heading in soup.find_all("h2")] == ["October 2026", "September 2026"]
    addresses = [link["href"] for link in soup.select("section a")]
    assert addresses == ["2026-10/ada.html", "2026-10/ada.pdf", "2026-10/bob.html", "2026-09/ada.html"]
    assert all((out / address).exists() for address in addresses)
    assert soup.header.p.text == "3 reports, the newest month first."


def test_each_report_has_its_title_and_headline(out):
    item = read(index(out)).select_one("section li")
    assert item.a.text == "Ada in October 2026"
    assert item.p.text == "Juggling doubled."
    assert item.select_one("a.pdf")["aria-label"] == "Ada in October 2026, as PDF"


def test_hostile_titles_stay_text(out):
    (out / "2026-10" / "bob.html").write_text("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>")
    soup = read(index(out))
    assert not soup.find_all("script")
    assert "<script>alert(1)</script>" in soup.text


def test_an_empty_shelf_says_so(tmp_path):
    assert read(index(tmp_path / "reports")).header.p.text == "No reports yet."


def test_writing_the_list_again_gives_the_same_page_and_nothing_else(out):
    first = index(out).read_bytes()
    assert index(out).read_bytes() == first
    assert sorted(path.name for path in out.iterdir()) == ["2026-09", "2026-10", "2026-13", "drafts", "index.html"]
