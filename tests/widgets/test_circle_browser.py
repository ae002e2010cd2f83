"""The circle drill in JupyterLab: strokes by mouse, finger and keys, the mirror, and a kernel that dies."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

CELL = "import mmlib as mm\ndrill = mm.drills.circle('practice')\ndrill"
MIRROR = "import mmlib as mm\ndrill = mm.drills.circle('practice', mirror=True)\ndrill"


def area(output):
    found = output.locator("svg.mm-area")
    found.wait_for()
    found.scroll_into_view_if_needed()
    return found


def on_screen(found, points):
    """Where these points of the drawing area, which is 1000 wide and high, lie in the window."""
    box = found.bounding_box()
    return np.array([box["x"], box["y"]]) + np.asarray(points) * [box["width"] / 1000, box["height"] / 1000]


def stroke(width=300, height=300, wave=0.0, turn=2 * math.pi, n=90):
    angle = np.linspace(0, turn, n)
    length = 1 + wave * np.sin(3 * angle)
    return 500 + np.column_stack([width * length * np.cos(angle), height * length * np.sin(angle)])


def drag(page, points):
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def expected(points):
    """The deviation in per cent, by brute force: many points along the polygon, any minimiser."""
    pieces = [np.linspace(a, b, 40, endpoint=False) for a, b in itertools.pairwise(points)]
    weights = np.repeat(np.hypot(*np.diff(points, axis=0).T), 40)
    dense = np.concatenate(pieces)

    def square(circle):
        return np.average((np.hypot(*(dense - circle[:2]).T) - circle[2]) ** 2, weights=weights)

    middle = points.mean(axis=0)
    found = minimize(square, [*middle, np.hypot(*(points - middle).T).mean()], method="Nelder-Mead", tol=1e-8)
    return 100 * math.sqrt(found.fun) / found.x[2]


def rows(notebook):
    return pd.read_csv(notebook.folder / "practice" / "log.csv")


def counted(output, n):
    output.get_by_text(f"{n} attempt{'' if n == 1 else 's'} in the log").wait_for()


def test_a_stroke_by_mouse_is_scored_logged_and_shown(lab):
    notebook = lab.notebook([CELL])
    output = notebook.run(0)
    points = on_screen(area(output), stroke(340, 280, wave=0.05))
    drag(notebook.page, points)
    counted(output, 1)
    row = rows(notebook).iloc[0]
    assert row["score"] == pytest.approx(expected(points), abs=0.1)
    assert (row["skill"], row["variation"], row["source"]) == ("circle", "mouse", "drill")
    said = output.locator(".mm-said").inner_text()
    assert said.startswith(f"{row['score']:.1f} % off a perfect circle: the first in the log.")
    best = output.locator("circle.mm-best")
    assert float(best.get_attribute("cx")) == pytest.approx(500, abs=3)
    assert float(best.get_attribute("r")) == pytest.approx(310, abs=8)
    for part in ("out", "in"):
        assert output.locator(f"path.mm-{part}").get_attribute("d"), "what bulges out and what is flat is coloured"
    assert notebook.complaints == []


def test_the_curve_grows_beside_the_drill_soon_after_each_stroke(lab):
    notebook = lab.notebook([CELL.removesuffix("drill") + "drill.practise(mm.simulate.circles(9, seed=1))\ndrill"])
    output = notebook.run(0)
    image = output.locator(".mm-curve")
    assert "9 trials" in image.get_attribute("alt")
    output.locator(".mm-drill").evaluate(
        """el => {
          window.seen = [];
          el.querySelector('svg.mm-area').addEventListener('pointerup', () => (window.up = performance.now()));
          const drawn = new MutationObserver(() => window.seen.push(performance.now() - window.up));
          drawn.observe(el.querySelector('.mm-curve'), {attributeFilter: ['src']});
        }"""
    )
    points = on_screen(area(output), stroke())
    for n in range(10, 14):
        drag(notebook.page, points)
        counted(output, n)
        notebook.page.wait_for_function(f"n => window.seen.length >= {n - 9}")
    assert "13 trials" in image.get_attribute("alt")
    assert min(notebook.page.evaluate("window.seen")) < 1000  # 300 on a machine that does nothing else


def test_a_finger_draws_on_a_phone_and_the_page_stays_where_it_is(lab):
    notebook = lab.notebook([CELL], width=390, height=844, touch=True)
    output = notebook.run(0)
    found = area(output)
    assert output.locator(".mm-drill").evaluate("el => el.scrollWidth <= el.clientWidth + 1")
    where = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    before = notebook.page.evaluate(where)
    points = on_screen(found, stroke(300, 270))
    finger = notebook.page.context.new_cdp_session(notebook.page)
    for kind, at in [("touchStart", points[:1]), *(("touchMove", [point]) for point in points[1:]), ("touchEnd", [])]:
        places = [{"x": float(x), "y": float(y)} for x, y in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    counted(output, 1)
    assert notebook.page.evaluate(where) == before
    row = rows(notebook).iloc[0]
    assert row["variation"] == "touch"
    assert row["score"] == pytest.approx(expected(points), abs=0.15)


def hold(page, keys, milliseconds):
    for key in keys:
        page.keyboard.down(key)
    page.wait_for_timeout(milliseconds)
    for key in keys:
        page.keyboard.up(key)


def test_the_keyboard_draws_an_octagon_and_jupyterlab_keeps_out(lab):
    notebook = lab.notebook([CELL, "1"])
    output = notebook.run(0)
    area(output).focus()
    keys = notebook.page.keyboard
    keys.press("Enter")
    right, down, left, up = "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"
    for way in ([right], [right, down], [down], [down, left], [left], [left, up], [up], [up, right]):
        hold(notebook.page, way, 600)
    keys.press("Enter")
    counted(output, 1)
    row = rows(notebook).iloc[0]
    assert row["variation"] == "keys"
    assert 1 < row["score"] < 8  # a regular octagon is 2.4 % off; the keys are held only about as long as asked
    keys.press("Enter")
    hold(notebook.page, [right], 300)
    keys.press("Escape")
    output.get_by_text("that stroke is not in the log").wait_for()
    for key in ("a", "b", "d", "d", "x"):  # JupyterLab would add, delete or cut cells
        keys.press(key)
    assert len(notebook.ids) == 2
    assert len(rows(notebook)) == 1


def test_a_slip_of_the_hand_is_no_attempt_and_a_hidden_curve_stays_hidden(lab):
    notebook = lab.notebook([CELL.replace("'practice'", "'practice', curve=False"), "drill.curve = True"])
    output = notebook.run(0)
    drag(notebook.page, on_screen(area(output), [[500, 500], [510, 505], [515, 500]]))
    output.get_by_text("A circle is drawn in one stroke").wait_for()
    drag(notebook.page, on_screen(area(output), stroke(turn=2.5)))
    output.get_by_text("less than half a circle").wait_for()
    assert len(rows(notebook)) == 0
    drag(notebook.page, on_screen(area(output), stroke()))
    counted(output, 1)
    assert output.locator(".mm-curve").is_hidden()
    notebook.run(1)
    output.locator(".mm-curve").wait_for(state="visible")


def star_path(notebook):
    corners = np.array(notebook.value("drill.outline.tolist()"))
    sides = [np.linspace(a, b, 15, endpoint=False) for a, b in itertools.pairwise(corners)]
    return np.concatenate([*sides, corners[-1:]])


def test_the_mirror_star_is_traced_upside_down(lab):
    notebook = lab.notebook([MIRROR])
    output = notebook.run(0)
    found = area(output)
    assert found.evaluate("el => getComputedStyle(el).cursor") == "none"
    path = star_path(notebook)
    path[20:24, 1] -= 120  # one excursion, above the side that leads to the right tip
    hand = on_screen(found, path * [1, -1] + [0, 1000])
    page = notebook.page
    page.mouse.move(*hand[0])
    page.mouse.down()
    page.mouse.up()  # there is no need to hold the button
    for i, point in enumerate(hand[1:], start=1):
        page.mouse.move(*point)
        if i == 10:
            assert output.locator("path.mm-drawn").get_attribute("d").count("L") >= 5
            assert float(output.locator("circle.mm-tip").get_attribute("cy")) == pytest.approx(path[10][1], abs=3)
    counted(output, 1)
    row = rows(notebook).iloc[0]
    seconds, errors = row["minutes"] * 60, 1
    assert row["note"].endswith("1 error")
    assert row["score"] == pytest.approx(seconds + errors, abs=0.11)
    assert (row["skill"], row["variation"]) == ("mirror star", "mouse")
    assert notebook.complaints == []


def test_a_hand_that_does_not_turn_things_upside_down_gets_nowhere(lab):
    notebook = lab.notebook([MIRROR])
    output = notebook.run(0)
    found = area(output)
    path = star_path(notebook)
    mirrored = on_screen(found, path[:1] * [1, -1] + [0, 1000])
    drag(notebook.page, np.concatenate([mirrored, on_screen(found, path[1:])]))
    notebook.page.keyboard.press("Escape")
    output.get_by_text("Given up: that round is not in the log.").wait_for()
    assert len(rows(notebook)) == 0


def test_attempts_survive_a_kernel_that_dies(lab):
    notebook = lab.notebook([CELL])
    output = notebook.run(0)
    points = on_screen(area(output), stroke(300, 280))
    drag(notebook.page, points)
    counted(output, 1)
    notebook.kill_kernel()
    drag(notebook.page, points)
    began = pd.Timestamp.now()
    notice = output.locator(".mm-notice")
    notice.get_by_text("1 attempt not in the log yet, but kept in this browser").wait_for()
    assert len(rows(notebook)) == 1
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.changeKernel({name: 'python3'})"
    )
    notebook.page.wait_for_timeout(1500)
    again = notebook.run(0)
    counted(again, 2)
    notebook.run(0)
    counted(notebook.output(0), 2)
    kept = rows(notebook)
    assert len(kept) == 2, "once each, however often the cell is run"
    start = pd.Timestamp(kept["start"].iloc[1])
    assert abs((start - began).total_seconds()) < 4, "the start is that of the stroke, not of its landing"
    assert kept["score"].iloc[1] == pytest.approx(expected(points), abs=0.1)


def test_two_ds_in_a_drill_do_not_delete_its_cell(lab):
    notebook = lab.notebook(["import mmlib as mm", "drill = mm.drills.rub_pat('practice')\ndrill", CELL])
    notebook.run(0)
    for cell, focused in ((1, "button"), (2, "svg.mm-area")):
        place = notebook.run(cell).locator(focused).first
        place.focus()
        for _ in range(2):
            notebook.page.keyboard.press("d")
    assert len(notebook.ids) == 3
