"""Barriers against simulated truth and a story told by hand."""

import time

import numpy as np
import pandas as pd
import pytest

from mmlib import simulate
from mmlib.log import check_log, empty_log
from mmlib.measures import payoff


def log_of(scores, skill="juggling", first="2026-01-01", **columns):
    start = pd.Timestamp(first) + pd.to_timedelta(np.arange(len(scores)), unit="D")
    return check_log(pd.DataFrame({"skill": skill, "start": start, "score": scores, **columns}))


def found(log):
    names = log[["learner", "skill"]].drop_duplicates().assign(over="trial")
    return payoff.barriers(log, names)


@pytest.fixture
def leap():
    """Return 120 scores that rise to a plateau at 20 and leap by 12 at trial 91."""
    trial = np.arange(120)
    noise = np.random.default_rng(4).normal(size=120)
    return 20 - 15 * np.exp(-0.1 * trial) + 12 * (trial >= 90) + noise


def test_the_simulated_learners_leap_is_found_with_the_plateau_before_it():
    simulated = simulate.practice()
    truth = simulated.truth["leap"]
    table = payoff.barriers(simulated.log, payoff.learning_curves(simulated.log))
    kinds = table.dropna(subset=["kind"])
    assert kinds["skill"].unique().tolist() == [truth["skill"]]
    plateau, leap = kinds.to_dict("records")
    assert (plateau["kind"], leap["kind"]) == ("plateau", "leap")
    assert leap["start"].normalize() == pd.Timestamp(truth["date"])
    assert leap["low"] < truth["size"] < leap["high"]
    assert plateau["passed"]
    assert leap["isolated"]
    assert plateau["until"] < leap["start"]
    assert plateau["n"] > 60
    assert plateau["low"] <= 0 <= plateau["high"]


def test_place_and_size_by_hand(leap):
    plateau, row = found(log_of(leap)).to_dict("records")
    assert (row["kind"], row["trial"], row["n"]) == ("leap", 91, 30)
    assert row["trial_low"] <= 91 <= row["trial_high"]
    assert row["start"] == pd.Timestamp("2026-01-01") + pd.Timedelta(days=90)
    assert pd.isna(row["until"])
    assert pd.isna(row["trial_until"])
    assert row["estimate"] == pytest.approx(12, abs=1)
    assert row["low"] < 12 < row["high"]
    assert plateau["trial_until"] == 90
    assert plateau["until"] == row["start"] - pd.Timedelta(days=1)
    assert plateau["n"] == 90 - plateau["trial"] + 1


def test_failed_attempts_are_skipped_and_keep_their_number(leap):
    scores = pd.Series(leap)
    failed = [10, 30, 50, 70, 110]
    scores[failed] = np.nan
    row = found(log_of(scores)).query("kind == 'leap'").iloc[0]
    assert row["trial"] == 91
    assert row["n"] == 29


def test_lower_can_be_better(leap):
    log = log_of(60 - leap).assign(better="lower", unit="seconds")
    row = found(log).query("kind == 'leap'").iloc[0]
    assert row["estimate"] == pytest.approx(12, abs=1)
    assert (row["unit"], row["better"]) == ("seconds", "lower")
    worse = found(log_of(60 - leap)).dropna(subset=["kind"])
    assert worse["kind"].tolist() == ["dip"]
    assert worse["estimate"].iloc[0] == pytest.approx(-12, abs=1)


def test_a_leap_that_is_lost_again_is_no_barrier_passed():
    trial = np.arange(160)
    scores = 20 + 8 * ((trial >= 80) & (trial < 120)) + np.random.default_rng(2).normal(size=160)
    table = found(log_of(scores)).set_index("kind")
    assert not table.loc["plateau", "passed"]
    assert table.loc["leap", "trial_until"] == pytest.approx(120, abs=2)
    assert table.loc["leap", "n"] == pytest.approx(40, abs=3)


def test_isolated_is_told_by_the_sessions_of_the_plateau(leap):
    part = pd.Series(["repeat"] * 120)
    assert found(log_of(leap))["isolated"].isna().all()
    assert not found(log_of(leap, part=part))["isolated"].any()
    before, after = part.copy(), part.copy()
    before[70], after[95] = "isolate", "isolate"
    assert found(log_of(leap, part=before))["isolated"].all()
    assert not found(log_of(leap, part=after))["isolated"].any()


def test_a_skill_without_any_says_why(leap):
    log = pd.concat([
        log_of(np.random.default_rng(0).normal(size=80), "still"),
        log_of(leap[:10], "short"),
        log_of(np.full(50, 3.0), "same"),
        log_of(np.full(40, np.nan), "unscored"),
    ], ignore_index=True)  # fmt: skip
    table = found(log).set_index("skill")
    assert table["kind"].isna().all()
    assert table["estimate"].isna().all()
    assert table.loc["still", "reason"] == "no leap or dip stands out from the noise of 80 trials"
    assert table.loc["short", "reason"] == "10 trials with a score: leaps and dips need at least 30"
    assert table.loc["same", "reason"] == "all 50 trials scored the same"
    assert table.loc["unscored", "reason"] == "no trial with a score: leaps and dips need at least 30"
    assert table["n"].to_dict() == {"still": 80, "short": 10, "same": 50, "unscored": 0}


def test_an_empty_log_gives_the_same_columns():
    log = empty_log()
    table = payoff.barriers(log, payoff.learning_curves(log))
    full = found(log_of(np.random.default_rng(0).normal(size=40)))
    assert table.empty
    assert table.dtypes.to_dict() == full.dtypes.to_dict()


def test_the_log_is_left_as_it_was_and_its_order_does_not_matter(leap):
    log = log_of(leap, part=["repeat", "isolate"] * 60)
    before, shuffled = log.copy(), log.sample(frac=1, random_state=0)
    table = found(log)
    pd.testing.assert_frame_equal(log, before)
    pd.testing.assert_frame_equal(found(shuffled), table)


def test_over_minutes_the_place_is_the_same(leap):
    log = log_of(leap, minutes=10.0)
    over = log[["learner", "skill"]].drop_duplicates().assign(over="minutes")
    assert payoff.barriers(log, over).query("kind == 'leap'")["trial"].tolist() == [91]


def test_ten_thousand_trials_take_seconds():
    log = log_of(np.random.default_rng(0).normal(size=10_000))
    begun = time.perf_counter()
    found(log)
    assert time.perf_counter() - begun < 5
