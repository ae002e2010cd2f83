"""PDF/UA-1 as the Matterhorn Protocol asks for it: the failure conditions that a machine can find, by their numbers.

Where a report cannot have the thing (forms, video, embedded files, digital rights), its presence is the failure.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator

import pikepdf
from fontTools.ttLib import TTFont

HEADINGS = tuple(f"/H{n}" for n in range(1, 7))
PARENTS = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/TFoot": {"/Table"},
    "/LI": {"/L"},
    "/Lbl": {"/LI"},
    "/LBody": {"/LI"},
}
CHILDREN = {
    "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TR": {"/TH", "/TD"},
    "/L": {"/LI", "/L", "/Caption"},
    "/LI": {"/Lbl", "/LBody"},
}
STANDARD = {
    *("/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/NonStruct", "/P", "/Span", "/Link"),
    *("/L", "/Table", "/Figure", *HEADINGS, *PARENTS),
}
MAPPING = re.compile(r"<[0-9a-f]{4}> <([0-9a-f]*)>")
PAINTING = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"}


def failures(pdf: bytes) -> list[str]:
    """What a PDF lacks to be PDF/UA-1; nothing where it is."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        checks = (document, metadata, structure, headings, figures, tables, content, parents, links, outline, fonts)
        return [found for check in checks for found in check(file)]


def elements(file: pikepdf.Pdf) -> list[tuple[pikepdf.Dictionary, pikepdf.Dictionary]]:
    """The structure elements in reading order, each with its parent."""
    found, waiting = [], [(file.Root.StructTreeRoot, None)]
    while waiting:
        element, parent = waiting.pop()
        if parent is not None:
            found.append((element, parent))
        waiting.extend((kid, element) for kid in reversed(kids(element)) if "/S" in kid)
    return found


def kids(element: pikepdf.Dictionary, kind: type = pikepdf.Dictionary) -> list:
    under = element.get("/K", [])
    return [kid for kid in (under if isinstance(under, pikepdf.Array) else [under]) if isinstance(kid, kind)]


def of_kind(file: pikepdf.Pdf, *kinds: str) -> list[pikepdf.Dictionary]:
    return [element for element, _ in elements(file) if str(element.S) in kinds]


def document(file: pikepdf.Pdf) -> Iterator[str]:
    root = file.Root
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        yield "01-007: the document does not say that it is tagged"
    if root.get("/MarkInfo", {}).get("/Suspects", False):
        yield "01-007: the document calls its own tags doubtful"
    if not str(root.get("/Lang", "")):
        yield "11-006: no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "07-001: a window shows the file's name and not the title"
    if file.is_encrypted:
        yield "26-001: it is encrypted"
    for key in ("/AcroForm", "/OCProperties", "/OpenAction", "/AA", "/RoleMap"):
        if key in root or key in root.StructTreeRoot:
            yield f"a report has no {key}"
    for number, page in enumerate(file.pages, start=1):
        if page.get("/Tabs") != "/S":
            yield f"28-008: the tab order of page {number} is not that of the structure"


def metadata(file: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in file.Root:
        yield "06-001: no XMP metadata"
        return
    with file.open_metadata() as told:
        if told.get("pdfuaid:part") != "1":
            yield "06-002: it does not say that it is PDF/UA-1"
        if not told.get("dc:title"):
            yield "06-003: no title"
        elif told["dc:title"] != str(file.docinfo.get("/Title", "")):
            yield "06-004: two titles"


def structure(file: pikepdf.Pdf) -> Iterator[str]:
    roots = kids(file.Root.StructTreeRoot)
    if [str(root.S) for root in roots] != ["/Document"]:
        yield "01-001: the structure is not one document"
    for element, parent in elements(file):
        kind, above = str(element.S), str(parent.get("/S", ""))
        if kind not in STANDARD:
            yield f"02-001: {kind} is no standard structure type"
        if above and element.P.objgen != parent.objgen:
            yield f"01-001: a {kind} calls another element its parent"
        if kind in PARENTS and above not in PARENTS[kind]:
            yield f"09-004: a {kind} in a {above}"
        if above in CHILDREN and kind not in CHILDREN[above]:
            yield f"09-004: a {above} holds a {kind}"


def headings(file: pikepdf.Pdf) -> Iterator[str]:
    level = 0
    for heading in of_kind(file, *HEADINGS):
        deeper = int(str(heading.S)[2:])
        if not level and deeper != 1:
            yield f"14-002: the first heading is of level {deeper}"
        elif deeper > level + 1:
            yield f"14-003: a heading of level {deeper} follows one of level {level}"
        level = deeper


def figures(file: pikepdf.Pdf) -> Iterator[str]:
    for figure in of_kind(file, "/Figure"):
        if not str(figure.get("/Alt", "")).strip():
            yield "13-004: a figure without a description"
        x1, y1, x2, y2 = (float(each) for each in figure.get("/A", {}).get("/BBox", (0, 0, 0, 0)))
        page = [float(each) for each in figure.Pg.MediaBox]
        if not (page[0] <= x1 < x2 <= page[2] and page[1] <= y1 < y2 <= page[3]):
            yield f"a figure's box is not on its page: {x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f}"


def tables(file: pikepdf.Pdf) -> Iterator[str]:
    for table in of_kind(file, "/Table"):
        rows = [row for part in kids(table) for row in ([part] if part.S == "/TR" else kids(part)) if row.S == "/TR"]
        cells = [[cell for cell in kids(row) if cell.S in ("/TH", "/TD")] for row in rows]
        widths = Counter()
        for n, row in enumerate(cells):
            for cell in row:
                for below in range(span(cell, "/RowSpan")):
                    widths[n + below] += span(cell, "/ColSpan")
        if len(set(widths.values())) != 1:
            yield f"15-003: rows of different lengths: {sorted(set(widths.values()))}"
        if any("/ID" in cell for row in cells for cell in row) and "/IDTree" not in file.Root.StructTreeRoot:
            yield "15-003: headers have names that no index lists"
        named = {bytes(cell.ID) for row in cells for cell in row if "/ID" in cell}
        for cell in (cell for row in cells for cell in row):
            if cell.S == "/TH" and attribute(cell, "/Scope") not in ("/Row", "/Column", "/Both"):
                yield "15-003: a header does not say whether it is a row's or a column's"
            for header in attribute(cell, "/Headers") or ():
                if bytes(header) not in named:
                    yield f"15-003: a cell has a header that is not there: {header}"


def attribute(cell: pikepdf.Dictionary, name: str):
    under = cell.get("/A", {})
    every = under if isinstance(under, pikepdf.Array) else [under]
    return next((each[name] for each in every if name in each), None)


def span(cell: pikepdf.Dictionary, name: str) -> int:
    return int(attribute(cell, name) or 1)


def marks(stream, resources, around=()) -> Iterator[tuple[str, tuple, int]]:
    """What is painted, with the marks it stands in; forms are looked into."""
    stack = list(around)
    for operands, operator in pikepdf.parse_content_stream(stream):
        name = str(operator)
        if name in ("BMC", "BDC"):
            mark = operands[1].get("/MCID") if name == "BDC" and isinstance(operands[1], pikepdf.Dictionary) else None
            kind = str(operands[0])
            stack.append((kind, None if mark is None else int(mark)))
            yield "mark", tuple(stack), 0
        elif name == "EMC":
            stack.pop()
        elif name in PAINTING:
            form = resources.XObject[str(operands[0])] if name == "Do" else None
            if form is not None and form.Subtype == "/Form":
                yield from marks(form, form.get("/Resources", resources), stack)
            else:
                yield "paint", tuple(stack), 0
    if len(stack) != len(around):
        yield "open", tuple(stack), 0


def content(file: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(file.pages, start=1):
        seen = Counter()
        for what, stack, _ in marks(page, page.Resources):
            kinds, mcids = [kind for kind, _ in stack], [mcid for _, mcid in stack if mcid is not None]
            if what == "open":
                yield f"a mark is not closed on page {number}"
            elif what == "paint" and "/Artifact" not in kinds and not mcids:
                yield f"01-005: page {number} shows what is neither tagged nor an artefact"
            elif what == "mark" and kinds[-1] == "/Artifact" and mcids:
                yield f"01-003: an artefact in tagged content on page {number}"
            elif what == "mark" and "/Artifact" in kinds[:-1] and stack[-1][1] is not None:
                yield f"01-004: tagged content in an artefact on page {number}"
            elif what == "mark" and stack[-1][1] is not None:
                seen[stack[-1][1]] += 1
        if seen and max(seen.values()) > 1:
            yield f"30-002: content of page {number} is tagged twice under one number"
        if {mcid for mcid, owner in enumerate(owners(file, page)) if owner is not None} != set(seen):
            yield f"01-005: the content of page {number} is not all in the structure"


def page_numbers(file: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    nums = file.Root.StructTreeRoot.ParentTree.Nums
    return {int(nums[n]): nums[n + 1] for n in range(0, len(nums), 2)}


def owners(file: pikepdf.Pdf, page: pikepdf.Page) -> pikepdf.Array:
    """The elements that a page's content belongs to, by the content's number."""
    return page_numbers(file)[int(page.StructParents)]


def parents(file: pikepdf.Pdf) -> Iterator[str]:
    inside = {element.objgen for element, _ in elements(file)}
    for number, page in enumerate(file.pages, start=1):
        for mcid, element in enumerate(owners(file, page)):
            if element is None:
                continue
            if mcid not in [int(kid) for kid in kids(element, int)]:
                yield f"01-006: content {mcid} of page {number} is not in the element that it names"
            if element.objgen not in inside:
                yield f"01-006: content {mcid} of page {number} is in no element of the structure"


def links(file: pikepdf.Pdf) -> Iterator[str]:
    above = {}
    for element, _ in elements(file):
        for kid in kids(element):
            if kid.get("/Type") == "/OBJR":
                above[kid.Obj.objgen] = element
    for number, page in enumerate(file.pages, start=1):
        for annotation in page.get("/Annots", []):
            if annotation.Subtype != "/Link":
                yield f"a report has no {annotation.Subtype}"
            if not str(annotation.get("/Contents", "")).strip():
                yield f"28-012: a link on page {number} does not say where to"
            owner = above.get(annotation.objgen)
            if owner is None or owner.S != "/Link":
                yield f"28-011: a link on page {number} is in no /Link"
            elif page_numbers(file).get(int(annotation.StructParent)).objgen != owner.objgen:
                yield f"28-010: a link on page {number} names another element"


def outline(file: pikepdf.Pdf) -> Iterator[str]:
    with file.open_outline() as tree:
        if not list(tree.root):
            yield "a report has bookmarks"


def fonts(file: pikepdf.Pdf) -> Iterator[str]:
    found = {}
    for page in file.pages:
        collect(page.Resources, found, set())
    for name, font in found.items():
        if font.Subtype != "/Type0":
            yield f"31-009: {name} is a {font.Subtype}"
            continue
        if font.Encoding != "/Identity-H":
            yield f"31-030: {name} stands for letters that no font here has"
            continue
        below = font.DescendantFonts[0]
        program = below.FontDescriptor.get("/FontFile2") or below.FontDescriptor.get("/FontFile3")
        if program is None:
            yield f"31-009: {name} is not embedded"
            continue
        if below.Subtype == "/CIDFontType2" and "/CIDToGIDMap" not in below:
            yield f"31-006: {name} does not say which glyph is which"
        yield from unreadable(name, font)
        yield from misfits(name, below, TTFont(io.BytesIO(program.read_bytes())))


def collect(resources, found: dict, seen: set) -> None:
    if resources.objgen in seen:
        return
    seen.add(resources.objgen)
    for font in resources.get("/Font", {}).values():
        found[str(font.BaseFont)] = font
    for form in resources.get("/XObject", {}).values():
        if "/Resources" in form:
            collect(form.Resources, found, seen)


def unreadable(name: str, font: pikepdf.Dictionary) -> Iterator[str]:
    if "/ToUnicode" not in font:
        yield f"31-027: the letters of {name} cannot be read"
        return
    for line in font.ToUnicode.read_bytes().decode().splitlines():
        if MAPPING.fullmatch(line):
            text = bytes.fromhex(MAPPING.fullmatch(line)[1]).decode("utf-16-be", "replace")
            if not text or set(text) & set("\0\ufeff\ufffe"):
                yield f"31-028: a glyph of {name} stands for no letter"


def misfits(name: str, below: pikepdf.Dictionary, program: TTFont) -> Iterator[str]:
    metrics, order = program["hmtx"], program.getGlyphOrder()
    scale = 1000 / program["head"].unitsPerEm
    for glyph, width in widths_of(below.get("/W", [])):
        if glyph < len(order) and abs(metrics[order[glyph]][0] * scale - width) > 1:
            yield f"31-012: glyph {glyph} of {name} is {width} wide, and its outline is not"


def widths_of(array) -> Iterator[tuple[int, float]]:
    parts = list(array)
    while parts:
        first = int(parts.pop(0))
        second = parts.pop(0)
        if isinstance(second, pikepdf.Array):
            yield from ((first + n, float(width)) for n, width in enumerate(second))
        else:
            width = float(parts.pop(0))
            yield from ((glyph, width) for glyph in range(first, int(second) + 1))
