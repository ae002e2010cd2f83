"""The chart of mean curves: the flag, the learners' own curves, and what it survives."""

import re

import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts.layout import WIDTH

HARD = ["a name that goes on and on until it has sixty characters, truly", "win $5 and $6", "$x_1$", "日本語のあいさつ"]
TRIAL = np.arange(1, 31)
FLAG = "an average of exponential curves, not a power law"


def points(names, *, learners=4, fitted=True, better="higher"):
    tables = []
    for name in names:
        for learner in [None, *(f"p{i}" for i in range(learners))]:
            level = 10.0 if learner is None else 8.0 + int(learner[1:])
            value = level - 5.0 * TRIAL**-0.5
            known = value if learner is None or fitted else np.full(30, np.nan)
            one = pd.DataFrame({"skill": name, "trial": TRIAL, "observed": value + 0.1, "fitted": known})
            one = one.assign(learner=learner, low=value - 1, high=value + 1, better=better, unit="points")
            tables.append(one.assign(learners=learners, model="power"))
    columns = ["skill", "learner", "trial", "observed", "fitted", "low", "high", "better", "unit", "model", "learners"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def found(names, *, averaged=True, model="power", individual="exponential", learners=4):
    table = pd.DataFrame({"skill": list(names), "better": "higher", "unit": "points", "model": model, "n": 30})
    table = table.assign(learners=learners, n_exponential=4, individual_model=individual, averaged=averaged)
    return table.assign(reason=FLAG if averaged else "")


def first(axes):
    return axes.flat[0]


def check(axes):
    ax = first(axes)
    assert ax.finding
    assert ax.alt_text.endswith(".")
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


def test_the_mean_and_each_learner_are_drawn():
    table = points(["typing"])
    ax = first(charts.pooled(table, found(["typing"])))
    mean = table[table["learner"].isna()]
    dots, line = ax.lines
    np.testing.assert_allclose(dots.get_ydata(), mean["observed"])
    np.testing.assert_allclose(line.get_ydata(), mean["fitted"])
    own = ax.collections[0].get_segments()
    assert len(own) == 4
    np.testing.assert_allclose(own[0][:, 1], table.loc[table["learner"] == "p0", "fitted"])


def test_learners_without_a_form_are_drawn_as_they_scored():
    table = points(["typing"], fitted=False)
    ax = first(charts.pooled(table, found(["typing"], averaged=False, individual=None)))
    own = ax.collections[0].get_segments()
    np.testing.assert_allclose(own[0][:, 1], table.loc[table["learner"] == "p0", "observed"])


@pytest.mark.parametrize(
    ("options", "finding"),
    [
        ({}, "The mean curve of 4 learners of typing is an average of exponential curves, not a power law"),
        (
            {"averaged": False, "individual": "power", "model": "power_prior"},
            "The mean curve of 4 learners of typing is a power curve, like their own",
        ),
        (
            {"averaged": False, "individual": "power", "model": "exponential"},
            "The mean curve of 4 learners of typing is exponential, while their own favour a power curve",
        ),
        (
            {"averaged": False, "individual": None},
            "The mean curve of 4 learners of typing is a power curve, and their own curves do not tell which form they"
            " have",
        ),
        (
            {"averaged": False, "individual": None, "model": "flat"},
            "The mean of 4 learners of typing shows no clear change",
        ),
    ],
)
def test_the_title_says_whose_form_it_is(options, finding):
    ax = check(charts.pooled(points(["typing"]), found(["typing"], **options)))
    assert ax.finding == finding


def test_flagged_skills_come_first_and_the_title_counts_them():
    names = ["a", "b", "c", "d"]
    table = pd.concat([found(names[:2], averaged=False, individual="power"), found(names[2:])])
    axes = charts.pooled(points(names), table)
    assert [ax.get_title(loc="left") for ax in axes.flat] == ["c", "d", "a", "b"]
    assert first(axes).finding == "2 of 4 mean curves are averages of exponential curves, not power laws: c and d"
    assert first(axes).texts[0].get_text() == "4 learners: an average, no power law"
    assert "c is an average" in first(axes).alt_text
    one = charts.pooled(points(names), table.drop_duplicates("averaged"))
    assert (
        first(one).finding == "The mean curve of 4 learners of c is an average of exponential curves, not a power law"
    )
    both = charts.pooled(points(names), table.tail(2))
    assert first(both).finding.startswith("Both mean curves are averages of exponential curves")
    none = charts.pooled(points(names), table.head(2))
    assert first(none).finding.startswith("None of the 2 mean curves")


@pytest.mark.parametrize("names", [["omelette"], HARD, [f"skill {i:02d}" for i in range(30)]], ids=["1", "hard", "30"])
def test_it_draws_one_skill_hard_names_and_many(names):
    axes = charts.pooled(points(names, better="lower"), found(names))
    check(axes)
    assert sum(ax.axison for ax in axes.flat) == min(len(names), 6)


def test_skills_without_a_mean_have_their_reason_below(words):
    short = found(["short"], model=None, individual=None, averaged=False).assign(reason="2 learners with 20 trials")
    axes = charts.pooled(points(["typing"]), pd.concat([found(["typing"]), short]))
    assert "short: 2 learners with 20 trials" in words(first(axes))


@pytest.mark.parametrize("table", [found([]), found(["typing"], model=None, averaged=False)], ids=["empty", "no mean"])
def test_without_a_mean_curve_it_says_so(table):
    ax = check(charts.pooled(points([]), table))
    assert ax.finding.startswith("There is no mean curve to show")
    assert ax.finding == ax.alt_text
    assert ax.reading == ""


def test_the_tables_are_left_as_they_were():
    tables = points(["typing"]), found(["typing"])
    copies = [table.copy(deep=True) for table in tables]
    charts.pooled(*tables)
    for table, copy in zip(tables, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)
