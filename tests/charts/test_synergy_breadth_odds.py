"""Breadth against achievement: what the chart says, its dots and its odds ratios."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts import style
from mmlib.charts.layout import WIDTH

KEYS = [
    ("all sessions", "nothing"),
    ("all sessions", "hours"),
    ("equal sessions", "nothing"),
    ("equal sessions", "hours"),
]


def odds(*limits, reason="", **columns):
    """Return a table of `synergy.breadth_odds`, with (estimate, low, high) for each of its four rows."""
    made = pd.DataFrame(KEYS, columns=["breadth", "adjusted_for"])
    made[["estimate", "low", "high"]] = np.array(limits or [(np.nan,) * 3] * 4, dtype=float)
    made = made.assign(outcome="breakthrough", p_value=0.04, n=60, n_achieved=28, at_sessions=26, reason=reason)
    return made.assign(**columns)


def learners(n=60, **columns):
    rng = np.random.default_rng(1)
    made = pd.DataFrame({"learner": [f"p{i:02d}" for i in range(n)], "achieved": np.arange(n) % 3 == 0})
    made = made.assign(effective=rng.uniform(1, 5, n), hours=rng.uniform(8, 90, n), sessions=40, n_practised=4)
    return made.assign(**columns)


def check(ax):
    """Draw without a warning, with words, in the page's width, with nothing beside it."""
    assert ax.alt_text.endswith(".")
    assert ax.reading.endswith(".") or ax.is_empty
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


CLEAR, LESS, OPEN = (1.9, 1.3, 2.8), (0.5, 0.3, 0.8), (1.1, 0.7, 1.7)


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        (
            (CLEAR, CLEAR, CLEAR, CLEAR),
            "At equal hours, breadth goes with achievement: odds ×1.9 for each further effective skill (1.3 to 2.8)",
        ),
        (
            (CLEAR, CLEAR, CLEAR, OPEN),
            "At equal hours, breadth goes with achievement: odds ×1.9 for each further effective skill (1.3 to 2.8); "
            "not clearly at equal sessions too",
        ),
        (
            (OPEN, LESS, OPEN, LESS),
            "At equal hours, breadth goes with less achievement: odds ×0.50 for each further effective skill (0.30 to "
            "0.80)",
        ),
        (
            (CLEAR, OPEN, CLEAR, OPEN),
            "Broader learners achieve more often, but at equal hours no association is clear: odds ×1.1 for each "
            "further effective skill (0.70 to 1.7)",
        ),
        (
            (OPEN, OPEN, OPEN, OPEN),
            "No association of breadth with achievement is clear: at equal hours, odds ×1.1 for each further effective "
            "skill (0.70 to 1.7)",
        ),
        (
            (CLEAR, (np.nan,) * 3, CLEAR, (np.nan,) * 3),
            "Breadth goes with more achievement, but hours could not be held equal",
        ),
    ],
)
def test_the_row_at_equal_hours_decides(rows, finding):
    ax = check(charts.breadth_odds(odds(*rows), learners()))
    assert ax.finding == finding
    assert "effect of" not in ax.alt_text + ax.reading


def test_each_learner_is_a_dot_and_who_achieved_is_filled():
    people = learners()
    dots, _ = charts.breadth_odds(odds(OPEN, OPEN, OPEN, OPEN), people).child_axes
    hollow, filled = dots.lines
    assert (hollow.get_markerfacecolor(), filled.get_markerfacecolor()) == ("none", style.INK)
    assert filled.get_xdata() == pytest.approx(people.loc[people["achieved"], "hours"])
    assert filled.get_ydata() == pytest.approx(people.loc[people["achieved"], "effective"])
    assert len(hollow.get_xdata()) == 40


def test_the_odds_ratios_stand_below_with_their_intervals():
    rows = (CLEAR, OPEN, LESS, (1.2, 0.9, 40.0))
    ax = charts.breadth_odds(odds(*rows), learners())
    _, ratios = ax.child_axes
    assert ratios.lines[1].get_xdata().tolist() == [1.9, 1.1, 1.2]
    (bars,) = ratios.collections
    assert [segment[:, 0].tolist() for segment in bars.get_segments()] == [[1.3, 2.8], [0.7, 1.7], [0.9, 40.0]]
    labels = [label.get_text().replace("\n", " ") for label in ratios.get_yticklabels()]
    assert labels == ["crude", "at equal hours", "at equal hours and sessions"]
    assert ratios.get_xlim()[1] <= 16
    assert "×1.9 (1.3 to 2.8)" in [text.get_text() for text in ratios.texts]
    assert "28 of 60 learners achieved" in ax.alt_text


def test_who_has_no_hours_is_not_drawn_and_named(words):
    people = learners()
    people.loc[:2, "hours"] = np.nan
    ax = check(charts.breadth_odds(odds(OPEN, OPEN, OPEN, OPEN), people))
    assert "Not drawn: 3 learners without hours" in words(ax)
    told = odds(OPEN, OPEN, OPEN, OPEN, reason=["", "3 learners without any minutes left out"] * 2)
    assert "3 learners without any minutes left out" in words(check(charts.breadth_odds(told, people)))


def test_without_any_hours_sessions_are_drawn():
    dots, _ = charts.breadth_odds(odds(OPEN, OPEN, OPEN, OPEN), learners(hours=np.nan)).child_axes
    assert dots.get_xlabel() == "practice sessions"
    assert set(dots.lines[0].get_xdata()) == {40}


def test_too_little_is_a_sentence():
    why = "2 of 11 learners achieved: it takes 3 who did and 3 who did not"
    ax = check(charts.breadth_odds(odds(reason=why), learners(11)))
    assert ax.is_empty
    assert ax.finding.endswith(f"to show. {why}.")
    empty = charts.breadth_odds(odds().head(0), learners(0))
    assert empty.finding.endswith("it takes the logs of several learners, and milestones that some have reached.")


@pytest.mark.parametrize("n", [2, 6, 400])
@pytest.mark.parametrize("row", [OPEN, (3e5, 2.0, np.inf), (1e-4, 0.0, 0.9)], ids=["open", "vast", "tiny"])
def test_extremes_draw(n, row):
    check(charts.breadth_odds(odds(row, row, row, row), learners(n)))


def test_everybody_with_the_same_hours_and_breadth_draws():
    check(charts.breadth_odds(odds(OPEN, OPEN, OPEN, OPEN), learners(8, hours=30.0, effective=2.0)))


def test_it_draws_on_the_users_own_axes_and_leaves_the_tables_alone():
    rows, people = odds(OPEN, OPEN, OPEN, OPEN), learners()
    copies = rows.copy(deep=True), people.copy(deep=True)
    _, ax = plt.subplots()
    assert charts.breadth_odds(rows, people, ax=ax) is ax
    assert ax.get_title(loc="left").replace("\n", " ") == ax.finding
    pd.testing.assert_frame_equal(rows, copies[0])
    pd.testing.assert_frame_equal(people, copies[1])
