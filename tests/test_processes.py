"""The benchmarks' stop-watch."""

import subprocess
import sys

import pytest

from benchmarks.processes import watched

BUSY = "import time\nwhile time.process_time() < 0.4: pass"
ORPHAN = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {BUSY!r}])"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives us the processes whose parent has ended")
def test_the_time_of_a_process_that_outlives_its_parent_is_counted():
    found = watched(lambda: subprocess.run([sys.executable, "-c", ORPHAN], check=True))
    assert found.processor >= 0.4


def test_only_what_runs_while_it_is_watched_is_counted():
    other = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    found = watched(lambda: None)
    assert found.processor == pytest.approx(0)
    assert found.seconds < 1
    assert other.poll() is None
    other.communicate()


def test_memory_is_that_of_all_processes_together():
    held = "held = bytearray(b'x') * 80_000_000\nimport time\ntime.sleep(1.5)"
    apart = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {held!r}])"
    assert watched(lambda: subprocess.run([sys.executable, "-c", apart], check=True)).memory > 80
