"""Payoff against hand counts, plain pandas and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import payoff


def series(scores, skill="juggling", first="2026-01-01", **columns):
    start = pd.Timestamp(first) + pd.to_timedelta(np.arange(len(scores)), unit="D")
    return pd.DataFrame({"skill": skill, "start": start, "score": scores, **columns})


def log_of(*frames):
    return check_log(pd.concat(frames, ignore_index=True))


@pytest.fixture
def rising():
    trial = np.arange(60)
    noise = 2 * np.random.default_rng(0).normal(size=60)
    return log_of(series(50 - 40 * np.exp(-0.1 * trial) + noise, minutes=10.0))


def test_trials_by_hand():
    log = log_of(
        series([4, None, 9], minutes=[10, None, 30], reps=[None, 5, 6]),
        series([None, None, None], skill="card trick", reps=[10, 0, 4], successes=[5, 0, 3]),
    )
    table = payoff.trials(log)
    juggling, cards = table[table["skill"] == "juggling"], table[table["skill"] == "card trick"]
    assert juggling["trial"].tolist() == [1, 2, 3]
    assert juggling["minutes_total"].tolist() == [10, 10, 40]
    assert juggling["reps_total"].tolist() == [0, 5, 11]
    assert juggling["performance"].isna().tolist() == [False, True, False]
    assert cards["performance"].tolist() == pytest.approx([0.5, np.nan, 0.75], nan_ok=True)
    assert cards["minutes_total"].isna().all()
    assert cards["unit"].unique().tolist() == ["success rate"]
    assert table["better"].unique().tolist() == ["higher"]


def test_the_card_gives_direction_unit_and_target(rising):
    with_card = rising.assign(better="lower", unit="seconds", target=12.0)
    found = payoff.trials(with_card).iloc[0]
    assert (found["better"], found["unit"], found["target"]) == ("lower", "seconds", 12.0)


def test_the_log_is_left_as_it_was(rising):
    before = rising.copy()
    payoff.curve_points(rising, payoff.learning_curves(rising))
    payoff.progress(rising, since="2026-02-01", until="2026-02-28")
    pd.testing.assert_frame_equal(rising, before)


def test_curves_find_the_truth(rising):
    found = payoff.learning_curves(rising).iloc[0]
    assert (found["model"], found["n"], found["identified"], found["reason"]) == ("exponential", 60, True, "")
    assert found["asymptote_low"] <= 50 <= found["asymptote_high"]
    assert found["gain_low"] <= 40 <= found["gain_high"]
    assert found["rate_low"] <= 0.1 <= found["rate_high"]
    assert found["noise_sd"] == pytest.approx(2, rel=0.25)


def test_curves_over_minutes_have_a_rate_per_minute(rising):
    by_trial = payoff.learning_curves(rising, models=("exponential",)).iloc[0]
    by_minute = payoff.learning_curves(rising, over="minutes", models=("exponential",)).iloc[0]
    assert by_minute["rate"] == pytest.approx(by_trial["rate"] / 10, rel=1e-4)
    assert by_minute["gain"] == pytest.approx(by_trial["gain"], rel=1e-4)


def test_lower_is_better_turns_the_gain_round(rising):
    mirrored = rising.assign(score=100 - rising["score"], better="lower")
    up, down = payoff.learning_curves(rising).iloc[0], payoff.learning_curves(mirrored).iloc[0]
    assert down["gain"] == pytest.approx(up["gain"], rel=1e-5)
    assert down["asymptote"] == pytest.approx(100 - up["asymptote"], rel=1e-5)


def test_curves_say_why_they_are_silent():
    log = log_of(series([1, 2, 3]), series([None] * 12, "reading"), series([5.0] * 12, "tea"))
    table = payoff.learning_curves(log).set_index("skill")
    assert table.loc["juggling", "reason"] == "3 trials with a score: a curve needs at least 8"
    assert table.loc["reading", "reason"] == "no trial with a score: a curve needs at least 8"
    assert table.loc["tea", ["model", "reason"]].tolist() == ["flat", "all 12 trials scored the same"]
    assert table["model"].isna().tolist() == [True, True, False]
    assert payoff.learning_curves(log, over="minutes")["reason"].eq("no minutes recorded").all()
    with pytest.raises(MMError, match='expected "trial"'):
        payoff.learning_curves(log, over="hours")


def test_failed_attempts_keep_their_place(rising):
    failed = rising.assign(score=rising["score"].mask(rising.index % 4 == 2))
    found = payoff.learning_curves(failed).iloc[0]
    assert found["n"] == 45
    assert found["rate_low"] <= 0.1 <= found["rate_high"]
    points = payoff.curve_points(failed, payoff.learning_curves(failed))
    assert len(points) == 60
    assert points["observed"].isna().sum() == 15
    assert points["fitted"].notna().all()


def test_points_are_the_curve_with_its_band(rising):
    curves = payoff.learning_curves(rising)
    points = payoff.curve_points(rising, curves)
    found = curves.iloc[0]
    trial = points["trial"] - 1
    expected = found["asymptote"] - found["gain"] * np.exp(-found["rate"] * trial)
    assert points["fitted"].to_numpy() == pytest.approx(expected.to_numpy())
    truth = 50 - 40 * np.exp(-0.1 * trial)
    assert ((points["low"] < truth) & (truth < points["high"])).mean() > 0.9
    assert (points["high"] - points["low"]).median() < 3


def test_points_of_several_learners_and_short_series(rising):
    other = rising.assign(learner="b", score=rising["score"] * 2)
    short = log_of(series([1, 2, 3], "tea"), series([None, None], "reading"))
    log = pd.concat([rising, other, short], ignore_index=True)
    points = payoff.curve_points(log, payoff.learning_curves(log))
    assert points.groupby(["learner", "skill"]).size().to_dict() == {
        ("b", "juggling"): 60,
        ("me", "juggling"): 60,
        ("me", "tea"): 3,
    }
    assert points.loc[points["skill"] == "tea", ["fitted", "low", "high", "model"]].isna().all(axis=None)
    one = payoff.learning_curves(log).query("learner == 'b'")
    assert payoff.curve_points(log, one)["learner"].unique().tolist() == ["b"]


def test_progress_is_welch():
    # Ups and downs alternate, so that there is no positive autocorrelation to allow for.
    before, now = [10, 12, 10, 12, 10, 12.0], [15, 13, 16, 14.0]
    log = log_of(series([*before, *now], first="2026-09-25"))
    found = payoff.progress(log, since="2026-10-01", until="2026-10-31").iloc[0]
    low, high = stats.ttest_ind(now, before, equal_var=False).confidence_interval(0.95)
    assert found[["before", "now", "n_before", "n_now"]].tolist() == [11, 14.5, 6, 4]
    assert found[["estimate", "low", "high"]].astype(float).tolist() == pytest.approx([3.5, low, high])
    lower = payoff.progress(log.assign(better="lower"), since="2026-10-01", until="2026-10-31").iloc[0]
    assert lower[["estimate", "low", "high"]].astype(float).tolist() == pytest.approx([-3.5, -high, -low])


def test_progress_looks_only_at_its_two_windows():
    log = log_of(series(np.arange(60.0), first="2026-09-01"))
    found = payoff.progress(log, since="2026-10-01", until="2026-10-10", before_days=5).iloc[0]
    assert (found["n_before"], found["before"]) == (5, np.mean(np.arange(25, 30)))
    assert (found["n_now"], found["now"]) == (10, np.mean(np.arange(30, 40)))


def test_progress_says_why_it_is_silent():
    log = log_of(series([1, 2, 3, 4, 5], first="2026-09-29"), series([7.0] * 6, "tea", first="2026-09-28"))
    table = payoff.progress(log, since="2026-10-01", until="2026-10-31").set_index("skill")
    assert table.loc["juggling", "reason"] == "2 trials with a score before: a comparison needs at least 3"
    assert table.loc["juggling", "estimate"] == 2.5
    assert table.loc["tea", "reason"] == "the scores do not vary, so their noise cannot be told"
    assert table[["low", "high"]].isna().all(axis=None)
    later = payoff.progress(log, since="2026-10-10", until="2026-10-31")
    assert later["reason"].str.startswith("no trial with a score now").all()


def test_empty_and_bare_logs_keep_columns_and_types(rising):
    bare = log_of(series([np.nan]))
    for log in (empty_log(), bare):
        curves = payoff.learning_curves(log)
        pairs = [
            (payoff.trials(log), payoff.trials(rising)),
            (curves, payoff.learning_curves(rising)),
            (payoff.curve_points(log, curves), payoff.curve_points(rising, payoff.learning_curves(rising))),
            (
                payoff.progress(log, since="2026-02-01", until="2026-02-28"),
                payoff.progress(rising, since="2026-02-01", until="2026-02-28"),
            ),
        ]
        for empty, full in pairs:
            assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
