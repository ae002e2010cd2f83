"""What may be told of few people: against what a reader could reckon back."""

import itertools

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.reports.cohort import suppression
from mmlib.reports.shipped import shipped

COUNTS = ["with_achieved", "with_not", "without_achieved", "without_not"]


def log(people, *, start="2026-10-05"):
    """Sessions of 10 minutes from {learner: skills}."""
    rows = [(who, skill, 10.0) for who, skills in people.items() for skill in skills]
    table = pd.DataFrame(rows, columns=["learner", "skill", "minutes"])
    return mm.log.check_log(table.assign(start=pd.Timestamp(start)))


def test_from_the_total_nobody_learns_a_hidden_count_exactly():
    for counts in itertools.product(range(13), repeat=3):
        cells = pd.Series(counts, index=list("abc"))
        secret = suppression.hidden(cells)
        assert secret[cells.between(1, 4)].all()
        assert not secret[cells == 0].any()
        if not secret.any() or secret[cells > 0].all():
            continue
        left = int(cells.sum() - cells[~secret].sum())
        assert secret.sum() >= 2
        assert left >= 5
        # Each split of what is left into as many groups of somebody, with a small one among them, would look alike.
        splits = [s for s in itertools.product(range(1, left), repeat=int(secret.sum())) if sum(s) == left]
        alike = [s for s in splits if min(s) < 5]
        assert all(len({s[i] for s in alike}) > 1 for i in range(int(secret.sum())))


def test_a_count_with_no_few_in_it_is_told():
    assert not suppression.hidden(pd.Series([12, 5, 0])).any()


@pytest.mark.parametrize(("part", "said"), [(4, "fewer than five of 20"), (5, "5 of 20"), (15, "15 of 20"),
                                            (16, "nearly all of 20"), (20, "all 20"), (0, "none of 20")])  # fmt: skip
def test_shares_are_told_without_telling_of_few(part, said):
    assert suppression.share(part, 20) == said


def test_rare_skills_have_no_name_and_their_sum_rests_on_five():
    people = {name: ["juggling"] for name in "abcdefgh"} | {name: ["juggling", "kites"] for name in "ijklm"}
    people["n"] = ["falconry"]
    table = suppression.by_skill(mm.repetition.totals(log(people)))
    assert dict(zip(table["skill"], table["minutes"], strict=True)) == {"juggling": 130.0, "2 others": 60.0}


def test_rare_skills_of_five_people_leave_the_common_ones_alone():
    people = {name: ["juggling", f"own skill of {name}"] for name in "abcde"}
    table = suppression.by_skill(mm.repetition.totals(log(people)))
    assert dict(zip(table["skill"], table["minutes"], strict=True)) == {"juggling": 50.0, "5 others": 50.0}


def test_minutes_that_few_have_noted_are_not_told():
    rows = log({name: ["juggling"] for name in "abcdef"})
    rows.loc[rows["learner"] > "b", "minutes"] = np.nan
    totals = mm.repetition.totals(rows)
    assert suppression.unit_of(totals) == "sessions"
    assert suppression.by_skill(totals)["minutes"].isna().all()
    assert suppression.alike(totals, mm.repetition.rest(rows, as_of="2026-10-31"))["minutes"].isna().all()


@pytest.mark.parametrize("n", [5, 8, 9, 10, 23, 60])
def test_groups_hold_everybody_once_and_never_fewer_than_five(n):
    names = [f"p{i:02}" for i in range(n)]
    rows = log({name: ["juggling"] for name in names})
    rest = pd.DataFrame({"learner": names, "days_since": np.arange(n)[::-1]})
    groups = suppression.alike(mm.repetition.totals(rows), rest)
    assert sorted(itertools.chain(*groups["learners"])) == names
    assert groups["n"].min() >= 5
    assert groups["days_since"].is_monotonic_increasing
    assert (groups["n"] * groups["minutes"]).sum() == pytest.approx(10 * n)


def test_who_did_not_practise_in_the_period_is_apart_only_among_five():
    names = [f"p{i:02}" for i in range(20)]
    rest = pd.DataFrame({"learner": names, "days_since": range(20)})
    for away, told in ((4, [False]), (6, [False, True])):
        now = log({name: ["juggling"] for name in names[: 20 - away]})
        groups = suppression.alike(mm.repetition.totals(now), rest)
        assert sorted(set(groups["sessions"] == 0)) == told
        assert groups["n"].sum() == 20


def test_fewer_than_five_make_no_group():
    rows = log({name: ["juggling"] for name in "abcd"})
    totals, rest = mm.repetition.totals(rows), mm.repetition.rest(rows, as_of="2026-10-31")
    assert suppression.alike(totals, rest).empty


@pytest.fixture(scope="module")
def sample():
    return mm.load(shipped("data/sample-cohort"))


def test_survival_falls_in_steps_of_five_people_and_is_true_where_it_falls(sample):
    curve = mm.repetition.survival(sample.log, as_of="2026-10-31", by=None)
    each = mm.repetition.survival(sample.log, as_of="2026-10-31", by="learner")
    steps = suppression.in_steps(curve, each)
    quits = each[each["events"] > 0]
    bounds = [-1, *steps["days"]]
    for before, day in itertools.pairwise(bounds):
        assert quits.loc[quits["days"].between(before + 1, day), "learner"].nunique() >= 5
    assert (each.groupby("learner")["days"].max() > steps["days"].iloc[-1]).sum() >= 5
    true = curve.set_index("days").loc[steps["days"], "estimate"].to_numpy()
    np.testing.assert_allclose(steps["estimate"], true, atol=0.005)
    assert not (steps[["at_risk", "n", "events"]] % 5).to_numpy().any()
    assert steps["events"].sum() <= quits["events"].sum() < steps["events"].sum() + 60
    assert steps["resumed"].isna().all()


def test_survival_of_which_few_have_fallen_is_not_drawn():
    rows = log({name: ["juggling"] for name in "abcdef"}, start="2026-08-01")
    more = [rows, *(rows[rows["learner"] > "c"].assign(start=day) for day in pd.date_range("2026-08-02", "2026-10-31"))]
    whole = pd.concat(more)
    tables = [mm.repetition.survival(whole, as_of="2026-10-31", by=by) for by in (None, "learner")]
    assert tables[0]["events"].sum() == 3
    assert suppression.in_steps(*tables).empty


def test_how_many_gave_up_early_is_told_only_of_five():
    spread = pd.DataFrame({"skill": ["a", "b", "c"], "learners": [8, 8, 8]})
    people = {f"p{i:02}": ["a"] * (i < 8) + ["b"] * (i < 9) + ["c"] * (i < 13) for i in range(13)}
    told = suppression.spread_told(spread, log(people))["learners"]
    assert told[[0, 2]].tolist() == [8, 8]
    assert told.isna().tolist() == [False, True, False]


def test_odds_with_a_small_count_are_left_out_and_the_others_do_not_give_their_counts_away(sample):
    odds = mm.synergy.avocation_odds(sample.log, sample.milestones, min_hours=5)
    told = suppression.odds_told(odds)
    assert set(told["domain"]) == set(odds.loc[(odds[COUNTS] >= 5).all(axis=1), "domain"])
    assert 0 < len(told) < len(odds)
    assert not (told[COUNTS] % 5).to_numpy().any()
    assert not {"n", "n_main", "n_unknown", "n_strata", "haldane", "p_value"} & set(told)
    true = odds.set_index("domain").loc[told["domain"], "estimate"].to_numpy()
    np.testing.assert_allclose(told["estimate"], true, rtol=0.05)


def test_from_the_odds_told_the_number_with_another_main_field_cannot_be_reckoned(sample):
    from scipy.stats.contingency import odds_ratio

    odds = mm.synergy.avocation_odds(sample.log, sample.milestones, min_hours=5).set_index("domain")
    told = suppression.odds_told(odds.reset_index()).set_index("domain").loc["art"]
    spans = [range(max(int(told[name]) - 2, 5), int(told[name]) + 3) for name in COUNTS]
    sizes = set()
    for cells in itertools.product(*spans):
        found = odds_ratio(np.reshape(cells, (2, 2)))
        if float(f"{found.statistic:.2g}") == told["estimate"]:
            limits = found.confidence_interval()
            if (float(f"{limits.low:.2g}"), float(f"{limits.high:.2g}")) == (told["low"], told["high"]):
                sizes.add(sum(cells))
    assert odds.loc["art", "n"] in sizes
    assert len(sizes) > 1


def test_what_explains_the_odds_away_is_told_of_the_same_domains(sample):
    odds = mm.synergy.avocation_odds(sample.log, sample.milestones, min_hours=5)
    told = suppression.odds_told(odds)
    table = suppression.sensitivity_told(mm.synergy.sensitivity(odds), told)
    assert list(table["domain"]) == list(told["domain"])
    assert not {"n", "share", "recorded_achieved", "recorded_not"} & set(table)


def test_pairs_of_few_learners_are_left_out():
    table = pd.DataFrame({"n": [4, 6, 13, 9], "estimate": [0.1, 0.2, 0.3, np.nan]})
    assert suppression.transfer_told(table)["n"].tolist() == [5, 15]
