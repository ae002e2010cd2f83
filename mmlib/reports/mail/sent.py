"""What has been sent: a list beside the reports, so that nobody gets the same report twice."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from mmlib.errors import ReportError

NAME, LOCK = ".sent.json", ".sent.lock"
VERSION = 1


class Sent:
    """The list of the reports that were sent from a folder; it names no address.

    Parameters
    ----------
    out : path
        The folder of the reports.

    Raises
    ------
    ReportError
        If the list cannot be read: without it, reports would be sent again.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     of = ("2026-10/ada", "Ada in October 2026", "ada@example.org")
    ...     Sent(folder).add(*of, "<1@mmlib>", datetime(2026, 11, 1))
    ...     Sent(folder).known(*of)
    ('2026-11-01', '<1@mmlib>')
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self._path = Path(out) / NAME
        self._sent = self._read()

    def known(self, place: str, title: str, to: str) -> tuple[str, str] | None:
        """Return the day on which a report was sent to an address, and the Message-ID; None if it was not.

        The title is part of it: the report of a month that is over is another one than those while it ran.
        """
        found = self._sent.get(_key(place, title, to))
        return (found["when"][:10], found["id"]) if found else None

    def add(self, place: str, title: str, to: str, mail_id: str, when: datetime) -> None:
        """Note that a report has been sent; the note lasts at once."""
        self._sent[_key(place, title, to)] = {
            "report": place,
            "when": when.isoformat(timespec="seconds"),
            "id": mail_id,
        }
        text = json.dumps({"version": VERSION, "sent": self._sent}, indent=1, ensure_ascii=False)
        with tempfile.TemporaryDirectory(prefix=".sent-", dir=self._path.parent) as work:
            written = Path(work) / NAME
            with written.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            written.replace(self._path)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            content = json.loads(self._path.read_bytes())
            sent = content["sent"]
            if content["version"] != VERSION or not all({"when", "id"} <= set(told) for told in sent.values()):
                raise ValueError("another version")
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ReportError(
                f"{self._path}, the list of what has been sent, cannot be read, and nothing was sent. Bring it back "
                "from a copy, or delete it: then every report counts as not sent."
            ) from None
        return sent


def _key(place: str, title: str, to: str) -> str:
    return hashlib.sha256("\0".join((place, title, to.casefold())).encode()).hexdigest()[:32]


@contextmanager
def sending_alone(out: str | os.PathLike[str]) -> Iterator[None]:
    """Hold a folder's list while mails are sent from it.

    Raises
    ------
    ReportError
        If another process sends from it.
    """
    try:
        with FileLock(Path(out) / LOCK, timeout=0):
            yield
    except Timeout:
        raise ReportError(
            f"Another mm sends reports from {out}, and nothing was sent. Wait until it is done."
        ) from None
