"""Transfer: windows by hand, a known truth, a reversed donor, and silence where there is too little."""

import numpy as np
import pandas as pd
import pytest

from mmlib import load
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures.synergy import transfer, transfer_points
from mmlib.measures.synergy.recent import diaries, performance_days
from mmlib.simulate import practice

FIRST = pd.Timestamp("2026-01-05 18:00")


def diary(skill, days, minutes=30.0, score=None):
    return pd.DataFrame(
        {"skill": skill, "start": FIRST + pd.to_timedelta(days, unit="D"), "minutes": minutes, "score": score}
    )


def made(per_hour=0.0, seed=1, days=240):
    """Return a log in which an hour of b in the week before adds so much to the scores of a, and its truth."""
    rng = np.random.default_rng(seed)
    at, b = (np.flatnonzero(rng.random(days) < share) for share in (0.6, 0.4))
    minutes = rng.integers(10, 60, b.size)
    hours = np.array([minutes[(b >= day - 7) & (b < day)].sum() / 60 for day in at])
    score = 40 - 20 * np.exp(-0.03 * np.arange(at.size)) + rng.normal(size=at.size) + per_hour * hours
    other = np.flatnonzero(rng.random(days) < 0.4)
    log = check_log(pd.concat([diary("a", at, score=score), diary("b", b, minutes), diary("c", other, 25.0)]))
    return log.assign(better="higher")


@pytest.fixture(scope="module")
def ada():
    return practice()


@pytest.fixture(scope="module")
def found(ada):
    return transfer(ada.log)


def pair(table, from_skill, to_skill):
    return table[(table["from_skill"] == from_skill) & (table["to_skill"] == to_skill)].iloc[0]


def test_the_window_counts_what_was_before_it_began_and_no_older_than_its_days():
    rows = diary("b", [0.0, 3.0, 7.0, 7.5], [60.0, 30.0, 12.0, 6.0])
    b = diaries(check_log(rows))["b"]
    seventh = (FIRST + pd.Timedelta(days=7) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    assert b.within(np.array([seventh]), 7, b.amount) == pytest.approx([1.5])
    assert b.within(np.array([seventh + 0.25]), 7, b.amount) == pytest.approx([0.7])
    assert b.within(np.array([seventh + 0.75]), 7, b.amount) == pytest.approx([0.8])


def test_attempts_of_a_day_are_one_observation():
    rows = diary("a", [0.0, 0.01, 1.0, 1.01], 1.0, score=[10.0, 20.0, None, 8.0])
    days = performance_days(check_log(rows))["a"]
    assert days.performance.tolist() == [15, 8]
    assert days.counts.tolist() == [2, 1]
    assert days.trial.tolist() == [1.5, 4.0]
    assert days.weekday.tolist() == [0, 1]


def test_the_transfer_in_the_sample_is_found_and_nothing_else(ada, found):
    truth = ada.truth["transfer"]
    survivors = found[found["verdict"].isin(["better after more", "worse after more"])]
    assert survivors[["from_skill", "to_skill"]].to_numpy().tolist() == [[truth["source"], truth["skill"]]]
    harmonica = survivors.iloc[0]
    noise_sd = ada.truth["skills"].set_index("skill")["noise_sd"]["ukulele"]
    in_score = truth["sd_per_hour"] * noise_sd
    assert harmonica["low"] * harmonica["sd"] < in_score < harmonica["high"] * harmonica["sd"]
    assert harmonica["n"] == ada.log[(ada.log["skill"] == "ukulele") & ada.log["score"].notna()].shape[0]


def test_every_ordered_pair_has_a_row_with_an_estimate_or_a_reason(found):
    assert len(found) == 9 * 8
    assert not (found["from_skill"] == found["to_skill"]).any()
    silent = found["estimate"].isna()
    assert (found["reason"] != "").eq(silent).all()
    assert found["verdict"].eq("too little overlap").eq(silent).all()
    assert found.loc[~silent, ["low", "high", "p_value", "q_value", "sd"]].notna().all(axis=None)


def test_q_values_are_those_of_benjamini_and_hochberg(found):
    p_values = found["p_value"].dropna().sort_values()
    steps = p_values * len(p_values) / np.arange(1, len(p_values) + 1)
    expected = steps[::-1].cummin()
    assert found.loc[expected.index, "q_value"].to_numpy() == pytest.approx(expected.to_numpy())


def test_an_injected_transfer_is_found_in_its_unit_and_gone_when_the_donor_runs_backwards():
    log = made(per_hour=1.5)
    fed = pair(transfer(log), "b", "a")
    assert fed["low"] * fed["sd"] < 1.5 < fed["high"] * fed["sd"]
    assert fed["verdict"] == "better after more"
    last = log["start"].max()
    backwards = log.assign(start=log["start"].where(log["skill"] == "a", last - (log["start"] - FIRST)))
    assert pair(transfer(backwards), "b", "a")["verdict"] == "none found"


def test_where_lower_is_better_the_sign_turns():
    log = made(per_hour=1.5)
    turned = transfer(log.assign(better="lower", score=100 - log["score"]))
    assert pair(turned, "b", "a")["estimate"] == pytest.approx(pair(transfer(log), "b", "a")["estimate"], rel=1e-6)


def test_neither_the_unit_of_the_score_nor_other_learners_matter():
    log = made(per_hour=0.5)
    alone = transfer(log)
    both = transfer(pd.concat([log, made(seed=2).assign(learner="you")], ignore_index=True))
    pd.testing.assert_frame_equal(both[both["learner"] == "me"].reset_index(drop=True), alone)
    scaled = pair(transfer(log.assign(score=log["score"] * 10 - 2_000)), "b", "a")
    assert scaled["estimate"] == pytest.approx(pair(alone, "b", "a")["estimate"], rel=1e-6)
    assert scaled["sd"] == pytest.approx(10 * pair(alone, "b", "a")["sd"], rel=1e-6)


def test_times_that_scatter_in_proportion_are_taken_as_logarithms():
    log = made().assign(better="lower", unit="seconds")
    rng = np.random.default_rng(4)
    n = log["score"].notna().sum()
    log.loc[log["score"].notna(), "score"] = np.geomspace(90, 12, n) * np.exp(0.2 * rng.normal(size=n))
    row = pair(transfer(log), "b", "a")
    assert row["unit"] == "log seconds"
    assert row["sd"] == pytest.approx(0.2, rel=0.3)


def test_a_skill_without_minutes_is_counted_in_sessions():
    log = made()
    log["minutes"] = log["minutes"].mask(log["skill"] == "b")
    table = transfer(log)
    assert pair(table, "b", "a")["per"] == "session"
    assert pair(table, "c", "a")["per"] == "hour"


def test_many_other_skills_enter_by_their_sum():
    log, rng = made(per_hour=1.5, days=110), np.random.default_rng(6)
    more = [diary(f"d{i:02d}", np.flatnonzero(rng.random(110) < 0.4)) for i in range(40)]
    table = transfer(check_log(pd.concat([log[["skill", "start", "minutes", "score"]], *more])))
    fed = pair(table, "b", "a")
    assert fed["low"] * fed["sd"] < 1.5 < fed["high"] * fed["sd"]


def test_too_little_is_said_with_its_numbers():
    table = transfer(made(days=45))
    assert pair(table, "a", "b")["reason"] == "no practice day with a performance"
    assert "practice days with a performance; at least" in pair(table, "b", "a")["reason"]
    rare = made()
    keep = (rare["skill"] != "b") | (rare["start"] > rare["start"].max() - pd.Timedelta(days=6))
    reason = pair(transfer(rare[keep]), "b", "a")["reason"]
    assert reason.startswith("b was practised within 7 days before") and reason.endswith("8 are needed")
    same = made()
    same = same.assign(score=same["score"].mask(same["score"].notna(), 7.0))
    assert pair(transfer(same), "b", "a")["reason"] == "the performance was always 7"


def test_a_skill_practised_the_same_every_day_leaves_nothing_to_compare():
    log = made()
    daily = diary("every day", np.arange(-7, 240), 20.0)
    table = transfer(check_log(pd.concat([log[["skill", "start", "minutes", "score"]], daily])))
    assert pair(table, "every day", "a")["reason"].endswith("there is nothing to compare")


def test_skills_that_cannot_be_told_apart_say_so_and_leave_the_others_alone():
    log = made(per_hour=1.5)
    twin = pd.concat([log, log[log["skill"] == "b"].assign(skill="b twin")], ignore_index=True)
    table = transfer(twin)
    for one in ("b", "b twin"):
        assert (
            pair(table, one, "a")["reason"]
            == f"{one} was practised just as other skills were: it cannot be told apart from them"
        )
    assert pd.notna(pair(table, "c", "a")["estimate"])
    shadow = pd.concat([log, log[log["skill"] == "a"].assign(skill="shadow", score=np.nan)], ignore_index=True)
    table = transfer(shadow)
    assert "cannot be told apart from its own practice" in pair(table, "shadow", "a")["reason"]
    assert pair(table, "b", "a")["verdict"] == "better after more"


def test_a_performance_without_ups_and_downs_says_so():
    log = made()
    scored = log["score"].notna()
    log.loc[scored, "score"] = np.arange(scored.sum()) * 1.0
    assert pair(transfer(log), "b", "a")["reason"] == "the performance follows its course without any ups and downs"


def test_points_are_the_practice_days_with_their_hours_and_slope(ada, found):
    points, row = transfer_points(ada.log, "harmonica", "ukulele"), pair(found, "harmonica", "ukulele")
    assert len(points) == row["n"]
    assert points["hours"].std(ddof=0) == pytest.approx(row["hours_sd"])
    assert np.polyfit(points["hours"], points["deviation"], 1)[0] == pytest.approx(row["estimate"], abs=0.25)
    day = points.iloc[100]
    before = ada.log[ada.log["start"].between(day["start"] - pd.Timedelta(days=7), day["start"], inclusive="left")]
    expected = before.loc[before["skill"] == "harmonica", "minutes"].sum() / 60
    assert day["hours"] == pytest.approx(expected, abs=1e-6)


def test_empty_logs_and_single_skills_give_empty_tables_of_the_same_columns(found):
    for log in (empty_log(), made()[lambda rows: rows["skill"] == "a"]):
        assert transfer(log).dtypes.to_dict() == found.dtypes.to_dict()
        assert transfer(log).empty
    points = transfer_points(made(days=45), "b", "a")
    assert points.empty and list(points)[:3] == ["learner", "from_skill", "to_skill"]


def test_mistakes_are_named():
    with pytest.raises(MMError, match=r'Did you mean "ukulele"\?'):
        transfer_points(practice().log, "harmonica", "ukelele")
    with pytest.raises(MMError, match="expected two skills"):
        transfer_points(made(), "a", "a")
    with pytest.raises(MMError, match="above 0"):
        transfer(made(), window_days=0)


def test_the_real_puzzle_log_is_tested_whole(real_data, tmp_path):
    from mmlib.practice import add_export

    add_export(
        tmp_path, "cstimer", real_data / "cstimer_marius" / "cstimer_export.json", learner="me", tz="Europe/Paris"
    )
    table = transfer(load(tmp_path).log)
    assert len(table) == 27 * 26
    tested = table["p_value"].notna()
    assert tested.sum() > 100
    assert 0.01 <= (table.loc[tested, "p_value"] <= 0.05).mean() <= 0.12
    # Corners and edges alone are parts of the whole solve blindfold; the log shows no transfer from them.
    assert pair(table, "3bld corner", "3 x 3 BLIND")["verdict"] == "none found"
