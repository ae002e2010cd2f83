"""The forest, its strata, what would explain it away, and the quoted claims: what they draw and what they say."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts.layout import WIDTH
from mmlib.charts.synergy.ratios import span, times

MILESTONE, AMONG = "a “breakthrough”", "among learners who practise as much"
CLAIMS = Path(__file__).resolve().parents[2] / "data" / "root_bernstein_claims.csv"
HARD = ["a name that goes on and on until it has sixty characters, truly", "win $5 and $6", "$x_1$ snake_case^2",
        "<b>bold</b> & --> co", "日本語のあいさつ", r"back\slash \$ {brace}"]  # fmt: skip
MANY = [*HARD, *(f"domain {i:02d}" for i in range(24))]


def odds(names, known=True):
    """Odds ratios from zero to infinity, crude and stratified."""
    n = len(names)
    estimate = np.resize([5.4, 0.0, np.inf, 1.2, 80.0], n) if known else np.full(n, np.nan)
    low = np.resize([1.3, 0.0, 0.8, 0.08, 12.0], n) if known else np.full(n, np.nan)
    high = np.resize([27.3, 1.4, np.inf, 17.9, 1060.0], n) if known else np.full(n, np.nan)
    table = pd.DataFrame({"domain": pd.Series(names, dtype="str"), "estimate": estimate, "low": low, "high": high})
    table = table.assign(q_value=0.08, mh=estimate / 4, mh_low=low / 5, mh_high=high / 3, mh_q=0.8, min_hours=10.0)
    table = table.assign(
        outcome="breakthrough", with_achieved=12, with_not=4, without_achieved=15, without_not=28, n=59
    )
    table = table.assign(mh=table["mh"].where(table.index != 3))
    return table.assign(reason="" if known else "5 learners with another main field: an odds ratio needs at least 8")


def strata(names, known=True):
    each = odds(names, known).rename(columns={"domain": "stratum"}).assign(kind="stratum", n_strata=0)
    ends = odds(["", ""], known).rename(columns={"domain": "stratum"})
    ends = ends.assign(kind=["crude", "stratified"], n_strata=[0, len(names)], estimate=[5.4, 1.2] if known else np.nan)
    return pd.concat([each, ends.head(2 if len(names) else 0)], ignore_index=True).assign(domain="")


def sensitivity(names, known=True):
    table = odds(names, known)
    return table.assign(
        e_value=table["estimate"] + 1, e_value_limit=np.maximum(table["low"], 1), mh_e_value=table["mh"] + 1,
        mh_e_value_limit=1.0, detection=table["estimate"], detection_limit=np.maximum(table["low"], 1), common=True,
    )  # fmt: skip


def claims(names, known=True):
    value = np.resize([22.0, 2.85, 7.5], len(names)) if known else np.nan
    table = pd.DataFrame({"field": pd.Series(names, dtype="str"), "value": value, "quoted_by": "Somebody 2016"})
    return table.assign(comparison_group="typical scientists")


CHARTS = {
    "avocation_odds": (charts.avocation_odds, odds),
    "strata_odds": (charts.strata_odds, strata),
    "sensitivity": (charts.sensitivity, sensitivity),
    "claims": (charts.claims, claims),
}
each_chart = pytest.mark.parametrize("name", CHARTS)


def first(drawn):
    return np.atleast_1d(np.asarray(drawn, dtype=object)).flat[0]


def dots(ax):
    """The marks drawn, as (x, y, marker)."""
    return [
        (float(x), float(y), line.get_marker())
        for line in ax.lines
        if line.get_marker() not in ("None", None, "")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


@each_chart
@pytest.mark.parametrize("names", [["art"], HARD, MANY], ids=["one", "hard names", "30 rows"])
def test_every_chart_draws_with_words_and_within_the_page(name, names):
    chart, make = CHARTS[name]
    ax = first(chart(make(names)))
    assert ax.alt_text.startswith(ax.finding)
    assert ax.alt_text.endswith(".")
    assert ax.reading.endswith(".")
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    figure = ax.figure
    assert charts.svg(figure)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts if text.get_text()]
    assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 2 for box in boxes)
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert figure.get_size_inches()[0] == WIDTH
    assert figure.get_tightbbox().width <= WIDTH + 0.08


@each_chart
def test_an_empty_table_and_one_without_estimates_give_one_sentence(name):
    chart, make = CHARTS[name]
    for table in (make([]), make(["art", "music"], known=False)):
        ax = first(chart(table))
        assert ax.is_empty
        assert ax.finding == ax.alt_text
        assert ax.finding.endswith(".")


@each_chart
def test_no_chart_changes_its_table(name):
    chart, make = CHARTS[name]
    table = make(["art", "music"])
    copy = table.copy(deep=True)
    chart(table)
    pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize("name", ["avocation_odds", "strata_odds", "claims"])
def test_they_draw_on_the_users_own_axes(name):
    chart, make = CHARTS[name]
    _, ax = plt.subplots()
    assert chart(make(["art", "music"]), ax=ax) is ax


def test_the_forest_draws_crude_above_stratified_and_counts_beside(words):
    ax = charts.avocation_odds(odds(["art"]))
    assert [(x, round(y, 2)) for x, y, mark in dots(ax) if mark == "o"] == [(5.4, -0.16), (1.35, 0.16)]
    assert ax.get_xscale() == "log"
    assert "12 of 27 | 4 of 32" in words(ax)
    assert "5.4 (1.3 to 27.3), in strata 1.4 (0.26 to 9.1)" in ax.alt_text


def test_limits_beyond_the_scale_become_arrows_and_infinite_estimates_have_no_dot():
    ax = charts.avocation_odds(odds(["art", "zero", "infinite"]))
    left, right = ax.get_xlim()
    arrows = {(round(y), mark) for x, y, mark in dots(ax) if mark in "<>" and x in (left, right)}
    # From the top: the infinite one, art, zero.
    assert arrows >= {(0, ">"), (2, "<")}
    assert all(left <= x <= right for x, _, _ in dots(ax))
    assert {round(y) for _, y, mark in dots(ax) if mark == "o"} == {1}
    assert "infinite ∞ (at least 0.8)" in ax.alt_text
    assert "zero 0 (at most 1.4)" in ax.alt_text


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, f"Art goes with {MILESTONE} (odds ratio 5.4), but not clearly {AMONG} (1.4)"),
        ({"q_value": 0.5}, "Art does not go clearly with a “breakthrough”"),
        ({"mh_low": 1.1, "mh_q": 0.01}, f"Art (1.4) goes with {MILESTONE}, also {AMONG}"),
        ({"mh": np.nan, "mh_low": np.nan, "mh_high": np.nan},
         f"Art goes with {MILESTONE} (odds ratio 5.4); {AMONG} there is nobody to compare"),
        ({"estimate": 0.2, "low": 0.1, "high": 0.5},
         f"Art seldom goes with {MILESTONE} (odds ratio 0.2), but not clearly {AMONG} (1.4)"),
    ],
)  # fmt: skip
def test_forest_titles(change, finding):
    assert charts.avocation_odds(odds(["art"]).assign(**change)).finding == finding


def test_the_forest_says_why_a_domain_is_not_there(words):
    table = pd.concat([odds(["art"]), odds(["music"], known=False)], ignore_index=True)
    assert "music: 5 learners with another main field" in words(charts.avocation_odds(table))
    alone = charts.avocation_odds(odds(["music"], known=False))
    assert alone.finding == (
        "There are no odds ratios to show. Music: 5 learners with another main field: an odds ratio needs at least 8."
    )


def test_the_strata_end_with_all_together_and_within(words):
    ax = charts.strata_odds(strata(["large", "small"]))
    assert [(x, y) for x, y, mark in dots(ax) if mark == "o"] == [(5.4, 0), (5.4, 2), (1.2, 3)]
    assert "44% of 16" not in words(ax)
    assert "75% of 16 | 35% of 43" in words(ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["large", "small", "all together", "within strata"]
    assert ax.finding == "Thrown together the odds ratio is 5.4, within the 2 strata it is 1.2"


def test_an_odds_ratio_that_turns_round_is_called_so():
    table = strata(["large", "small"])
    table.loc[3, "estimate"] = 0.8
    assert charts.strata_odds(table).finding == (
        "The odds ratio turns round: 5.4 thrown together, 0.8 within the 2 strata"
    )


def test_strata_of_hours_are_named_by_their_hours():
    table = strata(["1", "2"]).assign(hours_from=[8.2, 12.0, np.nan, np.nan], hours_to=[11.75, 30.6, np.nan, np.nan])
    labels = [label.get_text() for label in charts.strata_odds(table).get_yticklabels()]
    assert labels[:2] == ["8 to 12 h", "12 to 31 h"]


def test_sensitivity_draws_estimates_and_limits_in_both_panels(words):
    axes = charts.sensitivity(sensitivity(["art"]))
    unmeasured, unequal = axes[0]
    assert {(round(x, 2), mark) for x, _, mark in dots(unmeasured)} == {(6.4, "o"), (1.3, "|"), (2.35, "o"), (1.0, "|")}
    assert {(round(x, 2), mark) for x, _, mark in dots(unequal)} == {(5.4, "o"), (1.3, "|")}
    assert "19% to 77%" in words(unequal)
    assert unmeasured.finding == (
        "To explain art away takes a hidden cause with a risk ratio of 1.3, "
        "or only 77% of the others’ hobbies on record"
    )


def test_sensitivity_says_where_chance_is_enough(words):
    table = sensitivity(["art"]).assign(e_value_limit=1.0, detection_limit=1.0)
    axes = charts.sensitivity(table)
    assert axes[0, 0].finding == "Chance alone could explain the odds ratio"
    assert "chance may do" in words(axes[0, 1])


def test_the_claims_are_open_marks_with_their_numbers_and_sources(words):
    table = pd.read_csv(CLAIMS)
    ax = charts.claims(table)
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert all(line.get_markerfacecolor() == "none" for line in marks)
    drawn = sorted(x for x, _, mark in dots(ax) if mark == "o" and not np.isnan(x))
    assert drawn == sorted(table["value"])
    for name in table["quoted_by"].unique():
        assert name in words(ax)
        assert name in ax.alt_text
    assert "none of it is data" in words(ax)
    assert ax.finding == "Quoted for music: 2 to 15 times as likely, depending on who is read"


def test_every_claim_has_its_source_and_what_of_it_was_seen():
    table = pd.read_csv(CLAIMS)
    assert list(table) == ["field", "claim", "value", "comparison_group", "quoted_by", "source", "checked"]
    assert table.notna().all(axis=None)
    assert (table["value"] > 1).all()
    for row in table.itertuples():
        author, year = row.quoted_by.split()
        assert row.source.startswith(author)
        assert year in row.source
    assert not table.duplicated(["field", "quoted_by"]).any()


def test_ratios_in_words():
    assert [times(x) for x in (15.47, 1059.6, 0.0471, 0.0, np.inf)] == ["15.5", "1,060", "0.05", "0", "∞"]
    assert span(0, np.inf) == "anything"
