"""HTML tables as pandas writes them, made fit for a report: one header row, scopes, numbers to the right."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

NUMBER = re.compile(r"\s*[-−+±]?[\d.,\u00a0\u202f ]*\d\s*(%|[A-Za-zµ°]{1,7})?\s*$")
CELL = re.compile(r"(?s)<(t[hd])\b([^>]*)>(.*?)</\1>")


def report_table(source: str) -> str:
    """Return a table in a scroller of its own, its cells marked for readers and screen readers.

    Parameters
    ----------
    source : str
        One `<table>` element, already sanitised.

    Examples
    --------
    >>> table = "<table><thead><tr><th>hours</th></tr></thead><tbody><tr><td>2.5</td></tr></tbody></table>"
    >>> 'class="number" scope="col">hours</th>' in report_table(table)
    True
    """
    caption = re.search(r"(?s)<caption[^>]*>(.*?)</caption>", source)
    name = re.sub(r"<[^>]*>", "", caption[1]).strip() if caption else "Table"
    head, opening, body = source.partition("<tbody")
    if opening:
        source = _head(head, _numeric(body)) + opening + CELL.sub(_body_cell, body)
    label = html.escape(html.unescape(name))
    return f'<div class="table" role="region" aria-label="{label}" tabindex="0">{source}</div>'


def _numeric(body: str) -> list[bool]:
    row = re.search(r"(?s)<tr\b[^>]*>(.*?)</tr>", body)
    return [tag == "td" and bool(NUMBER.match(text)) for tag, _, text in CELL.findall(row[1])] if row else []


def _body_cell(found: re.Match[str]) -> str:
    tag, attributes, text = found.groups()
    if tag == "th":
        return f'<th{attributes} scope="row">{text}</th>' if "scope" not in attributes else found[0]
    number = ' class="number"' if NUMBER.match(text) and "class" not in attributes else ""
    return f"<td{attributes}{number}>{text}</td>"


def _head(head: str, numeric: list[bool]) -> str:
    rows = re.findall(r"(?s)<tr\b[^>]*>.*?</tr>", head)
    if not rows:
        return head
    cells = [CELL.findall(row) for row in rows]
    merged = cells[:1] if len(cells) == 2 and _names_the_index(*cells) else cells
    if len(merged) < len(cells):
        merged = [[upper if upper[2].strip() else lower for upper, lower in zip(*cells, strict=True)]]
    whole = "".join(f"<tr>{''.join(_head_cells(row, numeric))}</tr>" for row in merged)
    start, end = head.index(rows[0]), head.rindex(rows[-1]) + len(rows[-1])
    return head[:start] + whole + head[end:]


def _names_the_index(columns: list[tuple[str, str, str]], index: list[tuple[str, str, str]]) -> bool:
    """Whether the second header row only fills the gaps of the first, as pandas does for a named index."""
    pairs = zip(columns, index, strict=False)
    return len(columns) == len(index) and all(bool(a[2].strip()) != bool(b[2].strip()) for a, b in pairs)


def _head_cells(row: list[tuple[str, str, str]], numeric: list[bool]) -> Iterator[str]:
    for place, (_, attributes, text) in enumerate(row):
        if not text.strip():
            yield f"<td{attributes}></td>"
            continue
        number = ' class="number"' if len(row) == len(numeric) and numeric[place] and not attributes else ""
        scope = ' scope="col"' if "scope" not in attributes else ""
        yield f"<th{attributes}{number}{scope}>{text}</th>"
