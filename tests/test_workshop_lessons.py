"""The six lessons as a whole: one shape, copies that stop at the first question with help, right solutions."""

import ast
import io
import re
import warnings
import zipfile
from itertools import accumulate
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest

import mmlib as mm
from mmlib.errors import MMError
from mmlib.reports.kernels import OwnKernelManager
from mmlib.workshop import gather, participants, write_workshop

ROOT = Path(__file__).resolve().parent.parent
WORKSHOP = ROOT / "notebooks" / "workshop"
LESSONS = ("1-small-door", "2-twenty-circles", "3-rub-and-pat", "4-spacing", "5-synergy", "6-your-month")
FURTHER = [f"further/{path.stem}" for path in sorted((WORKSHOP / "further").glob("*.ipynb"))]
MINUTES = 120 - 5 - 10  # without the break and the room's log: docs/workshop.md
SVG = "image/svg+xml"
each_lesson = pytest.mark.parametrize("name", LESSONS)


def lesson(name):
    return nbformat.read(WORKSHOP / f"{name}.ipynb", as_version=4)


def tags(cell):
    return cell.metadata.get("tags", [])


def code(notebook, tag=None):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and (tag is None or tag in tags(cell))]


def text(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def run(source, target, **parameters):
    """Execute a notebook; what came out of it is in the target, also where it stopped."""
    options = {"kernel_name": "python3", "kernel_manager_class": OwnKernelManager, "progress_bar": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, about event loops and ids
        return papermill.execute_notebook(
            source, target, parameters, cwd=Path(target).parent, execution_timeout=120, **options
        )


# The shape.


def test_there_are_six_lessons_and_no_other():
    assert [path.stem for path in sorted(WORKSHOP.glob("*.ipynb"))] == list(LESSONS)


@each_lesson
def test_begins_with_a_question_goals_and_the_minutes(name):
    first = lesson(name).cells[0].source
    assert re.match(rf"# {name[0]} · \S", first)
    question, goals = re.search(r"\*\*([^*]+)\*\*", first), first.partition("**You will be able to**")[2]
    assert question[1].endswith("?")
    assert 2 <= len(re.findall(r"^- ", goals, re.MULTILINE)) <= 4
    assert re.search(r"\b(15|20) minutes\b", goals), "the minutes of the facilitator's plan"


def test_the_minutes_add_up_to_two_hours():
    minutes = [int(re.search(r"\b(\d+) minutes\b", lesson(name).cells[0].source)[1]) for name in LESSONS]
    assert sum(minutes) == MINUTES


def test_the_facilitators_guide_agrees_with_the_lessons():
    guide = (ROOT / "docs" / "workshop.md").read_text(encoding="utf-8")
    for name in LESSONS:
        first = lesson(name).cells[0].source
        title, question = re.search(r"^# \d · (.+)", first)[1], re.search(r"\*\*([^*]+\?)\*\*", first)[1]
        minutes = re.search(r"\b(\d+) minutes\b", first)[1]
        assert f"| {name[0]} | {title} | {question} | {minutes} |" in guide
    assert all(f"`{name}.ipynb`" in guide for name in FURTHER)
    clock = [int(hour) * 60 + int(minute) for hour, minute in re.findall(r"^\| (\d):(\d\d) \|", guide, re.MULTILINE)]
    minutes = [int(re.search(r"\b(\d+) minutes\b", lesson(name).cells[0].source)[1]) for name in LESSONS]
    assert clock == list(accumulate([0, *minutes[:3], 5, *minutes[3:], 10]))
    exercises = {name: len(re.findall(r"^## Exercise", text(lesson(name)), re.MULTILINE)) for name in LESSONS}
    for name, row in zip(LESSONS, re.findall(r"^\| \d \| .+$", guide, re.MULTILINE), strict=True):
        named = {int(number) for number in re.findall(r"\b\d\b", " ".join(row.split("|")[5:7]))}
        assert named == set(range(1, exercises[name] + 1)), "each exercise is in the room or for home"


@each_lesson
def test_sets_up_as_every_lesson_does(name):
    cells = lesson(name).cells
    assert tags(cells[1]) == ["parameters"]
    lines = cells[1].source.splitlines()
    assert lines[0] == 'folder: str = ""  # your practice folder; empty: one that is thrown away'
    assert "import mmlib as mm" in cells[2].source
    assert "mm.charts.use_style()" in cells[2].source
    assert cells[3].source == "folder = mm.workshop.practice_folder(folder)"


@each_lesson
def test_has_a_prediction_exercises_with_hints_and_a_take_away(name):
    notebook = lesson(name)
    said = text(notebook)
    exercises = re.split(r"^## Exercise \d: ", said, flags=re.MULTILINE)[1:]
    assert re.search(r"\bPredict\b", said.partition("## Exercise 1")[0])
    assert 3 <= len(exercises) <= 5
    assert re.findall(r"^## Exercise (\d): ", said, re.MULTILINE) == [str(n + 1) for n in range(len(exercises))]
    for exercise in exercises:
        assert "<details><summary>Hint" in exercise, exercise
    assert said.count("<details>") == said.count("</details>") == said.count("<summary>")
    assert notebook.cells[-1].source.startswith("## Take away\n")
    assert "between=" in code(notebook, "check")[0].source, "first something is predicted"


@each_lesson
def test_each_chart_is_read(name):
    for cell in code(lesson(name)):
        if found := re.search(r"^(axe?s?) = mm\.charts\.", cell.source, re.MULTILINE):
            assert cell.source.endswith(f"\nmm.charts.show({found[1]})"), cell.source


# The participants' copies.


def solutions(name):
    """Pairs of a solved cell and what is left of it."""
    copies = {cell.id: cell.source for cell in participants(lesson(name)).cells}
    return [(cell.source, copies[cell.id]) for cell in code(lesson(name), "solution")]


@each_lesson
def test_of_each_solution_only_comments_and_names_are_left(name):
    assert solutions(name)
    for solved, left in solutions(name):
        assert re.match(r"# \S", left), f"no word on what to do: {solved}"
        assert all(line.startswith("# ") or re.fullmatch(r"\w+ = \.\.\.", line) for line in left.splitlines())


@each_lesson
def test_every_answer_is_checked(name):
    checked = {part.id for cell in code(lesson(name), "check") for part in ast.walk(ast.parse(cell.source))
               if isinstance(part, ast.Name)}  # fmt: skip
    for solved, left in solutions(name):
        names = set(re.findall(r"^(\w+) = \.\.\.$", left, re.MULTILINE))
        assert not names or names & checked, solved


@each_lesson
def test_the_copy_stops_at_its_first_question_and_says_what_to_do(name, tmp_path):
    copy = participants(lesson(name))
    nbformat.validate(copy)
    assert not [cell for cell in copy.cells if cell.cell_type == "markdown" and "solution" in tags(cell)]
    with pytest.raises(papermill.PapermillExecutionError, match="Nothing to check yet: "):
        run(copy, tmp_path / "copy.ipynb")
    done = nbformat.read(tmp_path / "copy.ipynb", as_version=4)
    stopped = [cell for cell in code(done) if any(output.output_type == "error" for output in cell.outputs)]
    assert [cell.id for cell in stopped] == [code(copy, "check")[0].id]
    assert stopped[0].metadata.jupyter.source_hidden
    (error,) = [output for output in stopped[0].outputs if output.output_type == "error"]
    assert " ".join(error.traceback) == error.evalue, "no traceback, only the message"
    assert mm.load(tmp_path / "my-practice").log.empty


# The solved lessons.


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Execute a solved lesson once, on a practice folder of one's own."""
    done = {}

    def executed(name):
        if name not in done:
            work = tmp_path_factory.mktemp(name)
            known = {"folder": str(work / "mine"), "learner": "zoe"}
            open_ = re.findall(r"^(\w+): ", code(lesson(name), "parameters")[0].source, re.MULTILINE)
            chosen = {key: value for key, value in known.items() if key in open_}
            notebook = run(WORKSHOP / f"{name}.ipynb", work / "solved.ipynb", **chosen)
            done[name] = notebook, work / "mine"
        return done[name]

    return executed


@each_lesson
def test_the_solved_lesson_is_right_throughout_and_logs_for_its_learner(name, solved):
    notebook, folder = solved(name)
    for cell in code(notebook, "check"):
        (output,) = [output for output in cell.outputs if "text/plain" in output.get("data", {})]
        assert output.data["text/plain"].startswith(("✓ Right", "✓ Noted"))
    assert set(mm.load(folder).log["learner"]) <= {"zoe"}
    shown = [output for cell in code(notebook) for output in cell.outputs if SVG in output.get("data", {})]
    assert all(output.metadata.get(SVG, {}).get("alt") for output in shown)
    streams = [output.text for cell in code(notebook) for output in cell.outputs if output.output_type == "stream"]
    assert [said for said in streams if "SetAsideWarning" not in said] == []


def told(notebook, cell_id):
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return [output.data["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {})][-1]


def test_lesson_1_tells_the_quickest_door_of_the_file_and_keeps_the_card(solved):
    notebook, folder = solved("1-small-door")
    log = pd.read_csv(ROOT / "data" / "sample" / "log.csv").sort_values("start")
    so_far, first = {}, {}
    for row in log.itertuples():
        so_far[row.skill] = so_far.get(row.skill, 0) + row.minutes
        if row.payoff >= 4:
            first.setdefault(row.skill, so_far[row.skill])
    quickest = min(first, key=first.get)
    assert told(notebook, "door-ex1-skill") == f"✓ Right: {quickest}."
    assert told(notebook, "door-ex1-minutes") == f"✓ Right: {first[quickest]:.0f} minutes."
    assert told(notebook, "door-ex2-hour") == f"✓ Right: {sum(minutes <= 60 for minutes in first.values())} skills."
    card = mm.load(folder).skills.set_index("skill").loc["paper plane"]
    assert (card["unit"], card["better"], card["target"]) == ("metres", "higher", 12)
    assert mm.load(folder).log.set_index("skill")["score"].to_dict() == {"paper plane": 7.0}


def test_lesson_6_counts_the_files_and_hands_in_without_notes(solved):
    notebook, folder = solved("6-your-month")
    rows = (WORKSHOP / "data" / "diary.csv").read_text().splitlines()[1:]
    bad = [row for row in rows if re.search(r"half an hour|31\.10\.26|^,|,7,7,|,-15,", row)]
    assert (len(rows), told(notebook, "month-ex1-aside")) == (12, f"✓ Right: {len(bad)} rows.")
    log = pd.read_csv(ROOT / "data" / "sample" / "log.csv", parse_dates=["start"])
    minutes = log.groupby(log["start"].dt.strftime("%Y-%m"))["minutes"].sum()
    more = 100 * minutes["2026-10"] / minutes["2026-09"] - 100
    assert told(notebook, "month-ex3-check") == f"✓ Right: {more:.2f} per cent."
    (report,) = (folder / "reports").rglob("ada.html")
    assert "Ada’s practice in October 2026" in report.read_text(encoding="utf-8")
    assert "When I have put the kettle on" in (folder / "plan.md").read_text(encoding="utf-8")
    with zipfile.ZipFile(folder / "owl.zip") as handed:
        assert pd.read_csv(io.BytesIO(handed.read("owl/log.csv")))["skill"].tolist() == ["paper plane"]


def test_what_the_lessons_logged_becomes_the_rooms_log(solved, tmp_path):
    folders = [solved(name)[1] for name in ("1-small-door", "2-twenty-circles", "6-your-month")]
    expected = sum(len(mm.load(folder).log) for folder in folders)
    found = gather([folder / "log.csv" for folder in folders], tmp_path / "room")
    assert [each.problem for each in found] == ["", "", ""]
    room = mm.load(tmp_path / "room").log
    assert (len(room), room["learner"].nunique()) == (expected, 3)


# mm workshop.


def test_the_workshop_is_written_once_and_nothing_is_overwritten(tmp_path):
    names = {f"{name}.ipynb" for name in (*LESSONS, *FURTHER)} | {"README.md"}
    first = write_workshop(tmp_path / "tuesday")
    assert set(first.made) == names
    assert {path.relative_to(tmp_path / "tuesday").as_posix() for path in (tmp_path / "tuesday").rglob("*.*")} == names
    before = (tmp_path / "tuesday.zip").read_bytes()
    mine = tmp_path / "tuesday" / "1-small-door.ipynb"
    mine.write_text(mine.read_text().replace("door = ...", 'door = \\"yodelling\\"'))
    (tmp_path / "tuesday" / "4-spacing.ipynb").unlink()
    second = write_workshop(tmp_path / "tuesday")
    assert (second.made, second.kept) == (("4-spacing.ipynb",), ("1-small-door.ipynb",))
    assert "yodelling" in mine.read_text()
    assert (tmp_path / "tuesday.zip").read_bytes() == before


def test_the_zip_holds_the_participants_copies_and_no_answers(tmp_path):
    write_workshop(tmp_path / "a" / "tuesday", solutions=True)
    write_workshop(tmp_path / "b" / "tuesday")
    archive = tmp_path / "a" / "tuesday.zip"
    assert archive.read_bytes() == (tmp_path / "b" / "tuesday.zip").read_bytes()
    with zipfile.ZipFile(archive) as found:
        assert found.testzip() is None
        assert all(name.startswith("tuesday/") and "solutions" not in name for name in found.namelist())
        for name in LESSONS:
            copy = nbformat.reads(found.read(f"tuesday/{name}.ipynb").decode(), as_version=4)
            assert 'folder: str = "my-practice"' in copy.cells[1].source
            open_ = "\n".join(cell.source for cell in code(copy, "solution"))
            assert "= ..." in open_
            assert not re.search(r"^(?!#|\w+ = \.\.\.$).", open_, re.MULTILINE)
        readme = found.read("tuesday/README.md").decode()
    for name in (*LESSONS, *FURTHER):
        assert f"]({name}.ipynb): " in readme
    assert "<!--" not in readme
    for name in LESSONS:
        kept = (tmp_path / "a" / "tuesday" / "solutions" / f"{name}.ipynb").read_bytes()
        assert kept == (WORKSHOP / f"{name}.ipynb").read_bytes()


def test_further_pages_know_the_folder_above_them(tmp_path):
    write_workshop(tmp_path / "w")
    for path in (tmp_path / "w" / "further").glob("*.ipynb"):
        parameters = code(nbformat.read(path, as_version=4), "parameters")[0].source
        assert "folder: str" not in parameters or 'folder: str = "../my-practice"' in parameters


def test_a_zip_of_somebodys_is_never_replaced(tmp_path):
    (tmp_path / "anna.zip").write_bytes(b"what Anna handed in")
    with pytest.raises(MMError, match=r"anna\.zip: found a file of somebody's"):
        write_workshop(tmp_path / "anna")
    assert (tmp_path / "anna.zip").read_bytes() == b"what Anna handed in"
    assert not (tmp_path / "anna").exists()


def test_the_command_says_what_it_made_and_what_it_kept(mm_command, tmp_path):
    code_, out, _ = mm_command("workshop", "tuesday")
    made = f"tuesday: {len(LESSONS) + len(FURTHER) + 1} files made."
    assert (code_, made in out, "To hand out: tuesday.zip" in out) == (0, True, True)
    (tmp_path / "tuesday" / "README.md").write_text("mine")
    _, out, _ = mm_command("workshop", "tuesday", "--solutions")
    assert "Kept as they are, for somebody has changed them: README.md." in out
    assert (tmp_path / "tuesday" / "solutions" / "1-small-door.ipynb").exists()
    assert "Example: mm workshop" in mm_command("workshop", "--help")[1]
