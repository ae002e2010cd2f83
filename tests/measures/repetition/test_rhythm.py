"""Rhythm, rest, week and load by hand, against scipy and brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import repetition

AS_OF = "2026-12-31"


def log_of(starts, **columns):
    return check_log(pd.DataFrame({"skill": "juggling", "start": pd.to_datetime(starts, format="mixed"), **columns}))


def rhythm_of(starts):
    return repetition.rhythm(log_of(starts), as_of=AS_OF).iloc[0]


def test_burstiness_by_hand():
    # Practice days with gaps of 1, 1, 1, 1 and 6 days: mean 2, standard deviation 2, so r = 1 and n = 5.
    found = rhythm_of(pd.to_datetime("2026-10-01") + pd.to_timedelta([0, 1, 2, 3, 4, 10], unit="D"))
    assert found["burstiness"] == pytest.approx((6**0.5 - 2) / (6**0.5 - 2 + 2))
    assert found["days"] == 6
    assert found["reason"] == ""


def test_burstiness_needs_six_practice_days():
    starts = pd.date_range("2026-10-01", periods=5)
    found = rhythm_of([*starts, *(starts + pd.Timedelta(hours=1))])
    assert np.isnan(found["burstiness"])
    assert found["reason"] == "fewer than 6 practice days"
    assert found["median_gap_days"] == 1


def test_burstiness_of_clockwork_chance_and_bursts():
    rng = np.random.default_rng(8)
    chance = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.cumsum(rng.geometric(0.05, 400)), unit="D")
    bursts = [pd.Timestamp("2021-01-01") + pd.Timedelta(days=60 * k + i) for k in range(10) for i in range(8)]
    assert rhythm_of(pd.date_range("2026-01-01", periods=20, freq="3D"))["burstiness"] == pytest.approx(-1)
    assert rhythm_of(chance)["burstiness"] == pytest.approx(0, abs=0.08)
    assert rhythm_of(bursts)["burstiness"] > 0.4


@pytest.mark.parametrize(("times", "hour"), [(["23:30", "00:30"], 0), (["18:10", "18:50"], 18.5), (["07:59"], 7.9833)])
def test_the_usual_hour_goes_round_the_clock(times, hour):
    days = pd.date_range("2026-10-01", periods=8).strftime("%Y-%m-%d")
    found = rhythm_of([f"{day} {times[i % len(times)]}" for i, day in enumerate(days)])
    apart = (found["usual_hour"] - hour + 12) % 24 - 12
    assert apart == pytest.approx(0, abs=1e-3)


@given(st.lists(st.floats(0.1, 23.9), min_size=6, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_usual_hour_is_scipys_circular_mean_where_the_starts_are_close_together(hours):
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(len(hours)), unit="D")
    starts = (days + pd.to_timedelta(hours, unit="h")).round("s")
    found = rhythm_of(starts)["usual_hour"]
    exact = (starts - starts.normalize()) / pd.Timedelta(hours=1)
    length = 1 - stats.circvar(exact, high=24)
    if abs(length - 0.7) < 1e-6:
        return
    assert np.isnan(found) == (length < 0.7)
    if length >= 0.7:
        assert (found - stats.circmean(exact, high=24) + 12) % 24 - 12 == pytest.approx(0, abs=1e-5)


def test_mornings_and_evenings_have_no_usual_hour():
    days = pd.date_range("2026-10-01", periods=20)
    assert np.isnan(rhythm_of([*(days + pd.Timedelta(hours=7)), *(days + pd.Timedelta(hours=19))])["usual_hour"])


def test_dates_without_a_time_of_day_have_no_usual_hour():
    days = pd.date_range("2026-10-01", periods=20)
    assert np.isnan(rhythm_of(days)["usual_hour"])
    assert repetition.week(log_of(days))["hour"].isna().all()


def test_a_hundred_attempts_of_one_evening_count_once():
    mornings = pd.date_range("2026-10-01 08:00", periods=12)
    evening = pd.date_range("2026-10-20 22:00", periods=100, freq="10s")
    assert rhythm_of([*mornings, *evening])["usual_hour"] == pytest.approx(8, abs=1)


def test_the_usual_weekday_is_one_that_chance_does_not_explain():
    thursdays = pd.date_range("2026-01-01 19:30", periods=12, freq="7D")
    assert rhythm_of(thursdays)["usual_weekday"] == "Thursday"
    every_day = pd.date_range("2026-01-01", periods=70)
    assert pd.isna(rhythm_of(every_day)["usual_weekday"])
    twice = [*thursdays, *(thursdays + pd.Timedelta(days=3))]
    assert pd.isna(rhythm_of(twice)["usual_weekday"])
    assert pd.isna(rhythm_of(thursdays[:2])["usual_weekday"])


def test_chance_seldom_has_a_usual_weekday():
    rng = np.random.default_rng(0)
    starts = np.concatenate([rng.choice(364, 20, replace=False) for _ in range(400)])
    skills = np.repeat(np.arange(400), 20).astype(str)
    log = log_of(pd.Timestamp("2026-01-01") + pd.to_timedelta(starts, unit="D"), skill=skills)
    assert repetition.rhythm(log, as_of=AS_OF)["usual_weekday"].notna().mean() < 0.06


def test_week_counts_sessions_and_minutes_by_hand():
    log = log_of(
        ["2026-10-01 18:05", "2026-10-08 18:40", "2026-10-08 23:59", "2026-10-09 00:01", "2026-10-09 00:00"],
        minutes=[60, 90, 5, None, 7],
    )
    table = repetition.week(log)
    assert table["weekday"].tolist() == ["Thursday", "Thursday", "Friday", "Friday"]
    assert table["hour"].tolist()[:3] == [18, 23, 0]
    assert pd.isna(table["hour"].iloc[3])
    assert table["sessions"].tolist() == [2, 1, 1, 1]
    assert table["minutes"].tolist() == pytest.approx([150, 5, np.nan, 7], nan_ok=True)


def test_week_begins_on_monday():
    table = repetition.week(log_of(pd.date_range("2026-10-01 12:00", periods=7)))
    assert table["weekday"].tolist() == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def test_rest_tells_the_sleepy_from_the_awake_and_the_quit():
    gaps = {
        "daily": ([5, 4, 3], 3, "awake"),
        "daily, then a week": ([9, 8, 7], 7, "awake"),
        "daily, then more": ([10, 9, 8], 8, "falling asleep"),
        "weekly": ([34, 27, 20], 20, "awake"),
        "weekly, long ago": ([36, 29, 22], 22, "falling asleep"),
        "new": ([6], 6, "awake"),
        "new and left": ([8], 8, "falling asleep"),
        "left": ([60, 59, 29], 29, "quit"),
    }
    rows = [(skill, pd.Timestamp(AS_OF) - pd.Timedelta(days=d)) for skill, (days, _, _) in gaps.items() for d in days]
    log = check_log(pd.DataFrame(rows, columns=["skill", "start"]))
    table = repetition.rest(log, as_of=AS_OF).set_index("skill")
    for skill, (_, since, state) in gaps.items():
        assert (table.loc[skill, "days_since"], table.loc[skill, "state"]) == (since, state), skill
    assert table.loc["weekly, long ago", "gaps_rested"] == pytest.approx(22 / 7)
    assert table.loc["new", "reason"] == "fewer than 3 practice days"
    assert table.loc["weekly", "reason"] == ""
    with pytest.raises(MMError, match="quit_after_days"):
        repetition.rest(log, as_of=AS_OF, quit_after_days=0)


def sessions(skill, days_ago, minutes, variation=None):
    start = pd.Timestamp("2026-10-31 18:00") - pd.to_timedelta(days_ago, unit="D")
    return pd.DataFrame({"skill": skill, "start": start, "minutes": minutes, "variation": variation})


def load_of(*parts):
    table = repetition.load(check_log(pd.concat(parts, ignore_index=True)), as_of="2026-10-31")
    return table.set_index("skill")


def test_load_points_out_what_is_narrow():
    varied = sessions("juggling", [1, 9], 10.0, "kneeling")
    narrow = load_of(sessions("ukulele", [1, 4, 8, 12, 20], 20.0), varied)
    assert narrow["flag"].to_dict() == {"juggling": "", "ukulele": "narrow"}
    assert narrow.loc["ukulele", "reason"] == (
        "83% of the minutes of the last 28 days, and none of 5 sessions with a variation"
    )
    few = load_of(sessions("ukulele", [1, 4, 8, 12], 20.0), varied)
    small = load_of(sessions("ukulele", [1, 4, 8, 12, 20], 2.0), varied)
    tweaked = load_of(sessions("ukulele", [1, 4, 8, 12, 20], 20.0, ["slow", None, None, None, None]), varied)
    for table in (few, small, tweaked):
        assert table["flag"].tolist() == ["", ""]


def test_load_does_not_take_the_names_of_cards_for_variations():
    start = pd.date_range("2026-10-05 09:00", periods=20, freq="D")
    cards = pd.DataFrame({"skill": "cards", "start": start, "minutes": 10, "reps": 1, "successes": 1})
    cards = cards.assign(variation=[f"card {i}" for i in range(20)])
    guitar = pd.DataFrame({"skill": "guitar", "start": start, "minutes": 10, "variation": "slowly"})
    alone, both = load_of(cards), load_of(cards, guitar)
    for table in (alone, both):
        row = table.loc["cards"] if "cards" in table.index else table[table["skill"] == "cards"].iloc[0]
        assert np.isnan(row["varied_share"])
        assert row["reason"] == "whether it is narrow is not known: its variations name the items that were asked"
    assert both["varied_share"].notna().sum() == 1


def test_load_points_out_what_is_sudden():
    usual = [8, 15, 22, 29]
    sudden = load_of(sessions("ukulele", [1, 2], 30.0), sessions("ukulele", usual, 40.0))
    assert sudden["flag"].tolist() == ["sudden"]
    assert "60 minutes in the last 7 days, 1.5 times the 40 of a usual week before" in sudden["reason"].iloc[0]
    short = load_of(sessions("ukulele", [1, 2], 29.0), sessions("ukulele", usual, 20.0))
    slight = load_of(sessions("ukulele", [1, 2], 30.0), sessions("ukulele", usual, 41.0))
    new = load_of(sessions("ukulele", [1, 2], 300.0))
    for table in (short, slight, new):
        assert table["flag"].tolist() == [""]


def test_load_can_be_both_and_says_what_it_cannot_tell():
    other = sessions("juggling", [9], 10.0, "kneeling")
    both = load_of(sessions("ukulele", [1, 2, 3], 60.0), sessions("ukulele", [8, 15], 60.0), other)
    assert both.loc["ukulele", "flag"] == "narrow and sudden"
    assert both.loc["ukulele", "reason"].count(";") == 1
    never_varied = load_of(sessions("ukulele", [1, 8, 15, 20, 25], 60.0))
    assert never_varied["flag"].tolist() == [""]
    assert "no session says what was varied" in never_varied["reason"].iloc[0]
    unknown = load_of(sessions("ukulele", [1, 8], None))
    assert unknown["reason"].tolist() == ["the length of its sessions in the last 35 days is not known"]


def test_an_empty_log_gives_empty_tables_of_the_same_types():
    full = log_of(pd.date_range("2026-10-01", periods=9), minutes=10)
    for call in (
        lambda log: repetition.rhythm(log, as_of=AS_OF),
        lambda log: repetition.rest(log, as_of=AS_OF),
        repetition.week,
        lambda log: repetition.load(log, as_of="2026-10-09"),
    ):
        assert len(call(empty_log())) == 0
        assert call(full).dtypes.astype(str).to_dict() == call(empty_log()).dtypes.astype(str).to_dict()
