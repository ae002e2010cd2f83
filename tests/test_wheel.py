"""The built wheel in an empty environment and an empty folder: mm init, mm report, and the sample travels along."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


# What would lead the new environment back to this one, and what would have it compile all that it imports each time.
LEFT_OUT = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")


def run(*words, cwd):
    env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment that holds the wheel and what it requires, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("mmlib-*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    pins = ROOT / "constraints.txt"
    # What is not imported need not be compiled.
    run(python, "-m", "pip", "install", "--quiet", "--no-compile", "--constraint", pins, wheel, cwd=folder)
    return folder / "env" / "bin"


def test_init_and_report_in_an_empty_folder(installed, tmp_path):
    assert "made log.csv" in run(installed / "mm", "init", cwd=tmp_path)
    said = run(installed / "mm", "report", cwd=tmp_path)
    assert "no sessions yet, so this is the report of the sample learner" in said
    page = (tmp_path / "reports" / "2026-10" / "ada.html").read_text(encoding="utf-8")
    assert "<title>Ada’s practice in October 2026" in page
    assert (tmp_path / "reports" / "index.html").exists()
    run(installed / "mm", "log", "juggling", "--minutes", "15", "--start", "2026-11-02", cwd=tmp_path)
    run(installed / "mm", "report", "--to", "html", cwd=tmp_path)
    assert "Your practice in November 2026" in (tmp_path / "reports" / "2026-11" / "me.html").read_text(
        encoding="utf-8"
    )


def test_the_workshop_travels_along(installed, tmp_path):
    said = run(installed / "mm", "workshop", "room", "--solutions", cwd=tmp_path)
    assert "room" in said
    made = {path.name for path in (tmp_path / "room").rglob("*.ipynb")}
    assert {"1-small-door.ipynb", "6-your-month.ipynb", "simpson.ipynb"} <= made


def test_nbconvert_knows_our_exporters(installed, tmp_path):
    said = run(installed / "jupyter", "nbconvert", "--help-all", cwd=tmp_path)
    assert "mm-html" in said
    assert "mm-pdf" in said
