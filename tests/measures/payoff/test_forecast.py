"""The forecast by hand: states, trials, hours and dates, and why there are none."""

import numpy as np
import pandas as pd
import pytest

from mmlib import simulate
from mmlib.log import check_log, empty_log
from mmlib.measures import payoff

FIRST = pd.Timestamp("2026-01-01")
NAMES = ["trials", "hours", "date"]


def log_of(scores, target, *, skill="juggling", minutes=30.0, every=1, **columns):
    n = len(scores)
    start = FIRST + pd.to_timedelta(np.arange(n) * every, unit="D")
    log = check_log(pd.DataFrame({"skill": skill, "start": start, "minutes": minutes, "score": scores, **columns}))
    return log.assign(target=float(target), unit="catches")


def climb(n=60, *, to=50.0, gain=40.0, rate=0.05, sd=0.5):
    trial = np.arange(n)
    # Noise that alternates is not autocorrelated, and small: the curve is nearly known.
    return to - gain * np.exp(-rate * trial) + sd * np.cos(2.5 * trial)


def forecast(log, as_of=None, *, over="trial", models=("exponential",), **options):
    as_of = as_of or log["start"].max()
    curves = payoff.learning_curves(log, over=over, models=models)
    return payoff.forecast(log, curves, as_of=as_of, **options)


def one(*args, **kwargs):
    (row,) = forecast(*args, **kwargs).to_dict("records")
    return row


def test_on_the_way_trials_hours_and_date_are_those_of_the_formula():
    row = one(log_of(climb(), 49.0))
    more = np.log(40 / 1.0) / 0.05 - 59
    assert (row["state"], row["reason"], row["n"]) == ("on the way", "", 60)
    assert row["trials"] == pytest.approx(more, abs=2)
    assert row["trials_low"] <= more <= row["trials_high"]
    assert row["hours"] == pytest.approx(row["trials"] / 2, abs=0.5)
    assert row["trials_per_week"] == 7
    assert row["minutes_per_trial"] == 30
    last = FIRST + pd.Timedelta(days=59)
    assert (row["date"] - last).days == pytest.approx(row["trials"], abs=1)
    assert row["date_low"] <= row["date"]
    assert row["date"].normalize() == row["date"]


def test_the_pace_is_that_of_the_last_28_days():
    # 40 trials on as many days, then 12 in 6 weeks: one every 3.5 days.
    start = [*range(40), *(40 + 3.5 * np.arange(12))]
    log = log_of(climb(52), 49.0, minutes=[10.0] * 44 + [45.0] * 8)
    log = log.assign(start=FIRST + pd.to_timedelta(start, unit="D"))
    row = one(log)
    assert row["trials_per_week"] == 2
    assert row["minutes_per_trial"] == 45
    assert (row["date"] - log["start"].max().normalize()).days == pytest.approx(row["trials"] * 3.5, abs=4)


def test_a_skill_that_was_begun_this_month_has_the_pace_since_then():
    log = log_of(climb(14, rate=0.4, sd=0.1), 49.99)
    assert one(log)["trials_per_week"] == 7
    attempts = log.assign(start=FIRST + pd.to_timedelta(np.arange(14), unit="h"))
    assert one(attempts)["trials_per_week"] == 14  # of one day: at least a week is counted


def test_a_target_that_the_curve_has_passed_is_reached():
    row = one(log_of(climb(), 40.0))
    assert (row["state"], row["reason"]) == ("reached", "")
    assert [row[f"trials{end}"] for end in ("", "_low", "_high")] == [0, 0, 0]
    assert row["hours"] == 0
    assert row["date"] == FIRST + pd.Timedelta(days=59)
    rested = one(log_of(climb(), 40.0), "2026-12-31")
    assert (rested["state"], rested["trials"], rested["hours"]) == ("reached", 0, 0)
    assert rested["date"] == pd.Timestamp("2026-12-31")


def test_just_beyond_the_asymptote_it_is_open():
    row = one(log_of(climb(sd=2.0), 50.2))
    asymptote = payoff.learning_curves(log_of(climb(sd=2.0), 50.2), models=["exponential"]).iloc[0]
    assert asymptote["asymptote"] < 50.2 < asymptote["asymptote_high"]
    assert row["state"] == "open"
    assert np.isnan(row["trials"])
    assert np.isnan(row["hours"])
    assert pd.isna(row["date"])
    assert np.isinf(row["trials_high"])
    assert row["trials_low"] < 200
    assert row["reason"].endswith("the target of 50.2 may or may not be within reach")


def test_far_beyond_the_asymptote_it_is_not_reachable():
    row = one(log_of(climb(), 70.0))
    assert row["state"] == "not reachable"
    assert row["reason"].startswith("the curve levels off at ")
    assert row["reason"].endswith(", short of the target of 70")
    assert all(pd.isna(row[f"{name}{end}"]) for name in NAMES for end in ("", "_low", "_high"))


def test_no_change_is_open_near_the_level_and_not_reachable_far_from_it():
    still = 20 + np.cos(2.5 * np.arange(40))
    row = one(log_of(still, 30.0), models=("flat",))
    assert row["state"] == "not reachable"
    assert row["reason"].startswith("no change that these 40 trials can tell from noise: about 20 (")
    assert row["reason"].endswith("), the target is 30")
    assert one(log_of(still, 20.1), models=("flat",))["state"] == "open"
    assert one(log_of(still, 19.5), models=("flat",))["state"] == "reached"
    same = one(log_of(np.full(20, 3.0), 4.0), models=("flat", "exponential"))
    assert same["state"] == "not reachable"
    assert same["reason"].startswith("all 20 trials scored the same")


def test_what_has_not_bent_or_is_too_short_is_unknown():
    line = one(log_of(10 + 0.5 * np.arange(40) + np.cos(2.5 * np.arange(40)), 90.0))
    assert line["state"] == "unknown"
    assert line["reason"] == "the curve has not bent yet: 40 trials show no sign of a ceiling"
    assert line["now"] == pytest.approx(29.5, abs=1)
    few = one(log_of(climb(5), 45.0))
    assert (few["state"], few["n"]) == ("unknown", 5)
    assert few["reason"] == "5 trials with a score: a curve needs at least 8"
    assert np.isnan(few["now"])
    unscored = one(log_of([np.nan] * 9, 45.0))
    assert (unscored["state"], unscored["n"]) == ("unknown", 0)
    log = log_of(climb(), 49.0)
    assert payoff.forecast(log, payoff.learning_curves(log).head(0), as_of="2026-03-01")["reason"].tolist() == [
        "no curve of this skill"
    ]


def test_a_curve_that_gets_worse_is_never_on_the_way():
    row = one(log_of(100 - climb(), 70.0))  # falls from 90 to 52
    assert row["state"] == "not reachable"
    early = one(log_of(100 - climb(), 40.0))
    assert early["state"] == "reached"


def test_without_recent_practice_there_are_trials_but_no_date():
    row = one(log_of(climb(), 49.0), "2026-06-30")
    assert row["state"] == "on the way"
    assert row["trials"] > 0
    assert np.isnan(row["hours"])
    assert pd.isna(row["date"])
    assert np.isnan(row["trials_per_week"])
    assert row["reason"] == "no trial in the last 28 days: there is no pace to tell a date"


def test_a_date_more_than_five_years_ahead_is_none():
    trial = np.arange(60)
    slow = 60 - 50 * (trial + 1.0) ** -0.5 + 0.1 * np.cos(2.5 * trial)
    row = one(log_of(slow, 58.0, every=28), models=("power",))
    assert row["state"] == "on the way"
    assert row["trials"] == pytest.approx(25**2 - 60, rel=0.2)
    assert pd.isna(row["date"])
    assert row["reason"] == "at 0.25 trials a week it would take more than 5 years"


def test_unknown_minutes_leave_the_hours_open_only():
    row = one(log_of(climb(), 49.0, minutes=np.nan))
    assert row["trials"] > 0
    assert pd.notna(row["date"])
    assert np.isnan(row["hours"])
    assert row["reason"] == "no minutes recorded in the last 28 days: the hours cannot be told"


def test_over_minutes_the_hours_come_first():
    minutes = np.full(60, 30.0)
    by_trial, by_minutes = one(log_of(climb(), 49.0)), one(log_of(climb(), 49.0, minutes=minutes), over="minutes")
    assert by_minutes["state"] == "on the way"
    for name in ("trials", "hours"):
        assert by_minutes[name] == pytest.approx(by_trial[name], rel=0.05)
    assert by_minutes["date"] == pytest.approx(by_trial["date"], abs=pd.Timedelta(days=2))
    untimed = log_of(climb(), 49.0, minutes=[30.0] * 30 + [np.nan] * 30)
    assert one(untimed.assign(start=untimed["start"]), over="minutes")["n"] == 60


def test_more_trials_count_from_the_last_one_scored_or_not():
    scores = climb()
    plain = one(log_of(scores, 49.0))
    failed = one(log_of([*scores, np.nan, np.nan, np.nan], 49.0))
    assert failed["n"] == 60
    assert failed["trials"] == pytest.approx(plain["trials"] - 3, abs=1)


def test_as_of_ignores_later_rows():
    log = log_of(climb(90), 49.5)
    early = log[log["start"] < "2026-03-02"]
    curves = payoff.learning_curves(early)
    pd.testing.assert_frame_equal(
        payoff.forecast(log, curves, as_of="2026-03-01"), payoff.forecast(early, curves, as_of="2026-03-01")
    )


def test_lower_can_be_better():
    up = one(log_of(climb(), 49.0))
    log = log_of(60 - climb(), 11.0).assign(better="lower")
    down = one(log)
    assert down["better"] == "lower"
    for name in ("trials", "trials_low", "hours"):
        assert down[name] == pytest.approx(up[name], abs=1)
    assert one(log.assign(target=20.0))["state"] == "reached"
    assert one(log.assign(target=5.0))["state"] == "not reachable"


def test_only_skills_with_a_target_have_a_row_and_each_learner_has_their_own():
    log = pd.concat([
        log_of(climb(), 49.0).assign(learner="ada"),
        log_of(climb(rate=0.03, n=80), 49.0).assign(learner="bob"),
        log_of(climb(), np.nan, skill="chess").assign(learner="ada"),
    ], ignore_index=True)  # fmt: skip
    table = forecast(log)
    assert table["learner"].tolist() == ["ada", "bob"]
    assert table["skill"].tolist() == ["juggling", "juggling"]
    alone = forecast(log[log["learner"] == "bob"], log["start"].max())
    pd.testing.assert_frame_equal(table.tail(1).reset_index(drop=True), alone)
    assert table["trials"].iloc[1] == pytest.approx(np.log(40) / 0.03 - 79, abs=6)


def test_wider_confidence_gives_wider_intervals():
    log = log_of(climb(sd=1.5), 48.0)
    narrow, wide = one(log, confidence=0.5), one(log, confidence=0.95)
    assert wide["trials_low"] <= narrow["trials_low"] <= narrow["trials"] == wide["trials"]
    assert narrow["trials_high"] <= wide["trials_high"]


def test_the_interval_of_simulated_learners_holds_the_true_trial():
    rng = np.random.default_rng(4)
    trial, learners = np.arange(80), 200
    scores = 50 - 40 * np.exp(-0.04 * trial) + 2 * rng.normal(size=(learners, 80))
    start = FIRST + pd.to_timedelta(np.tile(trial, learners), unit="D")
    names = np.repeat([f"learner {i}" for i in range(learners)], 80)
    log = check_log(pd.DataFrame({"learner": names, "skill": "a", "start": start, "score": scores.ravel()}))
    table = forecast(log.assign(target=49.0))
    truth = np.log(40) / 0.04 - 79
    known = table[~table["state"].isin(["unknown"])].fillna({"trials_low": np.inf})
    assert len(known) > 150
    assert 0.91 <= ((known["trials_low"] - 1 <= truth) & (truth <= known["trials_high"])).mean() <= 0.99


def test_adas_plain_skills_stand_to_their_targets_as_they_were_made():
    simulated = simulate.practice()
    table = forecast(simulated.log, models=("flat", "exponential", "power")).set_index("skill")
    truth = simulated.truth["skills"].set_index("skill")["asymptote"]
    plain = table.index.difference([simulated.truth["leap"]["skill"], simulated.truth["forgetting"]["skill"]])
    sign = table["better"].map({"higher": 1, "lower": -1})
    short = (sign * (table["target"] - truth) > 0)[plain]
    state = table["state"][plain]
    assert short[state == "not reachable"].all()
    assert (state == "not reachable").any()
    assert not short[state == "reached"].any()
    assert (state == "reached").any()


def test_an_empty_log_gives_the_same_columns():
    full = forecast(log_of(climb(), 49.0))
    for log in (empty_log(), log_of(climb(), np.nan)):
        table = payoff.forecast(log, payoff.learning_curves(log), as_of="2026-03-01")
        assert table.empty
        assert table.dtypes.to_dict() == full.dtypes.to_dict()


def test_the_tables_are_left_as_they_were_and_the_order_of_rows_does_not_matter():
    log = log_of(climb(), 49.0)
    curves = payoff.learning_curves(log)
    copies = log.copy(), curves.copy()
    table = payoff.forecast(log, curves, as_of="2026-03-01")
    pd.testing.assert_frame_equal(log, copies[0])
    pd.testing.assert_frame_equal(curves, copies[1])
    pd.testing.assert_frame_equal(
        payoff.forecast(log.sample(frac=1, random_state=0), curves, as_of="2026-03-01"), table
    )
