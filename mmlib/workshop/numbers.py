"""What is wrong with a number."""

from __future__ import annotations

import math
import numbers
from typing import Any

from mmlib.workshop.kinds import as_number, shown

WITHIN = 0.01


def near(value: float, expected: Any, within: float | None) -> bool:
    """Return whether a number is close enough: within a share of what is expected, or of 0 within that distance.

    Examples
    --------
    >>> near(101, 100.0, None), near(101, 100, None), near(0.004, 0.0, None)
    (True, False, True)
    """
    target = float(expected)
    counts = isinstance(expected, numbers.Integral)  # a count is right or wrong
    share = (0.0 if counts else WITHIN) if within is None else within
    return abs(value - target) <= share * (abs(target) or 1) + 1e-9 * abs(target)


def wrong_number(answer: Any, expected: Any, unit: str, within: float | None) -> str:
    """Return what is wrong with a number, or nothing if it is right.

    Examples
    --------
    >>> wrong_number(-3, 3, "points", None)
    'Not yet: −3 points has the wrong sign. Which is taken from which?'
    >>> wrong_number(25, 0.25, "", None)
    'Not yet: 25 is 100 times too high. Is this per cent, where a share is asked for?'
    """
    value, wrong = as_number(answer, unit)
    if wrong or near(value, expected, within):
        return wrong
    target = float(expected)
    reason = _slip(value, target, unit) or _rounded(answer, value, target) or _direction(value, target)
    return f"Not yet: {shown(value, unit)} {reason}"


def _slip(value: float, target: float, unit: str) -> str:
    """Return the name of a slip that gives just this number."""
    shares = " Is this per cent, where a share is asked for?"
    per_cent = " Is this a share, where per cent is asked for?"
    hours = f" {_sixty(unit, 'hour', 'minute') or 'Minutes, hours or seconds?'}"
    minutes = f" {_sixty(unit, 'minute', 'hour') or 'Minutes, hours or seconds?'}"
    slips = (
        (-target, "has the wrong sign. Which is taken from which?"),
        (100 * target, f"is 100 times too high.{shares}"),
        (target / 100, f"is 100 times too low.{per_cent}"),
        (60 * target, f"is 60 times too high.{hours}"),
        (target / 60, f"is 60 times too low.{minutes}"),
        (1 / target if target else math.nan, "is upside down. Which is divided by which?"),
    )
    return next((said for number, said in slips if number and near(value, float(number), WITHIN)), "")


def _sixty(unit: str, asked: str, found: str) -> str:
    """Return what a factor of 60 suggests about the unit."""
    return f"Are these {found}s?" if unit.casefold().startswith(asked) else ""


def _rounded(answer: Any, value: float, target: float) -> str:
    """Return whether only digits are missing."""
    text = repr(answer).partition("(")[2].rstrip(")") or repr(answer)
    places = len(text.partition(".")[2].rstrip("0")) if "e" not in text else 12
    if value and places <= 6 and math.isclose(round(target, places), value):
        return "is right as far as it goes. Give one more decimal."
    return ""


def _direction(value: float, target: float) -> str:
    return "is too high." if value > target else "is too low."
