"""Balance and mood against hand calculation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

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
    for by in ("skill", "self"):
        assert selves.mood_lift(empty_log(), by=by).dtypes.to_dict() == selves.mood_lift(log, by=by).dtypes.to_dict()
