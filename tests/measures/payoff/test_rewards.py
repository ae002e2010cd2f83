"""Rewards: means, trends and rates against hand counts, statsmodels and simulated truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from mmlib.log import check_log, empty_log
from mmlib.measures import payoff


def log_of(n=60, skill="juggling", **columns):
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    return check_log(pd.DataFrame({"skill": skill, "start": start, **columns}))


def one(log, reward="payoff"):
    return payoff.felt(log).set_index("reward").loc[reward]


def trend(row):
    return row[[f"trend_per_10_sessions{end}" for end in ("", "_low", "_high")]].astype(float).tolist()


def test_felt_is_the_mean_rating():
    table = payoff.felt(log_of(payoff=[3, 4, 5, 4, 2] * 12, praise=[5.0] * 2 + [np.nan] * 58)).set_index("reward")
    assert table.loc["payoff", "estimate"] == pytest.approx(3.6)
    assert 1 <= table.loc["payoff", "low"] < 3.6 < table.loc["payoff", "high"] <= 5
    assert table.loc["praise", ["estimate", "n"]].tolist() == [5, 2]
    assert table.loc["praise", "reason"] == "2 sessions with praise rated: an interval needs at least 3"
    assert table.loc["praise", "trend_reason"] == "2 sessions with praise rated: a trend needs at least 6"


def test_the_trend_is_about_that_of_a_regression_where_noise_is_independent():
    rng = np.random.default_rng(5)
    session = np.arange(80)
    ratings = np.clip(np.round(2.5 + 0.015 * session + 0.6 * rng.normal(size=80)), 1, 5)
    found = trend(one(log_of(80, payoff=ratings)))
    ols = sm.OLS(ratings, sm.add_constant(session / 10)).fit()
    low, high = ols.conf_int()[1]
    assert found[0] == pytest.approx(ols.params[1], abs=0.2 * ols.bse[1])
    assert found[1] < low + 0.2 * ols.bse[1]
    assert found[2] > high - 0.2 * ols.bse[1]
    assert found[1] > 0


def test_unrated_sessions_count_in_the_trend():
    ratings = pd.Series(np.linspace(2, 4, 41)).where(np.arange(41) % 4 == 0)
    found = one(log_of(41, payoff=ratings))
    assert found["n"] == 11
    assert trend(found)[0] == pytest.approx(0.5)  # two points over forty sessions


def test_ratings_that_never_change_have_a_trend_near_nothing_but_not_certain():
    estimate, low, high = trend(one(log_of(20, payoff=4.0)))
    assert estimate == pytest.approx(0, abs=1e-9)
    assert low < -0.05 < 0.05 < high


def test_noise_that_lasts_widens_the_trend():
    rng = np.random.default_rng(2)
    noise = rng.normal(size=60)
    lasting = np.array([noise[max(0, i - 7) : i + 1].sum() for i in range(60)])
    quick, slow = (one(log_of(payoff=np.clip(3 + 0.5 * e / e.std(), 1, 5))) for e in (noise, lasting))
    widths = [trend(row)[2] - trend(row)[1] for row in (quick, slow)]
    assert widths[1] > 1.5 * widths[0]


def test_the_rate_is_points_above_one_over_hours():
    log = log_of(6, payoff=[3, 4, np.nan, 5, 2, 4], minutes=[30, 15, 60, 45, np.nan, 30])
    found = one(log)
    assert found["points_per_hour"] == pytest.approx((2 + 3 + 4 + 3) / (0.5 + 0.25 + 0.75 + 0.5))
    assert 0 <= found["points_per_hour_low"] < found["points_per_hour"] < found["points_per_hour_high"]
    untimed = one(log.assign(minutes=np.nan))
    assert np.isnan(untimed["points_per_hour"])


def test_no_reward_at_all_is_no_point_per_hour_and_not_certain():
    found = one(log_of(12, payoff=1.0, minutes=20.0))
    assert (found["points_per_hour"], found["points_per_hour_low"]) == (0, 0)
    assert found["points_per_hour_high"] > 0.3


def test_sessions_are_taken_in_their_order():
    log = log_of(payoff=np.linspace(2, 4, 60))
    shuffled = log.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(payoff.felt(shuffled), payoff.felt(log))


def test_empty_and_bare_logs_keep_columns_and_types():
    full = payoff.felt(log_of(payoff=[3, 4, 5, 4, 2] * 12)).dtypes.astype(str).to_dict()
    for log in (empty_log(), log_of(1)):
        assert payoff.felt(log).dtypes.astype(str).to_dict() == full
