"""Timewarrior: intervals, as `timew export` prints them (JSON).

One row per interval. The skill is the first tag, the other tags and the annotation go into the note; Timewarrior keeps
tags in the order of the alphabet, not in that of typing. Times are universal. An interval that is still running is set
aside: taken now, it would never get its end. Timewarrior numbers its intervals from the newest, so a row is known again
by its start: no two intervals begin at the same moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import (
    Rows,
    Sample,
    checked_zone,
    clean,
    json_of,
    moment_of,
    on_the_wall,
    refused,
    short,
    text_of,
)

TITLE = "Timewarrior"
CARD: dict[str, Any] = {}
EXPECTED = "what `timew export` prints"
ADVICE = "Run: timew export > timew.json"


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return Timewarrior's intervals as a log.

    Parameters
    ----------
    path : str or Path
        The output of `timew export` (JSON).
    learner : str
        Whose intervals they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the first tag ("untagged" without any), `minutes` the interval's
        length, `note` the annotation and the other tags. `source_id` is the start. Intervals read = rows + those set
        aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is not such an output, or holds no interval that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "timew.json"
    >>> _ = file.write_text('[{"id": 1, "start": "20261031T173000Z", "end": "20261031T180000Z", "tags": ["ukulele"]}]')
    >>> print(read(file, tz="Europe/Berlin")[["skill", "start", "minutes"]].to_string(index=False))
      skill               start  minutes
    ukulele 2026-10-31 18:30:00     30.0
    """
    file, tz = Path(path).name, checked_zone(tz)
    found = json_of(text_of(path, expected=EXPECTED, advice=ADVICE), file, expected=EXPECTED, advice=ADVICE)
    if not isinstance(found, list) or not any(isinstance(one, dict) and "start" in one for one in found):
        raise refused(file, "JSON without intervals", EXPECTED, ADVICE)
    rows = Rows(file, "Mend the interval in Timewarrior, and export again.")
    for number, interval in enumerate(found, start=1):
        _add(rows, number, interval, tz)
    return rows.log(learner=learner, source="timewarrior", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like what `timew export` prints."""
    return sample.text.startswith("[") and "start" in sample.keys and sample.keys <= {
        "id", "start", "end", "tags", "annotation"
    }  # fmt: skip


def _add(rows: Rows, number: int, interval: Any, tz: str | None) -> None:
    if not isinstance(interval, Mapping):
        rows.aside(number, "", short(interval), "an interval")
        return
    start, end = moment_of(interval.get("start")), moment_of(interval.get("end"))
    if start is None or start.tzinfo is None:
        rows.aside(number, "start", short(interval.get("start")), "a time such as 20261031T173000Z")
        return
    if interval.get("end") is None:
        rows.aside(number, "end", "nothing", "an end", "It is still running: stop it, and export again.")
        return
    if end is None or end.tzinfo is None or end < start:
        rows.aside(number, "end", short(interval["end"]), "a time after the start")
        return
    tags = interval.get("tags")
    tags = [clean(tag) for tag in tags if isinstance(tag, str) and clean(tag)] if isinstance(tags, list) else []
    annotation = interval.get("annotation")
    note = [clean(annotation) if isinstance(annotation, str) else "", *(f"#{tag}" for tag in tags[1:])]
    rows.add(
        number, str(interval["start"]).strip(), skill=tags[0] if tags else "untagged", start=on_the_wall(start, tz),
        minutes=round((end - start).total_seconds() / 60, 6), note=" ".join(filter(None, note)),
    )  # fmt: skip
