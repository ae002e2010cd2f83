"""What can go wrong, in words a learner understands.

Every message says what was found, where, what was expected and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHOWN_IN_FULL = 20


class MMError(Exception):
    """Anything that a user can mend: the command line and notebooks print it as one message, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: where in our code a user's mistake was noticed is of no use to them."""
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one place of an input.

    Parameters
    ----------
    file : str
        The file, as the user named it.
    row : int or None
        The row as a spreadsheet counts it (the header is row 1), or the record's number in other formats.
    column : str
        The column or field; empty where the whole row is meant.
    found, expected, advice : str
        What stands there, what should, and what to do about it.
    """

    file: str
    row: int | None
    column: str
    found: str
    expected: str
    advice: str

    def __str__(self) -> str:
        place = ", ".join(
            filter(
                None,
                [
                    self.file,
                    "" if self.row is None else f"row {self.row}",
                    f'column "{self.column}"' if self.column else "",
                ],
            )
        )
        return f"{place}: found {self.found}, expected {self.expected}. {self.advice}".strip()


class InputError(MMError):
    """An input with problems in it; `problems` holds every one, the message the first twenty in full.

    Examples
    --------
    >>> problem = Problem("log.csv", 17, "minutes", '"half an hour"', "a number of minutes", "Write 30.")
    >>> print(InputError([problem]))
    log.csv, row 17, column "minutes": found "half an hour", expected a number of minutes. Write 30.
    """

    def __init__(self, problems: Sequence[Problem], hint: str = "") -> None:
        self.problems = list(problems)
        self.hint = hint
        super().__init__(self._message())

    def _message(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN_IN_FULL]]
        rest = len(self.problems) - SHOWN_IN_FULL
        if rest > 0:
            lines.append(f"… and {counted(rest, 'more problem')} of this kind; all are in the error's .problems.")
        if len(self.problems) > 1:
            lines.insert(0, f"{counted(len(self.problems), 'problem')}:")
        return "\n".join([*lines, self.hint] if self.hint else lines)


class LogFormatError(InputError):
    """The log breaks its schema: a missing column, an unreadable value, a value out of range."""


class CardError(InputError):
    """skills.toml has an unknown field, a misspelt part or a value of the wrong kind."""


class SourceError(InputError):
    """A tool's export cannot be read, wholly or in part."""


class PracticeError(MMError):
    """A practice folder, learner, skill or month that is not there."""


class ReportError(MMError):
    """A report that could not be built, or was asked for with wrong parameters.

    Attributes
    ----------
    cell : int or None
        The number of the cell that failed, as its notebook shows it in brackets; None where no cell failed.
    heading : str
        The heading above it.
    name, value : str
        The error's name and what it says, such as "KeyError" and "'juggling'".
    kept : Path or None
        The notebook as far as it got.

    Examples
    --------
    >>> stopped = ReportError("Cell [4] stopped.", cell=4, name="KeyError")
    >>> str(stopped), stopped.cell, stopped.kept
    ('Cell [4] stopped.', 4, None)
    """

    def __init__(
        self,
        message: str,
        *,
        cell: int | None = None,
        heading: str = "",
        name: str = "",
        value: str = "",
        kept: Path | None = None,
    ) -> None:
        super().__init__(message)
        self.cell, self.heading, self.name, self.value, self.kept = cell, heading, name, value, kept


class SetAsideWarning(UserWarning):
    """Rows were set aside because they could not be read; the message counts them and says where they are."""


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun in the right form.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(2, "practice", "practices")
    ('1 row', '1,200 rows', '2 practices')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def did_you_mean(word: str, choices: Iterable[Any]) -> str:
    """Return a hint that names the choice nearest to a misspelt word, or all of them.

    Examples
    --------
    >>> did_you_mean("jugling", ["juggling", "omelette"])
    'Did you mean "juggling"?'
    >>> did_you_mean("x", ["juggling", "omelette"])
    'There are: juggling, omelette.'
    """
    names = [str(choice) for choice in choices]
    near = difflib.get_close_matches(word.casefold(), [name.casefold() for name in names], n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{next(name for name in names if name.casefold() == near[0])}"?'
    if not names:
        return ""
    shown = ", ".join(names[:SHOWN_IN_FULL])
    return f"There are: {shown}{', …' if len(names) > SHOWN_IN_FULL else ''}."
