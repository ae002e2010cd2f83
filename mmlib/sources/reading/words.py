"""What is said of a record: its texts on one line, what was found in it, what is wrong with a whole file."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from mmlib.errors import Problem, SourceError


def refused(file: str, found: str, expected: str, advice: str, row: int | None = None) -> SourceError:
    """Return the error for a file that cannot be read as a whole."""
    return SourceError([Problem(file, row, "", found, expected, advice)])


def clean(text: str) -> str:
    """Return a text on one line, without control characters.

    Examples
    --------
    >>> clean("  too slow\\nat the end ")
    'too slow at the end'
    """
    if text.isprintable():
        return text.strip()
    joined = " ".join(text.split())
    return "".join(character for character in joined if unicodedata.category(character) not in ("Cc", "Cs"))


def short(value: Any) -> str:
    """Return what was found, quoted, and cut off where it is long.

    Examples
    --------
    >>> short("half an hour"), short(None)
    ('"half an hour"', 'nothing')
    """
    text = clean(value if isinstance(value, str) else "" if value is None else repr(value))
    return f'"{text[:40]}{"…" if len(text) > 40 else ""}"' if text else "nothing"


def number_of(value: object) -> float | None:
    """Return a finite number, or a text that is one, as a float; None for all else.

    Examples
    --------
    >>> number_of("12.5"), number_of(3), number_of("1e999"), number_of(True), number_of("many")
    (12.5, 3.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
