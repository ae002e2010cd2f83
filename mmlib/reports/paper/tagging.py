"""What WeasyPrint's tags leave out of PDF/UA-1: margins, the places of figures, the headers of tables, lists.

`finish` is handed to WeasyPrint as its finisher, and mends the tags just before the file is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf

POINTS = 0.75  # of a CSS pixel
PAGINATION = b"<</Type /Pagination>>"


def finish(_document: Any, pdf: pydyf.PDF) -> None:
    """Mend a tagged PDF.

    Running titles and page numbers are tagged as text that belongs nowhere: they become artefacts of the page.
    Figures are placed in pixels from the top: PDF counts points from the bottom. Table headers say whether they are
    a column's or a row's, in place of names that no index lists and that repeat where a table goes over a page. What
    stands in an item of a list without being its body is put into one.
    """
    elements = list(_elements(pdf, pdf.catalog["StructTreeRoot"]))
    for element in elements:
        if element["S"] == "/Figure":
            _placed(pdf, element)
        elif element["S"] == "/TR":
            _scoped(pdf, element)
        elif element["S"] == "/LI":
            _bodied(pdf, element)
    _margins_apart(pdf, {element.reference for element in elements})


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _kids(pdf: pydyf.PDF, element: pydyf.Dictionary) -> Iterator[pydyf.Dictionary]:
    for kid in element["K"]:
        found = _object(pdf, kid) if isinstance(kid, bytes) else {}
        if "S" in found:
            yield found


def _elements(pdf: pydyf.PDF, root: bytes) -> Iterator[pydyf.Dictionary]:
    waiting = [_object(pdf, root)]
    while waiting:
        below = list(_kids(pdf, waiting.pop()))
        yield from below
        waiting.extend(below)


def _placed(pdf: pydyf.PDF, figure: pydyf.Dictionary) -> None:
    left, top, right, bottom = figure["A"]["BBox"]
    height = _object(pdf, figure["Pg"])["MediaBox"][3]
    figure["A"]["BBox"] = pydyf.Array((left * POINTS, height - bottom * POINTS, right * POINTS, height - top * POINTS))


def _scoped(pdf: pydyf.PDF, row: pydyf.Dictionary) -> None:
    cells = list(_kids(pdf, row))
    in_head = _object(pdf, row["P"])["S"] == "/THead"
    of_a_row = not in_head and any(cell["S"] == "/TD" for cell in cells)
    for cell in cells:
        cell.pop("ID", None)
        cell["A"].pop("Headers", None)
        if cell["S"] == "/TH":
            cell["A"]["Scope"] = "/Row" if of_a_row else "/Column"


def _bodied(pdf: pydyf.PDF, item: pydyf.Dictionary) -> None:
    loose = [kid for kid in _kids(pdf, item) if kid["S"] not in ("/Lbl", "/LBody")]
    if not loose:
        return
    body = pydyf.Dictionary({"Type": "/StructElem", "S": "/LBody", "Pg": item["Pg"], "P": item.reference})
    pdf.add_object(body)
    body["K"] = pydyf.Array(kid.reference for kid in loose)
    for kid in loose:
        kid["P"] = body.reference
    item["K"] = pydyf.Array([kid for kid in item["K"] if kid not in body["K"]] + [body.reference])


def _margins_apart(pdf: pydyf.PDF, inside: set[bytes]) -> None:
    """Make artefacts of what is tagged, but stands outside the structure."""
    tree = _object(pdf, _object(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    owners = {tree[n]: tree[n + 1] for n in range(0, len(tree), 2)}
    for reference in pdf.page_references:
        page = _object(pdf, reference)
        outside = {n for n, owner in enumerate(owners[page["StructParents"]]) if owner not in inside}
        for n in outside:
            owners[page["StructParents"]][n] = b"null"
        content = _object(pdf, page["Contents"]).stream
        for at, item in enumerate(content):
            if isinstance(item, pydyf.Dictionary) and item.get("MCID") in outside and content[at + 1] == b"BDC":
                content[at - 1 : at + 1] = [b"/Artifact", PAGINATION]
