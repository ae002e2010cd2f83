"""Every chart with nothing, one row, no estimates, 27 skills and names that are hard to draw."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
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
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenherstellung",
    r"back\slash \$ {brace}",
]
NAMES = [*HARD, *(f"skill {i:02d}" for i in range(27 - len(HARD)))]
PARTS = [
    "entry_trick",
    "rub_pat_barrier",
    "background_support",
    "payoff",
    "repeatability",
    "experimental_possibilities",
]
MONTHS = pd.date_range("2025-05-01", periods=18, freq="MS")


def crossed(names, others, other):
    return pd.MultiIndex.from_product([names, others], names=["name", other]).to_frame(index=False)


def estimates(names, known=True):
    value = np.linspace(1.2, 4.8, len(names)) if known else np.full(len(names), np.nan)
    table = pd.DataFrame({"learner": "ada", "skill": names, "estimate": value, "low": value - 0.4, "high": value + 0.4})
    return table.assign(n=12, n_now=5, n_before=4, before=2.0, after=2 + value, now=2 + value, unit="points", reason="")


def points(names, known=True):
    value = np.linspace(3, 9, 20) if known else np.full(20, np.nan)
    one = pd.DataFrame({"trial": range(1, 21), "start": pd.date_range("2026-10-01", periods=20), "fitted": value})
    one = one.assign(observed=np.linspace(3, 9, 20), low=value - 1, high=value + 1, better="lower", unit="points")
    one = one.assign(target=2.0, model="power" if known else None, learner="ada")
    return pd.concat([one.assign(skill=name) for name in names] or [one.assign(skill="").head(0)])


def totals(names, known=True):
    return pd.DataFrame({"skill": names, "sessions": 2, "minutes": np.arange(len(names)) + (5.0 if known else np.nan)})


def per_month(names, column, known=True):
    table = crossed(names, MONTHS, "period").rename(columns={"name": column})
    table["share"] = 1 / max(len(names), 1) if known else np.nan
    return table.assign(minutes=30.0 if known else np.nan, sessions=2)


def gaps(names, known=True):
    return crossed(names, [np.nan, 1.0, 2.0] if known else [np.nan], "gap_days").rename(columns={"name": "skill"})


def scores(names, known=True):
    return crossed(names, PARTS, "part").rename(columns={"name": "skill"}).assign(score=0.4 if known else np.nan)


def felt(names, known=True):
    return pd.concat([estimates(names, known).assign(reward=reward) for reward in ("payoff", "praise")])


def rewards(names, known=True):
    table = estimates(names, known).assign(reward="payoff")
    ends = {"estimate": "", "low": "_low", "high": "_high"}
    other = {
        f"{name}{end}": table[of] for name in ("trend_per_10_sessions", "points_per_hour") for of, end in ends.items()
    }
    praise = table.assign(reward="praise", **other)
    return pd.concat([table.assign(**other), praise])


def entry(names, known=True):
    return estimates(names, known).assign(sessions_to_payoff=3 if known else pd.NA, minutes_to_payoff=20.0)


def learner(names, known=True):
    table = pd.DataFrame({"date": pd.date_range("2026-10-01", periods=len(names)), "sessions": 1})
    return table.assign(minutes=20.0 if known else np.nan, learner=names[0] if len(names) else "")


def breadth(names, known=True):
    table = pd.DataFrame({"period": MONTHS[: len(names)], "n_practised": 2})
    return table.assign(hill_1=1.5 if known else np.nan)


def flow(names, known=True):
    return estimates(names[:5], known).assign(challenge=range(1, len(names[:5]) + 1))


def deviation(names, known=True):
    bands = flow(names, known).assign(term="deviation", deviation=np.linspace(-1.5, 1.5, len(names[:5])))
    slope = estimates(names[:1], known).assign(term="slope", deviation=np.nan)
    return pd.concat([bands, slope], ignore_index=True)


def deviation_of_many(names, known=True):
    every = estimates(["all"], known).assign(learner=None, learners=len(names))
    return pd.concat([estimates(names, known).assign(learner=names), every.head(len(names))]).assign(term="slope")


CHARTS = {
    "calendar": (charts.calendar, learner),
    "totals": (charts.totals, totals),
    "spacing": (charts.spacing, gaps),
    "learning_curves": (charts.learning_curves, points),
    "learning_curve": (charts.learning_curve, points),
    "felt": (charts.felt, felt),
    "felt_trend": (charts.felt_trend, rewards),
    "felt_per_hour": (charts.felt_per_hour, rewards),
    "entry": (charts.entry, entry),
    "flow": (charts.flow, flow),
    "flow_deviation": (charts.flow_deviation, deviation),
    "flow_deviation of many": (charts.flow_deviation, deviation_of_many),
    "progress": (charts.progress, estimates),
    "breadth": (charts.breadth, breadth),
    "hours": (charts.hours, lambda names, known=True: per_month(names, "domain", known)),
    "scorecard": (charts.scorecard, scores),
    "balance": (charts.balance, lambda names, known=True: per_month(names, "self", known)),
    "mood_lift": (charts.mood_lift, estimates),
}


def first(drawn):
    return np.atleast_1d(np.asarray(drawn, dtype=object)).flat[0]


def check(drawn):
    """Draw without a warning, with words, in the page's width, with nothing sticking out of it."""
    ax = first(drawn)
    assert ax.finding
    assert ax.alt_text.endswith(".")
    assert ax.reading.endswith(".") or (ax.reading == "" and ax.finding == ax.alt_text)
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_table_gives_one_sentence(name):
    chart, make = CHARTS[name]
    ax = check(chart(make([])))
    assert ax.finding == ax.alt_text
    assert ax.reading == ""
    assert len(ax.texts) == 1


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("names", [["omelette"], HARD, NAMES], ids=["one", "hard names", "27 skills"])
def test_every_chart_draws(name, names):
    chart, make = CHARTS[name]
    check(chart(make(names)))


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_takes_a_table_without_estimates(name):
    chart, make = CHARTS[name]
    check(chart(make(["omelette", "ukulele"], known=False)))


@pytest.mark.parametrize("name", sorted(CHARTS.keys() - {"learning_curves"}))
def test_every_chart_draws_on_the_users_own_axes(name):
    chart, make = CHARTS[name]
    _, ax = plt.subplots()
    assert chart(make(["omelette", "ukulele"]), ax=ax) is ax
    assert ax.get_title(loc="left").replace("\n", " ") == ax.finding
    assert charts.svg(ax.figure)


@pytest.mark.parametrize("name", CHARTS)
def test_no_chart_changes_its_table(name):
    chart, make = CHARTS[name]
    table = make(["omelette", "ukulele"])
    copy = table.copy(deep=True)
    chart(table)
    pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize("name", CHARTS)
def test_titles_stand_within_the_page_and_apart(name):
    chart, make = CHARTS[name]
    figure = first(chart(make(HARD))).figure
    figure.draw_without_rendering()
    texts = [text for text in figure.texts if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 for box in boxes)
    assert all(box.y0 >= -1 and box.y1 <= figure.bbox.height + 1 for box in boxes)
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    top = max(ax.get_tightbbox().y1 for ax in figure.axes)
    assert top <= boxes[1].y0 + 1
