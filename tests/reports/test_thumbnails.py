"""Thumbnails against the charts that they are of."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.charts.style import DARK, svg
from mmlib.reports.index.thumbnails import LONGEST, thumbnail

SVG = "{http://www.w3.org/2000/svg}"
COLOUR = "#0072b2"


@pytest.fixture
def axes():
    figure, ax = plt.subplots(figsize=(6, 3))
    ax.set_axis_off()
    yield ax
    plt.close(figure)


def paths(drawing):
    root = ET.fromstring(drawing)
    return [node for node in root.iter(f"{SVG}path") if "style" not in node.attrib]


def lines(path):
    """The lengths of a path's horizontal lines."""
    return [int(length) for length in re.findall(r"h(\d+)", path.get("d"))]


def test_bars_keep_their_proportions(axes):
    axes.barh(range(3), [1, 2, 4], color=COLOUR)
    (path,) = paths(thumbnail(svg(axes.figure), DARK))
    lengths = sorted(lines(path))
    assert lengths == [80, 160, 320]


def test_each_day_of_a_calendar_is_there():
    days = pd.date_range("2026-01-01", "2026-12-31", freq="2D")
    log = mm.log.check_log(pd.DataFrame({"learner": "ada", "skill": "tea", "start": days, "minutes": 10.0}))
    ax = mm.charts.calendar(mm.repetition.daily(log, as_of="2026-12-31"))
    whole = svg(ax.figure)
    drawing = thumbnail(whole, DARK)
    plt.close(ax.figure)
    squares = sum(len(lines(path)) for path in paths(drawing))
    assert squares >= 365, "the squares of the legend come on top"
    assert 20 * len(drawing) < len(whole)


def test_words_are_left_out(axes):
    axes.set_title("Ada practised on 24 days")
    axes.bar([0], [1], color=COLOUR)
    drawing = thumbnail(svg(axes.figure))
    assert len(drawing) < 400
    assert "Ada" not in drawing


def test_dots_lines_and_areas_are_all_drawn(axes):
    axes.plot([0, 1, 2], [0, 2, 1], color="#111111", linewidth=2)
    axes.fill_between([0, 1, 2], [0, 1, 0], [1, 3, 2], color="#222222", alpha=0.5, linewidth=0)
    axes.plot([0, 1], [1, 1], "o", color="#333333", linestyle="none")
    drawn = {path.get("class"): path for path in paths(thumbnail(svg(axes.figure)))}
    rules = dict(re.findall(r"\.(\w+)\{color:(#\w+)\}", thumbnail(svg(axes.figure))))
    kinds = {rules[name.split()[0]]: (name.split()[1:], path) for name, path in drawn.items()}
    assert kinds["#111111"][1].get("d").count("L") == 2
    assert kinds["#222222"][0] == ["f"]
    assert kinds["#222222"][1].get("opacity") == "0.5"
    assert kinds["#333333"][0] == ["o"]
    assert len(lines(kinds["#333333"][1])) == 2


def test_what_lies_outside_of_the_axes_is_cut_off(axes):
    axes.plot([0, 1, 2], [0, 0.5, 900], color=COLOUR)
    axes.set_ylim(0, 1)
    height = int(re.search(r'height="(\d+)"', thumbnail(svg(axes.figure)))[1])
    numbers = [float(text) for text in re.findall(r"\d+", paths(thumbnail(svg(axes.figure)))[0].get("d"))]
    assert max(numbers[1::2]) <= height + 1


def test_colours_follow_the_dark_scheme_where_the_chart_knows_it(axes):
    axes.bar([0], [1], color=COLOUR)
    assert f"@media(prefers-color-scheme:dark){{.a{{color:{DARK[COLOUR]}}}}}" in thumbnail(svg(axes.figure), DARK)


def test_a_chart_that_does_not_know_the_dark_scheme_keeps_its_paper(axes):
    axes.bar([0], [1], color=COLOUR)
    drawing = thumbnail(svg(axes.figure))
    assert "prefers-color-scheme" not in drawing
    assert 'style="color:#ffffff"' in drawing


def test_a_cloud_of_dots_is_drawn_coarser_or_not_at_all(axes):
    random = np.random.default_rng(1)
    axes.plot(*random.normal(size=(2, 1500)), "o", color=COLOUR, markersize=3)
    few = thumbnail(svg(axes.figure))
    assert 0 < len(few) <= LONGEST
    assert 'viewBox="0 0 320' not in few
    axes.plot(*random.normal(size=(2, 20_000)), color=COLOUR)
    assert thumbnail(svg(axes.figure)) == ""


@pytest.mark.parametrize(
    "source",
    [
        "",
        "no svg",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<a><b></a>",
        f"<svg xmlns='{SVG[1:-1]}'><path d='m1 1h9v9'/></svg>",
    ],
)
def test_what_draws_nothing_has_no_thumbnail(source):
    assert thumbnail(source) == ""


def test_nothing_of_a_hostile_drawing_is_left():
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>'
        '<path d="M0 0L9 9" style="stroke:#000000;fill:url(javascript:alert(1))" onclick="alert(1)"/>'
        '<path d="M0 0L9 0&quot;/>&lt;script>" stroke="#00f" class="&quot;>"/>'
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">alert(1)</p></foreignObject></svg>'
    )
    drawing = thumbnail(hostile)
    assert "alert" not in drawing
    assert "script" not in drawing
    assert {node.tag for node in ET.fromstring(drawing).iter()} <= {f"{SVG}{tag}" for tag in ("svg", "style", "path")}
