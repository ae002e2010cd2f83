"""What a built report says, for places that have less room than its page: its words and its main charts."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from mmlib.reports.fragments import unturned

TEXTS = frozenset({"h1", "h2", "li", "figcaption"})
PARTS_OF_A_TILE = frozenset({"b", "small"})
LISTS = frozenset({"ul", "ol"})
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of a pair, ends of lines


class Tile(NamedTuple):
    """One headline number, what it counts, and a remark."""

    shown: str
    noun: str
    remark: str = ""


class Picture(NamedTuple):
    """A chart: its data URI, its description, and how to read it."""

    source: str
    alt: str
    reading: str = ""


@dataclass
class Part:
    """A section of the report: its heading and its charts."""

    heading: str
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class Gist:
    """What a report says at a glance.

    `tiles` are its headline numbers, `story` is what happened, `advice` what it suggests; `parts` are its sections,
    the first one without a heading.
    """

    title: str = ""
    tiles: list[Tile] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=lambda: [Part("")])


def gist(page: str) -> Gist:
    """Return what a report's page says: texts as they are read, without any HTML.

    Parameters
    ----------
    page : str
        The HTML that `mm report` has built.

    Examples
    --------
    >>> told = gist('<h1>Ada</h1><ul class="tiles"><li><b>2 h</b> practised <small>+1 h</small></li></ul>')
    >>> told.title, told.tiles
    ('Ada', [Tile(shown='2 h', noun='practised', remark='+1 h')])
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.gist


class _Reader(HTMLParser):
    """Collects the texts of headings, lists and captions, and the images of figures."""

    def __init__(self) -> None:
        super().__init__()
        self.gist = Gist()
        self._open: list[tuple[str, list[str]]] = []
        self._list = ""  # the class of the list that is being read
        self._tile: dict[str, str] = {}
        self._picture: Picture | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in LISTS:
            self._list = told.get("class", "")
        if tag in TEXTS or (tag in PARTS_OF_A_TILE and self._list == "tiles"):
            self._open.append((tag, []))
        if tag == "figure":
            self._picture = Picture("", "")
        if tag == "img" and self._picture is not None:
            self._picture = _pictured(told)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._take(tag, plain("".join(self._open.pop()[1])))
        if tag == "figure" and self._picture:
            if self._picture.source:
                self.gist.parts[-1].pictures.append(self._picture)
            self._picture = None

    def _take(self, tag: str, text: str) -> None:
        if tag == "h1":
            self.gist.title = self.gist.title or text
        elif tag == "h2":
            self.gist.parts.append(Part(text))
        elif tag == "figcaption" and self._picture:
            self._picture = self._picture._replace(reading=text)
        elif tag in PARTS_OF_A_TILE:
            self._tile[tag] = text
        elif tag == "li" and self._list == "tiles":
            self.gist.tiles.append(Tile(self._tile.get("b", ""), text, self._tile.get("small", "")))
            self._tile = {}
        elif tag == "li" and text:
            {"story": self.gist.story, "next": self.gist.advice}.get(self._list, []).append(text)


def _pictured(told: Mapping[str, str]) -> Picture:
    return Picture(told.get("src", ""), plain(told.get("alt", "")))


def plain(text: str) -> str:
    r"""Return text on one line, without control characters and those that turn the direction of reading.

    Examples
    --------
    >>> plain("Ada\r\nBcc: eve@example.org")
    'Ada Bcc: eve@example.org'
    """
    shown = (" " if unicodedata.category(letter) in BREAKING else letter for letter in unturned(text))
    return " ".join("".join(shown).split())
