"""From a component to an event: its times, in whichever zone they are written, how long it is, what it says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from mmlib.sources.calendars.components import Component
from mmlib.sources.calendars.recurrence import FIRST, LAST
from mmlib.sources.calendars.zones import stamp_of, zone_of
from mmlib.sources.reading import clean, short

_TAG = re.compile(r"</?(?:a|b|br|div|em|i|li|ol|p|span|strong|u|ul)\b[^<>]{0,500}>", re.IGNORECASE)


class Unread(Exception):
    """What was found in which property, and what was expected: the event cannot be read."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        super().__init__(column)
        self.column, self.found, self.expected = column, found, expected


@dataclass(frozen=True)
class When:
    """A time: on the clock of its zone, or on any clock (no zone), or a whole day."""

    clock: datetime
    zone: tzinfo | None = None
    whole_day: bool = False

    @property
    def moment(self) -> datetime:
        """The moment in universal time, or the time on the wall where that is all that is known."""
        return self.clock if self.zone is None else self.clock.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def mark(self) -> str:
        """What tells this time from others, whichever zone it is written in."""
        form = "%Y%m%d" if self.whole_day else "%Y%m%dT%H%M%S" if self.zone is None else "%Y%m%dT%H%M%SZ"
        return self.moment.strftime(form)

    def on(self, day: date) -> When:
        """Return the same time on another day."""
        return When(datetime.combine(day, self.clock.time()), self.zone, self.whole_day)


@dataclass(frozen=True)
class Event:
    """An event as it is written: its times, and which occurrence of its UID it stands for, if of one."""

    component: Component
    calendar: Component
    uid: str
    start: When
    minutes: float | None
    instance: str
    version: tuple[int, str]
    cancelled: bool


def event_of(part: Component, book: Component) -> Event:
    """Return the event of a component; one that cannot be read raises Unread."""
    start = _first(part, "DTSTART", book)
    if start is None:
        raise Unread("DTSTART", "nothing", "a date such as 20261031T183000")
    instance = _first(part, "RECURRENCE-ID", book, start.zone)
    if any("RANGE" in parameters for parameters, _ in part.values("RECURRENCE-ID")):
        raise Unread("RECURRENCE-ID", "a change of all later occurrences", "a change of one")
    uid = clean(part.text("UID")) or f"{start.mark}/{clean(part.text('SUMMARY'))}"
    sequence = part.text("SEQUENCE").strip()
    version = (int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else 0, part.text("LAST-MODIFIED"))
    cancelled = part.text("STATUS").strip().upper() == "CANCELLED"
    minutes = _minutes(part, book, start)
    return Event(part, book, uid, start, minutes, instance.mark if instance else "", version, cancelled)


def _minutes(part: Component, book: Component, start: When) -> float | None:
    from icalendar import vDuration

    end, durations = _first(part, "DTEND", book, start.zone), part.values("DURATION")
    length = None
    if end is not None:
        if (end.whole_day, end.zone is None) != (start.whole_day, start.zone is None):
            raise Unread("DTEND", short(end.mark), "an end of the same kind as the start")
        length = end.moment - start.moment
    elif durations:
        try:
            length = vDuration.from_ical(durations[0][1].strip())
        except ValueError:
            raise Unread("DURATION", short(durations[0][1]), "a duration such as PT30M") from None
    if length is not None and length < timedelta(0):
        raise Unread("DTEND", "an end before the start", "one after it")
    return length.total_seconds() / 60 or None if length is not None and not start.whole_day else None


def _first(part: Component, name: str, book: Component, zone: tzinfo | None = None) -> When | None:
    return next((one for values in part.values(name) for one in times_of(name, values, book, zone)), None)


def times_of(name: str, values: tuple[dict[str, str], str], book: Component, zone: tzinfo | None) -> Iterator[When]:
    """Yield the times of a property; without a zone of their own they have the one given."""
    parameters, texts = values
    for text in texts.split(","):
        try:
            clock, whole_day, universal = stamp_of(text)
        except ValueError:
            raise Unread(name, short(text), "a date such as 20261031T183000") from None
        if not FIRST.year < clock.year < LAST.year:
            raise Unread(name, short(text), f"a date from {FIRST.year} to {LAST.year}")
        if whole_day:
            yield When(clock, whole_day=True)
        else:
            yield When(clock, UTC if universal else _zone(name, parameters, book) or zone)


def _zone(name: str, parameters: dict[str, str], book: Component) -> tzinfo | None:
    known = parameters.get("TZID", "")
    if known and known not in book.zones:
        book.zones[known] = zone_of(known, book)
    if known and book.zones[known] is None:
        raise Unread(name, f"the time zone {short(known)}", "one such as Europe/Berlin, or one that is described")
    return book.zones.get(known)


def note_of(part: Component) -> str:
    """Return the description, the place and the categories; the marks of web pages in them are left out."""
    texts = [part.text("DESCRIPTION"), f"@{place}" if (place := clean(part.text("LOCATION"))) else ""]
    names = [clean(name) for _, values in part.values("CATEGORIES") for name in values.split(",")]
    whole = " ".join(filter(None, [*texts, *(f"#{name}" for name in names if name)]))
    plain = _TAG.sub(" ", whole)
    return whole if plain == whole else html.unescape(plain)
