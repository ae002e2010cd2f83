"""Tables of a report: those that pandas wrote, with one header row, scopes and numbers to the right; charts' data."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

NUMBER = re.compile(r"\s*[-−+±]?[\d.,\u00a0\u202f ]*\d\s*(%|[A-Za-zµ°]{1,7})?\s*$")
QUANTITY = re.compile(rf"[–∞]$|[−-]∞$|(under|over) {NUMBER.pattern}|{NUMBER.pattern}")
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
    return _scroller(html.unescape(name), source)


def data_tables(tables: Iterable[Mapping[str, Any]]) -> str:
    """Return a chart's data behind a disclosure: its tables as the metadata of an output hold them.

    Parameters
    ----------
    tables : iterable of mapping
        `caption`, `columns`, `rows` of texts, and `of`: of how many rows these were chosen.

    Examples
    --------
    >>> made = data_tables([{"caption": "Totals", "columns": ["skill", "hours"], "rows": [["ukulele", "6"]], "of": 20}])
    >>> made.startswith('<details class="data"><summary>The data of this chart</summary>')
    True
    >>> "<caption>Totals. 1 of 20 rows</caption>" in made, '<th scope="row">ukulele</th><td>6</td>' in made
    (True, True)
    """
    shown = "".join(_data_table(table) for table in tables)
    return f'<details class="data"><summary>The data of this chart</summary>{shown}</details>' if shown else ""


def _data_table(table: Mapping[str, Any]) -> str:
    columns, rows = ([str(name) for name in table["columns"]], [list(map(str, row)) for row in table["rows"]])
    some = f". {len(rows):,} of {table['of']:,} rows" if table["of"] > len(rows) else ""
    said = f"{str(table['caption']).rstrip('.')}{some}"
    texts = [not all(map(QUANTITY.match, column)) for column in zip(*rows, strict=True)]
    openings = ['<th scope="row">', *('<td class="text">' if text else "<td>" for text in texts[1:])]
    closings = ["</th>", *("</td>" for _ in texts[1:])]
    lines = (
        "".join(start + html.escape(text) + end for start, text, end in zip(openings, row, closings, strict=True))
        for row in rows
    )
    kinds = (' class="text"' if text else "" for text in [True, *texts[1:]])
    head = "".join(f'<th{kind} scope="col">{html.escape(name)}</th>' for kind, name in zip(kinds, columns, strict=True))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return _scroller(
        said,
        f"<table><caption>{html.escape(said)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
    )


def _scroller(label: str, table: str) -> str:
    return f'<div class="table" role="region" aria-label="{html.escape(label)}" tabindex="0">{table}</div>'


def _numeric(body: str) -> list[bool]:
    row = re.search(r"(?s)<tr\b[^>]*>(.*?)</tr>", body)
    return [tag == "td" and bool(NUMBER.match(text)) for tag, _, text in CELL.findall(row[1])] if row else []


def _body_cell(found: re.Match[str]) -> str:
    tag, attributes, text = found.groups()
    if tag == "th" and _blank(text):
        return f"<td{attributes}></td>"
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
        merged = [[lower if _blank(upper[2]) else upper for upper, lower in zip(*cells, strict=True)]]
    whole = "".join(f"<tr>{''.join(_head_cells(row, numeric))}</tr>" for row in merged)
    start, end = head.index(rows[0]), head.rindex(rows[-1]) + len(rows[-1])
    return head[:start] + whole + head[end:]


def _names_the_index(columns: list[tuple[str, str, str]], index: list[tuple[str, str, str]]) -> bool:
    """Whether the second header row only fills the gaps of the first, as pandas does for a named index."""
    pairs = zip(columns, index, strict=False)
    return len(columns) == len(index) and all(_blank(a[2]) != _blank(b[2]) for a, b in pairs)


def _blank(text: str) -> bool:
    return not re.sub(r"<[^>]*>", "", html.unescape(text)).strip()


def _head_cells(row: list[tuple[str, str, str]], numeric: list[bool]) -> Iterator[str]:
    for place, (_, attributes, text) in enumerate(row):
        if _blank(text):
            yield f"<td{attributes}></td>"
            continue
        number = ' class="number"' if len(row) == len(numeric) and numeric[place] and not attributes else ""
        scope = ' scope="col"' if "scope" not in attributes else ""
        yield f"<th{attributes}{number}{scope}>{text}</th>"
