"""Time zones by the names that calendars give them, or as the calendar itself describes them (VTIMEZONE)."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from mmlib.sources.calendars.components import Component
from mmlib.sources.calendars.recurrence import FIRST, LAST, days_of, rule_of

_STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)


class Described(tzinfo):
    """A zone that a calendar describes.

    Parameters
    ----------
    name : str
        Its name.
    onsets : list of (datetime, timedelta)
        From which time of the clock on the wall on how far that clock is ahead of universal time, in order.
    before : timedelta
        How far it was ahead before the first of them.
    """

    def __init__(self, name: str, onsets: list[tuple[datetime, timedelta]], before: timedelta) -> None:
        self._name = name
        self._onsets, self._offsets = [onset for onset, _ in onsets], [before, *(offset for _, offset in onsets)]

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Return how far a time of its clock is ahead of universal time."""
        if moment is None:
            return None
        return self._offsets[bisect_right(self._onsets, moment.replace(tzinfo=None))]

    def dst(self, moment: datetime | None) -> timedelta | None:  # noqa: ARG002
        """Return nothing: a description need not say which part is daylight saving."""
        return None

    def tzname(self, moment: datetime | None) -> str:  # noqa: ARG002
        """Return its name."""
        return self._name


def zone_of(name: str, calendar: Component) -> tzinfo | None:
    """Return the zone that a calendar means by a name: an IANA name, one of Windows, or one that it describes itself.

    Examples
    --------
    >>> book = Component("VCALENDAR", 1)
    >>> print(zone_of("W. Europe Standard Time", book), zone_of("/mozilla.org/20070129_1/Asia/Tokyo", book))
    Europe/Berlin Asia/Tokyo
    """
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    described = next((one for one in calendar.parts if one.name == "VTIMEZONE" and one.text("TZID") == name), None)
    place = described.text("X-LIC-LOCATION") if described else ""
    parts = name.strip("/").split("/")[:8]
    guesses = ["/".join(parts[start:]) for start in range(len(parts))] if name.startswith("/") else [name]
    for guess in [*guesses, WINDOWS_TO_OLSON.get(name, ""), place]:
        if guess:
            try:
                return ZoneInfo(guess)
            except (OSError, ValueError, LookupError):
                continue
    return _described(name, described) if described else None


def stamp_of(text: str) -> tuple[datetime, bool, bool]:
    """Return a time of a calendar, whether it is a day only, and whether it is universal; or raise a ValueError.

    Examples
    --------
    >>> stamp_of("20261031T183000Z")
    (datetime.datetime(2026, 10, 31, 18, 30), False, True)
    """
    match = _STAMP.fullmatch(text.strip())
    if not match:
        raise ValueError(text[:40])
    moment = datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")
    return moment, match[2] is None, bool(match[3])


def _described(name: str, zone: Component) -> tzinfo | None:
    """Return the zone of a description; None where it cannot be read."""
    changes = []
    try:
        for part in zone.parts:
            if part.name not in ("STANDARD", "DAYLIGHT"):
                continue
            start = stamp_of(part.text("DTSTART"))[0]
            before, after = _offset(part.text("TZOFFSETFROM")), _offset(part.text("TZOFFSETTO"))
            onsets = {start, *(stamp_of(text)[0] for _, texts in part.values("RDATE") for text in texts.split(","))}
            for _, text in part.values("RRULE"):
                rule = rule_of(text)
                first = max(start.date(), start.date().replace(year=max(start.year, FIRST.year)))
                last = stamp_of(rule["UNTIL"][0])[0].date() if "UNTIL" in rule else LAST
                onsets |= {datetime.combine(day, start.time()) for day in days_of(rule, first, min(last, LAST))}
            skipped = max(after - before, timedelta(0))  # what a clock put forward never shows counts as before it
            changes += [(onset + skipped, after, before) for onset in onsets]
    except (ValueError, OverflowError):
        return None
    if not changes:
        return None
    changes.sort()
    return Described(name, [(onset, after) for onset, after, _ in changes], changes[0][2])


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text.strip())
    if not match or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(text[:40])
    hours, minutes, seconds = int(match[2]), int(match[3]), int(match[4] or 0)
    amount = timedelta(hours=hours, minutes=minutes, seconds=min(seconds, 59))
    return -amount if match[1] == "-" else amount
