"""Retention against the simulated truth, plain pandas and a real review log."""

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import repetition
from mmlib.measures.repetition.reviews import due_reviews
from mmlib.sources import cstimer

FORGETS = "Japanese phrases"


def curves_of(log, better="higher", unit="points", model="power"):
    names = log[["learner", "skill"]].drop_duplicates(ignore_index=True)
    return names.assign(better=better, unit=unit, model=model, reason="")


def scored(n=80, *, loss=3.0, seed=0, **columns):
    rng = np.random.default_rng(seed)
    gap_days = np.exp(0.7 + rng.normal(size=n)).round(3)
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.cumsum(gap_days), unit="D")
    score = 50 - 20 * np.exp(-0.05 * np.arange(n)) - loss * np.log1p(gap_days) + rng.normal(size=n)
    return check_log(pd.DataFrame({"skill": "juggling", "start": start.round("s"), "score": score, **columns}))


def cards(n_items=60, n_reviews=12, *, stability=4.0, seed=0):
    """A deck with a known forgetting curve: the stability grows by half with each success."""
    rng, rows = np.random.default_rng(seed), []
    for item in range(n_items):
        day, days_held = 0.0, stability
        for k in range(n_reviews):
            gap_days = float(np.exp(rng.uniform(0, 3)))
            remembered = k == 0 or rng.random() < (1 + (0.9 ** (-1 / 0.3) - 1) * gap_days / days_held) ** -0.3
            day += gap_days
            days_held *= 1.5 if remembered and k else 1.0
            rows.append((f"card {item}", pd.Timestamp("2026-01-01") + pd.Timedelta(days=day), int(remembered)))
    table = pd.DataFrame(rows, columns=["variation", "start", "successes"])
    return check_log(table.assign(skill="deck", reps=1, start=table["start"].dt.round("s")))


@pytest.fixture(scope="module")
def ada():
    simulated = mm.simulate.practice()
    log = simulated.log.merge(simulated.skills[["skill", "better", "unit"]], on="skill", suffixes=("_", ""))
    curves = log[["learner", "skill", "better", "unit"]].drop_duplicates(ignore_index=True)
    return log, curves.assign(model="power", reason=""), simulated.truth["forgetting"]


def test_the_simulated_forgetting_is_found_and_only_there(ada):
    log, curves, truth = ada
    table = repetition.retention(log, curves).set_index("skill")
    row = table.loc[truth["skill"]]
    assert row["per_log_day_low"] < truth["loss_per_log_day"] < row["per_log_day_high"]
    assert row["per_log_day"] == pytest.approx(truth["loss_per_log_day"], rel=0.15)
    assert row["estimate"] == pytest.approx(row["per_log_day"] * np.log(8))
    assert row["noise_sd"] == pytest.approx(4.0, rel=0.15)
    others = table[(table["kind"] == "score") & (table.index != truth["skill"])]
    assert len(others) == 8
    assert ((others["low"] <= 0) & (others["high"] >= 0)).all()


def test_n_counts_the_scored_trials_after_a_gap(ada):
    log, curves, _ = ada
    own = log[log["skill"] == FORGETS].sort_values("start")
    days = own["start"].diff().dt.total_seconds() / 86_400
    row = repetition.retention(log, curves).set_index("skill").loc[FORGETS]
    assert row["n"] == (own["score"].notna() & days.notna()).sum()
    assert row["n_long"] == (own["score"].notna() & (days >= 0.5)).sum()


def test_real_learning_curves_are_taken_as_they_are(ada):
    log, curves, _ = ada
    one = log[log["skill"] == FORGETS]
    found = repetition.retention(one, mm.payoff.learning_curves(one))
    pd.testing.assert_frame_equal(found, repetition.retention(one, curves))


def test_lower_is_better_turns_the_loss():
    log = scored()
    turned = log.assign(score=100 - log["score"])
    one = repetition.retention(log, curves_of(log))
    other = repetition.retention(turned, curves_of(log, better="lower"))
    pd.testing.assert_frame_equal(one, other)
    assert one["low"].iloc[0] > 0


def test_other_days_cost_in_proportion_to_their_logarithm():
    log = scored()
    week, month = (repetition.retention(log, curves_of(log), days=days).iloc[0] for days in (7, 28))
    for name in ("estimate", "low", "high"):
        assert month[name] / week[name] == pytest.approx(np.log(29) / np.log(8))
    assert month["days"] == 28


def test_success_rates_are_performance_too():
    log = scored(loss=3.0)
    rate = ((log["score"] - log["score"].min()) / np.ptp(log["score"])).clip(0, 1)
    counted = log.assign(score=np.nan, reps=200, successes=(200 * rate).round().astype("Int64"))
    row = repetition.retention(counted, curves_of(log, unit="success rate")).iloc[0]
    assert (row["kind"], row["unit"]) == ("score", "success rate")
    assert row["low"] > 0


def test_attempts_of_one_sitting_show_the_warm_up():
    rng = np.random.default_rng(5)
    fresh = np.arange(900) % 10 == 0
    gap_days = np.where(fresh, np.exp(0.7 + rng.normal(size=900)), 0.0004)
    start = (pd.Timestamp("2021-01-01") + pd.to_timedelta(np.cumsum(gap_days), unit="D")).round("ms")
    score = 20 + 3 * fresh + 0.8 * np.log1p(gap_days) + rng.normal(size=900)
    log = check_log(pd.DataFrame({"skill": "cube", "start": start, "score": score}))
    row = repetition.retention(log, curves_of(log, better="lower", unit="seconds")).iloc[0]
    assert row["warm_up_low"] < 3 < row["warm_up_high"]
    assert row["per_log_day_low"] < 0.8 < row["per_log_day_high"]
    points = repetition.retention_points(log, curves_of(log, better="lower"))
    assert points["gap_days"].iloc[0] < 1 / 24
    assert points["observed"].iloc[0] == pytest.approx(0, abs=0.1)
    assert points["observed"].iloc[1:].min() > 2


def test_pooled_loss_is_in_standard_deviations_of_the_noise():
    parts = [scored(seed=seed).assign(skill=name) for seed, name in enumerate("abc")]
    log = pd.concat([part.assign(score=part["score"] * scale) for part, scale in zip(parts, (1, 10, 100), strict=True)])
    table = repetition.retention(log, curves_of(log))
    pooled = table[table["kind"] == "pooled"].iloc[0]
    assert (pooled["skill"], pooled["unit"], pooled["n"]) == ("all skills", "noise SDs", 3 * 79)
    own = table[table["kind"] == "score"]
    assert pooled["per_log_day"] == pytest.approx((own["per_log_day"] / own["noise_sd"]).mean(), rel=0.1)
    assert pooled["low"] > 0


def test_one_or_two_scored_skills_are_not_pooled():
    log = scored()
    assert repetition.retention(log, curves_of(log))["kind"].tolist() == ["score"]
    both = pd.concat([log, scored(seed=1).assign(skill="b")])
    assert repetition.retention(both, curves_of(both))["kind"].tolist() == ["score", "score"]


def test_points_hold_the_mean_of_each_class_of_gaps():
    log = scored(200)
    points = repetition.retention_points(log, curves_of(log))
    days = log["start"].diff().dt.total_seconds() / 86_400
    between = days[(days >= 2.5) & (days < 4.5)]
    row = points[points["gap_days"].between(2.5, 4.5)].iloc[0]
    assert row["n"] == len(between)
    assert row["gap_days"] == pytest.approx(between.mean())
    assert row["fitted"] == pytest.approx(3 * np.log1p(between.mean()), rel=0.1)
    assert points["n"].sum() == days.notna().sum()
    assert (points["low"].dropna() <= points["observed"][points["low"].notna()]).all()


def test_too_few_trials_and_no_curve_are_said_in_words():
    log = scored(15)
    row = repetition.retention(log, curves_of(log)).iloc[0]
    assert row["reason"] == "14 scored trials after a gap: a loss needs at least 20"
    assert np.isnan(row["estimate"])
    told = curves_of(log, model=None).assign(reason="5 trials with a score: a curve needs at least 8")
    assert repetition.retention(log, told)["reason"].tolist() == ["5 trials with a score: a curve needs at least 8"]
    assert repetition.retention(log, told.head(0))["reason"].tolist() == ["no learning curve"]
    assert repetition.retention_points(log, told).empty


def test_an_empty_log_has_the_same_columns_and_types():
    log, empty = scored(), empty_log()
    for measure in (repetition.retention, repetition.retention_points):
        full, none = measure(log, curves_of(log)), measure(empty, curves_of(log).head(0))
        assert none.empty
        pd.testing.assert_series_equal(none.dtypes, full.dtypes)
        assert isinstance(none.index, pd.RangeIndex)


def test_nothing_is_changed_and_order_does_not_matter():
    log = scored()
    copy, curves = log.copy(deep=True), curves_of(log)
    found = repetition.retention(log, curves)
    pd.testing.assert_frame_equal(log, copy)
    shuffled = repetition.retention(log.sample(frac=1, random_state=1), curves)
    pd.testing.assert_frame_equal(found, shuffled)


@pytest.mark.parametrize("days", [0, -1, float("nan")])
def test_days_must_be_positive(days):
    with pytest.raises(MMError, match="expected a number above 0"):
        repetition.retention(empty_log(), curves_of(empty_log()), days=days)


def test_what_is_known_before_each_review_by_hand():
    log = check_log(
        pd.DataFrame(
            {
                "skill": "deck",
                "variation": ["a", "b", "a", "a", "a", "b", "a"],
                "start": pd.to_datetime(
                    ["2026-01-01 08:00", "2026-01-01 08:01", "2026-01-01 08:10", "2026-01-03 08:10",
                     "2026-01-04 08:10", "2026-01-05 08:01", "2026-01-08 08:10"]
                ),
                "reps": 1,
                "successes": [0, 1, 1, 1, 0, 1, 1],
            }
        )
    )  # fmt: skip
    table = due_reviews(log)
    assert table["item"].tolist() == ["a", "a", "b", "a"]
    assert table["gap_days"].tolist() == [2.0, 1.0, 4.0, 4.0]
    assert table["remembered"].tolist() == [True, False, True, True]
    assert np.expm1(table["log_remembered"]).round(9).tolist() == [0, 1, 0, 1]
    assert np.expm1(table["log_forgotten"]).round(9).tolist() == [1, 1, 0, 2]
    assert np.expm1(table["log_survived_days"]).round(9).tolist() == [0, 2, 0, 0]


def test_a_deck_with_a_known_curve_beats_the_average_rate():
    log = cards(150)
    row = repetition.retention(log, curves_of(log)).iloc[0]
    assert (row["kind"], row["unit"], row["reason"]) == ("recall", "share forgotten", "")
    assert row["beats_baseline"]
    assert row["log_loss"] < row["log_loss_baseline"]
    assert row["rmse_bins"] < row["rmse_bins_baseline"]
    assert 0 < row["low"] < row["estimate"] < row["high"] < 1
    assert row["n"] == len(log) - 150
    points = repetition.retention_points(log, curves_of(log))
    assert ((points["fitted"] > points["low"] - 0.05) & (points["fitted"] < points["high"] + 0.05)).all()


def test_recall_by_chance_does_not_beat_the_average_rate_and_says_so():
    log = cards(60)
    rng = np.random.default_rng(1)
    log["successes"] = pd.array((rng.random(len(log)) < 0.7).astype(int), dtype="Int64")
    row = repetition.retention(log, curves_of(log)).iloc[0]
    assert not row["beats_baseline"]
    assert row["reason"].startswith(
        "the forgetting curve foresees the last 132 reviews no better than the average rate"
    )


def test_a_deck_that_is_never_forgotten_has_no_curve():
    log = cards(30).assign(successes=pd.array([1] * 360, dtype="Int64"))
    row = repetition.retention(log, curves_of(log)).iloc[0]
    assert row["reason"] == "no review in which the item was forgotten: a forgetting curve needs at least 10"
    assert pd.isna(row["beats_baseline"])
    few = cards(5)
    row = repetition.retention(few, curves_of(few)).iloc[0]
    assert row["reason"] == "55 reviews after half a day or more: a forgetting curve needs at least 100"


def test_a_real_review_log_beats_the_average_rate(real_data):
    table = pd.read_csv(real_data / "fsrs_revlog_josh" / "review_logs.csv")
    start = pd.to_datetime(table["review_time"], format="ISO8601").dt.tz_localize(None)
    remembered = (table["review_rating"] > 1).astype(int)
    reviews = {"skill": "deck", "start": start, "reps": 1, "successes": remembered}
    log = check_log(pd.DataFrame({**reviews, "variation": table["card_id"].astype(str)}))
    row = repetition.retention(log, curves_of(log)).iloc[0]
    ordered = pd.DataFrame({"card": table["card_id"], "start": start, "y": remembered}).sort_values("start")
    due = ordered[ordered.groupby("card")["start"].diff() >= pd.Timedelta(hours=12)]
    train, test = due.iloc[: int(0.8 * len(due))], due.iloc[int(0.8 * len(due)) :]
    rate = train["y"].mean()
    baseline = -(test["y"].mean() * np.log(rate) + (1 - test["y"].mean()) * np.log(1 - rate))
    assert row["n"] == len(due) == 6372
    assert row["log_loss_baseline"] == pytest.approx(baseline)
    assert row["log_loss"] < baseline - 0.015
    assert row["beats_baseline"]
    assert row["rmse_bins"] < 0.07 < row["rmse_bins_baseline"]
    points = repetition.retention_points(log, curves_of(log))
    assert (points["observed"] - points["fitted"]).abs().max() < 0.03


def test_eighteen_thousand_real_attempts_are_answered_or_refused(real_data):
    log = cstimer.read(real_data / "cstimer_marius" / "cstimer_export.json", tz="Europe/Paris")
    table = repetition.retention(log, curves_of(log, better="lower", unit="seconds")).set_index("skill")
    told = table[(table["kind"] == "score") & (table["reason"] == "")]
    assert len(told) >= 15
    assert told["low"].notna().all()
    assert table.loc["3 x 3", "warm_up_low"] < 0.23 < table.loc["3 x 3", "warm_up_high"]
