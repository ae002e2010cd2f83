"""addresses.csv: who gets which report, and what is no address."""

from __future__ import annotations

import pytest

from mmlib.errors import InputError
from mmlib.reports.mail.addresses import NoAddress, address, no_address, read_addresses


@pytest.fixture
def table(tmp_path):
    """Writes addresses.csv and reads it: table("ada,ada@example.org") -> the addresses."""

    def make(*rows, head="learner,address", encoding="utf-8"):
        (tmp_path / "addresses.csv").write_bytes("\n".join([head, *rows]).encode(encoding))
        return read_addresses(tmp_path)

    return make


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("ada@example.org", "", "ada@example.org"),
        ("  Ada Lovelace <ada.l+practice@mail.example.org> ", "Ada Lovelace", "ada.l+practice@mail.example.org"),
        ('"Lovelace, Ada" <ada@example.org>', "Lovelace, Ada", "ada@example.org"),
        ("Jörg <jorg@Bücher.Example>", "Jörg", "jorg@xn--bcher-kva.example"),
        ("アダ@例え.テスト", "", "アダ@xn--r8jz45g.xn--zckzah"),
        ("ada@localhost", "", "ada@localhost"),
    ],
)
def test_addresses_of_all_kinds_are_taken(text, name, spec):
    found = address(text)
    assert (found.display_name, found.addr_spec) == (name, spec)


@pytest.mark.parametrize(
    "text",
    [
        "ada", "ada@", "@example.org", "ada@example", "ada@exa mple.org", "ada lovelace@example.org", "a@b@example.org",
        "ada@example..org", "ada@-example.org", "ada@example.org, bob@example.org", "ada@example.org; bob@example.org",
        "<ada@example.org", "Ada <>", ".ada@example.org", "ada..l@example.org", "a" * 65 + "@example.org",
        "ada@" + ".".join(["x" * 60] * 5) + ".org", "ada@" + "x" * 70 + ".org", "mailto:ada@example.org",
        "ada@[127.0.0.1]", "ada\\@example.org", "ada@straße.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(NoAddress):
        address(text)


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85", "\x0b", "\u202e"])
def test_an_address_with_a_line_break_in_it_is_refused(breaking):
    for text in (f"ada@example.org{breaking}Bcc: eve@example.org", f"Ada{breaking}Bcc: eve <ada@example.org>"):
        with pytest.raises(NoAddress, match="line break or another character"):
            address(text)


def test_each_learner_has_an_address_and_its_name_unless_the_table_has_another(table):
    found = table("ada,ada@example.org", "", "bob,Robert <bob@example.org>", "cyd,", "me,me@example.org")
    assert {learner: str(one) for learner, one in found.items()} == {
        "ada": "ada <ada@example.org>",
        "bob": "Robert <bob@example.org>",
        "me": "me@example.org",
    }


def test_a_spreadsheets_own_ways_of_writing_a_table_are_read(table):
    assert table("x;ada;ada@example.org", head="\ufeffnote;learner;address")["ada"].addr_spec == "ada@example.org"
    assert table("ada,ada@example.org\r", head="learner,address\r")["ada"].addr_spec == "ada@example.org"


def test_a_log_file_has_its_addresses_beside_it(table, tmp_path):
    table("ada,ada@example.org")
    (tmp_path / "log.csv").write_text("")
    assert set(read_addresses(tmp_path / "log.csv")) == {"ada"}


def test_no_file_means_no_addresses(tmp_path):
    assert read_addresses(tmp_path) == {}


def test_a_bad_row_is_named_with_what_to_write(table):
    with pytest.raises(InputError) as raised:
        table("ada,ada at example.org", "ok,ok@example.org", ",x@example.org", "ok,ok2@example.org")
    assert [(problem.row, problem.column) for problem in raised.value.problems] == [
        (2, "address"),
        (4, "learner"),
        (5, "learner"),
    ]
    assert 'addresses.csv, row 2, column "address": found "ada at example.org"' in str(raised.value)
    assert "Write ada@example.org" in str(raised.value)


def test_a_line_break_in_a_quoted_address_is_one_bad_row(table):
    with pytest.raises(InputError, match=r"row 2.*line break"):
        table('ada,"ada@example.org\nBcc: eve@example.org"', "bob,bob@example.org")


@pytest.mark.parametrize("head", ["", "learner", "name,mail"])
def test_missing_columns_are_named(table, head):
    with pytest.raises(InputError, match="expected the columns learner and address"):
        table("ada,ada@example.org", head=head)


def test_another_encoding_is_said_so(table):
    with pytest.raises(InputError, match="UTF-8"):
        table("Jörg,j@example.org", encoding="latin-1")


def test_a_learner_without_an_address_is_named_and_a_misspelling_guessed():
    known = {"Ada": address("ada@example.org")}
    assert no_address("ada", known) == (
        'addresses.csv has no address for ada: the mail is without To. Did you mean "Ada"?'
    )
    assert no_address("zoe", known).endswith("without To.")
