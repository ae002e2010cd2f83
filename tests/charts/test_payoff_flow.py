"""Flow against challenge and against the deviation from the curve: what is drawn, and what the titles claim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.charts import payoff


def rows(term, values, half=0.2, **columns):
    values = np.asarray(values, dtype=float)
    table = pd.DataFrame({"learner": "ada", "term": term, "estimate": values, "low": values - half})
    return table.assign(**({"high": values + half, "n": 20, "learners": 1, "reason": ""} | columns))


def levels(values, half=0.2):
    return rows("challenge", values, half, challenge=np.arange(1.0, len(values) + 1))


def deviations(slope, half=0.2):
    bands = rows("deviation", [2.9, 3.1, 3.4, 3.6, 4.1], deviation=[-1.5, -0.6, 0.0, 0.6, 1.4])
    return pd.concat([levels([3.0] * 5), bands, rows("slope", [slope], half, n=100)], ignore_index=True)


def test_flow_names_the_best_challenge(words):
    ax = payoff.flow(levels([2.1, 3.2, 4.2, 3.5, np.nan]))
    assert ax.finding == "Flow is highest when the challenge is just right: 4.2 of 5 on average"
    assert list(ax.lines[0].get_ydata()) == [2.1, 3.2, 4.2, 3.5]
    assert "too easy 2.1 (n = 20)" in ax.alt_text
    assert "80 sessions" in ax.reading
    assert "n = 20" in words(ax)


def test_flow_claims_nothing_where_intervals_overlap():
    ax = payoff.flow(levels([3.4, 3.6, 3.5], half=0.5))
    assert ax.finding == "Flow hardly depends on the challenge so far (means from 3.4 to 3.6 of 5)"


def test_flow_leaves_the_rows_of_deviation_to_the_other_chart():
    table = deviations(0.4).assign(challenge=pd.array([1, 2, 3, 4, 5, *[pd.NA] * 6], dtype="Int64"))
    assert list(payoff.flow(table).lines[0].get_ydata()) == [3.0] * 5


def test_deviation_draws_the_bands_and_names_the_slope(words):
    ax = payoff.flow_deviation(deviations(0.4))
    assert ax.finding == (
        "Flow is higher when performance beats the own curve: +0.4 points per standard deviation (0.2 to 0.6)"
    )
    assert list(ax.lines[-1].get_xdata()) == [-1.5, -0.6, 0.0, 0.6, 1.4]
    assert list(ax.lines[-1].get_ydata()) == [2.9, 3.1, 3.4, 3.6, 4.1]
    assert "4.1 at 1.4 (n = 20)" in ax.alt_text
    assert "100 sessions" in ax.reading
    assert "association" in ax.reading
    assert "on the curve" in words(ax)


def test_an_unclear_or_opposite_slope_is_said_so():
    unclear = "Flow does not clearly go with beating the own curve: +0.1 points per standard deviation (−0.1 to 0.3)"
    opposite = "Flow is lower when performance beats the own curve: −0.5 points per standard deviation (−0.7 to −0.3)"
    assert payoff.flow_deviation(deviations(0.1)).finding == unclear
    assert payoff.flow_deviation(deviations(-0.5)).finding == opposite


def test_several_learners_stand_below_the_slope_of_all(words):
    own = rows("slope", np.linspace(-0.2, 0.8, 20), learner=[f"p{i}" for i in range(20)], n=np.arange(20, 40))
    every = rows("slope", [0.3], 0.1, learner=None, learners=20, n=590)
    ax = payoff.flow_deviation(pd.concat([own, every], ignore_index=True))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:2] == ["all 20 learners", "P19"]
    assert len(labels) == 16
    assert ax.finding.startswith("Flow is higher when performance beats the own curve: +0.3 points")
    assert "the 15 of 20 learners with the most sessions" in words(ax)


def test_without_curves_or_ratings_it_is_one_sentence():
    for table in (levels([3.0, 4.0]), deviations(np.nan), levels([]).drop(columns="term")):
        assert payoff.flow_deviation(table).finding.startswith("There is no flow to set against the learning curves")
