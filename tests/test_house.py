"""The house: who may import whom, quick imports, and papers that agree with the code."""

import ast
import importlib
import inspect
import itertools
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
    "experiments": {"errors", "words", "log"},  # a plan's files beside the log: no measure writes files
    "simulate": {"errors", "log", "skills", "practice"},
    "measures": {"errors", "log", "skills", "stats"},
    "charts": {"errors", "words"},
    "reports": {"errors", "words", "log", "practice"},  # of the log, how a file is replaced whole
    "workshop": {"errors", "words", "log", "skills", "practice", "reports"},  # lessons, and logs that are handed in
    "widgets": {"errors", "words", "log", "skills", "practice", "stats", "measures", "charts", "reports"},
}
THEMES = ("repetition", "payoff", "synergy", "structure", "selves")
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
    folder = ROOT / "mmlib" / "measures"
    for path in folder.rglob("*.py"):
        theme = path.relative_to(folder).with_suffix("").parts[0]
        others = [name for name in imported(path) if name.startswith("mmlib.measures")]
        assert all(name.split(".")[2:3] == [theme] for name in others), path


def test_stats_know_numbers_only():
    for path in (ROOT / "mmlib" / "stats").rglob("*.py"):
        outside = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names)
        assert outside <= STATS_MAY_USE, path


def test_importing_mmlib_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys, mmlib; print([m for m in ('pandas', 'matplotlib', 'papermill', 'ipywidgets') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_reading_a_log_loads_no_library_that_it_does_not_need():
    """Dask and hypothesis, where they are installed, take a second to load."""
    code = (
        "import sys, mmlib; mmlib.load('data/sample')\n"
        "print([m for m in ('dask', 'hypothesis', 'scipy', 'matplotlib', 'papermill') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"


def test_the_command_line_does_not_wait_for_a_grammar_that_no_notebook_needs():
    code = (
        "import sys; from mmlib.cli import main\n"
        "sys.argv[1:] = ['report', '--notebook', 'notebooks/reports/monthly.ipynb', '--help-notebook']\n"
        "try: main()\n"
        "except SystemExit as ended: print(ended.code, 'nbformat' in sys.modules, 'lark' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.splitlines()[-1] == "0 True False"


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
    extras = itertools.chain.from_iterable(project["optional-dependencies"].values())
    wanted = {name.split(">=")[0].replace("_", "-") for name in (*project["dependencies"], *extras)}
    assert {name for name in wanted if not name.startswith("mmlib[")} <= pinned
    assert "://" not in text


def test_every_package_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = itertools.chain(*(extra for name, extra in project["optional-dependencies"].items() if name != "dev"))
    declared = {name.split(">=")[0].replace("-", "_") for name in (*project["dependencies"], *extras)}
    declared |= {"mmlib", *sys.stdlib_module_names}
    packages = {
        "fontTools": "fonttools",
        "dateutil": "python_dateutil",
        "IPython": "ipython",
    }  # where the import has another name
    for path in modules():
        names = {name.split(".")[0] for name in imported(path)}
        assert {packages.get(name, name) for name in names} <= declared, path


def test_the_data_dictionary_in_the_readme_is_the_schema():
    assert data_dictionary() in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


def test_the_versions_agree():
    import mmlib

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == mmlib.__version__


def offered(name):
    """Return the public functions of a theme that are its own."""
    found = vars(importlib.import_module(name)).items()
    ours = [thing for key, thing in found if inspect.isfunction(thing) and not key.startswith("_")]
    return [function for function in ours if function.__module__.startswith(name)]


def public_functions(*folders):
    for folder in folders:
        for path in sorted((ROOT / "mmlib" / folder).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path.relative_to(ROOT).as_posix(), node


def test_every_public_function_says_what_it_does():
    for path, node in public_functions("."):
        assert ast.get_docstring(node), f"{path}: {node.name}"
        assert node.returns is not None, f"{path}: {node.name} has no return type"


def test_every_measure_is_documented_with_its_columns_an_example_and_a_paragraph():
    methods = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    measures = [function for theme in THEMES for function in offered(f"mmlib.measures.{theme}")]
    assert len(measures) >= 15
    for function in measures:
        where, said = f"{function.__module__}: {function.__name__}", inspect.getdoc(function)
        assert all(f"{part}\n---" in said for part in ("Parameters", "Returns", "Examples")), where
        assert f"`{function.__name__}`" in methods, f"docs/methods.md does not speak of {where}"


def test_every_chart_is_documented_with_an_example():
    for path, node in public_functions("charts"):
        if any(isinstance(decorator, ast.Name) and decorator.id == "styled" for decorator in node.decorator_list):
            said = ast.get_docstring(node)
            assert all(f"{part}\n---" in said for part in ("Parameters", "Returns", "Examples")), f"{path}: {node.name}"


def test_the_readme_names_every_command_and_the_docs_every_source():
    from mmlib.cli import app
    from mmlib.sources import source, tools

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert f"mm {command.name or command.callback.__name__}" in readme
    sources = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    for tool in tools():
        assert source(tool).TITLE in sources
        assert f"mm import {tool}" in sources
