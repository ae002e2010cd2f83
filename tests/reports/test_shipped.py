"""The notebooks that travel along, copied and set to a user's own folder."""

import nbformat

from mmlib.reports.parameters import parameters
from mmlib.reports.shipped import copy_notebooks, shipped

THEMES = ["payoff", "repetition", "selves", "structure", "synergy"]


def test_the_copies_are_set_to_the_users_folder_and_keep_their_comments(tmp_path):
    copies = copy_notebooks("explore", tmp_path / "notebooks", {"folder": "..", "learner": "it's me"})
    assert [path.stem for path in copies] == THEMES
    for path in copies:
        found = parameters(nbformat.read(path, as_version=4))
        assert {name: one.default for name, one in found.items()} == {"folder": "..", "learner": "it's me"}
        assert found["learner"].help == "whose practice"


def test_a_copy_that_the_user_has_changed_is_kept(tmp_path):
    (first, *_) = copy_notebooks("explore", tmp_path, {"folder": ".."})
    first.write_text("mine")
    copy_notebooks("explore", tmp_path, {"folder": ".."})
    assert first.read_text() == "mine"


def test_the_originals_run_on_the_shipped_sample():
    for theme in THEMES:
        folder = parameters(nbformat.read(shipped(f"notebooks/explore/{theme}.ipynb"), as_version=4))["folder"]
        assert (shipped("notebooks/explore") / folder.default / "log.csv").is_file()


def test_the_cohort_and_the_claims_that_the_notebooks_read_are_there():
    assert (shipped("data/sample-cohort") / "milestones.csv").is_file()
    assert shipped("data/root_bernstein_claims.csv").read_text(encoding="utf-8").startswith("field,claim,value")
