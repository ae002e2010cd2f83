"""Skill cards: read with helpful errors, joined to the log, added without touching what is there."""

import pandas as pd
import pytest

from mmlib.errors import CardError
from mmlib.log import check_log
from mmlib.skills import add_cards, known_skills, read_skills, with_cards

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
