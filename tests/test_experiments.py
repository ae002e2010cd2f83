"""The files of an experiment: the table and the calendar say the same, and neither is drawn twice."""

from __future__ import annotations

import datetime

import icalendar
import pandas as pd
import pytest

from mmlib import experiments
from mmlib.errors import MMError
from mmlib.measures import synergy


def a_plan(to_skill="ukulele", from_skill="harmonica", **kwargs):
    return synergy.plan_experiment(to_skill, from_skill, **({"start": "2026-11-02", "seed": 1} | kwargs))


def events(text):
    return icalendar.Calendar.from_ical(text).events


def test_the_table_comes_back_as_it_was(tmp_path):
    plan = a_plan()
    table, _ = experiments.write_plan(plan, tmp_path)
    read = experiments.read_plan(table).astype(plan.dtypes.to_dict())
    pd.testing.assert_frame_equal(read, plan)


def test_the_calendar_has_an_all_day_event_for_each_block(tmp_path):
    plan = a_plan()
    _, file = experiments.write_plan(plan, tmp_path, minutes=25)
    found = events(file.read_bytes())
    assert [event.start for event in found] == [start.date() for start in plan["start"]]
    assert [event.end - datetime.timedelta(days=1) for event in found] == [end.date() for end in plan["end"]]
    said = {
        "with": "Harmonica: yes, at least 25 minutes a day; ukulele as usual",
        "without": "No harmonica; ukulele as usual",
    }
    assert [str(event["SUMMARY"]) for event in found] == [said[name] for name in plan["condition"]]
    assert len({str(event["UID"]) for event in found}) == 8
    assert all(event.get("DTSTAMP") for event in found)


def test_the_same_plan_gives_the_same_calendar_and_another_one_other_events():
    one, other = experiments.calendar(a_plan()), experiments.calendar(a_plan(start="2027-03-01"))
    assert one == experiments.calendar(a_plan())
    assert not {str(event["UID"]) for event in events(one)} & {str(event["UID"]) for event in events(other)}


@pytest.mark.parametrize(
    "name", ["win; lose, draw", "back\\slash", "日本語のあいさつ", 'a "quoted" one', "BEGIN:VEVENT", "x" * 200]
)
def test_odd_names_come_back_from_table_and_calendar(name, tmp_path):
    table, file = experiments.write_plan(a_plan(from_skill=name), tmp_path)
    assert set(experiments.read_plan(table)["from_skill"]) == {name}
    found = events(file.read_bytes())
    assert len(found) == 8
    assert all(name[1:] in str(event["SUMMARY"]) for event in found)


def test_a_name_of_two_lines_stays_one_event():
    found = events(experiments.calendar(a_plan(from_skill="a\r\nEND:VEVENT\r\nBEGIN:VEVENT")))
    assert len(found) == 8


def test_a_plan_that_is_there_is_not_drawn_again(tmp_path):
    table, file = experiments.write_plan(a_plan(), tmp_path)
    before = table.read_bytes(), file.read_bytes()
    for again in (a_plan(seed=2), a_plan(seed=3, start="2026-12-07")):
        with pytest.raises(MMError, match="not drawn again: whoever draws until the schedule pleases"):
            experiments.write_plan(again, tmp_path)
    assert before == (table.read_bytes(), file.read_bytes())
    assert len(list(tmp_path.iterdir())) == 2
    experiments.write_plan(a_plan(seed=4, start="2027-01-04"), tmp_path)
    experiments.write_plan(a_plan(to_skill="juggling"), tmp_path)
    assert len(list(tmp_path.glob("*.csv"))) == 3


def test_skills_whose_file_would_have_the_same_name_do_not_overwrite_one_another(tmp_path):
    experiments.write_plan(a_plan(from_skill="C+"), tmp_path)
    with pytest.raises(MMError, match="such a file already"):
        experiments.write_plan(a_plan(from_skill="C-"), tmp_path)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\xff\xfe"])
def test_a_file_that_is_no_plan_is_named(text, tmp_path):
    path = tmp_path / "experiment-x.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MMError, match=r"experiment-x\.csv"):
        experiments.read_plan(path)
    with pytest.raises(MMError, match=r"There are: experiment-x\.csv"):
        experiments.read_plan(tmp_path / "experiment-y.csv")
    with pytest.raises(MMError, match="no such folder"):
        experiments.write_plan(a_plan(), tmp_path / "nowhere")
