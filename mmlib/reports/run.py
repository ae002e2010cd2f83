"""Run a notebook with parameters and put its report in place, whole or not at all."""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from mmlib.errors import ReportError, did_you_mean
from mmlib.reports.parameters import check_parameters

FORMATS = ("html", "pdf")
NOISY = ("papermill", "nbclient", "nbconvert", "traitlets", "asyncio")
SLUG_LENGTH = 60
LONGEST_CELL = 1800  # seconds: a kernel whose answer is lost must not hold a report for ever
RESERVED = frozenset({"con", "prn", "aux", "nul", "index", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))})


@dataclass(frozen=True)
class Built:
    """What a run wrote: the file of each format, and notices that the user should read (no Pango, old files)."""

    paths: dict[str, Path]
    notices: tuple[str, ...] = ()


def report(
    notebook: str | os.PathLike[str],
    parameters: Mapping[str, Any],
    *,
    out: str | os.PathLike[str],
    name: str,
    formats: Sequence[str] = FORMATS,
    progress: bool | Callable[[float], object] = True,
) -> Built:
    """Run a notebook and write its report as `out/name.html` and `out/name.pdf`.

    The files are put in place when all of them are made: a failure leaves what was there before as it was.
    The notebook runs in the current folder, in a kernel of the Python that runs this function.

    Parameters
    ----------
    notebook : path
        The notebook, with a cell tagged `parameters`.
    parameters : mapping of str to value
        Values for the notebook's parameters; what is left out keeps its default.
    out : path
        The folder to write to; made where it is missing.
    name : str
        The report's file name without an ending, as `slug` makes it.
    formats : sequence of {"html", "pdf"}
        What to build.
    progress : bool or callable
        Show a bar on the terminal while it runs; or call this with the share that is done, from 0 to 1.

    Returns
    -------
    Built
        The paths by format, and notices: without Pango the HTML is built, and a notice says what to install.

    Raises
    ------
    ReportError
        For a parameter that is unknown or ill-typed (before anything runs), for an unknown format, and for a
        failed cell: the notebook as far as it got is then kept as `out/name.failed.ipynb`.
    PangoMissing
        Where only a PDF is asked for, and Pango is not installed.
    """
    source, out = Path(notebook), Path(out)
    _check_request(name, formats)
    content = _read(source)
    check_parameters(content, parameters)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=out) as work, _quiet():
        steps = sum(cell.cell_type == "code" for cell in content.cells) + bool(parameters) + len(formats)
        with _told(progress, steps) if callable(progress) else _bar(name, steps, shown=progress) as advance:
            executed = _executed(content, parameters, _Job(source, out, name, Path(work)), advance)
            files, notices = _exported(executed, formats, Path(work) / name, advance)
        paths = {kind: out / file.name for kind, file in files.items()}
        for kind, path in paths.items():
            files[kind].replace(path)
    _failed(out, name).unlink(missing_ok=True)
    return Built(paths, (*notices, *_left_over(out, name, paths)))


@dataclass(frozen=True)
class _Job:
    source: Path
    out: Path
    name: str
    work: Path


def _check_request(name: str, formats: Sequence[str]) -> None:
    unknown = [kind for kind in formats if kind not in FORMATS]
    if unknown or not formats:
        wish = f'no format "{unknown[0]}". {did_you_mean(unknown[0], FORMATS)}' if unknown else "no format given."
        raise ReportError(f"A report is built as html, as pdf or as both: {wish}")
    if not name or name != Path(name).name or name.startswith("."):
        raise ReportError(f'"{name}" cannot be the name of a file: use slug("{name}"), which is "{slug(name)}".')


def _read(source: Path) -> nbformat.NotebookNode:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.read(source, as_version=4)
    except FileNotFoundError as error:
        raise ReportError(f"There is no notebook {source}.") from error
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise ReportError(f"{source} is not a notebook that can be read: {str(error).splitlines()[0]}") from error


def _executed(
    content: nbformat.NotebookNode, parameters: Mapping[str, Any], job: _Job, advance: Callable[[], None]
) -> nbformat.NotebookNode:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from papermill import PapermillExecutionError, execute_notebook

    from mmlib.reports.kernels import OwnKernelManager

    written = job.work / "executed.ipynb"
    try:
        return execute_notebook(
            content,
            written,
            dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=OwnKernelManager,
            execution_timeout=LONGEST_CELL,
            on_cell_executed=lambda **_: advance(),
        )
    except PapermillExecutionError as error:
        raise ReportError(_stopped(error, written, job)) from error
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
        raise ReportError(
            f"{job.source.name} stopped: the Python that ran it died or did not answer ({error}). "
            "The usual reason is too little memory."
        ) from error


def _stopped(error: Any, written: Path, job: _Job) -> str:
    kept = _failed(job.out, job.name)
    written.replace(kept)
    heading = _heading(nbformat.read(kept, as_version=4))
    under = f', under "{heading}"' if heading else ""
    older = [f"{job.name}.{kind}" for kind in FORMATS if (job.out / f"{job.name}.{kind}").exists()]
    stayed = "stayed as it was" if len(older) == 1 else "stayed as they were"
    earlier = f" {' and '.join(older)} of an earlier run {stayed}." if older else ""
    return (
        f"{job.source.name} stopped at cell [{error.exec_count}]{under}. {error.ename}: {error.evalue}\n"
        f"The notebook as far as it got: {kept}.{earlier}"
    )


def _heading(notebook: nbformat.NotebookNode) -> str:
    """Return the last heading above the cell that failed."""
    heading = ""
    for cell in notebook.cells:
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            break
        if cell.cell_type == "markdown":
            found = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
            heading = found[-1] if found else heading
    return heading


def _exported(
    executed: nbformat.NotebookNode, formats: Sequence[str], stem: Path, advance: Callable[[], None]
) -> tuple[dict[str, Path], list[str]]:
    from mmlib.reports.export import PangoMissing, ReportHTMLExporter, ReportPDFExporter

    exporters = {"html": ReportHTMLExporter, "pdf": ReportPDFExporter}
    files, notices = {}, []
    for kind in dict.fromkeys(formats):
        try:
            body, _ = exporters[kind]().from_notebook_node(executed, {"metadata": {"name": stem.name}})
        except PangoMissing as missing:
            if set(formats) == {"pdf"}:
                raise
            notices.append(str(missing))
        else:
            files[kind] = stem.with_name(f"{stem.name}.{kind}")
            files[kind].write_bytes(body if isinstance(body, bytes) else body.encode())
        advance()
    return files, notices


def _failed(out: Path, name: str) -> Path:
    return out / f"{name}.failed.ipynb"


def _left_over(out: Path, name: str, paths: Mapping[str, Path]) -> list[str]:
    old = [out / f"{name}.{kind}" for kind in FORMATS if kind not in paths]
    return [f"{path} is from an earlier run." for path in old if path.exists()]


@contextmanager
def _bar(name: str, steps: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not (shown and console.is_terminal)
    ) as bar:
        task = bar.add_task(name, total=steps)
        yield lambda: bar.advance(task)


@contextmanager
def _told(tell: Callable[[float], object], steps: int) -> Iterator[Callable[[], None]]:
    done = itertools.count(1)

    def advance() -> None:
        tell(min(next(done) / steps, 1.0))

    yield advance


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' talk away from the terminal: what matters comes as an exception."""
    loggers = [logging.getLogger(name) for name in NOISY]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def slug(text: str, others: Iterable[str] = ()) -> str:
    """Return a text as a safe file name: ASCII letters, digits and hyphens, never empty, never a path.

    Where nothing is left of the text, or one of `others` would get the same name, a short hash of the text
    keeps them apart.

    Examples
    --------
    >>> slug("Ada Lovelace"), slug("../../etc"), slug("Jörg")
    ('ada-lovelace', 'etc', 'jorg')
    >>> slug("Jörg", others=["Jorg"]), slug("アダ")
    ('jorg-8e6374', 'learner-fc02cd')
    """
    plain = _plain(text)
    clash = any(other != text and _plain(other) == plain for other in others) and text != plain
    if plain and not clash and plain not in RESERVED and len(plain) <= SLUG_LENGTH:
        return plain
    mark = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:6]
    return f"{plain[:SLUG_LENGTH].rstrip('-') or 'learner'}-{mark}"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
