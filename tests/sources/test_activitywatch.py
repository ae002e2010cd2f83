"""ActivityWatch's windows become sessions, by rules that say which window is which skill."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.sources import activitywatch, set_aside
from mmlib.sources.activitywatch.spans import common, joined
from mmlib.sources.reading import Sample
from tests.sources.shapes import NAMES, ZONES

DATA = Path(__file__).parent / "data"
RULES = DATA / "activitywatch.toml"
GUITAR = "[guitar]\napp = 'guitar'\n"


def event(start, minutes, **data):
    """Return an event of 31 October 2026 that begins at a time of day, in universal time."""
    return {"timestamp": f"2026-10-31T{start}+00:00", "duration": minutes * 60.0, "data": data}


def bucket(*events, kind="currentwindow", host="desk"):
    return {"type": kind, "client": "aw-watcher", "hostname": host, "events": list(events)}


@pytest.fixture
def sessions(tmp_path):
    def read(*buckets, rules=GUITAR, export=None, **options):
        export = export or {"buckets": {f"bucket {place}": one for place, one in enumerate(buckets)}}
        (tmp_path / "export.json").write_text(json.dumps(export), encoding="utf-8")
        (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
        return activitywatch.read(tmp_path / "export.json", mapping=tmp_path / "rules.toml", **{"tz": "UTC", **options})

    return read


def times(log):
    return list(zip(log["start"].dt.strftime("%H:%M:%S"), log["minutes"], strict=True))


def test_an_export_of_all_buckets():
    log = activitywatch.read(DATA / "activitywatch.json", learner="ada", tz="Europe/Berlin", mapping=RULES)
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert log["skill"].tolist() == ["cards", "cards", "guitar", "touch typing"]
    assert log["minutes"].tolist() == [5, 5, 15, 9]
    assert log["start"].dt.strftime("%d %H:%M:%S.%f").str[:-3].tolist() == [
        "25 02:30:00.000", "25 02:30:00.000", "31 18:30:00.250", "31 20:05:00.000",
    ]  # fmt: skip
    assert log["source_id"].tolist() == [
        "cards/2026-10-25T00:30:00.000+00:00", "cards/2026-10-25T01:30:00.000+00:00",
        "guitar/2026-10-31T17:30:00.250+00:00", "touch typing/2026-10-31T19:05:00.000+00:00",
    ]  # fmt: skip
    assert set(log["learner"]) == {"ada"} and set(log["source"]) == {"activitywatch"}
    assert log[["reps", "successes", "score", "note"]].isna().all(axis=None)
    assert set_aside(log).empty
    assert log.attrs["left_out"] == {"events": 3, "sessions": 1}, "two mails, a page's window; one stray half minute"


def test_a_single_bucket_and_one_without_its_wrapping_are_the_same(sessions):
    one = bucket(event("17:30:00", 10, app="TuxGuitar"))
    logs = [sessions(one), *(sessions(export=export) for export in (one, {"a": one}, {"buckets": [one]}))]
    assert all(times(log) == [("17:30:00", 10)] for log in logs)


def test_events_join_over_gaps_that_the_rules_allow(sessions):
    events = [
        event("17:00:00", 10, app="guitar"),
        event("17:14:00", 1, app="guitar"),
        event("17:21:00", 2, app="guitar"),
    ]
    assert times(sessions(bucket(*events))) == [("17:00:00", 11), ("17:21:00", 2)]
    assert times(sessions(bucket(*events), rules=f"gap = 6\n{GUITAR}")) == [("17:00:00", 13)]
    assert times(sessions(bucket(*events), rules=f"gap = 0\nshortest = 1.5\n{GUITAR}")) == [
        ("17:00:00", 10),
        ("17:21:00", 2),
    ]


def test_what_overlaps_counts_once_and_seconds_between_two_titles_count(sessions):
    first = event("17:00:00", 10, app="guitar", title="A")
    others = [event("17:05:00", 10, app="guitar", title="B"), event("17:15:04", 1, app="guitar", title="C")]
    log = sessions(bucket(first, first, *others), bucket(event("17:10:00", 2, app="guitar"), host="laptop"))
    assert times(log) == [("17:00:00", pytest.approx(16 + 4 / 60))]


def test_time_away_is_taken_out_for_the_same_computer(sessions):
    window = bucket(event("17:00:00", 60, app="guitar"))
    away = bucket(event("16:00:00", 70, status="not-afk"), event("17:10:00", 20, status="afk"),
                  event("17:30:00", 15, status="not-afk"), kind="afkstatus")  # fmt: skip
    elsewhere = bucket(event("17:00:00", 5, status="not-afk"), kind="afkstatus", host="laptop")
    assert times(sessions(window, away, elsewhere)) == [("17:00:00", 10), ("17:30:00", 15)]
    assert times(sessions(window, elsewhere)) == [("17:00:00", 60)]
    assert times(sessions(window, away, rules=f"{GUITAR}idle = true\n")) == [("17:00:00", 60)]


def test_a_tab_counts_while_a_browser_is_in_front(sessions):
    tab = bucket(event("17:00:00", 60, url="https://lichess.org/training"), kind="web.tab.current")
    front = [event("17:00:00", 20, app="Google-chrome"), event("17:20:00", 40, app="code")]
    rules = "[chess]\nurl = 'lichess'\n"
    assert times(sessions(tab, bucket(*front), rules=rules)) == [("17:00:00", 20)]
    assert times(sessions({**tab, "hostname": "unknown"}, bucket(*front), rules=rules)) == [("17:00:00", 20)]
    assert times(sessions(tab, bucket(front[1]), rules=rules)) == [("17:00:00", 60)], "no browser was ever seen"


def test_all_expressions_of_a_rule_must_be_found_and_the_first_skill_that_fits_has_the_event(sessions):
    rules = """
        [scales]
        app = 'guitar'
        title = 'scale|mode'
        [[guitar]]
        app = 'GUITAR'
        [[guitar]]
        title = '^guitar lesson'
    """
    seen = [("Guitar Pro", "C major scale"), ("Guitar Pro", ""), ("vlc", "Guitar lesson 3"), ("vlc", "A guitar")]
    events = [event(f"17:{5 * n:02}:00", 5, app=app, title=title) for n, (app, title) in enumerate(seen)]
    log = sessions(bucket(*events), rules=rules)
    assert log["skill"].tolist() == ["scales", "guitar"] and log["minutes"].tolist() == [5, 10]
    assert log.attrs["left_out"] == {"events": 1, "sessions": 0}


def test_a_session_that_goes_on_in_a_later_export_is_known(sessions, tmp_path):
    first, second = event("17:00:00", 10, app="guitar"), event("17:12:00", 10, app="guitar")
    later = event("20:00:00", 10, app="guitar")
    assert append_sessions(tmp_path, sessions(bucket(first))) == 1
    assert append_sessions(tmp_path, sessions(bucket(later, second, first))) == 1
    assert append_sessions(tmp_path, sessions(bucket(second, first, later))) == 0


def test_without_rules_it_says_how_to_write_them():
    with pytest.raises(SourceError, match=r"--map rules\.toml") as caught:
        activitywatch.read(DATA / "activitywatch.json")
    assert "[guitar]" in str(caught.value) and 'In front for longest: "thunderbird", "TuxGuitar"' in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("", "an empty file"),
        ("gap = 5", "no rules"),
        ("guitar", "TOML that cannot be read"),
        ("guitar = 'app'", '"guitar" without a table'),
        ("gap = -1\n[guitar]\napp = 'a'", "gap = "),
        ("gap = 'long'\n[guitar]\napp = 'a'", "gap = "),
        ("[guitar]\n", r"nothing to look for in the rule \[guitar\]"),
        ("[guitar]\nidle = true", r"nothing to look for in the rule \[guitar\]"),
        ("[guitar]\napps = 'a'", 'Did you mean "app"'),
        ("[guitar]\napp = 'C++('", r"in the rule \[guitar\], expected a regular expression"),
        ("[guitar]\napp = 5", r"in the rule \[guitar\], expected a regular expression"),
    ],
)
def test_bad_rules_are_refused_by_name(sessions, rules, said):
    with pytest.raises(SourceError, match=said) as caught:
        sessions(bucket(event("17:00:00", 10, app="guitar")), rules=rules)
    assert str(caught.value).startswith("rules.toml")


def test_a_rule_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"none\.toml: found no such file"):
        activitywatch.read(DATA / "activitywatch.json", mapping=tmp_path / "none.toml")


def test_rules_that_fit_nothing_say_what_there_is(sessions):
    with pytest.raises(SourceError, match="2 events that fit no rule") as caught:
        sessions(bucket(event("17:00:00", 10, app="vlc"), event("17:10:00", 5, title="Mail")))
    assert '"vlc", "Mail"' in str(caught.value)
    with pytest.raises(SourceError, match="0 events that fit no rule, 1 session too short"):
        sessions(bucket(event("17:00:00", 0.5, app="guitar")))


def test_bad_events_are_set_aside_and_counts_add_up(sessions):
    good = event("17:00:00", 10, app="guitar")
    moments = [{**good, "timestamp": text} for text in ("yesterday", "1969-10-31T17:00:00Z", 5)]
    lengths = [{**good, "duration": seconds} for seconds in ("long", -1, 1e30)]
    log = sessions(bucket(7, {}, *moments, good, *lengths, {**good, "data": None}))
    aside = set_aside(log)
    assert times(log) == [("17:00:00", 10)] and aside["row"].tolist() == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert aside["column"].tolist() == ["timestamp"] * 5 + ["duration"] * 3 + ["data"]


def test_an_export_of_bad_events_alone_says_what_is_wrong_with_them(sessions):
    with pytest.raises(SourceError, match='column "data"'):
        sessions(bucket({"timestamp": "2026-10-31T17:00:00Z", "duration": 1, "data": 3}))


def test_its_files_are_recognised_and_others_are_not(tmp_path):
    assert activitywatch.recognises(Sample.of(DATA / "activitywatch.json"))
    (tmp_path / "one.json").write_text(json.dumps(bucket(event("17:00:00", 10, app="guitar"))), encoding="utf-8")
    assert activitywatch.recognises(Sample.of(tmp_path / "one.json"))
    assert not activitywatch.recognises(Sample.of(DATA / "cstimer.json"))


def test_other_files_give_one_clear_error(tmp_path):
    (tmp_path / "list.json").write_text("[1, 2]", encoding="utf-8")
    (tmp_path / "cut.json").write_bytes((DATA / "activitywatch.json").read_bytes()[:900])
    for file in (tmp_path / "list.json", tmp_path / "cut.json", DATA / "cstimer.json", DATA / "toggl_now.csv"):
        with pytest.raises(SourceError, match="expected ActivityWatch's buckets") as caught:
            activitywatch.read(file, mapping=RULES)
        assert str(caught.value).startswith(file.name) and "Export all buckets" in str(caught.value)


STRETCHES = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 400)), min_size=1, max_size=30)


@given(STRETCHES, STRETCHES)
def test_stretches_of_time_are_those_of_a_count_second_by_second(some, others):
    spread = 20  # further apart than a pulse: gaps stay
    seconds = [set(), set()]
    spans = []
    for place, given_spans in enumerate((some, others)):
        for start, length in given_spans:
            seconds[place] |= set(range(start, start + length))
        spans.append(
            joined(*np.array([(start * spread, (start + length) * spread) for start, length in given_spans]).T)
        )
    for one, told in zip(spans, seconds, strict=True):
        assert (one[1] - one[0]).sum() == spread * len(told)
    starts, ends = common(*spans)
    assert (ends - starts).sum() == spread * len(seconds[0] & seconds[1])
    assert (ends > starts).all() and (starts[1:] >= ends[:-1]).all()


PRACTISED = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 240)), min_size=1, max_size=15)


def written(begun: list[tuple[datetime, int]], app: str) -> str:
    """Return sessions of whole minutes as events of half a minute each, newest first."""
    events = [
        {"timestamp": (start + timedelta(seconds=30 * half)).isoformat(), "duration": 29.5 + half % 2 / 2,
         "data": {"app": app, "title": f"Piece {half}"}}
        for start, minutes in begun
        for half in range(2 * minutes)
    ]  # fmt: skip
    held = {"id": "w", "created": "2026-01-01T00:00:00Z", "type": "currentwindow", "client": "c", "hostname": "h"}
    return json.dumps({"buckets": {"w": {**held, "events": events[::-1]}}}, ensure_ascii=False)


@given(PRACTISED, NAMES, ZONES)
@settings(deadline=None, max_examples=40)
def test_what_is_written_comes_back(practised, name, tz):
    moment, begun = datetime(2026, 10, 24, 20, 0, tzinfo=UTC), []
    for pause, minutes in practised:
        moment += timedelta(minutes=pause + 5, seconds=1)
        begun.append((moment, minutes))
        moment += timedelta(minutes=minutes)
    folder = Path(tempfile.mkdtemp())
    (folder / "export.json").write_text(written(begun, name), encoding="utf-8")
    (folder / "rules.toml").write_text(
        f"[{json.dumps(name, ensure_ascii=False)}]\ntitle = '^Piece'\n", encoding="utf-8"
    )
    log = activitywatch.read(folder / "export.json", tz=tz, mapping=folder / "rules.toml")
    assert set(log["skill"]) == {name}
    byid = log.sort_values("source_id")
    assert byid["minutes"].tolist() == pytest.approx([minutes for _, minutes in begun])
    assert byid["start"].tolist() == [start.astimezone(ZoneInfo(tz)).replace(tzinfo=None) for start, _ in begun]
