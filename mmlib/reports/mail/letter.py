"""The text of a report's mail, in its two forms: HTML that mail programs take, and plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from mmlib.reports.mail.gist import Gist, Picture, Tile

TEMPLATE = Path(__file__).parent.parent / "templates" / "mail" / "mail.html"
WIDTH = 600  # pixels that mail programs have room for
PLACE = 552  # … and a chart, between the margins
COLUMNS = 72
INK, SOFT, ACCENT = "color: #1f2933;", "color: #4a545d;", "color: #105c59;"
HAPPENED, ADVICE = "What happened", "Next month"


class Image(NamedTuple):
    """A chart as it lies in a mail: its name there, its bytes, png or jpeg, the heading above it, its words."""

    id: str
    content: bytes
    kind: str
    heading: str
    picture: Picture


def as_html(told: Gist, images: Iterable[Image], attached: str) -> str:
    """Return the mail as HTML. Its look stands in each element: many mail programs take no other style.

    Parameters
    ----------
    told : Gist
        What the report says.
    images : iterable of Image
        The charts that are shown.
    attached : str
        The name of the file that holds the whole report.

    Examples
    --------
    >>> "Juggling doubled." in as_html(Gist("Ada", story=["Juggling doubled."]), [], "ada.pdf")
    True
    """
    body = [_numbers(told.tiles), _list(HAPPENED, told.story), _list(ADVICE, told.advice), *map(_chart, images)]
    return TEMPLATE.read_text(encoding="utf-8").format(
        title=escape(told.title),
        preview=escape(" ".join(told.story[:1])),
        body="\n".join(filter(None, body)),
        closing=escape(closing(attached)),
        width=WIDTH,
    )


def as_text(told: Gist, attached: str) -> str:
    """Return the mail as plain text: the title, what happened, the numbers, what is suggested.

    Examples
    --------
    >>> print(as_text(Gist("Ada", [Tile("2 h", "practised", "+1 h")], ["Juggling doubled."]), "ada.pdf"))
    Ada
    ===
    <BLANKLINE>
    * Juggling doubled.
    <BLANKLINE>
    2 h practised (+1 h)
    <BLANKLINE>
    The whole report is attached: ada.pdf
    <BLANKLINE>
    """
    title = textwrap.wrap(told.title, COLUMNS)
    parts = [[*title, "=" * max(map(len, title), default=0)], list(_items(told.story)), _lines(told.tiles)]
    parts += [[f"{ADVICE}:", *_items(told.advice)] if told.advice else [], [closing(attached)]]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def closing(attached: str) -> str:
    """Return the last sentence of a mail."""
    return f"The whole report is attached: {attached}"


def _lines(tiles: Sequence[Tile]) -> list[str]:
    return [f"{tile.shown} {tile.noun}{f' ({tile.remark})' if tile.remark else ''}" for tile in tiles]


def _items(texts: Iterable[str]) -> Iterator[str]:
    how = {"break_long_words": False, "break_on_hyphens": False}
    return (textwrap.fill(text, COLUMNS, initial_indent="* ", subsequent_indent="  ", **how) for text in texts)


def _numbers(tiles: Sequence[Tile]) -> str:
    rows = "\n".join(_number(tile) for tile in tiles)
    return f'<table role="presentation" cellpadding="0" cellspacing="0" border="0">\n{rows}\n</table>' if rows else ""


def _number(tile: Tile) -> str:
    cell = "padding: 3px 0; vertical-align: baseline;"
    shown = f"{cell} padding-right: 16px; font-size: 21px; font-weight: 700; white-space: nowrap; {ACCENT}"
    remark = f'<br><span class="soft" style="font-size: 14px; {SOFT}">{escape(tile.remark)}</span>'
    said = escape(tile.noun) + (remark if tile.remark else "")
    return (
        f'<tr><td class="accent" style="{shown}">{escape(tile.shown)}</td>'
        f'<td class="ink" style="{cell} line-height: 1.35; {INK}">{said}</td></tr>'
    )


def _heading(text: str) -> str:
    style = f"margin: 32px 0 10px; font-size: 20px; line-height: 1.25; font-weight: 700; {INK}"
    return f'<h2 class="ink" style="{style}">{escape(text)}</h2>' if text else ""


def _list(heading: str, texts: Sequence[str]) -> str:
    items = "".join(f'<li style="margin: 0 0 8px;">{escape(text)}</li>' for text in texts)
    style = f"margin: 0; padding: 0 0 0 20px; {INK}"
    return f'{_heading(heading)}\n<ul class="ink" style="{style}">{items}</ul>' if items else ""


def _chart(image: Image) -> str:
    """Return a chart on white paper of its own: in a dark mail program, too, its letters are dark."""
    alt = escape(image.picture.alt)
    drawn = (
        "display: block; width: 100%; height: auto; border: 0; background: #ffffff; color: #1f2933; font-size: 14px;"
    )
    paper = f"max-width: {PLACE}px; padding: 8px; background: #ffffff; border-radius: 6px;"
    reading = f'<p class="soft" style="margin: 10px 0 0; font-size: 15px; {SOFT}">{escape(image.picture.reading)}</p>'
    return (
        f'{_heading(image.heading)}\n<div style="{paper}">'
        f'<img src="cid:{escape(image.id)}" width="{PLACE}" alt="{alt}" style="{drawn}"></div>\n'
        f"{reading if image.picture.reading else ''}"
    )
