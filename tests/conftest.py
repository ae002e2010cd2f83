"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def needs(condition, reason):
    """Skip the test where the condition does not hold; with MMLIB_NO_SKIPS set, fail it instead."""
    if not condition:
        (pytest.fail if os.environ.get("MMLIB_NO_SKIPS") else pytest.skip)(reason)


@pytest.fixture
def real_data():
    """The folder of real practice logs; it is not part of the project."""
    folder = os.environ.get("MMLIB_REAL_DATA", "")
    needs(folder, "MMLIB_REAL_DATA is not set: it names the folder of real practice logs")
    needs(Path(folder).is_dir(), f"MMLIB_REAL_DATA names a folder that is not there: {folder}")
    return Path(folder)
