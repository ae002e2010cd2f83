"""The same notebook, parameters and data make the same files, byte for byte, whichever process builds them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.run import report
from mmlib.reports.settled import settled
from tests.reports.matterhorn import failures

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
ELSEWHERE = """\
import json, sys
from mmlib.reports.run import report
notebook, parameters, out = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
report(notebook, {**parameters, "most": 3}, out=out, name="another", progress=False)
report(notebook, parameters, out=out, name="there", progress=False)
"""


@pytest.fixture
def telling(tmp_path):
    """A notebook of its author's own that shows whatever differs from run to run, and a chart of ours."""
    cells = [
        new_code_cell("folder = ''\nmost = 9", metadata={"tags": ["parameters"]}),
        new_code_cell("import pandas as pd\nimport mmlib as mm\nfrom IPython.display import Markdown"),
        new_code_cell("%config InlineBackend.figure_formats = ['svg']\nfrom matplotlib import pyplot as plt"),
        new_code_cell("Markdown(f'# The {most} best\\n\\nRead on.')"),
        new_markdown_cell("## What differs\n\n[Above](#what-differs), and [elsewhere](https://example.org)."),
        new_code_cell("plt.plot([1, 2, most], marker='o')\nplt.fill_between([0, 1], [0, 1], hatch='/');"),
        new_code_cell("pd.DataFrame({'a': [1, most]}).style.highlight_max()"),
        new_code_cell("object()"),
        new_code_cell("print({*'juggling', 'ukulele', 'bread'}, object())"),
        new_code_cell("mm.charts.use_style()\nlog = mm.load(folder, learner='ada', until='2026-10-31').log"),
        new_code_cell("ax = mm.charts.calendar(mm.repetition.daily(log, as_of='2026-10-31'))"),
    ]
    path = tmp_path / "telling.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_two_processes_make_the_same_report_side_by_side_in_one_folder(telling, tmp_path):
    parameters, out = {"folder": str(SAMPLE), "most": 7}, tmp_path / "out"
    other = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(telling), json.dumps(parameters), str(out)],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=tmp_path,
    )
    made = report(telling, parameters, out=out, name="here", progress=False)
    assert other.wait(timeout=120) == 0
    for path in made.paths.values():
        assert path.read_bytes() == path.with_stem("there").read_bytes()
        assert path.read_bytes() != path.with_stem("another").read_bytes()
    names = {f"{name}.{kind}" for name in ("here", "there", "another") for kind in ("html", "pdf")}
    assert {path.name for path in out.iterdir()} == names
    page = made.paths["html"].read_text(encoding="utf-8")
    assert " at 0x" not in page
    assert str(tmp_path) not in page
    assert failures(made.paths["pdf"].read_bytes()) == []


def drawn(**rc):
    figure = Figure()
    ax = figure.subplots()
    ax.plot([1, 2], marker="o")
    ax.fill_between([0, 1], [0, 1], hatch="/")
    out = io.StringIO()
    with mpl.rc_context(rc):
        figure.savefig(out, format="svg")
    return out.getvalue()


def shown(**data):
    output = new_output("display_data", {mime.replace("_", "/"): value for mime, value in data.items()})
    return settled(new_notebook(cells=[new_code_cell(outputs=[output])])).cells[0].outputs[0].data


def test_a_drawing_by_plain_matplotlib_is_the_same_each_time():
    first, second = (shown(**{"image/svg+xml": drawn(**{"svg.hashsalt": salt})}) for salt in "ab")
    assert first == second
    source = first["image/svg+xml"]
    assert "dc:date" not in source
    assert all(f'id="{name}"' in source for name in {part.split(")")[0] for part in source.split("url(#")[1:]})


def test_a_styled_table_is_the_same_each_time():
    first, second = (shown(text_html=pd.DataFrame({"a": [1, 2]}).style.highlight_max().to_html()) for _ in range(2))
    assert first == second
    assert "#T_0_row1_col0" in first["text/html"]


def test_two_styled_tables_stay_two():
    both = "".join(pd.DataFrame({"a": [1]}).style.highlight_max().to_html() for _ in range(2))
    assert 'id="T_0"' in shown(text_html=both)["text/html"]
    assert 'id="T_1"' in shown(text_html=both)["text/html"]


def test_what_looks_like_an_address_but_is_none_stays():
    assert (
        shown(text_plain="<a at 0x7f01d2c3b4a0> 0x7f01d2c3b4a0 at 0x12")["text/plain"] == "<a> 0x7f01d2c3b4a0 at 0x12"
    )


def test_ids_and_hours_of_cells_are_gone_and_the_notebook_itself_is_as_it_was():
    cell = new_code_cell("1", metadata={"papermill": {"duration": 1.5}, "tags": ["hide-input"]})
    before = new_notebook(cells=[cell], metadata={"papermill": {"start_time": "2026-11-01"}, "title": "Ada"})
    after = settled(before)
    assert after.cells[0].metadata == {"tags": ["hide-input"]}
    assert after.metadata == {"title": "Ada"}
    assert before.cells[0].metadata["papermill"]["duration"] == 1.5


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown", "text/html"])
def test_what_no_file_can_hold_becomes_a_sign_of_its_own(mime):
    said = shown(**{mime: "a\x00b\x08c\ud800d\ufffe 😀\té"})[mime]
    assert said == "a\ufffdb\ufffdc\ufffdd\ufffd 😀\té"


def test_a_title_with_control_characters_makes_a_page():
    cell = new_code_cell(outputs=[new_output("display_data", {"text/markdown": "# Ada\x08\x1b\ud800"})])
    body, _ = ReportHTMLExporter().from_notebook_node(new_notebook(cells=[cell]))
    assert b"<title>Ada\xef\xbf\xbd" in body.encode()
