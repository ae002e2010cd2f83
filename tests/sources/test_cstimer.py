"""csTimer exports become the log, and every solve is accounted for."""

from __future__ import annotations

import html
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import check_log, empty_log
from mmlib.sources import cstimer, set_aside
from tests.sources.shapes import MOMENTS, NAMES, NOTES, SECONDS, ZONES

DATA = Path(__file__).parent / "data"
GOOD = [[0, 10_000], "R U", "", 1_792_413_000]


@pytest.fixture
def export(tmp_path):
    def write(content):
        file = tmp_path / "cstimer.txt"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return file

    return write


@pytest.fixture
def log():
    return cstimer.read(DATA / "cstimer.json", learner="ada", tz="Europe/Berlin")


def test_every_solve_is_one_row_in_the_logs_form(log):
    assert len(log) == 8
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert log["start"].is_monotonic_increasing
    assert set(log["learner"]) == {"ada"} and set(log["source"]) == {"cstimer"}
    assert set_aside(log).empty


def test_sessions_are_skills_and_their_names_are_text(log):
    assert log["skill"].value_counts().to_dict() == {"Cube & co": 4, "2": 2, "One hand": 1, "session 5": 1}


def test_penalties_and_failures(log):
    cube = log[log["skill"] == "Cube & co"]
    assert cube["score"].tolist()[:2] == [61.5, 33.67]
    assert cube["score"].isna().tolist() == [False, False, True, True]
    assert cube["successes"].tolist() == [1, 1, 0, 0]
    assert cube["reps"].tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(cube["minutes"], [1.025, 31.67 / 60, 0.75, np.nan], atol=1e-6)


def test_phases_are_not_times_and_comments_are_notes(log):
    assert log.loc[log["skill"] == "2", "score"].tolist() == [8.25, 7.99]
    assert log["note"].dropna().tolist() == ["best ;-) so far", "hand slipped", "dropped it"]


@pytest.mark.parametrize(
    ("tz", "clock"),
    [
        ("UTC", "2026-10-19 12:30"),
        ("Europe/Berlin", "2026-10-19 14:30"),
        ("Asia/Kolkata", "2026-10-19 18:00"),
        ("Asia/Tokyo", "2026-10-19 21:30"),
        ("Pacific/Auckland", "2026-10-20 01:30"),
    ],
)
def test_start_is_the_wall_clock_of_the_zone(tz, clock):
    log = cstimer.read(DATA / "cstimer.json", tz=tz).set_index("source_id")
    assert log.loc["1792413000-61500", "start"] == pd.Timestamp(clock)


def test_without_a_zone_the_systems_is_used(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        here = cstimer.read(DATA / "cstimer.json")
    finally:
        monkeypatch.undo()
        time.tzset()
    there = cstimer.read(DATA / "cstimer.json", tz="America/New_York")
    pd.testing.assert_frame_equal(here, there)


def test_both_attempts_of_the_repeated_hour_are_kept(export):
    first, second = 1_792_888_200, 1_792_891_800  # 2026-10-25, 02:30 in summer time and once more in winter time
    log = cstimer.read(export({"session1": [[*GOOD[:3], first], [*GOOD[:3], second]]}), tz="Europe/Berlin")
    assert log["start"].tolist() == [pd.Timestamp("2026-10-25 02:30")] * 2
    assert log["source_id"].is_unique


def test_ids_outlive_renaming_moving_and_newer_solves(export):
    older = json.loads((DATA / "cstimer.json").read_text(encoding="utf-8"))
    before = set(cstimer.read(DATA / "cstimer.json", tz="UTC")["source_id"])
    newer = {"session7": older["session1"], "session1": [*older["session2"], GOOD], "session2": older["session4"]}
    after = cstimer.read(export({**newer, "session3": older["session5"]}), tz="UTC")
    assert set(after["source_id"]) - before == {"1792413000-10000"}
    assert before < set(after["source_id"])


def test_identical_solves_are_both_kept_under_stable_ids(export):
    file = export({"session1": [GOOD, GOOD]})
    assert cstimer.read(file)["source_id"].tolist() == ["1792413000-10000", "1792413000-10000#2"]


def test_two_imports_can_be_put_together(export):
    log = cstimer.read(export({"session1": [GOOD, "?"]}))
    assert len(pd.concat([log, cstimer.read(DATA / "cstimer.json")])) == 9


BAD = {
    "a word": ("solve", "oops"),
    "no time": ("time", [["0"], "R", "", 1]),
    "time as text": ("time", [[0, "12.3"], "R", "", 1_792_413_000]),
    "time below zero": ("time", [[0, -5], "R", "", 1_792_413_000]),
    "time true": ("time", [[0, True], "R", "", 1_792_413_000]),
    "time not a number": ("time", [[0, float("nan")], "R", "", 1_792_413_000]),
    "unknown penalty": ("penalty", [[-7, 10_000], "R", "", 1_792_413_000]),
    "no date": ("date", [[0, 10_000], "R", ""]),
    "date in milliseconds": ("date", [[0, 10_000], "R", "", 1_792_413_000_000]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_solve_is_set_aside_and_its_neighbours_load(export, case):
    log = cstimer.read(export({"session1": [GOOD, BAD[case][1], GOOD]}))
    aside = set_aside(log)
    assert len(log) == 2 and len(aside) == 1
    assert aside.loc[0, ["file", "row", "column"]].tolist() == ["cstimer.txt", 2, "session1"]
    assert (aside[["found", "expected", "advice"]].map(len) > 3).all(axis=None)


def test_counts_add_up(export):
    solves = [GOOD, *(solve for _, solve in BAD.values()), GOOD]
    log = cstimer.read(export({"session1": solves, "session2": [GOOD], "session3": 7}))
    assert len(log) + len(set_aside(log)) == len(solves) + 1 + 1


def test_a_file_of_bad_solves_raises_and_names_them_all(export):
    with pytest.raises(SourceError, match="9 problems") as caught:
        cstimer.read(export({"session1": [solve for _, solve in BAD.values()]}))
    assert [problem.row for problem in caught.value.problems] == list(range(1, 10))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "an empty file"),
        ("  \n", "an empty file"),
        ("<!DOCTYPE html><html></html>", "a web page"),
        ("PK\x03\x04", "a ZIP archive"),
        ('{"session1": [[[0, 10000], "R"', "a file that breaks off"),
        ('{"session1": [[[0, 10000], "R', "a file that breaks off"),
        ('{"session1": []} {"session1": []}', "text that is not JSON, at character 18"),
        ("[" * 100_000, "brackets within brackets"),
        ('{"session1": ' + "9" * 5_000 + "}", "a value that cannot be read"),
        ('{"theme": "dark"}', "JSON without sessions"),
        ("[1, 2]", "JSON without sessions"),
        ('{"session1": []}', "no solves"),
        ("Project,Start date\nUkulele,2026-10-01\n", 'the columns "project", "start date"'),
        ("just some words", 'the columns "just some words"'),
    ],
)
def test_a_file_of_another_kind_gives_one_clear_error(export, content, found):
    with pytest.raises(SourceError) as caught:
        cstimer.read(export(content))
    message = str(caught.value)
    assert message.startswith("cstimer.txt") and f"found {found}" in message and "Export to file" in message
    assert len(caught.value.problems) == 1


def test_other_things_than_files(tmp_path):
    with pytest.raises(SourceError, match="found a folder"):
        cstimer.read(tmp_path)
    with pytest.raises(SourceError, match=r"nothing\.txt: found no such file"):
        cstimer.read(tmp_path / "nothing.txt")
    (tmp_path / "latin.txt").write_bytes(b'{"session1": "\xe9"}')
    with pytest.raises(SourceError, match="found a byte that is not UTF-8"):
        cstimer.read(tmp_path / "latin.txt")
    with pytest.raises(SourceError, match='Did you mean "Europe/Berlin"'):
        cstimer.read(DATA / "cstimer.json", tz="Europe/Berln")


def test_older_backups_with_sessions_as_text(export):
    log = cstimer.read(export({"session1": json.dumps([GOOD]), "properties": json.dumps({"sessionData": {}})}))
    assert log["skill"].tolist() == ["session 1"]


def test_csv_of_one_session():
    log = cstimer.read(DATA / "cstimer_one_hand.csv", learner="ada")
    assert set(log["skill"]) == {"cstimer_one_hand"}
    assert log["start"].iloc[0] == pd.Timestamp("2026-10-18 09:00")
    np.testing.assert_allclose(log["score"], [34.43, 62.34, 33.67, np.nan, 3661.5])
    np.testing.assert_allclose(60 * log["minutes"], [34.43, 62.34, 31.67, 25.10, 3661.5], atol=1e-4)
    assert log["successes"].tolist() == [1, 1, 1, 0, 1]
    assert log["note"].dropna().tolist() == ["slow; very", "pop;"]
    pd.testing.assert_frame_equal(log, check_log(log))


def test_bad_rows_of_a_csv_are_set_aside(tmp_path):
    rows = (DATA / "cstimer_one_hand.csv").read_text(encoding="utf-8").splitlines()
    rows += ["6;fast;;R;2026-10-18 09:10:00;1", "7;12.00;;R;N/A;12.00", "8;12.00;;R"]
    (tmp_path / "cstimer_one_hand.csv").write_text("\n".join(rows), encoding="utf-8")
    log = cstimer.read(tmp_path / "cstimer_one_hand.csv")
    assert len(log) == 5
    assert sorted(set_aside(log)["row"]) == [7, 8, 9]


def test_an_unclosed_quotation_mark_eats_no_rows(tmp_path):
    text = (DATA / "cstimer_one_hand.csv").read_text(encoding="utf-8").replace('"slow; very"', '"slow; very')
    (tmp_path / "cstimer_one_hand.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="quotation mark"):
        cstimer.read(tmp_path / "cstimer_one_hand.csv")


@pytest.fixture
def real_export(real_data):
    return real_data / "cstimer_marius" / "cstimer_export.json"


def test_real_export_in_full(real_export):
    log = cstimer.read(real_export, tz="Europe/Paris")
    assert len(log) == 18_553 and log["skill"].nunique() == 27
    assert set_aside(log).empty and log["source_id"].is_unique
    pd.testing.assert_frame_equal(log, check_log(log))


def test_real_export_gives_the_statistics_that_cstimer_wrote_into_it(real_export):
    """csTimer stores solves, failures and the mean of each session, of times cut to hundredths of a second."""
    sessions = json.loads(json.loads(real_export.read_text(encoding="utf-8"))["properties"]["sessionData"])
    told = {about["name"]: about["stat"] for about in sessions.values() if about["stat"][0]}
    log = cstimer.read(real_export, tz="Europe/Paris")
    cut = (log["score"] * 1000).round() // 10 * 10
    ours = pd.DataFrame({"skill": log["skill"], "failed": 1 - log["successes"], "ms": cut}).groupby("skill")
    ours = ours.agg(n=("failed", "size"), failed=("failed", "sum"), mean=("ms", "mean"))
    assert len(told) == 27
    theirs = pd.DataFrame.from_dict(told, orient="index", columns=["n", "failed", "mean"]).loc[ours.index]
    np.testing.assert_array_equal(ours[["n", "failed"]].astype(int), theirs[["n", "failed"]])
    np.testing.assert_allclose(ours["mean"], theirs["mean"], atol=0.001)


def test_real_time_stamps_are_starts(real_export):
    """The next solve of a session starts after the last one ends: so if stamps are starts, not if they are ends."""
    log = cstimer.read(real_export, tz="UTC").sort_values(["skill", "start"])
    seconds, gap = 60 * log["minutes"], log.groupby("skill")["start"].diff().dt.total_seconds()
    as_starts = (gap + 1 < seconds.groupby(log["skill"]).shift()).sum()
    as_ends = (gap + 1 < seconds).sum()
    assert as_starts <= 5 and as_ends > 100


def test_real_csv(real_data):
    log = cstimer.read(real_data / "cstimer_csv_sample" / "cstimer.csv")
    assert len(log) == 359 and set_aside(log).empty
    assert log["score"].iloc[113] == 33.67


SOLVES = st.lists(
    st.tuples(SECONDS, st.integers(1, 600_000), st.sampled_from([0, 2000, -1]), NOTES), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=60)
@given(sessions=st.lists(st.tuples(NAMES, SOLVES), min_size=1, max_size=3, unique_by=lambda one: one[0]), tz=ZONES)
def test_what_is_written_as_cstimer_does_is_read_as_it_was(tmp_path_factory, sessions, tz):
    file = tmp_path_factory.mktemp("cstimer") / "cstimer.txt"
    named = {str(number): {"name": html.escape(name)} for number, (name, _) in enumerate(sessions, 1)}
    content = {"properties": {"sessionData": json.dumps(named)}}
    for number, (_, solves) in enumerate(sessions, 1):
        content[f"session{number}"] = [
            [[penalty, ms], "R U", note or "", second] for second, ms, penalty, note in solves
        ]
    file.write_text(json.dumps(content), encoding="utf-8")
    log = cstimer.read(file, tz=tz)
    found = [
        (pd.Timestamp(second, unit="s", tz="UTC").tz_convert(tz).tz_localize(None), name, note or "",
         None if penalty < 0 else (ms + penalty) / 1000, ms / 60_000)
        for name, solves in sessions for second, ms, penalty, note in solves
    ]  # fmt: skip
    ours = zip(log["start"], log["skill"], log["note"].fillna(""), log["score"], log["minutes"], strict=True)
    order = lambda row: (row[0], row[1], row[2], round(row[4], 5))  # noqa: E731
    for one, other in zip(sorted(ours, key=order), sorted(found, key=order), strict=True):
        assert one[:3] == other[:3] and one[4] == pytest.approx(other[4], abs=1e-6)
        assert pd.isna(one[3]) if other[3] is None else True
    assert sorted(log["score"].dropna()) == pytest.approx(sorted(row[3] for row in found if row[3] is not None))


ATTEMPTS = st.lists(
    st.tuples(MOMENTS, st.integers(1, 359_999), st.sampled_from(["", "+", "DNF"]), NOTES), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=60)
@given(attempts=ATTEMPTS)
def test_what_is_written_as_cstimers_table_is_read_as_it_was(tmp_path_factory, attempts):
    file = tmp_path_factory.mktemp("cstimer") / "session.csv"
    lines = ["No.;Time;Comment;Scramble;Date;P.1"]
    for number, (start, hundredths, kind, note) in enumerate(attempts, 1):
        took, shown = clock(hundredths), clock(hundredths + 200 * (kind == "+"))
        comment = '"' + (note or "").replace('"', '""') + '"'
        written = f"DNF({took})" if kind == "DNF" else f"{shown}{kind}"
        lines.append(f"{number};{written};{comment};R U;{start:%Y-%m-%d %H:%M:%S};{took}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = cstimer.read(file)
    score = log["score"].fillna(-1).round(2)
    ours = zip(log["start"], score, (6000 * log["minutes"]).round().astype(int), log["note"].fillna(""), strict=True)
    expected = [
        (pd.Timestamp(start), -1 if kind == "DNF" else (hundredths + 200 * (kind == "+")) / 100, hundredths, note or "")
        for start, hundredths, kind, note in attempts
    ]
    assert sorted(ours) == sorted(expected)


def clock(hundredths):
    minutes, seconds = divmod(hundredths, 6000)
    return f"{minutes}:{seconds / 100:05.2f}" if minutes else f"{seconds / 100:.2f}"
