"""Lesson 2 in JupyterLab, as a participant goes through it, from the first check that fails to the last answer."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest

import mmlib as mm
from mmlib.reports.shipped import shipped

LESSON = "2-twenty-circles.ipynb"
BY_HAND = "twenty-ex1-draw"  # its solution practises without a hand


@pytest.fixture
def solved():
    return nbformat.read(shipped(f"notebooks/workshop/{LESSON}"), as_version=4)


@pytest.fixture
def lesson(lab, solved, tmp_path):
    """The participant's copy, open, on a practice folder that is not there yet."""
    return lab.notebook(mm.workshop.participants(solved, str(tmp_path / "mine")), name=LESSON)


def answers(solved):
    """The solutions by the ids of their cells, in order."""
    cells = [cell for cell in solved.cells if "solution" in cell.metadata.get("tags", [])]
    return {cell.id: cell.source for cell in cells if cell.id != BY_HAND}


def draw(notebook, area, points):
    """One stroke with the mouse, through points in the units of the drawing area."""
    area.hover()  # waits until nothing moves any more: outputs further up may still be growing
    box, mouse = area.bounding_box(), notebook.page.mouse
    (x, y), *rest = [(box["x"] + x * box["width"] / 1000, box["y"] + y * box["height"] / 1000) for x, y in points]
    mouse.move(x, y)
    mouse.down()
    for x, y in rest:
        mouse.move(x, y)
    mouse.up()


def test_lesson_2_from_start_to_end(lesson, solved, tmp_path):
    answer = answers(solved)
    lesson.run_all()
    (first, said), *others = lesson.errors().items()
    assert (first, others) == ("twenty-predict-first", [])
    assert "Nothing to check yet: put your answer in the place of the three dots" in said
    assert "Traceback" not in said
    assert lesson.output(first).get_by_text("Nothing to check yet").is_visible()

    for cell, source in answer.items():
        assert lesson.source(cell) != source
        lesson.set(cell, source)
    lesson.run_all()
    (undrawn, said), *others = lesson.errors().items()
    assert (undrawn, others) == ("twenty-ex1-check", [])
    assert "there is no circle in the log. Draw in the drill above." in said

    drill = lesson.output("twenty-ex1-drill")
    area = drill.get_by_role("application")
    for number, attempt in enumerate(mm.simulate.circles(20, seed=22), start=1):
        draw(lesson, area, attempt["points"][::4])
        drill.get_by_text("% off a perfect circle").first.wait_for()
        lesson.wait_for(f"twenty.attempts == {number}")
    assert drill.get_by_role("img").count() == 0, "the curve is hidden while it is predicted"
    log = pd.read_csv(tmp_path / "mine" / "log.csv")
    assert (len(log), log["skill"].unique().tolist(), log["variation"].unique().tolist()) == (20, ["circle"], ["mouse"])
    assert log["score"].head(3).mean() > log["score"].tail(3).mean()

    below = lesson.ids[lesson.ids.index("twenty-ex1-check") :]
    lesson.set("twenty-ex3-answer", 'half_trials = 1 / curve["rate"]')
    for cell in below[: below.index("twenty-ex3-check") + 1]:
        lesson.run(cell)
    assert lesson.output("twenty-fit-chart").get_by_role("img").bounding_box()["height"] > 200
    assert "20 trials" in lesson.output("twenty-fit-chart").inner_text()
    assert list(lesson.errors()) == ["twenty-ex3-check"]
    assert "after 1/rate trials 63 % are won. Half comes sooner." in lesson.error("twenty-ex3-check")
    lesson.set("twenty-ex3-answer", answer["twenty-ex3-answer"])
    for cell in below[below.index("twenty-ex3-answer") :]:
        lesson.run(cell)
    assert lesson.errors() == {}
    checks = [cell.id for cell in solved.cells if "check" in cell.metadata.get("tags", [])]
    assert all(lesson.output(cell).get_by_text("✓").is_visible() for cell in checks)
    rows = pd.read_csv(tmp_path / "mine" / "log.csv")["skill"].value_counts()
    assert rows.to_dict() == {"circle": 20, "mirror star": 12}
    assert (lesson.complaints, lesson.asked) == ([], [])
