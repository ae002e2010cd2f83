"""Strava: activities, from activities.csv in the bulk export, or from the export's ZIP.

One row per activity. The skill is the kind of activity, `minutes` the moving time (the elapsed time where that is not
told), `score` the average speed in km/h, the distance over that time; without a distance there is none. The name is the
note. Strava writes times as universal ones. Some columns come twice, first rounded as the pages show them and then in
seconds and metres: the second counts. The file is in the language of the account: English is read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import (
    Archive,
    Rows,
    Sample,
    checked_file,
    checked_zone,
    clean,
    decoded,
    moment_of,
    number_of,
    on_the_wall,
    refused,
    short,
    text_of,
)

TITLE = "Strava"
CARD: dict[str, Any] = {}
EXPECTED = "Strava's bulk export (ZIP) or its activities.csv, in English"
ADVICE = "On strava.com choose Settings, My Account, Download or Delete Your Account, Request Your Archive."

_FILE = "activities.csv"
_NEEDED = ("activity id", "activity date", "activity type")
_FORMS = ("%b %d, %Y, %I:%M:%S %p", "%d %b %Y, %H:%M:%S", "%d %b %Y, %I:%M:%S %p", "%b %d, %Y, %H:%M:%S")
_SPEED = {"unit": "km/h", "better": "higher"}
_LONGEST = 31 * 86_400  # seconds


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return Strava's activities as a log.

    Parameters
    ----------
    path : str or Path
        The bulk export (ZIP), or its activities.csv.
    learner : str
        Whose activities they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` the kind of activity, `minutes` the moving time, `score` km/h,
        `note` the name and the distance. `source_id` is Strava's number of the activity. Activities read = rows + those
        set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such an export, is in another language, or holds no activity that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "activities.csv"
    >>> _ = file.write_text(
    ...     "Activity ID,Activity Date,Activity Name,Activity Type,"
    ...     "Elapsed Time,Distance,Elapsed Time,Moving Time,Distance\\n"
    ...     '7,"Oct 31, 2026, 5:30:00 PM",Evening Run,Run,1900,5.00,1900.0,1800.0,5000.0\\n'
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "minutes", "score"]].to_string(index=False))
    skill               start  minutes  score
      Run 2026-10-31 18:30:00     30.0   10.0
    """
    tz = checked_zone(tz)
    path = checked_file(path, expected=EXPECTED, advice=ADVICE)
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    text = _member(path) if packed else text_of(path, expected=EXPECTED, advice=ADVICE)
    rows = Rows(path.name, "Mend the activity on Strava, and export again.")
    for row, record in _records(text, rows):
        _add(rows, row, record, tz)
    return rows.log(learner=learner, source="strava", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Strava's."""
    return set(_NEEDED) <= set(sample.columns) or (_FILE in sample.members and "profile.csv" in sample.members)


def _member(path: Path) -> str:
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        found = next((name for name in archive.names if name.rpartition("/")[2] == _FILE), None)
        if found is None:
            raise refused(path.name, f"an archive without {_FILE}", EXPECTED, ADVICE)
        return decoded(archive.data(found), path.name, expected=EXPECTED, advice=ADVICE)


def _records(text: str, rows: Rows) -> list[tuple[int, Mapping[str, str]]]:
    """Return the records by column; of two columns with one name the second, where it is filled."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names, *found = lines
    except (csv.Error, ValueError) as error:
        raise refused(rows.file, f"a row that cannot be read ({error})", EXPECTED, ADVICE, lines.line_num) from None
    names = [name.strip().casefold() for name in names]
    if not set(_NEEDED) <= set(names):
        shown = ", ".join(map(short, names[:4]))
        again = "If it is Strava's, set the language to English there, and request the archive again."
        raise refused(rows.file, f"the columns {shown}, …", EXPECTED, again, 1)
    records = []
    for row, values in enumerate(found, start=2):
        if len(values) == len(names):
            filled = {name: value for name, value in zip(names, values, strict=True) if value}
            records.append((row, dict.fromkeys(names, "") | filled))
        elif any(values):
            rows.aside(row, "", f"{len(values)} values", f"{len(names)}, as in the header", "The row may be cut off.")
    return records


def _add(rows: Rows, row: int, record: Mapping[str, str], tz: str | None) -> None:
    moment, number = _moment(record["activity date"]), clean(record["activity id"])
    if moment is None:
        found = short(record["activity date"])
        rows.aside(row, "Activity Date", found, "a time such as Oct 31, 2026, 5:30:00 PM")
        return
    if not number:
        rows.aside(row, "Activity ID", "nothing", "Strava's number of the activity")
        return
    seconds = next(
        (value for name in ("moving time", "elapsed time") if (value := number_of(record.get(name, "")))), None
    )
    if seconds is not None and not 0 <= seconds <= _LONGEST:
        rows.aside(row, "Moving Time", short(f"{seconds:g}"), "seconds")
        return
    skill = clean(record["activity type"]) or "unnamed"
    metres = _metres(record)
    if metres and seconds:
        rows.cards[skill] = _SPEED
    shown = f"{metres / 1000:.2f} km" if metres else ""
    rows.add(
        row, number, skill=skill, start=on_the_wall(moment, tz),
        minutes=round(seconds / 60, 6) if seconds is not None else None,
        score=round(3.6 * metres / seconds, 6) if metres and seconds else None,
        note=", ".join(filter(None, [clean(record.get("activity name", "")), shown])),
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(clean(text), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    moment = moment_of(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment is not None else None


def _metres(record: Mapping[str, str]) -> float | None:
    found = number_of(record.get("distance", ""))
    if found is None or found <= 0:
        return None
    # An export with one column of distances has kilometres, or metres for swims; the newer second one has metres.
    return found if "moving time" in record else 1000 * found
