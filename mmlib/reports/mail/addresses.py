"""Who gets which report: addresses.csv in the practice folder, and what a mail address looks like."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from email.headerregistry import Address
from pathlib import Path

from mmlib.errors import InputError, Problem, did_you_mean
from mmlib.reports.mail.gist import plain

NAME = "addresses.csv"
COLUMNS = ("learner", "address")
EXPECTED = "a mail address"
ADVICE = "Write ada@example.org, or Ada Lovelace <ada@example.org>."
WRITTEN = re.compile(r'(?:"?(?P<name>[^"<>]*?)"?\s*<(?P<only>[^<>]*)>|(?P<bare>[^<>]*))')
LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\".]+(?:\.[^\s@<>()\[\],;:\\\".]+)*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
TWO_WAYS = frozenset("ßς\u200c\u200d")  # letters that the two standards for such domains write in two ways
LONGEST_LOCAL, LONGEST = 64, 254


class NoAddress(ValueError):
    """Not a mail address; the message says what is wrong with it."""


def address(text: str, name: str = "") -> Address:
    """Return a mail address that is written as ada@example.org, or as Ada Lovelace <ada@example.org>.

    A domain in other letters becomes what servers know it by: bücher.example is xn--bcher-kva.example.

    Parameters
    ----------
    text : str
        The address.
    name : str
        The reader's name where the text has none.

    Raises
    ------
    NoAddress
        If it is none. A break of the line in it is never taken: it would begin another line of the mail's head.

    Examples
    --------
    >>> str(address("Jörg <jorg@bücher.example>"))
    'Jörg <jorg@xn--bcher-kva.example>'
    """
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in text.strip()):
        raise NoAddress("it has a line break or another character in it that cannot be seen")
    found = WRITTEN.fullmatch(text.strip())
    local, at, domain = ((found["only"] or found["bare"] or "") if found else "").strip().rpartition("@")
    if not at or not LOCAL.fullmatch(local) or len(local.encode()) > LONGEST_LOCAL:
        raise NoAddress("it is not of the form name@domain")
    domain = _known_to_servers(domain)
    if len(f"{local}@{domain}") > LONGEST:
        raise NoAddress("it is too long")
    return Address(display_name=plain((found["name"] or "").strip() or name), username=local, domain=domain)


def _known_to_servers(domain: str) -> str:
    if TWO_WAYS & set(domain):
        raise NoAddress("its domain is written in two ways in ASCII: write the one that it has, xn--…")
    try:
        known = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        known = ""
    labels = known.split(".")
    if not all(map(LABEL.fullmatch, labels)) or (len(labels) < 2 and known != "localhost"):
        raise NoAddress(f'"{domain}" is not the name of a domain')
    return known


def read_addresses(folder: str | Path) -> dict[str, Address]:
    """Return the address of each learner in a practice folder's addresses.csv; none if it isn't there.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or a log file in it.

    Returns
    -------
    dict of str to Address
        By learner; a row "cohort" is for the report of all learners together.

    Raises
    ------
    InputError
        If the file is not a table of learners and addresses; every problem is named.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "addresses.csv").write_text("learner,address\\nada,ada@example.org\\n")
    >>> read_addresses(folder)["ada"].addr_spec
    'ada@example.org'
    """
    folder = Path(folder)
    path = (folder if folder.is_dir() else folder.parent) / NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        advice = "Save it as CSV with the encoding UTF-8."
        raise InputError([Problem(NAME, None, "", "bytes that are no UTF-8", "text", advice)]) from None
    rows = _rows(text)
    columns = [name.strip() for name in rows[0]] if rows else []
    _check(columns)
    found: dict[str, Address] = {}
    problems = []
    for number, row in enumerate(rows[1:], start=2):
        told = dict(zip(columns, (value.strip() for value in row), strict=False))
        if any(told.values()):
            problems += _read(told, number, found)
    if problems:
        raise InputError(problems)
    return found


def _rows(text: str) -> list[list[str]]:
    """Return the table's rows; spreadsheets of some countries put semicolons between the values."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        advice = "Save it as CSV, each row with a learner and an address."
        raise InputError([Problem(NAME, None, "", f"a table that cannot be read ({error})", "CSV", advice)]) from None


def _check(columns: list[str]) -> None:
    """Refuse a file without the two columns; further ones are the user's own."""
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        there = ", ".join(filter(None, columns)) or "nothing"
        advice = "Write learner,address in its first row."
        raise InputError([Problem(NAME, 1, "", there, f"the columns {' and '.join(COLUMNS)}", advice)])


def _read(told: dict[str, str], row: int, found: dict[str, Address]) -> list[Problem]:
    """Put one row's address to the others, or return what is wrong with it."""
    learner, text = told.get("learner", ""), told.get("address", "")
    if not learner:
        return [Problem(NAME, row, "learner", "nothing", "whose address it is", "Write the learner as in the log.")]
    if learner in found:
        advice = "Leave one; for several readers take the address of a mailing list."
        return [Problem(NAME, row, "learner", f'"{plain(learner)}" again', "each learner once", advice)]
    if not text:
        return []
    try:
        found[learner] = address(text, "" if learner == "me" else learner)
    except NoAddress as error:
        return [Problem(NAME, row, "address", f'"{plain(text)}": {error}', EXPECTED, ADVICE)]
    return []


def no_address(learner: str, known: dict[str, Address]) -> str:
    """Return why a learner's mail has no reader, and what to do about it.

    Examples
    --------
    >>> no_address("ada", {"bob": address("bob@example.org")})
    'addresses.csv has no address for ada: the mail is without To.'
    >>> no_address("ada", {})
    'addresses.csv is not there or names nobody: no mail has a To.'
    """
    if not known:
        return f"{NAME} is not there or names nobody: no mail has a To."
    near = did_you_mean(learner, known)
    hint = f" {near}" if near.startswith("Did") else ""
    return f"{NAME} has no address for {plain(learner)}: the mail is without To.{hint}"
