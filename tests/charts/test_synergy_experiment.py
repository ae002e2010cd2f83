"""The charts of an experiment, against numbers worked out by hand."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts.layout import WIDTH
from mmlib.charts.synergy.experiment_words import could_show, told

HARD = [
    "a name that goes on and on until it has sixty characters, truly",
    "win $5 and $6",
    "snake_case^2",
    "日本語のあいさつ",
]


def row(**kwargs):
    given = {
        "learner": "me", "to_skill": "ukulele", "from_skill": "harmonica", "unit": "points", "better": "higher",
        "estimate": 4.0, "low": 1.0, "high": 7.0, "p_value": 0.032, "noise_sd": 2.0, "n": 16, "n_days": 16,
        "n_blocks": 8, "n_used": 8, "arrangements": 62, "adherence_with": 1.0, "adherence_without": 0.9,
        "carry_over_p": 0.4, "detectable": 3.0, "power_one": 0.4, "verdict": "effect shown", "reason": "",
    }  # fmt: skip
    return pd.DataFrame([given | kwargs])


def points(n=16, **kwargs):
    day = np.arange(n) * 56 // n
    block = day // 7
    with_it = block % 2 == 1
    start = pd.Timestamp("2026-11-02") + pd.to_timedelta(day, unit="D")
    first = pd.Timestamp("2026-11-02") + pd.to_timedelta(7 * block, unit="D")
    given = {
        "learner": "me", "start": start + pd.Timedelta(hours=18), "block": block + 1, "block_start": first,
        "block_end": first + pd.Timedelta(days=6), "condition": np.where(with_it, "with", "without"),
        "deviation": 4.0 * with_it + np.cos(day), "block_mean": 4.0 * with_it, "fitted": 4.0 * with_it,
    }  # fmt: skip
    return pd.DataFrame(given | kwargs)


def draws(n=62):
    values = np.r_[4.0, -4.0, np.linspace(-3.5, 3.5, n - 2)] if n > 1 else np.array([4.0])
    return pd.DataFrame({"learner": "me", "estimate": values, "followed": np.arange(n) == 0})


def drawn(ax):
    """Draw without a warning, in the page's width, with words."""
    assert ax.finding
    assert ax.alt_text.endswith(".")
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, "Effect of harmonica on ukulele: +4 points (+1 to +7), p = 0.032"),
        ({"p_value": 0.0002}, "Effect of harmonica on ukulele: +4 points (+1 to +7), p < 0.001"),
        (
            {"estimate": -0.064, "low": -0.2, "high": 0.051, "p_value": 0.4, "unit": "success rate",
             "verdict": "no effect shown"},
            "No effect of harmonica on ukulele was shown: −6.4 percentage points (−20 to +5.1), p = 0.40",
        ),
        ({"low": np.nan, "high": np.nan}, "Effect of harmonica on ukulele: +4 points, p = 0.032"),
        ({"unit": None}, "Effect of harmonica on ukulele: +4 (+1 to +7), p = 0.032"),
    ],
)  # fmt: skip
def test_the_title_is_what_was_shown(change, finding):
    assert drawn(charts.experiment(points(), row(**change))).finding == finding


def test_trials_effect_and_blocks_are_drawn():
    table = points()
    ax = charts.experiment(table, row())
    dots, effect = (next(line for line in ax.lines if line.get_marker() == mark and len(line.get_xdata()) == 16)
                    for mark in ("o", "None"))  # fmt: skip
    assert dots.get_ydata().tolist() == pytest.approx(table["deviation"].tolist())
    assert effect.get_ydata().tolist() == pytest.approx(table["fitted"].tolist())
    assert len(ax.patches) == 4  # the blocks with it are shaded
    left = {plt.matplotlib.dates.num2date(patch.get_x()).date() for patch in ax.patches}
    assert left == {day.date() for day in table.loc[table["condition"] == "with", "block_start"]}


def test_the_words_say_adherence_what_was_missed_and_carry_over():
    said = " ".join(told(row(verdict="no effect shown", p_value=0.4, adherence_with=0.5).iloc[0]))
    assert "only an effect of 3 points or more was likely (80%) to be shown" in said
    assert "Harmonica was practised on 50% of the days with it, and rested on 90% of the others" in said
    assert "The less a plan is followed" in said
    assert "Practice from before" not in said
    said = " ".join(told(row(carry_over_p=0.01, n_used=7).iloc[0]))
    assert "Practice from before the window still showed (p = 0.010)" in said
    assert "There are trials in 7 of the 8 blocks" in said
    assert "an effect of any size" in told(row(verdict="no effect shown", detectable=np.nan).iloc[0])[2]


def test_what_a_plan_could_show_is_said():
    plan = {"to_skill": "ukulele", "unit": "points", "days_per_week": 5.0, "noise_sd": 2.0, "power_one": 0.4,
            "detectable": 3.1, "reason": ""}  # fmt: skip
    said = could_show(pd.Series(plan))
    assert "ukulele on 5 days a week" in said
    assert "(2 points) with a chance of 40%, and one of 3.1 points with a chance of 80%" in said
    assert "make the plan longer" in could_show(pd.Series(plan | {"detectable": np.nan}))
    assert could_show(pd.Series(plan | {"reason": "no day"})) == "What the plan could show is not known: no day."


def test_the_draws_are_counted_by_colour():
    ax = drawn(charts.experiment_draws(draws(), row()))
    assert ax.finding == "2 of 62 schedules find as much as was found: p = 0.032"
    heights = {}
    for patch in ax.patches:
        colour = plt.matplotlib.colors.to_hex(patch.get_facecolor())
        heights[colour] = heights.get(colour, 0) + patch.get_height()
    assert heights == {charts.style.OBSERVED: 60, charts.style.ACCENT: 2}


def test_what_cannot_be_drawn_is_said():
    unfinished = row(verdict="not finished", reason="3 of 8 blocks are over", estimate=np.nan)
    for ax in (
        charts.experiment(points(deviation=np.nan), unfinished),
        charts.experiment_draws(draws().head(0), unfinished),
    ):
        assert "The experiment of harmonica on ukulele is not finished" in ax.finding
        assert ax.is_empty
    for ax in (charts.experiment(points().head(0), row().head(0)), charts.experiment_draws(draws(), row().head(0))):
        assert "nothing has been practised" in ax.finding.lower()


@pytest.mark.parametrize("name", HARD)
def test_hard_names_are_drawn(name):
    effect = row(to_skill=name, from_skill=name, unit=name)
    drawn(charts.experiment(points(), effect))
    drawn(charts.experiment_draws(draws(), effect))


@pytest.mark.parametrize("n", [1, 30, 3000])
def test_few_and_many_trials_and_schedules_are_drawn(n):
    drawn(charts.experiment(points(n), row(estimate=0.0, better="lower")))
    drawn(charts.experiment_draws(draws(n), row()))
    level = draws(n).assign(estimate=0.0)
    drawn(charts.experiment_draws(level, row(estimate=0.0)))


def test_both_draw_on_the_users_own_axes_and_change_no_table():
    table, effect, values = points(), row(), draws()
    copies = [each.copy(deep=True) for each in (table, effect, values)]
    for chart, of in ((charts.experiment, table), (charts.experiment_draws, values)):
        _, ax = plt.subplots()
        assert chart(of, effect, ax=ax) is ax
    for each, copy in zip((table, effect, values), copies, strict=True):
        pd.testing.assert_frame_equal(each, copy)
