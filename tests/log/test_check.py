"""The schema and its checks: every bad row is named, and rows read = rows loaded + rows set aside."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmlib.errors import LogFormatError, SetAsideWarning
from mmlib.log import COLUMNS, check_log, data_dictionary, empty_log

START = "2026-10-31 18:30"


def one(**values):
    return pd.DataFrame([{"skill": "juggling", "start": START, **values}])


def problems(frame):
    with pytest.raises(LogFormatError) as caught:
        check_log(frame)
    return caught.value.problems


def test_every_column_is_there_in_its_type():
    log = check_log(one(minutes=15, reps=10, successes=4, payoff=4))
    assert list(log.columns) == COLUMNS
    assert log.dtypes.equals(empty_log().dtypes)
    assert log.loc[0, "learner"] == "me"
    assert log.loc[0, "start"] == pd.Timestamp(2026, 10, 31, 18, 30)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("minutes", -1, "0 or more"),
        ("minutes", "half an hour", "a number of minutes"),
        ("minutes", float("inf"), "a number of minutes"),
        ("reps", 1.5, "a whole number"),
        ("reps", "1.5", "a whole number"),
        ("reps", -3, "a whole number"),
        ("payoff", 6, "from 1 to 5"),
        ("flow", 0.5, "from 1 to 5"),
        ("mood_after", "good", "from 1 to 5"),
        ("score", "fast", "a number"),
        ("part", "isolated", "one of entry_trick, isolate"),
        ("skill", " ", "the name of a skill"),
        ("start", "", "a date and time"),
        ("start", "tomorrow", "a date and time"),
        ("start", "1026-10-31", "a date and time"),
    ],
)
def test_a_bad_value_is_named_with_its_place(column, value, expected):
    (problem,) = problems(pd.concat([one(), one(**{column: value})], ignore_index=True))
    assert (problem.row, problem.column) == (3, column)
    assert expected in problem.expected


def test_more_successes_than_reps_is_one_problem():
    (problem,) = problems(one(reps=3, successes=4))
    assert (problem.column, problem.found) == ("successes", "4")


def test_successes_without_reps_are_fine():
    assert check_log(one(successes=4)).loc[0, "successes"] == 4


def test_an_ambiguous_date_says_which_two_days_it_may_mean():
    (problem,) = problems(one(start="03/04/2026"))
    assert "2026-04-03" in problem.advice
    assert "2026-03-04" in problem.advice


def test_a_time_with_a_zone_is_not_wall_clock():
    for found in ("2026-10-31T18:30:00Z", "2026-10-31 18:30+02:00"):
        (problem,) = problems(one(start=found))
        assert "without a zone" in problem.expected
    (problem,) = problems(pd.DataFrame({"skill": ["a"], "start": pd.to_datetime(["2026-10-31T18:30Z"])}))
    assert problem.column == "start"


def test_an_unknown_column_is_refused_with_the_nearest_name():
    (problem,) = problems(one(minuets=3))
    assert 'Did you mean "minutes"?' in problem.advice


def test_a_missing_required_column_is_named():
    (problem,) = problems(pd.DataFrame({"skill": ["juggling"]}))
    assert problem.column == "start"


def test_all_bad_rows_are_kept_and_the_first_twenty_are_shown():
    with pytest.raises(LogFormatError) as caught:
        check_log(pd.concat([one(minutes="x")] * 25, ignore_index=True))
    assert [problem.row for problem in caught.value.problems] == list(range(2, 27))
    shown = [line for line in str(caught.value).splitlines() if line.startswith("log, row")]
    assert len(shown) == 20
    assert "5 more problems" in str(caught.value)


def test_quarantine_leaves_the_good_rows_and_counts_the_bad():
    frame = pd.concat([one(), one(minutes="x"), one(payoff=9, flow=9)], ignore_index=True)
    with pytest.warns(SetAsideWarning, match="2 rows set aside"):
        assert len(check_log(frame, errors="quarantine")) == 1


def test_errors_is_one_of_two_words():
    with pytest.raises(LogFormatError, match="quarantine"):
        check_log(one(), errors="ignore")


def test_the_input_is_not_changed_and_rows_are_in_order():
    frame = pd.concat([one(start="2026-10-02"), one(start="2026-10-01")], ignore_index=True)
    copy = frame.copy()
    log = check_log(frame)
    pd.testing.assert_frame_equal(frame, copy)
    assert log["start"].is_monotonic_increasing


@given(st.lists(st.sampled_from(["15", "1:30", "x", "", "-2", "90 min", "1h30", "NA"]), max_size=30))
def test_rows_in_are_rows_out_plus_rows_set_aside(minutes):
    frame = pd.DataFrame({"skill": "a", "start": START, "minutes": pd.Series(minutes, dtype="str")})
    bad = sum(value in ("x", "-2") for value in minutes)
    if bad:
        assert len(problems(frame)) == bad
    else:
        total = sum({"15": 15, "1:30": 90, "90 min": 90, "1h30": 90}.get(value, 0) for value in minutes)
        log = check_log(frame)
        assert len(log) == len(minutes)
        assert np.nansum(log["minutes"]) == total


def test_the_data_dictionary_names_every_column_once():
    rows = data_dictionary().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == COLUMNS
