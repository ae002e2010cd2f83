"""Two nbconvert exporters: a notebook as a self-contained HTML page, and as a tagged PDF.

They are registered as `mm-html` and `mm-pdf` for `jupyter nbconvert --to mm-html my.ipynb`, and as `mm_html` and
`mm_pdf` for JupyterLab's menu "Save and Export Notebook As".
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import Bool, Unicode, default
from traitlets.config import Config

from mmlib.reports.page import Look, Page, page
from mmlib.reports.paper.fonts import font_faces
from mmlib.reports.paper.pango import PangoMissing, typesetter
from mmlib.reports.settled import settled

__all__ = ["PangoMissing", "ReportHTMLExporter", "ReportPDFExporter", "TerminalHTMLExporter", "TerminalPDFExporter"]
TEMPLATES = Path(__file__).parent / "templates"


class ReportHTMLExporter(TemplateExporter):
    """A notebook as one HTML file that needs nothing else: no network, no script, code hidden.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> notebook = new_notebook(cells=[new_markdown_cell("# Ada in October 2026")])
    >>> body, resources = ReportHTMLExporter().from_notebook_node(notebook)
    >>> "<title>Ada in October 2026</title>" in body
    True
    """

    export_from_notebook = "Practice report (HTML)"
    output_mimetype = "text/html"
    paged = False

    exclude_input = Bool(True, help="Hide the code of all cells.").tag(config=True)
    language = Unicode("en", help="The language of the report, as in the HTML attribute lang.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_extension")
    def _template_extension_default(self) -> str:
        return ".html.j2"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "mm"

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(TEMPLATES)]

    @property
    def default_config(self) -> Config:
        """The defaults of nbconvert, and the tag that takes a cell out of the report."""
        ours = Config({"TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {"remove-cell"}}})
        ours.TemplateExporter.optimistic_validation = True  # the notebook is checked once, not after each step
        theirs = super().default_config.copy()
        theirs.merge(ours)
        return theirs

    def default_filters(self) -> Any:
        """The filters of nbconvert, and ours: `page` makes a page of a notebook."""
        yield from super().default_filters()
        yield "page", self._page

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and the resources; the same outputs make the same page, byte for byte."""
        return super().from_notebook_node(settled(nb), resources, **kw)

    def _page(self, notebook: NotebookNode, resources: dict[str, Any]) -> Page:
        name = resources.get("metadata", {}).get("name", "Notebook")
        return page(notebook, name, Look(code=not self.exclude_input, paged=self.paged))

    def _init_resources(self, resources: dict[str, Any] | None) -> dict[str, Any]:
        own = {"language": self.language, "paged": self.paged}
        return {**super()._init_resources(resources), **own}


class ReportPDFExporter(ReportHTMLExporter):
    """A notebook as a tagged PDF (PDF/UA-1) on A4 pages, its charts as vectors.

    The pages are those of `ReportHTMLExporter`, set by WeasyPrint, which is loaded when the first PDF is made.
    """

    export_from_notebook = "Practice report (PDF)"
    output_mimetype = "application/pdf"
    paged = True

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the PDF's bytes and the resources.

        Raises
        ------
        PangoMissing
            Where the system has no Pango.
        ReportError
            Where a chart cannot be drawn.
        """
        setter = typesetter()
        body, resources = super().from_notebook_node(nb, resources, **kw)
        return setter.typeset(body), resources

    def _init_resources(self, resources: dict[str, Any] | None) -> dict[str, Any]:
        return {**super()._init_resources(resources), "font_faces": font_faces()}


class _ForTheTerminal(TemplateExporter):
    """Keeps a name with a hyphen out of Jupyter Server's list: its address of an export takes none."""

    @default("enabled")
    def _enabled_default(self) -> bool:
        server = sys.modules.get("jupyter_server.serverapp")
        return server is None or not server.ServerApp.initialized()


class TerminalHTMLExporter(_ForTheTerminal, ReportHTMLExporter):
    """`ReportHTMLExporter` under the name mm-html."""


class TerminalPDFExporter(_ForTheTerminal, ReportPDFExporter):
    """`ReportPDFExporter` under the name mm-pdf."""
