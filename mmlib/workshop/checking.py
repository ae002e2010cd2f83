"""Checks that tell a learner what is wrong with an answer, rather than False."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import MMError
from mmlib.workshop.kinds import as_number, shown
from mmlib.workshop.names import wrong_names, wrong_text
from mmlib.workshop.numbers import near, wrong_number
from mmlib.workshop.tables import wrong_table

TODO = (
    "Nothing to check yet: put your answer in the place of the three dots in the cell above, run that cell, "
    "and then this one again."
)

WIDTH = 88  # characters


class CheckError(MMError):
    """An answer that is not there yet; a notebook shows its message and no traceback.

    Examples
    --------
    >>> print(CheckError("Not yet: 50 is too high."))
    Not yet: 50 is too high.
    """

    def _render_traceback_(self) -> list[str]:
        # A notebook breaks long lines anywhere, within words too.
        return [part for line in str(self).splitlines() for part in textwrap.wrap(line, WIDTH)]


@dataclass(frozen=True)
class Checked:
    """What a notebook shows of an answer that is right, or of a prediction that is noted.

    Examples
    --------
    >>> Checked("Right: 12 circles.")
    ✓ Right: 12 circles.
    """

    said: str

    def __repr__(self) -> str:
        return f"✓ {self.said}"

    def _repr_html_(self) -> str:
        style = "border-left: 4px solid #1b9e77; padding: 0.2em 0.7em; margin: 0.2em 0"
        return f'<div style="{style}"><strong>✓</strong> {html.escape(self.said)}</div>'


def check(
    answer: Any,
    expected: Any = None,
    *,
    between: tuple[float, float] | None = None,
    choices: Iterable[Any] | None = None,
    unit: str = "",
    within: float | None = None,
    mistaken: Mapping[Any, str] | None = None,
) -> Checked:
    """Return a tick if an answer is right, and say what is wrong with it otherwise.

    Parameters
    ----------
    answer : object
        The learner's. Three dots mean that there is none yet.
    expected : number, bool, str, set, list, Series, DataFrame or the type str, optional
        What is right. Texts are compared without regard to case, a set's names in any order, a table by its
        columns in any order; an answer's further columns do not matter. Without `expected` the answer is a
        prediction, and any within `between` or among `choices` is noted; so is any text where `str` is expected.
    between : (float, float), optional
        The least and the greatest number that a prediction can be.
    choices : iterable, optional
        What can be chosen from; a misspelt choice is said to be one.
    unit : str
        What the number counts, to say it in full.
    within : float, optional
        How far off a number may be, as a share of `expected`: 0.01 if left out, and 0 for whole numbers. Where
        `expected` is 0, it is the distance itself.
    mistaken : mapping, optional
        Typical mistakes: a wrong answer, and the sentence that helps whoever gave it.

    Returns
    -------
    Checked
        A notebook shows it as "✓ …".

    Raises
    ------
    CheckError
        If there is no answer yet, or a wrong one; the message says in which way.

    Examples
    --------
    >>> check(12.0, 12, unit="circles")
    ✓ Right: 12 circles.
    >>> check(30, between=(0, 100), unit="catches")
    ✓ Noted: 30 catches.
    >>> try:
    ...     check(90, 1.5, unit="hours")
    ... except CheckError as error:
    ...     print(error)
    Not yet: 90 hours is 60 times too high. Are these minutes?
    """
    if expected is None and between is None and choices is None:
        raise TypeError("check: there is nothing to compare with; give expected, between or choices")
    if unanswered(answer):
        raise CheckError(TODO)
    choices = None if choices is None else list(choices)
    predicted = expected is None or expected is str
    if expected is None:
        wrong = _wrong_prediction(answer, between, choices, unit)
    else:
        wrong = _wrong(answer, expected, choices, unit, within)
        wrong = wrong and (_mistake(answer, mistaken or {}, within) or wrong)  # what is right is never a mistake
    if wrong:
        raise CheckError(wrong)
    return Checked(f"{'Noted' if predicted else 'Right'}{_said(answer, unit)}.")


def unanswered(answer: Any) -> bool:
    """Return whether an answer, or a part of it, is still three dots."""
    if isinstance(answer, list | tuple | set | frozenset):
        return any(part is ... for part in answer)
    return answer is ...


def _wrong_prediction(answer: Any, between: tuple[float, float] | None, choices: list | None, unit: str) -> str:
    if between is None:
        return wrong_text(answer, None, choices) if _texts(choices) else _not_among(answer, choices)
    value, wrong = as_number(answer, unit)
    low, high = between
    if wrong or low <= value <= high:
        return wrong
    return f"Not yet: {shown(value, unit)} cannot be. Predict a number from {shown(low)} to {shown(high, unit)}."


def _texts(choices: Iterable[Any]) -> bool:
    return all(isinstance(choice, str) for choice in choices)


def _not_among(answer: Any, choices: list) -> str:
    value, wrong = as_number(answer)
    if wrong or any(near(value, choice, 0) for choice in choices):
        return wrong
    return f"Not yet: {shown(value)} cannot be chosen. There are: {', '.join(map(shown, choices))}."


def _mistake(answer: Any, mistaken: Mapping[Any, str], within: float | None) -> str:
    """Return the sentence for a typical mistake, if the answer is one."""
    for wrong, sentence in mistaken.items():
        if isinstance(wrong, str):
            same = isinstance(answer, str) and answer.strip().casefold() == wrong.strip().casefold()
        else:
            value, no_number = as_number(answer)
            same = not no_number and near(value, wrong, within)
        if same:
            return f"Not yet: {sentence}"
    return ""


def _wrong(answer: Any, expected: Any, choices: list | None, unit: str, within: float | None) -> str:
    if isinstance(expected, bool | np.bool_):
        return _wrong_bool(answer, bool(expected))
    if isinstance(expected, str) or expected is str:
        return wrong_text(answer, None if expected is str else expected, choices)
    if isinstance(expected, pd.DataFrame | pd.Series):
        return wrong_table(answer, expected, within)
    if isinstance(expected, set | frozenset | list | tuple | pd.Index | np.ndarray):
        return wrong_names(answer, expected, within)
    try:
        target = float(expected)
    except (TypeError, ValueError):
        return "" if _same(answer, expected) else f"Not yet: {shown(answer)} is not what was looked for."
    if math.isnan(target):
        raise TypeError("check: expected is not a number (NaN), and no answer can be equal to it")
    return wrong_number(answer, expected, unit, within)


def _wrong_bool(answer: Any, expected: bool) -> str:
    if isinstance(answer, bool | np.bool_):
        return "" if bool(answer) == expected else f"Not yet: it is not {bool(answer)}. What speaks for the other?"
    advice = "Write True or False, without quotation marks."
    return f"Not yet: found {shown(answer)}, expected True or False. {advice}"


def _same(answer: Any, expected: Any) -> bool:
    try:
        return bool(answer == expected)
    except (TypeError, ValueError):  # such as a table, which is not one truth
        return False


def _said(answer: Any, unit: str) -> str:
    """Return a right answer as the tick repeats it; a table or a list would be too long."""
    if isinstance(answer, str | bool | np.bool_):
        return f": {str(answer).strip().rstrip('.')}"
    value, wrong = as_number(answer)
    return "" if wrong else f": {shown(value, unit)}"
