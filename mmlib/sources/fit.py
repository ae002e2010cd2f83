"""FIT: activities, as Garmin, Wahoo, Polar and other devices write them.

One row per session in the file: a triathlon is one for each sport. The skill is the sport, `minutes` the time on the
timer (pauses excluded), `score` the average speed in km/h, the distance over that time. Times are universal.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.errors import counted
from mmlib.sources.reading import (
    Archive,
    Rows,
    Sample,
    checked_file,
    checked_zone,
    clean,
    number_of,
    on_the_wall,
    refused,
    short,
)

TITLE = "FIT"
CARD: dict[str, Any] = {}
EXPECTED = "a FIT activity"
ADVICE = "Export the activity in its original form, or copy it from the device's folder Activity."

LARGEST = 1 << 26  # bytes: a day of an activity has far less than one
NAMES = ("start_time", "sport", "sub_sport", "total_timer_time", "total_elapsed_time", "total_distance")
_UNTOLD = ("training", "generic", "fitness equipment", "")  # sports that say less than their kind does
_SPEED = {"unit": "km/h", "better": "higher"}
_LONGEST = 31 * 86_400  # seconds


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the sessions of a FIT file as a log.

    Parameters
    ----------
    path : str or Path
        The file, or a ZIP with it alone.
    learner : str
        Whose activity it is.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` the sport, `minutes` the time on the timer, `score` km/h,
        `variation` the kind of the sport, `note` the distance. `source_id` is the start and the sport. Sessions read =
        rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not FIT, is damaged, or holds no session (as settings and courses do not).

    Examples
    --------
    >>> read("no-such.fit")
    Traceback (most recent call last):
        ...
    mmlib.errors.SourceError: no-such.fit: found no such file, expected a FIT activity. Check the name.
    """
    tz = checked_zone(tz)
    path = checked_file(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(path.name, ADVICE)
    for number, session in enumerate(_sessions(path, rows), start=1):
        _add(rows, number, session, tz)
    return rows.log(learner=learner, source="fit", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like FIT."""
    return sample.data[8:12] == b".FIT" or any(name.casefold().endswith(".fit") for name in sample.members[:1])


def _sessions(path: Path, rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield the sessions of each part of a file whose checksum is right; a part that cannot be read is set aside."""
    data = _bytes(path)
    if data[8:12] != b".FIT":
        raise refused(path.name, "no FIT file", EXPECTED, ADVICE)
    try:
        import fitdecode
    except ImportError:
        found = "a FIT file, and no library that reads it"
        raise refused(path.name, found, EXPECTED, 'Install it with: pip install "mmlib[sources]"') from None
    if len(data) > LARGEST:
        raise refused(path.name, "more than 64 MB", EXPECTED, ADVICE)
    waiting: list[dict[str, Any]] = []
    count = 0
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE) as reader,
        ):
            for frame in reader:
                if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "session":
                    waiting.append({name: frame.get_value(name, fallback=None) for name in NAMES})
                elif isinstance(frame, fitdecode.FitCRC):  # the checksum is right, so what came before it is, too
                    count += len(waiting)
                    yield from waiting
                    waiting = []
    except Exception as error:  # the library's own errors, and those of whatever it makes of odd bytes
        rows.aside(count + 1, "", f"a file that cannot be read ({clean(str(error))[:80]})", EXPECTED)


def _bytes(path: Path) -> bytes:
    """Return the file's bytes, or those of the one FIT file in an archive, as Garmin Connect hands it out."""
    data = path.read_bytes()
    if not data.startswith(b"PK"):
        return data
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        names = [name for name in archive.names if name.casefold().endswith(".fit")]
        if len(names) != 1:
            found = f"an archive with {counted(len(names), 'FIT file')}"
            raise refused(path.name, found, "one FIT file", "Unpack it, and import them one by one.")
        return archive.data(names[0])


def _add(rows: Rows, number: int, session: dict[str, Any], tz: str | None) -> None:
    start = session["start_time"]
    if not isinstance(start, datetime):
        rows.aside(number, "start_time", short(str(start)), "a time")
        return
    times = (_plain(session[name]) for name in ("total_timer_time", "total_elapsed_time"))
    seconds, metres = next((time for time in times if time is not None), None), _plain(session["total_distance"])
    if seconds is not None and not 0 <= seconds <= _LONGEST:
        rows.aside(number, "total_timer_time", short(f"{seconds:g}"), "seconds")
        return
    sport, kind = (_words(session[name]) for name in ("sport", "sub_sport"))
    if sport in _UNTOLD and kind not in ("generic", ""):
        sport, kind = kind, ""
    moment = start if start.tzinfo else start.replace(tzinfo=UTC)
    if metres and seconds:
        rows.cards[sport or "unnamed"] = _SPEED
    rows.add(
        number, f"{moment.astimezone(UTC).isoformat()}-{sport}", skill=sport, start=on_the_wall(moment, tz),
        minutes=round(seconds / 60, 6) if seconds is not None else None,
        score=round(3.6 * metres / seconds, 6) if metres and seconds else None,
        variation=kind if kind not in ("generic", "") else None, note=f"{metres / 1000:.2f} km" if metres else None,
    )  # fmt: skip


def _plain(value: Any) -> float | None:
    return number_of(value) if isinstance(value, int | float) else None


def _words(value: Any) -> str:
    return clean(str(value)).replace("_", " ") if value is not None else ""
