"""Clockify, Timewarrior, org mode and timedot: what each record becomes, counted by hand, and round trips."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.sources import clockify, orgmode, set_aside, timedot, timewarrior
from tests.sources.shapes import MINUTES, MOMENTS, NAMES, SECONDS, ZONES

DATA = Path(__file__).parent / "data"
TWICE = ["2026-10-25 02:30:00", "2026-10-25 02:30:00"]  # the hour that summer time gives back


def starts(log):
    return log["start"].astype(str).tolist()


def aside(log):
    return set_aside(log)[["row", "column"]].to_numpy().tolist()


def test_clockify_entries():
    log = clockify.read(DATA / "clockify.csv")
    assert starts(log) == ["2026-10-02 09:30:00", "2026-10-03 11:15:00", "2026-10-31 23:50:00"]
    assert log["skill"].tolist() == ["Ukulele", "Card trick", "Ukulele"] and log["minutes"].tolist() == [30, 60, 30.5]
    assert log["note"].fillna("").tolist() == ["C to G, slowly Chords #evening #scales", "", ""]
    assert aside(log) == [[5, "Start Date"], [6, "Duration (h)"]]


HEAD = "Project,User,Start Date,Start Time,End Date,End Time,Duration (h)\n"


def test_clockifys_dates_are_read_in_the_order_of_the_file_or_refused(tmp_path):
    file = tmp_path / "clockify.csv"
    for date, expected in (("31/10/2026", "2026-10-31"), ("31.10.2026", "2026-10-31"), ("2026-10-31", "2026-10-31")):
        file.write_text(f"{HEAD}a,ada,{date},18:30,{date},19:00,00:30:00\n")
        assert starts(clockify.read(file)) == [f"{expected} 18:30:00"]
    file.write_text(f"{HEAD}a,ada,03/04/2026,18:30,03/04/2026,19:00,00:30:00\n")
    with pytest.raises(SourceError, match="which number is the day"):
        clockify.read(file)
    file.write_text(f"{HEAD}a,ada,2026-10-31,18:30,,,00:30:00\na,ben,2026-10-31,18:30,,,00:30:00\n")
    with pytest.raises(SourceError, match="2 users"):
        clockify.read(file)


def test_timewarrior_intervals():
    log = timewarrior.read(DATA / "timewarrior.json", tz="Europe/Berlin")
    assert starts(log) == [*TWICE, "2026-10-25 23:59:50", "2026-10-26 12:00:00"]
    assert log["skill"].tolist() == ["ukulele", "ukulele", "untagged", "drawing"]
    assert log["minutes"].fillna(-1).tolist() == [15, 30, 80, -1], "one is still running"
    assert log["note"].dropna().tolist() == ["two strings #slow songs"]
    assert aside(log) == [[4, "end"], [5, "start"]]


def test_org_clock_lines():
    log = orgmode.read(DATA / "orgmode.org")
    assert starts(log) == ["2026-10-28 07:05:00", "2026-10-29 18:30:00", "2026-10-30 18:30:00", "2026-10-31 23:50:00"]
    assert log["skill"].tolist() == ["Drawing", *["Ukulele: C to G"] * 3]
    assert log["minutes"].fillna(-1).tolist() == [30, -1, 15, 34]
    assert log["note"].tolist() == ["Music", *["Music #evening #slow"] * 3]
    assert aside(log) == [[12, "CLOCK"], [13, "CLOCK"], [14, "CLOCK"]]


def test_timedot_entries():
    log = timedot.read(DATA / "timedot.timedot")
    assert log["start"].dt.strftime("%m-%d").tolist() == ["10-30"] * 4 + ["10-31"] * 3
    assert log[["skill", "minutes"]].to_numpy().tolist() == [
        ["reading", 60], ["music:drums:a", 30], ["music:drums:b", 15], ["music:drums:C", 15],
        ["music:ukulele", 90], ["music:ukulele", 90], ["drawing circles", 45],
    ]  # fmt: skip
    assert log["note"].fillna("").tolist()[-3:] == ["Saturday, rain", "slowly", "Saturday, rain"]
    assert [row for row, _ in aside(log)] == [10, 11, 12, 13] and log["source_id"].is_unique


@settings(deadline=None, max_examples=40)
@given(found=st.lists(st.tuples(NAMES, MOMENTS, MINUTES, st.none() | NAMES), min_size=1, max_size=6))
def test_clockify_round_trip(tmp_path_factory, found):
    file = tmp_path_factory.mktemp("clockify") / "clockify.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["Project", "Description", "Start Date", "Start Time", "End Date", "End Time", "Duration (h)"])
        for name, start, minutes, note in found:
            end, seconds = start + timedelta(minutes=minutes), round(60 * minutes)
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            times = [f"{one:{form}}" for one in (start, end) for form in ("%Y-%m-%d", "%I:%M:%S %p")]
            writer.writerow([name, note or "", *times, clock])
    log = clockify.read(file)
    order = sorted(found, key=lambda entry: entry[1])
    assert log["skill"].tolist() == [entry[0] for entry in order]
    assert log["start"].tolist() == [pd.Timestamp(entry[1]) for entry in order]
    assert log["minutes"].tolist() == pytest.approx([entry[2] for entry in order], abs=1e-5)
    assert log["note"].fillna("").tolist() == [entry[3] if entry[3] and entry[3] != entry[0] else "" for entry in order]


@settings(deadline=None, max_examples=40)
@given(found=st.lists(st.tuples(SECONDS, st.integers(0, 9000), st.lists(NAMES, max_size=3)), min_size=1, max_size=6,
                      unique_by=lambda interval: interval[0]), tz=ZONES)  # fmt: skip
def test_timewarrior_round_trip(tmp_path_factory, found, tz):
    file = tmp_path_factory.mktemp("timewarrior") / "timew.json"
    stamps = [[f"{pd.Timestamp(one, unit='s'):%Y%m%dT%H%M%SZ}" for one in (second, second + length)]
              for second, length, _ in found]  # fmt: skip
    file.write_text(json.dumps([
        {"id": number, "start": start, "end": end, "tags": tags}
        for number, ((start, end), (*_, tags)) in enumerate(zip(stamps, found, strict=True), 1)
    ]))  # fmt: skip
    log = timewarrior.read(file, tz=tz).set_index("source_id")
    for (start, _), (second, length, tags) in zip(stamps, found, strict=True):
        row = log.loc[start]
        assert row["start"] == pd.Timestamp(second, unit="s", tz="UTC").tz_convert(tz).tz_localize(None)
        assert row["skill"] == (tags[0] if tags else "untagged") and row["minutes"] == pytest.approx(
            length / 60, abs=1e-6
        )
        assert (row["note"] if tags[1:] else "") == " ".join(f"#{tag}" for tag in tags[1:])


HEADINGS = st.from_regex(r"[A-Z][a-zé]{2,8}( [a-z,;|'+-]{1,6}){0,2}", fullmatch=True)


@settings(deadline=None, max_examples=40)
@given(found=st.lists(st.tuples(HEADINGS, MOMENTS, st.none() | st.integers(0, 9999)), min_size=1, max_size=6))
def test_org_round_trip(tmp_path_factory, found):
    file = tmp_path_factory.mktemp("org") / "practice.org"
    lines = ["* Everything"]
    for name, start, minutes in found:
        start = start.replace(second=0)
        end = "" if minutes is None else f"--[{start + timedelta(minutes=minutes):%Y-%m-%d %a %H:%M}] => 0:00"
        lines += [f"** {name}", "  :LOGBOOK:", f"  CLOCK: [{start:%Y-%m-%d %a %H:%M}]{end}", "  :END:"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = orgmode.read(file)
    order = sorted(found, key=lambda entry: entry[1].replace(second=0))
    assert log["skill"].tolist() == [entry[0] for entry in order] and set(log["note"]) == {"Everything"}
    assert log["start"].tolist() == [pd.Timestamp(entry[1].replace(second=0)) for entry in order]
    assert log["minutes"].fillna(-1).tolist() == [-1 if entry[2] is None else entry[2] for entry in order]


ACCOUNTS = st.from_regex(r"[a-z]{1,8}(:[a-z]{1,8}){0,2}", fullmatch=True)


@settings(deadline=None, max_examples=40)
@given(found=st.lists(st.tuples(ACCOUNTS, MOMENTS, st.integers(1, 40), st.sampled_from(["dots", "hours", "minutes"])),
                      min_size=1, max_size=6))  # fmt: skip
def test_timedot_round_trip(tmp_path_factory, found):
    file = tmp_path_factory.mktemp("timedot") / "2026.timedot"
    lines = []
    for account, day, quarters, form in found:
        amounts = {"dots": "." * quarters, "hours": f"{quarters / 4}", "minutes": f"{15 * quarters}m"}
        lines += [f"{day:%Y-%m-%d}", f"{account}  {amounts[form]}"]
    file.write_text("\n".join(lines) + "\n")
    log = timedot.read(file)
    order = sorted(found, key=lambda entry: entry[1].date())
    assert log["skill"].tolist() == [entry[0] for entry in order]
    assert log["start"].tolist() == [pd.Timestamp(entry[1].date()) for entry in order]
    assert log["minutes"].tolist() == [15.0 * entry[2] for entry in order] and log["source_id"].is_unique
