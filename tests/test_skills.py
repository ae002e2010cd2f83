"""Skill cards: read with helpful errors, joined to the log, added without touching what is there."""

import multiprocessing
import tomllib

import pandas as pd
import pytest

from mmlib.errors import CardError
from mmlib.log import check_log
from mmlib.skills import FIELDS, add_cards, known_skills, read_skills, save_card, with_cards

CARDS = """
# my cards
[juggling]
unit = "catches"   # in a row
target = 100
self = "the player"
domain = "body"

["card trick"]
better = "higher"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "skills.toml"
    path.write_text(CARDS)
    return path


def test_cards_are_read(file):
    skills = read_skills(file).set_index("skill")
    assert skills.loc["juggling", "target"] == 100.0
    assert skills.loc["juggling", "unit"] == "catches"
    assert pd.isna(skills.loc["card trick", "unit"])
    assert skills["has_card"].all()


def test_no_file_is_no_cards(tmp_path):
    assert read_skills(tmp_path / "skills.toml").empty


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ('[a]\nentrytrick = "x"', ["a.entrytrick", 'Did you mean "entry_trick"?']),
        ('[a]\nrub_pat = "x"', ["a.rub_pat", 'Did you mean "rub_pat_barrier"?']),
        ('[a]\nbetter = "lowr"', ['"lowr"', 'expected "higher" or "lower"', 'Did you mean "lower"?']),
        ('[a]\ntarget = "many"', ["a.target", "a number"]),
        ("[a]\ntarget = true", ["a.target", "a number"]),
        ("[a]\nself = 3", ["a.self", "a text"]),
        ('unit = "s"', ["outside of any card"]),
        ('[a\nunit = "s"', ["not TOML"]),
        ("[a]\n[a]\n", ["not TOML"]),
    ],
)
def test_a_bad_card_says_what_and_where(tmp_path, card, words):
    (tmp_path / "skills.toml").write_text(card)
    with pytest.raises(CardError) as caught:
        read_skills(tmp_path / "skills.toml")
    assert len(caught.value.problems) == 1
    assert all(word in str(caught.value) for word in words)


def test_all_problems_are_listed(tmp_path):
    (tmp_path / "skills.toml").write_text("[a]\nunitt = 's'\ntarget = 'x'\n[b]\nbetter = 'up'\n")
    with pytest.raises(CardError) as caught:
        read_skills(tmp_path / "skills.toml")
    assert len(caught.value.problems) == 3


def test_the_log_gets_its_cards_fields_and_keeps_its_own_self(file):
    frame = pd.DataFrame(
        {"skill": ["juggling", "juggling", "sewing"], "start": "2026-10-31", "self": [None, "the clown", None]}
    )
    log = with_cards(check_log(frame), read_skills(file))
    assert log["self"].tolist()[:2] == ["the player", "the clown"]
    assert pd.isna(log.loc[2, "self"])
    assert log["target"].tolist()[:2] == [100.0, 100.0]
    assert log["domain"].isna().tolist() == [False, False, True]
    assert list(log.columns[-4:]) == ["domain", "unit", "better", "target"]


def test_a_skill_without_a_card_is_listed_as_such(file):
    log = check_log(pd.DataFrame({"skill": ["sewing"], "start": ["2026-10-31"]}))
    skills = known_skills(read_skills(file), log).set_index("skill")
    assert skills["has_card"].to_dict() == {"juggling": True, "card trick": True, "sewing": False}


def test_added_cards_leave_the_others_and_their_comments(file):
    assert add_cards(file, {"juggling": {"unit": "x"}, "3x3": {"unit": "seconds"}}) == ["3x3"]
    text = file.read_text()
    assert text.startswith(CARDS.rstrip())
    assert read_skills(file).set_index("skill").loc["3x3", "unit"] == "seconds"


ALL = """# my cards

[juggling]   # the first
title = "Three balls"  # so far
target= 50
# unit = "throws"

# about the next
["card trick"]
  better = "higher"
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"title": "Four balls"}, 'title = "Three balls"', 'title = "Four balls"'),
        ({"target": 100.0}, "target= 50", "target= 100"),
        ({"target": 0.5}, "target= 50", "target= 0.5"),
        ({"title": ""}, 'title = "Three balls"  # so far\n', ""),
        ({"target": None}, "target= 50\n", ""),
        ({"self": " the player "}, "target= 50\n", 'target= 50\nself = "the player"\n'),
        ({"payoff": "a\nb", "unit": "x"}, "target= 50\n", 'target= 50\nunit = "x"\npayoff = "a\\nb"\n'),
        ({"title": None, "target": None, "unit": "x"}, 'title = "Three balls"  # so far\ntarget= 50', 'unit = "x"'),
        ({"title": "Three balls", "target": 50, "self": "", "domain": None}, "", ""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_saved_field_changes_its_line_and_no_other_byte(tmp_path, changes, old, new, end):
    file = tmp_path / "skills.toml"
    file.write_bytes(ALL.replace("\n", end).encode())
    save_card(file, "juggling", changes)
    assert file.read_bytes().decode() == ALL.replace(old, new, 1).replace("\n", end)


@pytest.mark.parametrize("there", ["", "# nothing yet\n", '[other]\nunit = "s"', '[other]\nunit = "s"\n\n\n'])
@pytest.mark.parametrize(
    "skill", ["drawing a circle", 'the "loop"', "a.b", "[x]", "übung", "o'clock", "a = 1", "#1", "\\", "<b>", "日本語"]
)
def test_a_skill_of_any_name_gets_a_card_after_the_others(tmp_path, skill, there):
    file = tmp_path / "skills.toml"
    file.write_text(there)
    assert save_card(file, skill, {"payoff": 'say "ah"', "unit": "cm", "target": 3}) == ["payoff", "unit", "target"]
    text = file.read_text()
    assert text.startswith(there.rstrip("\n"))
    assert tomllib.loads(text)[skill] == {"unit": "cm", "target": 3, "payoff": 'say "ah"'}
    assert save_card(file, skill, dict.fromkeys(FIELDS, "")) == ["unit", "target", "payoff"]
    assert tomllib.loads(file.read_text())[skill] == {}


@pytest.mark.parametrize(
    ("there", "skill", "fields", "words"),
    [
        ("[a\n", "a", {"unit": "s"}, "not TOML"),
        ("[b]\nunits = 's'\n", "a", {"unit": "s"}, 'Did you mean "unit"?'),
        ("", "a", {"target": "many"}, "a number in the skill's unit"),
        ("", "a", {"better": "more"}, '"higher" or "lower"'),
        ("", "a", {"uni": "s"}, 'Did you mean "unit"?'),
        ("", "a", {"unit": 3}, "a text"),
        ("", " ", {"unit": "s"}, "the skill's name"),
        ("a.unit = 's'\nb.unit = 's'\n", "a", {"title": "A"}, "in the file itself"),
        ("a = {unit = 's'}\n", "a", {"title": "A"}, "in the file itself"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_the_file_stays(tmp_path, there, skill, fields, words):
    file = tmp_path / "skills.toml"
    file.write_text(there)
    with pytest.raises(CardError, match=words.replace("?", r"\?")):
        save_card(file, skill, fields)
    assert file.read_text() == there


def test_bytes_that_are_not_text_are_never_written_over(tmp_path):
    file = tmp_path / "skills.toml"
    file.write_bytes(b"[a]\nunit = 'caf\xe9'\n")
    with pytest.raises(CardError, match="UTF-8"):
        save_card(file, "a", {"unit": "s"})
    assert file.read_bytes() == b"[a]\nunit = 'caf\xe9'\n"


def test_a_card_that_stays_as_it_is_is_not_written(file):
    before = file.stat()
    assert save_card(file, "juggling", {"unit": "catches", "target": 100, "title": ""}) == []
    assert save_card(file, "new", {"unit": " ", "target": None}) == []
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_saved_is_what_is_read(file):
    card = dict(zip(FIELDS, ("A", "body", "s", "lower", 2.5, "me", "1", "2", "3", "4", "5", "6"), strict=True))
    save_card(file, "juggling", card)
    assert read_skills(file).set_index("skill").loc["juggling", list(FIELDS)].to_dict() == card


def describe(path, name):
    for number in range(10):
        save_card(path, f"{name} {number}", {"unit": name})
        save_card(path, "shared", {{"a": "unit", "b": "title", "c": "self"}[name]: f"{name}{number}"})
        add_cards(path, {f"{name} more {number}": {"unit": name}})


def test_processes_that_write_cards_at_the_same_time_lose_none(tmp_path):
    file = tmp_path / "skills.toml"
    file.write_text("# mine\n[shared]\ntarget = 1\n")
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=describe, args=(file, name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    cards = tomllib.loads(file.read_text())
    assert file.read_text().startswith("# mine\n[shared]\n")
    assert cards["shared"] == {"target": 1, "unit": "a9", "title": "b9", "self": "c9"}
    assert set(cards) == {"shared", *(f"{n}{more} {i}" for n in "abc" for more in ("", " more") for i in range(10))}
