"""TypeRacer: typing races, from the race data that the site exports (CSV, or ZIP files of a thousand races each).

One row per race. `score` is the speed in words per minute; a race without one has none. How long a race took is not
in the file: `minutes` stay unknown. Accuracy and place go into the note, the text that was typed into the variation.
Times are universal.

Races are numbered in each of TypeRacer's universes (its languages and special tracks) and kept apart by it: the id is
the number, with the universe in front where it is not the main one. The older form of seven columns does not name it.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path

import pandas as pd

from mmlib.sources.reading import (
    Archive,
    Rows,
    Sample,
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

TITLE = "TypeRacer"
CARD = {"unit": "words per minute", "better": "higher"}
EXPECTED = "TypeRacer's race data as CSV, or the ZIP file that it comes in"
ADVICE = "On data.typeracer.com, signed in, open Export Data (pit/export_data), and download the files there."

_MAIN = "play"  # the universe of races in English
_WHEN = "date/time (utc)"
_NEEDED = ("race #", "wpm", _WHEN)


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return TypeRacer's races as a log.

    Parameters
    ----------
    path : str or Path
        The race data (CSV, or ZIP with CSV in it).
    learner : str
        Whose races they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is "typing races", `reps` 1, `score` words per minute, `variation`
        the text's number, `note` accuracy and place. `source_id` is the race's number in its universe. Races
        read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such an export, or holds no race that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "race_data.csv"
    >>> _ = file.write_text(
    ...     "Race #,WPM,Accuracy,Rank,# Racers,Text ID,Date/Time (UTC)\\n1,46,0.82,3,4,241,2026-10-31 17:30:00\\n"
    ... )
    >>> print(read(file, tz="Europe/Berlin")[["start", "score", "note"]].to_string(index=False))
                  start  score                        note
    2026-10-31 18:30:00   46.0 accuracy 82 %, place 3 of 4
    """
    file, tz = Path(path).name, checked_zone(tz)
    rows = Rows(file, "The row may be damaged: download the races again.")
    for text in _texts(path, file):
        records, problems = table(text, file, needed=_NEEDED, expected=EXPECTED, advice=ADVICE)
        rows.problems += problems
        for row, record in records:
            _add(rows, row, record, tz)
    return rows.log(learner=learner, source="typeracer", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like TypeRacer's race data."""
    if not sample.members:
        return set(_NEEDED) <= set(sample.columns)
    tables = [name for name in sample.members if _is_table(name)]
    return bool(tables) and set(_NEEDED) <= set(Sample(Path(tables[0]), _head(sample.path, tables[0])).columns)


def _is_table(name: str) -> bool:
    return name.casefold().endswith(".csv") and not name.startswith("__MACOSX/")


def _head(path: Path, member: str) -> bytes:
    """Return the beginning of a file in an archive; nothing where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            return file.read(4096)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, LookupError, RuntimeError, EOFError):
        return b""


def _texts(path: str | Path, file: str) -> Iterator[str]:
    """Yield the tables of an export: the file itself, or those in its archive, one at a time."""
    if not zipfile.is_zipfile(path):
        yield text_of(path, expected=EXPECTED, advice=ADVICE)
        return
    with Archive(path, expected=EXPECTED, advice=ADVICE) as archive:
        tables = [name for name in archive.names if _is_table(name)]
        if not tables:
            raise refused(file, "an archive without CSV in it", EXPECTED, ADVICE)
        for name in tables:
            yield decoded(archive.data(name), file, expected=EXPECTED, advice=ADVICE)


def _add(rows: Rows, row: int, record: Mapping[str, str], tz: str | None) -> None:
    moment, race = moment_of(record[_WHEN]), clean(record["race #"])
    speed = number_of(record["wpm"]) if record["wpm"].strip() not in ("", "None") else 0.0
    if moment is None:
        rows.aside(row, "Date/Time (UTC)", short(record[_WHEN]), "a date and time")
        return
    if speed is None or speed < 0:
        rows.aside(row, "WPM", short(record["wpm"]), "words per minute")
        return
    if not race:
        rows.aside(row, "Race #", "nothing", "the race's number")
        return
    universe, text = clean(record.get("universe", "")), clean(record.get("text id", ""))
    practice = "practice" if "practice" in record.get("mode", "").casefold() else ""
    rows.add(
        row,
        ":".join(filter(None, ["" if universe == _MAIN else universe, practice, race])),
        skill="typing races",
        start=on_the_wall(moment if moment.tzinfo else moment.replace(tzinfo=UTC), tz),
        reps=1,
        score=speed or None,
        variation=" ".join(filter(None, [f"text {text}" if text else "", practice])) or None,
        note=_note(record),
    )


def _note(record: Mapping[str, str]) -> str | None:
    accuracy = number_of(record.get("accuracy", ""))
    place, of = clean(record.get("rank", "")), clean(record.get("# racers", ""))
    parts = [f"accuracy {100 * accuracy:.0f} %"] if accuracy is not None and 0 <= accuracy <= 1 else []
    parts += [f"place {place} of {of}"] if place and of else []
    return ", ".join(parts) or None
