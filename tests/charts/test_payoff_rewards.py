"""Rewards: the mean, the trend and the rate: what is drawn, and what the titles claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmlib.charts import payoff


def estimates(names, values, half=0.3, n=20, **columns):
    values = np.asarray(values, dtype=float)
    table = pd.DataFrame({"learner": "ada", "skill": names, "estimate": values, "low": values - half})
    return table.assign(high=values + half, n=n, reason="", **columns)


def other(name, names, values, half=0.3, n=20, **columns):
    """The table with an estimate of another name than the mean."""
    table = estimates(names, values, half, n, **columns)
    return table.rename(columns={"estimate": name, "low": f"{name}_low", "high": f"{name}_high"})


def trends(names, values, half=0.3, **columns):
    return other("trend_per_10_sessions", names, values, half, **({"reward": "payoff"} | columns))


def test_felt_draws_both_rewards_and_sorts_by_payoff(words):
    table = pd.concat(
        [
            estimates(["omelette", "ukulele"], [3.0, 4.4], reward="payoff", n=23),
            estimates(["omelette", "ukulele", "surf"], [3.9, 2.0, np.nan], reward="praise", n=[23, 5, 1]),
        ]
    )
    ax = payoff.felt(table)
    assert ax.finding == "Ukulele feels most rewarding: payoff 4.4 of 5; omelette earns most praise (3.9)"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ukulele", "omelette"]
    praise, felt = ax.lines
    assert list(praise.get_xdata()) == [2.0, 3.9]
    assert list(felt.get_xdata()) == [4.4, 3.0]
    assert "n = 23 and 5" in words(ax)
    assert "payoff" in words(ax)


def test_felt_says_it_once_where_one_skill_leads_both():
    table = pd.concat([estimates(["a", "b"], [4.0, 3.0], reward=reward) for reward in ("payoff", "praise")])
    assert payoff.felt(table).finding == "A feels most rewarding: payoff 4.0 of 5; it also earns most praise (4.0)"


def test_a_trend_is_named_where_its_interval_keeps_clear_of_zero(words):
    ax = payoff.felt_trend(trends(["omelette", "ukulele", "surf"], [0.5, -0.1, -0.6]))
    assert ax.finding == (
        "Surf pays less and less: −0.6 points per 10 sessions (−0.9 to −0.3); "
        "omelette pays more and more: +0.5 points per 10 sessions (0.2 to 0.8)"
    )
    assert list(ax.lines[-1].get_xdata()) == [0.5, -0.1, -0.6]
    assert "ukulele payoff −0.1" in ax.alt_text
    assert "n = 20" in words(ax)


def test_several_trends_are_named_without_numbers():
    ax = payoff.felt_trend(trends(list("abcd"), [-0.5, -0.6, -0.7, -0.8]))
    assert ax.finding == "D, c and 2 others pay less and less"


def test_no_clear_trend_is_said_so():
    ax = payoff.felt_trend(trends(["omelette", "ukulele"], [0.1, -0.2]))
    assert ax.finding == "No skill's payoff clearly rises or falls"


def test_a_very_unsure_trend_does_not_flatten_the_others():
    table = pd.concat([trends(list("abcdef"), [0.1, 0.0, -0.1, 0.05, 0.02, 0.08]), trends(["g"], [0.2], half=20.0)])
    left, right = payoff.felt_trend(table).get_xlim()
    assert right == -left
    assert right < 1


def test_the_hourly_rate_names_the_first_and_compares_it_with_the_last():
    rows = other("points_per_hour", ["bread", "circle"], [2.0, 21.0], 0.5, reward="payoff")
    praise = other("points_per_hour", ["bread"], [40.0], 0.5, reward="praise")
    ax = payoff.felt_per_hour(pd.concat([rows, praise]))
    assert ax.finding == ("An hour of circle pays most: 21 points (20.5 to 21.5), 10 times as many as an hour of bread")
    assert list(ax.lines[0].get_xdata()) == [21.0, 2.0]
    assert "Points per hour: circle 21 and bread 2" in ax.alt_text


def test_rates_that_overlap_are_not_multiplied():
    ax = payoff.felt_per_hour(other("points_per_hour", ["a", "b"], [4.0, 5.0], 2.0, reward="payoff"))
    assert ax.finding == "An hour of b pays most: 5 points (3 to 7)"


@pytest.mark.parametrize("chart", [payoff.felt_trend, payoff.felt_per_hour])
def test_nothing_rated_is_one_sentence(chart):
    ax = chart(trends([], []))
    assert ax.finding.startswith("There is no ")
