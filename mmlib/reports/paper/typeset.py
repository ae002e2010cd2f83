"""HTML to PDF: WeasyPrint, without a network and without noise.

This module imports WeasyPrint, and so needs Pango: an `OSError` at import means that Pango is missing.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from mmlib.errors import ReportError
from mmlib.reports.paper.drawing import drawing
from mmlib.reports.paper.lettering import lettered
from mmlib.reports.paper.painting import Painting
from mmlib.reports.paper.tagging import finish

PACKAGE = Path(__file__).resolve().parent.parent.parent
# How WeasyPrint's log says that an image is missing from the page.
FAILURES = ("Failed to load image", "Failed to render SVG image")
VARIANT = "pdf/ua-1"
SVG = "data:image/svg+xml;base64,"
DRAWING = re.compile(rf'(?<=src="){re.escape(SVG)}[A-Za-z0-9+/=]+')
CELL = re.compile(r"(?s)(?<=<t[dh])\b.*?(?=</t[dh]>)")
# A table is made as wide as its longest words, and paper has no scroller: these many letters fit side by side.
LONG_WORD = re.compile(r"(?:&[^;\s<>]{1,10};|[^\s<>&]){30}(?=[^\s<>])")


class _OwnFiles(URLFetcher):
    """Fetches what the page carries and the package's own files, and nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = Path(url2pathname(unquote(parts.path))).resolve()
            if not path.is_relative_to(PACKAGE):
                raise ValueError(f"{path} is no part of a report")
        return super().fetch(url, headers)


def typeset(page: str) -> bytes:
    """Return a page of HTML as a tagged PDF.

    Parameters
    ----------
    page : str
        The HTML, with its style sheets and images inside.

    Raises
    ------
    ReportError
        Where an image of the page cannot be drawn.
    """
    images: dict[str, Painting] = {}
    whole = DRAWING.sub(lambda source: _drawn(source[0], images), CELL.sub(_breakable, page))
    with _collected() as failures:
        pdf = HTML(string=whole, url_fetcher=_OwnFiles()).write_pdf(pdf_variant=VARIANT, finisher=finish, cache=images)
    if failures:
        raise ReportError(f"The PDF cannot be made, because a chart cannot be drawn: {failures[0]}")
    return pdf


def _drawn(source: str, images: dict[str, Painting]) -> str:
    """Return the address of a chart: of a painting that is ready in WeasyPrint's images, or of an SVG to draw."""
    svg = lettered(base64.b64decode(source.removeprefix(SVG)).decode())
    chart, address = drawing(svg), f"mmlib-chart:{len(images)}"
    if chart is None:
        return SVG + base64.b64encode(svg.encode()).decode()
    images[address] = Painting(chart)
    return address


def _breakable(cell: re.Match[str]) -> str:
    opening, closing, text = cell[0].partition(">")
    return opening + closing + re.sub(r"(?<=>)[^<]+|^[^<]+", lambda words: LONG_WORD.sub(r"\g<0><wbr>", words[0]), text)


@contextmanager
def _collected() -> Iterator[list[str]]:
    """Keep WeasyPrint's log away from the terminal, and collect from it what is a failure."""
    failures: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if message.startswith(FAILURES):
                failures.append(re.sub(r"data:\S{40,}", "(the chart)", message)[:300])

    loggers = [logging.getLogger("weasyprint"), logging.getLogger("fontTools")]
    collector, before = Collector(logging.ERROR), [logger.propagate for logger in loggers]
    loggers[0].addHandler(collector)
    for logger in loggers:
        logger.propagate = False
    try:
        yield failures
    finally:
        loggers[0].removeHandler(collector)
        for logger, propagate in zip(loggers, before, strict=True):
            logger.propagate = propagate
