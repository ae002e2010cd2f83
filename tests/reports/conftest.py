"""Notebooks to export, as if they had just run."""

from __future__ import annotations

import io

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

HOSTILE = "<script>document.title='stolen'</script><img src=x onerror=document.title='stolen'>"
DARK = {"#1f2933": "#e8ecef", "#0072b2": "#4aa8e0"}


def drawing(values=(3, 1, 2)):
    """A chart as SVG text, the way matplotlib writes it, whatever style other tests have left."""
    out = io.StringIO()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = "test"
        figure = Figure(figsize=(6, 3))
        ax = figure.subplots()
        ax.bar(range(len(values)), values, color="#0072b2")
        ax.set_title("Practised on 3 days", color="#1f2933")
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()


def shown(data, metadata=None):
    """A code cell whose only output is this."""
    output = new_output("display_data", data, metadata=metadata or {})
    return new_code_cell("secret_code()", outputs=[output])


def chart(alt="Practised on 3 days.", dark=DARK):
    return shown({"image/svg+xml": drawing(), "text/plain": "<Figure>"}, {"image/svg+xml": {"alt": alt, "dark": dark}})


@pytest.fixture(scope="session")
def made():
    """Makers of cells, for tests that need a notebook of their own."""
    return {"shown": shown, "chart": chart, "drawing": drawing}


@pytest.fixture
def executed():
    """A small report as it comes from the kernel: opening, two charts with readings, a table, hostile text."""
    wide = "".join(f"<th>column number {n}</th>" for n in range(30))
    cells = "".join(f"<td>{n}.5</td>" for n in range(30))
    table = f"<table class='dataframe'><thead><tr>{wide}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"
    return new_notebook(
        cells=[
            shown({"text/markdown": "# Ada in October 2026"}),
            shown({"text/html": '<ul class="tiles"><li><b>12 h</b> practised <small>+2 h</small></li></ul>'}),
            shown({"text/html": '<ol class="story"><li>Juggling doubled.</li><li>Two slept.</li></ol>'}),
            new_markdown_cell("## Repetition\n\nHow often?"),
            chart(),
            shown({"text/markdown": "Each bar is a **day**."}),
            shown({"text/html": table}),
            new_markdown_cell("## Payoff"),
            chart("Juggling rose from 18 to 41 catches."),
            shown({"text/markdown": f"The skill {HOSTILE}"}),
            shown({"text/html": f"<p>note {HOSTILE}</p>"}),
            shown({"text/plain": f"'{HOSTILE}'"}),
            new_markdown_cell("## Provenance"),
        ]
    )


@pytest.fixture
def visit(chromium):
    """Open a file in Chromium and watch what it asks for and complains about."""
    opened = []

    def go(path, width=1280, scheme="light"):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path.as_uri())
        opened.append(page)
        return page

    yield go
    for page in opened:
        page.close()
