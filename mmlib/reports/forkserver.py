"""The fork server: a Python in which all has been imported, and from which kernels are forked.

`mmlib.reports.forks` runs this file as a script, in the Python of the kernels: it needs the standard library alone.
A kernel is asked for over a Unix socket; what comes back is its process id and, when it has ended, its exit code.
The kernel keeps its end of the connection, and ends where the process that asked for it is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

NUMBER = struct.Struct("!i")
CHANGED = 0  # instead of a process id: a module that was imported is another one now, so the server ends
INLINE = "module://matplotlib_inline.backend_inline"  # what ipykernel chooses where nothing is said
LAUNCHER = "ipykernel_launcher"
STREAMS = (0, 1, 2)
MMAP_THRESHOLD, TRIM_THRESHOLD = (-3, 32 * 2**20), (-1, 256 * 2**20)  # of glibc's mallopt, in bytes; it takes no more


class _Exit:
    """Ends a kernel's process after its own exit handlers.

    Taking down all modules, as Python does next, would copy the memory that is shared with the server.
    """

    forked = False
    code = 1

    def __call__(self) -> None:
        if self.forked:
            for stream in (sys.__stdout__, sys.__stderr__):
                with contextlib.suppress(OSError, ValueError, AttributeError):
                    stream.flush()
            os._exit(self.code)


def main() -> None:
    """Import what is named on the command line, serve, and in each forked process run the kernel."""
    leave = _Exit()
    atexit.register(leave)  # the first that is registered is the last to run
    del sys.path[0]  # this script's own folder
    listener, modules = socket.socket(fileno=int(sys.argv[1])), sys.argv[2:]
    before = dict(os.environ)
    _keep_memory()
    _load(modules)
    added = {name: value for name, value in os.environ.items() if name not in before}
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
        return  # a fork would copy the locks of other threads, and not the threads that open them
    gc.collect()
    gc.freeze()
    asked = _serve(listener, _files())
    if asked is not None:
        leave.forked = True
        _become(*asked, added)
        importlib.import_module("ipykernel.kernelapp").launch_new_instance()
        leave.code = 0


def _keep_memory() -> None:
    """Let kernels use freed memory again: to be given it anew, page by page, is a tenth of the time of transfer."""
    with contextlib.suppress(OSError, AttributeError):  # other C libraries have no such settings
        mallopt = ctypes.CDLL(None).mallopt
        # Where the first is refused, the second alone would give back more often, not less.
        if mallopt(*MMAP_THRESHOLD):
            mallopt(*TRIM_THRESHOLD)


def _load(names: Sequence[str]) -> None:
    for name in names:
        # A module that cannot be imported here is reported, or never missed, by the notebook.
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(name)


def _files() -> dict[str, int]:
    """Return when each imported file was changed last."""
    paths = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return dict(_changed(path for path in paths if path))


def _changed(paths: Any) -> Iterator[tuple[str, int]]:
    for path in paths:
        with contextlib.suppress(OSError):
            yield path, os.stat(path).st_mtime_ns  # noqa: PTH116


def _serve(listener: socket.socket, files: dict[str, int]) -> tuple[dict[str, Any], list[int], socket.socket] | None:
    """Fork a process for each request; return the request in that process, and None when the server is to end."""
    children: dict[int, socket.socket] = {}
    died, wakeup = socket.socketpair()
    died.setblocking(False)
    wakeup.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([listener, died, 0], [], [])
        if 0 in ready:  # the other end of our standard input is closed: who started the server is gone
            return None
        if died in ready:
            with contextlib.suppress(BlockingIOError):
                died.recv(4096)
            _reap(children)
        if listener in ready:
            connection, _ = listener.accept()
            asked = _received(connection)
            if asked is None:
                connection.close()
            elif dict(_changed(files)) != files:
                _tell(connection, CHANGED)
                return None
            elif pid := os.fork():
                children[pid] = connection
                for stream in asked[1]:
                    os.close(stream)
            else:
                _alone([listener, died, wakeup, *children.values()])
                return *asked, connection


def _received(connection: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return what is asked for and the three streams of the kernel; None where who asked is gone."""
    head, streams, _, _ = socket.recv_fds(connection, NUMBER.size, len(STREAMS), socket.MSG_CMSG_CLOEXEC)
    if len(head) < NUMBER.size or len(streams) < len(STREAMS):
        return None
    text = b""
    while missing := NUMBER.unpack(head)[0] - len(text):
        part = connection.recv(missing)
        if not part:
            return None
        text += part
    return json.loads(text), streams


def _reap(children: dict[int, socket.socket]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            connection = children.pop(found[0])
            _tell(connection, os.waitstatus_to_exitcode(found[1]))
            connection.close()


def _tell(connection: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # who asked may be gone
        connection.sendall(NUMBER.pack(number))


def _alone(sockets: Sequence[socket.socket]) -> None:
    """Make the forked process forget that it was a server."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for each in sockets:
        each.close()


def _become(asked: dict[str, Any], streams: list[int], connection: socket.socket, added: dict[str, str]) -> None:
    """Take over what a new process would have been given: session, streams, folder, environment, arguments.

    Some libraries add to the environment when they are imported (`added`), and so they do here.
    """
    try:
        os.setsid()
        os.chdir(asked["cwd"])
    except OSError as error:
        _tell(connection, -error.errno)
        os._exit(1)
    for stream, number in zip(streams, STREAMS, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update({**added, **asked["env"]})
    # The process that forked us stays; a kernel that watches its parent would watch the wrong one.
    sys.argv[:] = [LAUNCHER, *asked["arguments"], "--IPKernelApp.parent_handle=1"]
    _refresh()
    _tell(connection, os.getpid())
    threading.Thread(target=_end_with, args=(connection,), name="asked-for-by", daemon=True).start()


def _refresh() -> None:
    """Renew what modules have read from the environment, or drawn at random, when they were imported.

    Python's own random numbers are seeded anew by the fork itself.
    """
    time.tzset()
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()
    if matplotlib := sys.modules.get("matplotlib"):
        matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND") or INLINE


def _end_with(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.recv(1)
    os._exit(1)


if __name__ == "__main__":
    main()
