"""What a participant handed in: a practice folder, its zip, or a log, read with care, for anything may be in it."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from mmlib.errors import CardError, PracticeError, counted
from mmlib.practice import log_files
from mmlib.reports.run import slug
from mmlib.skills import cards_table, read_skills
from mmlib.workshop.copies import FOLDER
from mmlib.workshop.handing import whole_log, without_notes

NOBODY = "participant"
GENERIC = {"me", "log", "practice", FOLDER, ""}
LARGEST = 100 * 2**20  # bytes: a log of a lifetime is smaller, a zip bomb is not
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
LOGS = (".csv", ".parquet")


@dataclass(frozen=True)
class Handed:
    """What one participant handed in.

    Attributes
    ----------
    name : str
        The participant, as a file name.
    log : DataFrame
        The log as it was kept, without people's notes.
    cards : DataFrame
        The cards of the skills in it.
    notices : tuple of str
        What else is to be said.
    """

    name: str
    log: pd.DataFrame
    cards: pd.DataFrame
    notices: tuple[str, ...] = ()


def participant(path: Path) -> str:
    """Return a participant's name from what the file, or else its folder, is called.

    Examples
    --------
    >>> [participant(Path(p)) for p in ("room/Ada L.zip", "ada/log.csv", "log (2).csv", "../../<script>.csv")]
    ['ada-l', 'ada', 'participant', 'script']
    """
    parts = [path.name] if path.suffix.lower() == ".zip" else [part for part in reversed(path.parts) if part != ".."]
    for part in parts[:3]:
        while PurePosixPath(part).suffix.lower() in (".zip", *LOGS):
            part = PurePosixPath(part).stem
        name = slug(re.sub(r"\s*\(\d+\)$", "", part)) if re.search(r"\w", part) else ""
        if name not in GENERIC:
            return name
    return NOBODY


def handed(path: Path) -> Handed:
    """Return what a participant handed in.

    Raises
    ------
    MMError, OSError
        If there is no log in it, or a bad one.
    """
    with _folder(path) as folder:
        log = without_notes(whole_log(folder))
        if log.empty:
            raise PracticeError(
                f"the log holds no sessions. Was a lesson run on a folder that is thrown away, folder = {''!r}?"
            )
        beside = folder if folder.is_dir() else folder.parent
        try:
            cards, notices = read_skills(beside / "skills.toml"), ()
        except CardError as error:
            cards, notices = cards_table({}), (f"its cards stay out. {error}",)
        if (beside / "milestones.csv").exists() and beside is folder:
            notices = (*notices, "its milestones.csv stays out.")
        return Handed(participant(path), log, cards[cards["skill"].isin(log["skill"])], notices)


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """Give the practice folder that a path stands for, or the log file."""
    if path.is_dir() and (path / FOLDER).is_dir() and not (path / "log.csv").exists():
        yield path / FOLDER
    elif path.suffix.lower() != ".zip" or path.is_dir():
        log_files(path)
        yield path
    else:
        with tempfile.TemporaryDirectory(prefix="handed-") as work:
            try:
                _unpack(path, Path(work))
            except UNREADABLE as error:
                raise PracticeError(f"a zip that cannot be read ({error}). Ask for it once more.") from None
            yield Path(work)


def _unpack(path: Path, to: Path) -> None:
    """Write a zip's one practice folder into a folder, under names of our own: what its paths say is not followed."""
    with zipfile.ZipFile(path) as archive:
        root, files = _practice(archive)
        (to / "log").mkdir()
        for number, info in enumerate(files):
            name = PurePosixPath(info.filename)
            inside = name.relative_to(root).as_posix()
            # The one log.csv keeps its name in messages; the files in log/ get numbers, whatever they are called.
            target = to / (inside if inside in ("log.csv", "skills.toml") else f"log/{number}{name.suffix.lower()}")
            target.write_bytes(archive.read(info))


def _practice(archive: zipfile.ZipFile) -> tuple[PurePosixPath, list[zipfile.ZipInfo]]:
    """Return the folder within a zip that is a practice folder, and its files."""
    infos = [info for info in archive.infolist() if not info.is_dir() and not _of_mac(info.filename)]
    roots = dict.fromkeys(root for root in (_root(PurePosixPath(info.filename)) for info in infos) if root is not None)
    chosen = [root for root in roots if root.name == FOLDER] if len(roots) > 1 else list(roots)
    if len(chosen) != 1:
        there = ", ".join([str(root) for root in roots] or [info.filename for info in infos][:8]) or "nothing"
        what = f"a zip of {counted(len(roots), 'practice folder')}" if roots else "a zip without a log"
        raise PracticeError(f"{what} ({there}), expected one folder with log.csv in it. Zip the practice folder alone.")
    files = [info for info in infos if _belongs(PurePosixPath(info.filename), chosen[0])]
    if sum(info.file_size for info in files) > LARGEST:
        raise PracticeError(
            f"a zip of more than {LARGEST / 2**20:.0f} MB when unpacked: no log of a workshop is that long."
        )
    return chosen[0], files


def _of_mac(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _root(name: PurePosixPath) -> PurePosixPath | None:
    """Return the practice folder that a file is the log of, or part of it."""
    if name.name == "log.csv":
        return name.parent
    in_log = name.parent.name == "log" and name.suffix.lower() in LOGS and not name.name.endswith(".quarantine.csv")
    return name.parent.parent if in_log else None


def _belongs(name: PurePosixPath, root: PurePosixPath) -> bool:
    return _root(name) == root or name == root / "skills.toml"
