"""What processes of our own need not load: the command line, and those that build reports."""

from __future__ import annotations

import sys

GRAMMAR = "rfc3987_syntax"  # of international web addresses, which no notebook's schema has


def spare() -> None:
    """Keep jsonschema, and so nbformat, from compiling a grammar at import, which takes a second.

    jsonschema does without it where it is not installed. For a process that is ours alone: others may want it.
    See https://github.com/python-jsonschema/jsonschema/issues/1428.

    Examples
    --------
    >>> from mmlib.reports.spared import spare
    >>> spare()
    """
    sys.modules.setdefault(GRAMMAR, None)
