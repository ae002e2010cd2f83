"""What a gap costs: what is drawn, and what the titles claim."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts import style

DAYS = np.array([1.0, 2.0, 4.0, 9.0, 30.0])


def row(skill="Japanese", estimate=13.9, low=11.0, high=16.8, **columns):
    table = {"learner": "ada", "skill": skill, "kind": "score", "unit": "phrases", "days": 7.0, "estimate": estimate,
             "low": low, "high": high, "n": 157, "reason": ""}  # fmt: skip
    return pd.DataFrame([table | columns])


def recalled(skill="deck", **columns):
    known = {"kind": "recall", "unit": "share forgotten", "log_loss": 0.466, "log_loss_baseline": 0.485}
    return row(skill, 0.35, 0.33, 0.36, **(known | {"beats_baseline": True, "n": 6372} | columns))


def points(skill="Japanese", loss=6.7, days=DAYS, spread=1.0):
    fitted = loss * np.log1p(days)
    table = pd.DataFrame({"learner": "ada", "skill": skill, "gap_days": days, "observed": fitted + 0.5, "n": 20})
    table = table.assign(low=fitted - spread, high=fitted + spread, fitted=fitted)
    return table.assign(fitted_low=fitted * 0.8 - 0.1, fitted_high=fitted * 1.2 + 0.1)


def shares(skill="deck"):
    table = points(skill)
    return table.assign(observed=0.8, low=0.75, high=0.85, fitted=0.81, fitted_low=0.79, fitted_high=0.83)


def line(ax, color):
    return next(each for each in ax.lines if mpl.colors.to_hex(each.get_color()) == color and len(each.get_xdata()) > 1)


def test_the_title_is_the_clearest_loss():
    table = pd.concat([row("harmonica", 0.2, -0.8, 1.2), row()])
    axes = charts.retention(table, pd.concat([points("harmonica", 0.1), points()]))
    loss = "After 7 days without Japanese, 13.9 (11.0 to 16.8) phrases are lost"
    assert axes[0, 0].finding == f"A loss after a gap shows in 1 of 2 skills. {loss}"
    assert axes[0, 0].get_title(loc="left") == "Japanese"
    assert "For harmonica, no loss over 7 days can be told from noise (−0.8 to 1.2 phrases)" in axes[0, 0].alt_text
    assert axes[0, 0].alt_text.count("without Japanese") == 1


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        (row(estimate=0.2, low=-0.8, high=1.2), "For Japanese, no loss over 7 days can be told from noise (−0.8 to 1.2 "
         "phrases)"),
        (row(estimate=-2, low=-3, high=-1), "After 7 days without Japanese, scores are better, not worse (−3 to −1 "
         "phrases lost)"),
        (row(estimate=6.6, low=5.9, high=7.3, unit=None), "After 7 days without Japanese, 6.6 (5.9 to 7.3) points are "
         "lost"),
        (pd.concat([row(estimate=0.2, low=-0.8, high=1.2), row("ukulele", 0.2, -0.8, 1.2)]),
         "In neither skill can a loss after a gap be told from noise"),
        (pd.concat([row(), row("ukulele", 9, 5, 13)]),
         "A loss after a gap shows in 2 of 2 skills. After 7 days without Japanese, 13.9 (11.0 to 16.8) phrases are "
         "lost"),
        (recalled("Japanese"), "After 7 days, 35% (33% to 36%) of Japanese would be forgotten"),
        (recalled("Japanese", beats_baseline=False, reason="no better"),
         "What is forgotten of Japanese cannot be foreseen better than by its average rate"),
    ],
)  # fmt: skip
def test_titles(table, finding):
    drawn = pd.concat([points(skill) for skill in table["skill"]])
    assert charts.retention(table, drawn)[0, 0].finding == finding


def test_the_fitted_loss_starts_at_no_gap_and_falls():
    ax = charts.retention(row(), points())[0, 0]
    fitted = line(ax, style.ACCENT)
    assert fitted.get_xdata().tolist() == [0.0, *DAYS]
    assert fitted.get_ydata() == pytest.approx(6.7 * np.log1p([0, *DAYS]))
    assert ax.yaxis_inverted()
    assert line(ax, style.OBSERVED).get_ydata() == pytest.approx(6.7 * np.log1p(DAYS) + 0.5)


def test_with_attempts_the_fitted_loss_starts_at_the_first_of_a_sitting():
    ax = charts.retention(row(), points(days=np.array([0.001, 0.2, 1.0, 5.0])))[0, 0]
    assert line(ax, style.ACCENT).get_xdata().tolist() == [0.2, 1.0, 5.0]
    assert len(line(ax, style.OBSERVED).get_xdata()) == 4


def test_recall_is_drawn_in_percent_and_its_judgement_is_told():
    ax = charts.retention(recalled(), shares())[0, 0]
    assert not ax.yaxis_inverted()
    assert line(ax, style.OBSERVED).get_ydata().tolist() == [80.0] * 5
    assert "better than by the average rate (log-loss 0.466 against 0.485" in ax.reading
    worse = recalled(beats_baseline=False, reason="no better")
    assert "no better than by the average rate" in charts.retention(worse, shares())[0, 0].reading


def test_the_pooled_loss_is_told_and_not_drawn():
    pooled = row("all skills", 0.41, -0.53, 1.36, kind="pooled", unit="noise SDs")
    axes = charts.retention(pd.concat([row(), pooled]), points())
    assert axes.size == 1
    unclear = "All scored skills together show no clear change over 7 days (−0.5 to 1.4 standard deviations"
    assert unclear in axes[0, 0].reading
    clear = charts.retention(pd.concat([row(), pooled.assign(low=0.2)]), points())[0, 0]
    assert "All scored skills together lose 0.4 (0.2 to 1.4) standard deviations of their noise" in clear.reading
    nothing = charts.retention(pd.concat([row(), pooled.assign(estimate=-0.001)]), points())[0, 0]
    assert "−0.0 " not in nothing.reading


def test_dots_without_an_interval_are_hollow(words):
    table = points()
    table.loc[4, ["low", "high", "n"]] = [np.nan, np.nan, 2]
    ax = charts.retention(row(), table)[0, 0]
    full, hollow = (each for each in ax.lines if each.get_marker() == "o")
    assert (len(full.get_xdata()), list(hollow.get_xdata())) == (4, [30.0])
    assert hollow.get_markerfacecolor() == "none"
    assert "hollow dots have too few trials for one" in words(ax)
    assert "hollow" not in words(charts.retention(row(), points())[0, 0])


def test_a_success_rate_is_lost_in_percentage_points():
    table = points(loss=0.04).assign(low=0.01, high=0.1)
    ax = charts.retention(row(estimate=0.08, low=0.05, high=0.11, unit="success rate"), table)[0, 0]
    assert ax.finding == "After 7 days without Japanese, 8 (5 to 11) percentage points are lost"
    assert line(ax, style.ACCENT).get_ydata()[-1] == pytest.approx(4 * np.log1p(30))
    assert ax.get_ylabel() == "lost, percentage points"


def test_no_panel_cuts_its_finding_short():
    unit = "characters per minute"
    tables = [row(name, 12.4, 3.2, 21.5, unit=unit) for name in "ab"]
    axes = charts.retention(pd.concat(tables), pd.concat([points("a"), points("b")]))
    assert not any("…" in text.get_text() for ax in axes.flat for text in ax.texts)
    assert all("characters" in ax.get_ylabel() for ax in axes.flat)


def test_silent_skills_are_named_below(words):
    silent = row("surfing", np.nan, np.nan, np.nan, reason="12 scored trials after a gap: a loss needs at least 20")
    ax = charts.retention(pd.concat([row(), silent]), points())[0, 0]
    assert "Too little to say: surfing" in words(ax)


def test_nothing_to_draw_is_said():
    silent = row("surfing", np.nan, np.nan, np.nan, reason="12 scored trials after a gap: a loss needs at least 20")
    one = charts.retention(silent, points().head(0))[0, 0]
    assert one.finding == (
        "There is no cost of gaps to show for surfing: 12 scored trials after a gap: a loss needs at least 20."
    )
    several = charts.retention(pd.concat([silent, silent]), points().head(0))[0, 0]
    assert several.finding.startswith("There is no cost of gaps to show: no skill has enough scored trials")
    assert charts.retention(row().head(0), points().head(0))[0, 0].is_empty


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_many_skills_and_odd_names_fit(n):
    names = [f"日本語 win $5 and snake_case^2 {i} " + "long " * (i % 9) for i in range(n)]
    table = pd.concat([row(name, 5 + i, 2, 9) for i, name in enumerate(names)])
    axes = charts.retention(table, pd.concat([points(name) for name in names]))
    assert axes.size == {1: 1, 2: 2}.get(n, 6)
    figure = axes[0, 0].figure
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts if text.get_text()]
    assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 for box in boxes)
    for ax in axes.flat:
        ticks = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
        assert not any(a.overlaps(b) for a, b in pairwise(ticks))
    assert charts.svg(figure)


@pytest.mark.parametrize("last", [0.6, 1.2, 3.3, 8, 15, 33, 95, 900])
def test_ticks_stand_apart_whatever_the_longest_gap(last):
    ax = charts.retention(pd.concat([row(), row("b")]), pd.concat([points(days=np.array([0.5, last])), points("b")]))
    ax[0, 0].figure.draw_without_rendering()
    ticks = [label.get_window_extent() for label in ax[0, 0].get_xticklabels() if label.get_text()]
    assert len(ticks) >= 2
    assert not any(a.overlaps(b) for a, b in pairwise(ticks))


def test_the_tables_stay_as_they_were():
    table, drawn = row(), points()
    copies = table.copy(deep=True), drawn.copy(deep=True)
    charts.retention(table, drawn)
    pd.testing.assert_frame_equal(table, copies[0])
    pd.testing.assert_frame_equal(drawn, copies[1])
