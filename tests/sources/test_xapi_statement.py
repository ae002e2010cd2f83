"""What statements of courses, of other stores and of mmlib itself become: each column counted by hand."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SetAsideWarning, SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import set_aside, xapi
from mmlib.sources.reading import Sample
from tests.sources.shapes import MOMENTS, NAMES, ZONES

DATA = Path(__file__).parent / "data"
CMI5 = DATA / "xapi_cmi5.json"
ADL = "http://adlnet.gov/expapi/verbs/"


def statement(verb="completed", *, number=1, actor="ada", at="2026-10-31T18:00:00Z", thing=None, **result):
    found = {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "actor": {"account": {"homePage": "https://lms.example", "name": actor}},
        "verb": {"id": verb if ":" in verb else ADL + verb},
        "object": thing or {"id": "https://lms.example/skills/juggling"},
        "timestamp": at,
    }
    return found | ({"result": result} if result else {})


@pytest.fixture
def read(tmp_path):
    def from_statements(*statements, **options):
        (file := tmp_path / "statements.json").write_text(json.dumps(statements), encoding="utf-8")
        return xapi.read(file, **{"tz": "Europe/Berlin", **options})

    return from_statements


@pytest.fixture
def log():
    return xapi.read(CMI5, tz="Europe/Berlin")


def column(log, name):
    return log[name].astype(object).where(log[name].notna(), None).tolist()


def aside(log):
    return set_aside(log)[["row", "column"]].to_numpy().tolist()


def test_each_column_of_the_fixture(log):
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log).sort_values("start", kind="stable", ignore_index=True))
    assert column(log, "skill") == ["Geology", "Geology", "What is granite?", "three balls", "cube"]
    assert log["start"].astype(str).str[:19].tolist() == [
        "2026-10-31 18:30:00", "2026-10-31 18:30:00", "2026-11-01 10:00:00", "2026-11-02 08:30:00",
        "2026-11-02 21:00:00",
    ]  # fmt: skip
    assert column(log, "reps") == [1, None, 1, None, 5] and column(log, "successes") == [1, None, 0, None, 3]
    assert column(log, "score") == [17, None, 0, None, 31.5]
    assert column(log, "mood_after")[-1] == 4 and column(log, "part")[-1] == "isolate"
    assert column(log, "note") == [None] * 4 + ["slowly, then quickly"]
    assert aside(log) == [
        [5, "id"], [7, "verb"], [8, "actor"], [9, "result.success"], [10, "result.score"], [12, "part"]
    ]  # fmt: skip
    card = {"unit": "points", "better": "higher"}
    assert log.attrs["cards"] == {"Geology": card, "What is granite?": card}, "none for what mmlib wrote"


def test_the_minutes_of_a_cmi5_session_are_those_of_its_longest_statement(log):
    assert column(log, "minutes") == [None, 15, None, 30, 1.5]


def test_people_of_one_name_are_told_apart_and_nobody_else_is_renamed(log):
    assert column(log, "learner") == [
        "7 at https://lms.example", "7 at https://lms.example", "7 at https://other.example", "Cleo", "dora"
    ]  # fmt: skip


def test_ids_are_those_of_the_statements_whatever_their_capitals_and_are_made_where_there_are_none(log):
    assert column(log, "source_id")[0] == "aaaaaaaa-0000-4000-8000-000000000002"
    again = xapi.read(CMI5, tz="Asia/Tokyo")
    assert set(again["source_id"]) == set(log["source_id"]) and log["source_id"].is_unique


def test_a_later_export_adds_only_what_is_new(tmp_path, read):
    first, second, third = (statement(number=number, at=f"2026-10-1{number}T12:00:00Z") for number in (1, 2, 3))
    assert append_sessions(tmp_path / "log.csv", read(first, second)) == 2
    assert append_sessions(tmp_path / "log.csv", read(third, second, {"voided": True, **first})) == 1


@pytest.mark.parametrize(
    ("actor", "called"),
    [
        ({"name": "Ada", "mbox": "mailto:ada@example.org"}, "Ada"),
        ({"name": "Ada", "account": {"homePage": "https://lms.example", "name": "a7"}}, "a7"),
        ({"mbox": "mailto:ada@example.org"}, "ada@example.org"),
        ({"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}, "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"),
        ({"openid": "https://ada.example.org/"}, "https://ada.example.org/"),
        ({"name": "Ada"}, "Ada"),
        ({}, "me"),
        (None, "me"),
    ],
)
def test_how_each_of_several_learners_is_called(read, actor, called):
    log = read({**statement(), "actor": actor}, statement(number=2, actor="ben", at="2026-10-31T19:00:00Z"))
    assert column(log, "learner") == [called, "ben"]


def test_a_person_whose_name_changes_stays_one_learner(read):
    ones = [statement(number=number, at=f"2026-10-31T1{number}:00:00Z") for number in (1, 2, 3)]
    for one, name in zip(ones, ["Ada King", "Ada Lovelace", "Ben"], strict=True):
        one["actor"] = {"name": name, "mbox": f"mailto:{name.split()[0].lower()}@example.org"}
    assert column(read(*ones), "learner") == ["Ada King", "Ada King", "Ben"]


def test_one_persons_statements_are_the_learners_even_where_an_administrator_voids_some(read):
    voiding = statement("voided", number=3, actor="admin", thing={
        "objectType": "StatementRef", "id": statement(number=2)["id"].upper()
    })  # fmt: skip
    log = read(statement(number=1), statement(number=2), voiding)
    assert len(log) == 1 and column(log, "learner") == ["me"] and set_aside(log).empty


@pytest.mark.parametrize(
    ("verb", "result", "expected"),
    [
        ("completed", {}, "row"),
        ("experienced", {}, "row"),
        ("http://activitystrea.ms/schema/1.0/complete", {}, "row"),
        ("https://example.org/verbs#practised", {}, "row"),
        ("attempted", {}, "aside"),
        ("attempted", {"duration": "PT0S"}, "aside"),
        ("attempted", {"duration": "PT5M"}, "row"),
        ("attempted", {"completion": True}, "row"),
        ("interacted", {}, "aside"),
        ("https://example.org/verbs/juggled", {"score": {"scaled": 0.5}}, "row"),
        ("suspended", {"duration": "PT5M"}, "none"),
        ("https://w3id.org/xapi/adl/verbs/waived", {"success": True}, "none"),
        ("terminated", {"duration": "PT5M"}, "none"),
    ],
)
def test_which_verbs_are_practice(read, verb, result, expected):
    log = read(statement(number=1), statement(verb, number=2, **result))
    assert {(2, 0): "row", (1, 1): "aside", (1, 0): "none"}[len(log), len(set_aside(log))] == expected


def test_passed_and_failed_say_themselves_whether_it_came_off(read):
    log = read(statement("passed", number=1), statement("failed", number=2), statement("answered", number=3))
    assert column(log, "reps") == [1, 1, None] and column(log, "successes") == [1, 0, None]


def test_a_skill_has_scores_of_one_kind(read):
    log = read(
        statement(number=1, score={"raw": 9, "max": 10, "scaled": 0.9}), statement(number=2, score={"scaled": 0.5}),
        statement(number=3, thing={"id": "https://lms.example/quiz/"}, score={"raw": -3, "scaled": 0}),
    )  # fmt: skip
    assert column(log, "score") == [0.9, 0.5, -3]
    assert {skill: card["unit"] for skill, card in log.attrs["cards"].items()} == {
        "juggling": "scaled score", "quiz": "points"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("thing", "skill"),
    [
        ({"id": "https://a.example/x", "definition": {"name": {"fr": "jongler", "en-GB": "juggling"}}}, "juggling"),
        ({"id": "https://a.example/x", "definition": {"name": {"fr": "jongler", "de": "jonglieren"}}}, "jongler"),
        ({"id": "https://a.example/x", "definition": {"name": {"en": " "}}}, "x"),
        ({"id": "https://a.example/three%20balls/"}, "three balls"),
        ({"id": "https://a.example/course#unit-2"}, "unit-2"),
        ({"id": "urn:example:juggling"}, "juggling"),
    ],
)
def test_what_the_skill_is(read, thing, skill):
    assert column(read(statement(thing=thing)), "skill") == [skill]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": "last week"}, "timestamp"),
        ({"verb": {}}, "verb"),
        ({"object": {}}, "object"),
        ({"object": {"objectType": "SubStatement"}}, "object"),
        ({"actor": ["Ada"]}, "actor"),
        ({"result": "good"}, "result"),
        ({"result": {"score": {"raw": "many"}}}, "result.score"),
        ({"result": {"score": {"scaled": float("nan")}}}, "result.score"),
        ({"result": {"duration": "P2M"}}, "result.duration"),
        ({"result": {"duration": "P999999D"}}, "minutes"),
        ({"context": {"extensions": {xapi.EXTENSION + "reps": "five"}}}, "reps"),
        ({"context": {"extensions": {xapi.EXTENSION + "payoff": 6}}}, "payoff"),
        ({"context": {"extensions": {xapi.EXTENSION + "start": "2026-10-31T18:00:00Z"}}}, "start"),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_its_place(read, change, place):
    log = read(statement(number=1), statement(number=2) | change)
    assert len(log) == 1 and aside(log) == [[2, place]]


def test_the_time_of_storing_serves_where_there_is_no_other(read):
    log = read({**statement(), "timestamp": None, "stored": "2026-10-31T17:30:00Z"})
    assert log["start"].astype(str).tolist() == ["2026-10-31 18:30:00"]


def test_lines_of_which_one_is_damaged_keep_their_numbers(tmp_path):
    lines = [json.dumps(statement(number=number)) for number in (1, 2, 3)]
    (file := tmp_path / "lines.ndjson").write_text("\n".join([lines[0], lines[1][:60], "", f"[{lines[2]}]\r"]))
    log = xapi.read(file, tz="UTC")
    assert len(log) == 2 and aside(log) == [[2, ""]]
    file.write_text("\n".join(json.dumps({"statements": [one], "more": ""}) for one in map(json.loads, lines)))
    assert len(xapi.read(file, tz="UTC")) == 3


def test_a_next_page_is_named_only_where_there_is_an_address_of_one(tmp_path):
    for more, warned in ((None, False), ("", False), (7, False), ("https://lrs.example/more/2", True)):
        (file := tmp_path / "page.json").write_text(json.dumps({"statements": [statement()], "more": more}))
        if warned:
            with pytest.warns(SetAsideWarning, match=r"page\.json: one page of several"):
                xapi.read(file)
        else:
            assert len(xapi.read(file)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": "1", "verb"', "breaks off"),
        ("[]", "without statements"),
        ('{"statements": [], "more": ""}', "without statements"),
        ('{"errorId": "1", "message": "Unauthorized"}', "without statements"),
        ("[" * 100_000, "brackets within brackets"),
        (json.dumps([statement("attempted")]), "expected practice"),
        (json.dumps([statement("launched")]), "nothing that was practised"),
    ],
)
def test_files_without_practice_give_one_clear_error(tmp_path, text, message):
    (file := tmp_path / "statements.json").write_text(text)
    with pytest.raises(SourceError, match=message) as failed:
        xapi.read(file)
    assert str(failed.value).startswith("statements.json")


def test_only_statements_are_recognised(tmp_path):
    for text, expected in ((json.dumps(statement()), True), ('{"verb": 1, "object": 2}', False), ("a,b", False)):
        (file := tmp_path / "file.json").write_text(text)
        assert xapi.recognises(Sample.of(file)) is expected


PRACTICE = st.tuples(
    MOMENTS, st.integers(0, 8_640_000), NAMES, st.none() | st.booleans(), st.none() | st.integers(0, 99)
)


def written(moment, hundredths, name, success, score):
    """Return a statement as tools write it, at the session's end."""
    end = moment.replace(tzinfo=UTC) + timedelta(milliseconds=10 * hundredths)
    hours, rest = divmod(hundredths, 360_000)
    result = {"duration": f"PT{hours}H{rest // 6000}M{rest % 6000 / 100:.2f}S", "success": success,
              "score": None if score is None else {"raw": score, "min": 0, "max": 100}}  # fmt: skip
    return {
        "actor": {"mbox": "mailto:ada@example.org"}, "verb": {"id": f"{ADL}completed"},
        "object": {"id": "https://lms.example/x", "definition": {"name": {"en-US": name}}},
        "result": {key: value for key, value in result.items() if value is not None},
        "timestamp": end.isoformat(timespec="milliseconds"),
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(found=st.lists(PRACTICE, min_size=1, max_size=6), tz=ZONES)
def test_a_round_trip(tmp_path_factory, found, tz):
    file = tmp_path_factory.mktemp("xapi") / "statements.json"
    ones = [{**written(*one), "id": str(number)} for number, one in enumerate(found)]
    file.write_text(json.dumps(ones, ensure_ascii=False), encoding="utf-8")
    log = xapi.read(file, tz=tz).set_index("source_id")
    assert len(log) == len(found)
    for number, (moment, hundredths, name, success, score) in enumerate(found):
        row = log.loc[str(number)]
        assert row["start"] == moment.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).replace(tzinfo=None)
        assert row["skill"] == name and row["minutes"] == pytest.approx(hundredths / 6000, abs=1e-6)
        assert (None if pd.isna(row["successes"]) else bool(row["successes"])) == success
        assert (None if pd.isna(row["score"]) else row["score"]) == score
