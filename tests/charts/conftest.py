"""What is drawn is looked at through the helpers below."""

from __future__ import annotations

import matplotlib as mpl
import pytest

mpl.use("agg")


@pytest.fixture
def words():
    """Return all the text that stands on an Axes and its figure."""

    def found(ax):
        own = [text.get_text() for text in ax.texts]
        ticks = [label.get_text() for label in [*ax.get_xticklabels(), *ax.get_yticklabels()]]
        return " | ".join([*own, *ticks, *(text.get_text() for text in ax.figure.texts)]).replace("\n", " ")

    return found
