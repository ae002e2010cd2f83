"""Loop's habits become the log, from each of its exports; its own scores can be worked out from it."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import loop, recognised, set_aside
from tests.sources.shapes import MOMENTS, NAMES

DATA = Path(__file__).parent / "data"
HABITS = "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,Color,Unit,Target Type\n"
ROWS = """001,"Ukulele, slow",YES_NO,,,1,1,#fff,,
002,Drawing,NUMERICAL,,,1,1,#fff,minutes,AT_LEAST
003,Run,NUMERICAL,,,1,1,#fff,km,AT_LEAST
"""
UKULELE = ["2026-10-31,2", "2026-10-30,1", "2026-10-29,2"]


def archive(path, *, old=False):
    """Write the whole CSV export: a list of habits, and a folder for each."""
    rows = ROWS
    if old:
        rows = '001,"Ukulele, slow",,,1,1,#fff\n002,Drawing,,,1,1,#fff\n003,Run,,,1,1,#fff\n'
    with zipfile.ZipFile(path, "w") as out:
        head = "Position,Name,Question,Description,NumRepetitions,Interval,Color\n" if old else HABITS
        out.writestr("Habits.csv", head + rows)
        out.writestr("001 Ukulele slow/Checkmarks.csv", "\n".join(UKULELE) + "\n")
        out.writestr("002 Drawing/Checkmarks.csv", "2026-10-31,15500\n2026-10-30,0\n2026-10-29,3\n")
        out.writestr("003 Run/Checkmarks.csv", "")
        out.writestr("001 Ukulele slow/Scores.csv", "2026-10-31,0.1\n")
        out.writestr("Checkmarks.csv", "Date,Ukulele, slow,Drawing,Run,\n2026-10-31,2,15500,-1,\n")
        out.writestr("Scores.csv", "")
    return path


def backup(path, *, old=False):
    """Write the full backup: a database of habits and repetitions."""
    with closing(sqlite3.connect(path)) as database, database:
        more = "" if old else ", type integer, unit text, uuid text"
        database.execute(f"CREATE TABLE Habits (id integer primary key, name text, archived integer{more})")
        more = "" if old else ", value integer, notes text"
        database.execute(f"CREATE TABLE Repetitions (id integer primary key, habit integer, timestamp integer{more})")
        day = {
            text: pd.Timestamp(text, tz="UTC").value // 1_000_000 for text in ("2026-10-29", "2026-10-30", "2026-10-31")
        }
        if old:
            database.execute("INSERT INTO Habits VALUES (7, 'Ukulele, slow', 0)")
            database.executemany("INSERT INTO Repetitions (habit, timestamp) VALUES (7, ?)",
                                 [(day["2026-10-31"],), (day["2026-10-29"],)])  # fmt: skip
        else:
            database.execute(
                "INSERT INTO Habits VALUES (7, 'Ukulele, slow', 0, 0, '', 'a'), (8, 'Drawing', 1, 1, 'Minutes', 'b')"
            )
            database.executemany("INSERT INTO Repetitions (habit, timestamp, value, notes) VALUES (?, ?, ?, ?)", [
                (7, day["2026-10-31"], 2, "two strings"), (7, day["2026-10-30"], 3, ""),
                (7, day["2026-10-29"], 2, None), (8, day["2026-10-31"], 15500, ""),
                (8, day["2026-10-30"], 0, ""), (8, day["2026-10-29"], 3, "")])  # fmt: skip
    return path


def shown(log, *names):
    return log[["skill", "start", *names]].assign(start=log["start"].dt.strftime("%d")).to_numpy().tolist()


def test_the_older_table_of_all_habits_is_read():
    log = loop.read(DATA / "loop_old.csv", learner="ada")
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert shown(log) == [["km run", "28"], ["ukulele", "29"], ["ukulele", "31"], ["قراءة", "31"], ["km run", "31"]]
    assert log["score"].fillna(0).tolist() == [2.0, 0, 0, 0, 5.5], "amounts are stored times 1000"
    assert log["reps"].fillna(0).tolist() == [0, 1, 1, 1, 0] and log["reps"].equals(log["successes"])
    assert log["minutes"].isna().all() and (log["start"].dt.normalize() == log["start"]).all()


def test_what_cannot_be_read_is_set_aside():
    aside = set_aside(loop.read(DATA / "loop_old.csv"))
    assert sorted(aside[["row", "column"]].to_numpy().tolist()) == [[5, "قراءة"], [6, "Date"], [7, ""]]


def test_a_habit_alone_in_the_newer_form_is_named_by_its_file():
    log = loop.read(DATA / "loop_new.csv")
    assert shown(log.fillna({"note": ""}), "note") == [["loop_new", "28", ""], ["loop_new", "31", "slowly, twice"]]
    assert set_aside(log)["found"].tolist() == ['"MAYBE"']


def test_a_habit_alone_is_named_by_its_folder(tmp_path):
    (folder := tmp_path / "012 Ukulele slow").mkdir()
    (folder / "Checkmarks.csv").write_text("\n".join(UKULELE) + "\n")
    assert shown(loop.read(folder / "Checkmarks.csv")) == [["Ukulele slow", "29"], ["Ukulele slow", "31"]]
    assert recognised(folder / "Checkmarks.csv") == "loop"


def test_the_whole_export_knows_names_kinds_and_units(tmp_path):
    file = archive(tmp_path / "loop.zip")
    assert recognised(file) == "loop"
    log = loop.read(file)
    assert shown(log.fillna({"minutes": 0.0}), "minutes") == [
        ["Ukulele, slow", "29", 0.0], ["Drawing", "29", 0.003], ["Ukulele, slow", "31", 0.0], ["Drawing", "31", 15.5]
    ]  # fmt: skip
    older = loop.read(archive(tmp_path / "older.zip", old=True))
    assert older["score"].dropna().tolist() == [0.003, 15.5], "an older export does not tell units"


def test_the_full_backup_gives_the_same_rows_as_the_export(tmp_path):
    file = backup(tmp_path / "loop.db")
    assert recognised(file) == "loop"
    log, exported = loop.read(file), loop.read(archive(tmp_path / "loop.zip"))
    columns = ["skill", "start", "minutes", "reps", "successes", "source_id"]
    pd.testing.assert_frame_equal(
        *(one.sort_values("source_id", ignore_index=True)[columns] for one in (log, exported))
    )
    assert log["note"].dropna().tolist() == ["two strings"]
    assert shown(loop.read(backup(tmp_path / "old.db", old=True))) == [["Ukulele, slow", "29"], ["Ukulele, slow", "31"]]


def test_importing_another_form_of_the_same_habits_adds_only_what_is_new(tmp_path):
    for file, added in ((backup(tmp_path / "old.db", old=True), 2), (archive(tmp_path / "loop.zip"), 2)):
        assert append_sessions(tmp_path / "log.csv", loop.read(file)) == added
        assert append_sessions(tmp_path / "log.csv", loop.read(file)) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"a,b\n1,2\n", "something else"),
        (b"Date,a,\n2026-10-31,0,\n", "nothing that was practised"),
        (b"Date,slow, low,b,\n2026-10-31,2,2,\n", "a name may hold a comma"),
        (b"Date,a,b,\r\n2026-10-31,0.9419,0.0000,\r\n2026-10-30,1.0000,0.3000,\r\n", "Take Checkmarks.csv"),
        (b"PK\x03\x04 and more", "cannot be opened"),
        (b"SQLite format 3\0 and more" * 99, "cannot be read"),
        ("Date,été,\n2026-10-31,2,\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, said):
    (file := tmp_path / "Checkmarks.csv").write_bytes(content)
    with pytest.raises(SourceError) as failed:
        loop.read(file)
    assert said in str(failed.value) and "Checkmarks.csv" in str(failed.value)


def test_real_exports_are_read_as_a_whole(real_data):
    for file, rows, habits in (("loop_study/Checkmarks_v.csv", 114, 1), ("loop_entry_format/Checkmarks.csv", 384, 23)):
        log = loop.read(real_data / file)
        assert (len(log), log["skill"].nunique()) == (rows, habits) and set_aside(log).empty
        text = (real_data / file).read_text(encoding="utf-8")
        assert text.count("value=2)") == (log["reps"] == 1).sum()


def test_loops_own_scores_can_be_worked_out_from_the_rows(real_data):
    folder = real_data / "loop_entry_format"
    log, scores = loop.read(folder / "Checkmarks.csv"), pd.read_csv(folder / "Scores.csv", index_col=0)
    scores = scores.dropna(axis=1, how="all").set_axis(pd.to_datetime(scores.index)).sort_index()
    keeps, compared = 0.5 ** (1 / 13), 0
    for habit in scores:
        own = log[log["skill"] == habit]
        if own["score"].notna().any():
            continue
        score, worked_out = 0.0, []
        for day in scores.index:
            score = score * keeps + (1 - keeps) * (day in set(own["start"]))
            worked_out.append(score)
        np.testing.assert_allclose(worked_out, scores[habit], atol=0.5001e-4)
        compared += 1
    assert compared == 19


MARKS = st.lists(st.lists(st.sampled_from([-1, 0, 1, 2, 3]), min_size=3, max_size=3), min_size=1, max_size=9)


@settings(deadline=None, max_examples=60)
@given(marks=MARKS, first=MOMENTS, names=st.lists(NAMES, min_size=3, max_size=3, unique=True), old=st.booleans())
def test_what_is_written_as_loop_does_is_read_as_it_was(tmp_path_factory, marks, first, names, old):
    names = [name.replace(",", "").replace('"', "").strip() or f"x{place}" for place, name in enumerate(names)]
    file = tmp_path_factory.mktemp("loop") / "Checkmarks.csv"
    days = [(first + timedelta(days=number)).date() for number in range(len(marks))]
    entry = "Entry(timestamp={}, value={})" if old else "{1}"
    lines = [f"Date,{','.join(names)},"] + [
        f"{day},{','.join(entry.format(day, value) for value in values)},"
        for day, values in reversed(list(zip(days, marks, strict=True)))
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = [
        (pd.Timestamp(day), name)
        for day, values in zip(days, marks, strict=True)
        for name, value in zip(names, values, strict=True)
        if value == 2
    ]
    if not expected:
        with pytest.raises(SourceError, match="nothing that was practised"):
            loop.read(file)
        return
    log = loop.read(file)
    assert sorted(zip(log["start"], log["skill"], strict=True)) == sorted(expected)


@settings(deadline=None, max_examples=40)
@given(
    kept=st.lists(st.tuples(st.integers(12_000, 40_000), st.sampled_from([-1, 0, 1, 2, 3]), st.integers(0, 90_000)),
                  min_size=1, max_size=8, unique_by=lambda day: day[0]),
    names=st.lists(NAMES, min_size=2, max_size=2, unique=True),
)  # fmt: skip
def test_what_is_written_as_a_backup_is_read_as_it_was(tmp_path_factory, kept, names):
    file = tmp_path_factory.mktemp("loop") / "loop.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE Habits (id integer primary key, name text, archived, type, unit, uuid)")
        database.execute("CREATE TABLE Repetitions (id integer primary key, habit, timestamp, value, notes)")
        for number, name in enumerate(names):
            database.execute("INSERT INTO Habits VALUES (?, ?, 0, ?, 'km', 'x')", (number, name, number))
        rows = [(0, 86_400_000 * day, mark) for day, mark, _ in kept] + [(1, 86_400_000 * day, n) for day, _, n in kept]
        database.executemany("INSERT INTO Repetitions (habit, timestamp, value) VALUES (?, ?, ?)", rows)
    days = {day: pd.Timestamp(day, unit="D") for day, *_ in kept}
    expected = [(days[day], names[0], 0.0) for day, mark, _ in kept if mark == 2]
    expected += [(days[day], names[1], n / 1000) for day, _, n in kept if n]
    if not expected:
        with pytest.raises(SourceError, match="nothing that was practised"):
            loop.read(file)
        return
    log = loop.read(file)
    assert sorted(zip(log["start"], log["skill"], log["score"].fillna(0), strict=True)) == sorted(expected)
