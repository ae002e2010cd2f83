"""What the list of reports learns from a notebook that has run."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread, imsave
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.index.facts import Facts, Number, facts
from mmlib.reports.story import Tile, tiles


def with_tiles(*numbers):
    """A cell that shows headline numbers, as IPython keeps their output."""
    source, metadata = tiles(numbers)._repr_html_()
    return new_code_cell(
        outputs=[new_output("execute_result", {"text/html": source}, metadata={"text/html": metadata})]
    )


def test_title_and_first_sentence_are_those_of_the_page(executed):
    page, _ = ReportHTMLExporter().from_notebook_node(executed)
    told = facts(executed)
    assert (told.title, told.headline) == ("Ada in October 2026", "Juggling doubled.")
    assert f"<title>{told.title}</title>" in page
    assert f'<meta name="description" content="{told.headline}">' in page


def test_numbers_come_from_the_tiles_in_their_order(executed):
    hours = Tile("2 h 15 min", "practised", "+1 h on September", "practised", 135)
    executed.cells.insert(1, with_tiles(hours, ("1", "session", "", "sessions", 1)))
    assert facts(executed).numbers == (("practised", "2 h 15 min", 135), ("sessions", "1", 1))


def test_ipython_itself_puts_the_numbers_beside_the_html():
    from IPython.core.formatters import DisplayFormatter

    data, metadata = DisplayFormatter().format(tiles([("3 days", "current streak", "", "current streak", 3)]))
    assert data["text/html"].startswith('<ul class="tiles">')
    assert metadata["text/html"] == {"numbers": [["current streak", "3 days", 3]]}


def test_a_number_that_is_told_twice_counts_once():
    told = facts(new_notebook(cells=[with_tiles(("1", "", "", "skills", 1)), with_tiles(("2", "", "", "skills", 2))]))
    assert told.numbers == (Number("skills", "1", 1),)


@pytest.mark.parametrize("odd", ["many", 7, [["a"]], [[1, 2, 3]], [{"a": 1}], None])
def test_metadata_that_means_something_else_is_left_alone(odd):
    output = new_output("display_data", {"text/html": "<p>Hello.</p>"}, metadata={"text/html": {"numbers": odd}})
    assert facts(new_notebook(cells=[new_code_cell(outputs=[output])])) == Facts("", "Hello.")


def test_a_number_that_cannot_be_sorted_is_still_shown():
    rows = [["skills", "several", "x"], ["hours", "unknown", float("nan")]]
    output = new_output("display_data", {"text/html": ""}, metadata={"text/html": {"numbers": rows}})
    numbers = facts(new_notebook(cells=[new_code_cell(outputs=[output])])).numbers
    assert numbers == (("skills", "several", None), ("hours", "unknown", None))


def test_a_notebook_of_ones_own_has_a_title_a_sentence_and_a_thumbnail(made):
    cells = [new_markdown_cell("# My year\n\nIt **went** well.\n\nVery."), made["chart"]()]
    told = facts(new_notebook(cells=cells))
    assert (told.title, told.headline, told.numbers) == ("My year", "It went well.", ())
    assert told.thumbnail.startswith("<svg ")


def test_a_notebook_without_anything_has_the_name_it_is_given():
    assert facts(new_notebook(), "my-year") == Facts("my-year")


def test_the_first_chart_that_shows_something_is_the_thumbnail(made):
    empty = made["shown"]({"image/svg+xml": made["drawing"]()}, {"image/svg+xml": {"alt": "No data.", "empty": True}})
    red = made["drawing"]().replace("#0072b2", "#ff0000")
    second = made["shown"]({"image/svg+xml": red})
    told = facts(new_notebook(cells=[empty, second, made["chart"]()]))
    assert "#ff0000" in told.thumbnail
    assert "#0072b2" not in told.thumbnail


def test_an_image_becomes_a_smaller_one():
    out = io.BytesIO()
    imsave(out, np.zeros((600, 1000, 3)), format="png")
    output = new_output("display_data", {"image/png": base64.b64encode(out.getvalue()).decode()})
    drawing = facts(new_notebook(cells=[new_code_cell(outputs=[output])])).thumbnail
    address = ET.fromstring(drawing)[0].get("href")
    small = imread(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    assert small.shape[:2] == (120, 200)
    assert 'width="200" height="120"' in drawing


def test_what_only_says_that_it_is_an_image_is_none():
    broken = [{"image/png": "bm90IGFuIGltYWdl"}, {"image/svg+xml": "<svg"}, {"image/png": "§"}]
    outputs = [new_output("display_data", data) for data in broken]
    assert facts(new_notebook(cells=[new_code_cell(outputs=outputs)])).thumbnail == ""


def test_facts_survive_json(executed):
    executed.cells.insert(1, with_tiles(("93", "sessions", "", "sessions", 93)))
    told = facts(executed)
    assert Facts.of(json.loads(json.dumps(dataclasses.asdict(told)))) == told


def test_a_record_with_holes_is_read_as_far_as_it_goes():
    assert Facts.of({"title": "Ada", "numbers": "?"}) == Facts("Ada")
