"""Learning curves and progress: what is drawn, and what the titles claim."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from mmlib.charts import payoff, style


def series(skill="juggling", n=50, start=34.0, end=61.0, *, band=2.0, better="higher", model="power", **columns):
    fitted = np.linspace(start, end, n)
    table = pd.DataFrame(
        {
            "learner": "ada", "skill": skill, "trial": np.arange(1, n + 1),
            "start": pd.date_range("2026-09-01", periods=n), "observed": fitted + np.resize([1.0, -1.0], n),
            "fitted": fitted, "low": fitted - band, "high": fitted + band, "better": better, "unit": "catches",
            "target": np.nan, "model": model,
        }
    )  # fmt: skip
    return table.assign(**columns)


def unfitted(skill, n=5):
    return series(skill, n, fitted=np.nan, low=np.nan, high=np.nan, model=None)


def lines(ax, color):
    return [line for line in ax.lines if mpl.colors.to_hex(line.get_color()) == color]


def test_learning_curves_draws_trials_curve_and_target():
    points = series(target=70.0)
    ax = payoff.learning_curves(points, since="2026-10-01")[0, 0]
    old, new = lines(ax, style.OBSERVED)[0], lines(ax, style.HIGHLIGHT)[0]
    assert len(old.get_xdata()) == 30  # the 30 days of September
    assert len(new.get_xdata()) == 20
    assert list(new.get_ydata()) == list(points["observed"][30:])
    assert list(lines(ax, style.ACCENT)[0].get_ydata()) == list(points["fitted"])
    assert lines(ax, style.TARGET)[0].get_ydata()[0] == 70
    assert ax.get_ylim()[1] > 70
    assert ax.finding == "Juggling went from 34 to 61 catches over 50 trials"


@pytest.mark.parametrize(
    ("minutes", "places", "name"), [(5.0, 1.0, "minutes of practice"), (30.0, 1 / 60, "hours of practice")]
)
def test_a_curve_over_minutes_stands_on_the_time_practised(minutes, places, name):
    total = np.arange(1, 51) * minutes
    points = series(minutes_total=total, over="minutes")
    small, large = payoff.learning_curves(points)[0, 0], payoff.learning_curve(points)
    for ax in (small, large):
        assert ax.get_xlabel() == name
        assert lines(ax, style.OBSERVED)[0].get_xdata() == pytest.approx(total * places)
        assert lines(ax, style.ACCENT)[0].get_xdata() == pytest.approx(total * places)
        assert ax.get_xlim()[0] < 0 < total[-1] * places < ax.get_xlim()[1]
    assert payoff.learning_curve(series(minutes_total=total, over="trial")).get_xlabel() == "trial"


def test_panels_name_their_own_scale_of_time():
    short, long = (
        series(name, minutes_total=np.arange(1, 51) * m, over="minutes") for name, m in (("a", 5), ("b", 60))
    )
    axes = payoff.learning_curves(pd.concat([short, long]))
    assert {ax.get_xlabel() for ax in axes.flat} == {"minutes of practice", "hours of practice"}


def test_learning_curves_counts_clear_improvements_only(words):
    points = pd.concat(
        [
            series("juggling"),
            series("ukulele", n=40, start=50, end=51, band=5.0),  # bands overlap
            series("circle", n=30, start=8, end=2, band=0.5, better="lower", unit="mm"),  # lower is better
            series("omelette", n=20, start=9, end=4, band=0.5),  # got worse
            series("sourdough", n=10, start=5, end=5, model="flat"),
            unfitted("harmonica"),
        ]
    )
    axes = payoff.learning_curves(points)
    assert axes.shape == (2, 3)
    went = "juggling went from 34 to 61 catches; omelette got worse"
    assert axes[0, 0].finding == f"2 of 6 skills improved clearly; {went}"
    assert "8 → 2 mm" in words(axes[0, 2])
    assert "lower is better" in words(axes[0, 2])
    assert "about 5 catches" in words(axes[1, 1])
    assert "too few trials for a curve" in words(axes[1, 2])
    assert "circle went from 8 to 2 mm over 30 trials" in axes[0, 0].alt_text
    assert "harmonica has too few trials for a curve (5 trials)" in axes[0, 0].alt_text


def test_the_most_practised_since_come_first():
    early = series("early", n=30)
    late = series("late", n=20, start=1.0).assign(start=pd.date_range("2026-10-05", periods=20))
    axes = payoff.learning_curves(pd.concat([early, late]), since="2026-10-01")
    assert [ax.get_title(loc="left") for ax in axes.flat] == ["late", "early"]
    axes = payoff.learning_curves(pd.concat([early, late]))
    assert [ax.get_title(loc="left") for ax in axes.flat] == ["early", "late"]


def test_nine_of_27_skills_are_drawn_and_said_so(words):
    axes = payoff.learning_curves(pd.concat([series(f"skill {i}", n=10 + i) for i in range(27)]))
    assert axes.shape == (3, 3)
    assert "the 9 most practised of 27 skills" in words(axes[0, 0])


def test_a_few_extreme_trials_do_not_flatten_a_long_series():
    points = series("cube", n=20_000, start=40.0, end=12.0, better="lower", unit="seconds")
    points.loc[[5_000, 15_000], "observed"] = 5_000.0
    points.loc[7_000, "observed"] = np.nan
    ax = payoff.learning_curve(points)
    assert ax.get_ylim()[1] < 150
    assert "2 of them lie beyond the panel's edge" in ax.reading
    assert "1 trial without a score is not drawn" in ax.reading
    dots = lines(ax, style.OBSERVED)[0]
    assert len(dots.get_xdata()) == 19_999
    assert dots.get_rasterized()
    assert len(lines(ax, style.ACCENT)[0].get_xdata()) <= 300


def test_a_curve_begins_at_the_first_scored_trial():
    points = series(n=28, start=34.0, end=61.0)
    points.loc[:8, "observed"] = np.nan
    assert payoff.learning_curve(points).finding == "Juggling went from 43 to 61 catches over 19 trials"


def test_a_far_target_is_named_without_being_drawn(words):
    ax = payoff.learning_curve(series(target=1_000.0))
    assert not lines(ax, style.TARGET)
    assert "target 1,000 ↑" in words(ax)
    assert ax.get_ylim()[1] < 100


@pytest.mark.parametrize(
    ("points", "finding"),
    [
        (unfitted("harmonica"), "Harmonica has too few trials for a curve (5 trials)"),
        (unfitted("harmonica", 1), "Harmonica has too few trials for a curve (1 trial)"),
        (series(model="flat", start=5, end=5), "Juggling shows no clear change over 50 trials: about 5 catches"),
        (pd.concat([unfitted("a"), unfitted("b")]), "No skill has enough trials for a learning curve yet"),
        (
            pd.concat([series("a", start=5, end=5), series("b", start=9, end=5)]),
            "Neither skill shows a clear improvement over all its trials",
        ),
        (series(observed=np.nan), "There are no learning curves to show: no trial has a score yet."),
    ],
)
def test_learning_curves_titles(points, finding):
    assert payoff.learning_curves(points).flat[0].finding == finding


def estimates(names, values, half=0.3, n=20, **columns):
    values = np.asarray(values, dtype=float)
    table = pd.DataFrame({"learner": "ada", "skill": names, "estimate": values, "low": values - half})
    return table.assign(high=values + half, n=n, reason="", **columns)


def changes(**columns):
    table = estimates(["juggling", "ukulele", "circle", "omelette"], [7.0, 0.2, -2.0, 1.0], half=1.5)
    table = table.assign(unit="catches", before=[34.0, 20.0, 8.0, 5.0], now=[41.0, 20.2, 6.0, 6.0], n_before=9, n_now=5)
    return table.assign(**columns)


def test_progress_names_what_changed_clearly(words):
    ax = payoff.progress(changes())
    assert ax.finding == (
        "Juggling improved clearly, from 34 to 41 catches; circle fell back clearly, from 8 to 6 catches"
    )
    assert ax.lines[1].get_xdata()[0] == pytest.approx(7.0 / 8.5)
    assert "34 → 41 catches" in words(ax)
    assert "20 trials now and 36 before" in ax.reading


def test_progress_lists_what_has_too_few_scores(words):
    table = changes()
    table.loc[1, ["low", "high"]] = np.nan
    ax = payoff.progress(table)
    assert len(ax.lines[1].get_xdata()) == 3
    assert "Too few scores to say: ukulele (20.0 → 20.2 catches)" in words(ax)


def test_trials_only_won_or_lost_are_drawn_as_rates_of_many_in_a_row(words):
    won = np.tile([0.0, 1.0, 1.0, 1.0], 100)
    rates = series(n=400, start=0.5, end=0.78, band=0.02, observed=won, unit="success rate", model="logistic")
    ax = payoff.learning_curve(rates)
    dots = lines(ax, style.OBSERVED)[0].get_ydata()
    assert list(dots) == [pd.Series(won[i : i + 10]).mean() for i in range(0, 400, 10)]
    assert ax.finding == "Juggling went from 50% to 78% over 400 trials"
    assert "Each dot is the success rate of 10 trials in a row" in words(ax)
    assert all(label.get_text().endswith("%") for label in ax.get_yticklabels())
    both = payoff.learning_curves(pd.concat([rates, series("ukulele", n=20)]))[0, 0]
    assert "Each dot is a trial, or the success rate of 10 trials in a row" in words(both)


def test_rates_of_several_attempts_stay_trials():
    rates = series(n=40, start=0.5, end=0.7, band=0.02, unit="success rate")
    assert len(lines(payoff.learning_curve(rates), style.OBSERVED)[0].get_ydata()) == 40


def test_a_curve_that_got_worse_says_so():
    slower = series("long runs", start=4.8, end=5.3, band=0.05, better="lower", unit="minutes per km")
    ax = payoff.learning_curve(slower)
    assert ax.finding == "Long runs got worse, from 4.80 to 5.30 minutes per km over 50 trials"
    both = payoff.learning_curves(pd.concat([slower, series("short runs", start=5, end=5.01, better="lower")]))
    assert both[0, 0].finding == ("Neither skill shows a clear improvement over all its trials; long runs got worse")


def test_a_curve_is_said_to_begin_no_further_off_than_its_first_trials():
    points = series(n=200, start=40, end=80)
    points.loc[0, "fitted"], points.loc[150, "observed"] = 12.0, 15.0
    first = points["observed"].head(10).min()
    assert payoff.learning_curve(points).finding == f"Juggling went from {first:.0f} to 80 catches over 200 trials"
