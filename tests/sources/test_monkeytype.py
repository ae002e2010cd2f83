"""Monkeytype's tests become the log."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import check_log, empty_log
from mmlib.sources import monkeytype, recognised, set_aside
from tests.sources.shapes import NAMES, SECONDS, ZONES

DATA = Path(__file__).parent / "data" / "monkeytype.csv"


@pytest.fixture
def log():
    return monkeytype.read(DATA, learner="ada", tz="Europe/Berlin")


def test_each_test_is_a_row_that_starts_with_its_first_attempt_before_its_stamp(log):
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    log = log.set_index("source_id").loc[["b2", "b3", "b4"]]
    assert log["start"].astype(str).tolist() == [
        "2026-10-25 02:29:44.750", "2026-10-25 02:29:30.000", "2026-10-25 02:28:36.960"
    ]  # fmt: skip
    assert log["skill"].tolist() == ["typing tests", "typing tests", "typing tests, german 1k"]
    assert log["score"].tolist() == [47.2, 54.0, 70.5]
    assert log["minutes"].tolist() == pytest.approx([15.25 / 60, 28 / 60, 83.04 / 60], abs=1e-6), (
        "less 2 s away, with 52.54 s of attempts"
    )
    assert log["reps"].tolist() == [125, 145, 184] and log["successes"].tolist() == [118, 135, 180]


def test_modes_are_variations_and_accuracy_and_tags_notes(log):
    log = log.set_index("source_id").loc[["b2", "b3", "b4"]]
    assert log["variation"].tolist() == ["words 25 numbers lazy mirror", "time 30 punctuation", "quote medium expert"]
    assert log["note"].tolist() == [
        "accuracy 91.89 %",
        "accuracy 91.39 %",
        "accuracy 98.1 %, 19 restarts, bailed out #slow #evening",
    ]


def test_what_cannot_be_read_is_set_aside(log):
    aside = set_aside(log)
    assert sorted(aside[["row", "column"]].to_numpy().tolist()) == [[5, "wpm"], [6, "timestamp"], [7, ""]]


def test_older_exports_with_bars_between_the_columns_are_read(tmp_path, log):
    with DATA.open(newline="") as lines:
        whole = [row for row in csv.reader(lines) if len(row) > 5]
    (file := tmp_path / "results.csv").write_text("\n".join("|".join(row) for row in whole).replace(";", ",") + "\n")
    assert recognised(file) == "monkeytype"
    again = monkeytype.read(file, learner="ada", tz="Europe/Berlin")
    pd.testing.assert_frame_equal(again, log)


@pytest.mark.parametrize(
    ("mode", "minutes"), [("time,30", 0.5), ("words,50", 1.25), ("custom,custom", None), ("zen,zen", None)]
)
def test_an_old_result_without_a_duration_has_that_of_its_mode(tmp_path, mode, minutes):
    row = f"a,40,95,90;1;0;0,{mode},,1792413030000"
    (file := tmp_path / "results.csv").write_text(f"_id,wpm,acc,charStats,mode,mode2,testDuration,timestamp\n{row}\n")
    log = monkeytype.read(file, tz="UTC")
    assert log["minutes"].fillna(-1).tolist() == [minutes or -1]


@pytest.mark.parametrize("stamp", ["1000", "0", "-5", "1e400", "NaN", "9" * 30])
def test_a_time_stamp_that_is_none_is_refused(tmp_path, stamp):
    row = f"a,40,95,90;1;0;0,time,30,30,{stamp}"
    (file := tmp_path / "results.csv").write_text(f"_id,wpm,acc,charStats,mode,mode2,testDuration,timestamp\n{row}\n")
    with pytest.raises(SourceError, match='column "timestamp"'):
        monkeytype.read(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "an empty file"),
        ("a,b\n1,2\n", 'the columns "a", "b"'),
        (DATA.read_text().splitlines()[0] + "\n", "nothing that was practised"),
        ('{"wpm": 1}', "JSON"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, said):
    (file := tmp_path / "results.csv").write_text(content)
    with pytest.raises(SourceError) as failed:
        monkeytype.read(file)
    assert said in str(failed.value) and "results.csv" in str(failed.value)


def test_a_real_export_is_read_as_a_whole(real_data):
    file = real_data / "monkeytype_jackcooper" / "all_monkeytype.csv"
    log, plain = monkeytype.read(file, tz="UTC"), pd.read_csv(file)
    assert len(log) == len(plain) == 610 and set_aside(log).empty and recognised(file) == "monkeytype"
    assert sorted(log["score"]) == sorted(plain["wpm"])
    seconds = plain["testDuration"] + plain["incompleteTestSeconds"] - plain["afkDuration"]
    assert log["minutes"].sum() == pytest.approx(seconds.sum() / 60, abs=1e-3)
    ends = log["start"] + pd.to_timedelta(log["minutes"], unit="min")
    assert (log["start"].iloc[1:].to_numpy() > ends.iloc[:-1].to_numpy() - np.timedelta64(2, "s")).all(), "no overlaps"


TESTS = st.lists(
    st.tuples(SECONDS, st.integers(1, 3000), st.integers(1, 2500), st.tuples(*[st.integers(0, 999)] * 4)),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(tests=TESTS, tag=NAMES, tz=ZONES)
def test_what_is_written_as_monkeytype_does_is_read_as_it_was(tmp_path_factory, tests, tag, tz):
    file, tag = tmp_path_factory.mktemp("monkeytype") / "results.csv", tag.replace(",", "").replace(";", "") or "x"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["_id", "wpm", "acc", "charStats", "mode", "mode2", "testDuration", "tags", "timestamp"])
        for number, (second, tenths, speed, counts) in enumerate(tests):
            ends = 1000 * second + 100 * tenths
            shown = ";".join(map(str, counts))
            writer.writerow([f"id{number}", speed / 10, 95, shown, "time", 30, tenths / 10, tag, ends])
    log = monkeytype.read(file, tz=tz).set_index("source_id")
    for number, (second, tenths, speed, counts) in enumerate(tests):
        row = log.loc[f"id{number}"]
        assert row["start"] == pd.Timestamp(second, unit="s", tz="UTC").tz_convert(tz).tz_localize(None)
        assert row["minutes"] == pytest.approx(tenths / 600, abs=1e-6) and row["score"] == speed / 10
        assert (row["reps"], row["successes"]) == (sum(counts), counts[0])
        assert row["note"] == f"accuracy 95 % #{tag.strip()}"
