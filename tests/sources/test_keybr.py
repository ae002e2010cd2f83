"""keybr's lessons become the log."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import keybr, recognised, set_aside
from tests.sources.shapes import SECONDS, ZONES

DATA = Path(__file__).parent / "data" / "keybr.json"


@pytest.fixture
def log():
    return keybr.read(DATA, learner="ada", tz="Europe/Berlin")


def test_each_lesson_is_a_row(log):
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert set(log["skill"]) == {"typing lessons"} and set(log["learner"]) == {"ada"}
    assert log["score"].tolist() == [291.0, 244.0, 5.0], "characters per minute, not words"
    assert log["reps"].tolist() == [130, 122, 5] and log["successes"].tolist() == [127, 122, 0]
    assert log["minutes"].tolist() == [0.44605, 0.5, 1.0]
    assert log["variation"].tolist() == ["en-us generated", "en-us natural", "de-de numbers"]


def test_the_hour_that_comes_twice_keeps_both_lessons_and_midnight_its_day(log):
    starts = ["2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-25 23:59:50"]
    assert log["start"].astype(str).tolist() == starts
    assert log["source_id"].tolist() == [
        "2026-10-25T00:30:27+00:00", "2026-10-25T01:30:30+00:00", "2026-10-25T23:00:50+00:00"
    ]  # fmt: skip


def lesson(second, time, **other):
    """A lesson of one time stamp, at a second after 17:00, and of a length in milliseconds."""
    stamp = f"2026-10-31T17:{second // 60:02}:{second % 60:02}.000Z"
    return {"timeStamp": stamp, "layout": "us", "length": 100, "time": time, "errors": 0, "speed": 200} | other


@pytest.fixture
def written(tmp_path):
    def write(lessons):
        (file := tmp_path / "typing-data.json").write_text(json.dumps(lessons))
        return file

    return write


@pytest.mark.parametrize(
    ("seconds", "start"),
    [([30, 61, 92], "17:00:00"), ([0, 31, 52], "17:00:00"), ([30], "17:00:00")],
    ids=["ends, 31 seconds apart", "starts, as the last lasts 30 and 52 is 21 after 31", "one lesson, so its end"],
)
def test_the_file_decides_whether_its_time_stamps_are_starts_or_ends(written, seconds, start):
    times = [30_000, 20_000, 30_000] if 0 in seconds else [30_000] * 3
    log = keybr.read(written([lesson(second, time) for second, time in zip(seconds, times, strict=False)]), tz="UTC")
    assert log["start"].astype(str).iloc[0].endswith(start)


def test_a_lesson_exported_before_and_after_it_was_stored_is_one(tmp_path, written):
    """keybr rounds time stamps to seconds when it stores a lesson."""
    early, late = (lesson(0, 30_000, timeStamp=f"2026-10-31T17:00:{end}Z") for end in ("29.612", "30.000"))
    assert append_sessions(tmp_path / "log.csv", keybr.read(written([early]), tz="UTC")) == 1
    assert append_sessions(tmp_path / "log.csv", keybr.read(written([late]), tz="UTC")) == 0


def test_the_form_of_2015_is_read(written):
    data = [{"timeStamp": 1_445_874_588_000, "length": 47, "time": 14_619, "errors": 3, "speed": 192.9},
            {"timeStamp": 1_445_874_603_600, "length": 45, "time": 11_141, "errors": 1, "speed": 242.348}]  # fmt: skip
    file = written({"us:auto": {"layout": "US", "mode": "Computer-generated lessons", "data": data}})
    log = keybr.read(file, tz="UTC")
    assert recognised(file) == "keybr" and log["variation"].tolist() == ["us auto", "us auto"]
    assert log["score"].tolist() == [192.9, 242.348] and str(log["start"].iloc[0])[:16] == "2015-10-26 15:49"


def test_what_cannot_be_read_is_set_aside(log):
    aside = set_aside(log)
    assert aside[["row", "column"]].to_numpy().tolist() == [[4, "timeStamp"], [5, "time"], [6, "speed"], [7, ""]]
    assert len(log) + len(aside) == len(json.loads(DATA.read_text()))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "an empty file"),
        ("[]", "without lessons"),
        ('{"a": 1}', "without lessons"),
        (DATA.read_text()[:200], "breaks off"),
        (DATA.read_text() * 2, "not JSON"),
        ('[{"timeStamp": "x", "speed": 1, "errors": 1, "length": 1}]', '"x"'),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, said):
    (file := tmp_path / "typing-data.json").write_text(content)
    with pytest.raises(SourceError) as failed:
        keybr.read(file)
    assert said in str(failed.value) and "typing-data.json" in str(failed.value)


def test_a_real_export_is_read_as_a_whole(real_data):
    log = keybr.read(real_data / "keybr_lukenzk" / "typing-data.json", tz="UTC")
    assert len(log) == 575 and set_aside(log).empty
    plain = pd.read_json(real_data / "keybr_lukenzk" / "typing-data.json")
    assert log["start"].tolist() == plain["timeStamp"].dt.tz_localize(None).tolist(), "starts, in 2019 and 2020"
    assert sorted(log["score"]) == sorted(plain["speed"]) and log["reps"].sum() == plain["length"].sum()
    assert log["minutes"].sum() == pytest.approx(plain["time"].sum() / 60_000)


def _starts(lessons):
    """Whether time stamps taken for starts make fewer lessons overlap, by a second or more."""
    lessons = lessons.sort_values("stamp")
    gaps = lessons["stamp"].diff().dt.total_seconds().iloc[1:].to_numpy() + 1
    seconds = lessons["ms"].to_numpy() / 1000
    return (gaps < seconds[:-1]).sum() < (gaps < seconds[1:]).sum()


LESSONS = st.lists(
    st.tuples(SECONDS, st.integers(1, 500), st.integers(0, 86_400_000), st.integers(1, 900)),
    min_size=1, max_size=8, unique_by=lambda lesson: lesson[0],
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(lessons=LESSONS, tz=ZONES)
def test_what_is_written_as_keybr_does_is_read_as_it_was(tmp_path_factory, lessons, tz):
    file = tmp_path_factory.mktemp("keybr") / "typing-data.json"
    stamps = [pd.Timestamp(second, unit="s", tz="UTC") for second, *_ in lessons]
    file.write_text(json.dumps([
        {"timeStamp": stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "layout": "us", "length": length, "time": time,
         "errors": length // 2, "speed": speed}
        for stamp, (_, length, time, speed) in zip(stamps, lessons, strict=True)
    ]))  # fmt: skip
    log = keybr.read(file, tz=tz)
    expected = pd.DataFrame(lessons, columns=["second", "reps", "ms", "score"])
    expected["stamp"] = stamps
    shift = pd.to_timedelta(0 if _starts(expected) else expected["ms"], unit="ms")
    expected["start"] = (expected["stamp"] - shift).dt.tz_convert(tz).dt.tz_localize(None)
    expected = expected.sort_values("start", kind="stable", ignore_index=True)
    assert log["start"].tolist() == expected["start"].tolist()
    assert log["score"].tolist() == expected["score"].tolist()
    assert (log["reps"] - log["successes"]).tolist() == (expected["reps"] // 2).tolist()
    assert log["minutes"].tolist() == pytest.approx((expected["ms"] / 60_000).tolist(), abs=1e-6)
