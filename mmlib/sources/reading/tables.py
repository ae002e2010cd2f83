"""CSV as tools write it: records by the names in the header, and what is wrong with the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from mmlib.errors import Problem
from mmlib.sources.reading.words import refused, short

SEPARATORS = (",", ";", "\t")


def table(text: str, file: str, *, needed: Sequence[str], expected: str, advice: str) -> tuple[list, list]:
    """Return the records of CSV as (row, {column in lower case: value}), and problems for those of wrong length.

    Rows are counted as a spreadsheet does: the header is row 1.
    """
    if text.lstrip().startswith(("{", "[")):
        raise refused(file, "JSON", expected, advice)
    header_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names, *rows = lines
    except csv.Error as error:
        again = f"A quotation mark may be missing. {advice}"
        raise refused(file, f"a row that cannot be read ({error})", expected, again, lines.line_num) from None
    names = [name.strip().casefold() for name in names]
    if any(name not in names for name in needed):
        shown = ", ".join(short(name) for name in names[:6])
        raise refused(file, f"the columns {shown}{', …' if len(names) > 6 else ''}", expected, advice, 1)
    records, problems = [], []
    for row, values in enumerate(rows, start=2):
        if not any(values):
            continue
        if len(values) < len(names) or any(values[len(names) :]):
            found, wanted = f"{len(values)} values", f"{len(names)}, as in the header"
            problems.append(Problem(file, row, "", found, wanted, "The row may be cut off: export again."))
        else:
            records.append((row, dict(zip(names, values, strict=False))))
    return records, problems
