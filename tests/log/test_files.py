"""The log's files: reading strictly, setting aside, appending safely, also after a crash and with many writers."""

import multiprocessing
import re
import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import LogFormatError, SetAsideWarning
from mmlib.log import append_sessions, check_log, quarantine, read_log, write_log

GOOD = "skill,start,minutes\njuggling,2026-10-30,10\njuggling,2026-10-31,20\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "log.csv"


def test_semicolons_decimal_commas_and_a_byte_order_mark(file):
    file.write_bytes("\ufeffskill;start;minutes;score\njuggling;2026-10-31 18:30;1h30;12,5\n".encode())
    log = read_log(file)
    assert log[["minutes", "score"]].to_numpy().tolist() == [[90.0, 12.5]]


def test_windows_line_ends_blank_lines_and_tabs(file):
    file.write_bytes(b"Skill\tStart\tminutes\r\njuggling\t2026-10-31\t5\r\n\r\nomelette\t2026-10-30\t6\r\n")
    assert read_log(file)["minutes"].tolist() == [6.0, 5.0]


def test_rows_are_counted_as_a_spreadsheet_counts_them(file):
    file.write_text('skill,start,note,payoff\na,2026-10-30,"two\nlines",1\n\na,2026-10-31,,9\n')
    with pytest.raises(LogFormatError) as caught:
        read_log(file)
    assert [problem.row for problem in caught.value.problems] == [4]


def test_a_quoted_separator_is_text(file):
    file.write_text('skill,start,note\na,2026-10-30,"slow, then fast"\n')
    assert read_log(file).loc[0, "note"] == "slow, then fast"


@pytest.mark.parametrize("line", ["a,2026-10-30", "a,2026-10-30,5,6,7"])
def test_a_row_of_the_wrong_width_is_named(file, line):
    file.write_text(GOOD + line + "\n" + "a,2026-10-30,7\n")
    with pytest.raises(LogFormatError, match=r"row 4: found \d values, expected 3 values as in the header"):
        read_log(file)


def test_an_empty_file_wants_a_header(file):
    file.write_bytes(b"")
    with pytest.raises(LogFormatError, match="a header"):
        read_log(file)


def test_a_header_alone_is_an_empty_log(file):
    file.write_text("skill,start\n")
    assert read_log(file).empty


def test_another_encoding_is_named_with_its_row(file):
    file.write_bytes(GOOD.encode() + "ömelette,2026-10-30,5\n".encode("latin-1"))
    with pytest.raises(LogFormatError, match="row 4: found a byte that is not UTF-8"):
        read_log(file)


def test_set_aside_rows_are_written_with_reasons_and_counts_add_up(file):
    file.write_text(GOOD + "juggling,03/04/2026,x\njuggling,2026-10-29,30\n,2026-10-29,1\n")
    with pytest.warns(SetAsideWarning, match=r"2 rows set aside in log\.quarantine\.csv, 3 rows loaded"):
        log = read_log(file, errors="quarantine")
    aside = pd.read_csv(quarantine(file))
    assert len(log) + len(aside) == 5
    assert aside["row"].tolist() == [4, 6]
    assert aside.loc[0, ["start", "minutes"]].tolist() == ["03/04/2026", "x"]
    assert "2026-04-03" in aside.loc[0, "reason"]


def test_a_mended_log_leaves_no_old_quarantine(file):
    file.write_text(GOOD + "juggling,2026-10-29,x\n")
    with pytest.warns(SetAsideWarning):
        read_log(file, errors="quarantine")
    file.write_text(GOOD)
    read_log(file, errors="quarantine")
    assert not quarantine(file).exists()


def test_parquet_is_read_and_checked_like_csv(tmp_path):
    path = tmp_path / "log.parquet"
    log = check_log(pd.DataFrame({"skill": ["a", "b"], "start": ["2026-10-30", "2026-10-31"], "reps": [3, None]}))
    log.to_parquet(path)
    pd.testing.assert_frame_equal(read_log(path), log)
    log.assign(payoff=[9.0, None]).to_parquet(path)
    with pytest.raises(LogFormatError, match=r'log\.parquet, row 2, column "payoff"'):
        read_log(path)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "skill": TEXTS.filter(bool),
                "start": st.datetimes(min_value=pd.Timestamp(1950, 1, 1), max_value=pd.Timestamp(2100, 1, 1)),
                "minutes": st.none() | st.floats(0, 1e4),
                "reps": st.none() | st.integers(0, 10**9),
                "score": st.none() | st.floats(-1e9, 1e9),
                "note": st.none() | TEXTS.filter(bool),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_is_what_is_read(tmp_path_factory, rows):
    file = tmp_path_factory.mktemp("log") / "log.csv"
    log = check_log(pd.DataFrame(rows))
    write_log(log, file)
    pd.testing.assert_frame_equal(read_log(file), log)


def test_append_makes_the_file_and_adds_whole_lines(file):
    assert append_sessions(file, {"skill": "a", "start": "2026-10-30 10:00", "note": "one\ntwo"}) == 1
    assert append_sessions(file, [{"skill": "b", "start": "2026-10-31", "score": 2.5}]) == 1
    assert len(file.read_text().splitlines()) == 3
    assert read_log(file)["note"].tolist()[0] == "one two"


def test_a_bad_session_adds_nothing(file):
    append_sessions(file, {"skill": "a", "start": "2026-10-30"})
    before = file.read_bytes()
    with pytest.raises(LogFormatError):
        append_sessions(file, [{"skill": "a", "start": "2026-10-31"}, {"skill": "a", "start": "never"}])
    assert file.read_bytes() == before


def test_append_keeps_the_files_own_separator_and_adds_the_columns_it_lacks(file):
    file.write_text('skill;start;minutes\njuggling;2026-10-30;"1,5"\n')
    append_sessions(file, {"skill": "a", "start": "2026-10-31", "minutes": 2.5, "payoff": 4})
    assert read_log(file).loc[1, "learner"] == "me"
    assert file.read_text().splitlines()[0] == "skill;start;minutes;payoff"
    assert read_log(file)[["minutes", "payoff"]].iloc[1].tolist() == [2.5, 4.0]
    assert read_log(file)["minutes"].tolist() == [1.5, 2.5]


def test_the_same_source_id_is_added_once_per_learner(file):
    row = {"skill": "a", "start": "2026-10-30", "source": "cstimer", "source_id": "7"}
    assert append_sessions(file, [row, row]) == 1
    assert append_sessions(file, [row, {**row, "source_id": "8"}]) == 1
    assert append_sessions(file, {**row, "learner": "bob"}) == 1
    plain = {"skill": "a", "start": "2026-10-30"}
    assert append_sessions(file, [plain, plain]) == 2


@pytest.mark.parametrize("torn", ["juggling,2026-1", 'juggling,2026-10-31,"unfin', "jugg"])
def test_a_line_cut_off_by_a_crash_is_reported_and_never_eats_a_good_row(file, torn):
    file.write_text(GOOD + torn)
    with pytest.raises(LogFormatError, match="cut off, perhaps by a crash"):
        read_log(file)
    with pytest.warns(SetAsideWarning, match="1 row set aside"):
        assert len(read_log(file, errors="quarantine")) == 2
    with pytest.warns(SetAsideWarning, match="the last line was cut off"):
        append_sessions(file, {"skill": "omelette", "start": "2026-10-31 20:00"})
    assert read_log(file)["skill"].tolist() == ["juggling", "juggling", "omelette"]
    assert (file.parent / "log.torn.txt").read_text() == torn + "\n"


def test_a_whole_last_line_without_an_end_is_a_row(file):
    file.write_text(GOOD.rstrip("\n"))
    assert len(read_log(file)) == 2
    append_sessions(file, {"skill": "a", "start": "2026-11-01"})
    assert len(read_log(file)) == 3


def _write(path, learner):
    for minute in range(20):
        append_sessions(path, {"learner": learner, "skill": "a", "start": f"2026-10-31 10:{minute:02d}"})


def test_two_writers_at_once_lose_nothing(file):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(file, name)) for name in ("ada", "bob")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert read_log(file).groupby("learner").size().to_dict() == {"ada": 20, "bob": 20}


@pytest.mark.parametrize("where", [0, 1, 700])
def test_an_open_quotation_mark_never_swallows_the_rows_after_it(file, where):
    lines = [f"a,2026-10-{n % 28 + 1:02d},fine" for n in range(20_000)]
    lines[where] = 'a,2026-10-01,"open'
    file.write_text("skill,start,note\n" + "\n".join(lines) + "\n")
    with pytest.raises(LogFormatError, match=f"row {where + 2}: found a quotation mark that is not closed"):
        read_log(file)
    with pytest.warns(SetAsideWarning, match="1 row set aside"):
        assert len(read_log(file, errors="quarantine")) == 19_999
    assert pd.read_csv(quarantine(file)).loc[0, "line"] == 'a,2026-10-01,"open'


@pytest.mark.parametrize("second", ["torn too", ""])
def test_two_open_quotation_marks_do_not_pair_up_over_the_rows_between(file, second):
    rows = ['a,2026-10-01,"torn', "a,2026-10-02,fine", f'a,2026-10-03,"{second}', "a,2026-10-04,fine"]
    file.write_text("skill,start,note\n" + "\n".join(rows) + "\n")
    with pytest.raises(LogFormatError) as caught:
        read_log(file)
    assert [problem.row for problem in caught.value.problems] == [2, 4]


def test_a_new_column_keeps_bad_rows_for_the_next_reading(file):
    file.write_text('skill,start\na,"2026-10-01\na,2026-10-02\n')
    append_sessions(file, {"skill": "b", "start": "2026-10-03", "minutes": 5})
    with pytest.warns(SetAsideWarning, match="1 row set aside"):
        assert read_log(file, errors="quarantine")["skill"].tolist() == ["a", "b"]


def test_a_spreadsheet_or_a_broken_parquet_file_is_named_as_such(file, tmp_path):
    file.write_bytes(b"PK\x03\x04" + bytes(range(256)))
    with pytest.raises(LogFormatError, match="found a spreadsheet or a ZIP file, expected a CSV file"):
        read_log(file)
    (tmp_path / "log.parquet").write_bytes(b"no")
    with pytest.raises(LogFormatError, match="expected a Parquet file"):
        read_log(tmp_path / "log.parquet")


WHOLE = b'skill,start,minutes,reps,note\na,2026-10-01 10:00,5,3,"one, two"\nb,2026-10-02,1h30,,\nc,2026-10-03,,4,x\n'


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_its_rows_add_up(tmp_path_factory, data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        piece = data.draw(st.sampled_from([b"", b'"', b",", b"\n", b"\r", b";", b"\x00", b"\xff", b"x", b"-", b"9"]))
        damaged[place : place + data.draw(st.integers(0, 3))] = piece
    file = tmp_path_factory.mktemp("damaged") / "log.csv"
    file.write_bytes(bytes(damaged))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SetAsideWarning)
        try:
            log = read_log(file, errors="quarantine")
        except LogFormatError:
            return
    aside = len(pd.read_csv(quarantine(file))) if quarantine(file).exists() else 0
    assert len(log) + aside >= 1
    if b'"' not in damaged:
        lines = re.split("\r\n|\r|\n", bytes(damaged).decode("utf-8-sig"))
        assert len(log) + aside == sum(bool(line.strip(max(",;\t", key=lines[0].count))) for line in lines[1:])
