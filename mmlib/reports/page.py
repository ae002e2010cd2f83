"""A notebook as one page: an opening, then a section for every second-level heading."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mmlib.reports import fragments
from mmlib.reports.tables import data_tables

EMPTY = '<p class="empty">'
IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
REPR = re.compile(r"\s*(array\()?[\[\s]*<[\w.]*(Axes|Figure|matplotlib|BarContainer|ErrorbarContainer)")
DESCRIPTION_LENGTH = 300


@dataclass(frozen=True)
class Look:
    """How a notebook is shown: with its code or without, for a screen or for paper."""

    code: bool = False
    paged: bool = False


@dataclass(frozen=True)
class Chart:
    """An image output: its data URI, its description, whether its colours follow a dark page, and its data as HTML.

    On a phone a chart can be made larger, and then scrolls in its frame; paper has neither frame nor data.
    """

    source: str
    alt: str
    adapts: bool
    data: str = ""
    framed: bool = True


@dataclass(frozen=True)
class Reading:
    """The HTML of a Markdown output: below a chart it is the sentence that tells how to read it."""

    html: str


@dataclass
class Section:
    """A part of the page under one second-level heading."""

    id: str = ""
    heading: str = ""
    blocks: list[str] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The section's pieces, one after the other."""
        return "\n".join(self.blocks)


@dataclass(frozen=True)
class Page:
    """What the template sets; `description` is the first thing that the page says."""

    title: str
    description: str
    opening: str
    sections: list[Section]


def page(notebook: Mapping[str, Any], name: str, look: Look) -> Page:
    """Return a notebook's page.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook.
    name : str
        The title where the notebook has neither a first-level heading nor a title in its metadata.
    look : Look
        With code or without, for screen or paper.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> made = page(new_notebook(cells=[new_markdown_cell("# Ada\\n\\n## Payoff")]), "", Look())
    >>> made.title, [section.id for section in made.sections]
    ('Ada', ['payoff'])
    """
    pieces = (piece for cell in notebook["cells"] for piece in _pieces(cell, look))
    blocks = _named_apart(_levelled(fragments.unturned(block) for block in _joined(pieces)))
    opening, *sections = _sections(blocks)
    whole = "".join([opening.html, *(section.html for section in sections)])
    title = _first(r"(?s)<h1\b[^>]*>(.*?)</h1>", whole)
    if not title:
        title = fragments.unturned(str(notebook["metadata"].get("title") or name))
        opening.blocks[:0] = [f"<h1>{html.escape(title)}</h1>"] if whole else []
    said = _first(r'(?s)<ol class="story">.*?<li>(.*?)</li>', whole) or _first(r"(?s)<p>(.*?)</p>", whole)
    return Page(title, said[:DESCRIPTION_LENGTH], opening.html, sections)


def _pieces(cell: Mapping[str, Any], look: Look) -> Iterator[str | Chart | Reading]:
    source = fragments.as_text(cell["source"])
    if cell["cell_type"] == "markdown":
        yield fragments.prose(source, trusted=True, attachments=cell.get("attachments"))
    if cell["cell_type"] != "code":
        return
    hidden = "hide-input" in cell["metadata"].get("tags", [])
    if look.code and not hidden and source.strip():
        yield f'<pre class="code" tabindex="0"><code>{html.escape(source)}</code></pre>'
    outputs = cell.get("outputs", [])
    drawn = any(mime in output.get("data", {}) for output in outputs for mime in IMAGES)
    for output in outputs:
        yield from _output(output, look, drawn)


def _output(output: Mapping[str, Any], look: Look, drawn: bool) -> Iterator[str | Chart | Reading]:
    kind = output["output_type"]
    if kind == "error":
        yield fragments.failure(output["ename"], output["evalue"], "\n".join(output["traceback"]))
    elif kind == "stream":
        if output["name"] == "stdout":
            yield fragments.printed(fragments.as_text(output["text"]))
    else:
        yield from _display(output, look, drawn)


def _display(output: Mapping[str, Any], look: Look, drawn: bool) -> Iterator[str | Chart | Reading]:
    data = {mime: fragments.as_text(value) for mime, value in output["data"].items()}
    image = next((mime for mime in IMAGES if mime in data), None)
    if "text/html" in data:
        yield fragments.fragment(data["text/html"])
    elif "text/markdown" in data:
        yield Reading(fragments.prose(data["text/markdown"]))
    elif image and output.get("metadata", {}).get(image, {}).get("empty"):
        yield f"{EMPTY}{html.escape(fragments.alt_and_dark(output, image)[0])}</p>"
    elif image:
        yield _chart(output, image, data[image], look)
    elif set(data) == {"text/plain"} and not drawn and not REPR.match(data["text/plain"]):
        yield fragments.printed(data["text/plain"])


def _chart(output: Mapping[str, Any], mime: str, source: str, look: Look) -> Chart:
    alt, dark = fragments.alt_and_dark(output, mime)
    data = "" if look.paged else data_tables(fragments.tables_of(output, mime))
    if mime == "image/svg+xml":
        image = fragments.svg_image(source, None if look.paged else dark)
        return Chart(image, alt, bool(dark), data, not look.paged)
    return Chart(f"data:{mime};base64,{''.join(source.split())}", alt, False, data, not look.paged)


def _joined(pieces: Iterable[str | Chart | Reading]) -> Iterator[str]:
    waiting: Chart | None = None
    for piece in pieces:
        if isinstance(piece, Reading) and waiting:
            yield _figure(waiting, piece.html)
            waiting = None
            continue
        if waiting:
            yield _figure(waiting)
        waiting = piece if isinstance(piece, Chart) else None
        if not isinstance(piece, Chart):
            yield piece if isinstance(piece, str) else piece.html
    if waiting:
        yield _figure(waiting)


def _figure(chart: Chart, caption: str = "") -> str:
    drawn = fragments.figure(chart.source, chart.alt, caption, adapts=chart.adapts, enlarges=chart.framed)
    return f'<div class="chart">{drawn}{chart.data}</div>' if chart.framed else drawn


def _levelled(blocks: Iterable[str]) -> Iterator[str]:
    """Leave no gap between the levels of headings: what stands under a second level is of the third."""
    above: list[int] = []

    def heading(found: re.Match[str]) -> str:
        level, rest = int(found[1]), found[2]
        if not fragments.text_of(rest.partition(">")[2]):
            return ""
        if not above and level > 1:
            above.append(1)
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        return f"<h{len(above)}{rest}</h{len(above)}>"

    for block in blocks:
        yield re.sub(r"(?s)<h([1-6])\b(.*?)</h\1>", heading, block)


def _named_apart(blocks: Iterable[str]) -> Iterator[str]:
    """Give each table's frame a name of its own: screen readers list them by name."""
    taken: dict[str, int] = {}

    def region(found: re.Match[str]) -> str:
        taken[found[2]] = count = taken.get(found[2], 0) + 1
        return found[0] if count == 1 else f"{found[1]}{found[2]}, {count}{found[3]}"

    for block in blocks:
        yield re.sub(r'(<div class="table" role="region" aria-label=")([^"]*)(" tabindex="0">)', region, block)


def _sections(blocks: Iterable[str]) -> list[Section]:
    sections = [Section()]
    taken: set[str] = set()
    for block in blocks:
        for part in _split(block):
            heading = re.match(r"(?s)<h2\b[^>]*>(.*?)</h2>", part)
            if heading:
                said = fragments.text_of(heading[1])
                sections.append(Section(_unused(_anchor(said), taken), said))
                part = f'<h2 id="{sections[-1].id}">{heading[1]}</h2>{part[heading.end() :]}'
            said = part.strip()
            again = said.startswith(EMPTY) and said in sections[-1].blocks  # two charts may lack the same
            if said and not again:
                sections[-1].blocks.append(said)
    return sections


def _split(block: str) -> list[str]:
    """Split a piece before each of its second-level headings that stands in no other element."""
    cuts = [0]
    for found in re.finditer(r"<h2\b", block):
        before = block[: found.start()]
        if len(re.findall(r"<(?!hr|br|img|wbr|col\b|/)\w", before)) == before.count("</"):
            cuts.append(found.start())
    return [block[start:end] for start, end in zip(cuts, [*cuts[1:], len(block)], strict=True)]


def _anchor(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"\W+", "-", plain).strip("-") or "section"


def _unused(anchor: str, taken: set[str]) -> str:
    names = (anchor if n == 1 else f"{anchor}-{n}" for n in range(1, len(taken) + 2))
    name = next(candidate for candidate in names if candidate not in taken)
    taken.add(name)
    return name


def _first(pattern: str, source: str) -> str:
    found = re.search(pattern, source)
    return fragments.text_of(found[1]) if found else ""
