"""The chart of barriers: what it draws, what it says, and what it survives."""

import re

import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts.layout import WIDTH

HARD = [
    "a name that goes on and on until it has sixty characters, truly",
    "win $5 and $6",
    "$x_1$ snake_case^2",
    "<b>bold</b> & --> co",
    "日本語のあいさつ",
    r"back\slash \$ {brace}",
]


def points(names, n=100, better="higher"):
    value = np.linspace(3, 9, n)
    one = pd.DataFrame({"trial": range(1, n + 1), "start": pd.date_range("2026-06-25", periods=n), "fitted": value})
    one = one.assign(observed=value, low=value - 1, high=value + 1, better=better, unit="points", learner="ada")
    return pd.concat([one.assign(skill=name, target=9.5, model="power") for name in names] or [one.head(0)])


def found(names, known=True):
    rows = []
    for name in names:
        leap = {"skill": name, "kind": "leap", "trial": 60, "trial_low": 55, "trial_high": 62, "estimate": 4.0}
        plateau = {"skill": name, "kind": "plateau", "trial": 20, "trial_until": 59, "passed": True, "estimate": 0.1}
        dip = {"skill": name, "kind": "dip", "trial": 80, "trial_low": 80, "trial_high": 81, "trial_until": 90}
        rows += [plateau, leap | {"isolated": True}, dip | {"estimate": -2.0}]
    table = pd.DataFrame(rows, columns=["skill", "kind", "trial", "trial_low", "trial_high", "trial_until",
                                        "estimate", "passed", "isolated"])  # fmt: skip
    table = table.assign(low=table["estimate"] - 1, high=table["estimate"] + 1, unit="points", reason="", learner="ada")
    trials = ["trial", "trial_low", "trial_high", "trial_until"]
    table = table.astype(dict.fromkeys(trials, "Int64"))
    for column, trial in (("start", "trial"), ("until", "trial_until")):
        day = pd.Timestamp("2026-06-24") + pd.to_timedelta(table[trial].astype("float64"), unit="D")
        table[column] = day
    if known:
        return table
    nothing = table.assign(kind=None, estimate=np.nan, low=np.nan, high=np.nan, reason="no leap or dip stands out")
    return nothing.drop_duplicates("skill").assign(**dict.fromkeys(trials, pd.NA))


def check(axes):
    ax = axes[0, 0]
    assert ax.finding
    assert ax.alt_text.endswith(".")
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    assert "<NA>" not in ax.alt_text + ax.reading
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


def test_the_marks_stand_at_their_trials():
    ax = charts.barriers(points(["juggling"]), found(["juggling"]))[0, 0]
    upright = sorted(line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1)
    assert upright == [60, 80]
    spans = {(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches}
    assert spans == {(19.5, 59.5), (54.5, 62.5), (79.5, 81.5)}
    feet = {tuple(segment[:, 0]) for part in ax.collections for segment in part.get_segments()}
    assert feet == {(60, 100), (80, 90)}
    assert {text.get_text() for text in ax.texts} >= {"plateau", "leap +4", "dip −2"}
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    assert dots.get_ydata().tolist() == np.linspace(3, 9, 100).tolist()


def test_the_words_give_the_finding_with_its_numbers():
    ax = charts.barriers(points(["juggling"]), found(["juggling"]))[0, 0]
    assert ax.finding == "Juggling leapt by 4 points on 23 August 2026; 1 other leap or dip elsewhere"
    assert "plateau from trial 20 (14 July 2026) to 59" in ax.alt_text
    assert "leap of 4 points (95% 3 to 5) from trial 60 (23 August 2026) on" in ax.alt_text
    assert "dip of 2 points (95% −3 to −1) from trial 80 (12 September 2026) to 90" in ax.alt_text
    assert "isolated the parts; that need not be why" in ax.reading


def test_only_skills_with_finds_are_drawn_those_with_leaps_first():
    table = pd.concat([found(["a", "b"]).query("skill == 'b' or kind == 'dip'"), found(["c"], known=False)])
    axes = charts.barriers(points(["a", "b", "c"]), table)
    assert [ax.get_title(loc="left") for ax in axes.flat] == ["b", "a"]
    assert charts.barriers(points(["a", "b"]), found(["a", "b"]), most=1).shape == (1, 1)


def test_labels_do_not_overlap():
    table = found(["juggling"])
    close = pd.concat([table, table.assign(trial=table["trial"] + 3, trial_until=pd.NA).query("kind != 'plateau'")])
    ax = charts.barriers(points(["juggling"]), close.astype({"trial_until": "Int64"}))[0, 0]
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 5
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


@pytest.mark.parametrize("names", [["omelette"], HARD, [f"skill {i:02d}" for i in range(30)]], ids=["1", "hard", "30"])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_it_draws_one_skill_hard_names_and_many(names, better):
    axes = charts.barriers(points(names, better=better), found(names))
    check(axes)
    assert len(axes) == min(len(names), 6)
    said = "points, lower is better" if better == "lower" else "points"
    assert {ax.get_title(loc="right") for ax in axes.flat} == {said}


def test_without_any_find_it_says_so_and_draws_the_trials():
    ax = check(charts.barriers(points(["omelette"]), found(["omelette"], known=False)))
    assert ax.finding == "No leap or dip stands out in 1 skill"
    assert len(ax.lines) == 2
    ax = check(charts.barriers(points(["a", "b"]), found(["a", "b"], known=False)))
    assert ax.finding == "No leap or dip stands out in any of 2 skills"


def test_an_empty_table_gives_one_sentence():
    for table in (points([]), points(["a"]).assign(observed=np.nan)):
        ax = charts.barriers(table, found([]))[0, 0]
        assert ax.finding == ax.alt_text
        assert ax.reading == ""


def test_the_tables_are_left_as_they_were():
    tables = points(["omelette"]), found(["omelette"])
    copies = [table.copy(deep=True) for table in tables]
    charts.barriers(*tables)
    for table, copy in zip(tables, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)
