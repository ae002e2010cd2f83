"""Balance, mood and agency against hand calculation, and against simulated truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mmlib as mm
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import selves


@pytest.fixture
def log():
    return check_log(
        pd.DataFrame(
            {
                "skill": ["a", "b", "a", "c", "a"],
                "start": pd.to_datetime(["2026-08-01", "2026-08-02", "2026-08-03", "2026-10-01", "2026-10-02"]),
                "minutes": [20, 60, 20, 10, None],
                "self": ["player", "cook", "player", None, "player"],
                "mood_before": [3, 2, 3, 4, 2],
                "mood_after": [4, 2, 5, None, 4],
            }
        )
    )


def test_balance_by_hand(log):
    table = selves.balance(log).set_index(["period", "self"])
    august = table.loc["2026-08-01"]
    assert august["share"].to_dict() == {"cook": 0.6, "player": 0.4, "unnamed": 0.0}
    expected = np.exp(-(0.6 * np.log(0.6) + 0.4 * np.log(0.4))) / 3
    assert august["evenness"].tolist() == pytest.approx([expected] * 3)
    # The median session has 20 minutes.
    assert table.loc["2026-10-01", "share"].tolist() == pytest.approx([0, 2 / 3, 1 / 3])
    assert table.loc[("2026-10-01", "cook"), ["minutes", "sessions"]].tolist() == [0, 0]
    assert np.isnan(table.loc[("2026-10-01", "player"), "minutes"])


def test_a_month_without_practice_has_no_shares(log):
    table = selves.balance(log)
    september = table[table["period"] == pd.Timestamp("2026-09-01")]
    assert len(september) == 3
    assert september["sessions"].eq(0).all()
    assert september[["share", "evenness"]].isna().all(axis=None)


def test_one_self_is_even_and_shares_sum_to_one(log):
    alone = log.copy()
    alone["self"] = "player"
    assert selves.balance(alone)["evenness"].dropna().eq(1).all()
    sums = selves.balance(log, freq="W").groupby("period")["share"].sum(min_count=1).dropna()
    assert sums.to_numpy() == pytest.approx(1)


def test_mood_lift_is_a_paired_interval(log):
    many = pd.concat([log.iloc[[0, 1, 2, 4]]] * 3, ignore_index=True).assign(skill="a")
    many["start"] = pd.date_range("2026-08-01", periods=12, unit="us")
    found = selves.mood_lift(many).iloc[0]
    lift = np.array([1, 0, 2, 2] * 3)
    low, high = stats.t.interval(0.95, 11, lift.mean(), stats.sem(lift))
    assert found[["before", "after", "estimate"]].astype(float).tolist() == [2.5, 3.75, 1.25]
    assert found["n"] == 12
    assert found["low"] <= low + 1e-9
    assert found["high"] >= high - 1e-9
    assert found["high"] - found["low"] < 1.5 * (high - low)


def test_mood_lift_counts_pairs_only(log):
    table = selves.mood_lift(log, by="self").set_index("self")
    assert table["n"].to_dict() == {"cook": 1, "player": 3, "unnamed": 0}
    assert table.loc["cook", "reason"] == "1 session with the mood before and after: an interval needs at least 3"
    assert np.isnan(table.loc["unnamed", "before"])
    assert table.loc["player", ["before", "after"]].tolist() == pytest.approx([8 / 3, 13 / 3])
    assert -4 <= table.loc["player", "low"] < table.loc["player", "high"] <= 4


def test_unknown_words_are_refused(log):
    with pytest.raises(MMError, match='"domain"'):
        selves.mood_lift(log, by="domain")
    with pytest.raises(MMError, match="freq"):
        selves.balance(log, freq="Y")


def test_an_empty_log_keeps_columns_and_types(log):
    assert selves.balance(empty_log()).dtypes.to_dict() == selves.balance(log).dtypes.to_dict()
    known, empty = (selves.neglected(rows, as_of="2026-10-31") for rows in (log, empty_log()))
    assert empty.dtypes.to_dict() == known.dtypes.to_dict()
    known, empty = (selves.agency(rows, pd.DataFrame()) for rows in (log, empty_log()))
    assert empty.dtypes.to_dict() == known.dtypes.to_dict()
    for by in ("skill", "self"):
        assert selves.mood_lift(empty_log(), by=by).dtypes.to_dict() == selves.mood_lift(log, by=by).dtypes.to_dict()


# Mood, shrunken


def rated(lifts, learner="me"):
    """Return a log of sessions whose mood rises from 2 by these lifts, skill by skill."""
    rows = [
        pd.DataFrame({"skill": skill, "start": pd.date_range("2026-01-01", periods=len(values), unit="us")}).assign(
            mood_before=2.0, mood_after=2 + np.asarray(values, dtype=float)
        )
        for skill, values in lifts.items()
    ]
    return check_log(pd.concat(rows, ignore_index=True).assign(learner=learner))


def test_a_lucky_skill_of_three_sessions_is_drawn_to_the_others_and_they_hardly_to_it():
    rng = np.random.default_rng(1)
    usual = {f"skill {i}": rng.choice([0, 0, 1], 40) for i in range(6)}
    found = selves.mood_lift(rated(usual | {"lucky": [2, 1, 2]})).set_index("skill")
    assert found.loc["lucky", "raw"] == pytest.approx(5 / 3)
    usual_mean = found.drop(index="lucky")["raw"].mean()
    assert usual_mean < found.loc["lucky", "estimate"] < 4 / 3
    assert found.loc["lucky", "shrinkage"] > 0.3
    others = found.drop(index="lucky")
    assert (others["raw"] - others["estimate"]).abs().max() < 0.15
    assert others["estimate"].std() < others["raw"].std()
    assert ((found["low"] < found["estimate"]) & (found["estimate"] < found["high"])).all()


def test_skills_that_truly_differ_keep_their_own_means():
    lifts = {"a": [0, 0, 1, 0] * 10, "b": [1, 1, 2, 1] * 10, "c": [2, 2, 3, 2] * 10, "d": [0, -1, 0, 0] * 10}
    found = selves.mood_lift(rated(lifts))
    assert found["estimate"].to_numpy() == pytest.approx(found["raw"].to_numpy(), abs=0.03)
    assert (found["after"] - found["before"]).to_numpy() == pytest.approx(found["raw"].to_numpy())


def test_learners_do_not_shrink_towards_each_other():
    first = rated({"a": [0, 0, 1] * 4, "b": [0, 1, 0] * 4, "c": [1, 0, 0] * 4}, "ada")
    second = rated({"a": [2, 3, 2] * 4, "b": [3, 2, 2] * 4, "c": [2, 2, 3] * 4}, "bob")
    together = selves.mood_lift(pd.concat([first, second], ignore_index=True))
    apart = pd.concat([selves.mood_lift(first), selves.mood_lift(second)], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart)


def test_two_skills_keep_their_plain_means_and_intervals():
    found = selves.mood_lift(rated({"a": [0, 1, 1, 0, 2, 1], "b": [1, 2, 1, 2, 0, 1], "c": [1, 2]})).set_index("skill")
    assert found["shrinkage"].tolist()[:2] == [0, 0]
    low, high = stats.t.interval(0.95, 5, 5 / 6, stats.sem([0, 1, 1, 0, 2, 1]))
    assert found.loc["a", ["estimate", "low", "high"]].tolist() == pytest.approx([5 / 6, low, high], abs=0.05)
    assert found.loc["c", "raw"] == 1.5
    assert np.isnan(found.loc["c", "estimate"])


def test_the_shrunken_lift_of_the_simulated_learner_follows_the_truth():
    made = mm.simulate.practice()
    true = made.truth["skills"].set_index("skill")["mood_lift"]
    found = selves.mood_lift(made.log).set_index("skill").join(true.rename("true"))
    # The ends of the scale cut the largest lifts, and one skill wearied; the order stays.
    assert found["estimate"].corr(found["true"], method="spearman") > 0.7
    assert found.loc["Japanese phrases", "low"] < 0.05 < found.loc["Japanese phrases", "high"]


# Neglected selves


def days_of(self_of_day, minutes=20.0):
    days = pd.date_range(end="2026-10-31", periods=len(self_of_day), unit="us")
    return check_log(pd.DataFrame({"skill": "a", "start": days, "minutes": minutes, "self": list(self_of_day)}))


def test_a_self_that_got_nothing_lately_is_neglected():
    log = days_of(["player", "player", "player", "cook"] * 28 + ["player"] * 28)
    found = selves.neglected(log, as_of="2026-10-31").set_index("self")
    cook = found.loc["cook"]
    assert cook[["minutes", "sessions", "share", "usual", "n", "days_since"]].tolist() == [0, 0, 0, 0.25, 4, 28]
    assert cook["neglected"]
    expected = "nothing of the last 28 days' practice, usually 25% (mostly 25% to 25%), last 28 days ago"
    assert cook["reason"] == expected
    assert not found.loc["player", "neglected"]
    assert found.loc["player", ["share", "usual", "reason"]].tolist() == [1, 0.75, ""]


def test_a_day_later_changes_nothing_of_an_earlier_look():
    log = days_of(["player", "cook"] * 80)
    early = selves.neglected(log, as_of="2026-09-30")
    pd.testing.assert_frame_equal(early, selves.neglected(log[log["start"] < "2026-10-01"], as_of="2026-09-30"))


def test_a_new_self_and_one_that_often_rests_are_not_called_neglected():
    log = days_of(["player"] * 100 + ["cook"] * 12 + ["player"] * 28)
    found = selves.neglected(log, as_of="2026-10-31").set_index("self")
    assert not found.loc["cook", "neglected"]
    assert found.loc["cook", "reason"] == "1 earlier stretch of 28 days: its usual share needs at least 3"
    rests = days_of((["cook"] * 28 + ["player"] * 28) * 4)
    assert not selves.neglected(rests, as_of="2026-10-31")["neglected"].any()


def test_sessions_without_a_self_count_in_the_whole_only():
    log = days_of(["player", None] * 70)
    found = selves.neglected(log, as_of="2026-10-31")
    assert found["self"].tolist() == ["player"]
    assert found["share"].tolist() == [0.5]


def test_who_practised_nothing_has_neglected_no_self_more_than_another():
    found = selves.neglected(days_of(["player", "cook"] * 70), as_of="2027-01-31")
    assert found["share"].isna().all()
    assert not found["neglected"].any()
    assert found["reason"].eq("no practice at all in the last 28 days").all()


def test_chance_alone_seldom_makes_a_self_neglected():
    rng = np.random.default_rng(2)
    logs = [days_of(rng.choice(["a", "b", "c", "d"], 280)).assign(learner=f"p{i:02d}") for i in range(60)]
    found = selves.neglected(pd.concat(logs, ignore_index=True), as_of="2026-10-31")
    assert len(found) == 240
    assert found["neglected"].mean() < 0.02


# Agency


def notes(*rows):
    table = pd.DataFrame(rows, columns=["date", "kind", "skill", "note"]).assign(learner="me", field=None)
    return table.assign(date=pd.to_datetime(table["date"]))


@pytest.fixture
def practised():
    days = pd.date_range("2026-09-28", periods=7, unit="us")
    log = check_log(
        pd.DataFrame(
            {
                "skill": ["omelette"] * 6 + ["surfing"],
                "start": days,
                "payoff": [2, 4, 5, 3, 4, 5, 3],
                "score": [5, 6, 9, 9, 9, 9, 2],
            }
        )
    )
    return log.assign(target=9.0, better="higher")


def events(table):
    return list(zip(table["date"].dt.strftime("%m-%d"), table["kind"], table["skill"], strict=True))


def test_the_log_shows_doors_payoffs_and_targets(practised):
    table = selves.agency(practised, notes())
    assert events(table) == [
        ("09-28", "new door", "omelette"),
        ("09-29", "first payoff", "omelette"),
        ("10-02", "target reached", "omelette"),
        ("10-04", "new door", "surfing"),
    ]
    assert table["what"].tolist()[1:3] == ["payoff 4 in session 2", "at the target after 5 sessions"]
    assert table["period"].dt.strftime("%Y-%m-%d").tolist() == ["2026-09-01"] * 2 + ["2026-10-01"] * 2
    assert selves.agency(practised, notes(), freq="W")["period"].eq("2026-09-28").all()
    with pytest.raises(MMError, match="freq"):
        selves.agency(practised, notes(), freq="Y")


def test_what_the_learner_noted_adds_to_it_but_not_twice(practised):
    told = notes(
        ("2026-10-01", "mastered", "omelette", "Five in a row."),
        ("2026-10-03", "breakthrough", "omelette", "It folded by itself."),
        ("2026-10-05", "first payoff", "surfing", None),
        ("2026-10-06", "performance", None, "Breakfast for twelve."),
    )
    table = selves.agency(practised, told)
    assert table["kind"].value_counts().to_dict() == {
        "new door": 2,
        "first payoff": 2,
        "target reached": 1,
        "barrier passed": 1,
        "milestone": 1,
    }
    assert table["date"].is_monotonic_increasing
    assert table["what"].tolist()[-2:] == ["first payoff", "Breakfast for twelve."]
    assert pd.isna(table["skill"].iloc[-1])


def test_a_leap_and_the_breakthrough_that_was_noted_are_one_event(practised):
    leaps = pd.DataFrame({"learner": "me", "skill": ["omelette", "surfing"], "kind": "leap"})
    leaps = leaps.assign(start=pd.to_datetime(["2026-09-30", "2026-10-04"]))
    told = notes(("2026-10-03", "breakthrough", "omelette", "It folded by itself."))
    table = selves.agency(practised, told, barriers=leaps).query("kind == 'barrier passed'")
    assert table["what"].tolist() == ["It folded by itself.", "a leap of the learning curve"]
    late = notes(("2026-12-03", "breakthrough", "omelette", "Again."))
    assert selves.agency(practised, late, barriers=leaps)["kind"].eq("barrier passed").sum() == 3


def test_the_simulated_breakthrough_is_on_its_day():
    made = mm.simulate.practice()
    table = selves.agency(made.log, made.milestones)
    passed = table[table["kind"] == "barrier passed"]
    assert events(passed) == [(made.truth["leap"]["date"][5:], "barrier passed", made.truth["leap"]["skill"])]
    assert (table["kind"] == "new door").sum() == made.log["skill"].nunique()
    assert table.groupby(["skill", "kind"]).size().loc[:, ["first payoff", "target reached", "new door"]].max() == 1
