"""The kernel that runs a report: always the Python that runs us, never another one of the same name.

Where it is safe, kernels are forked from a Python that has everything imported already.
"""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
import weakref
from pathlib import Path
from queue import Empty
from typing import IO, Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import List, Type, Unicode

from mmlib.reports.forks import Forked, Wanted, servers
from mmlib.reports.forkserver import LAUNCHER
from mmlib.reports.warm import ENVIRONMENT, NOTICE, PRELOAD, context, notice, warm_up

__all__ = ["NOTICE", "OwnKernelManager", "WarmProvisioner", "context", "notice", "warm_up"]
OPTIONS = ("--HistoryManager.enabled=False",)
STREAMS = ("stdin", "stdout", "stderr")
UNDERSTOOD = {"env", "cwd", "extra_arguments", "kernel_id", *STREAMS}


class WarmProvisioner(LocalProvisioner):
    """Gets each kernel by forking a Python that has pandas, matplotlib, scipy and mmlib imported.

    A kernel is a process of its own with its own environment, folder and random numbers, and knows nothing of those
    before it. What is not a plain ipykernel on Linux is started in the usual way.

    Others use it through their kernel specification, with papermill, nbclient or JupyterLab as they are::

        "metadata": {"kernel_provisioner": {"provisioner_name": "mmlib-warm"}}

    and choose what is imported with ``"config": {"preload": ["numpy", "polars"]}`` beside the name.
    """

    preload = List(Unicode(), list(PRELOAD), help="The modules that each kernel has imported when it starts.").tag(
        config=True
    )

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel, or start it in the usual way."""
        forked = None
        if forkable(cmd, kwargs):
            # A server that has just been started is still importing: what else runs in this loop need not wait.
            forked = await asyncio.to_thread(self._forked, cmd, kwargs)
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = forked
        self.pid = self.pgid = forked.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    def _forked(self, cmd: list[str], kwargs: dict[str, Any]) -> Forked | None:
        at = cmd.index("-m")
        env = {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())}
        with Path(os.devnull).open("r+b") as nothing:
            usual = {"stdin": nothing, "stdout": 1, "stderr": 2}
            streams = [_descriptor(kwargs.get(name), usual[name], nothing) for name in STREAMS]
            wanted = Wanted(cmd[:at], cmd[at + 2 :], str(Path(kwargs.get("cwd") or ".").resolve()), env, streams)
            return servers.fork(wanted, self.preload)


def forkable(cmd: list[str], kwargs: dict[str, Any]) -> bool:
    """Return whether a kernel can be had from a fork server: a plain ipykernel, with nothing that only Popen knows."""
    plain = "-m" in cmd and cmd[cmd.index("-m") + 1 :][:1] == [LAUNCHER]
    piped = any(kwargs.get(name) in (subprocess.PIPE, subprocess.STDOUT) for name in STREAMS)
    return plain and not piped and set(kwargs) <= UNDERSTOOD


def _descriptor(stream: Any, usual: Any, nothing: IO[bytes]) -> int:
    """Return the file descriptor of a stream, which is given as Popen takes it."""
    stream = usual if stream is None else nothing if stream == subprocess.DEVNULL else stream
    return stream if isinstance(stream, int) else stream.fileno()


class OwnKernelClient(AsyncKernelClient):
    """Begins as soon as the kernel answers on both channels; the client we inherit from then waits for silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel.

        Raises
        ------
        RuntimeError
            If it dies, or has not answered within so many seconds.
        """
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while not await self._answers(self.kernel_info()):
            if not await self.is_alive():
                raise RuntimeError("The kernel died before it was ready.")
            if time.monotonic() > deadline:
                raise RuntimeError(f"The kernel was not ready within {timeout:g} seconds.")

    async def _answers(self, asked: str) -> bool:
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            while (await self.iopub_channel.get_msg(timeout=0.05))["parent_header"].get("msg_id") != asked:
                pass
        except Empty:  # not there yet, or not connected to the channel of outputs: both are asked again
            return False
        self._handle_kernel_info_reply(reply)
        return True


class OwnKernelManager(AsyncKernelManager):
    """Gets ipykernel in our own Python, with an empty IPython profile: a user's start-up files stay out.

    Kernel specifications that are installed on the machine are not looked at.
    """

    client_factory = Type(OwnKernelClient)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._profile = tempfile.mkdtemp(prefix="mmlib-")
        self._remove_profile = weakref.finalize(self, shutil.rmtree, self._profile, ignore_errors=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of our own kernel."""
        if self._kernel_spec is None:
            self._kernel_spec = KernelSpec(
                argv=[sys.executable, "-m", LAUNCHER, "-f", "{connection_file}", *OPTIONS],
                display_name="mmlib",
                language="python",
                env={**ENVIRONMENT, "IPYTHONDIR": self._profile},
                metadata={"debugger": False},
            )
        return self._kernel_spec

    async def start_kernel(self, **kwargs: Any) -> None:
        """Start the kernel; what it says comes as messages, so its own stderr, where libzmq grumbles, is dropped."""
        if self.provisioner is None:  # by its class: its name is known only where the package is installed
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**{"stderr": subprocess.DEVNULL, **kwargs})

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """Ask the kernel to end, and make it where it does not answer.

        The manager we inherit from interrupts it first, which now and then aborts an idle kernel before it has
        cleaned up.
        """
        if now or restart:
            await super().shutdown_kernel(now=now, restart=restart)
            return
        self.shutting_down = True
        self.stop_restarter()
        await self.request_shutdown()
        await self.finish_shutdown(pollinterval=0.01)
        await self.cleanup_resources()

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove the connection file, and the empty profile with it."""
        await super().cleanup_resources(restart)
        if not restart:
            self._remove_profile()
