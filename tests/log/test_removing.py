"""Rows are taken out of the log by their ids, and nothing else in the file changes."""

import csv
import io
import multiprocessing
import os

import pytest

from mmlib.errors import LogFormatError
from mmlib.log import append_sessions, read_log
from mmlib.log.removing import remove_sessions

HEAD = b"learner,skill,start,minutes,note,source,source_id"


def row(source_id, learner="me", source="logbook", skill="juggling"):
    return f"{learner},{skill},2026-10-31T18:30:00,15,,{source},{source_id}".encode()


def left(path, lines, ids=("a1",), **how):
    """Write these bytes, take the rows out, and return how many went and the bytes that are left."""
    path.write_bytes(lines)
    return remove_sessions(path, ids, source="logbook", **how), path.read_bytes()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log.csv"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_just_the_row_goes_with_its_line_end(log, end, place):
    others = [row("b2", skill="omelette"), row("c3")]
    all_rows = [*others[:place], row("a1"), *others[place:]]
    gone, data = left(log, end.join([HEAD, *all_rows]) + end)
    assert (gone, data) == (1, end.join([HEAD, *others]) + end)


@pytest.mark.parametrize(
    "other",
    [
        row("a1", learner="ada"),  # another learner's
        row("a1", source="drill"),  # another source's
        row("a11"),
        b"me,juggling,a1",  # not a whole row
        b'me,"juggling,2026-10-31,15,,logbook,a1',  # a mark that is not closed
        b"me,juggling,yesterday,many,a1,,",  # bad values
        b'me,juggling,2026-10-31,15,"two\nlines",toggl,a1',
        b"",
        b"   ",
    ],
)
def test_other_rows_stay_byte_for_byte_good_or_bad(log, other):
    gone, data = left(log, b"\n".join([HEAD, row("b2"), other, row("a1"), other, row("c3"), b""]))
    assert (gone, data) == (1, b"\n".join([HEAD, row("b2"), other, other, row("c3"), b""]))


def test_a_row_that_a_spreadsheet_quoted_is_still_found(log):
    quoted = b'"me","juggling","2026-10-31T18:30:00","15","said ""hop""\n\nand, well","logbook","a1"'
    gone, data = left(log, b"\r\n".join([HEAD, row("b2"), quoted, row("c3"), b""]))
    assert (gone, data) == (1, b"\r\n".join([HEAD, row("b2"), row("c3"), b""]))


@pytest.mark.parametrize("separator", [b";", b"\t"])
def test_other_separators(log, separator):
    lines = b"\n".join([HEAD, row("b2"), row("a1"), b""]).replace(b",", separator)
    gone, data = left(log, lines)
    assert (gone, data) == (1, b"\n".join([HEAD, row("b2"), b""]).replace(b",", separator))


def test_a_byte_order_mark_stays(log):
    gone, data = left(log, b"\xef\xbb\xbf" + b"\n".join([HEAD, row("a1"), row("b2", skill="übung"), b""]))
    assert (gone, data) == (1, b"\xef\xbb\xbf" + b"\n".join([HEAD, row("b2", skill="übung"), b""]))


def test_a_last_line_that_breaks_off_stays(log):
    gone, data = left(log, b"\n".join([HEAD, row("a1"), row("b2"), row("c3")[:20]]))
    assert (gone, data) == (1, b"\n".join([HEAD, row("b2"), row("c3")[:20]]))


def test_a_last_row_without_a_line_end_goes_too(log):
    assert left(log, b"\n".join([HEAD, row("b2"), row("a1")])) == (1, b"\n".join([HEAD, row("b2"), b""]))


def test_the_columns_may_stand_in_any_order_and_case(log):
    gone, data = left(log, b"Source_ID,Skill,Source,Start\na1,x,logbook,2026-10-31\nb2,x,logbook,2026-10-31\n")
    assert (gone, data) == (1, b"Source_ID,Skill,Source,Start\nb2,x,logbook,2026-10-31\n")


def test_a_log_without_a_column_of_learners_is_of_me(log):
    lines = b"skill,start,source,source_id\nx,2026-10-31,logbook,a1\n"
    assert left(log, lines, learner="ada") == (0, lines)
    assert left(log, lines) == (1, b"skill,start,source,source_id\n")


def test_a_log_without_sources_loses_nothing(log):
    lines = b"skill,start,note\na1,2026-10-31,logbook\n"
    assert left(log, lines) == (0, lines)


def test_nothing_there_is_nothing_done(log):
    assert remove_sessions(log, ["a1"], source="logbook") == 0
    assert not log.exists()
    lines = b"\n".join([HEAD, row("b2"), b""])
    log.write_bytes(lines)
    before = log.stat()
    assert remove_sessions(log, ["a1"], source="logbook") == 0
    assert (log.stat().st_ino, log.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_several_rows_go_at_once(log):
    lines = b"\n".join([HEAD, row("a1"), row("b2"), row("c3"), b""])
    assert left(log, lines, ids=["c3", "a1", "z9"]) == (2, b"\n".join([HEAD, row("b2"), b""]))


def test_the_header_stays_even_if_it_reads_like_the_row(log):
    lines = b"skill,start,source,source_id\n"
    log.write_bytes(lines)
    assert remove_sessions(log, ["source_id"], source="source") == 0


def test_a_log_that_is_not_text_is_refused_and_left(log):
    lines = b"\n".join([HEAD, row("a1"), b"caf\xe9", b""])
    log.write_bytes(lines)
    with pytest.raises(LogFormatError, match="not UTF-8"):
        remove_sessions(log, ["a1"], source="logbook")
    assert log.read_bytes() == lines


def test_a_link_stays_a_link(log, tmp_path):
    real = tmp_path / "cloud" / "practice.csv"
    real.parent.mkdir()
    real.write_bytes(b"\n".join([HEAD, row("a1"), b""]))
    log.symlink_to(real)
    assert remove_sessions(log, ["a1"], source="logbook") == 1
    assert log.is_symlink()
    assert real.read_bytes() == HEAD + b"\n"


def test_appending_and_removing_are_opposites_even_where_the_log_had_no_such_columns(log):
    log.write_bytes(b"skill,start,minutes\nomelette,2026-10-30,20\n")
    session = {"skill": "juggling", "start": "2026-10-31 18:30", "source": "logbook", "source_id": "a1"}
    append_sessions(log, session)
    assert len(read_log(log)) == 2
    assert remove_sessions(log, ["a1"], source="logbook") == 1
    assert read_log(log)[["skill", "minutes"]].to_numpy().tolist() == [["omelette", 20.0]]


def work(path, name):
    """Add twenty sessions, and take every other one out again."""
    for number in range(20):
        source_id = f"{name}-{number}"
        append_sessions(path, {"skill": "x", "start": "2026-10-31", "source": "logbook", "source_id": source_id})
        if number % 2 and remove_sessions(path, [source_id], source="logbook") != 1:
            os._exit(1)


def test_processes_that_add_and_undo_at_the_same_time_lose_nothing_and_leave_nothing(log):
    append_sessions(log, {"skill": "kept", "start": "2026-10-30"})
    first = log.read_bytes()
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=work, args=(log, name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert log.read_bytes().startswith(first)
    ids = [record["source_id"] for record in csv.DictReader(io.StringIO(log.read_text()))]
    assert sorted(ids) == sorted(["", *(f"{name}-{number}" for name in "abc" for number in range(0, 20, 2))])
    assert [path.name for path in log.parent.iterdir() if path.name.endswith(".part")] == []
