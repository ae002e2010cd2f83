"""Clockify, Timewarrior, org mode and timedot: what each record becomes, counted by hand, and round trips."""

from __future__ import annotations

import csv
import json
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions
from mmlib.sources import clockify, orgmode, set_aside, timedot, timewarrior
from mmlib.sources.reading import Sample
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
    file.write_text(f"{HEAD}a,ada,03/04/2026,18:30,03/04/2026,19:00,0:30\n")
    with pytest.raises(SourceError, match="which number is the day"):
        clockify.read(file)
    file.write_text(f"{HEAD}a,ada,2026-10-31,18:30,,,00:30:00\na,ben,2026-10-31,18:30,,,00:30:00\n")
    with pytest.raises(SourceError, match="2 users"):
        clockify.read(file)


@pytest.mark.parametrize(
    ("duration", "minutes"), [("00:13:30", 13.5), ("0:13", 13), ("123:00", 7380), ("0.25", 15), ("0,25", 15), ("", 20)]
)
def test_clockifys_durations_in_the_three_forms_of_a_workspace(tmp_path, duration, minutes):
    file = tmp_path / "clockify.csv"
    file.write_text(f'{HEAD}a,ada,22/06/2026,10:00,22/06/2026,10:20,"{duration}"\n')
    assert clockify.read(file)["minutes"].tolist() == [minutes]


def test_timewarrior_intervals():
    log = timewarrior.read(DATA / "timewarrior.json", tz="Europe/Berlin")
    assert starts(log) == [*TWICE, "2026-10-25 23:59:50"]
    assert log["skill"].tolist() == ["ukulele", "ukulele", "untagged"]
    assert log["minutes"].tolist() == [15, 30, 80]
    assert log["note"].dropna().tolist() == ["two strings #slow songs"]
    assert aside(log) == [[4, "end"], [5, "start"], [6, "end"]], "the last is still running"


def test_org_clock_lines():
    log = orgmode.read(DATA / "orgmode.org")
    assert starts(log) == ["2026-10-28 07:05:00", "2026-10-30 18:30:00", "2026-10-31 23:50:00"]
    assert log["skill"].tolist() == ["Drawing", *["Ukulele: C to G"] * 2]
    assert log["minutes"].tolist() == [30, 15, 34]
    assert log["note"].tolist() == ["Music", *["Music #evening #slow"] * 2]
    assert aside(log) == [[7, "CLOCK"], [12, "CLOCK"], [13, "CLOCK"], [14, "CLOCK"]], "the first is still running"


CLOCK = "CLOCK: [2026-10-31 Sat 18:30]--[2026-10-31 Sat 19:04] =>  0:34\n"


@pytest.mark.parametrize(
    "line",
    [
        "clock: [2026-10-31 18:30]--[2026-10-31 19:04]",
        "\tCLOCK: <2026-10-31 Sat 18:30>--<2026-10-31 Sat 19:04> =>  0:34",
        "CLOCK: [2026-10-31 Сб. 18:30:00]--[2026-10-31 Сб. 19:04:00] =>  00:34:00",
        "CLOCK: [2026-10-31 土 18:30]--[2026-10-31 土 19:04] =>  9:99",
    ],
)
def test_clock_lines_in_other_languages_and_of_other_tools(tmp_path, line):
    file = tmp_path / "practice.org"
    file.write_text(f"* Ukulele\n{line}\n", encoding="utf-8")
    log = orgmode.read(file)
    assert starts(log) == ["2026-10-31 18:30:00"] and log["minutes"].tolist() == [34]


def test_an_end_that_cannot_be_read_is_not_taken_for_a_running_clock(tmp_path):
    file = tmp_path / "practice.org"
    file.write_text(f"* Ukulele\n{CLOCK}CLOCK: [2026-10-31 Sat 20:00]--[2026-10-31 Sat]\n")
    assert set_aside(orgmode.read(file))["expected"].tolist() == ["an end after the start"]


def test_keywords_of_the_file_are_no_part_of_the_skill(tmp_path):
    file = tmp_path / "practice.org"
    file.write_text(f"#+TODO: LEARN(l) | KNOWN\n* Music\n*** LEARN [#A] Ukulele :slow:\n{CLOCK}* KNOWN Drums\n{CLOCK}")
    log = orgmode.read(file)
    assert log["skill"].tolist() == ["Ukulele", "Drums"]
    assert log["note"].fillna("").tolist() == ["Music #slow", ""] and log["source_id"].is_unique


@pytest.mark.parametrize(
    "text",
    [
        "* Ukulele\n" + "\n" * 60_000 + CLOCK,
        "* Ukulele " + ":a" * 30_000 + "\n" + CLOCK,
        "* Ukulele " + " " * 60_000 + "x\n" + CLOCK,
        "* Music\n" + "".join(f"** Song {number}\n{CLOCK}" for number in range(5_000)),
    ],
    ids=["blank lines", "colons", "blanks", "headings"],
)
def test_a_large_org_file_takes_no_longer_than_a_large_file_should(tmp_path, text):
    file = tmp_path / "practice.org"
    file.write_text(text)
    begun = time.perf_counter()
    assert orgmode.recognises(Sample.of(file))
    assert len(orgmode.read(file)) == text.count(CLOCK)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("tool", ["timewarrior", "org"])
def test_what_was_running_comes_with_the_next_import(tmp_path, tool):
    file, sources = tmp_path / "export", {"timewarrior": timewarrior, "org": orgmode}
    one, two = {
        "timewarrior": (
            '[{"start": "20261031T173000Z", "end": "20261031T180000Z"}, {"start": "20261031T190000Z"}]',
            '[{"start": "20261031T173000Z", "end": "20261031T180000Z"}, {"start": "20261031T190000Z",'
            ' "end": "20261031T191000Z"}]',
        ),
        "org": (
            f"* a\n{CLOCK}CLOCK: [2026-10-31 Sat 20:00]\n",
            f"* a\n{CLOCK}CLOCK: [2026-10-31 Sat 20:00]--[2026-10-31 Sat 20:10] =>  0:10\n",
        ),
    }[tool]
    added = []
    for text in (one, two, two):
        file.write_text(text)
        added.append(append_sessions(tmp_path / "log.csv", sources[tool].read(file, tz="UTC")))
    assert added == [1, 1, 0]


def test_timedot_entries():
    log = timedot.read(DATA / "timedot.timedot")
    assert log["start"].dt.strftime("%m-%d").tolist() == ["10-30"] * 4 + ["10-31"] * 3
    assert log[["skill", "minutes"]].to_numpy().tolist() == [
        ["reading", 60], ["music:drums", 30], ["music:drums", 15], ["music:drums", 15],
        ["music:ukulele", 90], ["music:ukulele", 90], ["drawing circles", 45],
    ]  # fmt: skip
    assert log["note"].fillna("").tolist() == ["", "t:a", "t:b", "t:C", "Saturday, rain", "slowly", "Saturday, rain"]
    assert [row for row, _ in aside(log)] == [11, 12, 13] and log["source_id"].is_unique


def timed(tmp_path, *lines):
    file = tmp_path / "2026.timedot"
    file.write_text("\n".join(lines))
    return timedot.read(file)


@pytest.mark.parametrize(
    ("amount", "minutes"),
    [(".", 15), ("0.25", 15), (".25", 15), ("0,25", 15), (",25", 15), ("15m", 15), ("0.25h", 15), (". .  .", 45),
     ("90s", 1.5), ("1d", 1440), ("1w", 10_080), ("1mo", 43_200), ("2.", 120), ("bb", 30)],
)  # fmt: skip
def test_amounts_are_those_of_hledger(tmp_path, amount, minutes):
    assert timed(tmp_path, "2026.10.31", f"ukulele  {amount}  ; slowly")["minutes"].tolist() == [minutes]


def test_org_headings_may_hold_dates_and_entries(tmp_path):
    log = timed(tmp_path, "* Time", "** 2026-10-31 rain; all day", "*** ukulele  ..", "*** To do", "  drums\t.")
    assert log["skill"].tolist() == ["ukulele", "drums"] and set(log["note"]) == {"rain all day"}
    assert aside(log) == []


def test_notes_among_the_entries_are_left_out_and_amounts_behind_one_blank_are_not(tmp_path):
    log = timed(tmp_path, "2026-10-31", "tune the ukulele", " # a", " ;b", "ukulele  ..", "drums ....", "drums 1.5h")
    assert len(log) == 1 and set_aside(log)["expected"].tolist() == ["an amount behind two blanks"] * 2


@pytest.mark.parametrize("date", ["11/1", "11-1 rain", "2026-11-31", "2026-11-1: rain", "* 11/1"])
def test_nothing_is_counted_to_the_day_before_a_date_that_cannot_be_read(tmp_path, date):
    log = timed(tmp_path, "2026-10-31", "ukulele  ..", date, "drums  ..", "2026-11-02", "drums  .")
    assert starts(log) == ["2026-10-31", "2026-11-02"]
    assert [row for row, _ in aside(log)] == [3, 4]


@pytest.mark.parametrize("line", ["x" + " " * 60_000 + "y", "x  " + "..  " * 15_000 + "y", "x" + " " * 60_000 + "?"])
def test_a_long_line_is_recognised_or_not_at_once(tmp_path, line):
    file = tmp_path / "notes.txt"
    file.write_text(f"2026-10-31\n{line}\n")
    begun = time.perf_counter()
    assert not timedot.recognises(Sample.of(file)) and time.perf_counter() - begun < 1


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
@given(found=st.lists(st.tuples(HEADINGS, MOMENTS, st.integers(0, 9999)), min_size=1, max_size=6))
def test_org_round_trip(tmp_path_factory, found):
    file = tmp_path_factory.mktemp("org") / "practice.org"
    lines = ["* Everything"]
    for name, start, minutes in found:
        start = start.replace(second=0)
        end = f"--[{start + timedelta(minutes=minutes):%Y-%m-%d %a %H:%M}] => 0:00"
        lines += [f"** {name}", "  :LOGBOOK:", f"  CLOCK: [{start:%Y-%m-%d %a %H:%M}]{end}", "  :END:"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = orgmode.read(file)
    order = sorted(found, key=lambda entry: entry[1].replace(second=0))
    assert log["skill"].tolist() == [entry[0] for entry in order] and set(log["note"]) == {"Everything"}
    assert log["start"].tolist() == [pd.Timestamp(entry[1].replace(second=0)) for entry in order]
    assert log["minutes"].tolist() == [entry[2] for entry in order]


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
