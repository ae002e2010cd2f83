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

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path

import pandas as pd

from mmlib.errors import counted
from mmlib.sources.calendars.components import Component, calendars
from mmlib.sources.calendars.recurrence import FIRST, LAST, days_of, number, rule_of
from mmlib.sources.calendars.zones import stamp_of, zone_of
from mmlib.sources.reading import Rows, Sample, checked_zone, clean, on_the_wall, refused, short, text_of

__all__ = ["ADVICE", "CARD", "EXPECTED", "TITLE", "read", "recognises"]

TITLE = "iCalendar"
CARD: dict[str, str] = {}
EXPECTED = "a calendar (.ics)"
ADVICE = "Export the calendar from your calendar program as an .ics file."
MOST_DAYS, MOST_ROWS = 10_000, 1_000_000  # of an event, and of a file

_TAG = re.compile(r"</?(?:a|b|br|div|em|i|li|ol|p|span|strong|u|ul)\b[^<>]{0,500}>", re.IGNORECASE)


class _Unread(Exception):
    """What was found in which property, and what was expected: the event cannot be read."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        super().__init__(column)
        self.column, self.found, self.expected = column, found, expected


@dataclass(frozen=True)
class _When:
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

    def on(self, day: date) -> _When:
        """Return the same time on another day."""
        return _When(datetime.combine(day, self.clock.time()), self.zone, self.whole_day)


@dataclass(frozen=True)
class _Event:
    """An event as it is written: its times, and which occurrence of its UID it stands for, if of one."""

    component: Component
    calendar: Component
    uid: str
    start: _When
    minutes: float | None
    instance: str
    version: tuple[int, str]
    cancelled: bool


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
    events = _newest(_events(books, rows))
    for event in events.values():
        try:
            _add(rows, event, events, _written(books, events), tz)
        except _Unread as problem:
            rows.aside(event.component.row, problem.column, problem.found, problem.expected)
        if len(rows) > MOST_ROWS:
            raise refused(rows.file, f"more than {counted(MOST_ROWS, 'event')}", EXPECTED, "Export a shorter time.")
    return rows.log(learner=learner, source="icalendar", expected="a calendar with events in it")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like a calendar."""
    return sample.text[:15].upper() == "BEGIN:VCALENDAR"
