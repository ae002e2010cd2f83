"""The T-shape: what it says, and that its stems and bars have their sizes."""

from __future__ import annotations

import itertools
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from mmlib import charts
from mmlib.charts import style
from mmlib.charts.layout import WIDTH

HARD = [
    "a name that goes on and on until it has sixty characters, truly",
    "win $5 and $6",
    "$x_1$ snake_case^2",
    "<b>bold</b> & --> co",
    "日本語のあいさつ",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenherstellung",
    r"back\slash \$ {brace}",
]


def table(depth, rest, verdict="T", deepest="ukulele", **columns):
    """Return a table of `synergy.shape`, a row for each month."""
    depth, rest = np.asarray(depth, dtype=float), np.asarray(rest, dtype=float)
    made = pd.DataFrame({"depth_hours": depth, "rest_effective": rest, "verdict": verdict, "deepest": deepest})
    made = made.assign(learner="ada", period=pd.date_range("2026-01-01", periods=len(made), freq="MS"), sessions=200)
    made = made.assign(depth_share=0.4, rest_effective_low=rest - 0.2, rest_effective_high=rest * 1.1, reason="")
    return made.assign(**columns)


def check(ax):
    """Draw without a warning, with words, in the page's width, with nothing beside it."""
    assert ax.alt_text.endswith(".")
    assert ax.reading.endswith(".") or ax.is_empty
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


def patches(ax, color):
    return [p for p in ax.patches if isinstance(p, Rectangle) and style.mpl.colors.to_hex(p.get_facecolor()) == color]


@pytest.mark.parametrize(
    ("made", "finding"),
    [
        (table([9, 78], [2, 6.8]), "Practice is T-shaped: 78 h of ukulele, and breadth worth 6.8 other skills"),
        (
            table([9, 78], [2, 6.8], ["pi", "T"]),
            "Practice has become T-shaped: 78 h of ukulele, and breadth worth 6.8 other skills",
        ),
        (table([9], [1.0], "I"), "Practice is I-shaped: 9 h of ukulele, and beside it only 1.0 other skill"),
        (table([9], [0.0], "I"), "Practice is I-shaped: 9 h of ukulele, and nothing else"),
        (
            table([33], [6.4], "dash"),
            "Practice is broad without depth: 6.4 other skills, and 33 h of ukulele hardly stand out",
        ),
        (
            table([4.5], [1.9], "pi"),
            "Few skills share the practice, and none stands out: 4 h 30 min of ukulele, beside 1.9 other skills",
        ),
        (
            table([np.nan], [6.4], "T", depth_share=0.31),
            "Practice is T-shaped: 62 sessions of ukulele, and breadth worth 6.4 other skills",
        ),
    ],
)
def test_titles(made, finding):
    assert check(charts.shape(made)).finding == finding


def test_stems_are_as_long_as_the_depth_and_bars_as_broad_as_the_rest():
    ax = charts.shape(table([10, 20, 40], [2, 4, 8]))
    figures = patches(ax, style.ACCENT)
    bars, stems = figures[::2], figures[1::2]
    assert [bar.get_width() / bars[2].get_width() for bar in bars] == pytest.approx([0.25, 0.5, 1])
    assert [stem.get_y() / stems[2].get_y() for stem in stems] == pytest.approx([0.25, 0.5, 1])
    centres = [patch.get_x() + patch.get_width() / 2 for patch in figures]
    assert centres == pytest.approx([0, 0, 1, 1, 2, 2])
    pale = patches(ax, style.BAND)
    assert [band.get_width() / bar.get_width() for band, bar in zip(pale, bars, strict=True)] == pytest.approx(
        [1.1] * 3
    )


def test_five_of_many_are_drawn_the_first_and_the_last_among_them(words):
    ax = check(charts.shape(table(np.arange(18) + 1.0, np.linspace(1, 7, 18))))
    said = words(ax)
    assert len(patches(ax, style.ACCENT)) == 10
    assert "Jan 2026" in said
    assert "Jun 2027" in said
    assert "18 h ukulele" in said
    assert "7.0 others" in said
    assert "January 2026: 1 h of ukulele, 1.0 other" in ax.alt_text


def test_what_has_no_verdict_yet_is_not_drawn(words):
    early = table([1, 9, 78], [1, 2, 6.8], ["", "pi", "T"])
    assert "Jan 2026" not in words(charts.shape(early))
    none = charts.shape(table([1], [1], "", sessions=14))
    assert none.finding == "There is no shape to show: 14 sessions so far, and it takes at least 20."
    assert none.is_empty


def test_empty_tables_say_why():
    empty = table([], [])
    assert charts.shape(empty).finding == "There is no shape to show: nothing has been practised yet."
    assert charts.shape(empty, of="domain").finding == "There is no shape to show: no card names a domain yet."


def test_without_limits_it_speaks_of_no_interval(words):
    ax = check(charts.shape(table([9, 78], [2, 6.8], rest_effective_low=np.nan, rest_effective_high=np.nan)))
    assert "interval" not in words(ax)
    assert not patches(ax, style.BAND) or all(band.get_width() == 0 for band in patches(ax, style.BAND))


@pytest.mark.parametrize("names", [[HARD[0]], HARD, ["ukulele"] * 30], ids=["one", "hard names", "30 months"])
def test_extremes_draw(names):
    rest = np.resize([0.0, 1.0, 27.0], len(names))
    check(charts.shape(table(np.arange(len(names)) + 0.4, rest, deepest=names)))


def test_labels_stand_apart():
    ax = charts.shape(table([10, 20, 30, 35, 40], [2, 4, 5, 6, 8], deepest=HARD[:5]))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.x0 >= -1 and box.x1 <= ax.figure.bbox.width + 1 for box in boxes)
    assert all(box.y0 >= -1 for box in boxes)


def test_it_draws_on_the_users_own_axes_and_leaves_the_table_alone():
    made = table([9, 78], [2, 6.8])
    copy = made.copy(deep=True)
    _, ax = plt.subplots()
    assert charts.shape(made, ax=ax) is ax
    assert ax.get_title(loc="left").replace("\n", " ") == ax.finding
    pd.testing.assert_frame_equal(made, copy)
