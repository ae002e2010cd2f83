"""The workshop's machinery: a check tells the learner what is wrong rather than False; participants' copies."""

import copy
import datetime as dt
import math
import subprocess
import sys
import warnings
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import mmlib as mm
from mmlib.reports.kernels import OwnKernelManager
from mmlib.workshop import CheckError, participants, practice_folder


def said(answer, expected=None, **options):
    with pytest.raises(CheckError) as caught:
        mm.check(answer, expected, **options)
    return str(caught.value)


# Nothing yet.


@pytest.mark.parametrize("answer", [..., [1, ...], (..., 2)])
@pytest.mark.parametrize("against", [{"expected": 3}, {"expected": "a"}, {"between": (0, 9)}, {"choices": ["a"]}])
def test_three_dots_are_no_answer_yet(answer, against):
    assert said(answer, **against).startswith("Nothing to check yet: put your answer in the place of the three dots")


def test_a_check_that_compares_with_nothing_is_its_authors_mistake():
    with pytest.raises(TypeError, match="nothing to compare with"):
        mm.check(3)
    with pytest.raises(TypeError, match="expected is not a number"):
        mm.check(3, math.nan)


# Numbers.


@pytest.mark.parametrize(
    "answer", [12, 12.0, np.int64(12), np.float32(12), Decimal(12), Fraction(24, 2), np.array(12), 12.1]
)
def test_numbers_of_any_type_are_right_within_a_hundredth(answer):
    assert repr(mm.check(answer, 12.0)).startswith("✓ Right: 12")


def test_the_tick_says_the_answer_with_its_unit_in_text_and_in_html():
    right = mm.check(1234, 1234, unit="<catches>")
    assert repr(right) == "✓ Right: 1,234 <catches>."
    assert "✓" in right._repr_html_()
    assert "1,234 &lt;catches&gt;" in right._repr_html_()


@pytest.mark.parametrize(
    ("answer", "expected", "hint"),
    [
        (13, 12, "13 circles is too high."),
        (11, 12, "11 circles is too low."),
        (-12, 12, "wrong sign"),
        (12, -12, "wrong sign"),
        (1200, 12, "100 times too high. Is this per cent"),
        (0.12, 12, "100 times too low. Is this a share"),
        (720, 12, "60 times too high"),
        (0.2, 12, "60 times too low"),
        (1 / 12, 12, "upside down"),
        (5, 0, "too high"),
        (-5, 0, "too low"),
        (1e300, 12, "too high"),
    ],
)
def test_a_wrong_number_is_told_in_which_way(answer, expected, hint):
    assert hint in said(answer, expected, unit="circles")


def test_minutes_for_hours_and_hours_for_minutes_are_named():
    assert said(90, 1.5, unit="hours").endswith("Are these minutes?")
    assert said(1.5, 90, unit="minutes").endswith("Are these hours?")


def test_what_is_only_rounded_too_far_is_said_to_be_right_so_far():
    assert "right as far as it goes" in said(0.3, 0.333333)
    assert "right as far as it goes" in said(np.float64(0.3), 0.333333)
    mm.check(0.33, 1 / 3)
    assert "too high" in said(0.4, 0.333333)


def test_a_count_is_right_or_wrong_and_a_measurement_has_a_hundredth():
    assert "too high" in said(1001, 1000)
    mm.check(1001, 1000.0)
    mm.check(1001, 1000, within=0.01)
    assert "too high" in said(1001.0, 1000.0, within=0.0001)
    mm.check(0.009, 0) if False else mm.check(0.009, 0.0)


@pytest.mark.parametrize(
    ("answer", "found", "way"),
    [
        (None, "found None, which is nothing", "give the number itself to the name"),
        ("12", 'found the text "12"', "without quotation marks: 12"),
        ("12,5", 'found the text "12,5"', "with a point: 12.5"),
        ("12 circles", 'the text "12 circles"', "the number alone, without quotation marks: 12"),
        ("12%", 'the text "12%"', "alone"),
        ("twelve", 'the text "twelve"', "Write a number, without quotation marks."),
        ("", 'the text ""', "Write a number"),
        (math.nan, "found NaN (not a number)", "divided by zero"),
        (np.float64("nan"), "found NaN", "mean was taken of nothing"),
        (math.inf, "found infinity", "divided by zero"),
        (Decimal("NaN"), "found NaN", "divided by zero"),
        (True, "found True", "the number itself is asked for"),
        (np.True_, "found True", "the number itself is asked for"),
        (pd.NA, "a missing value", "Write a number"),
        (pd.NaT, "", "Write a number"),
        (pd.Series([1.0, 2.0, 3.0]), "a column (Series) of 3 values", "One number is asked for"),
        (pd.Series([12]), "a column (Series) of 1 value", ".iloc[0]"),
        (pd.DataFrame({"a": [12]}), "a table of 1 row and 1 column", ".iloc[0, 0]"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), "a table of 2 rows and 2 columns", "One number"),
        ([12], "a list of 1 value", "[0]"),
        ([], "a list of 0 values", "One number"),
        ((1, 2), "a tuple of 2 values", "One number"),
        ({"a": 1}, "a dictionary of 1 entry", "value"),
        (np.arange(6).reshape(2, 3), "an array of 6 values", "One number"),
        (pd.Timedelta(minutes=12), "a length of time (0 days 00:12:00)", "Divide it by"),
        (dt.timedelta(minutes=12), "a length of time", "Divide it by"),
        (np.timedelta64(12, "m"), "a length of time", "Divide it by"),
        (pd.Timestamp("2026-10-31"), "a date", "Write a number"),
        (3 + 4j, "something of the type complex", ""),
        (len, "the function len, not its result", "round brackets"),
        (object(), "something of the type object", "Write a number"),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("against", [{"expected": 12.0}, {"expected": 12}, {"between": (0, 100)}])
def test_what_is_no_number_is_said_to_be_what_it_is_with_a_way_on(answer, found, way, against):
    message = said(answer, **against, unit="circles")
    assert found in message
    assert "expected a number of circles" in message
    assert way in message


def test_a_typical_mistake_has_a_sentence_of_its_own():
    mistakes = {22: "that is the crude odds ratio; look within the strata.", "ada": "ada is the sample learner."}
    assert said(22, 1.4, mistaken=mistakes) == "Not yet: that is the crude odds ratio; look within the strata."
    assert said(np.float64(22), 1.4, mistaken=mistakes).endswith("look within the strata.")
    assert said("Ada ", "me", mistaken=mistakes) == "Not yet: ada is the sample learner."
    assert "too high" in said(23, 1.4, mistaken=mistakes)
    mm.check(1.4, 1.4, mistaken={1.4: "an author may compute a mistake that happens to be right."})


# Predictions.


def test_any_possible_prediction_is_noted():
    for value in (0, 12, 100, np.float64(55.5)):
        assert repr(mm.check(value, between=(0, 100), unit="circles")).startswith("✓ Noted: ")
    assert repr(mm.check(" Higher", choices=["higher", "lower"])) == "✓ Noted: Higher."
    assert repr(mm.check(2, choices=[1, 2, 3])) == "✓ Noted: 2."
    assert repr(mm.check("When it boils, I throw.", str)) == "✓ Noted: When it boils, I throw."


def test_an_impossible_prediction_is_told_what_is_possible():
    assert said(140, between=(0, 100), unit="%").endswith("140 % cannot be. Predict a number from 0 to 100 %.")
    assert "Did you mean" in said("hihger", choices=["higher", "lower"])
    assert said(4, choices=[1, 2, 3]) == "Not yet: 4 cannot be chosen. There are: 1, 2, 3."
    assert "found the text" in said("2", choices=[1, 2, 3])
    assert "the text is empty" in said(" ", str)
    assert "expected a text" in said(7, str)


# Texts and truths.


def test_texts_are_compared_without_case_and_spaces():
    assert repr(mm.check(" Drawing  A circle", "drawing a circle")) == "✓ Right: Drawing  A circle."


@pytest.mark.parametrize(
    ("answer", "options", "hint"),
    [
        ("jugling", {}, "is nearly it. Look at the spelling."),
        ("jugling", {"choices": ["juggling", "omelette"]}, 'Did you mean "juggling"?'),
        ("omelette", {"choices": ["juggling", "omelette"]}, '"omelette" is not it.'),
        ("omelette", {}, '"omelette" is not it.'),
        ("  ", {}, "the text is empty"),
        (3, {}, "found 3, expected a text. Write it in quotation marks"),
        (None, {}, "None, which is nothing"),
        (["juggling"], {}, "Take it out of its brackets: 'juggling'"),
        pytest.param({"a", "b"}, {}, "a set of 2 values, expected a text. One name is asked for", id="a set"),
        (pd.Series(["juggling"]), {}, "Take it out of its brackets"),
        (True, {}, "found True, expected a text"),
    ],
    ids=str,
)
def test_a_wrong_text_is_told_how(answer, options, hint):
    assert hint in said(answer, "juggling", **options)


def test_true_and_false_are_asked_for_as_such():
    mm.check(np.True_, True)
    mm.check(False, np.False_)
    assert "it is not False" in said(False, True)
    for answer in ("True", 1, None, [True]):
        assert "expected True or False. Write True or False" in said(answer, True)


# Names.


def test_a_sets_names_are_right_in_any_order_and_type():
    for answer in (
        {"b", "A"},
        ["a", "b"],
        ("b", "a", "a"),
        pd.Series(["a", "b"]),
        np.array(["a", "b"]),
        pd.Index(["b", "a"]),
    ):
        assert repr(mm.check(answer, {"a", "b"})) == "✓ Right."


def test_missing_and_extra_names_are_named():
    assert said({"a", "x"}, {"a", "b", "c"}) == "Not yet: “b” and “c” are missing. “x” does not belong there." or (
        "“c” and “b” are missing" in said({"a", "x"}, {"a", "b", "c"})
    )
    assert said({"a", "x", "y"}, ["a"]).endswith("do not belong there.")
    assert said(["a", "a"], ["a", "b"]) == "Not yet: “b” is missing. “a” does not belong there."
    assert "a set: {…, …}" in said("a", {"a"})
    assert "a list: […, …]" in said({"a": 1}, ["a"])
    assert "found None" in said(None, {"a"})
    assert "found 3" in said(3, {"a"})


def test_a_lists_order_matters():
    mm.check(("a", "b"), ["a", "b"])
    assert said(["b", "a"], ["a", "b"]) == "Not yet: these are the right names, in another order."


def test_lists_of_numbers_are_told_their_first_wrong_value():
    mm.check([1.0, 2.001], [1.0, 2.0])
    mm.check({2, 1}, {1, 2})
    mm.check(np.array([1, 2]), [1, 2])
    assert said([1, 2, 3], [1, 2]) == "Not yet: found 3 values, expected 2."
    assert said([1, 5], [1, 2]) == "Not yet: 5 is too high. (That is value 2 of 2.)"
    assert "found the text" in said([1, "2"], [1, 2])
    assert said([], [1, 2]) == "Not yet: found 0 values, expected 2."


# Tables.

TABLE = pd.DataFrame({"skill": ["juggling", "omelette"], "minutes": [10.0, 20.0], "last": pd.NaT})


def test_a_table_is_right_with_its_columns_in_any_order_and_more_of_them():
    mm.check(TABLE[["last", "minutes", "skill"]].assign(more=1), TABLE)
    mm.check(TABLE.set_axis([7, 8]), TABLE)
    mm.check(TABLE.set_index("skill").iloc[::-1], TABLE.set_index("skill"))
    assert repr(mm.check(TABLE, TABLE)) == "✓ Right."


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (TABLE[["skill", "last"]], 'the table has no column "minutes".'),
        (TABLE.rename(columns={"minutes": "minuts"}), 'no column "minutes". Did you mean "minuts"?'),
        (TABLE[["last"]], 'no columns "skill" and "minutes".'),
        (TABLE.head(1), "found 1 row, expected 2."),
        (TABLE.iloc[::-1], "the right rows, in another order"),
        (TABLE.assign(minutes=[10, 25]), 'row 1, column "minutes": found 25, expected 20.'),
        (TABLE.assign(minutes=[10, None]), 'row 1, column "minutes": found nothing, expected 20.'),
        (TABLE.assign(minutes=["10", "20"]), 'row 0, column "minutes": found "10", expected 10.'),
        (TABLE.assign(skill=["juggling", "omelet"]), 'found "omelet", expected "omelette".'),
        (TABLE.assign(last=pd.Timestamp("2026-10-31")), "found a date (2026-10-31 00:00:00), expected nothing"),
        (TABLE["minutes"], "a column (Series) of 2 values, expected a table. Take several columns"),
        (pd.concat([TABLE, TABLE[["skill"]]], axis=1), "two columns of the table have the same name"),
        (None, "found None"),
        (30.0, "found 30, expected a table"),
        ([[1, 2]], "a list of 1 value, expected a table"),
    ],
    ids=range(15),
)
def test_a_wrong_table_is_told_where(answer, hint):
    assert hint in said(answer, TABLE)


def test_columns_are_compared_by_their_names_where_they_have_some():
    minutes = pd.Series({"juggling": 10.0, "omelette": 20.0})
    mm.check(minutes.iloc[::-1], minutes)
    mm.check([10, 20], minutes)
    mm.check(minutes.to_frame(), minutes)
    assert 'row "omelette": found 21, expected 20.' in said(minutes.replace(20, 21), minutes)
    assert "What are the rows by?" in said(minutes.set_axis(["a", "b"]), minutes)
    assert "found 3 values" not in said(pd.Series([1, 2, 3]), minutes)
    assert "found 30, expected a column (Series) of 2 values" in said(30.0, minutes)


def test_an_odd_answer_never_ends_in_anothers_error():
    odd = [None, ..., "x", b"x", 1, 1.5, math.nan, True, [], {}, set(), [[1], [2]], len, object(), pd.NA, pd.NaT,
           pd.Series(dtype=float), pd.DataFrame(), np.array([]), np.array(None), np.array("x"), int, range(3),
           (x for x in "ab"), np.datetime64("NaT"), np.timedelta64("NaT"), Decimal("sNaN"), 10**400]  # fmt: skip
    expected = [
        1.5,
        2,
        "a",
        True,
        {"a"},
        ["a"],
        [1.5],
        {1},
        TABLE,
        TABLE["minutes"],
        TABLE.set_index("skill"),
        dt.date(2026, 1, 1),
    ]
    for right in expected:
        for answer in odd:
            try:
                mm.check(answer, right)
            except CheckError as error:
                assert str(error).startswith(("Not yet: ", "Nothing to check yet: "))
    for answer in odd:
        for against in ({"between": (2, 3)}, {"choices": ["a", "b"]}, {"choices": [7, 8]}):
            said(answer, **against)


# In a notebook.


def run(path, *sources):
    """Execute a notebook of these cells through papermill; what came out of it is at the path."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in ("import mmlib as mm", *sources)])
    options = {"kernel_name": "python3", "kernel_manager_class": OwnKernelManager, "progress_bar": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, about event loops and ids
        papermill.execute_notebook(notebook, path, execution_timeout=60, **options)


def test_a_notebook_shows_the_message_and_no_traceback_and_papermill_names_it(tmp_path):
    path = tmp_path / "lesson.ipynb"
    with pytest.raises(papermill.PapermillExecutionError, match="Not yet: 13 is too high"):
        run(path, "mm.check(13, 12)")
    (output,) = nbformat.read(path, as_version=4).cells[-1].outputs
    assert (output.ename, output.evalue) == ("CheckError", "Not yet: 13 is too high.")
    assert output.traceback == ["Not yet: 13 is too high."]


def test_a_long_message_is_not_broken_within_a_word():
    error = CheckError(("a message of many words " * 12).strip() + "\n- and a list")
    lines = error._render_traceback_()
    assert max(map(len, lines)) <= 88
    assert lines[-1] == "- and a list"
    assert " ".join(lines).split() == str(error).split()


def test_a_notebook_shows_a_tick(tmp_path):
    run(tmp_path / "lesson.ipynb", "mm.check(12, 12)")
    data = nbformat.read(tmp_path / "lesson.ipynb", as_version=4).cells[-1].outputs[0].data
    assert data["text/plain"] == "✓ Right: 12."
    assert "<strong>✓</strong> Right: 12." in data["text/html"]


def test_the_checks_need_neither_ipywidgets_nor_a_kernel():
    code = (
        "import sys; sys.modules['ipywidgets'] = sys.modules['anywidget'] = None\n"
        "import mmlib as mm; print(mm.check(1, 1)); from mmlib import workshop"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "✓ Right: 1."


# Practice folders.


def test_an_empty_folder_name_makes_a_new_practice_folder_each_time_and_another_is_kept(tmp_path):
    one, two = practice_folder(""), practice_folder("")
    assert one != two
    assert mm.load(one).log.empty
    mine = practice_folder(tmp_path / "deep" / "mine")
    assert mine == str(tmp_path / "deep" / "mine")
    mm.append_sessions(mine, {"skill": "juggling", "start": "2026-10-31"})
    assert practice_folder(mine) == mine
    assert len(mm.load(mine).log) == 1


def test_a_thrown_away_folder_is_gone_when_python_ends():
    code = "from mmlib.workshop import practice_folder; print(practice_folder(''))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip()
    assert not Path(told.stdout.strip()).exists()


# Participants' copies.


def cell(source, *tags, **more):
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {}, **more)


def code_of(notebook):
    return [each.source for each in notebook.cells if each.cell_type == "code"]


@pytest.mark.parametrize(
    ("solved", "left"),
    [
        ("circles = 12", "circles = ..."),
        ("# How many?\n# Guess.\ncircles = 12  # the answer\n# more", "# How many?\n# Guess.\ncircles = ..."),
        ("a = b = 1", "a = ...\nb = ..."),
        ("(a, [b]), c = f()\na = 3", "a = ...\nb = ...\nc = ..."),
        ("first, *rest = [1, 2, 3]", "first = ...\nrest = ..."),
        ("share: float = 0.5", "share = ..."),
        ("if (n := 3) > 2:\n    x = 1", ""),
        ("table['x'] = 1\nthing.y = 2", ""),
        ("# Draw twenty circles.\ndrill.practise(mm.simulate.circles(20))", "# Draw twenty circles."),
        ("import pandas as pd\nx = pd.NA", "x = ..."),
        ("x = '''\n# no comment\n'''", "x = ..."),
        ("x = 1\nx += 1", "x = ..."),
        ("# only words", "# only words"),
        ("", ""),
    ],
)
def test_of_a_solution_its_first_comments_and_its_names_are_left(solved, left):
    assert code_of(participants(new_notebook(cells=[cell(solved, "solution")]))) == [left]


def test_the_copy_differs_in_nothing_else():
    parameters = 'folder: str = ""  # your practice folder\nlearner: str = "me"  # your name in the log'
    shown = new_output("stream", name="stdout", text="12")
    solved = new_notebook(
        cells=[
            new_markdown_cell("# 1 · A title"),
            cell(parameters, "parameters"),
            cell("print(12)", outputs=[shown], execution_count=3),
            new_markdown_cell("Because …", metadata={"tags": ["solution"]}),
            cell("answer = 12", "solution"),
            cell("mm.check(answer, 12)", "check"),
        ],
        metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {}}},
    )
    before = copy.deepcopy(solved)
    made = participants(solved)
    assert solved == before
    nbformat.validate(made)
    assert [each.cell_type for each in made.cells] == ["markdown", "code", "code", "code", "code"]
    assert code_of(made)[0].splitlines() == [
        'folder: str = "my-practice"  # your practice folder',
        'learner: str = "me"  # your name in the log',
    ]
    assert code_of(made)[1:3] == ["print(12)", "answer = ..."]
    first, rest = code_of(made)[3].split("\n", 1)
    assert (first, rest) == ("# Run this cell to check your answer", "mm.check(answer, 12)"), "what a folded cell shows"
    assert [each.outputs for each in made.cells[1:]] == [[]] * 4
    assert made.cells[2].execution_count is None
    assert [each.metadata.get("jupyter", {}).get("source_hidden", False) for each in made.cells] == [False] * 4 + [True]
    assert "widgets" not in made.metadata
    assert [each.id for each in made.cells] == [each.id for each in solved.cells if each.source != "Because …"]
