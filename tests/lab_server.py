"""What tests/lab.py stands on: Debian's Chromium, and a JupyterLab that keeps away from the user's."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {  # no question about news, no request to a website
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SECONDS = 60  # for a server to start, a page to load and a cell to run


def installed():
    """The path of Debian's Chromium, or None."""
    return shutil.which("chromium")


@contextmanager
def chromium():
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def apart(home):
    """The environment of a Jupyter that reads and writes nothing of the user's."""
    for place, settings in SETTINGS.items():
        _write(home / "settings" / "@jupyterlab" / f"{place}.jupyterlab-settings", settings)
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}  # else no figures
    quick = {"OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return inherited | quick | {name: str(home / folder) for name, folder in places.items()}


def _write(file, settings):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings))


class Address:
    """A Jupyter server that runs: where it answers, the token it wants, and the folder that it serves."""

    def __init__(self, port, token, root):
        self.port, self.token, self.root = port, token, Path(root)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, content=None):
        """Ask the server's REST API."""
        data = None if content is None else json.dumps(content).encode()
        request = Request(f"{self.url}/api/{path}", data, {"Authorization": f"token {self.token}"}, method=method)
        with urlopen(request, timeout=SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None


class Server(Address):
    """JupyterLab on a free port of this machine, with a root folder, settings and workspaces of its own."""

    def __init__(self):
        self._home = tempfile.TemporaryDirectory(prefix="mmlib-lab-", ignore_cleanup_errors=True)
        self.home = Path(self._home.name)
        super().__init__(0, secrets.token_hex(8), self.home / "root")
        self.root.mkdir()
        self._count = 0

    def __enter__(self):
        options = [
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            "--ServerApp.port=0",  # any free one; it says which in a file
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.terminals_enabled=False",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
            "--KernelProvisionerFactory.default_provisioner_name=mmlib-warm",  # or each test waits for imports
        ]
        self.said = (self.home / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=self.root,
            env=apart(self.home),
            stdout=self.said,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.said.close()
        self._home.cleanup()

    def _wait(self):
        until = time.monotonic() + SECONDS
        while True:
            try:
                told = self.home / "runtime" / f"jpserver-{self.process.pid}.json"
                self.port = json.loads(told.read_text())["port"]
                return self.ask("GET", "status")
            except (OSError, ValueError):  # not yet
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"JupyterLab did not start:\n{(self.home / 'server.log').read_text()}") from None
                time.sleep(0.1)

    def folder(self):
        """A new folder for a notebook."""
        self._count += 1
        folder = self.root / str(self._count)
        folder.mkdir()
        return folder

    def theme(self, theme):
        """What a page that is opened from now on looks like."""
        name = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme]
        file = self.home / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
        _write(file, {"theme": name, "adaptive-theme": False})
