"""The balance of selves and the change of mood."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from mmlib.charts import selves


def shares(*months):
    starts = pd.date_range("2026-09-01", periods=len(months), freq="MS")
    rows = [(start, name, share) for start, month in zip(starts, months, strict=True) for name, share in month.items()]
    return pd.DataFrame(rows, columns=["period", "self", "share"]).assign(learner="ada")


def test_balance_names_the_neglected(words):
    ax = selves.balance(shares({"player": 0.5, "cook": 0.3, "artist": 0.2}, {"player": 0.54, "cook": 0.46}))
    assert ax.finding == "Player got 54% of the practice in October 2026; nothing went to artist"
    assert "artist 0%" in words(ax)
    assert "cook 46%" in words(ax)
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == pytest.approx([0.5, 0.54, 0.3, 0.46, 0.2, 0.0])
    assert "player 54%, cook 46% and artist 0%" in ax.alt_text


def test_balance_labels_do_not_overlap():
    many = {f"self {i}": share for i, share in enumerate([0.9, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01, 0.005, 0.005])}
    ax = selves.balance(shares(many))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith("self")]
    boxes.sort(key=lambda box: box.y0)
    assert len(boxes) == 9
    assert all(lower.y1 <= upper.y0 + 1 for lower, upper in itertools.pairwise(boxes))
    assert boxes[0].y0 >= 0


def test_twelve_selves_are_folded_to_nine(words):
    ax = selves.balance(shares({f"self {i:02d}": 1 / 12 for i in range(12)}))
    assert "others 33%" in words(ax)
    assert len(ax.patches) == 9


def test_balance_without_any_self_says_so():
    assert selves.balance(shares({"unnamed": 1.0})).finding.startswith("There are no selves to compare")


def moods(names, values, half=0.3, by="skill"):
    values = np.asarray(values, dtype=float)
    table = pd.DataFrame({by: names, "before": 3.0, "after": 3 + values, "estimate": values, "n": 20})
    return table.assign(low=values - half, high=values + half, reason="")


def test_mood_lift_draws_and_sorts_the_estimates(words):
    ax = selves.mood_lift(moods(["ukulele", "harmonica", "circle"], [0.1, 0.9, np.nan]))
    assert ax.finding == "After harmonica, mood is 0.9 points higher than before (0.6 to 1.2)"
    assert list(ax.lines[1].get_xdata()) == [0.9, 0.1]
    assert "3.0 → 3.9, n = 20" in words(ax)
    assert "Too few notes on mood: circle (n = 20)" in words(ax)
    assert "ukulele +0.1 (n = 20)" in ax.alt_text


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ([0.1, 0.2], "No skill goes with a clear change of mood yet"),
        ([0.1, -0.8], "After b, mood is 0.8 points lower than before (−1.1 to −0.5)"),
        ([np.nan, np.nan], "There is no change of mood to show: rate mood before and after in the log, from 1 to 5."),
    ],
)  # fmt: skip
def test_mood_lift_titles(values, finding):
    assert selves.mood_lift(moods(["a", "b"], values)).finding == finding


def test_mood_lift_takes_selves():
    assert selves.mood_lift(moods(["the cook"], [0.1], by="self")).finding.startswith("No self goes with")
