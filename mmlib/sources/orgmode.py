"""Org mode: what was clocked, from the CLOCK lines of an org file.

One row per CLOCK line. The skill is the heading that was clocked; the headings above it and its tags go into the note.
Times are those of the clock on the wall, as org writes them. A clock that is still running has no end and no `minutes`;
a line that gives a duration alone has no start, and is set aside. The duration that org prints behind the arrow is not
read: it is end less start, and edited times may have left it behind.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mmlib.sources.reading import Rows, Sample, checked_zone, clean, refused, short, text_of

if TYPE_CHECKING:
    from orgparse.node import OrgNode

TITLE = "Org mode"
CARD: dict[str, Any] = {}
EXPECTED = "an org file with CLOCK lines"
ADVICE = "Choose the file whose headings you clock in and out of (C-c C-x C-i)."

_LINE = re.compile(r"\s*CLOCK:(.*)", re.IGNORECASE)
_STAMP = r"[\[<](\d{4}-\d{1,2}-\d{1,2})(?:[^\S\n]+[^\]>\d\s][^\]>\s]*)?[^\S\n]+(\d{1,2}:\d\d(?::\d\d)?)[^\]>]*[\]>]"
_DATES = re.compile(r"[<\[]\d{4}-\d[^>\]]*[>\]]")
_CLOCK = re.compile(rf"\s*{_STAMP}(?:--{_STAMP})?.*", re.ASCII)


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the clocked times of an org file as a log.

    Parameters
    ----------
    path : str or Path
        The org file, or its archive.
    learner : str
        Whose file it is.
    tz : str, optional
        Without effect but for its check: org writes local times.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the heading without keyword, priority and tags, `minutes` from
        clocking in to clocking out, `note` the headings above it and its tags. `source_id` is the start and the end, or
        the start alone of a running clock. CLOCK lines read = rows + those set aside (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file has no CLOCK lines, or none that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "practice.org"
    >>> _ = file.write_text(
    ...     "* Music\\n** TODO Ukulele :evening:\\n   :LOGBOOK:\\n"
    ...     "   CLOCK: [2026-10-31 Sat 18:30]--[2026-10-31 Sat 19:04] =>  0:34\\n   :END:\\n"
    ... )
    >>> print(read(file)[["skill", "start", "minutes", "note"]].to_string(index=False))
      skill               start  minutes           note
    Ukulele 2026-10-31 18:30:00     34.0 Music #evening
    """
    file = Path(path).name
    checked_zone(tz)
    text = text_of(path, expected=EXPECTED, advice=ADVICE)
    if not re.search(r"(?im)^\s*CLOCK:", text):
        raise refused(file, "no CLOCK lines", EXPECTED, ADVICE)
    rows, lines = Rows(file, "Mend the line in the file."), text.splitlines()
    nodes = _nodes(lines, file)
    begin = [node.linenumber for node in nodes]
    for row, line in enumerate(lines, start=1):
        if found := _LINE.fullmatch(line):
            _add(rows, row, found[1], nodes[max(bisect_right(begin, row) - 1, 0)])
    return rows.log(learner=learner, source="org", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like an org file with CLOCK lines."""
    return bool(re.search(r"(?im)^\s*CLOCK:\s*[\[<]\d{4}-", sample.text))


def _nodes(lines: list[str], file: str) -> list[OrgNode]:
    """Return the file's headings, of which orgparse knows keywords, priorities and tags.

    It is given nothing but headings and settings: a single date that is none, anywhere, would stop it.
    """
    try:
        import orgparse
    except ImportError:
        found = "an org file, and no library that reads it"
        raise refused(file, found, EXPECTED, 'Install it with: pip install "mmlib[sources]"') from None
    kept = [_DATES.sub("", line) if line.startswith(("*", "#+")) else "" for line in lines]
    try:
        return list(orgparse.loads("\n".join(kept)))
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError, AssertionError) as error:
        found = f"an org file that cannot be read ({clean(str(error))[:80]})"
        raise refused(file, found, EXPECTED, ADVICE) from None


def _add(rows: Rows, row: int, line: str, node: OrgNode) -> None:
    found = _CLOCK.fullmatch(line)
    start = _moment(found[1], found[2]) if found else None
    end = _moment(found[3], found[4]) if found and found[3] else None
    if found is None or start is None:
        rows.aside(row, "CLOCK", short(line), "a time such as [2026-10-31 Sat 18:30]--[2026-10-31 Sat 19:04]")
        return
    if found[3] and (end is None or end < start):
        rows.aside(row, "CLOCK", short(line), "an end after the start")
        return
    skill, note = _names(node)
    rows.add(
        row, f"{start.isoformat()}/{end.isoformat() if end else ''}", skill=skill, start=start, note=note,
        minutes=(end - start).total_seconds() / 60 if end else None,
    )  # fmt: skip


def _moment(day: str, time: str) -> datetime | None:
    try:
        year, month, date = map(int, day.split("-"))
        return datetime(year, month, date, *map(int, time.split(":")))
    except ValueError:
        return None


def _names(node: OrgNode) -> tuple[str, str | None]:
    if node.is_root():
        return "unnamed", None
    above, parent = [], node.parent
    while parent is not None and not parent.is_root():
        above.insert(0, clean(parent.heading))
        parent = parent.parent
    tags = [f"#{tag}" for tag in sorted(node.shallow_tags)]
    return clean(node.heading) or "unnamed", " ".join([" / ".join(filter(None, above)), *tags]).strip() or None
