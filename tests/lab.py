"""JupyterLab in a real browser, for tests: a server of our own, Debian's Chromium, and notebooks to act on.

In a test, the fixture `lab` opens notebooks and closes them after it; `module_lab` keeps them open for a whole file.
The server is started once for all tests, and nothing of the user's Jupyter is read or changed.

    def test_the_slider_tells_python(lab):
        notebook = lab.notebook(["import ipywidgets as w\\nslider = w.IntSlider(value=3)\\nslider", "slider.value"])
        output = notebook.run(0)                                # run a cell, wait until it is done -> its output
        output.get_by_role("slider").press("ArrowRight")        # any Playwright locator: they wait by themselves
        notebook.wait_for("slider.value == 4")                  # a condition in the kernel
        assert notebook.value("slider.value") == 4              # a value from the kernel
        assert notebook.run(1).inner_text().endswith("4")
        assert notebook.complaints == []                        # what the page's console said

What `lab.notebook(what, ...)` takes: a list of cells (texts are code cells), an nbformat notebook, or the path of one,
which is copied. Each lies in a folder of its own, `notebook.folder`, which is also the kernel's working folder unless
`cwd` names another: so `mm.logbook("p")` writes into `notebook.folder / "p"`. More: `width=390`, `height=`,
`theme="dark"`, `touch=True` (a touch screen), `name="mine.ipynb"`.

A notebook has `page` (Playwright's), and for a cell's number, from 0 and counting text cells too, or its id:
`run(0)`, `output(0)`, `cell(0)`, `set(0, "source")`, `source(0)`, `error(0)` ("" where it went well); besides
`run_all()` (stops at an error, as JupyterLab does), `errors()`, `ids` (in order), `lose_kernel()`, `kill_kernel()`,
`restart_kernel()`, `screenshot("out.png")` (the whole notebook, however long; `output(0).screenshot(path=…)` takes one
output), `asked` (addresses off this machine that the page asked for) and `close()`. A widget that is shown twice has
two views: `output(0)` keeps them apart. Several notebooks of one test share the browser's own store, those of two
tests do not.
"""

from __future__ import annotations

import ast
import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.lab_server import SECONDS

# What JupyterLab itself writes to the console, whatever the notebook does.
JUPYTERLABS_OWN = (
    r"Comm not found for comm id",  # it looks for comms of a page that was open before
    r"Failed to load resource.*/api/kernels/",  # a kernel that a test has ended is asked for once more
    r"/api/kernels/.*(404|WebSocket|Not Found)",
    r"Kernel does not exist",
    r"Could not restore the debugger state",
)
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
PATIENCE = 45  # for what the page does itself, on a machine that runs other tests beside

PANEL = "window.jupyterapp.shell.currentWidget"
READY = f"""() => {{
  const panel = window.jupyterapp && {PANEL};
  const session = panel && panel.context && panel.context.sessionContext;
  return session && panel.revealed && session.isReady && session.kernelDisplayStatus === 'idle';
}}"""
RUN = f"""async ([command, index, seconds]) => {{
  const notebook = {PANEL}.content;
  notebook.deselectAll();
  if (index !== null) notebook.activeCellIndex = index;
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error('not done in time')), seconds * 1000));
  await Promise.race([window.jupyterapp.commands.execute(command), late]);
  await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
}}"""
# Scrolls to the top, and returns the height that a window needs to show all cells.
HEIGHT = """() => {
  const outer = document.querySelector('.jp-Notebook .jp-WindowedPanel-outer');
  outer.scrollTop = 0;
  const last = [...document.querySelectorAll('.jp-Notebook .jp-Cell')].pop().getBoundingClientRect();
  return window.innerHeight + last.bottom - outer.getBoundingClientRect().bottom + 50;
}"""
ASK = f"""async ([expression, seconds]) => {{
  const kernel = {PANEL}.context.sessionContext.session.kernel;
  const content = {{code: '', silent: true, store_history: false, user_expressions: {{asked: expression}}}};
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error('no answer in time')), seconds * 1000));
  const reply = await Promise.race([kernel.requestExecute(content).done, late]);
  return reply.content.user_expressions.asked;
}}"""


class Lab:
    """Notebooks in a browser of their own; see the top of this file."""

    def __init__(self, server, browser):
        self.server, self.browser = server, browser
        self._contexts, self._open = {}, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for notebook in self._open:
            notebook.close()
        for context in self._contexts.values():
            context.close()

    def context(self, touch=False):
        """The browser's profile: its store is shared by all notebooks that are opened in it."""
        if touch not in self._contexts:
            self._contexts[touch] = self.browser.new_context(has_touch=touch)
        return self._contexts[touch]

    def notebook(
        self, what, *, name="notebook.ipynb", width=1280, height=900, theme="light", touch=False, cwd=None
    ):  # fmt: skip
        """Open a notebook and wait until its kernel is idle."""
        folder = self.server.folder()
        notebook = _read(what)
        notebook.metadata.setdefault("kernelspec", KERNEL)
        nbformat.write(notebook, folder / name)
        self.server.theme(theme)
        page = self.context(touch).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        opened = Notebook(self.server, page, folder / name)
        self._open.append(opened)
        opened.load()
        if cwd:
            opened.value(f"__import__('os').chdir({str(cwd)!r})")
        return opened


def _read(what):
    if isinstance(what, str | Path):
        return nbformat.read(what, as_version=4)
    if isinstance(what, nbformat.NotebookNode):
        return what
    return new_notebook(cells=[new_code_cell(cell) if isinstance(cell, str) else cell for cell in what])


class Notebook:
    """A notebook that is open in JupyterLab, alone in its page; see the top of this file."""

    def __init__(self, server, page, file):
        from playwright.sync_api import expect

        self.server, self.page, self.file, self.folder = server, page, file, file.parent
        self.said, self.asked = [], []
        page.set_default_timeout(PATIENCE * 1000)
        expect.set_options(timeout=PATIENCE * 1000)
        page.on("console", lambda message: message.type == "error" and self.said.append(_told(message)))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self._off(request.url) and self.asked.append(request.url))

    def _off(self, url):
        return not url.startswith((self.server.url, self.server.url.replace("http", "ws", 1), "data:", "blob:"))

    def load(self):
        """Load the page, or load it again; the kernel stays the same."""
        path = self.file.relative_to(self.server.root).as_posix()
        # The kernel starts while the page loads: it belongs to the notebook's path.
        self.session = self.server.ask(
            "POST", "sessions", {"path": path, "name": path, "type": "notebook", "kernel": {"name": KERNEL["name"]}}
        )
        self.page.goto(f"{self.server.url}/doc/tree/{path}?reset&token={self.server.token}")
        self.page.wait_for_function(READY, timeout=SECONDS * 1000)

    @property
    def complaints(self):
        """What the console said of errors, without what JupyterLab itself always says."""
        return [said for said in self.said if not any(re.search(own, said) for own in JUPYTERLABS_OWN)]

    @property
    def ids(self):
        """The ids of the cells, in order."""
        return [cell["id"] for cell in self._model()["cells"]]

    def cell(self, which):
        """The locator of a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self._number(which))

    def output(self, which):
        """The locator of a cell's output."""
        return self.cell(which).locator(".jp-Cell-outputArea")

    def source(self, which):
        """The text of a cell."""
        return self._model()["cells"][self._number(which)]["source"]

    def set(self, which, source):
        """Replace the text of a cell."""
        self.page.evaluate(
            f"([i, source]) => {PANEL}.content.widgets[i].model.sharedModel.setSource(source)",
            [self._number(which), source],
        )

    def run(self, which, seconds=SECONDS):
        """Run a cell, wait until it is done, and return the locator of its output."""
        self.page.evaluate(RUN, ["notebook:run-cell", self._number(which), seconds])
        return self.output(which)

    def run_all(self, seconds=SECONDS):
        """Run all cells, up to the first error."""
        self.page.evaluate(RUN, ["notebook:run-all-cells", None, seconds])

    def error(self, which):
        """What a cell's error says, or ""."""
        outputs = self._model()["cells"][self._number(which)].get("outputs", [])
        said = ["\n".join(output["traceback"]) for output in outputs if output["output_type"] == "error"]
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(said))

    def errors(self):
        """The cells that failed, by id, and what they say."""
        return {cell: said for cell in self.ids if (said := self.error(cell))}

    def value(self, expression, seconds=SECONDS):
        """The value of an expression in the kernel: as Python where it is a literal, otherwise its repr.

        It waits for its turn, behind the cells that run.
        """
        answer = self.page.evaluate(ASK, [expression, seconds])
        if answer["status"] != "ok":
            raise RuntimeError(f"{expression}: {answer['ename']}: {answer['evalue']}")
        shown = answer["data"]["text/plain"]
        try:
            return ast.literal_eval(shown)
        except (ValueError, SyntaxError):
            return shown

    def wait_for(self, expression, seconds=PATIENCE):
        """Wait until an expression is true in the kernel."""
        until = time.monotonic() + seconds
        while not self.value(f"bool({expression})"):
            if time.monotonic() > until:
                raise TimeoutError(f"{expression} did not become true within {seconds} seconds")
            self.page.wait_for_timeout(50)

    def lose_kernel(self):
        """End the kernel's process, as a crash does: JupyterLab says so, and starts another one."""
        os.kill(self.value("__import__('os').getpid()"), signal.SIGKILL)
        told = self.page.get_by_role("dialog").filter(has_text="appears to have died")
        told.get_by_role("button", name="Ok").click()
        self.page.wait_for_function(READY, timeout=SECONDS * 1000)

    def kill_kernel(self):
        """End the kernel for good, through the server: the notebook has none then."""
        self.server.ask("DELETE", f"kernels/{self.session['kernel']['id']}")
        self.page.evaluate("() => window.jupyterapp.serviceManager.sessions.refreshRunning()")  # else it takes 10 s
        self.page.wait_for_function(f"() => !{PANEL}.context.sessionContext.session?.kernel")

    def restart_kernel(self):
        """Restart the kernel, through the server, and wait until the new one is idle."""
        old = self.value("__import__('os').getpid()")
        self.server.ask("POST", f"kernels/{self.session['kernel']['id']}/restart", {})
        until = time.monotonic() + SECONDS
        while self._answered("__import__('os').getpid()") in (None, old):
            assert time.monotonic() < until, "the kernel did not restart"
        self.page.wait_for_function(READY)

    def _answered(self, expression):
        """The value of an expression, or None: a question that the old kernel got may never be answered."""
        try:
            return self.value(expression, seconds=5)
        except Exception as error:
            if "no answer in time" not in str(error):
                raise
            return None

    def screenshot(self, path, whole=True):
        """Take a picture: of the whole notebook, or of what the window shows."""
        size = self.page.viewport_size
        if whole:
            for _ in range(3):  # charts and widgets that come into view draw themselves, and change the height
                height = self.page.evaluate(HEIGHT)
                self.page.set_viewport_size({**size, "height": min(16_000, max(400, int(height)))})
                self.page.wait_for_timeout(200)
            self.page.evaluate(HEIGHT)
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)

    def close(self):
        """Close the page and end the kernel."""
        if not self.page.is_closed():
            self.page.close()
            with suppress(HTTPError, AttributeError):  # it has ended already, or never began
                self.server.ask("DELETE", f"sessions/{self.session['id']}")

    def _model(self):
        return self.page.evaluate(f"() => {PANEL}.content.model.toJSON()")

    def _number(self, which):
        return self.ids.index(which) if isinstance(which, str) else which


def _told(message):
    """What the console said, and of which address: "Failed to load resource" alone says little."""
    return f"{message.text} {(message.location or {}).get('url', '')}".strip()
