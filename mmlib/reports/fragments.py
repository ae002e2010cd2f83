"""The outputs of a notebook as safe pieces of HTML: prose, tables, charts, printed text, errors.

Whatever a log may hold (a skill called `<script>`, a note with an image in it) stays text: raw HTML in a
Markdown output is escaped, and HTML outputs keep only tags and attributes that cannot run or fetch anything.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from typing import Any

import bleach
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from mmlib.reports.tables import report_table

TAGS = """
    a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark meter ol p pre progress q s samp section small span strong
    sub summary sup table tbody td tfoot th thead time tr u ul var wbr
"""
PLAIN_ATTRIBUTES = """
    class id title lang dir scope colspan rowspan headers alt width height open datetime value max min low
    high optimum start reversed role aria-label aria-labelledby aria-describedby aria-hidden tabindex
"""
SAFE_LINK = re.compile(r"(https?://|mailto:|#|[\w./-]+\.(?:html|pdf)(?:#|$))", re.IGNORECASE)
SAFE_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)
BLOCKED_LINK = "#harmful-link"  # what the Markdown filter puts in place of javascript: and the like
# Characters that turn the direction of all text after them, as such and as entities.
TURNING = re.compile(
    r"[\u202a-\u202e\u2066-\u2069]|&#(?:0*82(?:3[4-8]|9[4-7])|x0*20(?:2[a-e]|6[6-9]));?", re.IGNORECASE
)
NO_DESCRIPTION = "Chart without a description"


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":
        return value != BLOCKED_LINK and bool(SAFE_LINK.match(value))
    if tag == "img" and name == "src":
        return bool(SAFE_IMAGE.match(value))
    return name in PLAIN_ATTRIBUTES.split()


_cleaner = bleach.Cleaner(
    tags=frozenset(TAGS.split()),
    attributes=_allowed,
    protocols={"http", "https", "mailto", "data"},
    strip=False,
)


def sanitised(source: str) -> str:
    """Return HTML with everything taken out that could run, fetch or restyle: what is not allowed shows as text.

    Examples
    --------
    >>> sanitised('<b onclick="x()">2 h</b> <script>alert(1)</script>')
    '<b>2 h</b> &lt;script&gt;alert(1)&lt;/script&gt;'
    """
    without_styles = re.sub(r"(?is)<style\b.*?</style\s*>", "", source)
    clean = _cleaner.clean(without_styles)
    return re.sub(r"<img(?![^>]*\bsrc=)[^>]*>", "", clean)


def prose(source: str, *, trusted: bool = False, attachments: Mapping[str, Any] | None = None) -> str:
    """Return Markdown as HTML; raw HTML in it is shown as text unless the notebook's author wrote it (`trusted`).

    Examples
    --------
    >>> prose("**Juggling** <img src=x onerror=alert(1)>").strip()
    '<p><strong>Juggling</strong> &lt;img src=x onerror=alert(1)&gt;</p>'
    """
    renderer = IPythonRenderer(
        escape=not trusted,
        allow_harmful_protocols=False,
        exclude_anchor_links=True,
        attachments=dict(attachments or {}),
    )
    return fragment(MarkdownWithMath(renderer=renderer).render(source))


def fragment(source: str) -> str:
    """Return an HTML output as it may stand in a report: sanitised, each table in a scroller of its own."""
    clean = re.sub(r"<pre>", '<pre tabindex="0">', sanitised(source))  # wide lines scroll: by keyboard, too
    return re.sub(r"(?s)<table\b.*?</table>", lambda found: report_table(found[0]), clean)


def unturned(source: str) -> str:
    """Return text or HTML without the characters that turn the direction of reading: a name must not mirror others.

    Names in Hebrew or Arabic need none of them.

    Examples
    --------
    >>> unturned("harmless\\u202efdp.exe, &#8238;too")
    'harmlessfdp.exe, too'
    """
    harmless = source.isascii() and "&#" not in source  # seen at once, and charts are long
    return source if harmless else TURNING.sub("", source)


def text_of(source: str) -> str:
    """Return the plain text of a piece of HTML, its white space collapsed.

    Examples
    --------
    >>> text_of("<b>12 h</b> &amp; <i>more</i>")
    '12 h & more'
    """
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", source)).split())


def svg_image(source: str, dark: Mapping[str, str] | None = None) -> str:
    """Return an SVG as a data URI, able to change its colours with the reader's colour scheme.

    Parameters
    ----------
    source : str
        The SVG document.
    dark : mapping of str to str, optional
        For each colour of the chart (`#rrggbb`) the one that stands for it on a dark page.
    """
    body = re.sub(r"(?s)^.*?(?=<svg\b)|<metadata>.*?</metadata>", "", source, count=2)
    body = re.sub(r'^(<svg\b[^>]*?) style="background:[^"]*"', r"\1", body)  # the page has a paper of its own
    if "xmlns=" not in body[: body.find(">")]:
        body = body.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    if dark:
        opening, closing, rest = body.partition(">")
        body = f"{opening}{closing}<style>{_dark_rules(dark)}</style>{rest}"
    return "data:image/svg+xml;base64," + base64.b64encode(body.encode()).decode()


def _dark_rules(dark: Mapping[str, str]) -> str:
    rules = [
        f'[style*="{part}: {light}" i]{{{part}:{shade} !important}}'
        for light, shade in dark.items()
        for part in ("fill", "stroke")
    ]
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"


def figure(source: str, alt: str, caption: str = "", *, adapts: bool = True, enlarges: bool = False) -> str:
    """Return a figure around an image's data URI, with the sentence that tells how to read it as its caption.

    One that `enlarges` has a switch, for phones, that needs no script: its letters would be small there.
    """
    said = f"<figcaption>{caption}</figcaption>" if caption else ""
    kind = "" if adapts else ' class="paper"'
    image = f'<img alt="{html.escape(alt)}" src="{source}">'
    if enlarges:
        switch = '<input type="checkbox" aria-label="Larger chart"><span>Larger</span>'
        image = f'<label class="larger">{image}{switch}</label>'
    return f"<figure{kind}>{image}{said}</figure>"


def printed(source: str) -> str:
    """Return printed text, escaped."""
    text = html.escape(strip_ansi(source).rstrip())
    return f'<pre tabindex="0">{text}</pre>' if text else ""


def failure(name: str, value: str, traceback: str) -> str:
    """Return a cell's error: its name and message first, the trace behind a disclosure."""
    said = f"<p><strong>{html.escape(name)}</strong>: {html.escape(strip_ansi(value))}</p>"
    return (
        f'<div class="failure">{said}<details><summary>Where it happened</summary>{printed(traceback)}</details></div>'
    )


def tables_of(output: Mapping[str, Any], mime: str) -> list[Mapping[str, Any]]:
    """Return the tables of a chart's data, as an image output's metadata hold them; plain matplotlib's has none."""
    return [table for table in output.get("metadata", {}).get(mime, {}).get("tables", ()) if _is_table(table)]


def _is_table(table: Any) -> bool:
    """Whether this is what our charts leave: a notebook from elsewhere may hold anything under the same name."""
    if not isinstance(table, Mapping) or not {"caption", "columns", "rows", "of"} <= set(table):
        return False
    columns, rows = table["columns"], table["rows"]
    whole = isinstance(columns, list) and isinstance(rows, list) and isinstance(table["of"], int)
    return whole and all(isinstance(row, list) and len(row) == len(columns) > 0 for row in rows)


def alt_and_dark(output: Mapping[str, Any], mime: str) -> tuple[str, dict[str, str]]:
    """Return the description of an image output and its colours for dark pages, as its metadata give them."""
    metadata = output.get("metadata", {})
    own = metadata.get(mime, {})
    alt = own.get("alt") or metadata.get("alt") or NO_DESCRIPTION
    dark = own.get("dark") or {}
    return str(alt), {str(light): str(shade) for light, shade in dark.items()}


def as_text(value: Any) -> str:
    """Return a mime bundle's value as one text (a notebook file may hold lists of lines, or JSON)."""
    if isinstance(value, str):
        return value
    return "".join(value) if isinstance(value, list) else json.dumps(value)
