"""mm lab: whoever opens it gets in, on their own folder; in the browser, the notebooks run there."""

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import nbformat
import pandas as pd
import pytest

import mmlib as mm
from mmlib import cli
from mmlib.reports.shipped import copy_notebooks, parameter_values, shipped
from tests.lab import Notebook
from tests.lab_server import Address, apart, free_port

THEMES = ["payoff", "repetition", "selves", "structure", "synergy"]
ROWS = """learner,skill,start,minutes
zoe,juggling,2026-10-01 18:00,10
ada,juggling,2026-10-03 18:00,20
ada,omelette,2026-10-04 18:00,20
bob,juggling,2026-10-02 18:00,10
"""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run mm lab in an empty folder, up to where JupyterLab would start; `run.started` is what it starts with."""
    monkeypatch.chdir(tmp_path)

    def serve(root, first, no_browser, port):
        run.started = (root.resolve(), first, no_browser, port)
        return 0

    def run(*words):
        run.started = None
        monkeypatch.setattr(sys, "argv", ["mm", "lab", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    monkeypatch.setattr(importlib.import_module("mmlib.cli.lab"), "_serve", serve)
    return run


def shown(folder):
    """The parameters of each copy, which are the same in all."""
    values = {
        (found["folder"], found["learner"]) for found in map(parameter_values, (folder / "notebooks").glob("*.ipynb"))
    }
    (value,) = values
    return value


def test_of_several_learners_the_last_to_practise_is_shown_and_the_others_are_named(run, tmp_path):
    (tmp_path / "log.csv").write_text(ROWS)
    code, out, _ = run()
    assert (code, run.started) == (0, (tmp_path, "notebooks/start.ipynb", False, None))
    assert "They show ada; the log also holds bob and zoe.\nTo choose one: mm lab . --learner bob\n" in out
    assert sorted(path.stem for path in (tmp_path / "notebooks").iterdir()) == sorted([*THEMES, "start"])
    assert shown(tmp_path) == ("..", "ada")


def test_another_learner_can_be_chosen_and_stays_chosen(run, tmp_path):
    (tmp_path / "log.csv").write_text(ROWS)
    run()
    assert run("--learner", "zoe", "--port", "9999", "--no-browser")[0] == 0
    assert run.started[2:] == (True, 9999)
    assert shown(tmp_path) == ("..", "zoe")
    assert "They show zoe; the log also holds ada and bob." in run()[1]
    assert shown(tmp_path) == ("..", "zoe")


def test_a_misspelt_learner_or_folder_starts_nothing(run, tmp_path):
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / "log.csv").write_text(ROWS)
    code, _, err = run("practice", "--learner", "zoee")
    assert (code, 'no learner "zoee" in the log. Did you mean "zoe"?' in err, run.started) == (2, True, None)
    code, _, err = run("practise")
    assert (code, 'Did you mean "practice"?' in err, run.started) == (2, True, None)
    assert not (tmp_path / "practice" / "notebooks").exists()


def test_who_has_not_practised_yet_gets_in(run, tmp_path):
    mm.practice.new_practice(tmp_path / "p")
    code, out, _ = run("p")
    assert (code, run.started[1]) == (0, "notebooks/start.ipynb")
    assert "The log is empty so far: begin with the form or a drill in start.ipynb." in out
    assert shown(tmp_path / "p") == ("..", "me")
    assert run("p", "--learner", "zoe")[0] == 0
    assert shown(tmp_path / "p") == ("..", "zoe")


def test_a_single_log_file_is_shown_without_forms_and_another_one_after_it(run, tmp_path):
    (tmp_path / "one.csv").write_text(ROWS)
    (tmp_path / "two.csv").write_text(ROWS.replace("ada", "eve"))
    assert run("one.csv")[0] == 0
    assert run.started[:2] == (tmp_path, "notebooks/repetition.ipynb")
    assert shown(tmp_path) == ("../one.csv", "ada")
    assert run("two.csv")[0] == 0
    assert shown(tmp_path) == ("../two.csv", "eve")
    assert not (tmp_path / "notebooks" / "start.ipynb").exists()


def test_copies_of_an_older_version_are_renewed_or_kept_and_named(run, tmp_path, monkeypatch):
    shelf = shutil.copytree(shipped("notebooks"), tmp_path / "mmlib" / "notebooks")
    monkeypatch.setattr("mmlib.reports.shipped.shipped", lambda path: tmp_path / "mmlib" / path)
    (tmp_path / "log.csv").write_text(ROWS)
    run()
    for file in (shelf / "explore/payoff.ipynb", shelf / "explore/selves.ipynb", tmp_path / "notebooks/payoff.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        notebook.cells[0].source += f" {file.parent.name}"
        nbformat.write(notebook, file)
    out = run()[1]
    assert "Renewed, for this mmlib has newer ones: selves.ipynb." in out
    assert re.search(r"Kept as you have changed them, .*: payoff\.ipynb\.", out)
    assert "Renewed" not in run()[1]


@pytest.fixture
def practice(tmp_path):
    """A folder of two learners, with a space in its name."""
    folder = tmp_path / "my practice"
    mm.practice.new_practice(folder)
    days = pd.date_range("2026-09-01 18:00", periods=40, freq="D")
    rows = [{"learner": "bob" if i % 8 == 0 else "ada", "skill": "juggling", "start": f"{day}", "minutes": 10 + i % 7,
             "score": 20 + i} for i, day in enumerate(days)]  # fmt: skip
    mm.append_sessions(folder, rows)
    return folder


@pytest.fixture
def started(practice, tmp_path):
    """mm lab on that folder, without a browser; the process, and what it has said."""
    home = tmp_path / "home"
    environment = apart(home) | {"PYTHONUNBUFFERED": "1"}
    (home / "config").mkdir()
    (home / "config" / "jupyter_lab_config.json").write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}))
    words = ["lab", str(practice), "--no-browser", "--port", str(free_port())]
    process = subprocess.Popen(
        [sys.executable, "-m", "mmlib.cli", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that it can be stopped as Ctrl+C stops it, and we are not
    )
    said = ""
    while not (address := re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)\?token=(\w+)", said)):
        line = process.stdout.readline()
        assert line, said
        said += line
    yield process, said, address
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_the_copies_run_in_the_browser_on_the_users_folder(started, practice, chromium):
    process, said, address = started
    assert "They show ada; the log also holds bob." in said
    assert address[2] == "/lab/tree/notebooks/start.ipynb"
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    place = Address(int(address[1]), address[3], practice)
    start = Notebook(place, page, practice / "notebooks" / "start.ipynb")
    page.goto(address[0])
    page.get_by_role("heading", name="Start").wait_for()
    start.load()
    start.run_all()
    assert start.errors() == {}
    assert start.value("(folder, learner)") == ("..", "ada")
    assert start.complaints == []
    start.close()
    theme = Notebook(place, chromium.new_page(), practice / "notebooks" / "repetition.ipynb")
    theme.load()
    theme.run_all()
    assert theme.errors() == {}
    assert theme.value("(len(log), log['learner'].unique().tolist())") == (35, ["ada"])
    theme.close()
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does; with a terminal JupyterLab would ask first
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_the_first_session_of_all_is_logged_and_looked_at_in_the_start_notebook(lab, tmp_path):
    mm.practice.new_practice(tmp_path / "p")
    (start,) = copy_notebooks("start.ipynb", tmp_path, {"folder": str(tmp_path / "p"), "learner": "zoë"}).files
    notebook = lab.notebook(start)
    notebook.run_all()
    assert notebook.errors() == {}
    form = notebook.output("start-06")
    form.get_by_label("Skill").fill("juggling")
    form.get_by_label("Minutes").fill("15")
    form.get_by_role("button", name="Save").click()
    form.get_by_role("row").filter(has_text="juggling").wait_for()
    assert mm.load(tmp_path / "p").log[["learner", "skill", "minutes"]].to_numpy().tolist() == [["zoë", "juggling", 15]]
    explorer = notebook.run("start-12")
    explorer.get_by_text("juggling").first.wait_for()
    assert (notebook.errors(), notebook.complaints, notebook.asked) == ({}, [], [])
