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
    assert log["variation"].tolist() == ["us auto", "us book", "de auto"]


def test_the_hour_that_comes_twice_keeps_both_lessons_and_midnight_its_day(log):
    starts = ["2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-25 23:59:50"]
    assert log["start"].astype(str).tolist() == starts
    assert log["source_id"].nunique() == 3


def test_what_cannot_be_read_is_set_aside(log):
    aside = set_aside(log)
    assert aside[["row", "column"]].to_numpy().tolist() == [[4, "timeStamp"], [5, "time"], [6, "speed"], [7, ""]]
    assert len(log) + len(aside) == len(json.loads(DATA.read_text()))


def test_importing_twice_adds_nothing_and_a_newer_export_what_is_new(tmp_path, log):
    log.attrs = {}
    assert append_sessions(tmp_path / "log.csv", log.iloc[:2]) == 2
    assert append_sessions(tmp_path / "log.csv", log) == 1
    assert append_sessions(tmp_path / "log.csv", log) == 0


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


def test_it_is_recognised():
    assert recognised(DATA) == "keybr"


def test_a_real_export_is_read_as_a_whole(real_data):
    log = keybr.read(real_data / "keybr_lukenzk" / "typing-data.json", tz="UTC")
    assert len(log) == 575 and set_aside(log).empty
    plain = pd.read_json(real_data / "keybr_lukenzk" / "typing-data.json")
    assert sorted(log["score"]) == sorted(plain["speed"]) and log["reps"].sum() == plain["length"].sum()
    assert log["minutes"].sum() == pytest.approx(plain["time"].sum() / 60_000)


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
    expected["start"] = [stamp.tz_convert(tz).tz_localize(None) for stamp in stamps]
    expected = expected.sort_values("start", kind="stable", ignore_index=True)
    assert log["start"].tolist() == expected["start"].tolist()
    assert log["score"].tolist() == expected["score"].tolist()
    assert (log["reps"] - log["successes"]).tolist() == (expected["reps"] // 2).tolist()
    assert log["minutes"].tolist() == pytest.approx((expected["ms"] / 60_000).tolist(), abs=1e-6)
