"""Months as they are typed: one, a span, or several of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mmlib.errors import ReportError

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def month_spans(text: str) -> list[tuple[str, str]]:
    """Return the first and last month of each span that a text names; an end that is left open is empty.

    Raises
    ------
    ReportError
        If a part of it is neither a month nor a span of months.

    Examples
    --------
    >>> month_spans("2026-10, 2026-01..2026-03, 2027-01..")
    [('2026-10', '2026-10'), ('2026-01', '2026-03'), ('2027-01', '')]
    """
    return [_span(part.strip()) for part in text.split(",")]


def _span(part: str) -> tuple[str, str]:
    begin, dots, end = (piece.strip() for piece in part.partition(".."))
    end = end if dots else begin
    for month in (begin, end):
        if (month or not dots) and not MONTH.fullmatch(month):
            raise ReportError(
                f'month: found "{part}", expected a calendar month, or a span. Write 2026-10, 2026-01..2026-10 or '
                "2026-06.. for June and later."
            )
    if begin and end and begin > end:
        raise ReportError(f'month: found "{part}", expected the earlier month first. Write {end}..{begin}.')
    return begin, end


def check_months(spans: Iterable[tuple[str, str]], there: Sequence[str]) -> None:
    """Refuse a month that is named by itself, if it has no practice; of a span, any part may have none."""
    for begin, end in spans:
        if begin and begin == end and begin not in there:
            raise ReportError(
                f"month: found {begin}, expected one with practice: there is some from {min(there)} to {max(there)}."
            )
