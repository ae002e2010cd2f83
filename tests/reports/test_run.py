"""Running a notebook into a report, with real kernels; what is refused is refused before one starts."""

from __future__ import annotations

import json
import pickle
import sys

import nbformat
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mmlib.errors import ReportError
from mmlib.reports import export, run
from mmlib.reports.kernels import OwnKernelManager
from mmlib.reports.paper import pango
from mmlib.reports.run import report, slug

PARAMETERS = """\
learner: str = "ada"  # whose practice
month: str | None = None  # calendar month, YYYY-MM
most: int = 9
share: float = 0.5
quiet = False
"""


def parameters_cell(source=PARAMETERS):
    return new_code_cell(source, metadata={"tags": ["parameters"]})


@pytest.fixture
def saved(tmp_path):
    def save(*cells, name="monthly.ipynb"):
        path = tmp_path / name
        nbformat.write(new_notebook(cells=list(cells)), path)
        return path

    return save


@pytest.fixture
def no_kernel(monkeypatch):
    def refuse(*_, **__):
        pytest.fail("a kernel was started")

    monkeypatch.setattr(OwnKernelManager, "__init__", refuse)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_report_is_built_in_place_and_says_nothing(saved, tmp_path, capfd):
    notebook = saved(
        parameters_cell(),
        new_code_cell("from IPython.display import Markdown\nMarkdown(f'# {learner.title()}, {most} skills')"),
        new_code_cell("import sys, warnings; warnings.warn('noise'); print('more noise', file=sys.stderr)"),
        new_code_cell("import os\nprint(sys.executable, os.environ['MPLBACKEND'], os.getcwd(), sep='|')"),
        new_code_cell("from matplotlib import pyplot as plt\nplt.plot([1, 2, 3]);"),
    )
    made = report(notebook, {"learner": "bob", "most": 3}, out=tmp_path / "out" / "2026-10", name="bob")
    assert names(tmp_path / "out" / "2026-10") == ["bob.html", "bob.pdf"]
    assert made.paths["html"] == tmp_path / "out" / "2026-10" / "bob.html"
    assert made.notices == ()
    page = made.paths["html"].read_text(encoding="utf-8")
    assert "<title>Bob, 3 skills</title>" in page
    assert f"{sys.executable}|module://matplotlib_inline.backend_inline|{tmp_path.cwd()}" in page
    assert "<figure" in page
    assert "noise" not in page
    assert pypdfium2.PdfDocument(made.paths["pdf"].read_bytes()).get_metadata_value("Title") == "Bob, 3 skills"
    assert capfd.readouterr() == ("", "")
    assert nbformat.read(notebook, as_version=4).cells[1].outputs == []


def test_the_kernel_is_our_python_whatever_is_installed(saved, tmp_path, monkeypatch):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": ["/no/python"], "display_name": "", "language": "python"}))
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("learner = 'a start-up file'")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = saved(new_code_cell("import sys\nprint(sys.executable, 'learner' in globals())"))
    made = report(notebook, {}, out=tmp_path / "out", name="x", formats=["html"])
    assert f"{sys.executable} False" in made.paths["html"].read_text()


def test_a_failed_cell_stops_the_report_and_is_named(saved, tmp_path):
    out = tmp_path / "out"
    good = [parameters_cell(), new_markdown_cell("# Report"), new_code_cell("most")]
    report(saved(*good), {}, out=out, name="ada", formats=["html"])
    before = (out / "ada.html").read_bytes()
    bad = [*good, new_markdown_cell("## Payoff"), new_code_cell("raise ValueError('no such skill')")]
    with pytest.raises(ReportError) as caught:
        report(saved(*bad, new_code_cell("print('never')")), {"most": 2}, out=out, name="ada")
    assert str(caught.value).splitlines() == [
        'monthly.ipynb stopped at cell [4], under "Payoff". ValueError: no such skill',
        f"The notebook as far as it got: {out / 'ada.failed.ipynb'}. ada.html of an earlier run stayed as it was.",
    ]
    assert names(out) == ["ada.failed.ipynb", "ada.html"]
    assert (out / "ada.html").read_bytes() == before
    kept = nbformat.read(out / "ada.failed.ipynb", as_version=4)
    assert [output.ename for cell in kept.cells for output in cell.get("outputs", []) if "ename" in output] == [
        "ValueError"
    ]
    report(saved(*good), {}, out=out, name="ada", formats=["html"])
    assert names(out) == ["ada.html"]


def test_the_error_of_a_failed_cell_says_where_it_is_in_parts(saved, tmp_path):
    notebook = saved(new_markdown_cell("# Ada\n\n## Payoff #"), new_code_cell("1"), new_code_cell("{}['juggling']"))
    with pytest.raises(ReportError) as caught:
        report(notebook, {}, out=tmp_path, name="ada")
    error = pickle.loads(pickle.dumps(caught.value))  # as it comes back from another process
    assert (error.cell, error.heading, error.name, error.value) == (2, "Payoff", "KeyError", "'juggling'")
    assert error.kept == tmp_path / "ada.failed.ipynb"
    assert str(error) == str(caught.value)


def test_a_very_long_error_is_cut_short(saved, tmp_path):
    with pytest.raises(ReportError) as caught:
        report(saved(new_code_cell("raise ValueError('very ' * 10_000)")), {}, out=tmp_path, name="ada")
    assert len(str(caught.value)) < 3000
    assert caught.value.value.endswith("…")


def test_a_kernel_that_dies_is_one_clear_message(saved, tmp_path):
    notebook = saved(parameters_cell(), new_markdown_cell("## Payoff"), new_code_cell("import os\nos._exit(1)"))
    with pytest.raises(ReportError, match=r"monthly.ipynb stopped: the Python that ran it died") as caught:
        report(notebook, {"most": 3}, out=tmp_path / "out", name="ada")
    assert 'at cell [3], under "Payoff"' in str(caught.value)
    assert (caught.value.cell, caught.value.heading, caught.value.kept) == (3, "Payoff", None)
    assert names(tmp_path / "out") == []


FLAKY = """\
from pathlib import Path
tries = Path({tries!r})
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
assert len(tries.read_text()) > {failures}, "not yet"
"""


def test_a_failed_notebook_is_run_again_from_its_first_cell(saved, tmp_path):
    tries, shares = tmp_path / "tries", []
    cells = [new_code_cell(FLAKY.format(tries=str(tries), failures=1)), new_code_cell("print('got there')")]
    made = report(
        saved(*cells), {}, out=tmp_path / "out", name="ada", formats=["html"], retries=3, progress=shares.append
    )
    assert "got there" in made.paths["html"].read_text()
    assert tries.read_text() == "xx"
    assert names(tmp_path / "out") == ["ada.html"]
    assert shares == [pytest.approx(1 / 3), 0, pytest.approx(1 / 3), pytest.approx(2 / 3), 1]


def test_a_notebook_that_fails_each_time_is_given_up(saved, tmp_path):
    tries = tmp_path / "tries"
    with pytest.raises(ReportError, match="AssertionError: not yet"):
        report(saved(new_code_cell(FLAKY.format(tries=str(tries), failures=9))), {}, out=tmp_path, name="a", retries=1)
    assert tries.read_text() == "xx"
    assert (tmp_path / "a.failed.ipynb").exists()


@pytest.mark.usefixtures("no_kernel")
def test_wrong_parameters_are_not_tried_again(saved, tmp_path):
    with pytest.raises(ReportError, match="no parameter"):
        report(saved(parameters_cell()), {"mots": 1}, out=tmp_path / "out", name="ada", retries=5)


def test_what_a_report_says_at_a_glance_comes_with_it(saved, tmp_path):
    notebook = saved(new_markdown_cell("# Ada in October 2026\n\nJuggling doubled."))
    made = report(notebook, {}, out=tmp_path, name="ada", formats=["html"])
    assert (made.facts.title, made.facts.headline) == ("Ada in October 2026", "Juggling doubled.")


def test_a_folder_with_braces_in_its_name_is_a_folder(saved, tmp_path):
    made = report(saved(new_markdown_cell("# Ada")), {}, out=tmp_path / "{ada} {}", name="ada", formats=["html"])
    assert made.paths["html"].parent.name == "{ada} {}"
    assert names(tmp_path / "{ada} {}") == ["ada.html"]


@pytest.mark.usefixtures("no_kernel")
def test_a_notebook_in_another_language_is_refused(tmp_path):
    notebook = new_notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}})
    nbformat.write(notebook, tmp_path / "r.ipynb")
    with pytest.raises(ReportError, match=r"r\.ipynb is written in R: a report is made from a Python notebook\."):
        report(tmp_path / "r.ipynb", {}, out=tmp_path / "out", name="ada")
    with pytest.raises(ReportError, match="is a folder"):
        report(tmp_path, {}, out=tmp_path / "out", name="ada")


def test_without_pango_the_html_is_built_and_the_notice_tells(saved, tmp_path, monkeypatch):
    def refuse(_):
        raise OSError("no pango")

    monkeypatch.setattr(pango, "import_module", refuse)
    notebook = saved(new_markdown_cell("# Ada"))
    made = report(notebook, {}, out=tmp_path / "out", name="ada")
    assert list(made.paths) == ["html"]
    assert names(tmp_path / "out") == ["ada.html"]
    assert [notice[:15] for notice in made.notices] == ["PDF needs Pango"]
    with pytest.raises(export.PangoMissing):
        report(notebook, {}, out=tmp_path / "out", name="ada", formats=["pdf"])


def test_a_failed_export_leaves_nothing_half_written(saved, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ReportError("a chart cannot be drawn")

    monkeypatch.setattr(export.ReportPDFExporter, "from_notebook_node", fail)
    with pytest.raises(ReportError, match="cannot be drawn"):
        report(saved(new_markdown_cell("# Ada")), {}, out=tmp_path / "out", name="ada")
    assert names(tmp_path / "out") == []


def test_an_older_file_beside_a_new_report_is_pointed_out(saved, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ada.pdf").write_bytes(b"old")
    made = report(saved(new_markdown_cell("# Ada")), {}, out=tmp_path / "out", name="ada", formats=["html"])
    assert made.notices == (f"{tmp_path / 'out' / 'ada.pdf'} is from an earlier run.",)


@pytest.mark.parametrize(
    ("given_values", "message"),
    [
        ({"mnth": "2026-10"}, 'The notebook has no parameter "mnth". Did you mean "month"?'),
        ({"most": "9"}, "Parameter \"most\": found '9', expected a whole number."),
        ({"most": True}, 'Parameter "most": found True, expected a whole number.'),
        ({"most": 1.5}, 'Parameter "most": found 1.5, expected a whole number.'),
        ({"learner": 3}, 'Parameter "learner": found 3, expected a text.'),
        ({"month": 202610}, 'Parameter "month": found 202610, expected a text or None.'),
        ({"quiet": 1}, 'Parameter "quiet": found 1, expected True or False.'),
        ({"learner": None}, 'Parameter "learner": found None, expected a text.'),
    ],
)
@pytest.mark.usefixtures("no_kernel")
def test_wrong_parameters_are_refused_before_a_kernel_starts(saved, tmp_path, given_values, message):
    with pytest.raises(ReportError) as caught:
        report(saved(parameters_cell()), given_values, out=tmp_path / "out", name="ada")
    assert str(caught.value) == message
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_kernel")
def test_all_wrong_parameters_are_named_at_once(saved, tmp_path):
    with pytest.raises(ReportError) as caught:
        report(saved(parameters_cell()), {"mots": 1, "share": "x"}, out=tmp_path / "out", name="ada")
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("values", [{"share": 1}, {"month": None}, {"month": "2026-10", "most": 0}])
def test_right_parameters_are_taken(saved, values):
    run.check_parameters(nbformat.read(saved(parameters_cell()), as_version=4), values)


@pytest.mark.usefixtures("no_kernel")
def test_what_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "a.ipynb").write_text("hello")
    for name, message in (("a.ipynb", "is not a notebook"), ("b.ipynb", "There is no notebook")):
        with pytest.raises(ReportError, match=message):
            report(tmp_path / name, {}, out=tmp_path / "out", name="ada")


@pytest.mark.usefixtures("no_kernel")
def test_unknown_formats_and_unsafe_names_are_refused(saved, tmp_path):
    with pytest.raises(ReportError, match=r'no format "pfd"\. Did you mean "pdf"\?'):
        report(saved(), {}, out=tmp_path / "out", name="ada", formats=["html", "pfd"])
    for name in ("../ada", ".ada", "a/b", "", "a" * 300):
        with pytest.raises(ReportError, match="cannot be the name of a file"):
            report(saved(), {}, out=tmp_path / "out", name=name)


def test_slugs_are_readable_where_they_can_be():
    assert slug("Ada Lovelace") == "ada-lovelace"
    assert slug("../../etc") == "etc"
    assert slug("Zoë & Straße") == "zoe-strasse"
    assert slug("..") != slug("")
    assert slug("con").startswith("con-")
    assert slug("index").startswith("index-")
    assert slug("Cohort").startswith("cohort-")
    assert len(slug("very " * 1000)) <= 70


def test_learners_of_the_same_slug_are_kept_apart():
    learners = ["ada", "Ada", "ADA", "ada!"]
    assert len({slug(name, others=learners) for name in learners}) == 4
    assert slug("ada", others=learners) == "ada"


@given(st.text())
def test_a_slug_is_always_a_safe_file_name(text):
    name = slug(text)
    assert name
    assert name.isascii()
    assert len(name) <= 70
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
