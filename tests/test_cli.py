"""The command line: a twin of the library, with one clear message and exit code 2 for a user's error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import SetAsideWarning

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"


def test_every_command_has_help_with_an_example(mm_command):
    for command in ("init", "log", "check", "import", "report", "skills", "lab"):
        code, out, _ = mm_command(command, "--help")
        assert code == 0
        assert f"Example: mm {command}" in out


def test_the_main_path_init_log_check_skills(mm_command, tmp_path):
    assert mm_command("init", "p")[0] == 0
    code, out, _ = mm_command("log", "juggling", "--minutes", "1h30", "--score", "23", "--into", "p")
    assert (code, "one session of juggling" in out) == (0, True)
    row = mm.load(tmp_path / "p").log.iloc[0]
    assert (row["minutes"], row["score"]) == (90.0, 23.0)
    code, out, _ = mm_command("check", "p")
    assert (code, "no mistakes. 1 session, 1 skill, 1 learner" in out) == (0, True)
    skills = json.loads(mm_command("skills", "p", "--json")[1])
    assert [(row["skill"], row["sessions"]) for row in skills] == [("juggling", 1), ("drawing a circle", 0)]
    assert "juggling" in mm_command("skills", "p")[1]


def test_a_misspelt_skill_is_not_logged(mm_command, tmp_path):
    mm_command("init", "p")
    code, _, err = mm_command("log", "jugling", "--minutes", "5", "--into", "p")
    assert (code, 'Did you mean "juggling"?' in err) == (2, True)
    assert mm.load(tmp_path / "p").log.empty
    assert mm_command("log", "jugling", "--new", "--into", "p")[0] == 0


def test_a_bad_value_adds_nothing(mm_command, tmp_path):
    mm_command("init", "p")
    code, out, err = mm_command("log", "juggling", "--payoff", "8", "--minutes", "-1", "--into", "p")
    assert (code, out) == (2, "")
    assert "payoff: found 8, expected a number from 1 to 5" in err
    assert "minutes: found -1" in err
    assert mm.load(tmp_path / "p").log.empty


def test_check_names_every_mistake(mm_command, tmp_path):
    (tmp_path / "log.csv").write_text("skill,start,minutes\na,2026-10-31,x\na,03/04/2026,1\n")
    code, _, err = mm_command("check", ".")
    assert (code, err.count("log.csv, row")) == (2, 2)
    code, out, _ = mm_command("check", ".", "--json")
    assert (code, [problem["row"] for problem in json.loads(out)["problems"]]) == (2, [2, 3])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nowhere"], "no such folder"),
        (["report", "nowhere"], "no such folder"),
        (["import", "toggle", "x.csv"], 'Did you mean "toggl"?'),
        (["import", "toggl", "x.csv"], "no such file"),
        (["lab", "empty"], "no such folder"),
    ],
)
def test_a_users_error_is_one_message_without_a_traceback(mm_command, words, said):
    code, _, err = mm_command(*words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_the_installed_command_and_python_m_are_the_same():
    told = subprocess.run([sys.executable, "-m", "mmlib.cli", "--help"], capture_output=True, text=True, check=True)
    assert "Learning analytics for small skills" in told.stdout


def test_a_torn_or_bad_row_does_not_keep_a_session_from_being_logged(tmp_path):
    (tmp_path / "log.csv").write_text("skill,start,minutes\na,2026-10-01,5\na,2026-10-02,x\na,2026-1")
    words = [sys.executable, "-m", "mmlib.cli", "log", "a", "--minutes", "3"]  # here warnings would be errors
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "2 rows set aside" in told.stderr
    assert "the last line was cut off" in told.stderr
    with pytest.warns(SetAsideWarning, match="1 row set aside"):
        assert mm.load(tmp_path, errors="quarantine").log["minutes"].tolist() == [5.0, 3.0]


def test_a_file_that_is_in_the_way_is_named(mm_command, tmp_path):
    mm_command("init", "p")
    mm_command("log", "juggling", "--minutes", "5", "--into", "p")
    (tmp_path / "reports").write_text("")
    code, _, err = mm_command("report", "p", "--to", "html", "--quiet")
    assert code == 2
    assert err == "mm: reports is a file, expected the folder of the reports. Choose another with --out.\n"


def test_without_pango_the_html_is_built_and_one_line_says_what_to_install(tmp_path):
    """A machine without Pango, as the loader of shared libraries sees it."""
    (tmp_path / "sitecustomize.py").write_text(
        "import cffi\n"
        "real = cffi.FFI.dlopen\n"
        "def dlopen(self, name, *args, **kwargs):\n"
        "    if 'pango' in str(name):\n"
        "        raise OSError(f'cannot load library {name!r}')\n"
        "    return real(self, name, *args, **kwargs)\n"
        "cffi.FFI.dlopen = dlopen\n"
    )
    words = [sys.executable, "-m", "mmlib.cli", "report", str(SAMPLE), "--out", "out"]
    told = subprocess.run(
        words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    lines = (told.stdout + told.stderr).splitlines()
    assert lines[0].startswith("PDF needs Pango, which is not installed: on Debian or Ubuntu run")
    assert [line.replace("\\", "/") for line in lines[1:]] == ["out/2026-10/ada.html", "out/index.html"]
    assert not (tmp_path / "out" / "2026-10" / "ada.pdf").exists()


def a_practice(mm_command, tmp_path):
    """A folder with a learner who follows a plan that shows something."""
    mm_command("init", "p")
    plan = mm.synergy.plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1)
    mm.write_log(mm.simulate.experiment(plan, effect=3.0, seed=3).log, tmp_path / "p" / "log.csv")
    (tmp_path / "p" / "skills.toml").write_text("[ukulele]\n[harmonica]\n")
    return ("--to", "ukulele", "--from", "harmonica", "--seed", "1", "--start", "2026-11-02", "--into", "p")


def test_an_experiment_is_planned_once_and_told_when_it_is_over(mm_command, tmp_path):
    words = a_practice(mm_command, tmp_path)
    code, out, _ = mm_command("experiment", "plan", *words)
    assert (code, out.count(" yes"), out.count(" no ")) == (0, 4, 4)
    assert "with a chance of 80%" in out
    assert (tmp_path / "p" / "experiment-harmonica-ukulele-2026-11-02.ics").is_file()
    code, _, err = mm_command("experiment", "plan", *words)
    assert (code, "It is not drawn again" in err) == (2, True)
    file = "p/experiment-harmonica-ukulele-2026-11-02.csv"
    code, out, _ = mm_command("experiment", "effect", file, "--as-of", "2026-12-27")
    assert (code, out.startswith("Effect of harmonica on ukulele: +")) == (0, True)
    assert "is not finished. 2 of 8 blocks" in mm_command("experiment", "effect", file, "--as-of", "2026-11-20")[1]
    told = json.loads(mm_command("experiment", "effect", file, "--as-of", "2026-12-27", "--json")[1])
    assert (told[0]["n_blocks"], told[0]["verdict"]) == (8, "effect shown")


def test_a_plan_begins_next_monday_with_a_seed_of_its_own(mm_command, tmp_path):
    words = a_practice(mm_command, tmp_path)
    assert mm_command("experiment", "plan", *words[:4], *words[-2:])[0] == 0
    (file,) = (tmp_path / "p").glob("experiment-*.csv")
    start = pd.Timestamp(pd.read_csv(file)["start"].iloc[0])
    assert start.day_name() == "Monday"
    assert pd.Timedelta(0) < start - pd.Timestamp.now() < pd.Timedelta(days=7)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--to": "ukulelle"}, 'No skill "ukulelle". Did you mean "ukulele"?'),
        ({"--start": "soon"}, 'found "soon", expected a date'),
        ({"--block-days": "14"}, "To reach 0.05 takes 8 blocks"),
        ({"--minutes": "0"}, "minutes: found 0"),
    ],
)
def test_a_plan_that_cannot_be_made_leaves_no_file(mm_command, tmp_path, change, said):
    words = a_practice(mm_command, tmp_path)
    given = dict(zip(words[::2], words[1::2], strict=True)) | change
    code, _, err = mm_command("experiment", "plan", *(word for pair in given.items() for word in pair))
    assert (code, said in err) == (2, True)
    assert not list((tmp_path / "p").glob("experiment-*"))


def test_the_commands_of_an_experiment_have_help_with_an_example(mm_command):
    for command in ("plan", "effect"):
        code, out, _ = mm_command("experiment", command, "--help")
        assert (code, f"Example: mm experiment {command}" in out) == (0, True)
