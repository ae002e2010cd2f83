"""Repetition against hand counts and brute force."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import repetition


def log_of(starts, **columns):
    return check_log(pd.DataFrame({"skill": "juggling", "start": pd.to_datetime(starts, format="mixed"), **columns}))


@pytest.fixture
def week():
    return log_of(
        ["2026-09-30 23:50", "2026-10-01 08:00", "2026-10-01 20:00", "2026-10-04 12:00", "2026-10-11 12:00"],
        skill=["juggling", "juggling", "omelette", "juggling", "omelette"],
        minutes=[30, 10, None, 20, None],
        reps=[5, None, 2, 7, None],
        self=["player", "player", "cook", None, "cook"],
    )


moments = st.lists(
    st.datetimes(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-01")).map(lambda t: t.replace(microsecond=0)),
    min_size=1,
    max_size=30,
)


def test_totals_by_hand(week):
    table = repetition.totals(week).set_index("skill")
    assert table.loc["juggling", ["sessions", "days", "minutes", "reps"]].tolist() == [3, 3, 60.0, 12]
    assert table.loc["omelette", ["sessions", "days", "reps"]].tolist() == [2, 2, 2]
    assert np.isnan(table.loc["omelette", "minutes"])
    assert table["successes"].isna().all()


def test_totals_by_month_and_week(week):
    months = repetition.totals(week, by="learner", freq="MS")
    assert months["period"].tolist() == [pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01")]
    assert months["sessions"].tolist() == [1, 4]
    assert list(months.columns[:3]) == ["learner", "period", "sessions"]
    weeks = repetition.totals(week, by="learner", freq="W")
    # 28 September and 5 October 2026 are Mondays; Sunday the 4th and Sunday the 11th end their weeks.
    assert weeks["period"].tolist() == [pd.Timestamp("2026-09-28"), pd.Timestamp("2026-10-05")]
    assert weeks["sessions"].tolist() == [4, 1]


def test_totals_name_the_unknown(week):
    assert repetition.totals(week, by="self")["self"].tolist() == ["cook", "player", "unknown"]
    assert repetition.totals(week, by="domain")["domain"].tolist() == ["unknown"]
    assert list(repetition.totals(week, by=["skill", "self"]).columns[:3]) == ["learner", "skill", "self"]


@pytest.mark.parametrize(("wrong", "message"), [({"by": "skil"}, '"skill"'), ({"freq": "Y"}, '"Y"')])
def test_totals_refuse_unknown_words(week, wrong, message):
    with pytest.raises(MMError, match=message):
        repetition.totals(week, **wrong)


def test_daily_fills_the_days_between(week):
    table = repetition.daily(week).set_index("date")
    assert len(table) == 12
    assert table["sessions"].sum() == 5
    assert table.loc["2026-10-02", ["sessions", "minutes"]].tolist() == [0, 0.0]
    assert np.isnan(table.loc["2026-10-11", "minutes"])
    assert table.loc["2026-10-01", "minutes"] == 10


def test_daily_runs_to_as_of(week):
    table = repetition.daily(week, as_of="2026-10-14")
    assert table["date"].iloc[-1] == pd.Timestamp("2026-10-14")
    assert table["minutes"].iloc[-1] == 0
    assert repetition.daily(week, as_of="2026-10-02")["sessions"].tolist() == [1, 2, 0]


def longest_run(days, as_of):
    """Longest and current streak by walking over the calendar."""
    best = run = current = 0
    day = min(days)
    while day <= as_of:
        run = run + 1 if day in days else 0
        best = max(best, run)
        if day >= as_of - timedelta(days=1) and run:
            current = run
        day += timedelta(days=1)
    return best, current


@given(moments)
@settings(max_examples=60, deadline=None)
def test_streaks_agree_with_a_walk_over_the_calendar(starts):
    log = log_of(starts)
    as_of = max(starts).date()
    days = {start.date() for start in starts}
    found = repetition.streaks(log, as_of=pd.Timestamp(as_of)).iloc[0]
    assert (found["longest_days"], found["current_days"]) == longest_run(days, as_of)
    assert found["days_practised"] == len(days)
    assert found["longest_end"] - found["longest_start"] == timedelta(days=int(found["longest_days"]) - 1)


@pytest.mark.parametrize(("as_of", "current"), [("2026-10-03", 3), ("2026-10-04", 3), ("2026-10-05", 0)])
def test_a_streak_lives_until_the_next_day_is_over(as_of, current):
    log = log_of(["2026-10-01", "2026-10-02", "2026-10-03 23:59"])
    assert repetition.streaks(log, as_of=as_of)["current_days"].tolist() == [current]


def test_streaks_ignore_what_comes_later():
    log = log_of(["2026-10-01", "2026-10-02", "2026-10-03"])
    found = repetition.streaks(log, as_of="2026-10-01 12:00", by="skill").iloc[0]
    assert (found["skill"], found["current_days"], found["days_since"]) == ("juggling", 1, 0)
    assert len(repetition.streaks(log, as_of="2026-09-01")) == 0


def test_spacing_in_days(week):
    table = repetition.spacing(week)
    juggling = table.loc[table["skill"] == "juggling", "gap_days"]
    assert np.isnan(juggling.iloc[0])
    assert juggling.iloc[1:].tolist() == pytest.approx([490 / 1440, 3 + 4 / 24])


def test_rhythm_counts_days_not_attempts():
    log = log_of(["2026-10-01 08:00", "2026-10-01 08:01", "2026-10-03", "2026-10-07"])
    found = repetition.rhythm(log, as_of="2026-10-10").iloc[0]
    assert (found["sessions"], found["median_gap_days"], found["days_since"]) == (4, 3.0, 3)
    assert np.isnan(repetition.rhythm(log, as_of="2026-10-05")["median_gap_days"].iloc[0])


def test_load_by_hand():
    # As of the 31st, the last 7 days begin on the 25th and the 28 days before them on 27 September.
    log = log_of(
        ["2026-09-26", "2026-09-27", "2026-10-24", "2026-10-25 00:00", "2026-10-31 23:00", "2026-10-20", "2026-11-01"],
        skill=["a", "a", "a", "a", "a", "b", "a"],
        minutes=[1000, 40, 40, 30, 30, 100, 1000],
        variation=[None, None, "kneeling", None, None, None, None],
    )
    table = repetition.load(log, as_of="2026-10-31").set_index("skill")
    assert table.loc["a", ["acute_minutes", "chronic_minutes", "ratio"]].tolist() == [60, 20, 3]
    assert table.loc["b", ["acute_minutes", "chronic_minutes", "ratio"]].tolist() == [0, 25, 0]
    assert table["share"].tolist() == [0.5, 0.5]
    assert table["sessions"].tolist() == [3, 1]
    assert table["varied_share"].tolist() == pytest.approx([1 / 3, 0])


def test_load_is_silent_where_nothing_is_known():
    found = repetition.load(log_of(["2026-10-30", "2026-10-31"]), as_of="2026-10-31").iloc[0]
    assert found["sessions"] == 2
    assert found[["acute_minutes", "chronic_minutes", "ratio", "share", "varied_share"]].isna().all()


def test_learners_are_kept_apart():
    log = log_of(["2026-10-01", "2026-10-02", "2026-10-02"], learner=["a", "a", "b"], minutes=[1, 2, 4])
    assert repetition.streaks(log, as_of="2026-10-02")["longest_days"].tolist() == [2, 1]
    assert repetition.load(log, as_of="2026-10-02")["share"].tolist() == [1, 1]
    assert repetition.daily(log)["learner"].tolist() == ["a", "a", "b"]


def test_an_empty_log_gives_empty_tables_of_the_same_types(week):
    calls = [
        repetition.totals,
        lambda log: repetition.totals(log, by=["domain", "self"], freq="MS"),
        repetition.daily,
        lambda log: repetition.daily(log, as_of="2026-10-31"),
        lambda log: repetition.streaks(log, as_of="2026-10-31"),
        lambda log: repetition.streaks(log, as_of="2026-10-31", by="skill"),
        repetition.spacing,
        lambda log: repetition.rhythm(log, as_of="2026-10-31"),
        lambda log: repetition.load(log, as_of="2026-10-31"),
    ]
    for call in calls:
        full, empty = call(week), call(empty_log())
        assert len(empty) == 0
        assert full.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()
