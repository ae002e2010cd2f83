"""Without ipywidgets and anywidget: reports are built as ever, and the widgets say in one sentence what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
REFUSE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuse())
"""
IMPORT_ALL = """
import importlib, pkgutil, sys
import mmlib
names = [found.name for found in pkgutil.walk_packages(mmlib.__path__, "mmlib.", onerror=lambda _: None)]
ours = [name for name in names if not name.startswith("mmlib.widgets") and not name.endswith("__main__")]
for name in ours:
    importlib.import_module(name)
print(len(ours) > 100, sorted({"ipywidgets", "anywidget"} & set(sys.modules)))
"""
REPORT = """
import sys
from mmlib.reports.monthly import monthly
print(monthly(sys.argv[1], learner="ada", formats=["html"], out=sys.argv[2], progress=False).paths["html"])
"""


@pytest.fixture
def without(tmp_path):
    """Run Python, and the kernels that it starts, where these packages cannot be imported."""

    def run(code, *words, names=("ipywidgets", "anywidget")):
        (tmp_path / "sitecustomize.py").write_text(REFUSE.format(names=names))
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, words)],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
        )

    return run


def test_all_else_of_mmlib_can_be_imported(without):
    told = without(IMPORT_ALL)
    assert (told.returncode, told.stdout.strip()) == (0, "True []"), told.stderr


def test_a_monthly_report_is_built(without, tmp_path):
    header, *rows = (SAMPLE / "log.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "log.csv").write_text("\n".join([header, *rows[-40:]]), encoding="utf-8")
    (tmp_path / "skills.toml").write_bytes((SAMPLE / "skills.toml").read_bytes())
    told = without(REPORT, tmp_path, tmp_path / "out")
    assert told.returncode == 0, told.stderr
    page = Path(told.stdout.strip()).read_text(encoding="utf-8")
    assert "<h1>Ada’s practice in October 2026" in page
    assert page.count("<figure") > 5


@pytest.mark.parametrize("asked", ["mm.explore", "mm.logbook", "mm.card", "mm.drills.circle", "mm.widgets.explore"])
@pytest.mark.parametrize("names", [("ipywidgets", "anywidget"), ("anywidget",)])
def test_a_widget_says_in_one_sentence_what_is_missing(without, asked, names):
    told = without(f"import mmlib as mm\ntry:\n    {asked}\nexcept mm.MMError as error:\n    print(error)", names=names)
    said = told.stdout.strip()
    assert "is not installed: run  pip install ipywidgets anywidget" in said, told.stderr
    assert said.startswith(f"{asked} needs ipywidgets and anywidget, and ".replace("mm.widgets.", "mm."))
    assert said.count("\n") == 0
