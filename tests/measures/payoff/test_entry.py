"""The way in: the first trials against hand counts, scipy and the simulated omelette."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mmlib import simulate
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import payoff


def log_of(n=30, skill="omelette", **columns):
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    return check_log(pd.DataFrame({"skill": skill, "start": start, **columns}))


def share_of(level):
    start, early, now = (part.mean() for part in (level[:3], level[3:6], level[-5:]))
    return (early - start) / (now - start)


@pytest.fixture
def learnt():
    trial = np.arange(30)
    noise = 0.3 * np.random.default_rng(3).normal(size=30)
    return log_of(
        score=8 - 6 * np.exp(-0.4 * trial) + noise, minutes=10.0, payoff=[2.0, 3.0, 4.0] + [3.0, 5.0] * 13 + [4.0]
    )


@pytest.fixture(scope="module")
def ada():
    simulated = simulate.practice()
    return simulated.truth, payoff.entry(simulated.log).set_index("skill")


def test_the_share_is_that_of_three_levels_counted_by_hand(learnt):
    found, score = payoff.entry(learnt).iloc[0], learnt["score"]
    start, early, now = score[:3].mean(), score[3:6].mean(), score[25:].mean()
    assert found[["start", "early", "now"]].astype(float).tolist() == pytest.approx([start, early, now])
    assert found["estimate"] == pytest.approx((early - start) / (now - start))
    truth = share_of(-np.exp(-0.4 * np.arange(30)))
    assert found["low"] < truth < found["high"]
    assert found["n"] == 30


def test_lower_is_better_has_the_same_share(learnt):
    up = payoff.entry(learnt).iloc[0]
    down = payoff.entry(learnt.assign(score=10 - learnt["score"], better="lower")).iloc[0]
    for name in ("estimate", "low", "high"):
        assert down[name] == pytest.approx(up[name])
    assert (down["start"], down["now"]) == pytest.approx((10 - up["start"], 10 - up["now"]))


def test_the_first_payoff_is_counted_in_sessions_and_minutes(learnt):
    found = payoff.entry(learnt).iloc[0]
    assert (found["sessions_to_payoff"], found["minutes_to_payoff"]) == (3, 30)
    untimed = learnt.assign(minutes=learnt["minutes"].mask(learnt.index == 1).where(learnt.index != 0, 25))
    assert payoff.entry(untimed)["minutes_to_payoff"].iloc[0] == 25 + 10 + 10  # the median session stands in
    none = payoff.entry(learnt.assign(minutes=np.nan)).iloc[0]
    assert (none["sessions_to_payoff"], none["reason"]) == (3, "no minutes recorded; no session with part entry_trick")
    assert np.isnan(none["minutes_to_payoff"])


def test_a_payoff_that_never_came_has_its_reason(learnt):
    found = payoff.entry(learnt.assign(payoff=learnt["payoff"].where(learnt["payoff"] < 4))).iloc[0]
    assert pd.isna(found["sessions_to_payoff"])
    assert found["reason"].startswith("no payoff of 4 or more in 15 rated sessions")
    unrated = payoff.entry(learnt.assign(payoff=np.nan)).iloc[0]
    assert unrated["reason"].startswith("no session with a payoff rated")


def test_the_entry_trick_is_compared_with_the_sessions_before_it():
    # Ups and downs alternate, so that there is no positive autocorrelation to allow for.
    before, after = [2, 3, 2, 3, 2, 3.0], [4, 5, 4, 5, 4, 5, 4, 5.0]
    part = [None] * 6 + ["entry_trick", None, "entry_trick"] + [None] * 5
    found = payoff.entry(log_of(14, payoff=[*before, *after], part=part)).iloc[0]
    low, high = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    assert found[["payoff_before", "payoff_after", "n_before", "n_after"]].tolist() == [2.5, 4.5, 6, 8]
    assert found[["change", "change_low", "change_high"]].astype(float).tolist() == pytest.approx([2, low, high])
    assert "entry trick" not in found["reason"]


def test_it_says_why_it_is_silent(learnt):
    few = payoff.entry(learnt.head(4)).iloc[0]
    assert few["reason"].startswith("4 trials with a score: the gain at the beginning needs at least 15")
    flat = payoff.entry(learnt.assign(score=5 + np.random.default_rng(1).normal(size=30))).iloc[0]
    assert flat["reason"].startswith("no gain so far that can be told from the noise")
    assert np.isnan(flat["estimate"])
    late = payoff.entry(learnt.assign(score=learnt["score"].where(learnt.index >= 8))).iloc[0]
    assert late["reason"].startswith("the beginning is mostly without scores: it took 13 trials to get 5")
    first = payoff.entry(learnt.assign(part="entry_trick")).iloc[0]
    assert first["reason"] == "no rated session before the first entry trick: a comparison needs at least 3"
    with pytest.raises(MMError, match="3 or more trials"):
        payoff.entry(learnt, first=2)


def test_a_share_is_never_below_nothing():
    trial = np.arange(40)
    noise = np.random.default_rng(2).normal(size=40)
    lucky = np.where(trial < 3, 3.0, 0.0)  # the first three came off by luck
    slow = payoff.entry(log_of(40, score=0.5 * trial + noise + lucky)).iloc[0]
    assert (slow["estimate"], slow["low"]) == (0, 0)
    assert 0 < slow["high"] < 1
    down = payoff.entry(log_of(40, score=0.5 * trial + noise + 3 * lucky)).iloc[0]
    assert down["reason"].startswith("no gain in the first 5 trials: they went down before they went up")
    assert np.isnan(down["estimate"])


def test_a_gain_beside_noise_as_large_as_itself_is_found():
    # One trial alone would be too noisy to tell: 15 seconds less, where single times scatter by 7.
    found = [
        payoff.entry(log_of(300, score=23 + 15 * np.exp(-0.01 * np.arange(300)) + 7 * rng.normal(size=300))
                     .assign(better="lower")).iloc[0]["estimate"]
        for rng in map(np.random.default_rng, range(20))
    ]  # fmt: skip
    assert np.isfinite(found).mean() >= 0.6


def test_adas_omelette_pays_at_once_and_gains_most_at_the_beginning(ada):
    truth, found = ada
    trick = truth["entry_trick"]
    omelette = found.loc[trick["skill"]]
    assert omelette["sessions_to_payoff"] == 1
    curve = truth["skills"].set_index("skill").loc["omelette"]
    share = share_of(-np.exp(-curve["rate"] * np.arange(omelette["n"])))
    assert omelette["low"] < share < omelette["high"]
    assert found["estimate"].idxmax() == trick["skill"]


def test_the_share_of_adas_other_curves_lies_in_its_interval(ada):
    truth, found = ada
    curves = truth["skills"].set_index("skill")
    plain = curves[curves["form"] == "exponential"].index.difference(["juggling", "Japanese phrases"])
    for skill in plain:
        rate, n = curves.loc[skill, "rate"], found.loc[skill, "n"]
        share = share_of(-np.exp(-rate * np.arange(n)))
        assert found.loc[skill, "low"] < share < found.loc[skill, "high"], skill


def test_empty_and_bare_logs_keep_columns_and_types(learnt):
    full = payoff.entry(learnt).dtypes.astype(str).to_dict()
    for log in (empty_log(), log_of(1)):
        assert payoff.entry(log).dtypes.astype(str).to_dict() == full
    assert len(payoff.entry(empty_log())) == 0


def test_the_log_is_left_as_it_was(learnt):
    before = learnt.copy()
    payoff.entry(learnt)
    pd.testing.assert_frame_equal(learnt, before)
