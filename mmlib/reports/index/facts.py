"""What a report says at a glance: its title, its first sentence, its headline numbers and a thumbnail.

A notebook tells its numbers as a chart tells its alt text: in the metadata of an output. `story.tiles` puts them
there; a notebook without any still has a title, a first sentence and its first chart.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mmlib.reports import fragments
from mmlib.reports.index.thumbnails import thumbnail
from mmlib.reports.page import IMAGES, Look, page

NUMBERS = "numbers"
SVG = "image/svg+xml"
PIXELS = 240  # across: a thumbnail of a chart that is an image


class Number(NamedTuple):
    """One headline number: what it is, in the same words for each report; as it is shown; as it is sorted."""

    label: str
    shown: str
    value: float | None = None


@dataclass(frozen=True)
class Facts:
    """What the list of reports shows of one.

    `dataclasses.asdict` makes it ready for JSON, and `Facts.of` reads that back.
    """

    title: str
    headline: str = ""
    numbers: tuple[Number, ...] = ()
    thumbnail: str = ""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Facts:
        """Return the facts that were written as JSON.

        Examples
        --------
        >>> import dataclasses, json
        >>> told = Facts("Ada in October 2026", numbers=(Number("sessions", "61", 61),))
        >>> Facts.of(json.loads(json.dumps(dataclasses.asdict(told)))) == Facts.of(dataclasses.asdict(told)) == told
        True
        """
        texts = {name: str(record.get(name, "")) for name in ("title", "headline", "thumbnail")}
        return cls(**texts, numbers=tuple(_read(record.get(NUMBERS))))


def facts(executed: Mapping[str, Any], name: str = "") -> Facts:
    """Return what an executed notebook says at a glance.

    Parameters
    ----------
    executed : NotebookNode
        The notebook with its outputs.
    name : str
        The title where the notebook has none.

    Returns
    -------
    Facts
        The title and the first sentence as the report's page has them; the numbers that the notebook's outputs
        tell in their metadata (`story.tiles`), and a thumbnail of its first chart, as SVG.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> told = facts(new_notebook(cells=[new_markdown_cell("# Ada in October 2026\\n\\nJuggling doubled.")]))
    >>> told.title, told.headline
    ('Ada in October 2026', 'Juggling doubled.')
    """
    words = page(_without_images(executed), name, Look())
    numbers: dict[str, Number] = {}
    for output in _outputs(executed):
        for number in _read(output.get("metadata", {}).get("text/html", {}).get(NUMBERS)):
            numbers.setdefault(number.label, number)
    drawings = (_drawing(output) for output in _outputs(executed))
    return Facts(words.title, words.description, tuple(numbers.values()), next(filter(None, drawings), ""))


def _outputs(executed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for cell in executed["cells"]:
        yield from (output for output in cell.get("outputs", []) if "data" in output)


def _without_images(executed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook's words: what they are does not hang on its charts, which take long to put on a page."""
    cells = [
        {**cell, "outputs": [output for output in cell["outputs"] if not set(IMAGES) & set(output.get("data", {}))]}
        if "outputs" in cell
        else cell
        for cell in executed["cells"]
    ]
    return {**executed, "cells": cells}


def _read(told: object) -> Iterator[Number]:
    """Return the numbers of a list of label, text and value; a notebook's other metadata is not ours."""
    for row in told if isinstance(told, (list, tuple)) else []:
        if isinstance(row, (list, tuple)) and len(row) == 3 and all(isinstance(text, str) for text in row[:2]):
            sortable = isinstance(row[2], (int, float)) and math.isfinite(row[2])
            yield Number(row[0], row[1], row[2] if sortable else None)


def _drawing(output: Mapping[str, Any]) -> str:
    mime = next((mime for mime in IMAGES if mime in output["data"]), None)
    told = output.get("metadata", {}).get(mime, {})
    if mime is None or told.get("empty"):
        return ""
    source = fragments.as_text(output["data"][mime])
    return thumbnail(source, told.get("dark")) if mime == SVG else _shrunk(source)


def _shrunk(source: str) -> str:
    """Return an image as a smaller one, in an SVG as the other thumbnails are."""
    from matplotlib.image import imread, imsave

    try:
        pixels = imread(io.BytesIO(base64.b64decode(source)))
    except (OSError, ValueError, SyntaxError):  # no image, whatever its type says
        return ""
    step = max(1, math.ceil(pixels.shape[1] / PIXELS))
    small, out = pixels[::step, ::step], io.BytesIO()
    imsave(out, small, format="png")
    address = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    size = f'width="{small.shape[1]}" height="{small.shape[0]}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{address}"/></svg>'
