"""From a file to its bytes and text, within bounds: nothing in it is run, resolved or fetched."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from mmlib.sources.reading.words import clean, refused

LARGEST_BYTES = 1 << 30
LARGEST_MEMBER = 1 << 29  # bytes that one file in an archive may unpack to
MOST_MEMBERS = 100_000
OTHER_KINDS = {
    b"PK": "a ZIP archive or a spreadsheet",
    b"\x1f\x8b": "a compressed file",
    b"\x28\xb5\x2f\xfd": "a compressed file",
    b"%PDF": "a PDF",
    b"SQLite format": "a database",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"<": "a web page or XML",
}


def checked_file(path: str | Path, *, expected: str, advice: str) -> Path:
    """Return the path of a file that is there, is not empty and is no larger than an export can be.

    Examples
    --------
    >>> checked_file("no-such-file.csv", expected="a Toggl report", advice="Export one.")
    Traceback (most recent call last):
        ...
    mmlib.errors.SourceError: no-such-file.csv: found no such file, expected a Toggl report. Check the name.
    """
    path = Path(path)
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise refused(path.name or str(path), found, expected, "Check the name.")
    if path.stat().st_size > LARGEST_BYTES:
        raise refused(path.name, "more than 1 GB", expected, f"That is too large for an export. {advice}")
    if not path.stat().st_size:
        raise refused(path.name, "an empty file", expected, advice)
    return path


def text_of(path: str | Path, *, expected: str, advice: str, xml: bool = False) -> str:
    """Return the text of an exported file; anything that cannot be such a file raises a SourceError."""
    path = checked_file(path, expected=expected, advice=advice)
    return decoded(path.read_bytes(), path.name, expected=expected, advice=advice, xml=xml)


def decoded(data: bytes, file: str, *, expected: str, advice: str, xml: bool = False) -> str:
    """Return bytes as the text that they are; other kinds of files, and other encodings, raise a SourceError.

    Examples
    --------
    >>> decoded(b"%PDF-1.7", "week.pdf", expected="a Toggl report", advice="Export one.")
    Traceback (most recent call last):
        ...
    mmlib.errors.SourceError: week.pdf: found a PDF, expected a Toggl report. Export one.
    """
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise refused(file, "an empty file", expected, advice)
    for mark, kind in OTHER_KINDS.items():
        if start.startswith(mark) and not (xml and mark == b"<"):
            raise refused(file, kind, expected, advice)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found, row = f"a byte that is not UTF-8 (0x{data[error.start]:02x})", data.count(b"\n", 0, error.start) + 1
        again = f"{advice} Or save the file with the encoding UTF-8."
        raise refused(file, found, "text in UTF-8", again, row) from None


class Archive:
    """A ZIP archive whose members are read into memory, one at a time and within bounds: none is written anywhere.

    Parameters
    ----------
    path : str or Path
        The archive.
    expected, advice : str
        What is said where it is none, or is damaged.
    """

    def __init__(self, path: str | Path, *, expected: str, advice: str) -> None:
        self.file, self.expected, self.advice = Path(path).name, expected, advice
        path = checked_file(path, expected=expected, advice=advice)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            found = f"an archive that cannot be opened ({error})"
            raise refused(self.file, found, expected, f"It may be cut off. {advice}") from None
        if len(self._zip.infolist()) > MOST_MEMBERS:
            raise refused(self.file, "an archive of too many files", expected, advice)

    @property
    def names(self) -> list[str]:
        """The members' names, as the archive has them: they are names, and never places to write to."""
        return self._zip.namelist()

    def data(self, name: str) -> bytes:
        """Return the bytes of a member.

        Raises
        ------
        SourceError
            If there is none of that name, it is damaged, it has a password, or it unpacks to more than 512 MB.
        """
        shown = clean(name)
        try:
            with self._zip.open(name) as member:
                data = member.read(LARGEST_MEMBER + 1)
        except KeyError:
            found = f'an archive without "{shown}"'
            raise refused(self.file, found, self.expected, self.advice) from None
        except RuntimeError:
            raise refused(self.file, f'"{shown}" with a password', self.expected, "Unpack it first.") from None
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError) as error:
            found = f'a damaged "{shown}" ({clean(str(error))})'
            raise refused(self.file, found, self.expected, self.advice) from None
        if len(data) > LARGEST_MEMBER:
            raise refused(self.file, f'"{shown}", which unpacks to more than 512 MB', self.expected, self.advice)
        return data

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
