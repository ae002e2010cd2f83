"""What is wrong with a name, or with several."""

from __future__ import annotations

import difflib
import numbers
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mmlib.errors import counted, did_you_mean
from mmlib.words import listed
from mmlib.workshop.kinds import shown
from mmlib.workshop.numbers import wrong_number

MANY = list | tuple | set | frozenset | pd.Index | pd.Series


def _many(answer: Any) -> bool:
    return isinstance(answer, MANY) or (isinstance(answer, np.ndarray) and answer.ndim == 1)


def plain(text: Any) -> str:
    """Return a name without what does not matter: case, spaces around it, how its accents are stored.

    Examples
    --------
    >>> plain("  Drawing  a CIRCLE ")
    'drawing a circle'
    """
    return " ".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def wrong_text(answer: Any, expected: str | None, choices: Iterable[str] | None) -> str:
    """Return what is wrong with a text, or nothing if it is right; with nothing expected, any choice is.

    Examples
    --------
    >>> wrong_text("jugling", "juggling", ["juggling", "omelette"])
    'Not yet: "jugling" is not one of the choices. Did you mean "juggling"?'
    """
    if not isinstance(answer, str):
        return f"Not yet: found {shown(answer)}, expected a text. {_text_from(answer)}"
    said = f'Not yet: "{answer.strip()}"'
    if expected is not None and plain(answer) == plain(expected):
        return ""
    if not plain(answer):
        return 'Not yet: the text is empty. Write your answer between the quotation marks: "…"'
    if choices is not None and plain(answer) not in map(plain, choices):
        return f"{said} is not one of the choices. {did_you_mean(answer.strip(), choices)}"
    if expected is None:
        return ""
    close = difflib.SequenceMatcher(None, plain(answer), plain(expected)).ratio() > 0.8
    if close and choices is None:
        return f"{said} is nearly it. Look at the spelling."
    return f"{said} is not it. Look once more at what the cells above show."


def _text_from(answer: Any) -> str:
    if _many(answer) and len(answer) == 1:
        return f"Take it out of its brackets: {next(iter(answer))!r}"
    if _many(answer):
        return 'One name is asked for, in quotation marks: "…"'
    return 'Write it in quotation marks: "…"'


def wrong_names(answer: Any, expected: Any, within: float | None) -> str:
    """Return what is wrong with several names or numbers, or nothing if they are right.

    Examples
    --------
    >>> wrong_names({"juggling", "ukulele"}, {"juggling", "omelette"}, None)
    'Not yet: “omelette” is missing. “ukulele” does not belong there.'
    >>> wrong_names(["b", "a"], ["a", "b"], None)
    'Not yet: these are the right names, in another order.'
    """
    if not _many(answer):
        many = "a set: {…, …}" if isinstance(expected, set | frozenset) else "a list: […, …]"
        return f"Not yet: found {shown(answer)}, expected several values. Write {many}"
    given, wanted = list(answer), list(expected)
    if _numbers(wanted):
        return _wrong_numbers(given, wanted, isinstance(expected, set | frozenset), within)
    names, right = [plain(name) for name in given], [plain(name) for name in wanted]
    shows = dict(zip([*right, *names], [*wanted, *given], strict=True))
    if isinstance(expected, set | frozenset):
        names, right = list(dict.fromkeys(names)), list(dict.fromkeys(right))
    missing, extra = Counter(right) - Counter(names), Counter(names) - Counter(right)
    if missing or extra:
        return "Not yet: " + " ".join(_differences([shows[name] for name in missing], [shows[name] for name in extra]))
    ordered = isinstance(expected, set | frozenset) or names == right
    return "" if ordered else "Not yet: these are the right names, in another order."


def _differences(missing: list, extra: list) -> Iterable[str]:
    for names, one, more in (
        (missing, "is missing.", "are missing."),
        (extra, "does not belong there.", "do not belong there."),
    ):
        if names:
            yield f"{listed(f'“{name}”' for name in names)} {one if len(names) == 1 else more}"


def _numbers(values: list) -> bool:
    return bool(values) and all(isinstance(value, numbers.Real) and not isinstance(value, bool) for value in values)


def _wrong_numbers(given: list, wanted: list, any_order: bool, within: float | None) -> str:
    if len(given) != len(wanted):
        return f"Not yet: found {counted(len(given), 'value')}, expected {len(wanted):,}."
    if any_order and _numbers(given):
        given, wanted = sorted(given), sorted(wanted)
    for place, (value, right) in enumerate(zip(given, wanted, strict=True), start=1):
        if wrong := wrong_number(value, right, "", within):
            return f"{wrong} (That is value {place} of {len(wanted)}.)"
    return ""
