"""What has been built, from what, and whether it is still up to date."""

from __future__ import annotations

import dataclasses
import json
import os
import threading
import time

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock

from mmlib.errors import ReportError
from mmlib.reports import shelf as module
from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.index.facts import Facts, Number
from mmlib.reports.inputs import inputs_of
from mmlib.reports.jobs import Job
from mmlib.reports.shelf import Shelf, index

FACTS = Facts("Ada in October 2026", "Juggling doubled.", (Number("sessions", "61", 61),))
PARTS = {
    "sessions": "61 0a1b",
    "milestones": "2 0a",
    "cards": "c4",
    "notebook": "f00d",
    "mmlib": "0.1.0 ab12",
    "libraries": "Python 3.13.1, matplotlib 3.10.8",
}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "reports"


@pytest.fixture
def wish(tmp_path, out):
    """Makes a job of this shelf: wish("ada", "2026-10", sessions="62 0a1c") changes a part of its inputs."""

    def make(learner="ada", month="2026-10", formats=("html", "pdf"), source="practice", **changed):
        given = {"learner": learner, "month": month, "as_of": changed.pop("as_of", f"{month}-28")}
        parameters = {"folder": str(tmp_path / source), **given}
        parts = {**PARTS, **changed}
        where = (str(out / month), learner, learner, month, formats)
        return Job("monthly.ipynb", parameters, *where, inputs_of(parts, parameters), parts)

    return make


def build(shelf, job, formats=None):
    """Write a report's files, as if it had been built, and put it on the shelf."""
    folder = shelf.out / job.month
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{job.name}.{kind}" for kind in formats or job.formats]
    for file in files:
        file.write_text(f"{job.inputs} as {file.suffix}")
    shelf.record(job, FACTS, files)
    shelf.save()
    return files


def stand(out, job):
    state = Shelf(out).state(job)
    return state.kind, state.why


def listed(out):
    page = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser")
    return [link["href"] for link in page.select("main a")]


def test_a_report_is_missing_then_built_and_stays_so(out, wish):
    assert stand(out, wish()) == ("missing", "not built yet")
    assert not out.exists()
    build(Shelf(out), wish())
    assert stand(out, wish()) == ("built", "")
    assert stand(out, wish("bob")) == ("missing", "not built yet")
    assert stand(out, wish(month="2026-09")) == ("missing", "not built yet")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sessions": "64 77"}, "3 sessions more"),
        ({"sessions": "60 77"}, "1 session fewer"),
        ({"sessions": "61 77"}, "sessions were changed"),
        ({"sessions": "61 77", "cards": "c5"}, "skill cards were changed"),
        ({"milestones": "3 77"}, "milestones were changed"),
        ({"notebook": "beef"}, "monthly.ipynb was changed"),
        ({"mmlib": "0.1.0 cd34"}, "mmlib was changed"),
        ({"mmlib": "0.2.0 cd34"}, "it was built by mmlib 0.1.0"),
        ({"libraries": "Python 3.13.1, matplotlib 3.11.0"}, "it was built with matplotlib 3.10.8"),
        ({"as_of": "2026-10-29"}, "it tells how things stood on 28 October 2026"),
        ({"as_of": "2026-10-29", "sessions": "62 77"}, "it tells how things stood on 28 October 2026; 1 session more"),
    ],
)
def test_a_report_is_stale_when_what_it_was_built_from_has_changed_and_says_what(out, wish, changed, why):
    build(Shelf(out), wish())
    assert stand(out, wish(**changed)) == ("stale", why)
    build(Shelf(out), wish(**changed))
    assert stand(out, wish(**changed)) == ("built", "")


def test_a_parameter_that_changed_is_named(out, wish):
    job = wish()
    build(Shelf(out), job)
    parameters = {**job.parameters, "most": 9}
    other = dataclasses.replace(job, parameters=parameters, inputs=inputs_of(job.parts, parameters))
    assert stand(out, other) == ("stale", "most is new")
    build(Shelf(out), other)
    assert stand(out, job) == ("stale", "most was 9")


def test_another_learners_report_under_the_same_name_is_stale(out, wish):
    build(Shelf(out), wish("ada"))
    other = dataclasses.replace(wish("Ada!"), name="ada")
    assert stand(out, other) == ("stale", "it is the report of ada")


def test_files_that_were_removed_or_changed_by_hand_are_noticed(out, wish):
    page, pdf = build(Shelf(out), wish())
    pdf.unlink()
    assert stand(out, wish()) == ("stale", "ada.pdf was removed")
    page.unlink()
    assert stand(out, wish()) == ("missing", "ada.html was removed, ada.pdf was removed")
    page, _ = build(Shelf(out), wish())
    page.write_text("mine")
    assert stand(out, wish()) == ("stale", "ada.html was changed after it was built")


def test_a_change_that_keeps_the_size_is_noticed_and_a_copy_is_none(out, wish):
    page, _ = build(Shelf(out), wish())
    text = page.read_text()
    os.utime(page, (1, 1))
    assert stand(out, wish()) == ("built", "")
    page.write_text(text.replace("as", "is"))
    os.utime(page, (2, 2))
    assert stand(out, wish()) == ("stale", "ada.html was changed after it was built")


def test_a_format_more_is_stale_and_a_format_fewer_is_not(out, wish):
    build(Shelf(out), wish(formats=("html",)))
    assert stand(out, wish()) == ("stale", "ada.pdf was not built yet")
    build(Shelf(out), wish(formats=("pdf",)))
    assert stand(out, wish()) == ("built", "")
    assert stand(out, wish(formats=("html",))) == ("built", "")


def test_a_format_that_was_not_built_again_is_stale(out, wish):
    build(Shelf(out), wish())
    newer = {"sessions": "64 77"}
    build(Shelf(out), wish(formats=("html",), **newer))
    assert stand(out, wish(formats=("html",), **newer)) == ("built", "")
    assert stand(out, wish(**newer)) == ("stale", "ada.pdf is from an earlier run")


def test_without_pango_the_page_is_all_that_can_be_had(out, wish, monkeypatch):
    monkeypatch.setattr(module, "pdfs_can_be_set", lambda: False)
    build(Shelf(out), wish(), formats=["html"])
    assert stand(out, wish()) == ("built", "")
    assert stand(out, wish(sessions="62 77")) == ("stale", "1 session more; ada.pdf was not built yet")
    monkeypatch.setattr(module, "pdfs_can_be_set", lambda: True)
    assert stand(out, wish()) == ("stale", "ada.pdf was not built yet")


def test_a_run_that_failed_is_named_until_one_succeeds(out, wish):
    build(Shelf(out), wish())
    failed = out / "2026-10" / "ada.failed.ipynb"
    failed.write_text("{}")
    assert stand(out, wish()) == ("built", "")
    why = "1 session more; its last run failed, see ada.failed.ipynb"
    assert stand(out, wish(sessions="62 77")) == ("stale", why)


def test_a_report_from_before_the_list_is_stale(out, wish):
    (out / "2026-10").mkdir(parents=True)
    (out / "2026-10" / "ada.pdf").write_text("older")
    assert stand(out, wish()) == ("stale", "ada.pdf is there, but not in the shelf's list")


def test_entries_tell_what_lies_there(out, wish):
    shelf = Shelf(out)
    build(shelf, wish())
    _, pdf = build(shelf, wish("bob", "2026-09"))
    pdf.unlink()
    bob, ada = Shelf(out).entries()
    assert (ada.month, ada.name, ada.learner, ada.title) == ("2026-10", "ada", "ada", "Ada in October 2026")
    assert (ada.headline, ada.numbers) == ("Juggling doubled.", FACTS.numbers)
    assert ada.files == ("2026-10/ada.html", "2026-10/ada.pdf")
    assert ada.is_monthly
    assert bob.files == ("2026-09/bob.html",)
    assert sorted(listed(out)) == sorted([*ada.files, "2026-09/bob.html", "2026-09/bob.pdf"])
    shelf.save()
    assert sorted(listed(out)) == sorted([*ada.files, *bob.files])


def test_what_several_processes_record_is_kept(out, wish):
    shelves = [Shelf(out) for _ in range(8)]
    names = [f"learner-{n}" for n in range(8)]
    folder = out / "2026-10"
    folder.mkdir(parents=True)

    def work(shelf, name):
        build(shelf, wish(name, formats=("html",)))

    threads = [threading.Thread(target=work, args=pair) for pair in zip(shelves, names, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.name for entry in Shelf(out).entries()] == names
    assert sorted(listed(out)) == [f"2026-10/{name}.html" for name in names]
    assert sorted(path.name for path in out.iterdir()) == [".shelf.json", ".shelf.lock", "2026-10", "index.html"]


def test_one_that_has_built_nothing_takes_nothing_from_the_list(out, wish):
    build(Shelf(out), wish())
    idle = Shelf(out)
    build(Shelf(out), wish("bob"))
    idle.save()
    assert [entry.name for entry in Shelf(out).entries()] == ["ada", "bob"]
    assert "2026-10/bob.html" in listed(out)


def test_the_page_is_written_again_only_where_files_have_come_or_gone(out, wish):
    build(Shelf(out), wish())
    page = out / "index.html"
    os.utime(page, ns=(time.time_ns() + 10**9,) * 2)
    before = page.stat().st_mtime_ns
    Shelf(out).save()
    assert page.stat().st_mtime_ns == before
    os.utime(page, ns=(1, 1))
    (out / "2026-10" / "ada.pdf").unlink()
    Shelf(out).save()
    assert listed(out) == ["2026-10/ada.html"]
    page.unlink()
    assert Shelf(out).save().exists()


def test_a_list_that_is_held_too_long_is_said_to_be(out, wish, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    out.mkdir()
    with FileLock(out / ".shelf.lock"), pytest.raises(ReportError, match="Another mm has held"):
        build(Shelf(out), wish())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"reports": []}',
        '{"version": 1, "reports": [{}]}',
        '{"version": 1, "reports": 3}',
        '{"version": "?", "reports": [1]}',
        "\x00\xff",
    ],
)
def test_a_damaged_list_is_kept_and_said_to_be_damaged(out, wish, text):
    build(Shelf(out), wish())
    (out / ".shelf.json").write_bytes(text.encode("latin-1"))
    shelf = Shelf(out)
    assert "damaged" in shelf.notices[0]
    assert shelf.state(wish()).kind == "stale"
    assert (out / ".shelf.json").read_bytes() == text.encode("latin-1")
    build(shelf, wish("bob"))
    assert (out / ".shelf.damaged.json").read_bytes() == text.encode("latin-1")
    assert [entry.name for entry in Shelf(out).entries()] == ["bob"]
    assert Shelf(out).notices == []
    assert "2026-10/ada.html" in listed(out)


def test_a_second_damaged_list_does_not_take_the_place_of_the_first(out, wish):
    for text in ("first", "second"):
        build(Shelf(out), wish())
        (out / ".shelf.json").write_text(text)
        build(Shelf(out), wish())
    kept = [path.read_text() for path in sorted(out.glob(".shelf.damaged*.json"))]
    assert sorted(kept) == ["first", "second"]


@pytest.mark.parametrize("name", ["../../etc", "/etc", "a/b", "..", "", "c:x", "a\\b"])
def test_a_list_that_leads_out_of_the_folder_is_damaged(out, wish, name):
    build(Shelf(out), wish())
    for field in ("name", "folder"):
        content = json.loads((out / ".shelf.json").read_text())
        content["reports"][0][field] = name
        (out / ".shelf.json").write_text(json.dumps(content))
        assert "damaged" in Shelf(out).notices[0]
        build(Shelf(out), wish())
    content["reports"][0]["files"][0]["name"] = name
    (out / ".shelf.json").write_text(json.dumps(content))
    assert "damaged" in Shelf(out).notices[0]


def test_a_newer_mmlibs_list_is_left_alone(out, wish):
    build(Shelf(out), wish())
    (out / ".shelf.json").write_text('{"version": 2, "books": []}')
    with pytest.raises(ReportError, match=r"written by a newer mmlib .* nothing was changed\. Update mmlib"):
        Shelf(out)
    assert (out / ".shelf.json").read_text() == '{"version": 2, "books": []}'


def test_a_folder_that_is_somebody_elses_is_refused(tmp_path):
    (tmp_path / "index.html").write_text("<title>My home page</title>")
    with pytest.raises(ReportError, match=r"index\.html is a page that mmlib has not written"):
        Shelf(tmp_path)
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ReportError, match="is a file, expected the folder of the reports"):
        Shelf(tmp_path / "notes.txt")


def test_the_list_does_not_tell_where_the_practice_lies(out, wish, tmp_path):
    build(Shelf(out), wish())
    assert str(tmp_path) not in (out / ".shelf.json").read_text()


@pytest.fixture
def full(out, wish):
    """Two learners' reports of two months, a stranger's from another folder, and files that are not ours."""
    shelf = Shelf(out)
    for learner in ("ada", "bob"):
        for month in ("2026-09", "2026-10"):
            build(shelf, wish(learner, month))
    build(shelf, wish("eve", source="elsewhere"))
    (out / "2026-09" / "notes.txt").write_text("mine")
    (out / "2026-10" / "bob.failed.ipynb").write_text("{}")
    return out


def names(paths, out):
    return sorted(path.relative_to(out).as_posix() for path in paths)


def test_pruning_removes_what_the_log_no_longer_has_and_nothing_else(full, wish):
    jobs = [wish("ada", "2026-10")]
    there = names(full.rglob("*"), full)
    gone = ["2026-09/ada.html", "2026-09/ada.pdf", "2026-09/bob.html", "2026-09/bob.pdf"]
    gone += ["2026-10/bob.failed.ipynb", "2026-10/bob.html", "2026-10/bob.pdf"]
    assert names(Shelf(full).prune(jobs, dry_run=True), full) == gone
    assert names(full.rglob("*"), full) == there
    assert names(Shelf(full).prune(jobs), full) == gone
    left = {"2026-10/ada.html", "2026-10/ada.pdf", "2026-10/eve.html", "2026-10/eve.pdf"}
    assert set(names(full.rglob("*.*"), full)) == {
        *left, "2026-09/notes.txt", "index.html", ".shelf.json", ".shelf.lock"
    }  # fmt: skip
    assert set(listed(full)) == left
    assert Shelf(full).prune(jobs) == []
    assert stand(full, wish("bob")) == ("missing", "not built yet")


def test_pruning_with_no_jobs_removes_nothing(full):
    assert Shelf(full).prune([]) == []


def test_pruning_leaves_alone_what_somebody_has_changed(full, wish):
    page = full / "2026-09" / "bob.html"
    page.write_text("my own words")
    Shelf(full).prune([wish("ada", "2026-10")])
    assert page.read_text() == "my own words"
    assert not page.with_suffix(".pdf").exists()
    assert "2026-09/bob.html" in listed(full)


def test_pruning_removes_a_format_that_was_not_built_again(full, wish):
    jobs = [wish(learner, month) for learner in ("ada", "bob") for month in ("2026-09", "2026-10")]
    newer = wish("ada", "2026-10", formats=("html",), sessions="64 77")
    build(Shelf(full), newer)
    assert Shelf(full).prune(jobs) == []
    assert names(Shelf(full).prune([*jobs[:1], newer, *jobs[2:]]), full) == ["2026-10/ada.pdf"]
    assert stand(full, newer) == ("built", "")


def test_an_emptied_month_is_removed_with_its_reports(out, wish):
    shelf = Shelf(out)
    build(shelf, wish("ada", "2026-09"))
    build(shelf, wish("ada", "2026-10"))
    shelf.prune([wish("ada", "2026-10")])
    assert not (out / "2026-09").exists()


def test_reports_of_other_notebooks_stay(full, wish):
    cohort = dataclasses.replace(wish(""), name="cohort", notebook="cohort.ipynb")
    build(Shelf(full), cohort)
    Shelf(full).prune([wish("ada", "2026-10")])
    assert stand(full, cohort) == ("built", "")


@pytest.fixture
def pages(tmp_path, executed):
    """Pages of reports that no list speaks of, some of them where reports do not lie."""
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


def test_reports_without_a_list_are_listed_by_month_the_newest_first(pages):
    soup = read(index(pages))
    addresses = [link["href"] for link in soup.select("main li a")]
    assert addresses == ["2026-10/ada.html", "2026-10/ada.pdf", "2026-10/bob.html", "2026-09/ada.html"]
    assert all((pages / address).exists() for address in addresses)
    assert soup.header.p.text == "3 reports, September 2026 to October 2026."


def test_each_report_without_a_list_has_its_title_and_headline(pages):
    item = read(index(pages)).select_one("main li")
    assert item.a.text == "Ada in October 2026"
    assert "Juggling doubled." in [said.text for said in item.select("p")]
    assert item.select_one("a.pdf")["aria-label"] == "Ada in October 2026, as PDF"


def test_hostile_titles_stay_text(pages):
    (pages / "2026-10" / "bob.html").write_text("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>")
    soup = read(index(pages))
    assert not [script for script in soup.find_all("script") if "alert" in script.text]
    assert "<script>alert(1)</script>" in soup.text


def test_an_empty_shelf_says_so(out):
    assert read(index(out)).header.p.text == "No reports yet."


def test_writing_the_list_again_gives_the_same_page_and_nothing_else(pages):
    first = index(pages).read_bytes()
    assert index(pages).read_bytes() == first
    assert sorted(path.name for path in pages.iterdir()) == ["2026-09", "2026-10", "2026-13", "drafts", "index.html"]
