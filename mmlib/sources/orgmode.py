"""Org mode: what was clocked, from the CLOCK lines of an org file.

One row per CLOCK line. The skill is the heading that was clocked; the headings above it and its tags go into the note.
Times are those of the clock on the wall, as org writes them. The duration that org prints behind the arrow is not read:
it is end less start, and edited times may have left it behind. A line that gives a duration alone has no start, and is
set aside. So is a clock that is still running: taken now, it would be there twice once it has an end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mmlib.sources.reading import Rows, Sample, checked_zone, clean, refused, short, text_of

TITLE = "Org mode"
CARD: dict[str, Any] = {}
EXPECTED = "an org file with CLOCK lines"
ADVICE = "Choose the file whose headings you clock in and out of (C-c C-x C-i)."

_LINE = re.compile(r"[^\S\n]*CLOCK:(.*)", re.IGNORECASE)
_ANY_LINE = re.compile(rf"^{_LINE.pattern}", re.IGNORECASE | re.MULTILINE)
_OF_ORG = re.compile(r"^[^\S\n]*CLOCK:[^\S\n]*[\[<]\d{4}-", re.IGNORECASE | re.MULTILINE | re.ASCII)
_STAMP = r"[\[<](\d{4}-\d{1,2}-\d{1,2})(?:[^\S\n]+[^\]>\d\s][^\]>\s]*)?[^\S\n]+(\d{1,2}:\d\d(?::\d\d)?)[^\]>]*[\]>]"
_START, _END = re.compile(rf"\s*{_STAMP}", re.ASCII), re.compile(rf"--{_STAMP}", re.ASCII)
_SETTING = re.compile(r"#\+(SEQ_|TYP_)?TODO:", re.IGNORECASE)
_HEADING = re.compile(r"(\*+) (.*)")
_DATES = re.compile(r"[<\[]\d{4}-\d[^>\]]*[>\]]")
_LONGEST = 250  # characters of a heading: orgparse takes minutes over one of thousands

_Name = tuple[str, str | None]


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
        clocking in to clocking out, `note` the headings above it and its tags. `source_id` is the start and the end,
        so it outlives renaming, refiling and archiving. CLOCK lines read = rows + those set aside
        (`mmlib.sources.set_aside`).

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
    if not _ANY_LINE.search(text):
        raise refused(file, "no CLOCK lines", EXPECTED, ADVICE)
    rows, lines = Rows(file, "Mend the line in the file."), text.splitlines()
    begin, names = _headings(lines, file)
    for row, line in enumerate(lines, start=1):
        if found := _LINE.fullmatch(line):
            _add(rows, row, found[1], names[bisect_right(begin, row)])
    return rows.log(learner=learner, source="org", expected=EXPECTED)


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like an org file with CLOCK lines."""
    return bool(_OF_ORG.search(sample.text))


def _headings(lines: list[str], file: str) -> tuple[list[int], list[_Name]]:
    """Return the headings' rows, and their skills and notes: first what holds above the first heading.

    orgparse knows keywords, priorities and tags. It is given nothing but headings and the settings that name keywords:
    a single date that is none, anywhere, would stop it. Which heading is under which is found here, as it searches the
    whole file for each.
    """
    found = [(row, match) for row, line in enumerate(lines, start=1) if (match := _HEADING.fullmatch(line))]
    settings = [line[:_LONGEST] for line in lines if _SETTING.match(line)]
    flat = [f"* {_DATES.sub('', match[2][:_LONGEST])}" for _, match in found]
    names: list[_Name] = [("unnamed", None)]
    above: list[tuple[int, str]] = []
    for (_, match), (heading, tags) in zip(found, _parsed(settings, flat, file), strict=True):
        while above and above[-1][0] >= len(match[1]):
            above.pop()
        over = " / ".join(name for _, name in above if name)
        names.append((heading or "unnamed", " ".join(filter(None, [over, *(f"#{tag}" for tag in tags)])) or None))
        above.append((len(match[1]), heading))
    return [row for row, _ in found], names


def _parsed(settings: list[str], headings: list[str], file: str) -> list[tuple[str, list[str]]]:
    """Return the text and the tags of headings."""
    try:
        import orgparse
    except ImportError:
        found = "an org file, and no library that reads it"
        raise refused(file, found, EXPECTED, 'Install it with: pip install "mmlib[sources]"') from None
    try:
        _, *nodes = orgparse.loads("\n".join([*settings, *headings]))
        parsed = [(clean(node.heading), sorted(node.shallow_tags)) for node in nodes]
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError, AssertionError) as error:
        found = f"an org file that cannot be read ({clean(str(error))[:80]})"
        raise refused(file, found, EXPECTED, ADVICE) from None
    if len(parsed) != len(headings):
        raise refused(file, "headings that cannot be told apart", EXPECTED, ADVICE)
    return parsed


def _add(rows: Rows, row: int, line: str, name: _Name) -> None:
    begun = _START.match(line)
    start = _moment(begun) if begun else None
    if begun is None or start is None:
        rows.aside(row, "CLOCK", short(line), "a time such as [2026-10-31 Sat 18:30]--[2026-10-31 Sat 19:04]")
        return
    rest = line[begun.end() :].strip()
    if not rest:
        rows.aside(row, "CLOCK", short(line), "an end", "It is still running: clock out, and import again.")
        return
    ended = _END.match(rest)
    end = _moment(ended) if ended else None
    if end is None or end < start:
        rows.aside(row, "CLOCK", short(line), "an end after the start")
        return
    known = f"{start.isoformat()}/{end.isoformat()}"
    minutes = round((end - start).total_seconds() / 60, 6)
    rows.add(row, known, skill=name[0], start=start, minutes=minutes, note=name[1])


def _moment(found: re.Match[str]) -> datetime | None:
    try:
        return datetime(*map(int, found[1].split("-")), *map(int, found[2].split(":")))
    except ValueError:
        return None
