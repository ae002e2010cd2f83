"""JupyterLab's export menu: what a real Jupyter Server lists of ours, it also delivers."""

import json
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


@pytest.fixture
def ask(tmp_path):
    """A server of this folder, and a way to ask it."""
    cells = [new_markdown_cell("# My month"), new_code_cell("secret_code()")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "mine.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--allow-root", "--no-browser", f"--ServerApp.root_dir={tmp_path}"]
    options += ["--IdentityProvider.token=secret", "--ServerApp.port_retries=0"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def ask(path):
        request = Request(f"http://127.0.0.1:{port}/{path}", headers={"Authorization": "token secret"})
        with urlopen(request, timeout=30) as answer:
            return answer.headers.get_content_type(), answer.read()

    try:
        for _ in range(150):
            try:
                ask("api/status")
                break
            except URLError:
                time.sleep(0.2)
        yield ask
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_each_of_our_exporters_in_the_menu_delivers(ask):
    listed = json.loads(ask("api/nbconvert")[1])
    ours = [name for name in listed if name.startswith("mm")]
    assert ours == ["mm_html", "mm_pdf"]
    kind, page = ask("nbconvert/mm_html/mine.ipynb")
    assert kind == "text/html"
    assert b"<title>My month</title>" in page
    assert b"secret_code" not in page
    kind, pdf = ask("nbconvert/mm_pdf/mine.ipynb?download=true")
    assert (kind, pdf[:5]) == ("application/pdf", b"%PDF-")
