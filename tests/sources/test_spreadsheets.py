"""Any table becomes the log: by a mapping that a person wrote, or by one that is proposed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import recognised, set_aside, spreadsheets
from tests.sources.shapes import MINUTES, MOMENTS, NAMES, NOTES

DATA = Path(__file__).parent / "data"
DIARY = DATA / "csv_diary.csv"
MAP = (DATA / "csv_diary.toml").read_text(encoding="utf-8")


@pytest.fixture
def mapped(tmp_path):
    def write(text):
        file = tmp_path / "map.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def table(tmp_path):
    def write(text, name="diary.csv", encoding="utf-8"):
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        return file

    return write


def test_each_row_becomes_a_session(mapped):
    log = spreadsheets.read(DIARY, learner="ada", tz="Europe/Berlin", mapping=mapped(MAP))
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert log["skill"].tolist() == ["juggling", "juggling", "Klavier; langsam"]
    assert log["start"].astype(str).tolist() == ["2026-10-31 18:30:00", "2026-11-01 07:05:00", "2026-11-02 19:00:00"]
    assert log["minutes"].tolist() == [30.0, 15.0, 90.0]
    assert log["score"].tolist()[:2] == [23.5, 30.0] and pd.isna(log["score"][2])
    assert log["note"].tolist()[::2] == ["lief gut", "Bach"] and set(log["self"]) == {"the player"}
    assert set(log["learner"]) == {"ada"} and set(log["source"]) == {"csv"}
    assert log.attrs["cards"]["juggling"] == {"unit": "catches", "better": "higher"}


def test_rows_that_cannot_be_read_are_set_aside_by_the_tables_own_names(mapped):
    aside = set_aside(spreadsheets.read(DIARY, mapping=mapped(MAP)))
    assert aside[["row", "column"]].to_numpy().tolist() == [[5, "Datum and Uhrzeit"], [6, "Dauer (Stunden)"], [7, ""]]
    assert aside["found"].tolist() == ['"gestern 19:00"', '"lange"', "8 values"]


def test_times_of_another_zone_and_with_an_offset_become_the_wall_clocks(mapped, table):
    file = table("skill,start\na,2026-07-01 12:00\na,2026-07-01T12:00:00+00:00\n")
    log = spreadsheets.read(
        file, tz="Asia/Tokyo", mapping=mapped('zone = "UTC"\n[columns]\nskill="skill"\nstart="start"')
    )
    assert log["start"].astype(str).tolist() == ["2026-07-01 21:00:00"] * 2
    assert log["source_id"].nunique() == 2


@pytest.mark.parametrize(
    ("form", "text"), [("unix", "1792413000"), ("unix ms", "1792413000500"), ("%d/%m/%y %I:%M %p", "19/10/26 12:30 PM")]
)
def test_forms_of_the_start(mapped, table, form, text):
    mapping = f'zone = "UTC"\n[columns]\nskill="a"\nstart="b"\n[forms]\nstart="{form}"'
    log = spreadsheets.read(table(f"a,b\njuggling,{text}\n"), tz="UTC", mapping=mapped(mapping))
    assert log["start"].dt.floor("s").tolist() == [pd.Timestamp("2026-10-19 12:30")]


def test_importing_twice_adds_nothing_and_a_longer_diary_what_is_new(tmp_path, mapped, table):
    mapping = mapped('[columns]\nskill="a"\nstart="b"\nnote="c"')
    head = "a,b,c\njuggling,2026-10-31 18:30,one\njuggling,2026-10-31 18:30,two\n"
    for text, added in ((head, 2), (head, 0), (head.replace("one", "1"), 0), (head + "juggling,2026-11-01,x\n", 1)):
        log = spreadsheets.read(table(text), mapping=mapping)
        log.attrs = {}
        assert append_sessions(tmp_path / "log.csv", log) == added


def test_the_tables_own_ids_and_learners_are_kept(mapped, table):
    file = table("id,who,a,b\n7,ben,juggling,2026-10-31\n8,,juggling,2026-10-30\n")
    mapping = mapped('[columns]\nskill="a"\nstart="b"\nlearner="who"\nsource_id="id"')
    log = spreadsheets.read(file, learner="ada", mapping=mapping)
    assert log[["learner", "source_id"]].to_numpy().tolist() == [["ada", "8"], ["ben", "7"]]


def test_a_table_with_the_logs_names_needs_no_mapping_and_is_recognised(table):
    file = table("Skill;Start;Minutes\njuggling;31.10.2026 18:30;12,5\n")
    assert recognised(file) == "csv"
    assert spreadsheets.read(file)["minutes"].tolist() == [12.5]


def test_another_encoding_separator_header_and_decimal_mark_are_said_in_the_mapping(mapped, table):
    text = "Mein Tagebuch\n\nWas|Wann|Punkte\nÜbung|2026-10-31|1,5\n"
    mapping = (
        'encoding="cp1252"\nheader=3\nseparator="|"\ndecimal=","\n[columns]\nskill="Was"\nstart="Wann"\nscore="Punkte"'
    )
    log = spreadsheets.read(table(text, encoding="cp1252"), mapping=mapped(mapping))
    assert log[["skill", "score"]].to_numpy().tolist() == [["Übung", 1.5]]
    with pytest.raises(SourceError, match='encoding = "cp1252"'):
        spreadsheets.read(table(text, encoding="cp1252"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns.skill"),
        ("skil = 1\n[columns]\nskill='a'\nstart='b'", '"skil"'),
        ("[columns]\nskil='a'\nstart='b'", "columns.skil"),
        ("[columns]\nskill=['a', 3]\nstart='b'", "columns.skill"),
        ("[columns]\nskill='a'\nstart='b'\n[forms]\nminutes='days'", "forms.minutes"),
        ("[columns]\nskill='a'\nstart='b'\n[forms]\nscore='x'", "forms.score"),
        ("[columns]\nskill='a'\nstart='b'\n[rename]\nskill='x'", "rename.skill"),
        ("[columns]\nskill='a'\nstart='b'\n[card]\nbetter='more'", "card.better"),
        ("separator=';;'\n[columns]\nskill='a'\nstart='b'", "separator"),
        ("header=0\n[columns]\nskill='a'\nstart='b'", "header"),
        ("zone='Mars'\n[columns]\nskill='a'\nstart='b'", "Mars"),
        ("encoding='klingon'\n[columns]\nskill='a'\nstart='b'", "klingon"),
        ("columns = 3", "columns"),
        ("[columns", "not TOML"),
        ("[columns]\nskill='what'\nstart='b'", "a column of diary.csv"),
    ],
)
def test_a_bad_mapping_is_named_by_its_place(mapped, table, text, said):
    with pytest.raises(SourceError) as failed:
        spreadsheets.read(table("a,b\njuggling,2026-10-31\n"), mapping=mapped(text))
    assert said in str(failed.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"\n\n,,\n", "no row"),
        (b"skill,start\n", "no rows"),
        (b"skill,start\njuggling,soon\n", '"soon"'),
        (b"%PDF-1.7", "a PDF"),
        (b'skill,start\n"juggling,2026-10-31\n', "a row that cannot be read"),
        ("skill,start\nÜbung,2026-10-31\n".encode("utf-16"), "UTF-16"),
        (b"when,what\n2026-10-31,juggling\n", "--guess"),
    ],
)
def test_a_bad_table_is_one_clear_error(tmp_path, content, said):
    file = tmp_path / "diary.csv"
    file.write_bytes(content)
    with pytest.raises(SourceError) as failed:
        spreadsheets.read(file)
    assert said in str(failed.value) and "diary.csv" in str(failed.value)


def _workbook(rows):
    """Return the bytes of a workbook written by hand: inline texts, numbers, and dates as numbers with a style."""
    cells = []
    for y, row in enumerate(rows, 1):
        inner = ""
        for x, value in enumerate(row):
            place = f"{chr(65 + x)}{y}"
            if isinstance(value, dt.datetime):
                days = (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
                inner += f'<c r="{place}" s="1"><v>{days!r}</v></c>'
            elif isinstance(value, int | float):
                inner += f'<c r="{place}"><v>{value}</v></c>'
            else:
                text = value.replace("&", "&amp;").replace("<", "&lt;")
                inner += f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        cells.append(f'<row r="{y}">{inner}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pack = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{pack}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{pack}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
        f'<sheet name="Diary" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{pack}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(cells)}</sheetData></worksheet>',
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return data.getvalue()


ROWS = [
    ["What", "When", "Minutes", "Remarks"],
    ["juggling", dt.datetime(2026, 10, 31, 18, 30), 20, "two & <three>"],
    ["ukulele", dt.datetime(2026, 11, 1, 7, 5), 12.5, ""],
]


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path, mapped):
    (file := tmp_path / "diary.xlsx").write_bytes(_workbook(ROWS))
    mapping = '[columns]\nskill="What"\nstart="When"\nminutes="Minutes"\nnote="Remarks"'
    log = spreadsheets.read(file, mapping=mapped(mapping))
    assert log["start"].astype(str).tolist() == ["2026-10-31 18:30:00", "2026-11-01 07:05:00"]
    assert log["minutes"].tolist() == [20.0, 12.5] and log["note"].tolist()[0] == "two & <three>"
    assert spreadsheets.propose(file).columns["start"] == ("When",)
    with pytest.raises(SourceError, match='no sheet "Tagebuch", expected one of Diary'):
        spreadsheets.read(file, mapping=mapped('sheet="Tagebuch"\n' + mapping))


def test_a_damaged_workbook_and_one_that_unpacks_without_end_are_refused(tmp_path, monkeypatch):
    whole = _workbook(ROWS)
    for name, data in (
        ("cut.xlsx", whole[:900]),
        ("text.xlsx", b"What,When\n"),
        ("old.xls", b"\xd0\xcf\x11\xe0" * 200),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match=name):
            spreadsheets.read(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(3 << 20))
    monkeypatch.setattr("mmlib.sources.spreadsheets.grid.LARGEST_MEMBER", 2 << 20)
    with pytest.raises(SourceError, match="512 MB"):
        spreadsheets.read(tmp_path / "bomb.xlsx")


def test_an_entity_in_a_workbook_is_not_resolved(tmp_path, mapped):
    parts = zipfile.ZipFile(io.BytesIO(_workbook(ROWS)))
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    with zipfile.ZipFile(tmp_path / "diary.xlsx", "w") as archive:
        for name in parts.namelist():
            text = parts.read(name).decode()
            archive.writestr(name, (entity + text).replace("juggling", "&e;") if "sheet1.xml" in name else text)
    try:
        log = spreadsheets.read(tmp_path / "diary.xlsx", mapping=mapped('[columns]\nskill="What"\nstart="When"'))
    except SourceError:
        return
    assert "the secret" not in set(log["skill"])


@pytest.mark.parametrize(
    ("header", "rows", "columns", "said"),
    [
        (
            "Timestamp,Activity,Minutes,Reps,Made,Mood after",
            ["10/31/2026 6:30 PM,Juggling,20,10,7,4", "11/01/2026 7:00 AM,Juggling,20,10,8,5"],
            {"skill": "Activity", "start": "Timestamp", "minutes": "Minutes", "reps": "Reps", "successes": "Made",
             "mood_after": "Mood after"},
            {"start": "%m/%d/%Y %I:%M %p"},
        ),
        (
            "Fecha,Ejercicio,Duración,Nota",
            ["31/10/2026,Malabares,20 min,bien", "01/11/2026,Malabares,0:30,"],
            {"skill": "Ejercicio", "start": "Fecha", "minutes": "Duración", "note": "Nota"},
            {"start": "%d/%m/%Y"},
        ),
        (
            "when,exercise,seconds,bpm",
            ["1792413000,scales,90,60", "1792499400,scales,80,64"],
            {"skill": "exercise", "start": "when", "minutes": "seconds", "score": "bpm"},
            {"start": "unix", "minutes": "seconds"},
        ),
    ],
)  # fmt: skip
def test_a_mapping_is_proposed_from_names_and_values(table, header, rows, columns, said):
    file = table("\n".join([header, *rows]) + "\n")
    proposed = spreadsheets.propose(file)
    assert {name: own[0] for name, own in proposed.columns.items()} == columns
    assert proposed.forms == said
    assert len(spreadsheets.read(file, mapping=proposed)) == 2


def test_a_day_and_a_time_of_day_are_joined_and_a_file_is_the_skill_where_no_column_is(table):
    proposed = spreadsheets.propose(table("Datum,Uhrzeit,Punkte\n31.10.2026,18:30,3\n1.11.2026,7:05,4\n", "scales.csv"))
    assert proposed.columns["start"] == ("Datum", "Uhrzeit") and proposed.fixed == {"skill": "scales"}


def test_what_is_unclear_is_not_guessed_at(table):
    with pytest.raises(SourceError, match="which number is the day"):
        spreadsheets.propose(table("Date,What\n03/04/2026,x\n05/04/2026,x\n"))
    with pytest.raises(SourceError, match="no column of dates"):
        spreadsheets.propose(table("What,How\nx,y\n"))


def test_a_proposal_is_written_as_the_file_that_is_read(tmp_path):
    proposed = spreadsheets.propose(DIARY)
    (file := tmp_path / "map.toml").write_text(spreadsheets.written(proposed), encoding="utf-8")
    again = spreadsheets.read_mapping(file)
    assert again.columns == proposed.columns and again.forms == proposed.forms
    assert tomllib.loads(file.read_text(encoding="utf-8"))["columns"]["skill"] == "Was"


@settings(deadline=None, max_examples=60)
@given(
    sessions=st.lists(st.tuples(NAMES, MOMENTS, st.none() | MINUTES, NOTES), min_size=1, max_size=8),
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_is_written_as_a_table_is_read_as_it_was(tmp_path_factory, sessions, separator, quoting):
    file = tmp_path_factory.mktemp("table") / "diary.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, delimiter=separator, quoting=quoting)
        writer.writerow(["what", "when", "seconds", "remarks"])
        for skill, start, minutes, note in sessions:
            writer.writerow([skill, start.isoformat(" "), "" if minutes is None else round(60 * minutes), note or ""])
    mapping = spreadsheets.Mapping(
        columns={"skill": ("what",), "start": ("when",), "minutes": ("seconds",), "note": ("remarks",)},
        forms={"minutes": "seconds"},
        separator=separator,
    )
    log = spreadsheets.read(file, mapping=mapping)
    order = sorted(range(len(sessions)), key=lambda place: sessions[place][1])
    assert log["skill"].tolist() == [sessions[place][0] for place in order]
    assert log["start"].tolist() == [pd.Timestamp(sessions[place][1]) for place in order]
    assert log["note"].fillna("").tolist() == [sessions[place][3] or "" for place in order]
    expected = pd.Series([sessions[place][2] for place in order], dtype="float64")
    pd.testing.assert_series_equal(log["minutes"], expected, check_names=False, atol=1e-6, rtol=0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(NAMES, MOMENTS, st.integers(1, 86_400)), min_size=1, max_size=8))
def test_what_is_written_as_a_workbook_is_read_as_it_was(tmp_path_factory, sessions):
    file = tmp_path_factory.mktemp("table") / "diary.xlsx"
    rows = [[name, start, seconds] for name, start, seconds in sessions]
    file.write_bytes(_workbook([["what", "when", "seconds"], *rows]))
    columns = {"skill": ("what",), "start": ("when",), "minutes": ("seconds",)}
    log = spreadsheets.read(file, mapping=spreadsheets.Mapping(columns=columns, forms={"minutes": "seconds"}))
    seconds = (60 * log["minutes"]).round().astype(int)
    assert sorted(zip(log["skill"], log["start"], seconds, strict=True)) == sorted(sessions)
