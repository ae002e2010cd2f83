"""Parameters as a notebook's cell gives them, as texts give their values, and as help lists them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mmlib.errors import ReportError
from mmlib.reports.parameters import check_parameters, from_text, help_table, parameters

PARAMETERS = """\
learner: str = "ada"  # whose practice
month: str | None = None  # calendar month, YYYY-MM
most: int = 9
share: float = 0.5
quiet = False
"""
OWN = """\
skills: list[str] = []  # only these
weeks: list[int] = [1, 2]
either: int | str = 3
anything = None
rate: Optional[float] = None
least = 2  # type: int  at least
who: str = None
named: dict = {"a": 1}
pair: tuple = (1, 2)
from_: int = -1
"""


def parameters_cell(source=PARAMETERS):
    return new_code_cell(source, metadata={"tags": ["parameters"]})


def notebook(source=PARAMETERS):
    return new_notebook(cells=[new_markdown_cell("# Ada"), parameters_cell(source)])


def test_parameters_carry_type_default_and_help():
    found = parameters(new_notebook(cells=[parameters_cell()]))
    assert [(each.name, each.kinds, each.default, each.help) for each in found.values()] == [
        ("learner", ("str",), "ada", "whose practice"),
        ("month", ("str", "None"), None, "calendar month, YYYY-MM"),
        ("most", ("int",), 9, ""),
        ("share", ("float",), 0.5, ""),
        ("quiet", ("bool",), False, ""),
    ]


@pytest.mark.parametrize("source", ["x = f()", "import os", "x = = 1", "x: Path = 'a'", "a = b = 1", "x: int"])
def test_a_parameters_cell_holds_plain_values_only(source):
    with pytest.raises(ReportError, match="parameters cell cannot be read"):
        parameters(new_notebook(cells=[parameters_cell(source)]))


@pytest.mark.parametrize(
    "source", ["x = {1}", "x: int = '3'", "x = b''", "!ls", "x: Literal['a'] = 'a'", "x: int = 0.5"]
)
def test_a_value_of_no_kind_that_can_be_given_is_refused(source):
    with pytest.raises(ReportError, match="parameters cell cannot be read"):
        help_table(notebook(source))


def test_a_default_of_none_may_be_given_whatever_the_annotation_says():
    assert parameters(notebook(OWN))["who"].expected == "a text or None"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("skills=juggling, ukulele", ["juggling", "ukulele"]),
        ("skills=", []),
        ("skills=['bread, rye']", ["bread, rye"]),
        ("weeks=[3, 4]", [3, 4]),
        ("either=9", 9),
        ("either=x", "x"),
        ("anything=3", 3),
        ("anything=hello there", "hello there"),
        ("rate=None", None),
        ("rate=1.5", 1.5),
        ("least=7", 7),
        ("who=None", None),
        ("who=", ""),
        ("who=a=b", "a=b"),
        ("named={'b': 2}", {"b": 2}),
        ("pair=(3, 4)", (3, 4)),
        ("from_=-3", -3),
    ],
)
def test_a_text_is_read_as_its_parameters_type(text, value):
    read = from_text(notebook(OWN), [text])
    assert read == {text.partition("=")[0]: value}
    assert type(read[text.partition("=")[0]]) is type(value)
    check_parameters(notebook(OWN), read)


@pytest.mark.parametrize(
    ("text", "value"), [("yes", True), ("TRUE", True), ("1", True), ("no", False), ("False", False)]
)
def test_a_truth_is_read_as_people_write_it(text, value):
    assert from_text(notebook(), [f"quiet={text}"]) == {"quiet": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("most=nine", 'Parameter "most": found "nine", expected a whole number. Write, for example, most=9'),
        ("most=7.5", 'Parameter "most": found "7.5", expected a whole number. Write, for example, most=9'),
        ("share=nan", 'Parameter "share": found "nan", expected a number. Write, for example, share=0.5'),
        (
            "quiet=perhaps",
            'Parameter "quiet": found "perhaps", expected True or False. Write, for example, quiet=False',
        ),
        ("mots=9", 'The notebook has no parameter "mots". Did you mean "most"?'),
        ("most", 'Parameter: found "most", expected a name and a value. Write NAME=VALUE.'),
        ("=9", 'Parameter: found "=9", expected a name and a value. Write NAME=VALUE.'),
    ],
)
def test_what_cannot_be_read_is_named_with_what_was_expected(text, message):
    with pytest.raises(ReportError) as caught:
        from_text(notebook(), [text])
    assert str(caught.value) == message


def test_all_texts_that_cannot_be_read_are_named_at_once():
    with pytest.raises(ReportError) as caught:
        from_text(notebook(), ["most=x", "mots=1", "learner=ada", "learner=bob"])
    assert len(str(caught.value).splitlines()) == 3
    assert 'Parameter "learner": given twice.' in str(caught.value)


def test_a_notebook_without_parameters_says_so():
    with pytest.raises(ReportError, match=r"It has no cell tagged parameters\."):
        from_text(new_notebook(), ["most=3"])
    assert help_table(new_notebook()) == []
    assert from_text(new_notebook(), []) == {}


@given(st.text())
def test_any_text_is_a_text(text):
    assert from_text(notebook(), [f"learner={text}"]) == {"learner": text}


def test_help_lists_name_type_default_and_comment():
    assert help_table(notebook()) == [
        ("learner", "a text", "ada", "whose practice"),
        ("month", "a text or None", "None", "calendar month, YYYY-MM"),
        ("most", "a whole number", "9", ""),
        ("share", "a number", "0.5", ""),
        ("quiet", "True or False", "False", ""),
    ]
    assert ("least", "a whole number", "2", "at least") in help_table(notebook(OWN))
    assert help_table(notebook("folder: str = ''")) == [("folder", "a text", '""', "")]
