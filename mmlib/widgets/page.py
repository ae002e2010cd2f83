"""What the page gets of a widget: files that several widgets share, and its own after them, without a build step."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parent / "page.js"


def joined(*files: Path) -> str:
    """Return several ES modules, or style sheets, as one.

    Examples
    --------
    >>> "function make(" in joined(PAGE)
    True
    """
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
