"""The scorecard and the small doors against hand counts, statsmodels and simulated truth."""

import re

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

import mmlib as mm
from mmlib.log import check_log, empty_log
from mmlib.measures import structure

PARTS = [
    "entry_trick",
    "rub_pat_barrier",
    "background_support",
    "payoff",
    "repeatability",
    "experimental_possibilities",
]


@pytest.fixture
def log():
    return check_log(
        pd.DataFrame(
            {
                "skill": ["surfing"] * 7 + ["tea"],
                "start": pd.to_datetime(
                    [f"2026-09-{day:02}" for day in (1, 2, 3, 8, 9, 10, 29)] + ["2026-10-05"],
                ),
                "payoff": [5, None, 2, 4, 3, 4, 1, None],
                "support": [4, 4, None, None, None, None, None, None],
                "part": ["entry_trick", "isolate", None, "combine", None, None, None, None],
                "variation": ["long board", "long board", "dusk", None, None, None, None, None],
            }
        )
    )


@pytest.fixture
def skills():
    return pd.DataFrame(
        {
            "skill": ["surfing", "tea"],
            "has_card": [True, False],
            "entry_trick": ["pop-up on the living-room floor", None],
            "payoff": ["The glide!", None],
        }
    )


def row(table, skill, part):
    return table.set_index(["skill", "part"]).loc[(skill, part)]


def test_scores_by_hand(skills, log):
    table = structure.scorecard(skills, log)
    practice = table[table["skill"] == "surfing"].set_index("part")["practice"]
    # Rated payoffs 5 2 4 3 4: three of five. First session 1 September, last day of the log 5 October: 5 weeks,
    # with sessions in the first, second and fifth, and no gap of over 28 days.
    expected = [3 / 5, 1, 3 / 4, (19 / 6 - 1) / 4, (3 / 5 + 1) / 2, 2 / 3]
    assert practice.tolist() == pytest.approx(expected)
    assert practice.index.tolist() == PARTS
    entry = row(table, "surfing", "entry_trick")
    assert entry["score"] == pytest.approx(0.8)
    assert entry["evidence"] == (
        "Card: pop-up on the living-room floor. Log: payoff of 4 or more in 3 of the first 5 rated sessions; "
        "1 session on the entry trick, mean payoff 5.0 with it (n = 1), 2.8 after (n = 5)."
    )


def test_evidence_reads_as_sentences(skills, log):
    table = structure.scorecard(skills, log)
    assert row(table, "surfing", "payoff")["evidence"] == (
        "Card: The glide! Log: mean payoff 3.2 of 5 (1.6 to 4.7) in 6 sessions."
    )
    assert row(table, "surfing", "rub_pat_barrier")["evidence"] == (
        "Card: nothing said. Log: 1 session isolated the parts and 1 combined them."
    )
    assert row(table, "surfing", "repeatability")["evidence"].endswith(
        "practised in 3 of 5 weeks since the first session; no gap of over 28 days in 35 days."
    )
    assert row(table, "surfing", "experimental_possibilities")["evidence"].endswith("2 variations tried in 3 sessions.")


def test_no_card_is_not_an_empty_card(skills, log):
    table = structure.scorecard(skills, log)
    assert table.loc[table["skill"] == "tea", "card"].isna().all()
    assert row(table, "surfing", "rub_pat_barrier")["card"] == 0
    tea = row(table, "tea", "payoff")
    assert np.isnan(tea["score"])
    assert tea["evidence"] == "Card: it describes no part. Log: no payoff rated."


def test_too_new_to_tell(skills, log):
    tea = row(structure.scorecard(skills, log), "tea", "repeatability")
    assert np.isnan(tea["practice"])
    assert tea["evidence"].endswith("begun only 1 week before the log ends, too new to tell.")


def test_half_a_barrier_and_none(skills, log):
    def barrier(parts):
        changed = log.assign(part=pd.Series(parts, dtype="str"))
        return row(structure.scorecard(skills, changed), "surfing", "rub_pat_barrier")["practice"]

    assert barrier(["isolate"] * 8) == 0.5
    assert barrier(["repeat"] * 8) == 0
    assert np.isnan(barrier([None] * 8))


def test_variations_unknown_or_unused(skills, log):
    unused = row(structure.scorecard(skills, log), "tea", "experimental_possibilities")
    assert unused["practice"] == 0
    unknown = structure.scorecard(skills, log.assign(variation=pd.Series([None] * 8, dtype="str")))
    assert unknown.loc[unknown["part"] == "experimental_possibilities", "practice"].isna().all()


def test_the_names_of_cards_are_no_experiments(skills, log):
    start = pd.date_range("2026-09-01", periods=30, unit="us")
    cards = check_log(pd.DataFrame({"skill": "cards", "start": start, "reps": 1, "successes": 1,
                                    "variation": [f"card {i}" for i in range(30)]}))  # fmt: skip
    room = structure.scorecard(skills, pd.concat([log, cards], ignore_index=True)).set_index(["skill", "part"])
    own = room.loc[("cards", "experimental_possibilities")]
    assert np.isnan(own["practice"])
    assert own["evidence"].endswith("its variations name the items that were asked, not what was tweaked.")
    assert room.loc[("surfing", "experimental_possibilities"), "practice"] == pytest.approx(2 / 3)
    alone = structure.scorecard(skills.head(0), cards).set_index("part").loc["experimental_possibilities"]
    assert np.isnan(alone["practice"])


def test_skills_of_either_table_appear(skills, log):
    assert structure.scorecard(skills, empty_log())["skill"].unique().tolist() == ["surfing", "tea"]
    assert structure.scorecard(skills.iloc[:0], log)["skill"].unique().tolist() == ["surfing", "tea"]
    assert len(structure.scorecard(skills, log)) == 12


def test_empty_tables_keep_columns_and_types(skills, log):
    empty = structure.scorecard(skills.iloc[:0], empty_log())
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == structure.scorecard(skills, log).dtypes.to_dict()


def test_learners_are_taken_together(skills, log):
    both = pd.concat([log, log.assign(learner="you")], ignore_index=True)
    one, two = structure.scorecard(skills, log), structure.scorecard(skills, both)
    assert two["practice"].to_numpy() == pytest.approx(one["practice"].to_numpy(), nan_ok=True)
    assert "6 of the first 10 rated sessions" in row(two, "surfing", "entry_trick")["evidence"]


def test_a_card_with_a_unit_only_says_nothing_of_the_parts(log):
    cards = pd.DataFrame({"skill": ["surfing"], "has_card": [True], "unit": ["seconds"]})
    assert structure.scorecard(cards, log)["card"].isna().all()


def sessions(days, **columns):
    starts = pd.Timestamp("2026-01-01") + pd.to_timedelta(days, unit="D")
    return check_log(pd.DataFrame({"skill": "a", "start": starts, **columns}))


def repeatability(log):
    return row(structure.scorecard(pd.DataFrame({"skill": ["a"]}), log), "a", "repeatability")


def test_a_skill_asleep_loses_the_days_it_sleeps():
    slept = repeatability(sessions([0, 7, 14, 84, 98]))
    # 99 days, 15 weeks with sessions in 5 of them; a gap of 70 days is 42 days of sleep.
    assert slept["practice"] == pytest.approx((5 / 15 + 57 / 99) / 2)
    assert slept["evidence"].endswith("a gap of over 28 days after 15 days; awake again.")
    other = pd.concat([sessions([0, 7]), sessions([100]).assign(skill="b")], ignore_index=True)
    assert repeatability(other)["evidence"].endswith("after 8 days; asleep now, for 93 days.")


def test_several_learners_are_counted_who_let_it_sleep():
    back, gone = sessions([0, 60, 90]), sessions([0, 90]).assign(skill=["a", "b"])
    both = pd.concat([back, gone.assign(learner="you")], ignore_index=True)
    evidence = repeatability(both)["evidence"]
    assert evidence.endswith("2 of 2 learners had a gap of over 28 days, 1 of them not back since.")


def test_the_payoff_is_told_before_with_and_after_the_entry_trick():
    log = sessions(range(6), payoff=[1, 2, 5, 4, 3, 5], part=[None, None, "entry_trick", "entry_trick", None, None])
    evidence = row(structure.scorecard(pd.DataFrame({"skill": ["a"]}), log), "a", "entry_trick")["evidence"]
    assert "2 sessions on the entry trick, mean payoff 4.5 with it (n = 2), 1.5 before (n = 2), 4.0 after" in evidence


def experiments(log):
    return row(structure.scorecard(pd.DataFrame({"skill": ["a"]}), log), "a", "experimental_possibilities")["evidence"]


def test_variations_are_compared_with_their_neighbours_and_not_with_the_past():
    rising = np.arange(40.0)
    varied = [None, None, None, "x"] * 10
    plain = sessions(range(40), score=rising + np.sin(7 * rising), variation=varied)
    assert "no clear difference in score" in experiments(plain)
    # The last of the ten has no session after it.
    lifted = plain.assign(score=plain["score"] + 12 * plain["variation"].notna())
    assert re.search(r"score 12\.\d+ points better \(11\.\d+ to 12\.\d+, n = 9\): an association", experiments(lifted))
    worse = lifted.assign(better="lower", unit="seconds")
    assert re.search(r"score 12\.\d+ seconds worse", experiments(worse))


def test_no_difference_is_claimed_where_there_is_none():
    rng = np.random.default_rng(8)
    clear = 0
    for _ in range(40):
        varied = pd.Series(np.where(rng.random(60) < 0.3, "x", None), dtype="str")
        log = sessions(range(60), score=np.linspace(0, 3, 60) + rng.normal(size=60), variation=varied)
        clear += "no clear difference" not in experiments(log)
    assert clear <= 6


def test_a_leap_counts_as_a_barrier_passed(skills, log):
    found = pd.DataFrame({"learner": "me", "skill": "surfing", "kind": ["plateau", "leap"], "passed": [True, None]})
    found = found.assign(start=pd.to_datetime(["2026-09-02", "2026-09-10"]), isolated=[True, True])
    bare = log.assign(part=pd.Series([None] * 8, dtype="str"))
    with_leap = row(structure.scorecard(skills, bare, barriers=found), "surfing", "rub_pat_barrier")
    assert with_leap["practice"] == 1
    assert with_leap["evidence"].endswith(
        "no parts recorded; 1 plateau ended by a leap on 10 September 2026, after the parts were isolated."
    )
    unprepared = structure.scorecard(skills, bare, barriers=found.assign(isolated=False))
    assert row(unprepared, "surfing", "rub_pat_barrier")["practice"] == 0.5
    none = structure.scorecard(skills, bare, barriers=found.assign(kind=None))
    assert "no plateau found that a leap ended" in row(none, "surfing", "rub_pat_barrier")["evidence"]
    assert "plateau" not in row(none, "tea", "rub_pat_barrier")["evidence"], "nobody looked"


def test_the_simulated_leap_is_in_the_evidence():
    ada = mm.simulate.practice()
    log = ada.log[ada.log["skill"].isin(["juggling", "omelette"])]
    barriers = pd.DataFrame({"learner": "ada", "skill": ["juggling"], "kind": "leap", "isolated": True})
    barriers = barriers.assign(start=pd.Timestamp(ada.truth["leap"]["date"]))
    table = structure.scorecard(ada.skills, log, barriers=barriers)
    juggling = row(table, "juggling", "rub_pat_barrier")
    assert juggling["practice"] == 1
    assert "1 plateau ended by a leap on 3 October 2026" in juggling["evidence"]
    assert row(table, "omelette", "entry_trick")["practice"] == 1, "her first omelettes worked at once"


# Small doors


def learners(hours, there, skill="a"):
    """Return a log in which each learner practises an hour a day; the last session is rewarding where `there`."""
    n = np.asarray(hours)
    day = np.concatenate([np.arange(each) for each in n])
    rows = pd.DataFrame({"learner": np.repeat([f"p{i:02d}" for i in range(n.size)], n), "skill": skill})
    last = (day == np.repeat(n, n) - 1) & np.repeat(np.asarray(there, dtype=bool), n)
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta(day, unit="D")
    return check_log(rows.assign(start=start, minutes=60.0, payoff=np.where(last, 4.0, 3.0)))


def door(table, name, skill="a"):
    return table.set_index(["skill", "door"]).loc[(skill, name)]


CARDS = pd.DataFrame({"skill": ["a"], "target": [10.0], "better": ["higher"]})


def test_one_learner_has_hours_and_no_interval():
    log = check_log(
        pd.DataFrame(
            {
                "skill": "a",
                "start": pd.date_range("2026-01-01", periods=8, unit="us"),
                "minutes": 30,
                "payoff": [None, 3, 5, 5, 5, 5, 5, 5],
                "score": [1, 11, 12, 3, 12, 9, 10, 12],
            }
        )
    )
    table = structure.small_doors(CARDS, log)
    payoff, mastery = door(table, "first payoff"), door(table, "mastery")
    assert payoff[["estimate", "trials", "days", "n", "reached"]].tolist() == [1.5, 3, 2, 1, 1]
    # 1 11 12 3 12: the middle is 11, at the fifth score.
    assert mastery[["estimate", "trials", "days"]].tolist() == [2.5, 5, 4]
    assert payoff["reason"] == "1 learner: an interval needs at least 6"
    assert np.isnan(payoff["low"])
    higher = structure.small_doors(CARDS.assign(target=20.0), log)
    assert door(higher, "mastery")["reason"] == "not yet after 4.0 h"
    assert door(higher, "mastery")["hours_so_far"] == 4


def test_without_censoring_it_is_the_median():
    for hours in ([2, 5, 3], [2, 5, 3, 9], [4, 1, 7, 9, 2, 6, 8]):
        found = door(structure.small_doors(CARDS, learners(hours, [True] * len(hours))), "first payoff")
        assert found["estimate"] == np.median(hours)
        assert found["trials"] == np.median(hours)


def test_medians_and_limits_agree_with_statsmodels():
    rng = np.random.default_rng(11)
    hours, there = rng.integers(2, 30, 15), rng.random(15) < 0.7
    hours = hours + np.arange(15) * 31  # no ties, whose middle statsmodels does not take
    found = door(structure.small_doors(CARDS, learners(hours, there)), "first payoff")
    curve = SurvfuncRight(hours, there.astype(int))
    assert found["estimate"] == curve.quantile(0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        limits = curve.quantile_ci(0.5, method="cloglog")
    assert found[["low", "high"]].tolist() == pytest.approx(list(limits), nan_ok=True)
    assert found[["n", "reached"]].tolist() == [15, there.sum()]


def test_who_is_not_there_yet_is_not_left_out():
    waiting = door(structure.small_doors(CARDS, learners([2, 9, 9, 9], [True, False, False, False])), "first payoff")
    assert np.isnan(waiting["estimate"])
    assert waiting["reason"] == "1 of 4 learners so far, in up to 9.0 h"
    late = door(structure.small_doors(CARDS, learners([2, 3, 9, 9, 9, 9, 4], [1, 1, 0, 0, 0, 0, 1])), "first payoff")
    assert late["hours_so_far"] == 9


def test_half_of_many_learners_cover_the_true_median():
    rng, logs = np.random.default_rng(12), []
    for i in range(60):
        true, seen = rng.geometric(0.1, 20) + 1, rng.integers(4, 40, 20)
        logs.append(learners(np.minimum(true, seen), true <= seen, skill=f"s{i:02d}"))
    table = structure.small_doors(CARDS.iloc[:0], pd.concat(logs, ignore_index=True))
    found = table[table["door"] == "first payoff"]
    # The median of 1 + a geometric variable of 0.1 is 8.
    assert ((found["low"] <= 8) & ((found["high"] >= 7) | found["high"].isna())).mean() >= 0.9
    assert found["estimate"].median() == pytest.approx(8, abs=1)


def test_what_was_never_rated_is_unknown_and_not_slow():
    log = pd.concat([learners([2, 3], [True, True]), learners([50], [False]).assign(learner="q", payoff=np.nan)])
    found = structure.small_doors(CARDS, log.reset_index(drop=True))
    assert door(found, "first payoff")["n"] == 2
    assert door(found, "mastery")["reason"] == "no score, or no target on the card"
    unrated = structure.small_doors(CARDS, log.assign(payoff=np.nan))
    assert door(unrated, "first payoff")["reason"] == "no payoff rated"
    untimed = structure.small_doors(CARDS, log.query("learner != 'q'").assign(minutes=np.nan))
    assert door(untimed, "first payoff")["reason"] == "no minutes known"
    assert door(untimed, "first payoff")["trials"] == 2.5


def test_small_doors_of_either_table_and_of_none():
    table = structure.small_doors(pd.DataFrame({"skill": ["b", "c"]}), learners([2], [True]))
    assert table["skill"].tolist() == ["b", "b", "c", "c", "a", "a"]
    empty = structure.small_doors(CARDS.iloc[:0], empty_log())
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == table.dtypes.to_dict()
