"""What holds of every source: the log's form, its own files recognised, nothing twice, bad files in one clear error."""

from __future__ import annotations

import gzip
import zipfile

import pandas as pd
import pytest

from mmlib import sources
from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from tests.sources.mutants import FIXTURES

EACH = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.path.name)


def read(fixture, path=None):
    return sources.read(fixture.tool, path or fixture.path, learner="ada", tz="Europe/Berlin", **fixture.options)


def test_every_tool_has_a_fixture():
    assert {fixture.tool for fixture in FIXTURES} == set(sources.tools())


@EACH
def test_a_fixture_becomes_the_log(fixture):
    log = read(fixture)
    assert log.dtypes.equals(empty_log().dtypes) and log["start"].is_monotonic_increasing
    pd.testing.assert_frame_equal(log, check_log(log).sort_values("start", kind="stable", ignore_index=True))
    assert log["source_id"].notna().all() and not log.duplicated(["learner", "source_id"]).any()
    assert set(log["source"]) == {fixture.tool}
    assert all(problem.row and problem.found and problem.expected for problem in log.attrs["set_aside"])


@EACH
def test_a_fixture_is_recognised_as_its_tools_and_no_others(fixture):
    if fixture.options and fixture.tool == "csv":
        with pytest.raises(SourceError, match="--guess"):
            sources.recognised(fixture.path)
    else:
        assert sources.recognised(fixture.path) == fixture.tool


@EACH
def test_importing_twice_adds_nothing(fixture, tmp_path):
    log = read(fixture)
    log.attrs = {}
    half = len(log) // 2
    assert append_sessions(tmp_path / "log.csv", log.iloc[half:]) == len(log) - half
    assert append_sessions(tmp_path / "log.csv", read(fixture)) == half
    assert append_sessions(tmp_path / "log.csv", log) == 0


@EACH
def test_the_learner_and_the_zone_are_checked_and_used(fixture):
    with pytest.raises(SourceError, match="Europe/Berlin"):
        sources.read(fixture.tool, fixture.path, tz="Europe/Berln", **fixture.options)
    if fixture.tool not in ("datashop", "xapi"):  # they name their learners
        assert set(read(fixture)["learner"]) == {"ada"}


@EACH
def test_what_is_no_export_at_all_is_one_clear_error(fixture, tmp_path):
    data = fixture.path.read_bytes()
    name = fixture.path.name
    kinds = {
        "empty": b"",
        "blank": b" \n\n",
        "pdf": b"%PDF-1.7 and more",
        "page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
        "gzip": gzip.compress(data),
        "utf-16": "Ärger,mit,Umlauten\n1,2,3\n".encode("utf-16"),
        "noise": bytes(range(256)) * 40,
        "null": b"null",
    }
    for content in kinds.values():
        (file := tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError, match=name.split(".")[0]) as failed:
            read(fixture, file)
        assert all(problem.found and problem.expected and problem.advice for problem in failed.value.problems)
    for path in (tmp_path, tmp_path / f"none{name}"):
        with pytest.raises(SourceError, match=r"a folder|no such file"):
            read(fixture, path)


@EACH
def test_a_zipped_file_is_unpacked_or_named_as_such(fixture, tmp_path):
    with zipfile.ZipFile(file := tmp_path / f"{fixture.path.stem}.zip", "w") as archive:
        archive.write(fixture.path, fixture.path.name)
    try:
        log = read(fixture, file)
    except SourceError as error:
        assert "archive" in str(error).casefold() and file.name in str(error)
    else:
        assert len(log) == len(read(fixture))


@EACH
def test_a_file_of_more_than_a_gigabyte_is_refused_unread(fixture, tmp_path):
    file = tmp_path / fixture.path.name
    with file.open("wb") as out:
        out.write(fixture.path.read_bytes()[:64])
        out.truncate(2 << 30)  # a sparse file: it takes no room
    with pytest.raises(SourceError, match="more than 1 GB"):
        read(fixture, file)


def test_another_tools_file_is_never_taken_for_ones_own(tmp_path):
    for fixture in FIXTURES:
        for other in FIXTURES:
            if other.tool in (fixture.tool, "csv"):
                continue
            file = tmp_path / f"{other.path.stem}{fixture.path.suffix}"
            file.write_bytes(fixture.path.read_bytes())
            with pytest.raises(SourceError):
                sources.read(other.tool, file, tz="UTC", **other.options)
