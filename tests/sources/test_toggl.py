"""Toggl reports become the log, in all the forms they have had."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import set_aside, toggl
from tests.sources.shapes import MINUTES, MOMENTS, NAMES, NOTES

DATA = Path(__file__).parent / "data"
HEADER = "Project,Description,Start date,Start time,End date,End time,Duration"


@pytest.fixture
def report(tmp_path):
    def write(*rows, header=HEADER):
        file = tmp_path / "toggl.csv"
        file.write_text("\n".join([header, *rows]), encoding="utf-8")
        return file

    return write


def test_the_classic_report():
    log = toggl.read(DATA / "toggl_classic.csv", learner="ada")
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert log["skill"].tolist() == ["Ukulele", "Ukulele", "Harmonica", "unnamed", "Harmonica"]
    np.testing.assert_allclose(log["minutes"], [63 + 40 / 60, 30, 62.55, 60, 0.75], atol=1e-6)
    assert log["start"].dt.strftime("%Y-%m-%d %H:%M").tolist()[:2] == ["2025-12-01 19:18", "2025-12-02 23:45"]
    assert log["note"].tolist()[:2] == ["Practice", "Practice"] and log["note"].isna().sum() == 3
    assert log[["reps", "successes", "score"]].isna().all(axis=None)


def test_todays_report():
    log = toggl.read(DATA / "toggl_now.csv")
    assert log["skill"].tolist() == ["Ukulele", "Ukulele", "Card trick"]
    assert log["minutes"].tolist() == [20.5, 30, 60]
    assert log["note"].fillna("").tolist() == ["", "C to G, slowly Chords #evening #scales", ""]


def test_rows_reversed_renamed_and_in_another_format_are_the_same_entries(report):
    one = toggl.read(report("Uke,,31/10/2026,18:30:00,31/10/2026,18:50:00,20:00 min"))
    same = toggl.read(report("WIP - Uke,Song,2026-10-31,6:30 PM,2026-10-31,6:50:00 pm,0:20:00"))
    assert one["source_id"].tolist() == same["source_id"].tolist() == ["2026-10-31T18:30:00/2026-10-31T18:50:00"]


def test_entries_that_are_alike_are_all_kept(tmp_path, report):
    row = "Uke,,2026-10-31,18:30:00,2026-10-31,18:50:00,0:20:00"
    log = toggl.read(report(row, row))
    assert len(log) == 2 and log["source_id"].is_unique
    assert append_sessions(tmp_path, log) == 2
    assert append_sessions(tmp_path, log) == 0


@pytest.mark.parametrize(
    ("duration", "minutes"),
    [
        ("00:20:00", 20),
        ("0:20:30.6", 20.51),
        ("20:00 min", 20),
        ("120:30 min", 120.5),
        ("45 sec", 0.75),
        ("20 min", 20),
        ("0.5 h", 30),
        ("", 20),
        ("20", 20),
        ("20.25", 20.25),
        ("0.33", 19.8),
        ("20:00", 20),
        ("0:20", 20),
    ],
)
def test_forms_of_durations(report, duration, minutes):
    log = toggl.read(report(f"Uke,,2026-10-31,18:30:00,2026-10-31,18:50:00,{duration}"))
    assert log["minutes"].tolist() == pytest.approx([minutes])


def test_the_duration_counts_where_the_end_says_otherwise(report):
    log = toggl.read(report("Uke,,2026-10-31,18:00:00,2026-10-31,18:50:00,60:00 min"))
    assert log["minutes"].tolist() == [60]


def test_durations_without_a_unit_that_nothing_settles_are_refused(report):
    with pytest.raises(SourceError, match=r'durations such as "20", expected minutes or hours'):
        toggl.read(report("Uke,,2026-10-31,18:00:00,2026-10-31,18:50:00,20"))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["03/04/2026", "13/04/2026"], "2026-04-03"),
        (["03/04/2026", "04/13/2026"], "2026-03-04"),
        (["03-04-2026", "13-04-2026"], "2026-04-03"),
        (["03.04.2026", "04.04.2026"], "2026-04-03"),
        (["2026-04-03", "2026-04-04"], "2026-04-03"),
        (["05/05/2026", "06/06/2026"], "2026-05-05"),
    ],
)
def test_the_whole_file_decides_the_order_of_dates(report, dates, expected):
    log = toggl.read(report(*(f"Uke,,{date},18:00:00,{date},18:20:00,0:20:00" for date in dates)))
    assert str(log["start"].iloc[0].date()) == expected


@pytest.mark.parametrize(("end", "expected"), [("04/04/2026", "2026-04-03"), ("03/05/2026", "2026-03-04")])
def test_an_entry_over_midnight_decides_too(report, end, expected):
    log = toggl.read(report(f"Uke,,03/04/2026,23:50:00,{end},00:10:00,0:20:00"))
    assert str(log["start"].iloc[0].date()) == expected


def test_dates_that_nothing_settles_are_refused(report):
    with pytest.raises(SourceError, match=r'dates such as "03/04/2026"|dates such as 03/04/2026') as caught:
        toggl.read(report("Uke,,03/04/2026,18:00:00,03/04/2026,18:20:00,0:20:00"))
    assert "YYYY-MM-DD" in str(caught.value)
    with pytest.raises(SourceError, match="days first and months first"):
        toggl.read(report(*(f"Uke,,{d}/2026,18:00:00,{d}/2026,18:20:00,0:20:00" for d in ("13/04", "04/13"))))


def test_bad_rows_are_set_aside_and_counts_add_up(report):
    good = "Uke,,2026-10-31,18:30:00,2026-10-31,18:50:00,0:20:00"
    bad = {
        3: ("Start date", "Uke,,31 October,18:30:00,2026-10-31,18:50:00,0:20:00"),
        4: ("Start date", "Uke,,2026-02-30,18:30:00,2026-10-31,18:50:00,0:20:00"),
        5: ("Start date", "Uke,,2026-10-31,25:30:00,2026-10-31,18:50:00,0:20:00"),
        6: ("Duration", "Uke,,2026-10-31,18:30:00,2026-10-31,18:50:00,a while"),
        7: ("Duration", "Uke,,2026-10-31,18:30:00,,,"),
        8: ("Duration", "Uke,,2026-10-31,18:30:00,2026-10-31,18:10:00,"),
        9: ("", "Uke,,2026-10-31,18:30"),
    }
    log = toggl.read(report(good, *(row for _, row in bad.values()), "", good))
    aside = set_aside(log)
    assert len(log) == 2
    assert dict(zip(aside["row"], aside["column"], strict=True)) == {row: column for row, (column, _) in bad.items()}


def test_a_file_without_a_good_row_raises(report):
    with pytest.raises(SourceError, match='row 2, column "Duration": found "long"'):
        toggl.read(report("Uke,,2026-10-31,18:30:00,2026-10-31,18:50:00,long"))
    with pytest.raises(SourceError, match="nothing that was practised, expected entries"):
        toggl.read(report())


def test_other_files_give_one_clear_error(tmp_path):
    summary, web = tmp_path / "summary.csv", tmp_path / "web.csv"
    summary.write_text("Project,Client,Duration\nUkulele,,01:00:00\n", encoding="utf-8")
    web.write_text("<html>Please log in</html>", encoding="utf-8")
    for file in (summary, web, DATA / "cstimer.json", DATA / "cstimer_one_hand.csv"):
        with pytest.raises(SourceError, match="expected Toggl's detailed report") as caught:
            toggl.read(file)
        assert str(caught.value).startswith(file.name) and "Detailed" in str(caught.value)


def test_several_peoples_entries_are_refused(report):
    rows = [f"{user},Uke,,2026-10-31,18:30:00,2026-10-31,18:50:00,0:20:00" for user in ("Ada", "Ben")]
    with pytest.raises(SourceError, match="entries of 2 users"):
        toggl.read(report(*rows, header=f"User,{HEADER}"))


def test_a_report_saved_again_with_semicolons(report):
    file = report("Uke;C, G;2026-10-31;18:30:00;2026-10-31;18:50:00;0:20:00", header=HEADER.replace(",", ";"))
    assert toggl.read(file)["note"].tolist() == ["C, G"]


PIANO = {"2018": 33, "2018_manual": 334, "2019": 936, "2020": 989, "2021": 181}


@pytest.fixture
def piano(real_data):
    logs = [toggl.read(real_data / "piano_toggl_hontaru" / f"{name}.csv") for name in PIANO]
    assert [len(log) for log in logs] == list(PIANO.values())
    assert all(set_aside(log).empty for log in logs)
    return check_log(pd.concat(logs, ignore_index=True))


@pytest.fixture
def published(real_data):
    table = pd.read_csv(real_data / "piano_toggl_hontaru" / "repertoire_published.csv", index_col="Project")
    assert len(table) == 29
    return table


def test_real_piano_log_in_full(piano):
    assert len(piano) == 2_473
    assert piano["start"].dt.date.nunique() == 1_052
    assert piano["minutes"].sum() / 60 == pytest.approx(1_235, rel=0.002)
    assert piano["source_id"].is_unique


def test_real_piano_repertoire_hours_and_starts(piano, published):
    """Hours per piece, rounded, and the first day of each: as the author published them."""
    pieces = piano.groupby("skill").agg(minutes=("minutes", "sum"), started=("start", "min")).loc[published.index]
    assert (pieces["minutes"] / 60).round().astype(int).tolist() == published["Duration"].tolist()
    assert pieces["started"].dt.strftime("%Y-%m-%d").tolist() == published["Started"].tolist()


def test_real_piano_repertoire_experience(piano, published):
    """Experience is all practice up to the end of a piece's first day, in full hours.

    The author cut the durations of 2018 to 2020 to full minutes, so we do too.
    """
    minutes = piano["minutes"].where(piano["start"] >= "2021-01-01", np.floor(piano["minutes"]))
    day = piano["start"].dt.normalize()
    hours = np.floor(minutes.groupby(day).sum().cumsum() / 60)
    first = day.groupby(piano["skill"]).min().loc[published.index]
    assert hours.loc[first].astype(int).tolist() == published["Experience"].tolist()


ENTRIES = st.lists(st.tuples(NAMES, MOMENTS, MINUTES, NOTES), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(entries=ENTRIES)
def test_what_is_written_as_toggl_does_is_read_as_it_was(tmp_path_factory, entries):
    file = tmp_path_factory.mktemp("toggl") / "toggl.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(
            ["User", "Project", "Description", "Start date", "Start time", "End date", "End time", "Duration"]
        )
        for name, start, minutes, note in entries:
            end, seconds = start + timedelta(minutes=minutes), round(60 * minutes)
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            times = [f"{one:{form}}" for one in (start, end) for form in ("%Y-%m-%d", "%H:%M:%S")]
            writer.writerow(["Ada", name, note or "", *times, clock])
    log = toggl.read(file)
    order = sorted(entries, key=lambda entry: entry[1])
    assert log["skill"].tolist() == [entry[0] for entry in order]
    assert log["start"].tolist() == [pd.Timestamp(entry[1]) for entry in order]
    assert log["minutes"].tolist() == pytest.approx([entry[2] for entry in order], abs=1e-5)
    assert log["note"].fillna("").tolist() == [entry[3] if entry[3] and entry[3] != entry[0] else "" for entry in order]
