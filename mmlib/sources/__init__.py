"""Sources: each module turns one tool's export into the log.

A source is a module with `read(path, *, learner="me", tz=None)`, which returns the log's columns, with `TITLE`
(the tool's name), `CARD` (what a skill card of this tool should say at first) and, if its files can be told from
others, `recognises(sample)`. It is named in the entry-point group "mmlib.sources", so other packages can add theirs;
a module is loaded only when it is asked for.
"""

from __future__ import annotations

import inspect
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pandas as pd

from mmlib.errors import Problem, SourceError, did_you_mean

if TYPE_CHECKING:
    from mmlib.sources.reading import Sample

GROUP = "mmlib.sources"
EXPORT = "a tool's export"
NAME_IT = (
    "Name the tool: mm import TOOL FILE, with --help for the list; for a table of your own: mm import csv FILE --guess"
)
FIELDS = ["file", "row", "column", "found", "expected", "advice"]


def tools() -> list[str]:
    """Return the names of the tools whose exports can be read.

    Examples
    --------
    >>> {"cstimer", "toggl"} <= set(tools())
    True
    """
    return sorted(_registered())


def source(tool: str) -> ModuleType:
    """Return the module that reads a tool's exports.

    Parameters
    ----------
    tool : str
        One of `tools()`.

    Raises
    ------
    SourceError
        If there is no such tool, or what its module needs is not installed.

    Examples
    --------
    >>> source("cstimer").TITLE
    'csTimer'
    """
    registered = _registered()
    if tool not in registered:
        advice = did_you_mean(tool, sorted(registered))
        raise SourceError([Problem("sources", None, "", f'the tool "{tool}"', "one that can be read", advice)])
    try:
        return registered[tool].load()
    except ImportError as error:
        found = f'that the tool "{tool}" cannot be loaded ({error})'
        problem = Problem("sources", None, "", found, "a source that is installed", "Install what it needs.")
        raise SourceError([problem]) from error


def recognised(path: str | Path) -> str:
    """Return the tool that wrote a file.

    Parameters
    ----------
    path : str or Path
        An exported file.

    Raises
    ------
    SourceError
        If there is no such file, no tool's files look like it, or those of several do.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "entries.csv"
    >>> _ = file.write_text("Client,Project,Description,Start date,Start time,Duration\\n")
    >>> recognised(file)
    'toggl'
    """
    from mmlib.sources.reading import Sample, checked_file

    sample = Sample.of(checked_file(path, expected=EXPORT, advice=NAME_IT))
    found = [tool for tool in tools() if _recognises(tool, sample)]
    if len(found) == 1:
        return found[0]
    seen = f"a file that could be of {' or '.join(found)}" if found else "a file that no tool is known to write"
    raise SourceError([Problem(sample.path.name, None, "", seen, EXPORT, NAME_IT)])


def _recognises(tool: str, sample: Sample) -> bool:
    try:
        module = source(tool)
    except SourceError:  # what it needs is not installed
        return False
    return hasattr(module, "recognises") and module.recognises(sample)


def read(
    tool: str | None,
    path: str | Path,
    *,
    learner: str = "me",
    tz: str | None = None,
    mapping: str | Path | None = None,
) -> pd.DataFrame:
    """Return a tool's export as a log.

    Parameters
    ----------
    tool : str or None
        One of `tools()`; None recognises the file.
    path : str or Path
        The exported file.
    learner : str
        Whose practice it is.
    tz : str, optional
        The learner's time zone, an IANA name such as "Europe/Berlin", for tools that store universal time; the
        system's if left out.
    mapping : str or Path, optional
        For the tools that need one (csv, activitywatch), the TOML file that says what in the export is what.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start. Records read = rows + records set aside; see `set_aside`.

    Raises
    ------
    SourceError
        If there is no such tool, or the file as a whole cannot be read.

    Examples
    --------
    >>> read("togl", "entries.csv")
    Traceback (most recent call last):
        ...
    mmlib.errors.SourceError: sources: found the tool "togl", expected one that can be read. Did you mean "toggl"?
    """
    tool = tool or recognised(path)
    module = source(tool)
    if mapping is None:
        return module.read(path, learner=learner, tz=tz)
    if "mapping" not in inspect.signature(module.read).parameters:
        found, advice = f"a mapping for {module.TITLE}, whose exports need none", "Leave it out."
        raise SourceError([Problem(Path(mapping).name, None, "", found, "a mapping for csv or activitywatch", advice)])
    return module.read(path, learner=learner, tz=tz, mapping=mapping)


def set_aside(log: pd.DataFrame) -> pd.DataFrame:
    """Return the records that `read` could not take, one row each, with the first thing wrong with it.

    Parameters
    ----------
    log : DataFrame
        As `read` returned it.

    Returns
    -------
    DataFrame
        Columns file, row, column, found, expected, advice.

    Examples
    --------
    >>> len(set_aside(pd.DataFrame()))
    0
    """
    problems = log.attrs.get("set_aside", ())
    table = pd.DataFrame([[getattr(problem, field) for field in FIELDS] for problem in problems], columns=FIELDS)
    return table.astype({field: "Int64" if field == "row" else "str" for field in FIELDS})


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
