"""Avocations and achievement: counts by hand, and a simulated truth that the strata bring out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mmlib import simulate
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import synergy
from mmlib.stats import odds

COUNTS = ["with_achieved", "with_not", "without_achieved", "without_not"]


@pytest.fixture(scope="module")
def cohort():
    return simulate.cohort()


def log_of(hours):
    """A log with one session per learner and domain, from {learner: {domain: hours}}."""
    rows = [(who, domain, amount) for who, each in hours.items() for domain, amount in each.items()]
    learner, domain, amount = zip(*rows, strict=True)
    minutes = [np.nan if each is None else 60.0 * each for each in amount]
    table = pd.DataFrame({"learner": learner, "skill": domain, "start": pd.Timestamp("2026-01-01"), "minutes": minutes})
    log = check_log(table)
    return log.assign(domain=log["skill"])


def achieved_by(*names, kind="breakthrough"):
    names = list(names)
    return pd.DataFrame({"learner": names, "date": pd.Timestamp("2026-02-01"), "kind": kind}).astype({"kind": "str"})


def group(n, prefix, **hours):
    return {f"{prefix}{i}": hours for i in range(n)}


@pytest.fixture
def known():
    """12 learners: 4 with art and 6 with a milestone, of whom 3 both; two painters by trade, one without minutes."""
    hours = group(4, "a", science=30, art=10) | group(8, "s", science=30, art=9.99)
    hours |= group(2, "p", art=40, science=12) | {"u": {"science": None}}
    return log_of(hours), achieved_by("a0", "a1", "a2", "a2", "s0", "s1", "s2", "p0", "u", "stranger")


def test_the_counts_are_those_by_hand(known):
    table = synergy.avocation_odds(*known).set_index("domain")
    assert table.loc["art", COUNTS].tolist() == [3, 1, 3, 5]
    assert table.loc["art", ["n", "n_main", "n_unknown"]].tolist() == [12, 2, 1]
    assert table.loc["science", ["n", "n_main", "n_unknown"]].tolist() == [2, 12, 1]
    exact = odds.exact([[3, 1], [3, 5]])
    assert table.loc["art", ["estimate", "low", "high"]].tolist() == [exact.estimate[0], exact.low[0], exact.high[0]]
    assert table.loc["art", "haldane"] == pytest.approx(3.5 * 5.5 / (1.5 * 3.5))


def test_a_main_field_is_the_one_with_most_hours_whatever_the_milestone_says(known):
    log, milestones = known
    other = milestones.assign(field="art", skill="art")
    pd.testing.assert_frame_equal(synergy.avocation_odds(log, other), synergy.avocation_odds(log, milestones))


def test_few_learners_have_no_odds_ratio_but_a_reason(known):
    science = synergy.avocation_odds(*known).set_index("domain").loc["science"]
    assert np.isnan(science[["estimate", "low", "high", "mh", "p_value", "q_value"]].astype(float)).all()
    assert science["reason"] == (
        "2 learners with another main field (1 more without minutes or a domain): an odds ratio needs at least 8"
    )


def test_nothing_to_compare_is_said_in_words(known):
    log, milestones = known
    nobody = synergy.avocation_odds(log, milestones, min_hours=50).set_index("domain")["reason"]["art"]
    assert nobody == "none of 12 learners practised it for 50 hours beside their main field"
    everybody = synergy.avocation_odds(log, milestones, min_hours=1).set_index("domain")["reason"]["art"]
    assert everybody == "all of 12 learners practised it for 1 hour beside their main field"
    without = synergy.avocation_odds(log, milestones.head(0)).set_index("domain")["reason"]["art"]
    assert without == "none of 12 learners have a milestone of the kind breakthrough"


def test_unknown_minutes_count_as_the_learners_median_session():
    hours = group(5, "a", science=30) | group(5, "s", science=30)
    log = log_of(hours)
    art = log.head(5).assign(skill="art", domain=pd.array(["art"] * 5, dtype="str"), minutes=np.nan)
    table = synergy.avocation_odds(pd.concat([log, art], ignore_index=True), achieved_by("a0", "s0"), min_hours=30)
    # Each of the five has one session of science, 30 hours, and so 30 hours of art: a tie, in which art comes first.
    assert table.set_index("domain").loc["science", COUNTS].tolist() == [1, 4, 0, 0]


def test_equal_hours_share_a_stratum_and_strata_are_of_equal_size(cohort):
    counts = synergy.avocation_strata(cohort.log, cohort.milestones, domain="art", strata=4)
    assert counts["stratum"].tolist() == ["1", "2", "3", "4"]
    assert (counts["hours_from"].to_numpy()[1:] >= counts["hours_to"].to_numpy()[:-1]).all()
    total = cohort.log.groupby("learner")["minutes"].sum() / 60
    sizes = [
        total.between(low - 1e-9, high + 1e-9).sum()
        for low, high in zip(counts["hours_from"], counts["hours_to"], strict=True)
    ]
    assert sizes == [15, 15, 15, 15]
    same = synergy.avocation_strata(log_of(group(9, "a", x=5, y=1)), achieved_by("a1"), domain="y", strata=3)
    assert len(same) == 1


def test_the_counts_of_a_domain_are_those_of_plain_pandas(cohort):
    hours = (
        cohort.log.pivot_table(index="learner", columns="domain", values="minutes", aggfunc="sum", fill_value=0) / 60
    )
    achieved = hours.index.isin(cohort.milestones.query("kind == 'breakthrough'")["learner"])
    table = synergy.avocation_odds(cohort.log, cohort.milestones).set_index("domain")
    for domain in hours:
        beside = (hours.idxmax(axis=1) != domain).to_numpy()
        has = (hours[domain] >= 10).to_numpy()
        by_hand = [(beside & (has == w) & (achieved == a)).sum() for w in (True, False) for a in (True, False)]
        assert table.loc[domain, COUNTS].tolist() == by_hand


def test_the_sample_cohort_shows_the_confounding_and_the_strata_take_it_away(cohort):
    art = synergy.avocation_odds(cohort.log, cohort.milestones).set_index("domain").loc["art"]
    assert art["low"] > 1
    assert art["low"] < cohort.truth["crude_odds_ratio"] < art["high"]
    assert art["mh_low"] < cohort.truth["conditional_odds_ratio"] < art["mh_high"]
    assert 0.5 < art["mh"] < 2


def test_over_many_cohorts_the_crude_odds_ratio_is_wrong_and_the_stratified_one_is_right():
    found = []
    for seed in range(8):
        one = simulate.cohort(seed=seed)
        art = synergy.avocation_odds(one.log, one.milestones).set_index("domain").loc["art"]
        found.append([art["estimate"], art["mh"], art["mh_low"] <= 1 <= art["mh_high"]])
    crude, within, held = np.array(found, dtype=float).T
    assert np.median(crude) > 3
    assert 0.5 < np.median(within) < 2
    assert held.sum() >= 7


def test_strata_may_be_given_and_must_name_everybody(cohort):
    commitment = cohort.truth["learners"].set_index("learner")["commitment"]
    table = synergy.avocation_odds(cohort.log, cohort.milestones, strata=commitment).set_index("domain")
    assert table.loc["art", "mh_low"] < 1 < table.loc["art", "mh_high"]
    as_mapping = synergy.avocation_odds(cohort.log, cohort.milestones, strata=commitment.to_dict())
    assert as_mapping["mh"].to_numpy() == pytest.approx(table["mh"].to_numpy(), nan_ok=True)
    with pytest.raises(MMError, match=r"none for 1 learner \(p07\)"):
        synergy.avocation_odds(cohort.log, cohort.milestones, strata=commitment.drop("p07"))
    with pytest.raises(MMError, match="found 0"):
        synergy.avocation_odds(cohort.log, cohort.milestones, strata=0)
    names = synergy.avocation_strata(cohort.log, cohort.milestones, domain="art", strata=commitment)["stratum"]
    assert names.tolist() == ["devoted", "light", "steady"]


def test_without_strata_the_common_odds_ratio_is_the_sample_odds_ratio(cohort):
    art = synergy.avocation_odds(cohort.log, cohort.milestones, strata=1).set_index("domain").loc["art"]
    a, b, c, d = (art[name] for name in COUNTS)
    assert art["mh"] == pytest.approx(a * d / (b * c))
    assert art["n_strata"] == 1


def test_strata_that_compare_nobody_leave_the_crude_odds_ratio_and_say_so(cohort):
    alone = {name: name for name in cohort.log["learner"].unique()}
    table = synergy.avocation_odds(cohort.log, cohort.milestones, strata=alone).set_index("domain")
    assert table.loc["art", "estimate"] > 1
    assert np.isnan(table.loc["art", "mh"])
    assert table.loc["art", "n_strata"] == 0
    assert table.loc["art", "reason"].startswith("no stratum holds")


def test_q_values_are_those_of_benjamini_and_hochberg(cohort):
    table = synergy.avocation_odds(cohort.log, cohort.milestones)
    assert table["q_value"].to_numpy() == pytest.approx(stats.false_discovery_control(table["p_value"]))
    known = table["mh_p"].notna()
    assert table["mh_q"][known].to_numpy() == pytest.approx(stats.false_discovery_control(table["mh_p"][known]))
    assert table["mh_q"][~known].isna().all()


def test_a_misspelt_outcome_or_domain_is_named(cohort):
    with pytest.raises(MMError, match='Did you mean "breakthrough"'):
        synergy.avocation_odds(cohort.log, cohort.milestones, outcome="breakthru")
    with pytest.raises(MMError, match='Did you mean "music"'):
        synergy.avocation_strata(cohort.log, cohort.milestones, domain="musik")


def test_an_empty_log_keeps_columns_and_types(cohort):
    full = synergy.avocation_odds(cohort.log, cohort.milestones)
    empty = synergy.avocation_odds(empty_log(), cohort.milestones.head(0))
    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_log_without_domains_has_no_rows(cohort):
    assert synergy.avocation_odds(cohort.log.assign(domain=pd.NA), cohort.milestones).empty


def test_the_log_and_the_milestones_stay_as_they_are(known):
    log, milestones = known
    copies = log.copy(deep=True), milestones.copy(deep=True)
    synergy.avocation_odds(log, milestones)
    pd.testing.assert_frame_equal(log, copies[0])
    pd.testing.assert_frame_equal(milestones, copies[1])


def test_strata_odds_turn_round_in_berkeley():
    counts = pd.DataFrame({
        "stratum": list("ABCDEF"), "with_achieved": [512, 353, 120, 138, 53, 22],
        "with_not": [313, 207, 205, 279, 138, 351], "without_achieved": [89, 17, 202, 131, 94, 24],
        "without_not": [19, 8, 391, 244, 299, 317],
    })  # fmt: skip
    table = synergy.strata_odds(counts).set_index("kind")
    assert table.loc["stratum", "n"].tolist() == [933, 585, 918, 792, 584, 714]
    assert table.loc["crude", COUNTS].tolist() == [1198, 1493, 557, 1278]
    assert table.loc["crude", "estimate"] == pytest.approx(1.84108, rel=1e-3)  # (1198·1278)/(1493·557), by hand
    assert table.loc["stratified", "estimate"] == pytest.approx(0.9046968)
    assert table.loc["stratified", ["n_strata", "n"]].tolist() == [6, 4526]


def test_strata_odds_are_the_avocation_odds_taken_apart(cohort):
    counts = synergy.avocation_strata(cohort.log, cohort.milestones, domain="art")
    table = synergy.strata_odds(counts).set_index("kind")
    art = synergy.avocation_odds(cohort.log, cohort.milestones).set_index("domain").loc["art"]
    assert table.loc["crude", ["estimate", "low", "high"]].tolist() == art[["estimate", "low", "high"]].tolist()
    assert table.loc["stratified", ["estimate", "low", "high"]].tolist() == art[["mh", "mh_low", "mh_high"]].tolist()
    silent = table.loc["stratum"].iloc[0]
    assert np.isnan(silent["low"])
    assert silent["reason"] == "all on one side: nothing to compare"


def test_strata_odds_of_no_strata_and_of_a_wrong_table(cohort):
    counts = synergy.avocation_strata(cohort.log, cohort.milestones, domain="art")
    table = synergy.strata_odds(counts.head(0))
    assert table["estimate"].isna().all()
    assert table.dtypes.to_dict() == synergy.strata_odds(counts).dtypes.to_dict()
    with pytest.raises(MMError, match="no column with_not"):
        synergy.strata_odds(counts.drop(columns="with_not"))
