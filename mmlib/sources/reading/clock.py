"""From universal time to what the clock on the learner's wall showed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from mmlib.errors import did_you_mean
from mmlib.sources.reading.words import refused

FIRST_YEAR, LAST_YEAR = 1900, 2200  # the log begins with the one and ends before the other
LAST_SECOND = 7_258_118_400  # the year 2200
_ISO = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d(?::?\d\d){0,2}(?:[.,]\d+)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII)


def checked_zone(tz: str | None) -> str | None:
    """Return a time zone's name, or raise a SourceError where there is none of that name.

    Examples
    --------
    >>> checked_zone("Europe/Berlin")
    'Europe/Berlin'
    """
    if tz is None:
        return None
    try:
        ZoneInfo(tz)
    except (OSError, ValueError, LookupError):
        hint = did_you_mean(tz, available_timezones())
        advice = hint if hint.startswith("Did") else "Write an IANA name such as Europe/Berlin."
        raise refused("tz", f'"{tz}"', "the name of a time zone", advice) from None
    return tz


def wall_clock(seconds: Sequence[float], tz: str | None) -> np.ndarray:
    """Return Unix seconds, to the millisecond, as local times in a zone; without one, in the system's.

    Examples
    --------
    >>> wall_clock([1_630_328_007], "Europe/Paris").astype(str).tolist()
    ['2021-08-30T14:53:27.000000']
    """
    if tz is None:
        return np.array([datetime.fromtimestamp(second) for second in seconds], dtype="datetime64[us]")
    milliseconds = np.round(1000 * np.asarray(seconds, dtype="float64")).astype("int64")
    utc = pd.to_datetime(milliseconds, unit="ms", utc=True)
    return utc.tz_convert(tz).tz_localize(None).as_unit("us").to_numpy()


def on_the_wall(moment: datetime, tz: str | None) -> datetime:
    """Return a moment as the local time in a zone (without one, the system's); a time without a zone stays.

    Examples
    --------
    >>> on_the_wall(datetime.fromisoformat("2026-10-31T12:00:00+00:00"), "Europe/Berlin").isoformat()
    '2026-10-31T13:00:00'
    """
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(ZoneInfo(tz) if tz else None).replace(tzinfo=None)


def from_unix(seconds: float, tz: str | None) -> datetime | None:
    """Return Unix seconds as the local time in a zone; None where that is no time from 1970 to 2200.

    Examples
    --------
    >>> from_unix(1_792_413_000.25, "Europe/Berlin"), from_unix(-1.0, None)
    (datetime.datetime(2026, 10, 19, 14, 30, 0, 250000), None)
    """
    if not 0 < seconds < LAST_SECOND:
        return None
    return on_the_wall(datetime.fromtimestamp(round(seconds, 3), UTC), tz)


def moment_of(text: object) -> datetime | None:
    """Return the moment that an ISO 8601 text names, with its zone where it has one; None where it names none.

    Examples
    --------
    >>> moment_of("20261031T183000Z"), moment_of("2026-10-31"), moment_of("Saturday")
    (datetime.datetime(2026, 10, 31, 18, 30, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 10, 31, 0, 0), None)
    """
    if not isinstance(text, str) or not _ISO.fullmatch(text.strip()):
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(" Z", "Z"))
        moment.astimezone()  # the first and the last days of the calendar have no universal time
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR < moment.year < LAST_YEAR - 1 else None
