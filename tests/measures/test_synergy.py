"""Breadth against hand calculation."""

import numpy as np
import pandas as pd
import pytest

from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import synergy


@pytest.fixture
def log():
    return check_log(
        pd.DataFrame(
            {
                "skill": ["a", "b", "c", "a", "a", "b"],
                "start": pd.to_datetime(
                    ["2026-07-01", "2026-07-02", "2026-07-31", "2026-09-01", "2026-09-02", "2026-09-03"]
                ),
                "minutes": [50, 25, 25, 30, None, 30],
            }
        )
    )


def test_breadth_by_hand(log):
    table = synergy.breadth(log).set_index("period")
    july = table.loc["2026-07-01"]
    assert july[["n_practised", "sessions", "minutes"]].tolist() == [3, 3, 100]
    assert july["hill_1"] == pytest.approx(2**1.5)
    assert july["hill_2"] == pytest.approx(1 / (0.25 + 2 * 0.0625))


def test_a_month_without_practice_has_no_hill_number(log):
    august = synergy.breadth(log).set_index("period").loc["2026-08-01"]
    assert august[["n_practised", "sessions", "minutes"]].tolist() == [0, 0, 0]
    assert august[["hill_1", "hill_2"]].isna().all()


def test_unknown_minutes_count_as_the_median_session(log):
    # The median is 30, so September is 60 to 30.
    september = synergy.breadth(log).set_index("period").loc["2026-09-01"]
    shares = np.array([2 / 3, 1 / 3])
    assert september["hill_1"] == pytest.approx(np.exp(-np.sum(shares * np.log(shares))))
    assert september["minutes"] == 60


def test_sessions_count_where_no_minutes_are_known(log):
    table = synergy.breadth(log.assign(minutes=np.nan)).set_index("period")
    assert table.loc["2026-07-01", "hill_2"] == pytest.approx(3)
    assert np.isnan(table.loc["2026-07-01", "minutes"])


def test_domains_leave_out_the_unknown(log):
    assert synergy.breadth(log, of="domain")["n_practised"].eq(0).all()
    with_cards = log.assign(domain=log["skill"].map({"a": "body", "b": "kitchen"}))
    assert synergy.breadth(with_cards, of="domain")["n_practised"].tolist() == [2, 0, 2]


def test_weeks_and_learners_are_kept_apart(log):
    two = pd.concat([log, log.iloc[:1].assign(learner="you")], ignore_index=True)
    table = synergy.breadth(two, freq="W")
    assert table["period"].dt.day_of_week.eq(0).all()
    assert table.query("learner == 'you'")["n_practised"].tolist() == [1]
    assert len(table.query("learner == 'me'")) == 10


def test_unknown_words_are_refused(log):
    with pytest.raises(MMError, match='Did you mean "skill"'):
        synergy.breadth(log, of="skills")
    with pytest.raises(MMError, match="freq"):
        synergy.breadth(log, freq="Y")


def test_an_empty_log_keeps_columns_and_types(log):
    assert synergy.breadth(empty_log()).dtypes.to_dict() == synergy.breadth(log).dtypes.to_dict()


@pytest.fixture
def daily():
    """Two months of 20 practice days each, four skills in turn; then 3 days of October."""
    start = [pd.Timestamp(day) + pd.Timedelta(days=i) for day in ("2026-08-01", "2026-09-01") for i in range(20)]
    start += list(pd.date_range("2026-10-01", periods=3))
    skill = [["a", "b", "c", "d"][(7 * i) % 4 if i % 3 else 0] for i in range(len(start))]
    return check_log(pd.DataFrame({"skill": skill, "start": start, "minutes": 30}))


def test_the_limits_of_breadth_lie_around_it_and_few_days_have_none(daily):
    august, september, october = synergy.breadth(daily).to_dict("records")
    for month in (august, september):
        assert month["hill_1_low"] < month["hill_1"] < month["hill_1_high"]
        assert month["hill_2_low"] < month["hill_2"] < month["hill_2_high"]
        assert (month["n"], month["reason"]) == (20, "")
    assert np.isnan([october["hill_1_low"], october["hill_2_high"]]).all()
    assert (october["n"], october["reason"]) == (3, "3 practice days: an interval needs at least 8")


def test_the_change_is_that_between_neighbouring_months(daily):
    table = synergy.breadth(daily)
    assert table["change"].tolist()[1:] == pytest.approx(np.diff(table["hill_1"]))
    assert np.isnan(table["change"][0])
    assert table["change_low"][1] < table["change"][1] < table["change_high"][1]
    assert np.isnan(table["change_low"][2])
    gap = synergy.breadth(daily[daily["start"].dt.month != 9])
    assert gap["change"].isna().all()


def test_a_change_that_leaves_no_doubt_has_an_interval_without_zero(daily):
    august = np.resize(["a", "b", "c", "d"], 20)
    narrowed = daily.head(40).assign(skill=[*august, *np.resize(["a", "a", "b", "a"], 20)])
    september = synergy.breadth(narrowed).iloc[1]
    assert september["change_high"] < 0


def test_the_limits_come_out_the_same_whatever_else_is_in_the_log(daily):
    alone = synergy.breadth(daily)
    both = synergy.breadth(pd.concat([daily.assign(learner="ada", minutes=10), daily], ignore_index=True))
    pd.testing.assert_frame_equal(both[both["learner"] == "me"].reset_index(drop=True), alone)
    pd.testing.assert_frame_equal(synergy.breadth(daily.sample(frac=1, random_state=1)), alone)
    earlier = synergy.breadth(daily[daily["start"] < "2026-09-01"])
    pd.testing.assert_frame_equal(earlier, alone.head(1))
    assert not synergy.breadth(daily, seed=1)["hill_1_low"].equals(alone["hill_1_low"])


def test_sessions_of_a_day_count_as_one_day(daily):
    twice = pd.concat([daily, daily.assign(start=daily["start"] + pd.Timedelta(hours=3))], ignore_index=True)
    one, two = synergy.breadth(daily), synergy.breadth(twice)
    assert two["n"].tolist() == one["n"].tolist()
    assert two["hill_1_high"].tolist()[:2] == pytest.approx(one["hill_1_high"].tolist()[:2])


def test_a_higher_confidence_makes_wider_limits(daily):
    narrow, wide = synergy.breadth(daily, confidence=0.5).iloc[0], synergy.breadth(daily, confidence=0.95).iloc[0]
    assert wide["hill_1_low"] < narrow["hill_1_low"] < narrow["hill_1_high"] < wide["hill_1_high"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"skill": "a"}, "only one skill: how often another comes cannot be told"),
        ({"start": lambda log: log["start"].dt.normalize().where(log.index < 1, pd.Timestamp("2026-08-30"))}, "2 pr"),
    ],
    ids=["one skill", "two days"],
)
def test_missing_limits_have_a_reason(daily, change, reason):
    august = daily.head(20)
    told = synergy.breadth(august.assign(**change))
    assert told["hill_1_low"].isna().all()
    assert told["reason"][0].startswith(reason)


def test_phases_are_worth_few_days(daily):
    phases = daily.head(20).assign(skill=np.repeat(["a", "b"], 10))
    assert "20 practice days are worth only" in synergy.breadth(phases)["reason"][0]


def test_a_month_without_practice_or_without_a_card_says_so(log):
    table = synergy.breadth(log).set_index("period")
    assert table.loc["2026-08-01", ["n", "reason"]].tolist() == [0, "no practice"]
    assert synergy.breadth(log, of="domain")["reason"][0] == "no session with a known domain"
