"""Mean curves of several learners: which are flagged, who is in them, and when there is none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import payoff

COHORT = Path(__file__).resolve().parents[3] / "data" / "sample-cohort"
TRIALS = 60


def log_of(curves, *, skill="typing", sd=0.02, seed=0):
    """Return the log of a learner per row of curves, one trial a day."""
    rng = np.random.default_rng(seed)
    logs = []
    for i, curve in enumerate(curves):
        start = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(len(curve)), unit="D")
        score = curve + sd * rng.normal(size=len(curve))
        logs.append(pd.DataFrame({"learner": f"p{i:02d}", "skill": skill, "start": start, "score": score}))
    return check_log(pd.concat(logs, ignore_index=True))


def exponentials(rates, n=TRIALS):
    return [1 - np.exp(-rate * np.arange(n)) for rate in rates]


def powers(exponents):
    return [1 - np.arange(1.0, TRIALS + 1) ** -c for c in exponents]


@pytest.fixture(scope="module")
def gamma():
    return log_of(exponentials(np.random.default_rng(3).gamma(1.0, 0.1, size=25)))


def row(log, **options):
    (found,) = payoff.pooled(log, **options).to_dict("records")
    return found


def test_an_average_of_exponentials_with_gamma_rates_is_flagged(gamma):
    found = row(gamma)
    assert found["averaged"]
    assert found["model"] in ("power", "power_prior", "apex")
    assert found["individual_model"] == "exponential"
    assert (found["learners"], found["n"]) == (25, TRIALS)
    assert found["n_exponential"] >= 20
    assert found["evidence"] > 6
    said = f"the exponential describes {found['n_exponential']} of 25 learners better"
    assert found["reason"].startswith(f"an average of exponential curves, not a power law: {said}")


def test_power_curves_of_all_learners_are_not_flagged():
    found = row(log_of(powers(np.linspace(0.4, 0.6, 12))))
    assert found["model"] in ("power", "power_prior")
    assert found["individual_model"] == "power"
    assert not found["averaged"]
    assert found["evidence"] < -6
    assert "average" not in found["reason"]


def test_exponentials_of_one_rate_have_an_exponential_mean():
    found = row(log_of(exponentials([0.1] * 12)))
    assert (found["model"], found["individual_model"], found["averaged"]) == ("exponential", "exponential", False)
    assert found["asymptote_low"] <= 1 <= found["asymptote_high"]
    assert found["gain"] == pytest.approx(1, abs=0.05)
    assert found["rate"] == pytest.approx(0.1, rel=0.1)


def test_lower_can_be_better(gamma):
    down = gamma.assign(score=2 - gamma["score"], better="lower")
    up, found = row(gamma), row(down)
    assert found["averaged"]
    assert found["better"] == "lower"
    assert found["gain"] == pytest.approx(up["gain"], rel=1e-4, nan_ok=True)
    assert found["evidence"] == pytest.approx(up["evidence"], rel=1e-4)


def test_the_trials_used_are_those_that_half_of_the_learners_have():
    lengths = [20, 25, 30, 35, 40]
    log = log_of([exponentials([0.1], n)[0] for n in lengths])
    found = row(log)
    assert (found["n"], found["learners"]) == (30, 3)
    four = log[log["learner"] != "p04"]
    assert (row(four)["n"], row(four)["learners"]) == (25, 3)


def test_one_or_two_missing_trials_are_bridged_and_more_leave_the_learner_out():
    log = log_of(exponentials([0.1] * 5))
    trial = log.groupby("learner").cumcount() + 1
    two = log.assign(score=log["score"].mask((log["learner"] == "p01") & trial.isin([20, 21, 40])))
    assert row(two)["learners"] == 5
    points = payoff.pooled_points(two, payoff.pooled(two)).set_index(["learner", "trial"])["observed"]
    before, after = points["p01", 19], points["p01", 22]
    assert points["p01", 20] == pytest.approx(before + (after - before) / 3)
    three = log.assign(score=log["score"].mask((log["learner"] == "p01") & trial.isin([20, 21, 22])))
    assert row(three)["learners"] == 4
    first = log.assign(score=log["score"].mask((log["learner"] == "p01") & (trial == 1)))
    assert row(first)["learners"] == 4
    unscored_end = pd.concat([log, log.groupby("learner").tail(1).assign(score=np.nan, note="again")])
    later = unscored_end["start"].where(unscored_end["note"].isna(), unscored_end["start"] + pd.Timedelta(hours=1))
    assert (row(unscored_end.assign(start=later))["n"], row(unscored_end)["learners"]) == (TRIALS, 5)


def test_fewer_than_three_learners_have_no_row_and_short_ones_a_reason():
    two = log_of(exponentials([0.1, 0.2]))
    assert payoff.pooled(two).empty
    unscored = two.assign(score=np.nan).assign(learner=two["learner"] + "x")
    assert payoff.pooled(pd.concat([two, unscored], ignore_index=True)).empty
    short = row(log_of(exponentials([0.1, 0.2, 0.3], n=7)))
    assert short["reason"] == "3 learners with 7 scored trials: a mean curve needs at least 3 with 8"
    assert pd.isna(short["model"])
    assert np.isnan(short["evidence"])
    uneven = row(log_of([exponentials([0.1], n)[0] for n in (10, 20, 30)]))
    assert uneven["reason"] == "2 learners with 20 scored trials: a mean curve needs at least 3 with 8"


def test_who_has_no_scores_is_on_another_scale():
    log = log_of(exponentials([0.1] * 5))
    rate = log["learner"].isin(["p03", "p04"])
    log = log.assign(score=log["score"].mask(rate), unit="points", better="higher")
    log["reps"], log["successes"] = pd.array([10] * len(log), "Int64"), pd.array([5] * len(log), "Int64")
    found = row(log)
    assert (found["learners"], found["unit"]) == (3, "points")


def test_the_points_are_the_mean_and_each_learners_own(gamma):
    found = payoff.pooled(gamma)
    points = payoff.pooled_points(gamma, found)
    mean = points[points["learner"].isna()].set_index("trial")
    by_hand = gamma.assign(trial=gamma.groupby("learner").cumcount() + 1).groupby("trial")["score"].mean()
    np.testing.assert_allclose(mean["observed"], by_hand)
    assert (mean["low"] < mean["fitted"]).all()
    assert (mean["fitted"] < mean["high"]).all()
    assert mean["model"].unique().tolist() == [found["model"].iloc[0]]
    own = points[points["learner"].notna()]
    assert own.groupby("learner").size().tolist() == [TRIALS] * 25
    assert own["model"].unique().tolist() == ["exponential"]
    assert own[["low", "high"]].isna().all(axis=None)
    curves = payoff.learning_curves(gamma, models=["exponential"])
    fitted = payoff.curve_points(gamma, curves).sort_values(["learner", "trial"])["fitted"].to_numpy()
    np.testing.assert_allclose(own.sort_values(["learner", "trial"])["fitted"], fitted, atol=1e-6)


def test_where_the_learners_do_not_decide_they_have_no_curve():
    log = log_of([np.zeros(TRIALS)] * 4)
    found = payoff.pooled(log)
    assert found["individual_model"].isna().all()
    assert found["reason"].iloc[0].startswith("no change that these 60 trials can tell from noise")
    own = payoff.pooled_points(log, found).dropna(subset=["learner"])
    assert own["fitted"].isna().all()
    assert own["observed"].notna().all()


def test_the_sample_cohorts_learners_favour_the_forms_that_they_were_made_with():
    log = mm.load(COHORT).log
    found = payoff.pooled(log).set_index("skill")
    truth = mm.simulate.cohort().truth["curves"].groupby("skill")["form"].first()
    decided = found["individual_model"].dropna()
    assert len(decided) >= 8
    assert decided.to_dict() == truth[decided.index].to_dict()
    # Their rates hardly differ, so no mean owes its form to the averaging.
    assert not found["averaged"].any()
    scored = log.dropna(subset=["score"]).groupby("skill")["learner"].nunique()
    assert set(found.index) == {*scored.index[scored >= 3], "card trick"}


def test_models_can_be_named_and_unknown_ones_are_refused(gamma):
    assert row(gamma, models=["exponential"])["model"] == "exponential"
    assert not row(gamma, models=["exponential"])["averaged"]
    assert row(gamma, models=["power"])["averaged"]
    with pytest.raises(MMError, match='Did you mean "power"'):
        payoff.pooled(gamma, models=["powr"])


def test_an_empty_log_gives_the_same_columns(gamma):
    found = payoff.pooled(gamma)
    empty = payoff.pooled(empty_log())
    assert empty.empty
    assert empty.dtypes.to_dict() == found.dtypes.to_dict()
    points = payoff.pooled_points(empty_log(), empty)
    assert points.empty
    assert points.dtypes.to_dict() == payoff.pooled_points(gamma, found).dtypes.to_dict()


def test_the_log_is_left_as_it_was_and_its_order_does_not_matter(gamma):
    before = gamma.copy()
    found = payoff.pooled(gamma)
    pd.testing.assert_frame_equal(gamma, before)
    pd.testing.assert_frame_equal(payoff.pooled(gamma.sample(frac=1, random_state=0)), found)
