"""From the text of a calendar to its components: lines unfolded, blocks within blocks, properties when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

DEEPEST = 20  # blocks within blocks


@dataclass
class Component:
    """A block between BEGIN and END: where it stands, its lines, the blocks in it; in calendars, the zones met."""

    name: str
    row: int
    lines: list[str] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    zones: dict[str, tzinfo | None] = field(default_factory=dict)
    whole: bool = True

    def values(self, name: str) -> list[tuple[dict[str, str], str]]:
        """Return the parameters and the value of each property of a name; lines that are none are passed over."""
        from icalendar.parser import Contentline

        found = []
        for line in self.lines:
            if line[: len(name)].upper() == name and line[len(name) : len(name) + 1] in (":", ";"):
                try:
                    _, parameters, value = Contentline(line).parts()
                except ValueError:
                    continue
                texts = {key.upper(): text for key, text in parameters.items() if isinstance(text, str)}
                found.append((texts, value))
        return found

    def text(self, name: str) -> str:
        """Return the value of the first property of a name, or nothing."""
        return next((value for _, value in self.values(name)), "")


def calendars(text: str) -> list[Component]:
    """Return the calendars of a text; a block that has no end, or is ended by that of another, is not whole.

    Examples
    --------
    >>> book, = calendars("BEGIN:VCALENDAR\\nBEGIN:VEVENT\\nSUMMARY:Five-finger\\n  exercise\\nEND:VEVENT\\n")
    >>> book.whole, book.parts[0].row, book.parts[0].text("SUMMARY")
    (False, 2, 'Five-finger exercise')
    """
    found: list[Component] = []
    opened: list[Component] = []
    for row, line in _unfolded(text):
        word, _, name = line.strip().upper().partition(":")
        if word == "BEGIN" and len(opened) < DEEPEST:
            one = Component(name, row)
            (opened[-1].parts if opened else found).append(one)
            opened.append(one)
        elif word == "END":
            while any(one.name == name for one in opened):
                last = opened.pop()
                if last.name == name:
                    break
                last.whole = False
        elif opened:
            opened[-1].lines.append(line)
    for one in opened:
        one.whole = False
    books = [inner for one in found for inner in _books(one)]
    loose = [one for one in found if one.name == "VEVENT"]
    return [*books, Component("VCALENDAR", loose[0].row, parts=loose)] if books and loose else books


def _books(block: Component) -> Iterator[Component]:
    """Yield a block and the blocks in it that are calendars: one that is cut off has the next one in it."""
    if block.name == "VCALENDAR":
        yield block
        for inner in block.parts:
            yield from _books(inner)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers; a line that begins with a blank goes on with the one before."""
    start, pieces = 0, []
    for row, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if line[:1] in (" ", "\t") and pieces:
            pieces.append(line[1:])
            continue
        if pieces:
            yield start, "".join(pieces)
        start, pieces = row, [line]
    yield start, "".join(pieces)
