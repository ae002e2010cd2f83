"""What all tests share."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from mmlib import cli
from tests.lab import Lab
from tests.lab_server import Server, installed
from tests.lab_server import chromium as launched


def pytest_configure():
    """What a shell starts in its background ignores Ctrl+C, and so would what the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def needs(condition, reason):
    """Skip the test where the condition does not hold; with MMLIB_NO_SKIPS set, fail it instead."""
    if not condition:
        (pytest.fail if os.environ.get("MMLIB_NO_SKIPS") else pytest.skip)(reason)


@pytest.fixture(autouse=True)
def closed_figures():
    """No test finds figures that another one has left open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def real_data():
    """The folder of real practice logs; it is not part of the project."""
    folder = os.environ.get("MMLIB_REAL_DATA", "")
    needs(folder, "MMLIB_REAL_DATA is not set: it names the folder of real practice logs")
    needs(Path(folder).is_dir(), f"MMLIB_REAL_DATA names a folder that is not there: {folder}")
    return Path(folder)


@pytest.fixture
def mm_command(monkeypatch, capsys, tmp_path):
    """The command line in an empty folder: mm_command("log", "juggling") -> exit code, what was printed, and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["mm", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return run


# A browser of a file's own: while one is open, an event loop runs in this thread, which other tests cannot abide.
@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium."""
    needs(installed(), "Chromium is not installed: on Debian or Ubuntu run  sudo apt-get install chromium")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def lab_server():
    """JupyterLab, once for all tests."""
    needs(installed(), "Chromium is not installed: on Debian or Ubuntu run  sudo apt-get install chromium")
    with Server() as server:
        yield server


@pytest.fixture
def lab(lab_server, chromium):
    """Notebooks in JupyterLab, closed after the test: see tests/lab.py."""
    with Lab(lab_server, chromium) as opened:
        yield opened


@pytest.fixture(scope="module")
def module_lab(lab_server, chromium):
    """Notebooks in JupyterLab that stay open for all tests of a file."""
    with Lab(lab_server, chromium) as opened:
        yield opened
