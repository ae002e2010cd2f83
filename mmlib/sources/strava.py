"""Strava: activities, from `activities.csv` in the export of all one's data, alone or inside its ZIP archive.

One row per activity. The skill is the activity's type, the note its name and what was written about it. Decided here:

- *Times* are universal time, and become the learner's wall clock.
- *Minutes* are the moving time, without pauses, as in Strava's own averages; the elapsed time where there is none.
- *Score* is the average speed in km/h: the distance over the minutes. Where there is no distance there is no score.
- *Columns of the same name* (Elapsed Time and Distance come twice) are told apart by their order: the second is in
  seconds and metres, the first as the page shows it. Exports with one Distance alone do not say whether it is in
  kilometres or miles, so they give no score; those from before July 2019 (`elapsed_time`) have it in metres.
- *Other languages* have other headers, in the same order. They are read by position where the repeated columns are in
  their places and agree, and the dates are written in numbers; otherwise the file is refused.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

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
    table,
    text_of,
)
from mmlib.sources.reading.tables import SEPARATORS

TITLE = "Strava"
CARD = {"unit": "km/h", "better": "higher"}
EXPECTED = "activities.csv from Strava's export"
ADVICE = (
    "On strava.com choose Settings, My Account, Download or Delete Your Account, Get Started, Request Your Archive, "
    "and import activities.csv from the archive."
)

_FILE = "activities.csv"
_IN_ENGLISH = "Set Strava's language to English, and request the archive again."
_NEEDED = ("activity id", "activity date", "activity name", "activity type", "elapsed time")
_MORE = ("activity description", "moving time", "activity private note")
_IN_2018 = ("id", "date", "name", "type", "description", "elapsed_time", "distance")
_FIRST = (*_NEEDED[:4], "activity description", "elapsed time")  # the first columns, in every language
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r",? (?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)"
_DATES = [
    re.compile(form + _TIME + rest, re.ASCII | re.IGNORECASE)
    for form, rest in (
        (r"(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2}), (?P<year>\d{4})", r" ?(?P<half>[ap])m"),
        (r"(?P<day>\d{1,2}) (?P<name>[a-z]{3,9})\.? (?P<year>\d{4})", ""),
        (r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})", ""),
        (r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", "(?: UTC)?"),
    )
]


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the activities in a Strava export as a log.

    Parameters
    ----------
    path : str or Path
        `activities.csv`, or the whole archive (ZIP) that holds it.
    learner : str
        Whose activities they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the activity's type in the language of the export, `minutes`
        the moving time (the elapsed time where there is none), `score` the average speed in km/h where there is a
        distance, `note` the name, the description and the private note. `source_id` is Strava's number of the
        activity. Activities of the file = rows + those set aside.

    Raises
    ------
    SourceError
        If the file is no such export, is in a language whose dates cannot be read, or holds no activity that can be.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "activities.csv"
    >>> _ = file.write_text(
    ...     "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Elapsed Time,Moving Time,"
    ...     'Distance\\n41,"Oct 31, 2026, 6:30:00 PM",Round the lake,Run,1900,5.00,1900.0,1800.0,5000.0\\n'
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "minutes", "score"]].to_string(index=False))
    skill               start  minutes  score
      Run 2026-10-31 19:30:00     30.0   10.0
    """
    file, tz = Path(path).name, checked_zone(tz)
    text = _renamed(_text(path), file)
    records, problems = table(text, file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
    if records and not any(_moment(record["activity date"]) for _, record in records):
        raise refused(file, f"dates such as {short(records[0][1]['activity date'])}", "dates in English", _IN_ENGLISH)
    rows = Rows(file, "Mend the activity in Strava, and request the archive again.")
    rows.problems += problems
    with_speed = {_add(rows, row, record, tz) for row, record in records}
    log = rows.log(learner=learner, source="strava", expected=EXPECTED)
    log.attrs["cards"] = {skill: {} for skill in set(log["skill"]) - with_speed}
    return log


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like Strava's list of activities, or like the archive that holds it."""
    if any(Path(member).name == _FILE for member in sample.members):
        return True
    places = _places(sample.columns)
    return bool(places) and ("again" not in places or "activities/" in sample.text)


def _text(path: str | Path) -> str:
    """Return the text of `activities.csv`, out of its archive if need be."""
    path = checked_file(path, expected=EXPECTED, advice=ADVICE)
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    if not zipped:
        return text_of(path, expected=EXPECTED, advice=ADVICE)
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        member = min((name for name in archive.names if Path(name).name == _FILE), key=len, default=_FILE)
        return decoded(archive.data(member), path.name, expected=EXPECTED, advice=ADVICE)


def _renamed(text: str, file: str) -> str:
    """Return the table with a name of its own for each column: ours for those that are read."""
    header, _, body = text.partition("\n")
    separator = max(SEPARATORS, key=header.count)
    try:
        names = next(csv.reader([header.strip("\r")], delimiter=separator), [])
    except csv.Error as error:
        raise refused(file, f"a row that cannot be read ({error})", EXPECTED, ADVICE, 1) from None
    places = _places([name.strip().casefold() for name in names])
    if not places:
        return text  # as table() will say, with the columns that it found
    ours = {place: name for name, place in places.items()}
    return separator.join(ours.get(place, f"column {place}") for place in range(len(names))) + "\n" + body


def _places(names: Sequence[str]) -> dict[str, int]:
    """Return where the columns are that are read; nothing where this is not Strava's table.

    Examples
    --------
    >>> _places(["id", "date", "name", "type", "description", "elapsed_time", "distance"])["metres"]
    6
    """
    first, found = {name: place for place, name in enumerate(_FIRST)}, defaultdict(list)
    for place, name in enumerate(names):
        found[name].append(place)
    if all(name in found for name in _NEEDED):
        distances = found.get("distance", [])
        ours = {name: found[name][0] for name in (*_NEEDED, *_MORE) if name in found}
        return ours | ({"metres": distances[1]} if len(distances) == 2 else {})
    if tuple(names[:7]) == _IN_2018:
        return {**first, "metres": 6}
    again = found[names[5]][-1] if len(names) > 17 and names[5] else 0
    if again > 12 and found[names[5]] == [5, again] and found[names[6]] == [6, again + 2]:
        return {**first, "again": again, "moving time": again + 1, "metres": again + 2}
    return {}


def _add(rows: Rows, row: int, record: Mapping[str, str], tz: str | None) -> str | None:
    """Take an activity, or set it aside; return its skill if it has a speed."""
    moment, elapsed = _moment(record["activity date"]), number_of(record["elapsed time"])
    moving, metres = number_of(record.get("moving time", "")), number_of(record.get("metres", ""))
    wrong = _wrong(record, moment, elapsed)
    if wrong:
        rows.aside(row, *wrong)
        return None
    seconds = moving if moving and moving > 0 else elapsed
    speed = 3.6 * metres / seconds if metres and metres > 0 and seconds > 0 else None
    skill = clean(record["activity type"]) or "unnamed"
    texts = (clean(record.get(name, "")) for name in ("activity name", "activity description", "activity private note"))
    rows.add(
        row,
        record["activity id"].strip(),
        skill=skill,
        start=on_the_wall(moment, tz),
        minutes=round(seconds / 60, 6),
        score=None if speed is None else round(speed, 6),
        note=": ".join(filter(None, texts)),
    )
    return skill if speed is not None else None


def _wrong(record: Mapping[str, str], moment: datetime | None, elapsed: float | None) -> tuple[str, ...]:
    """Return the column, what was found and what was expected where an activity cannot be read."""
    if not re.fullmatch(r"\d{1,20}", record["activity id"].strip(), re.ASCII):
        return "Activity ID", short(record["activity id"]), "Strava's number of the activity"
    if moment is None:
        return "Activity Date", short(record["activity date"]), "a date such as Oct 31, 2026, 6:30:00 PM", _IN_ENGLISH
    if elapsed is None:
        return "Elapsed Time", short(record["elapsed time"]), "seconds"
    if "again" in record and number_of(record["again"]) != elapsed:
        found = f"{short(record['elapsed time'])} and {short(record['again'])}"
        return "Elapsed Time", found, "the same seconds in both columns of that name", _IN_ENGLISH
    for column, name in (("Moving Time", "moving time"), ("Distance", "metres")):
        if record.get(name, "").strip() and number_of(record[name]) is None:
            return column, short(record[name]), "a number"
    return ()


def _moment(text: str) -> datetime | None:
    """Return the universal time that a date names; None where it cannot be told.

    Examples
    --------
    >>> _moment("Oct 31, 2026, 6:30:00 PM") == _moment("31 Oct 2026, 18:30:00") == _moment("31.10.2026, 18:30:00")
    True
    """
    text = " ".join(text.split())  # newer exports have a narrow space before AM and PM
    found = next(filter(None, (form.fullmatch(text) for form in _DATES)), None)
    if not found:
        return None
    parts = found.groupdict()
    month, hour, half = parts.get("month") or _month(parts["name"]), int(parts["hour"]), parts.get("half")
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half in "pP") if half else hour
    date = f"{parts['year']}-{int(month):02}-{int(parts['day']):02}"
    return moment_of(f"{date}T{hour:02}:{parts['minute']}:{parts['second']}Z")


def _month(name: str) -> int:
    """Return the number of a month from its English name, whole or cut off; 0 where it is none."""
    first = name[:3].casefold()
    return _MONTHS.index(first) + 1 if first in _MONTHS else 0
