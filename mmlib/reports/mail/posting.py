"""Sending the mails: through a server that the environment names, encrypted, on one connection, and none twice."""

from __future__ import annotations

import copy
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage

from mmlib.errors import MMError, did_you_mean
from mmlib.reports.mail.addresses import NoAddress, address
from mmlib.reports.mail.gist import plain

PREFIX = "MMLIB_SMTP_"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
PATIENCE = 30  # seconds that a server may take for an answer
CLOSING = 421  # a server's word that it ends the connection
LONGEST_ANSWER = 200
UNKNOWN = "the connection broke while it was sent, so that it may have arrived; it counts as not sent"


class CannotSend(MMError):
    """No mail can be sent: the settings are incomplete, or the server does not take any."""


@dataclass(frozen=True)
class Server:
    """Where mails are handed in, and as whom.

    `tls` is "starttls" (plain at first, then encrypted), "tls" (encrypted from the start), or "none", which is for
    this machine alone.
    """

    host: str
    port: int
    tls: str
    sender: Address
    user: str = ""
    password: str = field(default="", repr=False)


def server(environment: Mapping[str, str]) -> Server:
    """Return the server that the environment names.

    Parameters
    ----------
    environment : mapping of str to str
        MMLIB_SMTP_HOST and MMLIB_SMTP_FROM; _PORT, _USER, _PASSWORD and _TLS where they are needed.

    Raises
    ------
    CannotSend
        If one of them is missing or wrong. A password is never in a message.

    Examples
    --------
    >>> server({"MMLIB_SMTP_HOST": "mail.example.org", "MMLIB_SMTP_FROM": "reports@example.org"}).port
    587
    """
    told = {name: environment.get(PREFIX + name, "").strip() for name in ("HOST", "PORT", "USER", "FROM", "TLS")}
    password = environment.get(f"{PREFIX}PASSWORD", "")
    if not told["HOST"]:
        raise CannotSend(f"{PREFIX}HOST is not set: it names the server that takes the mails, as mail.example.org.")
    if bool(told["USER"]) != bool(password):
        there, lacking = ("USER", "PASSWORD") if told["USER"] else ("PASSWORD", "USER")
        raise CannotSend(f"{PREFIX}{there} is set and {PREFIX}{lacking} is not: a login needs both.")
    port, tls = _way(told["HOST"], told["PORT"], told["TLS"].lower())
    return Server(told["HOST"], port, tls, _sender(told["FROM"] or told["USER"]), told["USER"], password)


def sender_of(environment: Mapping[str, str]) -> Address | None:
    """Return whom mails are from, if the environment says so: a draft needs no sender.

    Raises
    ------
    CannotSend
        If MMLIB_SMTP_FROM is no address.
    """
    text = environment.get(f"{PREFIX}FROM", "").strip()
    return _sender(text) if text else None


def _way(host: str, port: str, tls: str) -> tuple[int, str]:
    """Return the port and the encryption; of what is left out, the usual one."""
    if port and not (port.isdecimal() and port.isascii() and 0 < int(port) < 65536):
        raise CannotSend(f'{PREFIX}PORT: found "{port}", expected the number of a port, as 587 or 465.')
    tls = tls or ("tls" if port == "465" else "starttls")
    if tls not in PORTS:
        raise CannotSend(f'{PREFIX}TLS: found "{tls}", expected starttls, tls or none. {did_you_mean(tls, PORTS)}')
    if tls == "none" and host not in LOCAL:
        raise CannotSend(
            f"{PREFIX}TLS=none is for a server on this machine only, for whoever listens could read the mails. For "
            f"{host} take starttls or tls."
        )
    return int(port or PORTS[tls]), tls


def _sender(text: str) -> Address:
    try:
        return address(text)
    except NoAddress:
        found = f'found "{plain(text)}"' if text else "it is not set"
        raise CannotSend(
            f"{PREFIX}FROM: {found}, expected the address that the mails come from. Write reports@example.org, or "
            "Practice reports <reports@example.org>."
        ) from None


def send(messages: Iterable[EmailMessage], to: Server, *, now: datetime | None = None) -> Iterator[str]:
    """Send mails on one connection, and yield for each an empty text, or why it was not sent.

    A refused address stops no other. Where the server ends the connection, another one is opened, and the mail that
    it had not taken is sent again; where the connection breaks in the middle of a mail, that one counts as not sent.

    Parameters
    ----------
    messages : iterable of EmailMessage
        The mails, each with To. They are asked for one by one: the next when the one before has been sent.
    to : Server
        The server that takes them.
    now : datetime, optional
        Their date; the time at which each is sent if left out.

    Raises
    ------
    CannotSend
        If the server cannot be reached, is not who it says it is, or refuses the login.
    """
    connection: smtplib.SMTP | None = None
    try:
        for made in messages:
            connection = connection if connection and _is_alive(connection) else _connected(to)
            ready = outgoing(made, now or datetime.now(UTC))
            why, again = _handed_in(connection, ready)
            if again:
                connection = _connected(to)
                why, _ = _handed_in(connection, ready)
            yield why
    finally:
        if connection:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()


def outgoing(made: EmailMessage, now: datetime) -> EmailMessage:
    """Return a mail as it is sent: no draft any more, of today, and no machine answers it."""
    ready = copy.copy(made)
    del ready["X-Unsent"], ready["Date"]
    ready["Date"] = now.replace(microsecond=0)
    ready["Auto-Submitted"] = "auto-generated"
    return ready


def _is_alive(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] < 400
    except (smtplib.SMTPException, OSError):
        return False


def _handed_in(connection: smtplib.SMTP, ready: EmailMessage) -> tuple[str, bool]:
    """Return why a mail was not taken, if it was not, and whether it can be tried again at once."""
    try:
        connection.send_message(ready)
    except smtplib.SMTPRecipientsRefused as error:
        return _refused("address", *next(iter(error.recipients.values())))
    except smtplib.SMTPResponseException as error:
        what = "sender" if isinstance(error, smtplib.SMTPSenderRefused) else "mail"
        return _refused(what, error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError:
        return "the server takes no address with letters outside of ASCII before the @", False
    except (smtplib.SMTPException, OSError):
        connection.close()
        return UNKNOWN, False
    return "", False


def _refused(what: str, code: int, answer: bytes | str) -> tuple[str, bool]:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"the server refused the {what}: {code} {plain(text)[:LONGEST_ANSWER]}".strip(), code == CLOSING


def _connected(to: Server) -> smtplib.SMTP:
    """Return a connection that is encrypted and logged in."""
    where, connection = f"{to.host}:{to.port}", None
    try:
        if to.tls == "tls":
            connection = smtplib.SMTP_SSL(to.host, to.port, timeout=PATIENCE, context=ssl.create_default_context())
        else:
            connection = smtplib.SMTP(to.host, to.port, timeout=PATIENCE)
        if to.tls == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if to.user:
            connection.login(to.user, to.password)
    except (smtplib.SMTPException, OSError) as error:
        if connection:
            connection.close()
        raise CannotSend(f"Nothing can be sent through {where}: {_reason(error, to)}") from None
    return connection


def _reason(error: Exception, to: Server) -> str:
    """Return what is wrong with a server, and what to do; never its answer to a login, which may repeat it."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return (
                f"it refused the login ({error.smtp_code}). Check {PREFIX}USER and {PREFIX}PASSWORD; many providers "
                "want a password that is made for programs."
            )
        case smtplib.SMTPNotSupportedError() if to.tls == "starttls" and "STARTTLS" in str(error):
            return f"it offers no encryption by STARTTLS. If it is encrypted from the start: {PREFIX}TLS=tls."
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not to be trusted ({error.verify_message}). Is {PREFIX}HOST the name in it? One "
                "that was signed by an authority of your own is trusted if SSL_CERT_FILE names that authority's."
            )
        case ssl.SSLError():
            return f"it does not answer encrypted. If it begins without encryption: {PREFIX}TLS=starttls."
        case socket.gaierror():
            return f"no server of that name was found. Check {PREFIX}HOST."
        case _ if isinstance(error, TimeoutError) or "timed out" in str(error):
            return f"it did not answer within {PATIENCE} seconds. Check {PREFIX}HOST, {PREFIX}PORT and {PREFIX}TLS."
        case ConnectionRefusedError():
            return f"nothing answers there. Check {PREFIX}HOST and {PREFIX}PORT."
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return f"it ended the connection at once. Check {PREFIX}PORT and {PREFIX}TLS."
        case smtplib.SMTPResponseException():
            return f"it answered {error.smtp_code}. Check {PREFIX}PORT, or try again later."
        case smtplib.SMTPException():
            return f"it offers no login here. Leave {PREFIX}USER and {PREFIX}PASSWORD out, or try another port."
    return f"{type(error).__name__}. Check {PREFIX}HOST, {PREFIX}PORT and {PREFIX}TLS."
