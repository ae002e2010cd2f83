"""Events of calendars become the log, recurring ones as often as they took place."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import numpy as np
import pandas as pd
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib import experiments
from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import calendars, set_aside
from mmlib.sources.calendars import components, zones
from mmlib.sources.calendars.recurrence import days_of, rule_of
from mmlib.sources.reading import Sample
from tests.sources.shapes import MOMENTS, NAMES, NOTES, ZONES

DATA = Path(__file__).parent / "data"
TODAY = "DTSTAMP:20261101T120000Z"  # when the calendars below were written


@pytest.fixture
def read(tmp_path):
    def events(*bodies, tz="Europe/Berlin", calendar=""):
        parts = "".join(f"BEGIN:VEVENT\r\n{_lines(body)}END:VEVENT\r\n" for body in bodies)
        file = tmp_path / "practice.ics"
        file.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{_lines(calendar)}{parts}END:VCALENDAR\r\n", "utf-8")
        return calendars.read(file, tz=tz)

    return events


def _lines(text):
    return "".join(f"{line.strip()}\r\n" for line in text.split("\n") if line.strip())


def starts(log):
    return log["start"].dt.strftime("%Y-%m-%d %H:%M").tolist()


def test_two_calendars_in_a_file():
    log = calendars.read(DATA / "calendars.ics", learner="ada", tz="Europe/Berlin")
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert set(log["learner"]) == {"ada"} and set(log["source"]) == {"icalendar"}
    by_skill = log.groupby("skill")["minutes"].apply(list)
    assert by_skill.drop(["Stretch", "Draw all day"]).to_dict() == {
        "Juggling, three balls": [35], "Ukulele": [45, 30, 45, 45], "Night watch": [360, 360],
        "Card trick": [15], "Scales": [15, 15],
    }  # fmt: skip
    assert np.isnan(by_skill["Stretch"] + by_skill["Draw all day"]).tolist() == [True] * 3
    assert starts(log) == [
        "2026-10-12 18:00", "2026-10-20 07:00", "2026-10-24 23:30", "2026-10-25 02:30", "2026-10-25 02:30",
        "2026-10-26 18:00", "2026-10-26 23:30", "2026-10-28 20:00", "2026-10-29 07:00", "2026-10-29 18:00",
        "2026-10-30 00:00", "2026-10-31 18:30", "2026-11-30 00:00",
    ]  # fmt: skip
    notes = log.set_index("source_id")["note"].dropna().to_dict()
    assert notes == {
        "weekly@example.com/20261019T160000Z": "before breakfast",
        "single@example.com": "Slowly  and with music; eyes shut @Garden #circus #outdoors",
    }
    assert log[["reps", "successes", "score"]].isna().all(axis=None)
    aside = set_aside(log)
    assert aside["row"].tolist() == [96, 101] and aside["found"].tolist() == ['the time zone "Atlantis"', "nothing"]


def test_times_with_a_zone_are_the_learners_and_others_stay():
    log = calendars.read(DATA / "calendars.ics", tz="America/New_York").set_index("source_id")["start"]
    assert str(log["single@example.com"]) == "2026-10-31 13:30:00"
    assert str(log["floating@example.com"]) == "2026-10-29 07:00:00"
    assert str(log["day@example.com/20261030"]) == "2026-10-30 00:00:00"


def test_what_a_newer_export_adds(read, tmp_path):
    lesson = "UID:a\nDTSTART:20261012T160000Z\nDURATION:PT45M\nRRULE:FREQ=WEEKLY\nSUMMARY:Uke"
    first, later = read(f"{lesson}\nDTSTAMP:20261020T120000Z"), read(f"{lesson}\nDTSTAMP:20261027T120000Z")
    assert append_sessions(tmp_path, first) == 2
    assert append_sessions(tmp_path, later) == 1
    moved = "UID:a\nRECURRENCE-ID:20261019T160000Z\nDTSTART:20261021T160000Z\nSUMMARY:Uke"
    assert append_sessions(tmp_path, read(f"{lesson}\nDTSTAMP:20261027T120000Z", moved)) == 0


def test_a_rule_without_an_end_goes_as_far_as_the_newest_stamp(read):
    rule = "UID:a\nDTSTART:20261026T070000Z\nRRULE:FREQ=DAILY"
    assert starts(read(f"{rule}\n{TODAY}", tz="UTC"))[-1] == "2026-11-01 07:00"
    assert starts(read(f"{rule}\nLAST-MODIFIED:20261028T065959Z", tz="UTC"))[-1] == "2026-10-27 07:00"
    assert len(read(rule, "UID:b\nDTSTART:20261030T080000Z", tz="UTC")) == 6, "no stamps: the last event"
    assert len(read("UID:a\nDTSTART:20270101T070000Z\nRRULE:FREQ=DAILY\n" + TODAY)) == 1, "its own start"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RRULE:FREQ=DAILY;COUNT=3", ["31", "01", "02"]),
        ("RRULE:FREQ=DAILY;UNTIL=20261102", ["31", "01", "02"]),
        ("RRULE:FREQ=DAILY;UNTIL=20261102T172959Z", ["31", "01"]),
        ("RRULE:FREQ=DAILY;UNTIL=20261102T173000Z", ["31", "01", "02"]),
        ("RRULE:FREQ=DAILY;UNTIL=20261102T183000", ["31", "01", "02"]),
        ("RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20261101T173000Z,20261103T173000Z", ["31", "02"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261101", ["31", "02"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=America/New_York:20261101T123000", ["31", "02"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261101T183000", ["31", "02"]),
        ("RRULE:FREQ=DAILY;COUNT=9;UNTIL=20261102T000000Z", ["31", "01"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2", ["31", "02"]),
        ("RRULE:FREQ=YEARLY;COUNT=8", ["31"] * 8),
        ("RDATE;TZID=Europe/Berlin:20261105T183000,20261031T183000", ["31", "05"]),
        ("RRULE:FREQ=DAILY;COUNT=2\nRDATE:20261105T173000Z", ["31", "01", "05"]),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2;COUNT=9", ["31"]),
    ],
)
def test_occurrences_of_a_rule(read, lines, expected):
    log = read(f"UID:a\n{TODAY}\nDTSTART;TZID=Europe/Berlin:20261031T183000\n{lines}\nSUMMARY:Uke")
    assert log["start"].dt.strftime("%d").tolist() == expected
    assert set(log["start"].dt.strftime("%H:%M")) == {"18:30"}, "over the end of summer time too"


def test_a_series_that_is_cancelled_and_an_occurrence_without_its_series(read):
    series = "UID:a\nDTSTART:20261001T160000Z\nRRULE:FREQ=DAILY;COUNT=5\nSTATUS:CANCELLED"
    alone = "UID:b\nRECURRENCE-ID:20261008T160000Z\nDTSTART:20261009T160000Z\nSUMMARY:Guest"
    log = read(series, alone)
    assert log["source_id"].tolist() == ["b/20261008T160000Z"] and starts(log) == ["2026-10-09 18:00"]


def test_of_two_versions_of_an_event_the_newer_counts(read):
    old, new = "UID:a\nSEQUENCE:1\nDTSTART:20261001T160000Z", "UID:a\nSEQUENCE:2\nDTSTART:20261002T160000Z"
    assert starts(read(new, old)) == starts(read(old, new)) == ["2026-10-02 18:00"]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Tokyo Standard Time", "Asia/Tokyo"),
        ("/freeassociation.sourceforge.net/America/New_York", "America/New_York"),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("My zone", "Australia/Sydney"),
    ],
)
def test_names_of_time_zones(read, name, zone):
    described = "BEGIN:VTIMEZONE\nTZID:My zone\nX-LIC-LOCATION:Australia/Sydney\nEND:VTIMEZONE"
    log = read(f"UID:a\nDTSTART;TZID={name}:20260701T120000", tz="UTC", calendar=described)
    expected = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert log["start"].iloc[0] == expected.replace(tzinfo=None)


def test_a_zone_that_the_calendar_describes_is_berlins():
    book = components.calendars((DATA / "calendars.ics").read_text("utf-8"))[0]
    described, berlin = zones.zone_of("Home", book), ZoneInfo("Europe/Berlin")
    for hours in range(0, 24 * 365, 5):
        moment = datetime(2026, 1, 1) + timedelta(hours=hours)
        assert moment.replace(tzinfo=described).utcoffset() == moment.replace(tzinfo=berlin).utcoffset()


def test_a_zone_that_changed_by_dates_and_has_no_rule(read):
    described = """
        BEGIN:VTIMEZONE\nTZID:Odd
        BEGIN:STANDARD\nDTSTART:20200101T000000\nRDATE:20260701T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0000\nEND:STANDARD
        END:VTIMEZONE
    """
    log = read("UID:a\nDTSTART;TZID=Odd:20191231T120000", "UID:b\nDTSTART;TZID=Odd:20260702T120000", tz="UTC",
               calendar=described)  # fmt: skip
    assert starts(log) == ["2019-12-31 06:30", "2026-07-02 12:00"]


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        ("DTEND:20261031T180000Z", 30), ("DURATION:PT1H30M", 90), ("DURATION:P1DT1H", 1500), ("DURATION:P1W", 10_080),
        ("DTEND;TZID=America/New_York:20261031T140000", 30), ("", None), ("DTEND:20261031T173000Z", None),
    ],
)  # fmt: skip
def test_how_long_an_event_is(read, lines, minutes):
    log = read(f"UID:a\nDTSTART:20261031T173000Z\n{lines}")
    assert log["minutes"].fillna(-1).tolist() == [minutes or -1]


@pytest.mark.parametrize(
    ("lines", "column"),
    [
        ("DTSTART:tomorrow", "DTSTART"),
        ("DTSTART:20260230T120000Z", "DTSTART"),
        ("DTSTART:18991231T120000Z", "DTSTART"),
        ("DTSTART:20261031T173000Z\nDTEND:20261031T163000Z", "DTEND"),
        ("DTSTART:20261031T173000Z\nDTEND;VALUE=DATE:20261031", "DTEND"),
        ("DTSTART:20261031T173000Z\nDURATION:half an hour", "DURATION"),
        ("DTSTART:20261031T173000Z\nDURATION:-PT5M", "DTEND"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=HOURLY;COUNT=5", "RRULE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=20", "RRULE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=DAILY;COUNT=10001", "RRULE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=DAILY;UNTIL=20991231", "RRULE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=DAILY;INTERVAL=0", "RRULE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=WEEKLY;BYDAY=XX", "RRULE"),
        ("DTSTART:20261031T173000Z\n" + "RRULE:FREQ=DAILY\n" * 6, "RRULE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=DAILY\nEXDATE:never", "EXDATE"),
        ("DTSTART:20261031T173000Z\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", "EXRULE"),
        ("DTSTART:20261031T173000Z\nRDATE;VALUE=PERIOD:20261101T173000Z/PT1H", "RDATE"),
        ("DTSTART:20261031T173000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261031T173000Z", "RECURRENCE-ID"),
    ],
)
def test_an_event_that_cannot_be_read_is_set_aside(read, lines, column):
    log = read("UID:good\nDTSTART:20261030T173000Z", f"UID:bad\n{lines}")
    aside = set_aside(log)
    assert len(log) == 1 and aside["row"].tolist() == [7] and aside["column"].tolist() == [column]


def test_an_event_that_breaks_off_is_set_aside_and_those_before_it_are_kept(tmp_path):
    whole = (DATA / "calendars.ics").read_bytes()
    file = tmp_path / "cut.ics"
    file.write_bytes(whole[: whole.index(b"UID:weekly")])
    log = calendars.read(file)
    assert log["source_id"].tolist() == ["single@example.com"]
    assert set_aside(log)["found"].tolist() == ["an event that breaks off"]
    file.write_bytes(whole[: whole.index(b"BEGIN:VEVENT\r\nUID:weekly")])
    assert set_aside(calendars.read(file))["found"].tolist() == ["a calendar that breaks off"]


def test_an_experiments_calendar_is_read_back(tmp_path):
    days = pd.to_datetime(["2026-11-02", "2026-11-08", "2026-11-09", "2026-11-15"])
    blocks = {"block": [1, 2], "start": days[::2], "end": days[1::2], "condition": ["without", "with"]}
    plan = pd.DataFrame({**blocks, "from_skill": "harmonica", "to_skill": "ukulele", "seed": 1})
    (tmp_path / "plan.ics").write_text(experiments.calendar(plan), encoding="utf-8", newline="")
    log = calendars.read(tmp_path / "plan.ics")
    assert log["start"].tolist() == list(days[::2]) and log["minutes"].isna().all()
    assert log["skill"].iloc[0] == "No harmonica; ukulele as usual" and log["source_id"].str.endswith("@mmlib").all()


def test_calendars_are_recognised_and_others_are_not():
    assert calendars.recognises(Sample.of(DATA / "calendars.ics"))
    assert not calendars.recognises(Sample.of(DATA / "toggl_now.csv"))


def test_other_files_give_one_clear_error(tmp_path):
    todo = tmp_path / "todo.ics"
    todo.write_text("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Buy\nEND:VTODO\nEND:VCALENDAR\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"todo\.ics: found nothing that was practised, expected a calendar with"):
        calendars.read(todo)
    for file in (DATA / "cstimer.json", DATA / "toggl_now.csv"):
        with pytest.raises(SourceError, match=r"expected a calendar \(\.ics\)") as caught:
            calendars.read(file)
        assert str(caught.value).startswith(file.name)


def test_rules_that_never_hold_and_blocks_without_end_take_no_time(tmp_path):
    never = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTART:20260101T120000Z\nRRULE:FREQ={kind};BYMONTH=2;BYMONTHDAY=30;COUNT=5\nEND:VEVENT\n"
        for n, kind in enumerate(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] * 50)
    )
    (tmp_path / "never.ics").write_text(f"BEGIN:VCALENDAR\n{never}END:VCALENDAR\n", encoding="utf-8")
    (tmp_path / "deep.ics").write_text("BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * 100_000, encoding="utf-8")
    begun = time.monotonic()
    assert len(calendars.read(tmp_path / "never.ics")) == 200
    with pytest.raises(SourceError, match="breaks off"):
        calendars.read(tmp_path / "deep.ics")
    assert time.monotonic() - begun < 20


FREQUENCIES = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@st.composite
def rules(draw):
    """Draw a rule that holds now and then: dateutil looks for a day that never comes until the year 9999."""
    frequency = draw(FREQUENCIES)
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 3))}"]
    if draw(st.booleans()):
        parts.append(f"WKST={draw(WEEKDAYS)}")
    if draw(st.booleans()):
        parts.append("BYMONTH=" + ",".join(map(str, draw(st.lists(st.integers(1, 12), min_size=4, unique=True)))))
    kind = draw(st.sampled_from(["", "BYDAY", "BYMONTHDAY", "BYYEARDAY"]))
    if kind == "BYDAY":
        places = {"MONTHLY": st.sampled_from(["", "1", "-1", "+2", "-4"]), "YEARLY": st.sampled_from(["", "1", "-1"])}
        place = draw(
            places.get(frequency, st.just(""))
        )  # dateutil asks for both of MO and 1MO, and RFC 5545 for either
        parts.append("BYDAY=" + ",".join(place + day for day in draw(st.lists(WEEKDAYS, min_size=1, max_size=4))))
    elif kind == "BYMONTHDAY" and frequency != "WEEKLY":
        numbers = st.integers(1, 28) | st.integers(-28, -1)
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(st.lists(numbers, min_size=1, max_size=3)))))
    elif kind == "BYYEARDAY" and frequency == "YEARLY" and len(parts) < 4 and "BYMONTH" not in "".join(parts):
        numbers = st.integers(1, 365) | st.integers(-365, -1)
        parts.append("BYYEARDAY=" + ",".join(map(str, draw(st.lists(numbers, min_size=1, max_size=3)))))
    if kind == "BYDAY" and frequency != "WEEKLY" and draw(st.booleans()):  # of a week: see below
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '1,-1']))}")
    return ";".join(parts)


@given(rules(), st.dates(date(2020, 1, 1), date(2026, 12, 28)).filter(lambda day: day.day < 29))
@settings(deadline=None, max_examples=60)
def test_days_of_a_rule_are_dateutils(rule, first):
    last = first + timedelta(days=900)
    noon = datetime.combine(first, datetime.min.time())
    expected = rrulestr(rule, dtstart=noon).between(noon, datetime.combine(last, datetime.min.time()), inc=True)
    assert days_of(rule_of(rule), first, last) == [moment.date() for moment in expected]


def test_a_place_in_the_week_is_counted_from_the_weeks_first_day():
    # RFC 5545 picks from all days of the interval; dateutil from those of the first week that are not yet over.
    tuesday, later = date(2020, 1, 28), date(2020, 2, 12)
    first = days_of(rule_of("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1"), tuesday, later)
    assert first == [date(2020, 2, 3), date(2020, 2, 10)]
    last = days_of(rule_of("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=-1"), tuesday, later)
    assert last == [date(2020, 1, 29), date(2020, 2, 5), date(2020, 2, 12)]


LENGTHS = st.none() | st.integers(1, 1440)
EVENTS = st.lists(st.tuples(MOMENTS, LENGTHS, NAMES, NOTES), min_size=1, max_size=15)


def written(events, zone: str) -> bytes:
    """Return events as a calendar program writes them: every second in its zone, the others in universal time."""
    book = icalendar.Calendar()
    book.add("prodid", "-//test//EN")
    book.add("version", "2.0")
    for place, (start, minutes, name, note) in enumerate(events):
        event = icalendar.Event()
        begin = start.replace(tzinfo=UTC)
        begin = begin.astimezone(ZoneInfo(zone)) if place % 2 else begin
        event.add("uid", f"{place}@test")
        event.add("summary", name)
        event.add("dtstart", begin)
        if minutes:
            event.add("duration", timedelta(minutes=minutes))
        if note:
            event.add("description", note)
        book.add_component(event)
    return book.to_ical()


@given(EVENTS, ZONES, ZONES)
@settings(deadline=None, max_examples=50)
def test_what_is_written_comes_back(events, zone, tz):
    file = Path(tempfile.mkdtemp()) / "practice.ics"
    file.write_bytes(written(events, zone))
    log = calendars.read(file, tz=tz).set_index("source_id").loc[[f"{place}@test" for place in range(len(events))]]
    assert log["skill"].tolist() == [name for *_, name, _ in events]
    assert log["note"].fillna("").tolist() == [note or "" for *_, note in events]
    assert log["minutes"].fillna(0).tolist() == [minutes or 0 for _, minutes, *_ in events]
    moments = [start.replace(tzinfo=UTC) for start, *_ in events]
    ambiguous = [moment.astimezone(ZoneInfo(zone)).fold for moment in moments]
    shown = [moment.astimezone(ZoneInfo(tz)).replace(tzinfo=None) for moment in moments]
    same = [one == two for one, two in zip(log["start"], shown, strict=True)]
    assert all(one or fold for one, fold in zip(same, ambiguous, strict=True)), "a fold cannot be written in a zone"
