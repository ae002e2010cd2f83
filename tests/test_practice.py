"""A practice folder: all its files are one log; clear words where something is missing."""

import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import LogFormatError, PracticeError, SetAsideWarning
from mmlib.practice import add_export, new_practice

LOG = "learner,skill,start,minutes\nada,juggling,2026-10-30 10:00,10\nbob,omelette,2026-10-31 23:59,20\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "my-practice"
    folder.mkdir()
    (folder / "log.csv").write_text(LOG)
    return folder


def test_all_files_are_one_log(folder):
    (folder / "log").mkdir()
    (folder / "log" / "phone.csv").write_text("skill,start\nsewing,2026-10-29\n")
    (folder / "log" / "phone.quarantine.csv").write_text("row,reason\n")
    more = mm.check_log(pd.DataFrame({"skill": ["singing"], "start": ["2026-10-28"], "learner": ["ada"]}))
    more.to_parquet(folder / "log" / "tablet.parquet")
    log = mm.load(folder).log
    assert log[["learner", "skill"]].to_numpy().tolist() == [
        ["ada", "singing"],
        ["ada", "juggling"],
        ["bob", "omelette"],
        ["me", "sewing"],
    ]


def test_one_file_can_be_loaded_with_the_cards_beside_it(folder):
    (folder / "skills.toml").write_text('[juggling]\nunit = "catches"\n')
    assert mm.load(folder / "log.csv").log["unit"].tolist()[0] == "catches"


def test_a_learner_and_a_span(folder):
    assert mm.load(folder, learner="bob").log["skill"].tolist() == ["omelette"]
    assert mm.load(folder, until="2026-10-31").log["learner"].tolist() == ["ada", "bob"]
    assert mm.load(folder, until="2026-10-31 12:00").log["learner"].tolist() == ["ada"]
    assert mm.load(folder, since="2026-10-31").log["learner"].tolist() == ["bob"]


def test_some_skills_with_their_cards_and_milestones(folder):
    (folder / "skills.toml").write_text('[juggling]\nunit = "catches"\n[omelette]\n[sewing]\n')
    (folder / "milestones.csv").write_text(
        "date,kind,skill\n2026-10-30,mastered,juggling\n2026-10-31,mastered,omelette\n2026-09-01,performance,\n"
    )
    practice = mm.load(folder, skills=["omelette"])
    assert practice.log["skill"].tolist() == ["omelette"]
    assert practice.skills["skill"].tolist() == ["omelette"]
    assert practice.milestones["skill"].tolist() == ["omelette"]
    assert mm.load(folder, skills=["omelette", "juggling"]).log["skill"].tolist() == ["juggling", "omelette"]
    assert mm.load(folder, skills=["sewing"]).log.empty, "a card alone is a skill, too"
    assert mm.load(folder, learner="ada", skills=["omelette"]).log.empty


def test_empty_texts_and_lists_set_no_limit(folder):
    assert len(mm.load(folder, learner="", skills=[], since="", until="").log) == 2


def test_a_part_of_what_was_loaded_is_what_would_have_been_loaded(folder):
    whole = mm.load(folder)
    for choice in ({"learner": "bob"}, {"skills": ["juggling"]}, {"since": "2026-10-31"}, {"until": "2026-10-30"}):
        assert whole.only(**choice).log.reset_index(drop=True).equals(mm.load(folder, **choice).log)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"skills": ["omelete"]}, 'No skill "omelete" in the log or the cards. Did you mean "omelette"?'),
        ({"skills": ["juggling", "x"]}, 'No skill "x" in the log or the cards. There are: juggling, omelette.'),
        ({"since": "soon"}, 'since: found "soon", expected a date. Write 2026-10-31.'),
        ({"until": "2026-13-01"}, 'until: found "2026-13-01", expected a date.'),
    ],
)
def test_a_misspelt_skill_or_date_says_what_to_write(folder, choice, words):
    with pytest.raises(PracticeError) as caught:
        mm.load(folder, **choice)
    assert words in str(caught.value)


def test_milestones(folder):
    (folder / "milestones.csv").write_text(
        "learner,date,kind,skill\nada,2026-10-30,mastered,juggling\n,2026-09-01,performance,\n"
    )
    milestones = mm.load(folder).milestones
    assert milestones["learner"].tolist() == ["ada", "me"]
    assert milestones["date"].tolist() == [pd.Timestamp("2026-10-30"), pd.Timestamp("2026-09-01")]
    assert len(mm.load(folder, learner="ada").milestones) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,kind,skil\n", 'Did you mean "skill"?'),
        ("date,skill\n", 'column "kind"'),
        ("", "a table that cannot be read"),
        ("date,kind\n2026-10-30,a\n2026-10-30,a,b,c\n", "a table that cannot be read"),
        ("date,kind\n2026-10-30,a\nsoon,b\n", 'row 3, column "date": found "soon"'),
    ],
)
def test_bad_milestones_are_named(folder, text, words):
    (folder / "milestones.csv").write_text(text)
    with pytest.raises(LogFormatError) as caught:
        mm.load(folder)
    assert words in str(caught.value)


def test_a_misspelt_learner_or_folder_gets_a_hint(folder):
    with pytest.raises(PracticeError, match='Did you mean "ada"'):
        mm.load(folder, learner="adda")
    with pytest.raises(PracticeError, match='Did you mean "my-practice"'):
        mm.load(folder.parent / "my-pratice")


def test_a_folder_without_a_log_says_what_is_there(tmp_path):
    (tmp_path / "diary.txt").touch()
    with pytest.raises(PracticeError, match=r"found diary.txt, expected log.csv"):
        mm.load(tmp_path)


def test_quarantine_goes_through_load(folder):
    (folder / "log.csv").write_text(LOG + "ada,juggling,x,10\n")
    with pytest.raises(LogFormatError, match="row 4"):
        mm.load(folder)
    with pytest.warns(SetAsideWarning):
        assert len(mm.load(folder, errors="quarantine").log) == 2


def test_loading_a_sample_of_nobody_is_empty_but_whole(folder):
    log = mm.load(folder, since="2030-01-01").log
    assert log.empty
    assert {"domain", "unit", "better", "target"} <= set(log.columns)


def test_a_new_practice_folder_loads_and_keeps_what_was_there(tmp_path):
    (tmp_path / "skills.toml").write_text("")
    made = new_practice(tmp_path)
    assert [file.name for file in made] == ["log.csv", "README.md"]
    practice = mm.load(tmp_path)
    assert practice.log.empty
    assert practice.skills.empty
    readme = (tmp_path / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in practice.log.columns[:20])


def test_the_starters_cards_are_good(tmp_path):
    new_practice(tmp_path)
    assert mm.load(tmp_path).skills["skill"].tolist() == ["juggling", "drawing a circle"]


TOGGL = """User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags
Ada,,,Scales,,warm up,No,2026-10-30,10:00:00,2026-10-30,10:30:00,00:30:00,
Ada,,,Scales,,warm up,No,2026-10-31,10:00:00,2026-10-31,10:20:00,00:20:00,
Ada,,,Scales,,warm up,No,soon,10:00:00,2026-10-31,10:20:00,00:20:00,
"""


def test_an_export_is_added_once_and_its_counts_add_up(tmp_path):
    export, into = tmp_path / "toggl.csv", tmp_path / "piano"
    export.write_text(TOGGL)
    first = add_export(into, "toggl", export, learner="ada")
    assert first == {"tool": "toggl", "read": 3, "added": 2, "known": 0, "set_aside": 1, "skills": 1}
    again = add_export(into, "toggl", export, learner="ada")
    assert again == {"tool": "toggl", "read": 3, "added": 0, "known": 2, "set_aside": 1, "skills": 1}
    assert mm.load(into).log["minutes"].tolist() == [30.0, 20.0]
    assert pd.read_csv(into / "toggl.set-aside.csv")["row"].tolist() == [4]
