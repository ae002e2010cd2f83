"""What the tests of crews have done in other processes: light, as each of them imports it."""

from __future__ import annotations

import os
import time
from pathlib import Path


def work(task, told):
    kind, value = task
    if kind == "die":
        os._exit(value)
    if kind == "wait":
        Path(value).write_text(str(os.getpid()))
        try:
            time.sleep(60)
        finally:
            Path(value).unlink()
    told(0.5)
    return value, os.getpid()
