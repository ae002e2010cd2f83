"""The way in: what is drawn, and what the title claims."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.charts import payoff


def table(names, shares, half=0.1, **columns):
    shares = np.asarray(shares, dtype=float)
    rows = pd.DataFrame({"learner": "ada", "skill": names, "estimate": shares, "low": shares - half})
    rest = {"sessions_to_payoff": 2, "minutes_to_payoff": 25.0, "change_low": np.nan}
    return rows.assign(**({"high": shares + half, "n": 30} | rest | columns))


def test_it_names_the_skills_whose_gain_came_at_once(words):
    ax = payoff.entry(table(["circle", "omelette", "surf"], [0.2, 0.77, 0.65]))
    assert ax.finding == "More than half of the gain so far came in the first 5 trials of omelette (77%) and surf (65%)"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["omelette", "surf", "circle"]
    assert list(ax.lines[-1].get_xdata()) == [0.77, 0.65, 0.2]
    assert "paid after 25 min" in words(ax)
    assert "Omelette 77% and paid after 25 min" in ax.alt_text


def test_it_names_the_highest_where_none_is_clearly_over_half():
    ax = payoff.entry(table(["circle", "omelette"], [0.05, 0.5]), first=7)
    assert ax.finding == "Omelette gained the largest clear share in the first 7 trials: 50% (40% to 60%)"
    one = payoff.entry(table(["circle"], [0.25]))
    assert one.finding == "25% of the gain so far in circle came in the first 5 trials (15% to 35%)"


def test_a_share_that_may_be_none_is_no_finding():
    at_most = payoff.entry(table(["circle"], [0.0]).assign(low=0.0, high=0.12))
    assert at_most.finding == "At most 12% of the gain so far in circle came in the first 5 trials"
    wide = table(["circle", "omelette"], [0.7, 0.2]).assign(low=0.0, high=1.8)
    assert payoff.entry(wide).finding == "In neither skill can a gain in the first 5 trials be told from the noise"
    assert payoff.entry(wide.head(1)).finding == (
        "How much of the gain in circle came in the first 5 trials cannot be told from the noise"
    )


def test_without_anything_to_draw_the_tables_reasons_are_told():
    rows = table(["circle"], [np.nan]).assign(sessions_to_payoff=pd.NA, reason="no gain so far; no part entry_trick")
    assert payoff.entry(rows).finding == "There is no way in to show. No gain so far."
    both = pd.concat([rows, rows.assign(skill="omelette", reason="3 trials with a score")])
    assert payoff.entry(both).finding == (
        "There is no way in to show. Circle: no gain so far. Omelette: 3 trials with a score."
    )


def test_without_a_share_the_first_to_pay_is_named(words):
    rows = table(["circle", "omelette"], [np.nan, np.nan], minutes_to_payoff=[40.0, 15.0])
    ax = payoff.entry(rows)
    assert ax.finding == "Omelette paid soonest: after 15 min"
    assert list(ax.lines[-1].get_xdata()) == [15.0, 40.0]
    untimed = rows.assign(minutes_to_payoff=np.nan, sessions_to_payoff=[1, 3])
    ax = payoff.entry(untimed)
    assert ax.finding == "Circle paid soonest: after 1 session"
    assert "paid after 3 sessions" in words(ax)


def test_without_ratings_nothing_is_said_of_a_payoff(words):
    rows = table(["circle"], [0.3]).assign(
        sessions_to_payoff=pd.array([pd.NA], dtype="Int64"), minutes_to_payoff=np.nan
    )
    ax = payoff.entry(rows)
    assert "payoff" not in words(ax)


def test_the_entry_trick_stands_in_the_footnote(words):
    rows = table(["circle"], [0.3], payoff_before=2.5, payoff_after=4.5, change=2.0, change_low=1.4, change_high=2.6)
    assert "circle 2.5 → 4.5 (a difference of 2.0, 1.4 to 2.6)" in words(payoff.entry(rows))


def test_shares_far_outside_stay_on_the_chart():
    ax = payoff.entry(table(["a", "b"], [1.4, -0.4], half=3.0))
    left, right = ax.get_xlim()
    assert -0.7 < left < -0.4
    assert 1.4 < right < 1.7
    left, right = payoff.entry(table(["a", "b"], [2.4, -1.27], half=3.0)).get_xlim()
    assert left < -1.27
    assert right > 2.4
