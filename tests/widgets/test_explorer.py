"""The explorer without a browser: what is chosen is what is drawn, the line of code, the report."""

from __future__ import annotations

import ast

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

import mmlib as mm
from mmlib import simulate
from mmlib.errors import MMError, PracticeError
from mmlib.widgets.explorer import making
from mmlib.widgets.explorer.menu import THEMES

OFFERS = [(theme, one.name) for theme, offers in THEMES.items() for one in offers]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Ada's log, and a few sessions of Bob's: two skills, one of them his alone."""
    made = simulate.practice()
    start = pd.date_range("2026-09-01 10:00", periods=4, freq="3D")
    bobs = pd.DataFrame({"learner": "bob", "skill": ["chess", "chess", "omelette", "chess"], "start": start})
    log = pd.concat([made.log, mm.check_log(bobs.assign(minutes=[10.0, 20.0, 30.0, 15.0]))], ignore_index=True)
    folder = tmp_path_factory.mktemp("practice")
    simulate.write(simulate.Simulated(log, made.skills, made.milestones, {}), folder)
    return folder


@pytest.fixture
def log(folder):
    return mm.load(folder).log


def choose(explorer, **change):
    explorer.choice = {**explorer.choice, **change}
    return explorer.view


def hours(minutes):
    return f"{minutes // 60:.0f} h {minutes % 60:.0f} min".replace(" 0 min", "")


def test_it_begins_with_the_first_learners_calendar(folder, log):
    explorer = mm.explore(folder)
    assert explorer.choice["learner"] == "ada"
    days = log.loc[log["learner"] == "ada", "start"].dt.normalize().drop_duplicates()
    month = (days.dt.to_period("M") == pd.Period("2026-10")).sum()
    assert f"Ada practised on {month} of the 31 days of October 2026" in explorer.view["alt"]
    assert explorer.view["reading"].startswith("The darker the square")
    assert BeautifulSoup(explorer.view["svg"], "xml").svg["aria-label"] == explorer.view["alt"]
    assert plt.get_fignums() == []


def test_a_change_of_the_skills_changes_the_picture(folder, log):
    explorer = mm.explore(folder, theme="repetition", chart="totals")
    before = explorer.view["svg"]
    view = choose(explorer, skills=["juggling", "omelette"])
    minutes = log[(log["learner"] == "ada") & log["skill"].isin(["juggling", "omelette"])]
    minutes = minutes.groupby("skill")["minutes"].sum()
    assert f"{minutes.idxmax().capitalize()} got the most time: {hours(minutes.max())}" in view["alt"]
    assert "kulele" not in view["alt"]
    assert view["svg"] != before


def test_the_dates_and_the_learner_change_it_too(folder, log):
    explorer = mm.explore(folder, chart="totals", skills=["ukulele", "omelette"])
    view = choose(explorer, since="2026-09-01", until="2026-09-30")
    part = log[(log["learner"] == "ada") & log["start"].between("2026-09-01", "2026-10-01", inclusive="left")]
    assert hours(part.loc[part["skill"] == "ukulele", "minutes"].sum()) in view["alt"]
    view = choose(explorer, learner="bob")
    assert explorer.choice["skills"] == ["omelette"], "a skill that Bob does not practise is left out"
    assert "30 min" in view["alt"]
    assert "45 min" in choose(explorer, skills=[])["alt"]


@pytest.mark.parametrize(("theme", "chart"), OFFERS)
def test_every_chart_is_drawn_of_all_and_of_a_few_sessions(folder, theme, chart):
    explorer = mm.explore(folder, theme=theme, chart=chart)
    whole = dict(explorer.view)
    view = choose(explorer, skills=["omelette"], since="2026-09-20", until="2026-10-10")
    for shown in (whole, view):
        assert shown["svg"].startswith("<svg")
        assert shown["alt"]
        assert shown["said"] == ""
    assert view["svg"] != whole["svg"]
    assert plt.get_fignums() == []


def test_one_learning_curve_is_large_over_trials_or_minutes(folder, log):
    own = log[(log["learner"] == "ada") & (log["skill"] == "juggling")]
    explorer = mm.explore(folder, theme="payoff", skills=["juggling", "omelette"])
    assert explorer.view["skill"] == "juggling", "the more practised of the two"
    assert f"over {own['score'].notna().sum()} trials" in explorer.view["alt"]
    assert choose(explorer, skill="omelette")["alt"].startswith("Omelette")
    assert choose(explorer, skill="juggling", over="minutes")["alt"].startswith("Juggling")
    assert choose(explorer, skills=["omelette"])["skill"] == "omelette"


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"theme": "payoff", "over": "minutes", "skill": "juggling"},
        {"skills": ("ukulele", "drawing a circle"), "since": "2026-01-01", "until": "2026-03-31", "theme": "selves"},
        {"learner": "bob", "theme": "synergy", "chart": "hours"},
    ],
)
def test_the_line_of_code_names_what_differs_and_gives_the_same_view(folder, choice):
    explorer = mm.explore(folder, **choice)
    call = ast.parse(explorer.line, mode="eval").body
    assert {word.arg: ast.literal_eval(word.value) for word in call.keywords} == {
        name: list(value) if isinstance(value, tuple) else value for name, value in choice.items()
    }
    again = eval(explorer.line, {"mm": mm})
    assert again.choice == explorer.choice
    assert again.view == explorer.view


def test_a_line_with_the_defaults_names_the_folder_alone(folder):
    explorer = mm.explore(folder, learner="ada", theme="repetition", chart="calendar", over="trials", skills=[])
    assert explorer.line == f'mm.explore("{folder}")'
    assert repr(explorer) == f"Explorer({explorer.line})"


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"since": "2030-01-01"}, "There are no sessions in this choice"),
        ({"since": "2026-10-02", "until": "2026-10-01"}, "Choose other dates"),
        ({"learner": "bob", "skills": ["ukulele"]}, "Bob has no sessions of ukulele. Choose other skills."),
    ],
)
def test_an_empty_choice_says_so_in_a_sentence(folder, choice, words):
    explorer = mm.explore(folder, **choice)
    assert words in explorer.view["said"]
    assert explorer.view["svg"] == ""
    assert words in explorer.still()
    explorer.make_report()
    assert words in explorer.report["said"]
    assert choose(explorer, learner="ada", skills=[], since="", until="")["svg"], "and it goes on from there"


def test_an_empty_log_says_how_to_begin(tmp_path):
    mm.practice.new_practice(tmp_path)
    assert "holds no sessions yet. Add one with: mm log" in mm.explore(tmp_path).view["said"]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"learner": "adda"}, 'Did you mean "ada"?'),
        ({"skills": ["jugling"]}, 'Did you mean "juggling"?'),
        ({"theme": "payof"}, 'Did you mean "payoff"?'),
        ({"theme": "payoff", "chart": "calendar"}, 'no chart "calendar" of payoff'),
        ({"over": "hours"}, "expected one of trials, minutes"),
        ({"since": "soon"}, 'since: found "soon", expected a date'),
        ({"skil": "juggling"}, 'explore takes no "skil". Did you mean "skill'),
    ],
)
def test_what_there_is_not_raises_an_error_of_ours(folder, choice, words):
    with pytest.raises(MMError) as caught:
        mm.explore(folder, **choice)
    assert words in str(caught.value)


def test_a_wrong_folder_raises_as_load_does(folder):
    with pytest.raises(PracticeError, match="no such folder or file"):
        mm.explore(folder / "nowhere")


def test_a_wrong_choice_from_the_page_is_said_there(folder):
    explorer = mm.explore(folder)
    assert 'Did you mean "juggling"?' in choose(explorer, skills=["jugling"])["said"]
    assert choose(explorer, skills=["juggling"])["said"] == ""


def test_the_still_picture_is_the_chart_that_is_shown(folder):
    explorer = mm.explore(folder, theme="selves")
    choose(explorer, chart="mood_lift")
    data, metadata = explorer._repr_mimebundle_()
    assert metadata["image/svg+xml"]["alt"] == explorer.view["alt"]
    still, live = (BeautifulSoup(svg, "xml").svg for svg in (data["image/svg+xml"], explorer.view["svg"]))
    assert still["aria-label"] == live["aria-label"] == explorer.view["alt"]
    assert [still[side] for side in ("width", "height")] == [live[side] for side in ("width", "height")]
    assert not still.find("text"), "a page without the charts' fonts needs outlines"
    assert {"juggling", "ukulele"} <= {text.string for text in live.find_all("text")}


def test_a_hostile_name_is_text_in_the_drawing_too(tmp_path):
    skill = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    mm.append_sessions(tmp_path, {"skill": skill, "start": "2026-10-31 18:30", "minutes": 15})
    view = mm.explore(tmp_path, theme="repetition", chart="totals").view
    page = BeautifulSoup(view["svg"], "html.parser")
    assert not page.find_all(["img", "script"])
    assert "<img" in "".join(text.get_text() for text in page.find_all("text"))


def test_a_picture_that_was_shown_is_shown_again_at_once(folder, monkeypatch):
    explorer = mm.explore(folder)
    first = dict(explorer.view)
    choose(explorer, theme="selves")
    monkeypatch.setattr("mmlib.widgets.explorer.explorer.drawn", None)
    assert choose(explorer, theme="repetition", chart="calendar") == first


def test_a_report_is_made_in_the_background_with_the_choice(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    explorer = mm.explore(folder, theme="structure", skills=["omelette"], since="2026-01-01")
    told = []
    explorer.observe(lambda change: told.append(change["new"]), "report")
    explorer.make_report()
    assert explorer.report["state"] == "working", "the kernel is free meanwhile"
    explorer.make_report()  # while one is being made, another one is not begun
    explorer._making.wait(120)
    assert told[-1]["state"] == "done", told[-1]
    assert all(earlier["state"] == "working" for earlier in told[:-1])
    file = tmp_path / "reports" / "explored" / "ada-structure-omelette-2026-01-01.html"
    assert told[-1]["path"] == str(file.resolve())
    text = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").text
    assert "ada: omelette, from 1 January 2026 to" in text
    assert "juggling" not in text
    assert "Run All Cells" not in text


def test_a_report_that_fails_says_why(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    broken = tmp_path / "structure.ipynb"
    parameters = 'folder: str = ""\nlearner: str = ""\nskills: list = []\nsince: str = ""\nuntil: str = ""'
    cells = [nbformat.v4.new_markdown_cell("# Structure"), nbformat.v4.new_code_cell(parameters)]
    cells[1].metadata["tags"] = ["parameters"]
    cells += [nbformat.v4.new_markdown_cell("## Parts"), nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_markdown_cell("## Try it")]), broken)
    monkeypatch.setattr("mmlib.reports.shipped.shipped", lambda _: broken)
    explorer = mm.explore(folder, theme="structure")
    explorer.make_report()
    explorer._making.wait(120)
    assert explorer.report["state"] == "failed"
    assert 'under "Parts". ZeroDivisionError' in explorer.report["said"]


def test_the_progress_is_told_now_and_then(monkeypatch):
    told = []
    clock = iter([10.0, 10.0, 10.1, 10.3, 10.3])
    monkeypatch.setattr(making.time, "monotonic", lambda: next(clock))
    advance = making.Making(told.append)._progress()
    for share in (0.1, 0.2, 0.3):
        advance(share)
    assert [each["share"] for each in told] == [0.1, 0.3]
