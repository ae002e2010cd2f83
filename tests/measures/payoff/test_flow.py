"""Flow against the challenge, and against the deviation from the learner's own curve."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from mmlib import simulate
from mmlib.log import check_log, empty_log
from mmlib.measures import payoff

SLOPE = 0.5


def log_of(n=60, **columns):
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    return check_log(pd.DataFrame({"skill": "juggling", "start": start, **columns}))


def learner(name, seed, *, slope=SLOPE, skills=("juggling", "omelette"), n=50):
    """A learner whose flow is `slope` higher for each standard deviation above the curve; skills differ in flow."""
    rng, tables = np.random.default_rng(seed), []
    for i, skill in enumerate(skills):
        off = rng.normal(size=n)
        score = 40 - 20 * np.exp(-0.1 * np.arange(n)) + 2 * off
        flow = np.clip(2.5 + i + slope * off + 0.3 * rng.normal(size=n), 1, 5)
        tables.append(log_of(n, score=score, flow=flow).assign(learner=name, skill=skill))
    return pd.concat(tables, ignore_index=True)


def slopes(log):
    table = payoff.flow(log, payoff.learning_curves(log, models=("exponential",)))
    return table[table["term"] == "slope"].reset_index(drop=True)


@pytest.fixture(scope="module")
def cohort():
    return pd.concat([learner(f"p{i}", i, slope=SLOPE + 0.1 * (i % 3 - 1)) for i in range(9)], ignore_index=True)


def test_flow_has_five_levels_per_learner():
    table = payoff.flow(log_of(challenge=[1, 3, 3, 5, np.nan] * 12, flow=[2, 5, 4, 1, 3] * 12)).set_index("challenge")
    assert table["term"].unique().tolist() == ["challenge"]
    assert table.index.tolist() == [1, 2, 3, 4, 5]
    assert table["n"].tolist() == [12, 0, 24, 0, 12]
    assert table.loc[3, "estimate"] == 4.5
    assert table.loc[2, "reason"] == "no session with flow rated: an interval needs at least 3"
    assert table.loc[1, "low"] < 2 < table.loc[1, "high"]


def test_curves_add_five_bands_and_a_slope_to_the_same_rows():
    log = learner("ada", 1).assign(challenge=3.0)
    table = payoff.flow(log, payoff.learning_curves(log))
    assert table["term"].tolist() == ["challenge"] * 5 + ["deviation"] * 5 + ["slope"]
    pd.testing.assert_frame_equal(table.head(5), payoff.flow(log))
    bands = table[table["term"] == "deviation"]
    assert bands["deviation"].is_monotonic_increasing
    assert bands["n"].sum() == 100
    assert bands["estimate"].is_monotonic_increasing


def test_the_slope_of_one_learner_is_found_within_skills():
    log = learner("ada", 1)
    found = slopes(log).iloc[0]
    noise_sd = payoff.learning_curves(log, models=("exponential",))["noise_sd"].mean()
    assert found["low"] < SLOPE * noise_sd / 2 < found["high"]  # the noise has a standard deviation of 2
    assert (found["n"], found["learners"], found["reason"]) == (100, 1, "")
    assert found["high"] - found["low"] < 0.3


def test_lower_is_better_turns_the_deviation_round():
    log = learner("ada", 1)
    mirrored = log.assign(score=100 - log["score"], better="lower")
    up, down = slopes(log).iloc[0], slopes(mirrored).iloc[0]
    for name in ("estimate", "low", "high"):
        assert down[name] == pytest.approx(up[name], rel=1e-4)


def test_skills_that_differ_in_flow_do_not_make_a_slope():
    found = slopes(learner("ada", 4, slope=0.0)).iloc[0]
    assert found["low"] < 0 < found["high"]
    assert abs(found["estimate"]) < 0.1


def test_one_wild_score_does_not_decide_the_slope():
    log = learner("ada", 1, skills=("juggling",), n=80)
    log.loc[40, ["score", "flow"]] = [400.0, 1.0]
    points = payoff.flow(log, payoff.learning_curves(log, models=("flat",)))
    bands = points[points["term"] == "deviation"]
    assert bands["deviation"].max() <= 3


def test_several_learners_have_a_mixed_model(cohort):
    found = slopes(cohort)
    assert found["learner"].isna().tolist() == [False] * 9 + [True]
    every = found.iloc[-1]
    assert (every["learners"], every["n"], every["reason"]) == (9, 900, "")
    assert every["low"] < SLOPE < every["high"]
    assert every["high"] - every["low"] < 0.2
    assert 0 <= every["slope_sd"] < 0.25


def test_the_mixed_model_is_that_of_a_formula(cohort):
    curves = payoff.learning_curves(cohort, models=("exponential",))
    rows = payoff.curve_points(cohort, curves).merge(curves[["learner", "skill", "noise_sd"]])
    rows["flow"] = cohort.sort_values(["learner", "skill", "start"], ignore_index=True)["flow"]
    rows["off"] = (rows["observed"] - rows["fitted"]) / rows["noise_sd"]
    groups = rows.groupby(["learner", "skill"])
    rows["off"] -= groups["off"].transform("mean")
    rows["flow"] += rows.groupby("learner")["flow"].transform("mean") - groups["flow"].transform("mean")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm("flow ~ off", rows, groups="learner", re_formula="~off").fit()
    assert slopes(cohort).iloc[-1]["estimate"] == pytest.approx(fit.params["off"], abs=2e-3)


def test_two_learners_have_no_mixed_model():
    log = pd.concat([learner("a", 1), learner("b", 2)], ignore_index=True)
    assert slopes(log)["learner"].tolist() == ["a", "b"]


def test_adas_flow_knows_challenge_and_nothing_of_deviation():
    log = simulate.practice().log
    table = payoff.flow(log, payoff.learning_curves(log))
    levels = table[table["term"] == "challenge"].set_index("challenge")["estimate"]
    assert levels.idxmax() == 3
    slope = table[table["term"] == "slope"].iloc[0]
    assert slope["low"] < 0 < slope["high"]  # in the simulation, flow follows the challenge only


def test_it_says_why_it_is_silent():
    few = learner("ada", 1, skills=("juggling",), n=20)
    few["flow"] = few["flow"].where(few.index < 4)
    row = slopes(few).iloc[0]
    assert row["reason"] == "4 sessions with flow rated and a learning curve: too few for a slope"
    assert np.isnan(row["estimate"])
    unscored = log_of(10, flow=4.0)
    assert slopes(unscored).iloc[0]["reason"].startswith("no session with flow rated and a learning curve")


def test_empty_and_bare_logs_keep_columns_and_types():
    full = payoff.flow(log_of(challenge=3.0, flow=4.0)).dtypes.astype(str).to_dict()
    for log in (empty_log(), log_of(1)):
        curves = payoff.learning_curves(log)
        assert payoff.flow(log).dtypes.astype(str).to_dict() == full
        assert payoff.flow(log, curves).dtypes.astype(str).to_dict() == full
