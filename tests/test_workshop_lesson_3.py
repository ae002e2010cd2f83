"""Lesson 3: what it shows is counted again here, its prose is true, and a real room takes the simulated one's place."""

import csv
import re
import statistics
import warnings
from collections import defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import papermill
import pytest

import mmlib as mm
from mmlib.reports.kernels import OwnKernelManager
from mmlib.workshop import CheckError, participants

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "workshop" / "3-rub-and-pat.ipynb"


def lesson():
    return nbformat.read(LESSON, as_version=4)


def tags(cell):
    return cell.metadata.get("tags", [])


def prose():
    return " ".join("\n".join(cell.source for cell in lesson().cells if cell.cell_type == "markdown").split())


def executed(place, **parameters):
    options = {"kernel_name": "python3", "kernel_manager_class": OwnKernelManager, "progress_bar": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, about event loops and ids
        return papermill.execute_notebook(
            LESSON, place / "done.ipynb", parameters, cwd=place, execution_timeout=60, **options
        )


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The solved lesson, executed on a practice folder that is kept, and that folder's log."""
    folder = tmp_path_factory.mktemp("lesson")
    notebook = executed(folder, folder="practice")
    with (folder / "practice" / "log.csv").open(encoding="utf-8", newline="") as lines:
        return notebook, list(csv.DictReader(lines))


def told(notebook, cell_id):
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return " ".join(output.data.get("text/html", output.data["text/plain"]) for output in cell.outputs)


def numbers(page):
    return [float(cell) for cell in re.findall(r"<td[^>]*>\s*(-?[\d.]+)\s*</td>", page)]


def mean_of(rows, skill, hand):
    notes = [re.search(rf"{hand} ([\d.]+) ms", row["note"]) for row in rows if row["skill"] == skill]
    return statistics.mean(float(found[1]) for found in notes)


def test_each_attempt_is_a_row_and_the_costs_are_those_of_the_notes(shown):
    notebook, rows = shown
    assert [row["variation"] for row in rows] == ["both"] * 4 + ["left alone"] * 4 + ["right alone"] * 4 + ["both"] * 4
    assert "Right: 16 attempts" in told(notebook, "rub-ex1-check")
    for hand in ("left", "right"):
        cost = mean_of(rows, "rub-pat", hand) - mean_of(rows, f"rub-pat {hand}", hand)
        assert cost > 20
        said = float(re.search(r"Right: ([\d.]+) ms", told(notebook, f"rub-ex2-{hand}"))[1])
        assert said == pytest.approx(cost, abs=0.06)


def test_the_plateau_and_the_leap_are_those_of_the_file(shown):
    months = defaultdict(list)
    isolated = defaultdict(int)
    with (ROOT / "data" / "sample" / "log.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["skill"] == "juggling":
                months[row["start"][:7]] += [float(row["score"])] if row["score"] else []
                isolated[row["start"][:7]] += row["part"] == "isolate"
    means = {month: statistics.mean(scores) for month, scores in months.items()}
    names = sorted(means)
    leap = max(range(1, len(names)), key=lambda i: means[names[i]] - means[names[i - 1]])
    begin = next(name for name in names if means[name] > means[names[leap - 1]] - 3)
    notebook, _ = shown
    assert f"Right: {names[leap]}." in told(notebook, "rub-ex3-found")
    assert f"Right: {begin}." in told(notebook, "rub-ex3-begin")
    assert f"Right: {sum(isolated.values())} sessions." in told(notebook, "rub-ex3-isolated")
    assert {month for month, n in isolated.items() if n} == {names[leap - 1]} == {"2026-09"}
    assert "in one September, throws alone and catches alone" in prose()


def test_the_room_is_as_the_prose_says(shown):
    room = mm.simulate.tapping_room(24, seed=0)
    scores = {name: own["score"].tolist() for name, own in room.log[room.log["part"] == "combine"].groupby("learner")}
    halves = {True: [], False: []}
    for name, own in scores.items():
        halves[name in room.truth["isolated"]].append((np.mean(own[:3]), np.mean(own[-3:])))
    isolated, both = (np.mean(halves[one], axis=0) for one in (True, False))
    notebook, _ = shown
    assert f"Right: {isolated[0] - isolated[1]:.2f} ms" in told(notebook, "rub-ex4-improved")
    assert f"Right: {isolated[1] - both[1]:.2f} ms" in told(notebook, "rub-ex4-behind")
    assert "over 40 ms better" in prose() and 40 < isolated[0] - isolated[1] < 45
    assert both[0] - both[1] > isolated[0] - isolated[1]
    behind, low, high, said = numbers(told(notebook, "rub-room-interval"))
    assert 0 < low < behind < high and said == -10
    assert low < room.truth["effect"] < high


def test_isolating_turns_round_where_the_prose_says_so(shown):
    effects = numbers(told(shown[0], "rub-room-truth"))
    assert [effect > 0 for effect in effects] == [True, True, True, False, False]
    assert "Unless an attempt alone is worth more than twice as much" in prose()


def test_a_difference_of_some_20_ms_is_what_24_people_can_see():
    spread = []
    for seed in range(20):
        room = mm.simulate.tapping_room(24, seed)
        last = room.log[room.log["skill"] == "rub-pat"].groupby("learner")["score"].agg(lambda ms: ms.tail(3).mean())
        drawn = last.index.isin(room.truth["isolated"])
        spread.append(np.sqrt(last[drawn].var() / 12 + last[~drawn].var() / 12))
    assert 17 < 2.8 * np.mean(spread) < 23  # a power of 80 %


def test_a_gathered_room_takes_the_place_of_the_simulated_one(tmp_path):
    mm.simulate.write(mm.simulate.tapping_room(20, seed=0, isolating=4), tmp_path / "room")
    notebook = executed(tmp_path, room="room")
    assert "✓" in told(notebook, "rub-ex4-behind")
    assert numbers(told(notebook, "rub-room-interval"))[0] < 0
    assert numbers(told(notebook, "rub-room-table"))[0] == 10


def test_every_check_of_the_copy_asks_for_an_answer_while_there_is_none():
    space, stopped = {}, []
    for cell in [cell for cell in participants(lesson(), "").cells if cell.cell_type == "code"]:
        try:
            exec(cell.source, space)
        except CheckError as error:
            assert str(error).startswith("Nothing to check yet")
            stopped.append(cell.id)
        except TypeError:
            assert cell.id == "rub-room-interval"  # a prediction that is not there cannot be compared
    assert stopped == [cell.id for cell in lesson().cells if "check" in tags(cell)]
    plt.close("all")


@pytest.mark.parametrize(
    ("names", "check", "said"),
    [
        ({"attempts": 15}, "rub-ex1-check", "15 attempts is too low"),
        ({"cost_left": "means.loc['both', 'left']"}, "rub-ex2-left", "that is the error together"),
        ({"cost_left": "-cost_left"}, "rub-ex2-left", "wrong sign"),
        ({"cost_right": "cost_left"}, "rub-ex2-right", "that is the left hand"),
        ({"begin": "leap"}, "rub-ex3-begin", "that is where it ends"),
        ({"leap": "'2026-1O'"}, "rub-ex3-found", 'Did you mean "2026-10"?'),
        ({"isolated": 10}, "rub-ex3-isolated", "joined the parts"),
        ({"behind": "-behind"}, "rub-ex4-behind", "wrong sign"),
        (
            {"behind": "improved - (theirs['first'] - theirs['last']).mean()"},
            "rub-ex4-behind",
            "the gains of the halves",
        ),
    ],
)
def test_typical_mistakes_get_their_sentence(solved, names, check, said):
    space = dict(solved)
    for name, value in names.items():
        space[name] = eval(value, space) if isinstance(value, str) else value
    (source,) = [cell.source for cell in lesson().cells if cell.id == check]
    with pytest.raises(CheckError, match=re.escape(said)):
        exec(source, space)


@pytest.fixture(scope="module")
def solved():
    """The names of the solved lesson."""
    space = {}
    for cell in lesson().cells:
        if cell.cell_type == "code":
            exec(cell.source, space)
    plt.close("all")
    return space
