"""The scorecard: a bar and a number for each score, an outline for what is not known."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd

from mmlib.charts import structure, style

PARTS = list(structure.PARTS)


def card(scores):
    rows = [(skill, part, score) for skill, row in scores.items() for part, score in zip(PARTS, row, strict=True)]
    return pd.DataFrame(rows, columns=["skill", "part", "score"])


def test_scorecard_finds_the_weakest_part(words):
    ax = structure.scorecard(card({"omelette": [1, 0.5, 0.2, 1, 1, 0.75], "surf": [1, 1, 0.4, 1, np.nan, 1]}))
    assert ax.finding == "Background support is the weakest part: 0.30 of 1 on average over 2 skills"
    assert "2 scores are below 0.5" in ax.reading
    assert "not known (1 case)" in ax.reading
    assert "0.75" in words(ax)
    assert "?" in words(ax)


def test_bars_are_as_long_as_their_scores():
    ax = structure.scorecard(card({"omelette": [1, 0.5, 0.25, 1, 1, np.nan]}))
    filled = {style.ACCENT, style.BAD}
    widths = [bar.get_width() / 0.84 for bar in ax.patches if mpl.colors.to_hex(bar.get_facecolor()) in filled]
    assert np.allclose(widths, [1, 0.5, 0.25, 1, 1])
    outlines = [bar for bar in ax.patches if bar.get_facecolor()[3] == 0]
    assert len(outlines) == 1


def test_ties_and_perfect_cards_are_not_called_weakest():
    tied = structure.scorecard(card({"a": [0, 0, 0, 0, 1, 1]}))
    assert tied.finding == "4 of the 6 parts are equally weak: 0.00 of 1"
    two = structure.scorecard(card({"a": [0.2, 0.2, 1, 1, 1, 1]}))
    assert two.finding == "The entry trick and the rub-pat barrier are the weakest parts: 0.20 of 1"
    perfect = structure.scorecard(card({"a": [1] * 6, "b": [1] * 6}))
    assert perfect.finding == "All six parts are in place in every skill with a score"
    unknown = structure.scorecard(card({"a": [np.nan] * 6, "b": [np.nan] * 4 + [0.5, np.nan]}))
    assert unknown.finding == "There is no scorecard to show: write the six parts of a skill into skills.toml."
