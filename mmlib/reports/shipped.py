"""What travels with mmlib besides its code: the notebooks, and the sample learner's practice folder."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import nbformat


def shipped(path: str) -> Path:
    """Return a file or folder that travels with mmlib: in the installed package, or beside it in a clone.

    Examples
    --------
    >>> shipped("notebooks/reports/monthly.ipynb").name
    'monthly.ipynb'
    """
    package = Path(str(files("mmlib")))
    inside = package / "_shipped" / path
    return inside if inside.exists() else package.parent / path


def copy_notebooks(theme: str, to: str | Path, parameters: Mapping[str, object]) -> list[Path]:
    """Copy shipped notebooks into a folder of the user's, set to the user's parameters; none is overwritten.

    Parameters
    ----------
    theme : str
        The folder under notebooks/, such as "explore".
    to : str or Path
        Made if it isn't there.
    parameters : mapping
        Values for the lines of the notebooks' parameters cells that begin with these names.

    Returns
    -------
    list of Path
        The notebooks in `to`, old and new.
    """
    to = Path(to)
    to.mkdir(parents=True, exist_ok=True)
    copies = []
    for source in sorted(shipped(f"notebooks/{theme}").glob("*.ipynb")):
        copies.append(to / source.name)
        if not copies[-1].exists():
            notebook = nbformat.read(source, as_version=4)
            for cell in notebook.cells:
                if "parameters" in cell.metadata.get("tags", []):
                    cell.source = "\n".join(_set(line, parameters) for line in cell.source.splitlines())
            nbformat.write(notebook, copies[-1])
    return copies


def _set(line: str, parameters: Mapping[str, object]) -> str:
    name = line.partition(":")[0]
    before, _, comment = line.partition("#")
    if name not in parameters:
        return line
    return f"{before.partition('=')[0]}= {parameters[name]!r}  # {comment.strip()}"
