"""SQLite files that tools keep: read, never written, and never trusted."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmlib.sources.reading.words import clean, refused

LONGEST_QUERY = 60.0  # seconds
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


@contextmanager
def database(path: str | Path, *, expected: str, advice: str, file: str = "") -> Iterator[sqlite3.Connection]:
    """Open a SQLite file to read from; what goes wrong with it on the way is a SourceError.

    The file and its folder stay as they are (no journal is made), nothing but reading is allowed, and what a file's
    own views and triggers could call is limited to what is harmless.

    Raises
    ------
    SourceError
        If the file is not a database, is damaged, or takes longer than a minute to read.
    """
    path = Path(path)
    file = file or path.name  # what is said to be wrong: the archive that it was packed in, perhaps
    with path.open("rb") as head:
        if not head.read(16).startswith(b"SQLite format 3"):
            raise refused(file, "no database", expected, advice)
    end = time.monotonic() + LONGEST_QUERY
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise refused(file, f"a database that cannot be opened ({error})", expected, advice) from None
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY)
        connection.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        yield connection
    except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeDecodeError, MemoryError) as error:
        found = f"a database that cannot be read ({clean(str(error))})"
        raise refused(file, found, expected, f"It may be damaged. {advice}") from None
    finally:
        connection.close()


def table_names(connection: sqlite3.Connection) -> set[str]:
    """Return the names of a database's tables."""
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
