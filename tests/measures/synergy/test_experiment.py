"""The randomised experiment of one: plans, what they show, and what they could show; the truth is simulated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib import simulate
from mmlib.errors import MMError
from mmlib.measures import synergy

START, END = pd.Timestamp("2026-11-02"), pd.Timestamp("2026-12-27")


def a_plan(**kwargs):
    return synergy.plan_experiment("ukulele", "harmonica", start=START, **({"seed": 1} | kwargs))


@pytest.fixture(scope="module")
def plan():
    return a_plan()


@pytest.fixture(scope="module")
def log(plan):
    return simulate.experiment(plan, effect=3.0, seed=3).log


@pytest.fixture(scope="module")
def effect(log, plan):
    return synergy.experiment_effect(log, plan, as_of=END).iloc[0]


def test_a_plan_covers_its_weeks_without_a_gap(plan):
    assert plan["start"].tolist() == pd.date_range(START, periods=8, freq="7D").tolist()
    assert (plan["end"] - plan["start"]).dt.days.eq(6).all()
    assert plan["condition"].value_counts().to_dict() == {"with": 4, "without": 4}
    assert set(plan["to_skill"]) == {"ukulele"}
    assert set(plan["from_skill"]) == {"harmonica"}


def test_a_plan_is_the_same_for_the_same_seed_only(plan):
    pd.testing.assert_frame_equal(plan, a_plan())
    assert len({tuple(a_plan(seed=seed)["condition"]) for seed in range(40)}) > 20


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ({"block_days": 14}, r"make 4 blocks, whose order can be drawn in 6 ways.*takes 8 blocks.*at most 7"),
        ({"weeks": 4}, r"at most 3 or at least 8 weeks"),
        ({"weeks": 1, "block_days": 7}, "at least 8 weeks"),
        ({"weeks": 1, "block_days": 30}, "nothing can be told from chance"),
        ({"window_days": 0}, "window_days: found 0"),
        ({"block_days": 0}, "block_days: found 0"),
    ],
)
def test_a_plan_that_cannot_reach_its_level_is_refused_with_what_would(lengths, said):
    with pytest.raises(MMError, match=said):
        a_plan(**lengths)
    with pytest.raises(MMError, match="two skills"):
        synergy.plan_experiment("a", "a", start=START, seed=1)


def test_an_odd_number_of_blocks_leaves_the_last_days_out():
    assert len(a_plan(block_days=5)) == 10


def test_the_effect_is_the_regression_on_the_share_of_days_with_it(log, plan, effect):
    """Computed anew with plain pandas and least squares."""
    own = log[log["skill"] == "ukulele"].reset_index(drop=True)
    own["nth"] = np.arange(1, len(own) + 1)
    planned = np.repeat(plan["condition"].eq("with").to_numpy(float), 7)
    share = pd.Series(np.r_[np.full(7, 0.5), planned]).rolling(7).mean().to_numpy()[7:]
    own["day"] = (own["start"].dt.normalize() - START).dt.days
    own = own[own["day"] >= 0]
    design = np.column_stack([np.ones(len(own)), np.log(own["nth"]), share[own["day"]]])
    beta = np.linalg.lstsq(design, own["score"].to_numpy(), rcond=None)[0]
    assert effect["estimate"] == pytest.approx(beta[2])
    assert effect["noise_sd"] == pytest.approx(np.sqrt(((own["score"] - design @ beta) ** 2).sum() / (len(own) - 3)))
    assert effect["estimate_sd"] == pytest.approx(beta[2] / effect["noise_sd"])
    assert effect["n"] == effect["n_days"] == len(own)
    assert effect["low"] < effect["estimate"] < effect["high"]


def test_what_was_put_in_is_found(log, effect):
    truth = 3.0 * 2.5
    assert effect["verdict"] == "effect shown"
    assert effect["p_value"] <= 0.05
    assert effect["low"] <= truth <= effect["high"]
    assert (effect["adherence_with"], effect["adherence_without"], effect["hours_without"]) == (1.0, 1.0, 0.0)
    during = log[(log["skill"] == "harmonica") & (log["start"] >= START)]
    assert effect["hours_with"] == pytest.approx(during["minutes"].sum() / 60)


def test_the_draws_count_to_the_p_value(log, plan, effect):
    draws = synergy.experiment_draws(log, plan, as_of=END)
    own = draws.loc[draws["followed"], "estimate"]
    assert len(own) == 1
    assert own.iloc[0] == pytest.approx(effect["estimate"])
    assert len(draws) == effect["arrangements"] == 62
    assert (draws["estimate"].abs() >= own.abs().iloc[0] - 1e-9).mean() == pytest.approx(effect["p_value"])


def test_the_points_are_what_the_effect_was_fitted_to(log, plan, effect):
    points = synergy.experiment_points(log, plan, as_of=END)
    assert len(points) == effect["n"]
    assert points["fitted"].to_numpy() == pytest.approx(effect["estimate"] * points["exposure"].to_numpy())
    off = (points["deviation"] - points["fitted"]).to_numpy()
    assert off.mean() == pytest.approx(0, abs=1e-9)
    assert off @ points["exposure"].to_numpy() == pytest.approx(0, abs=1e-7)
    days = points["start"].dt.normalize()
    assert days.between(points["block_start"], points["block_end"]).all()
    assert points["block_mean"].tolist() == pytest.approx(
        [points.loc[points["block"] == block, "deviation"].mean() for block in points["block"]]
    )


def test_lower_is_better_turns_the_sign(log, plan, effect):
    times = log.assign(score=100 - log["score"], better="lower", unit="seconds")
    found = synergy.experiment_effect(times, plan, as_of=END).iloc[0]
    for name in ("estimate", "low", "high", "p_value", "detectable"):
        assert found[name] == pytest.approx(effect[name])
    assert (found["unit"], found["better"]) == ("seconds", "lower")


def test_a_skill_without_scores_is_judged_by_its_success_rate(log, plan):
    rate = log["score"].rank(pct=True).mul(20).round()
    own = log.assign(score=np.nan, reps=20, successes=rate.fillna(0)).astype({"reps": "Int64", "successes": "Int64"})
    found = synergy.experiment_effect(own, plan, as_of=END).iloc[0]
    assert found["unit"] == "success rate"
    assert 0 < found["estimate"] < 1


def test_rows_outside_the_plan_do_not_count(log, plan, effect):
    before = log["start"] < START
    wild = log.assign(score=log["score"].mask(before, 0.0))
    later = log.tail(5).assign(start=log["start"].tail(5) + pd.Timedelta(days=90), score=-1000.0)
    found = synergy.experiment_effect(pd.concat([wild, later], ignore_index=True), plan, as_of="2027-06-01").iloc[0]
    assert found["estimate"] == pytest.approx(effect["estimate"])


def test_rows_after_as_of_are_ignored(log, plan, effect):
    later = log.tail(5).assign(start=log["start"].tail(5) + pd.Timedelta(days=90))
    found = synergy.experiment_effect(pd.concat([log, later], ignore_index=True), plan, as_of=END).iloc[0]
    pd.testing.assert_series_equal(found, effect)


def test_an_unfinished_plan_says_nothing_yet(log, plan):
    found = synergy.experiment_effect(log, plan, as_of="2026-11-30").iloc[0]
    assert found["verdict"] == "not finished"
    assert found["reason"].startswith("4 of 8 blocks are over")
    assert found[["estimate", "low", "high", "p_value"]].isna().all()
    assert synergy.experiment_points(log, plan, as_of="2026-11-30")["deviation"].isna().all()
    assert synergy.experiment_draws(log, plan, as_of="2026-11-30").empty


def test_without_as_of_the_log_ends_with_its_last_row(log, plan):
    short = log[log["start"] < "2026-12-20"]
    assert synergy.experiment_effect(short, plan)["verdict"].tolist() == ["not finished"]


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (lambda start: start < START, "no day in the plan"),
        (lambda start: (start < START) | (start > "2026-12-23"), "it takes at least 6"),
        (lambda start: (start < START) | start.between("2026-12-07", "2026-12-20"), "in only 2 of 8 blocks"),
    ],
)
def test_too_few_trials_give_a_reason(log, plan, keep, reason):
    own = log[(log["skill"] == "harmonica") | keep(log["start"])]
    found = synergy.experiment_effect(own, plan, as_of=END).iloc[0]
    assert (found["verdict"], np.isnan(found["estimate"])) == ("cannot be told", True)
    assert reason in found["reason"]


def test_scores_that_do_not_vary_give_a_reason(log, plan):
    found = synergy.experiment_effect(log.assign(score=7.0), plan, as_of=END).iloc[0]
    assert found["reason"] == "the performance of ukulele does not vary, so its noise cannot be told"


def test_a_block_without_trials_is_left_out_and_counted(log, plan):
    ill = log["start"].between("2026-11-16", "2026-11-23") & (log["skill"] == "ukulele")
    found = synergy.experiment_effect(log[~ill], plan, as_of=END).iloc[0]
    assert (found["n_used"], found["reason"]) == (7, "")


def test_it_is_analysed_as_planned_whatever_was_done():
    plan = a_plan(weeks=24)
    made = simulate.experiment(plan, effect=3.0, adherence=0.7, seed=5)
    found = synergy.experiment_effect(made.log, plan, as_of=plan["end"].max()).iloc[0]
    assert found["adherence_with"] == pytest.approx(0.7, abs=0.12)
    assert found["adherence_without"] == pytest.approx(0.7, abs=0.12)
    assert found["low"] <= made.truth["planned"] <= found["high"] < made.truth["effect"]


def test_a_misspelt_skill_is_named(log):
    with pytest.raises(MMError, match=r'No skill "ukulelle" in the log\. Did you mean "ukulele"'):
        synergy.experiment_effect(log, synergy.plan_experiment("ukulelle", "harmonica", start=START, seed=1))


def test_a_plan_read_from_a_file_is_the_same_plan(log, plan, effect, tmp_path):
    plan.assign(note="").to_csv(tmp_path / "plan.csv", index=False)
    for kind in (None, "str"):
        read = pd.read_csv(tmp_path / "plan.csv", dtype=kind)
        found = synergy.experiment_effect(log, read.iloc[::-1], as_of=END).iloc[0]
        pd.testing.assert_series_equal(found, effect)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plan: plan.assign(condition=plan["condition"].to_numpy()[::-1]), "condition was changed"),
        (lambda plan: plan.assign(start=plan["start"] + pd.Timedelta(days=1)), "end was changed|start was changed"),
        (lambda plan: plan.assign(seed=2), "condition was changed"),
        (lambda plan: plan.iloc[1:], "7 of its 8 blocks"),
        (lambda plan: plan.iloc[:6], "6 of its 8 blocks"),
        (lambda plan: plan.drop(columns="seed"), "no column seed"),
        (lambda plan: plan.assign(start="soon"), "cannot be read"),
        (lambda plan: plan.head(0), "no blocks"),
    ],
)
def test_a_plan_that_was_changed_is_refused(log, plan, change, said):
    with pytest.raises(MMError, match=said):
        synergy.experiment_effect(log, change(plan))


def test_each_learner_has_a_row_and_the_log_stays_as_it_was(log, plan, effect):
    both = pd.concat([log, log.assign(learner="bob", score=np.nan)], ignore_index=True)
    copy = both.copy(deep=True)
    found = synergy.experiment_effect(both, plan, as_of=END)
    assert found["learner"].tolist() == ["bob", "me"]
    assert found.iloc[0]["reason"].startswith("no day in the plan")
    pd.testing.assert_series_equal(found.iloc[1], effect, check_names=False)
    pd.testing.assert_frame_equal(both, copy)


@pytest.mark.parametrize("measure", ["experiment_effect", "experiment_draws", "experiment_points", "experiment_power"])
def test_an_empty_log_gives_an_empty_table_of_the_same_types(log, plan, measure):
    full, empty = (getattr(synergy, measure)(rows, plan) for rows in (log, log.head(0)))
    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_many_schedules_are_sampled_and_the_seed_settles_which():
    plan = a_plan(weeks=20)
    log = simulate.experiment(plan, effect=0.5, seed=2).log
    end = plan["end"].max()
    one, two = (synergy.experiment_effect(log, plan, as_of=end, draws=500).iloc[0] for _ in range(2))
    assert one["arrangements"] == 501
    pd.testing.assert_series_equal(one, two)
    many = synergy.experiment_effect(log, plan, as_of=end).iloc[0]
    assert one["p_value"] == pytest.approx(many["p_value"], abs=0.07)


def test_a_window_of_one_day_compares_the_days_with_and_without():
    plan = a_plan(block_days=4, window_days=1)
    log = simulate.experiment(plan, effect=1.0, seed=2, sessions_per_week=7).log
    own = log[(log["skill"] == "ukulele")].reset_index(drop=True)
    own["nth"] = np.log(np.arange(1, len(own) + 1))
    own = own[own["start"] >= START].reset_index(drop=True)
    with_it = np.repeat(plan["condition"].eq("with"), 4).to_numpy()[(own["start"] - START).dt.days]
    found = synergy.experiment_effect(log, plan, as_of=plan["end"].max()).iloc[0]
    crude = own.loc[with_it, "score"].mean() - own.loc[~with_it, "score"].mean()
    assert found["estimate"] == pytest.approx(crude, abs=0.5)


def test_the_power_before_a_plan_is_about_that_after_it(log, plan, effect):
    before = synergy.experiment_power(log, plan).iloc[0]
    own = log[(log["skill"] == "ukulele") & (log["start"] < START)]
    assert before["n"] == len(own)
    assert before["days_per_week"] == pytest.approx(7 * len(own) / 56, rel=0.05)
    assert before["power_one"] == pytest.approx(effect["power_one"], abs=0.15)
    assert before["power_half"] < before["power_one"]


def test_a_longer_plan_shows_smaller_effects(log):
    found = [synergy.experiment_power(log, a_plan(weeks=weeks))["detectable_sd"].iloc[0] for weeks in (8, 12, 20)]
    assert found == sorted(found, reverse=True)


def test_the_power_of_a_skill_that_has_hardly_begun_is_not_known(log, plan):
    few = log[(log["skill"] == "harmonica") | (log["start"] > "2026-10-30")]
    found = synergy.experiment_power(few, plan).iloc[0]
    assert "it takes at least 6" in found["reason"]
    assert np.isnan(found["detectable"])


def test_false_alarms_are_as_rare_as_promised():
    alarms = []
    for seed in range(30):
        plan = a_plan(seed=seed, block_days=4, window_days=1)
        logs = [simulate.experiment(plan, effect=0.0, autocorrelation=0.8, seed=10 * seed + i).log for i in range(3)]
        log = pd.concat([each.assign(learner=str(i)) for i, each in enumerate(logs)], ignore_index=True)
        alarms += mm.synergy.experiment_effect(log, plan, as_of=plan["end"].max())["p_value"].le(0.05).tolist()
    assert np.mean(alarms) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 90)
