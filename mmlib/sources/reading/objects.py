"""JSON as tools write it: one value, or one on each line."""

from __future__ import annotations

import json
from typing import Any

from mmlib.errors import Problem
from mmlib.sources.reading.words import refused


def json_of(text: str, file: str, *, expected: str, advice: str) -> Any:
    """Return the value of a JSON text; one that is none, or is cut off, raises a SourceError.

    Examples
    --------
    >>> json_of('{"a": [1, 2', "export.json", expected="an export", advice="Export again.")
    Traceback (most recent call last):
        ...
    mmlib.errors.SourceError: export.json, row 1: found a file that breaks off, expected an export. Export again.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise refused(file, "brackets within brackets without end", expected, advice) from None
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        found = "a file that breaks off" if cut_off else f"text that is not JSON, at character {error.colno:,}"
        raise refused(file, found, expected, advice, error.lineno) from None
    except ValueError as error:
        raise refused(file, f"a value that cannot be read ({error})", expected, advice) from None


def json_lines(text: str, file: str, *, advice: str) -> tuple[list[tuple[int, Any]], list[Problem]]:
    """Return the values of a text with one JSON value on each line, with their lines; and the lines that hold none.

    Examples
    --------
    >>> values, problems = json_lines('{"a": 1}\\n{"a": 2', "puzzles.ndjson", advice="Export again.")
    >>> values, [problem.row for problem in problems]
    ([(1, {'a': 1})], [2])
    """
    values, problems = [], []
    for row, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append((row, json.loads(line)))
        except (ValueError, RecursionError):
            problems.append(Problem(file, row, "", "a line that is not JSON", "one JSON value on each line", advice))
    return values, problems
