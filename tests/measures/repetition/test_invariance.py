"""What must not change a count: row order, importing twice, the clocks' changes, sessions over midnight."""

import tempfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.log import append_sessions, check_log, read_log
from mmlib.measures import repetition

AS_OF = "2026-04-20"
MEASURES = {
    "totals": repetition.totals,
    "totals by month": lambda log: repetition.totals(log, by=["learner", "self"], freq="MS"),
    "daily": repetition.daily,
    "daily as of": lambda log: repetition.daily(log, as_of=AS_OF),
    "streaks": lambda log: repetition.streaks(log, as_of=AS_OF),
    "streaks by skill": lambda log: repetition.streaks(log, as_of=AS_OF, by="skill"),
    "spacing": repetition.spacing,
    "rhythm": lambda log: repetition.rhythm(log, as_of=AS_OF),
    "rest": lambda log: repetition.rest(log, as_of=AS_OF),
    "week": repetition.week,
    "habit": lambda log: repetition.habit(log, as_of=AS_OF),
    "habit thrice a week": lambda log: repetition.habit(log, as_of=AS_OF, per_week=3),
    "survival": lambda log: repetition.survival(log, as_of=AS_OF, quit_after_days=7),
    "survival of all": lambda log: repetition.survival(log, as_of=AS_OF, quit_after_days=7, by=None),
    "load": lambda log: repetition.load(log, as_of=AS_OF),
}
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
each_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)

session = st.fixed_dictionaries(
    {
        "learner": st.sampled_from(["ada", "ben"]),
        "skill": st.sampled_from(["juggling", "omelette", "ukulele"]),
        "start": st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 25)).map(lambda t: t.replace(microsecond=0)),
        "minutes": st.none() | st.integers(0, 200),
        "reps": st.none() | st.integers(0, 9),
        "self": st.none() | st.sampled_from(["player", "cook"]),
        "variation": st.none() | st.just("slow"),
    }
)
logs = st.lists(session, min_size=1, max_size=40)
# Moments around the changes of the clocks in all four zones in spring and autumn 2026.
instants = st.lists(
    st.one_of(
        st.datetimes(datetime(2026, 3, 6), datetime(2026, 4, 8)),
        st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 4)),
        st.datetimes(datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 4)),
        st.datetimes(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 4)),
    ).map(lambda t: t.replace(microsecond=0, tzinfo=UTC)),
    min_size=1,
    max_size=40,
)


def same(one, other):
    pd.testing.assert_frame_equal(one, other)


@each_measure
@given(rows=logs, random=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_row_order_does_not_matter(measure, rows, random):
    log = check_log(pd.DataFrame(rows))
    order = list(range(len(log)))
    random.shuffle(order)
    same(measure(log), measure(log.iloc[order]))


@given(rows=logs, part=st.integers(0, 40))
@settings(max_examples=8, deadline=None)
def test_importing_an_export_twice_changes_nothing(rows, part):
    export = pd.DataFrame(rows).assign(source="toggl", source_id=[f"entry {i}" for i in range(len(rows))])
    with tempfile.TemporaryDirectory() as folder:
        once, twice = Path(folder) / "once.csv", Path(folder) / "twice.csv"
        append_sessions(once, export)
        append_sessions(twice, export.head(part))
        append_sessions(twice, export)
        assert append_sessions(twice, export.sample(frac=1, random_state=part)) == 0
        one, other = read_log(once), read_log(twice)
    assert len(other) == len(rows)
    for measure in MEASURES.values():
        same(measure(one), measure(other))


def walls(moments, zone):
    """What the clock on the wall shows: what an importer writes into the log."""
    return [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in moments]


@pytest.mark.parametrize("zone", ZONES)
@given(moments=instants)
@settings(max_examples=15, deadline=None)
def test_days_are_the_learners_own_when_the_clocks_change(zone, moments):
    starts = walls(moments, zone)
    log = check_log(pd.DataFrame({"skill": "juggling", "start": starts, "minutes": range(len(starts))}))
    dates = sorted({start.date() for start in starts})
    last = dates[-1]
    totals = repetition.totals(log).iloc[0]
    assert (totals["sessions"], totals["days"]) == (len(starts), len(dates))
    assert totals["minutes"] == sum(range(len(starts)))
    daily = repetition.daily(log)
    assert daily["date"].diff().dropna().eq(pd.Timedelta(days=1)).all()
    assert daily.loc[daily["sessions"] > 0, "date"].dt.date.tolist() == dates
    streak = longest = 1
    for day, following in pairwise(dates):
        streak = streak + 1 if following - day == timedelta(days=1) else 1
        longest = max(longest, streak)
    found = repetition.streaks(log, as_of=last).iloc[0]
    assert (found["longest_days"], found["current_days"]) == (longest, streak)
    habit = repetition.habit(log, as_of=last)
    assert habit.loc[habit["sessions"] > 0, "date"].dt.date.tolist() == dates
    assert len(habit) == (last - dates[0]).days + 1
    gaps = np.diff([day.toordinal() for day in dates])
    median = repetition.rhythm(log, as_of=last)["median_gap_days"].iloc[0]
    assert median == np.median(gaps) if len(gaps) >= 2 else np.isnan(median)


@pytest.mark.parametrize("measure", ["streaks", "rhythm", "rest", "habit", "survival", "load", "week", "totals"])
@given(hour=st.integers(0, 23), minute=st.integers(1, 59))
@settings(max_examples=8, deadline=None)
def test_practice_at_the_same_hour_every_day_is_the_same_whatever_the_clocks_do(measure, hour, minute):
    # In Berlin the clocks change on 29 March 2026; the weeks before, from 22 February, have no change.
    def practice(first):
        days = pd.date_range(first, periods=14) + pd.Timedelta(hours=hour, minutes=minute)
        return check_log(pd.DataFrame({"skill": "juggling", "start": days, "minutes": 10}))

    tables = []
    for first in ("2026-03-22", "2026-02-22"):
        as_of = {} if measure in ("week", "totals") else {"as_of": pd.Timestamp(first) + pd.Timedelta(days=13)}
        table = getattr(repetition, measure)(practice(first), **as_of)
        tables.append(table.drop(columns=table.select_dtypes("datetime").columns))
    same(*tables)


def test_both_sessions_of_the_repeated_hour_count():
    # 2:30 comes twice in Berlin on 25 October 2026: at 0:30 and at 1:30 UTC.
    moments = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    starts = walls(moments, "Europe/Berlin")
    assert starts[0] == starts[1] == datetime(2026, 10, 25, 2, 30)
    log = check_log(pd.DataFrame({"skill": "juggling", "start": starts, "minutes": [10, 20]}))
    assert repetition.totals(log)[["sessions", "days", "minutes"]].iloc[0].tolist() == [2, 1, 30]
    assert repetition.spacing(log)["gap_days"].tolist() == pytest.approx([np.nan, 0], nan_ok=True)


@given(days=st.lists(st.integers(0, 60), min_size=1, max_size=25, unique=True), minutes=st.integers(61, 1000))
@settings(max_examples=12, deadline=None)
def test_a_session_over_midnight_counts_for_the_day_it_starts(days, minutes):
    def practice(length):
        start = pd.Timestamp("2026-02-01 23:00") + pd.to_timedelta(sorted(days), unit="D")
        return check_log(pd.DataFrame({"skill": "juggling", "start": start, "minutes": length}))

    late, early = practice(minutes), practice(1)
    for measure in ("streaks", "rhythm", "rest", "habit", "survival"):
        function = getattr(repetition, measure)
        same(function(late, as_of=AS_OF), function(early, as_of=AS_OF))
    same(repetition.spacing(late), repetition.spacing(early))
    assert repetition.totals(late)["days"].iloc[0] == len(days)
    daily = repetition.daily(late)
    assert daily.loc[daily["sessions"] > 0, "minutes"].eq(minutes).all()
    assert len(daily) == max(days) - min(days) + 1
