"""mm report: which reports are built, what is said of them, and what lies there afterwards."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.main import get_command

from mmlib.cli import app
from tests.conftest import needs

PARAMETERS = """folder: str = "nowhere"  # the practice folder
most: int = 9  # how many weeks
since: str | None = None"""


def practice(tmp_path, **sessions):
    """A practice folder: ada=["2026-09-30"] is a session of Ada's on that day."""
    rows = [
        {"learner": learner, "skill": "juggling", "start": day} for learner, days in sessions.items() for day in days
    ]
    (tmp_path / "p").mkdir(exist_ok=True)
    pd.DataFrame(rows).assign(minutes=10).to_csv(tmp_path / "p" / "log.csv", index=False)


def notebook(tmp_path, source="print(folder, most, since)", name="weeks"):
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    cells = [parameters, new_markdown_cell("# Weeks\n\n## Payoff"), new_code_cell(source)]
    nbformat.write(new_notebook(cells=cells), tmp_path / f"{name}.ipynb")


def states(mm_command, *words):
    code, out, _ = mm_command("report", "p", "--status", "--json", *words)
    assert code == 0
    return {(row["learner"], row["month"]): row["state"] for row in json.loads(out)}


def test_many_are_built_once_named_when_stale_and_pruned_when_gone(mm_command, tmp_path):
    practice(tmp_path, ada=["2026-09-30", "2026-10-02"], bob=["2026-10-01"])
    assert set(states(mm_command).values()) == {"missing"}
    code, out, err = mm_command("report", "p", "--learner", "ada,bob", "--to", "html")
    assert (code, err) == (0, "")
    lines = out.replace("\\", "/").splitlines()
    assert sorted(line.split(": ")[1] for line in lines[:2]) == ["ada, October 2026", "bob, October 2026"]
    assert lines[2:] == ["2 reports built: reports/index.html"]
    assert mm_command("report", "p", "--month", "2026-10..", "--to", "html", "--missing")[1] == ""
    assert "Nothing to build, 2 up to date" in mm_command("report", "p", "--month", "2026-10..", "--to", "html")[1]

    practice(tmp_path, ada=["2026-09-30", "2026-10-02", "2026-10-03"], cyd=["2026-10-01"])
    found = states(mm_command, "--to", "html", "--month", "2026-10")
    assert found == {("ada", "2026-10"): "stale", ("cyd", "2026-10"): "missing"}
    code, out, _ = mm_command("report", "p", "--status", "--to", "html")
    assert [line.split()[:3] for line in out.splitlines()[1:4]] == [
        ["2026-10", "ada", "stale"],
        ["2026-10", "cyd", "missing"],
        ["2026-09", "ada", "missing"],
    ]
    assert out.splitlines()[-1] == "3 reports: 0 built, 1 stale, 2 missing."

    bobs = tmp_path / "reports" / "2026-10" / "bob.html"
    assert mm_command("report", "p", "--prune", "--dry-run")[1] == f"would remove {bobs.relative_to(tmp_path)}\n"
    assert bobs.exists()
    assert mm_command("report", "p", "--prune")[1] == f"removed {bobs.relative_to(tmp_path)}\n"
    assert not bobs.exists()
    assert "nothing to remove" in mm_command("report", "p", "--prune")[1]


def test_the_report_of_all_together_is_one_so_far_or_one_for_each_month_that_is_named(mm_command, tmp_path):
    practice(tmp_path, ada=["2026-09-30", "2026-10-02"], bob=["2026-10-01"])
    together = {key for key in states(mm_command, "--cohort") if not key[0]}
    assert together == {("", "")}
    together = {key for key in states(mm_command, "--cohort", "--month", "2026-09..") if not key[0]}
    assert together == {("", "2026-09"), ("", "2026-10")}


def test_one_report_is_not_built_twice_unless_forced(mm_command, tmp_path):
    practice(tmp_path, ada=["2026-10-02"])
    first = mm_command("report", "p", "--to", "html")[1]
    assert first.replace("\\", "/").splitlines() == ["reports/2026-10/ada.html", "reports/index.html"]
    page = tmp_path / "reports" / "2026-10" / "ada.html"
    built = page.stat().st_mtime_ns
    assert "up to date. To build it all the same: --force" in mm_command("report", "p", "--to", "html")[1]
    assert page.stat().st_mtime_ns == built
    assert mm_command("report", "p", "--to", "html", "--force")[1] == first
    assert page.stat().st_mtime_ns > built


def test_a_notebook_of_ones_own_takes_parameters_and_is_listed(mm_command, tmp_path):
    notebook(tmp_path)
    words = ("report", "p", "--notebook", "weeks.ipynb", "--to", "html")
    code, out, _ = mm_command(*words, "-p", "most=12", "-p", "since=2026-10-01")
    assert (code, out.splitlines()[0]) == (0, str(Path("reports", "weeks-most-12-since-2026-10-01.html")))
    assert "p 12 2026-10-01" in (tmp_path / out.splitlines()[0]).read_text(encoding="utf-8")
    assert "weeks-most-12-since-2026-10-01.html" in (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    names = [mm_command(*words, "-p", f"since={text}")[1].splitlines()[0] for text in ("a b", "a-b", "A-B")]
    assert len(set(names)) == 3
    assert mm_command(*words, "--name", "mine")[1].splitlines()[0] == str(Path("reports", "mine.html"))


def test_a_notebooks_parameters_are_listed_with_types_defaults_and_comments(mm_command, tmp_path):
    notebook(tmp_path)
    lines = mm_command("report", "--notebook", "weeks.ipynb", "--help-notebook")[1].splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["parameter", "type", "default", "meaning"],
        ["folder", "a", "text", "nowhere", "the", "practice", "folder"],
        ["most", "a", "whole", "number", "9", "how", "many", "weeks"],
    ]
    assert "calendar month, YYYY-MM" in mm_command("report", "--help-notebook")[1]


def test_a_failed_report_is_named_with_its_cell_and_error_and_ends_with_1(mm_command, tmp_path):
    notebook(tmp_path, "1 / 0", "bad")
    code, _, err = mm_command("report", "--notebook", "bad.ipynb")
    assert code == 1
    assert 'bad: cell [2], under "Payoff", ZeroDivisionError: division by zero' in err
    assert str(Path("reports", "bad.failed.ipynb")) in err
    assert "Traceback" not in err


def test_the_page_on_reports_speaks_of_every_option():
    page = (Path(__file__).resolve().parent.parent / "docs" / "reports.md").read_text(encoding="utf-8")
    options = [option for each in get_command(app).commands["report"].params for option in each.opts]
    assert len(options) > 20
    assert [option for option in options if option.startswith("--") and f"{option}" not in page] == ["--parameter"]
    assert " -p " in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dry-run"], "--dry-run belongs to --prune"),
        (["--send"], "--send belongs to --mail"),
        (["--json"], "--json belongs to --status"),
        (["-p", "a=1"], "--parameter belongs to --notebook"),
        (["--status", "--prune"], "--status and --prune do not go together"),
        (["--prune", "--learner", "ada"], "--prune and --learner do not go together"),
        (["--missing", "--force"], "--missing and --force do not go together"),
        (["--all", "--notebook", "weeks.ipynb"], "--notebook and --all do not go together"),
        (["--notebook", "weeks.ipynb", "-p", "mots=3"], 'no parameter "mots". Did you mean "most"?'),
        (["--notebook", "weeks.ipynb", "--learner", "ada"], 'no parameter "learner"'),
        (["--learner", "ada,bbo"], 'no learner "bbo"'),
        ([], "2 learners: choose one with --learner (ada, bob), or take --all"),
        (["--month", "2027-01.."], "expected months with practice"),
        (["--month", "2026-10..2026-09"], "Write 2026-09..2026-10"),
        (["--all", "--to", "docx"], 'no format "docx"'),
        (["--all", "--scheduler", "nowhere"], "No Dask scheduler answers at nowhere"),
    ],
)
def test_a_mistake_is_one_message_and_builds_nothing(mm_command, tmp_path, words, said):
    practice(tmp_path, ada=["2026-10-02"], bob=["2026-10-02"])
    notebook(tmp_path)
    code, out, err = mm_command("report", "p", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert not (tmp_path / "reports").exists()


def test_ctrl_c_says_one_sentence_and_leaves_nothing_half_done(tmp_path):
    needs(os.name == "posix", "Ctrl+C is sent as a signal")
    notebook(tmp_path, "import time; from pathlib import Path\nPath('begun').touch()\ntime.sleep(60)", "slow")
    words = [sys.executable, "-m", "mmlib.cli", "report", "--notebook", "slow.ipynb"]
    running = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
    end = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate(timeout=30)[1] == "mm: stopped; nothing was changed.\n"
    assert running.returncode == 130
    assert list((tmp_path / "reports").iterdir()) == []
