"""Built reports as mails beside them, and out into the world where asked."""

from __future__ import annotations

import email
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

from mmlib.errors import ReportError
from mmlib.reports.mail import message as mail
from mmlib.reports.mail.addresses import no_address
from mmlib.reports.mail.posting import CannotSend, Server, send
from mmlib.reports.mail.sent import Sent, sending_alone
from mmlib.reports.shelf import Shelf

if TYPE_CHECKING:
    from mmlib.reports.index.contents import Entry


@dataclass(frozen=True)
class Mail:
    """One report's mail: of which report, the file, its Message-ID, and its reader."""

    entry: Entry
    path: Path
    id: str
    to: Address | None

    @property
    def place(self) -> str:
        """Where the report lies: 2026-10/ada."""
        return _place(self.entry)


@dataclass(frozen=True)
class Mailed:
    """What became of the mails.

    Attributes
    ----------
    written : list of Mail
        Those that lie beside their reports now.
    sent : list of Mail
        Those that the server has taken.
    failed : list of (str, str)
        The reports that were not mailed or not sent, and why.
    notices : list of str
        What the user should know: who has no address, and what was sent before.
    """

    written: list[Mail] = field(default_factory=list)
    sent: list[Mail] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def mailed(
    out: str | os.PathLike[str],
    places: Iterable[str],
    addresses: Mapping[str, Address],
    *,
    sender: Address | None = None,
    told: Callable[[str], object] | None = None,
) -> Mailed:
    """Write built reports as .eml files beside them; a mail that is there already stays as it is.

    Parameters
    ----------
    out : path
        The folder of the reports.
    places : iterable of str
        Which of them, as 2026-10/ada.
    addresses : mapping of str to Address
        Who gets which: by learner, or by the report's name where it is of no learner.
    sender : Address, optional
        Whom they are from.
    told : callable, optional
        Called with each place when its mail is there.

    Returns
    -------
    Mailed
        The mails. A learner without an address has one, too, without To, and a notice says so.

    Raises
    ------
    ReportError
        If resvg_py, which draws the charts, is not installed.
    """
    mail.check_rasters()
    entries = {_place(entry): entry for entry in Shelf(out).entries()}
    outcome = Mailed()
    for place in places:
        try:
            outcome.written.append(_written(Path(out), place, entries, addresses, sender))
        except ReportError as error:
            outcome.failed.append((place, str(error)))
            continue
        if outcome.written[-1].to is None:
            notice = no_address(_reader(outcome.written[-1].entry), dict(addresses))
            outcome.notices.extend([notice] if notice not in outcome.notices else [])
        if told:
            told(place)
    return outcome


def sent(out: str | os.PathLike[str], outcome: Mailed, to: Server, *, force: bool = False) -> Mailed:
    """Send the mails that were written and have a reader; what has been sent to an address before is not sent again.

    Parameters
    ----------
    out : path
        The folder of the reports, which keeps the list of what was sent.
    outcome : Mailed
        What `mailed` returned; it gets what is sent, what is not, and why.
    to : Server
        The server that takes the mails.
    force : bool
        Send also what has been sent.

    Raises
    ------
    ReportError
        If another process sends from the same folder, or its list cannot be read.
    """
    with sending_alone(out):
        known = Sent(out)
        due = list(_due(outcome, known, force))
        results = send((_read(one.path) for one in due), to)
        for number, one in enumerate(due):
            try:
                why = next(results)
            except CannotSend as error:
                outcome.failed.extend((left.place, str(error)) for left in due[number:])
                break
            if why:
                outcome.failed.append((one.place, f"{one.to.addr_spec}: {why}"))
                continue
            known.add(one.place, one.entry.title, one.to.addr_spec, one.id, datetime.now(UTC))
            outcome.sent.append(one)
        results.close()
    return outcome


def _place(entry: Entry) -> str:
    return f"{entry.month}/{entry.name}"


def _reader(entry: Entry) -> str:
    return entry.learner or entry.name


def _written(
    out: Path, place: str, entries: Mapping[str, Entry], addresses: Mapping[str, Address], sender: Address | None
) -> Mail:
    entry = entries.get(place)
    files = {Path(file).suffix: out / file for file in entry.files} if entry else {}
    if ".html" not in files:
        raise ReportError("a mail is made from the report's page, which is not there. Build it: --to html,pdf")
    page, pdf, to = files[".html"], files.get(".pdf"), addresses.get(_reader(entry))
    one = Mail(entry, page.with_suffix(".eml"), mail.identity(page, pdf, sender=sender, to=to), to)
    if not mail.is_written(one.path, one.id):
        mail.write(mail.message(page, pdf, entry, sender=sender, to=to), one.path)
    return one


def _due(outcome: Mailed, known: Sent, force: bool) -> Iterator[Mail]:
    for one in outcome.written:
        before = known.known(one.place, one.entry.title, one.to.addr_spec) if one.to else None
        if one.to and (force or not before):
            yield one
        elif before and before[1] != one.id:
            outcome.notices.append(f"{one.place}: sent on {before[0]}, and built anew since. To send it again: --force")


def _read(path: Path) -> EmailMessage:
    """Return a mail from its file, which the user may have edited; an address may have letters outside of ASCII."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    return email.message_from_string(text, policy=SMTP)
