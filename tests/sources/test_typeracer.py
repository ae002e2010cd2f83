"""TypeRacer's races become the log."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import recognised, set_aside, typeracer
from tests.sources.shapes import SECONDS, ZONES

DATA = Path(__file__).parent / "data" / "typeracer.csv"
HEAD = "Race #,WPM,Accuracy,Rank,# Racers,Text ID,Date/Time (UTC)\n"


@pytest.fixture
def log():
    return typeracer.read(DATA, learner="ada", tz="Europe/Berlin")


def test_each_race_is_a_row(log):
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert log["score"].tolist() == [46.0, 51.0, 48.0] and log["reps"].tolist() == [1, 1, 1]
    assert log["minutes"].isna().all() and log["successes"].isna().all()
    assert log["note"].fillna("").tolist() == ["accuracy 82 %, place 3 of 4", "accuracy 98 %, place 1 of 5", ""]
    assert log["variation"].fillna("").tolist() == ["text 241", "text 190", ""]


def test_the_hour_that_comes_twice_keeps_both_races(log):
    starts = ["2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-25 23:59:50"]
    assert log["start"].astype(str).tolist() == starts and log["source_id"].tolist() == ["1", "2", "3"]


def test_what_cannot_be_read_is_set_aside(log):
    aside = set_aside(log)
    assert aside[["row", "column", "found"]].to_numpy().tolist() == [
        [5, "WPM", '"fast"'], [6, "Date/Time (UTC)", '"26/10/2026"']
    ]  # fmt: skip


NOW = "Universe,Race ID,Text ID,Skill Level,Date/Time (UTC),Accuracy,WPM,Points,Race #,# Racers,Rank,Mode\n"
RACES = [
    "play,r1,241,L6,2026-10-25 00:30:00.125000,0.98,46.04,40.5,1,4,3,race",
    "play,r2,190,L6,2026-10-25 00:32:00.250000,None,None,0,2,4,4,race",
    "lang_de,r3,7,L6,2026-10-25 00:34:00.000000,0.95,39.5,12,1,2,1,race",
    "play,r4,7,L6,2026-10-25 00:36:00.000000,0.95,41.25,12,1,1,1,practice",
]


def zipped(*members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return data.getvalue()


def test_todays_archives_are_read_and_races_are_known_by_universe_and_number(tmp_path, log):
    (file := tmp_path / "races.zip").write_bytes(
        zipped(("races_0.csv", NOW + "\n".join(RACES[:2])), ("races_1.csv", NOW + "\n".join(RACES[2:])))
    )
    assert recognised(file) == "typeracer"
    now = typeracer.read(file, tz="Europe/Berlin")
    assert now["source_id"].tolist() == ["1", "2", "lang_de:1", "practice:1"]
    assert now["score"].fillna(0).tolist() == [46.04, 0, 39.5, 41.25] and now["score"].isna().sum() == 1
    assert now["start"].astype(str).iloc[0] == "2026-10-25 02:30:00.125"
    assert now["variation"].tolist() == ["text 241", "text 190", "text 7", "text 7 practice"]
    log.attrs, now.attrs = {}, {}
    assert append_sessions(tmp_path / "log.csv", log) == 3
    assert append_sessions(tmp_path / "log.csv", now.assign(learner="ada")) == 2, "races 1 and 2 are known"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped(("notes.txt", "x")), "an archive without CSV"),
        (zipped(("a.csv", "a,b\n1,2\n")), 'the columns "a", "b"'),
        (zipped(("a.csv", NOW + RACES[0]))[:-30], "a ZIP archive"),
        (zipped(("a.csv", NOW + RACES[0])).replace(b"PK\3\4", b"PK\3\5"), "damaged"),
    ],
)
def test_an_archive_of_something_else_is_one_clear_error(tmp_path, data, said):
    (file := tmp_path / "races.zip").write_bytes(data)
    with pytest.raises(SourceError) as failed:
        typeracer.read(file)
    assert said in str(failed.value) and "races.zip" in str(failed.value)
    with pytest.raises(SourceError, match="no tool is known to write"):
        recognised(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "an empty file"), ("a,b\n1,2\n", 'the columns "a", "b"'), (HEAD, "nothing that was practised")],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, said):
    (file := tmp_path / "race_data.csv").write_text(content)
    with pytest.raises(SourceError) as failed:
        typeracer.read(file)
    assert said in str(failed.value) and "race_data.csv" in str(failed.value)


def test_a_real_export_is_read_as_a_whole(real_data):
    file = real_data / "typeracer_busebd12" / "race_data.csv"
    log, plain = typeracer.read(file, tz="UTC"), pd.read_csv(file)
    assert len(log) == len(plain) == 16_075 and set_aside(log).empty and recognised(file) == "typeracer"
    assert log["score"].tolist() == plain["WPM"].tolist()
    assert log["start"].astype("str").tolist() == plain["Date/Time (UTC)"].tolist()


@settings(deadline=None, max_examples=60)
@given(races=st.lists(st.tuples(SECONDS, st.integers(0, 300), st.integers(0, 100)), min_size=1, max_size=8), tz=ZONES)
def test_what_is_written_as_typeracer_does_is_read_as_it_was(tmp_path_factory, races, tz):
    file = tmp_path_factory.mktemp("typeracer") / "race_data.csv"
    stamps = [pd.Timestamp(second, unit="s") for second, *_ in races]
    lines = [
        f"{number},{speed},{accuracy / 100:.2f},1,3,12,{stamp:%Y-%m-%d %H:%M:%S}"
        for number, (stamp, (_, speed, accuracy)) in enumerate(zip(stamps, races, strict=True), 1)
    ]
    file.write_text(HEAD + "\n".join(lines) + "\n")
    log = typeracer.read(file, tz=tz).set_index("source_id")
    for number, (stamp, (_, speed, accuracy)) in enumerate(zip(stamps, races, strict=True), 1):
        row = log.loc[str(number)]
        assert row["start"] == stamp.tz_localize("UTC").tz_convert(tz).tz_localize(None)
        assert (row["score"] == speed or (pd.isna(row["score"]) and not speed)) and row[
            "note"
        ] == f"accuracy {accuracy} %, place 1 of 3"
