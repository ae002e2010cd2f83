"""A report as a mail: its numbers, what happened and its main charts to read at once, the whole of it attached.

Mail programs show neither SVG nor data URIs, run no script and know few styles: the charts are images inside of the
mail, and its look hangs on nothing that a program may leave out. Nothing in it is fetched from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from mmlib.errors import ReportError
from mmlib.reports.mail.gist import Gist, Part, Tile, gist, plain
from mmlib.reports.mail.letter import PLACE, Image, as_html, as_text

if TYPE_CHECKING:
    from mmlib.reports.index.contents import Entry
    from mmlib.reports.index.facts import Facts

VERSION = "1"  # of how a mail is made: another one makes other mails of the same report
SHARPNESS = 2  # a chart's pixels for each of its place
MOST_CHARTS = 3  # one for each of the monthly report's questions: repetition, payoff, synergy
NO_DOMAIN = "mmlib.invalid"  # a name that is nobody's
HEAD = 8192  # a mail's own number stands in its first lines
FETCHED = re.compile(r"""(?i)\s(?:xlink:)?href\s*=\s*(?:"(?!#|data:)[^"]*"|'(?!#|data:)[^']*')""")
DARK_RULES = re.compile(r"(?s)<style>@media \(prefers-color-scheme: dark\).*?</style>")
NO_RASTERS = (
    "The charts of a mail are drawn by resvg_py, which is not installed. Install it, then say the same again: "
    'pip install "mmlib[mail]"'
)


def message(
    page: str | Path,
    pdf: str | Path | None,
    about: Entry | Facts,
    *,
    sender: Address | None = None,
    to: Address | None = None,
) -> EmailMessage:
    """Return a report as a mail.

    Parameters
    ----------
    page : path
        The report as HTML, as `mm report` has built it.
    pdf : path, optional
        The report as PDF, which is attached; without one the page itself is.
    about : Entry or Facts
        What the list of reports knows of it: its title, headline and numbers are told where its page has none.
    sender, to : Address, optional
        A mail without them is a draft that its reader addresses.

    Returns
    -------
    EmailMessage
        Its text in two forms, plain and HTML with images inside, and the attachment. The same report makes the same
        mail, byte for byte; its date is that of the report's file.

    Raises
    ------
    ReportError
        If the report is not there, or resvg_py is not.
    """
    page, attached = Path(page), Path(pdf or page)
    mail_id = identity(page, pdf, sender=sender, to=to)
    told = _told(page.read_text(encoding="utf-8", errors="replace"), about)
    images = list(_images(told.parts, mail_id))
    made = EmailMessage(policy=SMTP.clone(utf8=not _is_ascii(sender, to)))
    made["Subject"] = told.title
    made["Date"] = datetime.fromtimestamp(int(page.stat().st_mtime), UTC)
    made["Message-ID"] = mail_id
    made["X-Unsent"] = "1"  # mail programs open it as a draft
    for header, address in (("From", sender), ("To", to)):
        if address:
            made[header] = address
    made.set_content(as_text(told, attached.name), cte="quoted-printable")
    made.add_alternative(as_html(told, images, attached.name), subtype="html", cte="quoted-printable")
    for image in images:
        made.get_payload()[1].add_related(image.content, "image", image.kind, cid=f"<{image.id}>", disposition="inline")
    kind = ("application", "pdf") if pdf else ("text", "html")
    made.add_attachment(attached.read_bytes(), *kind, filename=attached.name)
    _settle_boundaries(made, mail_id)
    return made


def identity(
    page: str | Path, pdf: str | Path | None, *, sender: Address | None = None, to: Address | None = None
) -> str:
    """Return the Message-ID of a report's mail: the same for the same report, sender and reader.

    Raises
    ------
    ReportError
        If one of the files is not there.
    """
    digest = hashlib.sha256()
    for file in filter(None, (page, pdf)):
        try:
            digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
        except FileNotFoundError:
            raise ReportError(f"{file} is not there: a mail is made from the built report. Build it first.") from None
    digest.update("\0".join((VERSION, str(sender or ""), str(to or ""), Path(page).stem)).encode())
    return f"<{digest.hexdigest()[:32]}@{sender.domain if sender else NO_DOMAIN}>"


def check_rasters() -> None:
    """Find out whether charts can be drawn for mails.

    Raises
    ------
    ReportError
        If resvg_py is not installed: with what to do.
    """
    if importlib.util.find_spec("resvg_py") is None:
        raise ReportError(NO_RASTERS)


def write(made: EmailMessage, path: str | Path) -> Path:
    """Write a mail as an .eml file, whole or not at all, and return its path.

    Examples
    --------
    >>> mail = EmailMessage()
    >>> mail["Subject"] = "Ada’s practice"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(mail, Path(folder) / "ada.eml").name
    'ada.eml'
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix=".mail-", dir=path.parent) as work:
        written = Path(work) / path.name
        written.write_bytes(made.as_bytes())
        written.replace(path)
    return path


def is_written(path: str | Path, mail_id: str) -> bool:
    """Return whether a file already is the mail with this Message-ID."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD).partition(b"\r\n\r\n")[0]
    except FileNotFoundError:
        return False
    return mail_id.encode() in head


def _told(page: str, about: Entry | Facts) -> Gist:
    """Return what the page says, and what the list of reports knows where it says nothing."""
    told = gist(page)
    told.title = told.title or plain(about.title) or "Practice report"
    told.story = told.story or [text for text in (plain(about.headline),) if text]
    told.tiles = told.tiles or [Tile(plain(number.shown), plain(number.label)) for number in about.numbers]
    return told


def _is_ascii(*addresses: Address | None) -> bool:
    return all(address.addr_spec.isascii() for address in addresses if address)


def _settle_boundaries(made: EmailMessage, mail_id: str) -> None:
    """Name what separates the parts by the mail, in place of a random name."""
    for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
        part.set_boundary(f"=_{mail_id[1:17]}_{number}")


def _images(parts: Iterable[Part], mail_id: str) -> Iterator[Image]:
    """Yield the first chart of each section that has one."""
    main = [(part.heading, part.pictures[0]) for part in parts if part.pictures]
    for number, (heading, picture) in enumerate(main[:MOST_CHARTS], start=1):
        raster = _raster(picture.source)
        if raster:
            yield Image(f"chart-{number}.{mail_id[1:-1]}", *raster, heading, picture)


def _raster(source: str) -> tuple[bytes, str] | None:
    """Return an image's bytes and kind; None for what mail programs do not show and nothing here can draw."""
    kind, _, rest = source.removeprefix("data:image/").partition(",")
    content = base64.b64decode(rest) if kind.endswith(";base64") else unquote_to_bytes(rest)
    kind = kind.partition(";")[0]
    if kind == "svg+xml":
        return _drawn(content.decode("utf-8", "replace")), "png"
    return (content, kind) if kind in {"png", "jpeg", "gif"} else None


def _drawn(svg: str) -> bytes:
    """Return an SVG as a PNG on white paper: dark mail programs then leave its dark letters readable."""
    check_rasters()
    from resvg_py import svg_to_bytes

    own = FETCHED.sub("", DARK_RULES.sub("", svg))  # a drawing reads no other file
    try:
        return bytes(svg_to_bytes(svg_string=own, dpi=96, width=SHARPNESS * PLACE, background="#ffffff"))
    except ValueError as error:
        raise ReportError(f"A chart of the report is no drawing that resvg_py can read: {error}") from None
