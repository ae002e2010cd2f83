"""The log as statements: every column comes back, ids stay the same, and the clock may change."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from mmlib.log import COLUMNS, append_sessions, check_log
from mmlib.sources import xapi, xapi_export

WHOLE = {
    "learner": "ada", "skill": 'C → G, "slowly" & 100%', "start": "2026-10-31 18:30:15.250", "minutes": 34.316667,
    "reps": 12, "successes": 7, "score": -0.125, "payoff": 4, "praise": 1, "flow": 4.5, "challenge": 3, "support": 5,
    "mood_before": 2, "mood_after": 3.5, "part": "entry_trick", "variation": "eyes closed", "self": "musician",
    "note": 'she said "more"', "source": "cstimer", "source_id": "1630328007-31670",
}  # fmt: skip


def log_of(*rows):
    return check_log(pd.DataFrame(list(rows)))


def places(value, path=()):
    yield path, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def test_every_column_comes_back_wherever_it_is_read(tmp_path):
    assert set(WHOLE) == set(COLUMNS)
    log = log_of(WHOLE)
    assert xapi_export.write(log, tmp_path / "s.json", tz="Europe/Berlin") == 1
    for tz in ("Europe/Berlin", "Pacific/Auckland", None):
        again = check_log(xapi.read(tmp_path / "s.json", tz=tz))
        pd.testing.assert_frame_equal(again, log, rtol=0, atol=1e-6)


def test_a_row_of_which_little_is_known_comes_back_with_its_statements_id(tmp_path):
    log = log_of({"skill": "ukulele", "start": "2026-10-31 18:30"})
    xapi_export.write(log, tmp_path / "s.json", tz="UTC")
    again = xapi.read(tmp_path / "s.json", tz="UTC")
    assert again[["source", "source_id"]].to_numpy().tolist() == [
        ["xapi", xapi_export.statements(log, tz="UTC")[0]["id"]]
    ]
    same = again.drop(columns=["source", "source_id"])
    pd.testing.assert_frame_equal(same, log.drop(columns=["source", "source_id"]), check_column_type=False)


def test_what_is_not_known_is_left_out():
    for one in xapi_export.statements(log_of(WHOLE, {"skill": "a", "start": "2026-10-31"}), tz="UTC"):
        for path, value in places(one):
            assert value is not None and value != {} and value != "" and value == value, path


def test_ids_are_the_same_each_time_and_differ_for_rows_that_are_alike():
    twice = [{"skill": "ukulele", "start": "2026-10-31 18:30"}] * 2
    ids = [one["id"] for one in xapi_export.statements(log_of(*twice), tz="UTC")]
    assert len(set(ids)) == 2
    more = log_of(*twice, {"skill": "ukulele", "start": "2026-11-01 18:30"})
    assert ids == [one["id"] for one in xapi_export.statements(more, tz="Asia/Tokyo")][:2]


@pytest.mark.parametrize(
    ("start", "timestamp"),
    [
        ("2026-10-31 18:30", "2026-10-31T17:50:00Z"),
        ("2026-10-25 02:30", "2026-10-25T00:50:00Z"),  # comes twice: its first
        ("2026-03-29 02:30", "2026-03-29T01:50:00Z"),  # never comes: the clock was moved on
        ("2026-10-25 01:50", "2026-10-25T00:10:00Z"),
        ("2026-12-31 23:50", "2026-12-31T23:10:00Z"),
    ],
)
def test_a_statement_is_stamped_with_the_sessions_end_in_universal_time(start, timestamp):
    one = xapi_export.statements(log_of({"skill": "a", "start": start, "minutes": 20}), tz="Europe/Berlin")[0]
    assert pd.Timestamp(one["timestamp"]) == pd.Timestamp(timestamp)


@pytest.mark.parametrize(
    ("reps", "successes", "success"), [(1, 1, True), (1, 0, False), (1, None, None), (5, 5, None), (0, 0, None)]
)
def test_success_is_said_of_single_repetitions_alone(tmp_path, reps, successes, success):
    log = log_of({"skill": "a", "start": "2026-10-31", "reps": reps, "successes": successes})
    assert xapi_export.statements(log, tz="UTC")[0].get("result", {}).get("success") is success
    xapi_export.write(log, tmp_path / "s.json", tz="UTC")
    again = xapi.read(tmp_path / "s.json", tz="UTC")
    assert again[["reps", "successes"]].equals(log[["reps", "successes"]])


def test_the_file_is_replaced_as_a_whole_and_importing_it_twice_adds_nothing(tmp_path):
    (file := tmp_path / "s.json").write_text("an older file")
    log = log_of(WHOLE, {"skill": "a", "start": "2026-10-31"})
    assert xapi_export.write(log, file, tz="UTC") == 2 and len(json.loads(file.read_text(encoding="utf-8"))) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]
    assert append_sessions(tmp_path / "log.csv", xapi.read(file, tz="UTC")) == 2
    assert append_sessions(tmp_path / "log.csv", xapi.read(file, tz="UTC")) == 0
    assert xapi_export.write(log.iloc[:0], file, tz="UTC") == 0 and json.loads(file.read_text()) == []


def test_several_learners_keep_their_names_and_a_single_one_can_be_renamed(tmp_path):
    rows = [{"learner": name, "skill": "a", "start": "2026-10-31"} for name in ("ada", "ben")]
    xapi_export.write(log_of(*rows), tmp_path / "s.json", tz="UTC")
    assert sorted(xapi.read(tmp_path / "s.json", learner="cleo")["learner"]) == ["ada", "ben"]
    xapi_export.write(log_of(rows[0]), tmp_path / "s.json", tz="UTC")
    assert xapi.read(tmp_path / "s.json")["learner"].tolist() == ["ada"]
    assert xapi.read(tmp_path / "s.json", learner="cleo")["learner"].tolist() == ["cleo"]
