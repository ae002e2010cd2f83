"""Which reports are wanted, and when what they are built from has changed."""

import json
import pickle
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from mmlib.errors import PracticeError, ReportError, SetAsideWarning
from mmlib.practice import load
from mmlib.reports import jobs as module
from mmlib.reports import run
from mmlib.reports.jobs import made, parts_of, practised, wanted
from mmlib.reports.slugs import slug

HEADER = "learner,skill,start,minutes,score,note\n"
LOG = """\
ada,juggling,2026-08-30,10,3,
ada,juggling,2026-10-01 18:00,15,5,windy
bob,ukulele,2026-09-02,20,,
ada,ukulele,2026-10-03,25,7,
bob,ukulele,2026-10-31 23:59:59,20,,
"""
LATER = date(2026, 12, 24)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "log.csv").write_text(HEADER + LOG)
    (tmp_path / "skills.toml").write_text('[juggling]\nunit = "catches"\n')
    (tmp_path / "milestones.csv").write_text("learner,date,kind,skill\nada,2026-10-02,mastered,juggling\n")
    return tmp_path


def places(folder, **kwargs):
    return [job.place for job in wanted(folder, today=LATER, **kwargs)]


def inputs(folder, today=LATER, **kwargs):
    return {job.place: job.inputs for job in wanted(folder, today=today, **kwargs)}


def changed(before, after):
    return {place for place in before | after if before.get(place) != after.get(place)}


def test_every_learner_and_month_with_practice_has_a_report_and_no_other(folder):
    assert places(folder) == ["2026-08/ada", "2026-09/bob", "2026-10/ada", "2026-10/bob"]
    assert practised(load(folder).log) == [
        ("ada", "2026-08"),
        ("ada", "2026-10"),
        ("bob", "2026-09"),
        ("bob", "2026-10"),
    ]


def test_a_job_says_what_is_run_with_what_and_where_its_files_go(folder):
    job = wanted(folder, learners=["ada"], months="2026-08", out="shelf", formats=["html"], errors="raise")[0]
    assert (job.learner, job.month, job.name, job.formats) == ("ada", "2026-08", "ada", ("html",))
    assert job.out.replace("\\", "/") == "shelf/2026-08"
    assert job.notebook.endswith("monthly.ipynb")
    wish = {"learner": "ada", "month": "2026-08", "as_of": "2026-08-31", "errors": "raise"}
    assert job.parameters == {"folder": str(folder), **wish}
    assert pickle.loads(pickle.dumps(job)) == job
    assert len({job, job}) == 1


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ("2026-10", ["2026-10/ada", "2026-10/bob"]),
        ("2026-08..2026-09", ["2026-08/ada", "2026-09/bob"]),
        ("2026-09..", ["2026-09/bob", "2026-10/ada", "2026-10/bob"]),
        ("..2026-08", ["2026-08/ada"]),
        ("..", ["2026-08/ada", "2026-09/bob", "2026-10/ada", "2026-10/bob"]),
        ("2026-10, 2026-08", ["2026-08/ada", "2026-10/ada", "2026-10/bob"]),
        ("2027-01..2027-12", []),
    ],
)
def test_months_are_chosen_by_name_by_span_and_by_list(folder, months, expected):
    assert places(folder, months=months) == expected


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ("2026-13", 'found "2026-13", expected a calendar month'),
        ("october", r"Write 2026-10, 2026-01\.\.2026-10"),
        ("", "expected a calendar month"),
        ("2026-10,", "expected a calendar month"),
        ("2026-1..2026-10", 'found "2026-1..2026-10"'),
        ("٢٠٢٦-10", "expected a calendar month"),
        ("2026-10..2026-01", r"the earlier month first\. Write 2026-01\.\.2026-10"),
        ("2026-07", "found 2026-07, expected one with practice: there is some from 2026-08 to 2026-10"),
    ],
)
def test_months_that_are_none_are_named(folder, months, said):
    with pytest.raises(ReportError, match=said):
        wanted(folder, months=months)


def test_learners_are_chosen_and_unknown_ones_named(folder):
    assert places(folder, learners=["bob"]) == ["2026-09/bob", "2026-10/bob"]
    with pytest.raises(PracticeError, match=r'no learner "adda" in the log\. Did you mean "ada"'):
        wanted(folder, learners=["bob", "adda"])
    with pytest.raises(ReportError, match="found 2026-08, expected one with practice: there is some from 2026-09"):
        wanted(folder, learners=["bob"], months="2026-08")


@pytest.mark.parametrize(("formats", "said"), [(["docx"], 'no format "docx"'), ([], "no format given")])
def test_formats_that_are_none_are_named(folder, formats, said):
    with pytest.raises(ReportError, match=said):
        wanted(folder, formats=formats)


def test_the_formats_are_those_that_a_report_is_built_in():
    assert module.FORMATS == run.FORMATS


def test_a_log_without_sessions_says_so(tmp_path):
    (tmp_path / "log.csv").write_text(HEADER)
    with pytest.raises(PracticeError, match=r"the log holds no sessions yet\. Add one with: mm log"):
        wanted(tmp_path)


def test_the_same_practice_gives_the_same_inputs_wherever_it_lies_and_in_whatever_order(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("moved")
    rows = LOG.splitlines(keepends=True)
    (other / "log").mkdir()
    (other / "log" / "a.csv").write_text(HEADER + "".join(rows[3:]))
    (other / "log" / "b.csv").write_text(HEADER + "".join(rows[:3]))
    for name in ("skills.toml", "milestones.csv"):
        (other / name).write_text((folder / name).read_text())
    assert inputs(folder) == inputs(other)


def test_one_log_file_is_a_practice_too(folder):
    assert inputs(folder / "log.csv") == inputs(folder)


def test_a_new_session_concerns_its_learner_from_its_month_on(folder):
    before = inputs(folder)
    with (folder / "log.csv").open("a") as log:
        log.write("ada,juggling,2026-09-15,5,4,\n")
    assert changed(before, inputs(folder)) == {"2026-09/ada", "2026-10/ada"}


@pytest.mark.parametrize(("old", "new"), [("windy", "calm"), ("15,5", "15,6"), ("juggling,2026-10-01", "x,2026-10-01")])
def test_every_column_counts(folder, old, new):
    before = inputs(folder)
    (folder / "log.csv").write_text(HEADER + LOG.replace(old, new))
    assert changed(before, inputs(folder)) == {"2026-10/ada"}


def test_cards_concern_all_and_milestones_their_learner_from_their_month_on(folder):
    before = inputs(folder)
    (folder / "milestones.csv").write_text("learner,date,kind,skill\nada,2026-10-02,breakthrough,juggling\n")
    assert changed(before, inputs(folder)) == {"2026-10/ada"}
    before = inputs(folder)
    (folder / "skills.toml").write_text('[juggling]\nunit = "throws"\n')
    assert changed(before, inputs(folder)) == set(before)


def test_a_month_that_runs_is_another_report_each_day_and_one_that_is_over_is_not(folder):
    days = [date(2026, 10, day) for day in (9, 10)]
    first, second = (wanted(folder, today=day, learners=["ada"]) for day in days)
    assert [job.parameters["as_of"] for job in first] == ["2026-08-31", "2026-10-09"]
    assert [job.parameters["as_of"] for job in second] == ["2026-08-31", "2026-10-10"]
    assert changed(*(inputs(folder, today=day, learners=["ada"]) for day in days)) == {"2026-10/ada"}
    assert inputs(folder, today=date(2026, 10, 31)) == inputs(folder, today=LATER)


def test_a_session_that_is_still_to_come_is_looked_at_too(folder):
    (job,) = wanted(folder, today=date(2026, 10, 2), learners=["ada"], months="2026-10")
    assert job.parameters["as_of"] == "2026-10-03"
    assert job.parts["sessions"].startswith("3 ")


def test_the_notebook_and_the_software_count(folder, monkeypatch, tmp_path):
    before = inputs(folder)
    notebook = tmp_path / "mine.ipynb"
    content = json.loads(Path(wanted(folder)[0].notebook).read_text(encoding="utf-8"))
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "said"}]
    notebook.write_text(json.dumps(content))
    monkeypatch.setattr(module, "shipped", lambda _: notebook)
    assert inputs(folder) == before
    content["cells"][2]["source"] = "pass"
    notebook.write_text(json.dumps(content))
    assert changed(before, inputs(folder)) == set(before)
    monkeypatch.undo()
    monkeypatch.setattr(module, "software", lambda: {"mmlib": "9.9.9 0", "libraries": "pandas 9"})
    assert changed(before, inputs(folder)) == set(before)


def test_a_notebook_that_is_none_is_named(folder, monkeypatch, tmp_path):
    bad = tmp_path / "bad.ipynb"
    monkeypatch.setattr(module, "shipped", lambda _: bad)
    with pytest.raises(ReportError, match=r"There is no notebook .*bad\.ipynb"):
        wanted(folder)
    for text in ("{", "[]", '{"cells": [{}]}', "\xff"):
        bad.write_bytes(text.encode("latin-1"))
        with pytest.raises(ReportError, match="not a notebook that can be read"):
            wanted(folder)


def test_rows_that_are_set_aside_are_no_part_of_a_report(folder):
    before = inputs(folder)
    with (folder / "log.csv").open("a") as log:
        log.write("ada,juggling,yesterday,5,4,\n")
    with pytest.warns(SetAsideWarning, match="1 row"):
        after = inputs(folder, errors="quarantine")
    assert after == before


def test_names_that_clash_or_lead_elsewhere_get_files_of_their_own(tmp_path):
    names = ["../../etc", "etc", "Jörg", "Jorg", "CON", "アダ", "x" * 300, "index"]
    rows = "".join(f"{name},a,2026-10-01,5,,\n" for name in names)
    (tmp_path / "log.csv").write_text(HEADER + rows, encoding="utf-8")
    found = {job.learner: job for job in wanted(tmp_path, out=tmp_path / "out")}
    assert {job.name for job in found.values()} == {slug(name, names) for name in names}
    assert len({job.name.casefold() for job in found.values()}) == len(names)
    for job in found.values():
        assert (tmp_path / "out" / "2026-10" / f"{job.name}.html").resolve().parent == tmp_path / "out" / "2026-10"
        assert len(job.name) < 100


def test_a_learner_who_leaves_is_looked_at_alone(folder):
    practice = load(folder)
    (job,) = made(practice, [("bob", "2026-09")], folder=folder, today=LATER)
    assert job.inputs == inputs(folder)["2026-09/bob"]
    assert made(practice, [], folder=folder) == []


def test_a_report_of_the_whole_practice_is_built_from_all_of_it(folder):
    practice, notebook = load(folder), wanted(folder)[0].notebook
    parts = parts_of(practice, notebook)
    assert (parts["sessions"].split()[0], parts["milestones"].split()[0]) == ("5", "1")
    fewer = SimpleNamespace(log=practice.log, skills=practice.skills, milestones=practice.milestones.iloc[:0])
    assert changed(parts, parts_of(fewer, notebook)) == {"milestones"}
