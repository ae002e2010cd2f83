"""The kernel that runs a report: always the Python that runs us, never another one of the same name."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

ENVIRONMENT = {
    # Another backend would leave the notebook without its figures, and say nothing.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
OPTIONS = ("--HistoryManager.enabled=False",)


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel in our own Python, with an empty IPython profile: a user's start-up files stay out.

    Kernel specifications that are installed on the machine are not looked at.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._profile = tempfile.TemporaryDirectory(prefix="mmlib-", ignore_cleanup_errors=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of our own kernel."""
        if self._kernel_spec is None:
            self._kernel_spec = KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *OPTIONS],
                display_name="mmlib",
                language="python",
                env={**ENVIRONMENT, "IPYTHONDIR": str(Path(self._profile.name))},
                metadata={"debugger": False},
            )
        return self._kernel_spec

    async def start_kernel(self, **kwargs: Any) -> None:
        """Start the kernel; what it says comes as messages, so its own stderr, where libzmq grumbles, is dropped."""
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
        await self.finish_shutdown()
        await self.cleanup_resources()

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove the connection file, and the empty profile with it."""
        await super().cleanup_resources(restart)
        if not restart:
            self._profile.cleanup()
