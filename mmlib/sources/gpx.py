"""GPX: recorded tracks, as watches, phones and services such as Garmin Connect, Strava and Komoot export them.

One row per track; a file may hold several. The skill is the track's type, else its name without date and time.
Decided here:

- *Times* are universal time, as the format has it, and become the learner's wall clock.
- *Minutes* are those from the first to the last point of each segment of the track. A pause for which the device began
  a new segment does not count; standing still does.
- *Score* is the average speed in km/h: the way between the points, without heights, over these minutes.
- *Planned* tracks, which have no times, are set aside. Routes and waypoints are plans and places: they are no records.

A track is known by its first second, so the same recording exported by two services is one row. The XML is read as a
stream by the parser of the standard library, and only what is needed of it; a file that declares a document type, and
with it entities, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.parsers import expat

import pandas as pd

from mmlib.sources.reading import (
    Rows,
    Sample,
    checked_file,
    checked_zone,
    clean,
    moment_of,
    number_of,
    on_the_wall,
    refused,
    short,
    text_of,
)

TITLE = "GPX"
CARD = {"unit": "km/h", "better": "higher"}
EXPECTED = "a GPX file with recorded tracks"
ADVICE = "Export the activity as GPX: in Garmin Connect and Strava under the activity's menu, Export GPX."

LARGEST = 1 << 26  # bytes: some days of one point a second
_ROOT = re.compile(r"<(?:\w{1,20}:)?gpx[\s>]")
_WHEN = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?", re.ASCII | re.IGNORECASE
)
# What Strava wrote for a type before 2022, in the words that it and others write today.
_STRAVA = {
    "1": "cycling", "2": "alpine skiing", "3": "backcountry skiing", "4": "hiking", "5": "ice skating",
    "6": "inline skating", "7": "nordic skiing", "8": "roller skiing", "9": "running", "10": "walking", "11": "workout",
    "12": "snowboarding", "13": "snowshoeing", "14": "kitesurfing", "15": "windsurfing", "16": "swimming",
    "17": "virtual cycling", "18": "e-biking", "19": "velomobile", "21": "canoeing", "22": "kayaking", "23": "rowing",
    "24": "stand up paddling", "25": "surfing", "26": "crossfit", "27": "elliptical", "28": "rock climbing",
    "29": "stair stepper", "30": "weight training", "31": "yoga", "51": "handcycling", "52": "wheelchair",
    "53": "virtual running",
}  # fmt: skip


@dataclass
class _Track:
    """A track: its texts, the segments' points (time, latitude, longitude), and what was first wrong with a point."""

    texts: dict[str, str] = field(default_factory=dict)
    segments: list[list[tuple[datetime | None, float, float]]] = field(default_factory=list)
    wrong: tuple[str, str, str] | None = None


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the tracks of a GPX file as a log.

    Parameters
    ----------
    path : str or Path
        The GPX file, of up to 64 MB.
    learner : str
        Whose tracks they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the track's type, else its name without date and time,
        `minutes` the time of its segments, `score` the average speed in km/h where there is a way, `note` the name
        where it is not the skill, and the description. `source_id` is the second of the first point in universal
        time. Tracks of the file = rows + those set aside; a file that breaks off counts as one more.

    Raises
    ------
    SourceError
        If the file is no GPX, declares a document type, or has no track with times; or if gpxpy is not installed.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "evening.gpx"
    >>> point = '<trkpt lat="0" lon="{}"><time>2026-10-31T18:{}:00Z</time></trkpt>'
    >>> points = point.format("0", "30") + point.format("0.018", "42")
    >>> _ = file.write_text(f"<gpx><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>")
    >>> log = read(file, tz="Europe/Berlin")
    >>> print(log.assign(score=log["score"].round(1))[["skill", "start", "minutes", "score"]].to_string(index=False))
      skill               start  minutes  score
    running 2026-10-31 19:30:00     12.0   10.0
    """
    file, tz = Path(path).name, checked_zone(tz)
    if checked_file(path, expected=EXPECTED, advice=ADVICE).stat().st_size > LARGEST:
        raise refused(file, "more than 64 MB", EXPECTED, f"Export fewer tracks at once. {ADVICE}")
    parser = _Parser(file)
    broken = parser.broken(text_of(path, expected=EXPECTED, advice=ADVICE, xml=True))
    if not parser.tracks:
        raise refused(file, broken or "GPX without tracks", EXPECTED, ADVICE)
    rows = Rows(file, "Record or export the track again.")
    with_speed = {_add(rows, row, track, parser.creator, tz) for row, track in enumerate(parser.tracks, start=1)}
    if broken:
        rows.aside(len(parser.tracks) + 1, "", broken, "the rest of the file", "Export it again.")
    log = rows.log(learner=learner, source="gpx", expected=EXPECTED)
    log.attrs["cards"] = {skill: {} for skill in set(log["skill"]) - with_speed}
    return log


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like GPX."""
    return sample.text.startswith("<") and bool(_ROOT.search(sample.text[:4096]))


class _Parser:
    """The tracks in a stream of XML: whole ones only."""

    def __init__(self, file: str) -> None:
        self.file, self.creator = file, ""
        self.tracks: list[_Track] = []
        self._path: list[str] = []
        self._track = _Track()
        self._text: list[str] = []
        self._position: tuple[float | None, float | None] = (None, None)
        self._time = ""

    def broken(self, text: str) -> str:
        """Read a text; return what is wrong with it as XML, or nothing."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            return f"text that is not XML from line {error.lineno:,} on ({expat.ErrorString(error.code)})"
        return ""

    def _doctype(self, *_: object) -> None:
        raise refused(self.file, "XML with a document type of its own, or a web page", EXPECTED, ADVICE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._path and name != "gpx":
            raise refused(self.file, f"XML of another kind (<{clean(name)[:40]}>)", EXPECTED, ADVICE)
        self._path.append(name)
        self._text.clear()
        match self._place():
            case []:
                self.creator = attributes.get("creator", "")
            case ["trk"]:
                self._track = _Track()
            case ["trk", "trkseg"]:
                self._track.segments.append([])
            case ["trk", "trkseg", "trkpt"]:
                self._position = number_of(attributes.get("lat")), number_of(attributes.get("lon"))
                self._time = ""

    def _end(self, _: str) -> None:
        text = "".join(self._text).strip()
        match self._place():
            case ["trk"]:
                self.tracks.append(self._track)
            case ["trk", "name" | "type" | "desc" as name]:
                self._track.texts.setdefault(name, clean(text))
            case ["trk", "trkseg", "trkpt", "time"]:
                self._time = text
            case ["trk", "trkseg", "trkpt"]:
                self._take_point()
        self._path.pop()
        self._text.clear()

    def _place(self) -> list[str]:
        """Return the names from the root down to here; of what lies deeper than a point's time, the first ones."""
        return self._path[1:6]

    def _take_point(self) -> None:
        (latitude, longitude), moment = self._position, moment_of(self._time)
        if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
            self._track.wrong = self._track.wrong or ("trkpt", "a point without a place", "degrees in lat and lon")
        elif self._time and moment is None:
            self._track.wrong = self._track.wrong or ("time", short(self._time), "a time such as 2026-10-31T18:30:00Z")
        else:
            self._track.segments[-1].append((moment and _universal(moment), latitude, longitude))


def _universal(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _add(rows: Rows, row: int, track: _Track, creator: str, tz: str | None) -> str | None:
    """Take a track, or set it aside; return its skill if it has a speed."""
    times = [[moment for moment, _, _ in segment if moment] for segment in track.segments]
    seconds = sum((max(moments) - min(moments)).total_seconds() for moments in times if moments)
    if track.wrong:
        rows.aside(row, *track.wrong)
        return None
    if not seconds:
        found = "points of one moment only" if any(times) else "a track without times"
        rows.aside(row, "time", found, "a recorded track, with times", "A plan is no practice: leave it out.")
        return None
    start = min(moment for moments in times for moment in moments)
    speed = round(3.6 * _metres(track.segments, rows.file) / seconds, 6)
    skill, note = _skill(track.texts, creator)
    rows.add(
        row,
        f"{start:%Y-%m-%dT%H:%M:%SZ}",
        skill=skill,
        start=on_the_wall(start, tz),
        minutes=round(seconds / 60, 6),
        score=speed or None,
        note=note,
    )
    return skill if speed else None


def _metres(segments: Sequence[Sequence[tuple[datetime | None, float, float]]], file: str) -> float:
    """Return the way between the points, the segments' ways added up."""
    try:
        from gpxpy.geo import Location, length_2d
    except ImportError:
        again = 'Install it with: pip install "mmlib[sources]"'
        raise refused(file, "that gpxpy is not installed", "gpxpy, which GPX files need", again) from None
    return sum(length_2d([Location(latitude, longitude) for _, latitude, longitude in one]) or 0.0 for one in segments)


def _skill(texts: dict[str, str], creator: str) -> tuple[str, str | None]:
    """Return a track's skill and note.

    Examples
    --------
    >>> _skill({"type": "trail_running", "name": "Round the lake"}, "Garmin Connect")
    ('trail running', 'Round the lake')
    >>> _skill({"name": "Cycling 7/22/26 1:29 pm", "desc": "windy"}, "Runkeeper")
    ('Cycling', 'windy')
    """
    kind, name, about = (texts.get(part, "") for part in ("type", "name", "desc"))
    if kind.isdecimal() and creator.startswith("Strava"):
        kind = _STRAVA.get(kind, f"activity of type {kind}")
    skill = clean(kind.replace("_", " ").casefold())
    if skill:
        return skill, ": ".join(filter(None, [name, about])) or None
    return " ".join(_WHEN.sub(" ", name).split()).strip(" ,-") or "track", about or None
