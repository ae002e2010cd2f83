"""The notebooks that travel along, copied and set to a user's own folder."""

import nbformat
import pytest

from mmlib.reports import shipped as module
from mmlib.reports.parameters import parameters
from mmlib.reports.shipped import copy_notebooks, parameter_values, reset_parameters, shipped

THEMES = ["payoff", "repetition", "selves", "structure", "synergy"]


def read(path):
    return nbformat.read(path, as_version=4)


def test_the_copies_are_set_to_the_users_folder_and_keep_their_comments(tmp_path):
    copies = copy_notebooks("explore/*.ipynb", tmp_path / "notebooks", {"folder": "..", "learner": 'it\'s "me" # 1'})
    assert [path.stem for path in copies.made] == THEMES
    for path in copies.files:
        found = parameters(read(path))
        assert (found["folder"].default, found["learner"].default) == ("..", 'it\'s "me" # 1')
        assert found["learner"].help == "whose practice"


@pytest.fixture
def older(tmp_path, monkeypatch):
    """A shelf of notebooks, as an older mmlib shipped it; a function puts another text into the shipped one."""
    originals = tmp_path / "mmlib" / "notebooks"
    originals.mkdir(parents=True)
    monkeypatch.setattr(module, "shipped", lambda path: tmp_path / "mmlib" / path)

    def ship(text, *lines):
        cell = nbformat.v4.new_code_cell("\n".join(['learner: str = "ada"  # whose', *lines]))
        cell.metadata["tags"] = ["parameters"]
        notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_markdown_cell(text)])
        nbformat.write(notebook, originals / "theme.ipynb")

    ship("old")
    return ship


def copied(tmp_path, **values):
    """What became of the one copy, and its text."""
    found = copy_notebooks("theme.ipynb", tmp_path / "mine", values)
    (kind,) = [name for name in ("made", "renewed", "kept", "same") if getattr(found, name)]
    return kind, read(tmp_path / "mine" / "theme.ipynb").cells[-1].source


def work(tmp_path, change):
    """Change the copy as a user does in JupyterLab."""
    notebook = read(tmp_path / "mine" / "theme.ipynb")
    change(notebook.cells)
    nbformat.write(notebook, tmp_path / "mine" / "theme.ipynb")


def test_a_copy_is_renewed_by_a_newer_mmlib_with_the_users_parameters(tmp_path, older):
    assert copied(tmp_path, learner="bob") == ("made", "old")
    assert copied(tmp_path, learner="bob") == ("same", "old")
    work(tmp_path, lambda cells: cells[0].update(source='learner: str = "cleo"  # whose', execution_count=3))
    older("new", 'skills: str = ""  # which')
    assert copied(tmp_path, learner="bob") == ("renewed", "new")
    assert parameter_values(tmp_path / "mine" / "theme.ipynb") == {"learner": "cleo", "skills": ""}
    assert copied(tmp_path) == ("same", "new")


def test_a_copy_that_the_user_has_changed_is_kept(tmp_path, older):
    copied(tmp_path)
    work(tmp_path, lambda cells: cells[1].update(source="my thoughts"))
    assert copied(tmp_path) == ("same", "my thoughts")
    older("new")
    assert copied(tmp_path) == ("kept", "my thoughts")


@pytest.mark.parametrize(
    "text", ["mine", "[]", '{"cells": 3}', '{"cells": [{}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}']
)
def test_a_file_of_that_name_that_is_no_notebook_is_kept(tmp_path, older, text):
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "theme.ipynb"
    file.write_text(text)
    older("new")
    assert copy_notebooks("theme.ipynb", file.parent, {"learner": "bob"}).kept == (file,)
    reset_parameters(file, {"learner": "bob"})
    assert (parameter_values(file), file.read_text()) == ({}, text)


@pytest.mark.usefixtures("older")
def test_parameters_are_reset_whatever_the_user_has_made_of_their_cell(tmp_path):
    copied(tmp_path, learner="bob")
    file = tmp_path / "mine" / "theme.ipynb"
    work(tmp_path, lambda cells: cells[0].update(source='learner = (\n    "é#"\n)  # ich\ngoal = 3  # mine'))
    reset_parameters(file, {"learner": "zoë"})
    assert read(file).cells[0].source == 'learner = (\n    "zoë"\n)  # ich\ngoal = 3  # mine'
    work(tmp_path, lambda cells: cells[0].update(source="learner = input()"))
    reset_parameters(file, {"learner": "bob"})
    assert read(file).cells[0].source == "learner = input()"


def test_the_originals_run_on_the_shipped_sample():
    for theme in THEMES:
        folder = parameters(read(shipped(f"notebooks/explore/{theme}.ipynb")))["folder"]
        assert (shipped("notebooks/explore") / folder.default / "log.csv").is_file()


def test_the_cohort_and_the_claims_that_the_notebooks_read_are_there():
    assert (shipped("data/sample-cohort") / "milestones.csv").is_file()
    assert shipped("data/root_bernstein_claims.csv").read_text(encoding="utf-8").startswith("field,claim,value")
