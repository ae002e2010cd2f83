"""The T-shape against hand calculation."""

import numpy as np
import pandas as pd
import pytest

from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import synergy


def practised(minutes, *, per=1, months=1):
    """Return a log with one session a day, `per` days of each skill in turn, each of so many minutes, over and over."""
    names = [name for name in minutes for _ in range(per)]
    days = pd.date_range("2026-07-01", periods=31 * months)
    skills = [names[i % len(names)] for i in range(len(days))]
    return check_log(pd.DataFrame({"skill": skills, "start": days, "minutes": [minutes[name] for name in skills]}))


def test_by_hand():
    log = check_log(
        pd.DataFrame(
            {
                "skill": ["a"] * 20 + ["b", "c", "b", "c"],
                "start": pd.date_range("2026-07-01", periods=24),
                "minutes": [30.0] * 20 + [45, 15, 45, 15],
            }
        )
    )
    (row,) = synergy.shape(log).to_dict("records")
    rest = 2 ** (0.75 * np.log2(1 / 0.75) + 0.25 * np.log2(4))
    assert (row["deepest"], row["depth_hours"], row["rest_hours"]) == ("a", 10.0, 2.0)
    assert row["depth_share"] == pytest.approx(10 / 12)
    assert row["rest_effective"] == pytest.approx(rest)
    assert row["times_typical"] == pytest.approx(10 / (2 / rest))
    assert (row["verdict"], row["n"], row["sessions"]) == ("I", 24, 24)
    assert np.isnan(row["rest_effective_low"])
    assert row["reason"] == "too few days with other skills, or all of them alike: no limits of the rest"


@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [
        ({"a": 60, "b": 20, "c": 20, "d": 20, "e": 20}, "T"),
        ({"a": 60, "b": 20, "c": 20}, "I"),
        ({"a": 60}, "I"),
        ({"a": 30, "b": 20, "c": 20, "d": 20, "e": 20}, "dash"),
        ({"a": 30, "b": 25, "c": 20}, "pi"),
        ({"a": 30, "b": 25}, "pi"),
    ],
)
def test_the_verdict_follows_from_depth_and_breadth(minutes, verdict):
    assert synergy.shape(practised(minutes)).iloc[0]["verdict"] == verdict


def test_practice_adds_up_and_the_deepest_may_change():
    log = practised({"a": 30, "b": 10, "c": 10, "d": 10}, months=3)
    log = log.assign(minutes=log["minutes"].mask((log["skill"] == "b") & (log["start"] >= "2026-08-01"), 120.0))
    table = synergy.shape(log)
    assert table["period"].tolist() == list(pd.date_range("2026-07-01", periods=4, freq="MS"))[: len(table)]
    assert table["deepest"].tolist()[0] == "a"
    assert table["deepest"].tolist()[-1] == "b"
    for row in table.to_dict("records"):
        so_far = log[log["start"] < row["period"] + pd.DateOffset(months=1)]
        hours = so_far.groupby("skill")["minutes"].sum() / 60
        assert row["depth_hours"] == pytest.approx(hours.max())
        assert row["rest_hours"] == pytest.approx(hours.sum() - hours.max())
        assert row["sessions"] == len(so_far)


def test_the_limits_lie_around_their_numbers():
    table = synergy.shape(practised({"a": 60, "b": 20, "c": 30, "d": 10, "e": 20}, per=2, months=3))
    last = table.iloc[-1]
    assert last["depth_share_low"] < last["depth_share"] < last["depth_share_high"]
    assert last["rest_effective_low"] <= last["rest_effective"] < last["rest_effective_high"]
    assert last["reason"] == ""


def test_a_month_without_practice_repeats_the_last():
    log = practised({"a": 60, "b": 20, "c": 20, "d": 20, "e": 20}, months=3)
    table = synergy.shape(log[log["start"].dt.month != 8])
    july, august = table.iloc[0], table.iloc[1]
    assert august.drop("period").equals(july.drop("period"))


def test_few_sessions_have_no_name():
    table = synergy.shape(practised({"a": 60, "b": 20}).head(9))
    assert table.iloc[0]["verdict"] == ""
    assert table.iloc[0]["reason"] == "9 sessions: a shape needs at least 20"


def test_without_minutes_sessions_are_counted():
    log = practised({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}).assign(minutes=np.nan)
    log["skill"] = log["skill"].mask(log.index % 2 == 0, "a")
    row = synergy.shape(log).iloc[0]
    assert np.isnan(row["depth_hours"])
    assert row["depth_share"] == pytest.approx((log["skill"] == "a").mean())
    assert row["verdict"] == "T"


def test_learners_do_not_change_one_another():
    log = practised({"a": 60, "b": 20, "c": 30, "d": 10, "e": 20}, months=2)
    both = synergy.shape(pd.concat([log.assign(learner="ada", minutes=5), log], ignore_index=True))
    pd.testing.assert_frame_equal(both[both["learner"] == "me"].reset_index(drop=True), synergy.shape(log))


def test_domains_leave_out_the_unknown_and_unknown_words_are_refused():
    log = practised({"a": 60, "b": 20, "c": 20})
    assert synergy.shape(log, of="domain").empty
    domains = log.assign(domain=log["skill"].map({"a": "music", "b": "body"}))
    assert synergy.shape(domains, of="domain").iloc[0]["deepest"] == "music"
    with pytest.raises(MMError, match='Did you mean "skill"'):
        synergy.shape(log, of="skil")


def test_an_empty_log_keeps_columns_and_types():
    empty = synergy.shape(empty_log())
    assert empty.empty
    assert empty.dtypes.to_dict() == synergy.shape(practised({"a": 60})).dtypes.to_dict()
