"""iCalendar (.ics): events of a calendar, as any calendar program exports them.

One row per event, and per day on which a recurring event takes place. The skill is the event's title. Five things are
decided here:

- *What is in the calendar took place*, but for what is cancelled. Whether an event shows as busy or as free makes no
  difference. To-dos and journals are no sessions.
- *A rule without an end* goes as far as the newest moment at which the file says that something was written
  (DTSTAMP, LAST-MODIFIED, CREATED), which most programs set when they export; without one, as far as the last single
  event. What has an end, or is single, is taken as it stands, so export when a month is over rather than before.
- *Occurrences* that were moved or changed count as they became; those that were removed or cancelled do not. Rules
  that recur more often than daily, have parts that are not understood or give more than 10,000 days are set aside.
- *All-day events* start at midnight and have no minutes: a day is no measure of practice.
- *An event is known again* by its UID; an occurrence by the UID and the moment at which the rule put it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from mmlib.errors import counted
from mmlib.sources.calendars.components import Component, calendars
from mmlib.sources.calendars.events import Event, Unread, When, event_of, note_of, times_of
from mmlib.sources.calendars.recurrence import FIRST, LAST, days_of, number, rule_of
from mmlib.sources.calendars.zones import stamp_of
from mmlib.sources.reading import Rows, Sample, checked_zone, on_the_wall, refused, short, text_of

__all__ = ["ADVICE", "CARD", "EXPECTED", "TITLE", "read", "recognises"]

TITLE = "iCalendar"
CARD: dict[str, str] = {}
EXPECTED = "a calendar (.ics)"
ADVICE = "Export the calendar from your calendar program as an .ics file."
MOST_DAYS, MOST_ROWS = 10_000, 200_000  # of an event, and of a file
_MOST_RULES = 5  # of an event: one is usual
_A_WHILE = timedelta(days=2000)  # in which most rules with a number of occurrences come to their end


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the events of a calendar as a log.

    Parameters
    ----------
    path : str or Path
        The calendar; a file may hold several.
    learner : str
        Whose calendar it is.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out. Times without a zone are taken as they are.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the title, `minutes` the length (none for whole days), `note`
        the description, the place as @place and the categories as #category. `source_id` is the UID; for an
        occurrence of a recurring event the UID and the moment, in universal time, at which the rule put it.
        Events and occurrences = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is no calendar, or holds no event that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "practice.ics"
    >>> _ = file.write_text(
    ...     "BEGIN:VCALENDAR\\nBEGIN:VEVENT\\nUID:1\\nSUMMARY:Juggling\\nDTSTART:20261031T173000Z\\nDURATION:PT20M\\n"
    ...     "RRULE:FREQ=DAILY;COUNT=2\\nEND:VEVENT\\nEND:VCALENDAR\\n"
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "minutes"]].to_string(index=False))
       skill               start  minutes
    Juggling 2026-10-31 18:30:00     20.0
    Juggling 2026-11-01 18:30:00     20.0
    """
    tz = checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(Path(path).name, "Mend the event in the calendar, and export again.")
    books = calendars(text)
    if not books:
        raise refused(rows.file, "text without a calendar in it", EXPECTED, ADVICE)
    events: dict[tuple[str, str], Event] = {}
    for event in _events(books, rows):
        known = events.get((event.uid, event.instance))
        if known is None or event.version >= known.version:
            events[event.uid, event.instance] = event
    written = _written(events.values())
    for event in events.values():
        try:
            _add(rows, event, events, written, tz)
        except Unread as problem:
            rows.aside(event.component.row, problem.column, problem.found, problem.expected)
        if len(rows) > MOST_ROWS:
            raise refused(rows.file, f"more than {counted(MOST_ROWS, 'event')}", EXPECTED, "Export a shorter time.")
    return rows.log(learner=learner, source="icalendar", expected="a calendar with events in it")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like a calendar."""
    return sample.text[:15].upper() == "BEGIN:VCALENDAR"


def _events(books: list[Component], rows: Rows) -> Iterator[Event]:
    """Yield the events of all calendars; those that cannot be read are set aside."""
    for book in books:
        parts = [part for part in book.parts if part.name == "VEVENT"]
        for part in parts:
            try:
                if not part.whole:
                    raise Unread("", "an event that breaks off", "END:VEVENT at its end")
                yield event_of(part, book)
            except Unread as problem:
                rows.aside(part.row, problem.column, problem.found, problem.expected)
        if not book.whole and all(part.whole for part in book.parts):
            rows.aside(book.row, "", "a calendar that breaks off", "END:VCALENDAR at its end", ADVICE)


def _written(events: Iterable[Event]) -> datetime:
    """Return the newest moment at which something was written; without any, the last start of an event."""
    stamps, starts = [datetime.min], [datetime.min]
    for event in events:
        starts.append(event.start.moment.replace(tzinfo=None))
        for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED"):
            try:
                stamps.append(stamp_of(event.component.text(name))[0])
            except ValueError:
                continue
    newest = max(stamps) if len(stamps) > 1 else max(starts)
    return min(max(newest, datetime(FIRST.year, 1, 1)), datetime(LAST.year, 1, 1))


def _add(rows: Rows, event: Event, events: Container[tuple[str, str]], written: datetime, tz: str | None) -> None:
    """Add an event, or all its occurrences but those that are written as events of their own."""
    if event.cancelled:
        return
    marked = {event.instance: event.start} if event.instance else _occurrences(event, written)
    row, skill, note = event.component.row, event.component.text("SUMMARY"), note_of(event.component)
    for mark, start in marked.items():
        if event.instance or not mark or (event.uid, mark) not in events:
            known = f"{event.uid}/{mark}" if mark else event.uid
            rows.add(row, known, skill=skill, start=on_the_wall(start.moment, tz), minutes=event.minutes, note=note)


def _occurrences(event: Event, written: datetime) -> dict[str, When]:
    """Return when an event takes place, by what tells its occurrences apart: nothing, if there is but one."""
    part, book, start = event.component, event.calendar, event.start
    rules, added = part.values("RRULE"), part.values("RDATE")
    if part.values("EXRULE"):
        raise Unread("EXRULE", "a rule for what is left out", "EXDATE")
    if len(rules) > _MOST_RULES:
        raise Unread("RRULE", f"{len(rules):,} rules", "one")
    if not rules and not added:
        return {"": start}
    found = [start]
    for _, text in rules:
        found += _by_rule(text, start, written)
    for values in added:
        found += times_of("RDATE", values, book, start.zone)
    removed = [one for values in part.values("EXDATE") for one in times_of("EXDATE", values, book, start.zone)]
    marks, days = {one.mark for one in removed}, {one.clock.date() for one in removed if one.whole_day}
    return {one.mark: one for one in found if one.mark not in marks and one.clock.date() not in days}


def _by_rule(text: str, start: When, written: datetime) -> list[When]:
    """Return the occurrences of a rule; the event's start is the first, and counts."""
    first = start.clock.date()
    try:
        rule = rule_of(text)
        count = number(rule["COUNT"][0], least=1) if "COUNT" in rule else None
        end, whole_day, universal = stamp_of(rule["UNTIL"][0]) if "UNTIL" in rule else (written, False, True)
        last = LAST if end.year >= LAST.year else end.date() + timedelta(days=1)
        days = days_of(rule, first, min(first + _A_WHILE, LAST) if count else last)
        if count and len(days) <= count:
            days = days_of(rule, first, LAST)
    except ValueError as error:
        raise Unread("RRULE", str(error), "a rule such as FREQ=WEEKLY;BYDAY=MO,TH") from None
    days = [day for day in days if day != first][: count - 1 if count else None]
    if len(days) >= MOST_DAYS:  # the start is one more
        raise Unread("RRULE", short(text), f"a rule for no more than {MOST_DAYS:,} days")
    found = [start, *map(start.on, days)]
    if whole_day:
        found = [one for one in found if one.clock.date() <= end.date()]
    elif "UNTIL" in rule or not count:
        found = [one for one in found if (one.moment.replace(tzinfo=None) if universal else one.clock) <= end]
    return found
