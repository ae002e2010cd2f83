"""xAPI statements become the log, and the log becomes valid statements that become the same log."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mmlib as mm
from mmlib.errors import SetAsideWarning, SourceError
from mmlib.log import append_sessions, check_log
from mmlib.sources import recognised, set_aside, xapi, xapi_export
from mmlib.sources.xapi_statement import seconds_in
from tests.sources.shapes import MINUTES, MOMENTS, NAMES, NOTES

DATA = Path(__file__).parent / "data" / "xapi.json"


@pytest.fixture
def log():
    return xapi.read(DATA, tz="Europe/Berlin")


def test_each_statement_of_practice_is_a_row(log):
    assert log["learner"].tolist() == ["Ada", "ben", "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"]
    assert log["skill"].tolist() == ['Play "ukulele"', "juggling three", "drawing"]
    assert log["start"].astype(str).tolist() == ["2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-26 11:00:00"]
    assert log["minutes"].fillna(0).tolist() == [20, 70.5, 0] and log["score"].fillna(0).tolist() == [90, 0.25, 0]
    assert log["reps"].fillna(0).tolist() == [1, 1, 0] and log["successes"].fillna(0).tolist() == [1, 0, 0]
    assert log["source_id"].tolist()[0] == "11111111-1111-4111-8111-111111111111"


def test_what_was_voided_or_only_opens_is_no_practice_and_the_rest_is_set_aside(log):
    assert "mistake" not in set(log["skill"])
    assert set_aside(log)[["row", "column"]].to_numpy().tolist() == [
        [7, "timestamp"], [8, "result.duration"], [9, "object"], [10, ""]
    ]  # fmt: skip


def test_an_array_one_statement_and_lines_are_read_and_a_lone_actor_is_whom_you_name(tmp_path):
    one = json.loads(DATA.read_text())["statements"][0]
    for text in (json.dumps(one), json.dumps([one]), json.dumps(one) + "\n" + json.dumps({**one, "id": "b"}) + "\n"):
        (file := tmp_path / "statements.json").write_text(text)
        assert recognised(file) == "xapi"
        assert set(xapi.read(file, learner="me")["learner"]) == {"me"}


def test_a_page_of_several_says_so_and_fetches_nothing(tmp_path):
    whole = json.loads(DATA.read_text()) | {"more": "/xapi/statements?page=2"}
    (file := tmp_path / "page.json").write_text(json.dumps(whole))
    with pytest.warns(SetAsideWarning, match="one page of several"):
        assert len(xapi.read(file)) == 3


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT20M", 1200), ("PT1H5M30.25S", 3930.25), ("P1DT1S", 86401), ("P2W", 1209600), ("PT0S", 0),
     ("P1Y", None), ("P1M", None), ("PT", None), ("P", None), ("20 min", None), ("", None), (20, None)],
)  # fmt: skip
def test_durations(text, seconds):
    assert seconds_in(text) == seconds


RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def valid(statement):
    """Check a statement against the rules of the xAPI specification (1.0.3, part two; the same in 2.0)."""
    assert set(statement) <= {"id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority",
                              "version", "attachments"}  # fmt: skip
    assert str(uuid.UUID(statement["id"])) == statement["id"]
    assert RFC_3339.fullmatch(statement["timestamp"]) and datetime.fromisoformat(statement["timestamp"])
    actor, verb, thing = statement["actor"], statement["verb"], statement["object"]
    assert actor["objectType"] == "Agent" and len({"mbox", "mbox_sha1sum", "openid", "account"} & set(actor)) == 1
    assert set(actor["account"]) == {"homePage", "name"} and IRI.fullmatch(actor["account"]["homePage"])
    assert IRI.fullmatch(verb["id"]) and IRI.fullmatch(thing["id"]) and IRI.fullmatch(thing["definition"]["type"])
    assert thing["objectType"] == "Activity" and set(thing["definition"]) <= {"name", "description", "type", "moreInfo"}
    for language in (*verb["display"], *thing["definition"]["name"]):
        assert re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language)
    result = statement.get("result", {"success": True})
    assert result and set(result) <= {"score", "success", "completion", "response", "duration", "extensions"}
    assert not result.get("score") or set(result["score"]) <= {"scaled", "raw", "min", "max"}
    assert re.fullmatch(r"PT\d+(\.\d{1,2})?S", result.get("duration", "PT0S")) and isinstance(
        result.get("success", True), bool
    )
    assert set(statement["context"]) <= {"platform", "extensions", "registration", "language"}
    assert all(IRI.fullmatch(name) for name in statement["context"]["extensions"])
    assert "null" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", json.dumps(statement, allow_nan=False))


def test_the_samples_log_becomes_valid_statements_with_ids_of_their_own():
    log = mm.read_log("data/sample/log.csv") if Path("data/sample/log.csv").exists() else mm.load("data/sample").log
    found = xapi_export.statements(log[mm.log.COLUMNS].head(300), tz="Europe/Berlin")
    for statement in found:
        valid(statement)
    assert len({statement["id"] for statement in found}) == len(found)
    assert found == xapi_export.statements(log[mm.log.COLUMNS].head(300), tz="Europe/Berlin"), "the same each time"


def test_the_command_writes_statements_that_import_again(tmp_path, mm_command):
    log = pd.DataFrame(
        {"skill": ["ukulele"] * 2, "start": ["2026-10-31 18:30", "2026-10-31 19:30"], "minutes": [20, 15]}
    )
    append_sessions(tmp_path / "me" / "log.csv", log)
    code, out, _ = mm_command("export", "xapi", "me", "--out", "s.json", "--tz", "Europe/Berlin")
    assert code == 0 and "2 statements written to s.json" in out
    assert mm_command("import", "s.json", "--into", "other", "--tz", "Asia/Tokyo")[0] == 0
    assert mm.load(tmp_path / "other").log["start"].tolist() == mm.load(tmp_path / "me").log["start"].tolist()
    assert mm_command("export", "scorm", "me")[0] != 0


def test_a_zone_that_there_is_not_is_named():
    with pytest.raises(SourceError, match="Europe/Berlin"):
        xapi_export.statements(mm.log.empty_log(), tz="Europe/Berln")


RATING = st.none() | st.integers(1, 5)
SESSIONS = st.lists(
    st.fixed_dictionaries({
        "learner": NAMES, "skill": NAMES, "start": MOMENTS, "minutes": st.none() | MINUTES, "note": NOTES,
        "reps": st.none() | st.integers(5, 99), "successes": st.none() | st.integers(0, 5), "self": NOTES,
        "score": st.none() | st.integers(-99, 9999).map(lambda tenths: tenths / 10), "payoff": RATING, "flow": RATING,
        "mood_before": RATING, "part": st.none() | st.sampled_from(["isolate", "repeat"]), "variation": NOTES,
    }),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(sessions=SESSIONS, zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Africa/Monrovia"]))
def test_a_log_comes_back_as_it_was(tmp_path_factory, sessions, zone):
    file = tmp_path_factory.mktemp("xapi") / "statements.json"
    log = check_log(pd.DataFrame(sessions))
    assert xapi_export.write(log, file, tz=zone) == len(log)
    for statement in json.loads(file.read_text(encoding="utf-8")):
        valid(statement)
    learner = log["learner"].iloc[0]
    again = check_log(xapi.read(file, learner=learner, tz="Asia/Kolkata")).drop(columns=["source", "source_id"])
    expected = log.drop(columns=["source", "source_id"])
    keys = ["learner", "start", "skill", "note", "minutes", "score"]
    pd.testing.assert_frame_equal(
        *(one.sort_values(keys, kind="stable", ignore_index=True) for one in (again, expected)), rtol=0, atol=1e-6
    )


def test_a_row_of_another_tool_keeps_its_id_and_is_known_again(tmp_path):
    log = check_log(
        pd.DataFrame({"skill": ["cube"], "start": ["2026-10-31"], "source": ["cstimer"], "source_id": ["a-1"]})
    )
    append_sessions(tmp_path / "log.csv", log)
    xapi_export.write(log, tmp_path / "s.json", tz="UTC")
    again = xapi.read(tmp_path / "s.json", tz="UTC")
    assert again[["source", "source_id"]].to_numpy().tolist() == [["cstimer", "a-1"]]
    assert append_sessions(tmp_path / "log.csv", again) == 0
