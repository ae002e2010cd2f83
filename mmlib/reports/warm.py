"""What reports' processes have in common, and what is imported before they begin.

Light on purpose: `warm_up` is called before anything else is imported, so that both go on at the same time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mmlib.reports import forks

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

ENVIRONMENT = {
    # Another backend would leave the notebook without its figures, and say nothing.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # What a notebook puts into a set comes out in the same order each time: the same report, byte for byte.
    "PYTHONHASHSEED": "0",
    # The charts' small matrices are quicker on one core, and reports that are built side by side share the cores.
    "OPENBLAS_NUM_THREADS": "1",
}
# What asks at import whether it is in a notebook must not be here: ipywidgets, tqdm.auto, the inline backend.
PRELOAD = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.pylabtools"),
    *("pandas", "pandas.core.reshape.reshape", "pandas.core.methods.to_dict", "pandas.io.formats.csvs"),
    *("pandas.io.formats.string", "pyarrow.csv", "email.contentmanager", "importlib_metadata._adapters"),
    *("scipy.stats", "statsmodels.regression.mixed_linear_model"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
    *("mmlib.practice", "mmlib.charts", "mmlib.reports.story", "mmlib.reports.advice"),
    *(f"mmlib.measures.{theme}" for theme in ("repetition", "payoff", "synergy", "structure", "selves")),
)
WORKERS = "mmlib.reports.preloaded"
NOTICE = (
    "Each report starts a Python of its own here, which takes some seconds: kernels that are ready at once are had "
    "on Linux only, where Python can be forked safely."
)


def warm_up() -> bool:
    """Start in the background what reports' kernels are forked from, where it does not run yet.

    Returns
    -------
    bool
        False where forking is not safe (macOS, Windows): kernels are started in the usual way there.

    Examples
    --------
    >>> warm_up() == (sys.platform == "linux")
    True
    """
    if forks.safe():
        _address()
    return forks.safe()


def notice() -> str:
    """Return what to tell those who build many reports where kernels are started in the usual way, else nothing."""
    return "" if forks.safe() else NOTICE


def context() -> BaseContext:
    """Return the `multiprocessing` context for processes that build reports.

    Where it is safe, they are forked from a process that has papermill, nbconvert and WeasyPrint imported, and get
    their kernels from the same fork server as this process; elsewhere they are started from nothing ("spawn").
    """
    import multiprocessing

    if not forks.safe():
        return multiprocessing.get_context("spawn")
    os.environ[forks.SHARED] = _address()
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([WORKERS])
    return found


def _address() -> str:
    env = {**os.environ, **ENVIRONMENT}
    wanted = forks.Wanted([sys.executable], [], str(Path.cwd()), env, [])
    return forks.servers.address(wanted.start(PRELOAD), env)
