"""What a teacher hands out: the participants' copies, a README for them, and all of it as one zip."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from mmlib.errors import MMError
from mmlib.reports.shipped import shipped
from mmlib.workshop.copies import FOLDER, participants
from mmlib.workshop.handing import zipped

README = Path(__file__).parent / "participants.md"
MARK = "made by mm workshop"


@dataclass(frozen=True)
class Workshop:
    """What was written.

    Attributes
    ----------
    folder : Path
        Where the copies are.
    made : tuple of str
        The files that were not there before.
    kept : tuple of str
        The files that somebody has changed, or that are of another version: they stay as they are.
    archive : Path
        The zip to hand out; it always holds fresh copies.
    """

    folder: Path
    made: tuple[str, ...]
    kept: tuple[str, ...]
    archive: Path


def write_workshop(folder: str | Path, *, solutions: bool = False) -> Workshop:
    """Write the participants' copies of all lessons into a folder, and a zip of them beside it.

    Parameters
    ----------
    folder : str or Path
        Made if it isn't there; a file in it that differs from its copy stays as it is.
    solutions : bool
        Also write the solved lessons, for the teacher, into `<folder>/solutions`; they are not in the zip.

    Returns
    -------
    Workshop
        What was made and what was kept.

    Raises
    ------
    MMError
        If there is a file of another kind where the zip should go.

    Examples
    --------
    >>> import tempfile
    >>> found = write_workshop(Path(tempfile.mkdtemp()) / "tuesday")
    >>> found.archive.name, found.kept
    ('tuesday.zip', ())
    """
    folder = Path(folder)
    name = folder.resolve().name
    archive = folder.resolve().parent / f"{name}.zip"
    _is_ours(archive)
    files = _handed_out()
    made, kept = _written(folder, files | (_solved() if solutions else {}))
    zipped(archive, {f"{name}/{file}": data for file, data in files.items()}, MARK)
    return Workshop(folder, made, kept, folder.parent / archive.name if folder.name else archive)


def _is_ours(archive: Path) -> None:
    """Raise if a zip of the same name was not made here: it may be what a participant handed in."""
    if archive.exists():
        try:
            with zipfile.ZipFile(archive) as found:
                ours = found.comment == MARK.encode()
        except (zipfile.BadZipFile, OSError):
            ours = False
        if not ours:
            raise MMError(f"{archive}: found a file of somebody's, expected none. Choose another folder, or rename it.")


def _sources() -> dict[str, Path]:
    root = shipped("notebooks/workshop")
    found = [path for path in root.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    return {path.relative_to(root).as_posix(): path for path in sorted(found)}


def _handed_out() -> dict[str, bytes]:
    """Return the files for participants by their names."""
    lines, files = {"lessons": [], "further": []}, {}
    for name, path in _sources().items():
        solved = nbformat.read(path, as_version=4)
        copy = participants(solved, "../" * name.count("/") + FOLDER)
        files[name] = _bytes(copy)
        lines["further" if "/" in name else "lessons"].append(_line(name, solved))
    text = README.read_text(encoding="utf-8").replace("<!-- lessons -->\n", "".join(lines["lessons"]))
    return {"README.md": text.replace("<!-- further -->\n", "".join(lines["further"])).encode(), **files}


def _solved() -> dict[str, bytes]:
    return {f"solutions/{name}": path.read_bytes() for name, path in _sources().items()}


def _bytes(notebook: nbformat.NotebookNode) -> bytes:
    return (nbformat.writes(notebook, indent=1).rstrip("\n") + "\n").encode()


def _line(name: str, notebook: nbformat.NotebookNode) -> str:
    """Return a notebook's line in the README: its title, and the question it begins with."""
    first = notebook.cells[0].source
    title = re.search(r"^# (?:\d+ · )?(.+)", first)
    question = re.search(r"\*\*([^*]+\?)\*\*", first)
    asked = f": {' '.join(question[1].split())}" if question else ""
    return f"{'-' if '/' in name else f'{name[0]}.'} [{title[1] if title else name}]({name}){asked}\n"


def _written(folder: Path, files: dict[str, bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    made, kept = [], []
    for name, data in files.items():
        target = folder / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            made.append(name)
        elif target.read_bytes() != data:
            kept.append(name)
    return tuple(made), tuple(kept)
