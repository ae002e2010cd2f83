"""Strava, GPX and FIT: what each record becomes, counted by hand, and round trips."""

from __future__ import annotations

import csv
import struct
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.sources import fit, gpx, recognised, set_aside, strava
from tests.sources.shapes import NAMES, SECONDS, ZONES

DATA = Path(__file__).parent / "data"
TWICE = ["2026-10-25 02:30:00", "2026-10-25 02:30:00"]  # the hour that summer time gives back
EPOCH = 631_065_600  # FIT counts seconds from the last day of 1989
SPORTS = {"running": 1, "cycling": 2, "swimming": 5}


def written(sessions, *, kind=4):
    """Return a FIT file: header, a file_id, one session message for each, and checksums."""
    body = _definition(0, 0, [(0, 1, 0x00)]) + struct.pack("<BB", 0, kind)
    body += _definition(1, 18, [(2, 4, 0x86), (5, 1, 0x00), (6, 1, 0x00), (7, 4, 0x86), (8, 4, 0x86), (9, 4, 0x86)])
    for second, sport, timer, metres in sessions:
        numbers = (second - EPOCH, SPORTS[sport], 0, 1000 * timer + 60_000, 1000 * timer, 100 * metres)
        body += struct.pack("<BIBBIII", 1, *numbers)
    head = struct.pack("<BBHI4s", 14, 0x20, 2132, len(body), b".FIT")
    head += struct.pack("<H", _crc(head))
    return head + body + struct.pack("<H", _crc(head + body))


def _definition(local, number, fields):
    return struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields)) + b"".join(bytes(one) for one in fields)


def _crc(data):
    """Return the checksum of the FIT protocol: a CRC-16, four bits at a time."""
    table = [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
             0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400]  # fmt: skip
    crc = 0
    for byte in data:
        for part in (byte & 15, byte >> 4):
            crc = (crc >> 4) ^ table[crc & 15] ^ table[part]
    return crc


SESSIONS = [(1792888200, "running", 1800, 5000), (1792891800, "cycling", 3600, 30000), (1792969190, "swimming", 600, 0)]


def starts(log):
    return log["start"].astype(str).tolist()


def local(second, tz):
    return pd.Timestamp(second, unit="s", tz="UTC").tz_convert(tz).tz_localize(None)


def test_strava_activities():
    log = strava.read(DATA / "strava.csv", tz="Europe/Berlin")
    assert starts(log) == [*TWICE, "2026-10-25 23:59:50"] and log["skill"].tolist() == ["Run", "Yoga", "Ride"]
    assert log["minutes"].tolist() == pytest.approx([30, 10, 7000 / 60], abs=1e-5)
    assert log["score"].fillna(0).tolist() == pytest.approx([10, 0, 3.6 * 40100.5 / 7000], abs=1e-5)
    assert log["note"].tolist() == ["Night run, slow", "Morning Yoga", "Ride"]
    assert log.attrs["cards"] == {"Yoga": {}}, "without a distance there is no speed to have a card for"
    aside = set_aside(log)[["row", "column"]].to_numpy().tolist()
    assert sorted(aside) == [[5, "Activity Date"], [6, ""], [7, "minutes"]]


def test_stravas_archive_is_read_and_another_language_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(DATA / "strava.csv", "activities.csv")
        archive.writestr("profile.csv", "Athlete ID\n1\n")
    assert recognised(tmp_path / "export.zip") == "strava"
    columns = ["source_id", "start", "score"]
    pd.testing.assert_frame_equal(
        strava.read(tmp_path / "export.zip", tz="UTC")[columns], strava.read(DATA / "strava.csv", tz="UTC")[columns]
    )
    (tmp_path / "activities.csv").write_text("Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität\n1,2,3\n")
    with pytest.raises(SourceError, match="the columns"):
        strava.read(tmp_path / "activities.csv")


def test_gpx_tracks():
    log = gpx.read(DATA / "gpx_run.gpx", tz="Europe/Berlin")
    assert starts(log) == TWICE and log["skill"].tolist() == ["running", "cycling"]
    assert log["minutes"].tolist() == [6, 30], "the pause between two segments does not count"
    # A hundredth of a degree of latitude is 1.11 km.
    assert log["score"].tolist() == pytest.approx([1.11 * 10, 11.1 * 2], rel=0.01)
    assert log["note"].fillna("").tolist() == ["Night run & back", ""]
    assert set_aside(log)["row"].tolist() == [3]


@pytest.mark.parametrize(
    "entity",
    ['<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">', "<!ELEMENT gpx ANY>"],
)
def test_gpx_with_entities_is_refused_unread(tmp_path, entity):
    text = (DATA / "gpx_run.gpx").read_text().replace("<gpx ", f"<!DOCTYPE gpx [{entity}]>\n<gpx ", 1)
    (file := tmp_path / "evil.gpx").write_text(text)
    with pytest.raises(SourceError, match="a document type"):
        gpx.read(file)


def test_fit_sessions(tmp_path):
    (file := tmp_path / "activity.fit").write_bytes(written(SESSIONS))
    assert recognised(file) == "fit"
    log = fit.read(file, tz="Europe/Berlin")
    assert starts(log) == [*TWICE, "2026-10-25 23:59:50"] and log["skill"].tolist() == [
        "running",
        "cycling",
        "swimming",
    ]
    assert log["minutes"].tolist() == [30, 60, 10] and log["score"].fillna(0).tolist() == [10, 30, 0]
    assert log["note"].fillna("").tolist() == ["5.00 km", "30.00 km", ""] and set_aside(log).empty


def test_fit_files_that_are_cut_off_damaged_or_hold_no_activity(tmp_path):
    whole = written(SESSIONS)
    (file := tmp_path / "activity.fit").write_bytes(whole[:-20])
    with pytest.raises(SourceError, match="cannot be read"):
        fit.read(file)
    file.write_bytes(whole + whole[:-20])
    log = fit.read(file, tz="UTC")
    assert len(log) == 3 and len(set_aside(log)) == 1, "a part that is whole is kept"
    flipped = bytearray(whole)
    flipped[-4] ^= 64  # in the last distance
    file.write_bytes(flipped)
    with pytest.raises(SourceError, match="cannot be read"):
        fit.read(file)
    for content, said in (
        (whole[:14], "cannot be read"), (written([], kind=2), "nothing that was practised"), (b"x" * 99, "no FIT file"),
    ):  # fmt: skip
        file.write_bytes(content)
        with pytest.raises(SourceError, match=said):
            fit.read(file)


ACTIVITIES = st.tuples(SECONDS, st.sampled_from(sorted(SPORTS)), st.integers(1, 20_000), st.integers(0, 100_000))
MANY = st.lists(ACTIVITIES, min_size=1, max_size=6, unique_by=lambda one: one[0])


@settings(deadline=None, max_examples=40)
@given(found=MANY, tz=ZONES)
def test_fit_round_trip(tmp_path_factory, found, tz):
    (file := tmp_path_factory.mktemp("fit") / "a.fit").write_bytes(written(found))
    log = fit.read(file, tz=tz)
    assert sorted(zip(log["start"], log["skill"], strict=True)) == sorted((local(one[0], tz), one[1]) for one in found)
    assert sorted(log["minutes"]) == pytest.approx(sorted(one[2] / 60 for one in found), abs=1e-5)
    speeds = sorted(3.6 * metres / timer for *_, timer, metres in found if metres)
    assert sorted(log["score"].dropna()) == pytest.approx(speeds, abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(found=MANY, name=NAMES, tz=ZONES)
def test_strava_round_trip(tmp_path_factory, found, name, tz):
    file = tmp_path_factory.mktemp("strava") / "activities.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["Activity ID", "Activity Date", "Activity Name", "Activity Type", "Elapsed Time", "Distance",
                         "Elapsed Time", "Moving Time", "Distance"])  # fmt: skip
        for number, (second, sport, timer, metres) in enumerate(found):
            date = f"{pd.Timestamp(second, unit='s'):%b %d, %Y, %I:%M:%S %p}"
            writer.writerow(
                [number, date, name, sport, timer + 9, metres / 1000, timer + 9.0, float(timer), float(metres)]
            )
    log = strava.read(file, tz=tz).set_index("source_id")
    for number, (second, sport, timer, metres) in enumerate(found):
        row = log.loc[str(number)]
        assert (row["start"], row["skill"]) == (local(second, tz), sport)
        assert row["minutes"] == pytest.approx(timer / 60, abs=1e-5) and row["note"].startswith(name)
        assert not metres or row["score"] == pytest.approx(3.6 * metres / timer, abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(found=MANY, tz=ZONES)
def test_gpx_round_trip(tmp_path_factory, found, tz):
    file = tmp_path_factory.mktemp("gpx") / "tracks.gpx"
    point = '<trkpt lat="{}" lon="13.4"><time>{:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>'
    tracks = [
        f"<trk><type>{sport}</type><trkseg>"
        + point.format(52.5, pd.Timestamp(second, unit="s"))
        + point.format(52.5 + metres / 1e7, pd.Timestamp(second + timer, unit="s"))
        + "</trkseg></trk>"
        for second, sport, timer, metres in found
    ]
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    file.write_text(head + "".join(tracks) + "</gpx>")
    log = gpx.read(file, tz=tz)
    assert sorted(zip(log["start"], log["skill"], strict=True)) == sorted((local(one[0], tz), one[1]) for one in found)
    assert sorted(log["minutes"]) == pytest.approx(sorted(one[2] / 60 for one in found), abs=1e-5)
