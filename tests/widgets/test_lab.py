"""JupyterLab in the browser, as tests/lab.py serves it: widgets speak with Python both ways, and lost kernels show."""

from __future__ import annotations

import sys

import pytest

SLIDER = "import ipywidgets\nslider = ipywidgets.IntSlider(value=3, description='times')\nslider"
COUNTER = '''
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const button = Object.assign(document.createElement("button"), { className: "count" });
      const show = () => { button.textContent = `counted ${model.get("count")}`; };
      button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
      model.on("change:count", show);
      show();
      el.append(button);
    } };
    """
    count = traitlets.Int(0).tag(sync=True)

counter = Counter()
counter
'''


def test_a_slider_and_python_tell_one_another(lab):
    notebook = lab.notebook([SLIDER, "slider.value", "slider.value = 70"])
    output = notebook.run(0)
    output.get_by_role("slider").press("ArrowRight")
    notebook.wait_for("slider.value == 4")
    assert notebook.run(1).inner_text().endswith("4")
    notebook.run(2)
    output.get_by_text("70").wait_for()
    assert (notebook.complaints, notebook.asked) == ([], [])


@pytest.mark.parametrize(("theme", "width", "touch"), [("light", 1280, False), ("dark", 390, True)])
def test_an_anywidget_and_python_tell_one_another(lab, theme, width, touch):
    notebook = lab.notebook([COUNTER, "counter.count = 40"], theme=theme, width=width, touch=touch)
    button = notebook.run(0).locator("button.count")
    (button.tap if touch else button.click)()
    notebook.wait_for("counter.count == 1")
    notebook.run(1)
    button.get_by_text("counted 40").wait_for()
    paper = notebook.page.evaluate("getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor")
    assert (int(paper.strip("rgb()").split(",")[0]) < 60) == (theme == "dark")
    assert (notebook.complaints, notebook.asked) == ([], [])


def test_a_kernel_is_this_python_and_works_in_the_notebooks_folder(lab, tmp_path):
    first = lab.notebook(["open('here.txt', 'w').close()"])
    assert first.value("__import__('sys').executable") == sys.executable
    first.run(0)
    assert (first.folder / "here.txt").exists()
    second = lab.notebook(["open('there.txt', 'w').close()"], cwd=tmp_path)
    second.run(0)
    assert (tmp_path / "there.txt").exists()


def test_running_all_stops_at_the_first_error_which_can_be_read_and_mended(lab):
    notebook = lab.notebook(["a = 1", "1 / 0", "b = 2"])
    notebook.run_all()
    assert "division by zero" in notebook.error(1)
    assert list(notebook.errors()) == [notebook.ids[1]]
    with pytest.raises(RuntimeError, match="name 'b' is not defined"):
        notebook.value("b")
    notebook.set(1, "c = a + 1")
    notebook.run_all()
    assert (notebook.errors(), notebook.value("(a, b, c)")) == ({}, (1, 2, 2))


def test_a_lost_kernel_starts_again_and_knows_nothing(lab):
    notebook = lab.notebook([SLIDER])
    notebook.run(0)
    notebook.lose_kernel()
    assert notebook.value("'slider' in globals()") is False
    notebook.run(0)
    notebook.restart_kernel()
    assert notebook.value("'slider' in globals()") is False


def test_a_killed_kernel_is_noticed(lab):
    notebook = lab.notebook([SLIDER])
    output = notebook.run(0)
    notebook.kill_kernel()
    notebook.page.get_by_text("No Kernel", exact=True).wait_for()
    assert output.get_by_role("slider").count() == 1
    assert notebook.complaints == []


def test_the_picture_of_a_notebook_shows_all_of_it(lab, tmp_path):
    notebook = lab.notebook(["print('\\n' * 30)"] * 4)
    notebook.run_all()
    notebook.screenshot(tmp_path / "all.png")
    notebook.screenshot(tmp_path / "window.png", whole=False)
    heights = [int.from_bytes((tmp_path / name).read_bytes()[20:24]) for name in ("all.png", "window.png")]
    assert heights[0] > 2_000
    assert heights[1] == 900
