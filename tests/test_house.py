"""The house: who may import whom, quick imports, and papers that agree with the code."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mmlib.log import data_dictionary

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {  # floor -> the floors of ours that it may import
    "errors": set(),
    "words": set(),
    "stats": {"errors"},
    "log": {"errors"},
    "sources": {"errors", "log"},
    "skills": {"errors", "log"},
    "practice": {"errors", "log", "skills", "sources"},
    "simulate": {"errors", "log", "skills", "practice"},
    "measures": {"errors", "log", "skills", "stats"},
    "charts": {"errors", "words"},
    "reports": {"errors", "words", "practice"},
}
STATS_MAY_USE = {"numpy", "scipy", "statsmodels", "ruptures", "mmlib"}


def modules():
    return sorted((ROOT / "mmlib").rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            plain = node.module == "mmlib"
            yield from (f"mmlib.{alias.name}" if plain else node.module for alias in node.names)


def floor(path):
    return path.relative_to(ROOT / "mmlib").with_suffix("").parts[0]


@pytest.mark.parametrize("path", [path for path in modules() if floor(path) in FLOORS], ids=lambda p: p.stem)
def test_each_floor_imports_only_what_it_may(path):
    allowed = FLOORS[floor(path)] | {floor(path)}
    for name in imported(path):
        if name.startswith("mmlib."):
            assert name.split(".")[1] in allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_measures_do_not_import_one_another():
    for path in (ROOT / "mmlib" / "measures").glob("*.py"):
        assert not [name for name in imported(path) if name.startswith("mmlib.measures")], path


def test_stats_know_numbers_only():
    for path in (ROOT / "mmlib" / "stats").glob("*.py"):
        outside = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names)
        assert outside <= STATS_MAY_USE, path


def test_importing_mmlib_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys, mmlib; print([m for m in ('pandas', 'matplotlib', 'papermill', 'ipywidgets') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_conda_environment_has_the_same_packages_and_bounds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "environment.yml").read_text().splitlines()
    conda = {line.strip().removeprefix("- ") for line in lines if line.startswith("  - ")} - {
        "conda-forge",
        "pip",
        "pip:",
    }
    assert conda == {*project["dependencies"], f"python{project['requires-python']}"}


def test_the_constraints_pin_every_dependency_and_name_no_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / "constraints.txt").read_text()
    pinned = {line.split("==")[0] for line in text.splitlines() if "==" in line}
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {name.split(">=")[0] for name in wanted} <= pinned
    assert "://" not in text


def test_the_data_dictionary_in_the_readme_is_the_schema():
    assert data_dictionary() in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


def test_the_versions_agree():
    import mmlib

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == mmlib.__version__
