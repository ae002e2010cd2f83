"""Run a notebook with parameters and put its report in place, whole or not at all."""

from __future__ import annotations

import os
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from mmlib.errors import ReportError
from mmlib.reports.execution import Run, execute
from mmlib.reports.jobs import FORMATS, check_formats
from mmlib.reports.paper.pango import PangoMissing, typesetter
from mmlib.reports.parameters import check_parameters
from mmlib.reports.settled import settled
from mmlib.reports.slugs import RESERVED, slug
from mmlib.reports.steps import quiet, steps
from mmlib.reports.warm import warm_up

if TYPE_CHECKING:
    from mmlib.reports.index.facts import Facts

__all__ = ["FORMATS", "RESERVED", "Built", "read", "report", "slug"]
LONGEST_NAME = 200  # bytes, which leaves room for an ending: file systems take 255


@dataclass(frozen=True)
class Built:
    """What a run wrote.

    Attributes
    ----------
    paths : dict of str to Path
        The file of each format.
    notices : tuple of str
        What the user should read: no Pango, files of an earlier run.
    facts : Facts or None
        What the report says at a glance; None where more than a report was written.
    """

    paths: dict[str, Path]
    notices: tuple[str, ...] = ()
    facts: Facts | None = None


def report(
    notebook: str | os.PathLike[str],
    parameters: Mapping[str, Any],
    *,
    out: str | os.PathLike[str],
    name: str,
    formats: Sequence[str] = FORMATS,
    progress: bool | Callable[[float], object] = True,
    retries: int = 0,
) -> Built:
    """Run a notebook and write its report as `out/name.html` and `out/name.pdf`.

    The files are put in place when all of them are made: a failure leaves what was there before as it was.
    The notebook runs in the current folder, in a kernel of the Python that runs this function. The same notebook,
    parameters and data make the same files, byte for byte. Several processes may write into one folder.

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
    retries : int
        How often a notebook that failed is run again, from its first cell.

    Returns
    -------
    Built
        The paths by format, notices, and what the report says at a glance. Without Pango the HTML is built, and a
        notice says what to install.

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
    content = read(source)
    check_parameters(content, parameters)
    warm_up()
    out.mkdir(parents=True, exist_ok=True)
    earlier = [f"{name}.{kind}" for kind in FORMATS if (out / f"{name}.{kind}").exists()]
    run = Run(source.name, content, parameters, _failed(out, name), earlier)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=out) as work, quiet():
        with steps(name, run.cells + len(formats), progress) as reached:
            with _exporters_imported(formats):
                executed = _executed(run, Path(work), reached, retries)
            files, notices = _exported(executed, formats, Path(work) / name, lambda n: reached(run.cells + n))
        told = _facts(executed, name)
        paths = {kind: out / file.name for kind, file in files.items()}
        for kind, path in paths.items():
            files[kind].replace(path)
    run.kept.unlink(missing_ok=True)
    return Built(paths, (*notices, *_left_over(out, name, paths)), told)


def _check_request(name: str, formats: Sequence[str]) -> None:
    check_formats(formats)
    long = len(name.encode(errors="surrogatepass")) > LONGEST_NAME
    if not name or name != Path(name).name or name.startswith(".") or long:
        shown = f"{name[:40]}…" if long else name
        raise ReportError(f'"{shown}" cannot be the name of a file: use slug("{shown}"), which is "{slug(name)}".')


def read(source: Path) -> nbformat.NotebookNode:
    """Return a notebook's content.

    Parameters
    ----------
    source : Path
        The notebook's file.

    Raises
    ------
    ReportError
        If there is no such file, it is no notebook, or it is written in another language than Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = nbformat.read(source, as_version=4)
    except FileNotFoundError as error:
        raise ReportError(f"There is no notebook {source}.") from error
    except IsADirectoryError as error:
        raise ReportError(f"{source} is a folder: name a notebook in it.") from error
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise ReportError(f"{source} is not a notebook that can be read: {str(error).splitlines()[0]}") from error
    metadata = content.metadata
    language = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    if language and language != "python":
        raise ReportError(f"{source} is written in {language}: a report is made from a Python notebook.")
    return content


def _executed(run: Run, work: Path, reached: Callable[[int], None], retries: int) -> nbformat.NotebookNode:
    for _ in range(retries):
        try:
            return settled(execute(run, work, reached))
        except ReportError:
            reached(0)
    return settled(execute(run, work, reached))


@contextmanager
def _exporters_imported(formats: Sequence[str]) -> Iterator[None]:
    """Import what sets a report while its notebook runs in another process."""
    import papermill  # noqa: F401  # before the thread begins: the two are not to import the same at once

    def imported() -> None:
        with suppress(Exception):  # it is told where it is used
            from mmlib.reports import export  # noqa: F401
            from mmlib.reports.index import facts  # noqa: F401

            if "pdf" in formats:
                typesetter()

    thread = threading.Thread(target=imported, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _exported(
    executed: nbformat.NotebookNode, formats: Sequence[str], stem: Path, reached: Callable[[int], None]
) -> tuple[dict[str, Path], list[str]]:
    from mmlib.reports.export import ReportHTMLExporter, ReportPDFExporter

    exporters = {"html": ReportHTMLExporter, "pdf": ReportPDFExporter}
    files, notices = {}, []
    for done, kind in enumerate(dict.fromkeys(formats), start=1):
        try:
            body, _ = exporters[kind]().from_notebook_node(executed, {"metadata": {"name": stem.name}})
        except PangoMissing as missing:
            if set(formats) == {"pdf"}:
                raise
            notices.append(str(missing))
        else:
            files[kind] = stem.with_name(f"{stem.name}.{kind}")
            files[kind].write_bytes(body if isinstance(body, bytes) else body.encode())
        reached(done)
    return files, notices


def _facts(executed: nbformat.NotebookNode, name: str) -> Facts:
    from mmlib.reports.index.facts import facts

    return facts(executed, name)


def _failed(out: Path, name: str) -> Path:
    return out / f"{name}.failed.ipynb"


def _left_over(out: Path, name: str, paths: Mapping[str, Path]) -> list[str]:
    old = [out / f"{name}.{kind}" for kind in FORMATS if kind not in paths]
    return [f"{path} is from an earlier run." for path in old if path.exists()]
