"""Commands that are run and watched: how long they take, the processor's time, and the memory they hold at most."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

PROC = Path("/proc")
PR_SET_CHILD_SUBREAPER = 36  # of Linux' prctl: a process whose parent has ended becomes ours
EVERY = 0.5  # seconds from one look at the memory to the next


@dataclass
class Watched:
    """What a piece of work took: seconds, seconds of the processor, and MB at most (0 where it cannot be seen)."""

    seconds: float = 0.0
    processor: float = 0.0
    memory: float = 0.0


def run(command: Sequence[str | Path]) -> None:
    """Run a command that has to succeed, and say nothing of what it says."""
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def side_by_side(chains: Sequence[Sequence[Sequence[str | Path]]], most: int) -> None:
    """Run chains of commands, each chain's one after the other, and so many chains at a time."""
    with ThreadPoolExecutor(most) as pool:
        list(pool.map(lambda chain: [run(command) for command in chain], chains))


def watched(work: Callable[[], object]) -> Watched:
    """Do a piece of work, and return what the processes that it started, and those that these started, took."""
    found, others = Watched(), _children(os.getpid())
    with suppress(OSError, AttributeError):  # elsewhere, processes that outlive their parent are not counted
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    with _looking(partial(_look, found)):
        work()
    found.seconds = time.perf_counter() - begin
    while orphans := _children(os.getpid()) - others:
        _bury(orphans)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found.processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return found


@contextmanager
def _looking(look: Callable[[], None]) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(EVERY):
            look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _look(found: Watched) -> None:
    found.memory = max(found.memory, sum(map(_megabytes, _descendants(os.getpid()))))


def _bury(orphans: set[int]) -> None:
    """Wait until they have ended: only then is their time known, such as that of a fork server and its workers."""
    for pid in orphans:
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _children(pid: int) -> set[int]:
    return {int(child) for task in (PROC / str(pid) / "task").glob("*/children") for child in task.read_text().split()}


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found, new = [], [pid]
    while new := [child for one in new for child in children.get(one, [])]:
        found += new
    return found


def _megabytes(pid: int) -> float:
    """Return what a process holds, a page that several share divided among them."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
