"""Breadth against achievement, against plain pandas, statsmodels and a cohort whose truth is known."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from mmlib import simulate
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import synergy
from mmlib.stats.diversity import hill, rarefied


def cohort(people, *, minutes=30):
    """Return a log of learners with so many sessions of each skill, and the milestones of those who achieved."""
    rows, milestones = [], []
    for i, (counts, achieved) in enumerate(people):
        skills = np.repeat([f"s{k}" for k in range(len(counts))], counts)
        start = pd.date_range("2026-01-01", periods=len(skills), freq="12h")
        rows.append(pd.DataFrame({"learner": f"p{i:03d}", "skill": skills, "start": start, "minutes": minutes}))
        if achieved:
            milestones.append({"learner": f"p{i:03d}", "date": start[-1], "kind": "breakthrough"})
    return check_log(pd.concat(rows)), pd.DataFrame(milestones, columns=["learner", "date", "kind"])


def confounded(n, seed):
    """Return people whose commitment drives sessions, breadth and achievement, and nothing else does."""
    rng = np.random.default_rng(seed)
    people = []
    for _ in range(n):
        level = rng.integers(3)
        shares = rng.dirichlet([1.5] * (1 + min(rng.poisson([1, 2.5, 5][level]), 9)))
        people.append(
            (rng.multinomial([15, 40, 90][level] + rng.integers(10), shares), rng.random() < [0.1, 0.4, 0.8][level])
        )
    return people


def test_each_learner_by_hand():
    log, milestones = cohort([([10, 10], True), ([30, 5, 5], False), ([4], False)])
    table = synergy.learner_breadth(log, milestones)
    assert table["learner"].tolist() == ["p000", "p001", "p002"]
    assert table["achieved"].tolist() == [True, False, False]
    assert table["effective"].tolist() == pytest.approx([2, hill([30, 5, 5]), 1])
    assert table["hours"].tolist() == [10, 20, 2]
    assert table["sessions"].tolist() == [20, 40, 4]
    assert table["n_practised"].tolist() == [2, 3, 1]
    assert table["at_sessions"].tolist() == [20, 20, 20]
    assert table["effective_at_equal"].tolist()[:2] == pytest.approx([2, float(rarefied([30, 5, 5], 20))])
    assert np.isnan(table["effective_at_equal"][2])


def test_unknown_minutes_count_as_the_learners_median_and_none_as_no_hours():
    log, milestones = cohort([([10, 10], True), ([10, 10], False)])
    log.loc[log["learner"] == "p000", "minutes"] = [60.0] * 10 + [np.nan] * 10
    log.loc[log["learner"] == "p001", "minutes"] = np.nan
    table = synergy.learner_breadth(log, milestones)
    assert table["effective"].tolist() == pytest.approx([2, 2])
    assert table["hours"][0] == 20
    assert np.isnan(table["hours"][1])


def test_in_a_large_cohort_it_is_ordinary_logistic_regression():
    log, milestones = cohort(confounded(300, 4))
    people, table = synergy.learner_breadth(log, milestones), synergy.breadth_odds(log, milestones)
    logs = np.log(people["hours"])
    logs -= logs.mean()
    outcome = people["achieved"].astype(float)
    rows = table.set_index(["breadth", "adjusted_for"])
    for column, breadth in (("effective", "all sessions"), ("effective_at_equal", "equal sessions")):
        for others, adjusted in (([], "nothing"), ([logs, logs**2], "hours")):
            design = sm.add_constant(np.column_stack([people[column], *others]))
            fit = sm.Logit(outcome, design).fit(disp=0)
            row = rows.loc[(breadth, adjusted)]
            assert np.log(row["estimate"]) == pytest.approx(fit.params.iloc[1], abs=0.05)
            assert np.log(row[["low", "high"]].tolist()) == pytest.approx(fit.conf_int().iloc[1].tolist(), abs=0.1)
            assert row[["n", "n_achieved"]].tolist() == [300, outcome.sum()]


def test_what_commitment_explains_is_not_called_an_association():
    crude, adjusted = [], []
    for seed in range(100, 125):
        table = synergy.breadth_odds(*cohort(confounded(60, seed)))
        crude.append((table["low"] > 1)[0])
        adjusted.append(((table["low"] > 1) | (table["high"] < 1))[1])
    assert np.mean(crude) >= 0.6
    assert np.mean(adjusted) <= 0.15


def test_in_the_simulated_cohort_there_is_no_association_at_equal_hours():
    found = simulate.cohort()
    table = synergy.breadth_odds(found.log, found.milestones)
    adjusted = table[table["adjusted_for"] == "hours"]
    assert found.truth["conditional_odds_ratio"] == 1
    assert ((adjusted["low"] < 1) & (adjusted["high"] > 1)).all()
    assert (adjusted["p_value"] > 0.05).all()
    assert (table["n"] == 60).all()


def test_separation_gives_finite_numbers():
    people = [([10, 10, 10], True)] * 4 + [([28, 2], False)] * 5 + [([9, 9, 9, 3], True), ([25, 4, 1], False)]
    table = synergy.breadth_odds(*cohort(people))
    assert np.isfinite(table[["estimate", "low"]]).all(axis=None)
    assert (table["estimate"] > 1).all()
    assert table["low"][0] > 1


def test_too_few_on_a_side_are_not_compared():
    people = [([10, 10], True)] * 2 + [([15, 5], False)] * 9
    table = synergy.breadth_odds(*cohort(people))
    assert table["estimate"].isna().all()
    assert table["reason"][0] == "2 of 11 learners achieved: it takes 3 who did and 3 who did not"
    log, milestones = cohort(people)
    nobody = synergy.breadth_odds(log, milestones.head(0))["reason"][0]
    assert nobody == "none of 11 learners achieved: it takes 3 who did and 3 who did not"


def test_equal_breadth_tells_nothing():
    table = synergy.breadth_odds(*cohort([([10, 10], i % 2 == 0) for i in range(12)]))
    assert table["estimate"].isna().all()
    assert "does not vary" in table["reason"][0]


def test_who_is_left_out_is_named():
    log, milestones = cohort([*confounded(40, 8), ([3, 1], False)])
    log.loc[log["learner"].isin(["p000", "p001"]), "minutes"] = np.nan
    table = synergy.breadth_odds(log, milestones).set_index(["breadth", "adjusted_for"])
    assert table.loc[("all sessions", "nothing"), ["n", "reason"]].tolist() == [41, ""]
    assert table.loc[("all sessions", "hours"), "reason"] == "2 learners without any minutes left out"
    assert table.loc[("all sessions", "hours"), "n"] == 39
    assert table.loc[("equal sessions", "nothing"), "reason"] == "1 learner with fewer than 10 sessions left out"
    assert table.loc[("equal sessions", "hours"), "n"] == 38


def test_without_any_minutes_sessions_stand_for_hours():
    log, milestones = cohort(confounded(40, 9))
    timed, untimed = (synergy.breadth_odds(each, milestones) for each in (log, log.assign(minutes=np.nan)))
    # All sessions are of 30 minutes, so that sessions and hours are the same but for their unit.
    assert untimed["estimate"].tolist() == pytest.approx(timed["estimate"].tolist(), rel=1e-4)
    assert untimed["reason"][1] == "no minutes are known: sessions stand for hours"


def test_unknown_kinds_and_words_are_refused():
    log, milestones = cohort([([10, 10], True)])
    with pytest.raises(MMError, match='Did you mean "breakthrough"'):
        synergy.breadth_odds(log, milestones, outcome="breakthru")
    with pytest.raises(MMError, match="of: found"):
        synergy.learner_breadth(log, milestones, of="skills")


def test_an_empty_log_keeps_columns_and_types():
    log, milestones = cohort([([10, 10], True), ([10], False)])
    for measure in (synergy.breadth_odds, synergy.learner_breadth):
        empty = measure(empty_log(), milestones)
        assert empty.empty
        assert empty.dtypes.to_dict() == measure(log, milestones).dtypes.to_dict()


def test_the_input_stays_as_it_is():
    log, milestones = cohort(confounded(12, 1))
    before = log.copy(deep=True), milestones.copy(deep=True)
    synergy.breadth_odds(log, milestones)
    pd.testing.assert_frame_equal(log, before[0])
    pd.testing.assert_frame_equal(milestones, before[1])
