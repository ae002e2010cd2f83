"""The scorecard: a bar and a number for each score, an outline for what is not known; and the small doors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

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


def test_bars_are_as_long_as_their_scores(tiles):
    ax = structure.scorecard(card({"omelette": [1, 0.5, 0.25, 1, 1, np.nan]}))
    filled = {style.ACCENT, style.BAD}
    bars = sorted(tile for tile in tiles(ax) if tile.color in filled)
    assert np.allclose([bar.width / 0.84 for bar in bars], [1, 0.5, 0.25, 1, 1])
    assert np.allclose([bar.x - bar.width / 2 for bar in bars], np.arange(5) - 0.42)
    assert [bar.color for bar in bars] == [style.ACCENT, style.ACCENT, style.BAD, style.ACCENT, style.ACCENT]
    assert [tile.x for tile in tiles(ax) if tile.hollow] == [5]
    assert sum(tile.color == style.PANEL for tile in tiles(ax)) == 5


def test_ties_and_perfect_cards_are_not_called_weakest():
    tied = structure.scorecard(card({"a": [0, 0, 0, 0, 1, 1]}))
    assert tied.finding == "4 of the 6 parts are equally weak: 0.00 of 1"
    two = structure.scorecard(card({"a": [0.2, 0.2, 1, 1, 1, 1]}))
    assert two.finding == "The entry trick and the rub-pat barrier are the weakest parts: 0.20 of 1"
    perfect = structure.scorecard(card({"a": [1] * 6, "b": [1] * 6}))
    assert perfect.finding == "All six parts are in place in every skill with a score"
    unknown = structure.scorecard(card({"a": [np.nan] * 6, "b": [np.nan] * 4 + [0.5, np.nan]}))
    assert unknown.finding == "There is no scorecard to show: write the six parts of a skill into skills.toml."


def test_what_rests_on_the_card_alone_is_hollow_and_what_it_leaves_out_has_a_star(tiles, words):
    table = card({"omelette": [1, 0.5, 0.6, 1, 0.8, 0.75], "surf": [1, 1, 1, 1, 0.0, 1]})
    table = table.assign(card=[1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1], practice=[0.5] * 6 + [np.nan] * 6)
    ax = structure.scorecard(table)
    assert [tile.width / 0.84 for tile in tiles(ax) if tile.hollow] == pytest.approx([1] * 5)
    assert "0.50*" in words(ax)
    assert "0.00*" in words(ax)
    assert "Hollow: the card alone; the log cannot tell yet. * The card leaves it unwritten" in words(ax)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["omelette", "surf"], "what nobody has seen yet comes last, however good its card"


def test_a_whole_scorecard_has_no_footnote(words):
    assert "unwritten" not in words(structure.scorecard(card({"omelette": [1, 0.5, 0.2, 1, 1, 0.75]})))


def doors(rows):
    columns = ["skill", "door", "estimate", "low", "high", "n", "reached", "hours_so_far"]
    return pd.DataFrame(rows, columns=columns)


def test_small_doors_come_first_and_what_is_not_reached_has_an_arrow(words):
    nan = np.nan
    table = doors(
        [
            ("ukulele", "first payoff", 0.9, nan, nan, 1, 1, nan),
            ("ukulele", "mastery", nan, nan, nan, 1, 0, 88.3),
            ("omelette", "first payoff", 0.3, nan, nan, 1, 1, nan),
            ("omelette", "mastery", 5.82, nan, nan, 1, 1, nan),
            ("piano", "first payoff", nan, nan, nan, 0, 0, nan),
            ("piano", "mastery", nan, nan, nan, 0, 0, nan),
        ]
    )
    ax = structure.small_doors(table)
    assert ax.finding == (
        "Omelette is the smallest door: the first payoff came after 18 min of practice, the target after 5.8 h"
    )
    assert [label.get_text() for label in ax.get_yticklabels()] == ["omelette", "ukulele"]
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in arrows] == [(88.3, 1)]
    assert "18 min → 5.8 h" in words(ax)
    assert "54 min → over 88 h" in words(ax)
    assert "No payoff rated and no target to reach: piano" in words(ax)
    assert "omelette 18 min, 5.8 h and ukulele 54 min, over 88 h." in ax.alt_text


def test_several_learners_have_intervals_and_a_median(words):
    ax = structure.small_doors(doors([("bowline", "first payoff", 0.6, 0.2, 1.5, 14, 14, np.nan)]))
    assert ax.finding.endswith("the first payoff came to half of its 14 learners within 36 min of practice")
    (bar,) = ax.collections
    assert np.asarray(bar.get_segments()[0])[:, 0].tolist() == [0.2, 1.5]
    assert "median of up to 14 learners with 95% intervals" in words(ax)


@pytest.mark.parametrize("names", [["one"], [f"skill {i:02d}" for i in range(30)], ["win $5", "$x_1$", "日本語"], []])
@pytest.mark.parametrize("known", [True, False])
def test_small_doors_draw_with_any_number_of_skills(names, known):
    hours = np.linspace(0.2, 60, max(len(names), 1)) if known else [np.nan] * len(names)
    rows = [
        (name, "first payoff", hour, np.nan, np.nan, 1, 1, np.nan) for name, hour in zip(names, hours, strict=False)
    ]
    ax = structure.small_doors(doors(rows))
    style.svg(ax.figure)
    assert ax.alt_text.endswith(".")
    assert "nan" not in ax.alt_text + ax.reading
    assert getattr(ax, "is_empty", False) == (not names or not known)
