"""The chart of a sequence's blocks: the random ones are marked, and the title says no more than the interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmlib.charts import hidden_blocks, reading, style


def blocks(orders="rrrrrhr", medians=(480, 450, 430, 420, 410, 470, 400)):
    names = {"r": "repeating", "h": "hidden block", "?": "not told yet"}
    median = np.array(medians, dtype=float)
    numbers = range(1, len(orders) + 1)
    return pd.DataFrame({"block": numbers, "order": [names[o] for o in orders], "median": median,
                         "low": median - 15, "high": median + 15})  # fmt: skip


def slower(estimate=65.0, low=40.0, high=90.0):
    return pd.DataFrame({"block": [6], "estimate": [estimate], "low": [low], "high": [high], "n": [171]})


def dots(ax, colour):
    return [xy for line in ax.lines if line.get_marker() not in ("None", "") and line.get_color() == colour
            for xy in zip(line.get_xdata(), line.get_ydata(), strict=True)]  # fmt: skip


def test_the_random_block_is_marked_apart_from_the_line_of_the_others(words):
    ax = hidden_blocks(blocks(), slower())
    assert dots(ax, style.BAD) == [(6, 470)]
    assert len(dots(ax, style.ACCENT)) == 6
    line = next(line for line in ax.lines if line.get_color() == style.RULE)
    assert 6 not in line.get_xdata()
    assert "random order" in words(ax)
    assert "lower is better" in ax.get_ylabel()


def test_the_words_give_the_difference_with_its_interval_and_every_median():
    ax = hidden_blocks(blocks(), slower())
    assert ax.finding == "You were 65 ms slower when the order was random"
    assert "cost 65 ms (95% interval 40 to 90, n = 171 reaction times)" in ax.alt_text
    assert "5: 410, 6: 470 (random), 7: 400" in ax.alt_text
    assert "The blocks just before and after" in reading(ax)


@pytest.mark.parametrize(
    ("numbers", "title"),
    [
        ((5, -12, 22), "No difference was shown when the order was random"),
        ((-30, -50, -10), "You were 30 ms quicker when the order was random"),
        ((30, np.nan, np.nan), "30 ms slower when the order was random, from few presses"),
        ((np.nan, np.nan, np.nan), "The random block has none beside it to compare with"),
    ],
)
def test_the_title_says_no_more_than_is_known(numbers, title):
    assert hidden_blocks(blocks(), slower(*numbers)).finding == title


def test_blocks_that_are_not_told_yet_all_look_alike(words):
    ax = hidden_blocks(blocks("??????", (480, 450, 430, 420, 410, 470)), slower().head(0))
    assert len(dots(ax, style.OBSERVED)) == 6
    assert dots(ax, style.BAD) == []
    assert "random" not in words(ax) + ax.alt_text
    assert "random" not in reading(ax)
    assert ax.finding == "Your quickest block so far is number 5: 410 ms"


def test_in_the_middle_of_a_round_the_title_tells_of_the_quickest_block_and_marks_what_is_told():
    ax = hidden_blocks(blocks("rrrrrhr??", (480, 450, 430, 420, 410, 470, 400, 395, 405)), slower())
    assert ax.finding == "Your quickest block so far is number 8: 395 ms"
    assert dots(ax, style.BAD) == [(6, 470)]
    assert len(dots(ax, style.OBSERVED)) == 2
    assert "cost 65 ms" in ax.alt_text
    assert hidden_blocks(blocks("?", (480,)), slower().head(0)).finding == "Your first block: 480 ms"


def test_without_blocks_it_says_so():
    assert hidden_blocks(blocks().head(0), slower().head(0)).finding == "There are no blocks to show yet."
