"""The notebooks: clean, short, of one theme each; and the explore notebooks say what is true of another's log."""

import ast
import html
import re
import tomllib
import warnings
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError

from mmlib import simulate
from mmlib.reports.kernels import OwnKernelManager
from mmlib.reports.parameters import parameters

ROOT = Path(__file__).resolve().parent.parent
THEMES = ("repetition", "payoff", "synergy", "structure", "selves")
NOTEBOOKS = sorted(path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
EXPLORE = [ROOT / "notebooks" / "explore" / f"{theme}.ipynb" for theme in THEMES]
WORKSHOP = {  # what the charts of each page say; the lessons have tests of their own
    "further/simpson": ["turns round: 1.8 thrown together, 0.9 within the 6 strata", "Art goes with a “breakthrough”"],
    "further/sequence": ["You were 79 ms slower when the order was random", "The last random block cost 79 ms"],
    "further/transfer": [
        "and no connection",
        "1 stands out: ukulele goes better after more harmonica",
        "Effect of harmonica on ukulele",
        "No effect of harmonica on ukulele was shown",
    ],
}
SHARED = {("repetition", "totals"), ("payoff", "learning_curves")}  # measures that other themes use too
SKILLS = ["harmonica", "omelette"]
LOAD = "practice = mm.load(folder, learner=learner, skills=skills, since=since, until=until)"
SVG = "image/svg+xml"
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_explore = pytest.mark.parametrize("path", EXPLORE, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tree(cells):
    return ast.parse("\n".join(cell.source for cell in cells))


def dotted(cells):
    """The names that begin with `mm.`, such as ("charts", "flow") for mm.charts.flow."""
    found = set()
    for node in ast.walk(tree(cells)):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node).split(".")
            if name[0] == "mm" and len(name) == 3:
                found.add((name[1], name[2]))
    return found


def charts_of(theme):
    """The public chart functions that mmlib.charts takes from a theme's module."""
    imports = ast.parse((ROOT / "mmlib" / "charts" / "__init__.py").read_text(encoding="utf-8")).body
    return {
        alias.name
        for node in imports
        if isinstance(node, ast.ImportFrom) and node.module == f"mmlib.charts.{theme}"
        for alias in node.names
    }


@each_notebook
def test_is_valid_and_has_no_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert [cell.id for cell in code(notebook) if cell.outputs or cell.execution_count is not None] == []


@each_notebook
def test_the_parameters_are_typed_literals_each_with_a_comment(path):
    (parameters,) = [cell for cell in read(path).cells if "parameters" in cell.metadata.get("tags", [])]
    lines = parameters.source.splitlines()
    body = ast.parse(parameters.source).body
    assert len(body) == len(lines) <= 6
    for line, node in zip(lines, body, strict=True):
        assert isinstance(node, ast.AnnAssign), line
        value = ast.literal_eval(node.value)
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        assert texts or isinstance(value, str | int | float | bool), line
        assert re.search(r"  # \S", line), line


@each_notebook
def test_the_cells_are_short_and_plain(path):
    for cell in code(read(path)):
        nodes = list(ast.walk(ast.parse(cell.source)))  # a magic is no Python: it would not parse
        setup = "parameters" in cell.metadata.get("tags", []) or re.search("^(import|from) ", cell.source)
        assert len(cell.source.splitlines()) <= (6 if setup else 5), cell.source
        barred = (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        assert not [node for node in nodes if isinstance(node, barred)], cell.source


def test_there_is_an_explore_notebook_for_each_theme_and_no_other():
    assert {path for path in NOTEBOOKS if path.parent.name == "explore"} == set(EXPLORE)


@each_explore
def test_calls_the_measures_of_its_theme_only(path):
    measures = {name for name in dotted(code(read(path))) if name[0] in THEMES}
    assert {theme for theme, _ in measures} >= {path.stem}
    assert {name for name in measures if name[0] != path.stem} <= SHARED


@each_explore
def test_shows_every_chart_of_its_theme_and_reads_each(path):
    cells = code(read(path))
    drawn = [name for where, name in dotted(cells) if where == "charts"]
    assert charts_of(path.stem) <= set(drawn)
    for cell in cells:
        for name in re.findall(r"^(axe?s?) = mm\.charts\.", cell.source, re.MULTILINE):
            assert cell.source.endswith(f"\nmm.charts.show({name})"), cell.source


@each_explore
def test_has_the_same_shape_as_the_others(path):
    cells = read(path).cells
    assert cells[0].source.startswith(f"# {path.stem.capitalize()}\n\n**")
    assert "?**" in cells[0].source, "the question comes first, in bold"
    assert cells[1].metadata.tags == ["parameters"]
    assert cells[2].source.startswith("import mmlib as mm")
    assert list(parameters(read(path))) == ["folder", "learner", "skills", "since", "until"]
    assert cells[3].source.startswith(LOAD)
    assert cells[-1].source.startswith("## Try it with your own log\n")


@each_explore
def test_its_prose_names_no_number_or_skill_of_the_sample(path):
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    words = re.sub(r"`[^`]*`", "", prose)
    skills = tomllib.loads((ROOT / "data" / "sample" / "skills.toml").read_text(encoding="utf-8"))
    assert set(re.findall(r"\d+", words)) <= {"0", "1", "5"}, "the ends of a scale are all that prose may know"
    assert not [name for name in ["Ada", *skills] if re.search(rf"\b{name}\b", words)]


@pytest.fixture(scope="module")
def bobs(tmp_path_factory):
    """The log of a learner with two skills, and the folder it is written to."""
    made = simulate.practice()
    log = made.log[made.log["skill"].isin(SKILLS)].assign(learner="bob").reset_index(drop=True)
    skills = made.skills[made.skills["skill"].isin(SKILLS)].reset_index(drop=True)
    folder = tmp_path_factory.mktemp("bob")
    simulate.write(simulate.Simulated(log, skills, made.milestones.head(0), {}), folder)
    return log, folder


def run(path, folder, work, **choice):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, about event loops and ids
        return papermill.execute_notebook(
            path,
            work / path.name,
            {"folder": str(folder), "learner": "bob", **choice} if folder else {},
            cwd=work,
            kernel_name="python3",
            progress_bar=False,
            kernel_manager_class=OwnKernelManager,
            execution_timeout=60,
        )


def executed(path, folder, work, **choice):
    try:
        return run(path, folder, work, **choice)
    except CellTimeoutError:  # very seldom a widget's cell never gets its answer; once more, then
        return run(path, folder, work, **choice)


def outputs(notebook):
    """All outputs, those inside widgets too."""
    state = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    inside = [output for model in state.values() for output in model["state"].get("outputs", [])]
    return [nbformat.from_dict(output) for output in inside] + [o for cell in code(notebook) for o in cell.outputs]


def alts(notebook):
    shown = [output for output in outputs(notebook) if SVG in output.get("data", {})]
    return [output.metadata.get(SVG, {}).get("alt", "") for output in shown]


def tables(notebook):
    """The cells of each table, as text."""
    pages = [output.data["text/html"] for cell in code(notebook) for output in cell.outputs
             if "text/html" in output.get("data", {})]  # fmt: skip
    found = []
    for page in pages:
        rows = [re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"(?s)<tr>.*?</tr>", page)]
        found.append([[html.unescape(cell).strip() for cell in row] for row in rows])
    return found


def hours(minutes):
    return f"{minutes // 60:.0f} h {minutes % 60:.0f} min".replace(" 0 min", "")


# What an executed notebook must say, counted by hand: in an alt text, or in a cell of a table.


def expected_repetition(log):
    minutes = log.groupby("skill")["minutes"].sum()
    days = log["start"].dt.normalize().nunique()
    yield "alt", f"{minutes.idxmax().capitalize()} got the most time: {hours(minutes.max())}"
    yield "cell", str(days)


def expected_payoff(log):
    payoff = log.groupby("skill")["payoff"].mean()
    yield "alt", f"{payoff.idxmax().capitalize()} feels most rewarding: payoff {payoff.max():.1f} of 5"
    best = log.dropna(subset=["flow", "challenge"]).groupby("challenge")["flow"]
    yield "alt", f"(n = {best.count().max()})"


def expected_synergy(log):
    month = log[log["start"].dt.to_period("M") == log["start"].max().to_period("M")]
    shares = month.groupby("skill")["minutes"].sum() / month["minutes"].sum()
    yield "cell", f"{1 / (shares**2).sum():.1f}"
    yield "cell", str(len(month))


def expected_structure(log):
    practised = (log.groupby("skill")["support"].mean() - 1) / 4
    scores = (1 + practised) / 2  # both cards describe the support, which counts 1
    yield "alt", f"background support {scores.mean():.2f}"
    yield "cell", f"{scores.min():.2f}"


def expected_selves(log):
    lift = (log["mood_after"] - log["mood_before"]).groupby(log["skill"]).mean()
    yield "alt", f"{lift.idxmax()} +{lift.max():.1f}"
    month = log[log["start"].dt.to_period("M") == log["start"].max().to_period("M")]
    shares = month.groupby("self")["minutes"].sum() / month["minutes"].sum()
    yield "cell", f"{shares.max():.0%}"


EXPECTED = {
    "repetition": expected_repetition,
    "payoff": expected_payoff,
    "synergy": expected_synergy,
    "structure": expected_structure,
    "selves": expected_selves,
}


@each_explore
def test_says_what_is_true_of_another_learners_log(path, bobs, tmp_path):
    log, folder = bobs
    notebook = executed(path, folder, tmp_path)
    calls = [name for cell in code(notebook) for name in re.findall(r"mm\.charts\.(\w+)\(", cell.source)]
    charts = [name for name in calls if name not in ("use_style", "show")]
    said, cells = alts(notebook), {text for table in tables(notebook) for row in table for text in row}
    assert len(said) == len(charts)
    assert all(said)
    assert "Ada" not in " ".join(said)
    assert not [o for o in outputs(notebook) if o.output_type == "stream" or "<Axes" in str(o.get("data", ""))]
    assert not cells & {"nan", "NaN", "<NA>", "None"}
    for kind, fact in EXPECTED[path.stem](log):
        assert fact in cells if kind == "cell" else fact in " ".join(said), (fact, said)


@each_explore
def test_runs_with_a_choice_of_one_skill_and_a_few_weeks(path, bobs, tmp_path):
    log, folder = bobs
    choice = {"skills": ["harmonica"], "since": "2025-11-01", "until": "2025-11-23"}
    notebook = executed(path, folder, tmp_path, **choice)
    part = log[(log["skill"] == "harmonica") & log["start"].between("2025-11-01", "2025-11-24", inclusive="left")]
    assert 8 < len(part) < 20
    said, cells = " ".join(alts(notebook)), {text for table in tables(notebook) for row in table for text in row}
    assert "harmonica" in said.casefold()
    assert "omelette" not in said.casefold()
    assert not cells & {"nan", "NaN", "<NA>", "None"}
    if path.stem == "repetition":
        assert hours(part["minutes"].sum()) in said


@pytest.mark.parametrize("name", WORKSHOP)
def test_the_workshop_shows_what_it_is_about(name, tmp_path):
    notebook = executed(ROOT / "notebooks" / "workshop" / f"{name}.ipynb", None, tmp_path)
    said = alts(notebook)
    drawn = re.compile(r"^(?:ax|axes) = mm\.charts\.|^mm\.charts\.titled\(", re.MULTILINE)
    assert len(said) == sum(len(drawn.findall(cell.source)) for cell in code(notebook))
    assert not [o for o in outputs(notebook) if o.output_type == "stream" or "<Axes" in str(o.get("data", ""))]
    for fact in WORKSHOP[name]:
        assert fact in " ".join(said)


def test_every_workshop_notebook_is_run():
    workshop = ROOT / "notebooks" / "workshop"
    pages = [path.relative_to(workshop).with_suffix("").as_posix() for path in NOTEBOOKS if workshop in path.parents]
    lessons = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*lesson*.py"))
    assert set(WORKSHOP) <= set(pages)
    assert [page for page in pages if page not in WORKSHOP and f'"{page}' not in lessons] == []
