"""On which days a recurring event takes place, from its rule (RFC 5545, RRULE).

All days of three centuries are laid out once, and a rule is a mask over those from an event's first day to its last:
so a rule that never holds (each 30 February) costs no more than any other. A generator such as dateutil's would look
for its first day until the year 9999; the tests compare with it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import numpy as np

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH", "BYSETPOS"}
_BYDAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(WEEKDAYS)})", re.ASCII)
_MOST = 1_000_000  # of a count, an interval and the numbers in lists


def rule_of(text: str) -> dict[str, list[str]]:
    """Return the parts of a rule.

    Raises
    ------
    ValueError
        If it has parts that are not understood, or recurs more often than daily.

    Examples
    --------
    >>> rule_of("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4")
    {'FREQ': ['WEEKLY'], 'BYDAY': ['MO', 'TH'], 'COUNT': ['4']}
    """
    pairs = [part.partition("=") for part in text.strip().strip(";").upper().split(";")]
    rule = {name.strip(): [value.strip() for value in values.split(",")] for name, _, values in pairs}
    unknown = sorted(rule.keys() - _KNOWN)
    if unknown:
        raise ValueError(f"a rule with {unknown[0][:40]}")
    if rule.get("FREQ", [""])[0] not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError(f"a rule with FREQ={rule.get('FREQ', ['nothing'])[0][:40]}")
    return rule


def days_of(rule: dict[str, list[str]], first: date, last: date) -> list[date]:
    """Return the days of a rule, from the day of an event's start to the last day.

    Raises
    ------
    ValueError
        If a number in the rule is none.

    Examples
    --------
    >>> rule = rule_of("FREQ=MONTHLY;BYDAY=-1SA")
    >>> [str(day) for day in days_of(rule, date(2026, 10, 31), date(2026, 12, 31))]
    ['2026-10-31', '2026-11-28', '2026-12-26']
    """
    if not FIRST <= first <= min(last, LAST):
        return []
    every = number(rule.get("INTERVAL", ["1"])[0], least=1)
    begin, period = _periods(rule, first, last)
    days = slice(begin, begin + len(period))
    chosen = (period % every == 0) & _chosen(rule, first, days)
    places = [number(text) for text in rule.get("BYSETPOS", [])]
    if places:
        chosen = _at(places, chosen, period)
    found = np.flatnonzero(chosen) + begin
    found = found[(found >= _place(first)) & (found <= _place(last))]
    return _table()["day"][found].astype(object).tolist()


def number(text: str, *, least: int = -_MOST) -> int:
    """Return a whole number of a rule; anything else raises a ValueError."""
    if not re.fullmatch(r"[+-]?\d{1,7}", text, re.ASCII) or not least <= int(text) <= _MOST:
        raise ValueError(f"{text[:40]!r} in a rule")
    return int(text)


@cache
def _table() -> dict[str, np.ndarray]:
    """Return the days of three centuries, each with what rules ask of it."""
    day = np.arange(FIRST, date(LAST.year + 3, 1, 1), dtype="datetime64[D]")
    month, year = day.astype("datetime64[M]"), day.astype("datetime64[Y]")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    days = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(int)
    return {
        "day": day,
        "months": month.astype(int),
        "years": year.astype(int),
        "month": month.astype(int) % 12 + 1,
        "monthday": (day - month.astype("datetime64[D]")).astype(int) + 1,
        "yearday": (day - year.astype("datetime64[D]")).astype(int) + 1,
        "weekday": (day.astype(int) + 3) % 7,
        "in_month": length,
        "in_year": days,
    }


def _place(day: date) -> int:
    return (day - FIRST).days


def _periods(rule: dict[str, list[str]], first: date, last: date) -> tuple[int, np.ndarray]:
    """Return where the first day's period begins, and for each day from there which period it is in."""
    table, start, frequency = _table(), _place(first), rule["FREQ"][0]
    week = rule.get("WKST", ["MO"])[0]
    if week not in WEEKDAYS:
        raise ValueError(f"WKST={week[:40]} in a rule")
    into = {"DAILY": 0, "WEEKLY": (first.weekday() - WEEKDAYS.index(week)) % 7, "MONTHLY": first.day - 1}
    begin = max(start - into.get(frequency, int(table["yearday"][start]) - 1), 0)
    end = min(max(_place(last), start) + 367, len(table["day"]))  # the last period in full
    if frequency in ("MONTHLY", "YEARLY"):
        periods = table["months" if frequency == "MONTHLY" else "years"][begin:end]
        return begin, periods - periods[0]
    return begin, np.arange(end - begin) // (7 if frequency == "WEEKLY" else 1)


def _chosen(rule: dict[str, list[str]], first: date, days: slice) -> np.ndarray:
    """Return which days have all that the rule asks for; what it leaves open is as on the first day."""
    table = {name: values[days] for name, values in _table().items()}
    frequency = rule["FREQ"][0]
    chosen = np.ones(len(table["day"]), bool)
    if "BYMONTH" in rule:
        chosen &= np.isin(table["month"], [number(text) for text in rule["BYMONTH"]])
    if "BYMONTHDAY" in rule:
        chosen &= _numbered(rule["BYMONTHDAY"], table["monthday"], table["in_month"])
    if "BYYEARDAY" in rule:
        chosen &= _numbered(rule["BYYEARDAY"], table["yearday"], table["in_year"])
    if "BYDAY" in rule:
        chosen &= _weekdays(rule, table)
    if not {"BYMONTHDAY", "BYYEARDAY", "BYDAY"} & rule.keys():
        if frequency == "YEARLY" and "BYMONTH" not in rule:
            chosen &= table["month"] == first.month
        if frequency in ("YEARLY", "MONTHLY"):
            chosen &= table["monthday"] == first.day
        if frequency == "WEEKLY":
            chosen &= table["weekday"] == first.weekday()
    return chosen


def _numbered(texts: list[str], number_of_day: np.ndarray, length: np.ndarray) -> np.ndarray:
    numbers = [number(text) for text in texts]
    return np.isin(number_of_day, numbers) | np.isin(number_of_day - length - 1, numbers)


def _weekdays(rule: dict[str, list[str]], table: dict[str, np.ndarray]) -> np.ndarray:
    """Return which days are one of the weekdays: 2MO is the second Monday, -1FR the last Friday."""
    within = {"MONTHLY": "month", "YEARLY": "month" if "BYMONTH" in rule else "year"}.get(rule["FREQ"][0])
    found = np.zeros(len(table["day"]), bool)
    for text in rule["BYDAY"]:
        match = _BYDAY.fullmatch(text)
        if not match:
            raise ValueError(f"BYDAY={text[:40]} in a rule")
        hits = table["weekday"] == WEEKDAYS.index(match[2])
        nth = int(match[1] or 0)
        if nth and within:
            after, before = table[f"{within}day"] - 1, table[f"in_{within}"] - table[f"{within}day"]
            hits &= (after if nth > 0 else before) // 7 + 1 == abs(nth)
        found |= hits
    return found


def _at(places: list[int], chosen: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Return which of the chosen days are at one of the places in their period, counted from 1 or back from -1."""
    days = np.flatnonzero(chosen)
    left, right = (np.searchsorted(period[days], period[days], side) for side in ("left", "right"))
    order = np.arange(len(days))
    kept = np.isin(order - left + 1, places) | np.isin(order - right, places)
    found = np.zeros_like(chosen)
    found[days[kept]] = True
    return found
