"""Habitica's histories become the log, from its CSV and from its user data."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import habitica, set_aside
from mmlib.sources.reading import Sample
from tests.sources.shapes import NAMES

DATA = Path(__file__).parent / "data"
HEADER = "Task Name,Task ID,Task Type,Date,Value"


def plus(value: float, times: int = 1) -> float:
    """Return what clicks of plus make of a task's value, as the game's rules say it."""
    for _ in range(times):
        value += 0.9747 ** min(max(value, -47.27), 21.27)
    return value


@pytest.fixture
def history(tmp_path):
    def write(*rows, header=HEADER):
        file = tmp_path / "habitica.csv"
        file.write_text("\n".join([header, *rows]), encoding="utf-8")
        return file

    return write


@pytest.fixture
def user_data(tmp_path):
    def write(**tasks):
        file = tmp_path / "user.json"
        file.write_text(json.dumps({"achievements": {}, "tasks": {"habits": [], "dailys": [], **tasks}}), "utf-8")
        return file

    return write


def counts(log):
    return list(zip(log["reps"], log["successes"], strict=True))


def test_the_task_history():
    log = habitica.read(DATA / "habitica.csv", learner="ada", tz="Europe/Berlin")
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert set(log["learner"]) == {"ada"} and set(log["source"]) == {"habitica"}
    assert log["skill"].tolist() == [
        "Sight reading", 'Ear "training"', 'Ear "training"', "Sight reading", "Stretch 🤸",
        "Scales, two octaves", "Scales, two octaves", "Stretch 🤸", "Scales, two octaves", "Scales, two octaves",
    ]  # fmt: skip
    assert log["start"].dt.strftime("%d %H:%M").tolist() == [
        "25 01:30", "25 02:30", "25 02:30", "26 21:00", "27 07:00",
        "28 17:30", "29 17:30", "30 18:00", "30 22:10", "31 08:00",
    ]  # fmt: skip
    assert counts(log) == [(5, 5), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (3, 3), (1, 1), (1, 0), (2, 1)]
    assert log[["minutes", "score", "note"]].isna().all(axis=None)
    assert log["source_id"].iloc[-1] == "0b9e2f0a-5d3c-4e57-9d6b-6a1f0c2e7a01/2026-10-31"


def test_averages_of_months_are_set_aside():
    aside = set_aside(habitica.read(DATA / "habitica.csv", tz="UTC"))
    assert aside["row"].tolist() == [6, 7] and set(aside["column"]) == {"Value"}
    assert aside["expected"].str.contains("average").all() and aside["advice"].str.contains("60 days").all()


def test_the_user_data_says_the_same_and_counts_each_click(tmp_path):
    table = habitica.read(DATA / "habitica.csv", tz="Europe/Berlin")
    data = habitica.read(DATA / "habitica_user_data.json", tz="Europe/Berlin")
    assert counts(data) == counts(table)
    assert data["source_id"].tolist() == table["source_id"].tolist()
    assert data["start"].iloc[-1] == pd.Timestamp("2026-10-31 08:00:00.117")
    assert append_sessions(tmp_path, table) == 10
    assert append_sessions(tmp_path, data) == 0


@pytest.mark.parametrize("name", ["habitica.csv", "habitica_user_data.json"])
def test_its_files_are_recognised(name):
    assert habitica.recognises(Sample.of(DATA / name))


def test_days_told_from_the_value_alone(history):
    rows = [f"Scales,a,habit,2026-10-{day:02} 12:00:00,{value}" for day, value in
            [(1, 1), (2, plus(0, 4)), (3, plus(0, 2)), (4, plus(0, 2) + 4e-7), (5, plus(0, 3))]]  # fmt: skip
    assert counts(habitica.read(history(*rows))) == [(1, 1), (3, 3), (2, 0), (2, 1), (1, 1)]


def test_a_habit_with_one_button_whose_value_halves_every_night(history):
    values = [plus(0, 5)]
    for nights, clicks in [(1, 1), (1, 1), (3, 2), (30, 1)]:
        start = values[-1]
        for _ in range(nights):
            start = start / 2 if abs(start) >= 0.1 else 0.0
        values.append(plus(start, clicks))
    days = [datetime(2026, 9, 1) + timedelta(days=days) for days in (0, 1, 2, 5, 35)]
    rows = [f"Smile,a,habit,{day},{value!r}" for day, value in zip(days, values, strict=True)]
    assert values[1] < values[0], "the value falls though plus was clicked"
    assert counts(habitica.read(history(*rows), tz="UTC")) == [(5, 5), (1, 1), (1, 1), (2, 2), (1, 1)]


def test_a_daily_that_was_missed_or_was_not_due_is_no_row(history):
    missed = 1 - 0.9747
    rows = [f"Walk,a,daily,2026-10-{day:02} 05:00:00,{value!r}" for day, value in
            [(1, 1.0), (2, missed), (3, missed), (4, plus(missed)), (5, 1.0)]]  # fmt: skip
    log = habitica.read(history(*rows), tz="UTC")
    assert log["start"].dt.day.tolist() == [1, 4, 5], "the last tick follows a potion that set all values to 0"
    assert counts(log) == [(1, 1)] * 3 and set_aside(log).empty


def test_what_cannot_be_explained_lately_is_read_by_its_rise_or_fall(history):
    rows = [f"Walk,a,habit,2026-10-{day:02} 05:00:00,{value}" for day, value in [(1, 1), (2, 9.9), (3, 3.3)]]
    log = habitica.read(history(*rows), tz="UTC")
    assert counts(log) == [(1, 1), (1, 1), (1, 0)] and set_aside(log).empty


def test_later_clicks_of_a_day_do_not_make_it_another_row(history, tmp_path):
    morning = habitica.read(history("Walk,a,habit,2026-10-01 05:00:00,1"), tz="Europe/Berlin")
    evening = habitica.read(history("Walk,a,habit,2026-10-01 19:00:00,1.9747"), tz="Europe/Berlin")
    assert append_sessions(tmp_path, morning) == 1
    assert append_sessions(tmp_path, evening) == 0


def test_a_renamed_task_is_the_same_and_two_entries_of_a_day_are_two(history, tmp_path):
    rows = [f"a,habit,2026-10-01 0{hour}:00:00,{plus(0, hour)!r}" for hour in (1, 2, 3)]
    one = habitica.read(history(*(f"Walk,{row}" for row in rows)), tz="UTC")
    assert one["source_id"].tolist() == ["a/2026-10-01", "a/2026-10-01#2", "a/2026-10-01#3"]
    assert append_sessions(tmp_path, one) == 3
    assert append_sessions(tmp_path, habitica.read(history(*(f"Long walk,{row}" for row in rows)), tz="UTC")) == 0


def test_bad_entries_are_set_aside_and_counts_add_up(history):
    good = "Walk,a,habit,2026-10-01 05:00:00,1"
    day = "2026-10-02 05:00:00"
    bad = {3: ("Date", "Walk,a,habit,Invalid date,1"), 4: ("Value", f"Walk,a,habit,{day},many"),
           5: ("Value", f"Walk,a,habit,{day},1e300"), 6: ("Task Type", f"Walk,a,todo,{day},1"),
           7: ("", "Walk,a,habit")}  # fmt: skip
    log = habitica.read(history(good, *(row for _, row in bad.values())), tz="UTC")
    aside = set_aside(log)
    assert len(log) == 1
    assert dict(zip(aside["row"], aside["column"], strict=True)) == {row: column for row, (column, _) in bad.items()}


def test_bad_entries_of_the_user_data_are_set_aside(user_data):
    good = {"date": 1_793_000_000_000, "value": 1, "scoredUp": 1, "scoredDown": 0}
    wrong = [
        None,
        7,
        {},
        {"date": "soon", "value": 1},
        {"date": 1_793_000_000_000, "value": None},
        {"date": -5, "value": 1},
    ]
    log = habitica.read(
        user_data(habits=[{"_id": "a", "text": "Walk", "history": [good, *wrong]}, "no task"]), tz="UTC"
    )
    assert counts(log) == [(1, 1)] and set_aside(log)["row"].tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_dailies_of_the_user_data_are_taken_by_their_mark(user_data):
    marks = [(True, True), (True, False), (False, False), (False, True)]
    entries = [{"date": 1_793_000_000_000 + 86_400_000 * day, "value": 3.3 * day, "isDue": due, "completed": done}
               for day, (due, done) in enumerate(marks)]  # fmt: skip
    log = habitica.read(user_data(dailys=[{"_id": "a", "text": "Walk", "history": entries}]), tz="UTC")
    assert counts(log) == [(1, 1), (1, 1)] and set_aside(log).empty


def test_other_files_give_one_clear_error(history, user_data, tmp_path):
    (tmp_path / "other.csv").write_text("Date,Value\n2026-10-31,1\n", encoding="utf-8")
    (tmp_path / "other.json").write_text('{"tasks": []}', encoding="utf-8")
    for name in ("other.csv", "other.json"):
        with pytest.raises(SourceError, match="expected Habitica's task history") as caught:
            habitica.read(tmp_path / name)
        assert str(caught.value).startswith(name) and "Site Data" in str(caught.value)
    for file in (history(), user_data()):
        with pytest.raises(SourceError, match="nothing that was practised"):
            habitica.read(file)


CLICKS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 40)), min_size=1, max_size=20)


def written(days: list[tuple[datetime, int, int]], name: str, task: str) -> tuple[str, str]:
    """Return a habit with two buttons as Habitica's two exports write it, the clicks of plus of a day first."""
    value, table, entries = 0.0, io.StringIO(), []
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(HEADER.split(","))
    for moment, ups, downs in days:
        value = plus(value, ups)
        for _ in range(downs):
            low, high = value - 4, value  # what a plus would have made this value of
            for _ in range(60):
                low, high = ((low + high) / 2, high) if plus((low + high) / 2) < value else (low, (low + high) / 2)
            value = low
        rows.writerow([name, task, "habit", f"{moment:%Y-%m-%d %H:%M:%S}", repr(value)])
        entries.append({"date": int(moment.timestamp() * 1000), "value": value, "scoredUp": ups, "scoredDown": downs})
    user = {"tasks": {"habits": [{"_id": task, "type": "habit", "text": name, "history": entries}]}}
    return table.getvalue(), json.dumps(user)


@given(CLICKS, NAMES, st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/New_York"]))
@settings(deadline=None, max_examples=60)
def test_what_is_written_comes_back(clicks, name, tz):
    moment, days = datetime(2026, 9, 20, 9, 30, tzinfo=UTC), []
    for ups, downs, gap in [(2, 0, 0), (0, 1, 0), *clicks]:  # enough to see that there are two buttons
        if ups + downs:
            days.append((moment, ups, downs))
        moment += timedelta(days=1, minutes=gap)
    folder = Path(tempfile.mkdtemp())
    for file, text in zip((folder / "history.csv", folder / "user.json"), written(days, name, "t1"), strict=True):
        file.write_text(text, encoding="utf-8")
    log = habitica.read(folder / "user.json", tz=tz)
    assert counts(log) == [(ups + downs, ups) for _, ups, downs in days]
    assert set(log["skill"]) == {name}
    starts = [moment.astimezone(ZoneInfo(tz)).replace(tzinfo=None) for moment, _, _ in days]
    assert log["start"].tolist() == starts
    same = habitica.read(folder / "history.csv", tz=tz)
    assert same["source_id"].tolist() == log["source_id"].tolist()
    net = [ups - downs for _, ups, downs in days]
    assert counts(same) == [(2, 1) if not clicks else (abs(clicks), max(clicks, 0)) for clicks in net]
