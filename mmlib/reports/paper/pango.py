"""Whether PDFs can be set here: WeasyPrint takes a library of the system's, Pango."""

from __future__ import annotations

from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from types import ModuleType

from mmlib.errors import ReportError

TYPESETTER = "mmlib.reports.paper.typeset"
PANGO_MISSING = (
    "PDF needs Pango, which is not installed: on Debian or Ubuntu run  "
    "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 , "
    "on macOS  brew install pango , on Windows see WeasyPrint's installation page."
)


class PangoMissing(ReportError):
    """The system library that sets the text of PDFs is not installed; HTML can be built without it."""

    def __init__(self, message: str = PANGO_MISSING) -> None:
        super().__init__(message)


def typesetter() -> ModuleType:
    """Return the module that sets PDFs; WeasyPrint is imported with it.

    Raises
    ------
    PangoMissing
        Where the system has no Pango.
    """
    try:
        with redirect_stdout(StringIO()):  # WeasyPrint prints a banner of its own
            return import_module(TYPESETTER)
    except OSError as error:
        raise PangoMissing from error
