"""Pseudonyms: other names for the learners of a cohort, which stay the same from report to report.

A pseudonym is drawn by a secret number that lies beside the log and stands in no report. Whoever has a report and all
names of the class cannot tell which belong together; whoever has the practice folder can, and can read the log anyway.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pandas as pd

from mmlib.errors import PracticeError
from mmlib.log import replace_file
from mmlib.practice import load
from mmlib.reports.inputs import row_digests
from mmlib.reports.shipped import shipped

NAME = ".pseudonyms"
REMARK = (
    "# The pseudonyms in reports of this cohort are drawn by this number. Keep it, or they change; give it to nobody."
)
NUMBER = re.compile(r"[0-9a-f]{64}")
TRIES = 50  # draws until a learner without a free pseudonym gets one with a number

# Neither animals, which participants of workshops call themselves, nor plants that people are named after; colours
# that nobody takes for a remark about a person.
WORDS = """
    azure blue bronze cobalt copper cream crimson emerald golden green indigo khaki lilac magenta maroon mauve navy
    ochre orange pink purple russet sepia silver teal turquoise umber vermilion

    acacia alder almond apricot bamboo barley beech bilberry birch bracken buckwheat burdock cactus cedar chestnut
    chicory cowslip crocus cypress damson dogwood elder fennel fig foxglove gooseberry gorse hawthorn hornbeam
    hyssop larch lavender lichen liquorice lupin mallow mangrove maple medlar millet moss mulberry nettle nutmeg oak
    orchid papyrus parsley pear peony pine plantain plum poplar primrose privet quince reed rhubarb rush samphire
    sedge sequoia sesame sloe snowdrop sorrel spruce sycamore tamarind tansy teasel thistle thyme tulip vetch walnut
    wisteria yarrow yucca
"""
COLOURS, PLANTS = (tuple(part.split()) for part in WORDS.split("\n\n"))


def pseudonyms(learners: Iterable[str], secret: bytes) -> dict[str, str]:
    """Return a pseudonym for each learner, no two the same.

    Parameters
    ----------
    learners : iterable of str
        Their names, whoever came first in front: who comes later changes nobody's pseudonym.
    secret : bytes
        What the pseudonyms are drawn by.

    Examples
    --------
    >>> drawn = pseudonyms(["ada", "bob"], b"secret")
    >>> drawn, pseudonyms(["ada"], b"secret")["ada"] == drawn["ada"], pseudonyms(["ada"], b"other") == drawn
    ({'ada': 'vermilion bracken', 'bob': 'khaki orchid'}, True, False)
    """
    found: dict[str, str] = {}
    for learner in learners:
        taken = set(found.values())
        drawn = (_draw(learner, secret, attempt) for attempt in range(TRIES))
        free = next((name for name in drawn if name not in taken), None)
        found[learner] = free or f"{_draw(learner, secret, 0)} {len(taken) + 1}"
    return found


def _draw(learner: str, secret: bytes, attempt: int) -> str:
    message = f"{attempt}\0{learner}".encode(errors="surrogatepass")
    number = int.from_bytes(hmac.digest(secret, message, "sha256"), "big")
    colour, plant = number % len(COLOURS), number // len(COLOURS) % len(PLANTS)
    return f"{COLOURS[colour]} {PLANTS[plant]}"


def by_first_session(log: pd.DataFrame) -> list[str]:
    """Return the learners of a log, whoever began first in front."""
    first = log.groupby("learner")["start"].min().reset_index()
    return first.sort_values(["start", "learner"])["learner"].tolist()


def secret_of(folder: str | Path, log: pd.DataFrame) -> tuple[bytes, bool]:
    """Return what the pseudonyms of a cohort are drawn by, and whether it lasts.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or a log file in it.
    log : DataFrame
        The whole log: where the folder keeps no secret, its content takes the place of one, until it grows.

    Raises
    ------
    PracticeError
        If the file with the secret holds none.
    """
    path = _place(folder)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return hashlib.sha256(row_digests(log).tobytes()).digest(), False
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1 or not NUMBER.fullmatch(found[0]):
        raise PracticeError(
            f"{path}: expected one number of 64 hexadecimal digits, by which the pseudonyms of this cohort are drawn. "
            "Take the file from a backup; or remove it, and all learners get new pseudonyms."
        )
    return bytes.fromhex(found[0]), True


def keep_secret(folder: str | Path) -> None:
    """Give a practice folder its secret, so that pseudonyms stay the same from month to month.

    One that is there stays. A folder that cannot be written to gets none, nor do the samples of mmlib.
    """
    path = _place(folder)
    if path.exists() or not path.parent.is_dir() or path.resolve().is_relative_to(shipped("data").resolve()):
        return
    with suppress(OSError):
        written = path.with_name(f"{NAME}.{os.getpid()}.part")
        try:
            written.touch(mode=0o600)
            written.write_text(f"{REMARK}\n{secrets.token_hex(32)}\n", encoding="utf-8", newline="\n")
            with suppress(FileExistsError):  # another mm was quicker: its secret counts
                _placed(written, path)
        finally:
            written.unlink(missing_ok=True)


def _placed(written: Path, path: Path) -> None:
    """Give a file its name, if nobody has it yet."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        written.replace(path)


def write_key(folder: str | Path, file: str | Path, *, errors: str = "raise") -> Path:
    """Write who is who: a table of the learners and the pseudonyms that the cohort report gives them.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or one log file.
    file : str or Path
        The CSV file to write; on POSIX nobody but its owner can read it.
    errors : {"raise", "quarantine"}
        Whether bad rows of the log raise, or are set aside.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    PracticeError
        If there is no such folder, or the file is something else than a key.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "log.csv").write_text("learner,skill,start\\nada,juggling,2026-10-31 18:30\\n")
    ...     write_key(folder, Path(folder) / "key.csv").read_text().splitlines()[0]
    'learner,pseudonym'
    """
    keep_secret(folder)
    log, file = load(folder, errors=errors).log, Path(file)
    _check_target(file)
    secret, _ = secret_of(folder, log)
    drawn = pseudonyms(by_first_session(log), secret)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("learner", "pseudonym"))
    table.writerows(sorted(drawn.items(), key=lambda pair: pair[0].casefold()))
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text.getvalue())
    with suppress(OSError):
        file.chmod(0o600)
    return file


def _check_target(file: Path) -> None:
    """Refuse to write over anything but a key: a log is a table, too."""
    if file.is_dir():
        raise PracticeError(f"{file} is a folder: name a file for the key, such as {file / 'key.csv'}.")
    head = file.read_bytes()[:32].split(b"\n")[0].strip() if file.exists() else b""
    if head not in (b"", b"learner,pseudonym"):
        raise PracticeError(f"{file} is there already, and is no key of a cohort: name another file.")


def _place(folder: str | Path) -> Path:
    folder = Path(folder)
    return (folder if folder.is_dir() else folder.parent) / NAME
