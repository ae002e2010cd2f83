"""Work on a Dask cluster: the same tasks, on the cores of other machines."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mmlib
from mmlib.errors import ReportError

CONNECTING = 10  # seconds until a scheduler that does not answer is thought not to be there
_ONE_AT_A_TIME = threading.Lock()  # a worker's threads share one current folder


@dataclass(frozen=True)
class Refused:
    """What is left of a task that a worker could not do, and why."""

    why: str


def on_dask(
    tasks: Sequence[Any], work: Callable[[Any, Callable[[float], None]], Any], scheduler: str
) -> Iterator[tuple[int, Any]]:
    """Work on tasks on a Dask cluster, and yield each one's number and result as it is finished.

    Parameters
    ----------
    tasks : sequence
        What is to be done; must be picklable.
    work : callable
        Called in a worker with a task and a function that takes the share that is done. It must be picklable, and
        keep its exceptions to itself. A worker does one task at a time, in our own current folder, so that paths
        mean the same there.
    scheduler : str
        The scheduler's address, such as tcp://10.0.0.5:8786.

    Yields
    ------
    int, object
        The task's number, and what `work` returned, or `Refused`. Dask gives a task to another worker when one dies.

    Raises
    ------
    ReportError
        If Dask is not installed, or no scheduler answers.
    """
    distributed = _distributed()
    with _client(distributed, scheduler) as client:
        place = str(Path.cwd())
        futures = {
            client.submit(_there, work, task, place, mmlib.__version__, pure=False): number
            for number, task in enumerate(tasks)
        }
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                error = future.exception()
                failed = f"The Dask worker failed. {type(error).__name__}: {error}"
                yield futures[future], future.result() if error is None else Refused(failed)
        finally:
            client.cancel(list(futures))


def _distributed() -> Any:
    if importlib.util.find_spec("distributed") is None:
        raise ReportError(
            f"A scheduler takes Dask, which is not installed. Run: {sys.executable} -m pip install 'mmlib[scale]'"
        )
    return importlib.import_module("distributed")


def _client(distributed: Any, scheduler: str) -> Any:
    try:
        return distributed.Client(scheduler, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ReportError(
            f"No Dask scheduler answers at {scheduler}, expected an address such as tcp://10.0.0.5:8786. Start one "
            "with  dask scheduler  and its workers with  dask worker ADDRESS --nworkers 4 --nthreads 1."
        ) from error


def _there(work: Callable[..., Any], task: Any, place: str, version: str) -> Any:
    """Do one task in a worker, in the folder that its paths begin at."""
    if mmlib.__version__ != version:
        return Refused(f"The Dask worker has mmlib {mmlib.__version__}, this machine {version}.")
    with _ONE_AT_A_TIME:
        before = Path.cwd()
        try:
            os.chdir(place)
        except OSError:
            return Refused(f"The Dask worker cannot reach {place}: it must see this folder under the same path.")
        try:
            return work(task, lambda _: None)
        finally:
            os.chdir(before)
