"""Many reports: each once, side by side or on a cluster; what fails, dies or is stopped leaves the others whole."""

import dataclasses
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mmlib.errors import ReportError
from mmlib.reports import cluster, many
from mmlib.reports.jobs import Job
from tests.conftest import needs

PARAMETERS = new_code_cell("who: str = 'nobody'", metadata={"tags": ["parameters"]})
CELLS = {
    "good": "from IPython.display import Markdown\nMarkdown(f'# {who} did well')",
    "bad": "1 / 0",
    "deadly": "import os\nos.kill(int(os.environ['JPY_PARENT_PID']), 9)",
    "slow": """
import os, time
from pathlib import Path
Path("begun").write_text(f"{os.getpid()} {os.environ['JPY_PARENT_PID']}")
time.sleep(60)
""",
    "second": """
from pathlib import Path
before = Path("tried").exists()
Path("tried").touch()
assert before, "not yet"
""",
}


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Makes a report of one small cell; the current folder is an empty one."""
    monkeypatch.chdir(tmp_path)

    def make(learner, kind="good", month="2026-10"):
        cells = [PARAMETERS, new_markdown_cell("## Payoff"), new_code_cell(CELLS[kind])]
        notebook = tmp_path / f"{kind}.ipynb"
        nbformat.write(new_notebook(cells=cells), notebook)
        where = (f"reports/{month}", learner, learner, month)
        return Job(str(notebook), {"who": learner}, *where, ("html",), f"{kind} {learner}")

    return make


def test_one_that_fails_stops_no_other_and_is_named_with_cell_and_error(job, tmp_path):
    outcome = many.build([job("ada"), job("bob", "bad"), job("cyd")], processes=2)
    assert sorted(made.learner for made, _ in outcome.built) == ["ada", "cyd"]
    (failure,) = outcome.failed
    assert str(failure) == 'bob, October 2026: cell [3], under "Payoff", ZeroDivisionError: division by zero'
    assert failure.kept.endswith("bob.failed.ipynb")
    assert "ada did well" in (tmp_path / "reports/2026-10/ada.html").read_text(encoding="utf-8")
    index = (tmp_path / "reports/index.html").read_text(encoding="utf-8")
    assert ("ada did well" in index, "cyd did well" in index, "bob" in index) == (True, True, False)


def test_what_is_up_to_date_is_left_alone_and_what_failed_is_tried_again(job, tmp_path):
    jobs = [job("ada"), job("bob", "bad")]
    many.build(jobs, processes=1)
    before = (tmp_path / "reports/2026-10/ada.html").stat().st_mtime_ns
    again = many.build([*jobs, job("cyd")], processes=1)
    assert (again.skipped, [made.learner for made, _ in again.built]) == ([jobs[0]], ["cyd"])
    assert [failure.job.learner for failure in again.failed] == ["bob"]
    assert (tmp_path / "reports/2026-10/ada.html").stat().st_mtime_ns == before
    changed = dataclasses.replace(jobs[0], inputs="more sessions")
    assert [made.learner for made, _ in many.build([changed]).built] == ["ada"]
    assert [made.learner for made, _ in many.build([changed], force=True).built] == ["ada"]


def test_a_process_that_is_killed_costs_one_report(job):
    needs(os.name == "posix", "no signal kills a process here")
    outcome = many.build([job("ada"), job("bob", "deadly"), job("cyd")], processes=1)
    assert sorted(made.learner for made, _ in outcome.built) == ["ada", "cyd"]
    assert "The process that built it died (signal 9)" in str(outcome.failed[0])


def test_a_failed_report_is_tried_as_often_as_asked(job):
    assert "not yet" in many.build([job("ada", "second")]).failed[0].value
    Path("tried").unlink()
    assert many.build([job("ada", "second")], retries=1).failed == []


def test_progress_tells_the_skipped_first_then_each_share_and_the_end(job):
    many.build([job("ada")])
    said = []
    outcome = many.build(
        [job("ada"), job("bob"), job("cyd", "bad")], processes=2, progress=lambda *told: said.append(told)
    )
    assert said[0] == (job("ada"), 1.0, None)
    for name, result in (("bob", outcome.built[0][1]), ("cyd", outcome.failed[0])):
        own = [(share, became) for made, share, became in said if made.learner == name]
        assert own[0] == (0.0, None)
        assert own[-1] == (1.0, result)
        assert [share for share, _ in own] == sorted(share for share, _ in own)


def test_reports_are_built_on_a_dask_cluster_in_the_folder_of_whoever_asks(job, tmp_path):
    from distributed import LocalCluster

    outcome = None
    with LocalCluster(
        processes=True, n_workers=1, threads_per_worker=2, dashboard_address=None, silence_logs=50
    ) as workers:
        os.chdir(tmp_path)
        outcome = many.build([job("ada"), job("bob", "bad"), job("cyd")], scheduler=workers.scheduler_address)
    assert sorted(made.learner for made, _ in outcome.built) == ["ada", "cyd"]
    assert "ZeroDivisionError: division by zero" in str(outcome.failed[0])
    assert {entry["learner"] for entry in json.loads((tmp_path / "reports/.shelf.json").read_text())["reports"]} == {
        "ada",
        "cyd",
    }


def test_a_scheduler_that_does_not_answer_is_named_with_how_to_start_one(job, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECTING", 0.5)
    with pytest.raises(ReportError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9, .* dask scheduler"):
        many.build([job("ada")], scheduler="tcp://127.0.0.1:9")


def test_without_dask_a_scheduler_says_what_to_install(job, monkeypatch):
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ReportError, match=r"pip install 'mmlib\[scale\]'"):
        many.build([job("ada")], scheduler="tcp://127.0.0.1:9")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_ctrl_c_ends_workers_and_kernels_and_leaves_whole_files_and_what_was_finished(job, tmp_path):
    needs(os.name == "posix", "Ctrl+C is sent as a signal")
    jobs = tmp_path / "jobs.pickle"
    jobs.write_bytes(pickle.dumps([job("ada"), job("bob", "slow")]))
    code = (
        "import pickle, sys; from pathlib import Path; from mmlib.reports import many\n"
        "told = lambda job, share, result: result and print(job.learner, flush=True)\n"
        "many.build(pickle.loads(Path(sys.argv[1]).read_bytes()), processes=2, progress=told)"
    )
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = subprocess.Popen([sys.executable, "-c", code, jobs], text=True, start_new_session=True, **streams)
    assert running.stdout.readline() == "ada\n"
    begun = tmp_path / "begun"
    assert within(60, lambda: begun.exists() and len(begun.read_text().split()) == 2)
    kernel, worker = map(int, begun.read_text().split())
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    assert running.communicate(timeout=30)[1].rstrip().endswith("KeyboardInterrupt")
    assert within(5, lambda: not alive(worker) and not alive(kernel))
    assert sorted(path.name for path in (tmp_path / "reports/2026-10").iterdir()) == ["ada.html"]
    recorded = json.loads((tmp_path / "reports/.shelf.json").read_text())["reports"]
    assert [entry["learner"] for entry in recorded] == ["ada"]
