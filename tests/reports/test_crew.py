"""Processes side by side: results come as they are finished, one that dies stops no other, and none is left over."""

import multiprocessing
import os
import time
from contextlib import closing

from mmlib.reports.crew import Died, together
from tests.conftest import needs
from tests.reports.tasks import work

SPAWN = multiprocessing.get_context("spawn")


def running(tasks, told=lambda *_: None, processes=2):
    return together(tasks, work, processes=processes, context=SPAWN, told=told)


def test_each_task_is_done_once_by_at_most_so_many_processes_and_tells_its_share():
    said = []
    results = dict(running([("say", n) for n in range(5)], told=lambda *told: said.append(told)))
    assert [results[n][0] for n in range(5)] == list(range(5))
    assert len({pid for _, pid in results.values()}) <= 2
    assert os.getpid() not in {pid for _, pid in results.values()}
    assert sorted(said) == sorted([(n, share) for n in range(5) for share in (0.0, 0.5)])


def test_a_process_that_dies_takes_only_its_own_task_with_it():
    results = dict(running([("die", 3), ("say", 1), ("die", 4), ("say", 2)], processes=1))
    assert (results[0], results[2]) == (Died(3), Died(4))
    assert (results[1][0], results[3][0]) == (1, 2)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_whoever_stops_listening_leaves_no_process_and_each_has_cleaned_up(tmp_path):
    needs(os.name == "posix", "processes are asked to stop by a signal, which this system does not have")
    begun = tmp_path / "begun"
    results = running([("say", 1), ("wait", str(begun))])
    with closing(results):
        assert next(results)[0] == 0
        end = time.monotonic() + 30
        while not (begun.exists() and begun.read_text()) and time.monotonic() < end:
            time.sleep(0.02)
        pid = int(begun.read_text())
    assert not alive(pid)
    assert not begun.exists()
