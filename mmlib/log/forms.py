"""The forms in which people write minutes, numbers and dates: understood where they are unambiguous.

Each function takes a column of text and returns the values, missing where the text is empty or not understood.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

LARGEST_WHOLE = 2**53  # beyond it not every whole number is a float
NOTHING = ("", "NA", "N/A", "n/a", "NaN", "nan")

_HOURS = r"(?P<hours>\d+(?:\.\d+)?)\s*(?:h|hr|hrs|hour|hours)"
_MINUTES = r"(?P<minutes>\d+(?:\.\d+)?)\s*(?:m|min|mins|minute|minutes)"
_SECONDS = r"(?P<seconds>\d+(?:\.\d+)?)\s*(?:s|sec|secs|second|seconds)"
_WORDS = rf"^(?=\S)(?:{_HOURS})?\s*(?:{_MINUTES})?\s*(?:{_SECONDS})?\.?$"
_HOURS_THEN_MINUTES = r"^(?P<hours>\d+)\s*h\s*(?P<minutes>[0-5]\d)$"
_CLOCK = r"^(?P<hours>\d+):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?$"
_ISO = r"^\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$"
_IN_MINUTES = {"hours": 60.0, "minutes": 1.0, "seconds": 1 / 60}
_NAMED = (  # year first, then dots (always the day first), then slashes
    r"^(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?P<time>[T ].*)?$",
    r"^(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?P<time>[T ].*)?$",
    r"^(?P<day>1[3-9]|2\d|3[01])/(?P<month>\d{1,2})/(?P<year>\d{4})(?P<time>[T ].*)?$",
    r"^(?P<month>\d{1,2})/(?P<day>1[3-9]|2\d|3[01])/(?P<year>\d{4})(?P<time>[T ].*)?$",
)


def texts(text: pd.Series) -> pd.Series:
    """Return the texts without blanks around them.

    Examples
    --------
    >>> texts(pd.Series([" eyes closed", " "])).tolist()
    ['eyes closed', nan]
    """
    text = text.str.strip()
    return text.mask(text == "")


def numbers(text: pd.Series, *, decimal: str = ".") -> pd.Series:
    """Return the numbers in a column of text; with `decimal=","` both 12,5 and 12.5 are read.

    Examples
    --------
    >>> numbers(pd.Series(["12", "3,5", "many"]), decimal=",").tolist()
    [12.0, 3.5, nan]
    """
    if decimal == ",":
        text = text.where(~text.str.fullmatch(r"[+-]?\d*,\d+", na=False), text.str.replace(",", ".", regex=False))
    plain = text.str.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", na=False)
    return pd.to_numeric(text.where(plain), errors="coerce").astype("float64")


def whole(numbers: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Return numbers as whole ones, missing where they are not, and where that is.

    Examples
    --------
    >>> whole(pd.Series([3.0, 3.5, float("nan")]))[1].tolist()
    [False, True, False]
    """
    values = numbers.to_numpy()
    unknown = np.isnan(values)
    broken = ~unknown & ((np.floor(values) != values) | (np.abs(values) > LARGEST_WHOLE))
    missing = unknown | broken
    found = pd.arrays.IntegerArray(np.where(missing, 0, values).astype("int64"), missing)
    return pd.Series(found, index=numbers.index, copy=False), broken


def minutes(text: pd.Series, *, decimal: str = ".") -> pd.Series:
    """Return minutes from forms such as 90, 90 min, 1:30 (hours and minutes), 1:30:15, 1h30, 2 hours, 45 s.

    Examples
    --------
    >>> minutes(pd.Series(["90", "1:30", "90 min", "1h30", "1 h 30 min", "half an hour"])).tolist()
    [90.0, 90.0, 90.0, 90.0, 90.0, nan]
    """
    values = numbers(text, decimal=decimal)
    words = text.str.strip().str.casefold()
    if decimal == ",":
        words = words.str.replace(",", ".", regex=False)
    for form in (_CLOCK, _HOURS_THEN_MINUTES, _WORDS):
        todo = values.isna() & text.notna()
        if not todo.any():
            break
        found = words[todo].str.extract(form).astype("float64")
        total = found.mul(pd.Series(_IN_MINUTES)[list(found)]).sum(axis=1, min_count=1)
        values.loc[todo] = total.to_numpy()
    return values


def times(text: pd.Series) -> pd.Series:
    """Return local times from ISO dates, with or without a time, and from dates whose order is beyond doubt.

    Refused, and so missing: 03/04/2026, which is March in one country and April in another, and times with a
    zone, which are not the learner's wall clock.

    Examples
    --------
    >>> times(pd.Series(["2026-10-31 18:30", "31.10.2026", "03/04/2026"])).dt.day.tolist()
    [31.0, 31.0, nan]
    """
    text = text.str.strip()
    iso = text.where(text.str.fullmatch(_ISO, na=False))
    todo = text.notna() & iso.isna()
    for form in _NAMED if todo.any() else ():
        found = text[todo].str.extract(form)
        named = found["year"] + "-" + found["month"].str.zfill(2) + "-" + found["day"].str.zfill(2)
        named += found["time"].fillna("")
        iso = iso.fillna(named.where(named.str.fullmatch(_ISO, na=False)))
    return pd.to_datetime(_padded(iso), format="ISO8601", errors="coerce").astype("datetime64[us]")


def _padded(iso: pd.Series) -> pd.Series:
    """Return dates and hours with two digits each: 2026-4-3 7:05 becomes 2026-04-03 07:05."""
    loose = iso.str.contains(r"-\d(?!\d)|[T ]\d:", na=False)
    if loose.any():
        two_digits = iso[loose].str.replace(r"(?<=[-T ])(\d)(?!\d)", r"0\1", regex=True)
        iso = iso.where(~loose, two_digits)
    return iso


def why_no_time(found: str) -> tuple[str, str]:
    """Return what was expected, and the advice, for a time that was not understood."""
    slashes = found.split()[0].split("/") if found.split() else []
    if len(slashes) == 3 and all(piece.isdigit() for piece in slashes) and max(map(int, slashes[:2])) <= 12:
        first, second, year = slashes
        one, other = (f"{year}-{m:0>2}-{d:0>2}" for m, d in ((second, first), (first, second)))
        return "a date in one order everywhere", f"It may mean {one} or {other}: write the one that is meant."
    if found.rstrip().endswith("Z") or (":" in found and pd.Series([found]).str.contains(r"[+-]\d\d:?\d\d$")[0]):
        return (
            "a local time without a zone",
            "Write the time that the clock on the wall showed, such as 2026-10-31 18:30.",
        )
    return "a date and time", "Write 2026-10-31 18:30."


def is_nothing(text: pd.Series) -> pd.Series:
    """Return where a column of text says nothing: missing, empty, or one of the ways to write "not available"."""
    return text.isna() | text.str.strip().isin(NOTHING)
