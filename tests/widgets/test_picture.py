"""What a widget leaves behind: exporters without a kernel show its picture, with words for those who cannot see."""

from __future__ import annotations

import base64
import re
import warnings

import matplotlib.pyplot as plt
import pytest
from anywidget import AnyWidget
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter
from ipywidgets import HTML
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from mmlib.charts import DARK
from mmlib.reports.export import ReportHTMLExporter
from mmlib.widgets.picture import Pictured, picture

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SAID = 'Bob\'s "best" <circle> was his 12th.'


def figure():
    made, ax = plt.subplots()
    ax.plot([1, 3, 2])
    ax.alt_text = SAID
    return made


class Charted(Pictured, HTML):
    def still(self):
        return picture(figure())


class Told(Pictured, AnyWidget):
    _esm = "export default { render() {} }"

    def still(self):
        return "<p>Twelve circles.</p>"


def notebook(widget, *, state=False):
    data, metadata = DisplayFormatter().format(widget)
    cell = new_code_cell("w", outputs=[new_output("execute_result", data=data, metadata=metadata, execution_count=1)])
    made = new_notebook(cells=[cell])
    if state:
        made.metadata["widgets"] = {STATE: {"state": {widget.model_id: {}}, "version_major": 2, "version_minor": 0}}
    return made


def exported(exporter, made):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return BeautifulSoup(exporter.from_notebook_node(made)[0], "html.parser")


def test_a_picture_is_a_drawing_with_its_description_and_its_figure_is_closed():
    made = picture(figure())
    assert made.alt == SAID
    assert plt.get_fignums() == []
    drawing = BeautifulSoup(made.svg, "xml").svg
    assert drawing["role"] == "img"
    assert drawing["aria-label"] == SAID
    assert made.svg.startswith("<svg")
    assert len(drawing.find_all("path")) > 3


@pytest.mark.parametrize("widget", [Charted, Told])
def test_jupyterlab_still_gets_the_living_widget(widget):
    made = widget()
    data, _ = DisplayFormatter().format(made)
    assert data[VIEW]["model_id"] == made.model_id


def test_a_report_shows_the_chart_with_its_alt_text_and_its_colours_for_dark_pages():
    for state in (False, True):
        (image,) = exported(ReportHTMLExporter(), notebook(Charted(), state=state)).find_all("img")
        assert image["alt"] == SAID
        assert image["src"].startswith("data:image/svg+xml")
    output = notebook(Charted()).cells[0].outputs[0]
    assert output.metadata["image/svg+xml"]["dark"] == DARK


def test_a_report_shows_html_that_a_widget_leaves():
    assert "Twelve circles." in exported(ReportHTMLExporter(), notebook(Told())).text


def test_nbconverts_own_page_shows_the_picture_where_no_state_of_the_widget_is_stored():
    shown = exported(HTMLExporter(), notebook(Charted()))
    drawing = base64.b64decode(shown.find("img")["src"].partition(",")[2])
    assert BeautifulSoup(drawing, "xml").svg["aria-label"] == SAID
    assert not shown.find_all("script", type=VIEW)
    assert "Twelve circles." in exported(HTMLExporter(), notebook(Told())).text


def test_with_its_state_stored_nbconverts_own_page_shows_the_living_widget():
    shown = exported(HTMLExporter(), notebook(Charted(), state=True))
    assert len(shown.find_all("script", type=VIEW)) == 1


def test_a_closed_widget_shows_nothing():
    widget = Charted()
    widget.close()
    assert not re.search("svg|widget-view", str(DisplayFormatter().format(widget)[0].keys()))
