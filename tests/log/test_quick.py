"""The quick reading of plain files gives what the careful reading gives, in the log's order, or leaves it alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mmlib as mm
from mmlib.errors import LogFormatError
from mmlib.log import COLUMNS, check_log, empty_log, quick, read_log
from mmlib.log.order import in_order, numbered

CELLS = {
    "learner": ["ada", " ada", "bob", "", "Ünal", "NA", "日本"],
    "skill": ["a", "a ", "b c", '"q, x"', "é"],
    "start": ["2026-10-31", "2026-10-30 18:30", "2026-10-30T18:30:15", "1999-01-01 00:00:00.25"],
    "minutes": ["5", "7.5", "", "0", "NA", "1e2", " 5 "],
    "reps": ["30", "", "31.0", "NA", "9007199254740992"],
    "successes": ["1", "", "0"],
    "score": ["-1.5", "", "1e-3", "NaN", "5."],
    "flow": ["", "2"],
    "part": ["", "repeat", " isolate "],
    "variation": ["", "eyes closed", '"a ""b"" c"'],
    "note": ["", "hello", '"one, two"', " ", "nan"],
}


def read(folder, lines):
    file = folder / "log.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_log(file)


@st.composite
def plain(draw):
    more = st.lists(st.sampled_from([name for name in CELLS if name not in ("skill", "start")]), unique=True)
    names = draw(st.permutations(["skill", "start", "minutes", *[name for name in draw(more) if name != "minutes"]]))
    row = st.tuples(*[st.sampled_from(CELLS[name]) for name in names]).map(",".join)
    return names, draw(st.lists(row, min_size=1, max_size=12))


@settings(max_examples=100, deadline=None)
@given(plain())
def test_a_plain_file_is_read_as_beside_a_row_that_needs_the_careful_reading(tmp_path_factory, table):
    names, rows = table
    folder, header = tmp_path_factory.mktemp("plain"), ",".join(names)
    messy = {"skill": "messy", "start": "31.12.2199", "minutes": "1h30", "learner": "zzz"}
    quickly = read(folder, [header, *rows])
    carefully = read(folder, [header, *rows, ",".join(messy.get(name, "") for name in names)])
    carefully = carefully[carefully["skill"] != "messy"].reset_index(drop=True)
    pd.testing.assert_frame_equal(quickly, carefully, check_exact=True)


def test_most_plain_files_are_read_quickly(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text('learner,skill,start,reps,note\nada,a,2026-10-31,3,"x, y"\nada,a,2026-10-30 18:30,,\n')
    pd.testing.assert_frame_equal(quick.read_quickly(file), read_log(file))
    file.write_text("skill,start,minutes\na,2026-10-31,1h30\n")
    assert quick.read_quickly(file) is None


@pytest.mark.parametrize("found", ["NAN", "-nan", "inf", "-Infinity"])
@pytest.mark.parametrize("column", ["minutes", "reps", "score", "payoff"])
def test_what_only_computers_call_a_number_is_named(tmp_path, column, found):
    with pytest.raises(LogFormatError, match=f'row 2, column "{column}": found "{found}"'):
        read(tmp_path, [f"skill,start,{column}", f"a,2026-10-31,{found}"])


@pytest.mark.parametrize("found", ["1.5", "9007199254740994", "1e17", "-1"])
def test_a_whole_number_that_is_none_is_named(tmp_path, found):
    with pytest.raises(LogFormatError, match='row 3, column "reps"'):
        read(tmp_path, ["skill,start,reps", "a,2026-10-31,3.0", f"a,2026-10-31,{found}"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("éaäbcZ"), st.integers(0, 3)), max_size=40))
def test_the_order_is_that_of_a_stable_sort(rows):
    log = pd.DataFrame(rows, columns=["learner", "day"]).astype({"learner": "str", "day": "int64"})
    log["start"] = pd.Timestamp("2026-10-01").as_unit("us") + pd.to_timedelta(log["day"], unit="D")
    log["place"] = np.arange(len(log))
    expected = log.sort_values(["learner", "start"], kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(in_order(log), expected)


@given(st.lists(st.sampled_from(["a", "b", "é", ""]), max_size=20), st.booleans())
def test_rows_are_numbered_by_their_text(texts, unknown):
    column = pd.Series([*texts, None] if unknown else texts, dtype="str")
    numbers, names = numbered(column)
    assert names.is_unique
    pd.testing.assert_series_equal(pd.Series(names.array.take(numbers)), column)


def test_more_learners_than_a_byte_numbers_are_in_order(tmp_path):
    lines = [f"p{n * 7919 % 700:03d},a,2026-10-{n % 28 + 1:02d}" for n in range(2_000)]
    log = read(tmp_path, ["learner,skill,start", *lines])
    table = pd.DataFrame([line.split(",") for line in lines], columns=["learner", "skill", "start"])
    pd.testing.assert_frame_equal(log, check_log(table))


def test_marks_and_line_ends_are_counted_over_the_borders_of_the_pieces(tmp_path, monkeypatch):
    whole = b'skill,start,note\r\na,2026-10-31,"x"\r\na,2026-10-30,y\r\n'
    file = tmp_path / "log.csv"
    for step in range(18, 30):
        monkeypatch.setattr(quick, "STEP", step)
        file.write_bytes(whole)
        assert quick.read_quickly(file)["note"].tolist() == ["y", "x"]
        file.write_bytes(whole.replace(b"y", b"\r"))
        assert quick.read_quickly(file) is None
        file.write_bytes(whole.replace(b"y", b'"'))
        assert quick.read_quickly(file) is None


def test_what_is_changed_in_one_column_changes_no_other(tmp_path):
    lines = ["skill,start,minutes,reps", "a,2026-10-30,5,3", "a,2026-10-31,6,4"]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n")
    log = mm.load(tmp_path).log
    before = log.copy(deep=True)
    log.loc[0, "flow"] = 4.0
    log.loc[1, "note"] = "mine"
    log.loc[0, "successes"] = 1
    log.loc[0, ["minutes", "reps"]] = [7.0, 8]
    log.loc[0, "start"] = pd.Timestamp("2026-10-29")
    expected = before.copy()
    for row, name, value in [
        (0, "flow", 4.0),
        (1, "note", "mine"),
        (0, "successes", 1),
        (0, "minutes", 7.0),
        (0, "reps", 8),
        (0, "start", pd.Timestamp("2026-10-29")),
    ]:
        expected[name] = [value if place == row else old for place, old in enumerate(before[name])]
        expected[name] = expected[name].astype(before[name].dtype)
    pd.testing.assert_frame_equal(log, expected)
    assert mm.load(tmp_path).log.equals(before)


def test_the_log_has_every_column_in_its_type_whatever_the_file_has(tmp_path):
    log = read(tmp_path, ["start,skill", "2026-10-31,a"])
    assert list(log.columns) == COLUMNS
    assert log.dtypes.equals(empty_log().dtypes)
    assert log.loc[0, "learner"] == "me"
