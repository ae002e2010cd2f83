"""The look: colours, the typeface, names that are hard to draw, alt text, and what a notebook gets."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest

from mmlib import charts
from mmlib.charts import style
from mmlib.charts.style import DARK

HEX = re.compile(r"#[0-9a-f]{6}")


def luminance(color):
    """Relative luminance, as WCAG 2 defines it."""
    rgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", [style.INK, style.MUTED, style.ACCENT, style.TARGET, style.BAD])
def test_text_colours_can_be_read_on_light_and_dark_pages(color):
    assert contrast(color, "#ffffff") >= 4.5
    assert contrast(style.DARK[color], "#14171a") >= 4.5


@pytest.mark.parametrize("color", [*style.CATEGORIES, style.AMOUNTS[3], style.HIGHLIGHT])
def test_marks_stand_out_on_a_dark_page(color):
    assert contrast(style.DARK.get(color, color), "#14171a") >= 3


def test_the_dark_colours_can_be_swapped_in_any_order():
    assert not set(style.DARK) & set(style.DARK.values())
    assert all(HEX.fullmatch(color) for color in [*style.DARK, *style.DARK.values()])


def test_the_style_sheet_uses_only_named_colours():
    sheet = (Path(style.__file__).parent / "mmlib.mplstyle").read_text(encoding="utf-8")
    used = {f"#{value}" for value in re.findall(r"\b[0-9a-f]{6}\b", sheet)}
    named = {value for value in vars(style).values() if isinstance(value, str) and HEX.fullmatch(value)}
    assert used <= named | set(style.CATEGORIES)


def test_categories_keep_their_colours_whatever_the_order():
    assert style.colours(["b", "a", "unnamed"]) == style.colours(["a", "unnamed", "b"])
    assert style.colours(["unnamed"]) == {"unnamed": style.UNNAMED}


def test_the_bundled_typeface_is_used_and_its_licence_is_there():
    with mpl.rc_context(style._rc()):
        regular, bold = (
            mpl.font_manager.findfont(mpl.font_manager.FontProperties(weight=weight)) for weight in (400, style.BOLD)
        )
    assert Path(regular).name == "SourceSansPro-Regular.ttf"
    assert Path(bold).name == "SourceSansPro-Semibold.ttf"
    assert "SIL Open Font License" in (Path(regular).parent / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["日本語", "قلم", "🎸", "ü ō Ж λ → − ≥", "e\N{COMBINING RING ABOVE}", "a\tb\nc"])
def test_any_name_can_be_drawn_without_a_warning(text):
    with mpl.rc_context(style._rc()):
        figure, ax = plt.subplots()
        ax.set_title(style.plain(text))
        assert style.svg(figure)


def test_a_name_cannot_mirror_what_stands_after_it():
    assert style.plain("harmless\u202efdp.exe \u2067x\u2069") == "harmlessfdp.exe x"
    assert style.plain("\u05e9\u05dc\u05d5\u05dd") == "\u05e9\u05dc\u05d5\u05dd", "Hebrew turns by itself"


def test_dollar_signs_are_not_mathematics():
    figure, ax = plt.subplots()
    ax.set_title(style.plain("$x_1$ & <b>"))
    figure.draw_without_rendering()
    assert ax.title._preprocess_math(ax.get_title()) == ("$x_1$ & <b>", False)


def test_svg_is_the_same_each_time_and_carries_no_date():
    texts = []
    for _ in range(2):
        figure, ax = plt.subplots()
        ax.plot([1, 3, 2])
        texts.append(charts.svg(figure))
        plt.close(figure)
    assert texts[0] == texts[1]
    assert "<dc:date>" not in texts[0]


def test_svg_lays_out_once_and_leaves_the_figure_as_it_was():
    ax = charts.totals(_totals())
    engine, place = ax.figure.get_layout_engine(), ax.get_position().bounds
    charts.svg(ax.figure)
    assert ax.figure.get_layout_engine() is engine
    assert ax.get_position().bounds != place, "there was a layout"
    names = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert min(name.x0 for name in names) >= 0, "and the names of the rows have room in it"


def test_alt_text_names_each_chart_once():
    figure, (left, right) = plt.subplots(1, 2)
    left.alt_text = right.alt_text = "Both say this."
    assert charts.alt_text(figure) == "Both say this."
    assert charts.alt_text(plt.figure()) == ""


def test_a_reading_is_shown_as_it_is_written():
    _, ax = plt.subplots()
    ax.reading = "<b>_x_</b> costs $5 and $6 * 2"
    assert charts.reading(ax) == ax.reading
    assert charts.reading(ax)._repr_markdown_() == r"\<b\>\_x\_\</b\> costs \$5 and \$6 \* 2"
    assert charts.reading(np.array([[ax, ax]])) == ax.reading


def test_a_chart_leaves_the_users_settings_alone():
    before = dict(mpl.rcParams)
    charts.totals(_totals())
    assert dict(mpl.rcParams) == before


def _totals():
    import pandas as pd

    return pd.DataFrame({"skill": ["a"], "minutes": [3.0], "sessions": [1]})


def test_notebook_outputs_are_svg_with_alt_text():
    cells = [
        "import mmlib as mm\nimport pandas as pd\nimport matplotlib.pyplot as plt\nmm.charts.use_style()",
        'ax = mm.charts.totals(pd.DataFrame({"skill": ["ukulele"], "minutes": [380.0], "sessions": [12]}))\n'
        "mm.charts.show(ax)",
        "plt.plot([1, 2, 3]);",
        "mm.charts.show(None)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    root = Path(__file__).parents[2]
    nbclient.NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(root)}}).execute()
    assert notebook.cells[0].outputs == []
    (chart, reading), (own,) = notebook.cells[1].outputs, notebook.cells[2].outputs[-1:]
    assert notebook.cells[3].outputs == []
    assert set(chart.data) == {"image/svg+xml", "text/plain"}
    alt = "All 6 h 20 min of practice went to ukulele. ukulele 6 h 20 min."
    table = {"caption": "Totals", "columns": ["skill", "minutes", "sessions"], "rows": [["ukulele", "380", "12"]]}
    assert chart.metadata["image/svg+xml"] == {"alt": alt, "dark": DARK, "tables": [{**table, "of": 1}]}
    paper = re.compile('<svg[^>]* style="background: #ffffff"')  # dark ink must not lie on a dark page
    assert paper.search(chart.data["image/svg+xml"]) and paper.search(own.data["image/svg+xml"])
    assert "6 h 20 min in 1 skill" in reading.data["text/markdown"]
    assert "image/svg+xml" in own.data
    assert own.metadata["image/svg+xml"] == {"alt": "", "dark": DARK}
