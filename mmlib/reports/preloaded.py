"""What each process that builds reports needs: imported by `multiprocessing`'s fork server, once for all of them."""

from __future__ import annotations

import contextlib
import gc
import importlib

from mmlib.reports.spared import spare

MODULES = ("mmlib.reports.run", "mmlib.reports.kernels", "papermill", "nbclient", "mmlib.reports.export")
TYPESETTER = "mmlib.reports.paper.typeset"

spare()
for _name in (*MODULES, TYPESETTER):
    # Without Pango, WeasyPrint's import fails; the report itself says what is missing.
    with contextlib.suppress(Exception):
        importlib.import_module(_name)

# No collection goes through what all of them need, which would take each process that is forked 0.15 s a time.
gc.freeze()
