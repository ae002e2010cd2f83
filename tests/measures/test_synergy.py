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
