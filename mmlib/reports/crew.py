"""Processes that work side by side: one that dies takes its own task with it, and no other."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

GRACE = 10  # seconds for a process that was told to stop, to end its kernel and clear away what it had begun
Work = Callable[[Any, Callable[[float], None]], Any]


@dataclass(frozen=True)
class Died:
    """What is left of a task whose process died: the process's exit code, negative for a signal."""

    code: int | None


@dataclass
class _Member:
    process: Any
    pipe: Connection
    task: int


def together(
    tasks: Sequence[Any],
    work: Work,
    *,
    processes: int,
    context: Any,
    told: Callable[[int, float], object],
) -> Iterator[tuple[int, Any]]:
    """Work on tasks in several processes, and yield each one's number and result as it is finished.

    Parameters
    ----------
    tasks : sequence
        What is to be done; must be picklable.
    work : callable
        Called in another process with a task and a function that takes the share that is done, from 0 to 1. It
        must be picklable, and keep its exceptions to itself.
    processes : int
        How many at most.
    context : multiprocessing context
        How processes are started.
    told : callable
        Called with a task's number and its share: 0 when it begins.

    Yields
    ------
    int, object
        The task's number, and what `work` returned, or `Died`. However it ends, the processes end with it.

    Examples
    --------
    >>> import multiprocessing
    >>> from mmlib.reports.crew import together
    >>> list(together([], print, processes=2, context=multiprocessing.get_context("spawn"), told=print))
    []
    """
    waiting = deque(range(len(tasks)))
    members: dict[Connection, _Member] = {}

    def give(member: _Member) -> None:
        member.task = waiting.popleft()
        told(member.task, 0.0)
        with suppress(OSError):  # it has just died: that is noticed below
            member.pipe.send(tasks[member.task])

    try:
        while waiting or members:
            while waiting and len(members) < processes:
                member = _hired(work, context)
                members[member.pipe] = member
                give(member)
            for pipe in wait(list(members)):
                member, message = members[pipe], _received(pipe)
                if isinstance(message, float):
                    told(member.task, message)
                    continue
                if message is None or not waiting:
                    del members[pipe]
                    _dismiss(member)
                yield member.task, Died(member.process.exitcode) if message is None else message[0]
                if pipe in members:
                    give(member)
    finally:
        _stop(list(members.values()))


def _hired(work: Work, context: Any) -> _Member:
    ours, theirs = context.Pipe()
    # Not daemonic: it starts kernels, which are processes of its own.
    process = context.Process(target=_serve, args=(theirs, work), daemon=False)
    process.start()
    theirs.close()  # so that its end is noticed here
    return _Member(process, ours, -1)


def _received(pipe: Connection) -> Any:
    """Return a share, a result in a tuple, or None where the process is no more."""
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return None


def _dismiss(member: _Member) -> None:
    member.pipe.close()
    member.process.join(GRACE)


def _stop(members: Sequence[_Member]) -> None:
    """End the processes: they are asked, so that they clean up, and made to where they do not answer."""
    for member in members:
        if os.name == "posix":  # elsewhere this kills; a console's Ctrl+C has told them itself
            member.process.terminate()
        member.pipe.close()
    end = time.monotonic() + GRACE
    try:
        for member in members:
            member.process.join(max(0.0, end - time.monotonic()))
    finally:  # also where somebody does not want to wait that long
        for member in members:
            if member.process.is_alive():
                member.process.kill()


def _serve(pipe: Connection, work: Work) -> None:
    """Work on what comes, in a process of its own, until nothing comes any more."""
    if os.name == "posix":
        # A terminal sends Ctrl+C to all of us at once. Whoever started us decides what it means, and says SIGTERM.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, _interrupted)
    try:
        while True:
            task = pipe.recv()
            pipe.send((work(task, lambda share: pipe.send(float(share))),))
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _interrupted(*_: object) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)  # once: what cleans up is not to be interrupted
    raise KeyboardInterrupt
