"""Taking rows out of the log again: under the lock, found by their source's ids, every other byte left as it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mmlib.log.appending import KEY, locked, log_file
from mmlib.log.header import Header, decoded, header_of
from mmlib.log.reading import records
from mmlib.log.writing import replace_file

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def remove_sessions(path: str | Path, source_ids: Iterable[str], *, source: str, learner: str = "me") -> int:
    """Take a source's sessions out of a CSV log, and return how many there were.

    It is the undoing of `append_sessions`: the file is locked meanwhile and replaced as a whole, so that nobody
    sees half of it. A row goes if its `learner`, `source` and `source_id` are the ones given; rows without such an
    id cannot be named, and so stay. All other bytes stay as they are: other rows, bad ones too, blank lines, line
    ends, a last line that breaks off.

    Parameters
    ----------
    path : str or Path
        The log's file, or a practice folder, whose log.csv is meant.
    source_ids : iterable of str
        The source's ids of the rows.
    source : str
        The rows' source, such as "logbook".
    learner : str
        Whose rows they are.

    Returns
    -------
    int
        The number of rows taken out; 0 where none is there (any more).

    Raises
    ------
    LogFormatError
        If the log is not text in UTF-8, or has no header.

    Examples
    --------
    >>> import tempfile
    >>> from mmlib.log import append_sessions
    >>> folder = tempfile.mkdtemp()
    >>> row = {"skill": "juggling", "start": "2026-10-31 18:30", "source": "logbook", "source_id": "a1"}
    >>> append_sessions(folder, row)
    1
    >>> remove_sessions(folder, ["a1"], source="logbook"), remove_sessions(folder, ["a1"], source="logbook")
    (1, 0)
    """
    path = log_file(path)
    unwanted = {(learner, source, str(source_id)) for source_id in source_ids}
    if not path.exists():
        return 0
    with locked(path):
        data = path.read_bytes()
        text, header = decoded(data, path.name), header_of(data, path.name)
        if not {"source", "source_id"} <= set(header.names):
            return 0
        pieces = list(_pieces(text, header))
        kept = [piece for row, (piece, record) in enumerate(pieces) if row == 0 or _key(record, header) not in unwanted]
        if len(kept) < len(pieces):
            # A link stays a link: what it leads to is replaced.
            replace_file(path.resolve(), (BOM if data.startswith(BOM.encode()) else "") + "".join(kept))
    return len(pieces) - len(kept)


def _pieces(text: str, header: Header) -> Iterator[tuple[str, list[str]]]:
    """Return each record of a CSV as the text that it takes up, line end and all, and as values."""
    lines = _LINE.findall(text)
    found = list(records(text, header).values())
    reader = csv.reader(lines, delimiter=header.separator, strict=True)
    begin = 0
    try:
        spans = [(record, reader.line_num) for record in reader]
    except csv.Error:
        spans = []
    # Where a quotation mark is not closed, the records are the lines; so says the reading of the log.
    if [record for record, _ in spans] != found:
        spans = [(record, number) for number, record in enumerate(found, 1)]
    for record, end in spans:
        yield "".join(lines[begin:end]), record
        begin = end


def _key(record: list[str], header: Header) -> tuple[str, ...] | None:
    """Return whose row it is and where it came from; None for a row that cannot be told."""
    if len(record) != len(header.names):
        return None
    values = dict(zip(header.names, (value.strip() for value in record), strict=True))
    return tuple(values.get(name) or ("me" if name == "learner" else "") for name in KEY)
