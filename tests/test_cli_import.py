"""mm import: a file is recognised or its tool named, a table gets a mapping, and mistakes are met in one line."""

from __future__ import annotations

import pytest

import mmlib as mm
from mmlib.sources import tools

KEYBR = """[{"timeStamp": "2026-10-31T17:30:00.000Z", "layout": "us", "length": 120, "time": 30000, "errors": 4,
  "speed": 240}]"""
DIARY = "Date,Activity,Hours\n2026-10-31 18:30,Juggling,0.5\n2026-11-01 18:30,Juggling,1\nsoon,Juggling,1\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.json").write_text(KEYBR)
    (tmp_path / "diary.csv").write_text(DIARY)
    return tmp_path


def test_a_file_is_recognised_and_importing_it_again_adds_nothing(here, mm_command):
    code, out, _ = mm_command("import", "data.json", "--into", "p", "--tz", "UTC")
    assert code == 0 and "data.json (recognised: keybr): 1 record of 1 skill read; 1 added" in out
    code, out, _ = mm_command("import", "keybr", "data.json", "--into", "p", "--tz", "UTC")
    assert code == 0 and "0 added to p/log.csv, 1 there already, 0 set aside" in out.replace("\\", "/")
    assert mm.load(here / "p").skills["unit"].tolist() == ["characters per minute"]


def test_the_folders_zone_is_used_unless_another_is_named(here, mm_command):
    (here / "p").mkdir()
    (here / "p" / "skills.toml").write_text('tz = "Asia/Tokyo"\n\n[juggling]\nunit = "catches"\n')
    assert mm_command("import", "data.json", "--into", "p")[0] == 0
    assert mm.load(here / "p", skills=["typing lessons"]).log["start"].dt.hour.tolist() == [2]
    text = (here / "p" / "skills.toml").read_text()
    assert text.startswith('tz = "Asia/Tokyo"') and "[juggling]" in text and '["typing lessons"]' in text
    assert mm_command("import", "data.json", "--into", "q", "--tz", "Europe/Berlin")[0] == 0
    assert mm.load(here / "q").log["start"].dt.hour.tolist() == [18]


def test_a_mapping_is_proposed_saved_mended_and_used(here, mm_command):
    code, out, _ = mm_command("import", "csv", "diary.csv", "--guess")
    assert code == 0 and 'minutes = "hours"' in out and "2026-10-31 18:30" in out and "Nothing was written" in out
    assert "1 row would be set aside" in out and not (here / "map.toml").exists() and not (here / "log.csv").exists()
    assert mm_command("import", "csv", "diary.csv", "--guess", "--map", "map.toml")[0] == 0
    mapping = here / "map.toml"
    mapping.write_text(mapping.read_text() + '\n[rename.skill]\nJuggling = "three balls"\n')
    code, out, _ = mm_command("import", "csv", "diary.csv", "--map", "map.toml", "--into", "p")
    assert code == 0 and "3 records of 1 skill read; 2 added" in out and "1 set aside" in out
    assert mm.load(here / "p").log[["skill", "minutes"]].to_numpy().tolist() == [
        ["three balls", 30],
        ["three balls", 60],
    ]
    again = mm_command("import", "csv", "diary.csv", "--guess", "--map", "map.toml")[1]
    assert "Nothing was written" in again and "three balls" in mapping.read_text(), (
        "a mended mapping is not overwritten"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["diary.csv"], "mm import csv FILE --guess"),
        (["csv"], "mm import csv FILE"),
        (["csv", "diary.csv"], "--guess"),
        (["kebr", "data.json"], 'Did you mean "keybr"'),
        (["keybr", "diary.csv"], "expected keybr's typing data"),
        (["nothing.json"], "no such file"),
        (["a.csv", "b.csv", "c.csv"], "Import them one by one"),
        (["keybr", "data.json", "--map", "map.toml"], "whose exports need none"),
        (["keybr", "data.json", "--tz", "Europe/Berln"], "Europe/Berlin"),
    ],
)
def test_mistakes_are_met_in_one_line_and_write_nothing(here, mm_command, words, said):
    code, out, err = mm_command("import", *words)
    assert code != 0 and said in out + err and "Traceback" not in out + err
    assert not (here / "log.csv").exists()


def test_the_help_names_every_tool(mm_command):
    _, out, _ = mm_command("import", "--help")
    shown = " ".join(out.replace("│", " ").split())
    assert all(f" {tool}," in shown or f" {tool} " in shown or f" {tool}." in shown for tool in tools())
