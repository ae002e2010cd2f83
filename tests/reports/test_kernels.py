"""Kernels: our own Python, forked where it can be, each a clean process; what dies is noticed."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import platform
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from mmlib.reports import forks, kernels, warm
from mmlib.reports.kernels import OwnKernelManager, WarmProvisioner
from tests.conftest import needs

SMALL = ["ipykernel.kernelapp", "ipykernel.ipkernel"]  # a server that is quick to start


@pytest.fixture(autouse=True)
def linux():
    needs(forks.safe(), "kernels are forked on Linux only")


@pytest.fixture
def stock(monkeypatch):
    """As on a machine where forking is not safe."""

    def switch():
        monkeypatch.setattr(forks, "safe", lambda: False)

    return switch


@pytest.fixture
def own_servers(monkeypatch):
    """Fork servers of this test alone, which it may end."""
    servers = forks.Servers()
    monkeypatch.setattr(kernels, "servers", servers)
    yield servers
    servers.close()


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


class QuickManager(OwnKernelManager):
    """Has little imported, for tests to which that is all the same."""

    preload = SMALL

    async def start_kernel(self, **kwargs):
        self.kernel_id = "quick"
        self.provisioner = WarmProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self, preload=self.preload
        )
        await super().start_kernel(**kwargs)


def executed(*sources, manager=OwnKernelManager, **options):
    """The outputs of cells that were run one after the other in one fresh kernel."""
    made = notebook(*sources)
    NotebookClient(made, kernel_manager_class=manager, **options).execute()
    return [cell.outputs for cell in made.cells]


def printed(*sources, **options):
    return [
        "".join(output.text for output in outputs if output.output_type == "stream").strip()
        for outputs in executed(*sources, **options)
    ]


def forked_from(server):
    """The processes that a server has forked and not yet buried."""
    told = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(pid) for pid in told.split()]


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@asynccontextmanager
async def running(preload=None):
    manager = QuickManager()
    manager.preload = preload or SMALL
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


LEAVES_MUCH_BEHIND = """
import os, sys, random, warnings
import numpy as np, pandas as pd, matplotlib as mpl
import matplotlib.pyplot as plt
mpl.rcParams["font.size"] = 31
plt.figure()
pd.set_option("display.max_rows", 7)
np.seterr(all="raise")
warnings.simplefilter("error")
sys.modules["left_behind"] = sys
sys.path.insert(0, "/left/behind")
import builtins
builtins.left_behind = True
os.environ["LEFT_BEHIND"] = "1"
os.umask(0o077)
os.chdir("/")
left = 1
"""
LOOKS_FOR_IT = """
import os, sys, json, random, builtins, warnings, threading
import numpy as np, pandas as pd, matplotlib as mpl
import matplotlib.pyplot as plt
print(json.dumps({
    "size": mpl.rcParams["font.size"], "figures": plt.get_fignums(), "rows": pd.get_option("display.max_rows"),
    "over": np.geterr()["over"], "module": "left_behind" in sys.modules, "path": "/left/behind" in sys.path,
    "builtin": hasattr(builtins, "left_behind"), "environment": "LEFT_BEHIND" in os.environ, "cwd": os.getcwd(),
    "global": "left" in globals(), "umask": os.umask(0o022), "errors": any(f[0] == "error" for f in warnings.filters),
}))
"""


def test_nothing_that_one_kernel_does_is_seen_by_the_next(monkeypatch, tmp_path, stock):
    monkeypatch.chdir(tmp_path)
    executed(LEAVES_MUCH_BEHIND)
    warm_one = json.loads(printed(LOOKS_FOR_IT)[0])
    stock()
    assert warm_one == json.loads(printed(LOOKS_FOR_IT)[0])
    assert not warm_one["global"]
    assert warm_one["cwd"] == str(tmp_path)


def test_random_numbers_differ_from_kernel_to_kernel():
    draw = "import random, uuid, numpy as np\nprint(random.random(), np.random.random(), uuid.uuid4())"
    one, other = (printed(draw)[0].split() for _ in range(2))
    assert not set(one) & set(other)


def test_a_kernel_has_the_environment_the_folder_and_the_path_of_now(monkeypatch, tmp_path, stock):
    show = (
        "import os, sys, json, signal, time\nprint(json.dumps([dict(os.environ), os.getcwd(), sys.path, sys.executable,"
        "sys.flags, __name__, str(signal.getsignal(signal.SIGCHLD)), os.getsid(0) == os.getpid(), time.tzname,"
        "sys.modules['__main__'].__dict__ is globals(), sys.argv[1]]))"
    )
    executed("1", manager=QuickManager)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SET_SINCE", "ümlaut")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.delenv("COLUMNS", raising=False)
    found = json.loads(printed(show, manager=QuickManager)[0])
    stock()
    expected = json.loads(printed(show, manager=QuickManager)[0])
    for each in (found, expected):
        assert each[0].pop("IPYTHONDIR")
    assert found == expected
    assert found[0]["SET_SINCE"] == "ümlaut"


def test_what_is_preloaded_is_there_and_no_backend_is_chosen_before_the_kernel():
    chosen, loaded, modules = printed(
        "import matplotlib as mpl\nprint(mpl.rcParams._get_backend_or_none())",
        "import sys\nprint('matplotlib_inline.backend_inline' in sys.modules)",
        f"print([name for name in {warm.PRELOAD!r} if name not in sys.modules])",
    )
    assert chosen == "module://matplotlib_inline.backend_inline"
    assert loaded == "False"
    assert modules == "[]"


FAULTS = """
import resource
import numpy as np
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    return len([np.ones(500_000) for _ in range(8)])
work()
before = faults()
for _ in range(20):
    work()
print(faults() - before)
"""


def test_memory_that_was_freed_is_used_again(stock):
    needs(platform.libc_ver()[0] == "glibc", "glibc is told to keep freed memory, other C libraries are not")
    kept = int(printed(FAULTS)[0])
    stock()
    assert kept < 0.1 * int(printed(FAULTS)[0])


DRAWS = (
    "import pandas as pd, mmlib as mm\nmm.charts.use_style()",
    "daily = mm.repetition.daily(mm.load({folder!r}, learner='ada', until='2026-05-31').log, as_of='2026-05-31')",
    "ax = mm.charts.calendar(daily)",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]); plt.title('plain')",
    "daily.head()",
    "import sys; print('said'); print('warned', file=sys.stderr)",
    "print(pd.Series([0.1, 0.2, 0.3]).sum(), {{1, 'a'}} == {{'a', 1}})",
)


def test_figures_tables_and_text_are_byte_for_byte_those_of_a_stock_kernel(stock):
    cells = [source.format(folder=str(Path("data/sample").resolve())) for source in DRAWS]
    forked = executed(*cells)
    stock()
    assert forked == executed(*cells)
    assert sum("image/svg+xml" in output.get("data", {}) for outputs in forked for output in outputs) == 2


def test_a_kernel_is_interrupted_and_goes_on():
    async def main():
        async with running() as (manager, client):
            asked = client.execute("import time\nprint('began', flush=True)\ntime.sleep(600)", stop_on_error=False)
            while (await client.get_iopub_msg(timeout=20))["msg_type"] != "stream":
                pass
            await manager.interrupt_kernel()
            reply = await client._recv_reply(asked, timeout=20)
            assert reply["content"]["ename"] == "KeyboardInterrupt"
            again = await client.execute("1 + 1", reply=True, timeout=20)
            assert again["content"]["status"] == "ok"

    asyncio.run(main())


def test_a_cell_that_takes_too_long_is_stopped():
    with pytest.raises(CellTimeoutError):
        executed("import time\ntime.sleep(600)", manager=QuickManager, timeout=1)


@pytest.mark.parametrize("end", ["import os; os._exit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_kernel_that_dies_is_noticed(end):
    with pytest.raises(DeadKernelError):
        executed("1", end, "2", manager=QuickManager)


def test_the_exit_code_of_a_kernel_is_known():
    async def main():
        async with running() as (manager, client):
            client.execute("import os; os._exit(3)")
            assert await asyncio.to_thread(manager.provisioner.process.wait) == 3

    asyncio.run(main())


def test_exit_handlers_of_a_notebook_are_run(tmp_path):
    said = tmp_path / "said.txt"
    executed(
        f"import atexit, pathlib\natexit.register(pathlib.Path({str(said)!r}).write_text, 'goodbye')",
        manager=QuickManager,
    )
    assert said.read_text() == "goodbye"


def test_a_kernel_is_buried_when_it_has_ended(own_servers):
    async def main():
        async with running() as (manager, _):
            (server,) = own_servers.running.values()
            assert forked_from(server) == [manager.provisioner.pid]
        wait_until(lambda: forked_from(server) == [])

    asyncio.run(main())


def test_a_kernel_outlives_its_fork_server_and_the_next_one_gets_a_new_one(own_servers):
    async def main():
        async with running() as (manager, client):
            (server,) = own_servers.running.values()
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            assert await manager.is_alive()
            reply = await client.execute("1 + 1", reply=True, timeout=20)
            assert reply["content"]["status"] == "ok"
            async with running() as (_, other):
                reply = await other.execute("1 + 1", reply=True, timeout=20)
                assert reply["content"]["status"] == "ok"
            (new,) = own_servers.running.values()
            assert new.process.pid != server.process.pid
            client.execute("import os; os._exit(3)")
            await asyncio.to_thread(manager.provisioner.process.wait)
            assert not await manager.is_alive()

    asyncio.run(main())


def test_a_server_that_cannot_serve_leaves_kernels_to_the_stock_way(own_servers, tmp_path, monkeypatch):
    (tmp_path / "threads_at_import.py").write_text("import threading\nthreading.Thread(target=input).start()")
    (tmp_path / "ends_python.py").write_text("import os\nos._exit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    async def main(preload):
        async with running(preload) as (manager, client):
            assert isinstance(manager.provisioner.process, subprocess.Popen)
            assert (await client.execute("1 + 1", reply=True, timeout=20))["content"]["status"] == "ok"

    for module in ("threads_at_import", "ends_python"):
        asyncio.run(main([module]))
    assert not own_servers.running


@pytest.mark.usefixtures("own_servers")
def test_a_module_that_cannot_be_imported_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "no_pango.py").write_text("raise OSError('cannot load library libpango')")
    (tmp_path / "leaves.py").write_text("raise SystemExit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    async def main():
        async with running(["no_such_module", "no_pango", "leaves", "decimal"]) as (manager, client):
            assert isinstance(manager.provisioner.process, forks.Forked)
            reply = await client.execute("import sys; assert 'decimal' in sys.modules", reply=True, timeout=20)
            assert reply["content"]["status"] == "ok"

    asyncio.run(main())


@pytest.mark.usefixtures("own_servers")
def test_a_module_that_was_changed_since_is_imported_as_it_is_now(tmp_path, monkeypatch):
    module = tmp_path / "under_work.py"
    module.write_text("value = 'old'")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    async def value():
        async with running(["under_work"]) as (manager, client):
            assert isinstance(manager.provisioner.process, forks.Forked)
            reply = await client.execute("", user_expressions={"v": "__import__('under_work').value"}, reply=True)
            return reply["content"]["user_expressions"]["v"]["data"]["text/plain"]

    assert asyncio.run(value()) == "'old'"
    module.write_text("value = 'new one'")
    assert asyncio.run(value()) == "'new one'"


def test_a_folder_that_is_not_there_is_an_error_as_with_any_process(tmp_path):
    async def main():
        await OwnKernelManager().start_kernel(cwd=str(tmp_path / "gone"))

    with pytest.raises(FileNotFoundError):
        asyncio.run(main())
    gc.collect()


def test_kernels_and_their_server_end_with_the_process_that_asked_for_them():
    code = (
        "import asyncio\nfrom mmlib.reports import kernels\n"
        "async def main():\n"
        "    manager = kernels.OwnKernelManager(kernel_id='quick')\n"
        "    about = {'kernel_id': 'quick', 'kernel_spec': manager.kernel_spec, 'parent': manager}\n"
        "    manager.provisioner = kernels.WarmProvisioner(preload=['json'], **about)\n"
        "    await manager.start_kernel()\n"
        "    (server,) = kernels.servers.running.values()\n"
        "    print(manager.provisioner.pid, server.process.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as asking:
        pids = [int(pid) for pid in asking.stdout.readline().split()]
        asking.kill()
    assert len(pids) == 2
    wait_until(lambda: not any(alive(pid) for pid in pids))


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_where_forking_is_not_safe_kernels_are_stock_ones_and_that_is_said(stock):
    assert kernels.notice() == ""
    stock()
    assert not kernels.warm_up()
    assert "Linux" in kernels.notice()

    async def main():
        async with running() as (manager, _):
            assert isinstance(manager.provisioner.process, subprocess.Popen)

    asyncio.run(main())


def test_warming_up_returns_at_once():
    begin = time.monotonic()
    assert kernels.warm_up()
    assert kernels.warm_up()
    assert time.monotonic() - begin < 5


def test_others_use_it_through_their_kernel_specification(tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "quick"
    spec.mkdir(parents=True)
    told = {"provisioner_name": "mmlib-warm", "config": {"preload": SMALL}}
    argv = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    content = {"argv": argv, "display_name": "", "language": "python", "metadata": {"kernel_provisioner": told}}
    (spec / "kernel.json").write_text(json.dumps(content))
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setitem(factory.provisioners, "mmlib-warm", EntryPoint())
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
    made, seen = notebook("import sys, json as j; print(j.loads('[1]'))"), []
    client = NotebookClient(made, kernel_name="quick")
    client.create_kernel_manager()
    client.km.kernel_spec_manager = specs
    assert type(client.km) is AsyncKernelManager
    client.on_notebook_start = lambda **_: seen.append(type(client.km.provisioner.process))
    client.execute()
    assert seen == [forks.Forked]
    assert made.cells[0].outputs[0].text == "[1]\n"


class EntryPoint:
    """The entry point as the installed package declares it."""

    def load(self):
        return WarmProvisioner


def test_the_entry_point_names_the_provisioner():
    import tomllib

    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    declared = project["entry-points"]["jupyter_client.kernel_provisioners"]
    assert declared == {"mmlib-warm": f"{WarmProvisioner.__module__}:{WarmProvisioner.__name__}"}


def test_worker_processes_share_the_fork_server_and_have_papermill_imported(tmp_path):
    code = (
        "import os, sys\n"
        "from mmlib.reports import kernels\n"
        "def seen():\n"
        "    loaded = {'papermill', 'nbclient', 'lark'} & set(sys.modules)\n"
        "    return os.environ['MMLIB_FORK_SERVER'], sorted(loaded)\n"
        "if __name__ == '__main__':\n"
        "    with kernels.context().Pool(1) as pool:\n"
        "        (server,) = kernels.servers.running.values()\n"
        "        print(pool.apply(seen) == (server.address, ['nbclient', 'papermill']))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"
