"""The page that lists all reports: one file that works from disk, to sort, search and choose from.

It asks for nothing but itself: style, script and thumbnails lie in it, and the browser is told to run no other
script. Without a script it is a complete list, the newest month first.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from mmlib.errors import counted
from mmlib.reports.index.facts import Number
from mmlib.words import capital

TEMPLATES = Path(__file__).parent.parent / "templates"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
EXPLORED = "explored"
MONTHLY = "monthly"
MOST_NUMBERS = 6  # columns that a page has room for
HEAD_LENGTH = 65_536
OURS = '<meta name="color-scheme" content="light dark">'  # in the head of each page that mmlib makes
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
SIZE = re.compile(r'<svg xmlns="http://www.w3.org/2000/svg" width="(\d+)" height="(\d+)"')
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
WAYS = ("down", "up")
SORTS = (("month", "newest first", "oldest first"), ("learner", "Z to A", "A to Z"))


@dataclass(frozen=True)
class Entry:
    """One built report, as the list shows it.

    `month` is YYYY-MM, or the name of another folder, or empty; `learner` is empty where it is not of one learner;
    `files` are addresses from the list's folder; `thumbnail` is SVG text.
    """

    month: str
    name: str
    learner: str
    title: str
    headline: str = ""
    numbers: tuple[Number, ...] = ()
    files: tuple[str, ...] = ()
    thumbnail: str = ""
    notebook: str = MONTHLY

    @property
    def is_monthly(self) -> bool:
        """Whether it is the report of one learner and month that `mm report` builds."""
        return bool(self.learner) and self.notebook == MONTHLY and bool(MONTH.fullmatch(self.month))


def write(out: str | os.PathLike[str], entries: Iterable[Entry]) -> Path:
    """Write `out/index.html`, the list of all reports: whole, or not at all.

    Reports that lie in `out` without an entry are listed too, with their title and first sentence: those in the
    folders of months, those of the explorer, and those of notebooks of one's own.

    Parameters
    ----------
    out : path
        The folder of the reports.
    entries : iterable of Entry
        What has been built.

    Returns
    -------
    Path
        The page.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write(folder, [Entry("2026-10", "ada", "ada", "Ada in October 2026", files=("2026-10/ada.html",))])
    ...     "1 report of 1 learner, October 2026." in page.read_text(encoding="utf-8")
    True
    """
    out, entries = Path(out), list(entries)
    out.mkdir(parents=True, exist_ok=True)
    page = contents([*entries, *_unlisted(out, entries)])
    target = out / "index.html"
    with tempfile.TemporaryDirectory(prefix=".index-", dir=out) as work:
        written = Path(work) / target.name
        written.write_text(page, encoding="utf-8", newline="\n")
        written.replace(target)
    return target


def contents(entries: Iterable[Entry]) -> str:
    """Return the list of reports as an HTML page.

    Examples
    --------
    >>> "No reports yet." in contents([])
    True
    """
    ordered = sorted(entries, key=lambda entry: (entry.learner.casefold(), entry.title, entry.name))
    ordered.sort(key=lambda entry: (bool(MONTH.fullmatch(entry.month)), entry.month), reverse=True)
    monthly = [entry for entry in ordered if entry.is_monthly]
    labels = _labels(monthly)
    others = [entry for entry in ordered if not entry.is_monthly]
    style = "\n".join((TEMPLATES / place).read_text(encoding="utf-8") for place in ("mm/report.css", "index/index.css"))
    script = _template("index.js") if ordered else ""
    return _template("page.html").format(
        allowed=_digest(script),
        style=style,
        summary=_summary(ordered),
        controls=_controls(ordered, labels if monthly else None) if ordered else "",
        sections="\n".join(filter(None, [_table(monthly, labels), _list(others, alone=not monthly)])),
        script=f"<script>{script}</script>" if script else "",
    )


def _template(name: str) -> str:
    return (TEMPLATES / "index" / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """Return what the browser shall run: this script and no other."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'" if script else "'none'"


def _labels(entries: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(number.label for entry in entries for number in entry.numbers))[:MOST_NUMBERS]


def _summary(entries: Sequence[Entry]) -> str:
    if not entries:
        return "No reports yet."
    learners = {entry.learner for entry in entries if entry.learner}
    whose = f" of {counted(len(learners), 'learner')}" if learners else ""
    months = sorted({entry.month for entry in entries if MONTH.fullmatch(entry.month)})
    span = " to ".join(dict.fromkeys(_month(month) for month in (months[0], months[-1]))) if months else ""
    return f"{counted(len(entries), 'report')}{whose}{span and ', '}{span}."


def _month(month: str, form: str = "%B %Y") -> str:
    return date.fromisoformat(f"{month}-01").strftime(form) if MONTH.fullmatch(month) else ""


def _controls(entries: Sequence[Entry], labels: Sequence[str] | None) -> str:
    learners = sorted({entry.learner for entry in entries if entry.learner}, key=str.casefold)
    months = sorted({entry.month for entry in entries if MONTH.fullmatch(entry.month)}, reverse=True)
    sorts = [*SORTS, *((label, "most first", "least first") for label in labels or ())]
    ways = (
        (f"{key} {way}", f"{capital(key)}, {said}")
        for key, *both in sorts
        for way, said in zip(WAYS, both, strict=True)
    )
    return _template("controls.html").format(
        learners="".join(_option(learner, capital(learner)) for learner in learners),
        months="".join(_option(month, _month(month)) for month in months),
        sort=_template("sort.html").format(sorts="".join(_option(*way) for way in ways)) if labels is not None else "",
    )


def _option(value: str, said: str) -> str:
    return f'<option value="{html.escape(value)}">{html.escape(said)}</option>'


def _table(entries: Sequence[Entry], labels: Sequence[str]) -> str:
    if not entries:
        return ""
    heads = [
        f'<th scope="col" class="number" data-key="{html.escape(x)}">{html.escape(capital(x))}</th>' for x in labels
    ]
    rows = "\n".join(_row(entry, labels) for entry in entries)
    return _template("table.html").format(numbers="".join(heads), rows=rows)


def _row(entry: Entry, labels: Sequence[str]) -> str:
    told = {number.label: number for number in entry.numbers}
    numbers = "".join(_number(label, told.get(label)) for label in labels)
    return (
        f'<tr {_named(entry)}><th scope="row">{_links(entry)}</th>'
        f'<td class="glance">{_image(entry)}{html.escape(entry.headline)}</td>'
        f"<td>{html.escape(capital(entry.learner))}</td><td>{_month(entry.month, '%b %Y')}</td>{numbers}</tr>"
    )


def _number(label: str, number: Number | None) -> str:
    if number is None:
        return '<td class="number none">–</td>'
    value = "" if number.value is None else f' data-value="{number.value:g}"'
    named = f'class="number" data-label="{html.escape(label)}"'
    return f"<td {named}{value}>{html.escape(number.shown)}</td>"


def _named(entry: Entry) -> str:
    learner, month = html.escape(entry.learner), entry.month if MONTH.fullmatch(entry.month) else ""
    return f'data-report data-learner="{learner}" data-month="{month}"'


def _links(entry: Entry) -> str:
    """Return the report's title, which leads to its page, or to its PDF where that is all there is."""
    title = html.escape(entry.title)
    pages, pdfs = ([file for file in entry.files if file.endswith(ending)] for ending in (".html", ".pdf"))
    main = next(iter([*pages, *pdfs]), "")
    linked = f'<a href="{_address(main)}">{title}</a>' if main else title
    more = "".join(
        f' <a class="pdf" href="{_address(pdf)}" aria-label="{title}, as PDF">PDF</a>' for pdf in pdfs if pdf != main
    )
    return linked + more


def _address(file: str) -> str:
    return html.escape(quote(file))


def _image(entry: Entry) -> str:
    """Return the thumbnail as an image: nothing in it can run, and it is read when it comes into view."""
    found = SIZE.match(entry.thumbnail)
    if not found:
        return ""
    drawing = entry.thumbnail.replace('"', "'").replace("%", "%25").replace("#", "%23").replace("&", "&amp;")
    return f'<img loading="lazy" alt="" width="{found[1]}" height="{found[2]}" src="data:image/svg+xml,{drawing}">'


def _list(entries: Sequence[Entry], *, alone: bool) -> str:
    if not entries:
        return ""
    items = "\n".join(_item(entry) for entry in entries)
    heading = "Reports" if alone else "Other reports"
    return _template("list.html").format(heading=heading, items=items)


def _item(entry: Entry) -> str:
    of = ", ".join(filter(None, [capital(entry.learner), _month(entry.month)]))
    said = f"<p>{html.escape(entry.headline)}</p>" if entry.headline else ""
    when = f'<p class="when">{html.escape(of)}</p>' if of else ""
    return f"<li {_named(entry)}><div>{_links(entry)}{when}{said}</div>{_image(entry)}</li>"


def _unlisted(out: Path, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the pages that lie there without an entry: those of other notebooks, and what nothing else is known of."""
    known = {file for entry in entries for file in entry.files} | {"index.html"}
    folders = sorted(folder for folder in out.iterdir() if MONTH.fullmatch(folder.name) or folder.name == EXPLORED)
    for page in (page for folder in (out, *folders) for page in sorted(folder.glob("*.html"))):
        if page.relative_to(out).as_posix() in known:
            continue
        with page.open(encoding="utf-8", errors="replace") as source:
            head = source.read(HEAD_LENGTH)
        if page.parent == out and OURS not in head:  # whatever else is kept beside the reports
            continue
        title, said = _head(head)
        files = tuple(file.relative_to(out).as_posix() for file in (page, page.with_suffix(".pdf")) if file.exists())
        folder = "" if page.parent == out else page.parent.name
        yield Entry(folder, page.stem, "", title or page.stem, said, files=files)


def _head(source: str) -> tuple[str, str]:
    found = (pattern.search(source) for pattern in (TITLE, DESCRIPTION))
    title, said = (" ".join(html.unescape(match[1]).split()) if match else "" for match in found)
    return title, said
