"""A participant's own folder: where the practice of a lesson goes, and what of it is handed in."""

from __future__ import annotations

import atexit
import base64
import html
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mmlib.log import read_log, write_log
from mmlib.log.order import in_order
from mmlib.practice import log_files, new_practice
from mmlib.reports.run import slug
from mmlib.workshop.checking import CheckError

BY_MACHINE = "drill"
"""The source of rows whose notes a drill wrote, not a person."""
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold: the same files are the same bytes


def practice_folder(folder: str | Path) -> str:
    """Return a practice folder to log into; it is made if it isn't there.

    Parameters
    ----------
    folder : str or Path
        Its path; empty for a new one that is thrown away when the notebook's kernel ends.

    Returns
    -------
    str
        The path.

    Examples
    --------
    >>> sorted(file.name for file in Path(practice_folder("")).iterdir())
    ['README.md', 'log.csv', 'skills.toml']
    """
    if not folder:
        folder = tempfile.mkdtemp(prefix="practice-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    new_practice(folder)
    return str(folder)


@dataclass(frozen=True)
class HandedIn:
    """The file to hand in; a notebook shows it as a link that saves it (JupyterLab itself cannot open a zip).

    Attributes
    ----------
    path : Path
        The zip.
    """

    path: Path

    def __repr__(self) -> str:
        return str(self.path)

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.path.read_bytes()).decode()
        link = f'<a download="{self.path.name}" href="data:application/zip;base64,{data}">Save {self.path.name}</a>'
        return f"<p>{link}, and hand it in. It also lies at <code>{html.escape(str(self.path))}</code>.</p>"


def hand_in(folder: str | Path, name: str) -> HandedIn:
    """Make a zip of a practice folder to hand to the teacher: the log without notes, and the cards.

    Parameters
    ----------
    folder : str or Path
        The practice folder; the zip is put into it.
    name : str
        What the participant wants to be called. It names the zip, and becomes the learner in the room's log.

    Returns
    -------
    HandedIn
        A notebook shows it as a link; `path` is the zip.

    Raises
    ------
    CheckError
        If there is nothing in the log yet, or no name.

    Examples
    --------
    >>> from mmlib.log import append_sessions
    >>> folder = practice_folder("")
    >>> _ = append_sessions(folder, {"skill": "juggling", "start": "2026-10-31", "note": "secret"})
    >>> hand_in(folder, "Night owl").path.name
    'night-owl.zip'
    """
    if not isinstance(name, str) or not name.strip():
        raise CheckError('A name is missing: found nothing, expected what you want to be called, such as "owl".')
    folder = Path(folder)
    log = without_notes(whole_log(folder))
    if log.empty:
        raise CheckError(f"{folder}: the log holds no sessions yet, so there is nothing to hand in.")
    with tempfile.TemporaryDirectory(prefix="handing-") as work:
        write_log(log, Path(work) / "log.csv")
        files = {f"{slug(name)}/log.csv": (Path(work) / "log.csv").read_bytes()}
    cards = folder / "skills.toml"
    if cards.exists():
        files[f"{slug(name)}/skills.toml"] = cards.read_bytes()
    return HandedIn(zipped(folder / f"{slug(name)}.zip", files))


def whole_log(path: Path) -> pd.DataFrame:
    """Return the log in all files of a practice folder, or in one file, without what cards say."""
    return in_order(pd.concat([read_log(file) for file in log_files(path)], ignore_index=True))


def without_notes(log: pd.DataFrame) -> pd.DataFrame:
    """Return a log without the notes that a person wrote."""
    return log.assign(note=log["note"].where(log["source"] == BY_MACHINE))


def zipped(path: Path, files: Mapping[str, bytes], comment: str = "") -> Path:
    """Write a zip whose bytes depend on nothing but its files and their names."""
    partial = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(partial, "w") as archive:
        archive.comment = comment.encode()
        for name, data in files.items():
            info = zipfile.ZipInfo(name, EARLIEST)
            info.create_system, info.external_attr = 3, 0o644 << 16  # as on Unix, wherever this runs
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return partial.replace(path)
