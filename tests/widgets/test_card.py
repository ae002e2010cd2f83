"""The form for a card: what is written lands in skills.toml, and what was there stays."""

from __future__ import annotations

import tomllib

import pytest

from mmlib.log import append_sessions
from mmlib.skills import FIELDS, SIX_PARTS
from mmlib.widgets.card import card

EVIL = '<script>alert("1")</script>'
CARDS = """# my cards
[juggling]
unit = "catches"  # in a row
target = 100
payoff = "It runs."

# and another
["card trick"]
better = "higher"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "skills.toml").write_text(CARDS)
    return tmp_path


def test_what_is_written_lands_in_the_file_and_nothing_else_changes(folder):
    form = card("juggling", folder)
    form.unit.value, form.fields["self"].value, form.entry_trick.value = "throws", "the player", "One ball.\nThen two."
    form.save.click()
    assert (folder / "skills.toml").read_text() == CARDS.replace('"catches"', '"throws"').replace(
        '"It runs."\n', '"It runs."\nself = "the player"\nentry_trick = "One ball.\\nThen two."\n'
    )
    assert form.said.value == "Saved in skills.toml: unit, self and entry trick."
    assert form.said.kind == "good"


def test_opening_it_again_shows_what_was_saved(folder):
    form = card("juggling", folder)
    written = dict(zip(FIELDS, ("J", "body", "s", "lower", "2.5", "me", *"123456"), strict=True))
    for name, value in written.items():
        form.fields[name].value = value
    form.save.click()
    assert {name: field.value for name, field in card("juggling", folder).fields.items()} == written
    assert tomllib.loads((folder / "skills.toml").read_text())["juggling"]["target"] == 2.5


def test_the_card_in_the_file_is_shown(folder):
    form = card("juggling", folder)
    assert {name: field.value for name, field in form.fields.items() if field.value} == {
        "unit": "catches",
        "target": "100",
        "payoff": "It runs.",
    }
    assert form.count.value.startswith("1 of 6 parts described. Still empty: entry trick, rub-pat barrier,")


def test_the_count_goes_along_with_the_writing(folder):
    form = card("juggling", folder)
    form.repeatability.value = "  "
    assert form.count.value.startswith("1 of 6")
    form.payoff.value = ""
    assert form.count.value.startswith("0 of 6")
    for part in SIX_PARTS:
        form.fields[part].value = "x"
    assert form.count.value == "6 of 6 parts described. It is a whole micromastery."


def test_an_emptied_field_goes_out_of_the_file(folder):
    form = card("juggling", folder)
    form.target.value, form.payoff.value = "", " "
    form.save.click()
    assert tomllib.loads((folder / "skills.toml").read_text())["juggling"] == {"unit": "catches"}


def test_what_another_program_wrote_meanwhile_is_kept(folder):
    form = card("juggling", folder)
    (folder / "skills.toml").write_text(CARDS.replace("target = 100", 'target = 7\ntitle = "Balls"'))
    form.domain.value = "body"
    form.save.click()
    saved = tomllib.loads((folder / "skills.toml").read_text())["juggling"]
    assert (saved["target"], saved["title"], saved["domain"]) == (7, "Balls", "body")


def test_saving_nothing_writes_nothing(folder):
    form = card("juggling", folder)
    before = (folder / "skills.toml").stat().st_mtime_ns
    form.save.click()
    assert form.said.value == "Nothing was changed since it was saved."
    new = card("new", folder)
    new.save.click()
    assert new.said.value == "Nothing is written yet."
    assert (folder / "skills.toml").stat().st_mtime_ns == before


@pytest.mark.parametrize("target", ["many", "nan", "inf", "1e999", "1,234", "1 000", "true"])
def test_a_target_that_is_no_number_is_said_at_its_field(folder, target):
    form = card("juggling", folder)
    form.target.value, form.unit.value = target, "throws"
    form.save.click()
    assert f'Found "{target}", expected a number' in form.target.error
    assert form.said.value == "Nothing was saved. Please look at: Target."
    assert (folder / "skills.toml").read_text() == CARDS
    form.target.value = "12,5"
    form.save.click()
    assert form.target.error == ""
    assert tomllib.loads((folder / "skills.toml").read_text())["juggling"]["target"] == 12.5


def test_a_file_that_cannot_be_read_is_said_and_not_written_over(folder):
    bad = CARDS + "[juggling\n"
    (folder / "skills.toml").write_text(bad)
    form = card("juggling", folder)
    assert "cannot be read, and nothing is written over them" in form.remark.value
    form.unit.value = "throws"
    form.save.click()
    assert form.said.value.startswith("Nothing was saved. skills.toml: found text that is not TOML")
    assert (folder / "skills.toml").read_text() == bad
    (folder / "skills.toml").write_text(CARDS)  # put right meanwhile
    form.save.click()
    assert (folder / "skills.toml").read_text() == CARDS.replace('"catches"', '"throws"')


def test_a_disk_that_fails_is_said(folder, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device", "skills.toml")

    monkeypatch.setattr("mmlib.widgets.card.save_card", fail)
    form = card("juggling", folder)
    form.unit.value = "throws"
    form.save.click()
    assert form.said.value == "Nothing was saved. skills.toml: No space left on device."


@pytest.mark.parametrize("skill", ["drawing a circle", 'the "loop"', "a.b", "[x]", "übung", EVIL, "o'clock"])
def test_skills_of_any_name(folder, skill):
    form = card(skill, folder)
    form.unit.value = "x"
    form.save.click()
    assert tomllib.loads((folder / "skills.toml").read_text())[skill] == {"unit": "x"}
    assert (folder / "skills.toml").read_text().startswith(CARDS)
    assert card(skill, folder).unit.value == "x"


def test_a_skill_without_a_name_cannot_be_saved(folder):
    form = card(" ", folder)
    form.unit.value = "x"
    form.save.click()
    assert "the skill's name" in form.said.value
    assert (folder / "skills.toml").read_text() == CARDS


def test_a_near_miss_is_pointed_out_but_not_where_the_log_knows_the_skill(folder):
    assert card("jugling", folder).remark.value.endswith('Did you mean "juggling"?')
    append_sessions(folder, {"skill": "jugling", "start": "2026-10-31"})
    assert card("jugling", folder).remark.value == "A new card: Save adds it to skills.toml."


def test_a_folder_that_is_not_there_is_made_and_said_so(tmp_path):
    form = card("juggling", tmp_path / "new")
    assert "is a new practice folder" in form.remark.value
    assert form.unit.value == "catches"  # the starter's
    assert (tmp_path / "new" / "log.csv").exists()


def test_every_field_has_a_label_a_hint_and_most_an_example(folder):
    for skill in ("omelette", "something else"):
        form = card(skill, folder)
        assert list(form.fields) == list(FIELDS)
        assert all(field.label and field.hint for field in form.fields.values())
        assert all(form.fields[part].placeholder.startswith("such as: ") for part in SIX_PARTS)
    assert "eggs" in card("omelette", folder).entry_trick.placeholder


def test_a_still_for_pages_without_a_kernel_and_hostile_texts_are_text(folder):
    form = card(EVIL, folder)
    form.unit.value = EVIL
    form.save.click()
    data, _ = card(EVIL, folder)._repr_mimebundle_()
    assert "<script" not in data["text/html"]
    assert data["text/html"].count("&lt;script&gt;") == 2
    assert data["text/html"].count("<tr>") == len(FIELDS)
    assert "<script" not in form.children[0].value
