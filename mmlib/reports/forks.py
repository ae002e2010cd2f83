"""Processes for kernels from a fork server: the side of those who ask for them.

A Python that has everything imported (`forkserver.py`) is started in the background and forked for each kernel, which
so begins its work at once. Servers are kept by what a Python and its libraries read while they start: the Python's own
file and options, the environment, the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmlib.reports.forkserver import CHANGED, NUMBER

SCRIPT = Path(__file__).with_name("forkserver.py")
SHARED = "MMLIB_FORK_SERVER"  # tells worker processes where the server of the process that started them is
# What starts a thread when it is imported is kept from it: a process with threads is not safe to fork.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# Variables that Python or a library reads while it starts: kernels that differ in them need servers of their own.
READ_AT_START = (
    *("PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_", "LANG", "LC_", "HOME", "XDG_", "MPLCONFIGDIR", "MATPLOTLIBRC"),
    *("OPENBLAS_", "OMP_", "MKL_", "BLIS_", "NUMEXPR_", "ARROW_", "PANDERA_"),
)
MOST = 3  # servers of one process; each takes some 200 MB
PATIENCE = 60  # seconds for a server to import everything and to fork


class Gone(Exception):
    """The fork server has died, or was started before a module was changed."""


def safe() -> bool:
    """Return whether a Python with numerical libraries can be forked here: on Linux, not on macOS or Windows."""
    return sys.platform == "linux"


@dataclass(frozen=True)
class Start:
    """What a fork server is started with, and all kernels from it have in common."""

    python: tuple[str, ...]
    preload: tuple[str, ...]
    folder: str
    environment: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """A short name, the same in every process."""
        return hashlib.sha256(ascii(self).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Wanted:
    """A kernel's process: the Python with its options, the kernel's arguments, folder, environment and streams."""

    python: Sequence[str]
    arguments: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    streams: Sequence[int]

    def start(self, preload: Sequence[str]) -> Start:
        """Return what its server needs to be started with."""
        read = sorted((name, value) for name, value in self.env.items() if name.startswith(READ_AT_START))
        # The folder matters while a Python starts where it is on the path, or has settings of matplotlib.
        path = [Path(part) for part in self.env.get("PYTHONPATH", "").split(os.pathsep) if part]
        matters = not all(part.is_absolute() for part in path) or Path(self.cwd, "matplotlibrc").exists()
        return Start(tuple(self.python), tuple(preload), self.cwd if matters else "/", tuple(read))


class Forked:
    """A process that was forked for us, with as much of `subprocess.Popen` as a kernel's provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        connection.setblocking(False)

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        if self.returncode is None:
            with contextlib.suppress(BlockingIOError):
                told = self._connection.recv(NUMBER.size)
                # Server and process hold the other end: when both are gone, nobody has told how it ended.
                self.returncode = NUMBER.unpack(told)[0] if told else -signal.SIGKILL
                self._connection.close()
        return self.returncode

    def wait(self) -> int:
        """Wait for the process to end, and return the exit code."""
        while (code := self.poll()) is None:
            select.select([self._connection], [], [])
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)


class Server:
    """A fork server that this process has started; it ends with this process."""

    def __init__(self, start: Start, env: Mapping[str, str]) -> None:
        folder = tempfile.mkdtemp(prefix="mmlib-")  # nobody else may enter it, and so reach the socket
        self.address = str(Path(folder, start.name))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen()
            self.process = subprocess.Popen(
                [*start.python, str(SCRIPT), str(listener.fileno()), *start.preload],
                env={**ONE_THREAD, **{name: value for name, value in env.items() if name != "MPLBACKEND"}},
                cwd=start.folder,
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.close = weakref.finalize(self, _stop, self.process, folder, os.getpid())


def _stop(process: subprocess.Popen[bytes], folder: str, owner: int) -> None:
    """End a server: kernels that it has forked live on."""
    if os.getpid() == owner:
        process.kill()
        process.wait()
        process.stdin.close()
        shutil.rmtree(folder, ignore_errors=True)


class Servers:
    """The fork servers of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.running: dict[Start, Server] = {}
        self._useless: set[Start] = set()

    def address(self, start: Start, env: Mapping[str, str]) -> str:
        """Return where the server listens; it is started where it does not run."""
        shared = os.environ.get(SHARED, "")
        if Path(shared).name == start.name and Path(shared).exists():
            return shared
        with self._lock:
            if start not in self.running:
                self.running[start] = Server(start, env)
                while len(self.running) > MOST:
                    self.running.pop(next(iter(self.running))).close()
            return self.running[start].address

    def fork(self, wanted: Wanted, preload: Sequence[str]) -> Forked | None:
        """Return a process for a kernel, or None where forking is not to be had.

        Raises
        ------
        OSError
            Where the kernel's folder cannot be entered.
        """
        start = wanted.start(preload)
        for _ in range(2):
            if not safe() or start in self._useless:
                return None
            address = self.address(start, wanted.env)
            try:
                return _forked(address, wanted)
            except Gone:
                self.drop(start, address)
        self._useless.add(start)
        return None

    def close(self) -> None:
        """End all servers."""
        with self._lock:
            while self.running:
                self.running.popitem()[1].close()

    def drop(self, start: Start, address: str) -> None:
        """Forget a server that is gone."""
        with self._lock:
            server = self.running.get(start)
            if server and server.address == address:
                self.running.pop(start).close()
        if os.environ.get(SHARED) == address:
            del os.environ[SHARED]


def _forked(address: str, wanted: Wanted) -> Forked:
    request: dict[str, Any] = {"arguments": wanted.arguments, "cwd": wanted.cwd, "env": dict(wanted.env)}
    text = json.dumps(request).encode()
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(PATIENCE)
        connection.connect(address)
        socket.send_fds(connection, [NUMBER.pack(len(text))], wanted.streams)
        connection.sendall(text)
        told = connection.recv(NUMBER.size)
    except OSError as error:
        connection.close()
        raise Gone from error
    number = NUMBER.unpack(told)[0] if told else CHANGED
    if number > 0:
        return Forked(connection, number)
    connection.close()
    if number == CHANGED:
        raise Gone
    raise OSError(-number, os.strerror(-number), wanted.cwd)


servers = Servers()
