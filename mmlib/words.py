"""Numbers, times and names as a sentence says them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

MINUS = "\N{MINUS SIGN}"
RATE = "success rate"
"""The unit of a share of successes, which is said in per cent."""


def number(value: float) -> str:
    """Return a number as one would say it, with about three digits.

    Examples
    --------
    >>> [number(x) for x in (0.314, 4.0, 21.04, 1234.5, -2.5)]
    ['0.31', '4', '21', '1,234', '−2.5']
    """
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{abs(value):,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return MINUS + text if value < 0 and text != "0" else text


def from_to(start: float, end: float) -> tuple[str, str]:
    """Return two numbers of one measure with as many decimals as their difference needs.

    Examples
    --------
    >>> from_to(10.47, 55.02), from_to(1.532, 1.981), from_to(31.12, 31.84), from_to(14.62, 14.57)
    (('10', '55'), ('1.53', '1.98'), ('31.1', '31.8'), ('14.62', '14.57'))
    """
    change, size = abs(end - start), max(abs(start), abs(end))
    whole = float(start).is_integer() and float(end).is_integer()
    needed = 0 if whole or change >= 10 else 1 if change >= 1 else 2 if change >= 0.1 else 3
    allowed = max(0, 2 - math.floor(math.log10(size))) if size > 0 else 0
    places = min(needed, allowed)
    # Two numbers that differ must not read alike, if one more decimal tells them apart.
    if places < needed and f"{start:.{places}f}" == f"{end:.{places}f}" != f"{end:.{places + 1}f}":
        places += 1
    texts = (f"{abs(value):,.{places}f}" for value in (start, end))
    first, last = (
        MINUS + t if v < 0 and float(t.replace(",", "")) else t for v, t in zip((start, end), texts, strict=True)
    )
    return first, last


def measured(value: float, unit: object = None) -> str:
    """Return a number with its unit; a success rate in per cent.

    Examples
    --------
    >>> measured(41, "catches"), measured(0.782, "success rate"), measured(3.5)
    ('41 catches', '78%', '3.5')
    """
    if unit == RATE:
        return f"{number(100 * value) if 0 < abs(value) < 0.01 else f'{100 * value:.0f}'}%".replace("-", MINUS)
    return f"{number(value)}{_after(unit)}"


def change_of(start: float, end: float, unit: object = None, *, to: str = " to ") -> str:
    """Return two numbers of one measure with their unit; success rates in per cent.

    Examples
    --------
    >>> change_of(34, 41.2, "catches"), change_of(0.7, 0.764, "success rate", to=" → ")
    ('34.0 to 41.2 catches', '70.0% → 76.4%')
    """
    if unit == RATE:
        return to.join(f"{text}%" for text in from_to(100 * start, 100 * end))
    return to.join(from_to(start, end)) + _after(unit)


def difference(value: float, unit: object = None) -> str:
    """Return a change with its sign and unit; of success rates in percentage points.

    Examples
    --------
    >>> difference(7, "catches"), difference(-0.064, "success rate")
    ('+7 catches', '−6.4 percentage points')
    """
    if unit == RATE:
        points = signed(round(100 * value, 1))
        return f"{points} percentage point{'' if points[1:] == '1' else 's'}"
    return signed(value) + _after(unit)


def _after(unit: object) -> str:
    return "" if pd.isna(unit) or not unit else f" {unit}"


def signed(value: float) -> str:
    """Return a change with its sign.

    Examples
    --------
    >>> signed(0.9), signed(-2), signed(0)
    ('+0.9', '−2', '±0')
    """
    text = number(value)
    return "±0" if text == "0" else text if value < 0 else f"+{text}"


def rated(value: float) -> str:
    """Return a mean on a scale from 1 to 5, or a difference of two: one decimal unless it is near nothing.

    Examples
    --------
    >>> rated(4.26), rated(3.0), rated(-0.04)
    ('4.3', '3.0', '−0.04')
    """
    text = f"{abs(value):.{2 if abs(value) < 0.1 else 1}f}"
    return MINUS + text if value < 0 and float(text) else text


def duration(minutes: float) -> str:
    """Return minutes as hours and minutes.

    Examples
    --------
    >>> [duration(x) for x in (0.4, 45, 380, 60, 7265)]
    ['under 1 min', '45 min', '6 h 20 min', '1 h', '121 h']
    """
    if 0 < minutes < 0.5:
        return "under 1 min"
    hours, rest = divmod(math.floor(minutes + 0.5), 60)
    if hours >= 100:
        return f"{hours + round(rest / 60):,} h"
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]))


def gap(days: float) -> str:
    """Return a time between two sessions in the unit that suits it.

    Examples
    --------
    >>> [gap(x) for x in (0.0002, 0.001, 0.25, 1, 6.52)]
    ['17 s', '1.4 min', '6 h', '1 day', '6.5 days']
    """
    seconds = days * 86_400
    units = ((59.5, 1, "s"), (3570, 60, "min"), (84_600, 3600, "h"), (math.inf, 86_400, "days"))
    size, name = next((seconds / size, name) for limit, size, name in units if seconds < limit)
    text = f"{size:,.0f}" if size >= 9.95 or name == "s" else f"{size:.1f}".removesuffix(".0")
    return "1 day" if (text, name) == ("1", "days") else f"{text} {name}"


def listed(names: Iterable[object]) -> str:
    """Return names as a sentence lists them.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    words = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def capital(text: object) -> str:
    """Return a name as it begins a sentence.

    Examples
    --------
    >>> capital("ada"), capital("U-bend")
    ('Ada', 'U-bend')
    """
    words = str(text)
    return words[:1].upper() + words[1:]


def who(table: pd.DataFrame) -> str:
    """Return the learner of a table as a sentence's subject."""
    names = table["learner"].dropna().unique() if "learner" in table else []
    return "You" if len(names) != 1 or names[0] == "me" else capital(names[0])


def date(day: pd.Timestamp) -> str:
    """Return a day as one writes it.

    Examples
    --------
    >>> date(pd.Timestamp("2026-10-03"))
    '3 October 2026'
    """
    return f"{day.day} {day:%B %Y}"


def period(start: pd.Timestamp, starts: Iterable[pd.Timestamp]) -> str:
    """Return the name of one of a table's periods: a month where all begin on a first, else a week.

    Examples
    --------
    >>> october = pd.Timestamp("2026-10-01")
    >>> period(october, [october]), period(pd.Timestamp("2026-10-05"), [pd.Timestamp("2026-10-05")])
    ('October 2026', 'the week of 5 October 2026')
    """
    return f"{start:%B %Y}" if period_kind(starts) == "month" else f"the week of {date(start)}"


def period_kind(starts: Iterable[pd.Timestamp]) -> str:
    """Return what a table's periods are, months or weeks, in the singular.

    Examples
    --------
    >>> period_kind([pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01")])
    'month'
    """
    return "month" if all(pd.Timestamp(each).day == 1 for each in starts) else "week"
