"""What a user's mistake looks like."""

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


def test_a_notebook_shows_the_message_alone_and_no_traceback(tmp_path):
    cell = new_code_cell("import mmlib as mm\nmm.load('nowhere')", metadata={"tags": ["raises-exception"]})
    notebook = new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    (error,) = notebook.cells[0].outputs
    assert error.ename == "PracticeError"
    assert error.traceback == [
        "PracticeError: nowhere: no such folder or file. Make a practice folder with: mm init nowhere"
    ]
