"""The room's log: what participants hand in becomes one folder, nobody is merged, nothing is doubled or lost."""

import base64
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import MMError
from mmlib.workshop import CheckError, gather, hand_in, practice_folder

HEADER = "learner,skill,start,score,note\n"


def row(day, score=5, learner="me", skill="circle", note=""):
    return f"{learner},{skill},2026-10-{day:02d}T10:00:00,{score},{note}\n"


def folder_of(path, *rows, cards=""):
    path.mkdir(parents=True)
    (path / "log.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    if cards:
        (path / "skills.toml").write_text(cards, encoding="utf-8")
    return path


def zip_of(path, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def room(tmp_path):
    return mm.load(tmp_path / "room").log


def who(tmp_path):
    log = room(tmp_path)
    return log.groupby("learner").size().to_dict()


def test_folders_zips_and_logs_become_one_practice_folder(tmp_path):
    one = folder_of(tmp_path / "Anna Müller", row(1), row(2))
    two = zip_of(tmp_path / "Bob.zip", {"my-practice/log.csv": HEADER + row(1, 9)})
    three = tmp_path / "cleo.csv"
    three.write_text("skill;start;score\ncircle;2026-10-03 18:30;4,5\n")
    four = zip_of(tmp_path / "dan.zip", {"log/laptop.csv": HEADER + row(1, 1), "log/phone.csv": HEADER + row(2, 1)})
    found = gather([one, two, three, four], tmp_path / "room")
    assert [(each.learners, each.sessions, each.added, each.problem) for each in found] == [
        (("anna-muller",), 2, 2, ""),
        (("bob",), 1, 1, ""),
        (("cleo",), 1, 1, ""),
        (("dan",), 2, 2, ""),
    ]
    assert who(tmp_path) == {"anna-muller": 2, "bob": 1, "cleo": 1, "dan": 2}
    log = room(tmp_path).set_index("learner")
    assert log.loc["cleo", "score"] == 4.5
    assert log.loc["cleo", "start"] == pd.Timestamp("2026-10-03 18:30")
    assert sorted(file.name for file in (tmp_path / "room" / "log").iterdir()) == [
        "anna-muller.csv",
        "bob.csv",
        "cleo.csv",
        "dan.csv",
    ]


def test_gathering_again_adds_only_what_is_new(tmp_path):
    folder = folder_of(tmp_path / "anna", row(1), row(1), row(2))
    gather([folder], tmp_path / "room")
    before = (tmp_path / "room" / "log" / "anna.csv").read_bytes()
    assert [each.added for each in gather([folder, folder], tmp_path / "room")] == [0, 0]
    assert (tmp_path / "room" / "log" / "anna.csv").read_bytes() == before
    with (folder / "log.csv").open("a") as file:
        file.write(row(3) + row(2))
    (again,) = gather([folder], tmp_path / "room")
    assert (again.sessions, again.added) == (5, 2)
    assert who(tmp_path) == {"anna": 5}
    older = folder_of(tmp_path / "older" / "anna", row(1))
    assert gather([older], tmp_path / "room")[0].added == 0
    assert who(tmp_path) == {"anna": 5}


def test_two_of_the_same_name_are_told_apart_and_stay_so(tmp_path):
    one = folder_of(tmp_path / "a" / "anna", row(1), row(2))
    two = zip_of(tmp_path / "b" / "Anna.zip", {"log.csv": HEADER + row(1, 7) + row(2, 8) + row(3, 9)})
    first = gather([one, two], tmp_path / "room")
    assert [each.learners for each in first] == [("anna",), ("anna-2",)]
    assert who(tmp_path) == {"anna": 2, "anna-2": 3}
    again = gather([two, one], tmp_path / "room")
    assert [(each.learners, each.added) for each in again] == [(("anna-2",), 0), (("anna",), 0)]
    assert who(tmp_path) == {"anna": 2, "anna-2": 3}


def test_one_row_in_common_makes_no_two_people_one(tmp_path):
    one = folder_of(tmp_path / "a" / "anna", row(1), row(2))
    two = folder_of(tmp_path / "b" / "anna", row(1), row(3), row(4))
    gather([one, two], tmp_path / "room")
    assert who(tmp_path) == {"anna": 2, "anna-2": 3}


def test_the_same_rows_under_two_names_are_kept_and_pointed_out(tmp_path):
    rows = [row(day) for day in (1, 2, 3)]
    gather([folder_of(tmp_path / "anna", *rows)], tmp_path / "room")
    (found,) = gather([folder_of(tmp_path / "owl", *rows)], tmp_path / "room")
    assert "mostly the same rows as anna. If that is one person, delete" in found.notices[0]
    assert who(tmp_path) == {"anna": 3, "owl": 3}


def test_a_download_numbered_by_the_browser_is_the_same_name(tmp_path):
    one = zip_of(tmp_path / "owl.zip", {"log.csv": HEADER + row(1) + row(2)})
    two = zip_of(tmp_path / "owl (1).zip", {"log.csv": HEADER + row(1) + row(2) + row(3)})
    assert [each.added for each in gather([one, two], tmp_path / "room")] == [2, 1]
    assert who(tmp_path) == {"owl": 3}


def test_a_folder_or_log_without_a_name_of_its_own_takes_the_one_above_or_a_number(tmp_path):
    named = folder_of(tmp_path / "anna" / "my-practice", row(1)) / "log.csv"
    nameless = [zip_of(tmp_path / f"{day}" / "my-practice.zip", {"log.csv": HEADER + row(day)}) for day in (2, 3)]
    found = gather([named, *nameless], tmp_path / "room")
    assert [each.learners for each in found] == [("anna",), ("participant",), ("participant-2",)]


def test_learners_who_named_themselves_keep_the_name_unless_another_has_it(tmp_path):
    pair = folder_of(tmp_path / "pair", row(1), row(1, 6, "Ben"), row(2, 7, "Ben"))
    ben = folder_of(tmp_path / "ben", row(5), row(6))
    other = folder_of(tmp_path / "trio", row(8, 1, "ben"), row(9, 1, "ben"))
    found = gather([pair, ben, other], tmp_path / "room")
    assert [each.learners for each in found] == [("ben", "pair"), ("ben-2",), ("ben-3",)]
    assert who(tmp_path) == {"pair": 1, "ben": 2, "ben-2": 2, "ben-3": 2}
    assert sum(each.added for each in gather([other, ben, pair], tmp_path / "room")) == 0
    assert who(tmp_path) == {"pair": 1, "ben": 2, "ben-2": 2, "ben-3": 2}


@pytest.mark.parametrize("name", ["../../evil", "..\\evil", "<script>alert(1)<", "a\tb", "con", "..", "アダ"])
def test_hostile_names_stay_inside_the_room(tmp_path, name):
    files = {f"{name}/log.csv": HEADER + row(1, learner=name), f"{name}/skills.toml": "[circle]\ntarget = 3\n"}
    path = zip_of(tmp_path / "in" / (name.replace("/", "_") + ".zip"), files)
    outside = sorted(tmp_path.rglob("*"))
    (found,) = gather([path], tmp_path / "deep" / "er" / "room")
    assert found.problem == ""
    made = [entry for entry in sorted(tmp_path.rglob("*")) if entry not in outside and entry.is_file()]
    made = [entry for entry in made if not entry.name.endswith(".lock")]
    inside = tmp_path / "deep" / "er" / "room"
    assert [entry.parent for entry in made] == [inside / "log", inside]
    assert all(set(entry.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for entry in made)
    (learner,) = found.learners
    assert set(learner) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert learner


def test_notes_stay_out_but_what_a_drill_noted_stays_in(tmp_path):
    folder = folder_of(tmp_path / "anna", row(1, note="I was sad"))
    drilled = {"note": "left 0.1", "source": "drill", "source_id": "1"}
    mm.append_sessions(folder, {"skill": "circle", "start": "2026-10-02", **drilled})
    gather([folder], tmp_path / "room")
    assert room(tmp_path)["note"].fillna("").tolist() == ["", "left 0.1"]
    assert "sad" not in (tmp_path / "room" / "log" / "anna.csv").read_text()
    with zipfile.ZipFile(hand_in(folder, "Night owl").path) as archive:
        assert archive.namelist() == ["night-owl/log.csv"]
        assert b"sad" not in archive.read("night-owl/log.csv")
        assert b"left 0.1" in archive.read("night-owl/log.csv")


def test_of_two_cards_the_first_stays_and_differences_that_count_are_said(tmp_path):
    card = '[circle]\nunit = "{}"\ntarget = {}\nentry_trick = "{}"\n[unused]\nunit = "x"\n'
    one = folder_of(tmp_path / "anna", row(1), cards=card.format("mm off", 2, "Turn the paper."))
    ukulele = card.format("% off", 2, "Other.") + "[ukulele]\ntarget = 9\n"
    two = folder_of(tmp_path / "bob", row(2), row(2, skill="ukulele"), cards=ukulele)
    first, second = gather([one, two], tmp_path / "room")
    assert first.notices == ()
    assert second.notices == ('circle: unit "% off" on its card, "mm off" on the room\'s, which stays.',)
    skills = mm.load(tmp_path / "room").skills.set_index("skill")
    assert skills["unit"].to_dict()["circle"] == "mm off"
    assert skills.loc["circle", "entry_trick"] == "Turn the paper."
    assert sorted(skills.index) == ["circle", "ukulele"]
    assert (skills.loc["circle", "target"], skills.loc["ukulele", "target"]) == (2, 9)


def test_what_stays_out_is_said(tmp_path):
    folder = folder_of(tmp_path / "anna", row(1), cards="[circle\n")
    (folder / "milestones.csv").write_text("date,kind\n2026-10-31,mastered\n")
    (found,) = gather([folder], tmp_path / "room")
    assert (found.problem, found.added) == ("", 1)
    assert "its cards stay out. skills.toml: found text that is not TOML" in found.notices[0]
    assert found.notices[1] == "its milestones.csv stays out."


def bad_files(folder):
    folder.mkdir()
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 nothing of the kind")
    (folder / "picture.csv").write_bytes(bytes(range(256)))
    (folder / "half.csv").write_text("skill,start,minutes\ncircle,2026-10-31,half an hour\n")
    (folder / "empty.csv").write_text("")
    folder_of(folder / "header")
    (folder / "nothing").mkdir()
    zip_of(folder / "words.zip", {"letter.txt": "Dear teacher"})
    zip_of(folder / "two.zip", {"a/log.csv": HEADER + row(1), "b/log.csv": HEADER + row(2)})
    return {
        "broken.zip": "a zip that cannot be read",
        "picture.csv": "picture.csv",
        "half.csv": 'half.csv, row 2, column "minutes": found "half an hour"',
        "empty.csv": "",
        "header": "the log holds no sessions. Was a lesson run on a folder that is thrown away",
        "nothing": "found nothing, expected log.csv",
        "words.zip": "a zip without a log (letter.txt), expected one folder with log.csv in it",
        "two.zip": "a zip of 2 practice folders (a, b)",
        "missing.zip": "No such file or directory",
        "missing": "no such folder or file",
    }


def test_bad_files_are_named_and_the_others_gathered_all_the_same(tmp_path):
    expected = bad_files(tmp_path / "in")
    good = folder_of(tmp_path / "anna", row(1))
    found = gather([*(tmp_path / "in" / name for name in expected), good], tmp_path / "room")
    for each, (name, said) in zip(found, expected.items(), strict=False):
        assert Path(each.file).name == name
        assert each.problem
        assert said in each.problem
        assert "/tmp" not in each.problem.replace(str(tmp_path), "")
    assert found[-1].added == 1
    assert who(tmp_path) == {"anna": 1}


def test_a_zip_that_would_fill_the_disk_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("mmlib.workshop.handed.LARGEST", 1000)
    bomb = zip_of(tmp_path / "bomb.zip", {"log.csv": HEADER + row(1) * 100})
    assert "when unpacked" in gather([bomb], tmp_path / "room")[0].problem


def test_a_macs_zip_and_a_whole_workshop_folder_are_understood(tmp_path):
    mac = zip_of(tmp_path / "mac.zip", {"my-practice/log.csv": HEADER + row(1), "__MACOSX/my-practice/._log.csv": "x"})
    folder_of(tmp_path / "whole" / "my-practice", row(2))
    both = {"w/my-practice/log.csv": HEADER + row(3), "w/other/log.csv": HEADER + row(4)}
    found = gather([mac, tmp_path / "whole", zip_of(tmp_path / "both.zip", both)], tmp_path / "room")
    assert [(each.problem, each.learners) for each in found] == [("", ("mac",)), ("", ("whole",)), ("", ("both",))]


def test_a_room_with_a_log_of_its_own_keeps_it(tmp_path):
    mm.append_sessions(folder_of(tmp_path / "room"), {"learner": "anna", "skill": "circle", "start": "2026-09-01"})
    (found,) = gather([folder_of(tmp_path / "anna", row(1))], tmp_path / "room")
    assert found.learners == ("anna-2",)
    assert who(tmp_path) == {"anna": 1, "anna-2": 1}


def test_a_room_with_a_bad_log_or_card_is_an_error(tmp_path):
    folder_of(tmp_path / "room", "me,circle,yesterday,1,\n")
    with pytest.raises(MMError, match="yesterday"):
        gather([folder_of(tmp_path / "anna", row(1))], tmp_path / "room")


def test_what_is_handed_in_is_gathered_under_its_name(tmp_path):
    folder = practice_folder(tmp_path / "my-practice")
    with pytest.raises(CheckError, match="no sessions yet"):
        hand_in(folder, "owl")
    mm.append_sessions(folder, [{"skill": "circle", "start": "2026-10-31", "score": 3}])
    for nothing in ("", "  ", None, ...):
        with pytest.raises(CheckError, match="A name is missing"):
            hand_in(folder, nothing)
    handed = hand_in(folder, "Owl!")
    one = handed.path.read_bytes()
    assert hand_in(folder, "Owl!").path.read_bytes() == one
    assert 'download="owl.zip" href="data:application/zip;base64,' in handed._repr_html_()
    assert base64.b64decode(re.search(r"base64,([^\"]+)", handed._repr_html_())[1]) == one
    gather([handed.path], tmp_path / "room")
    assert who(tmp_path) == {"owl": 1}


def test_the_command_gathers_says_what_it_did_and_ends_with_1_if_a_file_was_bad(mm_command, tmp_path):
    folder_of(tmp_path / "anna", row(1), row(2))
    code, out, err = mm_command("gather", "anna", "--into", "room")
    assert (code, err) == (0, "")
    assert "anna: 2 sessions of anna, 2 new." in out
    assert 'room: 1 learner, 2 sessions. Look at them with mm.explore("room").' in out
    (tmp_path / "bad.csv").write_text("nothing\n1\n")
    code, out, err = mm_command("gather", "bad.csv", "anna", "--into", "room")
    assert code == 1
    assert "mm: bad.csv: " in err
    assert "1 file of 2 could not be gathered" in err
    assert "anna: 2 sessions of anna, 0 new." in out
    assert mm_command("gather", "nothing.zip", "--into", "new")[0] == 1
    assert not (tmp_path / "new").exists()
    code, out, _ = mm_command("gather", "--help")
    assert (code, "Example: mm gather" in out) == (0, True)
