"""The shelf: the page that lists the reports that have been built, by month and learner."""

from __future__ import annotations

import html
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path

from mmlib.errors import counted

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
HEAD_LENGTH = 65_536
STYLE = Path(__file__).parent / "templates" / "mm" / "report.css"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Practice reports</title>
<style>
{style}
</style>
</head>
<body>
<main>
<header>
<h1>Practice reports</h1>
<p>{summary}</p>
</header>
{months}
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Entry:
    """One built report: where it lies (relative to the shelf), what it is called and what it says first."""

    month: str
    name: str
    title: str
    headline: str
    has_pdf: bool


def index(out: str | os.PathLike[str]) -> Path:
    """Write `out/index.html`, a list of all reports in `out/<month>/`, the newest month first.

    Parameters
    ----------
    out : path
        The folder of the reports; months are folders in it that are named like 2026-10.

    Returns
    -------
    Path
        The page that was written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     index(folder).name
    'index.html'
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    entries = list(_entries(out))
    months = "\n".join(_month(month, list(found)) for month, found in groupby(entries, lambda entry: entry.month))
    there = f"{counted(len(entries), 'report')}, the newest month first." if entries else "No reports yet."
    page = PAGE.format(style=STYLE.read_text(encoding="utf-8"), summary=there, months=months)
    target = out / "index.html"
    with tempfile.TemporaryDirectory(prefix=".index-", dir=out) as work:
        written = Path(work) / target.name
        written.write_text(page, encoding="utf-8", newline="\n")
        written.replace(target)
    return target


def _entries(out: Path) -> Iterator[Entry]:
    folders = sorted((folder for folder in out.iterdir() if MONTH.fullmatch(folder.name)), reverse=True)
    for folder in folders:
        for file in sorted(folder.glob("*.html")):
            head = _Head()
            with file.open(encoding="utf-8", errors="replace") as source:
                head.feed(source.read(HEAD_LENGTH))
            title = " ".join(head.title.split()) or file.stem
            yield Entry(folder.name, file.stem, title, head.description, file.with_suffix(".pdf").exists())


class _Head(HTMLParser):
    """Reads the title and the description of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title = self.description = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "description":
            self.description = named.get("content") or ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._in_title = False

    def handle_data(self, data: str) -> None:
        self.title += data if self._in_title else ""


def _month(month: str, entries: list[Entry]) -> str:
    named = f"{date.fromisoformat(month + '-01'):%B %Y}"
    items = "\n".join(_item(entry) for entry in entries)
    return (
        f'<section aria-labelledby="m{month}">\n<h2 id="m{month}">{named}</h2>\n'
        f'<ul class="shelf">\n{items}\n</ul>\n</section>'
    )


def _item(entry: Entry) -> str:
    address, title = html.escape(f"{entry.month}/{entry.name}"), html.escape(entry.title)
    pdf = f' <a class="pdf" href="{address}.pdf" aria-label="{title}, as PDF">PDF</a>' if entry.has_pdf else ""
    said = f"<p>{html.escape(entry.headline)}</p>" if entry.headline else ""
    return f'<li><a href="{address}.html">{title}</a>{pdf}{said}</li>'
